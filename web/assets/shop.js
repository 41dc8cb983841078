/* What the storefront does beyond its links and forms; without it everything works all the same. */
"use strict";

/* Another page as a document.  XMLHttpRequest reads the markup itself: under Trusted Types no script can make markup of a text. */
function fetchPage(address) {
	return new Promise((resolve, reject) => {
		const call = new XMLHttpRequest();

		call.open("GET", address);
		call.responseType = "document";
		call.setRequestHeader("Accept", "text/html");
		call.onload = () => (call.status === 200 && call.response !== null ? resolve(call.response) : reject(new Error(call.status)));
		call.onerror = () => reject(new Error(address));
		call.send();
	});
}

/* A section whose list stands on a page of its own is filled when it comes near; until then it has room for it, so that nothing jumps. */
function fillSection(section) {
	fetchPage(section.dataset.related)
		.then((page) => {
			const list = page.querySelector("[data-related-list]");

			if (list !== null && list.querySelector("li") !== null)
				section.replaceChildren(document.importNode(list, true)); /* it has headings of its own */
		})
		.catch(() => {})
		.finally(() => section.classList.remove("filling"));
}

const near = new IntersectionObserver(
	(entries) => {
		for (const entry of entries)
			if (entry.isIntersecting) {
				near.unobserve(entry.target);
				fillSection(entry.target);
			}
	},
	{ rootMargin: "600px" },
);
document.querySelectorAll("[data-related]").forEach((section) => {
	section.classList.add("filling");
	near.observe(section);
});

/* What may be meant by what has been typed so far: a list below the field, which takes no key from who goes on typing. */
function suggest(form) {
	const field = form.querySelector("input[type=search]"), list = document.createElement("ul"), base = form.dataset.suggest;
	let asked = null, timer = 0, at = -1;

	Object.assign(list, { id: "suggestions", className: "suggestions", hidden: true });
	list.setAttribute("role", "listbox");
	list.setAttribute("aria-label", field.placeholder);
	form.append(list);
	for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" }))
		field.setAttribute(name, value);

	function show(results) {
		list.replaceChildren(...results.map((one, i) => {
			const item = document.createElement("li");

			item.id = `suggestion-${i}`;
			item.setAttribute("role", "option");
			item.setAttribute("aria-selected", "false");
			item.dataset.to = one.kind === "category" ? `${base}/categories/${one.slug}` : `${base}/products/${one.slug}`;
			item.textContent = one.name;
			return item;
		}));
		list.hidden = results.length === 0;
		field.setAttribute("aria-expanded", String(!list.hidden));
		mark(-1);
	}

	function mark(i) {
		at = i;
		[...list.children].forEach((item, j) => item.setAttribute("aria-selected", String(i === j)));
		if (i < 0) field.removeAttribute("aria-activedescendant");
		else field.setAttribute("aria-activedescendant", list.children[i].id);
	}

	async function ask() {
		asked?.abort();
		asked = new AbortController();
		if (field.value.trim().length < 2) return show([]);
		const answer = await fetch(`/api/v1/products/suggest?q=${encodeURIComponent(field.value.trim())}`, { signal: asked.signal });
		return show(answer.ok ? (await answer.json()).results : []);
	}

	field.addEventListener("input", () => {
		clearTimeout(timer);
		timer = setTimeout(() => ask().catch(() => {}), 150);
	});
	field.addEventListener("keydown", (event) => {
		const n = list.children.length;

		if (list.hidden) return;
		if (event.key === "Escape") show([]);
		else if (event.key === "ArrowDown") mark((at + 1) % n);
		else if (event.key === "ArrowUp") mark(at <= 0 ? n - 1 : at - 1);
		else if (event.key === "Enter" && at >= 0) list.children[at].click();
		else return;
		event.preventDefault();
	});
	form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || show([]));
	list.addEventListener("click", (event) => location.assign(event.target.dataset.to));
	list.addEventListener("pointerdown", (event) => event.preventDefault()); /* the field keeps the focus */
}
document.querySelectorAll("[data-suggest]").forEach(suggest);

/* What has come of something is said; what went wrong is seen too, for a while. */
const says = document.getElementById("says");
let saidUntil = 0;

function say(words, isSeen = false) {
	clearTimeout(saidUntil);
	says.replaceChildren(words);
	says.className = isSeen ? "toast" : "unseen";
	if (isSeen) saidUntil = setTimeout(() => (says.className = "unseen"), 8000);
}

/* A menu closes when something else is wanted, and by Escape gives the focus back. */
document.querySelectorAll("details.menu").forEach((menu) => {
	document.addEventListener("click", (event) => menu.contains(event.target) || menu.removeAttribute("open"));
	menu.addEventListener("keydown", (event) => {
		if (event.key !== "Escape") return;
		menu.open = false;
		menu.querySelector("summary").focus();
	});
});

