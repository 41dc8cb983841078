// A session that another device ends while somebody types: they sign in where they are, and nothing that was typed is lost or sent twice.
import assert from 'node:assert/strict';
import { call, finish, shop, signIn, test, until } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, heading, openPage, screenshot, waitForHeading } from './browser.mjs';
import { chooseWay, onlyOrder, placeButton, sell, sql, where } from './buying.mjs';

const password = 'Haat-demo-2026!';
const tag = `${Date.now()}${process.pid}`;
let people = 0;

async function register() {
	const person = { email: `session-${tag}-${++people}@haat.test`, phone: `+88016${(tag + people).slice(-8)}` };
	const made = await call('POST', '/accounts/register/customer', { body: { ...person, password, password_confirm: password, full_name: 'Amina Khatun' } });
	assert.equal(made.status, 201, made.text);
	return person;
}

async function enter(page, person) {
	await page.locator('#email').fill(person.email);
	await page.locator('#password').fill(password);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function open(person, path, options) {
	const page = await openPage(options);
	await page.goto(`${shop}/signin?next=${encodeURIComponent(path)}`);
	await enter(page, person);
	await page.waitForURL(`${shop}${path}`);
	return page;
}

async function endElsewhere(person) {
	const { access } = await signIn(person.email, password);
	const ended = await call('POST', '/accounts/logout-all', { token: access });
	assert.equal(ended.status, 204);
}

async function addressesOf(person) {
	const { access } = await signIn(person.email, password);
	return (await call('GET', '/addresses', { token: access })).body.results;
}

for (const options of [{ viewport: { width: 360, height: 740 } }, { javaScriptEnabled: false, colorScheme: 'dark' }]) {
	const how = options.javaScriptEnabled === false ? 'without script' : 'on a phone';

	await test(`an address, ${how}`, async () => {
		const person = await register();
		const page = await open(person, '/account/addresses/new', options);

		await page.locator('#full_name').fill('আমিনা "K" <খাতুন>');
		await page.locator('#phone').fill('+8801712345678');
		await page.locator('#country').selectOption('BD');
		await page.locator('#line1').fill('12 Green Road & Sons');
		await page.locator('#city').fill('Dhaka');
		await page.locator('#postal_code').fill('1205');
		await endElsewhere(person);
		await page.locator('main form.stacked button[type=submit]').first().click();
		await waitForHeading(page, 'Sign in');
		await page.getByText('What you typed is kept.').waitFor();
		if (options.javaScriptEnabled !== false) await expectAccessible(page);
		await screenshot(page, `session-ended-${people}`);
		await enter(page, person);
		await waitForHeading(page, 'You are signed in');
		if (options.javaScriptEnabled !== false) await expectAccessible(page);
		await screenshot(page, `session-again-${people}`);
		assert.equal((await addressesOf(person)).length, 0);
		await page.getByRole('button', { name: 'Send it now' }).click();
		await page.waitForURL(`${shop}/account/addresses?done=added`);
		const kept = await addressesOf(person);
		assert.equal(kept.length, 1);
		assert.equal(kept[0].full_name, 'আমিনা "K" <খাতুন>');
		assert.equal(kept[0].line1, '12 Green Road & Sons');
		assert.deepEqual(page.complaints, []);
	});
}

async function buy(page, goods) {
	const send = async (path, form) => {
		const answer = await page.request.post(`${shop}${path}`, { form, headers: { 'Sec-Fetch-Site': 'same-origin' }, maxRedirects: 0 });
		assert.equal(answer.status(), 303, path);
	};
	await send('/cart/items', { variant_id: goods.variant });
	await send('/checkout/address', { kind: 'shipping', full_name: 'Amina Khatun', phone: '+8801712345678', ...where });
	await page.goto(`${shop}/checkout`);
	await chooseWay(page, 'stripe');
	await placeButton(page).click();
	await page.getByLabel('Card number').fill('4242 4242 4242 4242');
	await page.getByRole('button', { name: 'Pay', exact: true }).click();
	await page.waitForURL(/\/orders\/ORD-/);
	await until(async () => (await onlyOrder(page)).payment_status === 'paid', 'the order is paid');
}

await test('a review of what was bought, sent on once', async () => {
	const goods = await sell('USD', '12.50', 3);
	const customer = await register();
	const text = `Cool water all day.\nSecond line, ${tag}`;
	const page = await open(customer, '/account');

	await buy(page, goods);
	await page.goto(`${shop}/products/${goods.slug}/review`);
	await page.locator('input[name=rating][value="4"]').check({ force: true });
	await page.locator('#title').fill('Keeps its promise');
	await page.locator('#text').fill(text);
	await endElsewhere(customer);
	await page.locator('main form.stacked button[type=submit]').click();
	await waitForHeading(page, 'Sign in');
	await enter(page, customer);
	await page.getByRole('button', { name: 'Send it now' }).dblclick();
	await page.waitForURL(`${shop}/reviews`);
	await page.getByText(`Second line, ${tag}`).waitFor();
	assert.equal(sql(`SELECT COUNT(*) FROM reviews WHERE text LIKE '%Second line, ${tag}%'`), '1');
	assert.deepEqual(page.complaints, []);
});

await test('another e-mail address wants the password again, and goes on by itself', async () => {
	const person = await register();
	const page = await open(person, '/account');

	// The clock is not turned: the row is moved into the past, as if the time had gone by.
	sql(`UPDATE sessions s JOIN users u ON u.id = s.user_id SET s.confirmed_at = NOW(3) - INTERVAL 1 DAY,
		s.created_at = NOW(3) - INTERVAL 1 DAY WHERE u.email = '${person.email}'`);
	await page.locator('form[action="/account/email"] #email').fill(`moved-${tag}@haat.test`);
	await page.getByRole('button', { name: 'Send the link', exact: true }).click();
	await waitForHeading(page, 'Confirm that it is you');
	await expectAccessible(page);
	await screenshot(page, 'confirm');
	await page.locator('#password').fill('Wrong-2026!');
	await page.getByRole('button', { name: 'Continue' }).click();
	await page.getByText('This is not right.').waitFor();
	await page.locator('#password').fill(password);
	await page.getByRole('button', { name: 'Continue' }).click();
	await page.waitForURL(`${shop}/account?done=move`);
	await page.getByText('We have e-mailed a link to the new address.').waitFor();
	await screenshot(page, 'account-moved');
	assert.deepEqual(page.complaints, []);
});

await test('signed out from any page of the account, and everywhere', async () => {
	const person = await register();
	const page = await open(person, '/account/security');
	const other = await open(person, '/account');

	await page.getByText('Sign out everywhere').first().click();
	await page.locator('form[action="/account/sessions/end"] button').click();
	await page.waitForURL(`${shop}/signin`);
	await other.reload();
	assert.equal(await heading(other), 'Sign in');
	await enter(other, person);
	await other.waitForURL(`${shop}/account`);
	await other.getByRole('button', { name: 'Sign out' }).first().click();
	await other.waitForURL(`${shop}/`);
	const cookies = await other.context().cookies(shop);
	assert.ok(!cookies.some((cookie) => cookie.name === '__Host-haat_session'));
});

await closeBrowser();
finish();
