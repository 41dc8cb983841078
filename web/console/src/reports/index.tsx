// The reports: one table of them, each with its range, its chart, its numbers and where each number comes from.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { addressOf, type Answer, type Call, type Row } from '../api';
import { type Me, type PageProps, type Pages } from '../areas';
import { Facts, Heading, ProblemNote, Shown, useCall } from '../ui';
import { ago, country, day, knows, money, number, t, time, today, word, zone } from '../words';
import { BarChart, LineChart, PieChart, type Point } from './charts';
import { Heatmap } from './heatmap';
import { Range, useRange } from './range';

type Kind = 'money' | 'count' | 'percent' | 'text' | 'word' | 'country' | 'day' | 'time' | 'days';
type About = { currency: string | null; from: string | null; to: string | null; tz: string | null; converted: boolean; as_of: string; unconverted: { amount: string; currency: string | null }[] };

const percentText = (value: string | null | undefined) => value == null ? '–' : `${number(Number(value))} %`;
/* A number of a report as the reader reads it; a row may bring a currency of its own. */
function shown(kind: Kind, value: unknown, currency: string): string {
	if (value === null || value === undefined) return '–';
	switch (kind) {
	case 'money': return money(String(value), currency);
	case 'count': return number(Number(value));
	case 'percent': return percentText(String(value));
	case 'word': return word(String(value));
	case 'country': return country(String(value));
	case 'day': return day(String(value));
	case 'time': return time(String(value));
	case 'days': return t('report.days', { n: Number(value) });
	default: return String(value);
	}
}

/* What the number is, one click away; of a report whose number of that name is another, what it is there. */
function Defined({ name, of = '' }: { name: string; of?: string }) {
	const id = useId(), own = `define.${of}.${name}`;
	return <>{t(`report.${name}`)} <button type="button" class="what" popovertarget={id} aria-label={t('report.define', { name: t(`report.${name}`) })}>?</button>
		<span id={id} popover="auto" class="definition" role="note">{t(knows(own) ? own : `define.${name}`)}</span></>;
}

/* Whether its last day is today, or one to come, in the zone of the report. */
const isOpen = (about: About) => about.to !== null && about.to >= today(about.tz ?? zone);
/* The same of a row: it goes on until the next one begins. */
const isOpenRow = <R,>(about: About, rows: R[], i: number) => {
	const next = rows[i + 1] as { date?: string } | undefined;
	return 'date' in (rows[i] as object) && isOpen(about) && (next === undefined || next.date! > today(about.tz ?? zone));
};

function AboutLine({ about, counts }: { about: About; counts?: boolean }) {
	return (
		<>
			<p class="about">{about.from && about.to ? t('report.about', { from: day(about.from), to: day(about.to), tz: about.tz ?? '' }) : null} {isOpen(about) ? t('report.open') : null} {about.converted && about.currency && !counts ? t('report.converted', { currency: about.currency }) : null}{' '}
				<time dateTime={about.as_of} title={time(about.as_of)}>{t('report.asof', { ago: ago(about.as_of) })}</time></p>
			{about.unconverted.length > 0 && <p class="note" role="note">{t('report.unconverted', { sums: about.unconverted.map((one) => money(one.amount, one.currency ?? '')).join(', ') })}</p>}
		</>
	);
}

interface Column<R> { name: keyof R & string; kind: Kind }

interface NumbersProps<R> { of: string; rows: R[]; columns: Column<R>[]; currency: string; caption: string; open?: (i: number) => boolean }

