/*
 * The limits as they are in production, on workers that have them switched on.  Each run counts under names of its own, and
 * each test comes from addresses of its own.
 */
#include "tests/api/lone_worker.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Once: workers with limits. */
static void
begin(void)
{
	static bool started;
	/* On a busy machine memcached may take its time: a call that went on without it would not be counted. */
	const char *const settings[] = { "HAAT_LIMITS_ENABLED=true", "HAAT_CACHE_TIMEOUT_MS=10000",
		form("HAAT_CACHE_PREFIX=limits%d:", (int)getpid()), NULL };

	if (!started)
		lone_workers_start(settings);
	started = true;
}

/* How many of `tries` are let in; the first that is not must be the limit's refusal, with a time to come back. */
static int
let_in(int tries, const char *address, const char *method, const char *path, const char *token, long retry_after)
{
	int count = 0;

	for (int i = 0; i < tries; i++) {
		struct answer answer = lone_call(address, method, path, token, strcmp(method, "POST") == 0 ? "{}" : NULL);
		long          wait;

		REQUIRE(answer.status != 0);
		if (answer.status != 429) {
			count++;
			continue;
		}
		CHECK_TEXT(text_at(&answer, "code"), "rate_limited");
		wait = header_of(&answer, "Retry-After") == NULL ? 0 : strtol(header_of(&answer, "Retry-After"), NULL, 10);
		CHECK(wait > retry_after - 60 && wait <= retry_after);
		break;
	}
	return count;
}

static void
sign_in_ten_in_a_quarter_hour(void)
{
	begin();
	CHECK_INT(let_in(12, "198.51.100.1", "POST", "/accounts/login", NULL, 900), 10);
	CHECK_INT(let_in(2, "198.51.100.1", "POST", "/accounts/refresh", NULL, 900), 0);
	CHECK_INT(let_in(12, "198.51.100.2", "POST", "/accounts/register/customer", NULL, 900), 10);
}

static void
payments_ten_in_a_quarter_hour(void)
{
	struct person person = person_new("customer");

	begin();
	CHECK_INT(let_in(6, "198.51.100.3", "POST", "/payments", person.access, 900), 6);
	/* Elsewhere it is the account that counts. */
	CHECK_INT(let_in(6, "198.51.100.4", "POST", "/payments", person.access, 900), 4);
}

static void
signed_in_calls_a_hundred_in_a_quarter_hour(void)
{
	struct person person = person_new("customer");

	begin();
	CHECK_INT(let_in(60, "198.51.100.5", "GET", "/accounts/me", person.access, 900), 60);
	CHECK_INT(let_in(60, "198.51.100.5", "POST", "/cart/items", person.access, 900), 40);
	CHECK_INT(let_in(1, "198.51.100.6", "GET", "/accounts/me", person.access, 900), 1);
	/* Reads of the catalogue have a count of their own. */
	CHECK_INT(let_in(1, "198.51.100.5", "GET", "/shipping-methods", NULL, 60), 1);
}

static void
catalogue_six_hundred_a_minute(void)
{
	begin();
	CHECK_INT(let_in(610, "198.51.100.7", "GET", "/categories/tree", NULL, 60), 600);
	CHECK_INT(let_in(1, "198.51.100.8", "GET", "/categories/tree", NULL, 60), 1);
}

static void
a_thousand_a_day_for_one_account(void)
{
	struct person person = person_new("customer"), other = person_new("customer");
	int           count = 0;

	begin();
	for (int host = 0; host < 11; host++)
		count += let_in(95, form("203.0.113.%d", host + 1), "GET", "/accounts/me", person.access, 86400);
	CHECK_INT(count, 1000);
	CHECK_INT(let_in(1, "203.0.113.50", "GET", "/accounts/me", person.access, 86400), 0);
	CHECK_INT(let_in(1, "203.0.113.50", "GET", "/accounts/me", other.access, 86400), 1);
}

static struct answer
guess(const char *address, const struct person *person, const char *password)
{
	return lone_call(
	    address, "POST", "/accounts/login", NULL, form("{\"email\": \"%s\", \"password\": \"%s\"}", person->email, password));
}

/* Five accounts tried once each from one address: the sixth has to wait, even with the right password. */
static void
wrong_passwords_five_a_minute_for_one_address(void)
{
	const char   *address = form("192.0.2.%d", (int)getpid() % 250 + 1);
	struct person people[6];
	struct answer answer;

	begin();
	sql_run("DELETE FROM login_attempts WHERE kind = 'address'");
	for (size_t i = 0; i < 6; i++)
		people[i] = person_new("customer");
	for (size_t i = 0; i < 5; i++)
		EXPECT_PROBLEM(guess(address, &people[i], "Wrong-7-Bells"), 401, "bad_credentials");
	answer = guess(address, &people[5], good_password);
	EXPECT_PROBLEM(answer, 429, "login_limited");
	CHECK(strtol(header_of(&answer, "Retry-After"), NULL, 10) > 50);
	EXPECT(guess("192.0.2.254", &people[5], good_password), 200);
}

static void
webhooks_and_health_are_not_counted(void)
{
	begin();
	CHECK_INT(let_in(150, "198.51.100.9", "POST", "/webhooks/stripe", NULL, 900), 150);
}

SUITE("api: limits", TEST(sign_in_ten_in_a_quarter_hour), TEST(payments_ten_in_a_quarter_hour),
    TEST(signed_in_calls_a_hundred_in_a_quarter_hour), TEST(catalogue_six_hundred_a_minute),
    TEST(a_thousand_a_day_for_one_account), TEST(wrong_passwords_five_a_minute_for_one_address),
    TEST(webhooks_and_health_are_not_counted))
