// The payment page as people meet it: every state, with and without script, by keyboard, on a phone, in the dark.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { call, finish, runDirectory, shop, signIn, test, until } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, heading, openPage, sandbox, screenshot, waitForHeading } from './browser.mjs';

// The merchant's site, where a payer who has paid arrives.
const site = createServer((asked, answer) => {
	answer.setHeader('Content-Type', 'text/html');
	answer.end('<!doctype html><html lang="en"><title>Merchant</title><main><h1>Thanks</h1></main></html>');
});
await new Promise((listens) => site.listen(0, 'localhost', listens));
const merchant = `http://localhost:${site.address().port}`;
const seller = (await signIn('shop@haat.test')).access;

// A merchant asks for money: { reference, url }.
async function request(members = {}) {
	const answer = await call('POST', '/payments/initialize', {
		token: seller,
		body: { amount: '12.50', currency: 'USD', customer: { email: 'payer@example.test', name: 'Zuleikha Quettawala' },
			return_url: `${merchant}/thanks?cart=7`, ...members },
	});
	assert.equal(answer.status, 201, answer.text);
	return answer.body;
}

// A page of the request.
async function open(asked, options) {
	const page = await openPage(options);
	page.answer = await page.goto(asked.url);
	return page;
}

async function arriveAtMerchant(page, asked) {
	await page.waitForURL(`${merchant}/**`);
	const url = new URL(page.url());
	assert.equal(url.searchParams.get('cart'), '7');
	assert.equal(url.searchParams.get('reference'), asked.reference);
	assert.equal(url.searchParams.get('status'), 'succeeded');
}

const choose = (page, title) => page.getByRole('button', { name: `Pay with ${title}` }).click();
const settled = (page) => assert.deepEqual(page.complaints, []);

async function act(name, provider, transaction) {
	const answer = await fetch(`${sandbox}/sandbox/${provider}/${name}/${transaction}`, { method: 'POST' });
	assert.equal(answer.status, 200);
}

const shown = async (asked) => (await call('GET', `/payments/${asked.reference}`, { token: seller })).body;

await test('an open payment: how much, to whom, by whom, and nothing of the payer', async () => {
	const asked = await request();
	const page = await open(asked);
	assert.equal(page.answer.status(), 200);
	assert.equal(await heading(page), 'Pay');
	assert.match(await page.title(), /^Pay: \S/);
	assert.equal(await page.locator('html').getAttribute('lang'), 'en');
	const text = await page.locator('main').innerText();
	assert.match(text, /\$12\.50/);
	assert.ok(text.includes(asked.reference));
	for (const title of ['Card (Stripe)', 'PayPal', 'Razorpay', 'Flutterwave'])
		assert.equal(await page.getByRole('button', { name: `Pay with ${title}` }).count(), 1, title);
	const source = await page.content();
	for (const secret of ['Zuleikha', 'payer@example.test', merchant])
		assert.ok(!source.includes(secret), secret);
	assert.deepEqual([...page.origins], [shop]);
	await expectAccessible(page);
	settled(page);
	await screenshot(page, 'pay-open');
});

await test('a provider with a page of its own, without script', async () => {
	const asked = await request();
	const page = await open(asked, { javaScriptEnabled: false });
	await choose(page, 'Flutterwave');
	await page.waitForURL(`${sandbox}/**`);
	await page.getByRole('button', { name: 'Pay', exact: true }).click();
	await arriveAtMerchant(page, asked);
});

await test('the same with script, left and taken up again', async () => {
	const asked = await request();
	const page = await open(asked);
	await choose(page, 'Flutterwave');
	await page.waitForURL(`${sandbox}/**`);
	await page.goto(asked.url);
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Continue with Flutterwave' }).click();
	await page.waitForURL(`${sandbox}/**`);
	await page.getByRole('button', { name: 'Pay', exact: true }).click();
	await arriveAtMerchant(page, asked);
	settled(page);
});

