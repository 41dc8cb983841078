// One product: what it is, its variants, its pictures, and whether it is sold.
import { useRef } from 'preact/hooks';
import { call, type Schemas } from '../api';
import { can, type Me, type PageProps } from '../areas';
import { Area, Check, Choice, Field, Save, useForm, type Values } from '../form';
import { go } from '../route';
import { Act, askWhether, Facts, Heading, Shown, Status, say, useCall } from '../ui';
import { number, t, time, word } from '../words';
import { byFirst, placed, useCategories } from './common';
import { Pictures } from './pictures';
import { preview } from './preview';
import { Variants } from './variants';

export type Product = Schemas['Product'];
/* How a change is made: by the product as it was seen, and what it has become is shown from then on. */
export type Change = (body: Schemas['ProductChange'], field?: (member: string) => string) => Promise<Product>;
export type Reread = () => Promise<Product>;

/* Names and values, one a line: "material: clay". */
const linesOf = (specs: Record<string, string>) => Object.entries(specs).map(([name, value]) => `${name}: ${value}`).join('\n');
const specsOf = (lines: string) => Object.fromEntries(lines.split('\n').filter((line) => line.trim() !== '').map((line) => {
	const at = line.indexOf(':');
	return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}));

const valuesOf = (product: Product): Values => ({
	name: product.name, description: product.description, category_id: product.category.id, brand_id: product.brand?.id ?? '', price: product.price,
	compare_at_price: product.compare_at_price ?? '', cost_price: product.cost_price ?? '', tax_class: product.tax_class, is_featured: product.is_featured,
	specs: linesOf(product.specs),
});
const nullable = ['brand_id', 'compare_at_price', 'cost_price'];
const bodyOf = (changes: Values) => Object.fromEntries(Object.entries(changes).map(([name, value]) =>
	[name, name === 'specs' ? specsOf(String(value)) : value === '' && nullable.includes(name) ? null : value])) as Schemas['ProductChange'];

function Words({ product, change, reread }: { product: Product; change: Change; reread: Reread }) {
	const categories = useCategories(), brands = useCall('GET /brands', { query: { page_size: 100 } });
	const known = brands.data?.results.map((one) => [one.id, one.name] as [string, string]) ?? [];
	const form = useForm({
		name: `product-${product.id}`, from: valuesOf(product), saved: 'product.saved',
		save: (_, changes) => change(bodyOf(changes), byFirst),
		reread: async () => valuesOf(await reread()),
	});
	return (
		<form onSubmit={form.submit}>
			<Field form={form} name="name" required maxLength={200} />
			<Area form={form} name="description" rows={6} />
			<div class="columns">
				<Choice form={form} name="category_id" choices={categories.length ? categories : [[product.category.id, product.category.name]]} />
				<Choice form={form} name="brand_id" empty="–" choices={product.brand && !known.some(([id]) => id === product.brand!.id) ? [[product.brand.id, product.brand.name], ...known] : known} />
				<Field form={form} name="price" inputMode="decimal" required hint={t('product.in', { currency: product.currency })} />
				<Field form={form} name="compare_at_price" inputMode="decimal" hint={t('product.compare.hint')} />
				<Field form={form} name="cost_price" inputMode="decimal" hint={t('product.cost.hint')} />
				<Field form={form} name="tax_class" maxLength={32} />
			</div>
			<Area form={form} name="specs" hint={t('product.specs.hint')} />
			<Check form={form} name="is_featured" />
			<Save form={form} />
		</form>
	);
}

function Acts({ product, me, change, reread }: { product: Product; me: Me; change: Change; reread: Reread }) {
	const become = (status: Product['status'], said: string) => async () => { await change({ status }); say(t(said)); };
	const archive = async () => {
		if (await askWhether(t('product.archive.ask', { name: product.name }), <p>{t('product.archive.why')}</p>, t('product.archive'))) await become('archived', 'product.archived')();
	};
	const remove = async () => {
		if (!await askWhether(t('product.delete.ask', { name: product.name }), <p>{t('product.delete.why')}</p>, t('product.delete'), true)) return;
		await call('DELETE /products/{product}', { path: { product: product.id }, seen: await reread() });
		say(t('product.deleted'));
		go('/console/products');
	};
	return (
		<>
			{product.status !== 'published' && <Act kind="quiet" act={() => preview(product)}>{t('product.preview')}</Act>}
			{product.status === 'published' && <a class="button quiet" href={`/products/${product.slug}`} target="_blank" rel="noopener">{t('product.look')}</a>}
			{can(me, 'inventory:write', 'inventory:write_own') && <a class="button quiet" href={`/console/stock?product=${product.id}`}>{t('product.stock')}</a>}
			{product.status === 'draft' && <Act kind="danger" act={remove}>{t('product.delete')}</Act>}
			{product.status !== 'archived' && <Act kind="quiet" act={archive}>{t('product.archive')}</Act>}
			{product.status !== 'published' && <Act act={become('published', 'product.published')}>{t('product.publish')}</Act>}
		</>
	);
}

export function OneProduct({ me, parts }: PageProps) {
	const loaded = useCall('GET /products/{product}', { path: { product: parts.id! } });
	const seen = useRef<Product>();
	if (loaded.data && seen.current?.version !== loaded.data.version) seen.current = loaded.data;
	const take = (product: Product) => { seen.current = product; loaded.put(product); return product; };
	const reread = async () => take(await call('GET /products/{product}', { path: { product: parts.id! } }));
	return <Shown of={loaded}>{(product) => {
		const change: Change = async (body, field = (member) => member) =>
			take(await placed(call('PATCH /products/{product}', { path: { product: product.id }, body, seen: seen.current }), field));
		return (
			<>
				<Heading text={product.name} actions={<Acts product={product} me={me} change={change} reread={reread} />}><Status value={product.status}>{word(product.status)}</Status></Heading>
				<div class="halves">
					<section class="panel"><h2>{t('product.words')}</h2><Words product={product} change={change} reread={reread} /></section>
					<div>
						<section class="panel"><h2>{t('pictures.title')}</h2><Pictures product={product} change={change} reread={reread} /></section>
						<section class="panel"><h2>{t('product.facts')}</h2>
							<Facts of={[[t('product.shop'), product.merchant.shop_name], [t('product.sales'), number(product.sales_count)], [t('products.column.rating'), product.rating_count === 0 ? '–' : `${product.rating} (${number(product.rating_count)})`],
								[t('product.changed'), time(product.updated_at)], [t('product.address'), `/products/${product.slug}`]]} />
						</section>
					</div>
				</div>
				<section class="panel"><h2>{t('variants.title')}</h2><Variants product={product} change={change} reread={reread} /></section>
			</>
		);
	}}</Shown>;
}
