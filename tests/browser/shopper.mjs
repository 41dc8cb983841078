// A shopper's walk from the first page to the doorstep, on a phone and on a desktop, with a picture of each step by day and by night.
// ./dev demo plays it, too.
import assert from 'node:assert/strict';
import { call, finish, runDirectory, shop, signIn, test, until } from '../peers/suite.mjs';
import { closeBrowser, openPage, sandbox, screenshot } from './browser.mjs';
import { stockShelf } from './wares.mjs';

const shelf = { slug: 'tea-things', name: 'Tea things', count: 6,
	describe: (i, picture) => ({ name: `${['Clay', 'Copper', 'Glass', 'Stone', 'Iron', 'Bamboo'][i]} teapot`, price: `${18 + 3 * i}.00`,
		description: 'Holds four cups.\nPours without a drop beside the cup, and stays warm for half an hour.', options: [{ name: 'size', values: ['small', 'large'] }],
		images: [{ id: picture, alt: 'A teapot' }],
		variants: ['small', 'large'].map((size, j) => ({ sku: `TEAPOT-${i}-${size}`, options: { size }, price: `${18 + 3 * i + 6 * j}.00`, on_hand: 10000 })) }) };

const admin = await signIn('admin@haat.test'), seller = await signIn('shop@haat.test');
const { products: [teapot] } = await stockShelf(admin, seller, shelf);
const tag = String(Date.now()).slice(-8);
const pictures = [];

// One way to shop: where, in which language, by whom the money goes.
class Walk {
	constructor({ name, base, options, pay }) {
		Object.assign(this, { name, base, options, pay, steps: 0 });
	}

	async picture(what) {
		this.steps++;
		for (const colorScheme of ['dark', 'light']) {
			const name = `shopper-${this.name}-${String(this.steps).padStart(2, '0')}-${what}-${colorScheme}`;

			await this.page.emulateMedia({ colorScheme });
			await screenshot(this.page, name);
			pictures.push(`${runDirectory}/screenshots/${name}.png`);
		}
		assert.deepEqual(this.page.complaints, [], what);
	}

	async open() {
		this.page = await openPage(this.options);
		await this.page.goto(`${shop}${this.base}/`);
		await this.picture('home');
	}

	async find() {
		await this.page.locator('#q').fill('teapot');
		await this.page.keyboard.press('Enter');
		await this.page.waitForURL(/q=teapot/);
		await this.picture('search');
		await this.page.locator(`[data-grid] a[href$="/products/${teapot.slug}"]`).first().click();
		await this.page.waitForURL(/\/products\//);
		await this.picture('product');
	}

	async take() {
		await this.page.locator('[data-choices] label').last().click();
		await this.page.locator('[data-buy] button[type=submit]').click();
		await this.page.waitForURL(/\/cart/);
		await this.picture('cart');
	}

	// Fields by their names: what they are called is another word in each language.
	async fill(fields) {
		for (const [id, value] of Object.entries(fields)) {
			const field = this.page.locator(`#${id}`);

			if (await field.evaluate((element) => element.localName === 'select')) await field.selectOption(value);
			else await field.fill(value);
		}
	}

	async checkOut(number) {
		await this.page.locator('a[href$="/checkout"]').first().click();
		await this.fill({ full_name: 'Ayesha Rahman', email: `shopper-${tag}-${number}@haat.test`, phone: `+8801${number}${tag}` });
		await this.picture('checkout-who');
		await this.page.locator('form[action$="/checkout/who"] button[type=submit]').click();
		await this.page.locator('#line1').waitFor();
		await this.fill({ line1: '12 Lake Road', postal_code: '1207', city: 'Dhaka', country: 'BD' });
		await this.page.locator('form[action*="/checkout/address"] button[type=submit]').click();
		const choice = this.page.locator(`input[name=provider][value=${this.pay}]`);
		await choice.check();
		await this.picture('checkout');
		await this.page.locator('form[action$="/checkout/place"] button[type=submit]').click();
	}

	async payByCard() {
		const field = this.page.getByLabel('Card number');

		await this.page.waitForURL(/\/pay\//);
		await this.picture('pay');
		await field.fill('4242 4242 4242 4242');
		await this.page.getByRole('button', { name: 'Pay', exact: true }).click();
	}

	async payElsewhere() {
		await this.page.waitForURL(/\/pay\//);
		await this.picture('pay');
		await this.page.locator('form:has(input[name=provider][value=flutterwave]) button').click();
		await this.page.waitForURL(`${sandbox}/**`);
		await this.page.getByRole('button', { name: 'Pay', exact: true }).click();
	}

	async arrive() {
		await this.page.waitForURL(/\/orders\/ORD-/);
		const { results } = await this.page.evaluate(async () => (await fetch('/api/v1/orders')).json());
		this.order = results[0].id;
		await until(async () => (await this.shown()).payment_status === 'paid', 'the order is paid');
		await this.page.reload();
		await this.picture('order-paid');
	}

	shown() {
		return this.page.evaluate(async (id) => (await fetch(`/api/v1/orders/${id}`)).json(), this.order);
	}

	// Staff look at it, the seller packs and ships it; the page tells it by itself.
	async follow() {
		const parcels = async () => (await call('GET', `/orders/${this.order}/fulfilments`, { token: seller.access })).body.results;
		const move = async (verb, body) => {
			const answer = await call('POST', `/fulfilments/${parcel.id}/${verb}`, { token: seller.access, body });
			assert.equal(answer.status, 200, answer.text);
		};
		const { results } = (await call('GET', `/orders/${this.order}/payments`, { token: admin.access })).body;
		if (results[0].review === 'pending')
			assert.equal((await call('POST', `/payments/${results[0].reference}/approve`, { token: admin.access, body: { reason: 'known in person' } })).status, 200);
		const [parcel] = await parcels();
		await move('pack');
		await move('ship', { carrier: 'Pathao', tracking: `PTH-${tag}` });
		await this.page.getByText(`PTH-${tag}`).first().waitFor();
		await this.picture('order-shipped');
		await move('deliver');
		await this.page.locator('form[action$="/returns"], .purchase-lines details').first().waitFor({ state: 'attached' });
		await this.picture('order-delivered');
		assert.equal((await this.shown()).status, 'delivered');
		await this.page.context().close();
	}
}

const walks = [
	new Walk({ name: 'phone-en', base: '', pay: 'stripe', options: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true } }),
	new Walk({ name: 'desktop-bn', base: '/bn', pay: 'flutterwave', options: { viewport: { width: 1280, height: 800 } } }),
];
for (const [i, walk] of walks.entries()) {
	await test(`${walk.name}: finds a teapot and takes it`, async () => {
		await walk.open();
		await walk.find();
		await walk.take();
	});
	await test(`${walk.name}: orders it as a guest and pays`, async () => {
		await walk.checkOut(i + 3);
		await (walk.pay === 'stripe' ? walk.payByCard() : walk.payElsewhere());
		await walk.arrive();
	});
	await test(`${walk.name}: sees it come to the door`, () => walk.follow());
}
console.log(`  pictures:\n${pictures.map((one) => `    ${one}`).join('\n')}`);

await closeBrowser();
finish();
