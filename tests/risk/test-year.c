/* The made-up year is the same for one seed, another for another, and has all that it promises. */
#include "tests/risk/year.h"
#include "tests/suite.h"

#include <string.h>

static void
test_a_seed_says_all(void)
{
	struct year *one = year_make(1), *again = year_make(1), *other = year_make(2);

	REQUIRE(one->n_attempts == again->n_attempts && one->n_users == again->n_users);
	for (size_t i = 0; i < one->n_attempts; i++)
		if (one->attempts[i].at_ms != again->attempts[i].at_ms ||
		    one->attempts[i].amount_minor != again->attempts[i].amount_minor ||
		    one->attempts[i].address != again->attempts[i].address ||
		    one->attempts[i].pattern != again->attempts[i].pattern)
			CHECK_INT(i, -1);
	CHECK(one->attempts[0].at_ms != other->attempts[0].at_ms || one->attempts[0].address != other->attempts[0].address);
	year_free(one);
	year_free(again);
	year_free(other);
}

static void
test_every_pattern_and_habit_is_there(void)
{
	size_t patterns[YEAR_PATTERNS__COUNT] = { 0 }, habits[HABIT__COUNT] = { 0 };

	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct year *year = year_make(seed);

		memset(patterns, 0, sizeof patterns);
		memset(habits, 0, sizeof habits);
		for (size_t i = 0; i < year->n_attempts; i++) {
			const struct year_attempt *attempt = &year->attempts[i];

			patterns[attempt->pattern]++;
			if (attempt->pattern == YEAR_HONEST)
				habits[year->users[attempt->user].habit]++;
			CHECK(i == 0 || year->attempts[i - 1].at_ms <= attempt->at_ms);
			CHECK(year->users[attempt->user].created_ms <= attempt->at_ms);
			CHECK(attempt->amount_minor > 0 && attempt->quantity > 0);
			CHECK(attempt->dispute_days == 0 || attempt->end == YEAR_PAID);
		}
		for (int i = 0; i < YEAR_PATTERNS__COUNT; i++)
			CHECK(patterns[i] >= 40);
		for (int i = 0; i < HABIT__COUNT; i++)
			CHECK(habits[i] >= 40);
		CHECK(patterns[YEAR_HONEST] > 10000);
		year_free(year);
	}
}

SUITE("a made-up year", TEST(test_a_seed_says_all), TEST(test_every_pattern_and_habit_is_there))
