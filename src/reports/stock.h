/*
 * stock.h: what of the stock needs somebody: variants that are low, and dead stock, which has not been sold for long.
 */
#ifndef REPORTS_STOCK_H
#define REPORTS_STOCK_H

#include "reports/report.h"

enum { STOCK_ROWS_MAX = 100 };

enum stock_state { STOCK_LOW, STOCK_DEAD };
extern const char *const stock_state_values[];

struct stock_row {
	int                state; /* enum stock_state */
	struct variant_id  variant;
	struct product_id  product;
	struct merchant_id merchant;
	const char        *name, *sku;
	int64_t            on_hand, available, low_stock;
	int64_t            sold;          /* in the report's range */
	int64_t           *days_of_cover; /* NULL: nothing was sold */
	struct instant    *last_sold_at;  /* NULL: never */

	/* The same in each row of its state. */
	int64_t variants, units;
};

/* How many variants are low or dead, also those that have no row, and the pieces of them on hand. */
struct stock_report {
	struct stock_row *rows; /* low ones, those with the least available first; then dead ones, the longest unsold first */
	size_t            n_rows;
	int64_t           low, dead, dead_units;
};

const struct problem *stock_report(struct report *report, struct stock_report *stock);

#endif
