/* The operator's view: every part says how it is, since when, what is wrong and where the handbook tells of it. */
#include "tests/api/shopping.h"

#include <string.h>
#include <unistd.h>

enum { LOOKS = 500, LOOK_US = 20000, SOON_MS = 1000 };

static struct person admin;

static const char *const parts[] = { "database", "migrations", "disk", "pools", "cache", "queues", "jobs", "webhooks", "breakers",
	"limits", "certificates", "reports" };
enum { PARTS_COUNT = sizeof parts / sizeof *parts };

static struct answer
operations(void)
{
	struct answer answer = api_get("/operations", admin.access);

	EXPECT(answer, 200);
	CHECK(answer.milliseconds < SOON_MS);
	return answer;
}

static const char *
of_part(const struct answer *answer, const char *part, const char *member)
{
	for (size_t i = 0; i < length_at(answer, "parts"); i++)
		if (strcmp(text_at(answer, form("parts.%zu.name", i)), part) == 0)
			return text_at(answer, form("parts.%zu.%s", i, member));
	return NULL;
}

/* The row of a list whose member has that value: "pools.2"; NULL when there is none. */
static const char *
row_of(const struct answer *answer, const char *list, const char *member, const char *value)
{
	for (size_t i = 0; i < length_at(answer, list); i++)
		if (strcmp(text_at(answer, form("%s.%zu.%s", list, i, member)), value) == 0)
			return form("%s.%zu", list, i);
	return NULL;
}

static void
every_part_tells_of_itself(void)
{
	struct answer answer;

	admin = person_new("admin");
	answer = operations();
	CHECK_INT(length_at(&answer, "parts"), PARTS_COUNT);
	for (size_t i = 0; i < PARTS_COUNT; i++) {
		const char *status = of_part(&answer, parts[i], "status"), *since = of_part(&answer, parts[i], "since");

		CHECK(status != NULL && (strcmp(status, "ok") == 0) == (of_part(&answer, parts[i], "note") == NULL));
		CHECK(since != NULL && strcmp(since, text_at(&answer, "as_of")) <= 0);
		CHECK_TEXT(
		    of_part(&answer, parts[i], "runbook"), form("OPERATIONS.md#%s", parts[i])); /* test-alerts.sh: they exist */
	}
	CHECK_TEXT(of_part(&answer, "database", "status"), "ok");
	CHECK(number_at(&answer, "database.connections") > 0);
	CHECK(number_at(&answer, "database.connections_max") > number_at(&answer, "database.connections"));
	CHECK(number_at(&answer, "database.answer_us") > 0);
	CHECK(number_at(&answer, "disks.0.free_bytes") > 0 && number_at(&answer, "disks.0.size_bytes") > 0);
	CHECK(number_at(&answer, "certificates.0.days_left") > 0);
	CHECK_INT(number_at(&answer, "migrations.applied"), number_at(&answer, "migrations.expected"));
	CHECK_TEXT(text_at(&answer, "migrations.checksum"),
	    sql_text("SELECT LOWER(HEX(checksum)) FROM schema_migrations WHERE number = %lld",
		(long long)number_at(&answer, "migrations.newest")));
	CHECK(has_at(&answer, form("%s.seen_at", row_of(&answer, "queues", "lane", "money"))));
	CHECK(row_of(&answer, "breakers", "service", "stripe") != NULL && row_of(&answer, "breakers", "service", "mail") != NULL);
	CHECK(has_at(&answer, "reports.waiting"));
}

static void
workers_are_counted(void)
{
	struct answer answer = operations();
	const char   *api = row_of(&answer, "pools", "pool", "api");
	int64_t       requests = number_at(&answer, form("%s.requests", api));

	CHECK(number_at(&answer, form("%s.workers", api)) >= 1);
	CHECK(number_at(&answer, form("%s.busy", api)) >= 1); /* the one that answers */
	for (int i = 0; i < 10; i++)
		EXPECT(api_get("/currencies", NULL), 200);
	answer = operations();
	CHECK(number_at(&answer, form("%s.requests", api)) >= requests + 10);
	CHECK(number_at(&answer, form("%s.p50_us", api)) > 0);
	CHECK(number_at(&answer, form("%s.p99_us", api)) >= number_at(&answer, form("%s.p50_us", api)));
}

