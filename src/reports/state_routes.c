/* The routes of reports about how the shop stands: tables and thin handlers. */
#include "base/arena.h"
#include "http/request.h"
#include "reports/customers.h"
#include "reports/dashboard.h"
#include "reports/inbox.h"
#include "reports/payments.h"
#include "reports/reports.h"
#include "reports/route.h"
#include "reports/stock.h"
#include "store/work.h"

static const struct member state_query_members[] = { REPORT_QUERY };
SHAPE(struct report_query, state_query_shape, "StateReportQuery", state_query_members);

/* Of customers and webhooks, which are nobody's but the whole shop's: who asks for one seller's is told so. */
static const struct member shop_query_members[] = { SHOP_REPORT_QUERY };
SHAPE(struct report_query, shop_query_shape, "ShopReportQuery", shop_query_members);

#define PERCENT(S, field, name, ...) M_TEXT(S, field, name, 24, .example = "\"12.50\"", ##__VA_ARGS__)

static const struct member dashboard_row_members[] = {
	M_TEXT(struct dashboard_row, from, "from", 10, .example = "\"2026-01-01\"", .description = "The period's first day."),
	M_TEXT(struct dashboard_row, to, "to", 10, .example = "\"2026-01-31\"", .description = "Its last day."),
	AMOUNT(struct dashboard_row, revenue, .description = "Sold, with all taxes and shipping, less discounts."),
	AMOUNT(struct dashboard_row, refunds, .description = "Given back or disputed in the period, whenever it was sold."),
	AMOUNT(struct dashboard_row, net, .description = "Revenue less refunds."),
	M_INTEGER(struct dashboard_row, orders, "orders", INT64_MIN, INT64_MAX,
	    .description = "Orders that were paid for in the period, each once: at its first payment."),
	M_INTEGER(struct dashboard_row, units, "units", INT64_MIN, INT64_MAX, .description = "Pieces that were paid for."),
	AMOUNT(struct dashboard_row, average_order, .description = "Revenue divided by orders; null without orders."),
	M_INTEGER(struct dashboard_row, new_customers, "new_customers", 0, INT64_MAX,
	    .description =
		"Customers whose account was made in the period, those of the first order too; null of one shop alone."),
	M_INTEGER(struct dashboard_row, carts, "carts", 0, INT64_MAX,
	    .description =
		"Carts that got a first item in the period; null of one shop alone, as a cart may hold several shops' goods."),
	PERCENT(struct dashboard_row, conversion_percent, "conversion_percent",
	    .description = "Orders of a hundred carts; null without carts."),
};
SHAPE(struct dashboard_row, dashboard_row_shape, "DashboardPeriod", dashboard_row_members);

static const struct member dashboard_change_members[] = {
	PERCENT(struct dashboard_change, revenue, "revenue_percent", .description = "By how much revenue has grown."),
	PERCENT(struct dashboard_change, net, "net_percent", .description = "By how much net has grown."),
	PERCENT(struct dashboard_change, orders, "orders_percent", .description = "By how much orders have grown."),
	PERCENT(struct dashboard_change, units, "units_percent", .description = "By how much units have grown."),
	PERCENT(struct dashboard_change, average_order, "average_order_percent",
	    .description = "By how much the average order has grown."),
	PERCENT(struct dashboard_change, new_customers, "new_customers_percent",
	    .description = "By how much new customers have grown."),
	PERCENT(struct dashboard_change, conversion, "conversion_percent",
	    .description = "By how much of itself the conversion has grown: from 2 % to 3 % is 50."),
};
SHAPE(struct dashboard_change, dashboard_change_shape, "DashboardChange", dashboard_change_members);

static const struct member cash_members[] = {
	AMOUNT(struct cash_under_way, amount, .description = "What of it nobody has collected, in its own currency."),
	M_TEXT(struct cash_under_way, currency, "currency", 3, .example = "\"USD\""),
	M_INTEGER(struct cash_under_way, payments, "payments", 0, INT64_MAX,
	    .description = "Confirmed orders that wait for cash; of one shop, its parcels."),
};
SHAPE(struct cash_under_way, cash_shape, "CashOnDeliveryUnderWay", cash_members);

struct dashboard_answer {
	struct report_about     about;
	struct dashboard_row   *results;
	size_t                  n_results;
	struct dashboard_change change;
	struct cash_under_way  *cash;
	size_t                  n_cash;
};

