// Access tokens against jose: it reads ours with the shop's secret, and the shop refuses every one that jose forges.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import * as jose from 'jose';
import { assertProblem, call, finish, secret, signIn, test } from './suite.mjs';

const shopSecret = secret('jwt');
const key = new TextEncoder().encode(shopSecret);
const login = await signIn();
const ours = await jose.jwtVerify(login.access, key);
const header = ours.protectedHeader;
const claims = ours.payload;
const now = Math.floor(Date.now() / 1000);

const sign = (payload, head = header, secretKey = key) => new jose.SignJWT(payload).setProtectedHeader(head).sign(secretKey);
const me = (token) => call('GET', '/accounts/me', { token });
const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const refused = async (token) => assertProblem(await me(token), 401, 'unauthenticated');

// Signed as a careless library would: any header, any bytes for a payload.
function signRaw(head, payload, hash = 'sha256', secretKey = shopSecret) {
	const input = `${encode(head)}.${encode(payload)}`;
	return `${input}.${createHmac(hash, secretKey).update(input).digest('base64url')}`;
}

await test('jose verifies our token and finds every claim', async () => {
	assert.deepEqual(Object.keys(header).sort(), ['alg', 'kid', 'typ']);
	assert.equal(header.alg, 'HS256');
	assert.equal(header.typ, 'JWT');
	assert.deepEqual(Object.keys(claims).sort(),
		['aud', 'email_verified', 'exp', 'iat', 'iss', 'jti', 'name', 'phone_verified', 'role', 'sid', 'sub']);
	assert.equal(claims.sub, login.user.id);
	assert.equal(claims.sid, login.session_id);
	assert.equal(claims.role, 'customer');
	assert.equal(typeof claims.name, 'string');
	assert.equal(typeof claims.email_verified, 'boolean');
	assert.equal(typeof claims.phone_verified, 'boolean');
	assert.match(claims.jti, /^[0-9a-f-]{36}$/);
	assert.ok(Math.abs(claims.iat - now) < 60 && claims.exp > now);
	await jose.jwtVerify(login.access, key, { issuer: claims.iss, audience: claims.aud, algorithms: ['HS256'], typ: 'JWT' });
});

await test('jose refuses our token with another secret', async () => {
	await assert.rejects(jose.jwtVerify(login.access, new TextEncoder().encode(`${shopSecret}x`)),
		jose.errors.JWSSignatureVerificationFailed);
});

await test('our token opens the door', async () => {
	const answer = await me(login.access);
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.body.id, login.user.id);
});

await test("jose's token with the same header and claims opens it too", async () => {
	const answer = await me(await sign(claims));
	assert.equal(answer.status, 200, answer.text);
});

await test('no token at all', async () => refused(undefined));

await test('alg none', async () => {
	await refused(new jose.UnsecuredJWT(claims).encode());
	await refused(`${encode({ ...header, alg: 'none' })}.${encode(claims)}.`);
	await refused(`${encode({ ...header, alg: 'None' })}.${encode(claims)}.${login.access.split('.')[2]}`);
});

await test('HS512 and HS384 with the right secret', async () => {
	for (const alg of ['HS512', 'HS384'])
		await refused(await sign(claims, { ...header, alg }));
});

await test('RS256 in the header, signed as HMAC with a public key or with our secret', async () => {
	const { publicKey, privateKey } = await jose.generateKeyPair('RS256', { extractable: true });
	const pem = await jose.exportSPKI(publicKey);
	await refused(signRaw({ ...header, alg: 'RS256' }, claims, 'sha256', pem));
	await refused(signRaw({ ...header, alg: 'RS256' }, claims));
	await refused(signRaw(header, claims, 'sha256', pem));
	await refused(await sign(claims, { ...header, alg: 'RS256' }, privateKey));
});

await test('a key that comes in the token itself', async () => {
	const other = new Uint8Array(32).fill(7);
	const jwk = { kty: 'oct', k: Buffer.from(other).toString('base64url') };
	await refused(await sign(claims, { ...header, jwk }, other));
	await refused(await sign(claims, { ...header, jku: 'https://localhost/keys.json' }, other));
});

