// How the shop is: each part with its state, since when and what to do about it; and the jobs that wait, run or have died.
import { useEffect, useRef, useState } from 'preact/hooks';
import { call, type Answer, type Row } from './api';
import { can, type Me, type PageProps, type Pages } from './areas';
import { List, type ListSpec } from './list';
import { Act, Dialog, Facts, Heading, ProblemNote, Shown, Status, askReason, openDialog, say, useCall } from './ui';
import { ago, compact, indented, number, t, time, word } from './words';

type Operations = Answer<'GET /operations'>;
const ms = (us: number) => t('ops.ms', { n: Math.round(us / 100) / 10 });
const bytes = (n: number) => t('ops.gb', { n: Math.round(n / 1e8) / 10 });
const seconds = (n: number) => t('ops.seconds', { n });

function Table({ title, head, rows }: { title: string; head: string[]; rows: (string | number | preact.ComponentChild)[][] }) {
	if (rows.length === 0) return null;
	return (
		<section><h2>{title}</h2>
			<div class="table" tabIndex={0} role="region" aria-label={title}><table>
				<thead><tr>{head.map((one, i) => <th key={one} scope="col" class={i ? 'number' : undefined}>{t(`ops.${one}`)}</th>)}</tr></thead>
				<tbody>{rows.map((row, i) => <tr key={i}>{row.map((cell, k) => <td key={k} class={k ? 'number' : undefined}>{typeof cell === 'number' ? number(cell) : cell}</td>)}</tr>)}</tbody>
			</table></div>
		</section>
	);
}

/* The handbook's paragraph, here: whoever looks at night does not search for it. */
const spans = (text: string) => text.split('`').map((one, i) => i % 2 ? <code key={i}>{one}</code> : one);
async function showRunbook(place: string) {
	const book = (await import('./runbook.json')).default as Record<string, string[]>;
	const [seen, act] = book[place.split('#')[1] ?? ''] ?? ['', place];
	await openDialog<void>((done) => (
		<Dialog wide title={t('ops.runbook')} close={done}><div class="dialog-body" lang="en" dir="ltr"><p><b>{spans(seen!)}</b></p><p>{spans(act!)}</p><p><small>docs/{place}</small></p></div></Dialog>
	));
}

function Parts({ of }: { of: Operations }) {
	return (
		<ul class="parts">{of.parts.map((part) => (
			<li key={part.name} class="panel">
				<h2>{t(`ops.part.${part.name}`)}</h2>
				<p><Status value={part.status}>{t(`ops.status.${part.status}`)}</Status> <small>{t('ops.since', { time: time(part.since) })}</small></p>
				{part.note && <p>{part.note}</p>}
				{part.runbook && <button type="button" class="quiet" onClick={() => showRunbook(part.runbook!)} aria-label={`${t('ops.runbook')}: ${t(`ops.part.${part.name}`)}`}>{t('ops.runbook')}</button>}
			</li>
		))}</ul>
	);
}

type Dead = Row<'GET /jobs'>;

/* Retry and drop, wherever a dead job stands: null when whoever was asked for a reason gave none. */
async function retried(id: string) {
	const reason = await askReason(t('job.retry'));
	if (reason === null) return null;
	const job = await call('POST /jobs/{id}/retry', { path: { id }, body: { reason } });
	say(t('job.retried'));
	return job;
}
async function dropped(id: string) {
	const reason = await askReason(t('job.drop'), true);
	if (reason === null) return false;
	await call('POST /jobs/{id}/drop', { path: { id }, body: { reason } });
	say(t('job.dropped'));
	return true;
}

const deadShown = 10;

