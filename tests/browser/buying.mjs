// What journeys through the shop have in common: goods to buy, a guest on the way to paying for them, and what the books say of it afterwards.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { buildDirectory, call, runDirectory, secret, shop, signIn, top, until } from '../peers/suite.mjs';
import { openPage, sandbox } from './browser.mjs';

const password = 'Haat-demo-2026!';
const words = JSON.parse(readFileSync(`${top}/web/messages/en.json`, 'utf8'));
const tag = `${Date.now()}`.slice(-8);
let people = 0;
const shelf = [];

export const phone = { viewport: { width: 360, height: 740 } };

// What the pages say by that key, which has no tags in it.
export function says(key) {
	assert.equal(typeof words[key], 'string', key);
	return words[key];
}

// The rows as text: columns by tabs.
export function sql(statement) {
	return execFileSync('mariadb', ['--no-defaults', `--socket=${runDirectory}/mariadb.sock`, '--user=haat', `--password=${secret('database')}`,
		'--batch', '--skip-column-names', 'haat', '-e', statement], { encoding: 'utf8' }).trim();
}

// As haatctl check finds the books: it ends with 1 when a rule is broken.
export function expectBooks() {
	execFileSync(`${buildDirectory}/src/haatctl`, ['--config', `${runDirectory}/haat.conf`, 'check'], { stdio: 'pipe' });
}

// The answer's body; it has that status.
export async function ask(status, token, method, path, body) {
	const answer = await call(method, path, { token, body });
	assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
	return answer.body;
}

export async function tellSandbox(path, fields = {}) {
	const answer = await fetch(`${sandbox}/sandbox/${path}`, { method: 'POST', body: new URLSearchParams(fields) });
	assert.equal(answer.status, 200, `${path}: ${await answer.text()}`);
}

export const staff = (await signIn('admin@haat.test', password)).access;

// A shop of its own that sells one thing in that currency: { slug, variant, seller }.
export async function sell(currency, price, stock) {
	const number = `${tag}${++people}`, email = `seller-${number}@haat.test`;
	await ask(201, undefined, 'POST', '/accounts/register/shopkeeper', { email, phone: `+88013${number.slice(-9).padStart(9, '0')}`, password,
		password_confirm: password, full_name: 'Rahela Sultana', shop_name: `Journeys ${number}`, business_type: 'individual',
		business_id: `BIN-${number}`, currency });
	sql(`UPDATE users u JOIN merchants m ON m.user_id = u.id SET u.email_verified = TRUE, m.status = 'active' WHERE u.email = '${email}'`);
	const seller = (await signIn(email, password)).access;
	const category = (await ask(200, undefined, 'GET', '/categories')).results[0];
	const made = await ask(201, seller, 'POST', '/products', { name: `Tea pot ${number}`, description: 'For a journey.', category_id: category.id,
		price, status: 'published', variants: [{ sku: `JOURNEY-${number}`, on_hand: stock }] });
	shelf.push({ id: made.id, seller });
	return { slug: made.slug, variant: made.variants[0].id, seller };
}

// Nothing of it stands in the lists of those who look at the shop afterwards.
export async function closeShops() {
	for (const { id, seller } of shelf.splice(0)) await ask(200, seller, 'PATCH', `/products/${id}`, { status: 'archived' });
}

// How many are on hand and how many of them are kept for orders: "9 1".
export function stock(goods) {
	return sql(`SELECT CONCAT(on_hand, ' ', reserved) FROM inventory WHERE variant_id = UNHEX('${goods.variant.replaceAll('-', '')}')`);
}

export async function putIntoCart(page, goods) {
	await page.goto(`${shop}/products/${goods.slug}`);
	await page.locator('form[data-buy] [type=submit]').click();
	await page.locator('a[href$="/checkout"]').waitFor();
}

async function fill(page, fields) {
	for (const [name, value] of Object.entries(fields)) {
		const field = page.locator(`main [name=${name}]`);
		if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption(value);
		else await field.fill(value);
	}
}

export const who = () => ({ full_name: 'Amina Khatun', email: `guest-${tag}-${++people}@haat.test`, phone: `+88016${`${tag}${people}`.slice(-8).padStart(8, '0')}` });
export const where = { line1: '12 Green Road', postal_code: '1205', city: 'Dhaka', country: 'BD' };

