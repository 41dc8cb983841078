/* The cart changes in place: what its forms do is shown without another page. shop.js stands before this. */
"use strict";

/* The page that answers a form; parsed by the browser, so that no word of it is ever script. */
function sendForm(form) {
	return new Promise((done, failed) => {
		const call = new XMLHttpRequest();

		call.open("POST", form.action);
		call.responseType = "document";
		call.onload = () => {
			const cart = call.response?.querySelector("[data-cart]");

			if (cart) done(cart);
			else if (call.status === 401) form.submit(); /* the session has ended: sign in, and go on */
			else failed(new Error(call.status));
		};
		call.onerror = () => failed(new Error("no connection"));
		call.send(new URLSearchParams(new FormData(form)));
	});
}

function showCart(old, answered) {
	const cart = document.importNode(answered, true), focused = document.activeElement.id;
	const count = Number(cart.dataset.count);

	old.replaceWith(cart);
	document.querySelectorAll("[data-cart-count]").forEach((place) => {
		place.textContent = count > 0 ? new Intl.NumberFormat(document.documentElement.lang).format(count) : "";
	});
	(document.getElementById(focused) ?? cart.querySelector("h1")).focus();
	say(cart.querySelector("[role=alert]:not([hidden])")?.textContent ?? cart.dataset.changed);
}

/* As it was, and why. */
function undo(cart, form) {
	const wrong = cart.querySelector("[data-failed]");

	form.reset();
	hold(form, false);
	cart.removeAttribute("aria-busy");
	wrong.hidden = false;
}

document.addEventListener("submit", (event) => {
	const form = event.target, cart = form.closest("[data-cart]");

	if (cart === null || event.defaultPrevented) return;
	event.preventDefault();
	cart.querySelector("[data-failed]").hidden = true;
	cart.setAttribute("aria-busy", "true");
	sendForm(form).then((answered) => showCart(cart, answered)).catch(() => undo(cart, form));
});
document.addEventListener("change", (event) => {
	if (event.target.name === "quantity" && event.target.closest("[data-cart]") !== null) event.target.form.requestSubmit();
});
