// Orders in the console: a seller packs, ships and takes back; many at once, with what fails; a view that is kept and shared.
import assert from 'node:assert/strict';
import { call, finish, shop, signIn, test } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, screenshot } from './browser.mjs';
import { openConsole } from './consoles.mjs';

const tag = `${Date.now()}${process.pid}`;
const seller = await signIn('shop@haat.test');
const customer = await signIn();
const staff = await signIn('admin@haat.test');
const own = (await call('GET', '/accounts/me', { token: seller.access })).body.merchant;

// A product of the seller's, and an order of it that a parcel belongs to: cash on delivery, confirmed.
async function make(path, token, body) {
	const made = await call('POST', path, { token, body });
	assert.ok(made.status < 300, `${path}: ${made.text}`);
	return made.body;
}
const category = (await call('GET', '/categories/tree')).body.results[0];
const product = await make('/products', seller.access, { name: `Packing ${tag}`, description: 'To be packed.', category_id: category.id, price: '20.00', currency: own.currency, status: 'published',
	variants: [{ sku: `PACK-${tag}`, on_hand: 500 }] });
const address = await make('/addresses', customer.access, { kind: 'shipping', full_name: 'Amina Khatun', phone: '+8801712345678', line1: '1 Road', city: 'Dhaka', postal_code: '1205', country: 'BD' });

async function order() {
	const placed = await make('/orders', customer.access, { shipping_address_id: address.id, shipping_method: 'standard', items: [{ variant_id: product.variants[0].id, quantity: 1 }] });
	const payment = await make('/payments', customer.access, { order_id: placed.id, provider: 'cod' });
	await make(`/payments/${payment.reference}/confirm`, staff.access);
	// One who buys so often is looked at first.
	if ((await call('GET', `/payments/${payment.reference}`, { token: staff.access })).body.review === 'pending') await make(`/payments/${payment.reference}/approve`, staff.access, { reason: 'known' });
	return placed;
}
const parcelsOf = async (one) => (await call('GET', `/orders/${one.id}/fulfilments`, { token: staff.access })).body.results;

