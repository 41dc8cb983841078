// Calls of the API, by the browser's session.  Who is not signed in any more is asked to sign in where he is, who must prove himself again for
// a dangerous act is asked for the password; then the call is made again, and its caller has noticed nothing.
import type { Calls, Schemas } from './calls';

export type { Schemas };
export type Call = keyof Calls;
export type Answer<C extends Call> = Calls[C]['answer'];
export type Row<C extends Call> = Answer<C> extends { results: (infer R)[] } ? R : never;

export interface Input<C extends Call> {
	path?: Calls[C]['path'];
	query?: Calls[C]['query'] | URLSearchParams;
	body?: Calls[C]['body'] | FormData | Blob;
	/* The row as it was read: refused when somebody has changed it since. */
	seen?: object;
	/* One key for all tries of one act, so that it is done once. */
	once?: string;
	signal?: AbortSignal;
}

/* What the API answers in place of what was asked for. */
export class Problem extends Error {
	constructor(readonly status: number, readonly code: string, message: string, readonly details: Record<string, string> = {},
		readonly requestId: string = '', readonly retryAfter: number = 0) {
		super(message);
	}
}

type Asker = () => Promise<boolean>;
const askers: { signIn?: Asker; confirm?: Asker } = {};

/* How people are asked to sign in, and to confirm; each says whether they have. */
export function askBy(signIn: Asker, confirm: Asker) {
	askers.signIn = signIn;
	askers.confirm = confirm;
}

const tags = new WeakMap<object, string>();

export const addressOf = (path: string, query?: object) => {
	const given = query instanceof URLSearchParams ? query : new URLSearchParams(
		Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '').map(([name, value]) => [name, String(value)]));
	const text = given.toString();
	return `/api/v1${path}${text === '' ? '' : `?${text}`}`;
};

/* What the first page will read, asked for before the code that reads it is there; who reads takes it once. */
const begun = new Map<string, Promise<Response>>();
const headStartMs = 5000;
export function begin(address: string) {
	const answer = fetch(address, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
	answer.catch(() => undefined);
	begun.set(address, answer);
	setTimeout(() => begun.delete(address), headStartMs);
}
function taken(address: string) {
	const answer = begun.get(address);
	begun.delete(address);
	return answer;
}

const filled = (pattern: string, path: Record<string, unknown> = {}) =>
	pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(path[name])));

export async function problemOf(response: Response): Promise<Problem> {
	const retryAfter = Number(response.headers.get('Retry-After') ?? 0);
	try {
		const error = await response.json() as Schemas['Error'];
		const details = Object.fromEntries(Object.entries(error.details).map(([member, faults]) => [member, faults.join('; ')]));
		return new Problem(response.status, error.code, error.message, details, error.request_id, retryAfter);
	} catch {
		return new Problem(response.status, 'unreadable', response.statusText, {}, '', retryAfter);
	}
}

export async function call<C extends Call>(name: C, input: Input<C> = {}): Promise<Answer<C>> {
	const [method, pattern] = name.split(' ') as [string, string];
	const headers: Record<string, string> = { Accept: 'application/json' };
	let body: BodyInit | undefined;

	if (input.body instanceof FormData || input.body instanceof Blob) body = input.body;
	else if (input.body !== undefined) {
		headers['Content-Type'] = 'application/json';
		body = JSON.stringify(input.body);
	}
	const tag = input.seen && tags.get(input.seen);
	if (tag) headers['If-Match'] = tag;
	if (input.once) headers['Idempotency-Key'] = input.once;
	for (;;) {
		let response: Response;
		try {
			const address = addressOf(filled(pattern, input.path), input.query);
			response = await ((method === 'GET' && taken(address)) || fetch(address, { method, headers, body, signal: input.signal, credentials: 'same-origin' }));
		} catch (cause) {
			if (input.signal?.aborted) throw cause;
			throw new Problem(0, 'offline', 'offline');
		}
		if (response.ok) {
			if (response.status === 204) return undefined as Answer<C>;
			const answer = await response.json();
			const given = response.headers.get('ETag');
			if (given && typeof answer === 'object') tags.set(answer, given);
			return answer;
		}
		const problem = await problemOf(response);
		if (problem.status === 401 && askers.signIn && await askers.signIn()) continue;
		if (problem.code === 'confirmation_required' && askers.confirm && await askers.confirm()) continue;
		throw problem;
	}
}
