// What every peer's tests share: where the shop is, its secrets, counting, and the last line with the sum.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const port = Number(process.env.HAAT_PORT ?? 8443);

export const top = new URL('../..', import.meta.url).pathname;
export const shop = `https://localhost:${port}`;
export const runDirectory = process.env.HAAT_RUN;
export const buildDirectory = process.env.HAAT_BUILD;

export function secret(name) {
	return readFileSync(`${runDirectory}/secrets/${name}`, 'utf8').trim();
}

let passed = 0;
let failed = 0;

// One test: it fails when it throws.  HAAT_TEST=word runs only those with the word in their names.
export async function test(name, body) {
	if (!name.includes(process.env.HAAT_TEST ?? '')) return;
	try {
		await body();
		passed++;
		console.log(`  ${name} ... passed`);
	} catch (error) {
		failed++;
		console.log(`  ${name} ... FAILED\n    ${String(error.stack ?? error).replaceAll('\n', '\n    ')}`);
	}
}

// The last line; then the process ends whatever is still open.
export function finish() {
	console.log(`${passed} passed, ${failed} failed, 0 skipped`);
	process.exit(failed > 0 || passed === 0 ? 1 : 0);
}

// One call of the API: { status, headers, body }, the body read as JSON when it is.
export async function call(method, path, options) {
	return callAnywhere(method, `/api/v1${path}`, options);
}

// The same, of a path that begins at the root of the shop.
export async function callAnywhere(method, path, { token, headers = {}, body } = {}) {
	const given = { ...headers };
	if (token !== undefined) given.Authorization = `Bearer ${token}`;
	if (body !== undefined && given['Content-Type'] === undefined) given['Content-Type'] = 'application/json';
	const answer = await fetch(`${shop}${path}`, {
		method,
		headers: given,
		body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
	});
	const text = await answer.text();
	let json;
	try {
		json = JSON.parse(text);
	} catch {
		json = undefined;
	}
	return { status: answer.status, headers: answer.headers, body: json, text };
}

// The answer is the one error shape with that status and code.
export function assertProblem(answer, status, code) {
	assert.equal(answer.status, status, answer.text);
	assert.equal(answer.body?.code, code, answer.text);
	assert.equal(answer.body.error, true);
	assert.equal(answer.body.status_code, status);
}

// Signs a demo customer in: { access, refresh, session_id, user }.
export async function signIn(email = 'customer@haat.test', password = 'Haat-demo-2026!') {
	const answer = await call('POST', '/accounts/login', { body: { email, password } });
	assert.equal(answer.status, 200, answer.text);
	return answer.body;
}

// Starts a part of the shop anew with other settings ({ HAAT_MAIL_PORT: '25' }); {}: with its own.
export function restart(part, settings) {
	for (const verb of ['down', 'up']) {
		const { status, stdout, stderr } = spawnSync('./dev', [verb, part], { cwd: top, env: { ...process.env, ...settings }, encoding: 'utf8' });
		assert.equal(status, 0, stdout + stderr);
	}
}

// Waits for what must come true within so many seconds: what it gave then.
export async function until(condition, what, seconds = 30) {
	const end = Date.now() + 1000 * seconds;
	for (;;) {
		const found = await condition();
		if (found) return found;
		assert.ok(Date.now() < end, `${what} within ${seconds} s`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}