export async function sendStep(page, action, fields) {
	await fill(page, fields);
	await page.locator(`form[action*="/checkout/${action}"] button[type=submit]`).click();
}

// A guest with one of the goods at the last step: what is left is to choose how to pay.
export async function guestAtPaying(goods, options = phone, prepare = async () => {}) {
	const page = await openPage(options);
	await prepare(page);
	await putIntoCart(page, goods);
	await page.locator('a[href$="/checkout"]').click();
	await sendStep(page, 'who', who());
	await sendStep(page, 'address', where);
	await page.locator('[name=key]').waitFor({ state: 'attached' });
	return page;
}

// The same without a look at the pages before: their forms are sent as a browser sends them.
export async function guestSoon(goods, options = phone) {
	const page = await openPage(options);
	const send = async (path, form) => {
		const answer = await page.request.post(`${shop}${path}`, { form, headers: { 'Sec-Fetch-Site': 'same-origin' }, maxRedirects: 0 });
		assert.equal(answer.status(), 303, path);
	};
	await send('/cart/items', { variant_id: goods.variant });
	const person = who();
	await send('/checkout/who', person);
	await send('/checkout/address', { kind: 'shipping', full_name: person.full_name, phone: person.phone, ...where });
	await page.goto(`${shop}/checkout`);
	return page;
}

// A guest who has ordered, and is where it is paid: { page, number, reference }.
export async function guestWhoPays(goods, provider, options) {
	const page = await guestSoon(goods, options);
	await chooseWay(page, provider);
	await placeButton(page).click();
	await page.waitForURL(/\/pay\/PAY-/);
	const { number } = await onlyOrder(page);
	return { page, number, reference: new URL(page.url()).pathname.split('/').at(-1) };
}

export const placeButton = (page) => page.locator('form[action$="/checkout/place"] [type=submit]');
export const chooseWay = (page, provider) => page.locator(`form[action$="/checkout/place"] [name=provider][value=${provider}]`).check();

// What the shop knows of all that the page's guest has ordered and paid.  Columns: number, order, its payment, goods' stock.
export async function ordersOf(page) {
	const answer = await page.request.get(`${shop}/api/v1/orders`);
	assert.equal(answer.status(), 200);
	return (await answer.json()).results;
}

export async function onlyOrder(page) {
	const orders = await ordersOf(page);
	assert.equal(orders.length, 1, 'one order');
	return orders[0];
}

// The attempts to pay it, oldest first, as "provider status".
export function attempts(number) {
	const rows = sql(`SELECT p.provider, p.status FROM payments p JOIN orders o ON o.id = p.purpose_id WHERE o.number = '${number}' ORDER BY p.id`);
	return rows === '' ? [] : rows.split('\n').map((row) => row.replace('\t', ' '));
}

// What the provider knows the newest attempt by.
export const transactionOf = (number) => sql(`SELECT p.provider_transaction_id FROM payments p JOIN orders o ON o.id = p.purpose_id
	WHERE o.number = '${number}' ORDER BY p.id DESC LIMIT 1`);

// Its time to pay is over, as if it had gone by.
export async function runOut(number) {
	sql(`UPDATE orders SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE number = '${number}'`);
	await until(() => {
		sql("UPDATE jobs SET run_at = NOW(3) WHERE kind = 'expire_orders' AND status = 'ready'");
		return sql(`SELECT status FROM orders WHERE number = '${number}'`) === 'expired';
	}, 'the order expires');
}

// From the shelf to the doorstep.
export async function deliver(number, steps = ['pack', 'ship', 'deliver']) {
	const parts = sql(`SELECT LOWER(INSERT(INSERT(INSERT(INSERT(HEX(f.id), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-'))
		FROM fulfilments f JOIN orders o ON o.id = f.order_id WHERE o.number = '${number}'`).split('\n');
	for (const part of parts)
		for (const step of steps) await ask(200, staff, 'POST', `/fulfilments/${part}/${step}`, step === 'ship' ? { carrier: 'Pathao', tracking: 'DX-1' } : undefined);
}

// The order's page says that of the money, or of the parcels.
export const sayingOfMoney = (page, key) => page.locator('.money', { hasText: says(key) });
