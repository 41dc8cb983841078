// People: customers, staff and their rights, merchants, API keys, blocked networks, and who has done what.
import { useEffect, useRef, useState } from 'preact/hooks';
import { call, type Answer } from './api';
import { areas, can, type PageProps, type Pages } from './areas';
import { Check, Choice, Field, Save, useForm, type Values } from './form';
import { List, type ListSpec } from './list';
import { Act, Dialog, Facts, Heading, Shown, Status, askWhether, openDialog, say, useCall } from './ui';
import { indented, money, t, time, word } from './words';

type User = Answer<'GET /users/{id}'>;
type Merchant = Answer<'GET /merchants/{id}'>;
const roles = ['customer', 'shopkeeper', 'account_manager', 'warehouse', 'accountant', 'admin'] as const;

const users: ListSpec<'GET /users'> = {
	name: 'users', call: 'GET /users', numbered: true, csv: true, id: (row) => row.id, open: (row) => `/users/${row.id}`,
	columns: [
		{ name: 'name', show: (row) => row.full_name },
		{ name: 'email', show: (row) => row.email ?? '–' },
		{ name: 'phone', spare: true, show: (row) => row.phone ?? '–' },
		{ name: 'role', show: (row) => word(row.role) },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'created', show: (row) => time(row.created_at) },
	],
	filters: [{ name: 'search', kind: 'text' }, { name: 'role', kind: 'choice', choices: roles }, { name: 'status', kind: 'choice', choices: ['active', 'disabled', 'deleted'] }],
};

/* Marks besides the role: an own row for each that may be given. */
function Marks({ legend, names, chosen, toggle, say: show }: { legend: string; names: readonly string[]; chosen: string[]; toggle: (name: string, on: boolean) => void; say: (name: string) => string }) {
	return <fieldset><legend>{legend}</legend><div class="marks">{names.map((one) => <label class="check" key={one}><input type="checkbox" checked={chosen.includes(one)} onChange={(event) => toggle(one, event.currentTarget.checked)} /> {show(one)}</label>)}</div></fieldset>;
}

const split = (value: string | boolean | undefined) => String(value ?? '').split(' ').filter(Boolean);

function Rights({ user, known, reload, put }: { user: User; known: Answer<'GET /permissions'>; reload: () => Promise<User>; put: (user: User) => void }) {
	const textOf = (one: User): Values => ({ role: one.role, permissions: one.permissions.join(' '), assigned_modules: one.assigned_modules.join(' ') });
	const seen = useRef(user);
	useEffect(() => { seen.current = user; }, [user]);
	const form = useForm({ name: `user-${user.id}`, from: textOf(user), saved: 'saved', reread: async () => textOf(seen.current = await reload()),
		save: async (_, changes) => put(await call('PATCH /users/{id}', { path: { id: user.id }, seen: seen.current, body: {
			...('role' in changes ? { role: changes.role as User['role'] } : {}),
			...('permissions' in changes ? { permissions: split(changes.permissions) } : {}),
			...('assigned_modules' in changes ? { assigned_modules: split(changes.assigned_modules) } : {}),
		} })) }, (name) => t(`user.${name}`));
	const toggle = (member: string) => (name: string, on: boolean) => {
		const before = split(form.values[member]);
		form.set(member, (on ? [...before, name] : before.filter((one) => one !== name)).sort().join(' '));
	};
	const granted = known.roles.find((one) => one.name === form.values.role)?.permissions ?? [];
	const names = known.permissions.filter((one) => one.staff || user.permissions.includes(one.name)).map((one) => one.name);
	return (
		<form class="panel form" onSubmit={form.submit}><h2>{t('user.rights')}</h2>
			<Choice form={form} name="role" label={t('user.role')} choices={known.roles.map((one) => [one.name, word(one.name)])} />
			<p class="hint">{t('user.granted', { names: granted.join(', ') || '–' })}</p>
			<Marks legend={t('user.permissions')} names={names} chosen={split(form.values.permissions)} toggle={toggle('permissions')} say={(name) => name} />
			<Marks legend={t('user.assigned_modules')} names={areas.filter((one) => one.name !== 'home').map((one) => one.name)} chosen={split(form.values.assigned_modules)} toggle={toggle('assigned_modules')} say={(name) => t(`area.${name}`)} />
			<p class="hint">{t('user.modules.hint')}</p>
			<Save form={form} />
		</form>
	);
}

