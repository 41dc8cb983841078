#include "base/arena.h"
#include "base/metrics.h"
#include "base/providers.h"
#include "base/text.h"
#include "tests/suite.h"

#include <glob.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

static struct arena     *arena;
static const char *const routes[] = { "listProducts", "quo\"te\\back\nslash" };
static char              directory[] = "/tmp/haat-test-metrics-XXXXXX";

static const char *
printed(void)
{
	struct text out = text_new(arena, 4096);

	metrics_print("test", &out);
	return out.bytes;
}

static bool
has_line(const char *text, const char *line)
{
	size_t length = strlen(line);

	for (const char *at = text; (at = strstr(at, line)) != NULL; at++)
		if ((at == text || at[-1] == '\n') && at[length] == '\n')
			return true;
	printf("no line '%s' ", line);
	return false;
}

/* Before anything is opened, and with private memory: counting never fails. */
static void
test_counting_without_a_file(void)
{
	metric_add(METRIC_LOGINS, 0, 0, 1);
	CHECK_INT(metric_value(METRIC_LOGINS, 0, 0), 1);
	metrics_open(NULL);
	CHECK_INT(metric_value(METRIC_LOGINS, 0, 0), 0);
	metric_add(METRIC_LOGINS, metric_index(METRIC_LOGINS, LABEL_OUTCOME, "limited"), 0, 3);
	CHECK_INT(metric_value(METRIC_LOGINS, 2, 0), 3);
	CHECK(has_line(printed(), "haat_logins_total{outcome=\"limited\"} 3"));
	CHECK(strstr(printed(), "bad_credentials") == NULL); /* never touched */
}

static void
test_text_format(void)
{
	const char *text;

	metrics_label_values(LABEL_ROUTE, routes, 2);
	metrics_open(NULL);
	metric_observe_us(METRIC_REQUEST_SECONDS, 0, metric_label_index(LABEL_STATUS, "200"), 1000);
	metric_observe_us(METRIC_REQUEST_SECONDS, 0, metric_label_index(LABEL_STATUS, "200"), 1001);
	metric_observe_us(METRIC_REQUEST_SECONDS, 0, metric_label_index(LABEL_STATUS, "200"), 20000000);
	metric_observe_us(METRIC_REQUEST_SECONDS, 1, metric_label_index(LABEL_STATUS, "777"), 5);
	metric_observe_us(METRIC_REQUEST_SECONDS, 99, 0, -5);
	text = printed();
	CHECK(has_line(text, "# TYPE haat_build_info gauge"));
	CHECK(has_line(text, "haat_build_info{version=\"" PACKAGE_VERSION "\",environment=\"test\"} 1"));
	CHECK(has_line(text, "# TYPE haat_request_duration_seconds histogram"));
	CHECK(has_line(text, "# HELP haat_logins_total Login attempts. By outcome."));
	CHECK(has_line(text, "# TYPE haat_logins_total counter"));
	CHECK(has_line(text, "# TYPE haat_job_lane_seen_timestamp_seconds gauge"));
	CHECK(has_line(text, "haat_request_duration_seconds_bucket{route=\"listProducts\",status=\"200\",le=\"0.001\"} 1"));
	CHECK(has_line(text, "haat_request_duration_seconds_bucket{route=\"listProducts\",status=\"200\",le=\"0.0025\"} 2"));
	CHECK(has_line(text, "haat_request_duration_seconds_bucket{route=\"listProducts\",status=\"200\",le=\"10\"} 2"));
	CHECK(has_line(text, "haat_request_duration_seconds_bucket{route=\"listProducts\",status=\"200\",le=\"+Inf\"} 3"));
	CHECK(has_line(text, "haat_request_duration_seconds_sum{route=\"listProducts\",status=\"200\"} 20.002001"));
	CHECK(has_line(text, "haat_request_duration_seconds_count{route=\"listProducts\",status=\"200\"} 3"));
	CHECK(has_line(text, "haat_request_duration_seconds_count{route=\"quo\\\"te\\\\back\\nslash\",status=\"other\"} 1"));
	CHECK(has_line(text, "haat_request_duration_seconds_sum{route=\"other\",status=\"200\"} 0"));
	CHECK_INT(metric_value(METRIC_REQUEST_SECONDS, 0, metric_label_index(LABEL_STATUS, "200")), 3);
}

