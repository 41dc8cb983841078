// A seller's day in the console, from the file with new goods to the invoice and what comes back: one thing that is sold goes all the way.
import assert from 'node:assert/strict';
import { call, finish, shop, signIn, test, until } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible } from './browser.mjs';
import { openConsole, password } from './consoles.mjs';

const tag = `${Date.now()}${process.pid}`, sku = `DAY-${tag}`;
const staff = await signIn('admin@haat.test', password), customer = await signIn();

// What others do meanwhile: the customer, the carrier, a colleague who looks.
async function ask(status, who, method, path, body) {
	const answer = await call(method, path, { token: who.access, body });
	assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
	return answer.body;
}
const leaf = (nodes) => nodes.map((one) => one.children.length > 0 ? leaf(one.children) : one).find(Boolean);
const category = leaf((await ask(200, staff, 'GET', '/categories/tree')).results);
const address = await ask(201, customer, 'POST', '/addresses', { kind: 'shipping', full_name: 'Amina Khatun', phone: '+8801712345678', line1: '1 Road', city: 'Dhaka', postal_code: '1205', country: 'BD' });

async function orderOf(variant) {
	const placed = await ask(201, customer, 'POST', '/orders', { shipping_address_id: address.id, shipping_method: 'standard', items: [{ variant_id: variant, quantity: 2 }] });
	const payment = await ask(201, customer, 'POST', '/payments', { order_id: placed.id, provider: 'cod' });
	await ask(200, staff, 'POST', `/payments/${payment.reference}/confirm`, {});
	// One who buys so often is looked at first.
	if ((await ask(200, staff, 'GET', `/payments/${payment.reference}`)).review === 'pending') await ask(200, staff, 'POST', `/payments/${payment.reference}/approve`, { reason: 'known' });
	return { ...placed, payment: payment.reference };
}

await test('import, picture, price, pack, ship, invoice, return', async () => {
	const page = await openConsole('shop', { path: '/console/imports', options: { viewport: { width: 1280, height: 900 } } });
	const found = async () => (await ask(200, staff, 'GET', `/inventory?search=${sku}`)).results[0];

	// Goods come by a file, which is looked through before it is taken.
	await page.locator('input[type=file]').setInputFiles({ name: 'day.csv', mimeType: 'text/csv', buffer: Buffer.from(`name,category,price,sku,on_hand\r\nKettle ${tag},${category.slug},30.00,${sku},5\r\n`) });
	await page.getByRole('button', { name: 'Check file' }).click();
	await page.getByRole('button', { name: 'Import', exact: true }).click();
	await page.getByText('What has been done').waitFor();
	await until(async () => await found() !== undefined, 'the goods are in stock');
	const { product_id: id, variant_id: variant } = await found();
	const now = () => ask(200, staff, 'GET', `/products/${id}`);

	// A picture, and a price that is put right in the list.
	await page.goto(`${shop}/console/products/${id}`);
	await page.locator('input[type=file]').setInputFiles({ name: 'kettle.png', mimeType: 'image/png', buffer: await page.screenshot({ clip: { x: 0, y: 0, width: 64, height: 64 } }) });
	await until(async () => (await now()).images.length === 1, 'the picture is the product’s');
	if ((await now()).status !== 'published') {
		await page.getByRole('button', { name: 'Publish' }).click();
		await until(async () => (await now()).status === 'published', 'it is in the shop');
	}
	await page.goto(`${shop}/console/stock?search=${sku}`);
	await page.getByRole('button', { name: `Price, Kettle ${tag}` }).click();
	await page.keyboard.type('24.50');
	await page.keyboard.press('Enter');
	await until(async () => (await now()).variants[0].price === '24.50', 'the price is saved');

	// Somebody buys two; they are packed and shipped by the scanner.
	const order = await orderOf(variant);
	assert.equal(order.subtotal, '49.00');
	await page.goto(`${shop}/console/fulfilments?status=pending`);
	const scanner = page.getByLabel('Scan an order’s number');
	for (const [carrier, said] of [['', 'packed'], ['Pathao', 'shipped']]) {
		await page.getByLabel('Carrier').fill(carrier);
		await scanner.fill(order.number);
		await page.keyboard.press('Enter');
		await page.getByText(`${order.number} is ${said}.`).waitFor();
	}
	await page.goto(`${shop}/console/orders/${order.number}`);
	await page.getByRole('button', { name: 'Delivered' }).click();
	await page.getByText('Marked as delivered.').waitFor();

	// The invoice is there to look at, and to print.
	const invoice = page.getByRole('link', { name: 'Invoice', exact: true });
	await until(async () => (await page.evaluate(async (from) => (await fetch(from)).status, await invoice.getAttribute('href'))) === 200, 'there is an invoice');
	const [printed] = await Promise.all([page.context().waitForEvent('page'), invoice.click()]);
	await printed.getByText(`Kettle ${tag}`).first().waitFor();
	await printed.close();
	await until(async () => (await page.evaluate(async (from) => (await fetch(from)).headers.get('Content-Type'), await page.getByRole('link', { name: 'PDF' }).getAttribute('href'))) === 'application/pdf', 'it is printed');

	// One of the two comes back, and its money goes.
	const { collected_at: collected } = (await ask(200, staff, 'GET', `/orders/${order.id}/fulfilments`)).results[0];
	if (!collected) await ask(200, staff, 'POST', `/payments/${order.payment}/collect`, {});
	const returned = await ask(201, customer, 'POST', `/orders/${order.id}/returns`, { lines: [{ line_id: order.items[0].id, quantity: 1, reason: 'dented' }] });
	await page.goto(`${shop}/console/returns/${returned.id}`);
	await page.getByText('dented').waitFor();
	await page.getByRole('button', { name: 'Approve' }).click();
	await page.getByText('Approved: the goods may come.').waitFor();
	await page.getByRole('button', { name: 'Receive' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Receive' }).click();
	await page.getByText('Received; the refund is on its way.').waitFor();
	await expectAccessible(page);
	const back = await ask(200, staff, 'GET', `/returns/${returned.id}`);
	assert.deepEqual([back.status, back.lines[0].accepted], ['received', 1]);
	assert.equal((await found()).on_hand, 5 - 2 + 1);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await closeBrowser();
finish();
