// Our mail against smtp-server, which judges how we speak with it, and mailparser, which reads what we have said.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { buildDirectory, call, finish, restart, runDirectory, signIn, test, top, until } from './suite.mjs';

const ca = `${runDirectory}/tls/ca.pem`;
const tls = { key: readFileSync(`${runDirectory}/tls/server.key`), cert: readFileSync(`${runDirectory}/tls/server.pem`) };
const settings = { HAAT_MAIL_HOST: 'localhost', HAAT_MAIL_TLS: 'starttls', HAAT_MAIL_CA_FILE: ca, HAAT_MAIL_FROM: 'shop@haat.test',
	HAAT_MAIL_RETRY_SECONDS: '1', HAAT_MAIL_TIMEOUT_MS: '5000' };

// The environment without what is said to ./dev alone, which the programs would take for settings.
function environment(more) {
	const own = /^HAAT_(BUFFER_POOL|MARIADB_OPTIONS|PRODUCTS|ORDERS|CONFIGURE|HOSTS)$/;
	return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name))), ...more };
}

// A server that keeps what it takes; a function of `options` answers in place of the server's own.
async function serve(options = {}) {
	const taken = [];
	const seen = [];
	const server = new SMTPServer({ ...tls, logger: false, authOptional: true, disabledCommands: [], ...options,
		onData(stream, session, done) {
			const chunks = [];
			stream.on('data', (chunk) => chunks.push(chunk));
			stream.on('end', () => {
				const raw = Buffer.concat(chunks);
				const letter = { raw, session, from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map((to) => to.address) };
				seen.push(letter);
				const refusal = options.refuse?.(letter, seen.length);
				if (refusal === undefined) taken.push(letter);
				done(refusal);
			});
		} });
	server.on('error', () => {});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { taken, seen, port: String(server.server.address().port), close: () => new Promise((resolve) => server.close(resolve)) };
}

function refusal(code, text) {
	return Object.assign(new Error(text), { responseCode: code });
}

// haatctl mail test: { status, output }.  It runs while the server answers, so not spawnSync.
async function sendTest(server, more = {}, address = 'amina@example.test') {
	const { spawn } = await import('node:child_process');
	const child = spawn(`${buildDirectory}/src/haatctl`, ['--config', `${runDirectory}/haat.conf`, 'mail', 'test', address],
		{ env: environment({ ...settings, HAAT_MAIL_PORT: server.port, ...more }) });
	let output = '';
	child.stdout.on('data', (chunk) => output += chunk);
	child.stderr.on('data', (chunk) => output += chunk);
	const status = await new Promise((resolve) => child.on('close', resolve));
	return { status, output };
}

// --- how we speak with it ----------------------------------------------------------------------------------------------------

await test('STARTTLS, and what mailparser reads', async () => {
	const server = await serve();
	const { status, output } = await sendTest(server);
	assert.equal(status, 0, output);
	assert.equal(server.taken.length, 1);
	const [letter] = server.taken;
	assert.ok(letter.session.secure);
	assert.equal(letter.session.hostNameAppearsAs, 'haat.test');
	assert.equal(letter.from, 'shop@haat.test');
	assert.deepEqual(letter.to, ['amina@example.test']);
	const mail = await simpleParser(letter.raw);
	assert.equal(mail.subject, 'Test of the mail server');
	assert.equal(mail.from.value[0].address, 'shop@haat.test');
	assert.equal(mail.from.value[0].name, 'haat');
	assert.equal(mail.to.text, 'amina@example.test');
	assert.match(mail.messageId, /^<mail\.[0-9a-f-]{36}@haat\.test>$/);
	assert.ok(output.includes(mail.messageId));
	assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
	assert.ok(Math.abs(mail.date - Date.now()) < 60000);
	assert.ok(mail.text.startsWith('This letter was sent by haatctl on behalf of https://localhost'));
	assert.ok(mail.html.includes('<p>This letter was sent by haatctl'));
	await server.close();
});

await test('TLS from the first byte', async () => {
	const server = await serve({ secure: true });
	const { status, output } = await sendTest(server, { HAAT_MAIL_TLS: 'tls' });
	assert.equal(status, 0, output);
	assert.equal(server.taken.length, 1);
	await server.close();
});

