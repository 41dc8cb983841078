// A list of the console: filters, columns and order stand in the address, so that every view can be kept, shared and gone back to.
// A page has at most 200 rows in a real table (cards on a phone); there is no count of all, cursors lead on and back.  New rows are
// announced, never pushed in; a selection survives paging.
import { Component, type ComponentChildren } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { addressOf, call, type Answer, type Call, type Row } from './api';
import type { BulkAction } from './bulk';
import { placeOf, rowsOf, useChosen, useNews, usePage } from './list-rows';
import { ColumnChoice, Filters, Head } from './list-tools';
import { changed, usePlace } from './route';
import { Act, ProblemNote } from './ui';
import { Views } from './views';
import { t } from './words';

export type ListCall = { [C in Call]: Calls200<C> extends true ? C : never }[Call];
type Calls200<C extends Call> = C extends `GET ${string}` ? (Answer<C> extends { results: unknown[] } ? true : false) : false;

export interface Column<R> {
	name: string;
	show: (row: R) => ComponentChildren;
	/* Amounts and counts stand at the end of their cell. */
	numeric?: boolean;
	/* Not shown until it is chosen. */
	spare?: boolean;
	/* What the API calls it where it orders by it. */
	order?: string;
}

export interface Filter {
	name: string;
	kind: 'choice' | 'text' | 'date' | 'flag';
	choices?: readonly string[];
	/* What the choices are called, where they are no words of the API. */
	names?: Record<string, string>;
}

/* The member of the query that orders, and its values; the first is the list's own. */
export interface Order { name: string; choices: readonly string[] }

export interface Chosen<R> { ids: string[]; rows: R[]; all?: { filter: string; expected: number } }
/* What the chosen ones are in the body of a bulk action. */
export const subjects = ({ ids, all }: Chosen<unknown>) => all ?? { ids };
export const countOf = ({ ids, all }: Chosen<unknown>) => all?.expected ?? ids.length;

export interface Bulk<R> {
	name: string;
	label: string;
	may: boolean;
	dangerous?: boolean;
	/* It can be done to all that the filters match, too, by this action of the API. */
	all?: BulkAction;
	/* What is done with the chosen ones; of all that the filters match, how many that are, and their query, stand in place of ids. */
	act: (chosen: Chosen<R>) => Promise<unknown>;
}

export interface ListSpec<C extends ListCall> {
	/* Unique among lists: the selection is kept by it; messages are "NAME.title", "NAME.column.…", "NAME.filter.…", "NAME.order.…", "NAME.empty". */
	name: string;
	call: C;
	path?: Record<string, string>;
	/* Members of the query that always hold. */
	always?: Record<string, string>;
	id: (row: Row<C>) => string;
	open?: (row: Row<C>) => string;
	columns: Column<Row<C>>[];
	filters?: Filter[];
	order?: Order;
	bulk?: Bulk<Row<C>>[];
	csv?: boolean;
	/* Its pages have numbers instead of cursors. */
	numbered?: boolean;
}

const viewOf = (query: URLSearchParams) => { const kept = new URLSearchParams(query); for (const one of ['cursor', 'page', 'lang']) kept.delete(one); return kept.toString(); };

interface CellsProps<R> { name: string; row: R; columns: Column<R>[]; open?: (row: R) => string }
/* What a row shows: drawn anew when the row or its columns are others, not when others or itself are chosen. */
class Cells<R> extends Component<CellsProps<R>> {
	shouldComponentUpdate(next: CellsProps<R>) {
		const { row, columns } = this.props;
		return next.row !== row || next.columns.length !== columns.length || next.columns.some((one, i) => one.name !== columns[i]!.name);
	}
	render({ name, row, columns, open }: CellsProps<R>) {
		return <>{columns.map((one, i) => {
			const cell = one.show(row);
			return <td key={one.name} class={one.numeric ? 'number' : undefined} data-label={t(`${name}.column.${one.name}`)}>{i === 0 && open ? <a href={`/console${open(row)}`}>{cell}</a> : cell}</td>;
		})}</>;
	}
}

/* What is chosen, and what can be done with it. */
function ChosenBar<R>({ bulk, chosen, more, filter, done, clear }: { bulk: Bulk<R>[]; chosen: Map<string, R>; more: boolean; filter: string; done: () => void; clear: () => void }) {
	// Another filter finds other rows: what was meant by "all" is meant no longer.
	const [all, setAll] = useState<Chosen<R>['all']>();
	useEffect(() => setAll(undefined), [filter]);
	const action = bulk.find((one) => one.all)?.all;
	const chooseAll = async () => {
		const { count, more: tooMany } = await call('GET /bulk-actions/matches', { query: { action: action!, filter } });
		if (tooMany) throw new Error(t('chosen.many', { n: count }));
		setAll({ filter, expected: count });
	};
	return (
		<div class="chosen" role="region" aria-label={t('chosen')}>
			<span role="status">{all ? t('chosen.all.n', { n: all.expected }) : t('chosen.n', { n: chosen.size })}</span>
			{bulk.filter((one) => !all || one.all).map((one) => <Act key={one.name} kind={one.dangerous ? 'danger' : 'quiet'} act={async () => {
				await one.act(all ? { ids: [], rows: [], all } : { ids: [...chosen.keys()], rows: [...chosen.values()] });
				done();
			}}>{t(one.label)}</Act>)}
			{!all && more && action && <Act kind="plain" act={chooseAll}>{t('chosen.all')}</Act>}
			<button type="button" class="plain" onClick={() => { setAll(undefined); clear(); }}>{t('chosen.clear')}</button>
		</div>
	);
}

