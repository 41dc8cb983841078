// The console: its frame, its menu by what the account may do, its pages by area as they are opened.
import { Component, render, type ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Problem, addressOf, begin, call } from './api';
import { areas, isShown, works, type Area, type Me, type Page, type Pages } from './areas';
import { Palette, showKeys } from './keys';
import { rowsChoices } from './list-rows';
import { match, usePlace } from './route';
import { watchSession } from './session';
import { Heading, ProblemNote } from './ui';
import { addWords, language, languages, pick, speak, t } from './words';

const names: Record<string, string> = { en: 'English', bn: 'বাংলা', hi: 'हिन्दी' };

function Menu({ me, path, close }: { me: Me; path: string; close: () => void }) {
	const groups = areas.map((one) => ({ one, pages: one.pages.filter((page) => page.label && isShown(me, one, page)) })).filter((one) => one.pages.length > 0);
	// The entry that leads to where the reader is, or above it: the longest that the address begins with.
	const here = groups.flatMap((one) => one.pages.map((page) => `/console${page.path}`)).filter((address) => path === address || (address !== '/console' && path.startsWith(`${address}/`)))
		.sort((a, b) => b.length - a.length)[0];
	return (
		<nav class="areas" id="menu" aria-label={t('menu')}>
			{groups.map(({ one, pages }) => (
				<div key={one.name}>
					{one.name !== 'home' && <h2 id={`area-${one.name}`}>{t(`area.${one.name}`)}</h2>}
					<ul aria-labelledby={one.name === 'home' ? undefined : `area-${one.name}`}>{pages.map((page) => {
						const address = `/console${page.path}`;
						return <li key={page.path}><a href={address} aria-current={address !== here ? undefined : path === address ? 'page' : 'true'} onClick={close}>{t(page.label!)}</a></li>;
					})}</ul>
				</div>
			))}
		</nav>
	);
}

function Bar({ me, opened, toggle }: { me: Me; opened: boolean; toggle: () => void }) {
	return (
		<header class="top">
			<a class="skip" href="#page">{t('skip')}</a>
			<button type="button" class="plain burger" aria-expanded={opened} aria-controls="menu" onClick={toggle}>☰ <span>{t('menu')}</span></button>
			<a class="brand" href="/console">haat</a>
			<Palette me={me} />
			<details class="menu account">
				<summary class="button plain">{me.full_name}</summary>
				<div>
					<a href="/account">{t('account')}</a>
					<a href="/account/security">{t('security')}</a>
					<a href="/">{t('storefront')}</a>
					<button type="button" class="plain" onClick={showKeys}>{t('keys')}</button>
					<label class="field"><span>{t('language')}</span><select onChange={(event) => speak(event.currentTarget.value as typeof language)}>
						{languages.filter((one) => one in names || one === language).map((one) => <option key={one} value={one} selected={one === language}>{names[one] ?? one}</option>)}
					</select></label>
					<form method="post" action="/signout"><button type="submit" class="quiet">{t('signout')}</button></form>
				</div>
			</details>
		</header>
	);
}

/* A fault of one page does not take the rest along. */
class Fence extends Component<{ children: ComponentChildren; at: string }, { fault?: unknown; at?: string }> {
	static getDerivedStateFromError = (fault: unknown) => ({ fault });
	componentDidUpdate(before: { at: string }) {
		if (before.at !== this.props.at && this.state.fault) this.setState({ fault: undefined });
	}
	render() {
		return this.state.fault ? <><Heading text={t('problem.page')} /><ProblemNote problem={this.state.fault} again={() => location.reload()} /></> : this.props.children;
	}
}

interface Found { area: Area; page: Page; parts: Record<string, string> }

function find(path: string): Found | undefined {
	// A fixed name goes before a part that may be anything.
	const all = areas.flatMap((area) => area.pages.map((page) => ({ area, page }))).sort((a, b) => Number(a.page.path.includes(':')) - Number(b.page.path.includes(':')));
	for (const { area, page } of all) {
		const parts = match(`/console${page.path}`, path);
		if (parts) return { area, page, parts };
	}
	return undefined;
}

const loadedAreas = new Map<string, Pages>();
/* How each page of the menu was last asked for: the way back leads to the same filters. */
const listed = new Map<string, string>();

