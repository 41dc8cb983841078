// One order: what was bought, its parcels and what is next to do with each, what was paid, and all that has happened.
import { useState } from 'preact/hooks';
import { call, type Answer, type Row } from '../api';
import { can, type Me, type PageProps } from '../areas';
import { Check, Choice, Field, Save, useForm } from '../form';
import { Act, Dialog, Facts, Heading, Shown, Status, askReason, say, useCall } from '../ui';
import { country, money, number, t, time, word } from '../words';

type OrderAnswer = Answer<'GET /orders/{id}'>;
type Parcel = Row<'GET /orders/{id}/fulfilments'>;

function Ship({ parcel, close }: { parcel: Parcel; close: (shipped: boolean) => void }) {
	const form = useForm({ name: `ship-${parcel.id}`, from: { carrier: parcel.carrier ?? '', tracking: parcel.tracking ?? '' }, save: async (values) => {
		await call('POST /fulfilments/{id}/ship', { path: { id: parcel.id }, body: { carrier: String(values.carrier), tracking: String(values.tracking) || null } });
		close(true);
	} });
	return <Dialog title={t('parcel.ship')} close={() => close(false)}><form onSubmit={form.submit}><Field form={form} name="carrier" label={t('parcel.carrier')} required /><Field form={form} name="tracking" label={t('parcel.tracking')} /><Save form={form} label={t('parcel.ship')} cancel={() => close(false)} /></form></Dialog>;
}

/* The parcel has come back: which lines go on the shelf again. */
function Back({ parcel, close }: { parcel: Parcel; close: (done: boolean) => void }) {
	const form = useForm({ name: `back-${parcel.id}`, from: { reason: '', ...Object.fromEntries(parcel.lines.map((line) => [line.line_id, true])) }, save: async (values) => {
		await call('POST /fulfilments/{id}/return', { path: { id: parcel.id }, body: { reason: String(values.reason), lines: parcel.lines.map((line) => ({ line_id: line.line_id, restock: values[line.line_id] === true })) } });
		close(true);
	} });
	return (
		<Dialog title={t('parcel.back')} close={() => close(false)}><form onSubmit={form.submit}>
			<fieldset><legend>{t('parcel.restock')}</legend>{parcel.lines.map((line) => <Check key={line.line_id} form={form} name={line.line_id} label={`${number(line.quantity)} × ${line.name}`} />)}</fieldset>
			<Field form={form} name="reason" label={t('reason')} required /><Save form={form} label={t('parcel.back')} cancel={() => close(false)} />
		</form></Dialog>
	);
}

function ParcelPanel({ me, parcel, changed }: { me: Me; parcel: Parcel; changed: () => void }) {
	const [shipping, ship] = useState(false);
	const [returning, back] = useState(false);
	const path = { id: parcel.id }, fulfils = can(me, 'order:fulfil') || (can(me, 'order:fulfil_own') && parcel.merchant.id === me.merchant?.id);
	const step = (name: 'POST /fulfilments/{id}/pack' | 'POST /fulfilments/{id}/unpack' | 'POST /fulfilments/{id}/deliver', message: string) => async () => { await call(name, { path }); say(t(message)); changed(); };
	return (
		<section class="panel"><h3>{parcel.merchant.shop_name} <Status value={parcel.status}>{word(parcel.status)}</Status></h3>
			<ul class="lines">{parcel.lines.map((line) => <li key={line.line_id}>{number(line.quantity)} × {line.name} <small>{line.sku}</small></li>)}</ul>
			{parcel.carrier && <p>{parcel.carrier} {parcel.tracking}</p>}
			{parcel.reason && <p class="hint">{parcel.reason}</p>}
			{fulfils && <div class="actions">
				{parcel.status === 'pending' && <Act act={step('POST /fulfilments/{id}/pack', 'parcel.packed')}>{t('parcel.pack')}</Act>}
				{parcel.status === 'packed' && <button type="button" onClick={() => ship(true)}>{t('parcel.ship')}</button>}
				{(parcel.status === 'pending' || parcel.status === 'packed') && <a class="button quiet" href={`/console/fulfilments/slips?ids=${parcel.id}`}>{t('parcel.slip')}</a>}
				{parcel.status === 'packed' && <Act kind="quiet" act={step('POST /fulfilments/{id}/unpack', 'parcel.unpacked')}>{t('parcel.unpack')}</Act>}
				{parcel.status === 'shipped' && <><Act act={step('POST /fulfilments/{id}/deliver', 'parcel.delivered')}>{t('parcel.deliver')}</Act>
					<button type="button" class="quiet" onClick={() => ship(true)}>{t('parcel.correct')}</button><button type="button" class="quiet" onClick={() => back(true)}>{t('parcel.back')}</button></>}
				{(parcel.status === 'pending' || parcel.status === 'packed') && <Act kind="danger" act={async () => {
					const reason = await askReason(t('parcel.cancel'), true);
					if (reason === null) return;
					await call('POST /fulfilments/{id}/cancel', { path, body: { reason } });
					say(t('parcel.cancelled'));
					changed();
				}}>{t('parcel.cancel')}</Act>}
			</div>}
			{shipping && <Ship parcel={parcel} close={(done) => { ship(false); if (done) { say(t('parcel.shipped')); changed(); } }} />}
			{returning && <Back parcel={parcel} close={(done) => { back(false); if (done) { say(t('parcel.returned')); changed(); } }} />}
		</section>
	);
}