/* Where somebody's orders are listed, with the newest of them; nothing where there are none. */
function Bought({ label, href, rows, more }: { label: string; href: string; rows: { to: string; number: string; status: string; total: string; currency: string; at: string }[]; more: boolean }) {
	if (rows.length === 0) return null;
	return (
		<section><h2>{label}</h2>
			<div class="table" tabIndex={0} role="region" aria-label={label}><table>
				<thead><tr><th scope="col">{t('bought.number')}</th><th scope="col">{t('bought.status')}</th><th scope="col" class="number">{t('bought.total')}</th><th scope="col">{t('bought.at')}</th></tr></thead>
				<tbody>{rows.map((row) => <tr key={row.to}><td><a href={`/console${row.to}`}>{row.number}</a></td><td><Status value={row.status}>{word(row.status)}</Status></td><td class="number">{money(row.total, row.currency)}</td><td>{time(row.at)}</td></tr>)}</tbody>
			</table></div>
			{more && <p><a href={href}>{t('bought.all')}</a></p>}
		</section>
	);
}

function Orders({ of }: { of: User }) {
	const query = { customer: of.id, limit: 10 };
	const orders = useCall('GET /orders', { query }), imported = useCall('GET /imported-orders', { query });
	return <>
		<Shown of={orders}>{(page) => <Bought label={t('bought.orders')} href={`/console/orders?customer=${of.id}`} more={page.next !== null} rows={page.results.map((one) => ({ ...one, to: `/orders/${one.number}`, at: one.created_at }))} />}</Shown>
		<Shown of={imported}>{(page) => <Bought label={t('bought.imported')} href={`/console/imported-orders?customer=${of.id}`} more={page.next !== null} rows={page.results.map((one) => ({ ...one, to: `/imported-orders/${one.id}`, at: one.placed_at }))} />}</Shown>
	</>;
}

function UserPage({ me, parts }: PageProps) {
	const path = { id: parts.id! };
	const loaded = useCall('GET /users/{id}', { path });
	const known = useCall('GET /permissions', {}, !can(me, 'user:manage'));
	const manages = can(me, 'user:manage');
	return (
		<Shown of={loaded}>{(user) => (
			<>
				<Heading text={user.full_name} actions={manages && user.id !== me.id && <>
					<Act kind={user.status === 'active' ? 'danger' : 'quiet'} act={async () => {
						if (user.status === 'active' && !await askWhether(t('user.disable'), <p>{t('user.disable.why')}</p>, t('user.disable'), true)) return;
						loaded.put(await call('PATCH /users/{id}', { path, seen: user, body: { status: user.status === 'active' ? 'disabled' : 'active' } }));
						say(t('saved'));
					}}>{t(user.status === 'active' ? 'user.disable' : 'user.enable')}</Act>
					<Act kind="quiet" act={async () => {
						if (!await askWhether(t('user.totp'), <p>{t('user.totp.why')}</p>, t('user.totp'), true)) return;
						await call('DELETE /users/{id}/totp', { path });
						say(t('user.totp.done'));
					}}>{t('user.totp')}</Act></>}>
					<Status value={user.status}>{word(user.status)}</Status>
				</Heading>
				<section class="panel"><Facts of={[[t('users.column.email'), user.email ?? '–'], [t('users.column.phone'), user.phone ?? '–'], [t('users.column.role'), word(user.role)], [t('users.column.created'), time(user.created_at)]]} /></section>
				{manages && user.id !== me.id && user.status !== 'deleted' && (known.data ? <Rights user={user} known={known.data} put={loaded.put} reload={() => call('GET /users/{id}', { path })} /> : <Shown of={known}>{() => null}</Shown>)}
				{can(me, 'order:read_all') && <Orders of={user} />}
				{can(me, 'audit:read') && <p><a href={`/console/audit?subject=${user.id}`}>{t('audit.of')}</a></p>}
			</>
		)}</Shown>
	);
}