await test('a certificate of nobody we trust, or of another host, is refused', async () => {
	for (const secure of [false, true]) {
		const server = await serve({ secure });
		const mode = { HAAT_MAIL_TLS: secure ? 'tls' : 'starttls' };
		for (const more of [{ HAAT_MAIL_CA_FILE: '' }, { HAAT_MAIL_CA_FILE: '/etc/ssl/certs/ca-certificates.crt' }]) {
			const { status, output } = await sendTest(server, { ...mode, ...more });
			assert.equal(status, 1, output);
			assert.match(output, /^no letter can be sent: /);
		}
		await server.close();
	}
	const elsewhere = await serve({ secure: true, ...tls });
	const { status, output } = await sendTest(elsewhere, { HAAT_MAIL_TLS: 'tls', HAAT_MAIL_HOST: 'ip6-localhost' });
	assert.equal(status, 1, output);
	assert.equal(elsewhere.taken.length, 0);
	await elsewhere.close();
});

await test('a server without TLS is told nothing', async () => {
	const server = await serve({ hideSTARTTLS: true, allowInsecureAuth: true, onAuth: () => assert.fail('a password in the clear') });
	const { status, output } = await sendTest(server, { HAAT_MAIL_USERNAME: 'haat', HAAT_MAIL_PASSWORD: 'secret' });
	assert.equal(status, 1, output);
	assert.equal(server.seen.length, 0);
	await server.close();
});

await test('AUTH by each of its mechanisms, and with the wrong password', async () => {
	for (const method of ['PLAIN', 'LOGIN', 'CRAM-MD5']) {
		const server = await serve({ authOptional: false, authMethods: [method],
			onAuth(auth, session, done) {
				const right = auth.method === 'CRAM-MD5' ? auth.validatePassword('päss w%rd') : auth.password === 'päss w%rd';
				done(right && auth.username === 'haat@shop' ? null : new Error('no'), right ? { user: auth.username } : undefined);
			} });
		const login = { HAAT_MAIL_USERNAME: 'haat@shop', HAAT_MAIL_PASSWORD: 'päss w%rd' };
		const right = await sendTest(server, login);
		assert.equal(right.status, 0, `${method}: ${right.output}`);
		assert.equal(server.taken[0].session.user, 'haat@shop');
		const wrong = await sendTest(server, { ...login, HAAT_MAIL_PASSWORD: 'wrong' });
		assert.equal(wrong.status, 1);
		assert.match(wrong.output, /^no letter can be sent: 535 .*at AUTH/);
		const none = await sendTest(server);
		assert.match(none.output, /^no letter can be sent: 530 .*at MAIL/);
		assert.equal(server.taken.length, 1);
		await server.close();
	}
});

await test('4xx and 5xx at each step', async () => {
	const recipients = await serve({ onRcptTo: (to, session, done) =>
		done(to.address.startsWith('full') ? refusal(452, 'full') : to.address.startsWith('gone') ? refusal(550, 'no such user') : undefined) });
	assert.match((await sendTest(recipients, {}, 'full@example.test')).output, /^the server wants it later: 452.* at RCPT/);
	assert.match((await sendTest(recipients, {}, 'gone@example.test')).output, /^the server refuses it: 550.* at RCPT/);
	assert.equal((await sendTest(recipients, {}, 'here@example.test')).status, 0);
	await recipients.close();
	const senders = await serve({ onMailFrom: (from, session, done) => done(refusal(553, 'not yours')) });
	assert.match((await sendTest(senders)).output, /^no letter can be sent: 553.* at MAIL/); // it is about us, not about this letter
	await senders.close();
	const small = await serve({ size: 300 });
	assert.match((await sendTest(small)).output, /^the server refuses it: 552.* at MAIL/);
	await small.close();
	const late = await serve({ refuse: () => refusal(451, 'later') });
	assert.match((await sendTest(late)).output, /^the server wants it later: 451.* at end of data/);
	await late.close();
	const closing = await serve({ onConnect: (session, done) => done(refusal(421, 'closing')) });
	assert.match((await sendTest(closing)).output, /^no letter can be sent: 421/);
	await closing.close();
});

// --- the shop's letters ------------------------------------------------------------------------------------------------------

const restartJobs = (more) => restart('jobs', more);

