// What a page is to an old phone on a slow line: bytes and computing are held back for real, in the browser.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { shop, signIn } from '../peers/suite.mjs';
import { openPage } from './browser.mjs';
import { stockShelf } from './wares.mjs';

// Slow 4G: a request waits 562 ms, and 1.4 Mbit come a second.
const line = { offline: false, latency: 562, downloadThroughput: 1474560 / 8, uploadThroughput: 675000 / 8 };
export const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

// Runs in the page before all else: notes what the browser tells of painting, waiting and jumping.
function watch() {
	const seen = { paint: 0, largest: 0, element: '', shift: 0, tasks: [] };

	window.slowly = seen;
	const look = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
	look('paint', (entry) => { if (entry.name === 'first-contentful-paint') seen.paint = entry.startTime; });
	look('largest-contentful-paint', (entry) => {
		seen.largest = entry.startTime;
		seen.element = entry.element?.outerHTML.slice(0, 80) ?? '';
	});
	look('layout-shift', (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
	look('longtask', (entry) => seen.tasks.push([entry.startTime, entry.duration]));
}

// What a page loads of a kind, packed as gzip packs it best.
async function packedBytes(page, selector, member) {
	const addresses = await page.locator(selector).evaluateAll((all, name) => all.map((one) => one[name]).filter((one) => one !== ''), member);
	const bodies = await Promise.all(addresses.map(async (address) => Buffer.from(await (await fetch(address)).arrayBuffer())));
	return bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
}

// Goes to the end of the page, where lazy pictures come in, as somebody who reads: what is near has come before it is seen.
async function readOn(page) {
	for (;;) {
		const more = await page.evaluate(() => {
			const before = window.scrollY;

			window.scrollBy({ top: window.innerHeight / 2, behavior: 'instant' });
			return window.scrollY > before && window.scrollY < window.innerHeight * 6;
		});
		await page.waitForFunction(() => [...document.querySelectorAll('.filling')].every((one) => one.getBoundingClientRect().top > window.innerHeight + 600));
		if (!more) return;
	}
}

// Opens an address as somebody who was never there, on a processor so many times slower; `state` are the cookies that stand already.
async function measure(address, state, slower) {
	const page = await openPage({ ...phone, storageState: state });
	const control = await page.context().newCDPSession(page);

	await page.addInitScript(watch);
	await control.send('Network.enable');
	await control.send('Network.emulateNetworkConditions', line);
	await control.send('Emulation.setCPUThrottlingRate', { rate: slower });
	await page.goto(shop + address, { waitUntil: 'load' });
	await page.waitForLoadState('networkidle');
	const seen = await page.evaluate(() => ({ ...window.slowly, usable: performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd }));
	const blocking = seen.tasks.filter(([start]) => start >= seen.paint).reduce((sum, [, duration]) => sum + duration - 50, 0);
	await control.send('Network.emulateNetworkConditions', { ...line, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
	await control.send('Emulation.setCPUThrottlingRate', { rate: 1 });
	await readOn(page);
	const shift = await page.evaluate(() => window.slowly.shift);
	const script = await packedBytes(page, 'script[src]', 'src'), style = await packedBytes(page, 'link[rel=stylesheet]', 'href');
	await page.context().close();
	return { paint: seen.paint, largest: seen.largest, element: seen.element, usable: seen.usable, blocking, shift, script, style };
}

// ---- the console ----

// Runs in the page before all else: notes when the first row of a list can be seen and used, and how long each click waited for its paint.
function watchList() {
	const seen = { usable: 0, clicks: [] };

	window.slowList = seen;
	const look = () => {
		if (document.querySelector('.list tbody tr')) requestAnimationFrame(() => setTimeout(() => { seen.usable = performance.now(); }));
		else requestAnimationFrame(look);
	};
	requestAnimationFrame(look);
	new PerformanceObserver((list) => {
		for (const entry of list.getEntries()) if (entry.interactionId) seen.clicks.push(entry.duration);
	}).observe({ type: 'event', durationThreshold: 16, buffered: true });
}

async function openSlowly(address, state, slower) {
	const page = await openPage({ ...phone, storageState: state });
	const control = await page.context().newCDPSession(page);

	await page.addInitScript(watchList);
	await control.send('Network.enable');
	await control.send('Network.emulateNetworkConditions', line);
	await control.send('Emulation.setCPUThrottlingRate', { rate: slower });
	await page.goto(shop + address);
	await page.waitForFunction(() => window.slowList.usable > 0);
	return page;
}

// The longest that a click waited until something was painted; a click that needed less than 16 ms is none that the browser tells.
async function clickToPaint(page, act) {
	await page.evaluate(() => { window.slowList.clicks = []; });
	await act();
	await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100))); }));
	return page.evaluate(() => Math.max(16, ...window.slowList.clicks));
}

