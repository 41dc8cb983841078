// What pages do while something is under way, when it fails, and when the connection is gone: keys of forms, hearts and likes, drafts,
// lists, and orders that stay true.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { call, finish, runDirectory, shop, signIn, test, until } from '../peers/suite.mjs';
import { tellSandbox, transactionOf } from './buying.mjs';
import { closeBrowser, expectAccessible, openPage, screenshot, waitForHeading } from './browser.mjs';

const phone = { viewport: { width: 360, height: 740 }, hasTouch: true };
const seller = await signIn('shop@haat.test'), fresh = String(Date.now());

async function makeProduct(name, onHand = 20) {
	const category = (await call('GET', '/categories')).body.results[0];
	const made = await call('POST', '/products', { token: seller.access, body: { name: `${name} ${fresh}`, category_id: category.id, price: '10.00',
		status: 'published', variants: [{ sku: `${name}-${fresh}`, price: '10.00', on_hand: onHand }] } });

	assert.equal(made.status, 201, made.text);
	return made.body;
}

async function register() {
	const email = `states-${fresh}@haat.test`, password = 'Green-tea-2026!';
	const made = await call('POST', '/accounts/register/customer', { body: { email, phone: `+8801${fresh.slice(-9)}`, full_name: 'Amina Khatun', password,
		password_confirm: password } });

	assert.equal(made.status, 201, made.text);
	return { email, password, access: (await signIn(email, password)).access };
}

const lamp = await makeProduct('Lamp'), customer = await register();
const own = (method, path, body) => call(method, path, { token: customer.access, body });

const entering = await openPage(phone);
await entering.goto(`${shop}/signin`);
await entering.locator('#email').fill(customer.email);
await entering.locator('#password').fill(customer.password);
await entering.locator('main form button[type=submit]').click();
await entering.waitForURL((url) => !url.pathname.endsWith('/signin'));
const storageState = await entering.context().storageState();
await entering.context().close();
const signedIn = (options = phone) => openPage({ ...options, storageState });

const said = (page, text) => page.locator('#says', { hasText: text }).waitFor({ state: 'attached' });
const stored = (page) => page.evaluate(() => JSON.stringify(sessionStorage));
const fine = (page) => assert.deepEqual(page.complaints, []);

