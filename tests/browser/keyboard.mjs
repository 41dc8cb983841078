// A guest who has no pointer: from the home page to an order by Tab, Enter, Space, Escape and the arrows alone.
import assert from 'node:assert/strict';
import { finish, shop, test } from '../peers/suite.mjs';
import { phone, sell } from './buying.mjs';
import { closeBrowser, openPage, waitForHeading } from './browser.mjs';

const goods = await sell('USD', '12.00', 9), fresh = String(Date.now()).slice(-8);
const page = await openPage(phone);
const press = (key) => page.keyboard.press(key);

// What has the focus can be seen: it is in the window, has room, and something is drawn around it.
async function expectSeen(what) {
	const seen = await page.evaluate(() => {
		const at = document.activeElement, { width, height, top, bottom } = at.getBoundingClientRect(), style = getComputedStyle(at);

		return { large: width > 8 && height > 8, inside: bottom > 0 && top < innerHeight, drawn: style.outlineStyle !== 'none' || style.boxShadow !== 'none' };
	});
	assert.deepEqual(seen, { large: true, inside: true, drawn: true }, what);
}

const has = (selector) => page.evaluate((wanted) => document.activeElement.matches(wanted), selector);

// On by Tab until something that matches has the focus; what has it on the way is seen too.
async function goTo(selector, most = 80) {
	for (let i = 0; i < most; i++) {
		await press('Tab');
		if (await has('body')) continue;
		await expectSeen(await page.evaluate(() => document.activeElement.outerHTML.slice(0, 120)));
		if (await has(selector)) return;
	}
	assert.fail(`${selector} is not reached`);
}

async function type(selector, text) {
	await goTo(selector);
	await page.keyboard.type(text);
}

await test('past what stands above each page', async () => {
	await page.goto(`${shop}/`);
	await press('Tab');
	assert.ok(await has('.skip'));
	await expectSeen('the way past');
	await press('Enter');
	await press('Tab');
	assert.ok(await page.evaluate(() => document.querySelector('main').contains(document.activeElement)));
});

await test('filters hold the focus, and give it back', async () => {
	await page.goto(`${shop}/search`);
	await goTo('[data-filters] summary');
	await press('Enter');
	await page.locator('dialog.sheet[open]').waitFor();
	for (let i = 0; i < 40; i++) {
		await press('Tab');
		assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('dialog[open]') !== null));
	}
	await press('Escape');
	await page.locator('dialog.sheet[open]').waitFor({ state: 'detached' });
	assert.ok(await has('[data-filters] summary'));
});

await test('menus open by Enter, and close by Escape', async () => {
	for (const menu of ['.tongues', '[data-menu]']) {
		await page.goto(`${shop}/search`);
		await goTo(`${menu} > summary`);
		await press('Enter');
		await page.locator(`${menu}[open]`).waitFor();
		await press('Tab');
		assert.ok(await has(`${menu} a`));
		await press('Escape');
		assert.ok(await has(`${menu} > summary`), menu);
		assert.equal(await page.locator(`${menu}[open]`).count(), 0);
	}
});

await test('from the search to the order', async () => {
	await page.goto(`${shop}/`);
	await type('#q', goods.slug.replaceAll('-', ' '));
	await press('Escape');
	await press('Enter');
	await page.waitForURL(/\/search/);
	await goTo(`[data-grid] a[href$="/products/${goods.slug}"]`);
	await press('Enter');
	await page.waitForURL(/\/products\//);
	await goTo('[data-buy] [type=submit]');
	await press('Enter');
	await waitForHeading(page, 'Cart');

	await goTo('input[name=quantity]');
	await press('ArrowUp');
	await press('Tab');
	await page.locator('[data-cart][data-count="2"]').waitFor();
	assert.ok(await page.evaluate(() => document.querySelector('[data-cart]').contains(document.activeElement)), 'the focus stays in the cart');
	await goTo('a[href$="/checkout"]');
	await press('Enter');

	await waitForHeading(page, 'Checkout');
	await type('#full_name', 'Amina Khatun');
	await type('#email', `keyboard-${fresh}@haat.test`);
	await type('#phone', `+88015${fresh}`);
	await press('Enter');
	await page.locator('#line1').waitFor();
	await type('#line1', '12 Green Road');
	await type('#postal_code', '1205');
	await type('#city', 'Dhaka');
	await type('#country', 'Bangl');
	await goTo('form:has(#line1) [type=submit]');
	await press('Space');
	await page.locator('[name=provider]').first().waitFor();
	await goTo('[name=provider]');
	for (let i = 0; i < 10 && !await has('[value=cod]'); i++) await press('ArrowDown');
	assert.ok(await has('[value=cod]:checked'));
	await goTo('form:has([name=provider]) [type=submit]');
	await press('Enter');
	await page.waitForURL(/\/orders\/ORD-/);
	await goTo('summary');
	await press('Space');
	assert.deepEqual(page.complaints, []);
});

await closeBrowser();
finish();
