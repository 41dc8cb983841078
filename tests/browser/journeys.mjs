// From an empty cart to the doorstep with each provider: declined and paid, too late, back, reload, two tabs, pressed twice.  After each, what
// the books say: one order, its attempts to pay, the stock.
import assert from 'node:assert/strict';
import { finish, shop, test, until } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, openPage, sandbox, screenshot } from './browser.mjs';
import { ask, attempts, chooseWay, closeShops, deliver, expectBooks, guestAtPaying, guestWhoPays, onlyOrder, ordersOf, phone, placeButton, runOut, says,
	sayingOfMoney, sell, sendStep, staff, stock, tellSandbox, transactionOf, where, who } from './buying.mjs';

const onOrder = (page) => page.waitForURL(/\/orders\/ORD-/);
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

// To a provider that has a page of its own, from ours.
async function toItsPage(page, name) {
	if (!page.url().startsWith(sandbox)) await page.locator(`form:has([name=provider][value=${name}]) [type=submit]`).click();
	await page.waitForURL(`${sandbox}/**`);
}

const byItsPage = (name, pay, decline) => ({
	async decline(page) {
		await toItsPage(page, name);
		await press(page, decline);
		await onOrder(page);
		await sayingOfMoney(page, 'money_title.declined').waitFor();
		await sayingOfMoney(page, 'decline.unsaid').waitFor();
	},
	async pay(page) {
		await toItsPage(page, name);
		await press(page, pay);
		await onOrder(page);
	},
});

// How each is paid: what the payer does on the page /pay/{reference} or behind it, and what becomes of money that comes too late.
const ways = {
	stripe: {
		currency: 'USD', price: '12.50',
		async decline(page) {
			await page.getByLabel('Card number').fill('4000 0000 0000 0002');
			await press(page, 'Pay');
			await page.getByRole('status').filter({ hasText: 'Your card was declined.' }).waitFor();
		},
		async pay(page) {
			await page.getByLabel('Card number').fill('4242 4242 4242 4242');
			await press(page, 'Pay');
			await onOrder(page);
		},
		late: (page, number) => tellSandbox(`stripe/pay/${transactionOf(number)}`, { force: '1' }),
	},
	razorpay: {
		currency: 'INR', price: '450.00', asks: true,
		async decline(page) {
			await press(page, 'Pay');
			await press(page, 'Decline the card');
			await page.getByRole('status').filter({ hasText: 'declined' }).waitFor();
		},
		async pay(page) {
			await press(page, 'Pay');
			await press(page, 'Pay by card');
			await onOrder(page);
		},
		late: (page, number) => tellSandbox(`razorpay/pay/${transactionOf(number)}`),
	},
	paypal: {
		currency: 'USD', price: '12.50', asks: true,
		async decline(page) {
			await page.locator(`a[href^="${sandbox}/paypal/"]`).click();
			await press(page, 'Pay with a declined card');
			await onOrder(page);
			await sayingOfMoney(page, 'money_title.declined').waitFor();
		},
		async pay(page) {
			await press(page, 'PayPal');
			await onOrder(page);
		},
		late: (page, number) => tellSandbox(`paypal/pay/${transactionOf(number)}`),
	},
	bkash: { currency: 'BDT', price: '450.00', asks: true, ...byItsPage('bkash', 'Enter the PIN', 'Have too little in the wallet'),
		late: (page, number) => tellSandbox(`bkash/pay/${transactionOf(number)}`) },
	paystack: { currency: 'NGN', price: '4500.00', ...byItsPage('paystack', 'Pay', 'Decline the card'),
		late: (page, number) => tellSandbox(`paystack/pay/${transactionOf(number)}`) },
	flutterwave: { currency: 'NGN', price: '4500.00', ...byItsPage('flutterwave', 'Pay', 'Decline the card'),
		late: (page, number) => tellSandbox(`flutterwave/pay/${transactionOf(number)}`) },
};

