// What pages are to an old phone on a slow line, several turns each: a line of name, what, number and bound of each.
import { closeBrowser } from '../tests/browser/browser.mjs';
import { budgets, consoleBudgets, measureConsole, measureTurns, slowVisits } from '../tests/browser/slow.mjs';

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

const inConsole = { usable: ['orders', 'usable, ms'], choose: ['list of 200 rows', 'all selected, ms'], sort: ['list of 200 rows', 'ordered anew, ms'], open: ['list of 200 rows', 'a row opened, ms'] };
const numbers = await measureConsole({ turns, slower: 4 });
for (const [what, [list, words]] of Object.entries(inConsole))
	console.log([`console page, ${list}`, words, Math.round(numbers[what]), consoleBudgets[what]].join('|'));
await closeBrowser();
