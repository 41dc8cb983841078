// A sandbox of our own for those who import it, whose webhooks come to us: `heard`.  `outside` calls it as no provider's client does.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer } from 'node:http';
import { buildDirectory, runDirectory } from './suite.mjs';

export const heard = [];
const listener = createServer((request, response) => {
	const pieces = [];
	request.on('data', (piece) => pieces.push(piece));
	request.on('end', () => {
		heard.push({ headers: request.headers, body: Buffer.concat(pieces).toString('utf8') });
		response.end('{}');
	});
});

const listening = (server, port) => new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server.address().port)));

async function freePort() {
	const server = createServer();
	const port = await listening(server, 0);
	await new Promise((resolve) => server.close(resolve));
	return port;
}

export const sandboxPort = await freePort();
const sandbox = spawn(`${buildDirectory}/src/haat-sandbox`, ['--config', `${runDirectory}/haat.conf`], {
	stdio: ['ignore', 'ignore', openSync(`${runDirectory}/log/sandbox-of-peers.log`, 'a')],
	env: {
		...process.env,
		HAAT_SANDBOX_PORT: String(sandboxPort),
		HAAT_SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${await listening(listener, 0)}/webhooks`,
		HAAT_SANDBOX_STATE_FILE: '',
	},
});
process.on('exit', () => sandbox.kill());

export const outside = (path, body) => fetch(`http://127.0.0.1:${sandboxPort}${path}`,
	{ method: body === null ? 'GET' : 'POST', body: body === null ? undefined : JSON.stringify(body ?? {}) });

async function untilOpen() {
	for (let i = 0; i < 100; i++) {
		try {
			await outside('/sandbox/switches', null);
			return;
		} catch {
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}
	throw new Error('the sandbox does not answer');
}
await untilOpen();
