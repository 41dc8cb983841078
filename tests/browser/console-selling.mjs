// A seller's first half of the day in the console: a product is made, gets a picture and its variants, prices and stock are changed in
// the list by keys; two people edit one product, and neither writes over the other unseen.
import assert from 'node:assert/strict';
import { call, finish, shop, signIn, test, until } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, screenshot } from './browser.mjs';
import { openConsole, password } from './consoles.mjs';

const tag = `${Date.now()}${process.pid}`;
// The pages are the seller's; what has come of it is asked as an admin, for an account has only so many sessions.
const { access } = await signIn('admin@haat.test', password);

// The answer's body; it has that status.
async function ask(status, method, path, body) {
	const answer = await call(method, path, { token: access, body });
	assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
	return answer.body;
}
const merchant = (await call('GET', '/accounts/me', { token: (await signIn('shop@haat.test', password)).access })).body.merchant.id;
const leaf = (nodes) => nodes.map((one) => one.children.length > 0 ? leaf(one.children) : one).find(Boolean);
const category = leaf((await ask(200, 'GET', '/categories/tree')).results);
const product = (name, on_hand = 5) => ask(201, 'POST', '/products', { name: `${name} ${tag}`, category_id: category.id, price: '20.00', merchant_id: merchant,
	variants: [{ sku: `${name.toUpperCase()}-${tag}`, on_hand }] });
const shown = (id) => ask(200, 'GET', `/products/${id}`);

await test('a product is made, described, pictured and published', async () => {
	const page = await openConsole('shop', { path: '/console/products/new' });
	await page.getByLabel('Name').fill(`Jug ${tag}`);
	await page.getByLabel('Category').selectOption(category.id);
	await page.getByLabel('Price').fill('12.50');
	await page.getByLabel('SKU').fill(`JUG-${tag}`);
	await page.getByLabel('In stock').fill('7');
	await page.getByRole('button', { name: 'Create draft' }).click();
	await page.waitForURL(/products\/[0-9a-f-]{36}$/);
	const id = page.url().split('/').pop();
	await page.getByRole('heading', { name: `Jug ${tag}` }).waitFor();
	await page.locator('input[type=file]').setInputFiles([{ name: 'one.png', mimeType: 'image/png', buffer: await page.screenshot({ clip: { x: 0, y: 0, width: 64, height: 64 } }) }, { name: 'two.txt', mimeType: 'image/png', buffer: Buffer.from('no picture') }]);
	await until(async () => (await shown(id)).images.length === 1, 'the picture is the product\'s');
	await page.getByText(/two\.txt: /).waitFor();
	await page.getByLabel('What picture 1 shows').fill('A jug');
	await page.getByLabel('What picture 1 shows').blur();
	await until(async () => (await shown(id)).images[0].alt === 'A jug', 'the picture says what it shows');
	await page.getByLabel('Options').fill('size: S, L');
	await page.getByLabel('size, JUG').selectOption('L');
	await page.getByRole('button', { name: 'Add variant' }).click();
	await page.getByLabel('SKU, new variant').fill(`JUG-S-${tag}`);
	await page.getByLabel('Price, new variant').fill('9.00');
	await page.locator('section', { has: page.getByRole('heading', { name: 'Variants' }) }).getByRole('button', { name: 'Save' }).click();
	await until(async () => (await shown(id)).variants.length === 2, 'there are two variants');
	assert.deepEqual((await shown(id)).variants.map((one) => [one.options.size, one.price]), [['L', '12.50'], ['S', '9.00']]);
	await page.getByRole('button', { name: 'Preview' }).click();
	await page.getByRole('dialog', { name: 'Preview' }).getByRole('heading', { name: `Jug ${tag}` }).waitFor();
	await page.getByRole('dialog', { name: 'Preview' }).getByText('S, L').waitFor();
	await screenshot(page, 'console-preview');
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is wider than the screen');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Publish' }).click();
	await page.getByText('It is in the shop now.').waitFor();
	assert.equal((await shown(id)).status, 'published');
	await expectAccessible(page);
	await screenshot(page, 'console-product');
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('prices and stock are changed in the list by keys alone', async () => {
	const made = [await product('Bowl'), await product('Plate')];
	const page = await openConsole('shop', { path: `/console/stock?search=${encodeURIComponent(tag)}` });
	await page.getByRole('button', { name: `Price, ${made[0].name}` }).waitFor();
	const rows = await page.locator('tbody tr').allInnerTexts(), at = ({ name }) => rows.findIndex((row) => row.includes(name));
	const [one, two] = made.sort((a, b) => at(a) - at(b)), [first, second] = [one, two].map(({ variants }) => variants[0].sku);
	await page.getByRole('button', { name: `Price, ${one.name}` }).focus();
	await page.keyboard.press('Enter');
	await page.keyboard.type('21.5');
	await page.keyboard.press('Enter');
	await until(async () => (await shown(one.id)).variants[0].price === '21.50', 'the price is saved');
	await page.getByRole('button', { name: `Price, ${one.name}, ${first}: 21.50` }).waitFor();
	// The focus is a row below; beside the price stands the stock.
	await page.waitForFunction((name) => document.activeElement?.getAttribute('aria-label')?.startsWith(`Price, ${name}`), two.name);
	await page.keyboard.press('ArrowRight');
	await page.keyboard.type('9');
	await page.keyboard.press('Escape');
	await page.keyboard.type('8');
	await page.keyboard.press('Enter');
	const stock = async () => (await ask(200, 'GET', `/inventory/${two.variants[0].id}`)).on_hand;
	await until(async () => await stock() === 8, 'the stock is saved');
	await page.getByRole('button', { name: `In stock, ${two.name}, ${second}: 8` }).click();
	await page.keyboard.type('many');
	await page.keyboard.press('Enter');
	await page.getByRole('alert').getByText('A whole number is wanted here.').waitFor();
	await page.keyboard.press('Escape');
	assert.equal(await stock(), 8);
	await page.context().close();
});

