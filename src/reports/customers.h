/*
 * customers.h: customers by what they have bought so far, of all time: VIP, loyal or active (settings of [reports]).
 */
#ifndef REPORTS_CUSTOMERS_H
#define REPORTS_CUSTOMERS_H

#include "base/money.h"
#include "reports/report.h"

enum customer_segment { SEGMENT_VIP, SEGMENT_LOYAL, SEGMENT_ACTIVE, SEGMENTS };
extern const char *const customer_segment_values[];

/* Revenue is less what was given back. */
struct segment_row {
	int64_t      segment; /* enum customer_segment */
	int64_t      customers, orders;
	struct money revenue;
};

enum { BEST_CUSTOMERS_MAX = 100 };

struct best_customer {
	struct user_id  id;
	const char     *name; /* initials for who may not read users */
	int             segment;
	int64_t         orders;
	struct money    revenue;
	struct instant *first_order_at, *last_order_at;
};

struct customers_report {
	struct segment_row    segments[SEGMENTS];
	struct best_customer *best; /* by revenue */
	size_t                n_best;
};

const struct problem *customers_report(struct report *report, struct customers_report *customers);

#endif
