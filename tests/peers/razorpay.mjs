// The sandbox and our signatures against Razorpay's own library: as a client of the sandbox, as a judge of the webhooks that it
// sends, and as a maker of those, and of the results of Checkout, that we must accept.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, createReadStream, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Razorpay from 'razorpay';
import { heard, outside, sandboxPort } from './sandbox.mjs';
import { assertProblem, call, finish, secret, test } from './suite.mjs';

const { validatePaymentVerification, validateWebhookSignature } = createRequire(import.meta.url)('razorpay/dist/utils/razorpay-utils.js');
const webhookSecret = secret('razorpay-webhook');
const keySecret = secret('razorpay');

// The library knows Razorpay's host only.
function client(key_secret = keySecret) {
	const made = new Razorpay({ key_id: 'rzp_test_demo', key_secret });
	made.api.rq.defaults.baseURL = `http://127.0.0.1:${sandboxPort}/razorpay`;
	made.api.rq.defaults.proxy = false;
	return made;
}
const razorpay = client();
const order = (more = {}) => ({ amount: 200000, currency: 'INR', receipt: `R-${randomUUID()}`, notes: { reference: 'PAY-1' }, ...more });
const act = async (what, id, body) => (await outside(`/sandbox/razorpay/${what}/${id}`, body)).json();

async function captured() {
	const made = await razorpay.orders.create(order());
	const paid = await act('pay', made.id);
	return { order: made, payment: await razorpay.payments.capture(paid.id, 200000, 'INR') };
}

const refused = (promise, pattern, field, statusCode = 400) => assert.rejects(promise, (error) => {
	assert.equal(error.statusCode, statusCode, JSON.stringify(error));
	assert.equal(error.error.code, 'BAD_REQUEST_ERROR');
	assert.match(error.error.description, pattern);
	return field === undefined || error.error.field === field;
});

await test('an order is made, authorised, captured', async () => {
	const made = await razorpay.orders.create(order());
	assert.match(made.id, /^order_/);
	assert.equal(made.status, 'created');
	assert.equal(made.amount_due, 200000);
	const paid = await act('pay', made.id);
	const before = await razorpay.orders.fetchPayments(made.id);
	assert.deepEqual(before.items.map(({ id, status }) => [id, status]), [[paid.id, 'authorized']]);
	assert.equal((await razorpay.orders.fetch(made.id)).status, 'attempted');
	const taken = await razorpay.payments.capture(paid.id, 200000, 'INR');
	assert.equal(taken.status, 'captured');
	assert.equal(taken.captured, true);
	assert.equal((await razorpay.payments.fetch(paid.id)).order_id, made.id);
	assert.equal((await razorpay.orders.fetch(made.id)).status, 'paid');
	assert.deepEqual((await razorpay.orders.all({ receipt: made.receipt })).items.map(({ id }) => id), [made.id]);
});

await test('what Razorpay refuses is refused', async () => {
	await refused(razorpay.orders.create(order({ amount: 99 })), /at least INR 1.00/, 'amount');
	await refused(razorpay.orders.create(order({ amount: 100.5 })), /integer/, 'amount');
	await refused(razorpay.orders.create(order({ currency: 'XXX' })), /currency/, 'currency');
	await refused(razorpay.orders.create(order({ receipt: 'x'.repeat(41) })), /receipt/, 'receipt');
	await refused(razorpay.orders.create(order({ colour: 'red' })), /should not be sent/, 'colour');
	const made = order();
	await razorpay.orders.create(made);
	await refused(razorpay.orders.create(made), /receipt/, 'receipt');
	await refused(razorpay.orders.fetch('order_nothing'), /does not exist/);
	await refused(client('wrong').orders.create(order()), /Authentication failed/, undefined, 401);
	const { payment } = await captured();
	await refused(razorpay.payments.capture(payment.id, 200000, 'INR'), /already been captured/);
});

await test('refunds go back in parts, and not more than there is', async () => {
	const { payment } = await captured();
	const part = await razorpay.payments.refund(payment.id, { amount: 50000, speed: 'normal', notes: { refund_id: 'r-1' } });
	assert.match(part.id, /^rfnd_/);
	assert.equal(part.status, 'processed');
	assert.equal((await razorpay.refunds.fetch(part.id)).amount, 50000);
	const now = await razorpay.payments.fetch(payment.id);
	assert.deepEqual([now.status, now.refund_status, now.amount_refunded], ['captured', 'partial', 50000]);
	await refused(razorpay.payments.refund(payment.id, { amount: 150001 }), /greater than/);
	await razorpay.payments.refund(payment.id, {});
	assert.equal((await razorpay.payments.fetch(payment.id)).status, 'refunded');
	await refused(razorpay.payments.refund(payment.id, {}), /fully refunded/);
	const listed = await razorpay.payments.fetchMultipleRefund(payment.id, { count: 1, skip: 1 });
	assert.deepEqual(listed.items.map(({ id }) => id), [part.id]);
	await refused(razorpay.payments.fetchMultipleRefund(payment.id, { count: 101 }), /count/);
});

