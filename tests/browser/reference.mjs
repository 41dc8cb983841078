// The reference of the API as people read it: on a phone, in the dark, zoomed, by keyboard, without script.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { finish, shop, test } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, openPage, screenshot } from './browser.mjs';

const sets = [
	{ name: 'phone-light', options: { viewport: { width: 360, height: 740 }, colorScheme: 'light', hasTouch: true } },
	{ name: 'desktop-dark', options: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' } },
	{ name: 'zoomed-light', options: { viewport: { width: 320, height: 256 }, colorScheme: 'light' } },
];
const paths = ['', '/orders', '/operation'];

async function look(page, name, path) {
	await page.goto(`${shop}/docs/reference${path}`, { waitUntil: 'load' });
	const [wide, room] = await page.evaluate(() => [window.document.documentElement.scrollWidth, window.innerWidth]);
	await screenshot(page, `reference-${name}${path.replace('/', '-')}`);
	assert.ok(wide <= room, `${wide} wide where there is room for ${room}`);
	await expectAccessible(page);
	assert.deepEqual(page.complaints, []);
	assert.deepEqual([...page.origins], [shop]);
}

for (const set of sets) {
	const page = await openPage(set.options);
	for (const path of paths) await test(`${set.name} reference${path}`, () => look(page, set.name, path));
	await page.context().close();
}

await test('a keyboard skips to the content and follows a route', async () => {
	const page = await openPage();
	await page.goto(`${shop}/docs/reference/operation`);
	await page.keyboard.press('Tab');
	assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '#showHealth');
	assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none');
	await page.keyboard.press('Enter');
	assert.ok(await page.locator('#showHealth').evaluate((heading) => heading.matches(':target')));
	await page.context().close();
});

await test('it is whole without script, and from the contents one comes to a route and to its errors', async () => {
	const page = await openPage({ javaScriptEnabled: false });
	await page.goto(`${shop}/docs/reference`);
	await page.locator('.routes a', { hasText: /^Place an order$/ }).click();
	await page.waitForURL(/\/docs\/reference\/orders#placeOrder$/);
	await page.locator('section[aria-labelledby=placeOrder] .codes a', { hasText: 'insufficient_stock' }).click();
	await page.waitForURL(/\/docs\/reference#error-insufficient_stock$/);
	await page.context().close();
});

await test('the API is tried out where it is shown, and nobody else is asked', async () => {
	const page = await openPage();
	await page.goto(`${shop}/docs#/Operation/showApi`);
	await page.locator('#operations-Operation-showApi .try-out__btn').click();
	await page.locator('#operations-Operation-showApi .execute').click();
	await page.locator('#operations-Operation-showApi .live-responses-table', { hasText: '"openapi"' }).waitFor();
	await page.locator('#subject').selectOption('Orders');
	await page.locator('#operations-Orders-placeOrder').waitFor();
	assert.equal(new URL(page.url()).hash, '#/Orders');
	assert.ok(await page.locator('#subject option').count() > 40);
	assert.deepEqual(page.complaints, []);
	assert.deepEqual([...page.origins], [shop]);
	await page.context().close();
});

await test('no page is heavy', async () => {
	for (const path of paths) {
		const packed = gzipSync(Buffer.from(await (await fetch(`${shop}/docs/reference${path}`)).arrayBuffer()), { level: 9 }).length;
		assert.ok(packed <= 30 * 1024, `${path}: ${packed} bytes`);
	}
});

await closeBrowser();
finish();
