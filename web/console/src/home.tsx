// The first page: how today and this week go, and what waits for the reader.
import type { ComponentChildren } from 'preact';
import { type Call, type Input } from './api';
import { can, type Me, type PageProps, type Pages } from './areas';
import { Heading, useCall } from './ui';
import { money, number, t, today, zone } from './words';

const most = 50;

type Listed = { results: unknown[]; next?: string | null };

/* How many wait, and the list of them; nothing is said of what the account may not see. */
function Waits<C extends Call>({ name, call, query, to }: { name: string; call: C; query: Input<C>['query']; to: string }) {
	const loaded = useCall(call, { query: { limit: most, ...query } as never });
	const page = loaded.data as Listed | undefined;
	const n = page?.results.length ?? 0;
	let said: ComponentChildren = '…';
	if (loaded.problem) said = '–';
	else if (page) said = page.next ? t('home.more', { n }) : number(n);
	return <li><a class={n > 0 ? 'waits' : 'waits none'} href={`/console${to}`}><span>{t(`home.${name}`)}</span> <b>{said}</b></a></li>;
}

function Period({ name, from, to }: { name: string; from: string; to: string }) {
	const loaded = useCall('GET /reports/dashboard', { query: { range: 'custom', from, to, tz: zone } as never });
	const now = loaded.data?.results[0], currency = loaded.data?.about.currency ?? '';
	return (
		<section class="panel figure"><h2><a href={`/console/reports?range=custom&from=${from}&to=${to}`}>{t(`home.${name}`)}</a></h2>
			<p class="large">{now ? money(now.revenue, currency) : '…'}</p>
			<p class="change">{now ? t('home.orders_n', { n: now.orders }) : ''}</p></section>
	);
}

export const waiting = (me: Me) => [
	can(me, 'order:fulfil', 'order:fulfil_own') && <Waits key="pack" name="pack" call="GET /fulfilments" query={{ status: 'pending' }} to="/fulfilments?status=pending&ordering=created_at" />,
	can(me, 'return:manage', 'return:manage_own') && <Waits key="returns" name="returns" call="GET /returns" query={{ status: 'requested' }} to="/returns?status=requested" />,
	can(me, 'inventory:write', 'inventory:write_own') && <Waits key="low" name="low" call="GET /inventory" query={{ low: true }} to="/stock?low=true" />,
	can(me, 'payment:refund') && <Waits key="held" name="held" call="GET /payments" query={{ held: true }} to="/payments?held=true" />,
	can(me, 'risk:manage') && <Waits key="risk" name="risk" call="GET /payments" query={{ risk: 'review' }} to="/payments?risk=review" />,
	can(me, 'webhook:read') && <Waits key="dead" name="dead" call="GET /webhook-events" query={{ status: 'dead' }} to="/webhook-events?status=dead" />,
];

function Home({ me }: PageProps) {
	const now = today(zone);
	return (
		<>
			<Heading text={t('home.title')} />
			{can(me, 'report:sales', 'report:sales_own') && <div class="figures"><Period name="today" from={now} to={now} /><Period name="week" from={today(zone, 6)} to={now} /></div>}
			<h2>{t('home.waits')}</h2>
			<ul class="waiting">{waiting(me)}</ul>
		</>
	);
}

export const pages: Pages = { '': Home };
