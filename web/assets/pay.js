// The payment page with script: it looks again while a payment is being processed, and hands over to the provider's script.
// Without it the page still shows everything, and ways to pay that lead to the provider's own page work.
'use strict';

(() => {
	const firstLookMs = 3000;
	const longestWaitMs = 20000;
	const find = (id) => document.getElementById(id);
	const words = find('provider')?.dataset; // what is said, in the page's language

	document.documentElement.classList.add('script');

	// Is it another page by now: another state, or on to the merchant?
	async function hasChanged() {
		const answer = await fetch(location.href, { credentials: 'omit', cache: 'no-store', redirect: 'manual' });
		if (answer.type === 'opaqueredirect') return true;
		if (answer.status >= 500 || answer.status === 429) return false;
		return !/<div\b[^>]*\sdata-waits\b/.test(await answer.text());
	}

	// After a while that grows, not at the same moment as others, and only for somebody who sees it.
	function lookLater(waitMs) {
		setTimeout(() => {
			if (document.hidden) document.addEventListener('visibilitychange', () => lookAgain(firstLookMs), { once: true });
			else lookAgain(waitMs);
		}, waitMs * (0.75 + Math.random() / 2));
	}

	// The same page is left alone, so that nobody who reads it is disturbed.
	async function lookAgain(waitedMs) {
		try {
			if (await hasChanged()) {
				location.reload();
				return;
			}
		} catch {
			// Without a network it is tried again.
		}
		lookLater(Math.min(longestWaitMs, waitedMs * 1.25));
	}

	function say(text) {
		find('provider-says').textContent = text;
	}

	// A button in the provider's place; while its act lasts it cannot be pressed again, and keeps the focus.
	function addButton(parent, label, act) {
		const button = document.createElement('button');
		button.type = 'button';
		button.textContent = label;
		button.addEventListener('click', async () => {
			if (button.hasAttribute('aria-disabled')) return;
			button.setAttribute('aria-disabled', 'true');
			say('');
			try {
				await act();
			} finally {
				button.removeAttribute('aria-disabled');
			}
		});
		parent.append(button);
	}

	function goBack(settings, parameters) {
		say(words.oneMoment);
		location.assign(`${settings.back}?${new URLSearchParams(parameters)}`);
	}

	// A stored card whose bank wants to see its owner: the same payment is confirmed with the same card.
	function confirmStored(stripe, settings, place) {
		addButton(place, words.confirm, async () => {
			const { paymentIntent: found } = await stripe.retrievePaymentIntent(settings.secret);
			const card = found?.last_payment_error?.payment_method?.id;
			const { error, paymentIntent: paid } = await stripe.confirmCardPayment(settings.secret,
				card === undefined ? undefined : { payment_method: card });
			if (error) say(error.message ?? words.failed);
			else goBack(settings, { payment_intent: paid.id });
		});
	}

	const providers = {
		stripe(settings, place) {
			const stripe = window.Stripe(settings.key);
			if (settings.stored) {
				confirmStored(stripe, settings, place);
				return;
			}
			const elements = stripe.elements({ clientSecret: settings.secret });
			const label = settings.stores ? words.store : words.pay;
			const failed = settings.stores ? words.notStored : words.failed;
			const fields = document.createElement('div');
			fields.id = 'provider-fields';
			place.append(fields);
			elements.create('payment').mount('#provider-fields');
			addButton(place, label, async () => {
				const wanted = { elements, confirmParams: { return_url: settings.back } };
				const { error } = await (settings.stores ? stripe.confirmSetup(wanted) : stripe.confirmPayment(wanted));
				if (error) say(error.message ?? failed);
			});
		},

		razorpay(settings, place) {
			addButton(place, words.pay, () => new Promise((ended) => {
				const checkout = new window.Razorpay({
					key: settings.key,
					order_id: settings.order,
					name: settings.payee,
					handler: (paid) => goBack(settings, paid),
					modal: { ondismiss: ended },
				});
				checkout.on('payment.failed', (failed) => {
					say(failed.error?.description ?? words.failed);
					ended();
				});
				checkout.open();
			}));
		},

		paypal(settings, place) {
			window.paypal.Buttons({
				createOrder: () => settings.order,
				onApprove: (approved) => goBack(settings, { token: approved.orderID, PayerID: approved.payerID ?? '' }),
				onCancel: () => say(words.notYet),
				onError: () => say(words.silent),
			}).render(place);
		},
	};

	// Both scripts are deferred and this one stands first; the provider's has run, or has failed, when the page has loaded.
	function beginProvider() {
		const settings = JSON.parse(find('settings').textContent);
		try {
			providers[settings.provider](settings, find('provider'));
		} catch {
			say(words.unreachable);
		}
	}

	document.addEventListener('DOMContentLoaded', () => {
		if (document.querySelector('[data-waits]') !== null) lookLater(firstLookMs);
	});
	window.addEventListener('load', () => {
		if (find('settings') !== null) beginProvider();
	});
})();
