// Sign-in by phone with ID tokens that jose signs as Firebase does, and as it never would; the certificates come from openssl.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import * as jose from 'jose';
import { assertProblem, call, finish, restart, runDirectory, test, until } from './suite.mjs';

const project = 'demo-project';
const issuer = `https://securetoken.google.com/${project}`;
const seconds = () => Math.floor(Date.now() / 1000);

// --- what Firebase publishes -------------------------------------------------------------------------------------------------

async function newKey(kid = randomUUID()) {
	const { privateKey, publicKey } = await jose.generateKeyPair('RS256', { extractable: true });
	const file = `${runDirectory}/firebase-of-peers.key`;
	writeFileSync(file, await jose.exportPKCS8(privateKey), { mode: 0o600 });
	const { status, stdout, stderr } = spawnSync('openssl', ['req', '-x509', '-new', '-key', file, '-days', '1', '-subj', '/CN=demo'], { encoding: 'utf8' });
	rmSync(file);
	assert.equal(status, 0, stderr);
	return { kid, privateKey, publicKey, certificate: stdout };
}

let key = await newKey();
let cacheControl = 'public, max-age=3600, must-revalidate, no-transform';
const calls = { '/certificates': 0, '/jwks': 0 };
const server = createServer(async (request, response) => {
	calls[request.url] = (calls[request.url] ?? 0) + 1;
	if (cacheControl !== undefined) response.setHeader('Cache-Control', cacheControl);
	response.end(JSON.stringify(request.url === '/certificates' ? { [key.kid]: key.certificate }
		: { keys: [{ ...await jose.exportJWK(key.publicKey), kid: key.kid, alg: 'RS256', use: 'sig' }] }));
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));

// Each folder of addresses is kept by itself.
const use = (path, settings) => restart('pay', { HAAT_AUTH_FIREBASE_PROJECT_ID: project, HAAT_AUTH_FIREBASE_ISSUER: 'https://securetoken.google.com',
	HAAT_AUTH_FIREBASE_KEYS_URL: `http://127.0.0.1:${server.address().port}${path}`, ...settings });

// --- its tokens --------------------------------------------------------------------------------------------------------------

let number = 0;
const newPhone = () => `+8801${String(Date.now()).slice(-7)}${String(++number % 100).padStart(2, '0')}`;

// As the Admin SDK finds them; `changed` replaces claims, and undefined leaves one out.
function claimsOf(phone, changed = {}) {
	const now = seconds();
	return { iss: issuer, aud: project, auth_time: now, user_id: `uid${phone}`, sub: `uid${phone}`, iat: now, exp: now + 3600, phone_number: phone,
		firebase: { identities: { phone: [phone] }, sign_in_provider: 'phone' }, ...changed };
}

const sign = (claims, head = {}, privateKey = key.privateKey) =>
	new jose.SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid, typ: 'JWT', ...head }).sign(privateKey);
const login = (token) => call('POST', '/auth/phone-login', { body: { id_token: token } });
const refused = async (token) => assertProblem(await login(await token), 401, 'id_token_invalid');
const changed = (changes) => refused(sign(claimsOf(newPhone(), changes)));

async function accepted(token) {
	const answer = await login(await token);
	assert.equal(answer.status, 200, answer.text);
	return answer.body;
}

use('/certificates', { HAAT_AUTH_KEYS_AGAIN_SECONDS: '3600' });

await test('jose and the shop agree on a good token, and many at once make one account', async () => {
	const phone = newPhone();
	const token = await sign(claimsOf(phone));
	await jose.jwtVerify(token, await jose.importX509(key.certificate, 'RS256'), { issuer, audience: project });
	const came = await Promise.all(Array.from({ length: 3 }, () => accepted(token)));
	assert.equal(came.filter(({ is_new }) => is_new).length, 1);
	for (const { user } of came) {
		assert.equal(user.id, came[0].user.id);
		assert.equal(user.phone, phone);
		assert.ok(user.phone_verified && user.email == null);
	}
	assert.equal(calls['/certificates'], 1);
});

await test('for another project', async () => {
	for (const aud of ['another', '', null, [], ['another'], `${project}x`, undefined]) await changed({ aud });
});

await test('of another issuer, a session cookie of Firebase among them', async () => {
	for (const iss of [`https://session.firebase.google.com/${project}`, 'https://securetoken.google.com/another', 'https://securetoken.google.com/',
		`https://evil.test/${project}`, project, '', null, undefined])
		await changed({ iss });
});