/* Without a connection nothing is sent, so that the page stays with what was typed. */
const offline = document.querySelector("[data-offline]");
if (offline !== null) {
	const tell = () => (offline.textContent = navigator.onLine ? "" : offline.dataset.offline);
	addEventListener("online", tell);
	addEventListener("offline", tell);
	addEventListener("submit", (event) => {
		if (navigator.onLine || event.target.closest("[data-cart]") !== null) return; /* cart.js says it itself */
		event.preventDefault();
		say(offline.dataset.offline);
	}, true);
	tell();
}

/* Kept pages know nobody: who is known here is asked for, and shown. Others hear of it by the event "visitor". */
function showVisitor(visitor) {
	const number = new Intl.NumberFormat(document.documentElement.lang);

	if (visitor.name !== null) document.querySelectorAll("[data-account]").forEach((link) => (link.textContent = visitor.name));
	document.querySelectorAll("[data-cart-count]").forEach((place) => {
		place.textContent = visitor.cart_count > 0 ? number.format(visitor.cart_count) : "";
	});
	document.dispatchEvent(new CustomEvent("visitor", { detail: visitor }));
}

function askVisitor() {
	if (/(^|; )haat_known=1/.test(document.cookie))
		fetch("/api/v1/visitor", { headers: { Accept: "application/json" } })
			.then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
			.then(showVisitor)
			.catch(() => {});
}
askVisitor();
addEventListener("pageshow", (event) => event.persisted && askVisitor()); /* the page is as it was left */

/* A form under way cannot be sent again; its buttons keep the focus. */
function hold(form, isSent) {
	form.toggleAttribute("data-sent", isSent);
	form.querySelectorAll("button").forEach((button) => {
		if (isSent) button.setAttribute("aria-disabled", "true");
		else button.removeAttribute("aria-disabled");
	});
}

/* As it is written: a field named "method" would stand in place of the property. */
const isPosted = (form) => form.getAttribute("method") === "post";

/* It is sent once, however often its button is pressed; who comes back to the page may send it again. */
document.addEventListener("submit", (event) => {
	const form = event.target;

	if (!isPosted(form) || event.defaultPrevented) return;
	if (form.hasAttribute("data-sent")) event.preventDefault();
	else hold(form, true);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => {
	hold(form, false);
	delete form.dataset.key;
}));

/* What is sent of a form has the form's key; on a page that is kept for everybody it is made here, at the first press. */
document.addEventListener("formdata", (event) => {
	const { formData, target: form } = event;

	if (formData.get("form_key") === "") formData.set("form_key", (form.dataset.key ??= crypto.getRandomValues(new Uint32Array(4)).join("-")));
});

/*
 * Pressed or not: shown at once, and as before with a word when the shop does not take it. Who is not signed in does that first.
 * `show` shows it, `send` tells the shop, `words` are what is said: on, off, failed.
 */
async function toggle(button, show, send, words) {
	const on = button.getAttribute("aria-pressed") !== "true";

	button.setAttribute("aria-disabled", "true");
	show(on);
	try {
		const answer = await send(on);

		if (answer.status === 401) {
			show(!on);
			return location.assign(`${document.body.dataset.base}/signin?next=${encodeURIComponent(location.pathname + location.search)}`);
		}
		if (!answer.ok) throw new Error(answer.status);
		say(on ? words.on : words.off);
	} catch {
		show(!on);
		say(words.failed, true);
	}
	return button.removeAttribute("aria-disabled");
}

/* A form whose one button is pressed and released; before the form counts as sent. */
function toggles(selector, act) {
	document.addEventListener("submit", (event) => {
		const button = event.target.querySelector(selector);

		if (button === null) return;
		event.preventDefault();
		if (!button.hasAttribute("aria-disabled")) act(button);
	}, true);
}

/* Hearts: each of a product, wherever it stands on the page. */
const press = (id, on) => document.querySelectorAll(`[data-heart="${id}"]`).forEach((heart) => heart.setAttribute("aria-pressed", on));

document.addEventListener("visitor", (event) => {
	if (event.detail.name !== null)
		document.querySelectorAll("[data-heart]").forEach((heart) => {
			heart.setAttribute("aria-pressed", event.detail.wishlist.includes(heart.dataset.heart));
		});
});
toggles("[data-heart]", (heart) => {
	const id = heart.dataset.heart;

	toggle(heart, (on) => press(id, on), (on) => fetch(`/api/v1/wishlist/${id}`, { method: on ? "PUT" : "DELETE" }),
		{ on: says.dataset.heartOn, off: says.dataset.heartOff, failed: says.dataset.heartFailed });
});

