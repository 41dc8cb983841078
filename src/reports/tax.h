/*
 * tax.h: the tax that was collected, by the country that was delivered to and the rate.
 */
#ifndef REPORTS_TAX_H
#define REPORTS_TAX_H

#include "base/money.h"
#include "reports/report.h"

enum { TAX_ROWS_MAX = 2000 };

struct tax_row {
	const char  *country, *rate; /* NULL: not known; no rate also of what was not taxed */
	struct money taxed, tax, back_taxed, back_tax, net_tax;
};

/* A row for each country and rate that anything was sold or given back at, by country. */
const struct problem *tax_report(const struct report *report, struct tax_row **rows, size_t *count);

#endif
