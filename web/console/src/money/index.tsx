// Money: payments, refunds, disputes, subscriptions, payouts, settlements, the ledger, risk and exchange rates.
import { useState } from 'preact/hooks';
import { call, type Answer } from '../api';
import { can, type PageProps, type Pages } from '../areas';
import { Area, Check, Choice, Field, Save, useForm } from '../form';
import { List, type ListSpec } from '../list';
import { Act, Dialog, Facts, Heading, Shown, Status, askWhether, say, useCall } from '../ui';
import { ago, money, number, percent, t, time, word } from '../words';
import { PaymentPage, Payments, Refunds } from './payments';
import { Balances, Entries, Ledger, Payouts, Rates } from './payouts';

const disputes: ListSpec<'GET /disputes'> = {
	name: 'disputes', call: 'GET /disputes', csv: true, id: (row) => row.id, open: (row) => `/disputes/${row.id}`,
	columns: [
		{ name: 'payment', show: (row) => row.payment },
		{ name: 'provider', show: (row) => word(row.provider) },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'amount', numeric: true, show: (row) => money(row.amount, row.currency) },
		{ name: 'reason', show: (row) => word(row.reason) },
		{ name: 'due', show: (row) => row.evidence_due_at ? <time dateTime={row.evidence_due_at} title={time(row.evidence_due_at)}>{ago(row.evidence_due_at)}</time> : '–' },
	],
	filters: [{ name: 'payment', kind: 'text' }, { name: 'status', kind: 'choice', choices: ['open', 'submitted', 'won', 'lost', 'accepted', 'inquiry', 'closed'] }],
};
const Disputes = () => <><Heading text={t('disputes.title')} /><List spec={disputes} /></>;

function EvidenceForm({ dispute, put }: { dispute: Answer<'GET /disputes/{id}'>; put: (dispute: Answer<'GET /disputes/{id}'>) => void }) {
	const form = useForm({ name: `evidence-${dispute.id}`, from: { text: '', fields: '' }, saved: 'dispute.sent', save: async (values) => {
		const fields = String(values.fields).split('\n').map((line) => line.trim()).filter(Boolean).map((line) => { const at = line.indexOf(':'); return { name: line.slice(0, at < 0 ? undefined : at).trim(), value: at < 0 ? '' : line.slice(at + 1).trim() }; });
		put(await call('POST /disputes/{id}/evidence', { path: { id: dispute.id }, body: { ...(values.text === '' ? {} : { text: String(values.text) }), ...(fields.length === 0 ? {} : { fields }) } }));
	} });
	return <form class="panel form" onSubmit={form.submit}><h2>{t('dispute.evidence')}</h2><Area form={form} name="text" label={t('dispute.text')} rows={6} /><Area form={form} name="fields" label={t('dispute.fields')} hint={t('dispute.fields.hint')} /><Save form={form} label={t('dispute.send')} /></form>;
}

function Dispute({ me, parts }: PageProps) {
	const path = { id: parts.id! };
	const loaded = useCall('GET /disputes/{id}', { path });
	const manages = can(me, 'dispute:manage', 'dispute:manage_own');
	return (
		<Shown of={loaded}>{(dispute) => (
			<>
				<Heading text={t('dispute.title')} actions={manages && dispute.status === 'open' && <Act kind="danger" act={async () => {
					if (!await askWhether(t('dispute.accept'), <p>{t('dispute.accept.why')}</p>, t('dispute.accept'), true)) return;
					loaded.put(await call('POST /disputes/{id}/accept', { path }));
				}}>{t('dispute.accept')}</Act>}><Status value={dispute.status}>{word(dispute.status)}</Status></Heading>
				<section class="panel"><Facts of={[[t('disputes.column.payment'), <a href={`/console/payments/${dispute.payment}`}>{dispute.payment}</a>], [t('disputes.column.amount'), money(dispute.amount, dispute.currency)], [t('disputes.column.reason'), word(dispute.reason)],
					[t('dispute.fee'), dispute.fee ? money(dispute.fee, dispute.fee_currency ?? dispute.currency) : '–'], [t('disputes.column.due'), time(dispute.evidence_due_at)], [t('dispute.sent_at'), time(dispute.evidence_sent_at)]]} /></section>
				{manages && (dispute.status === 'open' || dispute.status === 'inquiry') && <EvidenceForm dispute={dispute} put={loaded.put} />}
			</>
		)}</Shown>
	);
}

