// Stock: what there is of each variant, with its price, edited in the list; and one variant with every movement.
import type { Row } from '../api';
import { call } from '../api';
import { can, type Me, type PageProps } from '../areas';
import { runBulk } from '../bulk';
import { Area as TextArea, Field, Save, useForm } from '../form';
import { List, countOf, subjects, type ListSpec } from '../list';
import { changed, usePlace } from '../route';
import { Facts, Heading, Shown, Status, useCall, useOnce } from '../ui';
import { money, number, t, time, word } from '../words';
import { Cell, Invalid, put, saveOver, useNewest } from './cells';

type Stock = Row<'GET /inventory'>;
const nameOf = (row: Stock) => `${row.product_name}, ${row.sku}`;

function Price({ row, may }: { row: Stock; may: boolean }) {
	const now = useNewest(row), shown = money(now.price, now.currency);
	if (!may) return <>{shown}</>;
	const label = `${t('stock.column.price')}, ${nameOf(row)}`;
	return <Cell name="price" label={label} value={now.price} save={async (mine) => {
		await saveOver({
			name: 'price', label, mine, before: now.price,
			read: async () => {
				const product = await call('GET /products/{product}', { path: { product: row.product_id } });
				const value = product.variants.find((one) => one.id === row.variant_id)?.price ?? '';
				put(row, { ...now, price: value });
				return { seen: product, value };
			},
			write: async (seen) => {
				const { price } = await call('PATCH /variants/{variant}', { path: { variant: row.variant_id }, body: { price: mine }, seen });
				put(row, { ...now, price });
			},
		});
	}}>{shown}</Cell>;
}

const isCount = /^\d{1,9}$/;

/* What is there is never written over: the difference to what was seen is added, so that a sale meanwhile is not undone. */
function OnHand({ row }: { row: Stock }) {
	const now = useNewest(row), once = useOnce();
	return <Cell name="on_hand" label={`${t('stock.column.on_hand')}, ${nameOf(row)}`} value={String(now.on_hand)} save={async (given) => {
		if (!isCount.test(given)) throw new Invalid(t('stock.nocount'));
		const body = { delta: Number(given) - now.on_hand, reason: 'count' };
		put(row, await once(body, (key) => call('POST /inventory/{variant}/adjustments', { path: { variant: row.variant_id }, once: key, body })));
	}}>{number(now.on_hand)}</Cell>;
}

function Threshold({ row }: { row: Stock }) {
	const now = useNewest(row);
	return <Cell name="low_stock" label={`${t('stock.column.low')}, ${nameOf(row)}`} value={String(now.low_stock)} save={async (given) => {
		if (!isCount.test(given)) throw new Invalid(t('stock.nocount'));
		put(row, await call('PATCH /inventory/{variant}', { path: { variant: row.variant_id }, body: { low_stock: Number(given) } }));
	}}>{number(now.low_stock)}</Cell>;
}

function Left({ row }: { row: Stock }) {
	const now = useNewest(row);
	return <>{now.is_low && <><Status value={now.available === 0 ? 'failed' : 'pending'}>{t(now.available === 0 ? 'stock.none' : 'stock.low')}</Status> </>}{number(now.available)}</>;
}
const Reserved = ({ row }: { row: Stock }) => <>{number(useNewest(row).reserved)}</>;

const specOf = (me: Me, product: string | null): ListSpec<'GET /inventory'> => ({
	name: 'stock',
	call: 'GET /inventory',
	always: product ? { product } : {},
	csv: true,
	id: (row) => row.variant_id,
	open: (row) => `/stock/${row.variant_id}`,
	columns: [
		{ name: 'product', show: (row) => row.product_name },
		{ name: 'sku', show: (row) => row.sku },
		{ name: 'price', numeric: true, show: (row) => <Price row={row} may={can(me, 'catalog:write', 'catalog:write_own')} /> },
		{ name: 'on_hand', numeric: true, show: (row) => <OnHand row={row} /> },
		{ name: 'reserved', numeric: true, show: (row) => <Reserved row={row} /> },
		{ name: 'available', numeric: true, show: (row) => <Left row={row} /> },
		{ name: 'low', numeric: true, show: (row) => <Threshold row={row} /> },
	],
	filters: [{ name: 'search', kind: 'text' }, { name: 'low', kind: 'flag' }],
	bulk: [{ name: 'stock', label: 'stock.adjust', all: 'stock', may: true, act: (chosen) => runBulk({ action: 'stock', ...subjects(chosen) }, { title: t('stock.adjust'), text: t('stock.adjust.n', { n: countOf(chosen) }),
		parameters: [{ name: 'delta', label: 'field.delta', hint: 'stock.delta.hint', number: true }, { name: 'reason', label: 'field.reason' }] }) }],
});

