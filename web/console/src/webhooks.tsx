// Webhooks: what providers tell the shop, dead letters first, and what the shop tells the endpoints of others.
import { useState } from 'preact/hooks';
import { call, type Answer } from './api';
import { can, type Me, type PageProps, type Pages } from './areas';
import { runBulk } from './bulk';
import { Diff } from './diff';
import { Area, Field, Save, useForm } from './form';
import { List, subjects, type ListSpec } from './list';
import { go } from './route';
import { Act, Dialog, Facts, Heading, Shown, Status, askReason, askWhether, openDialog, say, useCall } from './ui';
import { indented, number, t, time, word } from './words';

type Event = Answer<'GET /webhook-events/{id}'>;
const statuses = ['processed', 'deferred', 'ignored', 'dead', 'dropped', 'unverified'] as const;

const inbox = (me: Me): ListSpec<'GET /webhook-events'> => ({
	name: 'events', call: 'GET /webhook-events', id: (row) => row.id, open: (row) => `/webhook-events/${row.id}`, csv: true,
	columns: [
		{ name: 'type', show: (row) => row.type },
		{ name: 'provider', show: (row) => row.provider },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'attempts', numeric: true, show: (row) => number(row.attempts) },
		{ name: 'error', show: (row) => row.error ?? '–' },
		{ name: 'received', show: (row) => time(row.received_at) },
		{ name: 'collisions', numeric: true, spare: true, show: (row) => number(row.collision_count) },
		{ name: 'event', spare: true, show: (row) => row.event_id },
	],
	filters: [{ name: 'status', kind: 'choice', choices: statuses }, { name: 'provider', kind: 'text' }, { name: 'type', kind: 'text' }],
	bulk: [{ name: 'replay', label: 'event.replay', all: 'replay', may: can(me, 'webhook:replay'), act: (chosen) => runBulk({ action: 'replay', ...subjects(chosen) }) }],
});

function Inbox({ me }: PageProps) {
	return <><Heading text={t('events.title')} actions={can(me, 'webhook:replay') && <Act kind="quiet" act={async () => {
		if (!await askWhether(t('event.all'), <p>{t('event.all.why')}</p>, t('event.all'))) return;
		const { replayed } = await call('POST /webhook-events/replay-all');
		say(t('event.replayed', { n: replayed }));
	}}>{t('event.all')}</Act>} /><List spec={inbox(me)} /></>;
}

/* What came under its id later, held against what was kept. */
function Collision({ event }: { event: Event }) {
	const [first, second] = [indented(event.payload), indented(event.colliding_payload)];
	return (
		<section><h2>{t('event.collision')}</h2>
			<p>{t('event.collision.why', { n: event.collision_count, when: time(event.collided_at) })}</p>
			{first === second ? <p class="note">{t('event.collision.kept')}</p> : <Diff label={t('event.collision')} first={first} second={second} />}
		</section>
	);
}

function EventPage({ me, parts }: PageProps) {
	const loaded = useCall('GET /webhook-events/{id}', { path: { id: parts.id! } });
	const replay = async (event: Event) => { loaded.put(await call('POST /webhook-events/{id}/replay', { path: { id: event.id } })); say(t('event.replayed', { n: 1 })); };
	const drop = async (event: Event) => {
		const reason = await askReason(t('event.drop'), true);
		if (reason === null) return;
		loaded.put(await call('POST /webhook-events/{id}/drop', { path: { id: event.id }, body: { reason } }));
		say(t('event.dropped'));
	};
	return (
		<Shown of={loaded}>{(event) => (
			<>
				<Heading text={event.type} actions={event.status === 'dead' && can(me, 'webhook:replay') && <><Act act={() => replay(event)}>{t('event.replay')}</Act><Act kind="danger" act={() => drop(event)}>{t('event.drop')}</Act></>}>
					<Status value={event.status}>{word(event.status)}</Status>
				</Heading>
				<section class="panel"><Facts of={[[t('events.column.provider'), event.provider], [t('events.column.event'), <code>{event.event_id}</code>], [t('events.column.attempts'), number(event.attempts)],
					[t('events.column.collisions'), number(event.collision_count)], [t('events.column.received'), time(event.received_at)], [t('event.updated'), time(event.updated_at)]]} /></section>
				{event.error && <p class="note bad"><b>{t('events.column.error')}:</b> {event.error}</p>}
				{event.colliding_payload !== null && <Collision event={event} />}
				<h2>{t('event.payload')}</h2>
				<pre class="code" tabIndex={0}>{indented(event.payload)}</pre>
			</>
		)}</Shown>
	);
}

