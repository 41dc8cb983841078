// Two texts held against each other line by line: what only one of them has is marked, and of what both have a few lines around it are shown.
import { number, t } from './words';

interface Line { side: 'both' | 'first' | 'second'; text: string }

const around = 3;
/* Beyond that, what differs is not matched any further: all of the one stands before all of the other. */
const matched = 4_000_000;

/* The longest common lines of the two, by how many are left to be had from each pair of places on. */
function matchedLines(first: string[], second: string[]): Line[] {
	const only = (side: 'first' | 'second') => (text: string): Line => ({ side, text });
	if (first.length * second.length > matched) return [...first.map(only('first')), ...second.map(only('second'))];
	const width = second.length + 1, left = new Uint32Array((first.length + 1) * width);
	for (let i = first.length - 1; i >= 0; i--)
		for (let j = second.length - 1; j >= 0; j--)
			left[i * width + j] = first[i] === second[j] ? left[(i + 1) * width + j + 1]! + 1 : Math.max(left[(i + 1) * width + j]!, left[i * width + j + 1]!);
	const lines: Line[] = [];
	let i = 0, j = 0;
	while (i < first.length && j < second.length) {
		if (first[i] === second[j]) lines.push({ side: 'both', text: first[i++]! }), j++;
		else if (left[(i + 1) * width + j]! >= left[i * width + j + 1]!) lines.push(only('first')(first[i++]!));
		else lines.push(only('second')(second[j++]!));
	}
	return [...lines, ...first.slice(i).map(only('first')), ...second.slice(j).map(only('second'))];
}

function differ(first: string[], second: string[]): Line[] {
	const shorter = Math.min(first.length, second.length), both = (text: string): Line => ({ side: 'both', text });
	let before = 0, after = 0;
	while (before < shorter && first[before] === second[before]) before++;
	while (after < shorter - before && first[first.length - 1 - after] === second[second.length - 1 - after]) after++;
	return [...first.slice(0, before).map(both), ...matchedLines(first.slice(before, first.length - after), second.slice(before, second.length - after)), ...first.slice(first.length - after).map(both)];
}

/* The lines near a difference; how many are left out between them stands as a number. */
function shortened(lines: Line[]): (Line | number)[] {
	const near = new Uint8Array(lines.length), parts: (Line | number)[] = [];
	lines.forEach((line, i) => { if (line.side !== 'both') near.fill(1, Math.max(0, i - around), i + around + 1); });
	lines.forEach((line, i) => {
		const last = parts.at(-1);
		if (near[i]) parts.push(line);
		else if (typeof last === 'number') parts[parts.length - 1] = last + 1;
		else parts.push(1);
	});
	return parts;
}

const signs = { both: '  ', first: '− ', second: '+ ' }, tags = { both: 'span', first: 'del', second: 'ins' } as const;

export function Diff({ label, first, second }: { label: string; first: string; second: string }) {
	const parts = shortened(differ(first.split('\n'), second.split('\n')));
	return (
		<pre class="code diff" tabIndex={0} role="region" aria-label={label}>{parts.map((part, i) => {
			if (typeof part === 'number') return <i key={i}>{t('diff.same', { n: part, lines: number(part) })}</i>;
			const Tag = tags[part.side];
			return <Tag key={i}>{signs[part.side]}{part.text}{'\n'}</Tag>;
		})}</pre>
	);
}
