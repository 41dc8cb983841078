// What we serve of pictures and films, looked at by file, exiftool and vipsheader: from nginx, from a stand-in of S3 that checks each
// signature with aws4, and from one of Cloudinary that checks them as its documentation says.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import aws4 from 'aws4';
import { call, finish, restart, shop, signIn, test, until } from './suite.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'haat-media-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const seller = await signIn('shop@haat.test');
const [category] = (await call('GET', '/categories')).body.results;

// --- what is sent ------------------------------------------------------------------------------------------------------------

// A camera's picture, lying on its side, with a place, a name and a thumbnail: { bytes, width, height } of the upright one.
function photograph(width, height) {
	const file = path.join(folder, 'photograph.jpg');
	const inside = path.join(folder, 'inside.jpg');
	execFileSync('vips', ['gaussnoise', inside, '160', '120']);
	execFileSync('vips', ['gaussnoise', file, String(height), String(width)]);
	execFileSync('exiftool', ['-q', '-overwrite_original', '-Orientation#=6', '-Make=Haatcam', '-SerialNumber=SN-4711', '-GPSLatitude=23.7806',
		'-GPSLatitudeRef=N', '-GPSLongitude=90.2794', '-GPSLongitudeRef=E', '-XMP:Creator=Owner', '-IPTC:City=Dhaka', `-ThumbnailImage<=${inside}`, file]);
	assert.equal(read(file)['EXIF:Make'], 'Haatcam');
	return { bytes: readFileSync(file), width, height };
}

const box = (name, body) => Buffer.concat([Buffer.from([0, 0, 0, 0].map((_, i) => ((8 + body.length) >>> (24 - 8 * i)) & 255)), Buffer.from(name), body]);

// So large that libcurl asks before it sends.
function film() {
	return Buffer.concat([box('ftyp', Buffer.from('isom\0\0\x02\0isom', 'latin1')), box('moov', Buffer.concat([box('trak', box('mdia', Buffer.alloc(0))), box('udta', box('meta', Buffer.from('+23.7806+090.2794')))])),
		box('mdat', Buffer.from(`${Date.now()}`.repeat(100000)))]);
}

async function upload(bytes, type) {
	const form = new FormData();
	form.append('files', new Blob([bytes], { type }), 'any');
	const answer = await fetch(`${shop}/api/v1/media`, { method: 'POST', headers: { Authorization: `Bearer ${seller.access}` }, body: form });
	const body = await answer.json();
	assert.equal(answer.status, 201, JSON.stringify(body));
	return body.results[0].id;
}

let number = 0;

// A product that shows them, once they are ready: { id, images }.
async function productWith(ids) {
	const made = await call('POST', '/products', { token: seller.access, body: { name: `Peers ${Date.now()} ${++number}`, description: 'Made for a test.',
		category_id: category.id, price: '5.00', status: 'published', images: ids.map((id) => ({ id })),
		variants: [{ sku: `PEERS-${Date.now()}-${number}`, on_hand: 1 }] } });
	assert.equal(made.status, 201, made.text);
	let { images } = made.body;
	await until(async () => {
		({ images } = (await call('GET', `/products/${made.body.id}`)).body);
		return images.every((image) => image.url !== null);
	}, 'the pictures are ready');
	return { id: made.body.id, images };
}

// --- what is served ----------------------------------------------------------------------------------------------------------

function read(file) {
	return JSON.parse(execFileSync('exiftool', ['-json', '-G', file], { encoding: 'utf8' }))[0];
}

async function get(url) {
	const answer = await fetch(url.startsWith('/') ? shop + url : url);
	assert.equal(answer.status, 200, url);
	assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable', url);
	return { type: answer.headers.get('content-type'), bytes: Buffer.from(await answer.arrayBuffer()) };
}

// What is told of the file itself, and what libvips writes into each WebP: its own, with nothing of what was sent.
const own = new RegExp('^(SourceFile|(ExifTool|File|JFIF|RIFF):.*|Composite:(ImageSize|Megapixels)|EXIF:(Orientation|[XY]Resolution|ResolutionUnit|' +
	'YCbCrPositioning|ExifVersion|ComponentsConfiguration|FlashpixVersion|ColorSpace|ExifImage(Width|Height)))$');

// Its type and size are what is said, and it tells nothing else.
async function look({ url, type, width }, proportion) {
	const served = await get(url);
	const file = path.join(folder, 'served');
	writeFileSync(file, served.bytes);
	assert.equal(served.type, type);
	assert.equal(execFileSync('file', ['--brief', '--mime-type', file], { encoding: 'utf8' }).trim(), type);
	const told = read(file);
	assert.deepEqual(Object.keys(told).filter((name) => !own.test(name)), [], url);
	assert.equal(told['EXIF:Orientation'] ?? 'Horizontal (normal)', 'Horizontal (normal)');
	const side = (name) => Number(execFileSync('vipsheader', ['-f', name, file], { encoding: 'utf8' }));
	assert.equal(side('width'), width);
	assert.ok(Math.abs(side('height') - width * proportion) <= 1, `${url}: height`);
}

