// Payments: the list with what is held or looks risky, one payment with its refunds, and the refund dialog.
import { useEffect, useState } from 'preact/hooks';
import { call, type Answer } from '../api';
import { can, type PageProps } from '../areas';
import { Field, Save, useForm } from '../form';
import { List, type ListSpec } from '../list';
import { Act, Dialog, Facts, Heading, Shown, Status, askReason, say, sayProblem, useCall } from '../ui';
import { indented, money, number, t, time, word } from '../words';

type Payment = Answer<'GET /payments/{reference}'>;

const payments: ListSpec<'GET /payments'> = {
	name: 'payments', call: 'GET /payments', csv: true, id: (row) => row.id, open: (row) => `/payments/${row.reference}`,
	columns: [
		{ name: 'reference', show: (row) => row.reference },
		{ name: 'provider', show: (row) => word(row.provider) },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'amount', numeric: true, show: (row) => money(row.amount, row.currency) },
		{ name: 'refunded', numeric: true, show: (row) => money(row.refunded, row.currency) },
		{ name: 'hold', show: (row) => row.hold_reason ?? (row.review ? word(row.review) : '–') },
		{ name: 'created', show: (row) => time(row.created_at) },
	],
	filters: [
		{ name: 'status', kind: 'choice', choices: ['pending', 'requires_action', 'processing', 'succeeded', 'failed', 'cancelled', 'expired', 'partially_refunded', 'refunded', 'disputed'] },
		{ name: 'held', kind: 'flag' },
		{ name: 'risk', kind: 'choice', choices: ['review'] },
	],
};
export const Payments = () => <><Heading text={t('payments.title')} /><List spec={payments} /></>;

/* What the books will have to say of it, before it is done. */
function Postings({ reference, amount }: { reference: string; amount: string }) {
	const [asked, ask] = useState(amount);
	useEffect(() => { const timer = setTimeout(() => ask(amount), 300); return () => clearTimeout(timer); }, [amount]);
	const loaded = useCall('GET /payments/{reference}/refunds/preview', { path: { reference }, query: { amount: asked } });
	if (loaded.problem) return <p class="hint" role="status">{sayProblem(loaded.problem)}</p>;
	return (
		<div class="table" tabIndex={0} role="region" aria-label={t('payment.postings')} aria-busy={loaded.loading}><table>
			<caption>{t('payment.postings')}</caption>
			<tbody>{loaded.data?.postings.map((one, i) => <tr key={i}><th scope="row">{word(one.account)}</th><td class="number">{money(one.amount, loaded.data!.currency)}</td></tr>)}</tbody>
		</table></div>
	);
}

interface RefundProps { payment: Payment; close: (done: boolean) => void }

function RefundForm({ payment, left, close }: RefundProps & { left: string }) {
	const [once] = useState(() => crypto.randomUUID());
	const form = useForm({ name: `refund-${payment.id}`, from: { amount: left, reason: '' }, save: async (values) => {
		await call('POST /payments/{reference}/refunds', { path: { reference: payment.reference }, once, body: { amount: String(values.amount), reason: String(values.reason) } });
		close(true);
	} });
	return (
		<form onSubmit={form.submit}>
			<Facts of={[[t('payments.column.amount'), money(payment.amount, payment.currency)], [t('payments.column.refunded'), money(payment.refunded, payment.currency)], [t('payment.left'), <b>{money(left, payment.currency)}</b>]]} />
			<Field form={form} name="amount" label={t('payment.refund.amount', { currency: payment.currency })} inputMode="decimal" required />
			<Postings reference={payment.reference} amount={String(form.values.amount)} />
			<Field form={form} name="reason" label={t('reason')} required />
			<Save form={form} label={t('payment.refund')} cancel={() => close(false)} />
		</form>
	);
}

/* The dialog says what is left and what will be posted; a refund above what is left is refused.  What is under way is left to nobody. */
function Refund({ payment, close }: RefundProps) {
	const loaded = useCall('GET /payments/{reference}/refunds/preview', { path: { reference: payment.reference } });
	return <Dialog title={t('payment.refund')} close={() => close(false)}><Shown of={loaded}>{({ left }) => <RefundForm payment={payment} left={left} close={close} />}</Shown></Dialog>;
}

