// One return: what the customer wants to give back, whether it may, and what of it came.
import { useState } from 'preact/hooks';
import { call, type Answer } from '../api';
import { can, type PageProps } from '../areas';
import { Check, Field, Save, useForm } from '../form';
import { Act, Dialog, Facts, Heading, Shown, Status, askReason, say, useCall } from '../ui';
import { money, number, t, time, word } from '../words';

type Return = Answer<'GET /returns/{id}'>;

function Receive({ of, close }: { of: Return; close: (now: Return | null) => void }) {
	const form = useForm({ name: `receive-${of.id}`, from: Object.fromEntries(of.lines.flatMap((line) => [[`quantity.${line.line_id}`, String(line.quantity)], [`restock.${line.line_id}`, true]])), save: async (values) =>
		close(await call('POST /returns/{id}/receive', { path: { id: of.id }, body: { lines: of.lines.map((line) => ({ line_id: line.line_id, quantity: Number(values[`quantity.${line.line_id}`]), restock: values[`restock.${line.line_id}`] === true })) } })) });
	return (
		<Dialog wide title={t('return.receive')} close={() => close(null)}><form onSubmit={form.submit}>
			<p>{t('return.receive.why')}</p>
			{of.lines.map((line) => <fieldset key={line.line_id}><legend>{line.name} ({number(line.quantity)})</legend>
				<Field form={form} name={`quantity.${line.line_id}`} label={t('return.accepted')} inputMode="numeric" required /><Check form={form} name={`restock.${line.line_id}`} label={t('return.restock')} /></fieldset>)}
			<Save form={form} label={t('return.receive')} cancel={() => close(null)} />
		</form></Dialog>
	);
}

export function ReturnPage({ me, parts }: PageProps) {
	const path = { id: parts.id! };
	const loaded = useCall('GET /returns/{id}', { path });
	const [receiving, receive] = useState(false);
	return (
		<Shown of={loaded}>{(one) => (
			<>
				<Heading text={t('return.title')} actions={<>
					{one.status === 'requested' && can(me, 'return:manage', 'return:manage_own') && <>
						<Act act={async () => { loaded.put(await call('POST /returns/{id}/approve', { path })); say(t('return.approved')); }}>{t('return.approve')}</Act>
						<Act kind="danger" act={async () => {
							const reason = await askReason(t('return.reject'), true);
							if (reason === null) return;
							loaded.put(await call('POST /returns/{id}/reject', { path, body: { reason } }));
							say(t('return.rejected'));
						}}>{t('return.reject')}</Act></>}
					{one.status === 'approved' && can(me, 'order:fulfil', 'order:fulfil_own') && <button type="button" onClick={() => receive(true)}>{t('return.receive')}</button>}</>}>
					<Status value={one.status}>{word(one.status)}</Status>
				</Heading>
				<div class="table" tabIndex={0} role="region" aria-label={t('return.lines')}><table>
					<thead><tr><th scope="col">{t('order.line')}</th><th scope="col" class="number">{t('order.quantity')}</th><th scope="col">{t('reason')}</th><th scope="col" class="number">{t('return.accepted')}</th></tr></thead>
					<tbody>{one.lines.map((line) => <tr key={line.line_id}><td>{line.name}<br /><small>{line.sku}</small></td><td class="number">{number(line.quantity)}</td><td>{line.reason ?? '–'}</td><td class="number">{line.accepted === null ? '–' : number(line.accepted)}</td></tr>)}</tbody>
				</table></div>
				<section class="panel"><Facts of={[[t('returns.column.amount'), money(one.amount, one.currency)], [t('return.refund'), one.refund ? word(one.refund.status) : '–'], [t('returns.column.created'), time(one.created_at)],
					...(one.expires_at ? [[t('return.expires'), time(one.expires_at)] as [string, string]] : []), ...(one.reason ? [[t('reason'), one.reason] as [string, string]] : []),
					[t('return.order'), <a href={`/console/orders/${one.order_id}`}>{t('return.order.open')}</a>]]} /></section>
				{receiving && <Receive of={one} close={(now) => { receive(false); if (now) { loaded.put(now); say(t('return.received')); } }} />}
			</>
		)}</Shown>
	);
}