const merchants: ListSpec<'GET /merchants'> = {
	name: 'merchants', call: 'GET /merchants', numbered: true, csv: true, id: (row) => row.id, open: (row) => `/merchants/${row.id}`,
	columns: [
		{ name: 'shop', show: (row) => row.shop_name },
		{ name: 'status', show: (row) => <Status value={row.status}>{word(row.status)}</Status> },
		{ name: 'type', show: (row) => word(row.business_type) },
		{ name: 'currency', show: (row) => row.currency },
		{ name: 'created', show: (row) => time(row.created_at) },
	],
	filters: [{ name: 'search', kind: 'text' }, { name: 'status', kind: 'choice', choices: ['pending', 'active', 'suspended', 'inactive'] }],
};

function Terms({ merchant, put }: { merchant: Merchant; put: (merchant: Merchant) => void }) {
	const textOf = (one: Merchant): Values => ({ commission_percent: one.commission_percent ?? '', rate_limit: one.rate_limit === null ? '' : String(one.rate_limit) });
	const path = { id: merchant.id }, seen = useRef(merchant);
	useEffect(() => { seen.current = merchant; }, [merchant]);
	const form = useForm({ name: `merchant-${merchant.id}`, saved: 'saved', from: textOf(merchant), reread: async () => textOf(seen.current = await call('GET /merchants/{id}', { path })),
		save: async (values) => put(await call('PATCH /merchants/{id}', { path, seen: seen.current, body: {
			commission_percent: values.commission_percent === '' ? null : String(values.commission_percent), rate_limit: values.rate_limit === '' ? null : Number(values.rate_limit) } })) },
	(name) => t(name === 'rate_limit' ? 'merchant.rate' : 'merchant.commission'));
	return (
		<form class="panel form" onSubmit={form.submit}><h2>{t('merchant.terms')}</h2>
			<Field form={form} name="commission_percent" label={t('merchant.commission')} inputMode="decimal" hint={t('merchant.default')} />
			<Field form={form} name="rate_limit" label={t('merchant.rate')} inputMode="numeric" hint={t('merchant.default')} />
			<Save form={form} />
		</form>
	);
}

function MerchantPage({ me, parts }: PageProps) {
	const path = { id: parts.id! };
	const loaded = useCall('GET /merchants/{id}', { path });
	return (
		<Shown of={loaded}>{(merchant) => (
			<>
				<Heading text={merchant.shop_name} actions={can(me, 'merchant:verify') && (merchant.status === 'active'
					? <Act kind="danger" act={async () => {
						if (!await askWhether(t('merchant.suspend'), <p>{t('merchant.suspend.why')}</p>, t('merchant.suspend'), true)) return;
						loaded.put(await call('POST /merchants/{id}/suspend', { path }));
						say(t('merchant.suspended'));
					}}>{t('merchant.suspend')}</Act>
					: <Act act={async () => { loaded.put(await call('POST /merchants/{id}/activate', { path })); say(t('merchant.activated')); }}>{t('merchant.activate')}</Act>)}>
					<Status value={merchant.status}>{word(merchant.status)}</Status>
				</Heading>
				<section class="panel"><Facts of={[[t('merchants.column.type'), word(merchant.business_type)], [t('merchant.business'), merchant.business_id], [t('merchant.gst'), merchant.gst_number ?? '–'], [t('merchant.contact'), merchant.contact ?? '–'],
					[t('merchants.column.currency'), merchant.currency], [t('merchants.column.created'), time(merchant.created_at)], [t('merchant.owner'), <a href={`/console/users/${merchant.user_id}`}>{t('merchant.account')}</a>]]} /></section>
				{can(me, 'merchant:terms') && <Terms merchant={merchant} put={loaded.put} />}
			</>
		)}</Shown>
	);
}

