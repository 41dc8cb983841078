// A browser for the tests: pages that note what goes wrong in them, and axe.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { runDirectory, shop } from '../peers/suite.mjs';

const peers = createRequire(new URL('../peers/package.json', import.meta.url));
const { chromium } = peers('playwright-core');
const axe = readFileSync(peers.resolve('axe-core/axe.min.js'), 'utf8');

const waitMs = 20000;
const browser = await chromium.launch({
	executablePath: process.env.HAAT_CHROMIUM ?? '/usr/bin/chromium',
	args: process.getuid() === 0 ? ['--no-sandbox'] : [],
	env: { ...process.env, FONTCONFIG_FILE: new URL('fonts.conf', import.meta.url).pathname },
});

export const sandbox = `http://127.0.0.1:${Number(new URL(shop).port) + 1}`;

// A fresh profile with one page; page.complaints are what its console and its policy complained of, page.hosts whom it asked.
export async function openPage(options = {}) {
	const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB', ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(waitMs);
	page.complaints = [];
	page.origins = new Set();
	page.on('console', (message) => {
		if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) page.complaints.push(message.text());
	});
	page.on('pageerror', (error) => page.complaints.push(String(error)));
	page.on('request', (request) => page.origins.add(new URL(request.url()).origin));
	return page;
}

export const heading = (page) => page.locator('h1').first().innerText();

// Waits for a page with that heading: the state is told by it.
export async function waitForHeading(page, text) {
	await page.locator('h1', { hasText: text }).waitFor();
}

// No fault of WCAG 2.2 AA that axe can see, and no complaint of the browser.
export async function expectAccessible(page) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => window.axe.run(document, {
		runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
	}));
	assert.deepEqual(violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(' ')}`), []);
}

export async function screenshot(page, name) {
	await page.screenshot({ path: `${runDirectory}/screenshots/${name}.png`, fullPage: true });
}

export const closeBrowser = () => browser.close();
