// Orders: the list, what is to be packed and sent, what comes back.
import { useState } from 'preact/hooks';
import { call } from '../api';
import { can, type Me, type PageProps, type Pages } from '../areas';
import { runBulk } from '../bulk';
import { List, countOf, subjects, type ListSpec } from '../list';
import { go } from '../route';
import { Heading, Status, useCall } from '../ui';
import { money, number, t, time, word } from '../words';
import { ImportedOrder, ImportedOrders } from './imported';
import { Order } from './order';
import { ReturnPage } from './return';
import { Slips } from './slips';
import { shipTracked } from './tracking';

const statuses = ['pending', 'confirmed', 'paid', 'processing', 'shipped', 'delivered', 'completed', 'cancelled', 'expired', 'refunded'] as const;
const paymentStatuses = ['pending', 'paid', 'failed', 'partially_refunded', 'refunded'] as const;

const orders: ListSpec<'GET /orders'> = {
	name: 'orders', call: 'GET /orders', csv: true, id: (row) => row.id, open: (row) => `/orders/${row.number}`,
	columns: [
		{ name: 'number', show: (row) => <span class="fixed">{row.number}</span> },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'payment', show: (row) => <Status value={row.payment_status}>{word(row.payment_status)}</Status> },
		{ name: 'items', numeric: true, show: (row) => number(row.item_count) },
		{ name: 'total', numeric: true, show: (row) => money(row.total, row.currency) },
		{ name: 'created', show: (row) => time(row.created_at) },
	],
	filters: [
		{ name: 'search', kind: 'text' },
		{ name: 'status', kind: 'choice', choices: statuses },
		{ name: 'payment_status', kind: 'choice', choices: paymentStatuses },
		{ name: 'from', kind: 'date' },
		{ name: 'to', kind: 'date' },
		{ name: 'customer', kind: 'text' },
	],
};

const parcels = (me: Me): ListSpec<'GET /fulfilments'> => ({
	name: 'parcels', call: 'GET /fulfilments', csv: true, id: (row) => row.id, open: (row) => `/orders/${row.order_number}`,
	columns: [
		{ name: 'number', show: (row) => <span class="fixed">{row.order_number}</span> },
		{ name: 'shop', show: (row) => row.shop_name },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'items', numeric: true, show: (row) => number(row.item_count) },
		{ name: 'total', numeric: true, show: (row) => money(row.total, row.currency) },
		{ name: 'tracking', show: (row) => row.carrier ? `${row.carrier} ${row.tracking ?? ''}` : '–' },
		{ name: 'created', order: 'created_at', show: (row) => time(row.created_at) },
	],
	filters: [{ name: 'order', kind: 'text' }, { name: 'status', kind: 'choice', choices: ['pending', 'packed', 'shipped', 'delivered', 'cancelled', 'returned'] }],
	order: { name: 'ordering', choices: ['-created_at', 'created_at'] },
	bulk: [
		{ name: 'pack', label: 'parcels.pack', all: 'pack', may: can(me, 'order:fulfil', 'order:fulfil_own'), act: (chosen) => runBulk({ action: 'pack', ...subjects(chosen) }) },
		{ name: 'slips', label: 'parcels.slips', may: can(me, 'order:fulfil', 'order:fulfil_own'), act: async ({ ids }) => { go(`/console/fulfilments/slips?ids=${ids.slice(0, 100).join(',')}`); } },
		{ name: 'ship', label: 'parcels.ship', all: 'ship', may: can(me, 'order:fulfil', 'order:fulfil_own'), act: (chosen) => runBulk({ action: 'ship', ...subjects(chosen) },
			{ title: t('parcels.ship'), text: t('parcels.ship.n', { n: countOf(chosen) }), parameters: [{ name: 'carrier', label: 'parcel.carrier' }] }) },
		{ name: 'track', label: 'tracking.act', may: can(me, 'order:fulfil', 'order:fulfil_own'), act: ({ rows }) => shipTracked(rows.slice(0, 100)) },
	],
});