function Numbers<R>({ of, rows, columns, currency, caption, open }: NumbersProps<R>) {
	return (
		<div class="table" tabIndex={0} role="region" aria-label={caption}><table>
			<caption class="unseen">{caption}</caption>
			<thead><tr>{columns.map((one) => <th key={one.name} scope="col" class={isNumber(one.kind) ? 'number' : undefined}>{isNumber(one.kind) ? <Defined name={one.name} of={of} /> : t(`report.${one.name}`)}</th>)}</tr></thead>
			<tbody>{rows.map((row, i) => <tr key={i}>{columns.map((one) => <td key={one.name} class={isNumber(one.kind) ? 'number' : one.kind === 'day' || one.kind === 'time' ? 'fixed' : one.kind === 'text' ? 'words' : undefined}>
				{shown(one.kind, row[one.name], (row as { currency?: string }).currency ?? currency)}{one.name === 'date' && open?.(i) ? <small> ({t('chart.open')})</small> : null}</td>)}</tr>)}</tbody>
		</table></div>
	);
}
const isNumber = (kind: Kind) => kind === 'money' || kind === 'count' || kind === 'percent' || kind === 'days';

type ReportCall = { [C in Call]: C extends `GET /reports/${string}` ? (Answer<C> extends { about: unknown; results: unknown[] } ? C : never) : never }[Call];

interface ReportSpec<C extends ReportCall> {
	call: C;
	columns: Column<Row<C>>[];
	/* Members of the query besides the range, with the values that may be chosen; the first is the report's own. */
	choices?: { name: string; values: readonly string[] }[];
	refunds?: boolean;
	chart?: { kind: typeof LineChart; label: (row: Row<C>) => string; of: keyof Row<C> & string; as: Kind; few?: number };
	above?: (answer: Answer<C>) => ComponentChildren;
	below?: (answer: Answer<C>) => ComponentChildren;
}

const nameOf = (call: string) => call.slice('GET /reports/'.length);

const csvOf = (call: string, asked: Record<string, string>) => addressOf(call.slice(4), { ...asked, format: 'csv' });

function Frame({ me, call, children, asked, problem, refunds, counts, choices }: { me: Me; call: string; asked: Record<string, string>; problem: unknown; refunds?: boolean; counts?: boolean; choices?: { name: string; values: readonly string[] }[]; children: ComponentChildren }) {
	const isFault = (problem as { status?: number } | undefined)?.status === 400;
	return (
		<>
			<Heading text={t(`report.title.${nameOf(call)}`)} actions={<a class="button quiet" download href={csvOf(call, asked)}>CSV</a>} />
			<Range me={me} asked={asked} problem={problem} refunds={refunds} counts={counts} choices={choices} />
			{problem && !isFault ? <ProblemNote problem={problem} /> : null}
			{isFault ? <p class="note bad" role="alert">{t('report.fault')}</p> : children}
		</>
	);
}

/* The chart's sentence: the most, the least, and how many points it has. */
function summary(points: Point[]) {
	if (points.length === 0) return t('report.nothing');
	const most = points.reduce((a, b) => b.value > a.value ? b : a), least = points.reduce((a, b) => b.value < a.value ? b : a);
	return t('chart.summary', { n: points.length, most: most.text, at: most.label, least: least.text, low: least.label });
}

function report<C extends ReportCall>(spec: ReportSpec<C>) {
	return function Report({ me }: PageProps) {
		const asked = useRange(me, spec.choices?.map((one) => one.name));
		const loaded = useCall(spec.call, { query: asked as never });
		const title = t(`report.title.${nameOf(spec.call)}`);
		// Without an amount it is of no currency.
		const counts = !spec.columns.some((one) => one.kind === 'money');
		return (
			<Frame me={me} call={spec.call} asked={asked} problem={loaded.problem} refunds={spec.refunds} counts={counts} choices={spec.choices}>
				<Shown of={loaded}>{(answer) => {
					const { about, results } = answer as unknown as { about: About; results: Row<C>[] };
					const currency = about.currency ?? '';
					const chart = spec.chart, points = chart ? results.slice(0, chart.few).map((row, i): Point => ({ label: chart.label(row), value: Number(row[chart.of] ?? 0),
						text: shown(chart.as, row[chart.of], (row as { currency?: string }).currency ?? currency), open: isOpenRow(about, results, i) })) : [];
					return (
						<>
							<AboutLine about={about} counts={counts} />
							{spec.above?.(answer)}
							{chart && points.length > 0 && <chart.kind title={t(`report.${chart.of}`)} summary={summary(points)} points={points} />}
							{results.length === 0 ? <p class="empty">{t('report.nothing')}</p>
								: <Numbers<Row<C>> of={nameOf(spec.call)} rows={results} columns={spec.columns} currency={currency} caption={title} open={(i) => isOpenRow(about, results, i)} />}
							{spec.below?.(answer)}
						</>
					);
				}}</Shown>
			</Frame>
		);
	};
}