async function lookAtAll(image, { width, height }) {
	assert.deepEqual(image.sizes.map((size) => `${size.width} ${size.type}`), [160, 480, width].filter((w) => w <= width).flatMap((w) => [`${w} image/webp`, `${w} image/jpeg`]));
	assert.equal(image.url, image.sizes.at(-1).url);
	assert.equal(image.type, 'image/jpeg');
	assert.deepEqual([image.width, image.height], [width, height]);
	for (const size of image.sizes) await look(size, height / width);
}

async function lookAtFilm(image) {
	const served = await get(image.url);
	assert.equal(served.type, 'video/mp4');
	assert.ok(served.bytes.length > 1 << 20);
	assert.equal(served.bytes.indexOf('23.7806'), -1);
	assert.equal(image.sizes.length, 0);
}

await test('nginx serves a photograph upright, in its sizes, and nothing that the camera wrote', async () => {
	const sent = photograph(500, 700);
	const { images } = await productWith([await upload(sent.bytes, 'image/jpeg')]);
	await lookAtAll(images[0], sent);
	assert.equal(images[0].public_id, null);
});

// --- the stores --------------------------------------------------------------------------------------------------------------

// A server that answers by `answerTo`, but tells the first so many calls that there are too many, every second of them nothing:
// { port, objects, busy, faults }.
async function serve(answerTo) {
	const server = { objects: new Map(), busy: 0, faults: [] };
	const http = createServer((message, answer) => {
		const pieces = [];
		message.on('data', (piece) => pieces.push(piece));
		message.on('end', async () => {
			const body = Buffer.concat(pieces);
			if (message.method === 'GET') return answerTo.get(server, message, answer);
			if (server.busy > 0) return server.busy-- % 2 === 0 ? answer.writeHead(503).end('<Error><Code>SlowDown</Code></Error>') : undefined;
			const fault = await answerTo.call(server, message, body, answer);
			if (fault === undefined) return undefined;
			server.faults.push(fault);
			return answer.writeHead(403).end(`<Error><Code>${fault}</Code></Error>`);
		});
	});
	await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
	server.port = http.address().port;
	server.close = () => { http.closeAllConnections(); http.close(); };
	return server;
}

function give(server, key, answer) {
	const object = server.objects.get(key);
	if (object === undefined) answer.writeHead(404).end();
	else answer.writeHead(200, { 'Content-Type': object.type, 'Cache-Control': object.cache }).end(object.bytes);
}

// Pictures go there and come from there, and with their last use they are gone.
async function goesAround(server, settings, publicIdIn) {
	restart('jobs', { HAAT_MEDIA_TIMEOUT_MS: '1500', HAAT_PAYMENTS_CIRCUIT_OPEN_SECONDS: '1', ...settings });
	const sent = photograph(150, 210);
	const product = await productWith([await upload(sent.bytes, 'image/jpeg'), await upload(film(), 'video/mp4')]);
	await lookAtAll(product.images[0], sent);
	await lookAtFilm(product.images[1]);
	for (const image of product.images) assert.ok(publicIdIn(image.url).startsWith(image.public_id), `${image.public_id} in ${image.url}`);
	assert.equal(server.objects.size, 3);
	const emptied = await call('PATCH', `/products/${product.id}`, { token: seller.access, body: { images: [] } });
	assert.equal(emptied.status, 200, emptied.text);
	await until(() => server.objects.size === 0, 'the files are removed');
	assert.deepEqual(server.faults, []);
	assert.equal(server.busy, 0);
	server.close();
}

const s3 = { accessKeyId: 'AKIDPEERS', secretAccessKey: 'peers/secret+of=S3', region: 'ap-south-1', bucket: 'haat-media' };

// What is wrong with the signature of a call, by aws4, or with what it must have signed.
function signatureFault(message, body) {
	const said = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/[^,]+, SignedHeaders=([^,]+), Signature=[0-9a-f]{64}$/.exec(message.headers.authorization);
	if (said === null || said[1] !== s3.accessKeyId) return 'AccessDenied';
	const names = said[2].split(';');
	if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => names.includes(name)) || !names.every((name) => message.headers[name] !== undefined)) return 'SignatureDoesNotMatch';
	if (message.headers['x-amz-content-sha256'] !== createHash('sha256').update(body).digest('hex')) return 'XAmzContentSHA256Mismatch';
	const signer = new aws4.RequestSigner({ method: message.method, path: message.url, service: 's3', region: s3.region, host: message.headers.host,
		headers: Object.fromEntries(names.map((name) => [name, message.headers[name]])) }, s3);
	signer.datetime = message.headers['x-amz-date'];
	return signer.sign().headers.Authorization === message.headers.authorization ? undefined : 'SignatureDoesNotMatch';
}