let number = 0;
const admin = await signIn('admin@haat.test');

// A shop that the staff makes active: its owner is told.  { email, name, shopName }.
async function verifiedShop(name = 'Amina Khatun', shopName = 'Bells') {
	const unique = `${Date.now()}${++number}`;
	const email = `owner.${unique}@people.test`;
	const made = await call('POST', '/accounts/register/shopkeeper', { body: { email, phone: `+880${unique.slice(-10).replace(/^0/, '1')}`,
		password: 'Haat-demo-2026!', password_confirm: 'Haat-demo-2026!', full_name: name, shop_name: shopName,
		business_type: 'individual', business_id: `BIN-${unique}` } });
	assert.equal(made.status, 201, made.text);
	const activated = await call('POST', `/merchants/${made.body.merchant.id}/activate`, { token: admin.access });
	assert.equal(activated.status, 200, activated.text);
	return { email, name, shopName };
}

// What came to the address, but for the letter that verifies it, which each new account brings.
const verifies = `=?UTF-8?B?${Buffer.from('Verify your e-mail').toString('base64')}`; // where the shop's name is not ASCII
const isVerification = (letter) => ['Verify your e-mail', verifies].some((subject) => letter.raw.includes(`\r\nSubject: ${subject}`));
const to = (server, email) => server.seen.filter((letter) => letter.to[0] === email && !isVerification(letter));
const idOf = async (letter) => (await simpleParser(letter.raw)).messageId;

await test('letters of the shop: any name is read as it was written, no line is too long', async () => {
	const server = await serve();
	restartJobs({ ...settings, HAAT_MAIL_PORT: server.port, HAAT_MAIL_FROM_NAME: 'Bazar "ঢাকা"', HAAT_MAIL_REPLY_TO: 'help@haat.test' });
	const shops = [await verifiedShop('আমিনা খাতুন', '<b>“Bells” & Söhne</b>'), await verifiedShop('O\'Neil, "Amy" <a@b.test>', '=?UTF-8?B?QmNj?='),
		await verifiedShop('N'.repeat(150), '€'.repeat(150))];
	for (const shop of shops) {
		await until(() => to(server, shop.email).length === 1, `a letter to ${shop.email}`);
		const [letter] = to(server, shop.email);
		const mail = await simpleParser(letter.raw);
		assert.equal(mail.from.value[0].name, 'Bazar "ঢাকা"');
		assert.equal(mail.replyTo.text, 'help@haat.test');
		assert.deepEqual(mail.to.value, [{ address: shop.email, name: shop.name }]);
		assert.equal(mail.subject, `${shop.shopName} is open on Bazar "ঢাকা"`);
		assert.ok(mail.text.includes(`We have verified your shop ${shop.shopName}.`));
		const escaped = shop.shopName.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
		assert.ok(mail.html.includes(`<strong>${escaped}</strong>`), mail.html);
		for (const line of letter.raw.toString('latin1').split('\r\n')) assert.ok(line.length <= 998 && !/[\r\n]/.test(line));
	}
	await server.close();
});

// A new customer, signed in: { email, token }.
async function newCustomer() {
	const unique = `${Date.now()}${++number}`;
	const email = `customer.${unique}@people.test`;
	const made = await call('POST', '/accounts/register/customer', { body: { email, phone: `+880${unique.slice(-10).replace(/^0/, '1')}`,
		password: 'Haat-demo-2026!', password_confirm: 'Haat-demo-2026!', full_name: 'Amina Khatun' } });
	assert.equal(made.status, 201, made.text);
	return { email, token: (await signIn(email)).access };
}

