/*
 * The pages of orders stay true while they are seen: one tab listens for all of a browser (the holder of a lock), tells the others, and
 * lets go when it is hidden.  Where nothing can be listened to, the page looks again every 20 seconds.  shop.js stands before this.
 */
"use strict";

const live = document.querySelector("[data-live]"), stale = document.querySelector("[data-stale]");
const heard = "BroadcastChannel" in window ? new BroadcastChannel("haat-orders") : { postMessage() {} };
const POLL_MS = 20000, LONGEST_WAIT_MS = 60000;
let lastEvent = null, failures = 0, seen = null; /* seen: aborted when the page is hidden */

/* Is somebody about to send a form of this part? */
function inUse(part) {
	return part.contains(document.activeElement) || part.querySelector("details[open]") !== null;
}

/* Each time a page is printed its forms have other keys; it has not changed by that. */
function printed(part) {
	const copy = part.cloneNode(true);

	copy.querySelectorAll("[name=form_key]").forEach((field) => field.remove());
	return copy.outerHTML;
}

/* The parts that have changed take the place of the old ones, and it is said aloud. */
function showFresh(fresh) {
	const oldParts = [...live.querySelectorAll("[data-live-part]")], newParts = [...fresh.querySelectorAll("[data-live-part]")];
	const names = (parts) => parts.map((part) => part.dataset.livePart).join();
	const isSame = (part, i) => newParts[i] !== undefined && printed(part) === printed(newParts[i]);

	if (oldParts.length === newParts.length && oldParts.every(isSame)) return;
	if (names(oldParts) !== names(newParts)) {
		if (!oldParts.some(inUse)) live.replaceChildren(...document.importNode(fresh, true).childNodes);
	} else
		oldParts.forEach((part, i) => {
			if (!inUse(part) && !isSame(part, i)) part.replaceWith(document.importNode(newParts[i], true));
		});
	say(live.dataset.liveChanged);
}

const tellStale = (isStale) => (stale.textContent = isStale ? stale.dataset.stale : "");

/* The page anew; that it may not be true any more is said where it cannot be had. */
async function look() {
	try {
		const fresh = (await fetchPage(location.href)).querySelector("[data-live]");

		if (fresh !== null) showFresh(fresh);
		tellStale(false);
	} catch {
		tellStale(true);
	}
}

function tell(message) {
	lastEvent = message.event_id;
	if (live.dataset.live === "" || live.dataset.live === message.order.number) look();
}
heard.onmessage = (event) => tell(event.data);

function take(message) {
	tell(message);
	heard.postMessage(message);
}

function later(signal, ms, act) {
	const timer = setTimeout(() => signal.aborted || act(), ms);

	signal.addEventListener("abort", () => clearTimeout(timer));
}

/* Longer each time, and not at the same moment as everybody else. */
function again(signal) {
	later(signal, Math.min(LONGEST_WAIT_MS, 1000 * 2 ** failures++) * (0.5 + Math.random()), () => listen(signal));
}

function poll(signal, goOn) {
	later(signal, POLL_MS, () => look().then(() => signal.aborted || goOn(signal)));
}

/* By a ticket, which also says what was missed since the last. */
async function listen(signal) {
	let ticket;

	try {
		const answer = await fetch("/api/v1/orders/live-ticket", {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify(lastEvent === null ? {} : { after: lastEvent }),
			signal,
		});

		if (answer.status >= 500 || answer.status === 429) return poll(signal, listen);
		if (!answer.ok) return tellStale(true); /* nobody is signed in any more */
		ticket = await answer.json();
	} catch {
		return signal.aborted || again(signal);
	}
	if (signal.aborted) return undefined;
	ticket.missed.forEach(take);
	if (lastEvent !== null && !ticket.complete) look();
	if (ticket.missed.length === 0) lastEvent = ticket.last_event_id;
	return hear(new EventSource(ticket.url), signal);
}

function hear(source, signal) {
	signal.addEventListener("abort", () => source.close());
	source.onopen = () => (failures = 0);
	source.onerror = () => {
		source.close();
		if (!signal.aborted) again(signal);
	};
	for (const kind of ["order-update", "order-new"])
		source.addEventListener(kind, (event) => {
			const message = JSON.parse(event.data);

			if (message.event_id !== lastEvent) take(message);
		});
}

/* Who has the lock listens, until the page is hidden. */
function begin() {
	seen = new AbortController();
	const { signal } = seen;

	if (navigator.locks === undefined || window.EventSource === undefined) {
		const lookOn = () => poll(signal, lookOn);
		return lookOn();
	}
	return navigator.locks.request("haat-orders", { signal }, () => new Promise((letGo) => {
		signal.addEventListener("abort", letGo);
		listen(signal);
	})).catch(() => {}); /* hidden before its turn */
}

function beginAnew() {
	seen?.abort();
	failures = 0;
	if (document.hidden) return;
	look();
	begin();
}

if (live !== null) {
	document.addEventListener("visibilitychange", beginAnew);
	addEventListener("online", beginAnew);
	addEventListener("pageshow", (event) => event.persisted && beginAnew());
	addEventListener("pagehide", () => seen?.abort());
	if (!document.hidden) begin();
}