export function StockList({ me }: PageProps) {
	const { query } = usePlace();
	const product = query.get('product');
	return (
		<>
			<Heading text={t('stock.title')} />
			<p class="hint keys-hint">{t('cell.keys')}</p>
			<List spec={specOf(me, product)} extra={product ? <a class="button quiet" href={changed(query, { product: undefined })}>{t('stock.all')}</a> : undefined} />
		</>
	);
}

const reasons = ['delivery', 'count', 'damaged', 'lost', 'found', 'sample'] as const;

function Adjust({ stock, done }: { stock: Stock; done: () => void }) {
	const once = useOnce();
	const form = useForm({
		name: `adjust-${stock.variant_id}`, from: { delta: '', reason: '', note: '' }, saved: 'stock.adjusted',
		save: async ({ delta, reason, note }) => {
			const body = { delta: Number(delta), reason: String(reason), ...(note === '' ? {} : { note: String(note) }) };
			await once(body, (key) => call('POST /inventory/{variant}/adjustments', { path: { variant: stock.variant_id }, once: key, body }));
			done();
		},
	});
	return (
		<form onSubmit={form.submit}>
			<div class="columns">
				<Field form={form} name="delta" type="number" step={1} required hint={t('stock.delta.hint')} />
				<Field form={form} name="reason" list="reasons" required maxLength={100} />
			</div>
			<datalist id="reasons">{reasons.map((one) => <option key={one} value={one}>{word(one)}</option>)}</datalist>
			<TextArea form={form} name="note" rows={2} />
			<Save form={form} label={t('stock.adjust')} />
		</form>
	);
}

const movementsOf = (variant: string): ListSpec<'GET /inventory/{variant}/movements'> => ({
	name: 'movements',
	call: 'GET /inventory/{variant}/movements',
	path: { variant },
	csv: true,
	id: (row) => row.id,
	columns: [
		{ name: 'created', show: (row) => time(row.created_at) },
		{ name: 'kind', show: (row) => word(row.kind) },
		{ name: 'reason', show: (row) => word(row.reason) },
		{ name: 'delta', numeric: true, show: (row) => `${row.delta > 0 ? '+' : ''}${number(row.delta)}` },
	],
});

export function StockOne({ parts }: PageProps) {
	const variant = parts.id!;
	const loaded = useCall('GET /inventory/{variant}', { path: { variant } });
	return <Shown of={loaded}>{(stock) => (
		<>
			<Heading text={`${stock.product_name} · ${stock.sku}`} actions={<a class="button quiet" href={`/console/products/${stock.product_id}`}>{t('stock.product')}</a>} />
			<div class="panels">
				<section class="panel"><h2>{t('stock.now')}</h2>
					<Facts of={[[t('stock.column.price'), money(stock.price, stock.currency)], [t('stock.column.on_hand'), number(stock.on_hand)],
						[t('stock.column.reserved'), number(stock.reserved)], [t('stock.column.available'), <b>{number(stock.available)}</b>], [t('stock.column.low'), number(stock.low_stock)]]} />
				</section>
				<section class="panel"><h2>{t('stock.adjust')}</h2><Adjust stock={stock} done={loaded.again} /></section>
			</div>
			<h2>{t('movements.title')}</h2>
			<List key={`${stock.on_hand} ${stock.reserved}`} spec={movementsOf(variant)} />
		</>
	)}</Shown>;
}
