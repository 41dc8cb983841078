// The API document against @redocly/cli and ajv: no rule broken, and every example keeps its own schema.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { call, callAnywhere, finish, shop, signIn, test } from './suite.mjs';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const answer = await call('GET', '/openapi.json');
const text = answer.text;
const api = answer.body;

await test('the document is served as JSON', async () => {
	assert.equal(answer.status, 200);
	assert.match(answer.headers.get('content-type'), /^application\/json/);
	assert.equal(api.openapi, '3.1.0');
	assert.ok(Object.keys(api.paths).length > 0);
});

await test('redocly finds nothing', async () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'haat-document-'));
	const file = path.join(folder, 'openapi.json');
	writeFileSync(file, text);
	const cli = path.join(path.dirname(createRequire(import.meta.url).resolve('@redocly/cli/package.json')), 'bin/cli.js');
	const run = spawnSync(process.execPath, [cli, 'lint', '--config', path.join(here, 'redocly.yaml'), '--format', 'json', file],
		{ encoding: 'utf8', env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', CI: 'true' } });
	rmSync(folder, { recursive: true });
	const report = JSON.parse(run.stdout);
	const says = report.problems.map((problem) => `${problem.severity} ${problem.ruleId}: ${problem.message} (${
		problem.location.map((location) => location.pointer).join(' ')})`);
	assert.deepEqual(says.slice(0, 40), []);
	assert.equal(run.status, 0, run.stderr);
});

// ajv reads the whole document as one schema, so that "#/components/schemas/X" leads where it should.
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: 'https://haat.test/openapi.json', ...api });

function* jsonPlaces() {
	for (const [route, item] of Object.entries(api.paths))
		for (const [method, operation] of Object.entries(item)) {
			const places = [['body', operation.requestBody], ...Object.entries(operation.responses)];
			for (const [name, place] of places) {
				const media = place?.content?.['application/json'];
				if (media !== undefined) yield [`${method} ${route} ${name}`, media];
			}
		}
}

function validator(schema) {
	assert.match(schema.$ref, /^#\/components\/schemas\/[A-Za-z0-9]+$/);
	return ajv.getSchema(`https://haat.test/openapi.json${schema.$ref}`);
}

await test('every schema is one that ajv can compile', async () => {
	for (const name of Object.keys(api.components.schemas))
		assert.equal(typeof validator({ $ref: `#/components/schemas/${name}` }), 'function', name);
});

await test('every example keeps its schema', async () => {
	let examples = 0;
	for (const [where, media] of jsonPlaces()) {
		if (media.example === undefined) continue;
		const validate = validator(media.schema);
		examples++;
		assert.ok(validate(media.example), `${where}: ${ajv.errorsText(validate.errors)} ${JSON.stringify(media.example)}`);
	}
	assert.ok(examples > 0);
});

await test('every body and every success has an example', async () => {
	for (const [where, media] of jsonPlaces())
		assert.ok(media.example !== undefined || media.schema.$ref === undefined || media.schema.$ref.endsWith('/Error'), where);
});

// Instead of redocly's operation-2xx-response, which does not know that to be sent on is a success, too.
await test('every operation can succeed', async () => {
	for (const [route, item] of Object.entries(api.paths))
		for (const [method, operation] of Object.entries(item))
			assert.ok(Object.keys(operation.responses).some((status) => /^2..$|^303$/.test(status)), `${method} ${route}`);
});

await test('a schema that is not wanted is not there', async () => {
	for (const name of Object.keys(api.components.schemas))
		assert.ok(text.includes(`"#/components/schemas/${name}"`), `nothing refers to ${name}`);
});

// --- what the schemas refuse, the shop refuses ----------------------------------------------------------------------------

const tokens = [undefined];
for (const email of ['customer@haat.test', 'shop@haat.test', 'admin@haat.test']) tokens.push((await signIn(email)).access);

function* bodyRoutes() {
	for (const [route, item] of Object.entries(api.paths))
		for (const [method, operation] of Object.entries(item)) {
			const media = operation.requestBody?.content?.['application/json'];
			if (media?.schema.$ref !== undefined)
				yield { method: method.toUpperCase(), path: route.replaceAll(/{[^}]*}/g, 'nothing'), media };
		}
}

// What is not of the API is for the shop's own pages.
function send(method, path, token, body) {
	return callAnywhere(method, path, { token, body, headers: path.startsWith('/api/') ? {} : { Origin: shop } });
}

// An account that may send a body there at all: one for whom a body of the wrong kind is what is wrong.
async function tokenFor(method, path) {
	for (const token of tokens)
		if ((await send(method, path, token, [])).status === 400) return { token };
	return undefined;
}

// The example with one member changed, left out or added; of nested objects and elements, too.
function* changes(value) {
	if (Array.isArray(value)) {
		for (const [i, element] of value.entries())
			for (const changed of changes(element)) yield value.with?.(i, changed) ?? [...value.slice(0, i), changed, ...value.slice(i + 1)];
		yield Array(1500).fill(value[0]);
	} else if (value !== null && typeof value === 'object') {
		yield { ...value, surely_unknown: 1 };
		for (const [name, member] of Object.entries(value)) {
			const { [name]: _, ...rest } = value;
			yield rest;
			for (const other of [null, 0, -1, 1.5, 1e300, '', 'x', 'x'.repeat(70000), true, [], {}, [null], { a: null }])
				yield { ...value, [name]: other };
			for (const changed of changes(member)) yield { ...value, [name]: changed };
		}
	}
}

await test('a body that breaks its schema is refused', async () => {
	let sent = 0;
	for (const { method, path: route, media } of bodyRoutes()) {
		const who = await tokenFor(method, route);
		assert.ok(who, `nobody may send a body to ${method} ${route}`);
		const validate = validator(media.schema);
		const wrong = [...changes(media.example)].filter((body) => !validate(body));
		for (let i = 0; i < wrong.length; i += 16)
			await Promise.all(wrong.slice(i, i + 16).map(async (body) => {
				const got = await send(method, route, who.token, body);
				sent++;
				assert.ok(got.status === 400 && got.body?.code === 'validation_failed',
					`${method} ${route} answered ${got.status} ${got.text.slice(0, 300)} to ${JSON.stringify(body).slice(0, 300)}`);
			}));
	}
	assert.ok(sent > 500, `only ${sent} bodies were sent`);
	console.log(`  (${sent} bodies)`);
});

finish();
