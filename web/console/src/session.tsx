// Sign-in over the page that somebody is at, when the session has ended meanwhile, and the second look before a dangerous act.
import { useState } from 'preact/hooks';
import { Problem, askBy, call, problemOf } from './api';
import { Dialog, openDialog, sayProblem } from './ui';
import { t } from './words';

async function begin(email: string, password: string, totp: string) {
	const response = await fetch('/signin/session', { method: 'POST', credentials: 'same-origin', headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
		body: JSON.stringify({ email, password, ...(totp === '' ? {} : { totp }) }) });
	if (!response.ok) throw await problemOf(response);
}

function SignIn({ done, email, mine }: { done: (signedIn: boolean) => void; email: string; mine: string }) {
	const [problem, setProblem] = useState<unknown>();
	const [asksCode, setAsksCode] = useState(false);
	const submit = async (event: SubmitEvent) => {
		event.preventDefault();
		const given = new FormData(event.currentTarget as HTMLFormElement);
		try {
			await begin(String(given.get('email')), String(given.get('password')), String(given.get('totp') ?? ''));
			const me = await call('GET /accounts/me');
			// Another account must not go on with what this one was at.
			if (mine !== '' && me.id !== mine) { location.assign('/console'); return; }
			done(true);
		} catch (refusal) {
			if (refusal instanceof Problem && refusal.code === 'totp_required') setAsksCode(true);
			setProblem(refusal instanceof Problem && refusal.code === 'totp_required' && !asksCode ? undefined : refusal);
		}
	};
	return (
		<Dialog title={t('signin.title')} close={() => done(false)}>
			<form onSubmit={submit} class="dialog-body">
				<p>{t('signin.why')}</p>
				{problem ? <p class="note bad" role="alert">{sayProblem(problem)}</p> : null}
				<label class="field"><span>{t('signin.email')}</span><input name="email" type="email" autocomplete="username" required value={email} /></label>
				<label class="field"><span>{t('signin.password')}</span><input name="password" type="password" autocomplete="current-password" required /></label>
				{asksCode && <label class="field"><span>{t('signin.code')}</span><input name="totp" inputMode="numeric" autocomplete="one-time-code" required /></label>}
				<div class="actions end"><button type="submit">{t('signin.act')}</button></div>
			</form>
		</Dialog>
	);
}

function Confirm({ done, byCode }: { done: (confirmed: boolean) => void; byCode: boolean }) {
	const [problem, setProblem] = useState<unknown>();
	const submit = async (event: SubmitEvent) => {
		event.preventDefault();
		const given = String(new FormData(event.currentTarget as HTMLFormElement).get('proof'));
		try {
			await call('POST /accounts/confirm', { body: byCode ? { totp: given } : { password: given } });
			done(true);
		} catch (refusal) { setProblem(refusal); }
	};
	return (
		<Dialog title={t('confirm.title')} close={() => done(false)}>
			<form onSubmit={submit} class="dialog-body">
				<p>{t('confirm.why')}</p>
				{problem ? <p class="note bad" role="alert">{sayProblem(problem)}</p> : null}
				<label class="field"><span>{t(byCode ? 'signin.code' : 'signin.password')}</span>
					{byCode ? <input name="proof" inputMode="numeric" autocomplete="one-time-code" required />
						: <input name="proof" type="password" autocomplete="current-password" required />}</label>
				<div class="actions end"><button type="submit">{t('confirm.act')}</button></div>
			</form>
		</Dialog>
	);
}

/* What another account has typed in this tab and not saved is not for this one. */
function forgetOthers(id: string) {
	const owner = 'haat-drafts-of';
	try {
		if (sessionStorage.getItem(owner) === id) return;
		for (const key of Object.keys(sessionStorage)) if (key.startsWith('haat-draft-')) sessionStorage.removeItem(key);
		sessionStorage.setItem(owner, id);
	} catch { /* nothing is kept, then */ }
}

/* From now on calls ask by these dialogs, one at a time for all that wait. */
export function watchSession(me: { id: string; email: string | null; second_factor: boolean }) {
	forgetOthers(me.id);
	let signingIn: Promise<boolean> | undefined, confirming: Promise<boolean> | undefined;
	askBy(
		() => signingIn ??= openDialog<boolean>((done) => <SignIn done={done} email={me.email ?? ''} mine={me.id} />).finally(() => { signingIn = undefined; }),
		() => confirming ??= openDialog<boolean>((done) => <Confirm done={done} byCode={me.second_factor} />).finally(() => { confirming = undefined; }));
}