await test("Stripe's script: a declined card, then a good one", async () => {
	const asked = await request();
	const page = await open(asked);
	await choose(page, 'Card (Stripe)');
	const field = page.getByLabel('Card number');
	await field.fill('4000 0000 0000 0002');
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Pay', exact: true }).click();
	await page.getByRole('status').filter({ hasText: 'Your card was declined.' }).waitFor();
	await expectAccessible(page);
	assert.equal(await page.getByRole('button', { name: 'Pay', exact: true }).isEnabled(), true);
	await field.fill('4242 4242 4242 4242');
	await page.getByRole('button', { name: 'Pay', exact: true }).click();
	await arriveAtMerchant(page, asked);
	settled(page);
});

await test("PayPal's script", async () => {
	const asked = await request();
	const page = await open(asked);
	await choose(page, 'PayPal');
	const button = page.getByRole('button', { name: 'PayPal', exact: true });
	await button.waitFor();
	await expectAccessible(page);
	assert.equal(await page.getByRole('link', { name: 'Pay with PayPal on its own page' }).count(), 1);
	await button.click();
	await arriveAtMerchant(page, asked);
	settled(page);
});

await test("Razorpay's script: closed, declined, paid", async () => {
	const asked = await request();
	const page = await open(asked);
	await choose(page, 'Razorpay');
	const pay = page.getByRole('button', { name: 'Pay', exact: true });
	await pay.click();
	await page.getByRole('button', { name: 'Close' }).click();
	await pay.click();
	await page.getByRole('button', { name: 'Decline the card' }).click();
	await page.getByRole('status').filter({ hasText: 'declined' }).waitFor();
	await pay.click();
	await page.getByRole('button', { name: 'Pay by card' }).click();
	await arriveAtMerchant(page, asked);
	settled(page);
});

await test('a stored card whose bank wants to see its owner: the charge is confirmed', async () => {
	const owner = (await signIn()).access;
	const made = async (token, path, body) => {
		const answer = await call('POST', path, { token, body });
		assert.equal(answer.status, 201, answer.text);
		return answer.body.id;
	};
	const method = await made(owner, '/payment-methods', { type: 'card', provider: 'stripe', token: 'pm_card_authenticationRequired' });
	const plan = await made(seller, '/plans', { name: 'Tea of the month', amount: '12.00', currency: 'USD', every: 'month' });
	const id = await made(owner, '/subscriptions', { plan_id: plan, payment_method_id: method });
	const shownSubscription = async () => (await call('GET', `/subscriptions/${id}`, { token: owner })).body;
	let subscription = await shownSubscription();
	await until(async () => (subscription = await shownSubscription()).payment_url, 'it can be paid by hand');
	const page = await open({ url: subscription.payment_url });
	assert.equal(page.answer.status(), 200);
	assert.equal(await page.getByRole('button', { name: /^Pay with/ }).count(), 0);
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Confirm the payment' }).click();
	await waitForHeading(page, 'Paid');
	settled(page);
});

await test('a card is stored without a payment: declined, then stored, and back where its owner came from', async () => {
	const owner = (await signIn()).access;
	const begun = await call('POST', '/payment-methods', { token: owner, body: { provider: 'stripe', return_url: `${merchant}/wallet?cart=7` } });
	assert.equal(begun.status, 201, begun.text);
	const page = await open(begun.body);
	assert.equal(page.answer.status(), 200);
	assert.equal(await heading(page), 'Store a payment method');
	await expectAccessible(page);
	const store = page.getByRole('button', { name: 'Store', exact: true });
	await page.getByLabel('Card number').fill('4000 0000 0000 0002');
	await store.click();
	await page.getByRole('status').filter({ hasText: 'declined' }).waitFor();
	await page.getByLabel('Card number').fill('4242 4242 4242 4242');
	await store.click();
	await page.waitForURL(`${merchant}/**`);
	const url = new URL(page.url());
	assert.equal(url.searchParams.get('cart'), '7');
	assert.equal(url.searchParams.get('payment_method'), begun.body.id);
	assert.ok(['stored', 'pending'].includes(url.searchParams.get('status')));
	settled(page);
	await page.goto(begun.body.url);
	await waitForHeading(page, 'Stored');
	await expectAccessible(page);
});

