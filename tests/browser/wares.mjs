// Goods with pictures, for those who look at pages: the seeded ones have none.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { call, shop, until } from '../peers/suite.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'haat-wares-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

// Grainy clouds in one tint, as many bytes as a photograph: the same for the same number.
export function drawPicture(number) {
	const [clouds, grain, grey, file] = ['clouds.v', 'grain.v', 'grey.v', 'picture.jpg'].map((name) => path.join(folder, name));
	const tint = [0, 1, 2].map((band) => 70 + (number * 37 + band * 53) % 90).join(' '), seed = ['--seed', String(number + 1)];

	execFileSync('vips', ['perlin', clouds, '1200', '1200', '--cell-size', '20', '--uchar', ...seed]);
	execFileSync('vips', ['gaussnoise', grain, '1200', '1200', '--sigma', '14', '--mean', '0', ...seed]);
	execFileSync('vips', ['add', clouds, grain, grey]);
	execFileSync('vips', ['linear', grey, `${file}[Q=85]`, '0.4 0.36 0.32', tint, '--uchar']);
	return readFileSync(file);
}

// Sends a picture; the product that names it waits for its sizes.
export async function upload(seller, bytes, name) {
	const form = new FormData();
	form.append('files', new Blob([bytes], { type: 'image/jpeg' }), `${name}.jpg`);
	const answer = await fetch(`${shop}/api/v1/media`, { method: 'POST', headers: { Authorization: `Bearer ${seller.access}` }, body: form });
	const body = await answer.json();
	assert.equal(answer.status, 201, JSON.stringify(body));
	return body.results[0].id;
}

async function made(session, address, body) {
	const answer = await call('POST', address, { token: session.access, body });
	assert.equal(answer.status, 201, answer.text);
	return answer.body;
}

// The category of that slug with so many products, each with a picture; made at the first call, found at the next.
export async function stockShelf(admin, seller, { slug, name, count, describe }) {
	const found = await call('GET', `/categories/${slug}`);
	const category = found.status === 200 ? found.body : await made(admin, '/categories', { name, slug });
	const shelf = async () => (await call('GET', `/products?category=${slug}&limit=100&ordering=created_at`)).body.results;
	const there = (await shelf()).length;

	for (let i = there; i < count; i++) {
		const picture = await upload(seller, drawPicture(i), `${slug}-${i}`);
		await made(seller, '/products', { category_id: category.id, status: 'published', ...describe(i, picture) });
	}
	const products = await shelf();
	// Those of the demo shop may come before.
	for (const { slug: one } of products)
		await until(async () => (await call('GET', `/products/${one}`)).body.images.every(({ url }) => url !== null), `the picture of '${one}' is ready`, 300);
	return { category, products };
}