const subscriptions: ListSpec<'GET /subscriptions'> = {
	name: 'subscriptions', call: 'GET /subscriptions', csv: true, id: (row) => row.id, open: (row) => `/subscriptions/${row.id}`,
	columns: [
		{ name: 'plan', show: (row) => row.plan.name },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'amount', numeric: true, show: (row) => money(row.plan.amount, row.plan.currency) },
		{ name: 'until', show: (row) => time(row.current_period_end) },
		{ name: 'created', show: (row) => time(row.created_at) },
	],
	filters: [{ name: 'status', kind: 'choice', choices: ['trialing', 'active', 'past_due', 'paused', 'cancelled', 'ended'] }],
};
const Subscriptions = () => <><Heading text={t('subscriptions.title')} /><List spec={subscriptions} /></>;

function Subscription({ me, parts }: PageProps) {
	const path = { id: parts.id! };
	const loaded = useCall('GET /subscriptions/{id}', { path });
	return (
		<Shown of={loaded}>{(one) => {
			const live = !['cancelled', 'ended'].includes(one.status);
			return (
				<>
					<Heading text={one.plan.name} actions={can(me, 'subscription:manage', 'subscription:manage_own') && live && <>
						{one.status === 'paused' ? <Act kind="quiet" act={async () => loaded.put(await call('POST /subscriptions/{id}/resume', { path }))}>{t('subscription.resume')}</Act>
							: <Act kind="quiet" act={async () => loaded.put(await call('POST /subscriptions/{id}/pause', { path }))}>{t('subscription.pause')}</Act>}
						<Act kind="danger" act={async () => {
							if (!await askWhether(t('subscription.cancel'), <p>{t('subscription.cancel.why')}</p>, t('subscription.cancel'), true)) return;
							loaded.put(await call('POST /subscriptions/{id}/cancel', { path, body: { at_period_end: true } }));
						}}>{t('subscription.cancel')}</Act></>}><Status value={one.status}>{word(one.status)}</Status></Heading>
					<section class="panel"><Facts of={[[t('subscriptions.column.amount'), money(one.plan.amount, one.plan.currency)], [t('subscription.period'), `${time(one.current_period_start)} – ${time(one.current_period_end)}`],
						[t('subscription.ends'), t(one.cancel_at_period_end ? 'yes' : 'no')], [t('subscriptions.column.created'), time(one.created_at)]]} /></section>
				</>
			);
		}}</Shown>
	);
}

const settlements: ListSpec<'GET /settlements'> = {
	name: 'settlements', call: 'GET /settlements', csv: true, id: (row) => row.id, open: (row) => `/settlements/${row.id}`,
	columns: [
		{ name: 'provider', show: (row) => word(row.provider) },
		{ name: 'file', show: (row) => row.file_name ?? '–' },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'rows', numeric: true, show: (row) => number(row.rows) },
		{ name: 'differences', numeric: true, show: (row) => number(row.differences) },
		{ name: 'created', show: (row) => time(row.created_at) },
	],
	filters: [{ name: 'status', kind: 'choice', choices: ['queued', 'running', 'done', 'failed'] }, { name: 'provider', kind: 'choice', choices: ['stripe', 'paypal', 'razorpay', 'paystack'] }],
};