export function PaymentPage({ me, parts }: PageProps) {
	const path = { reference: parts.reference! };
	const loaded = useCall('GET /payments/{reference}', { path });
	const refunds = useCall('GET /payments/{reference}/refunds', { path });
	const [refunding, refund] = useState(false);
	const decide = (name: 'POST /payments/{reference}/release' | 'POST /payments/{reference}/refund-held' | 'POST /payments/{reference}/approve' | 'POST /payments/{reference}/decline', label: string, dangerous = false) => (
		<Act kind={dangerous ? 'danger' : undefined} act={async () => {
			const reason = await askReason(t(label), dangerous);
			if (reason === null) return;
			loaded.put(await call(name, { path, body: { reason } }));
			say(t('payment.decided'));
			refunds.again();
		}}>{t(label)}</Act>
	);
	return (
		<Shown of={loaded}>{(payment) => {
			const paid = ['succeeded', 'partially_refunded'].includes(payment.status);
			return (
				<>
					<Heading text={t('payment.title', { reference: payment.reference })} actions={<>
						{payment.hold_reason && can(me, 'payment:refund') && <>{decide('POST /payments/{reference}/release', 'payment.release')}{decide('POST /payments/{reference}/refund-held', 'payment.refund_held', true)}</>}
						{payment.review === 'pending' && can(me, 'risk:manage') && <>{decide('POST /payments/{reference}/approve', 'payment.approve')}{decide('POST /payments/{reference}/decline', 'payment.decline', true)}</>}
						{paid && can(me, 'payment:refund', 'payment:refund_own') && <button type="button" class="quiet" onClick={() => refund(true)}>{t('payment.refund')}</button>}</>}>
						<Status value={payment.status}>{word(payment.status)}</Status>
					</Heading>
					{payment.hold_reason && <p class="note bad"><b>{t('payments.column.hold')}:</b> {payment.hold_reason}</p>}
					<div class="panels">
						<section class="panel"><h2>{t('payment.money')}</h2><Facts of={[[t('payments.column.amount'), money(payment.amount, payment.currency)], [t('payments.column.refunded'), money(payment.refunded, payment.currency)], [t('payment.collected'), money(payment.collected, payment.currency)]]} /></section>
						<section class="panel"><h2>{t('payment.provider')}</h2><Facts of={[[t('payments.column.provider'), word(payment.provider)], [t('payment.transaction'), payment.provider_transaction_id ?? '–'], [t('payment.method'), payment.method ?? '–'], [t('payments.column.created'), time(payment.created_at)],
							...(payment.failure_code ? [[t('payment.failure'), `${word(payment.failure_code)} ${payment.failure_reason ?? ''}`] as [string, string]] : [])]} /></section>
						{payment.risk_score !== null && <section class="panel"><h2>{t('payment.risk')}</h2><Facts of={[[t('payment.score'), number(payment.risk_score)], [t('payment.review'), payment.review ? word(payment.review) : '–']]} />
							{payment.risk_signals && <pre class="code" tabIndex={0}>{indented(payment.risk_signals)}</pre>}</section>}
						{payment.order_id && <section class="panel"><h2>{t('payment.order')}</h2><p><a href={`/console/orders/${payment.order_id}`}>{t('payment.order.open')}</a></p></section>}
					</div>
					<h2>{t('refunds.title')}</h2>
					<Shown of={refunds}>{({ results }) => results.length === 0 ? <p class="empty">{t('refunds.empty')}</p> : <div class="table" tabIndex={0} role="region" aria-label={t('refunds.title')}><table>
						<thead><tr><th scope="col">{t('refunds.column.created')}</th><th scope="col">{t('refunds.column.status')}</th><th scope="col" class="number">{t('refunds.column.amount')}</th><th scope="col">{t('reason')}</th></tr></thead>
						<tbody>{results.map((one) => <tr key={one.id}><td>{time(one.created_at)}</td><td><Status value={one.status}>{word(one.status)}</Status></td><td class="number">{money(one.amount, one.currency)}</td><td>{one.failure_reason ?? one.reason ?? '–'}</td></tr>)}</tbody></table></div>}</Shown>
					{refunding && <Refund payment={payment} close={(done) => { refund(false); if (done) { say(t('payment.refunding')); loaded.again(); refunds.again(); } }} />}
				</>
			);
		}}</Shown>
	);
}

const refunds: ListSpec<'GET /refunds'> = {
	name: 'refunds', call: 'GET /refunds', csv: true, id: (row) => row.id, open: (row) => `/payments/${row.payment_reference}`,
	columns: [
		{ name: 'payment', show: (row) => <span class="fixed">{row.payment_reference}</span> },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'kind', show: (row) => word(row.kind) },
		{ name: 'amount', numeric: true, show: (row) => money(row.amount, row.currency) },
		{ name: 'reason', show: (row) => row.reason ?? '–' },
		{ name: 'created', show: (row) => time(row.created_at) },
		{ name: 'paid', show: (row) => row.kind === 'desk' && row.status === 'pending' ? <Act kind="plain" label={t('refund.paid.of', { reference: row.payment_reference })} act={async () => {
			const reason = await askReason(t('refund.paid'));
			if (reason === null) return;
			await call('POST /refunds/{id}/paid', { path: { id: row.id }, body: { reason } });
			say(t('refund.paid.done'));
		}}>{t('refund.paid')}</Act> : '–' },
	],
	filters: [{ name: 'status', kind: 'choice', choices: ['pending', 'succeeded', 'failed', 'bounced'] }, { name: 'kind', kind: 'choice', choices: ['refund', 'desk', 'not_collected'] }, { name: 'provider', kind: 'text' }],
};
export const Refunds = () => <><Heading text={t('refunds.title')} /><List spec={refunds} /></>;
