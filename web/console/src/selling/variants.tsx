// A product's options and variants, all saved as one change.
import { useState } from 'preact/hooks';
import type { Schemas } from '../api';
import { Area, Save, useForm, type Form, type Values } from '../form';
import { number, t } from '../words';
import type { Change, Product, Reread } from './product';

type Option = Schemas['ProductOption'];
const members = ['sku', 'price', 'barcode', 'weight_grams'] as const;

/* Options, one a line: "size: S, M, L". */
const linesOf = (options: Option[]) => options.map((one) => `${one.name}: ${one.values.join(', ')}`).join('\n');
const optionsOf = (lines: string): Option[] => lines.split('\n').filter((line) => line.trim() !== '').map((line) => {
	const [name = '', ...values] = line.split(':');
	return { name: name.trim(), values: values.join(':').split(',').map((one) => one.trim()).filter((one) => one !== '') };
});

/* A variant's members stand in the form as "ID.sku", its options as "ID.options.NAME"; of one that is new ID is "new1". */
const valuesOf = (product: Product): Values => ({
	options: linesOf(product.options),
	...Object.fromEntries(product.variants.flatMap((one) => [
		[`${one.id}.sku`, one.sku], [`${one.id}.price`, one.price], [`${one.id}.barcode`, one.barcode ?? ''], [`${one.id}.weight_grams`, one.weight_grams === null ? '' : String(one.weight_grams)],
		...Object.entries(one.options).map(([name, value]) => [`${one.id}.options.${name}`, value]),
	])),
});
const newOnes = (values: Values) => [...new Set(Object.keys(values).map((name) => name.split('.')[0]!).filter((id) => id.startsWith('new')))].filter((id) => values[`${id}.gone`] !== true);

function variantOf(id: string, values: Values, changes: Values, options: Option[]): Schemas['ListedVariantChange'] {
	const isNew = id.startsWith('new'), given = isNew ? values : changes, body: Record<string, unknown> = isNew ? {} : { id };
	for (const member of members) {
		const value = given[`${id}.${member}`];
		if (value === undefined || (isNew && value === '')) continue;
		if (member === 'weight_grams') body[member] = value === '' ? null : Number(value);
		else body[member] = value === '' && member !== 'sku' ? null : String(value).trim();
	}
	if (isNew) body.on_hand = Number(values[`${id}.on_hand`] ?? 0);
	body.options = Object.fromEntries(options.map((one) => [one.name, String(values[`${id}.options.${one.name}`] ?? one.values[0] ?? '')]));
	return body as Schemas['ListedVariantChange'];
}

function Cells({ form, id, options, name, available }: { form: Form; id: string; options: Option[]; name: string; available?: number }) {
	const field = (member: string, width: string, more: object = {}) => {
		const key = `${id}.${member}`, label = t(`field.${member}`), fault = form.faults[key];
		return <td data-label={label}><input class={width} name={key} aria-label={`${label}, ${name}`} value={String(form.values[key] ?? '')} aria-invalid={fault ? true : undefined} aria-describedby={fault ? `${key}-fault` : undefined}
			onInput={(event) => form.set(key, event.currentTarget.value)} {...more} />{fault && <p class="fault" id={`${key}-fault`}>{fault}</p>}</td>;
	};
	return (
		<>
			{field('sku', 'middling', { maxLength: 64, required: true })}
			{options.map((one) => {
				const key = `${id}.options.${one.name}`, value = String(form.values[key] ?? one.values[0] ?? '');
				return <td key={one.name} data-label={one.name}><select name={key} aria-label={`${one.name}, ${name}`} onChange={(event) => form.set(key, event.currentTarget.value)}>
					{(one.values.includes(value) ? one.values : [value, ...one.values]).map((each) => <option key={each} value={each} selected={each === value}>{each}</option>)}</select></td>;
			})}
			{field('price', 'short', { inputMode: 'decimal' })}
			{field('barcode', 'middling', { maxLength: 64 })}
			{field('weight_grams', 'short', { inputMode: 'numeric' })}
			{available === undefined ? field('on_hand', 'short', { inputMode: 'numeric' }) : <td class="number" data-label={t('field.available')}>{number(available)}</td>}
		</>
	);
}

export function Variants({ product, change, reread }: { product: Product; change: Change; reread: Reread }) {
	const [count, setCount] = useState(0);
	const label = (name: string) => {
		const [id, ...rest] = name.split('.');
		const variant = product.variants.find((one) => one.id === id);
		return variant ? `${rest[0] === 'options' ? rest[1] : t(`field.${rest[0]}`)}, ${variant.sku}` : t(`field.${name}`);
	};
	const form = useForm({
		name: `variants-${product.id}`, from: valuesOf(product), saved: 'product.saved',
		save: (values, changes) => {
			const options = optionsOf(String(values.options)), known = product.variants.map((one) => one.id).filter((id) => values[`${id}.gone`] !== true);
			const ids = [...known, ...newOnes(values)];
			return change({ options, variants: ids.map((id) => variantOf(id, values, changes, options)) },
				(member) => member.replace(/^variants\.(\d+)\./, (_, i) => `${ids[Number(i)]}.`).replace(/^options\..*/, 'options'));
		},
		reread: async () => valuesOf(await reread()),
	}, label);
	const options = optionsOf(String(form.values.options)), fresh = newOnes(form.values);
	const rows = [...product.variants.filter((one) => form.values[`${one.id}.gone`] !== true).map((one) => ({ id: one.id, name: one.sku, available: one.available as number | undefined })),
		...fresh.map((id) => ({ id, name: t('variants.new'), available: undefined }))];
	const add = () => {
		form.set(`new${count + fresh.length + 1}.sku`, '');
		setCount(count + 1);
	};
	const others = Object.entries(form.faults).filter(([name]) => name === 'variants' || /\.options|^variants/.test(name));
	return (
		<form onSubmit={form.submit}>
			<Area form={form} name="options" rows={2} hint={t('variants.options.hint')} />
			<div class="list"><div class="table"><table>
				<caption class="unseen">{t('variants.title')}</caption>
				<thead><tr>
					<th scope="col">{t('field.sku')}</th>{options.map((one) => <th key={one.name} scope="col">{one.name}</th>)}
					<th scope="col">{t('field.price')}</th><th scope="col">{t('field.barcode')}</th><th scope="col">{t('field.weight_grams')}</th><th scope="col" class="number">{t('field.available')}</th>
					<th scope="col"><span class="unseen">{t('variants.acts')}</span></th>
				</tr></thead>
				<tbody>{rows.map((row) => <tr key={row.id}>
					<Cells form={form} id={row.id} options={options} name={row.name} available={row.available} />
					<td>{rows.length > 1 && <button type="button" class="plain" aria-label={t('variants.remove', { name: row.name })} onClick={() => form.set(`${row.id}.gone`, true)}>×</button>}</td>
				</tr>)}</tbody>
			</table></div></div>
			{others.map(([name, fault]) => <p key={name} class="fault">{fault}</p>)}
			<p><button type="button" class="quiet" onClick={add}>{t('variants.add')}</button></p>
			<Save form={form} />
		</form>
	);
}
