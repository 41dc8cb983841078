// The one table of the console's pages: who may see them, where they stand in the menu, which chunk holds them.
// A page is shown to who has one of its permissions and, where the account is assigned modules, to whom its area is assigned.
import type { ComponentType } from 'preact';
import type { Schemas } from './api';
import { addWords, pick, type Words } from './words';

export type Me = Schemas['Me'];
export type PageProps = { parts: Record<string, string>; me: Me };
export type Pages = Record<string, ComponentType<PageProps>>;

export interface Page {
	/* Below /console; the part after ":" is handed to the page. */
	path: string;
	/* One of these is enough; none: whoever may see the console. */
	may: string[];
	/* The menu's message; a page without one is reached from others. */
	label?: string;
	/* Only for who has a shop. */
	shop?: boolean;
	/* The list of the API that it begins with, as it is without parameters of its own. */
	list?: string;
}
export interface Area {
	name: string;
	pages: Page[];
	load: () => Promise<Pages>;
}

type Loaded<T> = Promise<{ default: T }>;
const area = (name: string, pages: Page[], code: () => Promise<{ pages: Pages }>,
	words: { en: () => Loaded<Words>; bn: () => Loaded<Words>; hi: () => Loaded<Words> }): Area => ({
	name, pages,
	load: async () => {
		const [module, spoken] = await Promise.all([code(), pick(words)()]);
		addWords(spoken.default);
		return module.pages;
	},
});

const catalog = ['catalog:write', 'catalog:write_own'], stock = ['inventory:write', 'inventory:write_own'];
const coupon = ['coupon:write', 'coupon:write_own'], plan = ['plan:write', 'plan:write_own'];
const sales = ['report:sales', 'report:sales_own'], finance = ['report:finance', 'report:sales_own'];

