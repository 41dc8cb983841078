// The tree of categories, put in order by drag or by keys.
import { useEffect, useRef, useState } from 'preact/hooks';
import { call, type Schemas } from '../api';
import type { PageProps } from '../areas';
import { Check, Field, Save, useForm } from '../form';
import { Act, askWhether, Dialog, Heading, openDialog, ProblemNote, say, sayProblem } from '../ui';
import { t } from '../words';

type Category = Schemas['Category'];
type Place = 'before' | 'into' | 'after';

async function readAll(): Promise<Category[]> {
	const all: Category[] = [];
	for (let page = 1; ; page++) {
		const answer = await call('GET /categories', { query: { page, page_size: 100 } });
		all.push(...answer.results);
		if (!answer.next) return all;
	}
}

const below = (all: Category[], parent: string | null) => all.filter((one) => one.parent_id === parent).sort((a, b) => a.position - b.position || a.name.localeCompare(b.name));
const isWithin = (all: Category[], one: Category | undefined, above: Category): boolean => one !== undefined && (one.id === above.id || isWithin(all, all.find((other) => other.id === one.parent_id), above));

function Edit({ category, parent, done }: { category?: Category; parent?: Category; done: (saved: boolean) => void }) {
	const seen = useRef(category);
	const form = useForm({
		name: `category-${category?.id ?? `new-${parent?.id ?? ''}`}`, saved: 'product.saved',
		from: { name: category?.name ?? '', slug: category?.slug ?? '', is_active: category?.is_active ?? true },
		save: async (values, changes) => {
			if (category) await call('PATCH /categories/{category}', { path: { category: category.id }, body: changes, seen: seen.current });
			else await call('POST /categories', { body: { name: String(values.name), is_active: values.is_active === true, parent_id: parent?.id ?? null, ...(values.slug === '' ? {} : { slug: String(values.slug) }) } });
			done(true);
		},
		reread: category && (async () => {
			seen.current = await call('GET /categories/{category}', { path: { category: category.id } });
			return { name: seen.current.name, slug: seen.current.slug, is_active: seen.current.is_active };
		}),
	});
	return (
		<Dialog title={category ? category.name : parent ? t('categories.below', { name: parent.name }) : t('categories.new')} close={() => done(false)}>
			<form class="dialog-body" onSubmit={form.submit}>
				<Field form={form} name="name" required maxLength={100} />
				<Field form={form} name="slug" hint={t('categories.slug.hint')} />
				<Check form={form} name="is_active" />
				<Save form={form} cancel={() => done(false)} />
			</form>
		</Dialog>
	);
}

interface Tree { all: Category[]; move: (one: Category, place: Place, at: Category) => void; step: (one: Category, key: string) => void; changed: () => void; dragged: Category | undefined; drag: (one: Category | undefined) => void }

function Branch({ of, parent, label }: { of: Tree; parent: string | null; label?: string }) {
	return <ul class="tree" aria-label={label}>{below(of.all, parent).map((one) => <Twig key={one.id} of={of} one={one} />)}</ul>;
}

function Twig({ of, one }: { of: Tree; one: Category }) {
	const [place, setPlace] = useState<Place>();
	const where = (event: DragEvent): Place => {
		const { top, height } = (event.currentTarget as Element).getBoundingClientRect(), share = (event.clientY - top) / height;
		return share < .3 ? 'before' : share > .7 ? 'after' : 'into';
	};
	const edit = async (id: string | undefined, parent?: Category) => {
		try {
			const category = id === undefined ? undefined : await call('GET /categories/{category}', { path: { category: id } });
			if (await openDialog<boolean>((done) => <Edit category={category} parent={parent} done={done} />)) of.changed();
		} catch (problem) { say(sayProblem(problem), true); }
	};
	const remove = async () => {
		if (!await askWhether(t('categories.delete.ask', { name: one.name }), <p>{t('categories.delete.why')}</p>, t('product.delete'), true)) return;
		await call('DELETE /categories/{category}', { path: { category: one.id } });
		of.changed();
	};
	const may = of.dragged !== undefined && !isWithin(of.all, one, of.dragged);
	return (
		<li>
			<div class={`twig ${place ?? ''}`} draggable onDragStart={(event) => { event.dataTransfer?.setData('text/plain', one.name); of.drag(one); }} onDragEnd={() => of.drag(undefined)}
				onDragOver={(event) => { if (may) { event.preventDefault(); setPlace(where(event)); } }} onDragLeave={() => setPlace(undefined)}
				onDrop={(event) => { if (may) { event.preventDefault(); setPlace(undefined); of.move(of.dragged!, where(event), one); } }}>
				<button type="button" class="plain" data-category={one.id} aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight" onClick={() => void edit(one.id)}
					onKeyDown={(event) => { if (event.altKey && event.key.startsWith('Arrow')) { event.preventDefault(); of.step(one, event.key); } }}>{one.name}</button>
				{!one.is_active && <small>{t('categories.hidden')}</small>}
				<span class="twig-acts">
					<button type="button" class="plain" aria-label={t('categories.add', { name: one.name })} onClick={() => void edit(undefined, one)}>+</button>
					<Act kind="plain" label={t('categories.delete', { name: one.name })} act={remove}>×</Act>
				</span>
			</div>
			{of.all.some((other) => other.parent_id === one.id) && <Branch of={of} parent={one.id} />}
		</li>
	);
}