/* Those that somebody has to decide about, and what waits and runs by kind. */
function JobsNow({ of, me }: { of: Operations; me: Me }) {
	const sees = can(me, 'job:manage'), count = of.jobs.filter((one) => one.status === 'dead').reduce((sum, one) => sum + one.jobs, 0);
	const dead = useCall('GET /jobs', { query: { status: 'dead', limit: deadShown } as never }, !sees), seen = useRef(count);
	useEffect(() => {
		if (sees && seen.current !== count) dead.again();
		seen.current = count;
	}, [count]);
	const rows = dead.data?.results ?? [];
	const gone = (row: Dead) => dead.put({ ...dead.data!, results: rows.filter((one) => one.id !== row.id) });
	const label = (act: string, row: Dead) => `${t(act)}: ${row.kind}`;
	return (
		<>
			{sees && rows.length > 0 && <section><h2>{t('ops.dead')}</h2>
				<div class="table" tabIndex={0} role="region" aria-label={t('ops.dead')}><table>
					<thead><tr>{['kind', 'attempts', 'error'].map((one) => <th key={one} scope="col">{t(`jobs.column.${one}`)}</th>)}<td /></tr></thead>
					<tbody>{rows.map((row) => (
						<tr key={row.id}><td><a href={`/console/jobs/${row.id}`}>{row.kind}</a></td><td>{number(row.attempts)}</td><td>{row.last_error ?? '–'}</td>
							<td class="actions"><Act kind="quiet" label={label('job.retry', row)} act={async () => { if (await retried(row.id)) gone(row); }}>{t('job.retry')}</Act>
								<Act kind="danger" label={label('job.drop', row)} act={async () => { if (await dropped(row.id)) gone(row); }}>{t('job.drop')}</Act></td></tr>
					))}</tbody>
				</table></div>
				<p><a href="/console/jobs?status=dead">{t('ops.alldead')}</a></p>
			</section>}
			<Table title={t('ops.jobs')} head={['job', 'lane', 'state', 'number', 'oldest']} rows={of.jobs.map((one) => [one.kind ?? '', one.lane ?? '', <Status value={one.status ?? ''}>{word(one.status ?? '')}</Status>, one.jobs, seconds(one.age_seconds)])} />
		</>
	);
}

const everyMs = 5000;

function OperationsPage({ me }: PageProps) {
	const [data, setData] = useState<Operations>();
	const [problem, setProblem] = useState<unknown>();
	const [paused, pause] = useState(false);
	// A worker that restarts under the page answers a little later: what was seen stays, and the next look brings the new.
	useEffect(() => {
		if (paused) return undefined;
		let over = false, timer: ReturnType<typeof setTimeout>;
		const look = async () => {
			try {
				if (!document.hidden || data === undefined) { setData(await call('GET /operations')); setProblem(undefined); }
			} catch (fault) { setProblem(fault); }
			if (!over) timer = setTimeout(look, everyMs);
		};
		void look();
		return () => { over = true; clearTimeout(timer); };
	}, [paused]);
	return (
		<>
			<Heading text={t('ops.title')} actions={<button type="button" class="quiet" aria-pressed={paused} onClick={() => pause(!paused)}>{t(paused ? 'ops.resume' : 'ops.pause')}</button>}>
				{data && <Status value={data.status}>{t(`ops.status.${data.status}`)}</Status>}
			</Heading>
			{problem ? <ProblemNote problem={problem} /> : null}
			{!data && !problem && <div class="skeleton" role="status"><span class="unseen">{t('loading')}</span></div>}
			{data && <>
				<p class="about">{t('ops.asof', { time: time(data.as_of) })}</p>
				<Parts of={data} />
				<Table title={t('ops.pools')} head={['pool', 'busy', 'workers', 'longest', 'requests', 'errors', 'p50', 'p99']} rows={data.pools.map((one) => [one.pool ?? '', one.busy, one.workers, t('ops.ms', { n: one.busy_longest_ms }), one.requests, one.errors, ms(one.p50_us), ms(one.p99_us)])} />
				<Table title={t('ops.queues')} head={['lane', 'waiting', 'oldest', 'seen']} rows={data.queues.map((one) => [one.lane ?? '', one.waiting, seconds(one.oldest_seconds), one.seen_at ? ago(one.seen_at) : '–'])} />
				<JobsNow of={data} me={me} />
				<Table title={t('ops.webhooks')} head={['provider', 'applied', 'deferred', 'ignored', 'forged', 'collisions', 'last']} rows={data.webhooks.map((one) => [one.provider ?? '', one.applied, one.deferred, one.ignored, one.forged, one.collisions, one.last_at ? ago(one.last_at) : '–'])} />
				<Table title={t('ops.breakers')} head={['service', 'state']} rows={data.breakers.map((one) => [one.service ?? '', <Status value={one.open ? 'down' : 'ok'}>{t(one.open ? 'ops.open' : 'ops.closed')}</Status>])} />
				<Table title={t('ops.limits')} head={['kind', 'requests']} rows={data.limits.map((one) => [word(one.kind), one.requests])} />
				<Table title={t('ops.disks')} head={['directory', 'free', 'size']} rows={data.disks.map((one) => [<code>{one.directory}</code>, bytes(one.free_bytes), bytes(one.size_bytes)])} />
				<Table title={t('ops.certificates')} head={['file', 'ends', 'days']} rows={data.certificates.map((one) => [<code>{one.file}</code>, one.ends_at ? time(one.ends_at) : '–', one.days_left ?? '–'])} />
				<div class="panels">
					{data.database && <section class="panel"><h2>{t('ops.part.database')}</h2><Facts of={[[t('ops.answer'), ms(data.database.answer_us)], [t('ops.connections'), t('ops.of', { n: data.database.connections, all: data.database.connections_max })], [t('ops.uptime'), seconds(data.database.uptime_seconds)]]} /></section>}
					<section class="panel"><h2>{t('ops.part.cache')}</h2><Facts of={[[t('ops.hits'), compact(data.cache.hits)], [t('ops.misses'), compact(data.cache.misses)], [t('ops.failures'), number(data.cache.failures)]]} /></section>
					{data.migrations && <section class="panel"><h2>{t('ops.part.migrations')}</h2><Facts of={[[t('ops.applied'), t('ops.of', { n: data.migrations.applied, all: data.migrations.expected })], [t('ops.newest'), `${data.migrations.newest} ${data.migrations.name ?? ''}`]]} /></section>}
					{data.reports && <section class="panel"><h2>{t('ops.part.reports')}</h2><Facts of={[[t('ops.waiting'), number(data.reports.waiting)], [t('ops.oldest'), seconds(data.reports.age_seconds)]]} /></section>}
				</div>
			</>}
		</>
	);
}

