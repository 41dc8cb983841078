// What the storefront's script adds: pictures, choices, suggestions, lists that scroll on, filters in a dialog; and what is left without it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { call, finish, shop, signIn, test, until } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, heading, openPage, screenshot } from './browser.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'haat-storefront-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const seller = await signIn('shop@haat.test');
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true };
const desktop = { viewport: { width: 1280, height: 800 } };

async function upload(color) {
	const file = path.join(folder, 'picture.jpg'), form = new FormData();
	execFileSync('vips', ['gaussnoise', file, '1200', '900', '--mean', String(color)]);
	form.append('files', new Blob([readFileSync(file)], { type: 'image/jpeg' }), 'picture.jpg');
	const answer = await fetch(`${shop}/api/v1/media`, { method: 'POST', headers: { Authorization: `Bearer ${seller.access}` }, body: form });
	const body = await answer.json();
	assert.equal(answer.status, 201, JSON.stringify(body));
	return { id: body.results[0].id, alt: `Side ${color}` };
}

// A shirt in two sizes and colours with three pictures; of the large blue one there is none.
async function makeShirt() {
	const images = [];
	for (const color of [40, 120, 200]) images.push(await upload(color));
	const variant = (size, colour, price, onHand) => ({ sku: `SHIRT-${size}-${colour}-${Date.now()}`, options: { size, colour }, price, on_hand: onHand });
	const category = (await call('GET', '/categories')).body.results[0];
	const made = await call('POST', '/products', { token: seller.access, body: { name: `Checked shirt ${Date.now()}`, description: 'Soft.', category_id: category.id,
		price: '10.00', status: 'published', images, options: [{ name: 'size', values: ['M', 'L'] }, { name: 'colour', values: ['red', 'blue'] }],
		variants: [variant('M', 'red', '10.00', 3), variant('M', 'blue', '11.00', 3), variant('L', 'red', '12.00', 3), variant('L', 'blue', '13.00', 0)] } });
	assert.equal(made.status, 201, made.text);
	await until(async () => (await call('GET', `/products/${made.body.id}`)).body.images.every((image) => image.url !== null), 'the pictures are ready');
	return made.body;
}

const shirt = await makeShirt();
const open = async (address, options) => {
	const page = await openPage(options);
	await page.goto(shop + address);
	return page;
};
const fine = (page) => assert.deepEqual(page.complaints, []);
const currentThumb = (page) => page.evaluate(() => [...document.querySelectorAll('.thumbs a')].findIndex((one) => one.getAttribute('aria-current') === 'true'));

await test('pictures by arrows, thumbnails and in a dialog', async () => {
	for (const [base, options] of [['', phone], ['/ar-XB', desktop]]) {
		const page = await open(`${base}/products/${shirt.slug}`, options);
		await page.waitForFunction(() => document.querySelector('.thumbs [aria-current]') !== null);
		await page.locator('[data-step="1"]').click();
		await until(async () => (await currentThumb(page)) === 1, 'the second picture');
		await page.locator('.thumbs a').nth(2).click();
		await until(async () => (await currentThumb(page)) === 2, 'the third picture');
		await page.locator('[data-step="-1"]').click();
		await until(async () => (await currentThumb(page)) === 1, 'back to the second picture');
		await page.locator('.slide').nth(1).click();
		await page.locator('dialog[open] img').waitFor();
		assert.equal(await page.locator('dialog[open] img').getAttribute('alt'), 'Side 120');
		await expectAccessible(page);
		await screenshot(page, `zoom${base.replace('/', '-')}`);
		await page.keyboard.press('Escape');
		await page.waitForFunction(() => document.querySelector('dialog[open]') === null);
		await expectAccessible(page);
		await screenshot(page, `gallery${base.replace('/', '-')}`);
		fine(page);
		await page.context().close();
	}
});

// A film of no pictures: enough to be taken for one.
async function uploadFilm() {
	const box = (name, ...within) => {
		const body = Buffer.concat(within), head = Buffer.alloc(8);
		head.writeUInt32BE(8 + body.length);
		head.write(name, 4, 'latin1');
		return Buffer.concat([head, body]);
	};
	const film = Buffer.concat([box('ftyp', Buffer.from('isom\0\0\x02\0isom', 'latin1')), box('moov', box('trak', box('mdia'))), box('mdat', Buffer.from('1234'))]);
	const form = new FormData();
	form.append('files', new Blob([film], { type: 'video/mp4' }), 'film.mp4');
	const answer = await fetch(`${shop}/api/v1/media`, { method: 'POST', headers: { Authorization: `Bearer ${seller.access}` }, body: form });
	const body = await answer.json();
	assert.equal(answer.status, 201, JSON.stringify(body));
	return { id: body.results[0].id, alt: 'How it is worn' };
}

