/* What those who watch the shop are told, and how soon, when a part of it stands still or is gone; and secrets that change. */
#include "tests/faults/stack.h"

#include "base/instant.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOON_MS = 1800, NGINX_MS = 3500, PATIENCE_MS = 20000, SECRET_MAX = 200 };

static void
expect_degraded(const char *part)
{
	int64_t       end = monotonic_ms() + PATIENCE_MS;
	const char   *check = form("checks.%s", part);
	struct answer answer = api_get("/ready", NULL);

	while (answer.status == 200 && strcmp(text_at(&answer, check), "failed") != 0 && monotonic_ms() < end) {
		pause_ms(20);
		answer = api_get("/ready", NULL);
	}
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "degraded");
	CHECK_TEXT(text_at(&answer, check), "failed");
	CHECK(answer.milliseconds < SOON_MS);
}

static void
expect_ready(void)
{
	int64_t       end = monotonic_ms() + PATIENCE_MS;
	struct answer answer = api_get("/ready", NULL);

	while ((answer.status != 200 || strcmp(text_at(&answer, "status"), "ready") != 0) && monotonic_ms() < end) {
		pause_ms(20);
		answer = api_get("/ready", NULL);
	}
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ready");
}

static void
wait_until_served(void)
{
	int64_t       end = monotonic_ms() + PATIENCE_MS;
	struct answer answer = api_get("/products?limit=1", NULL);

	while (answer.status == 503 && monotonic_ms() < end) {
		pause_ms(20);
		answer = api_get("/products?limit=1", NULL);
	}
	EXPECT(answer, 200);
}

static void
test_frozen_database_is_told_at_once(void)
{
	struct answer answer;

	expect_ready();
	part_signal("mariadb", SIGSTOP);
	for (int i = 0; i < 6; i++) {
		answer = api_get("/ready", NULL);
		EXPECT_PROBLEM(answer, 503, "not_ready");
		CHECK(has_at(&answer, "details.database"));
		CHECK(answer.milliseconds < SOON_MS);
	}
	answer = api_get("/metrics", NULL);
	EXPECT(answer, 200);
	CHECK(answer.milliseconds < SOON_MS);
	CHECK(strstr(answer.body, "\nhaat_database_up 0\n") != NULL);
	CHECK(strstr(answer.body, "\nhaat_part_up{part=\"database\"} 0\n") != NULL);
	part_signal("mariadb", SIGCONT);
	expect_ready();
	wait_until_served(); /* a worker that was just refused waits a moment before it tries again */
}

/* The operator's view answers within a second while a part is away, and names it. */
static void
test_operations_name_the_part(void)
{
	static const struct {
		const char *stopped, *part, *status;
	} cases[] = { { "memcached", "cache", "down" }, { "pay", "pools", "down" }, { "jobs", "queues", "down" } };
	struct person admin = person_new("admin");

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct answer answer;
		const char   *status = NULL;

		expect_ready();
		part_stop(cases[i].stopped);
		answer = api_get("/operations", admin.access);
		EXPECT(answer, 200);
		CHECK(answer.milliseconds < 1000);
		for (size_t part = 0; part < length_at(&answer, "parts"); part++)
			if (strcmp(text_at(&answer, form("parts.%zu.name", part)), cases[i].part) == 0)
				status = text_at(&answer, form("parts.%zu.status", part));
		CHECK_TEXT(status, cases[i].status);
		part_start(cases[i].stopped);
	}
	expect_ready();
}

/* Even when no worker has time to say so. */
static void
test_pool_that_stands_still_is_not_ready(void)
{
	struct answer answer;

	part_signal("api", SIGSTOP);
	answer = api_get("/ready", NULL);
	part_signal("api", SIGCONT);
	EXPECT_PROBLEM(answer, 503, "unavailable");
	CHECK(answer.milliseconds < NGINX_MS);
	expect_ready();
}

static void
test_cache_that_is_gone_or_hangs(void)
{
	part_kill("memcached");
	expect_degraded("cache");
	part_start("memcached");
	expect_ready();
	part_signal("memcached", SIGSTOP);
	expect_degraded("cache");
	part_signal("memcached", SIGCONT);
	expect_ready();
}