await test('who changes a price that another has changed sees both', async () => {
	const made = await product('Cup');
	const page = await openConsole('shop', { path: `/console/stock?search=${encodeURIComponent(`CUP-${tag}`)}` });
	await page.getByRole('button', { name: `Price, ${made.name}` }).waitFor();
	await ask(200, 'PATCH', `/variants/${made.variants[0].id}`, { price: '25.00' });
	await page.getByRole('button', { name: `Price, ${made.name}` }).click();
	await page.keyboard.type('30');
	await page.keyboard.press('Enter');
	const dialog = page.getByRole('dialog', { name: 'Somebody else has changed this' });
	await dialog.getByText('25.00').waitFor();
	await dialog.getByLabel('Theirs').check();
	await dialog.getByRole('button', { name: 'Save these' }).click();
	await page.getByRole('button', { name: `Price, ${made.name}, CUP-${tag}: 25.00` }).waitFor();
	assert.equal((await shown(made.id)).variants[0].price, '25.00');
	await page.context().close();
});

await test('two editors of one product: both versions stand side by side', async () => {
	const made = await product('Lamp');
	const first = await openConsole('shop', { path: `/console/products/${made.id}` });
	const second = await openConsole('shop', { path: `/console/products/${made.id}` });
	const words = (page) => page.locator('section', { has: page.getByRole('heading', { name: 'What it is' }) });
	await words(second).getByLabel('Name').fill(`Lantern ${tag}`);
	await words(second).getByLabel('Description').fill('Glows.');
	await words(first).getByLabel('Name').fill(`Light ${tag}`);
	await words(first).getByLabel('Cost').fill('4.00');
	await words(first).getByRole('button', { name: 'Save' }).click();
	await first.getByText('Saved.').waitFor();
	await words(second).getByRole('button', { name: 'Save' }).click();
	const dialog = second.getByRole('dialog', { name: 'Somebody else has changed this' });
	await dialog.getByText(`Light ${tag}`).waitFor();
	await dialog.getByText(`Lantern ${tag}`).waitFor();
	await expectAccessible(second);
	await screenshot(second, 'console-two-editors');
	await dialog.getByRole('button', { name: 'Save these' }).click();
	await second.getByText('Saved.').waitFor();
	const now = await shown(made.id);
	assert.deepEqual([now.name, now.description, now.cost_price], [`Lantern ${tag}`, 'Glows.', '4.00']);
	for (const page of [first, second]) { assert.deepEqual(page.complaints, []); await page.context().close(); }
});

