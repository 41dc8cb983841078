// Money in the console: a payout takes two people, a refund says what is left, a rule of risk that is edited bites.
import assert from 'node:assert/strict';
import { call, finish, shop, signIn, test } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, screenshot } from './browser.mjs';
import { deliver } from './buying.mjs';
import { openConsole } from './consoles.mjs';

const desk = { viewport: { width: 1280, height: 900 } };
const staff = await signIn('admin@haat.test');
const api = async (path) => (await call('GET', path, { token: staff.access })).body;

const money = (amount, currency) => new Intl.NumberFormat('en-GB', { style: 'currency', currency }).format(amount);

// A customer's order in cash on delivery, which staff have confirmed.
async function payInCash() {
	const payer = await signIn();
	const make = async (status, who, path, body) => {
		const made = await call('POST', path, { token: who.access, body });
		assert.equal(made.status, status, `${path}: ${made.text}`);
		return made.body;
	};
	const address = (await call('GET', '/addresses', { token: payer.access })).body.results[0];
	const goods = (await call('GET', '/products?in_stock=true&limit=20')).body.results.find((one) => one.currency === 'BDT');
	const { variants } = (await call('GET', `/products/${goods.id}`)).body;
	const order = await make(201, payer, '/orders', { shipping_address_id: address.id, shipping_method: 'standard', items: [{ variant_id: variants.find((one) => one.available > 0).id, quantity: 1 }] });
	const payment = await make(201, payer, '/payments', { order_id: order.id, provider: 'cod' });
	await make(200, staff, `/payments/${payment.reference}/confirm`);
	return { ...payment, number: order.number };
}

