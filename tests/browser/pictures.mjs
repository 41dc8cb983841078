// Pictures of pages beside approved ones: grey, eight by eight pixels in one, so that they are small and a letter more or less is nothing.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const cell = 8, mostHeight = 2400;
// A cell is another one from this much grey on (of 255); so large a part of all may be.
const otherFrom = 16;
export const mostOther = 0.02;

// What differs from run to run: digits, moments, what loads by itself.
function settle() {
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);

	while (texts.nextNode()) {
		const { nodeValue } = texts.currentNode;
		const settled = nodeValue.replace(/ORD-[A-Z0-9]+/g, 'ORD-0000000000').replace(/[0-9]/g, '0').replace(/[০-৯]/g, '০');
		if (settled !== nodeValue) texts.currentNode.nodeValue = settled;
	}
	document.querySelectorAll('time').forEach((time) => { time.textContent = '00 May 0000'; });
	document.querySelectorAll('input').forEach((input) => { if (/[0-9]/.test(input.value) && input.type !== 'radio') input.value = input.value.replace(/[0-9]/g, '0'); });
}

// Runs in a page of the browser, which can read pictures: the new one small and grey, and how much of it is not as approved.
async function judge({ taken, approved, cell: size, otherFrom: most }) {
	const read = async (base64, shrink) => {
		const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
		const canvas = document.createElement('canvas'), paint = canvas.getContext('2d', { willReadFrequently: true });

		canvas.width = Math.ceil(bitmap.width / shrink);
		canvas.height = Math.ceil(bitmap.height / shrink);
		paint.imageSmoothingQuality = 'high';
		paint.filter = 'grayscale(1)';
		paint.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
		return { canvas, cells: paint.getImageData(0, 0, canvas.width, canvas.height).data };
	};
	const now = await read(taken, size);
	const png = now.canvas.toDataURL('image/png').split(',')[1];
	if (approved === null) return { png, other: 1 };

	const before = await read(approved, 1);
	const width = Math.max(now.canvas.width, before.canvas.width), height = Math.max(now.canvas.height, before.canvas.height);
	const at = ({ canvas, cells }, x, y) => (x < canvas.width && y < canvas.height ? cells[4 * (y * canvas.width + x)] : -255);
	let other = 0;
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++) other += Math.abs(at(now, x, y) - at(before, x, y)) >= most;
	return { png, other: other / (width * height) };
}

// Takes a picture of the page as it is, beside the one of that file; which part of it is another one.  `approve` keeps it in its place.
export async function compare(page, judges, file, approve) {
	await page.evaluate(settle);
	const { width, height } = await page.evaluate(() => ({ width: window.innerWidth, height: document.documentElement.scrollHeight }));
	const taken = await page.screenshot({ fullPage: true, animations: 'disabled', caret: 'hide', scale: 'css',
		clip: { x: 0, y: 0, width, height: Math.min(height, mostHeight) } });
	const approved = existsSync(file) && !approve ? readFileSync(file).toString('base64') : null;
	const { png, other } = await judges.evaluate(judge, { taken: taken.toString('base64'), approved, cell, otherFrom });

	if (approve) writeFileSync(file, Buffer.from(png, 'base64'));
	return { other: approve ? 0 : other, taken };
}
