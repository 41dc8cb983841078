/* Health, readiness, counters, the API document, and the errors that no route makes. */
#include "tests/api/lone_worker.h"

#include <signal.h>
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
	CHECK_TEXT(text_at(&answer, "status"), "ready");
	CHECK_TEXT(text_at(&answer, "checks.migrations"), "ok");
	CHECK_TEXT(text_at(&answer, "checks.disk"), "ok");
	CHECK_TEXT(text_at(&answer, "checks.cache"), "ok");
	CHECK_TEXT(text_at(&answer, "checks.job_workers"), "ok");
}

static struct answer
ready_with(const char *setting)
{
	struct answer answer;

	lone_workers_stop();
	lone_workers_start((const char *const[]) { setting, "HAAT_HTTP_WATCHERS=192.0.2.0/28", NULL });
	answer = lone_call("192.0.2.15", "GET", "/ready", NULL, NULL);
	return answer;
}

/* What the shop can do without makes it degraded, what it cannot 503; each says which. */
static void
readiness_without_a_part(void)
{
	struct answer answer = ready_with("HAAT_CACHE_SERVERS=/nowhere/memcached.sock");

	CHECK_INT(answer.status, 200);
	CHECK_TEXT(text_at(&answer, "status"), "degraded");
	CHECK_TEXT(text_at(&answer, "checks.cache"), "failed");
	CHECK_TEXT(text_at(&answer, "checks.job_workers"), "ok");
	answer = ready_with("HAAT_CACHE_SERVERS=");
	CHECK_INT(answer.status, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ready");
	CHECK_TEXT(text_at(&answer, "checks.cache"), "off");
	answer = ready_with("HAAT_RUN_DIRECTORY=/var/tmp");
	CHECK_INT(answer.status, 200);
	CHECK_TEXT(text_at(&answer, "status"), "degraded");
	CHECK_TEXT(text_at(&answer, "checks.job_workers"), "failed");
	answer = ready_with("HAAT_DATABASE_SOCKET=/nowhere/mysqld.sock");
	CHECK_INT(answer.status, 503);
	CHECK_TEXT(text_at(&answer, "code"), "not_ready");
	CHECK(has_at(&answer, "details.database") && !has_at(&answer, "details.migrations"));
	answer = ready_with("HAAT_DATABASE_NAME=information_schema");
	CHECK_INT(answer.status, 503);
	CHECK(has_at(&answer, "details.migrations") && !has_at(&answer, "details.database"));
	answer = ready_with("HAAT_HTTP_UPLOAD_DIRECTORY=/nowhere");
	CHECK_INT(answer.status, 503);
	CHECK(has_at(&answer, "details.disk"));
	lone_workers_stop();
}

static void
only_watchers_may_ask(void)
{
	static const char *const paths[] = { "/health", "/ready", "/metrics" };
	static const char *const strangers[] = { "192.0.2.16", "127.0.0.1", "2001:db8::1", "unix:" };
	struct answer            answer = ready_with("HAAT_LOG_LEVEL=info");

	CHECK_INT(answer.status, 200);
	for (size_t i = 0; i < 3; i++) {
		CHECK_INT(lone_call("192.0.2.1", "GET", paths[i], NULL, NULL).status, 200);
		for (size_t j = 0; j < 4; j++) {
			answer = lone_call(strangers[j], "GET", paths[i], NULL, NULL);
			CHECK_INT(answer.status, 403);
			CHECK_TEXT(text_at(&answer, "code"), "forbidden");
		}
	}
	CHECK_INT(lone_call("198.51.100.9", "GET", "/brands", NULL, NULL).status, 200);
	lone_workers_stop();
}

/* Told to stop, it says so to who asks, and goes on serving until the notice is over. */
static void
draining_is_said_before_the_end(void)
{
	struct answer answer = ready_with("HAAT_HTTP_DRAINING_SECONDS=60");

	CHECK_INT(answer.status, 200);
	lone_workers_signal(POOL_API, SIGTERM);
	while (answer.status == 200)
		answer = lone_call("192.0.2.1", "GET", "/ready", NULL, NULL);
	CHECK_INT(answer.status, 503);
	CHECK_TEXT(text_at(&answer, "code"), "draining");
	CHECK_INT(lone_call("192.0.2.1", "GET", "/health", NULL, NULL).status, 200);
	CHECK_INT(lone_call("198.51.100.9", "GET", "/brands", NULL, NULL).status, 200);
	lone_workers_stop(); /* the second time it is meant */
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
	CHECK(strstr(answer.body, "\nhaat_part_up{part=\"job_workers\"} 1\n") != NULL);
	CHECK(strstr(answer.body, "\nhaat_deliveries_waiting ") != NULL &&
	    strstr(answer.body, "\nhaat_deliveries_age_seconds ") != NULL);
	CHECK(strstr(answer.body, "\nhaat_sqs_waiting ") != NULL && strstr(answer.body, "\nhaat_sqs_dead ") != NULL);
	CHECK(strstr(answer.body, "\nhaat_event_consumer_age_seconds{consumer=\"webhooks\"} ") != NULL);
	CHECK(strstr(answer.body, "\nhaat_job_lane_seen_timestamp_seconds{lane=\"events\"} ") != NULL);
}

static bool
says(const struct answer *answer, const char *name, int64_t least)
{
	const char *found = strstr(answer->body, form("\n%s ", name));

	return found != NULL && strtoll(found + strlen(name) + 2, NULL, 10) >= least;
}

/* What waits for us or for a person; who looks after it makes it wait no longer, so the rows are of no kind that anybody takes. */
static void
backlogs(void)
{
	struct answer answer;

	sql_run(
	    "INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, status, next_attempt_at, received_at, "
	    "signatures, claim) SELECT UNHEX(REPLACE(UUID(), '-', '')), 'test-metrics', status, 'x', '{}', REPEAT('x', 32), status, "
	    "NOW(3) + INTERVAL 1 DAY, NOW(3) - INTERVAL 3 HOUR, IF(status = 'unverified', 'x', NULL), IF(status = 'unverified', 'x', '') FROM "
	    "(SELECT 'deferred' AS status UNION SELECT 'unverified' UNION SELECT 'dead') s");
	answer = api_get("/metrics", NULL);
	sql_run("DELETE FROM webhook_events WHERE provider = 'test-metrics'");
	CHECK(says(&answer, "haat_webhooks_waiting{status=\"deferred\"}", 1));
	CHECK(says(&answer, "haat_webhooks_waiting{status=\"unverified\"}", 1));
	CHECK(says(&answer, "haat_webhooks_age_seconds{status=\"deferred\"}", 10800));
	CHECK(says(&answer, "haat_webhooks_age_seconds{status=\"unverified\"}", 10800));
	CHECK(says(&answer, "haat_webhooks_dead", 1));
	CHECK(says(&answer, "haat_events_waiting", 0));
	CHECK(says(&answer, "haat_events_age_seconds", 0));
	CHECK(says(&answer, "haat_refunds_pending", 0));
	CHECK(says(&answer, "haat_refunds_age_seconds", 0));
	CHECK(says(&answer, "haat_refunds_failed",
	    sql_number("SELECT COUNT(*) FROM refunds WHERE status = 'failed' "
		       "AND finished_at > NOW(3) - INTERVAL 23 HOUR")));
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

SUITE("api: operation", TEST(health_and_readiness), TEST(readiness_without_a_part), TEST(only_watchers_may_ask),
    TEST(draining_is_said_before_the_end), TEST(counters), TEST(backlogs), TEST(document), TEST(errors_without_a_route),
    TEST(request_ids_go_in_and_out))
