// The webhooks of the console as staff use them: a dead letter is looked into, a colliding payload is held against the kept one, events are
// replayed one by one, as chosen and as the filter finds them, one is dropped; an endpoint is made, tested, rotated, and told again.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { call, finish, secret, shop, signIn, test, until } from '../peers/suite.mjs';
import { closeBrowser, expectAccessible, screenshot } from './browser.mjs';
import { phone, sql } from './buying.mjs';
import { openConsole, password } from './consoles.mjs';

const tag = `${Date.now()}${process.pid}`, type = `test.${tag}`;
const { access } = await signIn('admin@haat.test', password);
const audited = async (action, subject) => (await call('GET', `/audit?subject=${subject}`, { token: access })).body.results.filter((one) => one.action === action).length;

// Dead events of a type that no other program has; they concern nobody, so that a replay settles them.
let made = 0;
function die(n) {
	const rows = Array.from({ length: n }, () => {
		const event = `evt_${tag}_${++made}`, id = `${Date.now().toString(16).padStart(12, '0')}7${made.toString(16).padStart(3, '0')}8${randomBytes(8).toString('hex').slice(1)}`;
		return `(x'${id}', 'stripe', '${event}', '${type}', '{"id": "${event}", "object": "event", "type": "${type}", "data": {"object": {}}}', REPEAT('x', 32), 'dead', 5, 'the payment is not known yet')`;
	});
	sql(`INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, status, attempts, error) VALUES ${rows.join()}`);
}
const settled = (n) => until(() => sql(`SELECT COUNT(*) FROM webhook_events WHERE type = '${type}' AND status IN ('processed', 'ignored')`) === String(n), `${n} events are settled`);

function deliver(body) {
	const at = Math.floor(Date.now() / 1000), signature = createHmac('sha256', secret('stripe-webhook')).update(`${at}.${body}`).digest('hex');
	return fetch(`${shop}/api/v1/webhooks/stripe`, { method: 'POST', body, headers: { 'content-type': 'application/json', 'stripe-signature': `t=${at},v1=${signature}` } });
}

