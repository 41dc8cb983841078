// Pages beside pictures of them that somebody has looked at and approved: what breaks their look fails.
//   tests/browser/run --approve   looks at the same pages, and keeps their pictures: look at $HAAT_RUN/screenshots/approved-* before you commit them
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { buildDirectory, call, finish, runDirectory, shop, signIn, test } from '../peers/suite.mjs';
import { closeBrowser, openPage } from './browser.mjs';
import { compare, mostOther } from './pictures.mjs';
import { stockShelf } from './wares.mjs';

const approve = process.argv.includes('--approve');
const folder = new URL('approved/', import.meta.url).pathname;
mkdirSync(folder, { recursive: true });

const sets = [
	{ name: 'phone-light-en', base: '', options: { viewport: { width: 360, height: 740 }, colorScheme: 'light', hasTouch: true } },
	{ name: 'phone-dark-rtl', base: '/ar-XB', options: { viewport: { width: 360, height: 740 }, colorScheme: 'dark', hasTouch: true } },
	{ name: 'desktop-dark-bn', base: '/bn', options: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' } },
];

const names = ['Red lamp', 'Round bowl of brass', 'Bamboo tray', 'A long name that takes two lines of a card on a phone', 'Jute rug', 'Tea glass', 'Mat', 'Fan'];
const shelf = { slug: 'looked-at', name: 'Looked at', count: names.length,
	describe: (i, picture) => ({ name: names[i], price: `${12 + i}.50`, compare_at_price: i % 3 === 0 ? `${20 + i}.00` : undefined,
		description: 'Made of what grows beside the river.\nIt is washed by hand and dries in a day.', images: [{ id: picture, alt: names[i] }],
		options: [{ name: 'size', values: ['small', 'large'] }],
		variants: ['small', 'large'].map((size, j) => ({ sku: `LOOK-${i}-${size}`, options: { size }, price: `${12 + i + j}.50`, on_hand: j === 1 && i === 4 ? 0 : 10000 })) }) };
const { products } = await stockShelf(await signIn('admin@haat.test'), await signIn('shop@haat.test'), shelf);
const product = products[0];
const variant = (await call('GET', `/products/${product.slug}`)).body.variants[0].id;

// A customer who has ordered once, and nothing else.
const tag = String(Date.now()).slice(-8), email = `looked-${tag}@haat.test`, password = 'Haat-demo-2026!';
async function make(path, body, token) {
	const answer = await call('POST', path, { token, body });
	assert.ok([200, 201].includes(answer.status), answer.text);
	return answer.body;
}
await make('/accounts/register/customer', { email, phone: `+88013${tag}`, password, password_confirm: password, full_name: 'Amina Khatun' });
execFileSync(`${buildDirectory}/src/haatctl`, ['--config', `${runDirectory}/haat.conf`, 'user', 'verify', email]);
const { access } = await signIn(email, password);
const address = await make('/addresses', { kind: 'shipping', full_name: 'Amina Khatun', phone: `+88013${tag}`, line1: '12 Green Road', city: 'Dhaka',
	postal_code: '1205', country: 'BD', is_default: true }, access);
const order = await make('/orders', { shipping_address_id: address.id, shipping_method: 'standard', items: [{ variant_id: variant, quantity: 2 }] }, access);
await make('/cart/items', { variant_id: variant, quantity: 1 }, access);

const forAll = { home: '/', list: `/categories/${shelf.slug}`, 'nothing-found': '/search?q=zzzzqqqq', product: `/products/${product.slug}`, signin: '/signin',
	missing: '/products/there-is-none' };
const forOne = { cart: '/cart', checkout: '/checkout', order: `/orders/${order.number}`, account: '/account' };

// Also those further down.
const fetchPictures = () => Promise.all([...document.images].map((image) => {
	image.loading = 'eager';
	return image.decode();
}));

// What others have put into the shop is another one in each run: the first page shows as many of all, always in the same words.
function settleHome(words) {
	for (const live of document.querySelectorAll('.aisles, .shelf, [data-grid]')) {
		const list = live.cloneNode(true); // to which no script adds more

		live.replaceWith(list);
		[...list.children].forEach((one, place) => {
			if (place >= 6) one.remove();
			one.querySelectorAll('p, .picture > *').forEach((part) => part.remove());
			one.querySelectorAll('.name').forEach((name) => { name.textContent = words; });
		});
	}
	document.querySelectorAll('.aisles a').forEach((name) => { name.textContent = words; });
}

async function look(page, judges, set, name, path) {
	await page.goto(shop + set.base + path);
	if (name in forOne) await page.locator('[data-account]', { hasText: 'Amina' }).waitFor({ state: 'attached' });
	await page.evaluate(fetchPictures);
	if (name === 'home') await page.evaluate(settleHome, 'Lamps');
	const { other, taken } = await compare(page, judges, `${folder}${name}-${set.name}.png`, approve);
	writeFileSync(`${runDirectory}/screenshots/approved-${name}-${set.name}.png`, taken);
	if (other > mostOther / 5) console.log(`    ${Math.round(other * 1000) / 10} % of ${name} is another`);
	assert.ok(other <= mostOther, `${Math.round(other * 1000) / 10} % of it is not as approved`);
}

async function signInHere(page, base) {
	await page.goto(`${shop}${base}/signin`);
	await page.locator('#email').fill(email);
	await page.locator('#password').fill(password);
	await page.locator('main form button[type=submit]').click();
	await page.waitForURL((url) => !url.pathname.endsWith('/signin'));
}

const judges = await openPage();
for (const set of sets) {
	const visitor = await openPage(set.options), person = await openPage(set.options);

	// What else may be bought hangs on all that was ordered.
	for (const page of [visitor, person]) await page.route('**/related', (route) => route.abort());
	await signInHere(person, set.base);
	for (const [page, pages] of [[visitor, forAll], [person, forOne]])
		for (const [name, path] of Object.entries(pages)) await test(`${name}, ${set.name}`, () => look(page, judges, set, name, path));
	await visitor.context().close();
	await person.context().close();
}

await closeBrowser();
finish();
