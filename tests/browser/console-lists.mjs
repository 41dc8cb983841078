// Lists of the console: a change of five hundred rows of which some fail and are tried again, products of all shops found and changed at
// once, 200 rows on a page, views of every list.
import assert from 'node:assert/strict';
import { call, finish, shop, signIn, test, until } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, screenshot } from './browser.mjs';
import { openConsole, password } from './consoles.mjs';

const tag = `${Date.now()}${process.pid}`;
const { access } = await signIn('admin@haat.test', password);
const seller = (await call('GET', '/accounts/me', { token: (await signIn('shop@haat.test', password)).access })).body.merchant.id;
// A job has so many rows to change; others may use the machine.
const ofMany = { timeout: 180_000 };
const wide = { viewport: { width: 1280, height: 900 } };

// The answer's body; it has that status.
async function ask(status, method, path, body) {
	const answer = await call(method, path, { token: access, body });
	assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
	return answer.body;
}

// A row a ware of the seller's, all in a category of their own, with so many on hand.
async function stockWares(count, onHand) {
	const category = await ask(201, 'POST', '/categories', { name: `Lists ${tag}` });
	const rows = Array.from({ length: count }, (_, i) => `Peg ${tag} ${i},${category.slug},3.00,PEG-${tag}-${i},${onHand(i)}`);
	const body = new FormData();

	body.set('file', new Blob([`name,category,price,sku,on_hand\r\n${rows.join('\r\n')}\r\n`], { type: 'text/csv' }), 'wares.csv');
	const begun = await fetch(`${shop}/api/v1/products/import?format=csv&merchant_id=${seller}`, { method: 'POST', body, headers: { Authorization: `Bearer ${access}` } });
	const { id } = await begun.json();
	await until(async () => (await ask(200, 'GET', `/imports/${id}`)).status === 'done', 'the wares are imported');
	assert.equal((await ask(200, 'GET', `/imports/${id}`)).created, count);
	return category;
}
const wares = 500, short = 20;
const category = await stockWares(wares, (i) => i < wares - short ? 9 : 0);

await test('the stock of five hundred is changed; those that fail are mended and tried again', async () => {
	const page = await openConsole('shop', { path: `/console/stock?search=PEG-${tag}&rows=200`, options: wide });
	await page.getByText('200 rows on this page').waitFor();
	assert.equal(await page.locator('.list tbody tr').count(), 200);
	await page.getByRole('columnheader').getByLabel('Select all rows of this page').check();
	const chosen = page.getByRole('region', { name: 'Selected rows' });
	await chosen.getByText('200 selected').waitFor();
	await chosen.getByRole('button', { name: 'Select all that match' }).click();
	await chosen.getByText(`All ${wares} that match`).waitFor();
	await screenshot(page, 'console-chosen');
	await chosen.getByRole('button', { name: 'Adjust stock' }).click();
	const dialog = page.getByRole('dialog', { name: 'Adjust stock' });
	await dialog.getByLabel('Change').fill('0');
	await dialog.getByLabel('Reason').fill('damaged');
	await dialog.getByRole('button', { name: 'Adjust stock' }).click();
	// What the API refuses stands beside the field.
	await dialog.getByText('must not be 0').waitFor();
	await dialog.getByLabel('Change').fill('-4');
	await expectAccessible(page);
	await dialog.getByRole('button', { name: 'Adjust stock' }).click();
	const progress = page.getByRole('dialog', { name: 'Stock: many at once' });
	await progress.getByText(`${short} rows failed`).waitFor(ofMany);
	await progress.getByText(`${wares} of ${wares} done.`).waitFor(ofMany);
	await expectAccessible(page);
	await screenshot(page, 'console-bulk-failed');
	const { results } = await ask(200, 'GET', `/inventory?merchant=${seller}&low=true&search=PEG-${tag}-1&limit=100`);
	assert.ok(results.some((one) => one.on_hand === 5), 'those with enough are changed');
	for (let i = wares - short; i < wares; i++) {
		const { results: [one] } = await ask(200, 'GET', `/inventory?merchant=${seller}&search=PEG-${tag}-${i}`);
		assert.equal(one.on_hand, 0);
		await ask(200, 'POST', `/inventory/${one.variant_id}/adjustments`, { delta: 10, reason: 'found' });
	}
	await progress.getByRole('button', { name: 'Retry the failed' }).click();
	await progress.getByText(`${short} rows failed`).waitFor({ state: 'detached' });
	await progress.getByText(`${wares} of ${wares} done.`).waitFor(ofMany);
	await progress.getByRole('button', { name: 'Close' }).last().click();
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('staff find drafts of all shops by words and category, and change their prices by percent', async () => {
	const page = await openConsole('admin', { path: '/console/products', options: wide });
	const filters = page.getByRole('search');
	await filters.getByLabel('Category').selectOption(category.id);
	await page.waitForURL(/category=/);
	await filters.getByLabel('Search').fill(`Peg ${tag} 499`);
	await filters.getByLabel('Search').press('Enter');
	await page.getByText('1 row', { exact: true }).waitFor();
	await page.getByRole('row', { name: `Peg ${tag} 499` }).getByRole('checkbox').check();
	await page.getByRole('button', { name: 'Change prices' }).click();
	const dialog = page.getByRole('dialog', { name: 'Change prices' });
	await dialog.getByLabel('Percent').fill('-10');
	await dialog.getByRole('button', { name: 'Change prices' }).click();
	await page.getByRole('dialog', { name: 'Price: many at once' }).getByText('1 of 1 done.').waitFor();
	await page.getByRole('button', { name: 'Close' }).last().click();
	await page.getByRole('button', { name: /Price, Peg .* 499: 2\.70/ }).waitFor();
	// The selection outlives another page of the list, and its view can be kept.
	await page.getByRole('link', { name: 'Clear filters' }).click();
	await page.getByText('1 selected').waitFor();
	await page.getByRole('button', { name: 'Clear selection' }).click();
	await filters.getByLabel('Status').selectOption('draft');
	await page.getByText('Views', { exact: true }).click();
	await page.getByRole('button', { name: 'Keep this view' }).click();
	await page.getByRole('dialog').getByLabel('Name').fill(`Drafts ${tag}`);
	await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
	await page.getByRole('link', { name: `Drafts ${tag}` }).waitFor();
	await page.getByRole('button', { name: `Forget Drafts ${tag}` }).click();
	await page.getByRole('link', { name: `Drafts ${tag}` }).waitFor({ state: 'detached' });
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('a head orders the list, and orders it the other way', async () => {
	const page = await openConsole('shop', { path: `/console/products?search=${encodeURIComponent(`Peg ${tag}`)}`, options: wide });
	const head = page.getByRole('columnheader', { name: 'Name' });
	await head.getByRole('link').click();
	await page.waitForURL(/ordering=name/);
	await page.waitForFunction(() => document.querySelector('th[aria-sort]')?.getAttribute('aria-sort') === 'ascending');
	await page.getByRole('link', { name: `Peg ${tag} 0`, exact: true }).waitFor();
	await head.getByRole('link').click();
	await page.waitForURL(/ordering=-name/);
	await page.getByRole('link', { name: `Peg ${tag} 99`, exact: true }).waitFor();
	await page.context().close();
});

await closeBrowser();
finish();