const endpoints: ListSpec<'GET /webhook-endpoints'> = {
	name: 'endpoints', call: 'GET /webhook-endpoints', csv: true, id: (row) => row.id, open: (row) => `/webhook-endpoints/${row.id}`,
	columns: [
		{ name: 'url', show: (row) => row.url },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'types', show: (row) => row.event_types.join(', ') },
		{ name: 'created', show: (row) => time(row.created_at) },
	],
};

const wordsOf = (text: string) => text.split(/[\s,]+/).filter(Boolean);

/* A secret is shown once: who closes this has it, or makes another. */
const showSecret = (secret: string) => openDialog<void>((done) => (
	<Dialog title={t('endpoint.secret')} close={done}><p>{t('endpoint.secret.why')}</p><pre class="code" tabIndex={0}>{secret}</pre>
		<div class="actions end"><Act kind="quiet" act={async () => { await navigator.clipboard.writeText(secret); say(t('copied')); }}>{t('copy')}</Act></div></Dialog>
));

function NewEndpoint({ close }: { close: () => void }) {
	const form = useForm({ name: 'endpoint-new', from: { url: '', event_types: '*', description: '' }, save: async (values) => {
		const made = await call('POST /webhook-endpoints', { body: { url: String(values.url), event_types: wordsOf(String(values.event_types)), description: String(values.description) || null } });
		close();
		await showSecret(made.secret);
		go(`/console/webhook-endpoints/${made.id}`);
	} });
	return (
		<Dialog title={t('endpoint.new')} close={close}><form onSubmit={form.submit}>
			<Field form={form} name="url" label={t('endpoints.column.url')} type="url" required /><Area form={form} name="event_types" label={t('endpoints.column.types')} hint={t('endpoint.types.hint')} required />
			<Field form={form} name="description" label={t('endpoint.description')} /><Save form={form} label={t('endpoint.new')} cancel={close} />
		</form></Dialog>
	);
}

function Endpoints() {
	const [opened, open] = useState(false);
	return <><Heading text={t('endpoints.title')} actions={<button type="button" onClick={() => open(true)}>{t('endpoint.new')}</button>} /><List spec={endpoints} />{opened && <NewEndpoint close={() => open(false)} />}</>;
}

const deliveries = (id: string): ListSpec<'GET /webhook-endpoints/{id}/deliveries'> => ({
	name: 'deliveries', call: 'GET /webhook-endpoints/{id}/deliveries', path: { id }, id: (row) => row.id, csv: true,
	columns: [
		{ name: 'type', show: (row) => row.event_type },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'answer', show: (row) => row.answer_status === null ? row.error ?? '–' : <details><summary>{row.answer_status}</summary><pre class="code">{row.answer_body}</pre></details> },
		{ name: 'attempts', numeric: true, show: (row) => number(row.attempts) },
		{ name: 'created', show: (row) => time(row.created_at) },
		{ name: 'next', spare: true, show: (row) => time(row.next_attempt_at) },
		{ name: 'resend', show: (row) => <Act kind="plain" label={t('delivery.resend.of', { type: row.event_type })} act={async () => { await call('POST /webhook-deliveries/{id}/resend', { path: { id: row.id } }); say(t('delivery.resent')); }}>{t('delivery.resend')}</Act> },
	],
	filters: [{ name: 'status', kind: 'choice', choices: ['pending', 'delivered', 'dead'] }],
});

