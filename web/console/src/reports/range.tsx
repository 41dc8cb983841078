// Which days, of which zone, in which money: it all stands in the address.
import { useState } from 'preact/hooks';
import { Problem } from '../api';
import type { Me } from '../areas';
import { can } from '../areas';
import { changed, go, usePlace } from '../route';
import { useCall } from '../ui';
import { t, zone } from '../words';

const ranges = ['7days', '30days', '90days', '12months', 'custom'] as const;
const members = ['range', 'from', 'to', 'tz', 'currency', 'refunds', 'merchant_id'] as const;

/* What every report is asked for; a report says which further members it takes. */
export function useRange(me: Me, more: string[] = []): Record<string, string> {
	const { query } = usePlace();
	const asked: Record<string, string> = { range: '30days', tz: zone };
	for (const name of [...members, ...more]) {
		const value = query.get(name);
		if (value) asked[name] = value;
	}
	if (!can(me, 'report:sales', 'report:finance') && me.merchant && asked.currency === undefined) asked.currency = me.merchant.currency;
	return asked;
}

export function Range({ me, asked, problem, refunds, counts, choices = [] }: { me: Me; asked: Record<string, string>; problem: unknown; refunds?: boolean; counts?: boolean; choices?: { name: string; values: readonly string[] }[] }) {
	const { query } = usePlace();
	const [range, setRange] = useState(asked.range!);
	const staff = can(me, 'report:sales', 'report:finance');
	const currencies = useCall('GET /currencies');
	const shops = useCall('GET /merchants', { query: { page_size: 100 } as never }, !can(me, 'merchant:verify', 'user:read'));
	const faults = problem instanceof Problem ? problem.details : {};
	const submit = (event: SubmitEvent) => {
		event.preventDefault();
		const change: Record<string, string | undefined> = { from: undefined, to: undefined };
		for (const [name, value] of new FormData(event.currentTarget as HTMLFormElement)) change[name] = String(value) || undefined;
		go(changed(query, change));
	};
	const fault = (name: string) => faults[name] ? <p class="fault" id={`${name}-fault`}>{faults[name]}</p> : null;
	const invalid = (name: string) => faults[name] ? { 'aria-invalid': true, 'aria-describedby': `${name}-fault` } : {};
	return (
		<form class="filters" onSubmit={submit} aria-label={t('range')}>
			<div class="filter"><label for="range">{t('range')}</label>
				<select id="range" name="range" {...invalid('range')} onChange={(event) => { setRange(event.currentTarget.value); if (event.currentTarget.value !== 'custom') event.currentTarget.form!.requestSubmit(); }}>
					{ranges.map((one) => <option key={one} value={one} selected={one === range}>{t(`range.${one}`)}</option>)}
				</select>{fault('range')}</div>
			{range === 'custom' && (['from', 'to'] as const).map((name) => (
				<div class="filter" key={name}><label for={name}>{t(`range.${name}`)}</label><input id={name} name={name} type="date" defaultValue={asked[name] ?? ''} {...invalid(name)} />{fault(name)}</div>
			))}
			{!counts && <div class="filter"><label for="currency">{t('range.currency')}</label>
				<select id="currency" name="currency" {...invalid('currency')} onChange={(event) => event.currentTarget.form!.requestSubmit()}>
					{staff && <option value="" selected={!asked.currency}>{t('range.converted')}</option>}
					{(currencies.data?.results ?? []).map(({ code }) => <option key={code} value={code} selected={code === asked.currency}>{code}</option>)}
				</select>{fault('currency')}</div>}
			{refunds && <div class="filter"><label for="refunds">{t('range.refunds')}</label>
				<select id="refunds" name="refunds" onChange={(event) => event.currentTarget.form!.requestSubmit()}>
					<option value="">{t('range.refunds.posted')}</option><option value="sold" selected={asked.refunds === 'sold'}>{t('range.refunds.sold')}</option>
				</select></div>}
			{choices.map(({ name, values }) => <div class="filter" key={name}><label for={name}>{t(`range.${name}`)}</label>
				<select id={name} name={name} onChange={(event) => event.currentTarget.form!.requestSubmit()}>
					{values.map((one, i) => <option key={one} value={i === 0 ? '' : one} selected={(asked[name] ?? values[0]) === one}>{t(`range.${name}.${one}`)}</option>)}
				</select></div>)}
			{staff && (shops.data?.results.length ?? 0) > 0 && <div class="filter"><label for="merchant_id">{t('range.merchant')}</label>
				<select id="merchant_id" name="merchant_id" onChange={(event) => event.currentTarget.form!.requestSubmit()}>
					<option value="">{t('range.merchant.all')}</option>
					{shops.data!.results.map((one) => <option key={one.id} value={one.id} selected={one.id === asked.merchant_id}>{one.shop_name}</option>)}
				</select></div>}
			<div class="filter"><label for="tz">{t('range.tz')}</label><input id="tz" name="tz" defaultValue={asked.tz} list="zones" {...invalid('tz')} />
				<datalist id="zones">{(Intl as unknown as { supportedValuesOf?: (key: string) => string[] }).supportedValuesOf?.('timeZone').map((one) => <option key={one} value={one} />)}</datalist>{fault('tz')}</div>
			<button type="submit" class="quiet">{t('filter.act')}</button>
		</form>
	);
}