await test('a script provider without script: its own page or another way', async () => {
	const asked = await request();
	const page = await open(asked, { javaScriptEnabled: false });
	await choose(page, 'Card (Stripe)');
	await page.getByText('This way to pay needs JavaScript.').waitFor();
	assert.equal(await page.getByRole('button', { name: 'Pay with Flutterwave' }).count(), 1);
});

await test('one that is being processed looks again by itself', async () => {
	const asked = await request();
	const page = await open(asked);
	await choose(page, 'Card (Stripe)');
	await page.getByLabel('Card number').fill('4000000000000077');
	await page.getByRole('button', { name: 'Pay', exact: true }).click();
	await waitForHeading(page, 'Your payment is being processed');
	await expectAccessible(page);
	const still = await open(asked, { javaScriptEnabled: false });
	assert.equal(await still.locator('meta[http-equiv="refresh"]').count(), 1, 'without script, too');
	await act('pay', 'stripe', (await shown(asked)).provider_transaction_id);
	await page.waitForURL(`${merchant}/**`);
	settled(page);
});

await test('paid: a link to the merchant, and nothing more to pay', async () => {
	const asked = await request();
	const page = await open(asked);
	await choose(page, 'PayPal');
	await page.getByRole('button', { name: 'PayPal', exact: true }).click();
	await arriveAtMerchant(page, asked);
	await page.goto(asked.url);
	assert.equal(await heading(page), 'Paid');
	await expectAccessible(page);
	assert.equal(await page.getByRole('button').count(), 0);
	await page.getByRole('link', { name: /^Return to / }).click();
	await arriveAtMerchant(page, asked);
});

await test('one that did not go through can be tried again', async () => {
	const asked = await request();
	const page = await open(asked);
	await choose(page, 'Card (Stripe)');
	await page.getByLabel('Card number').waitFor();
	await act('fail', 'stripe', (await shown(asked)).provider_transaction_id);
	await until(async () => (await shown(asked)).status === 'failed', 'it has failed');
	await page.reload();
	assert.equal(await heading(page), 'The payment did not go through');
	await expectAccessible(page);
	await choose(page, 'Flutterwave');
	await page.waitForURL(`${sandbox}/**`);
});

await test('cancelled, and a reference that nobody knows', async () => {
	const asked = await request();
	const ended = await call('PUT', `/payments/${asked.reference}/status`, { token: seller, body: { status: 'cancelled', reason: 'a test' } });
	assert.equal(ended.status, 200, ended.text);
	const page = await open(asked);
	assert.equal(page.answer.status(), 410);
	assert.equal(await heading(page), 'Cancelled');
	await expectAccessible(page);
	assert.equal((await page.goto(`${shop}/pay/PAY-0000000000`)).status(), 404);
	assert.equal(await heading(page), 'Payment not found');
	await expectAccessible(page);
});

await test('expired', async () => {
	const asked = await request({ expires_at: new Date(Date.now() + 4000).toISOString() });
	const page = await open(asked);
	await until(async () => (page.answer = await page.goto(asked.url)).status() === 410, 'it has expired');
	assert.equal(await heading(page), 'Expired');
	await expectAccessible(page);
});

await test('a provider that does not answer', async () => {
	const asked = await request();
	const page = await open(asked);
	// Switches go by the shop's own mark of a transaction; this one's is not known yet: those of all, for one call.
	const set = (switches) => fetch(`${sandbox}/sandbox/switches`, { method: 'POST', body: JSON.stringify(switches),
		headers: { 'Content-Type': 'application/json' } });
	assert.equal((await set({ fail_before: 1 })).status, 200);
	const [answer] = await Promise.all([
		page.waitForResponse((response) => response.request().method() === 'POST' && response.url() === asked.url),
		choose(page, 'Card (Stripe)'),
	]);
	await set({ fail_before: 0 });
	assert.equal(answer.status(), 502);
	await page.getByRole('alert').filter({ hasText: 'does not answer at the moment' }).waitFor();
	assert.match(await page.title(), /^Not paid: /);
	assert.equal(await page.locator(':focus').getAttribute('role'), 'alert', 'what went wrong is read first');
	await expectAccessible(page);
	await choose(page, 'Card (Stripe)');
	await page.getByLabel('Card number').waitFor();
});