await test('a parcel is packed, shipped and delivered, and its slip printed', async () => {
	const placed = await order();
	const page = await openConsole('shop', { path: `/console/orders/${placed.number}`, options: { viewport: { width: 1280, height: 900 } } });
	await page.getByRole('button', { name: 'Pack', exact: true }).click();
	await page.getByText('Packed.').waitFor();
	await page.getByRole('link', { name: 'Packing slip' }).click();
	await page.getByRole('heading', { name: placed.number }).waitFor();
	await page.getByText(`PACK-${tag}`).waitFor();
	await expectAccessible(page);
	await page.goBack();
	await page.getByRole('button', { name: 'Ship', exact: true }).click();
	await page.getByRole('dialog').getByLabel('Carrier').fill('Pathao');
	await page.getByRole('dialog').getByLabel('Tracking number').fill('P-1');
	await page.getByRole('dialog').getByRole('button', { name: 'Ship', exact: true }).click();
	await page.getByText('Shipped.').waitFor();
	await page.getByRole('button', { name: 'Delivered' }).click();
	await page.getByText('Marked as delivered.').waitFor();
	const [parcel] = await parcelsOf(placed);
	assert.deepEqual([parcel.status, parcel.carrier, parcel.tracking], ['delivered', 'Pathao', 'P-1']);
	await expectAccessible(page);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('a scanner packs and ships by the numbers of orders', async () => {
	const placed = await order();
	const page = await openConsole('shop', { path: '/console/fulfilments?status=pending' });
	const field = page.getByLabel('Scan an order’s number');
	await field.fill(placed.number);
	await page.keyboard.press('Enter');
	await page.locator('.scan-said').filter({ hasText: placed.number }).waitFor();
	assert.equal(await page.locator('.scan-said').innerText(), `${placed.number} is packed.`);
	assert.ok(await field.evaluate((one) => document.activeElement === one), 'the field waits for the next');
	await field.fill(placed.number);
	await page.keyboard.press('Enter');
	await page.getByText('name the carrier to ship it').waitFor();
	await page.getByLabel('Carrier').fill('Pathao');
	await field.fill(placed.number);
	await page.keyboard.press('Enter');
	await page.getByText(`${placed.number} is shipped.`).waitFor();
	await field.fill('ORD-NOWHERE000');
	await page.keyboard.press('Enter');
	await page.getByText(/ORD-NOWHERE000: ./).waitFor();
	assert.equal((await parcelsOf(placed))[0].status, 'shipped');
	await page.context().close();
});

await test('many are packed at once; what fails is said, and tried again', async () => {
	const placed = [await order(), await order(), await order()];
	const page = await openConsole('shop', { path: '/console/fulfilments?status=pending', options: { viewport: { width: 1280, height: 900 } } });
	for (const one of placed) await page.getByRole('row').filter({ hasText: one.number }).getByRole('checkbox').check();
	await page.getByText('3 selected').waitFor();
	// Another person is faster with one of them.
	const [parcel] = await parcelsOf(placed[0]);
	await make(`/fulfilments/${parcel.id}/cancel`, staff.access, { reason: 'broken' });
	await page.getByRole('region', { name: 'Selected rows' }).getByRole('button', { name: 'Pack', exact: true }).click();
	const progress = page.getByRole('dialog', { name: 'Pack: many at once' });
	await progress.getByText('3 of 3 done.').waitFor();
	await progress.getByText('1 row failed').waitFor();
	await expectAccessible(page);
	await progress.getByRole('button', { name: 'Retry the failed' }).click();
	await progress.getByText('1 row failed').waitFor();
	await progress.getByRole('button', { name: 'Close' }).last().click();
	for (const one of placed.slice(1)) assert.equal((await parcelsOf(one))[0].status, 'packed');
	await page.context().close();
});

await test('many are shipped with a tracking number each: scanned, or pasted as a column', async () => {
	const placed = [await order(), await order(), await order()];
	const parcels = await Promise.all(placed.map(async (one) => (await parcelsOf(one))[0]));
	// An account keeps three sessions: those of the pages before have ended the first one.
	const { access } = await signIn('shop@haat.test');
	for (const { id } of parcels.slice(0, 2)) await make(`/fulfilments/${id}/pack`, access);
	const page = await openConsole('shop', { path: '/console/fulfilments', options: { viewport: { width: 1280, height: 900 } } });
	for (const one of placed) await page.getByRole('row').filter({ hasText: one.number }).getByRole('checkbox').check();
	await page.getByRole('button', { name: 'Ship with numbers' }).click();
	const dialog = page.getByRole('dialog', { name: 'Ship with tracking numbers' });
	await dialog.getByLabel('Carrier').fill('Pathao');
	await dialog.locator('[data-tracking]').first().evaluate((field) => {
		const clipboardData = new DataTransfer();
		clipboardData.setData('text', 'T-1\nT-2\nT-3\n');
		field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
	});
	await dialog.getByLabel(`Tracking number, ${placed[0].number}`).fill(`N-${tag}`);
	await page.keyboard.press('Enter');
	assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), `Tracking number, ${placed[1].number}`);
	await expectAccessible(page);
	await dialog.getByRole('button', { name: 'Ship', exact: true }).click();
	await dialog.getByText('2 shipped.').waitFor();
	// What is not packed is refused beside its field, and the others are done.
	await dialog.locator('.fault').waitFor();
	await screenshot(page, 'console-tracking');
	const now = await Promise.all(placed.map(async (one) => (await parcelsOf(one))[0]));
	assert.deepEqual(now.map(({ status }) => status), ['shipped', 'shipped', 'pending']);
	assert.equal(now[0].tracking, `N-${tag}`);
	assert.match(now[1].tracking, /^T-[123]$/);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('a view of a list is kept, shared, found again and forgotten', async () => {
	const page = await openConsole('admin', { path: '/console/orders', options: { viewport: { width: 1280, height: 900 } } });
	await page.getByRole('search').getByLabel('Status').selectOption('delivered');
	await page.waitForURL((url) => url.searchParams.get('status') === 'delivered');
	await page.getByText('Views', { exact: true }).click();
	await page.getByRole('button', { name: 'Keep this view' }).click();
	await page.getByRole('dialog').getByLabel('Name').fill(`Arrived ${tag}`);
	await page.getByRole('dialog').getByLabel('For all who work here').check();
	await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
	await page.getByText('The view is kept.').waitFor();
	const other = await openConsole('manager', { path: '/console/orders' });
	await other.getByText('Views', { exact: true }).click();
	await other.getByRole('link', { name: `Arrived ${tag}` }).click();
	await other.waitForURL(`${shop}/console/orders?status=delivered`);
	await page.getByRole('button', { name: `Forget Arrived ${tag}` }).click();
	await page.getByRole('link', { name: `Arrived ${tag}` }).waitFor({ state: 'detached' });
	await page.context().close();
	await other.context().close();
});

await closeBrowser();
finish();