const keys: ListSpec<'GET /api-keys'> = {
	name: 'keys', call: 'GET /api-keys', csv: true, id: (row) => row.id,
	columns: [
		{ name: 'shop', show: (row) => row.shop_name },
		{ name: 'name', show: (row) => row.name },
		{ name: 'prefix', show: (row) => <code>{row.prefix}…</code> },
		{ name: 'scopes', show: (row) => row.scopes.join(', ') },
		{ name: 'used', show: (row) => time(row.last_used_at) },
		{ name: 'revoke', show: (row) => row.revoked_at ? time(row.revoked_at) : <Act kind="plain" label={t('key.revoke.of', { name: row.name })} act={async () => {
			if (!await askWhether(t('key.revoke'), <p>{t('key.revoke.why', { name: row.name })}</p>, t('key.revoke'), true)) return;
			await call('DELETE /api-keys/{id}', { path: { id: row.id } });
			say(t('key.revoked'));
		}}>{t('key.revoke')}</Act> },
	],
};

const scopes = ['catalog:write_own', 'inventory:write_own', 'order:read_own', 'order:fulfil_own', 'payment:read_own', 'payment:take_own', 'payment:refund_own', 'report:sales_own', 'webhook:write_own', 'coupon:write_own', 'plan:write_own', 'subscription:manage_own', 'payout:read_own'] as const;

/* A key is shown once. */
const showKey = (key: string) => openDialog<void>((done) => (
	<Dialog title={t('key.new')} close={done}><p>{t('key.once')}</p><pre class="code" tabIndex={0}>{key}</pre>
		<div class="actions end"><Act kind="quiet" act={async () => { await navigator.clipboard.writeText(key); say(t('copied')); }}>{t('copy')}</Act></div></Dialog>
));

function NewKey({ close, made }: { close: () => void; made: () => void }) {
	const form = useForm({ name: 'key-new', from: { name: '', ...Object.fromEntries(scopes.map((one) => [one, false])) }, save: async (values) => {
		const key = await call('POST /merchants/me/api-keys', { body: { name: String(values.name), scopes: scopes.filter((one) => values[one] === true) } });
		close();
		await showKey(key.key);
		made();
	} });
	return (
		<Dialog title={t('key.new')} close={close}><form onSubmit={form.submit}>
			<Field form={form} name="name" label={t('keys.column.name')} required />
			<fieldset><legend>{t('keys.column.scopes')}</legend><div class="marks">{scopes.map((one) => <Check key={one} form={form} name={one} label={one} />)}</div></fieldset>
			<Save form={form} label={t('key.new')} cancel={close} />
		</form></Dialog>
	);
}

function OwnKeys() {
	const loaded = useCall('GET /merchants/me/api-keys');
	const [opened, open] = useState(false);
	return (
		<>
			<Heading text={t('keys.title')} actions={<button type="button" onClick={() => open(true)}>{t('key.new')}</button>} />
			<Shown of={loaded}>{({ results }) => results.length === 0 ? <p class="empty">{t('keys.empty')}</p> : <div class="panels">{results.map((one) => (
				<section class="panel" key={one.id}><h2>{one.name}</h2><Facts of={[[t('keys.column.prefix'), <code>{one.prefix}…</code>], [t('keys.column.scopes'), one.scopes.join(', ')], [t('keys.column.used'), time(one.last_used_at)]]} />
					<div class="actions end">
						<Act kind="quiet" act={async () => { const key = await call('POST /merchants/me/api-keys/{id}/rotate', { path: { id: one.id } }); await showKey(key.key); loaded.again(); }}>{t('key.rotate')}</Act>
						<Act kind="danger" act={async () => {
							if (!await askWhether(t('key.revoke'), <p>{t('key.revoke.why', { name: one.name })}</p>, t('key.revoke'), true)) return;
							await call('DELETE /merchants/me/api-keys/{id}', { path: { id: one.id } });
							loaded.again();
						}}>{t('key.revoke')}</Act></div></section>
			))}</div>}</Shown>
			{opened && <NewKey close={() => open(false)} made={loaded.again} />}
		</>
	);
}

const AllKeys = () => <><Heading text={t('keys.title')} /><List spec={keys} /></>;

