// One's own shop, as customers see it and as the law wants it.
import { useRef, useState } from 'preact/hooks';
import { Problem, call, type Schemas } from '../api';
import type { PageProps } from '../areas';
import { Area, Choice, Field, Save, useForm, type Values } from '../form';
import { Act, Facts, Heading, Shown, Status, say, sayProblem, useCall } from '../ui';
import { t, time, word } from '../words';
import { send, useDrop, useWhile } from './common';

type OwnShop = Schemas['OwnShop'];
const nullable = ['contact', 'gst_number'];
const valuesOf = (shop: OwnShop): Values => ({ shop_name: shop.shop_name, description: shop.description, contact: shop.contact ?? '', business_type: shop.business_type,
	business_id: shop.business_id, gst_number: shop.gst_number ?? '' });

function Logo({ shop, take, reread }: { shop: OwnShop; take: (shop: OwnShop) => void; reread: () => Promise<OwnShop> }) {
	const [share, setShare] = useState<number>();
	const [preview, setPreview] = useState<string>();
	const field = useRef<HTMLInputElement>(null);
	useWhile(shop.logo !== null && shop.logo.url === null, () => void reread(), 1500);
	const change = async (logo: string | null) => take(await call('PATCH /merchants/me', { body: { logo }, seen: await reread() }));
	const give = async (file?: File) => {
		if (!file) return;
		setShare(0);
		setPreview(URL.createObjectURL(file));
		try {
			const { results } = await send<Schemas['MediaResults']>('/media', 'files', file, setShare);
			await change(results[0]!.id);
			say(t('shop.saved'));
		} catch (problem) {
			setPreview(undefined);
			say(problem instanceof Problem ? Object.values(problem.details)[0] ?? sayProblem(problem) : sayProblem(problem), true);
		} finally { setShare(undefined); }
	};
	const drop = useDrop(([file]) => void give(file));
	const source = shop.logo?.sizes[0]?.url ?? preview;
	return (
		<div {...drop}>
			{source ? <img class="logo" src={source} alt={t('shop.logo')} /> : <p class="hint">{t('shop.nologo')}</p>}
			{share !== undefined && <progress max={1} value={share} aria-label={t('shop.sending')} />}
			<input ref={field} class="unseen" type="file" accept="image/*" tabIndex={-1} aria-label={t('shop.choose')} onChange={(event) => void give(event.currentTarget.files?.[0])} />
			<p class="actions"><button type="button" class="quiet" onClick={() => field.current?.click()}>{t('shop.choose')}</button>
				{shop.logo && <Act kind="plain" act={async () => { setPreview(undefined); await change(null); }}>{t('shop.remove')}</Act>}</p>
		</div>
	);
}

function Words({ shop, take, reread }: { shop: OwnShop; take: (shop: OwnShop) => void; reread: () => Promise<OwnShop> }) {
	const seen = useRef(shop);
	seen.current = shop;
	const form = useForm({
		name: 'shop', from: valuesOf(shop), saved: 'shop.saved',
		save: async (_, changes) => take(await call('PATCH /merchants/me', { seen: seen.current,
			body: Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value === '' && nullable.includes(name) ? null : value])) })),
		reread: async () => { seen.current = await reread(); return valuesOf(seen.current); },
	});
	return (
		<form onSubmit={form.submit}>
			<Field form={form} name="shop_name" required maxLength={150} />
			<Area form={form} name="description" rows={5} />
			<Field form={form} name="contact" hint={t('shop.contact.hint')} />
			<div class="columns">
				<Choice form={form} name="business_type" choices={['individual', 'business', 'enterprise'].map((one) => [one, word(one)])} />
				<Field form={form} name="business_id" required />
				<Field form={form} name="gst_number" />
			</div>
			<Save form={form} />
		</form>
	);
}

export function OwnShopPage(_: PageProps) {
	const loaded = useCall('GET /merchants/me');
	const reread = async () => { const shop = await call('GET /merchants/me'); loaded.put(shop); return shop; };
	return <Shown of={loaded}>{(shop) => (
		<>
			<Heading text={t('menu.shop')} actions={shop.status === 'active' && shop.slug ? <a class="button quiet" href={`/shops/${shop.slug}`} target="_blank" rel="noopener">{t('product.look')}</a> : undefined}>
				<Status value={shop.status}>{word(shop.status)}</Status></Heading>
			<div class="halves">
				<section class="panel"><h2>{t('shop.words')}</h2><Words shop={shop} take={loaded.put} reread={reread} /></section>
				<div>
					<section class="panel"><h2>{t('shop.logo')}</h2><Logo shop={shop} take={loaded.put} reread={reread} /></section>
					<section class="panel"><h2>{t('shop.terms')}</h2><Facts of={[[t('shop.currency'), shop.currency], [t('shop.commission'), shop.commission_percent === null ? t('shop.commission.usual') : `${shop.commission_percent} %`], [t('shop.since'), time(shop.created_at)]]} /></section>
				</div>
			</div>
		</>
	)}</Shown>;
}
