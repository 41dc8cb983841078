/*
 * sales.h: what was sold when.
 */
#ifndef REPORTS_SALES_H
#define REPORTS_SALES_H

#include "base/money.h"
#include "reports/report.h"

enum report_step { STEP_DAY, STEP_WEEK, STEP_MONTH };
extern const char *const report_step_values[];

struct sales_row {
	const char  *date;
	int64_t      orders, units;
	struct money revenue, refunds, net;
};

/* A row for each step of the range that has a day in it, also where nothing was sold; a week is known by its Monday. */
const struct problem *sales_report(struct report *report, enum report_step step, struct sales_row **rows, size_t *count);

enum { HOURS_OF_WEEK = 7 * 24 };

struct hour_row {
	int64_t      day, hour; /* 0 is Sunday */
	int64_t      orders;
	struct money revenue;
};

/* All hours of the week, Sunday's first, also those without sales. */
const struct problem *heatmap_report(struct report *report, struct hour_row rows[HOURS_OF_WEEK]);

#endif