static void
test_gauges_stay_when_they_fall_to_zero(void)
{
	static const char *const lanes[] = { "events", "money" };

	metrics_label_values(LABEL_LANE, lanes, 2);
	metrics_open(NULL);
	CHECK(strstr(printed(), "\nhaat_job_lane_seen_timestamp_seconds{") == NULL);
	metric_set(METRIC_LANE_SEEN, 0, 0, 1);
	metric_set(METRIC_LANE_SEEN, 0, 0, 0);
	metric_set(METRIC_LANE_SEEN, 1, 0, 2);
	CHECK(has_line(printed(), "haat_job_lane_seen_timestamp_seconds{lane=\"events\"} 0"));
	CHECK(has_line(printed(), "haat_job_lane_seen_timestamp_seconds{lane=\"money\"} 2"));
	CHECK_INT(metric_value(METRIC_LANE_SEEN, 1, 0), 2);
}

/* Every series has cells of its own: what is added to one is seen in that one alone. */
static void
test_series_do_not_overlap(void)
{
	for (int metric = 0; metric < METRIC__COUNT; metric++) {
		for (size_t first = 0; first < 8; first++) {
			int64_t total = 0;

			metrics_open(NULL);
			if (metric == METRIC_REQUEST_SECONDS || metric == METRIC_DATABASE_SECONDS ||
			    metric == METRIC_PROVIDER_SECONDS)
				metric_observe_us(metric, first, first, 99999999);
			else if (metric == METRIC_LANE_SEEN)
				metric_set(metric, first, first, 1);
			else
				metric_add(metric, first, first, 1);
			for (int other = 0; other < METRIC__COUNT; other++) {
				int64_t seen = metric_value(other, first, first);

				CHECK_INT(seen, other == metric);
				total += seen;
			}
			CHECK_INT(total, 1);
		}
	}
}

/* Two of those that send webhooks, and what is none of them. */
static const size_t senders[] = { PROVIDER_STRIPE, PROVIDER_COD, PROVIDER__COUNT + 1 };

static void
test_both_labels_count(void)
{
	metrics_open(NULL);
	for (size_t provider = 0; provider < 3; provider++)
		for (size_t outcome = 0; outcome < 7; outcome++)
			metric_add(METRIC_WEBHOOKS, senders[provider], outcome, (int64_t)(1 + provider * 10 + outcome));
	for (size_t provider = 0; provider < 3; provider++)
		for (size_t outcome = 0; outcome < 7; outcome++)
			CHECK_INT(metric_value(METRIC_WEBHOOKS, senders[provider], outcome), 1 + provider * 10 + outcome);
	CHECK(has_line(printed(), "haat_webhooks_total{provider=\"cod\",outcome=\"deferred\"} 13"));
	CHECK(has_line(printed(), "haat_webhooks_total{provider=\"other\",outcome=\"other\"} 27"));
}

/* Webhooks by provider, type and status: each of the three has cells of its own. */
static void
test_three_labels_count(void)
{
	metrics_open(NULL);
	for (size_t provider = 0; provider < 3; provider++)
		for (size_t type = 0; type <= WEBHOOK_OF_DISPUTE; type++)
			for (size_t outcome = 0; outcome < 7; outcome++)
				metric_add_third(METRIC_WEBHOOK_EVENTS, senders[provider], type, outcome,
				    (int64_t)(1 + provider * 100 + type * 10 + outcome));
	CHECK(has_line(printed(), "haat_webhook_events_total{provider=\"cod\",type=\"payment\",outcome=\"deferred\"} 113"));
	CHECK(has_line(printed(), "haat_webhook_events_total{provider=\"stripe\",type=\"refund\",outcome=\"processed\"} 21"));
	CHECK(has_line(printed(), "haat_webhook_events_total{provider=\"other\",type=\"dispute\",outcome=\"other\"} 237"));
	CHECK_INT(metric_index(METRIC_WEBHOOK_EVENTS, LABEL_TYPE, "refund"), WEBHOOK_OF_REFUND);
	CHECK_INT(metric_index(METRIC_WEBHOOK_EVENTS, LABEL_OUTCOME, "collision"), WEBHOOK_COLLISION);
}

