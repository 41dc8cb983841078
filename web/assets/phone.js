// Sign-in by phone: a captcha and a code by SMS through Google's Identity Toolkit, and its token for a session of the shop.
// The token is used once and kept nowhere.
'use strict';

(() => {
	const find = (id) => document.getElementById(id);
	const settings = JSON.parse(find('settings').textContent);
	const browserClient = { clientType: 'CLIENT_TYPE_WEB', recaptchaVersion: 'RECAPTCHA_ENTERPRISE' };
	const captchaLost = new Set(['CAPTCHA_CHECK_FAILED', 'MISSING_RECAPTCHA_TOKEN', 'INVALID_RECAPTCHA_TOKEN',
		'INVALID_RECAPTCHA_ACTION', 'INVALID_APP_CREDENTIAL', 'MISSING_CLIENT_TYPE', 'MISSING_RECAPTCHA_VERSION']);
	const words = find('phone-sign-in').dataset;
	const named = {
		INVALID_PHONE_NUMBER: words.noNumber,
		MISSING_PHONE_NUMBER: words.noNumber,
		INVALID_CODE: words.wrongCode,
		MISSING_CODE: words.wrongCode,
		SESSION_EXPIRED: words.oldCode,
		INVALID_SESSION_INFO: words.oldCode,
		MISSING_SESSION_INFO: words.oldCode,
		TOO_MANY_ATTEMPTS_TRY_LATER: words.tooMany,
		QUOTA_EXCEEDED: words.tooMany,
		USER_DISABLED: words.disabled,
		account_disabled: words.disabled,
		rate_limited: words.tooMany,
		identity_unproven: words.unproven,
		network: words.network,
	};
	const language = document.documentElement.lang;
	const seconds = new Intl.NumberFormat(language, { style: 'unit', unit: 'second', unitDisplay: 'short' });
	const waitSeconds = 30;
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
				load(`${settings.captcha}/api.js?onload=captchaIsReady&render=explicit&hl=${language}`).catch(failed);
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
		if (settings.back !== undefined) {
			await answerOf('/api/v1/auth/phone-login', { id_token: idToken, cookie: true });
			return location.replace(settings.back);
		}
		const enter = find('enter');
		enter.elements.id_token.value = idToken;
		return enter.submit();
	}

	function say(text) {
		find('phone-says').textContent = text;
		find('phone-says').hidden = text === '';
	}

	function show(form, field) {
		for (const one of ['ask', 'prove']) find(one).hidden = one !== form;
		find(field).focus();
	}

	// While it is under way nothing can be pressed again; what goes wrong is said.
	async function run(button, act) {
		if (button.hasAttribute('aria-disabled')) return;
		button.setAttribute('aria-disabled', 'true');
		say('');
		try {
			await act();
		} catch (error) {
			say(named[error.message] ?? (captchaLost.has(error.message) ? words.captcha : words.broken));
		}
		button.removeAttribute('aria-disabled');
	}

	function onSubmit(form, act) {
		find(form).addEventListener('submit', (event) => {
			event.preventDefault();
			run(find(form).querySelector('button[type=submit]'), act);
		});
	}

	// Another message may be on its way: the next one is sent after a while.
	let timer;
	function wait(left) {
		clearTimeout(timer);
		find('seconds').textContent = left > 0 ? seconds.format(left) : '';
		if (left > 0) {
			find('resend').setAttribute('aria-disabled', 'true');
			timer = setTimeout(() => wait(left - 1), 1000);
		} else {
			find('resend').removeAttribute('aria-disabled');
		}
	}

	const send = async (phone) => {
		({ sessionInfo: session } = await sendCode(phone));
		find('sent-to').textContent = phone;
	};
	onSubmit('ask', async () => {
		await send(find('phone').value.replace(/[^0-9+]/g, ''));
		show('prove', 'code');
		wait(waitSeconds);
	});
	onSubmit('prove', () => signIn(find('code').value.trim()));
	find('resend').addEventListener('click', async () => {
		let sent = false;
		await run(find('resend'), async () => {
			await send(find('sent-to').textContent);
			sent = true;
		});
		if (sent) wait(waitSeconds);
	});
	find('again').addEventListener('click', () => {
		say('');
		show('ask', 'phone');
	});

	find('needs-script').hidden = true;
	show('ask', 'phone');
})();
