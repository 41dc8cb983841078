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

await test('each number of each report is explained one click away', async () => {
	const menu = await page.locator('#menu a[href^="/console/reports"]').evaluateAll((links) => links.map((link) => link.getAttribute('href').slice('/console/reports'.length)));
	assert.equal(menu.length, 11);
	for (const path of menu) {
		await open(`${path}?${query}`);
		// Not the amounts themselves: those of cash under way have how many payments they are for a name.
		const silent = await page.locator('main th.number, main dt, main .figure h2, main tbody th[scope=row]').evaluateAll((all) => all.filter((one) => !one.closest('.heatmap') && !/^\d/.test(one.textContent))
			.filter((one) => !one.querySelector('.what')?.popoverTargetElement?.textContent).map((one) => one.textContent));
		assert.deepEqual(silent, [], path);
		// A table that has nothing has no numbers either.
		if (['', '/profit-loss', '/heatmap', '/customers'].includes(path)) assert.ok(await page.locator('main .what').count() > 1, path);
	}
	await open('/customers');
	await page.getByRole('button', { name: 'What “Revenue” is' }).first().click();
	await page.getByText('What they have paid so far').first().waitFor();
	await page.keyboard.press('Escape');
});

// The day may be another there than here, and than in UTC.
await test('days that are not over are marked, by the clocks of the report’s zone', async () => {
	for (const tz of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
		const dayBack = (days) => new Intl.DateTimeFormat('en-CA', { timeZone: tz, year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date(Date.now() - days * 86_400_000));
		for (const [from, to, wanted] of [[2, 0, [false, false, true]], [3, 1, [false, false, false]], [1, -1, [false, true, true]]]) {
			await open(`/sales?range=custom&from=${dayBack(from)}&to=${dayBack(to)}&tz=${encodeURIComponent(tz)}`);
			const marked = await page.locator('main tbody tr').evaluateAll((rows) => rows.map((row) => row.children[0].textContent.includes('not over yet')));
			assert.deepEqual(marked, wanted, `${tz}, from ${from} to ${to} days ago`);
			assert.equal(await page.getByText('The period is not over yet.').count(), wanted.includes(true) ? 1 : 0);
			assert.equal(await page.locator('main .mark.open').count(), wanted.filter(Boolean).length);
		}
	}
});

assert.deepEqual(page.complaints, []);
await closeBrowser();
finish();
