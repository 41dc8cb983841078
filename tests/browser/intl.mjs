// What our table of languages writes beside what the browser's Intl writes: a page and its script say the same.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { buildDirectory, finish, test } from '../peers/suite.mjs';
import { closeBrowser, openPage } from './browser.mjs';

const least = 10000, shown = 10;
const samples = execFileSync(`${buildDirectory}/tests/browser/locale-samples`, { encoding: 'utf8', maxBuffer: 1 << 26 })
	.trimEnd().split('\n').map((line) => line.split('\t'));
const languages = [...new Set(samples.map(([language]) => language))];
const page = await openPage();

// In the browser: what Intl writes for each sample.  Amounts have their currency's digits, which ours take from ISO 4217.
function written(samples) {
	const formats = new Map();
	const one = (kind, language, options) => {
		const key = `${kind} ${language} ${JSON.stringify(options)}`;
		if (!formats.has(key)) formats.set(key, new Intl[kind](language, options));
		return formats.get(key);
	};
	const styles = { medium: { dateStyle: 'medium' }, long: { dateStyle: 'long' }, time: { dateStyle: 'medium', timeStyle: 'short' } };
	const kinds = {
		integer: (language, number) => one('NumberFormat', language, {}).format(BigInt(number)),
		decimal: (language, number) => one('NumberFormat', language, {}).format(number),
		money: (language, currency, amount) => {
			const places = amount.split('.')[1]?.length ?? 0;
			return one('NumberFormat', language, { style: 'currency', currency, minimumFractionDigits: places, maximumFractionDigits: places })
				.format(amount);
		},
		time: (language, style, timeZone, instant) => one('DateTimeFormat', language, { ...styles[style], timeZone }).format(new Date(instant)),
		plural: (language, number) => one('PluralRules', language, {}).select(Number(number)),
		country: (language, code) => one('DisplayNames', language, { type: 'region' }).of(code),
	};
	return samples.map(([language, kind, ...values]) => kinds[kind](language, ...values.slice(0, -1)));
}

const theirs = await page.evaluate(written, samples);

for (const language of languages) {
	await test(`${language}: as the browser writes`, () => {
		const own = samples.map((sample, i) => [sample, theirs[i]]).filter(([sample]) => sample[0] === language);
		const different = own.filter(([sample, their]) => sample.at(-1) !== their);

		assert.ok(own.length >= least, `${own.length} samples`);
		assert.deepEqual(different.slice(0, shown).map(([sample, their]) => `${sample.join(' ')} | ${their}`), [],
			`${different.length} of ${own.length} differ`);
	});
	await test(`${language}: countries in the browser's order`, async () => {
		const names = samples.filter(([one, kind]) => one === language && kind === 'country').map((sample) => sample.at(-1));

		assert.deepEqual(names, await page.evaluate(([language, names]) => names.toSorted(new Intl.Collator(language).compare), [language, names]));
	});
}

await closeBrowser();
finish();
