// The console as each role has it: the menu shows what they may do and nothing else, each page of it stands without a fault of access or a
// complaint of the browser, on a phone and a desk, light and dark, from left to right and back, and within the weight that it may have.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { buildDirectory, call, finish, shop, signIn, test } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, openPage, screenshot } from './browser.mjs';
import { openConsole, password } from './consoles.mjs';

const roles = ['admin', 'manager', 'warehouse', 'accountant', 'shop'];
const sets = [
	{ name: 'phone-light-en', lang: 'en', options: { viewport: { width: 360, height: 740 }, colorScheme: 'light', hasTouch: true } },
	{ name: 'desktop-dark-bn', lang: 'bn', options: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' } },
	{ name: 'phone-dark-rtl', lang: 'ar-XB', options: { viewport: { width: 360, height: 740 }, colorScheme: 'dark', hasTouch: true } },
	{ name: 'zoomed-light-hi', lang: 'hi', options: { viewport: { width: 320, height: 256 }, colorScheme: 'light' } },
];

const menuOf = (page) => page.locator('#menu a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));

// Nothing of it waits any more, and nothing of it failed.  (A message that is missing is a complaint of the console.)
async function expectShown(page, address) {
	await page.goto(`${shop}${address}`);
	await page.locator('h1').first().waitFor();
	await page.waitForFunction(() => !document.querySelector('.skeleton, [aria-busy="true"]'));
	assert.deepEqual(await page.locator('[role="alert"]').allInnerTexts(), [], address);
}

const menus = {};
for (const role of roles)
	await test(`the menu of ${role}`, async () => {
		const page = await openConsole(role);
		menus[role] = await menuOf(page);
		const { access } = await signIn(`${role}@haat.test`, password);
		const me = (await call('GET', '/accounts/me', { token: access })).body;
		assert.ok(menus[role].length >= 2, `${role} has nothing to do`);
		// What the menu does not show is not opened by its address either.
		for (const address of menus.admin)
			if (!menus[role].includes(address)) {
				await page.goto(`${shop}${address}`);
				await page.locator('h1').first().waitFor();
				assert.match(await page.locator('h1').first().innerText(), /Not for this account/, `${role} at ${address}`);
			}
		assert.ok(me.permissions.length > 0);
		await page.context().close();
	});

for (const set of sets)
	await test(`each page, ${set.name}`, async () => {
		const page = await openConsole('admin', set);
		for (const address of menus.admin) {
			await expectShown(page, address);
			await expectAccessible(page);
			assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${address} is wider than the screen`);
			await screenshot(page, `console-${set.name}-${address.replaceAll('/', '-')}`);
		}
		assert.deepEqual(page.complaints, []);
		assert.deepEqual([...page.origins], [shop]);
		await page.context().close();
	});

await test('a customer has no console', async () => {
	const page = await openConsole('customer');
	assert.match(await page.locator('h1').first().innerText(), /Not for this account/);
	assert.equal(await page.locator('#menu').count(), 0);
	await page.context().close();
});

await test('who is not signed in signs in and comes back', async () => {
	const page = await openPage();
	await page.goto(`${shop}/console/orders?status=paid`);
	await page.waitForURL('**/signin?**');
	await page.locator('#email').fill('admin@haat.test');
	await page.locator('#password').fill(password);
	await page.locator('main form button[type=submit]').click();
	await page.waitForURL(`${shop}/console/orders?status=paid`);
	await page.locator('h1', { hasText: 'Orders' }).waitFor();
	await page.context().close();
});

await test('by keyboard: the palette leads to a page, whose heading has the focus', async () => {
	const page = await openConsole('admin');
	await page.keyboard.press('Control+k');
	await page.getByRole('combobox').fill('ord');
	await page.keyboard.press('Enter');
	await page.waitForURL(`${shop}/console/orders`);
	await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
	await page.keyboard.press('?');
	await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
	await page.keyboard.press('Escape');
	await page.getByRole('dialog').waitFor({ state: 'detached' });
	await page.context().close();
});

await test('it weighs what it may', async () => {
	const files = `${buildDirectory}/web/named/console/assets`;
	const packed = (name) => readFileSync(`${files}/${name}.gz`).length;
	const page = await openConsole('admin');
	const first = await page.evaluate(() => performance.getEntriesByType('resource').map((one) => one.name.match(/\/console\/assets\/(.*)$/)?.[1]).filter(Boolean));
	const sum = (names) => names.reduce((total, name) => total + packed(name), 0);
	const english = readdirSync(files).filter((name) => /\.(js|css)$/.test(name) && !/\.(bn|hi)\./.test(name));
	assert.ok(sum(first) <= 45 * 1024, `the first screen has ${sum(first)} bytes`);
	assert.ok(sum(english) <= 150 * 1024, `the whole has ${sum(english)} bytes`);
	console.log(`# first screen ${sum(first)} bytes, whole ${sum(english)} bytes`);
	await page.context().close();
});

await closeBrowser();
finish();