function Dashboard({ me }: PageProps) {
	const asked = useRange(me);
	const loaded = useCall('GET /reports/dashboard', { query: asked as never });
	return (
		<Frame me={me} call="GET /reports/dashboard" asked={asked} problem={loaded.problem} refunds>
			<Shown of={loaded}>{(answer) => {
				const currency = answer.about.currency ?? '';
				return (
					<>
						<AboutLine about={answer.about} />
						<div class="figures"><Figures answer={answer} /></div>
						{answer.cash_under_way.length > 0 && <section><h2><Defined name="cash_under_way" /></h2>
							<Facts of={answer.cash_under_way.map((one) => [t('report.payments_n', { n: one.payments }), money(one.amount, one.currency ?? currency)])} /></section>}
						<h2><Defined name="both" /></h2>
						<Numbers of="dashboard" rows={answer.results} currency={currency} caption={t('report.both')} columns={[{ name: 'from', kind: 'day' }, { name: 'to', kind: 'day' }, { name: 'revenue', kind: 'money' }, { name: 'refunds', kind: 'money' }, { name: 'net', kind: 'money' },
							{ name: 'orders', kind: 'count' }, { name: 'units', kind: 'count' }, { name: 'average_order', kind: 'money' }, { name: 'new_customers', kind: 'count' }, { name: 'conversion_percent', kind: 'percent' }]} />
					</>
				);
			}}</Shown>
		</Frame>
	);
}

/* The period's numbers, large, each with how it has changed. */
function Figures({ answer }: { answer: Answer<'GET /reports/dashboard'> }) {
	const now = answer.results[0], currency = answer.about.currency ?? '';
	if (!now) return null;
	const all: [name: string, value: string, change: string | null][] = [
		['revenue', money(now.revenue, currency), answer.change.revenue_percent], ['net', money(now.net, currency), answer.change.net_percent],
		['orders', number(now.orders), answer.change.orders_percent], ['average_order', money(now.average_order, currency), answer.change.average_order_percent],
		...(now.new_customers === null ? [] : [['new_customers', number(now.new_customers), answer.change.new_customers_percent] as [string, string, string | null]]),
		...(now.conversion_percent === null ? [] : [['conversion_percent', percentText(now.conversion_percent), answer.change.conversion_percent] as [string, string, string | null]]),
	];
	return <>{all.map(([name, value, change]) => (
		<section class="panel figure" key={name}><h2><Defined name={name} /></h2><p class="large">{value}</p>
			<p class="change">{change === null ? t('report.change.none') : <><span aria-hidden="true">{Number(change) > 0 ? '▲' : Number(change) < 0 ? '▼' : '■'}</span> {t('report.change', { percent: percentText(change) })}</>}</p></section>
	))}</>;
}

