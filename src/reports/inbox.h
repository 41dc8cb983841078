/*
 * inbox.h: which events of providers were not applied, and why.
 */
#ifndef REPORTS_INBOX_H
#define REPORTS_INBOX_H

#include "reports/report.h"

enum { INBOX_ROWS_MAX = 500 };

struct inbox_row {
	const char    *provider, *type, *status, *error;
	int64_t        events, attempts, collisions;
	struct instant first_seen, last_seen;
};

/* Of events that came in the range: the most frequent first, at most INBOX_ROWS_MAX.  *dead: how many wait for somebody, whenever they came. */
const struct problem *inbox_report(struct report *report, struct inbox_row **rows, size_t *count, int64_t *dead);

#endif
