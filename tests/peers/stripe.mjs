// The sandbox and our signatures against Stripe's own library: as a client of the sandbox, as a maker of webhooks that
// we must accept, and as a judge of those that we make.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { heard, outside, sandboxPort } from './sandbox.mjs';
import { assertProblem, call, finish, secret, test } from './suite.mjs';

const webhookSecret = secret('stripe-webhook');
const apiKey = secret('stripe');

const client = (key = apiKey) => new Stripe(key, { host: '127.0.0.1', port: sandboxPort, protocol: 'http', maxNetworkRetries: 0,
	telemetry: false });
const stripe = client();
const order = { amount: 129900, currency: 'bdt', automatic_payment_methods: { enabled: true }, metadata: { reference: 'PAY-1' },
	description: 'Order ORD-1' };

// --- its API --------------------------------------------------------------------------------------------------------------

await test('a payment intent is created and retrieved', async () => {
	const made = await stripe.paymentIntents.create(order);
	assert.match(made.id, /^pi_/);
	assert.equal(made.object, 'payment_intent');
	assert.equal(made.amount, 129900);
	assert.equal(made.currency, 'bdt');
	assert.equal(made.status, 'requires_payment_method');
	assert.deepEqual(made.metadata, { reference: 'PAY-1' });
	assert.equal(made.lastResponse.statusCode, 200);
	assert.match(made.lastResponse.requestId, /^req_/);
	const again = await stripe.paymentIntents.retrieve(made.id);
	assert.equal(again.client_secret, made.client_secret);
});

await test('cancel, and cancel again', async () => {
	const made = await stripe.paymentIntents.create(order);
	const canceled = await stripe.paymentIntents.cancel(made.id, { cancellation_reason: 'requested_by_customer' });
	assert.equal(canceled.status, 'canceled');
	await assert.rejects(stripe.paymentIntents.cancel(made.id), (error) => {
		assert.ok(error instanceof Stripe.errors.StripeInvalidRequestError);
		assert.equal(error.code, 'payment_intent_unexpected_state');
		assert.equal(error.payment_intent.id, made.id);
		return error.statusCode === 400;
	});
});

await test('confirm leads to the page of the sandbox', async () => {
	const made = await stripe.paymentIntents.create({ ...order, confirm: true, payment_method: 'pm_card_visa',
		return_url: 'https://shop.example/back' });
	assert.equal(made.status, 'requires_action');
	assert.equal(made.next_action.type, 'redirect_to_url');
	assert.match(made.next_action.redirect_to_url.url, /\/pay\/pi_/);
});

await test('pay, refund in parts, refund too much', async () => {
	const made = await stripe.paymentIntents.create(order);
	await outside(`/sandbox/stripe/pay/${made.id}`);
	const paid = await stripe.paymentIntents.retrieve(made.id, { expand: ['latest_charge'] });
	assert.equal(paid.status, 'succeeded');
	assert.equal(paid.amount_received, 129900);
	assert.equal(paid.latest_charge.payment_intent, made.id);
	const part = await stripe.refunds.create({ payment_intent: made.id, amount: 900, reason: 'requested_by_customer' });
	assert.equal(part.status, 'succeeded');
	assert.equal(part.amount, 900);
	await assert.rejects(stripe.refunds.create({ payment_intent: made.id, amount: 129001 }),
		(error) => error instanceof Stripe.errors.StripeInvalidRequestError && error.param === 'amount');
	const rest = await stripe.refunds.create({ payment_intent: made.id });
	assert.equal(rest.amount, 129000);
	await assert.rejects(stripe.refunds.create({ payment_intent: made.id }), (error) => error.code === 'charge_already_refunded');
	const listed = await stripe.refunds.list({ payment_intent: made.id });
	assert.deepEqual(listed.data.map((refund) => refund.id), [rest.id, part.id]);
});

await test('manual capture', async () => {
	const made = await stripe.paymentIntents.create({ ...order, capture_method: 'manual' });
	await outside(`/sandbox/stripe/pay/${made.id}`);
	assert.equal((await stripe.paymentIntents.retrieve(made.id)).status, 'requires_capture');
	const captured = await stripe.paymentIntents.capture(made.id, { amount_to_capture: 100000 });
	assert.equal(captured.status, 'succeeded');
	assert.equal(captured.amount_received, 100000);
});

// --- payments by a stored method ------------------------------------------------------------------------------------------