function ProfitAndLoss({ me }: PageProps) {
	const asked = useRange(me);
	const loaded = useCall('GET /reports/profit-loss', { query: asked as never });
	const rows = ['revenue', 'refunds', 'disputed', 'net_revenue', 'cost', 'estimated_cost', 'gross_profit', 'expenses', 'operating_profit', 'tax', 'net_profit', 'fees', 'commission'] as const;
	const sums = new Set<string>(['net_revenue', 'gross_profit', 'operating_profit', 'net_profit']);
	return (
		<Frame me={me} call="GET /reports/profit-loss" asked={asked} problem={loaded.problem} refunds>
			<Shown of={loaded}>{({ about, result }) => (
				<>
					<AboutLine about={about} />
					<BarChart title={t('report.title.profit-loss')} summary={t('define.net_profit')} points={['net_revenue', 'gross_profit', 'operating_profit', 'net_profit'].map((name) => ({ label: t(`report.${name}`),
						value: Number(result[name as 'net_profit']), text: money(result[name as 'net_profit'], about.currency ?? '') }))} />
					<div class="table"><table><caption class="unseen">{t('report.title.profit-loss')}</caption>
						<tbody>{rows.map((name) => <tr key={name} class={sums.has(name) ? 'sum' : undefined}><th scope="row"><Defined name={name} of="profit-loss" /></th><td class="number">{money(result[name], about.currency ?? '')}</td></tr>)}</tbody></table></div>
				</>
			)}</Shown>
		</Frame>
	);
}

function HeatmapPage({ me }: PageProps) {
	const asked = useRange(me);
	const loaded = useCall('GET /reports/heatmap', { query: asked as never });
	return (
		<Frame me={me} call="GET /reports/heatmap" asked={asked} problem={loaded.problem} refunds>
			<Shown of={loaded}>{({ about, results }) => <><AboutLine about={about} /><p><Defined name="revenue" of="heatmap" /> <Defined name="orders" /></p><Heatmap cells={results} currency={about.currency ?? ''} /></>}</Shown>
		</Frame>
	);
}

const Sales = report({
	call: 'GET /reports/sales', refunds: true, choices: [{ name: 'group', values: ['day', 'week', 'month'] }, { name: 'source', values: ['ledger', 'imported'] }],
	columns: [{ name: 'date', kind: 'day' }, { name: 'orders', kind: 'count' }, { name: 'units', kind: 'count' }, { name: 'revenue', kind: 'money' }, { name: 'refunds', kind: 'money' }, { name: 'net', kind: 'money' }],
	chart: { kind: LineChart, label: (row) => day(row.date), of: 'revenue', as: 'money' },
});

const Inventory = report({
	call: 'GET /reports/inventory',
	above: (answer) => <Facts of={[[<Defined name="low_n" />, number(answer.low)], [<Defined name="dead_n" />, number(answer.dead)], [<Defined name="dead_units" />, number(answer.dead_units)]]} />,
	columns: [{ name: 'state', kind: 'word' }, { name: 'name', kind: 'text' }, { name: 'sku', kind: 'text' }, { name: 'on_hand', kind: 'count' }, { name: 'available', kind: 'count' }, { name: 'low_stock', kind: 'count' },
		{ name: 'sold', kind: 'count' }, { name: 'days_of_cover', kind: 'days' }, { name: 'last_sold_at', kind: 'time' }],
});

const Payments = report({
	call: 'GET /reports/payments',
	chart: { kind: PieChart, label: (row) => row.provider ?? '', of: 'volume', as: 'money' },
	columns: [{ name: 'provider', kind: 'word' }, { name: 'payments', kind: 'count' }, { name: 'succeeded', kind: 'count' }, { name: 'failed', kind: 'count' }, { name: 'cancelled', kind: 'count' }, { name: 'expired', kind: 'count' },
		{ name: 'success_percent', kind: 'percent' }, { name: 'volume', kind: 'money' }, { name: 'volume_percent', kind: 'percent' }],
	above: (answer) => (
		<>
			<Facts of={[[<Defined name="cod_percent" />, percentText(answer.cash_on_delivery_percent)]]} />
			{answer.failures.length > 0 && <BarChart title={t('report.failures')} summary={summary(failuresOf(answer))} points={failuresOf(answer)} />}
		</>
	),
});
const failuresOf = (answer: Answer<'GET /reports/payments'>) => answer.failures.slice(0, 12).map((one): Point => ({ label: `${word(one.provider)}: ${word(one.reason)}`, value: one.payments, text: number(one.payments) }));