function Settlements() {
	const [turn, setTurn] = useState(0);
	const send = async (event: SubmitEvent) => {
		event.preventDefault();
		const form = event.currentTarget as HTMLFormElement, given = new FormData(form), body = new FormData();
		body.set('file', given.get('file') as File);
		await call('POST /settlements', { query: { provider: given.get('provider') as 'stripe' }, body }).then(() => { say(t('settlement.sent')); form.reset(); setTurn(turn + 1); }, (problem) => say(problem instanceof Error ? problem.message : String(problem), true));
	};
	return (
		<>
			<Heading text={t('settlements.title')} />
			<form class="filters" onSubmit={send} aria-label={t('settlement.send')}>
				<div class="filter"><label for="provider">{t('settlements.column.provider')}</label><select id="provider" name="provider">{['stripe', 'paypal', 'razorpay', 'paystack'].map((one) => <option key={one} value={one}>{word(one)}</option>)}</select></div>
				<div class="filter"><label for="file">{t('settlement.file')}</label><input id="file" name="file" type="file" accept=".csv,.gz,.zip" required /></div>
				<button type="submit" class="quiet">{t('settlement.send')}</button>
			</form>
			<List key={turn} spec={settlements} />
		</>
	);
}

function Settlement({ parts }: PageProps) {
	const loaded = useCall('GET /settlements/{id}', { path: { id: parts.id! }, query: { limit: 100 } });
	return (
		<Shown of={loaded}>{({ settlement, results }) => (
			<>
				<Heading text={t('settlement.title', { provider: word(settlement.provider) })} actions={<a class="button quiet" download href={`/api/v1/settlements/${settlement.id}?format=csv`}>CSV</a>}><Status value={settlement.status}>{word(settlement.status)}</Status></Heading>
				{settlement.fault && <p class="note bad">{settlement.fault}</p>}
				<section class="panel"><Facts of={[[t('settlements.column.file'), settlement.file_name ?? '–'], [t('settlements.column.rows'), number(settlement.rows)], [t('settlement.matched'), number(settlement.matched)], [t('settlements.column.differences'), number(settlement.differences)],
					...settlement.sums.map((one) => [`${word(one.kind)} (${number(one.rows)})`, money(one.net, one.currency)] as [string, string])]} /></section>
				<h2>{t('settlements.column.differences')}</h2>
				{results.length === 0 ? <p class="empty">{t('settlement.none')}</p> : <div class="table" tabIndex={0} role="region" aria-label={t('settlements.column.differences')}><table>
					<thead><tr><th scope="col" class="number">{t('settlement.row')}</th><th scope="col">{t('settlement.kind')}</th><th scope="col">{t('settlement.payment')}</th><th scope="col" class="number">{t('settlement.theirs')}</th><th scope="col" class="number">{t('settlement.ours')}</th></tr></thead>
					<tbody>{results.map((one) => <tr key={one.id}><td class="number">{one.row === null ? '–' : number(one.row)}</td><td>{word(one.kind)}</td><td>{one.payment ? <a href={`/console/payments/${one.payment}`}>{one.payment}</a> : one.provider_id ?? '–'}</td><td class="number">{one.theirs ?? '–'}</td><td class="number">{one.ours ?? '–'}</td></tr>)}</tbody></table></div>}
			</>
		)}</Shown>
	);
}

type Rule = Answer<'GET /risk/rules'>['results'][number];
const signals: Rule['signal'][] = ['attempts_account', 'orders_account', 'orders_session', 'attempts_address', 'declines_account', 'declines_address', 'young_accounts_network', 'young_accounts_place', 'places_account', 'amount_account', 'amount_shop', 'account_age_hours', 'new_address',
	'country_mismatch', 'disposable_mail', 'hot_quantity', 'dear_quantity', 'disputes_account', 'disputes_place', 'paid_before'];

function RuleForm({ rule, close }: { rule?: Rule; close: (done: boolean) => void }) {
	const form = useForm({ name: `rule-${rule?.id ?? 'new'}`, from: { signal: rule?.signal ?? signals[0]!, bound: String(rule?.bound ?? 1), points: String(rule?.points ?? 10), enabled: rule?.enabled ?? true }, save: async (values) => {
		const body = { signal: values.signal as Rule['signal'], bound: Number(values.bound), points: Number(values.points), enabled: values.enabled === true };
		if (rule) await call('PATCH /risk/rules/{id}', { path: { id: rule.id }, seen: rule, body });
		else await call('POST /risk/rules', { body });
		close(true);
	} });
	return (
		<Dialog title={t(rule ? 'rule.edit' : 'rule.new')} close={() => close(false)}><form onSubmit={form.submit}>
			<Choice form={form} name="signal" label={t('rule.signal')} choices={signals.map((one) => [one, word(one)])} />
			<Field form={form} name="bound" label={t('rule.bound')} inputMode="numeric" required /><Field form={form} name="points" label={t('rule.points')} inputMode="numeric" required />
			<Check form={form} name="enabled" label={t('rule.enabled')} /><Save form={form} cancel={() => close(false)} />
		</form></Dialog>
	);
}