await test('pictures by a finger, and a film that nobody loads before it is played', async () => {
	const { id, images } = shirt, film = await uploadFilm();
	const changed = await call('PATCH', `/products/${id}`, { token: seller.access, body: { images: [...images.map(({ id: media, alt }) => ({ id: media, alt })), film] } });
	assert.equal(changed.status, 200, changed.text);
	await until(async () => (await call('GET', `/products/${id}`)).body.images.length === 4, 'the film is shown');
	const page = await openPage(phone), asked = [];
	page.on('request', (request) => request.url().endsWith('.mp4') && asked.push(request.url()));
	await page.goto(`${shop}/products/${shirt.slug}`);
	await page.waitForFunction(() => document.querySelector('.thumbs [aria-current]') !== null);
	const { x, y, width, height } = await page.locator('.slides').boundingBox();
	const session = await page.context().newCDPSession(page);
	const touch = (type, ...touchPoints) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
	const at = (part) => ({ x: x + width * part, y: y + height / 2 });
	await touch('touchStart', at(.8));
	for (let part = .75; part > .1; part -= .05) await touch('touchMove', at(part));
	await touch('touchEnd');
	await until(async () => (await currentThumb(page)) === 1, 'the second picture');
	await page.locator('.thumbs a.film').click();
	await until(async () => (await currentThumb(page)) === 3, 'the film');
	const video = page.locator('.slide video');
	assert.deepEqual(await video.evaluate((one) => [one.controls, one.autoplay, one.preload]), [true, false, 'none']);
	assert.deepEqual(asked, []);
	await expectAccessible(page);
	fine(page);
	await page.context().close();
});

await test('colours of the reader\'s own, paper, and nothing that moves by itself', async () => {
	const page = await openPage(desktop), style = (selector, name) => page.locator(selector).first().evaluate((one, of) => getComputedStyle(one)[of], name);
	await page.goto(`${shop}/products/${shirt.slug}`);
	await page.waitForFunction(() => document.querySelector('.thumbs [aria-current]') !== null);
	await page.emulateMedia({ forcedColors: 'active' });
	assert.equal(await style('.offer button[type=submit]', 'borderTopStyle'), 'solid');
	assert.equal(await style('.offer button[type=submit]', 'borderTopWidth'), '1px');
	assert.equal(await style('.thumbs [aria-current]', 'outlineStyle'), 'solid');
	await page.emulateMedia({ forcedColors: 'none', reducedMotion: 'no-preference' });
	assert.equal(await style('.slides', 'scrollBehavior'), 'smooth');
	await page.emulateMedia({ reducedMotion: 'reduce' });
	assert.equal(await style('.slides', 'scrollBehavior'), 'auto');
	await page.emulateMedia({ media: 'print' });
	for (const left of ['.bar', '.foot', '.path']) assert.equal(await style(left, 'display'), 'none', left);
	assert.equal(await page.locator('h1').isVisible(), true);
	assert.equal(await style('body', 'color'), 'rgb(0, 0, 0)');
	await page.context().close();
});

await test('options choose the variant, and name what is sold out', async () => {
	const page = await open(`/products/${shirt.slug}`, phone);
	const chosen = () => page.evaluate(() => document.querySelector('[name=variant_id]:checked')?.value ?? null);
	const id = (size, colour) => shirt.variants.find((one) => one.options.size === size && one.options.colour === colour).id;
	const pick = (value) => page.locator(`.pick:has([value="${value}"])`).click();

	assert.equal(await chosen(), id('M', 'red'));
	await pick('blue');
	assert.equal(await chosen(), id('M', 'blue'));
	assert.match(await page.locator('[data-price]').innerText(), /11\.00/);
	await page.locator('.pick.none:has([value="L"])').waitFor();
	await pick('L');
	assert.equal(await chosen(), null);
	assert.equal(await page.locator('[data-choice-says]').innerText(), 'Sold out');
	assert.equal(await page.locator('[data-buy] [type=submit]').getAttribute('aria-disabled'), 'true');
	await expectAccessible(page);
	await screenshot(page, 'sold-out');
	await page.locator('[data-buy] [type=submit]').click({ force: true });
	assert.equal(new URL(page.url()).pathname, `/products/${shirt.slug}`);
	await pick('red');
	assert.equal(await chosen(), id('L', 'red'));
	assert.deepEqual(await page.evaluate(() => [...new FormData(document.querySelector('[data-buy]')).keys()].filter((name) => name.startsWith('choice'))), []);
	fine(page);
	await page.context().close();
});