const Webhooks = report({
	call: 'GET /reports/webhooks',
	above: (answer) => <Facts of={[[<Defined name="dead_letters" />, <a href="/console/webhook-events?status=dead">{number(answer.dead_letters)}</a>]]} />,
	columns: [{ name: 'provider', kind: 'text' }, { name: 'type', kind: 'text' }, { name: 'status', kind: 'word' }, { name: 'error', kind: 'text' }, { name: 'events', kind: 'count' }, { name: 'attempts', kind: 'count' }, { name: 'collisions', kind: 'count' },
		{ name: 'first_seen', kind: 'time' }, { name: 'last_seen', kind: 'time' }],
});

const Customers = report({
	call: 'GET /reports/customers',
	chart: { kind: PieChart, label: (row) => word(row.segment), of: 'revenue', as: 'money' },
	columns: [{ name: 'segment', kind: 'word' }, { name: 'customers', kind: 'count' }, { name: 'orders', kind: 'count' }, { name: 'revenue', kind: 'money' }],
	below: (answer) => answer.best.length > 0 && <section><h2>{t('report.best')}</h2><Numbers of="customers" rows={answer.best} currency={answer.about.currency ?? ''} caption={t('report.best')}
		columns={[{ name: 'name', kind: 'text' }, { name: 'segment', kind: 'word' }, { name: 'orders', kind: 'count' }, { name: 'revenue', kind: 'money' }, { name: 'first_order_at', kind: 'time' }, { name: 'last_order_at', kind: 'time' }]} /></section>,
});

const Products = report({
	call: 'GET /reports/products', refunds: true, choices: [{ name: 'order', values: ['top', 'worst'] }, { name: 'sort', values: ['revenue', 'quantity', 'margin', 'refunds'] }, { name: 'limit', values: ['10', '50', '100'] }],
	chart: { kind: BarChart, label: (row) => row.name ?? '', of: 'revenue', as: 'money', few: 10 },
	columns: [{ name: 'name', kind: 'text' }, { name: 'shop_name', kind: 'text' }, { name: 'quantity', kind: 'count' }, { name: 'returned', kind: 'count' }, { name: 'revenue', kind: 'money' }, { name: 'refunds', kind: 'money' }, { name: 'net', kind: 'money' },
		{ name: 'cost', kind: 'money' }, { name: 'estimated_cost', kind: 'money' }, { name: 'margin', kind: 'money' }],
});

const Merchants = report({
	call: 'GET /reports/merchants', refunds: true, chart: { kind: BarChart, label: (row) => row.shop_name ?? '', of: 'revenue', as: 'money', few: 10 },
	columns: [{ name: 'shop_name', kind: 'text' }, { name: 'orders', kind: 'count' }, { name: 'quantity', kind: 'count' }, { name: 'revenue', kind: 'money' }, { name: 'refunds', kind: 'money' }, { name: 'net', kind: 'money' }, { name: 'tax', kind: 'money' },
		{ name: 'commission', kind: 'money' }, { name: 'charges', kind: 'money' }, { name: 'payouts', kind: 'money' }],
});

const Tax = report({
	call: 'GET /reports/tax', refunds: true,
	columns: [{ name: 'country', kind: 'country' }, { name: 'rate', kind: 'percent' }, { name: 'taxed', kind: 'money' }, { name: 'tax', kind: 'money' }, { name: 'back_taxed', kind: 'money' }, { name: 'back_tax', kind: 'money' }, { name: 'net_tax', kind: 'money' }],
});

export const pages: Pages = {
	'/reports/products': Products, '/reports/merchants': Merchants, '/reports/tax': Tax,
	'/reports': Dashboard, '/reports/sales': Sales, '/reports/profit-loss': ProfitAndLoss, '/reports/heatmap': HeatmapPage, '/reports/inventory': Inventory, '/reports/payments': Payments, '/reports/webhooks': Webhooks,
	'/reports/customers': Customers,
};