await test('a double click puts one piece into the cart; back and again another', async () => {
	const page = await signedIn(), sent = [];
	const pieces = async () => (await own('GET', '/cart')).body.items.reduce((sum, item) => sum + item.quantity, 0);

	page.on('request', (request) => request.method() === 'POST' && sent.push(request.postData()));
	await page.goto(`${shop}/products/${lamp.slug}`);
	await page.locator('[data-buy] [type=submit]').dblclick();
	await waitForHeading(page, 'Cart');
	assert.equal(await pieces(), 1);
	// The same form sent again past the script, as by a reload: the server knows it.
	const answer = await page.request.post(`${shop}/cart/items`, { data: sent[0],
		headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' } });
	assert.equal(new URL(answer.url()).pathname, '/cart');
	assert.equal(await pieces(), 1);
	await page.goBack();
	await page.locator('[data-buy] [type=submit]:not([aria-disabled=true])').click();
	await waitForHeading(page, 'Cart');
	assert.equal(await pieces(), 2);
	const keys = sent.map((form) => new URLSearchParams(form).get('form_key'));
	assert.equal(keys.length, 2);
	assert.notEqual(keys[0], keys[1]);
	assert.ok(keys.every((key) => key.length >= 16));
	fine(page);
	await page.context().close();
});

await test('a heart shows at once, and rolls back with a word', async () => {
	const page = await signedIn(), heart = page.locator('.offer [data-heart]'), pressed = () => heart.getAttribute('aria-pressed');
	let goOn, asked = 0;

	await page.goto(`${shop}/products/${lamp.slug}`);
	await page.waitForFunction(() => document.querySelector('[data-heart]').getAttribute('aria-pressed') === 'false');
	await page.route('**/api/v1/wishlist/*', async (route) => {
		asked++;
		await new Promise((resolve) => { goOn = resolve; });
		await route.fulfill({ status: 503, body: '{}' });
	});
	await heart.focus();
	await page.keyboard.press('Enter');
	await page.waitForFunction(() => document.querySelector('.offer [data-heart]').getAttribute('aria-pressed') === 'true');
	assert.equal(await heart.getAttribute('aria-disabled'), 'true');
	assert.equal(await page.evaluate(() => document.activeElement.dataset.heart !== undefined), true, 'the focus stays');
	await page.keyboard.press('Enter');
	await until(() => goOn !== undefined, 'the call');
	goOn();
	await page.locator('#says.toast', { hasText: 'could not be changed' }).waitFor();
	assert.equal(await pressed(), 'false');
	assert.equal(asked, 1);
	await expectAccessible(page);
	await screenshot(page, 'rolled-back');
	await page.unroute('**/api/v1/wishlist/*');
	await heart.click();
	await said(page, 'Added to your wishlist.');
	await page.reload();
	await page.waitForFunction(() => document.querySelector('.offer [data-heart]').getAttribute('aria-pressed') === 'true');
	fine(page);
	await page.context().close();
});

await test('a like counts at once, is known again, and rolls back', async () => {
	const listed = (await call('GET', '/products?limit=100')).body.results.find((one) => one.rating_count > 0);
	const page = await signedIn(), like = page.locator('[data-like]').first(), count = () => like.locator('[data-likes]').getAttribute('data-likes').then(Number);

	await page.goto(`${shop}/products/${listed.slug}`);
	await page.waitForFunction(() => document.querySelector('[data-like]').hasAttribute('aria-pressed'));
	const before = await count();
	await like.click();
	assert.equal(await count(), before + 1);
	await said(page, 'You found this review helpful.');
	await page.reload();
	await page.waitForFunction(() => document.querySelector('[data-like]').getAttribute('aria-pressed') === 'true');
	await screenshot(page, 'liked');
	await page.context().setOffline(true);
	await like.click();
	await page.locator('#says.toast').waitFor();
	assert.equal(await like.getAttribute('aria-pressed'), 'true');
	await page.context().setOffline(false);
	await like.click();
	await said(page, 'no longer');
	fine(page);
	await page.context().close();
});

await test('who is not signed in does that first, and comes back', async () => {
	const page = await openPage(phone);

	await page.goto(`${shop}/bn/products/${lamp.slug}`);
	await page.locator('.offer [data-heart]').click();
	await page.waitForURL(/\/bn\/signin/);
	assert.equal(new URL(page.url()).searchParams.get('next'), `/bn/products/${lamp.slug}`);
	fine(page);
	await page.context().close();
});

async function typeAddress(page) {
	await page.locator('#full_name').fill('Amina Khatun');
	await page.locator('#line1').fill('12 Green Road');
	await page.locator('#country').selectOption('BD');
}

await test('what was typed outlives a lost connection and a reload, and ends when it is taken', async () => {
	const page = await signedIn();

	await page.goto(`${shop}/account/addresses/new`);
	await typeAddress(page);
	await page.locator('#phone').fill('+8801712345678');
	await page.locator('#postal_code').fill('1205');
	await page.locator('#city').fill('Dhaka');
	await page.context().setOffline(true);
	await page.getByRole('button', { name: 'Save' }).click();
	await said(page, 'You are offline.');
	assert.equal(await page.locator('#line1').inputValue(), '12 Green Road');
	await page.context().setOffline(false);
	await page.reload();
	assert.equal(await page.locator('#line1').inputValue(), '12 Green Road');
	assert.equal(await page.locator('#country').inputValue(), 'BD');
	// The connection goes while it is sent: back is the form as it was.
	await page.route('**/account/addresses', (route) => (route.request().method() === 'POST' ? route.abort('connectionfailed') : route.continue()));
	await page.getByRole('button', { name: 'Save' }).click();
	await page.waitForURL(/chrome-error|addresses$/);
	await page.unroute('**/account/addresses');
	await page.goBack();
	await page.locator('#line1').waitFor();
	assert.equal(await page.locator('#line1').inputValue(), '12 Green Road');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.waitForURL(/done=added/);
	await page.goto(`${shop}/account/addresses/new`);
	assert.equal(await page.locator('#line1').inputValue(), '');
	assert.ok(!(await stored(page)).includes('Green Road'));
	fine(page);
	await page.context().close();
});

async function enterAgain(page) {
	await page.locator('#email').fill(customer.email);
	await page.locator('#password').fill(customer.password);
	await page.locator('form[data-signs-in] [type=submit]').click();
}

await test('a form that waited for a sign-in leaves nothing behind in the tab', async () => {
	const page = await signedIn();

	await page.goto(`${shop}/account/addresses/new`);
	await typeAddress(page);
	await page.locator('#phone').fill('+8801712345679');
	await page.locator('#postal_code').fill('1206');
	await page.locator('#city').fill('Khulna');
	await page.context().clearCookies();
	await page.getByRole('button', { name: 'Save' }).click();
	await page.locator('[data-holds]').waitFor();
	assert.ok(!(await stored(page)).includes('Khulna'));
	await enterAgain(page);
	await page.getByRole('button', { name: 'Send it now' }).click();
	await page.waitForURL(/done=added/);
	assert.ok(!(await stored(page)).includes('Khulna'));
	fine(page);
	await page.context().close();
});

await test('nothing secret is kept', async () => {
	const page = await openPage(phone);

	await page.goto(`${shop}/signin`);
	await page.locator('#email').fill('somebody@haat.test');
	await page.locator('#password').fill('Secret-of-mine-1!');
	assert.match(await stored(page), /somebody@haat\.test/);
	await page.goto(`${shop}/register`);
	for (const field of await page.locator('main input:not([type=hidden]):not([type=checkbox]):not([type=radio])').all()) await field.fill('Secret-of-mine-1!');
	const names = await page.evaluate(() => Object.values(sessionStorage).flatMap((draft) => Object.keys(JSON.parse(draft).typed)));
	assert.ok(names.length > 2);
	assert.ok(!names.some((name) => /password|code|totp/.test(name)), names.join());
	fine(page);
	await page.context().close();
});

await test('a list that cannot go on says so, keeps its shape, and goes on by its link', async () => {
	const page = await openPage(phone);
	let fails = true;

	await page.route('**/search?*cursor=*', (route) => (fails ? route.fulfill({ status: 503, body: '' }) : route.continue()));
	await page.goto(`${shop}/search`);
	const cards = await page.locator('[data-grid] > li').count();
	await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
	await page.locator('#says.toast', { hasText: 'More products could not be loaded' }).waitFor();
	assert.equal(await page.locator('[data-grid] > li').count(), cards, 'no place is left empty');
	fails = false;
	await page.locator('[data-more]').click();
	await page.waitForURL(/cursor=/);
	assert.ok(await page.locator('[data-grid] > li').count() > 0);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('while more comes the places of the cards are there', async () => {
	const page = await openPage(phone);
	let goOn;
	const held = new Promise((resolve) => { goOn = resolve; });

	await page.route('**/search?*cursor=*', (route) => held.then(() => route.continue()));
	await page.goto(`${shop}/search`);
	const cards = await page.locator('[data-grid] > li').count();
	await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
	await page.locator('.waiting-card').first().waitFor();
	assert.equal(await page.locator('[data-grid]').getAttribute('aria-busy'), 'true');
	await screenshot(page, 'waiting-cards');
	goOn();
	await page.waitForFunction(() => document.querySelector('.waiting-card') === null);
	assert.ok(await page.locator('[data-grid] > li').count() > cards);
	await said(page, 'More products are shown.');
	await page.context().close();
});

await test('a list that has gone on is as long after a reload, and another tab begins it anew', async () => {
	const page = await openPage(phone), cards = (of) => of.locator('[data-grid] > li:not(.waiting-card)').count();

	await page.goto(`${shop}/search`);
	const first = await page.evaluate(() => document.querySelectorAll('[data-grid] > li').length);
	await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
	await until(async () => (await cards(page)) >= 2 * first, 'the second page');
	await page.reload();
	await until(async () => (await cards(page)) >= 2 * first, 'both pages');
	const other = await page.context().newPage();
	await other.goto(page.url());
	assert.equal(await other.evaluate(() => history.state), null);
	await page.context().close();
});

await test('another filter or order begins at the first page', async () => {
	const page = await openPage({ viewport: { width: 1280, height: 800 } });

	await page.goto(`${shop}/search`);
	await page.goto(await page.locator('[data-more]').evaluate((link) => link.href));
	assert.match(page.url(), /cursor=/);
	for (const href of await page.locator('nav.orders a, [data-menu] a').evaluateAll((links) => links.map((link) => link.href))) assert.ok(!href.includes('cursor='), href);
	await page.locator('[name=in_stock]').check();
	await page.getByRole('button', { name: 'Apply' }).click();
	await page.waitForURL(/in_stock=true/);
	assert.ok(!page.url().includes('cursor='));
	await page.context().close();
});

// An order of the customer, which somebody changes.
async function makeOrder() {
	const listed = await own('GET', '/addresses');
	assert.equal(listed.status, 200, listed.text);
	const [address] = listed.body.results;
	const made = await own('POST', '/orders', { shipping_address_id: address.id, shipping_method: 'standard', items: [{ variant_id: lamp.variants[0].id, quantity: 1 }] });

	assert.equal(made.status, 201, made.text);
	return made.body;
}
const cancel = async (order) => assert.equal((await own('POST', `/orders/${order.number}/cancel`, { reason: 'tried' })).status, 200);
const isCancelled = (page) => page.locator('[data-live-part=state]', { hasText: 'Cancelled' }).waitFor();

await test('two tabs stay true over one connection, and the second goes on when the first is closed', async () => {
	const order = await makeOrder(), other = await makeOrder(), first = await signedIn(), tickets = [];

	first.context().on('request', (request) => request.url().endsWith('/live-ticket') && tickets.push(request.frame().page()));
	const opened = first.waitForResponse('**/live?ticket=*');
	await first.goto(`${shop}/orders/${order.number}`);
	await opened;
	const second = await first.context().newPage();
	await second.goto(`${shop}/orders/${order.number}`);
	await cancel(order);
	await Promise.all([isCancelled(first), isCancelled(second)]);
	await said(second, 'The order has changed.');
	assert.equal(tickets.length, 1, 'one connection for both');
	const taken = second.waitForResponse('**/live?ticket=*');
	await second.goto(`${shop}/orders/${other.number}`);
	await first.close();
	await taken;
	assert.equal(tickets.length, 2);
	await cancel(other);
	await isCancelled(second);
	await second.context().close();
});

await test('a reload of nginx is not the end of it', async () => {
	const order = await makeOrder(), page = await signedIn();
	const opened = page.waitForResponse('**/live?ticket=*');

	await page.goto(`${shop}/orders/${order.number}`);
	await opened;
	process.kill(Number(readFileSync(`${runDirectory}/nginx/nginx.pid`, 'utf8')), 'SIGHUP');
	await cancel(order);
	await isCancelled(page);
	fine(page);
	await page.context().close();
});

await test('a hidden page lets go, and what it missed it shows when it is seen again', async () => {
	const order = await makeOrder(), page = await signedIn();
	const hide = (hidden) => page.evaluate((value) => {
		Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
		document.dispatchEvent(new Event('visibilitychange'));
	}, hidden);
	const locks = () => page.evaluate(async () => (await navigator.locks.query()).held.length);

	const opened = page.waitForResponse('**/live?ticket=*');
	await page.goto(`${shop}/orders/${order.number}`);
	await opened;
	assert.equal(await locks(), 1);
	const closed = page.waitForEvent('requestfailed', (request) => request.url().includes('/live?ticket='));
	await hide(true);
	await closed;
	assert.equal(await locks(), 0);
	await cancel(order);
	assert.match(await page.locator('[data-live-part=state]').innerText(), /Waiting for payment/);
	await hide(false);
	await isCancelled(page);
	fine(page);
	await page.context().close();
});

await test('where nothing can be heard the page looks again, says when it may not be true, and listens when it can', async () => {
	const order = await makeOrder(), page = await signedIn();

	await page.clock.install();
	await page.route('**/live-ticket', (route) => route.fulfill({ status: 503, body: '{}' }));
	const refused = page.waitForResponse('**/live-ticket');
	await page.goto(`${shop}/orders/${order.number}`);
	await refused;
	await page.route(`**/orders/${order.number}`, (route) => route.abort());
	await page.clock.runFor(21000);
	await page.getByText('This page may be out of date').waitFor();
	await expectAccessible(page);
	await screenshot(page, 'stale');
	await page.unroute(`**/orders/${order.number}`);
	await cancel(order);
	const again = page.waitForResponse('**/live-ticket');
	await page.clock.runFor(21000);
	await again;
	await page.clock.runFor(21000);
	await isCancelled(page);
	await page.waitForFunction(() => document.querySelector('[data-stale]').textContent === '');
	await page.unroute('**/live-ticket');
	const opened = page.waitForResponse('**/live?ticket=*');
	await page.clock.runFor(21000);
	await opened;
	await page.context().close();
});

// Files as people have them: pictures, and one that only looks like one.
const folder = mkdtempSync(path.join(tmpdir(), 'haat-states-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const files = [60, 160].map((mean) => {
	const file = path.join(folder, `picture-${mean}.png`);

	execFileSync('vips', ['gaussnoise', file, '300', '200', '--mean', String(mean)]);
	return file;
});
const broken = path.join(folder, 'broken.png');
writeFileSync(broken, 'no picture');

await test('pictures are seen before they are sent, with how far they are; what is refused stays chosen', async () => {
	const page = await signedIn(), progress = page.locator('[data-progress]');

	await page.goto(`${shop}/account`);
	await page.locator('#file').setInputFiles(broken);
	await page.getByRole('button', { name: 'Upload the picture' }).click();
	await page.locator('[data-upload-says]:not([hidden])').waitFor();
	assert.equal(await page.locator('#file').evaluate((field) => field.files.length), 1);
	assert.equal(await progress.isVisible(), false);
	await expectAccessible(page);
	await page.locator('#file').setInputFiles(files[0]);
	await page.locator('[data-previews] img').waitFor();
	assert.ok(await page.locator('[data-previews] img').evaluate((image) => image.decode().then(() => image.naturalWidth)) > 0);
	await page.context().setOffline(true);
	await page.getByRole('button', { name: 'Upload the picture' }).click();
	await said(page, 'You are offline.');
	await page.context().setOffline(false);
	await screenshot(page, 'upload');
	await page.route('**/account/picture', (route) => route.abort('connectionfailed'));
	await page.getByRole('button', { name: 'Upload the picture' }).click();
	await page.getByText('The files did not arrive.').waitFor();
	await page.unroute('**/account/picture');
	await page.getByRole('button', { name: 'Upload the picture' }).click();
	await page.waitForURL(/done=picture/);
	fine(page);
	await page.context().close();
});

await test('a review is sent with several pictures, once, and shown with them', async () => {
	const order = await makeOrder(), page = await signedIn();
	const begun = await own('POST', '/payments', { order_id: order.id, provider: 'stripe' });

	assert.equal(begun.status, 201, begun.text);
	await tellSandbox(`stripe/pay/${transactionOf(order.number)}`);
	await until(async () => (await own('GET', `/orders/${order.number}`)).body.payment_status === 'paid', 'the order is paid');
	await page.goto(`${shop}/products/${lamp.slug}/review`);
	await page.getByLabel('4 stars').check();
	await page.locator('#text').fill('It shines.');
	await page.locator('#pictures').setInputFiles([...files, ...files, ...files]);
	await page.getByText('Those are too many files.').waitFor();
	await page.locator('#pictures').setInputFiles(files);
	assert.equal(await page.locator('[data-previews] img').count(), 2);
	await expectAccessible(page);
	await screenshot(page, 'review-with-pictures');
	let posts = 0;
	page.on('request', (request) => { posts += request.method() === 'POST'; });
	await page.locator('main form [type=submit]').dblclick();
	await page.waitForURL(/\/reviews$/);
	assert.equal(posts, 1);
	await until(async () => (await call('GET', `/products/${lamp.slug}/reviews`)).body.results[0].images.filter((image) => image.url !== null).length === 2, 'both pictures');
	await page.goto(`${shop}/products/${lamp.slug}/review`);
	assert.equal(await page.locator('.previews img').evaluateAll((all) => Promise.all(all.map((image) => image.decode())).then(() => all.length)), 2);
	assert.equal(await page.locator('#text').inputValue(), 'It shines.');
	assert.ok(!(await stored(page)).includes('It shines.'), 'the draft has ended');
	fine(page);
	await page.context().close();
});

await test('words beside files wait in the tab when the session has ended', async () => {
	const page = await signedIn(), address = `${shop}/products/${lamp.slug}/review`;

	await page.goto(address);
	await page.locator('#text').fill('It shines all night.');
	await page.locator('#pictures').setInputFiles(files[0]);
	await page.context().clearCookies();
	await page.locator('main form [type=submit]').click();
	await page.waitForURL(/\/signin/);
	await enterAgain(page);
	await page.waitForURL(address);
	assert.equal(await page.locator('#text').inputValue(), 'It shines all night.');
	fine(page);
	await page.context().close();
});

await closeBrowser();
finish();
