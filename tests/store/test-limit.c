/* The limits of requests against a memcached of their own: exact, sliding, and open without it. */
#include "http/limit.h"

#include "base/arena.h"
#include "base/config.h"
#include "http/request.h"
#include "store/cache.h"
#include "tests/private_cache.h"
#include "tests/suite.h"

#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct config config = { .limits = { .enabled = true,
				    .sensitive = 3,
				    .sensitive_window_seconds = 900,
				    .writes = 5,
				    .writes_window_seconds = 900,
				    .account_daily = 7,
				    .catalogue = 6,
				    .catalogue_window_seconds = 60 } };

static const struct route login = { .method = POST, .permission = PUBLIC, .limit = LIMIT_SENSITIVE };
static const struct route pay = { .method = POST, .permission = SIGNED_IN, .limit = LIMIT_SENSITIVE };
static const struct route read_catalogue = { .method = GET, .permission = PUBLIC };
static const struct route write_something = { .method = POST, .permission = SIGNED_IN };
static const struct route read_own = { .method = GET, .permission = SIGNED_IN };
static const struct route webhook = { .method = POST, .permission = PUBLIC, .limit = LIMIT_NONE };

static struct arena *arena;
static struct work   work;

static bool
begin(void)
{
	if (!private_cache_start(&config)) {
		skip_test("memcached is not installed");
		return false;
	}
	if (arena == NULL)
		arena = arena_new(64 << 20);
	if (work.cache != NULL)
		cache_close(work.cache);
	arena_reset(arena);
	config.limits.enabled = true;
	work = (struct work) { .arena = arena, .config = &config, .cache = cache_open(&config, arena), .address = "192.0.2.1" };
	REQUIRE(cache_clear(work.cache));
	return true;
}

static const struct problem *
call(const struct route *route, const char *address, struct uuid user)
{
	struct request        request = { .work = &work, .route = route };
	const struct problem *problem;

	work.address = address;
	work.viewer.user.uuid = user;
	problem = limit_address(&request);
	return problem != OK ? problem : limit_account(&request);
}

static const struct uuid nobody = { { 0 } };

/* How many of `tries` calls pass. */
static int
passing(int tries, const struct route *route, const char *address, struct uuid user)
{
	int count = 0;

	for (int i = 0; i < tries; i++)
		count += call(route, address, user) == OK;
	return count;
}

static void
test_each_kind_by_address(void)
{
	const struct problem *problem;

	if (!begin())
		return;
	CHECK_INT(passing(10, &login, "192.0.2.1", nobody), 3);
	CHECK_INT(passing(10, &read_catalogue, "192.0.2.1", nobody), 6);
	CHECK_INT(passing(10, &write_something, "192.0.2.1", nobody), 5);
	CHECK_INT(passing(10, &read_own, "192.0.2.1", nobody), 0); /* counted with the writes */
	CHECK_INT(passing(20, &webhook, "192.0.2.1", nobody), 20);
	CHECK_INT(passing(10, &login, "192.0.2.2", nobody), 3);
	problem = call(&login, "192.0.2.1", nobody);
	REQUIRE(problem_is(problem, PROBLEM_RATE_LIMITED));
	CHECK(problem->retry_after_seconds > 895 && problem->retry_after_seconds <= 900);
}

static void
test_accounts_wherever_they_come_from(void)
{
	struct uuid user = uuid_new(), other = uuid_new();

	if (!begin())
		return;
	CHECK_INT(passing(2, &pay, "192.0.2.1", user), 2);
	CHECK_INT(passing(2, &pay, "192.0.2.2", user), 1);
	CHECK_INT(passing(3, &pay, "192.0.2.3", other), 3);
	/* Three of the day's seven are gone. */
	CHECK_INT(passing(4, &read_own, "192.0.2.4", user), 4);
	CHECK_INT(passing(4, &read_own, "192.0.2.5", user), 0);
	CHECK_INT(passing(1, &read_own, "192.0.2.6", other), 1);
}

static void
test_an_ipv6_network_is_one(void)
{
	if (!begin())
		return;
	CHECK_INT(passing(2, &login, "2001:db8:1:2::1", nobody) + passing(2, &login, "2001:db8:1:2:ffff::9", nobody), 3);
	CHECK_INT(passing(2, &login, "2001:db8:1:3::1", nobody), 2);
	CHECK_TEXT(limit_subject(arena, "2001:db8:1:2:a:b:c:d"), "2001:db8:1:2::/64");
	CHECK_TEXT(limit_subject(arena, "192.0.2.1"), "192.0.2.1");
	CHECK_TEXT(limit_subject(arena, "unix:"), "unix:");
}

static void
test_the_window_slides(void)
{
	struct timespec pause = { 0, 20 * 1000 * 1000 };
	int64_t         started;

	if (!begin())
		return;
	config.limits.sensitive_window_seconds = 1;
	started = monotonic_ms();
	CHECK_INT(passing(2, &login, "192.0.2.1", nobody), 2);
	while (monotonic_ms() - started < 500)
		nanosleep(&pause, NULL);
	CHECK_INT(passing(5, &login, "192.0.2.1", nobody), 1);
	/* The first two leave, the third stays: neither none nor all. */
	while (monotonic_ms() - started < 1050)
		nanosleep(&pause, NULL);
	if (monotonic_ms() - started < 1400)
		CHECK_INT(passing(5, &login, "192.0.2.1", nobody), 2);
	config.limits.sensitive_window_seconds = 900;
}

static void
test_exact_among_many_workers(void)
{
	enum { WORKERS = 4, TRIES = 30 };
	int passed = 0, status;

	if (!begin())
		return;
	config.limits.catalogue = 50;
	for (int i = 0; i < WORKERS; i++)
		if (fork() == 0) {
			work.cache = cache_open(&config, arena);
			_exit(passing(TRIES, &read_catalogue, "192.0.2.1", nobody));
		}
	for (int i = 0; i < WORKERS; i++) {
		wait(&status);
		passed += WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
	}
	CHECK_INT(passed, 50);
	config.limits.catalogue = 6;
}

static void
test_open_when_off_or_without_cache(void)
{
	if (!begin())
		return;
	config.limits.enabled = false;
	CHECK_INT(passing(10, &login, "192.0.2.1", uuid_new()), 10);
	config.limits.enabled = true;
	CHECK_INT(passing(10, &login, "192.0.2.1", nobody), 3);
	private_cache_stop();
	CHECK_INT(passing(10, &login, "192.0.2.1", nobody), 10);
}

SUITE("limits", TEST(test_each_kind_by_address), TEST(test_accounts_wherever_they_come_from), TEST(test_an_ipv6_network_is_one),
    TEST(test_the_window_slides), TEST(test_exact_among_many_workers), TEST(test_open_when_off_or_without_cache))
