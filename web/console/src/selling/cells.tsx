// Cells of a list that are edited where they stand, as in a sheet: arrows move, Enter or typing begins, Enter saves and goes down, Escape
// gives back what was.  A row is saved when its cell is left; only the row that is saved is drawn anew.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../api';
import { settle } from '../form';
import { say, sayProblem } from '../ui';
import { t } from '../words';

const newest = new WeakMap<object, object>();
const drawn = new Set<() => void>();

/* The row as it was saved last, or as the list had it. */
export function useNewest<R extends object>(row: R): R {
	const [, turn] = useState(0);
	useEffect(() => {
		const draw = () => turn((one) => one + 1);
		drawn.add(draw);
		return () => { drawn.delete(draw); };
	}, []);
	return (newest.get(row) as R | undefined) ?? row;
}
export function put<R extends object>(row: R, now: R) {
	newest.set(row, now);
	drawn.forEach((draw) => draw());
}

/* Saves one member of what others may change, too: what they have written meanwhile stands beside what is written now, and the reader
   chooses.  `read` answers what stands there with the version that `write` goes by; false: theirs stays. */
export async function saveOver<S extends object>(spec: { name: string; before: string; mine: string; label: string;
	read: () => Promise<{ seen: S; value: string }>; write: (seen: S) => Promise<unknown> }): Promise<boolean> {
	let { before } = spec;
	for (;;) {
		const theirs = await spec.read();
		if (theirs.value !== before && theirs.value !== spec.mine) {
			const kept = await settle([{ name: spec.name, mine: spec.mine, theirs: theirs.value }], () => spec.label);
			if (!kept?.has(spec.name)) return false;
		}
		try {
			await spec.write(theirs.seen);
			return true;
		} catch (problem) {
			if (!(problem instanceof Problem) || problem.status !== 412) throw problem;
			before = theirs.value;
		}
	}
}

const steps: Record<string, [rows: number, cells: number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/* The focus goes to the cell that far away, or to this one. */
function move(from: HTMLElement, [rows, cells]: [number, number]) {
	from.focus();
	const row = from.closest('tr')!, name = from.closest<HTMLElement>('[data-cell]')!.dataset.cell;
	if (rows !== 0) {
		let next = (rows > 0 ? row.nextElementSibling : row.previousElementSibling) as Element | null;
		while (next && !next.querySelector(`[data-cell="${name}"] button`)) next = rows > 0 ? next.nextElementSibling : next.previousElementSibling;
		next?.querySelector<HTMLElement>(`[data-cell="${name}"] button`)?.focus();
		return;
	}
	const all = [...row.querySelectorAll<HTMLElement>('[data-cell] button')];
	all[all.indexOf(from) + (document.documentElement.dir === 'rtl' ? -cells : cells)]?.focus();
}

/* What was typed cannot be saved; its message says why. */
export class Invalid extends Error {}

interface CellProps {
	/* Of the column. */
	name: string;
	/* What is edited, for those who do not see the column's head. */
	label: string;
	value: string;
	children: ComponentChildren;
	save: (text: string) => Promise<unknown>;
}

/* Field and button are both there and change places at once, so that the next key finds the right one however fast it comes. */
export function Cell({ name, label, value, children, save }: CellProps) {
	const field = useRef<HTMLInputElement>(null), button = useRef<HTMLButtonElement>(null);
	const state = useRef<'closed' | 'open' | 'saving'>('closed');
	const begin = (given: string) => {
		const input = field.current!;
		state.current = 'open';
		input.value = given;
		input.hidden = false;
		input.focus();
		input.setSelectionRange(given === value ? 0 : given.length, given.length);
		button.current!.hidden = true;
	};
	const end = (step?: [number, number]) => {
		state.current = 'closed';
		button.current!.hidden = false;
		if (step) move(button.current!, step);
		field.current!.hidden = true;
		fault('');
	};
	const fault = (why: string) => {
		field.current!.title = why;
		if (why) field.current!.setAttribute('aria-invalid', 'true');
		else field.current!.removeAttribute('aria-invalid');
	};
	const commit = async (step?: [number, number]) => {
		if (state.current !== 'open') return;
		const given = field.current!.value.trim();
		if (given === value) { end(step); return; }
		state.current = 'saving';
		try {
			await save(given);
			// Who has gone elsewhere meanwhile stays there.
			if (field.current) end(document.activeElement === field.current ? step : undefined);
		} catch (problem) {
			state.current = 'open';
			const why = problem instanceof Problem ? Object.values(problem.details)[0] ?? sayProblem(problem) : problem instanceof Invalid ? problem.message : sayProblem(problem);
			say(`${label}: ${why}`, true);
			fault(why);
			field.current?.focus();
		}
	};
	const pressField = (event: KeyboardEvent) => {
		if (event.key === 'Enter') { event.preventDefault(); void commit([1, 0]); }
		else if (event.key === 'Escape') { event.preventDefault(); end([0, 0]); }
		else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') { event.preventDefault(); void commit(steps[event.key]); }
	};
	const pressButton = (event: KeyboardEvent) => {
		if (event.altKey || event.ctrlKey || event.metaKey) return;
		const step = steps[event.key];
		if (step) { event.preventDefault(); move(button.current!, step); }
		else if (event.key === 'Enter') { event.preventDefault(); begin(value); }
		else if (/^[\d.]$/.test(event.key)) { event.preventDefault(); begin(event.key); }
	};
	return (
		<span class="cell" data-cell={name}>
			<button ref={button} type="button" class="plain" aria-label={`${label}: ${value}. ${t('cell.edit')}`} onClick={() => begin(value)} onKeyDown={pressButton}>{children}</button>
			<input ref={field} hidden aria-label={label} inputMode="decimal" onKeyDown={pressField} onBlur={() => void commit()} />
		</span>
	);
}
