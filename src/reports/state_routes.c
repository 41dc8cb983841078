/* The routes of reports about how the shop stands: tables and thin handlers. */
#include "base/arena.h"
#include "http/request.h"
#include "reports/dashboard.h"
#include "reports/reports.h"
#include "reports/route.h"
#include "store/work.h"

static const struct member state_query_members[] = { REPORT_QUERY };
SHAPE(struct report_query, state_query_shape, "StateReportQuery", state_query_members);

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

static const struct route state_routes[] = {
	REPORT("dashboard", "reportDashboard", SALES_ALL | OWN, true, &state_query_shape, &dashboard_answer_shape,
	    "How a period went, beside the one before it", show_dashboard),
};

ROUTE_TABLE(report_state_table, "State of the shop", "How the shop does: at a glance, its stock, its payments, its customers.",
    state_routes);
