// A list of the console: filters, columns and order stand in the address, so that every view can be kept, shared and gone back to.
// A page has at most 200 rows in a real table (cards on a phone); there is no count of all, cursors lead on and back.  New rows are
// announced, never pushed in; a selection survives paging.
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { addressOf, call, type Answer, type Call, type Row } from './api';
import type { Me } from './areas';
import { changed, go, usePlace } from './route';
import { Act, ProblemNote, useCall } from './ui';
import { Views, type ViewList } from './views';
import { t, word } from './words';

type ListCall = { [C in Call]: Calls200<C> extends true ? C : never }[Call];
type Calls200<C extends Call> = C extends `GET ${string}` ? (Answer<C> extends { results: unknown[] } ? true : false) : false;

export interface Column<R> {
	name: string;
	show: (row: R) => ComponentChildren;
	/* Amounts and counts stand at the end of their cell. */
	numeric?: boolean;
	/* Not shown until it is chosen. */
	spare?: boolean;
}

export interface Filter {
	name: string;
	kind: 'choice' | 'text' | 'date' | 'flag';
	choices?: readonly string[];
}

export interface Chosen<R> { ids: string[]; rows: R[]; all?: { filter: string; expected: number } }

export interface Bulk<R> {
	name: string;
	label: string;
	may: boolean;
	dangerous?: boolean;
	/* It can be done to all that the filters match, too. */
	all?: boolean;
	/* What is done with the chosen ones; of all that the filters match, how many that are, and their query, stand in place of ids. */
	act: (chosen: Chosen<R>) => Promise<unknown>;
}

export interface ListSpec<C extends ListCall> {
	/* Unique among lists: saved views and the selection are kept by it; messages are "NAME.column.…", "NAME.filter.…", "NAME.empty". */
	name: string;
	call: C;
	path?: Record<string, string>;
	/* Members of the query that always hold. */
	always?: Record<string, string>;
	id: (row: Row<C>) => string;
	open?: (row: Row<C>) => string;
	columns: Column<Row<C>>[];
	filters?: Filter[];
	/* The member of the query that orders, and its values; the first is the list's own. */
	order?: { name: string; choices: readonly string[] };
	bulk?: Bulk<Row<C>>[];
	csv?: boolean;
	/* Under which its views are kept. */
	views?: ViewList;
	/* Rows of a page. */
	limit?: number;
	/* Its pages have numbers instead of cursors. */
	numbered?: boolean;
	/* Shown above the table. */
	above?: ComponentChildren;
}

const own = new Set(['columns', 'cursor', 'page', 'page_size', 'limit', 'lang']);

function FilterField({ list, filter, query }: { list: string; filter: Filter; query: URLSearchParams }) {
	const value = query.get(filter.name) ?? '', id = `filter-${filter.name}`;
	return (
		<div class="filter">
			<label for={id}>{t(`${list}.filter.${filter.name}`)}</label>
			{filter.kind === 'choice' || filter.kind === 'flag' ? (
				<select id={id} name={filter.name} onChange={(event) => event.currentTarget.form!.requestSubmit()}>
					<option value="" selected={value === ''}>{t('filter.any')}</option>
					{(filter.kind === 'flag' ? ['true', 'false'] : filter.choices!).map((one) => <option key={one} value={one} selected={one === value}>
						{filter.kind === 'flag' ? t(one === 'true' ? 'yes' : 'no') : word(one)}</option>)}
				</select>
			) : <input id={id} name={filter.name} type={filter.kind === 'date' ? 'date' : 'search'} defaultValue={value} />}
		</div>
	);
}

function Filters({ spec, query }: { spec: { name: string; filters?: Filter[]; order?: { name: string; choices: readonly string[] } }; query: URLSearchParams }) {
	const submit = (event: SubmitEvent) => {
		event.preventDefault();
		const given = new FormData(event.currentTarget as HTMLFormElement), change: Record<string, string | undefined> = { cursor: undefined, page: undefined };
		for (const [name, value] of given) change[name] = String(value).trim() || undefined;
		go(changed(query, change));
	};
	if (!spec.filters?.length && !spec.order) return null;
	const isFiltered = spec.filters?.some((one) => query.has(one.name));
	return (
		<form class="filters" onSubmit={submit} key={query.toString()} role="search" aria-label={t('filters')}>
			{spec.filters?.map((one) => <FilterField key={one.name} list={spec.name} filter={one} query={query} />)}
			{spec.order && <div class="filter">
				<label for="list-order">{t('order')}</label>
				<select id="list-order" name={spec.order.name} onChange={(event) => event.currentTarget.form!.requestSubmit()}>
					{spec.order.choices.map((one, i) => <option key={one} value={i === 0 ? '' : one} selected={(query.get(spec.order!.name) ?? spec.order!.choices[0]) === one}>{t(`${spec.name}.order.${one}`)}</option>)}
				</select>
			</div>}
			{spec.filters?.some((one) => one.kind === 'text' || one.kind === 'date') && <button type="submit" class="quiet">{t('filter.act')}</button>}
			{isFiltered && <a class="button plain" href={changed(query, Object.fromEntries([...spec.filters!.map((one) => [one.name, undefined]), ['cursor', undefined], ['page', undefined]]))}>{t('filter.clear')}</a>}
		</form>
	);
}

