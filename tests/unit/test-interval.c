/* Periods: month ends, leap days, the change of summer time, and what costs more than what. */
#include "tests/suite.h"

#include "payments/subscriptions/interval.h"

#include <string.h>

static struct instant
at(const char *text)
{
	struct instant instant = { 0 };

	CHECK(instant_parse(text, &instant));
	return instant;
}

static void
expect_at(struct instant instant, const char *expected, unsigned line)
{
	char text[INSTANT_TEXT_SIZE];

	instant_write(instant, text);
	if (strcmp(text, expected) != 0) {
		printf("line %u: %s, expected %s\n", line, text, expected);
		CHECK(false);
	}
}
#define EXPECT_AT(instant, expected) expect_at((instant), (expected), __LINE__)

/* The boundaries of the periods from `anchor` on; each begins where the one before it ends. */
static void
expect_boundaries(struct interval interval, const char *const *boundaries, unsigned line)
{
	struct schedule period = schedule_begin(interval, at(boundaries[0]));

	for (size_t i = 0; boundaries[i + 1] != NULL; i++) {
		expect_at(period.start, boundaries[i], line);
		expect_at(period.end, boundaries[i + 1], line);
		period = schedule_next(interval, period);
	}
}
#define INTERVAL(every_, count_) ((struct interval) { EVERY_##every_, (count_) })
#define EXPECT_BOUNDARIES(every_, count_, ...) \
	expect_boundaries(INTERVAL(every_, count_), (const char *const[]) { __VA_ARGS__, NULL }, __LINE__)

static void
test_month_ends(void)
{
	EXPECT_BOUNDARIES(MONTH, 1, "2027-01-31T10:20:30.400Z", "2027-02-28T10:20:30.400Z", "2027-03-31T10:20:30.400Z",
	    "2027-04-30T10:20:30.400Z", "2027-05-31T10:20:30.400Z", "2027-06-30T10:20:30.400Z", "2027-07-31T10:20:30.400Z",
	    "2027-08-31T10:20:30.400Z", "2027-09-30T10:20:30.400Z", "2027-10-31T10:20:30.400Z", "2027-11-30T10:20:30.400Z",
	    "2027-12-31T10:20:30.400Z", "2028-01-31T10:20:30.400Z", "2028-02-29T10:20:30.400Z", "2028-03-31T10:20:30.400Z");
	EXPECT_BOUNDARIES(MONTH, 1, "2027-01-29T00:00:00.000Z", "2027-02-28T00:00:00.000Z", "2027-03-29T00:00:00.000Z");
	EXPECT_BOUNDARIES(MONTH, 1, "2028-01-30T23:59:59.999Z", "2028-02-29T23:59:59.999Z", "2028-03-30T23:59:59.999Z");
	EXPECT_BOUNDARIES(MONTH, 3, "2027-11-30T00:00:00.000Z", "2028-02-29T00:00:00.000Z", "2028-05-30T00:00:00.000Z");
	EXPECT_BOUNDARIES(MONTH, 11, "2027-12-31T00:00:00.000Z", "2028-11-30T00:00:00.000Z", "2029-10-31T00:00:00.000Z");
	EXPECT_BOUNDARIES(MONTH, 1, "2027-12-01T00:00:00.000Z", "2028-01-01T00:00:00.000Z", "2028-02-01T00:00:00.000Z");
}

static void
test_leap_days(void)
{
	EXPECT_BOUNDARIES(YEAR, 1, "2028-02-29T12:00:00.000Z", "2029-02-28T12:00:00.000Z", "2030-02-28T12:00:00.000Z",
	    "2031-02-28T12:00:00.000Z", "2032-02-29T12:00:00.000Z");
	EXPECT_BOUNDARIES(YEAR, 2, "2096-02-29T00:00:00.000Z", "2098-02-28T00:00:00.000Z", "2100-02-28T00:00:00.000Z");
	EXPECT_BOUNDARIES(DAY, 1, "2028-02-28T08:00:00.000Z", "2028-02-29T08:00:00.000Z", "2028-03-01T08:00:00.000Z");
}