const rowsShown = 200;

async function measureOnce(state, slower) {
	const orders = await openSlowly('/console/orders', state, slower);
	const { usable } = await orders.evaluate(() => window.slowList);

	await orders.context().close();
	const list = await openSlowly(`/console/products?rows=${rowsShown}`, state, slower);
	assert.equal(await list.locator('.list tbody tr').count(), rowsShown, 'the list has not so many rows');
	const choose = await clickToPaint(list, () => list.locator('.pick-page').click());
	const sort = await clickToPaint(list, () => list.locator('#list-order').selectOption({ index: 1 }));
	await list.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
	const open = await clickToPaint(list, () => list.locator('.list tbody tr td:not(.pick) a').first().click());
	await list.context().close();
	return { usable, choose, sort, open };
}

// The console's list of orders, and a list of 200 rows: the middle of several turns.
export async function measureConsole({ turns, slower }) {
	const state = await cookiesOf((page) => signInAt(page, 'admin@haat.test'));
	const seen = [];

	for (let i = 0; i < turns; i++) seen.push(await measureOnce(state, slower));
	return Object.fromEntries(['usable', 'choose', 'sort', 'open'].map((name) => [name, middle(seen.map((one) => one[name]))]));
}
export const consoleBudgets = { usable: 2600, choose: 150, sort: 150, open: 150 };

// ---- the storefront ----

// At most so much; what has no bound is only told.
export const budgets = { largest: 1800, blocking: 50, shift: 0.02, script: 15 * 1024, style: 10 * 1024 };

const middle = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

// Several turns, of each number the middle one or what `pick` takes; none after one that is good enough.
export async function measureTurns({ address, state }, { turns, slower, pick = middle, enough = () => false }) {
	const seen = [];

	for (let i = 0; i < turns && !seen.some(enough); i++) seen.push(await measure(address, state, slower));
	const numbers = Object.fromEntries(['paint', 'largest', 'usable', 'blocking', 'shift', 'script', 'style']
		.map((name) => [name, pick(seen.map((one) => one[name]))]));
	return { ...numbers, element: seen[0].element };
}

export const overBudget = (numbers) => Object.entries(budgets).filter(([name, most]) => numbers[name] > most)
	.map(([name, most]) => `${name} is ${Math.round(numbers[name] * 1000) / 1000}, at most ${most}`);

const shelf = { slug: 'on-a-slow-line', name: 'On a slow line',
	describe: (i, picture) => ({ name: `Woven basket number ${i + 1}`, description: 'Made by hand, and washed in cold water. '.repeat(8), price: '24.00',
		options: [{ name: 'size', values: ['S', 'L'] }], images: [{ id: picture, alt: `Basket ${i + 1}` }],
		variants: ['S', 'L'].map((size) => ({ sku: `SLOW-BASKET-${i}-${size}`, options: { size }, price: '24.00', on_hand: 100000 })) }) };

// A visitor who has done something: the cookies that are left.
async function cookiesOf(walk) {
	const page = await openPage(phone);
	await walk(page);
	const state = await page.context().storageState();
	await page.context().close();
	return state;
}

async function fillCart(page, product) {
	await page.goto(`${shop}/products/${product.slug}`);
	await page.locator('[data-choices] label').first().click();
	await page.locator('[data-buy] button[type=submit]').click();
	await page.waitForURL(/\/cart/);
}

export async function signInAt(page, email = 'customer@haat.test') {
	await page.goto(`${shop}/signin`);
	await page.locator('#email').fill(email);
	await page.locator('#password').fill('Haat-demo-2026!');
	await page.locator('main form button[type=submit]').click();
	await page.waitForURL((url) => !url.pathname.endsWith('/signin'));
}

// The pages between looking and paying, each with the cookies of who comes there.
export async function slowVisits(count) {
	const { products: [product] } = await stockShelf(await signIn('admin@haat.test'), await signIn('shop@haat.test'), { ...shelf, count });
	const guest = await cookiesOf((page) => fillCart(page, product));
	const customer = await cookiesOf(async (page) => { await signInAt(page); await fillCart(page, product); });

	return [
		{ name: 'product page', address: `/products/${product.slug}` },
		{ name: 'list page', address: `/categories/${shelf.slug}` },
		{ name: 'home page', address: '/' },
		{ name: 'search page', address: '/search?q=basket' },
		{ name: 'cart page', address: '/cart', state: guest },
		{ name: 'checkout page', address: '/checkout', state: customer },
	];
}
