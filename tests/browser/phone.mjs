// Sign-in by phone and with Google as people do it, with the sandbox in Google's place.
import assert from 'node:assert/strict';
import { finish, shop, test } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, heading, openPage, sandbox, screenshot } from './browser.mjs';

const number = `+88017${String(Date.now()).slice(-8)}`;
const back = `${shop}/api/v1/currencies-of-nowhere`;

async function open(options, query = `?return_url=${encodeURIComponent(back)}`) {
	const page = await openPage(options);
	page.answer = await page.goto(`${shop}/signin/phone${query}`);
	return page;
}

async function askFor(page, phone) {
	await page.getByLabel('Phone number').fill(phone);
	await page.getByRole('button', { name: 'Send the code' }).click();
}

const says = (page, words) => page.locator('#says', { hasText: words }).waitFor();

// The refresh token in its cookie, exchanged as a page of the shop would.
const renewed = (page) => page.evaluate(async () => {
	const answer = await fetch('/api/v1/accounts/refresh', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
	return answer.status;
});

await test('a phone number, a code, and a session in a cookie', async () => {
	const page = await open();
	assert.equal(page.answer.status(), 200);
	assert.equal(await heading(page), 'Sign in by phone');
	await expectAccessible(page);
	await askFor(page, number.replace(/^(\+880)(17)/, '$1 $2-'));
	await page.getByLabel('Code').fill('123456');
	assert.equal(await page.locator('#sent-to').innerText(), number);
	await expectAccessible(page);
	await screenshot(page, 'phone-code');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL(back);
	assert.equal(await renewed(page), 200);
	assert.deepEqual([...page.origins].sort(), [sandbox, shop].sort());
	const cookies = await page.context().cookies(`${shop}/api/v1/accounts/refresh`);
	assert.ok(cookies.some((cookie) => cookie.name === 'haat_refresh' && cookie.httpOnly && cookie.secure));
	assert.deepEqual(page.complaints, []);
});

await test('what goes wrong is said, and can be put right', async () => {
	const page = await open({ viewport: { width: 360, height: 720 } });
	await askFor(page, '12345');
	await says(page, 'no phone number');
	await screenshot(page, 'phone-wrong');
	await expectAccessible(page);
	await askFor(page, number);
	await page.getByLabel('Code').fill('000000');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await says(page, 'The code is wrong');
	await page.getByRole('button', { name: 'Use another number' }).click();
	await askFor(page, number);
	await page.getByLabel('Code').fill('123456');
	await page.keyboard.press('Enter');
	await page.waitForURL(back);
	assert.deepEqual(page.complaints, []);
});

await test('without script the page says that it needs it; a strange return_url is refused', async () => {
	const page = await open({ javaScriptEnabled: false, colorScheme: 'dark' });
	await page.getByText('This needs JavaScript.').waitFor();
	const strange = await open({}, '?return_url=https%3A%2F%2Fevil.test%2F');
	assert.equal(strange.answer.status(), 400);
	assert.equal(await heading(strange), 'That did not work');
});

await test('with Google, there and back, and cancelled', async () => {
	const page = await openPage();
	await page.goto(`${shop}/api/v1/auth/google?return_url=${encodeURIComponent(`${back}?from=cart`)}`);
	assert.equal(new URL(page.url()).origin, sandbox);
	await page.getByLabel('E-mail address').fill(`browser${Date.now()}@haat.test`);
	await page.getByRole('button', { name: 'Continue' }).click();
	await page.waitForURL(`${back}?**`);
	const code = new URL(page.url()).searchParams.get('code');
	assert.equal(new URL(page.url()).searchParams.get('from'), 'cart');
	const status = await page.evaluate(async (given) => {
		const answer = await fetch('/api/v1/auth/exchange', { method: 'POST', headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ code: given, cookie: true }) });
		return answer.status;
	}, code);
	assert.equal(status, 200);
	assert.equal(await renewed(page), 200);
	await page.goto(`${shop}/api/v1/auth/google?return_url=${encodeURIComponent(back)}`);
	await page.getByRole('button', { name: 'Cancel' }).click();
	await page.waitForURL(`${back}?**`);
	assert.equal(new URL(page.url()).searchParams.get('error'), 'sign_in_refused');
});

await closeBrowser();
finish();
