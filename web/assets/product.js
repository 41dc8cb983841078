/* A product: pictures by arrows and in a dialog, and options that choose the variant. */
"use strict";

(() => {
	function gallery(root) {
		const strip = root.querySelector(".slides"), slides = [...strip.children], zoom = root.querySelector("[data-zoom]");
		const thumbs = [...root.querySelectorAll(".thumbs a")], steps = root.querySelector("[data-steps]");
		let at = 0;

		const go = (i) => slides[Math.max(0, Math.min(i, slides.length - 1))].scrollIntoView({ inline: "start", block: "nearest" });
		const mark = () => thumbs.forEach((thumb, i) => (i === at ? thumb.setAttribute("aria-current", "true") : thumb.removeAttribute("aria-current")));

		const seen = new IntersectionObserver((entries) => {
			for (const entry of entries) if (entry.isIntersecting) at = slides.indexOf(entry.target);
			mark();
		}, { root: strip, threshold: .6 });
		slides.forEach((slide) => seen.observe(slide));
		if (steps) steps.hidden = false;
		root.querySelectorAll("[data-step]").forEach((button) => button.addEventListener("click", () => go(at + Number(button.dataset.step))));
		thumbs.forEach((thumb, i) => thumb.addEventListener("click", (event) => {
			event.preventDefault();
			go(i);
		}));
		strip.addEventListener("click", (event) => {
			const slide = event.target.closest("a.slide");

			if (slide === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
			event.preventDefault();
			const large = new Image();
			large.alt = slide.querySelector("img").alt;
			large.src = slide.href;
			zoom.querySelector("img")?.remove();
			zoom.append(large);
			zoom.showModal();
		});
		zoom.addEventListener("click", (event) => event.target.closest("button") ?? zoom.close());
	}

	/* "size" -> "M", of one variant. */
	const optionsOf = (label) => new Map([...label.querySelectorAll("[data-option]")].map((one) => [one.dataset.option, one.textContent]));

	function choices(form) {
		const variants = [...form.querySelectorAll(".variant")].map((label) => ({
			label, input: label.querySelector("input"), options: optionsOf(label), price: label.querySelector(".amount").textContent,
			displayed: label.querySelector(".displayed")?.textContent ?? "",
		}));
		const names = [...new Set(variants.flatMap((one) => [...one.options.keys()]))], chosen = new Map();
		const place = form.querySelector("[data-choices]"), says = form.querySelector("[data-choice-says]");
		const list = form.querySelector(".variants"), button = form.querySelector("[type=submit]");
		const price = document.querySelector("[data-price]"), displayed = price.querySelector("[data-displayed]");

		if (names.length === 0 || variants.length < 2) return;
		const fits = (one, but) => names.every((name) => name === but || one.options.get(name) === chosen.get(name));

		/* Which values lead to something that is there, with what else is chosen; and the variant that all of them name. */
		function show() {
			const found = variants.find((one) => fits(one));

			for (const input of place.querySelectorAll("input")) {
				const leads = variants.filter((one) => fits(one, input.dataset.of) && one.options.get(input.dataset.of) === input.value);
				const none = !leads.some((one) => !one.input.disabled);
				input.closest("label").classList.toggle("none", none);
				input.nextElementSibling.nextElementSibling.hidden = !none;
			}
			for (const one of variants) one.input.checked = one === found && !one.input.disabled;
			if (found) price.querySelector("strong").textContent = found.price;
			if (found && displayed) displayed.textContent = found.displayed;
			price.querySelector(".from")?.toggleAttribute("hidden", found !== undefined);
			says.textContent = found === undefined ? form.dataset.none : found.input.disabled ? form.dataset.soldOut : "";
			button?.setAttribute("aria-disabled", String(found === undefined || found.input.disabled));
		}

		function addChoice(name) {
			const group = document.createElement("fieldset"), legend = document.createElement("legend");

			group.className = "choice-group";
			legend.textContent = name;
			group.append(legend);
			for (const value of new Set(variants.map((one) => one.options.get(name)).filter((one) => one !== undefined))) {
				const label = document.createElement("label"), input = document.createElement("input");
				const word = document.createElement("span"), none = document.createElement("span");

				label.className = "pick";
				Object.assign(input, { type: "radio", name: `choice-${names.indexOf(name)}`, value, checked: chosen.get(name) === value });
				input.dataset.of = name;
				input.setAttribute("form", ""); /* of no form: it is not sent */
				word.textContent = value;
				none.className = "unseen";
				none.textContent = ` (${form.dataset.soldOut})`;
				input.addEventListener("change", () => {
					chosen.set(name, value);
					show();
				});
				label.append(input, word, none);
				group.append(label);
			}
			place.append(group);
		}

		const first = variants.find((one) => one.input.checked) ?? variants.find((one) => !one.input.disabled) ?? variants[0];
		first.options.forEach((value, name) => chosen.set(name, value));
		names.forEach(addChoice);
		list.hidden = true;
		place.hidden = false;
		variants.forEach((one) => (one.input.required = false));
		form.addEventListener("submit", (event) => {
			if (button?.getAttribute("aria-disabled") === "true") event.preventDefault();
		});
		show();
	}

	const pictures = document.querySelector("[data-gallery]"), form = document.querySelector("[data-buy]");
	if (pictures) gallery(pictures);
	if (form) choices(form);
})();