static const struct member dashboard_answer_members[] = {
	M_OBJECT(struct dashboard_answer, about, "about", report_about_shape),
	M_ARRAY(struct dashboard_answer, results, n_results, "results", dashboard_row_shape, 2,
	    .description = "The period, and the one before it with as many local days."),
	M_OBJECT(struct dashboard_answer, change, "change", dashboard_change_shape,
	    .description = "In percent of the period before; null where that had nothing."),
	M_ARRAY(struct dashboard_answer, cash, n_cash, "cash_under_way", cash_shape, CASH_CURRENCIES_MAX,
	    .description =
		"Cash on delivery that is on its way now, whenever it was ordered: in no revenue until it is collected."),
};
SHAPE(struct dashboard_answer, dashboard_answer_shape, "DashboardReport", dashboard_answer_members);

static const struct problem *
show_dashboard(struct request *request)
{
	const struct report_query *query = QUERY(request, struct report_query);
	struct report              report;
	struct dashboard           dashboard;
	struct dashboard_answer    answer;

	TRY(report_open(request->work, query, SALES_ALL, OWN, &report));
	TRY(dashboard_report(&report, &dashboard));
	answer = (struct dashboard_answer) { .about = report.about,
		.results = dashboard.rows,
		.n_results = 2,
		.change = dashboard.change,
		.cash = dashboard.cash,
		.n_cash = dashboard.n_cash };
	return report_answer(request, query, &answer, &dashboard_row_shape, answer.results, answer.n_results);
}

/* ---- stock ---- */

static const struct member stock_row_members[] = {
	M_ENUM(struct stock_row, state, "state", stock_state_values,
	    .description =
		"low: no more is available than its threshold; dead: on hand, and not sold for reports.dead_stock_days."),
	M_ID(struct stock_row, variant, "variant_id"),
	M_ID(struct stock_row, product, "product_id"),
	M_ID(struct stock_row, merchant, "merchant_id"),
	M_TEXT(struct stock_row, name, "name", 200, .example = "\"Teapot\""),
	M_TEXT(struct stock_row, sku, "sku", 64, .example = "\"TEA-1\""),
	M_INTEGER(struct stock_row, on_hand, "on_hand", 0, INT32_MAX, .description = "Pieces on the shelf, reserved ones too."),
	M_INTEGER(struct stock_row, available, "available", 0, INT32_MAX, .description = "On hand, less what is reserved."),
	M_INTEGER(struct stock_row, low_stock, "low_stock", 0, INT32_MAX,
	    .description = "The threshold at or below which what is available is low."),
	M_INTEGER(
	    struct stock_row, sold, "sold", INT64_MIN, INT64_MAX, .description = "Pieces that left the shelf in the range."),
	M_INTEGER(struct stock_row, days_of_cover, "days_of_cover", 0, INT64_MAX,
	    .description =
		"How many days what is available lasts if as much sells as in the range; null where nothing was sold."),
	M_TIME(struct stock_row, last_sold_at, "last_sold_at", .description = "When it was last sold; null: never."),
};
SHAPE(struct stock_row, stock_row_shape, "InventoryReportRow", stock_row_members);

struct stock_answer {
	struct report_about about;
	struct stock_report stock;
};

static const struct member stock_answer_members[] = {
	M_OBJECT(struct stock_answer, about, "about", report_about_shape),
	M_ARRAY(struct stock_answer, stock.rows, stock.n_rows, "results", stock_row_shape, 2 * STOCK_ROWS_MAX,
	    .description =
		"At most 100 low variants of published products, the scarcest first, and 100 dead ones, the longest unsold first."),
	M_INTEGER(struct stock_answer, stock.low, "low", 0, INT64_MAX, .description = "How many variants are low."),
	M_INTEGER(struct stock_answer, stock.dead, "dead", 0, INT64_MAX, .description = "How many variants are dead stock."),
	M_INTEGER(
	    struct stock_answer, stock.dead_units, "dead_units", 0, INT64_MAX, .description = "Pieces on hand of dead stock."),
};
SHAPE(struct stock_answer, stock_answer_shape, "InventoryReport", stock_answer_members);

#define STOCK_ALL (SALES_ALL | PERMISSION(INVENTORY_WRITE))
#define STOCK_OWN (OWN | PERMISSION(INVENTORY_WRITE_OWN))

static const struct problem *
show_stock(struct request *request)
{
	const struct report_query *query = QUERY(request, struct report_query);
	struct report              report;
	struct stock_answer        answer;

	TRY(report_open(request->work, query, STOCK_ALL, STOCK_OWN, &report));
	answer.about = report.about;
	TRY(stock_report(&report, &answer.stock));
	return report_answer(request, query, &answer, &stock_row_shape, answer.stock.rows, answer.stock.n_rows);
}

/* ---- webhooks ---- */

