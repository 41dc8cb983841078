/*
 * dashboard.h: how the shop does, in one row: a period, and the one before it with as many local days.
 */
#ifndef REPORTS_DASHBOARD_H
#define REPORTS_DASHBOARD_H

#include "base/money.h"
#include "reports/report.h"

/* New customers and carts are of the whole shop, and NULL of one seller: a cart may hold several sellers' goods. */
struct dashboard_row {
	const char   *from, *to;
	struct money  revenue, refunds, net;
	int64_t       orders, units;
	struct money *average_order; /* NULL: there was no order */
	int64_t      *new_customers, *carts;
	const char   *conversion_percent; /* NULL: there was no cart */
};

/* By how many percent the period has more than the one before; NULL where that had nothing. */
struct dashboard_change {
	const char *revenue, *net, *orders, *units, *average_order, *new_customers, *conversion;
};

/* Cash on delivery that is on its way now. */
struct cash_under_way {
	struct money amount;
	const char  *currency;
	int64_t      payments;
};
enum { CASH_CURRENCIES_MAX = 200 };

struct dashboard {
	struct dashboard_row    rows[2]; /* the period, and the one before it */
	struct dashboard_change change;
	struct cash_under_way  *cash; /* by currency */
	size_t                  n_cash;
};

const struct problem *dashboard_report(struct report *report, struct dashboard *dashboard);

#endif