await test('what is typed is guessed, and typing goes on', async () => {
	const page = await open('/', phone);
	await page.route('**/products/suggest**', async (route) => { await new Promise((goOn) => setTimeout(goOn, 300)); await route.continue(); });
	await page.locator('#q').pressSequentially('rechargeable fa', { delay: 20 });
	assert.equal(await page.locator('#q').inputValue(), 'rechargeable fa');
	await page.locator('#suggestions li').first().waitFor();
	await expectAccessible(page);
	await screenshot(page, 'suggestions');
	await page.keyboard.press('ArrowDown');
	assert.equal(await page.locator('#q').getAttribute('aria-activedescendant'), 'suggestion-0');
	await page.keyboard.press('Enter');
	await page.waitForURL(/\/(products|categories)\//);
	fine(page);
	await page.context().close();
});

await test('a list scrolls on, and has its place again on the way back', async () => {
	const page = await open('/search', phone);
	const cards = () => page.locator('[data-grid] > li').count();

	await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
	await until(async () => (await cards()) >= 48, 'the second page');
	await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
	await until(async () => (await cards()) >= 72, 'the third page');
	assert.equal(new URL(page.url()).search, '');
	const names = await page.locator('[data-grid] > li .name').allInnerTexts();
	assert.equal(await page.locator('[data-grid] > li a').evaluateAll((all) => new Set(all.map((a) => a.href)).size), names.length);
	await page.locator('[data-grid] > li a').nth(60).scrollIntoViewIfNeeded();
	const top = await page.evaluate(() => scrollY);
	await page.locator('[data-grid] > li a').nth(60).click();
	await page.waitForURL(/products/);
	await page.goBack();
	await until(async () => (await cards()) >= 72, 'all cards again');
	await until(async () => Math.abs((await page.evaluate(() => scrollY)) - top) < 200, 'the same place');
	fine(page);
	await page.context().close();
});

await test('on a phone filters are a dialog with Apply and Clear', async () => {
	const page = await open(`/categories/${shirt.category.slug}`, phone);
	assert.equal(await page.locator('[name=in_stock]').isVisible(), false);
	await page.locator('[data-filters] summary').click();
	await page.locator('dialog.sheet[open] [name=in_stock]').check();
	await expectAccessible(page);
	await screenshot(page, 'filters');
	await page.getByRole('button', { name: 'Close' }).click();
	await page.locator('[data-filters] summary').click();
	assert.equal(await page.locator('[name=in_stock]').isChecked(), false, 'what was not applied is forgotten');
	await page.locator('dialog.sheet[open] [name=in_stock]').check();
	await page.getByRole('button', { name: 'Apply' }).click();
	await page.waitForURL(/in_stock=true/);
	assert.ok(!page.url().includes('brand='), 'what is empty is not in the address');
	await page.locator('[data-filters] summary').click();
	await page.getByRole('link', { name: 'Clear all filters' }).click();
	await page.waitForURL((url) => url.search === '');
	fine(page);
	await page.context().close();
});

await test('prices in another currency, in the address', async () => {
	const page = await open(`/search?q=${encodeURIComponent(shirt.name)}`, desktop);
	await page.locator('[data-menu] summary').click();
	await expectAccessible(page);
	await screenshot(page, 'currencies');
	await page.getByRole('link', { name: 'INR' }).click();
	await page.waitForURL(/display_currency=INR/);
	assert.ok(page.url().includes('q='));
	assert.match(await page.locator('[data-grid] > li').first().innerText(), /≈ ₹/);
	await page.locator('[data-grid] a').first().click();
	await page.waitForURL(/\/products\/.*display_currency=INR/);
	const shown = () => page.locator('[data-displayed]').innerText();
	const before = await shown();
	assert.match(before, /≈ ₹/);
	await page.locator('.pick:has([value="blue"])').click();
	assert.notEqual(await shown(), before, 'of what is chosen');
	await expectAccessible(page);
	await screenshot(page, 'product-in-rupees');
	await page.locator('[data-menu] summary').click();
	await page.getByRole('link', { name: 'USD' }).click();
	await page.waitForURL(/display_currency=USD/);
	fine(page);
	await page.context().close();
});

await test('offline is said, and what was typed stays', async () => {
	const page = await open('/signin', phone);
	await page.locator('#email').fill('customer@haat.test');
	await page.context().setOffline(true);
	await page.getByText('You are offline.').waitFor();
	await page.locator('#password').fill('Haat-demo-2026!');
	await page.locator('main button[type=submit]').click();
	assert.equal(await page.locator('#email').inputValue(), 'customer@haat.test');
	await page.context().setOffline(false);
	await page.waitForFunction(() => document.querySelector('[data-offline]').textContent === '');
	await page.context().close();
});

await test('without script: browse, search, filter, choose', async () => {
	const page = await open('/', { ...phone, javaScriptEnabled: false });
	await page.locator('main .aisles a').first().click();
	const name = await heading(page);
	await page.locator('[data-filters] summary').click();
	await page.locator('[name=in_stock]').check();
	await page.getByRole('button', { name: 'Apply' }).click();
	assert.match(page.url(), /in_stock=true/);
	assert.equal(await heading(page), name);
	await page.locator('[data-more]').click();
	assert.match(page.url(), /cursor=/);
	assert.match(page.url(), /in_stock=true/);
	await page.locator('#q').fill('shirt');
	await page.keyboard.press('Enter');
	await page.waitForURL(/q=shirt/);
	assert.equal(await heading(page), 'Results for “shirt”');
	await page.goto(`${shop}/products/${shirt.slug}`);
	assert.equal(await page.locator('.variant:visible').count(), 4);
	await page.locator('.variant', { hasText: 'blue' }).first().locator('input').check();
	await screenshot(page, 'no-script');
	await page.context().close();
});

await closeBrowser();
finish();
