// Packing slips of many parcels, a page each when printed.
import { useCall, Heading, Shown } from '../ui';
import { usePlace } from '../route';
import { day, number, t, word } from '../words';

export function Slips() {
	const { query } = usePlace();
	const loaded = useCall('GET /fulfilments/slips', { query: { ids: query.get('ids') ?? '' } });
	return (
		<>
			<Heading text={t('parcels.slips')} actions={<button type="button" onClick={() => print()}>{t('slips.print')}</button>} />
			<Shown of={loaded}>{({ results }) => <div class="slips">{results.map((slip) => (
				<section class="slip panel" key={slip.id} aria-label={slip.order_number}>
					<h2>{slip.order_number}</h2>
					<p>{slip.shop_name} · {day(slip.placed_at)} · {word(slip.shipping_method)}{slip.carrier ? ` · ${slip.carrier} ${slip.tracking ?? ''}` : ''}</p>
					<address><b>{slip.shipping_address.full_name}</b><br />{slip.shipping_address.line1}{slip.shipping_address.line2 && <><br />{slip.shipping_address.line2}</>}<br />{slip.shipping_address.city} {slip.shipping_address.postal_code}<br />{slip.shipping_address.country}<br />{slip.shipping_address.phone}</address>
					<table><thead><tr><th scope="col" class="number">{t('order.quantity')}</th><th scope="col">{t('order.line')}</th><th scope="col">SKU</th></tr></thead>
						<tbody>{slip.lines.map((line) => <tr key={line.sku}><td class="number">{number(line.quantity)}</td><td>{line.name} <small>{Object.values(line.options).join(', ')}</small></td><td><code>{line.sku}</code></td></tr>)}</tbody></table>
				</section>
			))}</div>}</Shown>
		</>
	);
}