function Risk() {
	const loaded = useCall('GET /risk/rules');
	const [editing, edit] = useState<Rule | 'new'>();
	return (
		<>
			<Heading text={t('risk.title')} actions={<><a class="button quiet" href="/console/payments?risk=review">{t('risk.queue')}</a><button type="button" onClick={() => edit('new')}>{t('rule.new')}</button></>} />
			<Shown of={loaded}>{({ results, learned }) => (
				<>
					<div class="table" tabIndex={0} role="region" aria-label={t('risk.title')}><table>
						<thead><tr><th scope="col">{t('rule.signal')}</th><th scope="col" class="number">{t('rule.bound')}</th><th scope="col" class="number">{t('rule.points')}</th><th scope="col" class="number">{t('rule.learned')}</th><th scope="col">{t('rule.enabled')}</th><th scope="col">{t('rule.change')}</th></tr></thead>
						<tbody>{results.map((one) => <tr key={one.id}><td>{word(one.signal)}{one.meaning && <><br /><small>{one.meaning}</small></>}</td><td class="number">{number(one.bound)}</td><td class="number">{number(one.points)}</td><td class="number">{one.learned_points === null ? '–' : number(one.learned_points)}</td>
							<td>{t(one.enabled ? 'yes' : 'no')}</td><td><div class="actions"><button type="button" class="plain" aria-label={t('rule.edit.of', { signal: word(one.signal) })} onClick={() => edit(one)}>{t('rule.edit')}</button>
								<Act kind="plain" label={t('rule.delete.of', { signal: word(one.signal) })} act={async () => { if (await askWhether(t('rule.delete'), <p>{word(one.signal)}</p>, t('rule.delete'), true)) { await call('DELETE /risk/rules/{id}', { path: { id: one.id }, seen: one }); loaded.again(); } }}>{t('rule.delete')}</Act></div></td></tr>)}</tbody></table></div>
					{learned && <section class="panel form"><h2>{t('risk.shadow')}</h2><p>{t('risk.shadow.why', { n: learned.payments, frauds: learned.frauds })}</p>
						<Facts of={[[t('risk.live'), shares(learned.live_precision, learned.live_recall)], [t('risk.learned'), shares(learned.learned_precision, learned.learned_recall)]]} />
						<div class="actions end"><Act kind="quiet" act={async () => { if (await askWhether(t('risk.take'), <p>{t('risk.take.why')}</p>, t('risk.take'))) loaded.put(await call('POST /risk/rules/learned')); }}>{t('risk.take')}</Act></div></section>}
				</>
			)}</Shown>
			{editing && <RuleForm rule={editing === 'new' ? undefined : editing} close={(done) => { edit(undefined); if (done) { say(t('saved')); loaded.again(); } }} />}
		</>
	);
}
const shares = (precision: number | null, recall: number | null) => precision === null || recall === null ? '–' : t('risk.shares', { precision: percent(precision), recall: percent(recall) });

export const pages: Pages = {
	'/payments': Payments, '/payments/:reference': PaymentPage, '/refunds': Refunds, '/disputes': Disputes, '/disputes/:id': Dispute, '/subscriptions': Subscriptions, '/subscriptions/:id': Subscription, '/payouts': Payouts, '/balances/:id': Balances,
	'/settlements': Settlements, '/settlements/:id': Settlement, '/ledger': Ledger, '/ledger/:id': Entries, '/risk': Risk, '/rates': Rates,
};
