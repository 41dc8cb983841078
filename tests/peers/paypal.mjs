// The sandbox against PayPal's own library: as a client of the sandbox that reads its answers by PayPal's own schemas; and its
// webhooks against node's crypto, since the library verifies none.
import assert from 'node:assert/strict';
import { randomUUID, verify, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { ApiError, CheckoutPaymentIntent, Client, Environment, OrdersController, PaymentsController, VaultController } from '@paypal/paypal-server-sdk';
import { heard, outside, sandboxPort } from './sandbox.mjs';
import { finish, runDirectory, secret, test } from './suite.mjs';

const webhookId = '1JE4291016473214C';

// The library knows PayPal's hosts only; its calls go to the sandbox on their way out.
const transport = {
	request: (options, callback) => http.request({
		...options, protocol: 'http:', host: '127.0.0.1', hostname: '127.0.0.1', port: sandboxPort, path: `/paypal${options.path}`,
		agent: undefined,
	}, callback),
};

const client = (password = secret('paypal')) => new Client({
	clientCredentialsAuthCredentials: { oAuthClientId: 'haat-sandbox', oAuthClientSecret: password },
	environment: Environment.Sandbox,
	httpClientOptions: { retryConfig: { maxNumberOfRetries: 0 } },
	unstable_httpClientOptions: { adapter: 'http', transport },
});

const orders = new OrdersController(client());
const payments = new PaymentsController(client());
const vault = new VaultController(client());
const prefer = 'return=representation';

const order = (value = '12.50', currencyCode = 'USD', more = {}) => ({
	intent: CheckoutPaymentIntent.Capture,
	purchaseUnits: [{ amount: { currencyCode, value }, customId: `PAY-${randomUUID()}`, ...more }],
	paymentSource: {
		paypal: {
			experienceContext: {
				returnUrl: 'https://shop.example/return', cancelUrl: 'https://shop.example/cancel',
				shippingPreference: 'NO_SHIPPING', userAction: 'PAY_NOW',
			},
		},
	},
});

const create = async (body = order(), paypalRequestId = randomUUID()) =>
	(await orders.createOrder({ body, paypalRequestId, prefer })).result;

async function captured(body) {
	const made = await create(body);
	await outside(`/sandbox/paypal/pay/${made.id}`);
	return (await orders.captureOrder({ id: made.id, paypalRequestId: randomUUID(), prefer, body: {} })).result;
}

const refused = (promise, status, issue) => assert.rejects(promise, (error) => {
	assert.ok(error instanceof ApiError, String(error));
	assert.equal(error.statusCode, status);
	if (issue !== undefined) assert.equal(JSON.parse(error.body).details[0].issue, issue);
	return true;
});

await test('an order is created, approved and captured', async () => {
	const made = await create();
	assert.match(made.id, /^[A-Z0-9]{17}$/);
	assert.equal(made.status, 'PAYER_ACTION_REQUIRED');
	assert.ok(made.links.some(({ rel, method }) => rel === 'payer-action' && method === 'GET'));
	await outside(`/sandbox/paypal/pay/${made.id}`);
	assert.equal((await orders.getOrder({ id: made.id })).result.status, 'APPROVED');
	const taken = (await orders.captureOrder({ id: made.id, paypalRequestId: randomUUID(), prefer, body: {} })).result;
	assert.equal(taken.status, 'COMPLETED');
	const [capture] = taken.purchaseUnits[0].payments.captures;
	assert.equal(capture.status, 'COMPLETED');
	assert.deepEqual({ ...capture.amount }, { currencyCode: 'USD', value: '12.50' });
	assert.equal(capture.customId, made.purchaseUnits[0].customId);
	assert.equal(capture.sellerReceivableBreakdown.paypalFee.value, '0.92');
	const shown = (await payments.getCapturedPayment({ captureId: capture.id })).result;
	assert.equal(shown.status, 'COMPLETED');
	assert.equal(shown.supplementaryData.relatedIds.orderId, made.id);
});

await test('the same request id makes one order, and what came of it', async () => {
	const body = order();
	const key = randomUUID();
	const made = await create(body, key);
	await outside(`/sandbox/paypal/pay/${made.id}`);
	const again = await create(body, key);
	assert.equal(again.id, made.id);
	assert.equal(again.status, 'APPROVED');
	await refused(create(order('13.00'), key), 422, 'DUPLICATE_REQUEST_ID');
});

await test('what PayPal refuses is refused', async () => {
	await refused(create(order('12.505')), 422, 'DECIMAL_PRECISION');
	await refused(create(order('500.50', 'JPY')), 422, 'DECIMALS_NOT_SUPPORTED');
	await refused(create(order('1.00', 'BDT')), 422, 'CURRENCY_NOT_SUPPORTED');
	await refused(create(order('0.00')), 422, 'CANNOT_BE_ZERO_OR_NEGATIVE');
	await refused(create(order('1.00', 'USD', { invoiceId: 'x'.repeat(128) })), 400);
	await refused(orders.createOrder({ body: order() }), 422, 'PAYPAL_REQUEST_ID_REQUIRED');
	await refused(orders.getOrder({ id: 'NO-SUCH-ORDER' }), 404, 'INVALID_RESOURCE_ID');
	const made = await create();
	await refused(orders.captureOrder({ id: made.id, body: {} }), 422, 'ORDER_NOT_APPROVED');
});

await test('an order is captured once', async () => {
	const taken = await captured(order());
	await refused(orders.captureOrder({ id: taken.id, body: {} }), 422, 'ORDER_ALREADY_CAPTURED');
	await refused(captured(order('12.50', 'USD', { invoiceId: taken.id })).then(() => captured(order('12.50', 'USD', { invoiceId: taken.id }))),
		422, 'DUPLICATE_INVOICE_ID');
});

await test('refunds go back in parts, and not more than there is', async () => {
	const taken = await captured(order());
	const captureId = taken.purchaseUnits[0].payments.captures[0].id;
	const refund = (value) => payments.refundCapturedPayment({
		captureId, paypalRequestId: randomUUID(), prefer,
		body: { amount: { currencyCode: 'USD', value }, customId: 'PAY-1:2' },
	});
	const part = (await refund('5.00')).result;
	assert.equal(part.status, 'COMPLETED');
	assert.equal(part.customId, 'PAY-1:2');
	assert.equal(part.sellerPayableBreakdown.totalRefundedAmount.value, '5.00');
	assert.equal((await payments.getRefund({ refundId: part.id })).result.amount.value, '5.00');
	assert.equal((await payments.getCapturedPayment({ captureId })).result.status, 'PARTIALLY_REFUNDED');
	await refused(refund('7.51'), 422, 'REFUND_AMOUNT_EXCEEDED');
	await refund('7.50');
	await refused(refund('0.01'), 422, 'CAPTURE_FULLY_REFUNDED');
	const whole = (await orders.getOrder({ id: taken.id })).result.purchaseUnits[0].payments;
	assert.equal(whole.captures[0].status, 'REFUNDED');
	assert.deepEqual(whole.refunds.map(({ amount }) => amount.value), ['5.00', '7.50']);
});

await test('how somebody pays is stored without a payment', async () => {
	const experienceContext = { returnUrl: 'https://shop.example/return', cancelUrl: 'https://shop.example/cancel', vaultInstruction: 'ON_PAYER_APPROVAL' };
	const setup = (more = {}, paypalRequestId = randomUUID()) => vault.createSetupToken({ paypalRequestId, body: { customer: { merchantCustomerId: 'c-1' },
		paymentSource: { paypal: { usageType: 'MERCHANT', usagePattern: 'UNSCHEDULED_PREPAID', customerType: 'CONSUMER', experienceContext, ...more } } } });
	const take = (id, paypalRequestId = randomUUID()) =>
		vault.createPaymentToken({ paypalRequestId, body: { paymentSource: { token: { id, type: 'SETUP_TOKEN' } } } });
	const { result: made } = await setup();
	assert.equal(made.status, 'PAYER_ACTION_REQUIRED');
	assert.ok(made.links.some(({ rel }) => rel === 'approve'));
	await refused(take(made.id), 422);
	await outside(`/sandbox/paypal/approve-setup/${made.id}`, '{}');
	assert.equal((await vault.getSetupToken(made.id)).result.status, 'APPROVED');
	const key = randomUUID(), { result: token } = await take(made.id, key);
	assert.equal(token.customer.id, made.customer.id);
	assert.equal((await take(made.id, key)).result.id, token.id);
	await refused(take(made.id), 422);
	assert.equal((await vault.getPaymentToken(token.id)).result.id, token.id);
	await refused(setup({ usageType: 'PLATFORM' }), 400);
	await refused(setup({ experienceContext: {} }), 400);
	await refused(take('nothing'), 404);
});

await test('wrong credentials get no token', async () => {
	await assert.rejects(new OrdersController(client('wrong')).getOrder({ id: 'X' }));
});

// CRC-32 as zlib counts it.
function crc32(bytes) {
	let crc = ~0;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
}

await test("node's crypto accepts the webhooks", async () => {
	await outside('/sandbox/flush');
	const certificate = new X509Certificate(readFileSync(`${runDirectory}/certificates/v1/notifications/certs/CERT-haat-sandbox`));
	const authority = new X509Certificate(readFileSync(`${runDirectory}/tls/ca.pem`));
	assert.ok(certificate.verify(authority.publicKey));
	assert.match(certificate.subject, /^CN=messageverificationcerts\.sandbox\.paypal\.com$/);
	assert.ok(heard.length > 5);
	const types = new Set();
	for (const { headers, body } of heard) {
		const signed = [headers['paypal-transmission-id'], headers['paypal-transmission-time'], webhookId, crc32(Buffer.from(body))].join('|');
		assert.equal(headers['paypal-auth-algo'], 'SHA256withRSA');
		assert.ok(headers['paypal-cert-url'].startsWith('https://api.sandbox.paypal.com/v1/notifications/certs/'));
		assert.ok(verify('sha256', Buffer.from(signed), certificate.publicKey, Buffer.from(headers['paypal-transmission-sig'], 'base64')));
		const event = JSON.parse(body);
		assert.match(event.id, /^WH-/);
		types.add(event.event_type);
	}
	for (const type of ['CHECKOUT.ORDER.APPROVED', 'PAYMENT.CAPTURE.COMPLETED', 'PAYMENT.CAPTURE.REFUNDED']) assert.ok(types.has(type), type);
});

finish();