await test('HS256 with what is public, and no signature at all, as the emulator has it', async () => {
	const claims = claimsOf(newPhone());
	for (const secret of [key.certificate, await jose.exportSPKI(key.publicKey), project, key.kid])
		await refused(new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: key.kid }).sign(new TextEncoder().encode(secret)));
	await refused(new jose.UnsecuredJWT(claims).encode());
	const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
	for (const alg of ['none', 'None', 'HS256', 'RS256']) await refused(`${encode({ alg, kid: key.kid })}.${encode(claims)}.`);
	// HMAC under a header that says RS256.
	const input = `${encode({ alg: 'RS256', kid: key.kid })}.${encode(claims)}`;
	await refused(`${input}.${createHmac('sha256', key.certificate).update(input).digest('base64url')}`);
	for (const alg of ['RS384', 'RS512', 'PS256']) await refused(sign(claims, { alg }));
});

await test('no name of a key, and an unknown one', async () => {
	for (const kid of [undefined, '', 'another', '../certificates', null]) await refused(sign(claimsOf(newPhone()), { kid }));
	await refused(sign(claimsOf(newPhone()), {}, (await newKey()).privateKey));
	assert.equal(calls['/certificates'], 1);
});

await test('expired, of the future, or signed in too long ago', async () => {
	const now = seconds();
	for (const changes of [{ exp: now - 61 }, { exp: undefined }, { exp: 'later' }, { iat: now + 120 }, { iat: undefined }, { auth_time: now + 120 },
		{ auth_time: now - 320 }, { auth_time: undefined }])
		await changed(changes);
	await accepted(sign(claimsOf(newPhone(), { auth_time: now - 200 })));
});

await test('of nobody', async () => {
	for (const sub of ['', undefined, null, 7, 'x'.repeat(129)]) await changed({ sub });
	await accepted(sign(claimsOf(newPhone(), { sub: `${Date.now()}`.padEnd(128, 'x') })));
});

await test('of somebody who has not shown the number now', async () => {
	for (const sign_in_provider of ['password', 'google.com', 'custom', 'anonymous', '', undefined, 1, ['phone']]) await changed({ firebase: { sign_in_provider } });
	for (const firebase of [undefined, null, 'phone', []]) await changed({ firebase });
	for (const phone_number of [undefined, '', null, '12345', '01712345678', '+88017123456789012', 8801712345678]) await changed({ phone_number });
});

await test('changed after it was signed, or cut', async () => {
	const [head, payload, signature] = (await sign(claimsOf(newPhone()))).split('.');
	const other = Buffer.from(JSON.stringify(claimsOf(newPhone()))).toString('base64url');
	for (const token of [`${head}.${other}.${signature}`, `${head}.${payload}.`, `${head}.${payload}`, `${head}.${payload}.${signature}.`,
		`${head}.${payload}.${signature}=`, `${head}.${payload}.${signature.slice(0, -4)}`, `${payload}.${payload}.${signature}`, '..'])
		await refused(token);
});

await test('new certificates: asked for in time, and at most once in it', async () => {
	const old = key, before = calls['/certificates'], again = 2;
	key = await newKey();
	await refused(sign(claimsOf(newPhone())));
	assert.equal(calls['/certificates'], before);
	use('/certificates', { HAAT_AUTH_KEYS_AGAIN_SECONDS: String(again) });
	await until(async () => (await login(await sign(claimsOf(newPhone())))).status === 200, 'the new certificate counts');
	const count = calls['/certificates'], from = seconds();
	for (let i = 0; i < 6; i++)
		await Promise.all(Array.from({ length: 3 }, () => refused(sign(claimsOf(newPhone()), { kid: old.kid }, old.privateKey))));
	const most = Math.floor((seconds() - from) / again) + 1;
	assert.ok(calls['/certificates'] - count <= most, `${calls['/certificates'] - count} calls, at most ${most}`);
});

await test('keys as a JSON Web Key Set, which does not say how long it may be kept: asked for each time', async () => {
	cacheControl = undefined;
	use('/jwks', {});
	for (let i = 1; i <= 3; i++) {
		await accepted(sign(claimsOf(newPhone())));
		assert.equal(calls['/jwks'], i);
	}
	await refused(sign(claimsOf(newPhone()), { kid: 'another' }));
	assert.equal(calls['/jwks'], 4);
});

restart('pay', {});
finish();
