// What the pages of selling share: categories as a choice, merchants for staff, faults by the field that they are about, files with progress.
import { useEffect, useState } from 'preact/hooks';
import { Problem, addressOf, call, problemOf, type Schemas } from '../api';
import { can, type Me } from '../areas';
import { useCall } from '../ui';

export const isStaff = (me: Me) => can(me, 'catalog:write');

type Node = Schemas['CategoryNode'];
const flat = (nodes: Node[], depth = 0): [string, string][] => nodes.flatMap((one) => [[one.id, `${'  '.repeat(depth)}${one.name}`] as [string, string], ...flat(one.children, depth + 1)]);

/* All categories, each below the one that it is in. */
export function useCategories(): [string, string][] {
	const loaded = useCall('GET /categories/tree');
	return loaded.data ? flat(loaded.data.results) : [];
}

export function useBrands(): [string, string][] {
	const loaded = useCall('GET /brands', { query: { page_size: 100 } });
	return (loaded.data?.results ?? []).map((one) => [one.id, one.name]);
}

export function useMerchants(me: Me): [string, string][] {
	const loaded = useCall('GET /merchants', { query: { page_size: 100 } as never }, !can(me, 'merchant:verify', 'user:read'));
	return (loaded.data?.results ?? []).map((one) => [one.id, one.shop_name]);
}

/* The refusal with its faults at the fields that the reader sees. */
export async function placed<T>(act: Promise<T>, field: (member: string) => string): Promise<T> {
	try { return await act; } catch (problem) {
		if (!(problem instanceof Problem)) throw problem;
		const details = Object.fromEntries(Object.entries(problem.details).map(([member, fault]) => [field(member), fault]));
		throw new Problem(problem.status, problem.code, problem.message, details, problem.requestId, problem.retryAfter);
	}
}
export const byFirst = (member: string) => member.split('.')[0]!;

/* Sends a file and says how far it is, from 0 to 1; what fetch cannot say. */
export async function send<T>(path: string, field: string, file: File, progress: (share: number) => void, query?: object): Promise<T> {
	const once = () => new Promise<Response>((done, fail) => {
		const request = new XMLHttpRequest(), body = new FormData();
		body.append(field, file);
		request.open('POST', addressOf(path, query));
		request.setRequestHeader('Accept', 'application/json');
		request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
		request.onload = () => done(new Response(request.responseText, { status: request.status }));
		request.onerror = () => fail(new Problem(0, 'offline', 'offline'));
		request.send(body);
	});
	let response = await once();
	if (response.status === 401) {
		await call('GET /accounts/me'); // asks to sign in again, where the session has ended
		response = await once();
	}
	if (!response.ok) throw await problemOf(response);
	return response.json();
}

/* Turns again and again while something is not over. */
export function useWhile(waits: boolean, again: () => void, everyMs: number) {
	useEffect(() => {
		if (!waits) return undefined;
		const timer = setInterval(() => { if (!document.hidden) again(); }, everyMs);
		return () => clearInterval(timer);
	}, [waits]);
}

/* Where files are dropped. */
export function useDrop(take: (files: File[]) => void) {
	const [over, set] = useState(false);
	return {
		class: over ? 'drop over' : 'drop',
		onDragOver: (event: DragEvent) => { if (event.dataTransfer?.types.includes('Files')) { event.preventDefault(); set(true); } },
		onDragLeave: () => set(false),
		onDrop: (event: DragEvent) => { if (event.dataTransfer?.files.length) { event.preventDefault(); set(false); take([...event.dataTransfer.files]); } },
	};
}
