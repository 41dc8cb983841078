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
				    .window_seconds = 900,
				    .sign_in_account = 3,
				    .sign_in_address = 6,
				    .coupon_address = 4,
				    .payment_account = 2,
				    .payment_address = 5,
				    .anonymous_writes = 7,
				    .forged_webhooks = 7,
				    .search_address = 4,
				    .suggest_address = 5,
				    .refresh_token = 3,
				    .refresh_address = 6,
				    .writes = 8,
				    .writes_a_day = 10,
				    .reads_a_minute = 9,
				    .staff_factor = 2 } };

struct body {
	const char *email, *coupon;
};
static const struct member body_members[] = {
	M_TEXT(struct body, email, "email", 254),
	M_TEXT(struct body, coupon, "coupon", 32, .nullable = true),
};
SHAPE(struct body, body_shape, "Body", body_members);

#define WRITES .method = POST, .writes = WRITES_DATABASE
static const struct route login = { WRITES, .permission = PUBLIC, .limit = LIMIT_SIGN_IN, .limit_member = "email",
	.body = &body_shape };
static const struct route change_password = { WRITES, .permission = SIGNED_IN, .limit = LIMIT_SIGN_IN };
static const struct route pay = { WRITES, .permission = SIGNED_IN, .limit = LIMIT_PAYMENT };
static const struct route quote = {
	.method = POST, .permission = SIGNED_IN, .limit = LIMIT_COUPON, .limit_member = "coupon", .body = &body_shape
};
static const struct route read_catalogue = { .method = GET, .permission = PUBLIC };
static const struct route write_something = { WRITES, .permission = SIGNED_IN };
static const struct route read_own = { .method = GET, .permission = SIGNED_IN };
static const struct route refresh = { WRITES, .permission = PUBLIC, .limit = LIMIT_REFRESH };
static const struct route webhook = { WRITES, .permission = PUBLIC, .limit = LIMIT_WEBHOOK };

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

static struct body body;