function Recover({ id, close }: { id: string; close: () => void }) {
	const form = useForm({ name: `recover-${id}`, from: { since: '' }, save: async (values) => {
		const answer = await call('POST /webhook-endpoints/{id}/recover', { path: { id }, body: { since: new Date(String(values.since)).toISOString() } });
		close();
		say(t('endpoint.recovered', { n: answer.deliveries }));
	} });
	return <Dialog title={t('endpoint.recover')} close={close}><form onSubmit={form.submit}><p>{t('endpoint.recover.why')}</p><Field form={form} name="since" label={t('endpoint.since')} type="datetime-local" required /><Save form={form} label={t('endpoint.recover')} cancel={close} /></form></Dialog>;
}

function Endpoint({ parts }: PageProps) {
	const path = { id: parts.id! };
	const loaded = useCall('GET /webhook-endpoints/{id}', { path });
	const [recovering, recover] = useState(false);
	return (
		<Shown of={loaded}>{(endpoint) => (
			<>
				<Heading text={endpoint.url} actions={<>
					<Act kind="quiet" act={async () => { const sent = await call('POST /webhook-endpoints/{id}/test', { path }); say(t('endpoint.tested', { status: word(sent.status) })); loaded.again(); }}>{t('endpoint.test')}</Act>
					<button type="button" class="quiet" onClick={() => recover(true)}>{t('endpoint.recover')}</button>
					<Act kind="quiet" act={async () => {
						if (!await askWhether(t('endpoint.rotate'), <p>{t('endpoint.rotate.why')}</p>, t('endpoint.rotate'))) return;
						await showSecret((await call('POST /webhook-endpoints/{id}/rotate-secret', { path })).secret);
						loaded.again();
					}}>{t('endpoint.rotate')}</Act>
					<Act kind="quiet" act={async () => { loaded.put(await call('PATCH /webhook-endpoints/{id}', { path, seen: endpoint, body: { status: endpoint.status === 'active' ? 'disabled' : 'active' } })); }}>{t(endpoint.status === 'active' ? 'endpoint.disable' : 'endpoint.enable')}</Act>
					<Act kind="danger" act={async () => {
						if (!await askWhether(t('endpoint.delete'), <p>{t('endpoint.delete.why')}</p>, t('endpoint.delete'), true)) return;
						await call('DELETE /webhook-endpoints/{id}', { path, seen: endpoint });
						go('/console/webhook-endpoints');
					}}>{t('endpoint.delete')}</Act></>}>
					<Status value={endpoint.status}>{word(endpoint.status)}</Status>
				</Heading>
				<section class="panel"><Facts of={[[t('endpoints.column.types'), endpoint.event_types.join(', ')], [t('endpoint.description'), endpoint.description ?? '–'],
					...(endpoint.disabled_at ? [[t('endpoint.disabled'), `${time(endpoint.disabled_at)} (${word(endpoint.disabled_reason)})`] as [string, string]] : []),
					...(endpoint.failing_since ? [[t('endpoint.failing'), time(endpoint.failing_since)] as [string, string]] : []),
					...(endpoint.old_secret_until ? [[t('endpoint.old'), time(endpoint.old_secret_until)] as [string, string]] : [])]} /></section>
				<h2>{t('deliveries.title')}</h2>
				<List spec={deliveries(endpoint.id)} />
				{recovering && <Recover id={endpoint.id} close={() => recover(false)} />}
			</>
		)}</Shown>
	);
}

export const pages: Pages = { '/webhook-events': Inbox, '/webhook-events/:id': EventPage, '/webhook-endpoints': Endpoints, '/webhook-endpoints/:id': Endpoint };