function ColumnChoice<R>({ list, columns, shown, query }: { list: string; columns: Column<R>[]; shown: Column<R>[]; query: URLSearchParams }) {
	const choose = (name: string, on: boolean) => {
		const next = columns.filter((one) => one.name === name ? on : shown.includes(one)).map((one) => one.name);
		const usual = columns.filter((one) => !one.spare).map((one) => one.name);
		go(changed(query, { columns: next.join() === usual.join() || next.length === 0 ? undefined : next.join() }), true);
	};
	return (
		<details class="menu">
			<summary class="button quiet">{t('columns')}</summary>
			<fieldset><legend class="unseen">{t('columns')}</legend>
				{columns.map((one) => <label key={one.name} class="check"><input type="checkbox" checked={shown.includes(one)} onChange={(event) => choose(one.name, event.currentTarget.checked)} /> {t(`${list}.column.${one.name}`)}</label>)}
			</fieldset>
		</details>
	);
}

const viewOf = (query: URLSearchParams) => { const kept = new URLSearchParams(query); kept.delete('cursor'); kept.delete('page'); kept.delete('lang'); return kept.toString(); };

/* The chosen rows, by list; they outlive paging and a reload of the tab, but not the tab. */
function useChosen<R>(list: string, id: (row: R) => string) {
	const key = `haat-chosen-${list}`;
	const [chosen, set] = useState<Map<string, R>>(() => {
		try { return new Map((JSON.parse(sessionStorage.getItem(key) ?? '[]') as R[]).map((row) => [id(row), row])); } catch { return new Map(); }
	});
	const put = (next: Map<string, R>) => {
		set(next);
		try { sessionStorage.setItem(key, JSON.stringify([...next.values()])); } catch { /* it lives as long as the page */ }
	};
	return { chosen, clear: () => put(new Map()), choose: (rows: R[], on: boolean) => {
		const next = new Map(chosen);
		for (const row of rows) { if (on) next.set(id(row), row); else next.delete(id(row)); }
		put(next);
	} };
}

/* Says when rows have come that the first page does not show yet. */
function useNews<C extends ListCall>(spec: ListSpec<C>, query: object, first: string | undefined, isFirst: boolean) {
	const [news, set] = useState(false);
	useEffect(() => {
		set(false);
		if (!isFirst || first === undefined) return undefined;
		const look = async () => {
			if (document.hidden) return;
			const answer = await call(spec.call, { path: spec.path as never, query: { ...query, [spec.numbered ? 'page_size' : 'limit']: 1 } as never }).catch(() => undefined);
			const newest = (answer as { results: Row<C>[] } | undefined)?.results[0];
			if (newest !== undefined && spec.id(newest) !== first) set(true);
		};
		const timer = setInterval(look, 30_000);
		return () => clearInterval(timer);
	}, [first, isFirst, JSON.stringify(query)]);
	return news;
}

