/* memcached dies, hangs and comes back: slower, never wrong. */
#include "tests/faults/shoppers.h"

#include "base/instant.h"

#include <signal.h>
#include <string.h>

enum { SHOPPERS = 12, ORDERS_BETWEEN = 15, READS = 24, FRESH_MS = 15000, ROUNDS_MAX = 200, SLOW_MS = 2000, ATTEMPTS = 7 };

static struct person admin;
static const char   *category;

/* A category of its own at the root of the tree. */
static void
need_category(void)
{
	struct answer answer;

	if (category != NULL)
		return;
	admin = person_new("admin");
	answer = api_post("/categories", admin.access, form("{\"name\": \"%s\"}", form("Faults %s", admin.id)));
	EXPECT(answer, 201);
	category = text_at(&answer, "id");
}

static void
rename_category(const char *name)
{
	struct answer answer = api_patch(form("/categories/%s", category), admin.access, form("{\"name\": \"%s\"}", name));

	EXPECT(answer, 200);
}

/* How many of many reads at once, by all workers, do not show the category under that name. */
static size_t
stale_reads(const char *name)
{
	struct call   calls[READS];
	struct answer answers[READS];
	const char   *shown = form("\"name\":\"%s\"", name);
	size_t        stale = 0;

	for (size_t i = 0; i < READS; i++)
		calls[i] = (struct call) { .method = "GET", .path = "/categories/tree" };
	api_calls(calls, READS, answers);
	for (size_t i = 0; i < READS; i++) {
		EXPECT(answers[i], 200);
		CHECK(answers[i].milliseconds < SLOW_MS);
		stale += strstr(answers[i].body, shown) == NULL;
	}
	return stale;
}

static void
shop(struct shoppers *shoppers)
{
	size_t wanted = shoppers_orders(shoppers) + ORDERS_BETWEEN;

	for (int rounds = 0; shoppers_orders(shoppers) < wanted && rounds < ROUNDS_MAX; rounds++)
		shoppers_round(shoppers);
	CHECK(shoppers_orders(shoppers) >= wanted);
}

static void
test_dead_cache_is_not_missed(void)
{
	struct shoppers *shoppers = shoppers_new(SHOPPERS);
	const char      *names[3];

	need_category();
	for (size_t i = 0; i < 3; i++)
		names[i] = form("%s %s", ((const char *const[]) { "Before", "Meanwhile", "After" })[i], admin.id);
	rename_category(names[0]);
	CHECK_INT(stale_reads(names[0]), 0);
	shop(shoppers);
	part_kill("memcached");
	rename_category(names[1]);
	CHECK_INT(stale_reads(names[1]), 0);
	shop(shoppers);
	CHECK_INT(shoppers_troubles(shoppers), 0);
	part_start("memcached");
	CHECK_INT(stale_reads(names[1]), 0);
	rename_category(names[2]);
	CHECK_INT(stale_reads(names[2]), 0);
	shop(shoppers);
	CHECK_INT(shoppers_troubles(shoppers), 0);
	shoppers_finish(shoppers);
	shoppers_check(shoppers);
}

/* However long the cache hangs, the job that raises the tree's version does not give up. */
static void
wait_for_attempts(int attempts)
{
	int64_t end = monotonic_ms() + FRESH_MS, made = 0;

	while (made < attempts && monotonic_ms() < end) {
		run_job_now("invalidate_tree");
		pause_ms(50);
		made = sql_number("SELECT MAX(attempts) FROM jobs WHERE kind = 'invalidate_tree'");
	}
	CHECK(made >= attempts);
}

/*
 * A cache that hangs while a category changes still holds the old tree when it goes on, but nobody believes it then: the
 * old tree is not seen once.
 */
static void
test_hanging_cache_forgets_the_old_tree(void)
{
	struct shoppers *shoppers = shoppers_new(SHOPPERS);
	const char      *old, *new;

	need_category();
	old = form("Old %s", admin.id);
	new = form("New %s", admin.id);
	rename_category(old);
	CHECK_INT(stale_reads(old), 0);
	part_signal("memcached", SIGSTOP);
	rename_category(new);
	CHECK_INT(stale_reads(new), 0);
	shop(shoppers);
	wait_for_attempts(ATTEMPTS);
	part_signal("memcached", SIGCONT);
	for (int64_t end = monotonic_ms() + FRESH_MS;
	     sql_number("SELECT COUNT(*) FROM cache_trust WHERE lost_at IS NOT NULL") > 0 && monotonic_ms() < end; pause_ms(20))
		CHECK_INT(stale_reads(new), 0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM cache_trust WHERE lost_at IS NOT NULL"), 0); /* in use again */
	for (int i = 0; i < 10; i++)
		CHECK_INT(stale_reads(new), 0);
	CHECK_INT(shoppers_troubles(shoppers), 0);
	shoppers_finish(shoppers);
	shoppers_check(shoppers);
}

SUITE("a cache that dies or hangs", TEST(test_dead_cache_is_not_missed), TEST(test_hanging_cache_forgets_the_old_tree))
