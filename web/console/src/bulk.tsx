// One action on many things: a job does it row by row; its progress, what failed and a second try for that stand in a dialog that may be left.
import { useEffect, useState } from 'preact/hooks';
import { call, type Answer, type Input } from './api';
import { Field, Save, useForm } from './form';
import { Act, Dialog, ProblemNote, openDialog, useOnce } from './ui';
import { number, t, word } from './words';

type Bulk = Answer<'GET /bulk-actions/{id}'>;
type BulkBody = NonNullable<Exclude<Input<'POST /bulk-actions'>['body'], FormData | Blob>>;

export type BulkAction = BulkBody['action'];

const isOver = (bulk: Bulk) => bulk.status === 'done' || bulk.status === 'refused';

function Progress({ first, close }: { first: Bulk; close: () => void }) {
	const [bulk, setBulk] = useState(first);
	const [problem, setProblem] = useState<unknown>();
	const [turn, setTurn] = useState(0);
	useEffect(() => {
		let over = false, timer: ReturnType<typeof setTimeout>;
		const look = async () => {
			try {
				const now = await call('GET /bulk-actions/{id}', { path: { id: first.id } });
				setBulk(now);
				setProblem(undefined);
				if (!over && !isOver(now)) timer = setTimeout(look, 700);
			} catch (fault) { setProblem(fault); if (!over) timer = setTimeout(look, 3000); }
		};
		void look();
		return () => { over = true; clearTimeout(timer); };
	}, [turn]);
	const retry = async () => { setBulk(await call('POST /bulk-actions/{id}/retry', { path: { id: bulk.id } })); setTurn(turn + 1); };
	return (
		<Dialog wide title={t('bulk.title', { action: t(`bulk.${bulk.action}`) })} close={close}>
			<div class="dialog-body">
				<p role="status">{bulk.status === 'refused' ? t('bulk.refused', { why: bulk.fault ?? '' }) : t('bulk.progress', { n: bulk.done + bulk.failed, all: bulk.total })}</p>
				<progress max={Math.max(bulk.total, 1)} value={bulk.done + bulk.failed} aria-label={t('bulk.label')} />
				{problem ? <ProblemNote problem={problem} /> : null}
				{bulk.failed > 0 && <>
					<p><b>{t('bulk.failed', { n: bulk.failed })}</b> <a href={`/api/v1/bulk-actions/${bulk.id}/rows?format=csv`} download>CSV</a></p>
					<div class="table" tabIndex={0} role="region" aria-label={t('bulk.rows')}><table>
						<thead><tr><th scope="col" class="number">{t('bulk.row')}</th><th scope="col">{t('bulk.id')}</th><th scope="col">{t('bulk.why')}</th></tr></thead>
						<tbody>{bulk.errors.map((row) => <tr key={row.position}><td class="number">{number(row.position)}</td><td><code>{row.id}</code></td><td>{row.message ?? word(row.code)}</td></tr>)}</tbody>
					</table></div>
				</>}
				{!isOver(bulk) && <p class="hint">{t('bulk.goes_on')}</p>}
				<div class="actions end">
					{isOver(bulk) && bulk.failed > 0 && <Act kind="quiet" act={retry}>{t('bulk.retry')}</Act>}
					<button type="button" onClick={close}>{t('close')}</button>
				</div>
			</div>
		</Dialog>
	);
}

/* What an action has to know besides, each a field. */
export interface Parameter {
	name: 'percent' | 'delta' | 'reason' | 'carrier';
	label: string;
	hint?: string;
	optional?: boolean;
	number?: boolean;
}

function Ask({ title, text, body, parameters, close }: { title: string; text: string; body: BulkBody; parameters: Parameter[]; close: (begun: Bulk | null) => void }) {
	const once = useOnce(); // when the line breaks, who tries again must not change the prices twice
	const form = useForm({
		name: `many-${body.action}`, from: Object.fromEntries(parameters.map((one) => [one.name, ''])),
		save: async (values) => {
			const given = parameters.map((one) => [one.name, String(values[one.name]).trim(), one.number] as const).filter(([, value]) => value !== '');
			const whole = { ...body, ...Object.fromEntries(given.map(([name, value, isNumber]) => [name, isNumber ? Number(value) : value])) };
			close(await once(whole, (key) => call('POST /bulk-actions', { body: whole, once: key })));
		},
	});
	return (
		<Dialog title={title} close={() => close(null)}><form class="dialog-body" onSubmit={form.submit}>
			<p>{text}</p>
			{parameters.map((one) => <Field key={one.name} form={form} name={one.name} label={t(one.label)} hint={one.hint && t(one.hint)} required={!one.optional} inputMode={one.name === 'percent' ? 'decimal' : undefined} type={one.number ? 'number' : 'text'} />)}
			<Save form={form} label={title} cancel={() => close(null)} />
		</form></Dialog>
	);
}

/* Begins the action, once what it has to know is told, and shows how it goes; done when the dialog is closed. */
export async function runBulk(body: BulkBody, ask?: { title: string; text: string; parameters: Parameter[] }) {
	const bulk = ask ? await openDialog<Bulk | null>((done) => <Ask {...ask} body={body} close={done} />) : await call('POST /bulk-actions', { body });
	if (bulk) await openDialog<void>((done) => <Progress first={bulk} close={done} />);
}
