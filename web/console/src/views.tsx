// Views of a list that somebody has kept: the query of the address under a name, for oneself or for all who work here.
import { useState } from 'preact/hooks';
import { call, type Answer, type Call } from './api';
import { Check, Field, Save, useForm } from './form';
import { go } from './route';
import { Act, Dialog, say, useCall } from './ui';
import { t } from './words';

type ViewList = Answer<'GET /saved-views'>['results'][number]['list'];

/* What the API calls the lists whose views it keeps. */
const viewed: Partial<Record<Call, ViewList>> = {
	'GET /products': 'products', 'GET /inventory': 'inventory', 'GET /coupons': 'coupons', 'GET /plans': 'plans', 'GET /reviews': 'reviews', 'GET /imports': 'imports',
	'GET /orders': 'orders', 'GET /fulfilments': 'fulfilments', 'GET /returns': 'returns', 'GET /refunds': 'refunds', 'GET /invoices': 'invoices',
	'GET /payments': 'payments', 'GET /disputes': 'disputes', 'GET /subscriptions': 'subscriptions', 'GET /payouts': 'payouts', 'GET /settlements': 'settlements',
	'GET /ledger/accounts': 'ledger_accounts', 'GET /ledger/accounts/{id}/entries': 'ledger_entries',
	'GET /users': 'users', 'GET /merchants': 'merchants', 'GET /api-keys': 'api_keys', 'GET /blocks': 'blocks', 'GET /audit': 'audit',
	'GET /webhook-events': 'webhook_events', 'GET /webhook-endpoints': 'webhook_endpoints', 'GET /webhook-endpoints/{id}/deliveries': 'webhook_deliveries', 'GET /jobs': 'jobs',
};

function Keep({ list, query, close, kept }: { list: ViewList; query: string; close: () => void; kept: () => void }) {
	const form = useForm({ name: `view-${list}`, from: { name: '', shared: false }, save: async (values) => {
		await call('POST /saved-views', { body: { list, name: String(values.name), query, shared: values.shared === true } });
		say(t('view.kept'));
		kept();
		close();
	} });
	return <Dialog title={t('view.keep')} close={close}><form onSubmit={form.submit}><Field form={form} name="name" label={t('view.name')} required maxLength={80} /><Check form={form} name="shared" label={t('view.shared')} /><Save form={form} cancel={close} /></form></Dialog>;
}

export function Views({ call: of, query }: { call: Call; query: string }) {
	const list = viewed[of];
	return list ? <Menu list={list} query={query} /> : null;
}

function Menu({ list, query }: { list: ViewList; query: string }) {
	const [opened, open] = useState(false);
	const [keeping, keep] = useState(false);
	const loaded = useCall('GET /saved-views', { query: { list } }, !opened);
	const views = loaded.data?.results ?? [];
	return (
		<details class="menu" onToggle={(event) => open(event.currentTarget.open)}>
			<summary class="button quiet">{t('views')}</summary>
			<div>
				{loaded.data && views.length === 0 && <p class="hint">{t('views.none')}</p>}
				<ul class="views">{views.map((one) => <li key={one.id}>
					<a href={`${location.pathname}?${one.query}`} aria-current={one.query === query ? 'true' : undefined}>{one.name}{one.shared ? ` (${t('view.of_all')})` : ''}</a>
					{one.own && <Act kind="plain" label={t('view.forget', { name: one.name })} act={async () => { await call('DELETE /saved-views/{id}', { path: { id: one.id } }); loaded.again(); }}>×</Act>}
				</li>)}</ul>
				<button type="button" class="quiet" onClick={() => keep(true)} aria-disabled={query === ''}>{t('view.keep')}</button>
				{query !== '' && <button type="button" class="plain" onClick={() => go(location.pathname)}>{t('view.all')}</button>}
			</div>
			{keeping && <Keep list={list} query={query} close={() => keep(false)} kept={loaded.again} />}
		</details>
	);
}
