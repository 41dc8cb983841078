// Forms: what is typed is kept in the tab until it is saved, faults stand beside their fields, and when somebody else has changed the same
// thing meanwhile both versions stand side by side.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Problem } from './api';
import { beforeLeaving } from './route';
import { Dialog, openDialog, say, sayProblem } from './ui';
import { t } from './words';

export type Values = Record<string, string | boolean>;

export interface Form {
	values: Values;
	set: (name: string, value: string | boolean) => void;
	faults: Record<string, string>;
	busy: boolean;
	/* Whether anything is other than it was read. */
	isChanged: boolean;
	/* Only what is other than it was read. */
	changes: () => Values;
	submit: (event: SubmitEvent) => Promise<void>;
	/* Puts the form back to what was read. */
	reset: () => void;
}

interface FormSpec {
	/* Under which the draft is kept in the tab. */
	name: string;
	/* What was read, as text; read it again and the form follows, but for what has been typed. */
	from: Values;
	save: (values: Values, changes: Values) => Promise<unknown>;
	/* What now stands there, when somebody else was faster; the next save goes by it. */
	reread?: () => Promise<Values>;
	/* The message that is said when it is saved. */
	saved?: string;
}

type Pair = { name: string; theirs: string | boolean; mine: string | boolean };

/* Both versions side by side, and which one of each member to keep. */
export const settle = (pairs: Pair[], label: (name: string) => string) => openDialog<Set<string> | null>((done) => {
	const mine = new Set(pairs.map((one) => one.name));
	const shown = (value: string | boolean) => typeof value === 'boolean' ? t(value ? 'yes' : 'no') : value || '–';
	return (
		<Dialog wide title={t('conflict.title')} close={() => done(null)}>
			<form class="dialog-body" onSubmit={(event) => { event.preventDefault(); done(mine); }}>
				<p>{t('conflict.why')}</p>
				{pairs.map((pair) => (
					<fieldset class="versions" key={pair.name}>
						<legend>{label(pair.name)}</legend>
						<label><input type="radio" name={pair.name} defaultChecked onChange={() => mine.add(pair.name)} /> <b>{t('conflict.mine')}</b><span>{shown(pair.mine)}</span></label>
						<label><input type="radio" name={pair.name} onChange={() => mine.delete(pair.name)} /> <b>{t('conflict.theirs')}</b><span>{shown(pair.theirs)}</span></label>
					</fieldset>
				))}
				<div class="actions end"><button type="button" class="quiet" onClick={() => done(null)}>{t('cancel')}</button><button type="submit">{t('conflict.act')}</button></div>
			</form>
		</Dialog>
	);
});

const draftOf = (key: string): Values => {
	try { return JSON.parse(sessionStorage.getItem(key) ?? '{}'); } catch { return {}; }
};

export function useForm(spec: FormSpec, label: (name: string) => string = (name) => t(`field.${name}`)): Form {
	const key = `haat-draft-${spec.name}`;
	const [typed, setTyped] = useState<Values>(() => draftOf(key));
	const [base, setBase] = useState(spec.from);
	const [faults, setFaults] = useState<Record<string, string>>({});
	const [busy, setBusy] = useState(false);
	const read = JSON.stringify(spec.from);
	useEffect(() => setBase(spec.from), [read]);
	const values = useMemo(() => ({ ...base, ...typed }), [base, typed]);
	const changes = () => Object.fromEntries(Object.entries(typed).filter(([name, value]) => value !== base[name]));
	const isChanged = Object.keys(changes()).length > 0;
	const keep = (next: Values) => {
		setTyped(next);
		try {
			if (Object.keys(next).length === 0) sessionStorage.removeItem(key);
			else sessionStorage.setItem(key, JSON.stringify(next));
		} catch { /* the draft lives as long as the page */ }
	};
	useEffect(() => {
		if (!isChanged) return undefined;
		const warn = (event: BeforeUnloadEvent) => event.preventDefault();
		addEventListener('beforeunload', warn);
		beforeLeaving(undefined);
		return () => removeEventListener('beforeunload', warn);
	}, [isChanged]);

	const settleWith = async (): Promise<Values | null> => {
		const theirs = await spec.reread!();
		const pairs = Object.entries(changes()).filter(([name, mine]) => theirs[name] !== base[name] && theirs[name] !== mine)
			.map(([name, mine]) => ({ name, mine, theirs: theirs[name] ?? '' }));
		const kept = pairs.length === 0 ? new Set<string>() : await settle(pairs, label);
		if (kept === null) return null;
		const next = { ...typed };
		for (const pair of pairs) if (!kept.has(pair.name)) delete next[pair.name];
		setBase(theirs);
		keep(next);
		return { ...theirs, ...next };
	};
	const submit = async (event: SubmitEvent) => {
		event.preventDefault();
		if (busy) return;
		const form = event.currentTarget as HTMLFormElement;
		setBusy(true);
		setFaults({});
		try {
			try {
				await spec.save(values, changes());
			} catch (problem) {
				if (!(problem instanceof Problem) || problem.status !== 412 || !spec.reread) throw problem;
				const settled = await settleWith();
				if (settled === null) return;
				await spec.save(settled, settled);
			}
			keep({});
			if (spec.saved) say(t(spec.saved));
		} catch (problem) {
			const details = problem instanceof Problem ? problem.details : {};
			setFaults(details);
			const first = Object.keys(details).map((name) => form.elements.namedItem(name)).find((one) => one instanceof HTMLElement) as HTMLElement | undefined;
			if (first) first.focus();
			else say(sayProblem(problem), true);
		} finally {
			setBusy(false);
		}
	};
	return { values, set: (name, value) => keep({ ...typed, [name]: value }), faults, busy, isChanged, changes, submit, reset: () => { keep({}); setFaults({}); } };
}

