// Our templates against mustache's own engine, byte for byte: templates made at random, every name of which is there.  Its `escape`
// is set to ours.  Where the specification and mustache differ (a dotted name whose first part is found in a section that lacks the
// rest) ours follows the specification by refusing the template; none of those is made here.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import mustache from 'mustache';
import { buildDirectory, finish, test } from './suite.mjs';

const directory = mkdtempSync(`${tmpdir()}/haat-templates-`);
const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapes = { '.html': (text) => String(text).replace(/[&<>"']/g, (c) => entities[c]), '.txt': String };

// mulberry32: the same numbers every time.
let state = 20261129;
function below(bound) {
	state = (state + 0x6d2b79f5) | 0;
	let z = Math.imul(state ^ (state >>> 15), 1 | state);
	z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
	return ((z ^ (z >>> 14)) >>> 0) % bound;
}
const pick = (list) => list[below(list.length)];

// What can be named where: of the whole, of a line, of a parcel, of a text.
const scalars = ['title', 'empty', 'none', 'zero', 'seven', 'nothing', 'yes', 'no', 'amount', 'at', 'id', 'colour', 'first.name',
	'first.quantity', 'last.name', 'last.quantity'];
const kinds = {
	whole: { values: [], sections: [] },
	line: { values: ['name', 'quantity'], sections: [['name', 'text'], ['quantity', 'text']] },
	parcel: { values: ['label'], sections: [['label', 'text'], ['lines', 'line']] },
	text: { values: ['.'], sections: [['.', 'text']] },
};
const sections = [...scalars.map((name) => [name, ['yes', 'no'].includes(name) ? null : 'text']), ['first', 'line'], ['last', 'line'],
	['parcels', 'parcel'], ['no_parcels', 'parcel'], ['words', 'text']];
const blanks = ['', '', ' ', '  ', '\n', '\t', '\r\n', '\n\n'];
const ours = ['{{', '}}'];

function tag(sigil, name, [open, close] = ours) {
	return `${open}${sigil}${pick(['', ' '])}${name}${pick(['', ' '])}${close}`;
}

function value(kind, html) {
	const named = tag('', pick([...scalars, ...kinds[kind].values]));
	return html && below(3) === 0 ? `<p title="${named}">` : named;
}

function section(kind, depth, html) {
	const [name, inner] = pick([...sections, ...kinds[kind].sections]);
	const sigil = pick(['#', '#', '^']);
	const end = pick(['', '', '\n', ' \n']);
	const blank = () => (end === '' ? '' : pick(['', '  ']));
	const inside = pieces(sigil === '^' || inner === null ? kind : inner, depth + 1, html);
	return `${blank()}${tag(sigil, name)}${end}${inside}${blank()}${tag('/', name)}${end}`;
}

function piece(kind, depth, html) {
	switch (below(depth > 4 ? 6 : 10)) {
	case 0: return pick(['word', 'two words', '}}', '{ ', html ? '&amp;' : '<&>', 'é']);
	case 1: return pick(blanks);
	case 2: return tag('!', pick(['a comment', 'of two\n lines']));
	case 3: return value(kind, html);
	case 4: return below(3) > 0 ? value(kind, html)
		: `{{=<% %>=}}${tag('', pick(scalars), ['<%', '%>'])}${html ? '' : '{{title}}'}<%={{ }}=%>`;
	// A partial beside other things is indented by nobody; mustache takes blanks alone before it for an indentation.
	case 5: return below(2) === 0 ? '\n  {{> many}}\n' : 'a {{> one}}';
	default: return section(kind, depth, html);
	}
}

function pieces(kind, depth, html) {
	let text = '';
	for (let count = 1 + below(5); count > 0; count--) text += piece(kind, depth, html);
	return text;
}

const partials = {
	many: 'many {{title}}\n{{#words}}\n- {{.}}\n{{/words}}\n\nend\n',
	one: '[{{seven}}{{^no}}{{first.name}}{{/no}}]',
};
for (const [name, text] of Object.entries(partials))
	for (const ending of Object.keys(escapes))
		writeFileSync(`${directory}/${name}${ending}`, text);

// Prints all of them by ours in one run: the data, and what each printed.
function print(templates) {
	for (const [name, text] of templates) writeFileSync(`${directory}/${name}`, text);
	const lines = execFileSync(`${buildDirectory}/tests/peers/print-templates`, [directory, ...templates.map(([name]) => name)],
		{ encoding: 'utf8', maxBuffer: 1 << 28 }).trimEnd().split('\n').map((line) => JSON.parse(line));
	return { data: lines[0], printed: lines.slice(1) };
}

function compare(templates) {
	const { data, printed } = print(templates);
	let longest = 0;
	assert.equal(printed.length, templates.length);
	templates.forEach(([name, text], i) => {
		const expected = mustache.render(text, data, partials, { escape: escapes[name.slice(name.lastIndexOf('.'))] });
		assert.equal(printed[i], expected, JSON.stringify({ text, printed: printed[i], expected }));
		longest = Math.max(longest, expected.length);
	});
	assert.ok(longest > 200);
}

const count = 1500;

for (const ending of Object.keys(escapes))
	await test(`${count} templates of ${ending}, made at random`, () => {
		const templates = [];
		for (let i = 0; i < count; i++) templates.push([`t${i}${ending}`, pieces('whole', 0, ending === '.html')]);
		compare(templates);
	});

await test('a letter and a page as people write them', () => {
	compare([['letter.txt', `Hello {{title}},

{{#parcels}}
* {{label}}
{{#lines}}
  - {{quantity}} x {{name}} ({{amount}})
{{/lines}}
{{^lines}}
  empty
{{/lines}}
{{/parcels}}
  {{> many}}
{{! end }}
Bye
`], ['page.html', `<!doctype html>
<title>{{title}}</title>
<ul>
{{#parcels}}
<li class="{{colour}}">{{label}}
{{#lines}}
<b title='{{name}}'>{{name}}</b>
{{/lines}}
{{/parcels}}
</ul>
{{> many}}
{{^no_parcels}}none{{/no_parcels}}
`]]);
});

await test('what mustache refuses, ours refuses', () => {
	const wrong = ['{{#yes}}', '{{/yes}}', '{{title', '{{#yes}}{{/no}}', '{{=x}}', '{{> one'];
	for (const text of wrong) assert.throws(() => mustache.render(text, {}), Error, text);
	const { printed } = print(wrong.map((text, i) => [`wrong${i}.txt`, text]));
	for (const line of printed) assert.match(line.error, /line 1/);
});

rmSync(directory, { recursive: true });
finish();
