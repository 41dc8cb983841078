// What the browser fetches before it is asked for: the page of a product that somebody is about to open, and no page of their own.
import assert from 'node:assert/strict';
import { finish, shop, test, until } from '../peers/suite.mjs';
import { closeBrowser, openPage } from './browser.mjs';

const desktop = { viewport: { width: 1280, height: 800 } };

// The addresses that the browser asked for as a prefetch, by the protocol: the page itself never learns of them.
async function watch(page) {
	const session = await page.context().newCDPSession(page), states = [];
	await session.send('Preload.enable');
	session.on('Preload.prefetchStatusUpdated', (event) => states.push({ url: event.prefetchUrl, status: event.status }));
	return states;
}
const fetched = (states) => [...new Set(states.filter((one) => ['Ready', 'Success'].includes(one.status)).map((one) => one.url))];

for (const base of ['', '/bn']) {
	await test(`a product is fetched when somebody points at it (${base || '/'})`, async () => {
		const page = await openPage(desktop), states = await watch(page);
		await page.goto(`${shop}${base}/`);
		const link = page.locator(`a[href^="${base}/products/"]:visible`).first();
		const address = new URL(await link.getAttribute('href'), shop).href;
		for (const own of ['/cart', '/account', '/orders', '/wishlist']) await page.locator(`.bar a[href="${base}${own}"]`).hover();
		// It must be pointed at for a fifth of a second; again, when the browser was too busy to notice.
		let asked = 0;
		await until(async () => {
			if (asked++ % 20 === 0) {
				await page.locator('h1').first().hover();
				await link.hover();
			}
			return fetched(states).includes(address);
		}, 'the product is fetched');
		assert.deepEqual(states.filter((one) => !new URL(one.url).pathname.startsWith(`${base}/products/`)), [], 'nothing else is');
		await link.click();
		await page.waitForURL(address);
		assert.deepEqual(page.complaints, []);
		await page.close();
	});
}
await closeBrowser();
finish();