export function Categories(_: PageProps) {
	const [all, setAll] = useState<Category[]>();
	const [problem, setProblem] = useState<unknown>();
	const [dragged, drag] = useState<Category>();
	const moving = useRef(Promise.resolve()), focus = useRef<string>();
	const read = () => readAll().then((found) => { setAll(found); setProblem(undefined); }, setProblem);
	useEffect(() => void read(), []);
	useEffect(() => {
		if (focus.current) document.querySelector<HTMLElement>(`[data-category="${focus.current}"]`)?.focus();
		focus.current = undefined;
	}, [all]);
	if (problem) return <><Heading text={t('menu.categories')} /><ProblemNote problem={problem} again={read} /></>;
	if (!all) return <div class="skeleton" role="status"><span class="unseen">{t('loading')}</span></div>;

	/* Among those of the parent, at that index: who stands there is numbered anew, only what has changed is written. */
	const put = (one: Category, parent: string | null, index: number) => {
		const row = below(all, parent).filter((other) => other.id !== one.id);
		row.splice(index, 0, one);
		const changes = row.map((other, position) => ({ other, position })).filter(({ other, position }) => other.position !== position || (other.id === one.id && other.parent_id !== parent));
		if (changes.length === 0) return;
		focus.current = one.id;
		setAll(all.map((other) => { const change = changes.find((each) => each.other.id === other.id); return change ? { ...other, position: change.position, ...(other.id === one.id ? { parent_id: parent } : {}) } : other; }));
		moving.current = moving.current.then(async () => {
			try {
				// The one that goes elsewhere first: if that is refused, nothing has changed.
				for (const { other, position } of changes.sort((a, b) => Number(b.other.id === one.id) - Number(a.other.id === one.id)))
					await call('PATCH /categories/{category}', { path: { category: other.id }, body: { position, ...(other.id === one.id && other.parent_id !== parent ? { parent_id: parent } : {}) } });
				say(t('categories.moved', { name: one.name }));
			} catch (refusal) { say(sayProblem(refusal), true); }
			await read();
		});
	};
	const move = (one: Category, place: Place, at: Category) => {
		if (place === 'into') { put(one, at.id, below(all, at.id).length); return; }
		const row = below(all, at.parent_id).filter((other) => other.id !== one.id), index = row.findIndex((other) => other.id === at.id);
		put(one, at.parent_id, place === 'before' ? index : index + 1);
	};
	const step = (one: Category, key: string) => {
		const row = below(all, one.parent_id), at = row.findIndex((other) => other.id === one.id), above = all.find((other) => other.id === one.parent_id);
		const inward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
		if (key === 'ArrowUp') { if (at > 0) put(one, one.parent_id, at - 1); }
		else if (key === 'ArrowDown') { if (at < row.length - 1) put(one, one.parent_id, at + 1); }
		else if (key === inward) { if (at > 0) put(one, row[at - 1]!.id, below(all, row[at - 1]!.id).length); }
		else if (above) put(one, above.parent_id, below(all, above.parent_id).findIndex((other) => other.id === above.id) + 1);
	};
	const add = async () => { if (await openDialog<boolean>((done) => <Edit done={done} />)) await read(); };
	return (
		<>
			<Heading text={t('menu.categories')} actions={<button type="button" onClick={() => void add()}>{t('categories.new')}</button>} />
			<p class="hint keys-hint">{t('categories.keys')}</p>
			{all.length === 0 ? <p class="empty">{t('categories.empty')}</p> : <Branch of={{ all, move, step, changed: () => void read(), dragged, drag }} parent={null} label={t('menu.categories')} />}
		</>
	);
}
