// A merchant's walk without the catalogue: a key, a payment that is asked for and paid in the browser, a webhook, the balance, a
// payout by two people, a month of a subscription.  ./dev demo plays it, too.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { buildDirectory, call, finish, runDirectory, secret, signIn, test, until } from '../peers/suite.mjs';
import { closeBrowser, openPage } from './browser.mjs';

const peers = createRequire(new URL('../peers/package.json', import.meta.url));
const { Webhook } = peers('standardwebhooks');
const password = 'Haat-demo-2026!';
const tag = `${Date.now()}${process.pid}`;

// The merchant's server: where payers arrive, and where the shop tells what happens.
const heard = [];
const site = createServer((asked, answer) => {
	let body = '';
	asked.on('data', (part) => { body += part; });
	asked.on('end', () => {
		if (asked.method === 'POST') heard.push({ headers: asked.headers, body });
		answer.setHeader('Content-Type', 'text/html');
		answer.end('<!doctype html><html lang="en"><title>Merchant</title><main><h1>Thanks</h1></main></html>');
	});
});
await new Promise((listens) => site.listen(0, '127.0.0.1', listens));
const { port } = site.address();
const origin = `http://localhost:${port}`;

// The answer's body; it has that status.
async function ask(status, token, method, path, body) {
	const answer = await call(method, path, { token, body });
	assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
	return answer.body;
}

// The clock is not turned: the row is moved into the past, as if the time had gone by.
function sql(statement) {
	execFileSync('mariadb', 
		['--no-defaults', `--socket=${runDirectory}/mariadb.sock`, '--user=haat', `--password=${secret('database')}`, 'haat', '-e', statement]);
}

let people = 0;
async function register(kind, name, more) {
	const email = `${name}-${tag}@haat.test`;
	const phone = `+88015${(tag + ++people).slice(-9)}`;
	return ask(201, undefined, 'POST', `/accounts/register/${kind}`,
		{ email, phone, password, password_confirm: password, full_name: 'Demo Account', ...more }).then(() => email);
}
const access = async (email) => (await signIn(email, password)).access;

const haatctlUser = (...words) =>
	execFileSync(`${buildDirectory}/src/haatctl`, ['--config', `${runDirectory}/haat.conf`, 'user', ...words]);

// Whoever the operator makes an accountant.
async function accountant(name) {
	const email = await register('customer', name);
	haatctlUser('verify', email);
	haatctlUser('grant', email, 'accountant');
	return access(email);
}

const admin = await access('admin@haat.test');
let owner, merchant, key, signingKey, reference, customer;

await test('a merchant registers, is verified, and gets a key for its server', async () => {
	const email = await register('shopkeeper', 'merchant',
		{ shop_name: `Tea by Post ${tag}`, business_type: 'individual', business_id: `BIN-${tag}`, currency: 'USD' });
	haatctlUser('verify', email);
	const signedIn = await signIn(email, password);
	owner = signedIn.access;
	merchant = (await ask(200, owner, 'GET', '/accounts/me')).merchant.id;
	await ask(200, admin, 'POST', `/merchants/${merchant}/activate`);
	const made = await ask(201, owner, 'POST', '/merchants/me/api-keys', { name: 'server', scopes: ['payment:take_own', 'payment:read_own',
		'payment:refund_own', 'payout:read_own', 'plan:write_own', 'subscription:manage_own', 'webhook:write_own'] });
	({ key } = made);
	const { results } = await ask(200, owner, 'GET', '/merchants/me/api-keys');
	assert.equal(results[0].key, undefined, 'a key is shown once');
});

await test('it says where it wants to hear of payments', async () => {
	({ secret: signingKey } = await ask(201, key, 'POST', '/webhook-endpoints',
		{ url: `http://127.0.0.1:${port}/hooks`, event_types: ['payment.succeeded', 'payment_request.paid', 'payout.paid', 'subscription.charged'] }));
	assert.match(signingKey, /^whsec_/);
});