/* In no zone of the world do these move: a day is 24 hours, and a month keeps its hour of UTC. */
static void
test_summer_time_moves_nothing(void)
{
	/* Europe's clocks go forward on 2027-03-28 at 01:00Z, America's on 2027-03-14 at 10:00Z, and back in autumn. */
	EXPECT_BOUNDARIES(DAY, 1, "2027-03-27T00:30:00.000Z", "2027-03-28T00:30:00.000Z", "2027-03-29T00:30:00.000Z");
	EXPECT_BOUNDARIES(DAY, 1, "2027-10-30T00:30:00.000Z", "2027-10-31T00:30:00.000Z", "2027-11-01T00:30:00.000Z");
	EXPECT_BOUNDARIES(WEEK, 2, "2027-03-08T09:30:00.000Z", "2027-03-22T09:30:00.000Z", "2027-04-05T09:30:00.000Z");
	EXPECT_BOUNDARIES(MONTH, 1, "2027-03-14T09:30:00.000Z", "2027-04-14T09:30:00.000Z", "2027-05-14T09:30:00.000Z");
	EXPECT_BOUNDARIES(MONTH, 1, "2027-10-31T01:30:00.000Z", "2027-11-30T01:30:00.000Z", "2027-12-31T01:30:00.000Z");
}

/* Another plan takes over where a period ends: the day of the month stays where both count in months. */
static void
test_change_of_interval(void)
{
	struct interval month = INTERVAL(MONTH, 1), year = INTERVAL(YEAR, 1), week = INTERVAL(WEEK, 1);
	struct schedule period = schedule_begin(month, at("2027-01-31T00:00:00Z"));

	period = schedule_next(year, period);
	EXPECT_AT(period.start, "2027-02-28T00:00:00.000Z");
	EXPECT_AT(period.end, "2028-02-29T00:00:00.000Z");
	period = schedule_next(month, period);
	EXPECT_AT(period.end, "2028-03-31T00:00:00.000Z");
	period = schedule_next(week, period);
	EXPECT_AT(period.start, "2028-03-31T00:00:00.000Z");
	EXPECT_AT(period.end, "2028-04-07T00:00:00.000Z");
	period = schedule_next(month, period);
	EXPECT_AT(period.start, "2028-04-07T00:00:00.000Z");
	EXPECT_AT(period.end, "2028-05-07T00:00:00.000Z");
}

static void
test_the_period_that_runs(void)
{
	struct interval month = INTERVAL(MONTH, 1), day = INTERVAL(DAY, 1);
	struct schedule period = schedule_begin(month, at("2027-01-31T00:00:00Z")), found;

	found = schedule_at(month, period, at("2027-02-27T23:59:59.999Z"));
	EXPECT_AT(found.start, "2027-01-31T00:00:00.000Z");
	found = schedule_at(month, period, at("2027-02-28T00:00:00Z"));
	EXPECT_AT(found.start, "2027-02-28T00:00:00.000Z");
	found = schedule_at(month, period, at("2028-02-29T00:00:00Z"));
	EXPECT_AT(found.start, "2028-02-29T00:00:00.000Z");
	EXPECT_AT(found.end, "2028-03-31T00:00:00.000Z");
	found = schedule_at(day, schedule_begin(day, at("2027-01-01T06:00:00Z")), at("2027-06-30T05:59:59Z"));
	EXPECT_AT(found.start, "2027-06-29T06:00:00.000Z");
	/* Before it there is none. */
	found = schedule_at(month, period, at("2026-01-01T00:00:00Z"));
	EXPECT_AT(found.start, "2027-01-31T00:00:00.000Z");
}

static void
test_what_costs_more(void)
{
	struct interval day = INTERVAL(DAY, 1), month = INTERVAL(MONTH, 1), quarter = INTERVAL(MONTH, 3),
			year = INTERVAL(YEAR, 1), decade = INTERVAL(YEAR, 10);

	CHECK(interval_is_cheaper(month, 1000, month, 1000));
	CHECK(interval_is_cheaper(month, 999, month, 1000));
	CHECK(!interval_is_cheaper(month, 1001, month, 1000));
	CHECK(interval_is_cheaper(quarter, 1000, month, 1000));
	CHECK(!interval_is_cheaper(year, 11000, month, 1000)); /* less over the year, but more at once */
	CHECK(!interval_is_cheaper(day, 40, month, 1000));     /* less at once, but more over the month */
	CHECK(interval_is_cheaper(day, 32, month, 1000));
	CHECK(interval_is_cheaper(year, INT64_MAX, year, INT64_MAX));
	CHECK(!interval_is_cheaper(day, INT64_MAX, decade, INT64_MAX));
}

SUITE("periods", TEST(test_month_ends), TEST(test_leap_days), TEST(test_summer_time_moves_nothing), TEST(test_change_of_interval),
    TEST(test_the_period_that_runs), TEST(test_what_costs_more))
