// Sign-in with Google against oidc-provider, which plays it: it judges what the shop asks, and the shop what it says; jose forges
// what it would not say.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import * as jose from 'jose';
import Provider from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import { assertProblem, call, finish, restart, secret, shop, test, until } from './suite.mjs';

const callback = `${shop}/api/v1/auth/google/callback`;
const returnUrl = `${shop}/signin`;
const clientId = 'haat-sandbox.apps.googleusercontent.com';
const clientSecret = secret('google');
const seconds = () => Math.floor(Date.now() / 1000);

// --- Google ------------------------------------------------------------------------------------------------------------------

async function newKey(kid = randomUUID()) {
	const { privateKey, publicKey } = await jose.generateKeyPair('RS256', { extractable: true });
	return { kid, privateKey, publicKey, jwk: { ...await jose.exportJWK(privateKey), kid, alg: 'RS256', use: 'sig' } };
}

const people = new Map(); // what Google knows of somebody, by its own name of them

const settings = (key) => ({
	clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [callback], response_types: ['code'],
		grant_types: ['authorization_code'], token_endpoint_auth_method: 'client_secret_post' }],
	adapter: class extends MemoryAdapter {}, // its own it warns of
	jwks: { keys: [key.jwk] },
	cookies: { keys: [randomUUID()] },
	pkce: { required: () => true },
	claims: { openid: ['sub', 'hd'], email: ['email', 'email_verified'], profile: ['name'] },
	conformIdTokenClaims: false,
	extraParams: ['hd'],
	findAccount: (context, sub) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
	ttl: { AccessToken: 600, Grant: 600, IdToken: 3600, Interaction: 600, Session: 600 },
	features: { devInteractions: { enabled: false } },
	interactions: { url: (context, { uid }) => `/login/${uid}` },
	async loadExistingGrant({ oidc }) { // nobody is asked whether they agree
		const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
		grant.addOIDCScope('openid email profile');
		await grant.save();
		return grant;
	},
});

// { issuer, key, calls, who, cacheControl, spoil, rotate }: `who` signs in (undefined: walks away); `spoil` makes another ID token of
// the claims; `calls` counts by path.
async function playGoogle(cacheControl) {
	const google = { calls: {}, cacheControl };
	let answerAsProvider;
	const server = createServer(async (request, response) => {
		const { pathname } = new URL(request.url, google.issuer);
		google.calls[pathname] = (google.calls[pathname] ?? 0) + 1;
		if (pathname.startsWith('/login/'))
			await google.provider.interactionFinished(request, response, google.who === undefined
				? { error: 'access_denied', error_description: 'the user walked away' } : { login: { accountId: google.who } });
		else
			answerAsProvider(request, response);
	});
	await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
	google.issuer = `http://127.0.0.1:${server.address().port}`;
	google.rotate = async () => {
		google.key = await newKey();
		google.provider = new Provider(google.issuer, settings(google.key));
		google.provider.use(async (context, next) => {
			await next();
			if (google.cacheControl !== undefined && ['/jwks', '/.well-known/openid-configuration'].includes(context.path))
				context.set('Cache-Control', google.cacheControl);
			if (context.path === '/token' && context.body?.id_token !== undefined && google.spoil !== undefined)
				context.body.id_token = await google.spoil(jose.decodeJwt(context.body.id_token));
		});
		answerAsProvider = google.provider.callback();
	};
	await google.rotate();
	return google;
}

const sign = (claims, key = google.key, head = {}) =>
	new jose.SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid, ...head }).sign(key.privateKey);

// --- a browser ---------------------------------------------------------------------------------------------------------------

// It keeps cookies by name alone, for one sign-in.
class Browser {
	#cookies = new Map();

	async get(url) {
		const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
		const answer = await fetch(url, { redirect: 'manual', headers: { Cookie: cookie } });
		for (const line of answer.headers.getSetCookie()) {
			const [, name, value] = /^([^=]*)=([^;]*)/.exec(line);
			if (value === '') this.#cookies.delete(name);
			else this.#cookies.set(name, value);
		}
		return { status: answer.status, headers: answer.headers, text: await answer.text(), location: answer.headers.get('location') };
	}

	// Where the shop sends it.
	async begin() {
		const answer = await this.get(`${shop}/api/v1/auth/google?return_url=${encodeURIComponent(returnUrl)}`);
		assert.equal(answer.status, 303, answer.text);
		return new URL(answer.location);
	}

	// Through Google, until that sends it back there.
	async visit(url) {
		for (let next = url; ; ) {
			const answer = await this.get(next);
			assert.ok([302, 303].includes(answer.status), `${next}: ${answer.status} ${answer.text}`);
			next = new URL(answer.location, google.issuer);
			if (next.href.startsWith(callback)) return next;
		}
	}
}

