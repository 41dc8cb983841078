// The rows of a list: a page of them, those that are chosen, and whether others have come.
import { useEffect, useState } from 'preact/hooks';
import { call, type Row } from './api';
import type { ListCall, ListSpec } from './list';
import { useLoaded } from './ui';

export const rowsChoices = [50, 100, 200] as const;
export const rowsOf = (query: URLSearchParams): number => rowsChoices.find((one) => String(one) === query.get('rows')) ?? rowsChoices[0];

/* The API answers at most so many at once; where filters leave few, it answers fewer than there are, and is asked on so often. */
const mostAtOnce = 100, mostTurns = 10;

/* What leads to another page is an address of the API, of which the place in the list counts. */
export function placeOf(next: string) {
	const { searchParams } = new URL(next, location.href);
	return { cursor: searchParams.get('cursor') ?? undefined, page: searchParams.get('page') ?? undefined };
}

interface Page<R> { results: R[]; next?: string | null; previous?: string | null }

async function readPage<C extends ListCall>(spec: ListSpec<C>, asked: Record<string, string>, rows: number, signal: AbortSignal): Promise<Page<Row<C>>> {
	const results: Row<C>[] = [];
	let first: Page<Row<C>> | undefined, last: Page<Row<C>> | undefined;
	for (let turn = 0; turn < mostTurns && results.length < rows && last?.next !== null; turn++) {
		const limit = String(Math.min(mostAtOnce, spec.numbered ? rows : rows - results.length));
		const query = { ...asked, ...(last?.next ? placeOf(last.next) : {}), [spec.numbered ? 'page_size' : 'limit']: limit };
		last = await call(spec.call, { path: spec.path as never, query: query as never, signal }) as Page<Row<C>>;
		first ??= last;
		results.push(...last.results);
	}
	return { results, next: last!.next, previous: first!.previous };
}

export const usePage = <C extends ListCall>(spec: ListSpec<C>, asked: Record<string, string>, rows: number) =>
	useLoaded(JSON.stringify([spec.call, spec.path, asked, rows]), (signal) => readPage(spec, asked, rows, signal));

/* The chosen rows, by list; they outlive paging and a reload of the tab, but not the tab. */
export function useChosen<R>(list: string, id: (row: R) => string) {
	const key = `haat-chosen-${list}`;
	const [chosen, set] = useState<Map<string, R>>(() => {
		try { return new Map((JSON.parse(sessionStorage.getItem(key) ?? '[]') as R[]).map((row) => [id(row), row])); } catch { return new Map(); }
	});
	const put = (next: Map<string, R>) => {
		set(next);
		// Written behind the click, which does not wait for it.
		setTimeout(() => { try { sessionStorage.setItem(key, JSON.stringify([...next.values()])); } catch { /* it lives as long as the page */ } });
	};
	return { chosen, clear: () => put(new Map()), choose: (rows: R[], on: boolean) => {
		const next = new Map(chosen);
		for (const row of rows) { if (on) next.set(id(row), row); else next.delete(id(row)); }
		put(next);
	} };
}

/* Says when rows have come that the first page does not show yet. */
export function useNews<C extends ListCall>(spec: ListSpec<C>, asked: Record<string, string>, first: string | undefined, isFirst: boolean) {
	const [news, set] = useState(false);
	useEffect(() => {
		set(false);
		if (!isFirst || first === undefined) return undefined;
		const look = async () => {
			if (document.hidden) return;
			const answer = await call(spec.call, { path: spec.path as never, query: { ...asked, [spec.numbered ? 'page_size' : 'limit']: 1 } as never }).catch(() => undefined);
			const newest = (answer as { results: Row<C>[] } | undefined)?.results[0];
			if (newest !== undefined && spec.id(newest) !== first) set(true);
		};
		const timer = setInterval(look, 30_000);
		return () => clearInterval(timer);
	}, [first, isFirst, JSON.stringify(asked)]);
	return news;
}