async function expectPaid(page, number, goods, provider) {
	await sayingOfMoney(page, 'money_title.paid').waitFor();
	assert.equal(await page.locator('[name=provider]').count(), 0, 'nothing more to pay');
	assert.equal(attempts(number).filter((one) => one.endsWith('succeeded')).length, 1);
	assert.equal(attempts(number).at(-1), `${provider} succeeded`);
	assert.equal(stock(goods), '8 0');
}

// Two tabs at the last step, pressed twice in the one and once in the other; the way back and a reload: one order, one attempt.
async function placeOnce(goods, provider) {
	const page = await guestAtPaying(goods), other = await page.context().newPage();
	await other.goto(page.url());
	await chooseWay(page, provider);
	await placeButton(page).dblclick();
	await until(() => /\/(pay|orders)\//.test(page.url()), 'the order is placed'); // the second press may end the first one's way
	await page.waitForLoadState();
	const here = page.url(), { number } = await onlyOrder(page);
	await chooseWay(other, provider);
	await placeButton(other).click();
	await onOrder(other);
	await other.close();
	await page.goBack();
	await onOrder(page);
	await page.goto(here);
	await page.reload();
	assert.equal((await ordersOf(page)).length, 1);
	assert.deepEqual(attempts(number).length, 1);
	assert.equal(stock(goods), '9 1');
	return { page, number, here };
}

async function declinedThenPaid(provider, way) {
	const goods = await sell(way.currency, way.price, 9), { page, number, here } = await placeOnce(goods, provider);
	await way.decline(page);
	assert.equal(stock(goods), '9 1', 'kept while another way is chosen');
	await page.goto(`${shop}/orders/${number}`);
	assert.ok(await page.locator('.money [name=provider]').count() >= 1, 'another way to pay');
	await expectAccessible(page);
	await page.locator(`.money form:has([value=${provider}]) [type=submit]`).click();
	await page.waitForURL(/\/pay\/|:\d+\/\w+\/pay\//);
	await way.pay(page);
	await expectPaid(page, number, goods, provider);
	await page.reload();
	await page.goto(here);
	assert.equal(await page.getByRole('button', { name: 'Pay', exact: true }).count(), 0);
	await deliver(number);
	assert.equal(stock(goods), '8 0');
	await page.goto(`${shop}/orders/${number}`);
	await page.locator('.badge', { hasText: says('order_status.delivered') }).first().waitFor();
	assert.equal((await ordersOf(page)).length, 1);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
}

// Its time runs out while its payer is at the provider.  Money that comes all the same pays it, while there are goods; who is asked
// first, is not asked any more.
async function tooLate(provider, way) {
	const goods = await sell(way.currency, way.price, 9), { page, number, reference } = await guestWhoPays(goods, provider);
	await runOut(number);
	assert.equal(stock(goods), '9 0');
	await page.goto(`${shop}/pay/${reference}`);
	assert.equal(await page.locator('[name=provider]').count(), 0);
	await page.goto(`${shop}/orders/${number}`);
	await sayingOfMoney(page, 'money_title.expired').waitFor();
	if (way.asks) {
		await until(() => attempts(number).every((one) => one.endsWith('cancelled')), 'the attempt is given up');
		await way.late(page, number);
		await page.reload();
		await sayingOfMoney(page, 'money_title.expired').waitFor();
		assert.equal(stock(goods), '9 0');
	} else {
		if (provider === 'stripe') await until(() => attempts(number).every((one) => one.endsWith('cancelled')), 'the attempt is given up');
		await way.late(page, number);
		await until(async () => { await page.reload(); return await sayingOfMoney(page, 'money_title.paid_late').count() === 1; }, 'it is paid late');
		assert.equal(stock(goods), '8 0');
	}
	assert.deepEqual(page.complaints, []);
	await page.context().close();
}

// In the order in which it is told: nobody pays, and the carrier collects it.
async function inCash() {
	const goods = await sell('USD', '12.50', 9), { page, number } = await placeOnce(goods, 'cod');
	await sayingOfMoney(page, 'money_title.cash').waitFor();
	await page.locator('.money', { hasText: says('order.kept_until').split('{{')[0] }).waitFor();
	await expectAccessible(page);
	await screenshot(page, 'journey-cash');
	const [{ reference }] = (await ask(200, staff, 'GET', `/orders/${number}/payments`)).results;
	await ask(200, staff, 'POST', `/payments/${reference}/confirm`);
	await deliver(number);
	await ask(200, staff, 'POST', `/payments/${reference}/collect`, {});
	await page.reload();
	await page.locator('.badge', { hasText: says('order_status.delivered') }).first().waitFor();
	assert.deepEqual(attempts(number), ['cod succeeded']);
	assert.equal(stock(goods), '8 0');
	await page.context().close();
}

// The bank takes its time: the page says that it may be closed, and tells by itself how it ended.
async function processing(provider, currency, price, begin) {
	const goods = await sell(currency, price, 9), { page, number } = await guestWhoPays(goods, provider);
	await begin(page);
	await onOrder(page);
	await sayingOfMoney(page, 'money_says.processing').waitFor();
	await expectAccessible(page);
	await screenshot(page, `journey-processing-${provider}`);
	assert.equal(stock(goods), '9 1');
	await tellSandbox(`${provider}/pay/${transactionOf(number)}`);
	await sayingOfMoney(page, 'money_title.paid').waitFor();
	assert.deepEqual(attempts(number), [`${provider} succeeded`]);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
}

// What was kept for one who did not pay in time went to another: the money goes back by itself.
async function lateAndSoldOut() {
	const goods = await sell('USD', '12.50', 1), { page, number } = await guestWhoPays(goods, 'stripe');
	await runOut(number);
	const next = await guestWhoPays(goods, 'stripe');
	await ways.stripe.pay(next.page);
	await until(() => attempts(number).every((one) => one.endsWith('cancelled')), 'the attempt is given up');
	await ways.stripe.late(page, number);
	await page.goto(`${shop}/orders/${number}`);
	await until(async () => { await page.reload(); return await sayingOfMoney(page, 'money_says.refunded_late').count() === 1; }, 'it is given back');
	assert.equal(stock(goods), '0 0');
	await screenshot(page, 'journey-late-and-sold-out');
	for (const one of [page, next.page]) await one.context().close();
}

// Cancelled by its customer in one tab while the other is about to pay it.
async function cancelledMeanwhile() {
	const goods = await sell('USD', '12.50', 9), { page, number, reference } = await guestWhoPays(goods, 'stripe');
	const other = await page.context().newPage();
	await other.goto(`${shop}/orders/${number}`);
	await other.getByText(says('order.cancel'), { exact: true }).click();
	await other.getByRole('button', { name: says('order.cancel_now') }).click();
	await sayingOfMoney(other, 'money_title.cancelled').waitFor();
	await screenshot(other, 'journey-cancelled');
	assert.equal(stock(goods), '9 0');
	const answer = await page.goto(`${shop}/pay/${reference}`);
	assert.equal(answer.status(), 410);
	assert.equal(await page.locator('[name=provider]').count(), 0);
	await page.context().close();
}

// Two tabs, and another way in each: the one that was begun first is not good any more, and only the other is paid.
async function twoWays() {
	const goods = await sell('USD', '12.50', 9), { page, number } = await guestWhoPays(goods, 'stripe'), other = await page.context().newPage();
	await page.getByLabel('Card number').fill('4242 4242 4242 4242');
	await other.goto(`${shop}/orders/${number}`);
	await other.locator('.money form:has([value=flutterwave]) [type=submit]').click();
	await other.waitForURL(/\/pay\/PAY-/);
	await toItsPage(other, 'flutterwave');
	await page.getByRole('button', { name: 'Pay', exact: true }).click();
	await press(other, 'Pay');
	await onOrder(other);
	await expectPaid(other, number, goods, 'flutterwave');
	await page.goto(`${shop}/orders/${number}`);
	await sayingOfMoney(page, 'money_title.paid').waitFor();
	assert.deepEqual(attempts(number), ['stripe cancelled', 'flutterwave succeeded']);
	await page.context().close();
}

// On the way to a provider: its page takes the place of ours, so the way back leads to where another way can be chosen.
async function onAndBack() {
	const goods = await sell('NGN', '4500.00', 9), { page, number, reference } = await guestWhoPays(goods, 'paystack');
	const held = await page.context().newPage();
	await held.route(`${sandbox}/**`, (route) => route.fulfill({ status: 204 })); // with no content browsers stay where they are
	await held.goto(`${shop}/pay/on/${reference}`);
	await expectAccessible(held);
	await screenshot(held, 'journey-going-on');
	await held.close();
	await toItsPage(page, 'paystack');
	await page.goBack();
	await page.waitForURL(new RegExp(`/pay/${reference}$`));
	assert.equal(attempts(number).length, 1);
	await toItsPage(page, 'paystack');
	await press(page, 'Return to the shop without paying');
	await page.waitForURL(`${shop}/**`);
	assert.equal(stock(goods), '9 1');
	await page.context().close();
}

// From the list of goods to the receipt with links and forms alone.
async function withoutScript() {
	const goods = await sell('NGN', '4500.00', 9), page = await openPage({ ...phone, javaScriptEnabled: false });
	const { name } = await ask(200, undefined, 'GET', `/products/${goods.slug}`);
	await page.goto(`${shop}/search?q=${encodeURIComponent(name)}`);
	await page.locator(`main a[href$="/products/${goods.slug}"]`).first().click();
	await page.locator('form[data-buy] [type=submit]').click();
	await page.locator('a[href$="/checkout"]').click();
	await sendStep(page, 'who', who());
	await sendStep(page, 'address', where);
	await chooseWay(page, 'flutterwave');
	await placeButton(page).click();
	await ways.flutterwave.decline(page);
	await page.locator('.money form:has([value=paystack]) [type=submit]').click();
	await page.waitForURL(/\/pay\/|:\d+\/\w+\/pay\//);
	await ways.paystack.pay(page);
	const { number } = await onlyOrder(page);
	await expectPaid(page, number, goods, 'paystack');
	await page.context().close();
}

// A bank whose page sends the browser back by a form: the cookie is missing on the way, and there again where it leads to.
async function backByForm() {
	const goods = await sell('INR', '450.00', 9), { page, number } = await guestWhoPays(goods, 'razorpay');
	const transaction = transactionOf(number);
	await tellSandbox(`razorpay/pay/${transaction}`);
	await page.goto(`${sandbox}/sandbox/switches`);
	await page.evaluate(({ action, id }) => {
		const form = document.createElement('form'), field = document.createElement('input');
		Object.assign(form, { method: 'post', action });
		Object.assign(field, { name: 'razorpay_order_id', value: id });
		form.append(field);
		document.documentElement.append(form);
		form.submit();
	}, { action: `${shop}/api/v1/payments/return/razorpay`, id: transaction });
	await onOrder(page);
	await expectPaid(page, number, goods, 'razorpay');
	await page.context().close();
}

const each = Object.entries(ways).map(async ([provider, way]) => {
	await test(`${provider}: two tabs, pressed twice, back, reload; declined, paid, delivered`, () => declinedThenPaid(provider, way));
	await test(`${provider}: too late`, () => tooLate(provider, way));
});
const more = [
	['in cash', inCash],
	['a bank that takes its time, by script', () => processing('stripe', 'USD', '12.50', async (page) => {
		await page.getByLabel('Card number').fill('4000000000000077');
		await press(page, 'Pay');
	})],
	['a bank that takes its time, on its own page', () => processing('paystack', 'NGN', '4500.00', async (page) => {
		await toItsPage(page, 'paystack');
		await press(page, 'Pay by bank transfer (settles later)');
	})],
	['too late, and sold out', lateAndSoldOut],
	['cancelled while it is about to be paid', cancelledMeanwhile],
	['two tabs, and another way in each', twoWays],
	['on to a provider, and back', onAndBack],
	['without script', withoutScript],
	['back by a form of another site', backByForm],
];
async function theRest() {
	for (const [name, body] of more) await test(name, body);
}
await Promise.all([...each, theRest()]);

await test('the books agree', () => expectBooks());

await closeShops();
await closeBrowser();
finish();
