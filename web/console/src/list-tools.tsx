// What stands above a list: its filters and order, its columns and how many rows, its head by which it is ordered.
import { rowsChoices, rowsOf } from './list-rows';
import type { Column, Filter, Order } from './list';
import { changed, go } from './route';
import { number, t, word } from './words';

function FilterField({ list, filter, query }: { list: string; filter: Filter; query: URLSearchParams }) {
	const value = query.get(filter.name) ?? '', id = `filter-${filter.name}`;
	return (
		<div class="filter">
			<label for={id}>{t(`${list}.filter.${filter.name}`)}</label>
			{filter.kind === 'choice' || filter.kind === 'flag' ? (
				<select id={id} name={filter.name} onChange={(event) => event.currentTarget.form!.requestSubmit()}>
					<option value="" selected={value === ''}>{t('filter.any')}</option>
					{(filter.kind === 'flag' ? ['true', 'false'] : filter.choices!).map((one) => <option key={one} value={one} selected={one === value}>
						{filter.kind === 'flag' ? t(one === 'true' ? 'yes' : 'no') : filter.names?.[one] ?? word(one)}</option>)}
				</select>
			) : <input id={id} name={filter.name} type={filter.kind === 'date' ? 'date' : 'search'} defaultValue={value} />}
		</div>
	);
}

export function Filters({ spec, query }: { spec: { name: string; filters?: Filter[]; order?: Order }; query: URLSearchParams }) {
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

export function ColumnChoice<R>({ list, columns, shown, query }: { list: string; columns: Column<R>[]; shown: Column<R>[]; query: URLSearchParams }) {
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
				<label class="field"><span>{t('list.rows')}</span><select onChange={(event) => go(changed(query, { rows: event.currentTarget.value, cursor: undefined, page: undefined }))}>
					{rowsChoices.map((one) => <option key={one} value={one === rowsChoices[0] ? '' : one} selected={one === rowsOf(query)}>{number(one)}</option>)}</select></label>
			</fieldset>
		</details>
	);
}

/* The head of a column; one that the API orders by leads to that order, and back. */
export function Head<R>({ list, column, order, query }: { list: string; column: Column<R>; order?: Order; query: URLSearchParams }) {
	const label = t(`${list}.column.${column.name}`), now = order && (query.get(order.name) ?? order.choices[0]);
	const [first, second] = order?.choices.filter((one) => column.order !== undefined && one.replace('-', '') === column.order) ?? [];
	const name = column.numeric ? 'number' : undefined;
	if (first === undefined) return <th scope="col" class={name}>{label}</th>;
	const isOrdered = now === first || now === second, next = now === first && second !== undefined ? second : first;
	return (
		<th scope="col" class={name} aria-sort={!isOrdered ? undefined : now!.startsWith('-') ? 'descending' : 'ascending'}>
			<a class="order" href={changed(query, { [order!.name]: next === order!.choices[0] ? undefined : next, cursor: undefined, page: undefined })}>{label}</a>
		</th>
	);
}
