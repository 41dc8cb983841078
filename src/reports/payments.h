/*
 * payments.h: how payments ended, by provider: of those that were begun in the range.
 */
#ifndef REPORTS_PAYMENTS_H
#define REPORTS_PAYMENTS_H

#include "base/money.h"
#include "reports/report.h"

enum { PAYMENT_ROWS_MAX = 32, FAILURE_ROWS_MAX = 200 };

/* Percents have two decimals, and are NULL of nothing. */
struct payments_row {
	const char  *provider;
	int64_t      payments, succeeded, failed, cancelled, expired;
	const char  *success_percent, *volume_percent;
	struct money volume;
};

struct failure_row {
	const char *provider, *reason;
	int64_t     payments;
};

struct payments_report {
	struct payments_row *rows; /* by volume */
	size_t               n_rows;
	struct failure_row  *failures; /* the most frequent first */
	size_t               n_failures;
	const char          *cash_percent;
};

const struct problem *payments_report(struct report *report, struct payments_report *payments);

/* 100 * part / whole with two decimals, half to even, in the arena; NULL when the whole is nothing. */
const char *percent_of_whole(struct arena *arena, int64_t part, int64_t whole);

#endif
