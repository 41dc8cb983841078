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

/* A section whose list stands on a page of its own is filled when it comes near. */
function fillSection(section) {
	fetchPage(section.dataset.related)
		.then((page) => {
			const list = page.querySelector("[data-related-list]");

			if (list !== null && list.querySelector("li") !== null)
				section.replaceChildren(document.importNode(list, true)); /* it has headings of its own */
		})
		.catch(() => {});
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
document.querySelectorAll("[data-related]").forEach((section) => near.observe(section));

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

/* Without a connection nothing is sent, so that the page stays with what was typed. */
const offline = document.querySelector("[data-offline]");
if (offline !== null) {
	const say = () => (offline.textContent = navigator.onLine ? "" : offline.dataset.offline);
	addEventListener("online", say);
	addEventListener("offline", say);
	addEventListener("submit", (event) => navigator.onLine || event.target.closest("[data-cart]") || event.preventDefault(), true); /* cart.js says it itself */
	say();
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

if (/(^|; )haat_known=1/.test(document.cookie))
	fetch("/api/v1/visitor", { headers: { Accept: "application/json" } })
		.then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
		.then(showVisitor)
		.catch(() => {});

/* A form is sent once, however often its button is pressed; who comes back to the page may send it again. */
document.addEventListener("submit", (event) => {
	const form = event.target;

	if (form.method !== "post" || event.defaultPrevented) return;
	if (form.dataset.sent !== undefined) {
		event.preventDefault();
		return;
	}
	form.dataset.sent = "";
	form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
});
addEventListener("pageshow", () => {
	for (const form of document.querySelectorAll("form[data-sent]")) {
		delete form.dataset.sent;
		form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
	}
});

/* Hearts: at once, and back again with a word when it did not work. Who is not signed in does that first. */
const says = document.getElementById("says");
const hearts = (id) => document.querySelectorAll(`[data-heart="${id}"]`);
const press = (id, on) => hearts(id).forEach((heart) => heart.setAttribute("aria-pressed", on));

document.addEventListener("visitor", (event) => {
	if (event.detail.name !== null)
		document.querySelectorAll("[data-heart]").forEach((heart) => {
			heart.setAttribute("aria-pressed", event.detail.wishlist.includes(heart.dataset.heart));
		});
});

async function toggleHeart(heart, form) {
	const id = heart.dataset.heart, on = heart.getAttribute("aria-pressed") !== "true";

	heart.setAttribute("aria-disabled", "true");
	press(id, on);
	try {
		const answer = await fetch(`/api/v1/wishlist/${id}`, { method: on ? "PUT" : "DELETE" });

		if (answer.status === 401)
			return location.assign(form.getAttribute("action").replace(/\/wishlist\/.*/,
				`/signin?next=${encodeURIComponent(location.pathname + location.search)}`));
		if (!answer.ok) throw new Error(answer.status);
		says.textContent = on ? says.dataset.heartOn : says.dataset.heartOff;
	} catch {
		press(id, !on);
		says.textContent = says.dataset.heartFailed;
	}
	return heart.removeAttribute("aria-disabled");
}

/* Before the form counts as sent. */
document.addEventListener("submit", (event) => {
	const heart = event.target.querySelector("[data-heart]");

	if (heart === null) return;
	event.preventDefault();
	if (!heart.hasAttribute("aria-disabled")) toggleHeart(heart, event.target);
}, true);

/* What waited for a confirmation goes on by itself; who comes back to the page has sent it. */
const waiting = document.querySelector("form[data-go-on]");
if (waiting !== null && performance.getEntriesByType("navigation")[0]?.type === "navigate") waiting.requestSubmit();
