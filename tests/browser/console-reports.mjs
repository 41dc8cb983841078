// Reports in the console: what stands there is what the API answers, in words, in drawings and in tables, by mouse and by keyboard.
import assert from 'node:assert/strict';
import { call, finish, shop, signIn, test } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible } from './browser.mjs';
import { openConsole } from './consoles.mjs';

const page = await openConsole('admin');
const { access } = await signIn('admin@haat.test');
const api = async (path) => (await call('GET', path, { token: access })).body;
const query = 'range=12months&tz=Asia%2FDhaka';
const money = (amount, currency) => new Intl.NumberFormat('en-GB', { style: 'currency', currency }).format(amount);

async function open(path) {
	await page.goto(`${shop}/console/reports${path}`);
	await page.locator('h1').first().waitFor();
	await page.waitForFunction(() => !document.querySelector('.skeleton, [aria-busy="true"]'));
}

await test('the dashboard shows what the API says', async () => {
	await open(`?${query}`);
	const { results: [now], about } = await api(`/reports/dashboard?${query}`);
	const revenue = page.getByRole('heading', { name: 'Revenue' }).first().locator('xpath=..');
	assert.equal(await revenue.locator('.large').innerText(), money(now.revenue, about.currency));
	await page.getByText('days of Asia/Dhaka').waitFor();
	// What a number is, is one click away.
	await page.getByRole('button', { name: 'What “Revenue” is' }).first().click();
	await page.getByText('What the ledger has posted as sold').first().waitFor();
	await page.keyboard.press('Escape');
});

await test('sales: the chart, its table and the file have the same numbers, and the chart is read by keyboard', async () => {
	await open(`/sales?${query}&group=month`);
	const { results, about } = await api(`/reports/sales?${query}&group=month`);
	const rows = await page.locator('table tbody tr').evaluateAll((all) => all.map((row) => row.children[3].textContent));
	assert.deepEqual(rows, results.map((one) => money(one.revenue, about.currency)));
	const chart = page.getByRole('group', { name: 'Revenue' });
	await chart.focus();
	await page.keyboard.press('Home');
	assert.match(await chart.locator('.tip').innerText(), new RegExp(`^${money(results[0].revenue, about.currency).replace(/[$.]/g, '\\$&')}`));
	await page.keyboard.press('End');
	assert.match(await chart.locator('.tip').innerText(), /not over yet/);
	const address = await page.getByRole('link', { name: 'CSV' }).getAttribute('href');
	const file = await page.evaluate(async (from) => (await fetch(from)).text(), address);
	assert.equal(file.trim().split('\n').length, results.length + 1);
	assert.ok(file.includes(results[results.length - 2].revenue));
});

await test('the heatmap has seven days of 24 hours in five steps, and the exact amount', async () => {
	await open(`/heatmap?${query}`);
	const { results } = await api(`/reports/heatmap?${query}`);
	const cells = await page.locator('td.heat').evaluateAll((all) => all.map((cell) => ({ step: Number(cell.className.match(/h(\d)/)[1]), title: cell.title, text: cell.textContent })));
	const most = Math.max(...results.map((one) => Number(one.revenue)));
	assert.equal(cells.length, 7 * 24);
	assert.deepEqual(await page.locator('tbody th').allInnerTexts(), ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']);
	results.forEach((one, i) => {
		const share = Number(one.revenue) / most, cell = cells[one.day * 24 + one.hour];
		assert.equal(cell.step, share <= 0 ? 0 : share <= 0.2 ? 1 : share <= 0.4 ? 2 : share <= 0.6 ? 3 : share <= 0.8 ? 4 : 5, `cell ${i}`);
		assert.equal(cell.text === '–', Number(one.revenue) <= 0);
	});
	assert.ok(cells.some((one) => one.step === 5));
	await expectAccessible(page);
});

await test('a period that cannot be is said at its field', async () => {
	await open('/sales?range=custom&from=2026-03-02&to=2026-03-01');
	await page.locator('#to-fault, #from-fault').first().waitFor();
	await open('/sales?tz=Mars%2FOlympus');
	await page.locator('#tz-fault').waitFor();
	assert.equal(await page.locator('#tz').getAttribute('aria-invalid'), 'true');
});

assert.deepEqual(page.complaints, []);
await closeBrowser();
finish();
