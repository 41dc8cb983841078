// What pages are put together from: headings that take the focus, states of loading, dialogs, short notices.
import { type ComponentChildren, render } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem, call, type Answer, type Call, type Input } from './api';
import { t } from './words';

/* The heading of a page: the document's title, and where the focus goes when the page changes. */
export function Heading({ children, text, actions }: { children?: ComponentChildren; text: string; actions?: ComponentChildren }) {
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		document.title = `${text} – ${t('console')}`;
		if (document.body.dataset.moved) heading.current?.focus();
		document.body.dataset.moved = 'yes';
	}, [text]);
	return <div class="heading"><h1 tabIndex={-1} ref={heading}>{text}</h1>{children}{actions && <div class="actions">{actions}</div>}</div>;
}

const sentences: Record<string, string> = { offline: 'problem.offline', forbidden: 'problem.forbidden', not_found: 'problem.not_found' };
export const sayProblem = (problem: unknown) => problem instanceof Problem
	? `${sentences[problem.code] ? t(sentences[problem.code]!) : problem.message}${problem.requestId && problem.status >= 500 ? ` (${t('problem.request', { id: problem.requestId })})` : ''}`
	: t('problem.unknown', { text: String(problem) });

export function ProblemNote({ problem, again }: { problem: unknown; again?: () => void }) {
	return <div class="note bad" role="alert"><p>{sayProblem(problem)}</p>{again && <button type="button" class="quiet" onClick={again}>{t('again')}</button>}</div>;
}

export interface Loaded<T> { data?: T; problem?: unknown; loading: boolean; again: () => void; put: (data: T) => void }

/* What is loaded, again when what is asked for changes ('': nothing is); what was there before stays to be seen meanwhile. */
export function useLoaded<T>(asked: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
	const [state, set] = useState<{ data?: T; problem?: unknown; loading: boolean }>({ loading: asked !== '' });
	const [turn, setTurn] = useState(0);
	useEffect(() => {
		if (asked === '') return undefined;
		const stop = new AbortController();
		set((before) => ({ ...before, loading: true }));
		load(stop.signal).then((data) => { if (!stop.signal.aborted) set({ data, loading: false }); },
			(problem) => { if (!stop.signal.aborted) set({ problem, loading: false }); });
		return () => stop.abort();
	}, [asked, turn]);
	return { ...state, again: useCallback(() => setTurn((one) => one + 1), []), put: useCallback((data: T) => set({ data, loading: false }), []) };
}

/* What a call answers. */
export const useCall = <C extends Call>(name: C, input: Input<C> = {}, skip = false): Loaded<Answer<C>> =>
	useLoaded(skip ? '' : JSON.stringify([name, input.path, input.query instanceof URLSearchParams ? input.query.toString() : input.query]),
		(signal) => call(name, { ...input, signal }));

/* Children once the data is there; a skeleton before, the problem instead. */
export function Shown<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
	if (of.problem && of.data === undefined) return <ProblemNote problem={of.problem} again={of.again} />;
	if (of.data === undefined) return <div class="skeleton" role="status"><span class="unseen">{t('loading')}</span></div>;
	return <div aria-busy={of.loading}>{of.problem ? <ProblemNote problem={of.problem} again={of.again} /> : null}{children(of.data)}</div>;
}

let notices: HTMLElement | undefined;
/* A short notice that is read out and goes by itself; what went wrong stays until it is closed. */
export function say(text: string, bad = false) {
	if (!notices) {
		notices = document.body.appendChild(document.createElement('div'));
		notices.className = 'notices';
	}
	const one = notices.appendChild(document.createElement('div'));
	one.className = bad ? 'notice bad' : 'notice';
	one.setAttribute('role', bad ? 'alert' : 'status');
	const close = () => { render(null, one); one.remove(); };
	render(<><span>{text}</span><button type="button" class="plain" aria-label={t('close')} onClick={close}>×</button></>, one);
	if (!bad) setTimeout(close, 6000);
}