const directory = mkdtempSync(path.join(tmpdir(), 'haat-razorpay-'));
process.on('exit', () => rmSync(directory, { recursive: true }));
async function upload(content, purpose = 'dispute_evidence') {
	const file = path.join(directory, 'evidence.pdf');
	writeFileSync(file, content);
	return razorpay.documents.create({ file: { value: createReadStream(file) }, purpose });
}

await test('a dispute is contested with documents, and another one accepted', async () => {
	const disputed = async () => act('dispute', (await captured()).order.id);
	const dispute = await disputed();
	const document = await upload('%PDF-1.4 and so on');
	assert.match(document.id, /^doc_/);
	assert.equal((await razorpay.documents.fetch(document.id)).mime_type, 'application/pdf');
	await refused(upload('no picture'), /PDF/, 'file');
	await refused(upload('%PDF-1.4', 'fun'), /purpose/, 'purpose');
	const contest = (body) => razorpay.disputes.contest(dispute.id, body);
	await refused(contest({ action: 'submit', summary: 'delivered' }), /document/);
	await refused(contest({ action: 'submit', shipping_proof: ['doc_nothing'] }), /document/, 'shipping_proof');
	await refused(contest({ action: 'draft', summary: 'x'.repeat(1001) }), /summary/, 'summary');
	await refused(contest({ action: 'draft', amount: 200001 }), /amount/, 'amount');
	assert.equal((await contest({ action: 'draft', summary: 'delivered' })).status, 'open');
	const sent = await contest({ action: 'submit', amount: 200000, summary: 'delivered', shipping_proof: [document.id] });
	assert.equal(sent.status, 'under_review');
	await refused(contest({ action: 'submit', shipping_proof: [document.id] }), /not in the open status/);
	const other = await disputed();
	const lost = await razorpay.disputes.accept(other.id);
	assert.deepEqual([lost.status, lost.amount_deducted], ['lost', 200000]);
	assert.equal((await razorpay.disputes.fetch(other.id)).status, 'lost');
	assert.deepEqual((await razorpay.disputes.all({ count: 1 })).items.map(({ id }) => id), [other.id]);
});

await test("validateWebhookSignature accepts the sandbox's webhooks, and nothing that was changed", async () => {
	await outside('/sandbox/flush');
	assert.ok(heard.length > 10);
	const types = new Set();
	const ids = new Set();
	for (const { headers, body } of heard) {
		const signature = headers['x-razorpay-signature'];
		assert.ok(validateWebhookSignature(body, signature, webhookSecret));
		assert.ok(Razorpay.validateWebhookSignature(body, signature, webhookSecret));
		assert.ok(!validateWebhookSignature(`${body} `, signature, webhookSecret));
		assert.ok(!validateWebhookSignature(body, signature, `${webhookSecret}x`));
		ids.add(headers['x-razorpay-event-id']);
		types.add(JSON.parse(body).event);
	}
	assert.equal(ids.size, heard.length);
	for (const type of ['payment.authorized', 'payment.captured', 'order.paid', 'refund.created', 'refund.processed',
		'payment.dispute.created', 'payment.dispute.under_review', 'payment.dispute.lost']) assert.ok(types.has(type), type);
});

const sign = (body, key = webhookSecret) => createHmac('sha256', key).update(body).digest('hex');
const deliver = (body, signature, id = randomUUID()) => call('POST', '/webhooks/razorpay',
	{ body, headers: { 'X-Razorpay-Signature': signature, 'X-Razorpay-Event-Id': id } });
const event = (note = '') => JSON.stringify({ entity: 'event', account_id: 'acc_1', event: 'invoice.paid', contains: [], payload: {},
	created_at: Math.floor(Date.now() / 1000), note: note + randomUUID() });

await test('we accept what the library accepts, and the second time know it', async () => {
	for (const body of [event(), event('টাকা ৳ 😀'), JSON.stringify(JSON.parse(event()), null, 2)]) {
		const id = randomUUID();
		assert.ok(validateWebhookSignature(body, sign(body), webhookSecret));
		const first = await deliver(body, sign(body), id);
		assert.equal(first.status, 200, first.text);
		assert.equal(first.body.status, 'ignored');
		assert.equal((await deliver(body, sign(body), id)).body.status, 'already_processed');
	}
});

await test('we refuse what it refuses', async () => {
	const body = event();
	for (const [changed, signature] of [[`${body} `, sign(body)], [body, sign(body, 'other')], [body, sign(body).slice(1)], [body, '']]) {
		assert.ok(!validateWebhookSignature(changed, signature, webhookSecret));
		assertProblem(await deliver(changed, signature), 401, 'bad_signature');
	}
});

await test('validatePaymentVerification judges what Checkout hands over as we do', async () => {
	const { order: made, payment } = await captured();
	const good = sign(`${made.id}|${payment.id}`, keySecret);
	assert.ok(validatePaymentVerification({ order_id: made.id, payment_id: payment.id }, good, keySecret));
	assert.ok(!validatePaymentVerification({ order_id: payment.id, payment_id: made.id }, good, keySecret));
	assert.ok(!validatePaymentVerification({ order_id: made.id, payment_id: payment.id }, sign(`${made.id}|${payment.id}`), keySecret));
});

finish();
