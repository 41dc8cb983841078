// Coupons, and plans that people subscribe to.
import { useRef } from 'preact/hooks';
import { call, type Row, type Schemas } from '../api';
import { can, type Me, type PageProps } from '../areas';
import { Choice, Field, Save, useForm, type Values } from '../form';
import { List, type ListSpec } from '../list';
import { go } from '../route';
import { Act, askWhether, Heading, Shown, Status, say, useCall, useOnce } from '../ui';
import { money, number, t, time, word } from '../words';
import { useCategories, useMerchants } from './common';

type Coupon = Schemas['Coupon'];

const coupons: ListSpec<'GET /coupons'> = {
	name: 'coupons',
	call: 'GET /coupons',
	csv: true,
	id: (row) => row.id,
	open: (row) => `/coupons/${row.id}`,
	columns: [
		{ name: 'code', show: (row) => row.code },
		{ name: 'value', numeric: true, show: (row) => row.kind === 'percent' ? `${row.value} %` : row.currency ? money(row.value, row.currency) : row.value },
		{ name: 'minimum', numeric: true, spare: true, show: (row) => row.minimum === null ? '–' : row.currency ? money(row.minimum, row.currency) : row.minimum },
		{ name: 'uses', numeric: true, show: (row) => row.limit_total === null ? number(row.uses) : t('imports.of', { done: row.uses, total: row.limit_total }) },
		{ name: 'starts', spare: true, show: (row) => time(row.starts_at) },
		{ name: 'ends', show: (row) => time(row.ends_at) },
	],
	filters: [{ name: 'search', kind: 'text' }],
};

export function Coupons(_: PageProps) {
	return <><Heading text={t('menu.coupons')} actions={<a class="button" href="/console/coupons/new">{t('coupons.new')}</a>} /><List spec={coupons} /></>;
}

