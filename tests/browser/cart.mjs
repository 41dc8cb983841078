// From the cart to an order: a guest without script, and one with it who presses everything twice.
import assert from 'node:assert/strict';
import { finish, shop, test } from '../peers/suite.mjs';
import { closeShops, sell } from './buying.mjs';
import { closeBrowser, expectAccessible, heading, openPage, screenshot, waitForHeading } from './browser.mjs';

const narrow = { viewport: { width: 360, height: 640 } }, wide = { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' };
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
const fresh = String(Date.now()).slice(-8);

async function putIntoCart(page) {
	const { slug } = await sell('USD', '12.50', 20);

	await page.goto(`${shop}/products/${slug}`);
	await page.getByRole('button', { name: 'Add to cart' }).click();
	await waitForHeading(page, 'Cart');
}

async function sayWho(page, number) {
	await page.getByLabel('Full name').fill('Amina Khatun');
	await page.getByLabel('E-mail address').fill(`guest-${fresh}-${number}@haat.test`);
	await page.getByLabel('Phone number').fill(`+8801${number}${fresh}`);
	await page.getByRole('button', { name: 'Continue' }).click();
	await page.getByLabel('Street and house').fill('12 Green Road');
	await page.getByLabel('Postal code').fill('1205');
	await page.getByLabel('Town or city').fill('Dhaka');
	await page.getByLabel('Country').selectOption('BD');
	await page.getByRole('button', { name: 'Deliver to this address' }).click();
}

await test('without script', async () => {
	const page = await openPage({ ...narrow, javaScriptEnabled: false });

	await putIntoCart(page);
	await page.getByRole('link', { name: 'Go to checkout' }).click();
	await sayWho(page, 1);
	await page.getByLabel('Pick up in person').check();
	await page.getByRole('button', { name: 'Use this method' }).click();
	await page.getByLabel('Cash on delivery').check();
	await page.getByRole('button', { name: 'Place the order' }).click();
	await page.waitForURL(/\/orders\/ORD-/);
	await page.context().close();
});

await test('with script, in place and never twice', async () => {
	const page = await openPage(wide);

	await putIntoCart(page);
	await expectAccessible(page);
	await page.getByLabel('Quantity of').fill('2');
	await page.keyboard.press('Tab');
	await page.locator('[data-cart][data-count="2"]').waitFor();
	await page.context().setOffline(true);
	await page.getByLabel('Quantity of').fill('3');
	await page.keyboard.press('Tab');
	await page.getByText('the shop cannot be reached').waitFor();
	assert.equal(await page.getByLabel('Quantity of').inputValue(), '2');
	await page.context().setOffline(false);
	await screenshot(page, 'cart');
	await page.getByRole('link', { name: 'Go to checkout' }).click();
	assert.equal(await heading(page), 'Checkout');
	await expectAccessible(page);
	await sayWho(page, 2);
	await page.getByLabel('Cash on delivery').check();
	await expectAccessible(page);
	await page.setViewportSize(narrow.viewport);
	assert.ok(await fits(page), 'no sideways scrolling');
	await screenshot(page, 'checkout');
	await page.getByRole('button', { name: 'Place the order' }).dblclick();
	await page.waitForURL(/\/orders\/ORD-/);
	const order = page.url();
	await page.goBack();
	await page.goto(`${shop}/orders`);
	assert.equal(await page.locator('main a[href*="/orders/ORD-"]').count(), 1, order);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await closeShops();
await closeBrowser();
finish();
