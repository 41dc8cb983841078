// Every page of the routes once as four kinds of people have it: no fault of access, no complaint of the browser, nothing cut off.
// A page that stands in the document of the routes and neither here nor in a test of its own fails.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { buildDirectory, call, finish, shop, signIn, test } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, openPage, screenshot } from './browser.mjs';

// 400 % of 1280 pixels are 320.
const pairs = [
	{ name: 'phone-light-en', base: '', options: { viewport: { width: 360, height: 740 }, colorScheme: 'light', hasTouch: true }, keyboard: true },
	{ name: 'desktop-dark-bn', base: '/bn', options: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }, keyboard: true },
	{ name: 'phone-dark-rtl', base: '/ar-XB', options: { viewport: { width: 360, height: 740 }, colorScheme: 'dark', hasTouch: true } },
	{ name: 'zoomed-light-en', base: '', options: { viewport: { width: 320, height: 256 }, colorScheme: 'light' } },
];

// The few above have every two of what pages differ by; "--every-set" looks at all that there are together.
function everySet() {
	const viewports = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 }, zoomed: { width: 320, height: 256 } };
	const bases = { en: '', bn: '/bn', hi: '/hi', rtl: '/ar-XB' };

	return Object.entries(viewports).flatMap(([width, viewport]) => ['light', 'dark'].flatMap((colorScheme) =>
		Object.entries(bases).map(([language, base]) => ({ name: `${width}-${colorScheme}-${language}`, base,
			options: { viewport, colorScheme, hasTouch: width === 'phone' } }))));
}
const sets = process.argv.includes('--every-set') ? everySet() : pairs;

// Looked at by other programs of this folder, or no page of the storefront.
const elsewhere = new Set(['/pay/{reference}', '/pay/on/{reference}', '/pay/methods/{id}', '/orders/{id}/invoice', '/verify', '/reset',
	'/unsubscribe/{token}', '/unsubscribe', '/verify-email', '/confirm', '/invite']);

const customer = await signIn();
const listed = (await call('GET', '/products?limit=100')).body.results;
const product = listed.find((one) => one.in_stock && one.rating_count > 0) ?? listed.find((one) => one.in_stock);
const shown = (await call('GET', `/products/${product.slug}`)).body;

async function make(path, body) {
	const made = await call('POST', path, { token: customer.access, body });
	assert.equal(made.status, 201, made.text);
	return made.body;
}
const address = await make('/addresses', { kind: 'shipping', full_name: 'Amina Khatun', phone: '+8801712345678', line1: '1 Road', city: 'Dhaka',
	postal_code: '1205', country: 'BD' });
const order = await make('/orders', { shipping_address_id: address.id, shipping_method: 'standard',
	items: [{ variant_id: shown.variants.find((one) => one.available > 0).id, quantity: 1 }] });

// What stands for the parameters of a path, and the queries with which a page shows more.
const parameters = { product: product.slug, category: product.category.slug, shop: shown.merchant.id, number: order.number };
const ids = { '/account/addresses/{id}': address.id };
const also = { '/search': ['?q=lamp', '?q=zzzzqqqq', '?in_stock=true&ordering=price'], '/signin': ['?next=/orders'], '/account': ['?done=saved'] };

const document = JSON.parse(execFileSync(`${buildDirectory}/src/haatd`, ['--openapi'], { encoding: 'utf8', maxBuffer: 1 << 27 }));
const isPage = (operation) => 'text/html; charset=utf-8' in (operation?.responses?.['200']?.content ?? {});
const pages = Object.entries(document.paths).filter(([path, item]) => !path.startsWith('/api/') && isPage(item.get) && !elsewhere.has(path));

// Both of one path stand in the document: the page, and what the API answers.
for (const path of ['/products/{product}', '/categories/{category}', '/shops/{shop}'])
	assert.ok(pages.some(([one]) => one === path) && `/api/v1${path}` in document.paths, path);

function addresses(path) {
	const filled = path.replace(/\{(\w+)\}/g, (_, name) => {
		const value = ids[path] ?? parameters[name];
		assert.ok(value, `${path}: nothing is known to stand for {${name}}`);
		return value;
	});
	return [filled, ...(also[path] ?? []).map((query) => filled + query)];
}