await test('an id that came again with another payload: both are held against each other', async () => {
	const event = (status, more = '') => `{"id":"evt_twice_${tag}","object":"event","type":"${type}.twice","livemode":false,"pending":1,"request":null,"api":"x","account":"y","data":{"object":{"status":"${status}"${more}}}}`;
	assert.equal((await deliver(event('open'))).status, 200);
	assert.equal((await deliver(event('won', ',"amount":"<b>7</b>"'))).status, 409);
	assert.equal((await deliver(event('lost'))).status, 409);
	const page = await openConsole('accountant', { path: `/console/webhook-events?type=${type}.twice`, options: phone });
	await page.locator('tbody a').first().click();
	const diff = page.getByRole('region', { name: 'The same id with another payload' });
	await diff.waitFor();
	assert.deepEqual(await diff.locator('del').allInnerTexts().then((lines) => lines.map((one) => one.trim())), ['−       "status": "open"']);
	assert.deepEqual(await diff.locator('ins').allInnerTexts().then((lines) => lines.map((one) => one.trim())), ['+       "status": "won",', '+       "amount": "<b>7</b>"']);
	await page.getByText(/It was received 2 times/).waitFor();
	await diff.getByText(/… \d+ lines are the same …/).waitFor();
	assert.equal(await page.getByRole('button', { name: 'Replay' }).count(), 0, 'an accountant may look and not replay');
	await expectAccessible(page);
	await screenshot(page, 'console-webhook-collision');
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('dead letters are replayed: one, those chosen, all that match; one is dropped with its reason', async () => {
	die(2);
	const page = await openConsole('admin', { path: `/console/webhook-events?status=dead&type=${type}` });
	await page.locator('tbody tr').nth(1).waitFor();
	await page.locator('tbody a').first().click();
	await page.getByRole('heading', { name: 'Payload' }).waitFor();
	const [dropped] = page.url().split('/').slice(-1);
	await page.getByRole('button', { name: 'Drop' }).click();
	await page.getByRole('dialog').getByRole('textbox').fill('paid by hand');
	await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click();
	await page.getByText('dropped: paid by hand').waitFor();
	assert.equal(await audited('webhook_event.dropped', dropped), 1);
	assert.equal(await page.getByRole('button', { name: 'Replay' }).count(), 0, 'what is dropped is not replayed');

	await page.goto(`${shop}/console/webhook-events?status=dead&type=${type}`);
	await page.locator('tbody a').first().click();
	await page.getByRole('heading', { name: 'Payload' }).waitFor();
	const [one] = page.url().split('/').slice(-1);
	await page.getByRole('button', { name: 'Replay' }).click();
	await page.getByText('1 event is replayed.').waitFor();
	await settled(1);
	assert.equal(await audited('webhook_event.replayed', one), 1);

	die(3);
	await page.goto(`${shop}/console/webhook-events?status=dead&type=${type}`);
	await page.locator('tbody tr').nth(2).waitFor();
	for (const i of [0, 1]) await page.locator('tbody tr').nth(i).getByRole('checkbox').check();
	await page.getByRole('region', { name: 'Selected rows' }).getByRole('button', { name: 'Replay' }).click();
	await page.getByRole('dialog').getByText('2 of 2').waitFor();
	await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
	await settled(3);

	// One page of 50, and more behind it: all that match are meant, wherever they stand.
	die(52);
	await page.goto(`${shop}/console/webhook-events?status=dead&type=${type}`);
	await page.locator('tbody tr').nth(49).waitFor();
	await page.getByRole('checkbox', { name: 'Select all rows of this page' }).check();
	await page.getByRole('button', { name: 'Select all that match' }).click();
	await page.getByRole('region', { name: 'Selected rows' }).getByText('53').waitFor();
	await page.getByRole('region', { name: 'Selected rows' }).getByRole('button', { name: 'Replay' }).click();
	await page.getByRole('dialog').getByText('53 of 53').waitFor();
	await settled(56);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

await test('an endpoint is made, tested, rotated, told again since a time, and disabled', async () => {
	const page = await openConsole('shop', { path: '/console/webhook-endpoints' });
	const url = `http://127.0.0.1:9/${tag}`;
	await page.getByRole('button', { name: 'New endpoint' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Address').fill(url);
	await dialog.getByLabel('Events').fill('order.placed, order.paid');
	await dialog.getByRole('button', { name: 'New endpoint' }).click();
	const shown = page.getByRole('dialog', { name: 'The secret' });
	const first = await shown.locator('pre').innerText();
	assert.match(first, /^whsec_/);
	await shown.getByRole('button', { name: 'Close' }).first().click();
	await page.getByRole('heading', { name: url }).waitFor();
	const id = page.url().split('/').pop();

	await page.getByRole('button', { name: 'Send a test' }).click();
	await page.getByText('The test is on its way').waitFor();
	await page.reload();
	await page.locator('tbody tr').first().waitFor();
	const resend = page.getByRole('button', { name: 'Resend webhook_endpoint.tested' });
	await resend.click();
	await page.getByText('It is sent again.').waitFor();
	assert.equal((await call('GET', `/webhook-endpoints/${id}/deliveries`, { token: access })).body.results.length, 2);

	await page.getByRole('button', { name: 'Rotate the secret' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Rotate the secret' }).click();
	await shown.waitFor();
	assert.notEqual(await shown.locator('pre').innerText(), first);
	await shown.getByRole('button', { name: 'Close' }).first().click();
	await page.getByText('Old secret until').waitFor();

	await page.getByRole('button', { name: 'Send again since …' }).click();
	await page.getByRole('dialog').getByLabel('Since').fill('2020-01-01T00:00');
	await page.getByRole('dialog').getByRole('button', { name: 'Send again since …' }).click();
	await page.getByText(/deliver(y is|ies are) sent again/).waitFor();
	await expectAccessible(page);
	await screenshot(page, 'console-webhook-endpoint');

	await page.getByRole('button', { name: 'Disable' }).click();
	await page.getByRole('button', { name: 'Enable' }).waitFor();
	assert.equal((await call('GET', `/webhook-endpoints/${id}`, { token: access })).body.status, 'disabled');
	await page.getByRole('button', { name: 'Delete' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
	await page.waitForURL(/webhook-endpoints$/);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

sql(`DELETE FROM webhook_events WHERE type LIKE '${type}%'`);
await closeBrowser();
finish();