static void
test_job_workers_that_are_gone_or_hang(void)
{
	part_kill("jobs");
	expect_degraded("job_workers");
	part_start("jobs");
	expect_ready();
	part_signal("jobs", SIGSTOP);
	expect_degraded("job_workers");
	part_signal("jobs", SIGCONT);
	expect_ready();
}

static void
write_secret(const char *name, const char *secret)
{
	FILE *file = fopen(form("%s/secrets/%s", shop_directory(), name), "we");

	REQUIRE(file != NULL && fputs(secret, file) >= 0 && fclose(file) == 0);
}

/* HUP, and until none of the workers is one of those before. */
static void
reload(const char *part)
{
	pid_t   before[PART_PROCESSES_MAX], now[PART_PROCESSES_MAX];
	size_t  n_before = part_workers(part, before), n_now, old;
	int64_t end = monotonic_ms() + PATIENCE_MS;

	kill(part_process(part), SIGHUP);
	do {
		pause_ms(20);
		n_now = part_workers(part, now);
		old = 0;
		for (size_t i = 0; i < n_now; i++)
			for (size_t j = 0; j < n_before; j++)
				old += now[i] == before[j];
	} while ((old > 0 || n_now < n_before) && monotonic_ms() < end);
	CHECK_INT(old, 0);
}

static void
expect_served(void)
{
	EXPECT(api_get("/products?limit=1", NULL), 200);
	EXPECT_PROBLEM(
	    api_post("/webhooks/stripe", NULL, "{}"), 401, "bad_signature"); /* a pool whose secrets are not reloaded serves on */
	expect_ready();
}

/* The database's password changes: after a reload every new connection knows it, without a restart. */
static void
test_reload_takes_changed_secrets(void)
{
	static const char *const parts[] = { "api", "jobs" };
	char                     before[SECRET_MAX] = "";
	FILE                    *file = fopen(form("%s/secrets/database", shop_directory()), "re");
	pid_t                    masters[2];

	REQUIRE(file != NULL && fgets(before, sizeof before, file) != NULL && fclose(file) == 0);
	before[strcspn(before, "\n")] = '\0'; /* the file's last line ends, the password does not */
	sql_run("SET PASSWORD = PASSWORD('demo-changed-by-a-test-0123456789')");
	write_secret("database", "demo-changed-by-a-test-0123456789\n");
	for (size_t i = 0; i < 2; i++) {
		masters[i] = part_process(parts[i]);
		reload(parts[i]);
		CHECK_INT(part_process(parts[i]), masters[i]);
	}
	expect_served();
	sql_run("SET PASSWORD = PASSWORD('%s')", before);
	write_secret("database", before);
	for (size_t i = 0; i < 2; i++)
		reload(parts[i]);
	expect_served();
}

/* What is not valid is not taken: the workers that there are serve on. */
static void
test_reload_refuses_what_is_not_valid(void)
{
	char   before[SECRET_MAX] = "";
	FILE  *file = fopen(form("%s/secrets/jwt", shop_directory()), "re");
	pid_t  workers[PART_PROCESSES_MAX], now[PART_PROCESSES_MAX];
	size_t count = part_workers("api", workers);

	REQUIRE(file != NULL && fgets(before, sizeof before, file) != NULL && fclose(file) == 0);
	write_secret("jwt", "short");
	kill(part_process("api"), SIGHUP);
	for (int i = 0; i < 20; i++)
		EXPECT(api_get("/products?limit=1", NULL), 200);
	CHECK_INT(part_workers("api", now), count);
	CHECK(memcmp(now, workers, count * sizeof *now) == 0);
	write_secret("jwt", before);
	reload("api");
	expect_served();
}

SUITE("what watchers are told, and changed secrets", TEST(test_frozen_database_is_told_at_once),
    TEST(test_pool_that_stands_still_is_not_ready), TEST(test_cache_that_is_gone_or_hangs), TEST(test_operations_name_the_part),
    TEST(test_job_workers_that_are_gone_or_hang), TEST(test_reload_takes_changed_secrets),
    TEST(test_reload_refuses_what_is_not_valid))