/* A modal dialog for as long as it stands in the page. */
export function Dialog({ title, close, children, wide = false }: { title: string; close: () => void; children: ComponentChildren; wide?: boolean }) {
	const dialog = useRef<HTMLDialogElement>(null);
	useEffect(() => {
		const one = dialog.current!, before = document.activeElement as HTMLElement | null;
		one.showModal();
		return () => { one.close(); before?.focus?.(); };
	}, []);
	return (
		<dialog ref={dialog} class={wide ? 'wide' : undefined} aria-label={title} onCancel={(event) => { event.preventDefault(); close(); }}>
			<div class="dialog-head"><h2>{title}</h2><button type="button" class="plain" aria-label={t('close')} onClick={close}>×</button></div>
			{children}
		</dialog>
	);
}

/* Shows a dialog outside of the page and waits for what it is closed with. */
export function openDialog<T>(show: (done: (value: T) => void) => ComponentChildren): Promise<T> {
	return new Promise((resolve) => {
		const place = document.body.appendChild(document.createElement('div'));
		const done = (value: T) => { render(null, place); place.remove(); resolve(value); };
		render(show(done), place);
	});
}

/* Whether the reader wants what cannot be taken back. */
export const askWhether = (title: string, text: ComponentChildren, act: string, dangerous = false) => openDialog<boolean>((done) => (
	<Dialog title={title} close={() => done(false)}>
		<div class="dialog-body">{text}</div>
		<div class="actions end">
			<button type="button" class="quiet" onClick={() => done(false)}>{t('cancel')}</button>
			<button type="button" class={dangerous ? 'danger' : undefined} onClick={() => done(true)}>{act}</button>
		</div>
	</Dialog>
));

/* Why something is done, which whoever looks into it later reads; null: it is not done. */
export function askReason(act: string, dangerous = false): Promise<string | null> {
	return openDialog<string | null>((done) => (
		<Dialog title={act} close={() => done(null)}>
			<form class="dialog-body" onSubmit={(event) => { event.preventDefault(); done(String(new FormData(event.currentTarget as HTMLFormElement).get('reason')).trim()); }}>
				<label class="field"><span>{t('reason')}</span><input name="reason" required maxLength={500} autocomplete="off" /></label>
				<div class="actions end"><button type="button" class="quiet" onClick={() => done(null)}>{t('cancel')}</button><button type="submit" class={dangerous ? 'danger' : undefined}>{act}</button></div>
			</form>
		</Dialog>
	));
}

/* A button whose act runs once at a time; what goes wrong is said. */
export function Act({ act, children, kind, disabled, label }: { act: () => Promise<unknown>; children: ComponentChildren; kind?: string; disabled?: boolean; label?: string }) {
	const [busy, set] = useState(false);
	const press = async () => {
		if (busy || disabled) return;
		set(true);
		try { await act(); } catch (problem) { say(sayProblem(problem), true); } finally { set(false); }
	};
	return <button type="button" class={kind} aria-disabled={busy || disabled} aria-label={label} onClick={press}>{children}</button>;
}

/* A status in words, with a shape besides its colour. */
export function Status({ value, children }: { value: string; children: ComponentChildren }) {
	const tone = /^(paid|succeeded|delivered|completed|active|approved|ok|applied|done|won|published|refunded|received)$/.test(value) ? 'good'
		: /^(failed|cancelled|dead|down|rejected|lost|bounced|suspended|expired|ended|declined)$/.test(value) ? 'bad'
		: /^(pending|held|review|requested|degraded|requires_action|processing|draft|past_due|open|deferred)$/.test(value) ? 'wait' : 'other';
	return <span class={`status ${tone}`}>{children}</span>;
}

export function Facts({ of }: { of: [ComponentChildren, ComponentChildren][] }) {
	return <dl class="facts">{of.map(([name, value], i) => <div key={i}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

/* An act that is done once however often it is tried: one key for the same content until it has come through. */
export function useOnce() {
	const kept = useRef({ of: '', key: '' });
	return async <T,>(given: unknown, act: (key: string) => Promise<T>): Promise<T> => {
		const of = JSON.stringify(given);
		if (kept.current.of !== of) kept.current = { of, key: crypto.randomUUID() };
		const answer = await act(kept.current.key);
		kept.current = { of: '', key: '' };
		return answer;
	};
}