/* The indexes that callers name by the place in metrics.h. */
static void
test_indexes(void)
{
	CHECK_INT(metric_index(METRIC_WEBHOOKS, LABEL_OUTCOME, "processed"), 0);
	CHECK_INT(metric_index(METRIC_WEBHOOKS, LABEL_OUTCOME, "collision"), 5);
	CHECK_INT(metric_index(METRIC_WEBHOOKS, LABEL_OUTCOME, "nonsense"), 6);
	CHECK_INT(metric_index(METRIC_DATABASE_FAILURES, LABEL_KIND, "error"), 4);
	CHECK_INT(metric_index(METRIC_CACHE, LABEL_OUTCOME, "circuit_open"), 3);
	CHECK_INT(metric_index(METRIC_LIMITED, LABEL_KIND, "writes"), LIMITED_WRITES);
	CHECK_INT(metric_index(METRIC_PAYMENTS, LABEL_OUTCOME, "held"), PAYMENTS_HELD);
	CHECK_INT(metric_index(METRIC_WEBHOOK_EVENTS, LABEL_TYPE, "refund"), WEBHOOK_OF_REFUND);
	CHECK_INT(metric_label_index(LABEL_POOL, "hooks"), 3);
	CHECK_INT(metric_label_index(LABEL_ROUTE, "listProducts"), 0);
	CHECK_INT(metric_label_index(LABEL_ROUTE, "nonsense"), 2);
}

static size_t
files(void)
{
	glob_t found;
	size_t count;

	glob(arena_format(arena, "%s/metrics-*", directory), 0, NULL, &found);
	count = found.gl_pathc;
	globfree(&found);
	return count;
}

static void
test_processes_share_a_file(void)
{
	enum { PROCESSES = 4, ROUNDS = 20000 };

	metrics_open(directory);
	CHECK_INT(files(), 1);
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() != 0)
			continue;
		metrics_open(directory); /* a process of its own, as haat-jobs is */
		for (int j = 0; j < ROUNDS; j++) {
			metric_add(METRIC_CACHE, 0, 0, 1);
			metric_observe_us(METRIC_DATABASE_SECONDS, 0, 0, j % 20);
		}
		_exit(0);
	}
	while (wait(NULL) > 0)
		continue;
	CHECK_INT(metric_value(METRIC_CACHE, 0, 0), PROCESSES * ROUNDS);
	CHECK_INT(metric_value(METRIC_DATABASE_SECONDS, 0, 0), PROCESSES * ROUNDS);
	metrics_open(directory); /* counts outlive the process that made them */
	CHECK_INT(metric_value(METRIC_CACHE, 0, 0), PROCESSES * ROUNDS);
	CHECK_INT(files(), 1);
}

static void
test_another_layout_has_another_file(void)
{
	metrics_label_values(LABEL_ROUTE, routes, 1);
	metrics_open(directory);
	CHECK_INT(files(), 2);
	CHECK_INT(metric_value(METRIC_CACHE, 0, 0), 0);
	metrics_label_values(LABEL_ROUTE, routes, 2);
	metrics_open(directory);
	CHECK_INT(files(), 2);
	CHECK(metric_value(METRIC_CACHE, 0, 0) > 0);
}

static void
test_a_missing_directory_leaves_private_memory(void)
{
	metrics_open("/nonexistent");
	metric_add(METRIC_CACHE, 1, 0, 7);
	CHECK_INT(metric_value(METRIC_CACHE, 1, 0), 7);
}

int
main(void)
{
	static const struct test tests[] = { TEST(test_counting_without_a_file), TEST(test_text_format),
		TEST(test_gauges_stay_when_they_fall_to_zero), TEST(test_series_do_not_overlap), TEST(test_both_labels_count),
		TEST(test_three_labels_count), TEST(test_indexes), TEST(test_processes_share_a_file),
		TEST(test_another_layout_has_another_file), TEST(test_a_missing_directory_leaves_private_memory) };
	glob_t                   found;
	int                      result;

	if (mkdtemp(directory) == NULL)
		return 99;
	arena = arena_new(1 << 26);
	result = run_suite("metrics", tests, sizeof tests / sizeof *tests);
	glob(arena_format(arena, "%s/metrics-*", directory), 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++)
		unlink(found.gl_pathv[i]);
	globfree(&found);
	rmdir(directory);
	arena_free(arena);
	return result;
}
