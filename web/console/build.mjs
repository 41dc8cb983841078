// Builds the console: build.mjs SOURCE DOCUMENT OUT, where node_modules stands in the current directory.
// The types are made from the document of the API and everything is checked with them; the bundle's files have names with a digest of
// what they hold, and lie packed beside, for nginx to send; index.html is what /console answers.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const [source, document, out] = process.argv.slice(2).map((path) => resolve(path));
const work = resolve('work');
const fail = (text) => { console.error(`console: ${text}`); process.exit(1); };
const run = (program, ...given) => {
	const { status, error } = spawnSync(program, given, { stdio: 'inherit' });
	if (status !== 0) fail(`${program} failed${error ? `: ${error.message}` : ''}`);
};

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
for (const part of ['src', 'words', 'tsconfig.json', 'console.css', 'index.html']) cpSync(join(source, part), join(work, part), { recursive: true });
symlinkSync(resolve('node_modules'), join(work, 'node_modules'));
writeFileSync(join(work, 'src/calls.ts'), execFileSync(process.execPath, [join(source, 'types.mjs'), document], { maxBuffer: 1 << 27 }));

// Each language has each message, with the same parts to fill in.
const languages = ['en', 'bn', 'hi'];
const parts = (message) => JSON.stringify([...new Set(JSON.stringify(message).match(/\{\w+\}/g) ?? [])].sort());
for (const area of new Set(readdirSync(join(work, 'words')).map((name) => name.split('.')[0]))) {
	const [english, ...others] = languages.map((language) => {
		const file = join(work, 'words', `${area}.${language}.json`);
		return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : fail(`there is no words/${area}.${language}.json`);
	});
	others.forEach((other, i) => {
		for (const key of new Set([...Object.keys(english), ...Object.keys(other)])) {
			if (!(key in other) || !(key in english)) fail(`words/${area}: '${key}' is not in each language (${languages[i + 1]})`);
			if (parts(english[key]) !== parts(other[key])) fail(`words/${area}.${languages[i + 1]}: '${key}' has other parts to fill in than in English`);
		}
	});
}

// What the operator's handbook says to do, by its anchors: "| <a id="NAME"></a>what is seen | what to do |".
const handbook = readFileSync(join(source, '../../docs/OPERATIONS.md'), 'utf8');
const paragraphs = [...handbook.matchAll(/^\| <a id="([a-z-]+)"><\/a>(.*?) \| (.*) \|$/gm)].map(([, name, seen, act]) => [name, [seen, act].map((text) => text.replaceAll('\\|', '|'))]);
if (paragraphs.length === 0) fail('docs/OPERATIONS.md has no paragraph with an anchor');
writeFileSync(join(work, 'src/runbook.json'), JSON.stringify(Object.fromEntries(paragraphs)));

// The storefront's colours and measures: what stands above its first rule of an element.
const shopStyle = readFileSync(join(source, '../assets/shop.css'), 'utf8');
writeFileSync(join(work, 'look.css'), shopStyle.slice(0, shopStyle.indexOf('\n* {') + 1));

run(process.execPath, join('node_modules', 'typescript', 'bin', 'tsc'), '-p', work);
rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, 'assets'), { recursive: true });
const meta = join(work, 'meta.json');
run('esbuild', join(work, 'src/main.tsx'), join(work, 'console.css'), '--bundle', '--minify', '--splitting', '--format=esm', '--target=es2022',
	'--jsx=automatic', '--jsx-import-source=preact', '--charset=utf8', '--log-level=warning', `--metafile=${meta}`, '--entry-names=[name].[hash]',
	'--chunk-names=[name].[hash]', `--outbase=${work}`, `--outdir=${join(out, 'assets')}`, '--legal-comments=none');

const built = readdirSync(join(out, 'assets'));
const named = (start, end) => built.find((name) => name.startsWith(start) && name.endsWith(end)) ?? fail(`esbuild made no '${start}…${end}'`);
// What the first screen needs comes beside the first script, not behind it.
const { outputs } = JSON.parse(readFileSync(meta, 'utf8'));
const first = Object.entries(outputs).find(([name]) => name.endsWith(`/${named('main.', '.js')}`))[1];
const beside = first.imports.filter((one) => one.kind === 'import-statement').map((one) => one.path.split('/').pop());
writeFileSync(join(out, 'index.html'), readFileSync(join(work, 'index.html'), 'utf8')
	.replace('@style@', named('console.', '.css')).replace('@script@', named('main.', '.js'))
	.replace('@beside@', beside.map((name) => `<link rel="modulepreload" href="/console/assets/${name}">`).join('\n\t')));
mkdirSync(join(out, 'licences'), { recursive: true });
copyFileSync(join('node_modules', 'preact', 'LICENSE'), join(out, 'licences', 'preact.txt'));

for (const name of built) {
	const file = join(out, 'assets', name), bytes = readFileSync(file);
	writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
	writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}
