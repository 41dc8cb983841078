// A product's pictures: dropped or chosen, seen at once, sent with their progress, put in order by drag or by keys.  Each change is saved at once.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem, type Schemas } from '../api';
import { say, sayProblem } from '../ui';
import { t } from '../words';
import { send, useDrop, useWhile } from './common';
import type { Change, Product, Reread } from './product';

type Media = Schemas['Media'];
interface Coming { name: string; preview: string; isVideo: boolean; share: number; problem?: string }

const kept = (images: Media[]) => images.map(({ id, alt }) => ({ id, alt }));

export function Pictures({ product, change, reread }: { product: Product; change: Change; reread: Reread }) {
	const [coming, setComing] = useState<Coming[]>([]);
	const [dragged, drag] = useState<number>();
	const previews = useRef(new Map<string, string>());
	const files = useRef<HTMLInputElement>(null);
	const { images } = product;
	useWhile(images.some((one) => one.url === null), () => void reread(), 1500);
	useEffect(() => () => previews.current.forEach((address) => URL.revokeObjectURL(address)), []);

	const save = async (next: Media[] | ((now: Media[]) => Media[])) => {
		const given = typeof next === 'function' ? next : () => next;
		try {
			await change({ images: kept(given(images)) });
		} catch (problem) {
			// Somebody else has changed the product meanwhile: the act is done over what stands there now.
			if (!(problem instanceof Problem) || problem.status !== 412) { say(sayProblem(problem), true); return; }
			const now = await reread();
			if (typeof next === 'function') await change({ images: kept(next(now.images)) }).catch((again) => say(sayProblem(again), true));
			else say(t('pictures.changed'), true);
		}
	};
	const take = async (given: File[]) => {
		const list = given.map((file) => ({ file, name: file.name, preview: URL.createObjectURL(file), isVideo: file.type.startsWith('video/'), share: 0 }));
		setComing((before) => [...before, ...list]);
		const update = (preview: string, now: Partial<Coming>) => setComing((before) => before.map((one) => one.preview === preview ? { ...one, ...now } : one));
		const sent: Media[] = [];
		for (const { file, preview } of list) {
			try {
				const answer = await send<Schemas['MediaResults']>('/media', 'files', file, (share) => update(preview, { share }));
				for (const one of answer.results) { previews.current.set(one.id, preview); sent.push(one); }
			} catch (problem) {
				update(preview, { problem: problem instanceof Problem ? Object.values(problem.details)[0] ?? sayProblem(problem) : sayProblem(problem) });
			}
		}
		if (sent.length > 0) {
			await save((now) => [...now, ...sent]);
			say(t('pictures.added', { n: sent.length }));
		}
		const done = new Set(previews.current.values());
		setComing((before) => before.filter((one) => !done.has(one.preview)));
	};
	const move = (from: number, to: number) => {
		if (from === to || to < 0 || to >= images.length) return;
		const next = [...images];
		next.splice(to, 0, ...next.splice(from, 1));
		void save(next);
	};
	const alter = (id: string, alt: string) => void save((now) => now.map((one) => one.id === id ? { ...one, alt: alt || null } : one));
	const remove = (id: string) => void save((now) => now.filter((one) => one.id !== id));
	const drop = useDrop((given) => void take(given));
	return (
		<div {...drop}>
			<ol class="pictures">
				{images.map((one, i) => {
					const source = one.sizes[0]?.url ?? previews.current.get(one.id), name = one.alt ?? t('pictures.n', { n: i + 1 });
					return (
						<li key={one.id} draggable class={dragged === i ? 'dragged' : undefined} onDragStart={() => drag(i)} onDragEnd={() => drag(undefined)}
							onDragOver={(event) => { if (dragged !== undefined) event.preventDefault(); }} onDrop={(event) => { if (dragged !== undefined) { event.preventDefault(); event.stopPropagation(); move(dragged, i); drag(undefined); } }}>
							{one.type?.startsWith('video/') && one.url ? <video src={one.url} muted controls aria-label={name} /> : source ? <img src={source} alt={one.alt ?? ''} /> : <span class="no-picture" role="status">{t('pictures.making')}</span>}
							<input aria-label={t('pictures.alt', { name })} placeholder={t('pictures.alt.empty')} defaultValue={one.alt ?? ''} maxLength={200} onChange={(event) => alter(one.id, event.currentTarget.value.trim())} />
							<span class="picture-acts">
								<button type="button" class="plain" aria-label={t('pictures.earlier', { name })} aria-disabled={i === 0} onClick={() => move(i, i - 1)}>←</button>
								<button type="button" class="plain" aria-label={t('pictures.later', { name })} aria-disabled={i === images.length - 1} onClick={() => move(i, i + 1)}>→</button>
								<button type="button" class="plain" aria-label={t('pictures.remove', { name })} onClick={() => remove(one.id)}>×</button>
							</span>
						</li>
					);
				})}
				{coming.map((one) => (
					<li key={one.preview} class="coming">
						{one.isVideo ? <video src={one.preview} muted aria-hidden="true" /> : <img src={one.preview} alt="" />}
						{one.problem ? <p class="fault">{one.name}: {one.problem} <button type="button" class="plain" onClick={() => setComing((before) => before.filter((other) => other !== one))}>{t('close')}</button></p>
							: <progress max={1} value={one.share} aria-label={t('pictures.sending', { name: one.name })} />}
					</li>
				))}
			</ol>
			<input ref={files} class="unseen" type="file" multiple accept="image/*,video/*" tabIndex={-1} aria-label={t('pictures.choose')}
				onChange={(event) => { const field = event.currentTarget; void take([...field.files ?? []]); field.value = ''; }} />
			<p class="drop-here"><button type="button" class="quiet" onClick={() => files.current?.click()}>{t('pictures.choose')}</button> <span class="hint">{t('pictures.drop')}</span></p>
		</div>
	);
}