/* What goes on for ever has no last attempt. */
const endless = 2 ** 31 - 1;
const attempts = (job: { attempts: number; max_attempts: number }) => job.max_attempts === endless ? number(job.attempts) : t('ops.of', { n: job.attempts, all: job.max_attempts });

const jobs: ListSpec<'GET /jobs'> = {
	name: 'jobs', call: 'GET /jobs', id: (row) => row.id, open: (row) => `/jobs/${row.id}`, csv: true,
	columns: [
		{ name: 'kind', show: (row) => row.kind },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'lane', show: (row) => row.lane },
		{ name: 'attempts', numeric: true, show: (row) => attempts(row) },
		{ name: 'progress', numeric: true, show: (row) => row.total === null ? (row.done ? number(row.done) : '–') : t('ops.of', { n: row.done, all: row.total }) },
		{ name: 'run_at', show: (row) => time(row.run_at) },
		{ name: 'error', show: (row) => row.last_error ?? '–' },
	],
	filters: [{ name: 'status', kind: 'choice', choices: ['ready', 'running', 'dead'] }, { name: 'kind', kind: 'text' }, { name: 'lane', kind: 'text' }],
};

function Jobs() {
	return <><Heading text={t('jobs.title')} /><List spec={jobs} /></>;
}

function Job({ parts }: PageProps) {
	const loaded = useCall('GET /jobs/{id}', { path: { id: parts.id! } });
	return (
		<Shown of={loaded}>{(job) => (
			<>
				<Heading text={t('job.title', { kind: job.kind })} actions={job.status === 'dead' && <>
					<Act act={async () => { const now = await retried(job.id); if (now) loaded.put(now); }}>{t('job.retry')}</Act>
					<Act kind="danger" act={async () => { if (await dropped(job.id)) history.back(); }}>{t('job.drop')}</Act></>}>
					<Status value={job.status}>{word(job.status)}</Status>
				</Heading>
				<div class="panels">
					<section class="panel"><Facts of={[[t('jobs.column.lane'), job.lane], [t('jobs.column.attempts'), attempts(job)], [t('jobs.column.run_at'), time(job.run_at)], [t('job.created'), time(job.created_at)], [t('job.worker'), job.worker ?? '–']]} /></section>
				</div>
				{job.last_error && <section class="note bad"><h2>{t('jobs.column.error')}</h2><p>{job.last_error}</p></section>}
				<h2>{t('job.payload')}</h2>
				<pre class="code" tabIndex={0}>{indented(job.payload)}</pre>
			</>
		)}</Shown>
	);
}

export const pages: Pages = { '/operations': OperationsPage, '/jobs': Jobs, '/jobs/:id': Job };
