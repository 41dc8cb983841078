// When people buy: the hours of a week, Sunday first, in five steps of the busiest hour.
import { money, number, t, tenth } from '../words';

interface Cell { day: number; hour: number; orders: number; revenue: string }

/* The fifth of the maximum that the value lies in, 1 to 5; 0 where nothing was sold. */
function stepOf(value: number, most: number): number {
	if (value <= 0) return 0;
	return 1 + [0.2, 0.4, 0.6, 0.8].filter((bound) => value > bound * most).length;
}
/* In thousands, a dash for nothing. */
const inThousands = (value: number) => value <= 0 ? '–' : tenth(value / 1000);

export function Heatmap({ cells, currency }: { cells: Cell[]; currency: string }) {
	const most = Math.max(0, ...cells.map((one) => Number(one.revenue)));
	const at = new Map(cells.map((one) => [one.day * 24 + one.hour, one]));
	const hours = Array.from({ length: 24 }, (_, i) => i), days = Array.from({ length: 7 }, (_, i) => i);
	return (
		<figure class="chart">
			<figcaption><b>{t('report.title.heatmap')}</b> <span>{t('heatmap.summary', { most: money(String(most), currency) })}</span></figcaption>
			<div class="table heatmap" tabIndex={0} role="region" aria-label={t('report.title.heatmap')}>
				<table>
					<thead><tr><td />{hours.map((hour) => <th key={hour} scope="col">{number(hour)}</th>)}</tr></thead>
					<tbody>{days.map((one) => (
						<tr key={one}><th scope="row">{t(`weekday.${one}`)}</th>{hours.map((hour) => {
							const cell = at.get(one * 24 + hour), value = Number(cell?.revenue ?? 0);
							return <td key={hour} class={`heat h${stepOf(value, most)}`} title={t('heatmap.cell', { amount: money(cell?.revenue ?? '0', currency), n: cell?.orders ?? 0 })}>{inThousands(value)}</td>;
						})}</tr>
					))}</tbody>
				</table>
			</div>
			<p class="legend-row" aria-hidden="true">{[1, 2, 3, 4, 5].map((step) => <span key={step} class={`heat h${step}`}>≤ {number(step * 20)} %</span>)}</p>
		</figure>
	);
}
