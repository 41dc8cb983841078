/* Workers of every pool and of haat-jobs die in the middle of what they do, again and again. */
#include "tests/faults/shoppers.h"

#include <signal.h>
#include <stdio.h>

enum { SHOPPERS = 16, LOAD_MS = 15000, EVERY_MS = 200, KILLED_LEAST = 40, ORDERS_LEAST = 30 };

static const char *const all_workers[] = { "api", "auth", "pay", "hooks", "jobs", NULL };

static void
test_killed_workers_lose_nothing(void)
{
	struct crowd  *crowd = crowd_new(SHOPPERS);
	struct killer *killer = killer_start(all_workers, EVERY_MS);
	int            killed;

	crowd_shop_for(crowd, LOAD_MS);
	killed = killer_stop(killer);
	crowd_finish(crowd);
	printf("(%d killed, %zu orders, %zu payments, %zu repeated calls) ", killed, crowd_orders(crowd), crowd_payments(crowd),
	    crowd_troubles(crowd));
	CHECK(killed >= KILLED_LEAST);
	CHECK(crowd_orders(crowd) >= ORDERS_LEAST);
	crowd_check(crowd);
}

/* With their masters, so that nothing is left that could tidy up. */
static void
test_killed_masters_lose_nothing(void)
{
	static const char *const parts[] = { "pay", "jobs", "hooks", "api" };
	struct crowd            *crowd = crowd_new(SHOPPERS);

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t troubles = crowd_troubles(crowd), orders = crowd_orders(crowd);

		while (crowd_orders(crowd) < orders + SHOPPERS)
			crowd_round(crowd);
		part_kill(parts[i]);
		/* Nobody but the jobs is missed at once. */
		for (int rounds = 0; rounds < 20 && crowd_troubles(crowd) == troubles; rounds++)
			crowd_round(crowd);
		part_start(parts[i]);
	}
	crowd_finish(crowd);
	crowd_check(crowd);
}

SUITE("killed workers", TEST(test_killed_workers_lose_nothing), TEST(test_killed_masters_lose_nothing))
