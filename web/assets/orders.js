/*
 * The pages of orders stay true while they are open: one tab listens for all of a browser (the holder of a lock), tells the others, and
 * lets go when it is hidden.  Where nothing can be listened to, the page looks again every 20 seconds.
 */
"use strict";

const live = document.querySelector("[data-live]");
const heard = new BroadcastChannel("haat-orders");
const POLL_MS = 20000, LONGEST_WAIT_MS = 60000;
let lastEvent = null, source = null, release = null, waiting = 0, failures = 0;

/* Is somebody about to send a form of this part? */
function inUse(part) {
	return part.contains(document.activeElement) || part.querySelector("details[open]") !== null;
}

/* The page anew: the parts that have changed take the place of the old ones, and it is said aloud. */
async function look() {
	const page = await fetchPage(location.href);
	const fresh = page.querySelector("[data-live]");
	if (fresh === null) return;
	const oldParts = [...live.querySelectorAll("[data-live-part]")], newParts = [...fresh.querySelectorAll("[data-live-part]")];
	const names = (parts) => parts.map((part) => part.dataset.livePart).join();

	if (oldParts.every((part, i) => newParts[i] !== undefined && part.outerHTML === newParts[i].outerHTML)) return;
	if (names(oldParts) !== names(newParts)) {
		if (!oldParts.some(inUse)) live.replaceChildren(...document.importNode(fresh, true).childNodes);
	} else
		oldParts.forEach((part, i) => {
			if (!inUse(part) && part.outerHTML !== newParts[i].outerHTML)
				part.replaceWith(document.importNode(newParts[i], true));
		});
	document.getElementById("says").textContent = live.dataset.liveChanged;
}

function tell(message) {
	lastEvent = message.event_id;
	if (live.dataset.live === "" || live.dataset.live === message.order.number) look().catch(() => {});
}
heard.onmessage = (event) => tell(event.data);

function take(message) {
	tell(message);
	heard.postMessage(message);
}

function close() {
	if (source !== null) source.close();
	source = null;
	clearTimeout(waiting);
}

/* Longer each time, and not at the same moment as everybody else. */
function again() {
	close();
	waiting = setTimeout(listen, Math.min(LONGEST_WAIT_MS, 1000 * 2 ** failures++) * (0.5 + Math.random()));
}

function poll() {
	close();
	waiting = setTimeout(() => look().catch(() => {}).finally(poll), POLL_MS);
}

async function listen() {
	let answer;

	try {
		answer = await fetch("/api/v1/orders/live-ticket", {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify(lastEvent === null ? {} : { after: lastEvent }),
		});
	} catch {
		return again();
	}
	if (!answer.ok) return answer.status >= 500 || answer.status === 429 ? poll() : close();
	const ticket = await answer.json();
	if (release === null) return;
	ticket.missed.forEach(take);
	if (lastEvent !== null && !ticket.complete) look().catch(() => {});
	if (ticket.missed.length === 0) lastEvent = ticket.last_event_id;
	source = new EventSource(ticket.url);
	source.onopen = () => (failures = 0);
	source.onerror = again;
	for (const kind of ["order-update", "order-new"])
		source.addEventListener(kind, (event) => {
			const message = JSON.parse(event.data);

			if (message.event_id !== lastEvent) take(message);
		});
}

/* Who has the lock listens, until the page is hidden. */
function begin() {
	if (document.hidden || release !== null) return;
	if (navigator.locks === undefined) return poll();
	navigator.locks.request("haat-orders", { ifAvailable: false }, () => {
		if (document.hidden) return undefined;
		return new Promise((resolve) => {
			release = resolve;
			listen();
		});
	});
}

function end() {
	close();
	if (release !== null) release();
	release = null;
}

if (live !== null) {
	document.addEventListener("visibilitychange", () => {
		if (document.hidden) return end();
		look().catch(() => {});
		return begin();
	});
	begin();
}