await test('its server asks for a payment, and the payer pays on the page', async () => {
	const asked = await ask(201, key, 'POST', '/payments/initialize', { amount: '49.90', currency: 'USD',
		merchant_reference: `INV-${tag}`, customer: { email: 'payer@example.test' }, return_url: `${origin}/thanks` });
	({ reference } = asked);
	const page = await openPage();
	await page.goto(asked.url);
	await page.getByRole('button', { name: 'Pay with Card (Stripe)' }).click();
	await page.getByLabel('Card number').fill('4242 4242 4242 4242');
	await page.getByRole('button', { name: 'Pay', exact: true }).click();
	await page.waitForURL(`${origin}/thanks**`);
	assert.deepEqual(page.complaints, []);
	const paid = await until(async () => {
		const now = await ask(200, key, 'GET', `/payments/${reference}`);
		return now.status === 'succeeded' && now;
	}, 'the payment is there');
	assert.equal(paid.request_status, 'paid');
});

// What was heard of that type that names it, read by the library that receivers use: a signature that is wrong throws.
const hear = (type, names) => until(() => heard.map(({ headers, body }) => new Webhook(signingKey).verify(body, headers))
	.find((event) => event.type === type && JSON.stringify(event.data).includes(names)), `${type} is heard of`);

await test('it hears of it by webhook, which standardwebhooks verifies', async () => {
	assert.equal((await hear('payment_request.paid', reference)).data.amount, '49.90');
	const [first] = heard;
	assert.throws(() => new Webhook(signingKey).verify(`${first.body} `, first.headers));
});

await test('the balance has it, and two people pay it out', async () => {
	const [balance] = (await ask(200, key, 'GET', `/merchants/${merchant}/balance`)).results;
	assert.equal(balance.currency, 'USD');
	const drafter = await accountant('drafter');
	const approver = await accountant('approver');
	const payout = await ask(201, drafter, 'POST', '/payouts', { merchant_id: merchant, currency: 'USD', amount: balance.available });
	await ask(403, drafter, 'POST', `/payouts/${payout.id}/approve`);
	assert.equal((await ask(200, approver, 'POST', `/payouts/${payout.id}/approve`)).status, 'approved');
	assert.equal((await ask(200, approver, 'POST', `/payouts/${payout.id}/pay`, { bank_reference: `TR-${tag}` })).status, 'paid');
	const [now] = (await ask(200, key, 'GET', `/merchants/${merchant}/balance`)).results;
	assert.equal(now.available, '0.00');
	await hear('payout.paid', payout.id);
});

await test('a customer subscribes with a stored card, and the month after is charged once', async () => {
	customer = await access(await register('customer', 'subscriber'));
	const plan = await ask(201, key, 'POST', '/plans', { name: 'Tea of the month', amount: '12.00', currency: 'USD', every: 'month' });
	const method = await ask(201, customer, 'POST', '/payment-methods', { type: 'card', provider: 'stripe', token: 'pm_card_visa' });
	const { id } = await ask(201, customer, 'POST', '/subscriptions', { plan_id: plan.id, payment_method_id: method.id });
	const charges = async (count) => until(async () => {
		const { results } = await ask(200, key, 'GET', '/payments?status=succeeded&limit=100');
		const those = results.filter(({ amount }) => amount === '12.00');
		assert.ok(those.length <= count, 'a period is charged once');
		return those.length === count;
	}, `${count} charges`);
	await charges(1);
	assert.equal((await ask(200, customer, 'GET', `/subscriptions/${id}`)).status, 'active');
	const row = `UNHEX('${id.replaceAll('-', '')}')`;
	for (const [table, column, begins, ends] of [['subscription_periods', 'subscription_id', 'starts_at', 'ends_at'],
		['subscriptions', 'id', 'current_period_start', 'current_period_end']])
		sql(`UPDATE ${table} SET ${begins} = ${begins} - INTERVAL 31 DAY, ${ends} = ${ends} - INTERVAL 31 DAY WHERE ${column} = ${row}`);
	sql(`UPDATE subscriptions SET anchor_at = anchor_at - INTERVAL 31 DAY, next_action_at = NOW(3) - INTERVAL 1 SECOND WHERE id = ${row}`);
	sql("UPDATE jobs SET run_at = NOW(3) WHERE kind = 'renew_subscriptions' AND status = 'ready'");
	await charges(2);
	await hear('subscription.charged', id);
});

await test('the books agree', async () => {
	execFileSync(`${buildDirectory}/src/haatctl`, ['--config', `${runDirectory}/haat.conf`, 'check'], { stdio: 'pipe' });
});

await closeBrowser();
finish();
