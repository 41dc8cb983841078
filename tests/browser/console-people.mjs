// People, webhooks and the operator's view in the console: journeys as staff and shopkeepers make them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { call, finish, shop, signIn, test } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, screenshot } from './browser.mjs';
import { sql } from './buying.mjs';
import { openConsole, password } from './consoles.mjs';

const tag = `${Date.now()}${process.pid}`;
const top = new URL('../..', import.meta.url).pathname;

await test('a dead letter is looked into and replayed', async () => {
	// One that was given up, whatever a provider has told before.
	sql(`UPDATE webhook_events SET status = 'dead' WHERE status IN ('processed', 'ignored') ORDER BY id DESC LIMIT 1`);
	const page = await openConsole('admin', { path: '/console/webhook-events?status=dead' });
	await page.locator('tbody tr').first().waitFor();
	await page.locator('tbody tr a').first().click();
	await page.getByRole('heading', { name: 'Payload' }).waitFor();
	const id = new URL(page.url()).pathname.split('/').pop();
	await page.getByRole('button', { name: 'Replay' }).click();
	await page.getByText('1 event is replayed.').waitFor();
	const { access } = await signIn('admin@haat.test');
	const audit = (await call('GET', `/audit?subject=${id}`, { token: access })).body.results;
	assert.ok(audit.length > 0, 'nobody can see who has replayed it');
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('a session that ends while somebody types is begun again over the form', async () => {
	const page = await openConsole('shop', { path: '/console/shop/api-keys' });
	await page.getByRole('button', { name: 'New key' }).click();
	await page.getByLabel('Name').fill(`till ${tag}`);
	await page.getByLabel('order:read_own').check();
	const { access } = await signIn('shop@haat.test');
	assert.equal((await call('POST', '/accounts/logout-all', { token: access })).status, 204);
	await page.getByRole('dialog').getByRole('button', { name: 'New key' }).click();
	const again = page.getByRole('dialog', { name: 'Sign in again' });
	await again.waitFor();
	await expectAccessible(page);
	await again.getByLabel('Password').fill('wrong');
	await again.getByRole('button', { name: 'Sign in' }).click();
	await again.getByRole('alert').waitFor();
	await again.getByLabel('Password').fill(password);
	await again.getByRole('button', { name: 'Sign in' }).click();
	// The act that waited goes on: the key is there, once.
	await page.getByText('This is shown once.').waitFor();
	const mine = await signIn('shop@haat.test');
	const keys = (await call('GET', '/merchants/me/api-keys', { token: mine.access })).body.results.filter((one) => one.name === `till ${tag}`);
	assert.equal(keys.length, 1);
	assert.deepEqual(keys[0].scopes, ['order:read_own']);
	await page.context().close();
});

await test('what somebody has typed is not shown to who signs in after them', async () => {
	const page = await openConsole('shop', { path: '/console/products/new' });
	page.on('dialog', (dialog) => dialog.accept());
	const name = () => page.getByLabel('Name', { exact: true });
	await name().fill(`Secret ${tag}`);
	await page.reload();
	await name().waitFor();
	assert.equal(await name().inputValue(), `Secret ${tag}`, 'a draft is kept for who has typed it');
	await page.context().clearCookies();
	await page.goto(`${shop}/signin?next=/console/products/new`);
	await page.locator('#email').fill('admin@haat.test');
	await page.locator('#password').fill(password);
	await page.locator('main form button[type=submit]').click();
	await page.waitForURL(`${shop}/console**`);
	await name().waitFor();
	assert.equal(await name().inputValue(), '');
	// An address that is no text has no page, and does not leave the console empty.
	await page.goto(`${shop}/console/orders/%ff`);
	await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('two people change one shop’s terms: both versions stand side by side', async () => {
	const made = await call('POST', '/accounts/register/shopkeeper', { body: { email: `console-${tag}@haat.test`, phone: `+88015${tag.slice(-8)}`, password, password_confirm: password, full_name: 'Amina Khatun',
		shop_name: `Terms ${tag}`, business_type: 'individual', business_id: `T-${tag}` } });
	assert.equal(made.status, 201, made.text);
	const path = `/merchants/${made.body.merchant.id}`;
	const page = await openConsole('admin', { path: `/console${path}` });
	await page.getByLabel('Commission in percent').fill('7.5');
	const { access } = await signIn('admin@haat.test');
	const theirs = await call('PATCH', path, { token: access, body: { commission_percent: '12', rate_limit: 500 } });
	assert.equal(theirs.status, 200, theirs.text);
	await page.getByRole('button', { name: 'Save' }).click();
	const both = page.getByRole('dialog', { name: 'Somebody else has changed this' });
	await both.waitFor();
	assert.match(await both.innerText(), /7\.5[\s\S]*12/);
	await expectAccessible(page);
	await both.getByRole('button', { name: 'Save these' }).click();
	await page.getByText('Saved.').waitFor();
	// What only the other one has changed is kept.
	const now = (await call('GET', path, { token: access })).body;
	assert.deepEqual([Number(now.commission_percent), now.rate_limit], [7.5, 500]);
	await page.context().close();
});

await test('a dead job is tried again, another dropped, where the operator looks', async () => {
	const kinds = [`late_${tag}`, `lost_${tag}`];
	const count = (kind, more = '') => sql(`SELECT COUNT(*) FROM jobs WHERE kind = '${kind}' ${more}`).trim();
	for (const kind of kinds) sql(`INSERT INTO jobs (id, kind, lane, status, run_at, attempts, last_error) VALUES (RANDOM_BYTES(16), '${kind}', 'test', 'dead', NOW(3), 8, 'nobody answered')`);
	const page = await openConsole('admin', { path: '/console/operations' });
	const dead = page.getByRole('region', { name: 'Dead jobs' });
	for (const [kind, act, said] of [[kinds[0], 'Try again', 'The job is tried again.'], [kinds[1], 'Drop', 'The job is dropped.']]) {
		await dead.getByRole('row').filter({ hasText: kind }).getByText('nobody answered').waitFor();
		await dead.getByRole('button', { name: `${act}: ${kind}` }).click();
		await page.getByRole('dialog').getByLabel('Reason').fill('mended');
		await page.getByRole('dialog').getByRole('button', { name: act }).click();
		await page.getByText(said).waitFor();
		await dead.getByRole('row').filter({ hasText: kind }).waitFor({ state: 'detached' });
	}
	assert.deepEqual([count(kinds[0], `AND status = 'ready'`), count(kinds[1])], ['1', '0']);
	await expectAccessible(page);
	sql(`DELETE FROM jobs WHERE kind = '${kinds[0]}'`);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('workers restart under the operator’s page, which goes on', async () => {
	const page = await openConsole('admin', { path: '/console/operations' });
	await page.getByRole('heading', { name: 'Pools, last five minutes' }).waitFor();
	await page.getByRole('button', { name: /What to do: Database/ }).click();
	await page.getByRole('dialog', { name: 'What to do' }).getByText('the database does not answer').waitFor();
	await page.keyboard.press('Escape');
	execFileSync(`${top}dev`, ['down', 'api'], { stdio: 'ignore' });
	await page.locator('[role="alert"]').first().waitFor();
	assert.ok(await page.getByRole('heading', { name: 'Pools, last five minutes' }).isVisible(), 'what was seen stays');
	execFileSync(`${top}dev`, ['up', 'api'], { stdio: 'ignore' });
	await page.locator('[role="alert"]').first().waitFor({ state: 'detached' });
	await page.context().close();
});

await test('a customer’s page shows what was bought, here and of a former system', async () => {
	const { access } = await signIn('admin@haat.test');
	const customer = (await call('GET', '/users?search=customer@haat.test', { token: access })).body.results[0];
	const id = `018e0e14ada07${tag.slice(-3)}8${tag.slice(-15)}`, number = `WEB-${tag}`;
	sql(`INSERT INTO imported_orders (id, number, user_id, status, currency, item_count, subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor, refunded_minor, placed_at)
		VALUES (x'${id}', '${number}', UNHEX('${customer.id.replaceAll('-', '')}'), 'completed', 'USD', 2, 4500, 200, 500, 0, 4800, 0, '2024-03-05 10:07:00')`);
	sql(`INSERT INTO imported_lines (order_id, position, sku, name, quantity, currency, unit_price_minor, discount_minor, tax_minor, total_minor) VALUES (x'${id}', 0, 'CUP-1', 'Cup <b>', 2, 'USD', 2250, 200, 0, 4300)`);
	sql(`INSERT INTO imported_payments (number, order_id, provider, status, amount_minor, refunded_minor, currency, paid_at) VALUES ('P-${tag}', x'${id}', 'Card', 'succeeded', 4800, 0, 'USD', '2024-03-05 10:08:00')`);
	const page = await openConsole('admin', { path: `/console/users/${customer.id}` });
	const former = page.getByRole('region', { name: 'Orders of a former system' });
	await former.getByText('$48.00').first().waitFor();
	await expectAccessible(page);
	await screenshot(page, 'console-customer');
	await former.getByRole('link', { name: number }).click();
	await page.getByRole('heading', { name: number }).waitFor();
	await page.getByText('Cup <b>').waitFor();
	await page.getByRole('region', { name: 'Payments' }).getByText('Card').waitFor();
	assert.equal(await page.getByRole('main').getByRole('button').count(), 0, 'nothing can be done with it');
	await expectAccessible(page);
	await screenshot(page, 'console-imported-order');
	await page.goto(`${shop}/console/imported-orders?customer=${customer.id}`);
	await page.getByRole('link', { name: number }).waitFor();
	assert.deepEqual(page.complaints, []);
	await page.context().close();
	sql(`DELETE FROM imported_orders WHERE id = x'${id}'`);
});

await test('rights that may be given are those the API names', async () => {
	const { access } = await signIn('admin@haat.test');
	const known = (await call('GET', '/permissions', { token: access })).body;
	const warehouse = (await call('GET', '/users?search=warehouse@haat.test', { token: access })).body.results[0];
	const page = await openConsole('admin', { path: `/console/users/${warehouse.id}` });
	const marks = page.getByRole('group', { name: 'Permissions' });
	await marks.getByLabel('payment:refund').waitFor();
	assert.deepEqual((await marks.locator('label').allInnerTexts()).map((one) => one.trim()), known.permissions.filter((one) => one.staff).map((one) => one.name));
	await page.getByText('The role grants: inventory:write, order:read_all, order:fulfil.').waitFor();
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await closeBrowser();
finish();
