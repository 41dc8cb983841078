#include "payments/subscriptions/interval.h"

#include <stddef.h>

enum { DAY_SECONDS = 86400, WEEK_DAYS = 7, YEAR_MONTHS = 12, MONTH_SECONDS = 2629746 /* 365.2425 days / 12 */ };

const char *const every_values[] = { "day", "week", "month", "year", NULL };

static int
days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool             leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* So many calendar months after an instant, or the last day of a shorter one. */
static struct instant
add_months(struct instant instant, int64_t months)
{
	struct civil civil = instant_civil(instant);
	int64_t      month = (int64_t)civil.year * YEAR_MONTHS + civil.month - 1 + months;
	int          days;

	civil.year = (int)(month / YEAR_MONTHS);
	civil.month = (int)(month % YEAR_MONTHS) + 1;
	days = days_of_month(civil.year, civil.month);
	if (civil.day > days)
		civil.day = days;
	return instant_from_civil(civil);
}

static int64_t
months_of(struct interval interval)
{
	if (interval.every == EVERY_MONTH)
		return interval.count;
	return interval.every == EVERY_YEAR ? interval.count * YEAR_MONTHS : 0;
}

static int64_t
days_of(struct interval interval)
{
	return interval.every == EVERY_WEEK ? interval.count * WEEK_DAYS : interval.count;
}

/* Where the period ends that begins at period->start, so many months after the anchor. */
static struct schedule
with_end(struct interval interval, struct schedule period)
{
	if (months_of(interval) > 0) {
		period.months += months_of(interval);
		period.end = add_months(period.anchor, period.months);
		return period;
	}
	/* The next plan may count in months: then from here. */
	period.anchor = instant_add_seconds(period.start, days_of(interval) * DAY_SECONDS);
	period.end = period.anchor;
	period.months = 0;
	return period;
}

struct schedule
schedule_begin(struct interval interval, struct instant anchor)
{
	return with_end(interval, (struct schedule) { .anchor = anchor, .start = anchor });
}

struct schedule
schedule_next(struct interval interval, struct schedule period)
{
	period.start = period.end;
	return with_end(interval, period);
}

struct schedule
schedule_at(struct interval interval, struct schedule period, struct instant instant)
{
	while (period.end.unix_ms <= instant.unix_ms)
		period = schedule_next(interval, period);
	return period;
}

static int64_t
seconds_of(struct interval interval)
{
	int64_t months = months_of(interval);

	return months > 0 ? months * MONTH_SECONDS : days_of(interval) * DAY_SECONDS;
}

bool
interval_is_cheaper(struct interval one, int64_t one_minor, struct interval other, int64_t other_minor)
{
	__int128 a = (__int128)one_minor * seconds_of(other), b = (__int128)other_minor * seconds_of(one);

	return one_minor <= other_minor && a <= b;
}
