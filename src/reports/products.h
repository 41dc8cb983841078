/*
 * products.h: what sold best, and worst.
 */
#ifndef REPORTS_PRODUCTS_H
#define REPORTS_PRODUCTS_H

#include "base/money.h"
#include "reports/report.h"

enum product_sort { SORT_REVENUE, SORT_QUANTITY, SORT_MARGIN, SORT_REFUNDS };
enum product_order { ORDER_TOP, ORDER_WORST };
extern const char *const product_sort_values[], *const product_order_values[];

enum { PRODUCTS_MAX = 100 };

struct product_row {
	struct product_id  product;
	struct merchant_id merchant;
	const char        *name, *shop_name;
	int64_t            quantity, returned;
	struct money       revenue, refunds, net, tax, commission, cost, estimated_cost, margin;
};

/* The first `limit` products (at most PRODUCTS_MAX) of those that anything was sold or given back of. */
const struct problem *products_report(const struct report *report, enum product_sort sort, enum product_order order,
    int64_t limit, struct product_row **rows, size_t *count);

#endif
