// Money in the console: a payout takes two people, a refund says what is left, a rule of risk that is edited bites.
import assert from 'node:assert/strict';
import { call, finish, shop, signIn, test } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, screenshot } from './browser.mjs';
import { openConsole } from './consoles.mjs';

const desk = { viewport: { width: 1280, height: 900 } };
const staff = await signIn('admin@haat.test');
const api = async (path) => (await call('GET', path, { token: staff.access })).body;

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
	const payment = (await api('/payments?status=succeeded&limit=50')).results.find((one) => one.provider === 'cod' || one.provider === 'stripe');
	assert.ok(payment, 'no payment to refund');
	const page = await openConsole('accountant', { path: `/console/payments/${payment.reference}`, options: desk });
	await page.getByRole('button', { name: 'Refund' }).click();
	const dialog = page.getByRole('dialog', { name: 'Refund' });
	await dialog.getByText('Left to refund').waitFor();
	// What the dialog says is what the API will post.
	const preview = await api(`/payments/${payment.reference}/refunds/preview`);
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
		await page.getByRole('row').filter({ hasText: 'orders account' }).first().getByRole('button', { name: /^Edit/ }).click();
		await page.getByRole('dialog').getByLabel('From').fill('1');
		await page.getByRole('dialog').getByLabel('Points').fill('100');
		await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
		await page.getByText('Saved.').waitFor();
		const payer = await signIn();
		const address = (await call('GET', '/addresses', { token: payer.access })).body.results[0];
		const goods = (await call('GET', '/products?in_stock=true&limit=20')).body.results.find((one) => one.currency === 'BDT');
		const { variants } = (await call('GET', `/products/${goods.id}`)).body;
		const order = await call('POST', '/orders', { token: payer.access, body: { shipping_address_id: address.id, shipping_method: 'standard', items: [{ variant_id: variants.find((one) => one.available > 0).id, quantity: 1 }] } });
		assert.equal(order.status, 201, order.text);
		const payment = await call('POST', '/payments', { token: payer.access, body: { order_id: order.body.id, provider: 'cod' } });
		assert.equal(payment.status, 201, payment.text);
		assert.equal((await call('POST', `/payments/${payment.body.reference}/confirm`, { token: staff.access })).status, 200);
		await page.goto(page.url().replace('/risk', `/payments/${payment.body.reference}`));
		await page.getByRole('heading', { name: 'Risk', exact: true }).waitFor();
		await page.getByText('orders_account').waitFor();
		assert.ok((await api(`/payments/${payment.body.reference}`)).risk_score >= 100);
	} finally {
		await call('PATCH', `/risk/rules/${before.id}`, { token: staff.access, body: { bound: before.bound, points: before.points } });
		await page.context().close();
	}
});

await closeBrowser();
finish();