await test('a payout is drafted by one, approved and paid by another, and posted', async () => {
	let found;
	for (const merchant of (await api('/merchants?page_size=50')).results) {
		const { results } = await api(`/merchants/${merchant.id}/balance`);
		const one = results.find((balance) => Number(balance.available) >= 20);
		if (one) { found = { merchant, ...one }; break; }
	}
	assert.ok(found, 'no merchant of the demo shop has anything to be paid');
	const drafter = await openConsole('admin', { path: `/console/balances/${found.merchant.id}`, options: desk });
	await drafter.locator('section').filter({ has: drafter.getByRole('heading', { name: found.currency }) }).getByRole('button', { name: 'Draft a payout' }).click();
	await drafter.getByRole('dialog').getByLabel(/^Amount/).fill('10.00');
	await drafter.getByRole('dialog').getByRole('button', { name: 'Draft a payout' }).click();
	await drafter.getByText('The payout is drafted; another person approves it.').waitFor();
	const draft = (await api(`/payouts?status=draft&limit=100`)).results.find((one) => one.merchant_id === found.merchant.id && one.currency === found.currency && one.amount === '10.00');
	assert.ok(draft, 'nothing is drafted');
	// Who has drafted it is not offered to approve it.
	await drafter.goto(`${shop}/console/payouts?status=draft`);
	await drafter.getByText('Another person approves it.').first().waitFor();
	await drafter.context().close();
	const page = await openConsole('accountant', { path: '/console/payouts?status=draft', options: desk });
	await page.getByRole('button', { name: /^Approve: / }).first().click();
	await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
	const confirm = page.getByRole('dialog', { name: 'Confirm that it is you' });
	const approved = page.getByText(/^Approved: /);
	await confirm.or(approved).first().waitFor();
	if (await confirm.isVisible()) {
		await expectAccessible(page);
		await confirm.getByLabel('Password').fill('Haat-demo-2026!');
		await confirm.getByRole('button', { name: 'Confirm' }).click();
	}
	await approved.waitFor();
	await page.getByRole('search').getByLabel('Status').selectOption('approved');
	await page.getByRole('button', { name: /^Paid by bank: / }).first().click();
	await page.getByRole('dialog').getByLabel('The bank’s reference').fill('B-77');
	await page.getByRole('dialog').getByRole('button', { name: 'Paid by bank' }).click();
	await page.getByText(/^Paid: /).waitFor();
	assert.equal((await api('/payouts?status=paid&limit=100')).results.find((one) => one.id === draft.id)?.bank_reference, 'B-77');
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('a refund shows what is left and refuses more', async () => {
	const payment = await payInCash();
	if ((await api(`/payments/${payment.reference}`)).review === 'pending') await call('POST', `/payments/${payment.reference}/approve`, { token: staff.access, body: { reason: 'known' } });
	await deliver(payment.number);
	if ((await api(`/payments/${payment.reference}`)).status !== 'succeeded') assert.equal((await call('POST', `/payments/${payment.reference}/collect`, { token: staff.access })).status, 200);
	// A part is on its way back already, and is not left any more.
	assert.ok((await call('POST', '/accounts/confirm', { token: staff.access, body: { password: 'Haat-demo-2026!' } })).status < 300);
	const part = await call('POST', `/payments/${payment.reference}/refunds`, { token: staff.access, body: { amount: '0.50', reason: 'a scratch' } });
	assert.equal(part.status, 201, part.text);
	const page = await openConsole('accountant', { path: `/console/payments/${payment.reference}`, options: desk });
	await page.getByRole('button', { name: 'Refund' }).click();
	const dialog = page.getByRole('dialog', { name: 'Refund' });
	await dialog.getByText('Left to refund').waitFor();
	// What the dialog says is what the API will post.
	const preview = await api(`/payments/${payment.reference}/refunds/preview`);
	assert.equal(await dialog.getByText('Left to refund').locator('xpath=../dd').innerText(), money(preview.left, payment.currency));
	assert.equal(await dialog.getByLabel(/^Amount in/).inputValue(), preview.left);
	assert.notEqual(preview.left, payment.amount);
	await dialog.getByRole('region', { name: 'What will be posted' }).getByRole('row').first().waitFor();
	assert.equal(await dialog.getByRole('region', { name: 'What will be posted' }).getByRole('row').count(), preview.postings.length);
	await expectAccessible(page);
	await screenshot(page, 'console-refund');
	await dialog.getByLabel(/^Amount in/).fill('99999999.00');
	await dialog.getByLabel('Reason').fill('test of the bound');
	await dialog.getByRole('status').filter({ hasText: /exceeds|more than/ }).waitFor();
	await expectAccessible(page);
	await dialog.getByRole('button', { name: 'Refund' }).click();
	const confirm = page.getByRole('dialog', { name: 'Confirm that it is you' });
	const refused = page.locator('.notice.bad, .fault').first();
	await confirm.or(refused).first().waitFor();
	if (await confirm.isVisible()) {
		await confirm.getByLabel('Password').fill('Haat-demo-2026!');
		await confirm.getByRole('button', { name: 'Confirm' }).click();
	}
	await refused.waitFor();
	assert.equal((await api(`/payments/${payment.reference}`)).status, 'succeeded');
	await page.context().close();
});

await test('a rule of risk is edited, and bites', async () => {
	const before = (await api('/risk/rules')).results.find((one) => one.signal === 'orders_account');
	assert.ok(before, 'there is no rule on orders of an account');
	const page = await openConsole('accountant', { path: '/console/risk', options: desk });
	try {
		await page.getByRole('row').filter({ hasText: 'orders of the account' }).first().getByRole('button', { name: /^Edit/ }).click();
		await page.getByRole('dialog').getByLabel('From').fill('1');
		await page.getByRole('dialog').getByLabel('Points').fill('100');
		await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
		await page.getByText('Saved.').waitFor();
		const payment = await payInCash();
		await page.goto(page.url().replace('/risk', `/payments/${payment.reference}`));
		await page.getByRole('heading', { name: 'Risk', exact: true }).waitFor();
		await page.getByText('orders_account').waitFor();
		assert.ok((await api(`/payments/${payment.reference}`)).risk_score >= 100);
	} finally {
		await call('PATCH', `/risk/rules/${before.id}`, { token: staff.access, body: { bound: before.bound, points: before.points } });
		await page.context().close();
	}
});

await closeBrowser();
finish();