await test('another key, another key id', async () => {
	await refused(await sign(claims, header, new Uint8Array(32)));
	await refused(await sign(claims, { ...header, kid: 'other' }));
	await refused(await sign(claims, { ...header, kid: '../../dev/null' }));
	await refused(await sign(claims, { alg: 'HS256', typ: 'JWT' }));
});

await test('the right secret under another form of header', async () => {
	await refused(signRaw(`{"alg":"HS256","kid":"${header.kid}","typ":"JWT","alg":"none"}`, claims));
	await refused(signRaw({ ...header, crit: ['x'], x: 1 }, claims));
	await refused(signRaw({ ...header, typ: 'at+jwt' }, claims));
	await refused(signRaw(` ${JSON.stringify(header)}`, claims));
});

await test('expired, by a second too', async () => {
	assertProblem(await me(await sign({ ...claims, iat: now - 7200, exp: now - 3600 })), 401, 'token_expired');
	assertProblem(await me(await sign({ ...claims, iat: now - 7200, exp: now - 1 })), 401, 'token_expired');
});

await test('issued in the future', async () => {
	await refused(await sign({ ...claims, iat: now + 3600, exp: now + 7200 }));
});

await test('other issuers', async () => {
	for (const iss of ['evil', '', `${claims.iss}x`, `${claims.iss}\u0000x`, null, 1, [claims.iss]])
		await refused(await sign({ ...claims, iss }));
});

await test('other audiences', async () => {
	for (const aud of ['evil', '', [claims.aud], null, { a: claims.aud }])
		await refused(await sign({ ...claims, aud }));
});

await test('each claim left out, or of another kind', async () => {
	for (const name of Object.keys(claims)) {
		const { [name]: _, ...rest } = claims;
		await refused(signRaw(header, rest));
		await refused(signRaw(header, { ...claims, [name]: {} }));
		await refused(signRaw(header, { ...claims, [name]: null }));
	}
});

await test('a session or user that is not there', async () => {
	const nobody = '01890000-0000-7000-8000-000000000009';
	for (const changed of [{ sid: nobody }, { sub: nobody }, { sub: nobody, sid: nobody }]) {
		const answer = await me(await sign({ ...claims, ...changed }));
		assert.equal(answer.status, 401, answer.text);
		assert.ok(['unauthenticated', 'session_ended'].includes(answer.body.code), answer.text);
	}
});

await test('a role that was written in does not help', async () => {
	const answer = await call('GET', '/users', { token: await sign({ ...claims, role: 'admin' }) });
	assert.ok([401, 403].includes(answer.status), answer.text);
});

await test('a payload that was changed', async () => {
	const [head, , signature] = login.access.split('.');
	await refused(`${head}.${encode({ ...claims, role: 'admin' })}.${signature}`);
});

await test('every part cut, doubled or dressed up', async () => {
	const [head, payload, signature] = login.access.split('.');
	for (const token of ['', '.', '..', head, `${head}.${payload}`, `${head}.${payload}.`, `.${payload}.${signature}`,
		`${head}..${signature}`, `${login.access}.`, `${login.access}.x`, `${login.access}=`, `${login.access}==`,
		`${head}.${payload}=.${signature}`, login.access.slice(0, -1), ` ${payload}.${signature}`, 'x'.repeat(5000)])
		await refused(token);
});

await test('other schemes of Authorization', async () => {
	for (const value of [login.access, `Basic ${login.access}`, `Token ${login.access}`, `Bearer${login.access}`,
		`Bearer ${login.access} ${login.access}`, `Bearer ${login.access}, Bearer ${login.access}`, 'Bearer', 'Bearer '])
		assertProblem(await call('GET', '/accounts/me', { headers: { Authorization: value } }), 401, 'unauthenticated');
});

await test('after logout the token is dead though its time is not over', async () => {
	const another = await signIn();
	assert.equal((await me(another.access)).status, 200);
	const answer = await call('POST', '/accounts/logout', { token: another.access });
	assert.ok([200, 204].includes(answer.status), answer.text);
	assertProblem(await me(another.access), 401, 'session_ended');
});

finish();