const stored = async (testMethod) => {
	const customer = await stripe.customers.create({ email: 'jane@example.org', metadata: { user_id: '7' } });
	const method = await stripe.paymentMethods.attach(testMethod, { customer: customer.id });
	return { customer: customer.id, payment_method: method.id };
};
const later = { amount: 2000, currency: 'eur', off_session: true, confirm: true, metadata: { reference: 'PAY-2' } };
const declined = (code, declineCode) => (error) => error instanceof Stripe.errors.StripeCardError && error.statusCode === 402
	&& error.code === code && error.decline_code === declineCode;

await test('a stored method is charged while its owner is away', async () => {
	const method = await stored('pm_card_visa');
	const paid = await stripe.paymentIntents.create({ ...later, ...method });
	assert.equal(paid.status, 'succeeded');
	assert.equal(paid.amount_received, 2000);
	assert.equal(paid.customer, method.customer);
	const listed = await stripe.paymentIntents.list({ customer: method.customer });
	assert.deepEqual(listed.data.map(({ id }) => id), [paid.id]);
	const methods = await stripe.customers.listPaymentMethods(method.customer, { type: 'card' });
	assert.deepEqual(methods.data.map(({ id }) => id), [method.payment_method]);
	const debit = await stripe.paymentIntents.create({ ...later, ...await stored('pm_usBankAccount_success'), off_session: 'recurring' });
	assert.equal(debit.status, 'processing');
});

await test('a bank that wants to see the owner', async () => {
	const method = await stored('pm_card_authenticationRequired');
	await assert.rejects(stripe.paymentIntents.create({ ...later, ...method }), (error) => {
		assert.ok(declined('authentication_required', 'authentication_required')(error));
		assert.equal(error.payment_method.id, method.payment_method);
		assert.equal(error.payment_intent.status, 'requires_payment_method');
		assert.equal(error.payment_intent.last_payment_error.code, 'authentication_required');
		assert.match(error.payment_intent.client_secret, /^pi_/);
		return true;
	});
});

