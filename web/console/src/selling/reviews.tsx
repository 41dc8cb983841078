// Reviews: sellers reply, moderators hide and show.
import { useState } from 'preact/hooks';
import { call, type Row } from '../api';
import { can, type Me, type PageProps } from '../areas';
import { runBulk } from '../bulk';
import { Area, Field, Save, useForm } from '../form';
import { List, countOf, subjects, type ListSpec } from '../list';
import { Act, Dialog, Heading, openDialog, Status, say, useCall, useOnce } from '../ui';
import { number, t, time, word } from '../words';

type Review = Row<'GET /reviews'>;

function Replies({ review, me, done }: { review: Review; me: Me; done: (changed: boolean) => void }) {
	const loaded = useCall('GET /reviews/{id}/replies', { path: { id: review.id }, query: { limit: 100 } as never }), once = useOnce();
	const form = useForm({
		name: `reply-${review.id}`, from: { text: '' }, saved: 'reviews.replied',
		save: async ({ text }) => { const body = { text: String(text) }; await once(body, (key) => call('POST /reviews/{id}/replies', { path: { id: review.id }, body, once: key })); done(true); },
	});
	return (
		<Dialog wide title={t('reviews.one', { name: review.user_name })} close={() => done(false)}>
			<div class="dialog-body">
				<blockquote><p>{'★'.repeat(review.rating)} <b>{review.title}</b></p><p class="as-written">{review.text}</p></blockquote>
				{loaded.data?.results.map((one) => <article key={one.id} class="note"><p><b>{one.shop_name ?? '–'}</b> <small>{time(one.created_at)}</small></p><p class="as-written">{one.text}</p></article>)}
				{can(me, 'review:reply_own') && me.merchant && <form onSubmit={form.submit}><Area form={form} name="text" label={t('reviews.reply')} required /><Save form={form} label={t('reviews.send')} cancel={() => done(false)} /></form>}
			</div>
		</Dialog>
	);
}

function Hide({ review, done }: { review: Review; done: (hidden: boolean) => void }) {
	const form = useForm({
		name: `hide-${review.id}`, from: { reason: '' }, saved: 'reviews.hidden',
		save: async ({ reason }) => { await call('POST /reviews/{id}/hide', { path: { id: review.id }, body: reason === '' ? {} : { reason: String(reason) } }); done(true); },
	});
	return (
		<Dialog title={t('reviews.hide.ask')} close={() => done(false)}>
			<form class="dialog-body" onSubmit={form.submit}><p>{t('reviews.hide.why')}</p><Field form={form} name="reason" maxLength={200} /><Save form={form} label={t('reviews.hide')} cancel={() => done(false)} /></form>
		</Dialog>
	);
}

export function Reviews({ me }: PageProps) {
	const [turn, setTurn] = useState(0);
	const again = () => setTurn((one) => one + 1);
	const open = async (review: Review) => { if (await openDialog<boolean>((done) => <Replies review={review} me={me} done={done} />)) again(); };
	const hide = async (review: Review) => { if (await openDialog<boolean>((done) => <Hide review={review} done={done} />)) again(); };
	const show = async (review: Review) => { await call('POST /reviews/{id}/show', { path: { id: review.id } }); say(t('reviews.shown')); again(); };
	const spec: ListSpec<'GET /reviews'> = {
		name: 'reviews',
		call: 'GET /reviews',
		csv: true,
		id: (row) => row.id,
		columns: [
			{ name: 'review', show: (row) => <span class="review"><b>{row.title ?? '–'}</b><span>{row.text}</span></span> },
			{ name: 'rating', show: (row) => <span class="stars" role="img" aria-label={t('reviews.stars', { n: row.rating })}>{'★'.repeat(row.rating)}</span> },
			{ name: 'by', show: (row) => row.user_name },
			{ name: 'created', show: (row) => time(row.created_at) },
			{ name: 'status', show: (row) => row.hidden ? <Status value="rejected">{word('hidden')}</Status> : <Status value="ok">{word('shown')}</Status> },
			{ name: 'acts', show: (row) => <span class="actions">
				<Act kind="quiet tight" label={`${t('reviews.open')}, ${row.user_name}`} act={() => open(row)}>{t('reviews.open')} ({number(row.replies_count)})</Act>
				{can(me, 'review:moderate') && (row.hidden ? <Act kind="quiet tight" act={() => show(row)}>{t('reviews.show')}</Act> : <Act kind="quiet tight" act={() => hide(row)}>{t('reviews.hide')}</Act>)}
			</span> },
		],
		bulk: [{ name: 'hide', label: 'reviews.hide', all: 'hide_review', dangerous: true, may: can(me, 'review:moderate'), act: (chosen) => runBulk({ action: 'hide_review', ...subjects(chosen) },
			{ title: t('reviews.hide'), text: `${t('reviews.hide.n', { n: countOf(chosen) })} ${t('reviews.hide.why')}`, parameters: [{ name: 'reason', label: 'field.reason', optional: true }] }) }],
		filters: [{ name: 'rating', kind: 'choice', choices: ['1', '2', '3', '4', '5'] }, { name: 'hidden', kind: 'flag' }],
	};
	return <><Heading text={t('menu.reviews')} /><List key={turn} spec={spec} /></>;
}
