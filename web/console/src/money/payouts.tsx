// What merchants are paid: drafted by one, approved by another, paid by bank; their balances, the books, and exchange rates.
import { useState } from 'preact/hooks';
import { call, type Row } from '../api';
import { can, type Me, type PageProps } from '../areas';
import { Field, Save, useForm } from '../form';
import { List, type ListSpec } from '../list';
import { Act, Dialog, Facts, Heading, Shown, Status, askReason, askWhether, openDialog, say, useCall } from '../ui';
import { day, money, t, time, word } from '../words';

type Payout = Row<'GET /payouts'>;

function Paid({ close }: { close: (reference: string | null) => void }) {
	const form = useForm({ name: 'payout-paid', from: { bank_reference: '' }, save: async (values) => close(String(values.bank_reference)) });
	return <Dialog title={t('payout.pay')} close={() => close(null)}><form onSubmit={form.submit}><Field form={form} name="bank_reference" label={t('payout.reference')} required /><Save form={form} label={t('payout.pay')} cancel={() => close(null)} /></form></Dialog>;
}

/* What is next to do with it; who has drafted it does not approve it. */
function Steps({ me, payout, changed }: { me: Me; payout: Payout; changed: () => void }) {
	if (!can(me, 'payout:manage')) return <>–</>;
	const path = { id: payout.id }, sum = money(payout.amount, payout.currency);
	const done = (message: string) => { say(t(message, { sum })); changed(); };
	const bad = (name: 'POST /payouts/{id}/reject' | 'POST /payouts/{id}/bounced', label: string) => <Act kind="plain" label={t('payout.of', { act: t(label), sum })} act={async () => {
		const reason = await askReason(t(label), true);
		if (reason === null) return;
		await call(name, { path, body: { reason } });
		done('payout.changed');
	}}>{t(label)}</Act>;
	return (
		<div class="actions">
			{payout.status === 'draft' && (payout.drafted_by === me.id ? <span class="hint">{t('payout.other')}</span> : <Act label={t('payout.of', { act: t('payout.approve'), sum })} act={async () => {
				if (!await askWhether(t('payout.approve'), <p>{t('payout.approve.why', { sum })}</p>, t('payout.approve'))) return;
				await call('POST /payouts/{id}/approve', { path });
				done('payout.approved');
			}}>{t('payout.approve')}</Act>)}
			{payout.status === 'approved' && <Act label={t('payout.of', { act: t('payout.pay'), sum })} act={async () => {
				const reference = await openDialog<string | null>((finish) => <Paid close={finish} />);
				if (reference === null) return;
				await call('POST /payouts/{id}/pay', { path, body: { bank_reference: reference } });
				done('payout.paid');
			}}>{t('payout.pay')}</Act>}
			{(payout.status === 'draft' || payout.status === 'approved') && bad('POST /payouts/{id}/reject', 'payout.reject')}
			{payout.status === 'paid' && bad('POST /payouts/{id}/bounced', 'payout.bounced')}
		</div>
	);
}

const payouts = (me: Me, changed: () => void): ListSpec<'GET /payouts'> => ({
	name: 'payouts', call: 'GET /payouts', csv: true, id: (row) => row.id,
	columns: [
		{ name: 'created', show: (row) => time(row.created_at) },
		{ name: 'merchant', show: (row) => <a href={`/console/balances/${row.merchant_id}`}>{row.shop_name}</a> },
		{ name: 'amount', numeric: true, show: (row) => money(row.amount, row.currency) },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'reference', show: (row) => row.bank_reference ?? row.reason ?? '–' },
		{ name: 'next', show: (row) => <Steps me={me} payout={row} changed={changed} /> },
	],
	filters: [{ name: 'status', kind: 'choice', choices: ['draft', 'approved', 'rejected', 'paid', 'bounced'] }, { name: 'currency', kind: 'text' }],
});

export function Payouts({ me }: PageProps) {
	const [turn, setTurn] = useState(0);
	return <><Heading text={t('payouts.title')} actions={me.merchant && !can(me, 'payout:manage') ? <a class="button quiet" href={`/console/balances/${me.merchant.id}`}>{t('payout.balance')}</a> : undefined} /><List key={turn} spec={payouts(me, () => setTurn((one) => one + 1))} /></>;
}

function Draft({ merchant, currency, available, close }: { merchant: string; currency: string; available: string; close: (done: boolean) => void }) {
	const [once] = useState(() => crypto.randomUUID());
	const form = useForm({ name: `payout-${merchant}-${currency}`, from: { amount: available }, save: async (values) => {
		await call('POST /payouts', { once, body: { merchant_id: merchant, currency, amount: String(values.amount) } });
		close(true);
	} });
	return <Dialog title={t('payout.draft')} close={() => close(false)}><form onSubmit={form.submit}><p>{t('payout.draft.why', { sum: money(available, currency) })}</p><Field form={form} name="amount" label={t('payouts.column.amount')} inputMode="decimal" required /><Save form={form} label={t('payout.draft')} cancel={() => close(false)} /></form></Dialog>;
}

