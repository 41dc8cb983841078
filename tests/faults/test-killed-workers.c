/* Workers of every pool and of haat-jobs die in the middle of what they do, again and again. */
#include "tests/faults/shoppers.h"

#include <signal.h>
#include <stdio.h>

enum { SHOPPERS = 16, LOAD_MS = 15000, EVERY_MS = 200, KILLED_LEAST = 40, ORDERS_LEAST = 30 };

static const char *const all_workers[] = { "api", "auth", "pay", "hooks", "bulk", "jobs", NULL };

static void
test_killed_workers_lose_nothing(void)
{
	struct shoppers *shoppers = shoppers_new(SHOPPERS);
	struct killer   *killer = killer_start(all_workers, EVERY_MS);
	int              killed;

	shoppers_shop_for(shoppers, LOAD_MS);
	killed = killer_stop(killer);
	shoppers_finish(shoppers);
	printf("(%d killed, %zu orders, %zu payments, %zu repeated calls) ", killed, shoppers_orders(shoppers),
	    shoppers_payments(shoppers), shoppers_troubles(shoppers));
	CHECK(killed >= KILLED_LEAST);
	CHECK(shoppers_orders(shoppers) >= ORDERS_LEAST);
	shoppers_check(shoppers);
}

/* With their masters, so that nothing is left that could tidy up. */
static void
test_killed_masters_lose_nothing(void)
{
	static const char *const parts[] = { "pay", "jobs", "hooks", "api" };
	struct shoppers         *shoppers = shoppers_new(SHOPPERS);

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t troubles = shoppers_troubles(shoppers), orders = shoppers_orders(shoppers);

		while (shoppers_orders(shoppers) < orders + SHOPPERS)
			shoppers_round(shoppers);
		part_kill(parts[i]);
		/* Nobody but the jobs is missed at once. */
		for (int rounds = 0; rounds < 20 && shoppers_troubles(shoppers) == troubles; rounds++)
			shoppers_round(shoppers);
		part_start(parts[i]);
	}
	shoppers_finish(shoppers);
	shoppers_check(shoppers);
}

SUITE("killed workers", TEST(test_killed_workers_lose_nothing), TEST(test_killed_masters_lose_nothing))
