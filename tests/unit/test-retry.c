/* When a failed delivery is tried again: later each time, for a day, and no two at the same moment. */
#include "tests/suite.h"

#include "base/seams.h"
#include "notify/retry.h"

#include <string.h>

enum { DRAWS = 1000, DAY_SECONDS = 24 * 3600, SECOND_US = 1000000, LAST = 9, QUARTERS = 4 };

/* Of the attempts 1, 2, ...; the last goes on. */
static const int64_t seconds[LAST] = { 5, 30, 120, 600, 1800, 3600, 7200, 14400, 21600 };

static void
fill_with_zeros(void *into, size_t length)
{
	memset(into, 0, length);
}

/* The delay when chance makes it as short as can be. */
static int64_t
shortest_delay(int64_t attempts)
{
	static const struct random_source fixed = { fill_with_zeros };
	int64_t                           delay;

	random_use(&fixed);
	delay = retry_delay_us(attempts);
	random_use(NULL);
	return delay;
}

static void
within_a_fifth(void)
{
	for (int64_t attempts = -1; attempts <= 3 * LAST; attempts++) {
		int64_t step = attempts < 1 ? 0 : attempts > LAST ? LAST - 1 : attempts - 1, middle = seconds[step] * SECOND_US;

		CHECK_INT(shortest_delay(attempts), middle / 5 * 4);
		for (int i = 0; i < DRAWS; i++) {
			int64_t delay = retry_delay_us(attempts);

			if (delay < middle / 5 * 4 || delay >= middle / 5 * 6) {
				CHECK_INT(delay, middle);
				return;
			}
		}
	}
	CHECK(retry_delay_us(INT64_MAX) >= seconds[LAST - 1] * SECOND_US / 5 * 4);
}

/* The latest of one attempt comes before the earliest of the next. */
static void
grows(void)
{
	for (int64_t attempts = 1; attempts < LAST; attempts++) {
		int64_t longest = 0;

		for (int i = 0; i < DRAWS; i++) {
			int64_t delay = retry_delay_us(attempts);

			longest = delay > longest ? delay : longest;
		}
		CHECK(longest < shortest_delay(attempts + 1));
	}
}

/* Attempts that fall into the day in which a delivery is tried: eleven or twelve, whatever the chance. */
static void
fills_a_day(void)
{
	for (int i = 0; i < DRAWS; i++) {
		int64_t at = 0, attempts = 1;

		for (; (at += retry_delay_us(attempts)) < (int64_t)DAY_SECONDS * SECOND_US; attempts++)
			;
		if (attempts < 11 || attempts > 12) {
			CHECK_INT(attempts, 11);
			return;
		}
	}
}

/* What failed together comes spread over the whole time that there is: in each quarter of it a good part. */
static void
spreads(void)
{
	for (int64_t attempts = 1; attempts <= LAST; attempts++) {
		int64_t shortest = shortest_delay(attempts), width = seconds[attempts - 1] * SECOND_US / 5 * 2, same = 0,
			before = 0;
		int in_quarter[QUARTERS] = { 0 };

		for (int i = 0; i < DRAWS; i++) {
			int64_t delay = retry_delay_us(attempts);
			size_t  quarter = (size_t)((delay - shortest) * QUARTERS / width);

			REQUIRE(quarter < QUARTERS);
			in_quarter[quarter]++;
			same += delay == before;
			before = delay;
		}
		for (int i = 0; i < QUARTERS; i++)
			CHECK(in_quarter[i] > DRAWS / QUARTERS / 2);
		CHECK(same < DRAWS / 50);
	}
}

SUITE("retry", TEST(within_a_fifth), TEST(grows), TEST(fills_a_day), TEST(spreads))
