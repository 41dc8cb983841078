// The console as somebody of the demo shop has it open.
import { shop } from '../peers/suite.mjs';
import { openPage } from './browser.mjs';

export const password = 'Haat-demo-2026!';

// A page of the console, signed in as ROLE@haat.test.
export async function openConsole(role, { lang = 'en', options = {}, path = '/console' } = {}) {
	const page = await openPage(options);
	await page.goto(`${shop}/signin?next=${encodeURIComponent(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)}`);
	await page.locator('#email').fill(`${role}@haat.test`);
	await page.locator('#password').fill(password);
	await page.locator('main form button[type=submit]').click();
	await page.waitForURL(`${shop}/console**`);
	await page.locator('h1').first().waitFor();
	return page;
}
