/* What the storefront does beyond its links and forms; without it everything works all the same. */
"use strict";

/* A section whose list stands on a page of its own is filled when it comes near. */
function fillSection(section) {
	fetch(section.dataset.related, { headers: { Accept: "text/html" } })
		.then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.status))))
		.then((html) => {
			const list = new DOMParser().parseFromString(html, "text/html").querySelector("[data-related-list]");

			if (list !== null && list.querySelector("li") !== null)
				section.querySelector("p").replaceWith(document.importNode(list, true));
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

/* Filters stand open where there is room beside the list. */
const filters = document.querySelector("[data-filters]");
if (filters !== null && matchMedia("(min-width: 56rem)").matches) filters.open = true;

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

/* Countries by the names that the page's language has for them. */
const countries = new Intl.DisplayNames(document.documentElement.lang, { type: "region" });
document.querySelectorAll("[data-country]").forEach((place) => (place.textContent = countries.of(place.dataset.country)));
document.querySelectorAll("[data-countries]").forEach((select) => {
	const [none, ...rest] = select.options;

	for (const option of rest) option.textContent = countries.of(option.value);
	rest.sort((a, b) => a.textContent.localeCompare(b.textContent, document.documentElement.lang));
	select.append(none, ...rest);
});