// The shop's answer to what came back; `ask` and `back` change the requests on their way.
async function comeBack({ ask = (url) => url, back = (url) => url } = {}) {
	const browser = new Browser();
	const url = await browser.begin();
	ask(url.searchParams);
	const returned = await browser.visit(url);
	back(returned.searchParams);
	const answer = await browser.get(returned);
	try {
		answer.body = JSON.parse(answer.text);
	} catch {
		answer.body = undefined;
	}
	return answer;
}

// What the page behind return_url is told.
function told(answer) {
	assert.equal(answer.status, 303, answer.text);
	assert.ok(answer.location.startsWith(`${returnUrl}?`), answer.location);
	return Object.fromEntries(new URL(answer.location).searchParams);
}

async function signIn(changes) {
	const { code, error } = told(await comeBack(changes));
	assert.equal(error, undefined);
	const answer = await call('POST', '/auth/exchange', { body: { code } });
	assert.equal(answer.status, 200, answer.text);
	return answer.body;
}

const refused = async (changes, error = 'id_token_invalid') => assert.deepEqual(told(await comeBack(changes)), { error });

// Somebody new, who signs in from now on.
function meet(more = {}) {
	const sub = String(Math.random()).slice(2);
	google.who = sub;
	people.set(sub, { email: `${sub}@haat.test`, email_verified: true, name: 'Amina Khatun', ...more });
	return people.get(sub);
}

async function forged(spoil, error) {
	google.spoil = spoil;
	try {
		await refused(undefined, error);
	} finally {
		google.spoil = undefined;
	}
}

const use = (settings) => restart('pay', { HAAT_AUTH_GOOGLE_ISSUER: google.issuer, ...settings });

// --- as it should be ---------------------------------------------------------------------------------------------------------

let google = await playGoogle('public, max-age=3600');
use({ HAAT_AUTH_KEYS_AGAIN_SECONDS: '3600' });

await test('first sign-ins at once: everybody is let in, and the keys are asked for once', async () => {
	const person = meet();
	const came = await Promise.all(Array.from({ length: 3 }, () => signIn()));
	assert.equal(came.filter(({ is_new }) => is_new).length, 1);
	for (const { user } of came) assert.equal(user.id, came[0].user.id);
	assert.equal(came[0].user.email, person.email);
	assert.equal(came[0].user.full_name, 'Amina Khatun');
	assert.ok(came[0].user.email_verified);
	assert.equal(google.calls['/jwks'], 1);
	assert.equal(google.calls['/.well-known/openid-configuration'], 1);
	assert.equal(google.calls['/token'], 3);
});

await test('who walks away is told so, and is let in the next time', async () => {
	google.who = undefined;
	await refused(undefined, 'sign_in_refused');
	meet();
	assert.ok((await signIn()).is_new);
});

// --- on the way --------------------------------------------------------------------------------------------------------------

await test('another nonce', async () => {
	await refused({ ask: (query) => query.set('nonce', 'another') });
	await refused({ ask: (query) => query.delete('nonce') });
});

await test('another state, and another issuer that answers (RFC 9207)', async () => {
	assertProblem(await comeBack({ back: (query) => query.set('state', 'another') }), 400, 'sign_in_lost');
	assertProblem(await comeBack({ ask: (query) => query.set('state', 'another') }), 400, 'sign_in_lost');
	assertProblem(await comeBack({ back: (query) => query.delete('state') }), 400, 'sign_in_lost');
	await refused({ back: (query) => query.set('iss', 'https://evil.test') }, 'sign_in_refused');
});

await test("another browser's code: Google finds that the verifier is not of it (PKCE)", async () => {
	const other = new Browser();
	const code = (await other.visit(await other.begin())).searchParams.get('code');
	await refused({ back: (query) => query.set('code', code) }, 'sign_in_refused');
	await refused({ ask: (query) => query.set('code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM') }, 'sign_in_refused');
});

// --- what Google would not say -----------------------------------------------------------------------------------------------

await test('the forger is believed when he changes nothing', async () => {
	google.spoil = (claims) => sign(claims);
	await signIn();
	google.spoil = (claims) => sign({ ...claims, aud: [clientId], azp: clientId });
	await signIn();
	google.spoil = undefined;
});

await test('for another audience', async () => {
	for (const changed of [{ aud: 'another' }, { aud: ['another'] }, { aud: [clientId, 'another'] }, { aud: [clientId, 'another'], azp: 'another' },
		{ azp: 'another' }, { aud: null }, { aud: '' }, { aud: `${clientId}x` }])
		await forged((claims) => sign({ ...claims, ...changed }));
});