export const areas: Area[] = [
	area('home', [
		{ path: '', may: [], label: 'menu.home' },
	], () => import('./home'), {
		en: () => import('../words/home.en.json'), bn: () => import('../words/home.bn.json'), hi: () => import('../words/home.hi.json'),
	}),
	area('selling', [
		{ path: '/products', may: catalog, label: 'menu.products' },
		{ path: '/products/new', may: catalog },
		{ path: '/products/:id', may: catalog },
		{ path: '/stock', may: stock, label: 'menu.stock', list: '/inventory' },
		{ path: '/stock/:id', may: stock },
		{ path: '/imports', may: catalog, label: 'menu.imports' },
		{ path: '/imports/:id', may: catalog },
		{ path: '/shop', may: ['catalog:write_own'], label: 'menu.shop', shop: true },
		{ path: '/categories', may: ['catalog:write'], label: 'menu.categories' },
		{ path: '/brands', may: ['catalog:write'], label: 'menu.brands' },
		{ path: '/coupons', may: coupon, label: 'menu.coupons' },
		{ path: '/coupons/new', may: coupon },
		{ path: '/coupons/:id', may: coupon },
		{ path: '/plans', may: plan, label: 'menu.plans' },
		{ path: '/plans/new', may: plan },
		{ path: '/plans/:id', may: plan },
		{ path: '/reviews', may: ['review:moderate', 'review:reply_own'], label: 'menu.reviews' },
	], () => import('./selling/index'), {
		en: () => import('../words/selling.en.json'), bn: () => import('../words/selling.bn.json'), hi: () => import('../words/selling.hi.json'),
	}),
	area('orders', [
		{ path: '/orders', may: ['order:read_all', 'order:read_own'], label: 'menu.orders', list: '/orders' },
		{ path: '/orders/:id', may: ['order:read_all', 'order:read_own'] },
		{ path: '/imported-orders', may: ['order:read_all', 'order:read_own'] },
		{ path: '/imported-orders/:id', may: ['order:read_all', 'order:read_own'] },
		{ path: '/fulfilments', may: ['order:fulfil', 'order:fulfil_own'], label: 'menu.parcels', list: '/fulfilments' },
		{ path: '/fulfilments/slips', may: ['order:fulfil', 'order:fulfil_own'] },
		{ path: '/invoices', may: ['order:read_all', 'order:fulfil_own'], label: 'menu.invoices' },
		{ path: '/returns', may: ['return:manage', 'return:manage_own', 'order:fulfil'], label: 'menu.returns', list: '/returns' },
		{ path: '/returns/:id', may: ['return:manage', 'return:manage_own', 'order:fulfil'] },
	], () => import('./orders/index'), {
		en: () => import('../words/orders.en.json'), bn: () => import('../words/orders.bn.json'), hi: () => import('../words/orders.hi.json'),
	}),
	area('money', [
		{ path: '/payments', may: ['payment:read_all', 'payment:read_own'], label: 'menu.payments', list: '/payments' },
		{ path: '/payments/:reference', may: ['payment:read_all', 'payment:read_own'] },
		{ path: '/refunds', may: ['payment:read_all'], label: 'menu.refunds' },
		{ path: '/risk', may: ['risk:manage'], label: 'menu.risk' },
		{ path: '/disputes', may: ['payment:read_all', 'payment:read_own'], label: 'menu.disputes' },
		{ path: '/disputes/:id', may: ['payment:read_all', 'payment:read_own'] },
		{ path: '/subscriptions', may: ['payment:read_all', 'subscription:manage', 'subscription:manage_own'], label: 'menu.subscriptions' },
		{ path: '/subscriptions/:id', may: ['payment:read_all', 'subscription:manage', 'subscription:manage_own'] },
		{ path: '/payouts', may: ['payout:manage', 'payout:read_own'], label: 'menu.payouts' },
		{ path: '/balances/:id', may: ['payout:manage', 'payout:read_own'] },
		{ path: '/settlements', may: ['payout:manage'], label: 'menu.settlements' },
		{ path: '/settlements/:id', may: ['payout:manage'] },
		{ path: '/ledger', may: ['ledger:read'], label: 'menu.ledger' },
		{ path: '/ledger/:id', may: ['ledger:read'] },
		{ path: '/rates', may: ['report:finance'], label: 'menu.rates' },
	], () => import('./money/index'), {
		en: () => import('../words/money.en.json'), bn: () => import('../words/money.bn.json'), hi: () => import('../words/money.hi.json'),
	}),
	area('reports', [
		{ path: '/reports', may: sales, label: 'menu.reports.dashboard' },
		{ path: '/reports/sales', may: sales, label: 'menu.reports.sales' },
		{ path: '/reports/heatmap', may: sales, label: 'menu.reports.heatmap' },
		{ path: '/reports/inventory', may: [...sales, 'inventory:write', 'inventory:write_own'], label: 'menu.reports.inventory' },
		{ path: '/reports/products', may: sales, label: 'menu.reports.products' },
		{ path: '/reports/customers', may: ['report:sales'], label: 'menu.reports.customers' },
		{ path: '/reports/payments', may: finance, label: 'menu.reports.payments' },
		{ path: '/reports/profit-loss', may: finance, label: 'menu.reports.profit-loss' },
		{ path: '/reports/tax', may: finance, label: 'menu.reports.tax' },
		{ path: '/reports/merchants', may: finance, label: 'menu.reports.merchants' },
		{ path: '/reports/webhooks', may: ['webhook:read'], label: 'menu.reports.webhooks' },
	], () => import('./reports/index'), {
		en: () => import('../words/reports.en.json'), bn: () => import('../words/reports.bn.json'), hi: () => import('../words/reports.hi.json'),
	}),
	area('people', [
		{ path: '/users', may: ['user:read', 'user:manage'], label: 'menu.users' },
		{ path: '/users/:id', may: ['user:read', 'user:manage'] },
		{ path: '/merchants', may: ['merchant:verify'], label: 'menu.merchants' },
		{ path: '/merchants/:id', may: ['merchant:verify'] },
		{ path: '/api-keys', may: ['user:manage'], label: 'menu.keys' },
		{ path: '/shop/api-keys', may: ['api_key:manage_own'], label: 'menu.keys', shop: true },
		{ path: '/blocks', may: ['block:manage'], label: 'menu.blocks' },
		{ path: '/audit', may: ['audit:read'], label: 'menu.audit' },
	], () => import('./people'), {
		en: () => import('../words/people.en.json'), bn: () => import('../words/people.bn.json'), hi: () => import('../words/people.hi.json'),
	}),
	area('webhooks', [
		{ path: '/webhook-events', may: ['webhook:read'], label: 'menu.events', list: '/webhook-events' },
		{ path: '/webhook-events/:id', may: ['webhook:read'] },
		{ path: '/webhook-endpoints', may: ['webhook:write', 'webhook:write_own'], label: 'menu.endpoints' },
		{ path: '/webhook-endpoints/:id', may: ['webhook:write', 'webhook:write_own'] },
	], () => import('./webhooks'), {
		en: () => import('../words/webhooks.en.json'), bn: () => import('../words/webhooks.bn.json'), hi: () => import('../words/webhooks.hi.json'),
	}),
	area('operations', [
		{ path: '/operations', may: ['operate'], label: 'menu.operations' },
		{ path: '/jobs', may: ['job:manage'], label: 'menu.jobs' },
		{ path: '/jobs/:id', may: ['job:manage'] },
	], () => import('./operations'), {
		en: () => import('../words/operations.en.json'), bn: () => import('../words/operations.bn.json'), hi: () => import('../words/operations.hi.json'),
	}),
];

export const can = (me: Me, ...permissions: string[]) => permissions.some((one) => (me.permissions as string[]).includes(one));
export const isShown = (me: Me, one: Area, page: Page) => (page.may.length === 0 || can(me, ...page.may)) && (!page.shop || me.merchant !== null) &&
	(me.assigned_modules.length === 0 || one.name === 'home' || me.assigned_modules.includes(one.name));

/* Who has a shop, or a permission that is not about what is one's own, works here; customers do not. */
export const works = (me: Me) => me.merchant !== null || (me.permissions as string[]).some((one) => one !== 'order:place' && !one.endsWith('_own'));