await test('a file is checked, then imported, and its errors stand by row', async () => {
	const page = await openConsole('shop', { path: '/console/imports' });
	const rows = [`name,category,price,sku,on_hand`, `Bell ${tag},${category.slug},3.00,BELL-${tag},4`, `Drum ${tag},${category.slug},much,DRUM-${tag},4`];
	await page.locator('input[type=file]').setInputFiles({ name: 'wares.csv', mimeType: 'text/csv', buffer: Buffer.from(`${rows.join('\r\n')}\r\n`) });
	await page.getByRole('button', { name: 'Check file' }).click();
	await page.getByRole('heading', { name: 'wares.csv' }).waitFor();
	await page.getByRole('cell', { name: 'price' }).waitFor();
	assert.equal((await ask(200, 'GET', `/inventory?search=BELL-${tag}`)).results.length, 0, 'a dry run writes nothing');
	await page.getByRole('button', { name: 'Import', exact: true }).click();
	await page.getByText('What has been done').waitFor();
	await until(async () => (await ask(200, 'GET', `/inventory?search=BELL-${tag}`)).results.length === 1, 'the good row is imported');
	await page.getByRole('cell', { name: 'price' }).waitFor();
	assert.equal((await ask(200, 'GET', `/inventory?search=DRUM-${tag}`)).results.length, 0);
	const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
	assert.match(await download.failure() ?? 'saved', /saved/);
	await expectAccessible(page);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('categories are put in order by keys', async () => {
	const make = (name, parent_id) => ask(201, 'POST', '/categories', { name: `${name} ${tag}`, parent_id, is_active: false });
	const top = await make('Keys', null), [one, two] = [await make('One', top.id), await make('Two', top.id)];
	const page = await openConsole('admin', { path: '/console/categories' });
	await page.getByRole('button', { name: two.name, exact: true }).focus();
	await page.keyboard.press('Alt+ArrowUp');
	const now = (id) => ask(200, 'GET', `/categories/${id}`);
	await until(async () => (await now(two.id)).position < (await now(one.id)).position, 'the second is the first');
	await page.waitForFunction((id) => document.activeElement?.dataset.category === id, two.id);
	await page.getByRole('button', { name: one.name, exact: true }).focus();
	await page.keyboard.press('Alt+ArrowRight');
	await until(async () => (await now(one.id)).parent_id === two.id, 'it is in the one above');
	await page.getByRole('button', { name: one.name, exact: true }).dragTo(page.getByRole('button', { name: top.name, exact: true }));
	await until(async () => (await now(one.id)).parent_id === top.id, 'it is dragged out');
	await expectAccessible(page);
	assert.deepEqual(page.complaints, []);
	for (const { id } of [one, two, top]) await ask(204, 'DELETE', `/categories/${id}`);
	await page.context().close();
});

await test('a shop changes what customers see of it, a moderator hides a review', async () => {
	const page = await openConsole('shop', { path: '/console/shop' });
	const contact = `+8801700${tag.slice(-6)}`;
	await page.getByLabel('Contact').fill(contact);
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Saved.').waitFor();
	assert.equal((await ask(200, 'GET', `/merchants/${merchant}`)).contact, contact);
	await page.context().close();
	const moderator = await openConsole('manager', { path: '/console/reviews?hidden=false' });
	const row = moderator.locator('tbody tr').first();
	await row.getByRole('button', { name: 'Hide' }).click();
	await moderator.getByLabel('Reason').fill('off topic');
	await moderator.getByRole('dialog').getByRole('button', { name: 'Hide' }).click();
	await moderator.getByText('The review is hidden.').waitFor();
	await moderator.goto(`${shop}/console/reviews?hidden=true`);
	await moderator.getByRole('button', { name: 'Show again' }).first().click();
	await moderator.getByText('The review is in the shop again.').waitFor();
	await moderator.context().close();
});

await closeBrowser();
finish();
