// Products: the list, in which a price is changed where it stands, and a new one.
import { call, type Row } from '../api';
import type { Me, PageProps } from '../areas';
import { Choice, Field, Save, useForm } from '../form';
import { runBulk } from '../bulk';
import { List, countOf, subjects, type Filter, type ListSpec } from '../list';
import { go, usePlace } from '../route';
import { Heading, Status, askWhether, useOnce } from '../ui';
import { money, number, t, word } from '../words';
import { Cell, put, saveOver, useNewest } from './cells';
import { isStaff, placed, useBrands, useCategories, useMerchants } from './common';

type Summary = Row<'GET /products'>;
const statuses = ['published', 'draft', 'archived', 'deleted'] as const;

/* A product of one price is changed here; where its variants have their own, they are changed in its stock. */
function Price({ row }: { row: Summary }) {
	const now = useNewest(row);
	if (now.price_max !== null) return <a href={`/console/stock?product=${row.id}`}>{money(now.price, now.currency)} – {money(now.price_max, now.currency)}</a>;
	const label = `${t('products.column.price')}, ${row.name}`;
	return <Cell name="price" label={label} value={now.price} save={async (mine) => {
		await saveOver({
			name: 'price', label, mine, before: now.price,
			read: async () => {
				const product = await call('GET /products/{product}', { path: { product: row.id } });
				put(row, { ...now, price: product.price_min, price_max: product.price_max });
				return { seen: product, value: product.price_min };
			},
			write: async (seen) => {
				const own = seen.variants.length === 1 && seen.variants[0]!.price !== seen.price;
				if (own) await call('PATCH /variants/{variant}', { path: { variant: seen.variants[0]!.id }, body: { price: mine }, seen });
				else await call('PATCH /products/{product}', { path: { product: row.id }, body: { price: mine }, seen });
				const { price_min: price, price_max } = await call('GET /products/{product}', { path: { product: row.id } });
				put(row, { ...now, price, price_max });
			},
		});
	}}>{money(now.price, now.currency)}</Cell>;
}

const every = ['-created_at', 'created_at', 'name', '-name', 'price', '-price', '-sales'];

/* The products of everybody come by time alone; those of one shop in any order. */
function specOf(me: Me, ofOne: boolean, choices: { categories: [string, string][]; brands: [string, string][]; merchants: [string, string][] }): ListSpec<'GET /products'> {
	const choice = (name: string, of: [string, string][]): Filter[] => of.length === 0 ? [] : [{ name, kind: 'choice', choices: of.map(([id]) => id), names: Object.fromEntries(of) }];
	return {
		name: 'products',
		call: 'GET /products',
		always: isStaff(me) ? { status: 'any' } : { status: 'any', merchant: me.merchant!.id },
		csv: true,
		id: (row) => row.id,
		open: (row) => `/products/${row.id}`,
		columns: [
			{ name: 'name', order: 'name', show: (row) => <span class="ware">{row.image?.sizes[0] ? <img src={row.image.sizes[0].url} alt="" width={40} height={40} loading="lazy" /> : <span class="no-picture" />}<span>{row.name}</span></span> },
			{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
			{ name: 'category', show: (row) => row.category.name },
			{ name: 'brand', spare: true, show: (row) => row.brand?.name ?? '–' },
			{ name: 'price', numeric: true, order: 'price', show: (row) => <Price row={row} /> },
			{ name: 'stock', show: (row) => <a class="fixed" href={`/console/stock?product=${row.id}`}>{t(row.in_stock ? 'products.in_stock' : 'products.sold_out')}</a> },
			{ name: 'rating', numeric: true, spare: true, show: (row) => row.rating_count === 0 ? '–' : `${row.rating} (${number(row.rating_count)})` },
		],
		filters: [{ name: 'search', kind: 'text' }, { name: 'status', kind: 'choice', choices: statuses }, ...choice('category', choices.categories), ...choice('brand', choices.brands),
			...choice('merchant', choices.merchants), { name: 'in_stock', kind: 'flag' }, { name: 'is_featured', kind: 'flag' }],
		order: { name: 'ordering', choices: ofOne ? every : every.slice(0, 2) },
		bulk: [
			{ name: 'publish', label: 'product.publish', all: 'publish', may: true, act: (chosen) => runBulk({ action: 'publish', ...subjects(chosen) }) },
			{ name: 'price', label: 'products.percent', all: 'price', may: true, act: (chosen) => runBulk({ action: 'price', ...subjects(chosen) },
				{ title: t('products.percent'), text: t('products.percent.n', { n: countOf(chosen) }), parameters: [{ name: 'percent', label: 'field.percent', hint: 'products.percent.hint' }] }) },
			{ name: 'archive', label: 'product.archive', all: 'archive', may: true, act: async (chosen) => {
				if (await askWhether(t('product.archive'), <p>{t('products.archive.n', { n: countOf(chosen) })} {t('product.archive.why')}</p>, t('product.archive'))) await runBulk({ action: 'archive', ...subjects(chosen) });
			} },
		],
	};
}

export function Products({ me }: PageProps) {
	const { query } = usePlace();
	const categories = useCategories(), merchants = useMerchants(me), brands = useBrands();
	return (
		<>
			<Heading text={t('products.title')} actions={<><a class="button quiet" href="/console/imports">{t('menu.imports')}</a><a class="button" href="/console/products/new">{t('products.new')}</a></>} />
			<p class="hint keys-hint">{t('cell.keys')}</p>
			<List spec={specOf(me, !isStaff(me) || query.has('merchant'), { categories, brands, merchants })} />
		</>
	);
}

export function NewProduct({ me }: PageProps) {
	const categories = useCategories(), merchants = useMerchants(me), staff = isStaff(me), once = useOnce();
	const form = useForm({
		name: 'product-new', from: { merchant_id: '', name: '', category_id: '', price: '', sku: '', on_hand: '0' },
		save: async (values) => {
			const text = (name: string) => String(values[name]).trim();
			const body = {
				name: text('name'), category_id: text('category_id'), price: text('price'), variants: [{ sku: text('sku'), on_hand: Number(text('on_hand')) }],
				...(staff ? { merchant_id: text('merchant_id') } : {}),
			};
			const made = await placed(once(body, (key) => call('POST /products', { once: key, body })), (member) => member.replace(/^variants\.0\./, ''));
			go(`/console/products/${made.id}`);
		},
		saved: 'product.made',
	});
	return (
		<>
			<Heading text={t('product.new')} />
			<form class="form" onSubmit={form.submit}>
				{staff && <Choice form={form} name="merchant_id" choices={merchants} empty={t('choose')} required />}
				<Field form={form} name="name" required maxLength={200} />
				<Choice form={form} name="category_id" choices={categories} empty={t('choose')} required />
				<div class="columns">
					<Field form={form} name="price" inputMode="decimal" required hint={me.merchant ? t('product.in', { currency: me.merchant.currency }) : undefined} />
					<Field form={form} name="sku" required maxLength={64} hint={t('product.sku.hint')} />
					<Field form={form} name="on_hand" type="number" min={0} required />
				</div>
				<p class="hint">{t('product.new.hint')}</p>
				<Save form={form} label={t('product.make')} />
			</form>
		</>
	);
}
