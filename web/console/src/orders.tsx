// Orders: the list, and one with all that belongs to it.
import type { PageProps, Pages } from './areas';
import { List, type ListSpec } from './list';
import { Facts, Heading, Shown, Status, useCall } from './ui';
import { money, number, t, time, word } from './words';

const statuses = ['pending', 'confirmed', 'paid', 'processing', 'shipped', 'delivered', 'completed', 'cancelled', 'expired', 'refunded'] as const;
const paymentStatuses = ['pending', 'paid', 'failed', 'partially_refunded', 'refunded'] as const;

const orders: ListSpec<'GET /orders'> = {
	name: 'orders',
	call: 'GET /orders',
	id: (row) => row.id,
	open: (row) => `/orders/${row.number}`,
	columns: [
		{ name: 'number', show: (row) => row.number },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'payment', show: (row) => <Status value={row.payment_status}>{word(row.payment_status)}</Status> },
		{ name: 'items', numeric: true, show: (row) => number(row.item_count) },
		{ name: 'total', numeric: true, show: (row) => money(row.total, row.currency) },
		{ name: 'created', show: (row) => time(row.created_at) },
	],
	filters: [
		{ name: 'status', kind: 'choice', choices: statuses },
		{ name: 'payment_status', kind: 'choice', choices: paymentStatuses },
		{ name: 'from', kind: 'date' },
		{ name: 'to', kind: 'date' },
	],
};

function Orders() {
	return <><Heading text={t('orders.title')} /><List spec={orders} /></>;
}

function Order({ parts }: PageProps) {
	const loaded = useCall('GET /orders/{id}', { path: { id: parts.id! } });
	return (
		<Shown of={loaded}>{(order) => (
			<>
				<Heading text={t('order.title', { number: order.number })}>
					<Status value={order.status}>{word(order.status)}</Status><Status value={order.payment_status}>{word(order.payment_status)}</Status>
				</Heading>
				<div class="table"><table>
					<caption class="unseen">{t('order.lines')}</caption>
					<thead><tr><th scope="col">{t('order.line')}</th><th scope="col" class="number">{t('order.quantity')}</th><th scope="col" class="number">{t('order.price')}</th></tr></thead>
					<tbody>{order.items.map((line) => <tr key={line.id}><td>{line.name}<br /><small>{line.sku}</small></td><td class="number">{line.quantity}</td><td class="number">{money(line.unit_price, order.currency)}</td></tr>)}</tbody>
				</table></div>
				<div class="panels">
					<section class="panel"><h2>{t('order.sum')}</h2>
						<Facts of={[[t('order.subtotal'), money(order.subtotal, order.currency)], [t('order.discount'), money(order.discount, order.currency)], [t('order.shipping'), money(order.shipping, order.currency)],
							[t('order.tax'), money(order.tax, order.currency)], [t('order.total'), <b>{money(order.total, order.currency)}</b>]]} />
					</section>
					<section class="panel"><h2>{t('order.to')}</h2>
						<address>{order.shipping_address.full_name}<br />{order.shipping_address.line1}<br />{order.shipping_address.city} {order.shipping_address.postal_code}<br />{order.shipping_address.country}</address>
						<Facts of={[[t('order.method'), word(order.shipping_method)]]} />
					</section>
					<section class="panel"><h2>{t('order.history')}</h2>
						<Facts of={order.timeline.map((one) => [time(one.created_at), word(one.type)])} />
					</section>
				</div>
			</>
		)}</Shown>
	);
}

export const pages: Pages = { '/orders': Orders, '/orders/:id': Order };