await test('declines of a stored method, the same again under one key', async () => {
	for (const [testMethod, code, declineCode] of [['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
		['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
		['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card']]) {
		const body = { ...later, ...await stored(testMethod) };
		const idempotencyKey = randomUUID();
		for (let i = 0; i < 2; i++) await assert.rejects(stripe.paymentIntents.create(body, { idempotencyKey }), declined(code, declineCode));
		assert.equal((await stripe.paymentIntents.list({ customer: body.customer })).data.length, 1);
	}
	await assert.rejects(stripe.paymentIntents.create({ ...later, ...await stored('pm_haat_mandateInactive') }),
		(error) => error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'payment_intent_mandate_invalid');
});

await test('a stored method serves its owner only', async () => {
	const method = await stored('pm_card_visa');
	const refused = (changes, param, code) => assert.rejects(stripe.paymentIntents.create({ ...later, ...method, ...changes }), (error) =>
		error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 400 && error.param === param && error.code === code);
	await refused({ customer: undefined }, 'payment_method');
	await refused({ customer: (await stored('pm_card_visa')).customer }, 'payment_method', 'resource_missing');
	await refused({ customer: 'cus_nobody' }, 'customer', 'resource_missing');
	await refused({ payment_method: 'pm_nothing' }, 'payment_method', 'resource_missing');
	await refused({ payment_method: 'pm_card_visa' }, 'payment_method', 'resource_missing');
	await refused({ confirm: false }, 'off_session');
	await stripe.paymentMethods.detach(method.payment_method);
	await refused({}, 'payment_method');
});

await test('events are listed, page by page', async () => {
	const first = await stripe.events.list({ limit: 2 });
	assert.equal(first.data.length, 2);
	assert.equal(first.has_more, true);
	const all = [];
	for await (const event of stripe.events.list({ limit: 3 })) all.push(event.id);
	assert.ok(all.length > 5);
	assert.equal(new Set(all).size, all.length);
	assert.deepEqual(all.slice(0, 2), first.data.map((event) => event.id));
	const paid = await stripe.events.list({ type: 'payment_intent.succeeded' });
	assert.ok(paid.data.every((event) => event.type === 'payment_intent.succeeded') && paid.data.length > 0);
	const one = await stripe.events.retrieve(all[0]);
	assert.equal(one.object, 'event');
});

await test('errors arrive as the classes of the library', async () => {
	await assert.rejects(stripe.paymentIntents.retrieve('pi_nothing'), (error) =>
		error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404 && error.code === 'resource_missing');
	await assert.rejects(stripe.paymentIntents.create({ ...order, amount: -1 }), (error) =>
		error instanceof Stripe.errors.StripeInvalidRequestError && error.param === 'amount');
	await assert.rejects(stripe.paymentIntents.create({ ...order, colour: 'red' }), (error) =>
		error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'parameter_unknown' && error.param === 'colour');
	await assert.rejects(client('sk_test_wrong').paymentIntents.create(order), (error) =>
		error instanceof Stripe.errors.StripeAuthenticationError && error.statusCode === 401);
	await outside('/sandbox/switches', { fail_before: 1 });
	await assert.rejects(stripe.paymentIntents.create(order), (error) =>
		error instanceof Stripe.errors.StripeAPIError && error.statusCode === 500);
});

await test('least and greatest amounts', async () => {
	const outcome = async (amount, currency) => {
		try {
			return (await stripe.paymentIntents.create({ ...order, amount, currency })).amount;
		} catch (error) {
			return error.code;
		}
	};
	for (const [amount, currency, expected] of [[30, 'gbp', 30], [29, 'gbp', 'amount_too_small'], [49, 'usd', 'amount_too_small'],
		[199, 'pln', 'amount_too_small'], [17500, 'huf', 17500], [99999999, 'usd', 99999999], [100000000, 'usd', 'amount_too_large'],
		[999999999, 'inr', 999999999], [1000000000, 'inr', 'amount_too_large'], [999999999999, 'idr', 999999999999]])
		assert.equal(await outcome(amount, currency), expected, `${amount} ${currency}`);
});

await test('idempotency: replayed, refused for other parameters, refused while running', async () => {
	const idempotencyKey = randomUUID();
	const first = await stripe.paymentIntents.create(order, { idempotencyKey });
	const second = await stripe.paymentIntents.create(order, { idempotencyKey });
	assert.equal(second.id, first.id);
	assert.equal(second.lastResponse.headers['idempotent-replayed'], 'true');
	await assert.rejects(stripe.paymentIntents.create({ ...order, amount: 5 }, { idempotencyKey }), (error) =>
		error instanceof Stripe.errors.StripeIdempotencyError && error.statusCode === 400);
	await outside('/sandbox/switches', { hang_ms: 400 });
	const running = randomUUID();
	const both = await Promise.allSettled([1, 2].map(() => stripe.paymentIntents.create(order, { idempotencyKey: running })));
	await outside('/sandbox/switches', { hang_ms: 0 });
	const refused = both.filter((one) => one.status === 'rejected');
	assert.equal(refused.length, 1);
	assert.equal(refused[0].reason.statusCode, 409);
	assert.equal(refused[0].reason.code, 'idempotency_key_in_use');
});

await test("the library's own retry does not charge twice", async () => {
	const count = async () => (await stripe.paymentIntents.list({ limit: 100 })).data.length;
	const before = await count();
	await outside('/sandbox/switches', { fail_after_charge: 1 });
	const retrying = new Stripe(apiKey, { host: '127.0.0.1', port: sandboxPort, protocol: 'http', maxNetworkRetries: 2, telemetry: false });
	// Stripe keeps the answer of a call that failed after it had begun: the retries get the same error.
	await assert.rejects(retrying.paymentIntents.create(order), Stripe.errors.StripeAPIError);
	assert.equal(await count(), before + 1);
});

// --- webhooks that we make ------------------------------------------------------------------------------------------------

await test("constructEvent accepts the sandbox's webhooks", async () => {
	const made = await stripe.paymentIntents.create(order);
	await outside(`/sandbox/stripe/pay/${made.id}`);
	await outside('/sandbox/flush');
	assert.ok(heard.length > 5);
	for (const { headers, body } of heard) {
		const event = stripe.webhooks.constructEvent(body, headers['stripe-signature'], webhookSecret);
		assert.equal(event.object, 'event');
		assert.match(event.id, /^evt_/);
	}
	const last = heard.map(({ body }) => JSON.parse(body)).filter((event) => event.data.object.id === made.id);
	assert.deepEqual(last.map((event) => event.type), ['payment_intent.created', 'payment_intent.succeeded']);
});

await test('constructEvent refuses them when something was changed', async () => {
	const { headers, body } = heard[0];
	const signature = headers['stripe-signature'];
	const fails = (...change) => assert.throws(() => stripe.webhooks.constructEvent(...change),
		Stripe.errors.StripeSignatureVerificationError);
	fails(`${body} `, signature, webhookSecret);
	fails(body, signature, `${webhookSecret}x`);
	fails(body, signature.replace('v1=', 'v0='), webhookSecret);
	fails(body, signature.replace(/t=\d+/, 't=1'), webhookSecret);
});

// --- webhooks that we receive ---------------------------------------------------------------------------------------------

const now = () => Math.floor(Date.now() / 1000);
const eventText = (changes = {}) => JSON.stringify({ id: `evt_${randomUUID().replaceAll('-', '')}`, object: 'event', type: 'customer.created',
	created: now(), livemode: false, api_version: '2025-03-31.basil', data: { object: { id: 'cus_1', object: 'customer' } }, ...changes });
const signed = (payload, options = {}) => stripe.webhooks.generateTestHeaderString({ payload, secret: webhookSecret, ...options });
const deliver = (payload, signature, headers = {}) => call('POST', '/webhooks/stripe',
	{ body: payload, headers: signature === undefined ? headers : { 'Stripe-Signature': signature, ...headers } });

await test("the library's signature is accepted, and the second time known", async () => {
	const payload = eventText();
	const first = await deliver(payload, signed(payload));
	assert.equal(first.status, 200, first.text);
	assert.equal(first.body.status, 'ignored');
	const second = await deliver(payload, signed(payload));
	assert.equal(second.status, 200, second.text);
	assert.equal(second.body.status, 'already_processed');
});

await test('bytes are signed, not JSON: odd white space and letters of all kinds', async () => {
	for (const payload of [`${eventText()}\n`, eventText({ note: 'টাকা ৳ 😀' }), JSON.stringify(JSON.parse(eventText()), null, 2)])
		assert.equal((await deliver(payload, signed(payload))).status, 200);
});

await test('one event id with another payload is a collision', async () => {
	const payload = eventText();
	const other = payload.replace('cus_1', 'cus_2');
	assert.equal((await deliver(payload, signed(payload))).status, 200);
	assertProblem(await deliver(other, signed(other)), 409, 'event_collision');
});

await test('a method is stored without a payment', async () => {
	const customer = await stripe.customers.create({ email: 'jane@example.org' });
	const made = await stripe.setupIntents.create({ customer: customer.id, usage: 'off_session', automatic_payment_methods: { enabled: true },
		metadata: { payment_method_id: 'x' } });
	assert.equal(made.status, 'requires_payment_method');
	assert.ok(made.client_secret.startsWith(`${made.id}_secret_`));
	const cancelled = await stripe.setupIntents.cancel(made.id, { cancellation_reason: 'abandoned' });
	assert.equal(cancelled.status, 'canceled');
	const found = await stripe.setupIntents.retrieve(made.id, { expand: ['payment_method'] });
	assert.equal(found.status, 'canceled');
	assert.equal(found.payment_method, null);
	await assert.rejects(stripe.setupIntents.cancel(made.id), (error) => error.statusCode === 400 && error.code === 'setup_intent_unexpected_state');
	await assert.rejects(stripe.setupIntents.create({ customer: 'cus_nobody' }), (error) => error.code === 'resource_missing');
});

await test('signatures that do not count', async () => {
	const payload = eventText();
	const good = signed(payload);
	const wrong = [undefined, '', 'x', good.replace('v1=', 'v0='), good.slice(0, -1), `${good.slice(0, -1)}g`, good.replace(/^t=\d+,/, ''),
		signed(payload, { secret: 'whsec_other' }), signed(`${payload} `), signed(payload, { timestamp: now() - 301 }),
		signed(payload, { timestamp: now() + 330 }), signed(payload, { scheme: 'v0' }), good.replace(/t=\d+/, `t=${now() + 1}`)];
	for (const signature of wrong)
		assertProblem(await deliver(payload, signature), 401, 'bad_signature');
});

await test('old and new secrets in one header', async () => {
	const payload = eventText();
	const [, timestamp] = signed(payload).match(/t=(\d+)/);
	const other = signed(payload, { secret: 'whsec_other', timestamp: Number(timestamp) }).split(',')[1];
	const ours = signed(payload, { timestamp: Number(timestamp) }).split(',')[1];
	assert.equal((await deliver(payload, `t=${timestamp},${other},${ours}`)).status, 200);
});

await test('signed, but not an event', async () => {
	for (const payload of ['{}', '[]', 'null', '{"id":1,"type":"x"}', 'not json'])
		assert.equal((await deliver(payload, signed(payload))).status, 400);
});

finish();
