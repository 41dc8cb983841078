// Charts in SVG of our own.  Each is a figure with a sentence that says what it shows, read point by point with the arrow keys, and beside it stand the
// same numbers as a table: what a chart draws is only where something lies, what it says is the text that the point brings along.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { compact, t } from '../words';

export interface Point {
	label: string;
	/* For the drawing alone. */
	value: number;
	/* The exact value as the reader reads it. */
	text: string;
	/* A day that is not over. */
	open?: boolean;
}

function useWidth(): [{ current: HTMLDivElement | null }, number] {
	const box = useRef<HTMLDivElement>(null);
	const [width, set] = useState(640);
	useEffect(() => {
		const watch = new ResizeObserver(([entry]) => set(Math.max(240, Math.round(entry!.contentRect.width))));
		watch.observe(box.current!);
		return () => watch.disconnect();
	}, []);
	return [box, width];
}

/* Round steps below and above zero that hold all values: 0, 50, 100 … */
function stepsFor(low: number, high: number, wanted = 4): number[] {
	const span = Math.max(high, 0) - Math.min(low, 0) || 1, rough = span / wanted, power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough)!;
	const first = Math.floor(Math.min(low, 0) / step), last = Math.ceil(Math.max(high, 0) / step) || 1;
	return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

interface ChartProps { title: string; summary: string; points: Point[]; children?: ComponentChildren }

/* The frame of a chart: what it shows in a sentence, the point at hand in words, and the keys that go from one to the next. */
function Figure({ title, summary, points, at, move, children, after }: ChartProps & { at: number | null; move: (at: number | null) => void; after?: ComponentChildren }) {
	const id = useId(), one = at === null ? undefined : points[at];
	const press = (event: KeyboardEvent) => {
		const last = points.length - 1, back = getComputedStyle(event.currentTarget as Element).direction === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
		const next = event.key === 'Home' ? 0 : event.key === 'End' ? last
			: event.key === back || event.key === 'ArrowUp' ? Math.max(0, (at ?? 1) - 1)
			: /^Arrow/.test(event.key) ? Math.min(last, (at ?? -1) + 1) : event.key === 'Escape' ? null : undefined;
		if (next === undefined) return;
		event.preventDefault();
		move(next);
	};
	return (
		<figure class="chart">
			<figcaption><b>{title}</b> <span id={id}>{summary}</span></figcaption>
			<div class="drawing" role="group" aria-roledescription={t('chart.role')} aria-label={title} aria-describedby={id} tabIndex={0} onKeyDown={press} onBlur={() => move(null)} onPointerLeave={() => move(null)}>
				{children}
				<p class="tip" role="status">{one && <><b>{one.text}</b> {one.label}{one.open ? ` (${t('chart.open')})` : ''}</>}</p>
			</div>
			{after}
		</figure>
	);
}

const height = 220, top = 12, below = 26, side = 52;