/* A scanner types the number of an order and Enter: what is next to do with its parcel is done, and the field waits for the next. */
function Scanner({ done }: { done: () => void }) {
	const [said, say_] = useState('');
	const scan = async (event: SubmitEvent) => {
		event.preventDefault();
		const form = event.currentTarget as HTMLFormElement, given = new FormData(form);
		const text = String(given.get('scanned')).trim(), carrier = String(given.get('carrier')).trim();
		if (text === '') return;
		try {
			const { results } = await call('GET /orders/{id}/fulfilments', { path: { id: text } });
			const open = results.filter((one) => one.status === 'pending' || one.status === 'packed');
			if (open.length !== 1) { say_(t(open.length === 0 ? 'scan.none' : 'scan.several', { number: text })); return; }
			const parcel = open[0]!;
			if (parcel.status === 'pending') await call('POST /fulfilments/{id}/pack', { path: { id: parcel.id } });
			else if (carrier === '') { say_(t('scan.carrier', { number: text })); return; }
			else await call('POST /fulfilments/{id}/ship', { path: { id: parcel.id }, body: { carrier } });
			say_(t(parcel.status === 'pending' ? 'scan.packed' : 'scan.shipped', { number: text }));
			done();
		} catch (problem) { say_(t('scan.failed', { number: text, why: problem instanceof Error ? problem.message : '' })); } finally {
			const field = form.elements.namedItem('scanned') as HTMLInputElement;
			field.value = '';
			field.focus();
		}
	};
	return (
		<form class="filters scanner" onSubmit={scan}>
			<div class="filter"><label for="scanned">{t('scan.label')}</label><input id="scanned" name="scanned" autocomplete="off" /></div>
			<div class="filter"><label for="carrier">{t('parcel.carrier')}</label><input id="carrier" name="carrier" autocomplete="off" /></div>
			<button type="submit" class="quiet">{t('scan.act')}</button>
			<p role="status" class="scan-said">{said}</p>
		</form>
	);
}

function Parcels({ me }: PageProps) {
	const [turn, setTurn] = useState(0);
	return <><Heading text={t('parcels.title')} />{can(me, 'order:fulfil', 'order:fulfil_own') && <Scanner done={() => setTurn((one) => one + 1)} />}<List key={turn} spec={parcels(me)} /></>;
}

const returns: ListSpec<'GET /returns'> = {
	name: 'returns', call: 'GET /returns', csv: true, id: (row) => row.id, open: (row) => `/returns/${row.id}`,
	columns: [
		{ name: 'what', show: (row) => row.lines.map((line) => line.name).join(', ') },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'pieces', numeric: true, show: (row) => number(row.lines.reduce((sum, line) => sum + line.quantity, 0)) },
		{ name: 'amount', numeric: true, show: (row) => money(row.amount, row.currency) },
		{ name: 'created', show: (row) => time(row.created_at) },
	],
	filters: [{ name: 'status', kind: 'choice', choices: ['requested', 'approved', 'rejected', 'cancelled', 'received', 'refunded', 'expired'] }],
};

const invoices = (me: Me): ListSpec<'GET /invoices'> => ({
	name: 'invoices', call: 'GET /invoices', csv: true, id: (row) => row.id,
	columns: [
		{ name: 'number', show: (row) => <span class="fixed">{row.number}</span> },
		{ name: 'kind', show: (row) => word(row.kind) },
		{ name: 'order', show: (row) => can(me, 'order:read_all', 'order:read_own') ? <a class="fixed" href={`/console/orders/${row.order_number}`}>{row.order_number}</a> : row.order_number },
		{ name: 'total', numeric: true, show: (row) => money(row.total, row.currency) },
		{ name: 'issued', show: (row) => time(row.issued_at) },
		{ name: 'file', show: (row) => row.kind === 'invoice' ? <a href={`/api/v1/orders/${row.order_id}/invoice.pdf`} aria-label={`PDF, ${row.number}`}>PDF</a> : '–' },
	],
	filters: [{ name: 'kind', kind: 'choice', choices: ['invoice', 'credit_note'] }],
});

const Invoices = ({ me }: PageProps) => <><Heading text={t('invoices.title')} /><List spec={invoices(me)} /></>;

/* Where orders of a former system were imported, a way to them. */
function Orders() {
	const imported = useCall('GET /imported-orders', { query: { limit: 1 } });
	return <><Heading text={t('orders.title')} actions={(imported.data?.results.length ?? 0) > 0 && <a class="button quiet" href="/console/imported-orders">{t('imported.title')}</a>} /><List spec={orders} /></>;
}
const Returns = () => <><Heading text={t('returns.title')} /><List spec={returns} /></>;

export const pages: Pages = { '/orders': Orders, '/orders/:id': Order, '/imported-orders': ImportedOrders, '/imported-orders/:id': ImportedOrder, '/fulfilments': Parcels, '/fulfilments/slips': Slips, '/returns': Returns, '/returns/:id': ReturnPage, '/invoices': Invoices };
