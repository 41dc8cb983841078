// By keyboard: the palette that leads anywhere (Ctrl K or /), and the list of what the keys do (?).
import { useEffect, useState } from 'preact/hooks';
import { areas, isShown, type Me } from './areas';
import { go } from './route';
import { Dialog, openDialog } from './ui';
import { t } from './words';

/* A key that was not meant for a field. */
const isFree = (event: KeyboardEvent) => !(event.target as Element).closest?.('input, select, textarea, [contenteditable], dialog') && !event.altKey && !event.ctrlKey && !event.metaKey;

function useKey(wanted: (event: KeyboardEvent) => boolean, act: () => void) {
	useEffect(() => {
		const press = (event: KeyboardEvent) => { if (wanted(event)) { event.preventDefault(); act(); } };
		addEventListener('keydown', press);
		return () => removeEventListener('keydown', press);
	}, []);
}

export function Palette({ me }: { me: Me }) {
	const [opened, open] = useState(false);
	const [text, setText] = useState('');
	const [at, setAt] = useState(0);
	useKey((event) => (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) || (event.key === '/' && isFree(event)), () => open(true));
	useKey((event) => event.key === '?' && isFree(event), () => void showKeys());
	const wanted = text.trim().toLocaleLowerCase();
	const places = areas.flatMap((area) => area.pages.filter((page) => page.label && isShown(me, area, page)).map((page) => ({ name: t(page.label!), group: area.name === 'home' ? '' : t(`area.${area.name}`), address: `/console${page.path}` })));
	const found = places.filter((one) => `${one.group} ${one.name}`.toLocaleLowerCase().includes(wanted));
	// A number of an order leads to it.
	if (/^ord-/i.test(text.trim())) found.unshift({ name: text.trim().toUpperCase(), group: t('area.orders'), address: `/console/orders/${encodeURIComponent(text.trim().toUpperCase())}` });
	const close = () => { open(false); setText(''); setAt(0); };
	const take = (i: number) => { const one = found[i]; if (one) { close(); go(one.address); } };
	const press = (event: KeyboardEvent) => {
		if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
		else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
		else if (event.key === 'Enter') take(at);
		else return;
		event.preventDefault();
	};
	return (
		<>
			<button type="button" class="quiet palette" aria-label={t('palette')} onClick={() => open(true)}><span class="glass" aria-hidden="true">⌕</span><span class="word">{t('palette')}</span> <kbd aria-hidden="true">Ctrl K</kbd></button>
			{opened && <Dialog title={t('palette')} close={close}>
				<input role="combobox" aria-expanded="true" aria-controls="palette-list" aria-label={t('palette.label')} aria-activedescendant={found[at] ? `palette-${at}` : undefined} autocomplete="off"
					value={text} onInput={(event) => { setText(event.currentTarget.value); setAt(0); }} onKeyDown={press} />
				<ul role="listbox" id="palette-list" aria-label={t('palette.label')} class="palette-list">
					{found.map((one, i) => <li key={one.address} id={`palette-${i}`} role="option" aria-selected={i === at} onClick={() => take(i)}>{one.name} <small>{one.group}</small></li>)}
				</ul>
				{found.length === 0 && <p role="status" class="empty">{t('palette.none')}</p>}
			</Dialog>}
		</>
	);
}

let shown = false;
export async function showKeys() {
	if (shown) return;
	shown = true;
	await openDialog<void>((done) => <Dialog title={t('keys')} close={done}>
		<dl class="facts keys">
			<div><dt><kbd>Ctrl</kbd> <kbd>K</kbd>, <kbd>/</kbd></dt><dd>{t('keys.palette')}</dd></div>
			<div><dt><kbd>?</kbd></dt><dd>{t('keys.this')}</dd></div>
			<div><dt><kbd>Esc</kbd></dt><dd>{t('keys.close')}</dd></div>
		</dl>
	</Dialog>);
	shown = false;
}