await test('by keyboard alone, with a focus that is seen', async () => {
	const asked = await request();
	const page = await open(asked);
	const focused = page.locator(':focus');
	await page.keyboard.press('Tab');
	await page.keyboard.press('Tab'); // behind the shop's name
	assert.match(await focused.innerText(), /^Pay with /);
	assert.notEqual(await focused.evaluate((element) => getComputedStyle(element).outlineStyle), 'none');
	for (let tabs = 0; !(await focused.innerText()).includes('Flutterwave') && tabs < 20; tabs++)
		await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await page.waitForURL(`${sandbox}/**`);
});

await test('on a phone of 320 pixels, nothing to scroll sideways, and large enough to be hit', async () => {
	const asked = await request();
	const page = await open(asked, { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
	for (const button of await page.getByRole('button').all())
		assert.ok((await button.boundingBox()).height >= 44);
	await expectAccessible(page);
	await screenshot(page, 'pay-phone');
	await choose(page, 'Card (Stripe)');
	await page.getByLabel('Card number').waitFor();
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
	await screenshot(page, 'pay-phone-stripe');
});

await test('in the dark, and without motion', async () => {
	const asked = await request();
	const page = await open(asked, { colorScheme: 'dark', reducedMotion: 'reduce' });
	const [red] = (await page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor)).match(/\d+/);
	assert.ok(Number(red) < 64);
	assert.equal(await page.getByRole('button').first().evaluate((button) => getComputedStyle(button).transitionDuration), '0s');
	await expectAccessible(page);
	await screenshot(page, 'pay-dark');
});

await test('one policy an answer: of the page, of the page with a script, of everything else', async () => {
	const asked = await request();
	const page = await open(asked);
	const policies = async (answer) => (await answer.headersArray()).filter(({ name }) => name.toLowerCase() === 'content-security-policy');
	let [policy, ...more] = await policies(page.answer);
	assert.deepEqual(more, []);
	assert.match(policy.value, /script-src 'self';/);
	assert.doesNotMatch(policy.value, /frame-src|unsafe/);
	await choose(page, 'Card (Stripe)');
	await page.getByLabel('Card number').waitFor();
	[policy, ...more] = await policies(await page.reload());
	assert.deepEqual(more, []);
	assert.ok(policy.value.includes(`script-src 'self' ${sandbox};`), policy.value);
	assert.ok(policy.value.includes(`frame-src 'self' ${sandbox};`), policy.value);
	[policy, ...more] = await policies(await page.goto(`${shop}/api/v1/openapi.json`));
	assert.deepEqual(more, []);
	assert.match(policy.value, /^default-src 'self';/);
});

await test('another site can neither begin a payment here nor frame the page', async () => {
	const asked = await request();
	const page = await openPage();
	await page.goto(`${sandbox}/sandbox/switches`);
	await page.evaluate((url) => {
		const form = document.createElement('form');
		form.method = 'post';
		form.action = url;
		form.innerHTML = '<input name="provider" value="stripe">';
		document.documentElement.append(form);
		form.submit();
	}, asked.url);
	await waitForHeading(page, 'Not from here');
	await expectAccessible(page);
	assert.equal((await shown(asked)).provider, null);
	const answer = await page.goto(asked.url);
	assert.equal(answer.headers()['x-frame-options'], 'DENY');
	assert.match(answer.headers()['content-security-policy'], /frame-ancestors 'none'/);
});

console.log(`  (screenshots in '${runDirectory}/screenshots')`);
await closeBrowser();
finish();