/* Who has found a review helpful, and how many have. */
function showLike(button, on) {
	const place = button.querySelector("[data-likes]"), before = button.getAttribute("aria-pressed") === "true";
	const likes = Number(place.dataset.likes) + on - before;

	button.setAttribute("aria-pressed", on);
	place.dataset.likes = likes;
	place.textContent = likes > 0 ? new Intl.NumberFormat(document.documentElement.lang).format(likes) : "";
}

document.addEventListener("visitor", (event) => {
	const section = document.querySelector("[data-reviews-of]");

	if (event.detail.name !== null && section?.querySelector("[data-like]"))
		fetch(`/api/v1/products/${section.dataset.reviewsOf}/reviews`, { headers: { Accept: "application/json" } })
			.then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
			.then(({ results }) => results.forEach((review) => {
				document.querySelector(`[data-like="${review.id}"]`)?.setAttribute("aria-pressed", review.liked);
			}))
			.catch(() => {});
});
toggles("[data-like]", (button) => {
	toggle(button, (on) => showLike(button, on),
		(on) => fetch(`/api/v1/reviews/${button.dataset.like}/like`, { method: on ? "POST" : "DELETE" }),
		{ on: says.dataset.likeOn, off: says.dataset.likeOff, failed: says.dataset.likeFailed });
});

/* What was typed stays in this tab until it has been taken; nothing that is secret, and no file. */
const SECRETS = /password|one-time-code|cc-/, TYPED = "textarea, input[type=text], input[type=email], input[type=tel], input:not([type])";
const isKept = (field) => field.name !== "" && !["password", "hidden", "file", "submit"].includes(field.type) &&
	!SECRETS.test(field.autocomplete) && !["totp", "code"].includes(field.name) && field.matches("input, textarea, select");
const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
const nameOf = (field) => (isTicked(field) ? `${field.name}=${field.value}` : field.name);
const isHidden = (field) => field.type === "hidden" && !["form_key", "next", "resume"].includes(field.name);
const draftOf = (form) => ["draft", form.getAttribute("action"), ...[...form.elements].filter(isHidden).map((field) => field.value)].join(" ");
const keptFields = (form) => [...form.elements].filter(isKept);

function keepDraft(form, isSent) {
	const typed = Object.fromEntries(keptFields(form).map((field) => [nameOf(field), isTicked(field) ? field.checked : field.value]));

	sessionStorage.setItem(draftOf(form), JSON.stringify({ isSent, typed }));
}

function restoreDraft(form) {
	const { typed } = JSON.parse(sessionStorage.getItem(draftOf(form)));

	for (const field of keptFields(form)) {
		const value = typed[nameOf(field)];

		if (value === undefined) continue;
		if (isTicked(field)) field.checked = value;
		else field.value = value;
	}
	keepDraft(form, false);
	form.closest("details")?.setAttribute("open", "");
}

/* Not the cart's, which cart.js shows as they are, nor searches. */
const isDrafted = (form) => isPosted(form) && form.closest("[data-cart]") === null && form.querySelector(TYPED) !== null &&
	keptFields(form).length > 0;

/*
 * Of what was sent something has come when another page stands here: it was taken.  Not when somebody has gone back from a page that
 * did not come, nor when they are asked to sign in first and the page for that does not hold it itself.
 */
function endDrafts() {
	const isTaken = performance.getEntriesByType("navigation")[0]?.type !== "back_forward";
	const signsIn = document.querySelector("[data-signs-in]:not([data-holds])") !== null;

	for (const key of Object.keys(sessionStorage).filter((one) => one.startsWith("draft "))) {
		const draft = JSON.parse(sessionStorage.getItem(key));

		if (draft.isSent && signsIn) sessionStorage.setItem(key, JSON.stringify({ ...draft, isSent: false }));
		else if (draft.isSent && isTaken) sessionStorage.removeItem(key);
	}
}

try {
	endDrafts();
	for (const form of document.forms) if (isDrafted(form) && sessionStorage.getItem(draftOf(form)) !== null) restoreDraft(form);
	document.addEventListener("input", (event) => {
		const { form } = event.target;

		if (form && isDrafted(form) && isKept(event.target)) keepDraft(form, false);
	});
	document.addEventListener("submit", (event) => {
		if (!event.defaultPrevented && isDrafted(event.target)) keepDraft(event.target, true);
	});
} catch {
	/* Some browsers keep nothing. */
}

/* What waited for a confirmation goes on by itself; who comes back to the page has sent it. */
const waiting = document.querySelector("form[data-go-on]");
if (waiting !== null && performance.getEntriesByType("navigation")[0]?.type === "navigate") waiting.requestSubmit();

/* On a phone the sections of the account stand in one line, which begins where the reader is. */
document.querySelector(".sections [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
