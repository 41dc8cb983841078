/*
 * merchants.h: what each merchant sold, and what came of it.
 */
#ifndef REPORTS_MERCHANTS_H
#define REPORTS_MERCHANTS_H

#include "base/money.h"
#include "reports/report.h"

enum { MERCHANTS_MAX = 1000 };

struct merchant_row {
	struct merchant_id merchant;
	const char        *shop_name;
	int64_t            orders, quantity, returned;
	struct money       revenue, refunds, net, tax, commission, cost, charges, payouts;
};

/* The first `limit` merchants by revenue (at most MERCHANTS_MAX) of those for whom anything was posted. */
const struct problem *merchants_report(const struct report *report, int64_t limit, struct merchant_row **rows, size_t *count);

#endif
