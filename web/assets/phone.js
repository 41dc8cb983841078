// Sign-in by phone: a captcha and a code by SMS through Google's Identity Toolkit, and its token for a session of the shop.
// The token is used once and kept nowhere.
'use strict';

(() => {
	const find = (id) => document.getElementById(id);
	const settings = JSON.parse(find('settings').textContent);
	const browserClient = { clientType: 'CLIENT_TYPE_WEB', recaptchaVersion: 'RECAPTCHA_ENTERPRISE' };
	const captchaLost = new Set(['CAPTCHA_CHECK_FAILED', 'MISSING_RECAPTCHA_TOKEN', 'INVALID_RECAPTCHA_TOKEN',
		'INVALID_RECAPTCHA_ACTION', 'INVALID_APP_CREDENTIAL', 'MISSING_CLIENT_TYPE', 'MISSING_RECAPTCHA_VERSION']);
	const words = {
		INVALID_PHONE_NUMBER: 'This is no phone number. Begin with + and the country\'s code.',
		MISSING_PHONE_NUMBER: 'This is no phone number. Begin with + and the country\'s code.',
		INVALID_CODE: 'The code is wrong. Look at the message again.',
		MISSING_CODE: 'The code is wrong. Look at the message again.',
		SESSION_EXPIRED: 'The code is too old. Let another one be sent.',
		INVALID_SESSION_INFO: 'The code is too old. Let another one be sent.',
		MISSING_SESSION_INFO: 'The code is too old. Let another one be sent.',
		TOO_MANY_ATTEMPTS_TRY_LATER: 'There were too many attempts. Wait a while, then try again.',
		QUOTA_EXCEEDED: 'There were too many attempts. Wait a while, then try again.',
		USER_DISABLED: 'This account is disabled.',
		account_disabled: 'This account is disabled.',
		rate_limited: 'There were too many attempts. Wait a while, then try again.',
		identity_unproven: 'An account has this number but has not proven it. Sign in there by e-mail address and password.',
		network: 'There is no answer. Look at your connection, then try again.',
	};
	let session;

	class Refused extends Error {}

	async function answerOf(url, body) {
		let response;
		try {
			response = await fetch(url, body === undefined ? {} : {
				method: 'POST',
				headers: { 'Content-Type': 'application/json' },
				body: JSON.stringify(body),
			});
		} catch {
			throw new Refused('network');
		}
		const json = await response.json().catch(() => ({}));
		if (!response.ok) throw new Refused(json.code ?? json.error?.message?.split(' : ')[0] ?? 'unknown');
		return json;
	}

	const ask = (path, body) => answerOf(`${settings.identity}${path}${path.includes('?') ? '&' : '?'}key=${encodeURIComponent(settings.key)}`, body);

	function load(url) {
		return new Promise((loaded, failed) => {
			const script = document.createElement('script');
			script.src = url;
			script.onload = loaded;
			script.onerror = () => failed(new Refused('network'));
			document.head.append(script);
		});
	}

	// The captcha that shows itself only to those whom it doubts; it is drawn once, and each token is good once.
	let drawn;
	let answered;
	async function plainToken() {
		if (drawn === undefined) {
			const { recaptchaSiteKey } = await ask('/v1/recaptchaParams');
			await new Promise((ready, failed) => {
				window.captchaIsReady = ready;
				load(`${settings.captcha}/api.js?onload=captchaIsReady&render=explicit&hl=en`).catch(failed);
			});
			drawn = window.grecaptcha.render('captcha', {
				sitekey: recaptchaSiteKey, size: 'invisible', callback: (token) => answered(token),
			});
		} else {
			window.grecaptcha.reset(drawn);
		}
		return new Promise((took) => {
			answered = took;
			window.grecaptcha.execute(drawn);
		});
	}

	async function enterpriseToken(key) {
		if (window.grecaptcha?.enterprise === undefined) await load(`${settings.captcha}/enterprise.js?render=${encodeURIComponent(key)}`);
		await new Promise((ready) => window.grecaptcha.enterprise.ready(ready));
		return window.grecaptcha.enterprise.execute(key, { action: 'sendVerificationCode' });
	}

	async function sendPlain(phoneNumber) {
		return ask('/v1/accounts:sendVerificationCode',
			{ phoneNumber, ...browserClient, recaptchaToken: await plainToken(), captchaResponse: 'NO_RECAPTCHA' });
	}

	// Which captcha it is to be is the project's; one that is only being tried out falls back to the other.
	async function sendCode(phoneNumber) {
		const config = await ask('/v2/recaptchaConfig?clientType=CLIENT_TYPE_WEB&version=RECAPTCHA_ENTERPRISE');
		const state = config.recaptchaEnforcementState?.find((one) => one.provider === 'PHONE_PROVIDER')?.enforcementState;
		const key = config.recaptchaKey?.split('/').pop();
		if (key === undefined || (state !== 'AUDIT' && state !== 'ENFORCE')) return sendPlain(phoneNumber);
		try {
			return await ask('/v1/accounts:sendVerificationCode',
				{ phoneNumber, ...browserClient, captchaResponse: await enterpriseToken(key) });
		} catch (refused) {
			if (state === 'AUDIT' && ['MISSING_RECAPTCHA_TOKEN', 'INVALID_APP_CREDENTIAL'].includes(refused.message))
				return sendPlain(phoneNumber);
			throw refused;
		}
	}

	async function signIn(code) {
		const { idToken } = await ask('/v1/accounts:signInWithPhoneNumber', { sessionInfo: session, code });
		// Without a token the number belongs to another account of the project, or that wants a second factor.
		if (idToken === undefined) throw new Refused('USER_DISABLED');
		await answerOf('/api/v1/auth/phone-login', { id_token: idToken, cookie: true });
		location.replace(settings.back);
	}

	function say(text) {
		find('says').textContent = text;
		find('says').className = text === '' ? '' : 'notice';
	}

	function show(form, field) {
		for (const one of ['ask', 'prove']) find(one).hidden = one !== form;
		find(field).focus();
	}

	// While it is under way nothing can be pressed again; what goes wrong is said.
	function onSubmit(form, act) {
		find(form).addEventListener('submit', async (event) => {
			const button = find(form).querySelector('button[type=submit]');
			event.preventDefault();
			button.disabled = true;
			say('');
			try {
				await act();
			} catch (error) {
				say(words[error.message] ?? (captchaLost.has(error.message)
					? 'The check that you are no robot failed. Try again.'
					: 'Signing in by phone does not work at the moment. Try again later.'));
			} finally {
				button.disabled = false;
			}
		});
	}

	onSubmit('ask', async () => {
		const phone = find('phone').value.replace(/[^0-9+]/g, '');
		({ sessionInfo: session } = await sendCode(phone));
		find('sent-to').textContent = phone;
		show('prove', 'code');
	});
	onSubmit('prove', () => signIn(find('code').value.trim()));
	find('again').addEventListener('click', () => {
		say('');
		show('ask', 'phone');
	});

	document.documentElement.classList.add('script');
	show('ask', 'phone');
})();