export function Balances({ me, parts }: PageProps) {
	const loaded = useCall('GET /merchants/{id}/balance', { path: { id: parts.id! } });
	const [drafting, draft] = useState<{ currency: string; available: string }>();
	const members = ['balance', 'available', 'drafts', 'return_window', 'held', 'pending_refunds', 'disputed', 'approved'] as const;
	return (
		<>
			<Heading text={t('balances.title')} />
			<Shown of={loaded}>{({ merchant_id, results }) => results.length === 0 ? <p class="empty">{t('balances.empty')}</p> : <div class="panels">{results.map((one) => (
				<section class="panel" key={one.currency}><h2>{one.currency}</h2>
					<Facts of={members.map((name) => [t(`balance.${name}`), name === 'available' ? <b>{money(one[name], one.currency)}</b> : money(one[name], one.currency)])} />
					{can(me, 'payout:manage') && <div class="actions end"><button type="button" class="quiet" onClick={() => draft({ currency: one.currency, available: one.available })}>{t('payout.draft')}</button></div>}
					{drafting?.currency === one.currency && <Draft merchant={merchant_id} currency={one.currency} available={drafting.available} close={(done) => { draft(undefined); if (done) { say(t('payout.drafted')); loaded.again(); } }} />}
				</section>
			))}</div>}</Shown>
		</>
	);
}

const accounts: ListSpec<'GET /ledger/accounts'> = {
	name: 'ledger', call: 'GET /ledger/accounts', csv: true, id: (row) => row.id, open: (row) => `/ledger/${row.id}`,
	columns: [
		{ name: 'kind', show: (row) => word(row.kind) },
		{ name: 'provider', show: (row) => word(row.provider) },
		{ name: 'balance', numeric: true, show: (row) => money(row.balance, row.currency) },
		{ name: 'currency', show: (row) => row.currency },
	],
	filters: [{ name: 'kind', kind: 'choice', choices: ['clearing', 'carrier', 'merchant', 'commission', 'tax', 'shipping', 'fee', 'discount', 'unapplied', 'difference', 'disputed', 'payout_due', 'bank'] }, { name: 'provider', kind: 'text' }, { name: 'currency', kind: 'text' }],
};
export const Ledger = () => <><Heading text={t('ledger.title')} /><List spec={accounts} /></>;

export function Entries({ parts }: PageProps) {
	return <><Heading text={t('entries.title')} /><List spec={{
		name: 'entries', call: 'GET /ledger/accounts/{id}/entries', path: { id: parts.id! }, csv: true, id: (row) => row.id,
		columns: [
			{ name: 'created', show: (row) => time(row.created_at) },
			{ name: 'source', show: (row) => word(row.source_kind) },
			{ name: 'amount', numeric: true, show: (row) => money(row.amount, row.currency) },
			{ name: 'transaction', spare: true, show: (row) => <code>{row.transaction_id}</code> },
			{ name: 'of', spare: true, show: (row) => <code>{row.source_id}</code> },
		],
		filters: [{ name: 'from', kind: 'date' }, { name: 'to', kind: 'date' }, { name: 'currency', kind: 'text' }],
	}} /></>;
}

function NewRate({ close }: { close: (done: boolean) => void }) {
	const form = useForm({ name: 'rate-new', from: { currency: '', rate: '', date: '' }, save: async (values) => {
		await call('POST /rates', { body: { currency: String(values.currency).toUpperCase(), rate: String(values.rate), ...(values.date === '' ? {} : { date: String(values.date) }) } });
		close(true);
	} });
	return <Dialog title={t('rate.new')} close={() => close(false)}><form onSubmit={form.submit}><Field form={form} name="currency" label={t('rate.currency')} required maxLength={3} /><Field form={form} name="rate" label={t('rate.rate')} inputMode="decimal" required /><Field form={form} name="date" label={t('rate.date')} type="date" /><Save form={form} cancel={() => close(false)} /></form></Dialog>;
}

export function Rates() {
	const loaded = useCall('GET /rates');
	const [opened, open] = useState(false);
	return (
		<>
			<Heading text={t('rates.title')} actions={<button type="button" onClick={() => open(true)}>{t('rate.new')}</button>} />
			<Shown of={loaded}>{({ base, results }) => <><p class="about">{t('rates.base', { base })}</p>{results.length === 0 ? <p class="empty">{t('rates.empty')}</p> : <div class="table" tabIndex={0} role="region" aria-label={t('rates.title')}><table>
				<thead><tr><th scope="col">{t('rate.currency')}</th><th scope="col" class="number">{t('rate.rate')}</th><th scope="col">{t('rate.date')}</th><th scope="col">{t('rate.source')}</th></tr></thead>
				<tbody>{results.map((one) => <tr key={`${one.currency}${one.date}`}><td>{one.currency}</td><td class="number">{one.rate}</td><td>{day(one.date)}</td><td>{word(one.source)}</td></tr>)}</tbody></table></div>}</>}</Shown>
			{opened && <NewRate close={(done) => { open(false); if (done) { say(t('saved')); loaded.again(); } }} />}
		</>
	);
}
