/* Profit and loss, and the tax that was collected. */
#include "reports/profit.h"

#include "base/config.h"
#include "store/work.h"

static int64_t
percent_of(int64_t minor, int64_t percent)
{
	int64_t part = 0;

	minor_scale(minor, percent, 100, &part);
	return part;
}

const struct problem *
profit_report(struct report *report, struct profit *profit)
{
	struct report_sums sums;
	int64_t            cost, tax, gross, expenses;

	TRY(report_sums(report, &sums));
	cost = sums.cost - sums.back_cost;
	tax = sums.tax - sums.back_tax - sums.disputed_tax;
	gross = net_of(&sums) - cost;
	expenses = percent_of(net_of(&sums), report->work->config->reports.expenses_percent);
	*profit = (struct profit) {
		.revenue = report_money(report, revenue_of(&sums)),
		.refunds = report_money(report, sums.refunds),
		.disputed = report_money(report, sums.disputed),
		.net_revenue = report_money(report, net_of(&sums)),
		.cost = report_money(report, cost),
		.estimated_cost = report_money(report, sums.estimated - sums.back_estimated),
		.gross_profit = report_money(report, gross),
		.expenses = report_money(report, expenses),
		.operating_profit = report_money(report, gross - expenses),
		.tax = report_money(report, tax),
		.net_profit = report_money(report, gross - expenses - tax),
		.fees = report_money(report, sums.fees),
		.commission = report_money(report, sums.commission - sums.back_commission - sums.disputed_commission),
	};
	return OK;
}