/* Since when does not move while it lasts; what is dead is found, and gone when somebody has dropped it. */
static void
dead_job_degrades(void)
{
	struct answer answer;
	const char   *since, *row;

	sql_run("DELETE FROM jobs WHERE status = 'dead' OR kind = 'test_operations'");
	answer = operations();
	CHECK_TEXT(of_part(&answer, "jobs", "status"), "ok");
	sql_run(
	    "INSERT INTO jobs (id, kind, lane, status, run_at) VALUES (RANDOM_BYTES(16), 'test_operations', 'upkeep', 'dead', "
	    "NOW(3) - INTERVAL 1 HOUR)");
	answer = operations();
	CHECK_TEXT(of_part(&answer, "jobs", "status"), "degraded");
	CHECK_TEXT(of_part(&answer, "jobs", "note"), "1 dead jobs");
	CHECK(strcmp(text_at(&answer, "status"), "ok") != 0);
	row = row_of(&answer, "jobs", "kind", "test_operations");
	CHECK(row != NULL);
	CHECK_TEXT(text_at(&answer, form("%s.status", row)), "dead");
	CHECK(number_at(&answer, form("%s.age_seconds", row)) >= 3600);
	since = of_part(&answer, "jobs", "since");
	for (int i = 0;
	     i < LOOKS && strcmp(since, sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%%Y-%%m-%%dT%%H:%%i:%%s.000Z')")) == 0;
	     i++)
		usleep(LOOK_US);
	answer = operations();
	CHECK_TEXT(of_part(&answer, "jobs", "since"), since);
	sql_run("DELETE FROM jobs WHERE kind = 'test_operations'");
	answer = operations();
	CHECK_TEXT(of_part(&answer, "jobs", "status"), "ok");
	CHECK(strcmp(of_part(&answer, "jobs", "since"), since) > 0);
}

/* It stands behind one that runs, so that no worker takes it. */
static void
old_work_degrades_its_queue(void)
{
	struct answer answer;

	sql_run("INSERT INTO jobs (id, kind, lane, status, run_at, order_key, lease_until) VALUES "
		"(RANDOM_BYTES(16), 'test_operations', 'media', 'running', NOW(3), 'test_operations', NOW(3) + INTERVAL 1 HOUR)");
	sql_run("INSERT INTO jobs (id, kind, lane, status, run_at, order_key) VALUES "
		"(RANDOM_BYTES(16), 'test_operations', 'media', 'ready', NOW(3) - INTERVAL 1 HOUR, 'test_operations')");
	answer = operations();
	CHECK_TEXT(of_part(&answer, "queues", "status"), "degraded");
	CHECK(strstr(of_part(&answer, "queues", "note"), "'media'") != NULL);
	CHECK(number_at(&answer, form("%s.oldest_seconds", row_of(&answer, "queues", "lane", "media"))) >= 3600);
	sql_run("DELETE FROM jobs WHERE kind = 'test_operations'");
	answer = operations();
	CHECK_TEXT(of_part(&answer, "queues", "status"), "ok");
}

static void
forged_webhooks_are_counted(void)
{
	struct answer answer = operations();
	const char   *row = row_of(&answer, "webhooks", "provider", "stripe");
	int64_t       forged = number_at(&answer, form("%s.forged", row));

	EXPECT_PROBLEM(api_post("/webhooks/stripe", NULL, "{\"id\":\"evt_forged\"}"), 401, "bad_signature");
	answer = operations();
	CHECK_INT(number_at(&answer, form("%s.forged", row)), forged + 1);
}

static void
only_admins_look(void)
{
	struct person accountant = person_new("accountant");

	EXPECT_PROBLEM(api_get("/operations", NULL), 401, "unauthenticated");
	EXPECT_PROBLEM(api_get("/operations", accountant.access), 403, "forbidden");
}

SUITE("api: the operator's view", TEST(every_part_tells_of_itself), TEST(workers_are_counted), TEST(dead_job_degrades),
    TEST(old_work_degrades_its_queue), TEST(forged_webhooks_are_counted), TEST(only_admins_look))