static const struct problem *
call(const struct route *route, const char *address, struct uuid user)
{
	struct request request = { .work = &work, .route = route, .body = &body };

	work.address = address;
	work.viewer.user.uuid = user;
	TRY(limit_call(&request));
	return limit_body(&request);
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
test_nobody_by_address(void)
{
	const struct problem *problem;

	if (!begin())
		return;
	CHECK_INT(passing(10, &login, "192.0.2.1", nobody), 6);
	CHECK_INT(passing(10, &write_something, "192.0.2.1", nobody), 7);
	CHECK_INT(passing(20, &read_catalogue, "192.0.2.1", nobody), 20); /* nginx's alone */
	CHECK_INT(passing(20, &read_own, "192.0.2.1", nobody), 20);
	CHECK_INT(passing(20, &webhook, "192.0.2.1", nobody), 20);
	CHECK_INT(passing(10, &login, "192.0.2.2", nobody), 6);
	problem = call(&login, "192.0.2.1", nobody);
	REQUIRE(problem_is(problem, PROBLEM_RATE_LIMITED));
	CHECK(problem->retry_after_seconds > 895 && problem->retry_after_seconds <= 900);
}

static void
test_forgeries_by_address(void)
{
	struct request request = { .work = &work, .route = &webhook };
	int            passed = 0;

	if (!begin())
		return;
	for (int i = 0; i < 10; i++)
		passed += limit_forgery(&request) == OK;
	CHECK_INT(passed, 7);
	CHECK_INT(passing(5, &webhook, "192.0.2.1", nobody), 5);
	CHECK_INT(passing(5, &write_something, "192.0.2.1", nobody), 5);
}

static void
test_refreshes_by_token_and_address(void)
{
	struct request request = { .work = &work, .route = &refresh };
	int            passed = 0;

	if (!begin())
		return;
	CHECK_INT(passing(8, &refresh, "192.0.2.1", nobody), 6);
	CHECK_INT(passing(7, &write_something, "192.0.2.1", nobody), 7);
	for (int i = 0; i < 5; i++)
		passed += limit_refresh(&request, "one token") == OK;
	CHECK_INT(passed, 3);
	CHECK(limit_refresh(&request, "another token") == OK);
}

static void
test_accounts_wherever_they_come_from(void)
{
	struct uuid user = uuid_new(), other = uuid_new();

	if (!begin())
		return;
	CHECK_INT(passing(4, &write_something, "192.0.2.1", user), 4);
	CHECK_INT(passing(6, &write_something, "192.0.2.2", user), 4);
	CHECK_INT(passing(6, &write_something, "192.0.2.1", other), 6);
	CHECK_INT(passing(12, &read_own, "192.0.2.3", user), 9);
	CHECK_INT(passing(12, &read_catalogue, "192.0.2.3", user), 0); /* a signed-in read like others */
	CHECK_INT(passing(3, &change_password, "192.0.2.4", user), 3);
	CHECK_INT(passing(3, &change_password, "192.0.2.5", user), 0);
}

static void
test_a_day(void)
{
	struct uuid user = uuid_new();

	if (!begin())
		return;
	config.limits.writes = 1000;
	CHECK_INT(passing(20, &write_something, "192.0.2.1", user), 10);
	CHECK(call(&write_something, "192.0.2.1", user)->retry_after_seconds > 86000);
	config.limits.writes = 8;
}

static void
test_staff_writes_more(void)
{
	struct uuid seller = uuid_new();

	if (!begin())
		return;
	work.viewer.role = ROLE_SHOPKEEPER;
	CHECK_INT(passing(40, &write_something, "192.0.2.1", seller), 16);
	CHECK_INT(passing(40, &read_own, "192.0.2.1", seller), 9);
	config.limits.writes = 1000;
	CHECK_INT(passing(40, &write_something, "192.0.2.1", seller), 4); /* twenty a day */
	config.limits.writes = 8;
}

static void
test_payments_by_account_and_address(void)
{
	int passed = 0;

	if (!begin())
		return;
	CHECK_INT(passing(4, &pay, "192.0.2.1", uuid_new()), 2);
	for (int i = 0; i < 10; i++)
		passed += passing(1, &pay, "192.0.2.2", uuid_new());
	CHECK_INT(passed, 5);
}

static void
test_sign_in_by_the_account_that_is_named(void)
{
	int passed = 0;

	if (!begin())
		return;
	body.email = "Amina@example.test";
	for (int i = 0; i < 5; i++)
		passed += passing(1, &login, arena_format(arena, "192.0.2.%d", i), nobody);
	CHECK_INT(passed, 3);
	body.email = "amina@EXAMPLE.test";
	CHECK_INT(passing(1, &login, "192.0.2.9", nobody), 0);
	body.email = "other@example.test";
	CHECK_INT(passing(1, &login, "192.0.2.9", nobody), 1);
	body.email = NULL;
}

static void
test_coupons_by_address(void)
{
	if (!begin())
		return;
	body.coupon = "SPRING";
	CHECK_INT(passing(2, &quote, "192.0.2.1", uuid_new()) + passing(5, &quote, "192.0.2.1", uuid_new()), 4);
	body.coupon = NULL;
	CHECK_INT(passing(20, &quote, "192.0.2.1", uuid_new()), 9); /* without one it is a read */
}

static void
test_an_interval(void)
{
	if (!begin())
		return;
	CHECK(limit_interval(&work, "return:PAY-1", 5));
	CHECK(!limit_interval(&work, "return:PAY-1", 5));
	CHECK(limit_interval(&work, "return:PAY-2", 5));
	config.limits.enabled = false;
	CHECK(limit_interval(&work, "return:PAY-1", 5));
}

static void
test_an_ipv6_network_is_one(void)
{
	if (!begin())
		return;
	CHECK_INT(passing(2, &login, "2001:db8:1:2::1", nobody) + passing(6, &login, "2001:db8:1:2:ffff::9", nobody), 6);
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
	config.limits.window_seconds = 1;
	config.limits.sign_in_address = 3;
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
	config.limits.window_seconds = 900;
	config.limits.sign_in_address = 6;
}

static void
test_exact_among_many_workers(void)
{
	enum { WORKERS = 4, TRIES = 30 };
	int passed = 0, status;

	if (!begin())
		return;
	config.limits.anonymous_writes = 50;
	for (int i = 0; i < WORKERS; i++)
		if (fork() == 0) {
			work.cache = cache_open(&config, arena);
			_exit(passing(TRIES, &write_something, "192.0.2.1", nobody));
		}
	for (int i = 0; i < WORKERS; i++) {
		wait(&status);
		passed += WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
	}
	CHECK_INT(passed, 50);
	config.limits.anonymous_writes = 7;
}

static void
test_open_when_off_or_without_cache(void)
{
	if (!begin())
		return;
	config.limits.enabled = false;
	CHECK_INT(passing(10, &login, "192.0.2.1", uuid_new()), 10);
	config.limits.enabled = true;
	CHECK_INT(passing(10, &login, "192.0.2.1", nobody), 6);
	private_cache_stop();
	CHECK_INT(passing(10, &login, "192.0.2.1", nobody), 10);
}

SUITE("limits", TEST(test_nobody_by_address), TEST(test_forgeries_by_address), TEST(test_refreshes_by_token_and_address),
    TEST(test_accounts_wherever_they_come_from), TEST(test_a_day), TEST(test_staff_writes_more),
    TEST(test_payments_by_account_and_address), TEST(test_sign_in_by_the_account_that_is_named), TEST(test_coupons_by_address),
    TEST(test_an_interval), TEST(test_an_ipv6_network_is_one), TEST(test_the_window_slides), TEST(test_exact_among_many_workers),
    TEST(test_open_when_off_or_without_cache))
