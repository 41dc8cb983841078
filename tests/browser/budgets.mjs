// What people wait for on a slow line is within its bounds.  Tests share the processors with others, so a slower one is not played
// here: ./dev bench pages does that.
import assert from 'node:assert/strict';
import { finish, shop, test } from '../peers/suite.mjs';
import { closeBrowser, openPage } from './browser.mjs';
import { measureTurns, overBudget, phone, slowVisits } from './slow.mjs';

// The best of so many: others may use the machine, but nothing makes a page faster than it is.
const turns = 3;
const best = (numbers) => Math.min(...numbers);

// How wide a picture is shown, and how wide its `sizes` say; a browser chooses by these before it has seen any style.
function saidWidths() {
	return [...document.querySelectorAll('.grid .card img[sizes], .slide img[sizes]')].map((image) => {
		const one = image.sizes.split(',').map((part) => part.trim().match(/^(?:(\(.*\)) )?(\S+)$/)).find(([, media]) => !media || matchMedia(media).matches);
		const probe = document.createElement('div');

		probe.style.inlineSize = one[2];
		document.body.append(probe);
		const said = probe.getBoundingClientRect().width;
		probe.remove();
		return { said, shown: image.getBoundingClientRect().width };
	});
}

const visits = await slowVisits(6);
await test('pictures are fetched about as wide as they are shown', async () => {
	const page = await openPage();

	for (const width of [320, 360, 412, 540, 660, 768, 900, 1024, 1280, 1600]) {
		await page.setViewportSize({ width, height: 800 });
		for (const { address } of visits.slice(0, 3)) {
			await page.goto(shop + address);
			const pictures = await page.evaluate(saidWidths);
			assert.ok(pictures.length > 0, address);
			for (const { said, shown } of pictures) assert.ok(said > shown * 0.85 && said < shown * 1.45, `${address} at ${width}: ${shown}, said to be ${said}`);
		}
	}
	await page.context().close();
});

await test('the first picture is fetched at once, those further down when they come near', async () => {
	const page = await openPage(phone);

	for (const { name, address } of visits.slice(0, 4)) {
		await page.goto(shop + address);
		const pictures = await page.locator('main img').evaluateAll((all) => all.map((one) => [one.loading, one.fetchPriority, one.getBoundingClientRect().top]));
		// Of the first page all are further down.
		if (name !== 'home page') assert.deepEqual(pictures[0].slice(0, 2), ['auto', 'high'], address);
		assert.ok(pictures.every(([loading, , top]) => loading === 'lazy' || top < 740), `${address}: ${pictures}`);
	}
	await page.context().close();
});

for (const visit of visits)
	await test(`${visit.name} on a slow line`, async () => {
		const numbers = await measureTurns(visit, { turns, slower: 1, pick: best, enough: (one) => overBudget(one).length === 0 });
		console.log(`    ${JSON.stringify(numbers)}`);
		assert.deepEqual(overBudget(numbers), []);
	});

await closeBrowser();
finish();