await test('news says how to end it, and its one click does', async () => {
	const server = await serve();
	restartJobs({ ...settings, HAAT_MAIL_PORT: server.port });
	const { email, token } = await newCustomer();
	const { body: { results: [category] } } = await call('GET', '/categories');
	const goods = await call('POST', '/products', { token: (await signIn('shop@haat.test')).access, body: { name: 'Brass bell', description: 'x',
		category_id: category.id, price: '3.00', status: 'published', variants: [{ sku: `W-${Date.now()}`, on_hand: 0 }] } });
	assert.equal(goods.status, 201, goods.text);
	assert.equal((await call('PUT', `/wishlist/${goods.body.id}`, { token })).status, 204);
	const stocked = await call('POST', `/inventory/${goods.body.variants[0].id}/adjustments`,
		{ token: admin.access, body: { delta: 2, reason: 'count' } });
	assert.equal(stocked.status, 200, stocked.text);
	await until(() => to(server, email).length === 1, 'the letter came');
	const mail = await simpleParser(to(server, email)[0].raw);
	assert.equal(mail.subject, 'Brass bell is back in stock');
	const { unsubscribe, 'unsubscribe-post': post } = mail.headers.get('list');
	assert.equal(post.name, 'List-Unsubscribe=One-Click');
	assert.match(unsubscribe.url, /^https:/);
	assert.ok(mail.html.includes(`<a href="${unsubscribe.url}">`));
	const form = new FormData();
	form.append('List-Unsubscribe', 'One-Click');
	const answer = await fetch(unsubscribe.url, { method: 'POST', body: form, redirect: 'error' });
	assert.equal(answer.status, 200);
	assert.equal((await call('GET', '/accounts/me', { token })).body.news, false);
	await server.close();
});

await test('an order: what mailparser reads of its lines, for the customer and for the seller', async () => {
	const server = await serve();
	restartJobs({ ...settings, HAAT_MAIL_PORT: server.port });
	const seller = await verifiedShop();
	const name = '<i>ঘণ্টা</i> & “bell”';
	const { body: { results: [category] } } = await call('GET', '/categories');
	const goods = await call('POST', '/products', { token: (await signIn(seller.email)).access, body: { name, description: 'x',
		category_id: category.id, price: '12.50', status: 'published', options: [{ name: 'size', values: ['<L>'] }], variants: [{ sku: `B-${Date.now()}`, on_hand: 2, options: { size: '<L>' } }] } });
	assert.equal(goods.status, 201, goods.text);
	const customer = await newCustomer();
	const address = await call('POST', '/addresses', { token: customer.token, body: { kind: 'shipping', full_name: 'Amina Khatun',
		phone: '+8801712345678', line1: '1 Road', city: 'Dhaka', postal_code: '1205', country: 'BD' } });
	assert.equal(address.status, 201, address.text);
	const order = await call('POST', '/orders', { token: customer.token, body: { shipping_address_id: address.body.id,
		shipping_method: 'standard', items: [{ variant_id: goods.body.variants[0].id, quantity: 2 }] } });
	assert.equal(order.status, 201, order.text);
	const payment = await call('POST', '/payments', { token: customer.token, body: { order_id: order.body.id, provider: 'cod' } });
	assert.equal(payment.status, 201, payment.text);
	const confirmed = await call('POST', `/payments/${payment.body.reference}/confirm`, { token: admin.access, body: {} });
	assert.equal(confirmed.status, 200, confirmed.text);
	const letter = async (email, subject) => {
		const found = async () => (await Promise.all(to(server, email).map((one) => simpleParser(one.raw)))).find((mail) => mail.subject === subject);
		await until(async () => await found() !== undefined, subject);
		return found();
	};
	const { number: orderNumber, total } = order.body;
	const mails = [await letter(customer.email, `Your order ${orderNumber} is confirmed`),
		await letter(seller.email, `New order ${orderNumber} for ${seller.shopName}, paid on delivery`), await letter(seller.email, `${name} is sold out`)];
	for (const mail of mails) {
		assert.ok(mail.text.includes(`${name} (size: <L>, `), mail.text);
		assert.ok(mail.html.includes('&lt;i&gt;ঘণ্টা&lt;/i&gt; &amp; “bell”') && !mail.html.includes('<i>'), mail.html);
		assert.equal(mail.headers.get('list'), undefined);
	}
	assert.match(mails[0].text, /^2 x .*: 25\.00 USD$/m);
	assert.match(mails[0].text, new RegExp(`^Total: ${total.replace('.', '\\.')} USD$`, 'm'));
	assert.match(mails[1].text, /^Goods: 25\.00 USD$/m);
	assert.ok(!/^Shipping:/m.test(mails[1].text) && !mails[1].text.includes('1 Road') && !mails[1].text.includes(customer.email));
	await server.close();
});

