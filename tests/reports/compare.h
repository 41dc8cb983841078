/*
 * compare.h: every report, as src/reports makes it, beside what the moves of books.h add up to.
 */
#ifndef TESTS_REPORTS_COMPARE_H
#define TESTS_REPORTS_COMPARE_H

#include "tests/reports/books.h"

/* What is asked. */
struct question {
	const char        *zone, *from, *to;
	const char        *currency; /* NULL: all, in the reporting currency */
	struct merchant_id merchant; /* nil: all */
	bool               by_sale;  /* what came back counts when it was sold */
};

/* The moves are in the question's zone.  Returns how many numbers were compared. */
int64_t compare_reports(const struct moves *moves, const struct question *question);

#endif
