// The first page: what waits for the reader.
import { can, type PageProps, type Pages } from './areas';
import { Heading, Shown, useCall } from './ui';
import { t } from './words';

const most = 50;
const several = (n: number, more: boolean) => more ? t('home.more', { n }) : t('list.all', { n });

function ToPack() {
	const orders = useCall('GET /orders', { query: { status: 'paid', limit: most } });
	return (
		<section class="panel"><h3><a href="/console/orders?status=paid">{t('home.pack')}</a></h3>
			<Shown of={orders}>{(page) => page.results.length === 0 ? <p>{t('home.nothing')}</p> : <p>{several(page.results.length, page.next !== null)}</p>}</Shown>
		</section>
	);
}

function Home({ me }: PageProps) {
	return (
		<>
			<Heading text={t('home.title')} />
			<h2>{t('home.waits')}</h2>
			<div class="panels">{can(me, 'order:fulfil', 'order:fulfil_own') && <ToPack />}</div>
		</>
	);
}

export const pages: Pages = { '': Home };