export function LineChart({ title, summary, points }: ChartProps) {
	const [box, width] = useWidth();
	const [at, move] = useState<number | null>(null);
	const steps = stepsFor(Math.min(...points.map((one) => one.value)), Math.max(...points.map((one) => one.value)));
	const low = steps[0]!, high = steps[steps.length - 1]!;
	const x = (i: number) => side + (width - side - 12) * (points.length < 2 ? 0.5 : i / (points.length - 1));
	const y = (value: number) => top + (height - top - below) * (1 - (value - low) / (high - low));
	const path = (from: number, to: number) => points.slice(from, to).map((one, i) => `${i ? 'L' : 'M'}${x(from + i).toFixed(1)} ${y(one.value).toFixed(1)}`).join('');
	/* What is not over yet is dashed, from the last point that is. */
	const n = points.length, over = points.findIndex((one) => one.open), closed = over < 0 ? n : over;
	const every = Math.ceil(n / Math.max(2, Math.floor(width / 110)));
	const nearest = (event: PointerEvent) => {
		const left = (event.currentTarget as SVGElement).getBoundingClientRect().left;
		move(Math.min(n - 1, Math.max(0, Math.round((event.clientX - left - side) / (width - side - 12) * (n - 1)))));
	};
	return (
		<Figure title={title} summary={summary} points={points} at={at} move={move}>
			<div ref={box} dir="ltr"><svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" onPointerMove={nearest} onPointerDown={nearest}>
				{steps.map((one) => <g key={one}><line class="grid" x1={side} x2={width - 12} y1={y(one)} y2={y(one)} /><text class="tick" x={side - 8} y={y(one) + 4} text-anchor="end">{compact(one)}</text></g>)}
				{points.map((one, i) => i % every === 0 && <text key={i} class="tick" x={x(i)} y={height - 6} text-anchor={i === 0 ? 'start' : i > n - every / 2 ? 'end' : 'middle'}>{one.label}</text>)}
				<path class="line" d={path(0, closed)} />
				{closed < n && <path class="line open" d={path(Math.max(0, closed - 1), n)} />}
				{points.map((one, i) => one.open && <circle key={i} class="mark open" cx={x(i)} cy={y(one.value)} r="4" />)}
				{n < 40 && points.map((one, i) => !one.open && <circle key={i} class="mark" cx={x(i)} cy={y(one.value)} r="2.5" />)}
				{at !== null && points[at] && <g><line class="cursor" x1={x(at)} x2={x(at)} y1={top} y2={height - below} /><circle class="mark here" cx={x(at)} cy={y(points[at]!.value)} r="5" /></g>}
			</svg></div>
		</Figure>
	);
}

/* One bar a row: names are read as words, not turned on their side. */
export function BarChart({ title, summary, points }: ChartProps) {
	const [at, move] = useState<number | null>(null);
	const most = Math.max(...points.map((one) => Math.abs(one.value)), 0) || 1;
	return (
		<Figure title={title} summary={summary} points={points} at={at} move={move}>
			<div class="bars" aria-hidden="true">{points.map((one, i) => (
				<div key={i} class={i === at ? 'bar-row here' : 'bar-row'} onPointerEnter={() => move(i)}>
					<span class="bar-name">{one.label}</span>
					<svg height="18" preserveAspectRatio="none" viewBox="0 0 100 18"><rect class={one.value < 0 ? 'bar minus' : 'bar'} x="0" y="2" height="14" width={Math.abs(one.value) / most * 100} /></svg>
					<span class="bar-value">{one.text}</span>
				</div>
			))}</div>
		</Figure>
	);
}

/* Shares of a whole.  Each slice has a pattern besides its colour and a number that stands in the legend, too. */
export function PieChart({ title, summary, points }: ChartProps) {
	const [at, move] = useState<number | null>(null);
	const shown = points.filter((one) => one.value > 0), whole = shown.reduce((sum, one) => sum + one.value, 0) || 1;
	let turned = -Math.PI / 2;
	const slices = shown.map((one) => {
		const from = turned, to = turned += one.value / whole * 2 * Math.PI, middle = (from + to) / 2;
		const place = (angle: number, r: number) => `${(100 + r * Math.cos(angle)).toFixed(2)} ${(100 + r * Math.sin(angle)).toFixed(2)}`;
		return { d: shown.length === 1 ? 'M100 4A96 96 0 1 1 99.99 4Z' : `M100 100L${place(from, 96)}A96 96 0 ${to - from > Math.PI ? 1 : 0} 1 ${place(to, 96)}Z`,
			x: 100 + 62 * Math.cos(middle), y: 100 + 62 * Math.sin(middle), share: one.value / whole };
	});
	return (
		<Figure title={title} summary={summary} points={shown} at={at} move={move} after={
			<ol class="legend">{shown.map((one, i) => <li key={i} class={i === at ? 'here' : undefined}><i class={`slice s${i % 6}`} aria-hidden="true">{i + 1}</i>{one.label}: {one.text}</li>)}</ol>
		}>
			<svg class="pie" viewBox="0 0 200 200" aria-hidden="true">{slices.map((one, i) => (
				<g key={i} onPointerEnter={() => move(i)}><path class={`slice s${i % 6}${i === at ? ' here' : ''}`} d={one.d} />
					{one.share > 0.05 && <text class="slice-number" x={one.x} y={one.y + 5} text-anchor="middle">{i + 1}</text>}</g>
			))}</svg>
		</Figure>
	);
}
