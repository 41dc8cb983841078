// Every letter on a phone, as haatctl mail preview prints it, and the pages that letters lead to.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { buildDirectory, finish, runDirectory, shop, test } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, heading, openPage, screenshot } from './browser.mjs';

const preview = (...words) =>
	execFileSync(`${buildDirectory}/src/haatctl`, ['--config', `${runDirectory}/haat.conf`, 'mail', 'preview', ...words], { encoding: 'utf8' });
const narrow = { viewport: { width: 360, height: 640 } };
const letters = preview('--list').trim().split('\n');
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

for (const name of letters) {
	await test(name, async () => {
		const page = await openPage(narrow);
		await page.setContent(preview(name));
		assert.ok(await fits(page), 'no horizontal scroll');
		await expectAccessible(page);
		await screenshot(page, `letter-${name}`);
		const text = preview(name, '--text');
		assert.match(text, /^\S.*\n\nDear Amina Khatun,\n/);
		assert.ok(!/\{\{|\n\n\n\n/.test(text), text);
		await page.context().close();
	});
}

// Whatever a letter links to is there: a page of the routes, or somebody else's, which only these letters have.
const elsewhere = new Set(['parcel-shipped', 'endpoint-disabled']);
const routes = JSON.parse(execFileSync(`${buildDirectory}/src/haatd`, ['--openapi'], { encoding: 'utf8', maxBuffer: 1 << 27 })).paths;
const pages = Object.keys(routes).filter((path) => !path.startsWith('/api/') && routes[path].get !== undefined)
	.map((path) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`));

await test('every link of every letter leads to a page', () => {
	const hosts = [new URL(shop).host, 'shop.example'];
	let followed = 0;

	for (const name of letters)
		for (const link of [preview(name), preview(name, '--text')].flatMap((words) => words.match(/https?:\/\/[^\s"<]+/g) ?? [])) {
			const url = new URL(link);
			if (!hosts.includes(url.host)) {
				assert.ok(elsewhere.has(name), `${name}: ${link}`);
				continue;
			}
			assert.ok(pages.some((page) => page.test(url.pathname)), `${name}: ${link}`);
			followed++;
		}
	assert.ok(followed > 2 * letters.length);
});

await test('a page of its own for each link', async () => {
	for (const [path, title] of [['/verify?token=x', 'Verify your e-mail address'], ['/reset', 'Reset your password'],
		['/reset?token=x', 'Set a new password'], ['/unsubscribe/x', 'The link is broken'], ['/verify', 'The link is no longer valid']]) {
		for (const colorScheme of ['light', 'dark']) {
			const page = await openPage({ ...narrow, colorScheme, javaScriptEnabled: true });
			await page.goto(`${shop}${path}`);
			assert.equal(await heading(page), title);
			assert.ok(await fits(page));
			assert.deepEqual([...page.origins], [shop]);
			await screenshot(page, `page-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}-${colorScheme}`);
			await expectAccessible(page);
			await page.context().close();
		}
	}
});

await closeBrowser();
finish();