export function List<C extends ListCall>({ spec, extra }: { spec: ListSpec<C>; extra?: ComponentChildren }) {
	type R = Row<C>;
	const { query } = usePlace();
	const asked = useMemo(() => {
		const next: Record<string, string> = { ...spec.always };
		const known = new Set([...(spec.filters ?? []).map((one) => one.name), spec.order?.name ?? '', spec.numbered ? 'page' : 'cursor']);
		for (const [name, value] of query) if (known.has(name)) next[name] = value;
		return next;
	}, [query.toString(), spec.name, JSON.stringify(spec.always)]);
	const loaded = usePage(spec, asked, rowsOf(query));
	const { data } = loaded;
	const named = query.get('columns')?.split(',');
	const shown = spec.columns.filter((one) => named ? named.includes(one.name) : !one.spare);
	const { chosen, choose, clear } = useChosen<R>(spec.name, spec.id);
	const bulk = spec.bulk?.filter((one) => one.may) ?? [];
	const rows = data?.results ?? [];
	const news = useNews(spec, asked, rows[0] && spec.id(rows[0]), !query.has('cursor') && !query.has('page'));
	const allHere = rows.length > 0 && rows.every((row) => chosen.has(spec.id(row)));
	const filter = new URLSearchParams(Object.entries(asked).filter(([name]) => name !== 'cursor' && name !== 'page')).toString();
	const isFiltered = spec.filters?.some((one) => query.has(one.name)) ?? false;
	const chooseHere = (event: Event) => choose(rows, (event.currentTarget as HTMLInputElement).checked);

	return (
		<section class="list" aria-label={t(`${spec.name}.title`)}>
			<Filters spec={spec} query={query} />
			<div class="list-bar">
				<p role="status" class="list-count">{data ? t(data.next || data.previous ? 'list.page' : 'list.all', { n: rows.length }) : t('loading')}
					{news && <button type="button" class="plain" onClick={loaded.again}>{t('list.news')}</button>}</p>
				{bulk.length > 0 && rows.length > 0 && <label class="check pick-page"><input type="checkbox" checked={allHere} onChange={chooseHere} /> {t('choose.page')}</label>}
				<Views call={spec.call} query={viewOf(query)} />
				<ColumnChoice list={spec.name} columns={spec.columns} shown={shown} query={query} />
				{spec.csv && <a class="button quiet" download href={addressOf(spec.call.slice(4).replace(/\{(\w+)\}/g, (_, name) => spec.path![name]!), new URLSearchParams([...new URLSearchParams(filter), ['format', 'csv']]))}>CSV</a>}
				{extra}
			</div>
			{chosen.size > 0 && bulk.length > 0 && <ChosenBar bulk={bulk} chosen={chosen} more={allHere && Boolean(data?.next || data?.previous)} filter={filter} done={loaded.again} clear={clear} />}
			{loaded.problem ? <ProblemNote problem={loaded.problem} again={loaded.again} /> : null}
			{!data && !loaded.problem && <div class="skeleton" />}
			{data && rows.length === 0 && <p class="empty">{t(isFiltered ? 'list.none' : `${spec.name}.empty`)}</p>}
			{rows.length > 0 && (
				<div class="table" aria-busy={loaded.loading}>
					<table>
						<caption class="unseen">{t(`${spec.name}.title`)}</caption>
						<thead><tr>
							{bulk.length > 0 && <th scope="col" class="pick"><input type="checkbox" aria-label={t('choose.page')} checked={allHere} onChange={chooseHere} /></th>}
							{shown.map((one) => <Head key={one.name} list={spec.name} column={one} order={spec.order} query={query} />)}
						</tr></thead>
						<tbody>{rows.map((row) => {
							const id = spec.id(row);
							return (
								<tr key={id} class={chosen.has(id) ? 'is-chosen' : undefined}>
									{bulk.length > 0 && <td class="pick"><input type="checkbox" aria-label={t('choose.row')} checked={chosen.has(id)} onChange={(event) => choose([row], event.currentTarget.checked)} /></td>}
									<Cells name={spec.name} row={row} columns={shown} open={spec.open} />
								</tr>
							);
						})}</tbody>
					</table>
				</div>
			)}
			{data && (data.next || data.previous) && (
				<nav class="pager" aria-label={t('list.pages')}>
					{data.previous ? <a class="button quiet" rel="prev" href={changed(query, placeOf(data.previous))}>{t('list.previous')}</a> : null}
					{data.next ? <a class="button quiet" rel="next" href={changed(query, placeOf(data.next))}>{t('list.next')}</a> : null}
				</nav>
			)}
		</section>
	);
}
