/* Files are seen before they are sent, and how far they are; what is refused is said, and they stay chosen.  shop.js stands before this. */
"use strict";

function uploads(form) {
	const field = form.querySelector("input[type=file]"), previews = form.querySelector("[data-previews]");
	const progress = form.querySelector("[data-progress]"), says = form.querySelector("[data-upload-says]");
	const most = Number(form.dataset.most);
	let addresses = [];

	function complain(words) {
		says.textContent = words;
		says.hidden = words === "";
	}

	function preview(file) {
		const item = document.createElement("li"), name = document.createElement("span");
		const seen = document.createElement(file.type.startsWith("video/") ? "video" : "img"), address = URL.createObjectURL(file);

		addresses.push(address);
		seen.src = address;
		seen.addEventListener("error", () => seen.remove()); /* the name says what it is */
		if (seen instanceof HTMLImageElement) seen.alt = "";
		name.textContent = file.name;
		item.append(seen, name);
		return item;
	}

	field.addEventListener("change", () => {
		addresses.forEach((address) => URL.revokeObjectURL(address));
		addresses = [];
		previews.replaceChildren(...[...field.files].slice(0, most).map(preview));
		previews.hidden = field.files.length === 0;
		complain(field.files.length > most ? says.dataset.many : "");
	});

	/* The page that answers stands in this one's place; one that says what is wrong does so here, where the files are still chosen. */
	function answered(call) {
		if (call.status === 200 && call.responseURL !== "") return location.assign(call.responseURL);
		if (call.status === 401) return location.assign(`${document.body.dataset.base}/signin?next=${encodeURIComponent(location.pathname)}`);
		return failed(call.response?.querySelector("main [role=alert]:not([hidden]), main .wrong:not([hidden])")?.textContent);
	}

	function failed(words) {
		progress.hidden = true;
		hold(form, false);
		complain(words || form.dataset.failed);
		if (isDrafted(form)) keepDraft(form, false);
	}

	function send() {
		const call = new XMLHttpRequest();

		complain("");
		progress.hidden = false;
		progress.value = 0;
		call.open("POST", form.action);
		call.responseType = "document";
		call.upload.onprogress = (event) => event.lengthComputable && (progress.value = event.loaded / event.total);
		call.onload = () => answered(call);
		call.onerror = () => failed("");
		call.send(new FormData(form));
	}

	/* Behind shop.js, which has seen to it that the form is sent once; without files it is a form like others, which can wait for a sign-in. */
	document.addEventListener("submit", (event) => {
		if (event.target !== form || event.defaultPrevented) return;
		if (field.files.length === 0) {
			form.enctype = "application/x-www-form-urlencoded";
			return;
		}
		event.preventDefault();
		if (field.files.length > most) failed(says.dataset.many);
		else send();
	});
}

document.querySelectorAll("[data-upload]").forEach(uploads);