function Lines({ order }: { order: OrderAnswer }) {
	return (
		<div class="table" tabIndex={0} role="region" aria-label={t('order.lines')}><table>
			<caption class="unseen">{t('order.lines')}</caption>
			<thead><tr><th scope="col">{t('order.line')}</th><th scope="col" class="number">{t('order.quantity')}</th><th scope="col" class="number">{t('order.price')}</th><th scope="col" class="number">{t('order.total')}</th></tr></thead>
			<tbody>{order.items.map((line) => <tr key={line.id}><td>{line.name}<br /><small>{line.sku} {Object.values(line.options).join(', ')}</small></td><td class="number">{number(line.quantity)}</td>
				<td class="number">{money(line.unit_price, order.currency)}</td><td class="number">{money(line.total, order.currency)}</td></tr>)}</tbody>
		</table></div>
	);
}

/* A customer asks by phone: staff ask for the return in their place. */
function AskReturn({ order, close }: { order: OrderAnswer; close: (done: boolean) => void }) {
	const form = useForm({ name: `return-${order.id}`, from: { line: order.items[0]?.id ?? '', quantity: '1', reason: '' }, save: async (values) => {
		await call('POST /orders/{id}/returns', { path: { id: order.id }, body: { lines: [{ line_id: String(values.line), quantity: Number(values.quantity), reason: String(values.reason) }] } });
		close(true);
	} });
	return (
		<Dialog title={t('order.return')} close={() => close(false)}><form onSubmit={form.submit}>
			<Choice form={form} name="line" label={t('order.line')} choices={order.items.map((line) => [line.id, line.name])} />
			<Field form={form} name="quantity" label={t('order.quantity')} inputMode="numeric" required /><Field form={form} name="reason" label={t('reason')} required /><Save form={form} label={t('order.return')} cancel={() => close(false)} />
		</form></Dialog>
	);
}

export function Order({ me, parts }: PageProps) {
	const path = { id: parts.id! };
	const loaded = useCall('GET /orders/{id}', { path });
	const parcels = useCall('GET /orders/{id}/fulfilments', { path });
	const payments = useCall('GET /orders/{id}/payments', { path }, !can(me, 'payment:read_all', 'payment:read_own'));
	const [asking, ask] = useState(false);
	const changed = () => { loaded.again(); parcels.again(); payments.again(); };
	return (
		<Shown of={loaded}>{(order) => (
			<>
				<Heading text={t('order.title', { number: order.number })} actions={<>
					<a class="button quiet" href={`/api/v1/orders/${order.id}/invoice`} target="_blank" rel="noopener">{t('order.invoice')}</a>
					<a class="button quiet" href={`/api/v1/orders/${order.id}/invoice.pdf`}>PDF</a>
					{can(me, 'order:fulfil') && (order.status === 'delivered' || order.status === 'completed') && <button type="button" class="quiet" onClick={() => ask(true)}>{t('order.return')}</button>}
					{can(me, 'order:fulfil') && ['pending', 'confirmed', 'paid', 'processing'].includes(order.status) && <Act kind="danger" act={async () => {
						const reason = await askReason(t('order.cancel'), true);
						if (reason === null) return;
						await call('POST /orders/{id}/cancel', { path, body: { reason } });
						say(t('order.cancelled'));
						changed();
					}}>{t('order.cancel')}</Act>}</>}>
					<Status value={order.status}>{word(order.status)}</Status><Status value={order.payment_status}>{word(order.payment_status)}</Status>
				</Heading>
				<Lines order={order} />
				{(parcels.data?.results.length ?? 0) > 0 && <><h2>{t('order.parcels')}</h2>
					<div class="panels">{parcels.data!.results.map((one) => <ParcelPanel key={one.id} me={me} parcel={one} changed={changed} />)}</div></>}
				<div class="panels">
					<section class="panel"><h2>{t('order.sum')}</h2>
						<Facts of={[[t('order.subtotal'), money(order.subtotal, order.currency)], [t('order.discount'), money(order.discount, order.currency)], [t('order.shipping'), money(order.shipping, order.currency)],
							[t('order.tax'), money(order.tax, order.currency)], [t('order.total'), <b>{money(order.total, order.currency)}</b>], ...(order.refunded !== null ? [[t('order.refunded'), money(order.refunded, order.currency)] as [string, string]] : [])]} />
					</section>
					<section class="panel"><h2>{t('order.to')}</h2>
						<address>{order.shipping_address.full_name}<br />{order.shipping_address.line1}<br />{order.shipping_address.city} {order.shipping_address.postal_code}<br />{country(order.shipping_address.country)}<br />{order.shipping_address.phone}</address>
						<Facts of={[[t('order.method'), word(order.shipping_method)], ...(can(me, 'user:read') ? [[t('order.customer'), <a href={`/console/users/${order.customer_id}`}>{t('order.account')}</a>] as [string, preact.ComponentChild]] : [])]} />
					</section>
					{payments.data && <section class="panel"><h2>{t('order.payments')}</h2>{payments.data.results.length === 0 ? <p>{t('order.unpaid')}</p>
						: <Facts of={payments.data.results.map((one) => [<a href={`/console/payments/${one.reference}`}>{word(one.provider)} {one.reference}</a>, <><Status value={one.status}>{word(one.status)}</Status> {money(one.amount, one.currency)}</>])} />}</section>}
					{order.timeline.length > 0 && <section class="panel"><h2>{t('order.history')}</h2>
						<Facts of={order.timeline.map((one) => [time(one.created_at), word(one.type)])} />
					</section>}
				</div>
				{asking && <AskReturn order={order} close={(done) => { ask(false); if (done) { say(t('order.return.asked')); changed(); } }} />}
			</>
		)}</Shown>
	);
}
