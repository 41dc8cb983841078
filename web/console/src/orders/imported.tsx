// Closed orders of a former system: to be looked at, and nothing else.
import { type ComponentChildren } from 'preact';
import { type PageProps } from '../areas';
import { List, type ListSpec } from '../list';
import { Facts, Heading, Shown, Status, useCall } from '../ui';
import { money, number, t, time, word } from '../words';

const imported: ListSpec<'GET /imported-orders'> = {
	name: 'imported', call: 'GET /imported-orders', csv: true, id: (row) => row.id, open: (row) => `/imported-orders/${row.id}`,
	columns: [
		{ name: 'number', show: (row) => row.number },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'items', numeric: true, show: (row) => number(row.item_count) },
		{ name: 'total', numeric: true, show: (row) => money(row.total, row.currency) },
		{ name: 'placed', show: (row) => time(row.placed_at) },
	],
	filters: [{ name: 'status', kind: 'choice', choices: ['completed', 'cancelled', 'refunded'] }, { name: 'customer', kind: 'text' }],
};

export const ImportedOrders = () => <><Heading text={t('imported.title')} /><p class="hint">{t('imported.why')}</p><List spec={imported} /></>;

export function ImportedOrder({ parts }: PageProps) {
	const loaded = useCall('GET /imported-orders/{id}', { path: { id: parts.id! } });
	return (
		<Shown of={loaded}>{(order) => {
			const sum = (amount: string | null) => amount === null ? '–' : money(amount, order.currency);
			return (
				<>
					<Heading text={order.number}><Status value={order.status}>{word(order.status)}</Status></Heading>
					<p class="hint">{t('imported.why')}</p>
					<section class="panel"><Facts of={[[t('imported.column.placed'), time(order.placed_at)], [t('imported.column.items'), number(order.item_count)], [t('imported.discount'), sum(order.discount)], [t('imported.shipping'), sum(order.shipping)],
						[t('imported.tax'), sum(order.tax)], [t('imported.column.total'), sum(order.total)], [t('imported.refunded'), sum(order.refunded)],
						...(order.customer_id ? [[t('imported.filter.customer'), <a href={`/console/users/${order.customer_id}`}>{order.customer_id}</a>] as [string, ComponentChildren]] : [])]} /></section>
					<h2>{t('imported.lines')}</h2>
					<div class="table" tabIndex={0} role="region" aria-label={t('imported.lines')}><table>
						<thead><tr><th scope="col">{t('imported.line')}</th><th scope="col" class="number">{t('imported.quantity')}</th><th scope="col" class="number">{t('imported.price')}</th><th scope="col" class="number">{t('imported.column.total')}</th></tr></thead>
						<tbody>{order.lines.map((line, i) => <tr key={i}><td>{line.name}{line.sku && <><br /><small>{line.sku}</small></>}</td><td class="number">{number(line.quantity)}</td><td class="number">{sum(line.unit_price)}</td><td class="number">{sum(line.total)}</td></tr>)}</tbody>
					</table></div>
					{order.payments.length > 0 && <><h2>{t('imported.payments')}</h2>
						<div class="table" tabIndex={0} role="region" aria-label={t('imported.payments')}><table>
							<thead><tr><th scope="col">{t('imported.column.number')}</th><th scope="col">{t('imported.provider')}</th><th scope="col">{t('imported.column.status')}</th><th scope="col" class="number">{t('imported.amount')}</th><th scope="col">{t('imported.paid')}</th></tr></thead>
							<tbody>{order.payments.map((one) => <tr key={one.number}><td>{one.number}</td><td>{one.provider}{one.method && `, ${one.method}`}</td><td><Status value={one.status}>{word(one.status)}</Status></td><td class="number">{sum(one.amount)}</td><td>{time(one.paid_at)}</td></tr>)}</tbody>
						</table></div></>}
				</>
			);
		}}</Shown>
	);
}