interface FieldProps {
	form: Form;
	name: string;
	label?: string;
	hint?: ComponentChildren;
	required?: boolean;
}
const describe = (name: string, fault?: string, hint?: unknown) => [fault && `${name}-fault`, hint && `${name}-hint`].filter(Boolean).join(' ') || undefined;

function Around({ form, name, label, hint, children }: FieldProps & { children: ComponentChildren }) {
	const fault = form.faults[name];
	return (
		<div class="field">
			<label for={name}>{label ?? t(`field.${name}`)}</label>
			{children}
			{hint ? <p class="hint" id={`${name}-hint`}>{hint}</p> : null}
			{fault ? <p class="fault" id={`${name}-fault`}>{fault}</p> : null}
		</div>
	);
}

export function Field({ type = 'text', ...props }: FieldProps & Pick<JSX.InputHTMLAttributes<HTMLInputElement>, 'type' | 'inputMode' | 'list' | 'min' | 'max' | 'step' | 'autocomplete' | 'maxLength'>) {
	const { form, name, label, hint, required, ...more } = props;
	return <Around {...props}><input id={name} name={name} type={type} required={required} value={String(form.values[name] ?? '')} aria-invalid={form.faults[name] ? true : undefined}
		aria-describedby={describe(name, form.faults[name], hint)} onInput={(event) => form.set(name, event.currentTarget.value)} {...more} /></Around>;
}

export function Area({ rows = 4, ...props }: FieldProps & { rows?: number }) {
	const { form, name, hint, required } = props;
	return <Around {...props}><textarea id={name} name={name} rows={rows} required={required} value={String(form.values[name] ?? '')} aria-invalid={form.faults[name] ? true : undefined}
		aria-describedby={describe(name, form.faults[name], hint)} onInput={(event) => form.set(name, event.currentTarget.value)} /></Around>;
}

export function Choice({ choices, empty, ...props }: FieldProps & { choices: [value: string, text: string][]; empty?: string }) {
	const { form, name, hint, required } = props, value = String(form.values[name] ?? '');
	return <Around {...props}><select id={name} name={name} required={required} aria-invalid={form.faults[name] ? true : undefined} aria-describedby={describe(name, form.faults[name], hint)}
		onChange={(event) => form.set(name, event.currentTarget.value)}>
		{empty !== undefined && <option value="" selected={value === ''}>{empty}</option>}
		{choices.map(([one, text]) => <option key={one} value={one} selected={one === value}>{text}</option>)}
	</select></Around>;
}

export function Check({ form, name, label }: FieldProps) {
	return <label class="check"><input type="checkbox" name={name} checked={form.values[name] === true} onChange={(event) => form.set(name, event.currentTarget.checked)} /> {label ?? t(`field.${name}`)}</label>;
}

export function Save({ form, label, cancel }: { form: Form; label?: string; cancel?: () => void }) {
	return (
		<div class="actions end">
			{cancel ? <button type="button" class="quiet" onClick={cancel}>{t('cancel')}</button>
				: form.isChanged && <button type="button" class="quiet" onClick={form.reset}>{t('form.reset')}</button>}
			<button type="submit" aria-disabled={form.busy}>{label ?? t('save')}</button>
		</div>
	);
}
