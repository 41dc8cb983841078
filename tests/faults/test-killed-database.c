/* MariaDB dies under load and comes back; it hangs and goes on. */
#include "tests/faults/shoppers.h"

#include "base/instant.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { SHOPPERS = 16, ORDERS_BETWEEN = 20, TROUBLES_BETWEEN = 2 * SHOPPERS, DEATHS = 3, CALLS = 24 };
enum { ROUNDS_MAX = 400, GIVEN_UP_MS = 12000, QUICK_MS = 3000 };

/* Rounds until the shoppers have placed so many orders more. */
static void
shop(struct shoppers *shoppers, size_t orders)
{
	size_t wanted = shoppers_orders(shoppers) + orders;

	for (int rounds = 0; shoppers_orders(shoppers) < wanted && rounds < ROUNDS_MAX; rounds++)
		shoppers_round(shoppers);
	CHECK(shoppers_orders(shoppers) >= wanted);
}

static void
expect_sorry(void)
{
	struct answer answer = api_get("/products?limit=1", NULL);

	EXPECT_PROBLEM(answer, 503, "database_unavailable");
	answer = api_get("/ready", NULL);
	EXPECT_PROBLEM(answer, 503, "not_ready");
	CHECK(has_at(&answer, "details.database"));
	answer = api_get("/health", NULL);
	EXPECT(answer, 200);
}

static void
test_killed_database_loses_nothing(void)
{
	struct shoppers *shoppers = shoppers_new(SHOPPERS);

	for (int death = 0; death < DEATHS; death++) {
		size_t troubles;

		shop(shoppers, ORDERS_BETWEEN);
		part_kill("mariadb");
		troubles = shoppers_troubles(shoppers);
		for (int rounds = 0; shoppers_troubles(shoppers) < troubles + TROUBLES_BETWEEN && rounds < ROUNDS_MAX; rounds++)
			shoppers_round(shoppers);
		expect_sorry();
		part_start("mariadb");
		wait_until_ready_says(200);
	}
	shop(shoppers, ORDERS_BETWEEN);
	shoppers_finish(shoppers);
	printf("(%zu orders, %zu repeated calls) ", shoppers_orders(shoppers), shoppers_troubles(shoppers));
	shoppers_check(shoppers);
}

/* Killed while calls are under way, not between them: the COMMITs whose answer is lost are the hard ones. */
static void
test_database_killed_in_the_middle(void)
{
	struct shoppers *shoppers = shoppers_new(SHOPPERS);

	for (int death = 0; death < DEATHS; death++) {
		struct killer *killer;

		shop(shoppers, SHOPPERS);
		killer = killer_of_part_start("mariadb", 5 + 11 * death);
		for (int rounds = 0; part_process("mariadb") != 0 && rounds < ROUNDS_MAX; rounds++)
			shoppers_round(shoppers);
		killer_stop(killer);
		part_start("mariadb");
	}
	shoppers_finish(shoppers);
	shoppers_check(shoppers);
}

/* Before long every worker has found the way back. */
static bool
all_answer(const struct call *calls)
{
	struct answer answers[CALLS];
	int64_t       end = monotonic_ms() + QUICK_MS;
	size_t        good;

	do {
		good = 0;
		api_calls(calls, CALLS, answers);
		for (size_t i = 0; i < CALLS; i++)
			good += answers[i].status == 200;
	} while (good < CALLS && monotonic_ms() < end);
	return good == CALLS;
}

/* A server that takes connections and answers nothing. */
static void
test_hanging_database_is_given_up(void)
{
	struct shoppers *shoppers = shoppers_new(SHOPPERS);
	struct call      calls[CALLS];
	struct answer    answers[CALLS];
	long             longest = 0;

	shop(shoppers, SHOPPERS);
	for (size_t i = 0; i < CALLS; i++)
		calls[i] = (struct call) { .method = "GET", .path = i % 2 == 0 ? "/products?limit=3" : "/categories/tree" };
	part_signal("mariadb", SIGSTOP);
	api_calls(calls, CALLS, answers);
	part_signal("mariadb", SIGCONT);
	for (size_t i = 0; i < CALLS; i++) {
		/* The tree may come from the cache. */
		if (i % 2 == 0 || answers[i].status != 200)
			EXPECT_PROBLEM(answers[i], 503, "database_unavailable");
		longest = answers[i].milliseconds > longest ? answers[i].milliseconds : longest;
	}
	printf("(given up within %ld ms) ", longest);
	CHECK(longest <= GIVEN_UP_MS);
	CHECK(all_answer(calls));
	shop(shoppers, SHOPPERS);
	shoppers_finish(shoppers);
	shoppers_check(shoppers);
}

SUITE("a database that dies or hangs", TEST(test_killed_database_loses_nothing), TEST(test_database_killed_in_the_middle),
    TEST(test_hanging_database_is_given_up))
