/*
 * profit.h: profit and loss.
 *
 *   gross profit = revenue - refunds - disputed - cost; operating profit = gross profit - expenses; net profit = operating profit - tax
 *
 * Expenses are a share of the net revenue (reports.expenses_percent).  What is estimated of the cost has its own row; fees and
 * commissions are for information, and are in no sum.
 */
#ifndef REPORTS_PROFIT_H
#define REPORTS_PROFIT_H

#include "base/money.h"
#include "reports/report.h"

struct profit {
	struct money revenue, refunds, disputed, net_revenue, cost, estimated_cost, gross_profit, expenses, operating_profit, tax,
	    net_profit, fees, commission;
};

const struct problem *profit_report(struct report *report, struct profit *profit);

#endif