function Place({ me, path, query }: { me: Me; path: string; query: URLSearchParams }) {
	const found = useMemo(() => find(path), [path]);
	const [, setTurn] = useState(0);
	const [problem, setProblem] = useState<unknown>();
	const name = found?.area.name;
	useEffect(() => {
		if (!found || loadedAreas.has(found.area.name)) return;
		setProblem(undefined);
		found.area.load().then((pages) => { loadedAreas.set(found.area.name, pages); setTurn((one) => one + 1); }, setProblem);
	}, [name]);
	if (!found) return <><Heading text={t('problem.nopage')} /><p>{t('problem.nopage.why')}</p><p><a href="/console">{t('menu.home')}</a></p></>;
	if (!isShown(me, found.area, found.page)) return <><Heading text={t('problem.denied')} /><p>{t('problem.denied.why')}</p></>;
	// New files are there and this tab has the names of the old: a reload brings the new ones.
	if (problem) return <ProblemNote problem={new Problem(0, 'offline', String(problem))} again={() => location.reload()} />;
	const Shown = loadedAreas.get(found.area.name)?.[found.page.path];
	const above = found.page.label ? undefined : found.area.pages.filter((one) => one.label && isShown(me, found.area, one) && found.page.path.startsWith(`${one.path}/`))[0];
	if (found.page.label) listed.set(found.page.path, query.toString());
	if (Shown) return <>{above && <a class="back" href={`/console${above.path}${listed.get(above.path) ? `?${listed.get(above.path)}` : ''}`}>{t(above.label!)}</a>}<Shown key={path} me={me} parts={found.parts} /></>;
	return <div class="skeleton" role="status"><span class="unseen">{t('loading')}</span></div>;
}

function Console({ me }: { me: Me }) {
	const { path, query } = usePlace();
	const [opened, open] = useState(false);
	const page = useRef<HTMLElement>(null);
	useEffect(() => { open(false); scrollTo(0, 0); }, [path]);
	if (me.second_factor_owed) return <main class="alone"><Heading text={t('factor.title')} /><p>{t('factor.why')}</p><p><a class="button" href="/account/security">{t('factor.act')}</a></p></main>;
	if (!works(me)) return <main class="alone"><Heading text={t('problem.denied')} /><p>{t('noconsole')}</p><p><a class="button" href="/">{t('storefront')}</a></p></main>;
	return (
		<div class={opened ? 'frame is-open' : 'frame'}>
			<Bar me={me} opened={opened} toggle={() => open(!opened)} />
			<Menu me={me} path={path} close={() => open(false)} />
			<main id="page" ref={page} tabIndex={-1}><Fence at={path}><Place me={me} path={path} query={query} /></Fence></main>
		</div>
	);
}

const root = document.getElementById('console')!;

/* The rows of a list's first page, unless they are to be shown in another way. */
function beginList(page: Page | undefined) {
	const query = new URLSearchParams(location.search);
	if (!page?.list || ['rows', 'columns', 'lang'].some((one) => query.has(one))) return;
	begin(addressOf(page.list, new URLSearchParams([...query, ['limit', String(rowsChoices[0])]])));
}

async function start() {
	const spoken = pick({
		en: async () => ({}), bn: async () => (await import('../words/common.bn.json')).default, hi: async () => (await import('../words/common.hi.json')).default,
	});
	// Asked for at once: the page, its words, its rows and who is there come beside each other.
	const found = find(location.pathname.replace(/\/+$/, '') || '/console');
	beginList(found?.page);
	const [who, words] = await Promise.allSettled([call('GET /accounts/me'), spoken(), found?.area.load()]);
	if (words.status === 'fulfilled') addWords(words.value);
	if (who.status === 'rejected') {
		const problem = who.reason;
		if (problem instanceof Problem && problem.status === 401) {
			location.replace(`/signin?next=${encodeURIComponent(location.pathname + location.search)}`);
			return;
		}
		render(<main class="alone"><Heading text={t('console')} /><ProblemNote problem={problem} again={() => location.reload()} /></main>, root);
		return;
	}
	watchSession(who.value);
	render(<Console me={who.value} />, root);
}
void start();
