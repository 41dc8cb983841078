// A shop whose people call everything what could break a page: planted once, then every page, letter, file and answer is looked at.
// Text stays text: no element, no script, no tag of a template comes of it, no line of a header, no formula; and no price is turned around.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildDirectory, call, finish, runDirectory, shop, signIn, test, until } from '../peers/suite.mjs';
import { closeBrowser, openPage, screenshot } from './browser.mjs';

const { simpleParser } = createRequire(new URL('../peers/package.json', import.meta.url))('mailparser');
const password = 'Haat-demo-2026!';
const tag = `${Date.now()}`.slice(-8);
const folder = mkdtempSync(path.join(tmpdir(), 'haat-hostile-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

// Ends an attribute, an element, a script, a comment; is an element of its own; a tag of a template; turns what follows; has no width.
const turn = '\u202e\u2066\u202d';
const short = `"><x-evil onload=alert(1)>${turn}`;
const evil = `=1+1${short}</script></title></textarea>--><svg onload=alert(2)>{{site.shop}}{{/a}}\u200b\u05d0\u0628\u{1f469}\u200d\u{1f467}`;
const long = `${evil} ${'W'.repeat(2000)} javascript:alert(3)`;

async function ask(status, token, method, where, body, headers) {
	const answer = await call(method, where, { token, body, headers });
	assert.equal(answer.status, status, `${method} ${where}: ${answer.text}`);
	return answer.body;
}
const haatctl = (...words) => execFileSync(`${buildDirectory}/src/haatctl`, ['--config', `${runDirectory}/haat.conf`, ...words]);

let people = 0;
async function register(kind, more) {
	const email = `hostile-${tag}-${++people}@haat.test`;
	await ask(201, undefined, 'POST', `/accounts/register/${kind}`, { email, phone: `+8801${tag}${people}`, password, password_confirm: password,
		full_name: `N${people}${evil}`.slice(0, 150), ...more });
	haatctl('user', 'verify', email);
	return { email, ...(await signIn(email, password)) };
}

async function upload(token) {
	const file = path.join(folder, 'picture.jpg'), form = new FormData();
	execFileSync('vips', ['gaussnoise', file, '300', '300']);
	form.append('files', new Blob([readFileSync(file)], { type: 'image/jpeg' }), `../${evil}.jpg`);
	const answer = await fetch(`${shop}/api/v1/media`, { method: 'POST', headers: { Authorization: `Bearer ${token}` }, body: form });
	assert.equal(answer.status, 201, await answer.clone().text());
	return (await answer.json()).results[0].id;
}

const { access: admin } = await signIn('admin@haat.test');
let seller, merchant, customer, category, product, order, parcel;

await test('everything is called what could break a page', async () => {
	seller = await register('shopkeeper', { shop_name: `S${evil}`.slice(0, 150), business_type: 'individual', business_id: `B-${tag}${short}`, currency: 'USD',
		gst_number: '<b>&amp;\u202e' });
	merchant = (await ask(200, seller.access, 'GET', '/accounts/me')).merchant.id;
	await ask(200, admin, 'POST', `/merchants/${merchant}/activate`);
	await ask(200, seller.access, 'PATCH', '/merchants/me', { description: long, contact: `C${evil}` });
	customer = await register('customer');
	category = await ask(201, admin, 'POST', '/categories', { name: `K${tag}${evil}`.slice(0, 120) });
	const brand = await ask(201, admin, 'POST', '/brands', { name: `B${tag}${evil}`.slice(0, 120), description: long.slice(0, 2000) });
	const image = { id: await upload(seller.access), alt: `I${evil}`.slice(0, 300) };
	product = await ask(201, seller.access, 'POST', '/products', { name: `P${tag} ${evil}`.slice(0, 200), description: long, category_id: category.id, brand_id: brand.id,
		price: '1234.56', status: 'published', images: [image], specs: { [`s${short}`]: evil }, metadata: { evil },
		options: [{ name: `o${short}`, values: [`v${short}`, `w${short}`] }],
		variants: ['v', 'w'].map((value) => ({ sku: `@${value}${tag}${short}`, options: { [`o${short}`]: `${value}${short}` }, on_hand: 9 })) });
});

await test('what has no place in a text is refused', async () => {
	for (const name of ['a\u0000b', 'a\nBcc: all@haat.test', 'a\rb', 'a\u001bb', 'a\u007fb'])
		await ask(400, seller.access, 'PATCH', '/merchants/me', { shop_name: name });
	await ask(400, admin, 'POST', '/coupons', { code: short, kind: 'percent', value: '5' });
	await ask(400, seller.access, 'POST', '/webhook-endpoints', { url: 'javascript:alert(1)', event_types: ['order.placed'] });
});

await test('an order is placed, sent, reviewed and partly sent back', async () => {
	const { id: address } = await ask(201, customer.access, 'POST', '/addresses', { kind: 'shipping', full_name: `A${evil}`.slice(0, 150), phone: '+8801712345678',
		line1: evil, line2: `2${evil}`, city: `C${short}`, state: `S${short}`, postal_code: '<b>"\u202e', country: 'BD' });
	order = await ask(201, customer.access, 'POST', '/orders', { shipping_address_id: address, shipping_method: 'standard',
		items: product.variants.map((variant) => ({ variant_id: variant.id, quantity: 2 })), metadata: { evil } });
	const payment = await ask(201, customer.access, 'POST', '/payments', { order_id: order.id, provider: 'cod' });
	await ask(200, admin, 'POST', `/payments/${payment.reference}/confirm`);
	[parcel] = (await ask(200, admin, 'GET', `/orders/${order.id}/fulfilments`)).results;
	await ask(200, seller.access, 'POST', `/fulfilments/${parcel.id}/pack`);
	await ask(200, seller.access, 'POST', `/fulfilments/${parcel.id}/ship`, { carrier: `C${short}`, tracking: `T${short}` });
	await ask(200, seller.access, 'POST', `/fulfilments/${parcel.id}/deliver`);
	await ask(200, admin, 'POST', `/payments/${payment.reference}/collect`);
	const review = await ask(201, customer.access, 'POST', `/products/${product.id}/reviews`, { rating: 1, title: `R${evil}`.slice(0, 150), text: long });
	await ask(201, seller.access, 'POST', `/reviews/${review.id}/replies`, { text: `Y${evil}` });
	const [line] = order.lines ?? order.items;
	await ask(201, customer.access, 'POST', `/orders/${order.id}/returns`, { lines: [{ line_id: line.id, quantity: 1, reason: `W${evil}` }] });
});

// What of all that became more than text; amounts whose digits stand in another order than they are written in, and what could do that.
function findMarkup() {
	const made = [...document.querySelectorAll('x-evil, svg:not([aria-hidden]), math, iframe, object, embed, [onload], [onerror], [style], base')].map((one) => one.outerHTML);
	const scripts = [...document.scripts].filter((one) => !/\+?json$/.test(one.type) && new URL(one.src, location.href).origin !== location.origin);
	const links = [...document.querySelectorAll('[href], [src], [action]')]
		.filter((one) => !/^(https?|mailto):$/.test(new URL(one.getAttribute('href') ?? one.getAttribute('src') ?? one.getAttribute('action'), location.href).protocol));
	const turned = [], unsheltered = [];
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const left = (node, at) => {
		const range = document.createRange();
		range.setStart(node, at);
		range.setEnd(node, at + 1);
		return range.getBoundingClientRect();
	};

	while (walker.nextNode()) {
		const { data } = walker.currentNode;
		// What script writes stands in blocks of its own, which turn nothing outside.
		const own = walker.currentNode.parentElement.closest('bdi, option, script, textarea, [data-account], [data-choices], [data-choice-says]') === null;
		if (own && /[\u202a-\u202e\u2066-\u2069\u05d0\u0628]/.test(data)) unsheltered.push(data);
		const found = /\d[\d.,]*\d/.exec(data);
		if (found === null || walker.currentNode.parentElement.closest('bdi, script, .unseen') !== null) continue;
		const first = left(walker.currentNode, found.index), last = left(walker.currentNode, found.index + found[0].length - 1);
		if (first.width > 0 && Math.abs(first.top - last.top) < 2 && first.left >= last.left) turned.push(data);
	}
	for (const one of document.querySelectorAll('script[type$=json]')) JSON.parse(one.textContent);
	return { made, scripts: scripts.length, links: links.map((one) => one.outerHTML), turned, unsheltered };
}

const findWide = () => [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > window.innerWidth)
	.map((one) => `${one.localName}.${one.className}`).join(' ');

async function look(page, address, shown) {
	await page.goto(`${shop}${address}`, { waitUntil: 'load' });
	for (const text of shown) assert.ok((await page.content()).includes(text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')), `${address} does not show ${text}`);
	assert.deepEqual(await page.evaluate(findMarkup), { made: [], scripts: 0, links: [], turned: [], unsheltered: [] }, address);
	assert.deepEqual(page.complaints, [], address);
	assert.deepEqual([...page.origins], [shop], address);
	const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
	assert.ok(wide <= room, `${address} is ${wide} wide where there is room for ${room}: ${wide <= room ? '' : await page.evaluate(findWide)}`);
}

async function openWatched(options) {
	const page = await openPage({ viewport: { width: 360, height: 740 }, ...options });
	page.on('dialog', (dialog) => { page.complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
	return page;
}

await test('every public page shows text', async () => {
	const page = await openWatched();
	const inUrl = encodeURIComponent(evil), { slug } = product;

	await until(async () => (await call('GET', `/products/${slug}`)).body.images[0].url !== null, 'the picture is ready');
	for (const base of ['', '/bn', '/ar-XB']) {
		await look(page, `${base}/products/${slug}`, ['{{site.shop}}', '"><x-evil onload=alert(1)>']);
		await screenshot(page, `hostile-product${base.replace('/', '-')}`);
		await look(page, `${base}/categories/${category.slug}`, ['{{site.shop}}']);
		await screenshot(page, `hostile-category${base.replace('/', '-')}`);
	}
	for (const address of ['/', `/shops/${merchant}`, `/products/${slug}/related`, `/search?q=P${tag}`]) await look(page, address, []);
	for (const address of [`/search?q=${inUrl}`, `/search?nonsense=${inUrl}`, `/${inUrl}`, `/products/${inUrl}`, `/signin?next=${inUrl}`,
		'/signin?next=javascript:alert(1)', `/verify?token=${inUrl}`, `/reset?token=${inUrl}`, `/unsubscribe/${inUrl}`, `/pay/${inUrl}`, `/register?next=${inUrl}`])
		await look(page, address, []);
	// What script makes of what the API says: suggestions.
	await page.goto(shop);
	await page.locator('#q').pressSequentially(`P${tag}`, { delay: 5 });
	await page.locator('#suggestions li').first().waitFor();
	assert.deepEqual((await page.evaluate(findMarkup)).made, []);
	await page.context().close();
});

await test('every page of a customer shows text', async () => {
	const page = await openWatched({ userAgent: `Mozilla/5.0 ${short.replaceAll(/[^ -~]/g, '')}` });

	await look(page, '/signin', []);
	await page.locator('#email').fill(customer.email);
	await page.locator('#password').fill(password);
	await page.locator('main form button[type=submit]').click();
	await page.waitForURL((url) => !url.pathname.endsWith('/signin'));
	await look(page, `/products/${product.slug}`, []);
	await page.locator('[data-buy] [type=submit]').click();
	await page.waitForURL(/\/cart/);
	await ask(204, customer.access, 'PUT', `/wishlist/${product.id}`);
	const { results: addresses } = await ask(200, customer.access, 'GET', '/addresses');
	for (const [address, ...shown] of [['/cart', '<x-evil'], ['/checkout', '<svg onload'], ['/orders'], [`/orders/${order.number}`, '{{site.shop}}', '<x-evil'],
		['/wishlist', '<svg'], ['/reviews', '{{site.shop}}'], [`/products/${product.slug}/review`, '{{site.shop}}'], ['/account', '{{site.shop}}'],
		['/account/addresses', '{{site.shop}}'], [`/account/addresses/${addresses[0].id}`, '{{site.shop}}'], ['/account/security'],
		['/account/payments'], ['/account/data'], [`/bn/orders/${order.number}`], [`/ar-XB/orders/${order.number}`], ['/ar-XB/cart']]) {
		await look(page, address, shown);
		await screenshot(page, `hostile${address.replace(/[^/]*\d.*/, 'one').replaceAll('/', '-')}`);
	}
	await page.context().close();
});

await test('letters: text in both parts, one line in each header', async () => {
	const ours = () => readdirSync(`${runDirectory}/mail`).map((name) => readFileSync(`${runDirectory}/mail/${name}`)).filter((raw) => raw.includes(`hostile-${tag}-`));
	const page = await openWatched({ javaScriptEnabled: true });
	await until(() => ours().length >= 4, 'letters are written');

	for (const raw of ours()) {
		const letter = await simpleParser(raw);
		const head = raw.toString('latin1').split(/\r?\n\r?\n/, 1)[0];
		assert.match(letter.to.value.map((one) => one.address).join(), /^hostile-\d+-\d@haat\.test$/);
		assert.ok(!/^(bcc|cc):/im.test(head), head);
		assert.ok(letter.subject.length > 0 && !/[\r\n]/.test(letter.subject));
		await page.setContent(letter.html);
		assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('x-evil, svg, script, iframe, [onload]')].length), 0);
		assert.deepEqual(page.complaints, []);
	}
	await page.context().close();
});

await test('the invoice and its page show text', async () => {
	const invoice = `/orders/${order.number}/invoice.pdf`;
	await until(async () => (await call('GET', invoice, { token: customer.access })).status === 200, 'the invoice is there');
	const answer = await fetch(`${shop}/api/v1${invoice}`, { headers: { Authorization: `Bearer ${customer.access}`, Accept: 'application/pdf' } });
	const file = path.join(folder, 'invoice.pdf');
	writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
	assert.match(answer.headers.get('content-disposition') ?? '', /^[ -~]*$/);
	const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
	for (const shown of ['<x-evil', '{{site.shop}}', ' 1234.56 ', 'Total USD']) assert.ok(text.includes(shown), `${shown} in ${text}`);
});

await test('exported cells are no formulas, and JSON is JSON', async () => {
	const csv = (await call('GET', '/products/export?format=csv', { token: seller.access })).text;
	assert.ok(csv.includes(tag));
	for (const cell of csv.matchAll(/(?:^|[,\n])"?([=+@\t\r-])/g)) assert.fail(`a cell begins with ${cell[1]}: ${csv.slice(cell.index, cell.index + 60)}`);
	for (const address of [`/products/${product.slug}`, `/products?q=P${tag}`, `/shops/${merchant}`, `/merchants/${merchant}`, `/products/suggest?q=P${tag}`]) {
		const answer = await call('GET', address);
		assert.ok(answer.status === 404 || answer.body !== undefined, address);
		assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
	}
});

await closeBrowser();
finish();
