/*
 * interval.h: the periods of a subscription: pure arithmetic.
 *
 * Periods are instants in UTC, counted from an anchor, so that no time zone and no summer time enters.  Days and weeks are
 * so many times 24 hours.  Months and years are calendar months from the anchor: the anchor's day and time of day, or the last day of a
 * shorter month; because each boundary is counted from the anchor and not from the one before it, the 31st comes back after
 * February, and so does the leap day.
 */
#ifndef INTERVAL_H
#define INTERVAL_H

#include "base/instant.h"

enum every { EVERY_DAY, EVERY_WEEK, EVERY_MONTH, EVERY_YEAR };
extern const char *const every_values[];

/* How long a period is: `count` days, weeks, months or years. */
struct interval {
	int     every; /* enum every */
	int64_t count;
};

/* One period: it ends when the next begins, which is `months` calendar months after the anchor. */
struct schedule {
	struct instant anchor, start, end;
	int64_t        months;
};

/* The period that begins at `anchor`; and the one that begins where `period` ends, of that interval from now on. */
struct schedule schedule_begin(struct interval interval, struct instant anchor);
struct schedule schedule_next(struct interval interval, struct schedule period);

/* The period behind `period`, or itself, in which the instant lies. */
struct schedule schedule_at(struct interval interval, struct schedule period, struct instant instant);

/*
 * Does the first cost no more than the second, neither at once nor over the time?  Amounts of one currency; a month counts as the
 * twelfth of a mean Gregorian year.  The longest intervals and the largest amounts do not overflow.
 */
bool interval_is_cheaper(struct interval one, int64_t one_minor, struct interval other, int64_t other_minor);

#endif