static const struct member inbox_row_members[] = {
	M_TEXT(struct inbox_row, provider, "provider", 32, .example = "\"stripe\""),
	M_TEXT(struct inbox_row, type, "type", 100, .example = "\"charge.refunded\""),
	M_TEXT(struct inbox_row, status, "status", 16, .example = "\"dead\""),
	M_TEXT(struct inbox_row, error, "error", 500, .example = "null", .description = "Why the last attempt failed."),
	M_INTEGER(struct inbox_row, events, "events", 0, INT64_MAX,
	    .description = "Events of the range that have failed so, and were not applied since."),
	M_INTEGER(struct inbox_row, attempts, "attempts", 0, INT64_MAX, .description = "How often they were tried together."),
	M_INTEGER(struct inbox_row, collisions, "collisions", 0, INT64_MAX,
	    .description = "How often the same id came with another payload."),
	M_TIME(struct inbox_row, first_seen, "first_seen", .description = "When the first of them came."),
	M_TIME(struct inbox_row, last_seen, "last_seen", .description = "When the last of them came."),
};
SHAPE(struct inbox_row, inbox_row_shape, "WebhooksReportRow", inbox_row_members);

struct inbox_answer {
	struct report_about about;
	struct inbox_row   *results;
	size_t              n_results;
	int64_t             dead;
};

static const struct member inbox_answer_members[] = {
	M_OBJECT(struct inbox_answer, about, "about", report_about_shape),
	M_ARRAY(struct inbox_answer, results, n_results, "results", inbox_row_shape, INBOX_ROWS_MAX,
	    .description = "By provider, type, status and error, the most frequent first."),
	M_INTEGER(struct inbox_answer, dead, "dead_letters", 0, INT64_MAX,
	    .description = "Events that wait for somebody to replay or drop them, whenever they came."),
};
SHAPE(struct inbox_answer, inbox_answer_shape, "WebhooksReport", inbox_answer_members);

static const struct problem *
show_inbox(struct request *request)
{
	const struct report_query *query = QUERY(request, struct report_query);
	struct report              report;
	struct inbox_answer        answer;

	TRY(report_open(request->work, query, PERMISSION(WEBHOOK_READ), 0, &report));
	answer.about = report.about;
	TRY(inbox_report(&report, &answer.results, &answer.n_results, &answer.dead));
	return report_answer(request, query, &answer, &inbox_row_shape, answer.results, answer.n_results);
}

/* ---- customers ---- */

struct segment_shown {
	const char        *segment;
	struct segment_row row;
};

static const struct member segment_members[] = {
	M_TEXT(struct segment_shown, segment, "segment", 8, .example = "\"vip\"",
	    .description =
		"vip: at least reports.vip_orders and reports.vip_revenue; loyal: at least reports.loyal_orders; active: the others."),
	M_INTEGER(struct segment_shown, row.customers, "customers", 0, INT64_MAX,
	    .description = "Customers who have paid for an order, by what they have bought so far."),
	M_INTEGER(struct segment_shown, row.orders, "orders", 0, INT64_MAX, .description = "Orders that they have paid for."),
	M_MONEY(struct segment_shown, row.revenue, "revenue",
	    .description = "What they have paid so far, less what was given back or disputed."),
};
SHAPE(struct segment_shown, segment_shape, "CustomerSegment", segment_members);

static const struct member best_members[] = {
	M_ID(struct best_customer, id, "id"),
	M_TEXT(struct best_customer, name, "name", 150, .example = "\"A… L…\"",
	    .description = "Initials for who may not read users."),
	M_ENUM(struct best_customer, segment, "segment", customer_segment_values),
	M_INTEGER(struct best_customer, orders, "orders", 0, INT64_MAX, .description = "Orders paid for so far."),
	AMOUNT(struct best_customer, revenue, .description = "Paid so far, less what was given back or disputed."),
	M_TIME(struct best_customer, first_order_at, "first_order_at"),
	M_TIME(struct best_customer, last_order_at, "last_order_at"),
};
SHAPE(struct best_customer, best_shape, "BestCustomer", best_members);

struct customers_answer {
	struct report_about   about;
	struct segment_shown *results;
	size_t                n_results;
	struct best_customer *best;
	size_t                n_best;
};

static const struct member customers_answer_members[] = {
	M_OBJECT(struct customers_answer, about, "about", report_about_shape),
	M_ARRAY(struct customers_answer, results, n_results, "results", segment_shape, SEGMENTS),
	M_ARRAY(struct customers_answer, best, n_best, "best", best_shape, BEST_CUSTOMERS_MAX,
	    .description = "The customers with the most revenue."),
};
SHAPE(struct customers_answer, customers_answer_shape, "CustomersReport", customers_answer_members);

static const struct problem *
show_customers(struct request *request)
{
	const struct report_query *query = QUERY(request, struct report_query);
	struct report              report;
	struct customers_report    customers;
	struct segment_shown       shown[SEGMENTS];
	struct customers_answer    answer = { .results = shown, .n_results = SEGMENTS };

	TRY(report_open(request->work, query, SALES_ALL, 0, &report));
	TRY(customers_report(&report, &customers));
	for (int i = 0; i < SEGMENTS; i++)
		shown[i] = (struct segment_shown) { customer_segment_values[i], customers.segments[i] };
	answer.about = report.about;
	answer.best = customers.best;
	answer.n_best = customers.n_best;
	return report_answer(request, query, &answer, &segment_shape, shown, SEGMENTS);
}