await test('own templates are laid over; wrong ones are told of and not taken', async () => {
	const server = await serve();
	const own = mkdtempSync(`${runDirectory}/own-mail-`);
	const laidOver = { ...settings, HAAT_MAIL_PORT: server.port, HAAT_MAIL_OWN_TEMPLATES: own };
	const log = () => readFileSync(`${runDirectory}/log/jobs.log`, 'utf8');
	const write = (content) => writeFileSync(`${own}/en/merchant-active.txt`, content);
	const read = async (shop) => {
		await until(() => to(server, shop.email).length === 1, 'the letter came');
		return simpleParser(to(server, shop.email)[0].raw);
	};
	mkdirSync(`${own}/en`);
	write('Welcome {{shop_name}}\n');
	restartJobs(laidOver);
	const first = await read(await verifiedShop());
	assert.equal(first.text, 'Welcome Bells');
	assert.ok(first.html.includes('We have verified your shop'));
	write('Welcome {{shop_nam}}\n');
	const before = log().length;
	process.kill(Number(readFileSync(`${runDirectory}/pid/jobs`, 'utf8').split(' ')[0]), 'SIGHUP');
	await until(() => log().slice(before).includes('keeping the previous one'), 'it is logged');
	assert.ok(log().slice(before).includes("MerchantActive has no member 'shop_nam'"));
	assert.equal((await read(await verifiedShop())).text, 'Welcome Bells');
	const started = spawnSync(`${buildDirectory}/src/haat-jobs`, ['--config', `${runDirectory}/haat.conf`],
		{ env: environment(laidOver), encoding: 'utf8', timeout: 10000 });
	assert.equal(started.status, 3);
	assert.match(started.stderr, /^haat-jobs cannot start:\nmail templates: .*en\/merchant-active.txt' line 1: /);
	rmSync(own, { recursive: true });
	await server.close();
});

await test('4xx, 4xx, then taken: the same letter each time', async () => {
	const times = new Map();
	const server = await serve({ refuse: (letter) => {
		if (isVerification(letter)) return undefined;
		times.set(letter.to[0], (times.get(letter.to[0]) ?? 0) + 1);
		return times.get(letter.to[0]) < 3 ? refusal(451, 'try again') : undefined;
	} });
	restartJobs({ ...settings, HAAT_MAIL_PORT: server.port });
	const shop = await verifiedShop();
	await until(() => server.taken.some((letter) => letter.to[0] === shop.email && !isVerification(letter)), 'the letter is taken');
	const letters = to(server, shop.email);
	assert.equal(letters.length, 3);
	for (const letter of letters) assert.deepEqual(letter.raw, letters[0].raw);
	await server.close();
});

await test('5xx is a dead letter at once, which is replayed as the same letter', async () => {
	let refuses = true;
	const server = await serve({ refuse: (letter) => refuses && letter.to[0].startsWith('owner.') && !isVerification(letter) ? refusal(554, 'no') : undefined });
	const ctl = (...words) => spawnSync('./dev', ['ctl', ...words], { cwd: top, env: process.env, encoding: 'utf8' }).stdout;
	restartJobs({ ...settings, HAAT_MAIL_PORT: server.port });
	const shop = await verifiedShop();
	await until(() => to(server, shop.email).length === 1, 'the letter was refused');
	const id = /^<mail\.(.*)@/.exec(await idOf(to(server, shop.email)[0]))[1];
	await until(() => ctl('mail', 'list', 'dead').includes(id), 'it is a dead letter');
	assert.match(ctl('mail', 'list'), new RegExp(`^${id}  dead +merchant-active .* 554.* at end of data`, 'm'));
	// As `haatctl dlq` has it: nothing of the reader in it.
	const dead = ctl('dlq', 'list').split('\n').filter((line) => line.includes('send_letter') && line.includes('554'));
	assert.ok(dead.length >= 1);
	assert.ok(dead[0].includes('1 of 3 attempts') && !dead[0].includes('@'), dead[0]);
	refuses = false;
	for (const line of dead) ctl('dlq', 'replay', line.slice(0, 36));
	await until(() => to(server, shop.email).length === 2, 'it is taken');
	assert.deepEqual(to(server, shop.email)[1].raw, to(server, shop.email)[0].raw);
	await until(() => ctl('mail', 'list', 'sent').includes(id), 'it counts as sent');
	await server.close();
});

restartJobs({});
finish();