function keepInS3(server, message, body, answer) {
	const fault = signatureFault(message, body);
	if (fault !== undefined) return fault;
	if (message.headers['transfer-encoding'] !== undefined) return 'NotImplemented';
	if (message.method === 'DELETE') {
		server.objects.delete(message.url);
		answer.writeHead(204).end();
	} else {
		server.objects.set(message.url, { bytes: body, type: message.headers['content-type'], cache: message.headers['cache-control'] });
		answer.writeHead(200, { ETag: `"${createHash('md5').update(body).digest('hex')}"` }).end();
	}
	return undefined;
}

await test('S3: aws4 finds each call signed, and what is stored is served, and removed', async () => {
	const server = await serve({ call: keepInS3, get: (self, message, answer) => give(self, message.url, answer) });
	assert.equal((await fetch(`http://127.0.0.1:${server.port}/x`, { method: 'DELETE' })).status, 403);
	Object.assign(server, { busy: 2, faults: [] });
	await goesAround(server, { HAAT_MEDIA_STORE: 's3', HAAT_MEDIA_S3_BUCKET: s3.bucket, HAAT_MEDIA_S3_REGION: s3.region, HAAT_MEDIA_S3_ACCESS_KEY_ID: s3.accessKeyId,
		HAAT_MEDIA_S3_SECRET_ACCESS_KEY: s3.secretAccessKey, HAAT_MEDIA_S3_BASE_URL: `http://127.0.0.1:${server.port}` },
	(url) => url.replace(`http://127.0.0.1:${server.port}/${s3.bucket}/`, ''));
});

const cloud = { name: 'haat-peers', key: '123456789012345', secret: 'cloud-secret' };

const hashOf = (text) => createHash('sha256').update(text + cloud.secret).digest('hex');

function cloudinaryFault(fields) {
	const signed = Object.entries(fields).filter(([name]) => !['file', 'api_key', 'signature'].includes(name)).sort(([a], [b]) => (a < b ? -1 : 1));
	if (fields.api_key !== cloud.key || Math.abs(fields.timestamp - Date.now() / 1000) > 3600) return 'Invalid api_key';
	return hashOf(signed.map(([name, value]) => `${name}=${value}`).join('&')) === fields.signature ? undefined : 'Invalid Signature';
}

async function keepInCloudinary(server, message, body, answer) {
	const [, version, name, kind, action] = message.url.split('/');
	const form = await new Response(body, { headers: { 'Content-Type': message.headers['content-type'] } }).formData();
	const fields = Object.fromEntries(form);
	const fault = version !== 'v1_1' || name !== cloud.name ? 'cloud_name mismatch' : cloudinaryFault(fields);
	if (fault !== undefined) return fault;
	const key = `${kind}/${fields.public_id}`;
	const json = (value) => answer.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
	if (action === 'destroy') {
		json({ result: server.objects.delete(key) ? 'ok' : 'not found' });
	} else {
		server.objects.set(key, { bytes: Buffer.from(await fields.file.arrayBuffer()), type: fields.file.type, cache: 'public, max-age=31536000, immutable' });
		json({ public_id: fields.public_id, version: 1767323045, signature: hashOf(`public_id=${fields.public_id}&version=1767323045`), resource_type: kind });
	}
	return undefined;
}

await test('Cloudinary: each call is signed, and what is stored is served, and removed', async () => {
	const server = await serve({ call: keepInCloudinary,
		get: (self, message, answer) => give(self, message.url.replace(/^\/cdn\/(image|video)\/upload\/v1\/(.*)\.[a-z0-9]+$/, '$1/$2'), answer) });
	await goesAround(server, { HAAT_MEDIA_STORE: 'cloudinary', HAAT_MEDIA_CLOUDINARY_CLOUD_NAME: cloud.name, HAAT_MEDIA_CLOUDINARY_API_KEY: cloud.key,
		HAAT_MEDIA_CLOUDINARY_API_SECRET: cloud.secret, HAAT_MEDIA_CLOUDINARY_SIGNATURE: 'sha256', HAAT_MEDIA_CLOUDINARY_BASE_URL: `http://127.0.0.1:${server.port}`,
		HAAT_MEDIA_PUBLIC_URL: `http://127.0.0.1:${server.port}/cdn` },
	(url) => url.replace(/^.*\/upload\/v1\//, ''));
});

restart('jobs', {});
finish();
