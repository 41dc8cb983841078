// What leaves the shop: Standard Webhooks' own library verifies deliveries, and aws4 signs for the stand-in of SQS what libcurl signs too.
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import aws4 from 'aws4';
import { Webhook } from 'standardwebhooks';
import { call, finish, secret, signIn, test } from './suite.mjs';

const { access } = await signIn('admin@haat.test');
const came = [];
let wake = () => {};
const receiver = createServer((message, answer) => {
	const pieces = [];
	message.on('data', (piece) => pieces.push(piece));
	message.on('end', () => {
		came.push({ headers: message.headers, body: Buffer.concat(pieces).toString('utf8') });
		answer.end('ok');
		wake();
	});
});
await new Promise((ready) => receiver.listen(0, '127.0.0.1', ready));

async function next(count) {
	const late = setTimeout(() => { throw new Error('no delivery came'); }, 30000);
	while (came.length < count) await new Promise((again) => { wake = again; });
	clearTimeout(late);
	return came[count - 1];
}

const url = `http://127.0.0.1:${receiver.address().port}/hooks`;
const made = await call('POST', '/webhook-endpoints', { token: access, body: { url, event_types: ['webhook_endpoint.disabled'] } });
assert.equal(made.status, 201, made.text);
const endpoint = `/webhook-endpoints/${made.body.id}`;

await test('standardwebhooks verifies a delivery', async () => {
	assert.equal((await call('POST', `${endpoint}/test`, { token: access })).status, 202);
	const got = await next(1);
	const said = new Webhook(made.body.secret).verify(got.body, got.headers);
	assert.equal(said.type, 'webhook_endpoint.tested');
	assert.equal(said.data.id, made.body.id);
	assert.ok(Math.abs(Date.parse(said.timestamp) - Date.now()) < 60000);
});

await test('and refuses it with another body, id or secret', () => {
	const { headers, body } = came[0];
	const ours = new Webhook(made.body.secret);
	assert.throws(() => ours.verify(`${body} `, headers));
	assert.throws(() => ours.verify(body, { ...headers, 'webhook-id': 'another' }));
	assert.throws(() => new Webhook(`whsec_${Buffer.alloc(32, 7).toString('base64')}`).verify(body, headers));
});

await test('after a rotation both secrets verify', async () => {
	const rotated = await call('POST', `${endpoint}/rotate-secret`, { token: access });
	assert.equal(rotated.status, 200, rotated.text);
	assert.equal((await call('POST', `${endpoint}/test`, { token: access })).status, 202);
	const got = await next(2);
	for (const known of [made.body.secret, rotated.body.secret]) new Webhook(known).verify(got.body, got.headers);
});
await call('DELETE', endpoint, { token: access });

const port = Number(process.env.HAAT_PORT ?? 8443) + 1;
const credentials = { accessKeyId: 'AKIDHAATSANDBOX', secretAccessKey: secret('sqs') };

function batch(id) {
	return JSON.stringify({
		QueueUrl: `http://127.0.0.1:${port}/000000000000/haat.fifo`,
		Entries: [{ Id: '0', MessageBody: '{"a":1}', MessageGroupId: 'peers', MessageDeduplicationId: id,
			MessageAttributes: { kind: { DataType: 'String', StringValue: 'peer' } } }],
	});
}

function send(signed, body) {
	return new Promise((done, fail) => {
		const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/', headers: signed.headers }, (answer) => {
			const pieces = [];
			answer.on('data', (piece) => pieces.push(piece));
			answer.on('end', () => done({ status: answer.statusCode, body: JSON.parse(Buffer.concat(pieces).toString('utf8')) }));
		});
		sent.on('error', fail);
		sent.end(body);
	});
}

function sign(body, with_ = credentials, service = 'sqs') {
	return aws4.sign({ host: `127.0.0.1:${port}`, method: 'POST', path: '/', service, region: 'us-east-1', body,
		headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': 'AmazonSQS.SendMessageBatch' } }, with_);
}

await test('the stand-in takes what aws4 signs, as it takes what libcurl signs', async () => {
	const body = batch(`peer-${process.pid}-${Date.now()}`);
	const answer = await send(sign(body), body);
	assert.equal(answer.status, 200, JSON.stringify(answer.body));
	assert.equal(answer.body.Successful.length, 1);
});

await test('and nothing that was signed otherwise', async () => {
	const body = batch('never');
	for (const [signed, sent] of [[sign(body), batch('other')], [sign(body, { ...credentials, secretAccessKey: 'x' }), body],
		[sign(body, credentials, 'sns'), body], [{ headers: { 'Content-Type': 'application/x-amz-json-1.0' } }, body]]) {
		const answer = await send(signed, sent);
		assert.equal(answer.status, 403, JSON.stringify(answer.body));
	}
});

receiver.close();
finish();
