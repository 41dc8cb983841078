// Products by file: an import with a dry run, its progress and its errors by row; and everything as a file.
import { useState } from 'preact/hooks';
import { call, type Row, type Schemas } from '../api';
import type { PageProps } from '../areas';
import { List, type ListSpec } from '../list';
import { go } from '../route';
import { Act, Facts, Heading, ProblemNote, Shown, Status, useCall } from '../ui';
import { number, t, time, word } from '../words';
import { isStaff, send, useDrop, useMerchants, useWhile } from './common';

type Summary = Row<'GET /imports'>;

/* The files of dry runs, so that they can be imported without being chosen again while the tab is open. */
const tried = new Map<string, File>();

async function begin(file: File, dryRun: boolean, merchant: string, progress: (share: number) => void) {
	const format = /\.jsonl?$/i.test(file.name) ? 'jsonl' : 'csv';
	const made = await send<Schemas['ImportSummary']>('/products/import', 'file', file, progress, { format, dry_run: dryRun || undefined, merchant_id: merchant });
	if (dryRun) tried.set(made.id, file);
	go(`/console/imports/${made.id}`);
}

const imports: ListSpec<'GET /imports'> = {
	name: 'imports',
	call: 'GET /imports', csv: true,
	id: (row) => row.id,
	open: (row) => `/imports/${row.id}`,
	columns: [
		{ name: 'file', show: (row) => row.file_name ?? row.format.toUpperCase() },
		{ name: 'status', show: (row) => <Said of={row} /> },
		{ name: 'done', numeric: true, show: (row) => number(row.done) },
		{ name: 'refused', numeric: true, show: (row) => number(row.refused) },
		{ name: 'created', show: (row) => time(row.created_at) },
	],
	filters: [{ name: 'status', kind: 'choice', choices: ['queued', 'running', 'done', 'cancelled', 'failed'] }],
};

const Said = ({ of }: { of: Summary }) => <><Status value={of.status === 'done' && of.refused > 0 ? 'pending' : of.status}>{word(of.status)}</Status>{of.dry_run && <small> {t('imports.dry')}</small>}</>;

export function Imports({ me }: PageProps) {
	const [file, setFile] = useState<File>();
	const [dryRun, setDryRun] = useState(true);
	const [merchant, setMerchant] = useState('');
	const [share, setShare] = useState<number>();
	const [problem, setProblem] = useState<unknown>();
	const merchants = useMerchants(me), staff = isStaff(me);
	const drop = useDrop(([first]) => setFile(first));
	const submit = async (event: SubmitEvent) => {
		event.preventDefault();
		if (!file || share !== undefined) return;
		setProblem(undefined);
		setShare(0);
		try { await begin(file, dryRun, merchant, setShare); } catch (refusal) { setProblem(refusal); setShare(undefined); }
	};
	const exported = (format: string) => `/api/v1/products/export?format=${format}${merchant ? `&merchant_id=${merchant}` : ''}`;
	return (
		<>
			<Heading text={t('menu.imports')} />
			{staff && <label class="field form"><span>{t('field.merchant_id')}</span><select onChange={(event) => setMerchant(event.currentTarget.value)}>
				<option value="">{t('imports.all')}</option>{merchants.map(([id, name]) => <option key={id} value={id}>{name}</option>)}</select></label>}
			<div class="panels">
				<section class="panel"><h2>{t('imports.new')}</h2>
					<form {...drop} onSubmit={submit}>
						<p class="hint">{t('imports.how')}</p>
						{problem ? <ProblemNote problem={problem} /> : null}
						<label class="field"><span>{t('imports.file')}</span><input type="file" accept=".csv,.jsonl,.json,text/csv" onChange={(event) => setFile(event.currentTarget.files?.[0])} /></label>
						{file && <p>{t('imports.chosen', { name: file.name })}</p>}
						<label class="check"><input type="checkbox" checked={dryRun} onChange={(event) => setDryRun(event.currentTarget.checked)} /> {t('imports.try')}</label>
						{share !== undefined && <progress max={1} value={share} aria-label={t('imports.sending')} />}
						<div class="actions end"><button type="submit" aria-disabled={!file || (staff && !merchant) || share !== undefined}>{t(dryRun ? 'imports.check' : 'imports.act')}</button></div>
					</form>
				</section>
				<section class="panel"><h2>{t('imports.export')}</h2>
					<p class="hint">{t('imports.export.how')}</p>
					<p class="actions"><a class="button quiet" download href={exported('csv')}>CSV</a><a class="button quiet" download href={exported('jsonl')}>JSON Lines</a></p>
				</section>
			</div>
			<h2>{t('imports.title')}</h2>
			<List spec={imports} />
		</>
	);
}

function Errors({ of }: { of: Schemas['Import'] }) {
	return (
		<>
			<div class="heading"><h2>{t('imports.errors', { n: of.error_count })}</h2><a class="button quiet" download href={`/api/v1/imports/${of.id}/errors`}>CSV</a></div>
			<div class="table"><table>
				<caption class="unseen">{t('imports.errors', { n: of.error_count })}</caption>
				<thead><tr><th scope="col" class="number">{t('imports.row')}</th><th scope="col">{t('imports.member')}</th><th scope="col">{t('imports.why')}</th></tr></thead>
				<tbody>{of.errors.slice(0, 200).map((one, i) => <tr key={i}><td class="number">{number(one.row)}</td><td>{one.member ?? '–'}</td><td>{one.message}</td></tr>)}</tbody>
			</table></div>
			{of.error_count > 200 && <p class="hint">{t('imports.more')}</p>}
		</>
	);
}

export function OneImport({ parts }: PageProps) {
	const id = parts.id!, loaded = useCall('GET /imports/{id}', { path: { id } });
	const goesOn = loaded.data?.status === 'queued' || loaded.data?.status === 'running';
	useWhile(goesOn, loaded.again, 1000);
	return <Shown of={loaded}>{(one) => {
		const file = tried.get(one.id);
		return (
			<>
				<Heading text={one.file_name ?? t('imports.one')} actions={<>
					{goesOn && <Act kind="danger" act={async () => loaded.put(await call('POST /imports/{id}/cancel', { path: { id } }))}>{t('imports.cancel')}</Act>}
					{one.dry_run && one.status === 'done' && file && one.refused < one.done && <Act act={() => begin(file, false, one.merchant_id, () => undefined)}>{t('imports.act')}</Act>}
					<a class="button quiet" href="/console/imports">{t('imports.another')}</a>
				</>}><Said of={one} /></Heading>
				{goesOn && <p><progress max={one.total ?? 1} value={one.total ? one.done : undefined} aria-label={t('imports.progress')} /></p>}
				{one.fault && <p class="note bad" role="alert">{one.fault}</p>}
				<section class="panel form" aria-live="polite"><h2>{t(one.dry_run ? 'imports.would' : 'imports.result')}</h2>
					<Facts of={[[t('imports.done'), one.total === null ? number(one.done) : t('imports.of', { done: one.done, total: one.total })], [t('imports.created'), number(one.created)],
						[t('imports.updated'), number(one.changed)], [t('imports.unchanged'), number(one.unchanged)], [t('imports.column.refused'), number(one.refused)]]} />
				</section>
				{one.errors.length > 0 && <Errors of={one} />}
			</>
		);
	}}</Shown>;
}
