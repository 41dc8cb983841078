// After paying: the page of an order follows its parcel, whatever part of the shop is started anew meanwhile; goods are sent back, and reviewed.
import assert from 'node:assert/strict';
import { call, finish, restart, shop, test, until } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, screenshot } from './browser.mjs';
import { ask, deliver, expectBooks, guestSoon, onlyOrder, phone, chooseWay, closeShops, placeButton, says, sayingOfMoney, sell, sql, staff, stock } from './buying.mjs';

// A guest who pays when it comes, and looks at the order: nothing on it is read anew but by its own script.
async function waitingGuest(goods, options) {
	const page = await guestSoon(goods, options);
	await chooseWay(page, 'cod');
	await placeButton(page).click();
	await page.waitForURL(/\/orders\/ORD-/);
	const { number } = await onlyOrder(page);
	const [{ reference }] = (await ask(200, staff, 'GET', `/orders/${number}/payments`)).results;
	await page.evaluate(() => { window.isTheSame = true; });
	return { page, number, reference };
}

const shows = (page, key) => page.locator('.badge', { hasText: says(key) }).first().waitFor();
const expectSame = async (page) => assert.equal(await page.evaluate(() => window.isTheSame), true, 'the page was not loaded anew');

await test('a parcel moves while its page is open, and is heard', async () => {
	const { page, number, reference } = await waitingGuest(await sell('USD', '12.50', 3), phone);
	await ask(200, staff, 'POST', `/payments/${reference}/confirm`);
	await shows(page, 'order_status.confirmed');
	await deliver(number, ['pack']);
	await shows(page, 'parcel_status.packed');
	await deliver(number, ['ship']);
	await shows(page, 'parcel_status.shipped');
	await page.locator('a[href="https://pathao.example/track?number=DX-1"]').waitFor();
	assert.equal(await page.locator('#says').innerText(), says('order.changed'));
	await expectAccessible(page);
	await screenshot(page, 'tracking-shipped');
	await expectSame(page);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

// Workers, jobs and nginx go away and come back; what happens meanwhile is not missed.
await test('the shop is started anew under a page that listens', async () => {
	const { page, number, reference } = await waitingGuest(await sell('USD', '12.50', 3));
	await ask(200, staff, 'POST', `/payments/${reference}/confirm`);
	await shows(page, 'order_status.confirmed');
	restart('api', {});
	restart('jobs', {});
	await deliver(number, ['pack']);
	await shows(page, 'parcel_status.packed');
	restart('nginx', {});
	await until(() => call('GET', '/currencies').then((answer) => answer.status === 200, () => false), 'nginx answers');
	await deliver(number, ['ship']);
	await shows(page, 'parcel_status.shipped');
	await deliver(number, ['deliver']);
	await shows(page, 'parcel_status.delivered');
	await expectSame(page);
	await page.context().close();
});

await test('one of two is sent back, and its money comes back; the other is reviewed', async () => {
	const goods = await sell('USD', '12.50', 3), { page, number, reference } = await waitingGuest(goods);
	await ask(200, staff, 'POST', `/payments/${reference}/confirm`);
	await deliver(number);
	await ask(200, staff, 'POST', `/payments/${reference}/collect`, {});
	await shows(page, 'order_status.delivered');
	await page.getByText(says('order.send_back'), { exact: true }).click();
	await page.locator('textarea[name=reason]').fill('The lid <b>does not</b> fit.');
	await page.getByRole('button', { name: says('order.ask_return') }).dblclick();
	await shows(page, 'return_status.requested');
	await page.getByText('The lid <b>does not</b> fit.').waitFor();
	const order = sql(`SELECT id FROM readable_orders WHERE number = '${number}'`), { results: returns } = await ask(200, staff, 'GET', '/returns');
	const of = returns.filter((one) => one.order_id === order);
	assert.equal(of.length, 1, 'pressed twice, it is one return');
	await page.evaluate(() => { window.isTheSame = true; });
	await ask(200, staff, 'POST', `/returns/${of[0].id}/approve`);
	await shows(page, 'return_status.approved');
	await ask(200, staff, 'POST', `/returns/${of[0].id}/receive`, { lines: of[0].lines.map(({ line_id }) => ({ line_id, restock: true })) });
	await page.locator('.badge', { hasText: new RegExp(`${says('return_status.received')}|${says('return_status.refunded')}`) }).waitFor();
	await expectSame(page);
	await expectAccessible(page);
	await screenshot(page, 'tracking-returned');
	assert.equal(stock(goods), '3 0');
	await page.getByRole('link', { name: says('order.review') }).click();
	await page.waitForURL(/\/review$/);
	await page.locator('[name=rating][value="4"]').check();
	await page.locator('[name=title]').fill('Pours <well>');
	await page.locator('[name=text]').fill('The lid was loose; the shop took it back.');
	await expectAccessible(page);
	await page.locator('main form[action$="/review"] [type=submit]').dblclick();
	await page.waitForURL((url) => !url.pathname.endsWith('/review'));
	await page.goto(`${shop}/products/${goods.slug}`);
	assert.equal(await page.getByText('Pours <well>').count(), 1);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('the books agree', () => expectBooks());

await closeShops();
await closeBrowser();
finish();
