/* Lists: they scroll on, come back to their place, and their filters are a dialog where there is little room. */
"use strict";

(() => {
	const grid = document.querySelector("[data-grid]"), nav = document.querySelector("nav.pages"), byItself = 3;
	let pages = 1, fetching = null;

	/* While they come their places are there already. */
	function waitingCards() {
		return Array.from({ length: Math.min(12, grid.children.length) }, () => {
			const card = document.createElement("li"), picture = document.createElement("span");

			card.className = "card waiting-card";
			picture.className = "picture";
			card.append(picture);
			return card;
		});
	}

	/* The next page's cards below these, and its link in the place of ours. */
	async function addPage(link, waiting) {
		const next = await fetchPage(link.href);
		const cards = [...next.querySelectorAll("[data-grid] > li")].map((card) => document.importNode(card, true));
		const other = next.querySelector("[data-more]");
		const hadFocus = document.activeElement === link;

		waiting.forEach((card) => card.remove());
		grid.append(...cards);
		if (other === null) link.remove();
		else link.href = other.getAttribute("href");
		pages++;
		if (hadFocus) cards[0]?.querySelector("a").focus({ preventScroll: true });
		say(nav.dataset.says);
	}

	/* One at a time; where it fails the link is an ordinary one again. */
	function more(link) {
		if (fetching !== null) return fetching;
		const waiting = waitingCards();

		link.setAttribute("aria-disabled", "true");
		grid.setAttribute("aria-busy", "true");
		grid.append(...waiting);
		fetching = addPage(link, waiting).catch((error) => {
			waiting.forEach((card) => card.remove());
			say(nav.dataset.failed, true);
			throw error;
		}).finally(() => {
			fetching = null;
			link.removeAttribute("aria-disabled");
			grid.removeAttribute("aria-busy");
		});
		return fetching;
	}

	async function comeBack({ pages: wanted, top }) {
		for (let link; pages < wanted && (link = nav.querySelector("[data-more]")) !== null; ) await more(link);
		window.scrollTo(0, top);
	}

	function scrollOn(link) {
		let broken = false;

		link.addEventListener("click", (event) => {
			if (broken || event.ctrlKey || event.metaKey || event.shiftKey) return;
			event.preventDefault();
			more(link).catch(() => (broken = true));
		});
		new IntersectionObserver((entries) => {
			if (entries[0].isIntersecting && pages < byItself && link.isConnected && !broken) more(link).catch(() => (broken = true));
		}, { rootMargin: "800px" }).observe(link);
		addEventListener("pagehide", () => history.replaceState({ ...history.state, pages, top: scrollY }, ""));
		if (history.state?.pages > 1) comeBack(history.state).catch(() => {});
	}

	function asDialog(filters) {
		const summary = filters.querySelector("summary"), form = filters.querySelector("form");
		const close = form.querySelector("[data-close]"), narrow = matchMedia("(max-width: 55.99rem)");
		const dialog = document.createElement("dialog");

		dialog.className = "sheet";
		dialog.setAttribute("aria-label", summary.textContent);
		filters.after(dialog);
		filters.open = !narrow.matches;
		narrow.addEventListener("change", () => {
			dialog.close();
			filters.open = !narrow.matches;
		});
		summary.addEventListener("click", (event) => {
			if (!narrow.matches) return;
			event.preventDefault();
			close.hidden = false;
			dialog.append(form);
			dialog.showModal();
		});
		close.addEventListener("click", () => dialog.close());
		dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
		dialog.addEventListener("close", () => {
			close.hidden = true;
			filters.append(form);
			form.reset();
			summary.focus();
		});
	}

	/* What was left empty stays out of the address. */
	function leaveOutEmpty(form) {
		form.addEventListener("formdata", ({ formData }) => {
			for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
		});
	}

	const link = nav?.querySelector("[data-more]");
	if (link && grid) scrollOn(link);
	const filters = document.querySelector("[data-filters]");
	if (filters) {
		asDialog(filters);
		leaveOutEmpty(filters.querySelector("form"));
	}
})();
