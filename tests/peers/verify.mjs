// libhaatverify against the verifiers of others: the libraries of Stripe, Razorpay, Standard Webhooks and
// sns-payload-validator; where a provider has none (PayPal, Paystack, Flutterwave), node's own crypto as its documentation
// says.  Each judges the same 10,000 messages, good ones and such as were changed at random.
//
// What we accept they accept, and what they accept we accept, but for what is written in two ways (we say malformed) and for
// what comes from the future, which Stripe's library takes.  HAAT_SEED chooses other messages; it is printed.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign as signWith, verify as verifyWith,
	timingSafeEqual } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SnsValidator from 'sns-payload-validator';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { buildDirectory, finish, test } from './suite.mjs';

const razorpay = createRequire(import.meta.url)('razorpay/dist/utils/razorpay-utils.js');

const messages = 10000;
const seed = Number(process.env.HAAT_SEED ?? 20260102);
const now = 1900000000;
console.log(`  seed ${seed}`);

// The results of haatverify.h by name.
const results = [...readFileSync(new URL('../../src/verify/haatverify.h', import.meta.url), 'utf8')
	.match(/enum haat_verify_result \{([^}]*)\}/)[1].matchAll(/HAAT_VERIFY_([A-Z_]+)(?: = 0)?,/g)].map((match) => match[1]);
const stricter = new Set(['MALFORMED', 'MALFORMED_BODY', 'TOO_NEW']);

// --- chance ---------------------------------------------------------------------------------------------------------------

let state = seed;
function below(bound) { // mulberry32
	state = state + 0x6d2b79f5 | 0;
	let t = Math.imul(state ^ state >>> 15, 1 | state);
	t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
	return ((t ^ t >>> 14) >>> 0) % bound;
}
const pick = (list) => list[below(list.length)];
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const word = (length, from = letters) => Array.from({ length }, () => from[below(from.length)]).join('');
const bytes = (length) => Buffer.from(Array.from({ length }, () => below(256)));

const body = () => JSON.stringify({ id: `evt_${word(12)}`, type: pick(['charge.success', 'payment.captured', 'refund.processed']),
	data: { amount: below(1e9), currency: pick(['BDT', 'INR', 'NGN', 'EUR']), note: pick(['', 'টাকা ৳', 'Tést 😀', word(below(200))]) } },
null, pick([undefined, 2]));

// A change of a header, or of a body: text in, text out.
const odd = () => pick([' ', ',', ', ', '=', '.', '|', '+', '-', '_', '/', '\t', 't=', 'v1=', 'v1,', 'v1a,', '0', 'x', 'A', 'f', '"', '%00']);
function change(text) {
	const at = below(text.length + 1);
	switch (below(9)) {
	case 0: return text.slice(0, at) + text.slice(at + 1);
	case 1: return text.slice(0, at) + odd() + text.slice(at);
	case 2: return text.slice(0, at) + pick(letters) + text.slice(at + 1);
	case 3: return text.slice(0, at);
	case 4: return `${text}, ${text}`;
	case 5: return text.toUpperCase();
	case 6: return text.slice(at) + text.slice(0, at);
	case 7: return pick([` ${text}`, `${text} `, `${text},`, '']);
	default: return word(text.length);
	}
}

// Half of the messages stay as they are; of the others one part is changed, sometimes more.
function changed(parts) {
	const list = [...parts];
	if (below(2) === 0) return list;
	for (let times = pick([1, 1, 1, 2, 3]); times > 0; times--) {
		const which = below(list.length);
		list[which] = change(list[which]);
	}
	return list;
}

// --- the two judges -------------------------------------------------------------------------------------------------------

