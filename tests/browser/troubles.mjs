// What goes wrong on the way to an order: a slow line, none at all, a shop that is asked too often, is away, or whose answer is lost.
// Each time the page says what to do, what was typed is there, and in the end there is one order.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { finish, restart, shop, test, top, until } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, openPage, sandbox, screenshot } from './browser.mjs';
import { chooseWay, closeShops, expectBooks, guestAtPaying, guestSoon, onlyOrder, ordersOf, phone, placeButton, putIntoCart, says, sayingOfMoney, sell, sendStep, stock, where,
	who } from './buying.mjs';

const onOrder = (page) => page.waitForURL(/\/orders\/ORD-/);
const roundTripMs = 562;

// What the browser itself does to every byte: not what a tool works out afterwards.
async function slowLine(page) {
	const client = await page.context().newCDPSession(page);
	await client.send('Network.enable');
	await client.send('Network.emulateNetworkConditions', { offline: false, latency: roundTripMs, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 });
}

async function expectOneOrder(page, goods) {
	const { number } = await onlyOrder(page);
	assert.equal(stock(goods), '9 1');
	return number;
}

await test('a slow line, and somebody who presses again and again', async () => {
	const goods = await sell('USD', '12.50', 9), page = await guestAtPaying(goods, phone, slowLine);
	const waited = await page.evaluate(() => performance.getEntriesByType('navigation')[0].responseStart);
	assert.ok(waited >= roundTripMs, `the line is slow: ${waited} ms`);
	await page.waitForLoadState();
	await chooseWay(page, 'cod');
	const inFlight = await placeButton(page).evaluate((button) => {
		for (let i = 0; i < 5; i++) button.click();
		return [button.getAttribute('aria-disabled'), button.disabled];
	});
	assert.deepEqual(inFlight, ['true', false], 'it says that it waits, and the focus stays');
	await onOrder(page);
	await expectOneOrder(page, goods);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('no line at all in the middle: it is said, and what was typed is sent when there is one again', async () => {
	const goods = await sell('USD', '12.50', 9), page = await openPage(phone), person = who();
	await putIntoCart(page, goods);
	await page.locator('a[href$="/checkout"]').click();
	await page.locator('main [name=full_name]').waitFor();
	await page.context().setOffline(true);
	await sendStep(page, 'who', person);
	await page.locator('[data-offline]', { hasText: says('offline') }).waitFor();
	assert.equal(await page.locator('main [name=email]').inputValue(), person.email);
	await page.context().setOffline(false);
	await sendStep(page, 'who', {});
	await sendStep(page, 'address', where);
	await chooseWay(page, 'cod');
	await page.context().setOffline(true);
	await placeButton(page).click();
	assert.equal(new URL(page.url()).pathname, '/checkout');
	await page.context().setOffline(false);
	await placeButton(page).click();
	await onOrder(page);
	await expectOneOrder(page, goods);
	await page.context().close();
});

await test('asked too often: the page says how long to wait, and then it works', async () => {
	const goods = await sell('USD', '12.50', 9), page = await guestSoon(goods);
	restart('pay', { HAAT_LIMITS_ENABLED: 'true', HAAT_LIMITS_PAYMENT_ACCOUNT: '1', HAAT_LIMITS_WINDOW_SECONDS: '4' });
	try {
		await chooseWay(page, 'cod');
		await page.locator('[name=seen]').evaluate((field) => { field.value = `1.00${field.value.slice(field.value.indexOf('-'))}`; });
		await placeButton(page).click();
		await page.getByRole('alert').filter({ hasText: says('trouble.conflict') }).waitFor();
		await placeButton(page).click();
		await page.getByRole('alert').filter({ hasText: says('trouble.rate_limited') }).waitFor();
		assert.match(await page.getByRole('alert').innerText(), /Wait \d+ seconds?, then try again\./);
		await expectAccessible(page);
		await screenshot(page, 'trouble-too-often');
		assert.equal((await ordersOf(page)).length, 0);
		await until(async () => {
			await placeButton(page).click();
			await page.waitForLoadState();
			return page.url().includes('/orders/');
		}, 'the time is over');
	} finally {
		restart('pay', {});
	}
	await expectOneOrder(page, goods);
	await page.context().close();
});

await test('the shop is away when the order is sent, and comes back', async () => {
	const goods = await sell('USD', '12.50', 9), page = await guestSoon(goods), dev = (verb) => spawnSync('./dev', [verb, 'pay'], { cwd: top });
	await chooseWay(page, 'cod');
	dev('down');
	try {
		const [answer] = await Promise.all([page.waitForResponse((one) => one.url().endsWith('/checkout/place')), placeButton(page).click()]);
		assert.ok(answer.status() === 502 || answer.status() === 503, `${answer.status()}`);
		await page.locator('h1').waitFor();
		await expectAccessible(page);
		await screenshot(page, 'trouble-away');
	} finally {
		dev('up');
	}
	await page.reload();
	await onOrder(page);
	await expectOneOrder(page, goods);
	await page.context().close();
});

await test('the answer to an order is lost on the way', async () => {
	const goods = await sell('USD', '12.50', 9), page = await guestSoon(goods);
	await chooseWay(page, 'cod');
	await page.route('**/checkout/place', async (route) => {
		await route.fetch({ maxRedirects: 0 });
		await route.abort('connectionreset');
	}, { times: 1 });
	await placeButton(page).click();
	await page.waitForURL('chrome-error://chromewebdata/');
	await page.goto(`${shop}/checkout`);
	await onOrder(page);
	await expectOneOrder(page, goods);
	await page.context().close();
});

await test('a payment service that is away: the order stands, the page says why, and another try pays it', async () => {
	const goods = await sell('USD', '12.50', 9), page = await guestSoon(goods);
	const set = async (switches) => assert.equal((await fetch(`${sandbox}/sandbox/switches`, { method: 'POST', body: JSON.stringify(switches) })).status, 200);
	await chooseWay(page, 'stripe');
	await set({ fail_before: 1 });
	await placeButton(page).click();
	await onOrder(page);
	await set({ fail_before: 0 });
	await page.getByRole('alert').filter({ hasText: says('order_notice.provider_away') }).waitFor();
	await expectAccessible(page);
	await sayingOfMoney(page, 'money_title.open').waitFor();
	await screenshot(page, 'trouble-provider-away');
	await page.locator('.money form:has([value=stripe]) [type=submit]').click();
	await page.getByLabel('Card number').fill('4242 4242 4242 4242');
	await page.getByRole('button', { name: 'Pay', exact: true }).click();
	await onOrder(page);
	await sayingOfMoney(page, 'money_title.paid').waitFor();
	assert.equal(stock(goods), '8 0');
	await page.context().close();
});

await test('the books agree', () => expectBooks());

await closeShops();
await closeBrowser();
finish();
