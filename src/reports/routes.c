/* The routes of reports: tables and thin handlers. */
#include "base/arena.h"
#include "http/request.h"
#include "reports/profit.h"
#include "reports/reports.h"
#include "reports/route.h"
#include "reports/sales.h"
#include "store/work.h"

static const struct member report_query_members[] = { REPORT_QUERY, REPORT_SOURCE };
SHAPE(struct report_query, report_query_shape, "ReportQuery", report_query_members);

static const struct member sales_query_members[] = {
	REPORT_QUERY,
	REPORT_SOURCE,
	M_ENUM(struct report_query, group, "group", report_step_values),
};
SHAPE(struct report_query, sales_query_shape, "SalesReportQuery", sales_query_members);

static const struct member sales_row_members[] = {
	M_TEXT(struct sales_row, date, "date", 10, .example = "\"2026-01-05\"",
	    .description = "The day, or the first one of its week or month."),
	M_INTEGER(struct sales_row, orders, "orders", INT64_MIN, INT64_MAX,
	    .description = "Orders that were paid for then, each once: at its first payment."),
	M_INTEGER(struct sales_row, units, "units", INT64_MIN, INT64_MAX, .description = "Pieces that were paid for."),
	AMOUNT(struct sales_row, revenue, .description = "Sold, with all taxes and shipping, less discounts."),
	AMOUNT(struct sales_row, refunds, .description = "Given back or disputed on that day, whenever it was sold."),
	AMOUNT(struct sales_row, net, .description = "Revenue less refunds."),
};
SHAPE(struct sales_row, sales_row_shape, "SalesReportRow", sales_row_members);

struct sales_answer {
	struct report_about about;
	struct sales_row   *results;
	size_t              n_results;
};

static const struct member sales_answer_members[] = {
	M_OBJECT(struct sales_answer, about, "about", report_about_shape),
	M_ARRAY(struct sales_answer, results, n_results, "results", sales_row_shape, RANGE_DAYS_MAX),
};
SHAPE(struct sales_answer, sales_answer_shape, "SalesReport", sales_answer_members);

static const struct problem *
show_sales(struct request *request)
{
	const struct report_query *query = QUERY(request, struct report_query);
	struct report              report;
	struct sales_answer        answer = { .n_results = 0 };

	TRY(report_open(request->work, query, SALES_ALL, OWN, &report));
	answer.about = report.about;
	TRY(sales_report(
	    &report, query->group == NULL ? STEP_DAY : (enum report_step) * query->group, &answer.results, &answer.n_results));
	return report_answer(request, query, &answer, &sales_row_shape, answer.results, answer.n_results);
}

static const struct member hour_row_members[] = {
	M_INTEGER(struct hour_row, day, "day", 0, 6, .description = "0 is Sunday."),
	M_INTEGER(struct hour_row, hour, "hour", 0, 23, .description = "Of the day, as the clocks of the time zone show it."),
	M_INTEGER(struct hour_row, orders, "orders", INT64_MIN, INT64_MAX,
	    .description = "Orders that were paid for then, each once: at its first payment."),
	AMOUNT(struct hour_row, revenue, .description = "Sold, with all taxes and shipping, less discounts."),
};
SHAPE(struct hour_row, hour_row_shape, "HeatmapCell", hour_row_members);

struct heatmap_answer {
	struct report_about about;
	struct hour_row    *results;
	size_t              n_results;
};

static const struct member heatmap_answer_members[] = {
	M_OBJECT(struct heatmap_answer, about, "about", report_about_shape),
	M_ARRAY(struct heatmap_answer, results, n_results, "results", hour_row_shape, HOURS_OF_WEEK,
	    .description = "All hours of the week, Sunday's first."),
};
SHAPE(struct heatmap_answer, heatmap_answer_shape, "HeatmapReport", heatmap_answer_members);

static const struct problem *
show_heatmap(struct request *request)
{
	const struct report_query *query = QUERY(request, struct report_query);
	struct report              report;
	struct heatmap_answer      answer = { .n_results = HOURS_OF_WEEK };

	TRY(report_open(request->work, query, SALES_ALL, OWN, &report));
	answer.about = report.about;
	answer.results = ARENA_ARRAY(request->work->arena, HOURS_OF_WEEK, struct hour_row);
	TRY(heatmap_report(&report, answer.results));
	return report_answer(request, query, &answer, &hour_row_shape, answer.results, answer.n_results);
}

static const struct member profit_members[] = {
	AMOUNT(struct profit, revenue, .description = "Sold, with all taxes and shipping, less discounts."),
	AMOUNT(struct profit, refunds, .description = "Given back, less what bounced."),
	AMOUNT(struct profit, disputed, .description = "Taken back by payers, until a dispute is won."),
	AMOUNT(struct profit, net_revenue, .description = "Revenue less refunds and what is disputed."),
	AMOUNT(struct profit, cost,
	    .description = "What the goods have cost that were sold and have not come back, the estimated part too."),
	AMOUNT(struct profit, estimated_cost,
	    .description = "The part of cost that nobody had told: a share of what the goods were sold for."),
	AMOUNT(struct profit, gross_profit, .description = "Net revenue less cost."),
	AMOUNT(struct profit, expenses, .description = "The share of the net revenue that reports.expenses_percent says."),
	AMOUNT(struct profit, operating_profit, .description = "Gross profit less expenses."),
	AMOUNT(struct profit, tax, .description = "Tax in what was sold, less what went back."),
	AMOUNT(struct profit, net_profit, .description = "Operating profit less tax."),
	AMOUNT(struct profit, fees, .description = "What payment providers kept; in no sum."),
	AMOUNT(struct profit, commission, .description = "What the shop earned of its merchants' sales; in no sum."),
};
SHAPE(struct profit, profit_shape, "ProfitAndLoss", profit_members);

struct profit_answer {
	struct report_about about;
	struct profit       result;
};

static const struct member profit_answer_members[] = {
	M_OBJECT(struct profit_answer, about, "about", report_about_shape),
	M_OBJECT(struct profit_answer, result, "result", profit_shape),
};
SHAPE(struct profit_answer, profit_answer_shape, "ProfitReport", profit_answer_members);

static const struct problem *
show_profit(struct request *request)
{
	const struct report_query *query = QUERY(request, struct report_query);
	struct report              report;
	struct profit_answer       answer;

	TRY(report_open(request->work, query, FINANCE_ALL, OWN, &report));
	answer.about = report.about;
	TRY(profit_report(&report, &answer.result));
	return report_answer(request, query, &answer, &profit_shape, &answer.result, 1);
}

KEPT(show_sales)
KEPT(show_heatmap)
KEPT(show_profit)

static const struct route report_routes[] = {
	REPORT("sales", "reportSales", SALES_ALL | OWN, true, &sales_query_shape, &sales_answer_shape,
	    "Sales by day, week or month: of your shop, or all", show_sales),
	REPORT("heatmap", "reportHeatmap", SALES_ALL | OWN, true, &report_query_shape, &heatmap_answer_shape,
	    "Sales by the hours of the week", show_heatmap),
	REPORT("profit-loss", "reportProfitAndLoss", FINANCE_ALL | OWN, false, &report_query_shape, &profit_answer_shape,
	    "Profit and loss", show_profit),
};

ROUTE_TABLE(report_table, "Reports", "What was sold, and what came of it, to the cent as the ledger has it.", report_routes);
