// Where the reader is: the address alone says it, so that every view can be kept, sent and gone back to.
import { useEffect, useState } from 'preact/hooks';

export interface Place { path: string; query: URLSearchParams }

const read = (): Place => ({ path: location.pathname.replace(/\/+$/, '') || '/console', query: new URLSearchParams(location.search) });
const listeners = new Set<() => void>();
const moved = () => listeners.forEach((one) => one());
let leave: (() => boolean) | undefined;

/* Asked before the reader goes to another page; false keeps him. */
export function beforeLeaving(ask: (() => boolean) | undefined) {
	leave = ask;
}

export function go(address: string, replace = false) {
	const next = new URL(address, location.href);
	if (next.pathname !== location.pathname && leave && !leave()) return;
	history[replace ? 'replaceState' : 'pushState'](null, '', next);
	moved();
}

export function usePlace(): Place {
	const [place, set] = useState(read);
	useEffect(() => {
		const update = () => set(read());
		listeners.add(update);
		return () => { listeners.delete(update); };
	}, []);
	return place;
}

/* The address of the same page with some of its query changed; undefined takes a member away. */
export function changed(query: URLSearchParams, change: Record<string, string | undefined>) {
	const next = new URLSearchParams(query);
	for (const [name, value] of Object.entries(change)) {
		if (value === undefined || value === '') next.delete(name);
		else next.set(name, value);
	}
	const text = next.toString();
	return location.pathname + (text === '' ? '' : `?${text}`);
}

/* The parts of a path that is like the pattern: "/orders/:id"; null: it is not. */
export function match(pattern: string, path: string): Record<string, string> | null {
	const wanted = pattern.split('/'), given = path.split('/');
	const found: Record<string, string> = {};
	if (wanted.length !== given.length) return null;
	for (const [i, part] of wanted.entries()) {
		if (part.startsWith(':')) {
			try { found[part.slice(1)] = decodeURIComponent(given[i]!); } catch { return null; /* it is no text: no page has it */ }
		} else if (part !== given[i]) return null;
	}
	return found;
}

addEventListener('popstate', moved);
addEventListener('click', (event) => {
	const link = (event.target as Element).closest?.('a[href]') as HTMLAnchorElement | null;
	if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
	if (link.origin !== location.origin || link.target || link.hasAttribute('download') || !/^\/console(\/|$)/.test(link.pathname)) return;
	if (link.pathname === location.pathname && link.search === location.search && link.hash) return;
	event.preventDefault();
	go(link.href);
});