const folder = mkdtempSync(path.join(tmpdir(), 'haat-verify-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const hex = (field) => field === undefined || field === null ? '-' : Buffer.from(field).toString('hex');

function ours(lines, certificate = '/dev/null', roots = certificate) {
	const run = spawnSync(`${buildDirectory}/tests/peers/judge`, [certificate, roots],
		{ input: lines.map(([scheme, ...fields]) => `${[scheme, ...fields.map(hex)].join('\t')}\n`).join(''), maxBuffer: 1 << 28, encoding: 'utf8' });
	assert.equal(run.status, 0, run.stderr);
	const said = run.stdout.trim().split('\n').map((line) => results[Number(line)]);
	assert.equal(said.length, lines.length);
	return said;
}

// Their verdict as a boolean: an exception is a refusal.
const attempt = (judge) => {
	try {
		return judge() !== false;
	} catch {
		return false;
	}
};

function compare(lines, said, theirs) {
	const count = { accepted: 0, refused: 0, stricter: 0 };
	for (let i = 0; i < lines.length; i++) {
		const about = () => `${said[i]} here, ${theirs[i] ? 'accepted' : 'refused'} there: ${JSON.stringify(lines[i])}`;
		if (said[i] === 'OK') assert.ok(theirs[i], about());
		else if (theirs[i]) assert.ok(stricter.has(said[i]), about());
		count[said[i] === 'OK' ? 'accepted' : theirs[i] ? 'stricter' : 'refused']++;
	}
	console.log(`    ${lines.length} messages: both accept ${count.accepted}, both refuse ${count.refused}, we alone refuse ${count.stricter} as malformed or from the future`);
	assert.ok(count.accepted > messages / 5 && count.refused > messages / 6, JSON.stringify(count));
}

// Makes the messages, has both judge them, and compares.  make() gives { line, judge }.
function hold(make, certificate, roots) {
	const made = Array.from({ length: messages }, make);
	compare(made.map((one) => one.line), ours(made.map((one) => one.line), certificate, roots), made.map((one) => attempt(one.judge)));
}

const hmac = (hash, key, text, form) => createHmac(hash, key).update(text).digest(form);
const same = (a, b) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
const when = () => now - below(320) + pick([0, 0, 0, 600, -600]);

// --- HMAC -----------------------------------------------------------------------------------------------------------------

const stripe = new Stripe('sk_test_none');
await test('Stripe: stripe', async () => {
	hold(() => {
		const secret = `whsec_${word(32)}`;
		const text = body();
		const t = when();
		const digest = hmac('sha256', secret, `${t}.${text}`, 'hex');
		const header = pick([`t=${t},v1=${digest}`, `v1=${digest},t=${t}`, `t=${t},v1=${word(64, '0123456789abcdef')},v1=${digest},v0=${digest}`,
			`t=${t},v0=${digest}`, `t=${t},v1=${digest}`]);
		const [h, b, s] = changed([header, text, secret]);
		return { line: ['stripe', h, b, String(now), s], judge: () =>
			stripe.webhooks.signature.verifyHeader(b, h, s, 300, undefined, now * 1000) };
	});
});

const realNow = Date.now;
await test('Standard Webhooks: standardwebhooks', async () => {
	Date.now = () => now * 1000;
	hold(() => {
		const secret = `whsec_${bytes(24 + below(41)).toString('base64')}`;
		const [id, t, text] = [`msg_${word(20)}`, when(), body()];
		const good = new Webhook(secret).sign(id, new Date(t * 1000), text);
		const header = pick([good, `v1a,xx ${good}`, `v1,${bytes(32).toString('base64')} ${good}`, `v2,${word(9)}`, good]);
		const [i, ts, h, b] = changed([id, String(t), header, text]);
		const s = below(20) === 0 ? `whsec_${bytes(32).toString('base64')}` : secret;
		return { line: ['standard', i, ts, h, b, String(now), s], judge: () => new Webhook(s).verify(b,
			{ 'webhook-id': i, 'webhook-timestamp': ts, 'webhook-signature': h }, { jsonParse: false }) === undefined };
	});
	Date.now = realNow;
});

await test("Standard Webhooks with a public key: node's crypto", async () => {
	const keys = Array.from({ length: 8 }, () => generateKeyPairSync('ed25519'));
	const raw = (key) => key.export({ format: 'der', type: 'spki' }).subarray(-32);
	hold(() => {
		const { privateKey, publicKey } = pick(keys);
		const [id, t, text] = [`msg_${word(20)}`, when(), body()];
		const header = `v1a,${signWith(null, Buffer.from(`${id}.${t}.${text}`), privateKey).toString('base64')}`;
		const [i, ts, h, b] = changed([id, String(t), header, text]);
		return { line: ['standard', i, ts, h, b, String(now), `whpk_${raw(publicKey).toString('base64')}`], judge: () =>
			i !== '' && b !== '' && Math.abs(now - parseInt(ts, 10)) <= 300 && h.split(' ').some((one) => {
				const [version, signature, ...rest] = one.split(',');
				return version === 'v1a' && rest.length === 0 && Buffer.from(signature, 'base64').toString('base64') === signature && verifyWith(null, Buffer.from(`${i}.${ts}.${b}`), publicKey, Buffer.from(signature, 'base64'));
			}) };
	});
});

await test("the generic scheme: node's crypto", async () => {
	hold(() => {
		const [secret, t, text] = [word(20), when(), body()];
		const [h, ts, b, s] = changed([`sha256=${hmac('sha256', secret, `${t}.${text}`, 'hex')}`, String(t), text, secret]);
		return { line: ['hmac', h, ts, b, String(now), s], judge: () => b !== '' && s !== '' && Math.abs(now - Number(ts)) <= 300 &&
			same(h, `sha256=${hmac('sha256', s, `${ts}.${b}`, 'hex')}`) };
	});
});

await test('Razorpay: razorpay', async () => {
	hold(() => {
		const [secret, text] = [word(20), body()];
		const [h, b, s] = changed([hmac('sha256', secret, text, 'hex'), text, secret]);
		return { line: ['razorpay', h, b, s], judge: () => b !== '' && s !== '' && razorpay.validateWebhookSignature(b, h, s) };
	});
});

await test("Razorpay's checkout: razorpay", async () => {
	hold(() => {
		const [secret, order, payment] = [word(24), `order_${word(14)}`, `pay_${word(14)}`];
		const [o, p, h, s] = changed([order, payment, hmac('sha256', secret, `${order}|${payment}`, 'hex'), secret]);
		return { line: ['checkout', o, p, h, s], judge: () => razorpay.validatePaymentVerification({ order_id: o, payment_id: p }, h, s) };
	});
});

await test("Paystack: node's crypto", async () => {
	hold(() => {
		const [secret, text] = [`sk_test_${word(40)}`, body()];
		const [h, b, s] = changed([hmac('sha512', secret, text, 'hex'), text, secret]);
		return { line: ['paystack', h, b, 'sk_other', s], judge: () => b !== '' && s !== '' && same(h, hmac('sha512', s, b, 'hex')) };
	});
});

await test("Flutterwave v3 and v4: node's crypto", async () => {
	hold(() => {
		const [secret, text] = [word(20), body()];
		const [h, b, s] = changed([secret, text, secret]);
		return { line: ['flutterwave-v3', h, b, s], judge: () => b !== '' && s !== '' && h === s };
	});
	hold(() => {
		const [secret, text] = [word(20), body()];
		const [h, b, s] = changed([hmac('sha256', secret, text, 'base64'), text, secret]);
		return { line: ['flutterwave-v4', h, b, s], judge: () => b !== '' && s !== '' && h === hmac('sha256', s, b, 'base64') };
	});
});

// --- certificates ---------------------------------------------------------------------------------------------------------

function certificate(name) {
	const [key, file] = [path.join(folder, `${name}.key`), path.join(folder, `${name}.pem`)];
	execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3000', '-subj', `/CN=${name}`, '-keyout', key, '-out', file],
		{ stdio: 'ignore' });
	return { file, pem: readFileSync(file, 'utf8'), key: createPrivateKey(readFileSync(key)) };
}
const realSeconds = String(Math.floor(realNow() / 1000) + 60);
const originals = 400;

const table = Array.from({ length: 256 }, (_, n) => {
	for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ n >>> 1 : n >>> 1;
	return n >>> 0;
});
const crc32 = (text) => (Buffer.from(text).reduce((crc, byte) => table[(crc ^ byte) & 255] ^ crc >>> 8, 0xffffffff) ^ 0xffffffff) >>> 0;

await test("PayPal: node's crypto", async () => {
	const paypal = certificate('messageverificationcerts.sandbox.paypal.com');
	const publicKey = createPublicKey(paypal.pem);
	const webhook = word(17, 'ABCDEFGHJK0123456789');
	const signed = Array.from({ length: originals }, () => {
		const [id, time, text] = [`${word(8)}-${word(4)}-${word(12)}`, new Date((now - below(1e6)) * 1000).toISOString(), body()];
		return [id, time, signWith('sha256', Buffer.from(`${id}|${time}|${webhook}|${crc32(text)}`), paypal.key).toString('base64'),
			`https://api.sandbox.paypal.com/v1/notifications/certs/CERT-${word(8)}`, 'SHA256withRSA', webhook, text];
	});
	hold(() => {
		const [id, time, signature, url, algorithm, ours, text] = changed(pick(signed));
		return { line: ['paypal', id, time, signature, url, algorithm, ours, text, realSeconds], judge: () => text !== '' && ours !== '' &&
			algorithm === 'SHA256withRSA' && /^https:\/\/api(-m)?\.sandbox\.paypal\.com\/v1\/notifications\/certs\/[\w-]+$/.test(url) &&
			verifyWith('sha256', Buffer.from(`${id}|${time}|${ours}|${crc32(text)}`), publicKey, Buffer.from(signature, 'base64')) };
	}, paypal.file);
});

await test('Amazon SNS, versions 1 and 2: sns-payload-validator', async () => {
	const amazon = certificate('sns.amazonaws.com');
	const url = `https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-${word(32)}.pem`;
	const topic = 'arn:aws:sns:ap-southeast-1:123456789012:bpt_test';
	const fields = { Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
		SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] };
	fields.UnsubscribeConfirmation = fields.SubscriptionConfirmation;
	const signed = Array.from({ length: originals }, () => {
		const message = { Type: pick(Object.keys(fields)), MessageId: word(30), TopicArn: topic, Message: body(),
			Timestamp: new Date((now - below(1e6)) * 1000).toISOString(), SignatureVersion: pick(['1', '2']), SigningCertURL: url };
		if (message.Type !== 'Notification')
			Object.assign(message, { Token: word(64), SubscribeURL: `https://sns.ap-southeast-1.amazonaws.com/?Action=ConfirmSubscription&Token=${word(9)}` });
		else if (below(2) === 0)
			message.Subject = pick(['bKash payment', '', 'ট']);
		const canonical = fields[message.Type].filter((name) => name in message).map((name) => `${name}\n${message[name]}\n`).join('');
		message.Signature = signWith(message.SignatureVersion === '1' ? 'sha1' : 'sha256', Buffer.from(canonical), amazon.key).toString('base64');
		return message;
	});
	const validator = new SnsValidator();
	validator.certCache.set(url, amazon.pem);
	// Nothing is fetched here: another address that the pattern allows gets the same certificate.
	validator.certCache.get = () => amazon.pem;
	const lines = [];
	const theirs = [];
	for (let i = 0; i < messages; i++) {
		const message = { ...pick(signed) };
		if (below(3) === 0) { // one member
			const name = pick(Object.keys(message));
			const odds = pick([() => change(message[name]), () => change(message[name]), () => undefined, () => null, () => 5, () => ({ a: 1 })]);
			message[name] = odds();
		}
		let text = JSON.stringify(message);
		if (below(5) === 0) text = change(text);
		lines.push(['sns', text, topic, realSeconds]);
		theirs.push(await validator.validate(text).then(() => true, () => false));
	}
	compare(lines, ours(lines, amazon.file), theirs);
});

finish();