async function signInAt(page, base) {
	await page.goto(`${shop}${base}/signin`);
	await page.locator('#email').fill('customer@haat.test');
	await page.locator('#password').fill('Haat-demo-2026!');
	await page.locator('main form button[type=submit]').click();
	await page.waitForURL((url) => !url.pathname.endsWith('/signin'));
}

// Whatever can be used and is seen comes by the Tab key, and shows that it is there.
async function expectKeyboard(page) {
	const wanted = await page.evaluate(() => {
		const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')];
		const groups = new Set();

		return all.filter((element) => {
			if (element.disabled || element.tabIndex < 0 || !element.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true })) return false;
			if (element.type !== 'radio') return true;
			const first = !groups.has(element.name);
			groups.add(element.name);
			return first;
		}).map((element, i) => { element.dataset.wanted = i; return element.outerHTML.slice(0, 120); });
	});
	const reached = new Set();

	await page.evaluate(() => { window.scrollTo(0, 0); document.activeElement?.blur?.(); });
	// A list that is walked through grows twice by itself: then there is a link again, and what is behind it.
	for (let i = 0; i < wanted.length + 100 && reached.size < wanted.length; i++) {
		await page.keyboard.press('Tab');
		const [at, visible] = await page.evaluate(() => {
			const element = document.activeElement;
			const same = element.type === 'radio' ? document.querySelector(`input[name="${element.name}"][data-wanted]`) : element;
			return [same?.dataset?.wanted, getComputedStyle(element).outlineStyle !== 'none' || getComputedStyle(element).boxShadow !== 'none'];
		});
		if (at === undefined) continue;
		assert.ok(visible, `the focus is not seen on ${wanted[at]}`);
		reached.add(Number(at));
	}
	// The link to more is gone when there is no more.
	const there = new Set(await page.evaluate(() => [...document.querySelectorAll('[data-wanted]')].map((one) => Number(one.dataset.wanted))));
	assert.deepEqual(wanted.filter((_, i) => there.has(i) && !reached.has(i)), [], 'not reached by keyboard');
}

// What a page may weigh, packed: an old phone on a slow line loads it.
const most = { script: 15 * 1024, style: 10 * 1024 };
const weights = new Map();

async function weigh(address) {
	if (!weights.has(address)) weights.set(address, gzipSync(Buffer.from(await (await fetch(address)).arrayBuffer()), { level: 9 }).length);
	return weights.get(address);
}

async function expectLight(page) {
	const [scripts, styles] = await page.evaluate(() => [[...document.scripts].map((one) => one.src).filter((src) => src !== ''),
		[...document.querySelectorAll('link[rel=stylesheet]')].map((one) => one.href)]);
	for (const [kind, addresses] of [['script', scripts], ['style', styles]]) {
		assert.ok(addresses.length > 0, `no ${kind}`);
		const bytes = (await Promise.all(addresses.map(weigh))).reduce((sum, one) => sum + one, 0);
		assert.ok(bytes <= most[kind], `${bytes} bytes of ${kind}`);
	}
}

async function look(page, set, path) {
	await page.goto(`${shop}${set.base}${path}`, { waitUntil: 'load' });
	const [wide, room] = await page.evaluate(() => [window.document.documentElement.scrollWidth, window.innerWidth]);
	await screenshot(page, `${set.name}${path.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 60)}`);
	assert.ok(wide <= room, `${path} is ${wide} wide where there is room for ${room}`);
	await expectLight(page);
	await expectAccessible(page);
	if (set.keyboard) await expectKeyboard(page);
	assert.deepEqual(page.complaints, []);
}

for (const set of sets) {
	const visitor = await openPage(set.options), person = await openPage(set.options);

	await signInAt(person, set.base);
	for (const [path, item] of pages)
		for (const address of addresses(path))
			await test(`${set.name} ${address}`, () => look((item.get.security ?? []).length === 0 ? visitor : person, set, address));
	await test(`${set.name}: a page that is not there`, async () => {
		await look(visitor, set, '/products/there-is-none');
		await look(visitor, set, '/there-is-no-such-path');
	});
	await visitor.context().close();
	await person.context().close();
}

await closeBrowser();
finish();