const blocks: ListSpec<'GET /blocks'> = {
	name: 'blocks', call: 'GET /blocks', numbered: true, csv: true, id: (row) => row.id,
	columns: [
		{ name: 'network', show: (row) => <code>{row.network}</code> },
		{ name: 'reason', show: (row) => row.reason },
		{ name: 'until', show: (row) => row.until ? time(row.until) : t('block.forever') },
		{ name: 'created', show: (row) => time(row.created_at) },
		{ name: 'lift', show: (row) => <Act kind="plain" label={t('block.lift.of', { network: row.network })} act={async () => { await call('DELETE /blocks/{id}', { path: { id: row.id } }); say(t('block.lifted')); }}>{t('block.lift')}</Act> },
	],
	filters: [{ name: 'address', kind: 'text' }],
};

function NewBlock({ close }: { close: (made: boolean) => void }) {
	const form = useForm({ name: 'block-new', from: { network: '', reason: '', until: '' }, save: async (values) => {
		await call('POST /blocks', { body: { network: String(values.network), reason: String(values.reason), until: values.until === '' ? null : new Date(String(values.until)).toISOString() } });
		say(t('block.made'));
		close(true);
	} });
	return (
		<Dialog title={t('block.new')} close={() => close(false)}><form onSubmit={form.submit}><p>{t('block.why')}</p>
			<Field form={form} name="network" label={t('blocks.column.network')} required hint={t('block.network.hint')} />
			<Field form={form} name="reason" label={t('reason')} required />
			<Field form={form} name="until" label={t('blocks.column.until')} type="datetime-local" />
			<Save form={form} label={t('block.new')} cancel={() => close(false)} />
		</form></Dialog>
	);
}

function Blocks() {
	const [opened, open] = useState(false);
	const [turn, setTurn] = useState(0);
	return <><Heading text={t('blocks.title')} actions={<button type="button" onClick={() => open(true)}>{t('block.new')}</button>} /><List key={turn} spec={blocks} />{opened && <NewBlock close={(made) => { open(false); if (made) setTurn(turn + 1); }} />}</>;
}

/* What has changed, member by member: a record is JSON before and after. */
function Difference({ before, after }: { before: string | null; after: string | null }) {
	const read = (text: string | null): Record<string, unknown> => { try { const value = JSON.parse(text ?? '{}'); return typeof value === 'object' && value !== null ? value : { value }; } catch { return { value: text }; } };
	const old = read(before), now = read(after), names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]));
	const shown = (value: unknown) => value === undefined ? '–' : typeof value === 'string' ? value : indented(JSON.stringify(value));
	if (names.length === 0) return <>–</>;
	return <dl class="difference">{names.map((name) => <div key={name}><dt>{name}</dt>{name in old && <dd><del>{shown(old[name])}</del></dd>}{name in now && <dd><ins>{shown(now[name])}</ins></dd>}</div>)}</dl>;
}

const audit: ListSpec<'GET /audit'> = {
	name: 'audit', call: 'GET /audit', csv: true, id: (row) => row.id,
	columns: [
		{ name: 'time', show: (row) => time(row.created_at) },
		{ name: 'actor', show: (row) => row.actor_name ?? t('audit.system') },
		{ name: 'action', show: (row) => row.action },
		{ name: 'subject', show: (row) => `${row.subject_type} ${row.subject_id ?? ''}` },
		{ name: 'change', show: (row) => <Difference before={row.before} after={row.after} /> },
		{ name: 'address', spare: true, show: (row) => row.ip ?? '–' },
		{ name: 'request', spare: true, show: (row) => row.request_id ?? '–' },
	],
	filters: [{ name: 'action', kind: 'text' }, { name: 'subject_type', kind: 'text' }, { name: 'subject', kind: 'text' }, { name: 'actor', kind: 'text' }, { name: 'from', kind: 'date' }, { name: 'to', kind: 'date' }],
};

const Users = () => <><Heading text={t('users.title')} /><List spec={users} /></>;
const Merchants = () => <><Heading text={t('merchants.title')} /><List spec={merchants} /></>;
const Audit = () => <><Heading text={t('audit.title')} /><List spec={audit} /></>;

export const pages: Pages = { '/users': Users, '/users/:id': UserPage, '/merchants': Merchants, '/merchants/:id': MerchantPage, '/api-keys': AllKeys, '/shop/api-keys': OwnKeys, '/blocks': Blocks, '/audit': Audit };