await test('of another issuer', async () => {
	for (const iss of ['https://evil.test', `${google.issuer}/`, '127.0.0.1', '', null])
		await forged((claims) => sign({ ...claims, iss }));
});

await test('expired, of the future, or of no time', async () => {
	for (const changed of [{ exp: seconds() - 61 }, { iat: seconds() + 120 }, { exp: undefined }, { iat: undefined }, { exp: '4102444800' }])
		await forged((claims) => sign({ ...claims, ...changed }));
});

await test('of nobody', async () => {
	for (const sub of ['', undefined, null, 1, 'x'.repeat(256)])
		await forged((claims) => sign({ ...claims, sub }));
});

await test('an address that Google does not vouch for', async () => {
	for (const changed of [{ email_verified: false }, { email_verified: undefined }, { email_verified: 'true' }, { email: undefined }, { email: 'nobody' }])
		await forged((claims) => sign({ ...claims, ...changed }), 'sign_in_refused');
});

await test('signed by somebody else, or not at all', async () => {
	const impostor = await newKey(google.key.kid);
	await forged((claims) => sign(claims, impostor));
	await forged((claims) => sign(claims, impostor, { jwk: { ...impostor.jwk, d: undefined } }));
	await forged((claims) => sign(claims, impostor, { jku: `${google.issuer}/evil` }));
	await forged((claims) => new jose.UnsecuredJWT(claims).encode());
	await forged((claims) => new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: google.key.kid }).sign(new TextEncoder().encode(clientSecret)));
	const pem = new TextEncoder().encode(await jose.exportSPKI(google.key.publicKey));
	await forged((claims) => new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: google.key.kid }).sign(pem));
	await forged((claims) => new jose.SignJWT(claims).setProtectedHeader({ alg: 'PS256', kid: google.key.kid }).sign(google.key.privateKey));
	await forged(async (claims) => `${(await sign(claims)).slice(0, -8)}AAAAAAAA`);
	assert.equal(google.calls['/evil'], undefined);
});

await test('a key without a name', () => forged((claims) => sign(claims, google.key, { kid: undefined })));

// --- keys --------------------------------------------------------------------------------------------------------------------

await test('new keys are not asked for before their time', async () => {
	const before = google.calls['/jwks'];
	await google.rotate();
	for (let i = 0; i < 8; i++) await refused();
	assert.equal(google.calls['/jwks'], before);
});

await test('then they are, at most once in that time however often they are named', async () => {
	const again = 2;
	use({ HAAT_AUTH_KEYS_AGAIN_SECONDS: String(again) });
	await until(async () => told(await comeBack()).code !== undefined, 'the new key counts');
	const unknown = await newKey(), before = google.calls['/jwks'], from = seconds();
	google.spoil = (claims) => sign(claims, unknown);
	for (let i = 0; i < 4; i++) await Promise.all(Array.from({ length: 3 }, () => refused()));
	google.spoil = undefined;
	const most = Math.floor((seconds() - from) / again) + 1;
	assert.ok(google.calls['/jwks'] - before <= most, `${google.calls['/jwks'] - before} calls, at most ${most}`);
	await signIn();
});

await test('our credentials are refused: that is our fault, and is told as such', async () => {
	use({ HAAT_AUTH_GOOGLE_CLIENT_ID: 'another' });
	const browser = new Browser();
	const url = await browser.begin();
	url.searchParams.set('client_id', clientId);
	const answer = await browser.get(await browser.visit(url));
	assertProblem({ ...answer, body: JSON.parse(answer.text) }, 503, 'sign_in_unavailable');
	assert.ok(Number(answer.headers.get('retry-after')) > 0);
});

await test('a workspace: its accounts alone are let in', async () => {
	use({ HAAT_AUTH_GOOGLE_HOSTED_DOMAIN: 'Haat.test' });
	assert.equal((await new Browser().begin()).searchParams.get('hd'), 'Haat.test');
	for (const more of [{}, { hd: 'evil.test' }, { hd: 'haat.test.evil.test' }, { hd: '' }]) {
		meet(more);
		await refused(undefined, 'sign_in_refused');
	}
	meet({ hd: 'haat.test' });
	assert.ok((await signIn()).is_new);
});

await test('what does not say how long it may be kept is asked for each time', async () => {
	for (const cacheControl of [undefined, 'no-store, max-age=3600', 'max-age=0']) {
		google = await playGoogle(cacheControl);
		use({});
		meet();
		await signIn();
		const { '/jwks': before } = google.calls;
		await signIn();
		assert.equal(google.calls['/jwks'] - before, 1);
	}
});

restart('pay', {});
finish();
