// What pages are to an old phone on a slow line, several turns each: a line of name, what, number and bound of each.
import { closeBrowser } from '../tests/browser/browser.mjs';
import { budgets, measureTurns, slowVisits } from '../tests/browser/slow.mjs';

const turns = Number(process.argv[2] ?? 5);
const told = { paint: 'first paint, ms', largest: 'largest paint, ms', usable: 'usable, ms', blocking: 'blocked, ms', shift: 'shift',
	script: 'script, bytes packed', style: 'CSS, bytes packed' };

// An old phone takes four times as long as this machine.
for (const visit of await slowVisits(24)) {
	const { name } = visit, numbers = await measureTurns(visit, { turns, slower: 4 });

	for (const [what, words] of Object.entries(told))
		console.log([name, words, Math.round(numbers[what] * 1000) / 1000, budgets[what] ?? '-'].join('|'));
	process.stderr.write(`    ${name}: the largest is ${numbers.element}\n`);
}
await closeBrowser();
