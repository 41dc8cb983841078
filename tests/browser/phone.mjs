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

const says = (page, words) => page.locator('#phone-says', { hasText: words }).waitFor();

// The refresh token in its cookie, exchanged as a page of the shop would.
const renewed = (page) => page.evaluate(async () => {
	const answer = await fetch('/api/v1/accounts/refresh', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
	return answer.status;
});

const language = (page) => page.evaluate(() => document.documentElement.lang);
const signedIn = (page) => page.evaluate(async () => (await fetch('/api/v1/accounts/me')).status);

await test('a phone number, a code, and the session of our pages', async () => {
	const page = await open({}, '?next=%2Faccount');
	assert.equal(page.answer.status(), 200);
	assert.equal(await heading(page), 'Sign in by phone');
	await expectAccessible(page);
	await askFor(page, number.replace(/^(\+880)(17)/, '$1 $2-'));
	await page.getByLabel('Code').fill('123456');
	assert.equal(await page.locator('#sent-to').innerText(), number);
	assert.equal(await page.locator('#resend').getAttribute('aria-disabled'), 'true');
	assert.match(await page.locator('#resend').innerText(), /Send it again \d+ sec/);
	await expectAccessible(page);
	await screenshot(page, 'phone-code');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL(`${shop}/account`);
	assert.equal(await signedIn(page), 200);
	assert.deepEqual([...page.origins].sort(), [sandbox, shop].sort());
	const cookies = await page.context().cookies(shop);
	assert.ok(cookies.some((cookie) => cookie.name === '__Host-haat_session' && cookie.httpOnly && cookie.secure && cookie.sameSite === 'Lax'));
	assert.ok(!cookies.some((cookie) => cookie.name === 'haat_refresh'));
	assert.deepEqual(page.complaints, []);
});

await test('for a front end elsewhere the refresh token in its cookie', async () => {
	const page = await open();
	await askFor(page, number);
	await page.getByLabel('Code').fill('123456');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL(back);
	assert.equal(await renewed(page), 200);
});

await test('what goes wrong is said, and can be put right', async () => {
	const page = await open({ viewport: { width: 360, height: 720 } }, '?next=%2Fcart');
	await askFor(page, '12345');
	await says(page, 'not a phone number');
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
	await page.waitForURL(`${shop}/cart`);
	assert.deepEqual(page.complaints, []);
});

await test('the code is sent again after a while, by the clock of the page', async () => {
	const page = await openPage();
	await page.clock.install();
	await page.goto(`${shop}/bn/signin/phone`);
	assert.equal(await language(page), 'bn');
	await page.locator('#phone').fill(number);
	await page.locator('#ask button').click();
	await page.locator('#prove').waitFor();
	assert.equal(await page.locator('#resend').getAttribute('aria-disabled'), 'true');
	await page.clock.runFor(31000);
	assert.equal(await page.locator('#resend').getAttribute('aria-disabled'), null);
	await screenshot(page, 'phone-again-bn');
	await page.locator('#resend').click();
	await page.waitForFunction(() => document.getElementById('seconds').textContent !== '');
	assert.equal(await page.locator('#phone-says').isHidden(), true);
	assert.deepEqual(page.complaints, []);
});

await test('without script the page says that it needs it; a strange return_url is refused', async () => {
	const page = await open({ javaScriptEnabled: false, colorScheme: 'dark' });
	await page.getByText('needs JavaScript').waitFor();
	await page.getByRole('link', { name: 'Sign in another way' }).click();
	assert.equal(await heading(page), 'Sign in');
	const strange = await open({}, '?return_url=https%3A%2F%2Fevil.test%2F');
	assert.equal(strange.answer.status(), 400);
});

await test('with Google on our page: there and back, with the cart, without script too', async () => {
	for (const javaScriptEnabled of [true, false]) {
		const page = await openPage({ javaScriptEnabled });
		await page.goto(`${shop}/account/addresses`);
		await page.getByRole('link', { name: 'Continue with Google' }).click();
		assert.equal(new URL(page.url()).origin, sandbox);
		await page.getByLabel('E-mail address').fill(`browser${Date.now()}@haat.test`);
		await page.getByRole('button', { name: 'Continue' }).click();
		await page.waitForURL(`${shop}/account/addresses`);
		assert.equal(await heading(page), 'Addresses');
		const cookies = await page.context().cookies(shop);
		assert.ok(cookies.some((cookie) => cookie.name === '__Host-haat_session' && cookie.httpOnly && cookie.sameSite === 'Lax'));
		assert.ok(!cookies.some((cookie) => cookie.name === '__Host-haat_begun'));
		assert.deepEqual(page.complaints, []);
	}
});

await test('cancelled at Google, our page says so and keeps the way on', async () => {
	const page = await openPage({ viewport: { width: 360, height: 720 } });
	await page.goto(`${shop}/signin?next=/orders`);
	await page.getByRole('link', { name: 'Continue with Google' }).click();
	await page.getByRole('button', { name: 'Cancel' }).click();
	await page.getByText('Google has not signed you in.').waitFor();
	await expectAccessible(page);
	await screenshot(page, 'google-cancelled');
	await page.getByRole('link', { name: 'Continue with Google' }).click();
	await page.getByLabel('E-mail address').fill(`again${Date.now()}@haat.test`);
	await page.getByRole('button', { name: 'Continue' }).click();
	await page.waitForURL(`${shop}/orders`);
});

await test('with Google for a front end elsewhere, there and back, and cancelled', async () => {
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
