/*
 * range.h: which days a report is about: those of a time zone, from one to another, both inclusive.
 *
 * A day begins with its first instant and ends with the next one's, so one with a change of the clocks has 23 or 25 hours.  The
 * database computes no zones: it gets bounds and offsets.
 */
#ifndef REPORTS_RANGE_H
#define REPORTS_RANGE_H

#include "base/instant.h"
#include "base/shape.h"

#include <stddef.h>

struct faults;
struct text;
struct work;

enum range_kind { RANGE_7_DAYS, RANGE_30_DAYS, RANGE_90_DAYS, RANGE_12_MONTHS, RANGE_CUSTOM };
extern const char *const range_kind_values[];

enum { RANGE_DAYS_MAX = 1827, OFFSETS_MAX = 40, DAY_SIZE = 11 };

/* A day as a number: days since 1970-01-01. */
int64_t day_number(const char *text);
void    day_write(int64_t number, char into[DAY_SIZE]);

/* The first instant of the day in the zone. */
struct instant day_begins(int64_t day, const char *zone);

/* From `from` on the zone is so many seconds before UTC. */
struct zone_offset {
	struct instant from;
	int64_t        seconds;
};

struct report_range {
	const char        *zone;
	int64_t            first, last;          /* days */
	struct instant     from, to;             /* to: not any more */
	struct zone_offset offsets[OFFSETS_MAX]; /* from `from` to `to` */
	size_t             n_offsets;
};

/* What a query asks for; any may be NULL. */
struct range_query {
	const int  *kind; /* enum range_kind; NULL: 30 days, or custom where a day is given */
	const char *from, *to, *zone;
};

/* Faults are added to `faults`, at range, from, to and tz; *range counts only where there are none. */
void range_read(
    struct work *work, const struct range_query *query, struct instant now, struct report_range *range, struct faults *faults);

/* As many days of the same zone, up to the day before the range. */
void range_before(const struct report_range *range, struct report_range *before);

/*
 * Add an expression for what the zone's clocks show at `column`, a DATETIME in UTC; its parameters are written to `into`.  Returns how
 * many, at most 2 * OFFSETS_MAX.
 */
struct parameter;
size_t range_local(const struct report_range *range, const char *column, struct text *sql, struct parameter *into);

#endif
