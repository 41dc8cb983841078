// Brands of the shop.
import { useRef } from 'preact/hooks';
import { call, type Schemas } from '../api';
import type { PageProps } from '../areas';
import { Area, Field, Save, useForm } from '../form';
import { changed, usePlace } from '../route';
import { Act, askWhether, Dialog, Heading, openDialog, Shown, say, useCall } from '../ui';
import { day, t } from '../words';

type Brand = Schemas['Brand'];
const valuesOf = (brand?: Brand) => ({ name: brand?.name ?? '', slug: brand?.slug ?? '', description: brand?.description ?? '' });

function Edit({ brand, done }: { brand?: Brand; done: (saved: boolean) => void }) {
	const seen = useRef(brand);
	const form = useForm({
		name: `brand-${brand?.id ?? 'new'}`, from: valuesOf(brand), saved: 'product.saved',
		save: async (values, changes) => {
			if (brand) await call('PATCH /brands/{brand}', { path: { brand: brand.id }, body: changes, seen: seen.current });
			else await call('POST /brands', { body: { name: String(values.name), description: String(values.description), ...(values.slug === '' ? {} : { slug: String(values.slug) }) } });
			done(true);
		},
		reread: brand && (async () => valuesOf(seen.current = await call('GET /brands/{brand}', { path: { brand: brand.id } }))),
	});
	return (
		<Dialog title={brand?.name ?? t('brands.new')} close={() => done(false)}>
			<form class="dialog-body" onSubmit={form.submit}>
				<Field form={form} name="name" required maxLength={100} />
				<Field form={form} name="slug" hint={t('categories.slug.hint')} />
				<Area form={form} name="description" />
				<Save form={form} cancel={() => done(false)} />
			</form>
		</Dialog>
	);
}

export function Brands(_: PageProps) {
	const { query } = usePlace(), page = Number(query.get('page') ?? 1);
	const loaded = useCall('GET /brands', { query: { page, page_size: 50 } });
	const edit = async (id?: string) => {
		const brand = id === undefined ? undefined : await call('GET /brands/{brand}', { path: { brand: id } });
		if (await openDialog<boolean>((done) => <Edit brand={brand} done={done} />)) loaded.again();
	};
	const remove = async (brand: Brand) => {
		if (!await askWhether(t('brands.delete.ask', { name: brand.name }), <p>{t('brands.delete.why')}</p>, t('product.delete'), true)) return;
		await call('DELETE /brands/{brand}', { path: { brand: brand.id }, seen: await call('GET /brands/{brand}', { path: { brand: brand.id } }) });
		say(t('product.deleted'));
		loaded.again();
	};
	return (
		<>
			<Heading text={t('menu.brands')} actions={<Act act={() => edit()}>{t('brands.new')}</Act>} />
			<Shown of={loaded}>{(answer) => answer.results.length === 0 ? <p class="empty">{t('brands.empty')}</p> : (
				<section class="list" aria-label={t('menu.brands')}>
					<div class="table"><table>
						<caption class="unseen">{t('menu.brands')}</caption>
						<thead><tr><th scope="col">{t('field.name')}</th><th scope="col">{t('field.slug')}</th><th scope="col">{t('brands.since')}</th><th scope="col"><span class="unseen">{t('variants.acts')}</span></th></tr></thead>
						<tbody>{answer.results.map((one) => <tr key={one.id}>
							<td data-label={t('field.name')}><Act kind="plain tight" act={() => edit(one.id)}>{one.name}</Act></td><td data-label={t('field.slug')}>{one.slug}</td><td data-label={t('brands.since')}>{day(one.created_at)}</td>
							<td class="number"><Act kind="plain tight" label={t('brands.delete', { name: one.name })} act={() => remove(one)}>×</Act></td>
						</tr>)}</tbody>
					</table></div>
					{(answer.next || page > 1) && <nav class="pager" aria-label={t('list.pages')}>
						{page > 1 && <a class="button quiet" rel="prev" href={changed(query, { page: page === 2 ? undefined : String(page - 1) })}>{t('list.previous')}</a>}
						{answer.next && <a class="button quiet" rel="next" href={changed(query, { page: String(page + 1) })}>{t('list.next')}</a>}
					</nav>}
				</section>
			)}</Shown>
		</>
	);
}