export function List<C extends ListCall>({ spec, extra }: { spec: ListSpec<C>; me?: Me; extra?: ComponentChildren }) {
	type R = Row<C>;
	const { query } = usePlace();
	const asked = useMemo(() => {
		const next: Record<string, string> = { [spec.numbered ? 'page_size' : 'limit']: String(spec.limit ?? 50), ...spec.always };
		const known = new Set([...(spec.filters ?? []).map((one) => one.name), spec.order?.name ?? '', spec.numbered ? 'page' : 'cursor']);
		for (const [name, value] of query) if (known.has(name)) next[name] = value;
		return next;
	}, [query.toString(), spec.name, JSON.stringify(spec.always)]);
	const loaded = useCall(spec.call, { path: spec.path as never, query: asked as never });
	const answer = loaded.data as { results: R[]; next?: string | null; previous?: string | null } | undefined;
	const named = query.get('columns')?.split(',');
	const shown = spec.columns.filter((one) => named ? named.includes(one.name) : !one.spare);
	const { chosen, choose, clear } = useChosen<R>(spec.name, spec.id);
	// Another filter finds other rows: what was meant by "all" is meant no longer.
	const [all, setAll] = useState<Chosen<R>['all']>();
	useEffect(() => setAll(undefined), [JSON.stringify(asked)]);
	const bulk = spec.bulk?.filter((one) => one.may) ?? [];
	const rows = answer?.results ?? [];
	const news = useNews(spec, { ...asked, cursor: '' }, rows[0] && spec.id(rows[0]), !query.has('cursor') && !query.has('page'));
	const allHere = rows.length > 0 && rows.every((row) => chosen.has(spec.id(row)));
	const filtered = new URLSearchParams(Object.entries(asked).filter(([name]) => !own.has(name)));

	return (
		<section class="list" aria-label={t(`${spec.name}.title`)}>
			{spec.above}
			<Filters spec={spec} query={query} />
			<div class="list-bar">
				<p role="status" class="list-count">{answer ? t(answer.next || answer.previous ? 'list.page' : 'list.all', { n: rows.length }) : t('loading')}
					{news && <button type="button" class="plain" onClick={loaded.again}>{t('list.news')}</button>}</p>
				{spec.views && <Views list={spec.views} query={viewOf(query)} />}
				<ColumnChoice list={spec.name} columns={spec.columns} shown={shown} query={query} />
				{spec.csv && <a class="button quiet" download href={addressOf(spec.call.slice(4).replace(/\{(\w+)\}/g, (_, name) => spec.path![name]!), new URLSearchParams([...filtered, ['format', 'csv']]))}>CSV</a>}
				{extra}
			</div>
			{chosen.size > 0 && bulk.length > 0 && (
				<div class="chosen" role="region" aria-label={t('chosen')}>
					<span role="status">{all ? t('chosen.all.n', { n: all.expected }) : t('chosen.n', { n: chosen.size })}</span>
					{bulk.filter((one) => !all || one.all).map((one) => <Act key={one.name} kind={one.dangerous ? 'danger' : 'quiet'} act={async () => {
						await one.act(all ? { ids: [], rows: [], all } : { ids: [...chosen.keys()], rows: [...chosen.values()] });
						loaded.again();
					}}>{t(one.label)}</Act>)}
					{!all && allHere && answer?.next && bulk.some((one) => one.all) && <Act kind="plain" act={async () => setAll({ filter: filtered.toString(), expected: await countAll(spec, asked) })}>{t('chosen.all')}</Act>}
					<button type="button" class="plain" onClick={() => { setAll(undefined); clear(); }}>{t('chosen.clear')}</button>
				</div>
			)}
			{loaded.problem ? <ProblemNote problem={loaded.problem} again={loaded.again} /> : null}
			{answer && rows.length === 0 && <p class="empty">{t(filtered.toString() === '' ? `${spec.name}.empty` : 'list.none')}</p>}
			{rows.length > 0 && (
				<div class="table" aria-busy={loaded.loading}>
					<table>
						<caption class="unseen">{t(`${spec.name}.title`)}</caption>
						<thead><tr>
							{bulk.length > 0 && <th scope="col" class="pick"><input type="checkbox" aria-label={t('choose.page')} checked={allHere} onChange={(event) => choose(rows, event.currentTarget.checked)} /></th>}
							{shown.map((one) => <th key={one.name} scope="col" class={one.numeric ? 'number' : undefined}>{t(`${spec.name}.column.${one.name}`)}</th>)}
						</tr></thead>
						<tbody>{rows.map((row) => {
							const id = spec.id(row);
							return (
								<tr key={id} class={chosen.has(id) ? 'is-chosen' : undefined}>
									{bulk.length > 0 && <td class="pick"><input type="checkbox" aria-label={t('choose.row')} checked={chosen.has(id)} onChange={(event) => choose([row], event.currentTarget.checked)} /></td>}
									{shown.map((one, i) => {
										const cell = one.show(row);
										return <td key={one.name} class={one.numeric ? 'number' : undefined} data-label={t(`${spec.name}.column.${one.name}`)}>{i === 0 && spec.open ? <a href={`/console${spec.open(row)}`}>{cell}</a> : cell}</td>;
									})}
								</tr>
							);
						})}</tbody>
					</table>
				</div>
			)}
			{answer && (answer.next || answer.previous) && (
				<nav class="pager" aria-label={t('list.pages')}>
					{answer.previous ? <a class="button quiet" rel="prev" href={changed(query, placeOf(answer.previous))}>{t('list.previous')}</a> : null}
					{answer.next ? <a class="button quiet" rel="next" href={changed(query, placeOf(answer.next))}>{t('list.next')}</a> : null}
				</nav>
			)}
		</section>
	);
}

const most = 10_000;

/* How many rows the filters match, by the list's own pages: an act on all of them says so, and is refused when there are more or fewer by then. */
async function countAll<C extends ListCall>(spec: ListSpec<C>, asked: Record<string, string>): Promise<number> {
	let n = 0, place: Record<string, string | undefined> = {};
	for (;;) {
		const answer = await call(spec.call, { path: spec.path as never, query: { ...asked, ...place, limit: '100' } as never }) as { results: unknown[]; next: string | null };
		n += answer.results.length;
		if (answer.next === null) return n;
		if (n >= most) throw new Error(t('chosen.many', { n: most }));
		place = placeOf(answer.next);
	}
}

/* What leads to another page is an address of the API, of which the place in the list counts. */
function placeOf(next: string) {
	const { searchParams } = new URL(next, location.href);
	return { cursor: searchParams.get('cursor') ?? undefined, page: searchParams.get('page') ?? undefined };
}
