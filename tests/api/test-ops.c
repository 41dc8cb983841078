/* Health, readiness, counters, the API document, and the errors that no route makes. */
#include "tests/api/api.h"

#include <string.h>

static void
health_and_readiness(void)
{
	struct answer answer = api_get("/health", NULL);

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ok");
	CHECK_INT(answer.round_trips, 0);
	answer = api_get("/ready", NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "checks.database"), "ok");
	CHECK_TEXT(text_at(&answer, "checks.migrations"), "ok");
}

static void
counters(void)
{
	struct answer answer = api_get("/metrics", NULL);

	EXPECT(answer, 200);
	CHECK(strstr(answer.body, "haat_build_info{version=") != NULL &&
	    strstr(answer.body, "environment=\"development\"} 1\n") != NULL);
	CHECK(strstr(answer.body, "\nhaat_database_up 1\n") != NULL);
	CHECK(strstr(answer.body, "\nhaat_circuit_open{provider=\"stripe\"} ") != NULL);
	CHECK(strstr(answer.body, "\nhaat_webhooks_dead ") != NULL);
	CHECK(strstr(answer.body,
		  form("\nhaat_payments_on_hold %lld\n",
		      (long long)sql_number("SELECT COUNT(*) FROM payments WHERE hold_reason IS NOT NULL"))) != NULL);
	sql_run(
	    "INSERT INTO jobs (id, kind, lane, status, run_at) VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'test_metrics', 'upkeep', 'dead', NOW(3)), "
	    "(UNHEX(REPLACE(UUID(), '-', '')), 'test_metrics', 'upkeep', 'ready', NOW(3) + INTERVAL 1 DAY)");
	answer = api_get("/metrics", NULL);
	sql_run("DELETE FROM jobs WHERE kind = 'test_metrics'");
	CHECK(strstr(answer.body, "\nhaat_queue_jobs{lane=\"upkeep\",kind=\"test_metrics\",status=\"dead\"} 1\n") != NULL);
	CHECK(strstr(answer.body, "\nhaat_queue_jobs{lane=\"upkeep\",kind=\"test_metrics\",status=\"ready\"} 1\n") != NULL);
	CHECK(strstr(answer.body, "\nhaat_queue_age_seconds{lane=\"upkeep\",kind=\"test_metrics\"} 0\n") != NULL);
}

static void
document(void)
{
	struct answer answer = api_get("/openapi.json", NULL);

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "openapi"), "3.1.0");
	CHECK(has_at(&answer, "paths./accounts/login.post") || has_at(&answer, "paths./api/v1/accounts/login.post"));
}

static void
errors_without_a_route(void)
{
	struct answer answer = api_get("/nothing/here", NULL);

	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_call("DELETE", "/openapi.json", NULL, NULL, NULL);
	EXPECT_PROBLEM(answer, 405, "method_not_allowed");
	CHECK_TEXT(header_of(&answer, "Allow"), "GET");
}

static void
request_ids_go_in_and_out(void)
{
	const char *const own[] = { "X-Request-Id: test-request-0001", NULL };
	const char *const wrong[] = { "X-Request-Id: <script>", NULL };
	struct answer     answer = api_call("GET", "/nothing", NULL, NULL, own);

	CHECK_TEXT(header_of(&answer, "X-Request-Id"), "test-request-0001");
	CHECK_TEXT(text_at(&answer, "request_id"), "test-request-0001");
	answer = api_call("GET", "/nothing", NULL, NULL, wrong);
	CHECK(header_of(&answer, "X-Request-Id") != NULL && strchr(header_of(&answer, "X-Request-Id"), '<') == NULL);
}

SUITE("api: operation", TEST(health_and_readiness), TEST(counters), TEST(document), TEST(errors_without_a_route),
    TEST(request_ids_go_in_and_out))