/* ---- payments ---- */

static const struct member payments_row_members[] = {
	M_TEXT(struct payments_row, provider, "provider", 32, .example = "\"stripe\""),
	M_INTEGER(struct payments_row, payments, "payments", 0, INT64_MAX,
	    .description = "Payments that were begun in the range and have ended; of one shop, those that its goods were in."),
	M_INTEGER(struct payments_row, succeeded, "succeeded", 0, INT64_MAX,
	    .description = "Those that were paid, refunded and disputed ones too."),
	M_INTEGER(struct payments_row, failed, "failed", 0, INT64_MAX, .description = "Those that the provider has refused."),
	M_INTEGER(struct payments_row, cancelled, "cancelled", 0, INT64_MAX, .description = "Those that somebody has cancelled."),
	M_INTEGER(
	    struct payments_row, expired, "expired", 0, INT64_MAX, .description = "Those that nobody has finished in time."),
	PERCENT(struct payments_row, success_percent, "success_percent",
	    .description = "Succeeded ones of a hundred that succeeded or failed; null without any."),
	AMOUNT(struct payments_row, volume, .description = "What the succeeded ones have paid, before refunds."),
	PERCENT(struct payments_row, volume_percent, "volume_percent",
	    .description = "The provider's share of all volume; null without any."),
};
SHAPE(struct payments_row, payments_row_shape, "PaymentsReportRow", payments_row_members);

static const struct member failure_row_members[] = {
	M_TEXT(struct failure_row, provider, "provider", 32, .example = "\"stripe\""),
	M_TEXT(struct failure_row, reason, "reason", 64, .example = "\"card_declined\"", .description = "The provider's code."),
	M_INTEGER(struct failure_row, payments, "payments", 0, INT64_MAX, .description = "Payments that failed for it."),
};
SHAPE(struct failure_row, failure_row_shape, "PaymentFailures", failure_row_members);

struct payments_answer {
	struct report_about    about;
	struct payments_report payments;
};

static const struct member payments_answer_members[] = {
	M_OBJECT(struct payments_answer, about, "about", report_about_shape),
	M_ARRAY(struct payments_answer, payments.rows, payments.n_rows, "results", payments_row_shape, PAYMENT_ROWS_MAX,
	    .description = "By provider, the largest volume first."),
	M_ARRAY(struct payments_answer, payments.failures, payments.n_failures, "failures", failure_row_shape, FAILURE_ROWS_MAX,
	    .description = "Failed payments by reason, the most frequent first."),
	PERCENT(struct payments_answer, payments.cash_percent, "cash_on_delivery_percent",
	    .description = "The share of cash on delivery of all volume; null without any."),
};
SHAPE(struct payments_answer, payments_answer_shape, "PaymentsReport", payments_answer_members);

static const struct problem *
show_payments(struct request *request)
{
	const struct report_query *query = QUERY(request, struct report_query);
	struct report              report;
	struct payments_answer     answer;

	TRY(report_open(request->work, query, FINANCE_ALL, OWN, &report));
	answer.about = report.about;
	TRY(payments_report(&report, &answer.payments));
	return report_answer(request, query, &answer, &payments_row_shape, answer.payments.rows, answer.payments.n_rows);
}

KEPT(show_payments)
KEPT(show_dashboard)
KEPT(show_stock)
KEPT(show_inbox)
KEPT(show_customers)

static const struct route state_routes[] = {
	REPORT("dashboard", "reportDashboard", SALES_ALL | OWN, true, &state_query_shape, &dashboard_answer_shape,
	    "How a period went, beside the one before it", show_dashboard),
	REPORT("inventory", "reportInventory", STOCK_ALL | STOCK_OWN, false, &state_query_shape, &stock_answer_shape,
	    "Low and dead stock", show_stock),
	REPORT("payments", "reportPayments", FINANCE_ALL | OWN, false, &state_query_shape, &payments_answer_shape,
	    "How payments ended, by provider", show_payments),
	REPORT("webhooks", "reportWebhooks", PERMISSION(WEBHOOK_READ), false, &shop_query_shape, &inbox_answer_shape,
	    "Events of providers that were not applied", show_inbox),
	REPORT("customers", "reportCustomers", SALES_ALL, false, &shop_query_shape, &customers_answer_shape,
	    "Customers by what they have bought so far, and the best of them", show_customers),
};

ROUTE_TABLE(report_state_table, "State of the shop", "How the shop does: at a glance, its stock, its payments, its customers.",
    state_routes);