/* Moments as the field has them: the reader's own time, to the minute. */
const localOf = (instant: string | null) => instant === null ? '' : new Date(Date.parse(instant) - new Date(instant).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
const instantOf = (local: string) => local === '' ? null : new Date(local).toISOString();

const valuesOf = (one?: Coupon): Values => ({ code: one?.code ?? '', kind: one?.kind ?? 'percent', value: one?.value ?? '', currency: one?.currency ?? '', minimum: one?.minimum ?? '', starts_at: localOf(one?.starts_at ?? null),
	ends_at: localOf(one?.ends_at ?? null), category_id: one?.category_id ?? '', merchant_id: one?.merchant_id ?? '', limit_total: String(one?.limit_total ?? ''), limit_per_user: String(one?.limit_per_user ?? '') });

function bodyOf(values: Values): Schemas['CouponChange'] {
	return Object.fromEntries(Object.entries(values).map(([name, given]) => {
		const text = String(given).trim();
		if (name.endsWith('_at')) return [name, instantOf(text)];
		if (name.startsWith('limit_')) return [name, text === '' ? null : Number(text)];
		return [name, text === '' && name !== 'code' && name !== 'value' ? null : text];
	}));
}

function CouponForm({ coupon, me }: { coupon?: Coupon; me: Me }) {
	const seen = useRef(coupon), once = useOnce(), categories = useCategories(), merchants = useMerchants(me), currencies = useCall('GET /currencies');
	const form = useForm({
		name: `coupon-${coupon?.id ?? 'new'}`, from: valuesOf(coupon), saved: 'product.saved',
		save: async (values, changes) => {
			if (coupon) seen.current = await call('PATCH /coupons/{id}', { path: { id: coupon.id }, body: bodyOf(changes), seen: seen.current });
			else {
				const body = Object.fromEntries(Object.entries(bodyOf(values)).filter(([, value]) => value !== null)) as unknown as Schemas['NewCoupon'];
				await once(body, (key) => call('POST /coupons', { body, once: key }));
			}
			go('/console/coupons');
		},
		reread: coupon && (async () => valuesOf(seen.current = await call('GET /coupons/{id}', { path: { id: coupon.id } }))),
	});
	return (
		<form class="form" onSubmit={form.submit}>
			<div class="columns">
				<Field form={form} name="code" required maxLength={32} />
				<Choice form={form} name="kind" choices={[['percent', word('percent')], ['fixed', word('fixed')]]} />
				<Field form={form} name="value" inputMode="decimal" required />
				<Choice form={form} name="currency" empty={t('coupons.any')} choices={(currencies.data?.results ?? []).map((one) => [one.code, one.code])} />
				<Field form={form} name="minimum" inputMode="decimal" hint={t('coupons.minimum.hint')} />
				<Choice form={form} name="category_id" empty={t('coupons.any')} choices={categories} />
				{can(me, 'coupon:write') && <Choice form={form} name="merchant_id" empty={t('coupons.any')} choices={merchants} />}
				<Field form={form} name="starts_at" type="datetime-local" />
				<Field form={form} name="ends_at" type="datetime-local" />
				<Field form={form} name="limit_total" type="number" min={1} />
				<Field form={form} name="limit_per_user" type="number" min={1} />
			</div>
			<Save form={form} />
		</form>
	);
}

export const NewCoupon = ({ me }: PageProps) => <><Heading text={t('coupons.new')} /><CouponForm me={me} /></>;

export function OneCoupon({ me, parts }: PageProps) {
	const loaded = useCall('GET /coupons/{id}', { path: { id: parts.id! } });
	const remove = async (coupon: Coupon) => {
		if (!await askWhether(t('coupons.delete.ask', { code: coupon.code }), <p>{t('coupons.delete.why')}</p>, t('product.delete'), true)) return;
		await call('DELETE /coupons/{id}', { path: { id: coupon.id }, seen: coupon });
		say(t('product.deleted'));
		go('/console/coupons');
	};
	return <Shown of={loaded}>{(coupon) => <>
		<Heading text={coupon.code} actions={<Act kind="danger" act={() => remove(coupon)}>{t('product.delete')}</Act>} />
		<CouponForm me={me} coupon={coupon} />
	</>}</Shown>;
}

type Plan = Row<'GET /plans'>;

const plansOf = (me: Me): ListSpec<'GET /plans'> => ({
	name: 'plans',
	call: 'GET /plans', csv: true,
	always: can(me, 'plan:write') && !me.merchant ? {} : { merchant: me.merchant!.id },
	id: (row) => row.id,
	open: (row) => `/plans/${row.id}`,
	columns: [
		{ name: 'name', show: (row) => row.name },
		{ name: 'amount', numeric: true, show: (row) => money(row.amount, row.currency) },
		{ name: 'every', show: (row) => t(`plans.every.${row.every}`, { n: row.count }) },
		{ name: 'trial', numeric: true, show: (row) => number(row.trial_days) },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
	],
	filters: [{ name: 'status', kind: 'choice', choices: ['active', 'archived'] }],
});

export function Plans({ me }: PageProps) {
	return <><Heading text={t('menu.plans')} actions={<a class="button" href="/console/plans/new">{t('plans.new')}</a>} /><List spec={plansOf(me)} /></>;
}

export function NewPlan({ me }: PageProps) {
	const once = useOnce(), merchants = useMerchants(me);
	const form = useForm({
		name: 'plan-new', from: { merchant_id: '', name: '', amount: '', every: 'month', count: '1', trial_days: '0' }, saved: 'product.saved',
		save: async ({ merchant_id, name, amount, every, count, trial_days }) => {
			const body = { name: String(name), amount: String(amount), every: every as Plan['every'], count: Number(count), trial_days: Number(trial_days), ...(me.merchant ? {} : { merchant_id: String(merchant_id) }) };
			await once(body, (key) => call('POST /plans', { body, once: key }));
			go('/console/plans');
		},
	});
	return (
		<>
			<Heading text={t('plans.new')} />
			<form class="form" onSubmit={form.submit}>
				{!me.merchant && <Choice form={form} name="merchant_id" choices={merchants} empty={t('choose')} required />}
				<Field form={form} name="name" required maxLength={150} />
				<div class="columns">
					<Field form={form} name="amount" inputMode="decimal" required hint={me.merchant ? t('product.in', { currency: me.merchant.currency }) : undefined} />
					<Field form={form} name="trial_days" type="number" min={0} />
					<Field form={form} name="count" type="number" min={1} required />
					<Choice form={form} name="every" choices={(['day', 'week', 'month', 'year'] as const).map((one) => [one, word(one)])} />
				</div>
				<p class="hint">{t('plans.hint')}</p>
				<Save form={form} />
			</form>
		</>
	);
}

export function OnePlan({ parts }: PageProps) {
	const loaded = useCall('GET /plans/{id}', { path: { id: parts.id! } });
	const seen = useRef<Plan>();
	if (loaded.data) seen.current = loaded.data;
	const change = async (body: Schemas['PlanChange']) => { loaded.put(await call('PATCH /plans/{id}', { path: { id: parts.id! }, body, seen: seen.current })); };
	const archive = async () => { if (await askWhether(t('plans.archive.ask'), <p>{t('plans.archive.why')}</p>, t('product.archive'))) await change({ status: 'archived' }); };
	return <Shown of={loaded}>{(plan) => <>
		<Heading text={plan.name} actions={plan.status === 'active' ? <Act kind="quiet" act={archive}>{t('product.archive')}</Act> : <Act act={() => change({ status: 'active' })}>{t('plans.activate')}</Act>}>
			<Status value={plan.status}>{word(plan.status)}</Status></Heading>
		<p>{money(plan.amount, plan.currency)}, {t(`plans.every.${plan.every}`, { n: plan.count })}</p>
		<Rename plan={plan} change={change} reread={async () => { const now = await call('GET /plans/{id}', { path: { id: plan.id } }); loaded.put(now); seen.current = now; return { name: now.name }; }} />
	</>}</Shown>;
}

function Rename({ plan, change, reread }: { plan: Plan; change: (body: Schemas['PlanChange']) => Promise<void>; reread: () => Promise<Values> }) {
	const form = useForm({ name: `plan-${plan.id}`, from: { name: plan.name }, saved: 'product.saved', save: (values) => change({ name: String(values.name) }), reread });
	return <form class="form" onSubmit={form.submit}><Field form={form} name="name" required maxLength={150} /><Save form={form} /></form>;
}
