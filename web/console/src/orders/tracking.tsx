// Many parcels are shipped with a tracking number each: typed, scanned one after the other, or pasted as a column.
import { useState } from 'preact/hooks';
import { call, type Row } from '../api';
import { Dialog, openDialog, sayProblem } from '../ui';
import { t } from '../words';

type Parcel = Row<'GET /fulfilments'>;
/* What became of each that was sent: nothing is wrong, or what is. */
type Outcomes = Record<string, string | null>;

/* A scanner ends with Enter, which leads to the next field and sends nothing. */
function next(event: KeyboardEvent) {
	if (event.key !== 'Enter') return;
	event.preventDefault();
	const fields = [...(event.currentTarget as HTMLInputElement).form!.querySelectorAll<HTMLInputElement>('[data-tracking]')];
	fields[fields.indexOf(event.currentTarget as HTMLInputElement) + 1]?.focus();
}

function Tracking({ parcels, close }: { parcels: Parcel[]; close: () => void }) {
	const [numbers, setNumbers] = useState<Record<string, string>>({});
	const [carrier, setCarrier] = useState('');
	const [outcomes, setOutcomes] = useState<Outcomes>({});
	const [busy, setBusy] = useState(false);
	const left = parcels.filter((one) => outcomes[one.id] !== null && (numbers[one.id] ?? '').trim() !== '');
	/* Lines from a sheet fill the fields from here on. */
	const paste = (event: ClipboardEvent, from: number) => {
		const lines = (event.clipboardData?.getData('text') ?? '').split(/\r?\n/).map((one) => one.trim()).filter(Boolean);
		if (lines.length < 2) return;
		event.preventDefault();
		setNumbers({ ...numbers, ...Object.fromEntries(lines.slice(0, parcels.length - from).map((line, i) => [parcels[from + i]!.id, line])) });
	};
	const ship = async (event: SubmitEvent) => {
		event.preventDefault();
		if (busy) return;
		setBusy(true);
		for (const one of left) {
			const outcome = await call('POST /fulfilments/{id}/ship', { path: { id: one.id }, body: { carrier, tracking: numbers[one.id]!.trim() } }).then(() => null, sayProblem);
			setOutcomes((before) => ({ ...before, [one.id]: outcome }));
		}
		setBusy(false);
	};
	const shipped = Object.values(outcomes).filter((one) => one === null).length;
	return (
		<Dialog wide title={t('tracking.title')} close={close}>
			<form class="dialog-body" onSubmit={ship}>
				<p>{t('tracking.how')}</p>
				<label class="field"><span>{t('parcel.carrier')}</span><input required maxLength={64} value={carrier} onInput={(event) => setCarrier(event.currentTarget.value)} /></label>
				<ol class="tracking">{parcels.map((one, i) => {
					const outcome = outcomes[one.id], name = `${t('parcel.tracking')}, ${one.order_number}`;
					return (
						<li key={one.id}><span class="fixed">{one.order_number}</span>
							{outcome === null ? <b>{t('tracking.done')}</b> : <input data-tracking aria-label={name} aria-invalid={outcome ? true : undefined} maxLength={100} value={numbers[one.id] ?? ''} autocomplete="off"
								onKeyDown={next} onPaste={(event) => paste(event, i)} onInput={(event) => setNumbers({ ...numbers, [one.id]: event.currentTarget.value })} />}
							{outcome && <p class="fault">{outcome}</p>}</li>
					);
				})}</ol>
				<p role="status">{shipped > 0 && t('tracking.shipped', { n: shipped })}</p>
				<div class="actions end"><button type="button" class="quiet" onClick={close}>{t('close')}</button>
					<button type="submit" aria-disabled={busy || left.length === 0}>{t('parcels.ship')}</button></div>
			</form>
		</Dialog>
	);
}

/* Done when the dialog is closed. */
export const shipTracked = (parcels: Parcel[]) => openDialog<void>((done) => <Tracking parcels={parcels} close={done} />);
