/*
 * Errors and spans on their way out, to stand-ins of their collectors: what they say and do not say, and that no collector that hangs,
 * is away or wants to be left alone holds anybody up.  Workers and the lane are this program's own, in a run directory of their own.
 */
#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "events/doorbell.h"
#include "events/job.h"
#include "shop.h"
#include "store/work.h"
#include "telemetry/forward.h"
#include "tests/api/lone_worker.h"
#include "tests/api/receiver.h"
#include "tests/api/shopping.h"

#include <dirent.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ADDRESS "203.0.113.9"
static const char trace_id[] = "0af7651916cd43dd8448eb211c80319c";
static const char parent_id[] = "b7ad6b7169203331";

static char             directory[] = "/tmp/haat-telemetry-XXXXXX";
static struct receiver *errors, *spans;
static struct config    here; /* of this program and the lane */
static pid_t            lane;

static const char *
dsn_of(struct receiver *receiver)
{
	return form("http://thekey:thesecret@%s", receiver_url(receiver, "sub/42") + strlen("http://"));
}

static void
begin(void)
{
	if (errors != NULL)
		return;
	REQUIRE(mkdtemp(directory) != NULL);
	errors = receiver_new();
	spans = receiver_new();
	shop_metrics_open(directory);
	here = (struct config) { .run_directory = directory,
		.certificates = { .roots_file = "" },
		.telemetry = { .sentry_dsn = dsn_of(errors),
		    .otlp_url = receiver_url(spans, "otlp/"),
		    .otlp_authorization = "Bearer of-the-collector",
		    .sample_percent = 1,
		    .environment = "proof" } };
	lone_workers_start((const char *const[]) { form("HAAT_RUN_DIRECTORY=%s", directory),
	    form("HAAT_TELEMETRY_SENTRY_DSN=%s", here.telemetry.sentry_dsn),
	    form("HAAT_TELEMETRY_OTLP_URL=%s", here.telemetry.otlp_url), "HAAT_LOG_LEVEL=info", NULL });
	telemetry_open(&here);
}

/* One that has begun: a signal finds it ready. */
static void
lane_awaited(void)
{
	for (int tries = 0; tries < 500 && metric_value(METRIC_LANE_SEEN, LANE_TELEMETRY, 0) == 0; tries++)
		pause_us(10000);
	CHECK(metric_value(METRIC_LANE_SEEN, LANE_TELEMETRY, 0) != 0);
}

static void
lane_start(void)
{
	int bell = doorbell_bind(directory, "telemetry");

	REQUIRE(bell >= 0);
	metric_set(METRIC_LANE_SEEN, LANE_TELEMETRY, 0, 0);
	lane = fork();
	if (lane == 0) {
		struct work work = { .arena = arena_new(64 << 20), .config = &here, .request_id = "", .traceparent = "" };

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (freopen(form("%s/log/lone-workers.log", shop_directory()), "a", stderr) == NULL)
			_exit(1);
		forward_telemetry(&work, bell);
		_exit(0);
	}
	close(bell);
	lane_awaited();
}

/* It sends what it has, if it can, and ends. */
static void
lane_stop(void)
{
	int status = -1;

	kill(lane, SIGTERM);
	CHECK(waitpid(lane, &status, 0) == lane && status == 0);
}

static int64_t
counted(enum telemetry_kind kind, enum telemetry_outcome outcome)
{
	return metric_value(METRIC_TELEMETRY, kind, outcome);
}

/* So many errors of this program, without a line on the terminal; they go as those of any process do. */
static void
log_errors(int count, const char *message, const char *cause)
{
	int terminal = dup(STDERR_FILENO), nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(nothing, STDERR_FILENO);
	for (int i = 0; i < count; i++)
		log_error(message, LOG_TEXT("cause", cause), LOG_ID("order", "ORD-1"), LOG_TEXT("note", cause));
	dup2(terminal, STDERR_FILENO);
	close(terminal);
	close(nothing);
}

static const char *
text_in(struct json_object *json, const char *pointer)
{
	struct json_object *value;

	return json_pointer_get(json, pointer, &value) == 0 ? json_object_get_string(value) : NULL;
}

/* The event of an envelope: its third line. */
static struct json_object *
event_of(const struct received *received)
{
	const char *second = strchr(received->body, '\n');

	REQUIRE(second != NULL && strchr(second + 1, '\n') != NULL);
	return json_tokener_parse(strchr(second + 1, '\n') + 1);
}

/* The series of what the shop has sent and dropped. */
static const char *
told_by_the_shop(void)
{
	struct answer answer = api_get("/metrics", NULL);
	const char   *series;

	EXPECT(answer, 200);
	CHECK(strstr(answer.body, "haat_job_lane_seen_timestamp_seconds{lane=\"telemetry\"}") != NULL);
	series = strstr(answer.body, "haat_telemetry_items_total{");
	return series == NULL ? "" : form("%.*s", (int)strcspn(series, "#"), series);
}

/* The running shop was told of no collector: of its requests no span is made, however much their caller wants one. */
static void
test_off_by_default(void)
{
	const char *before = told_by_the_shop();

	for (int i = 0; i < 20; i++)
		EXPECT(
		    api_call("GET", "/brands", NULL, NULL, HEADERS(form("traceparent: 00-%s-%s-01", trace_id, parent_id))), 200);
	CHECK_TEXT(told_by_the_shop(), before);
}

/* A request that goes wrong in a worker: who asked, from where and for what stays here. */
static void
test_an_error_of_a_request(void)
{
	struct person       customer = person_new("customer");
	struct answer       answer;
	struct received     got;
	struct json_object *event;
	static const char   path[] = "/brands?q=rahim%40example.test&token=sk_live_51HxSecret&card=4242424242424242";

	begin();
	lane_start();
	answer = lone_call_to(POOL_HOOKS, ADDRESS, "GET", path, customer.access, NULL);
	CHECK_INT(answer.status, 500);
	REQUIRE(receiver_wait(errors, 1) == 1);
	got = receiver_got(errors, 0);
	CHECK_TEXT(got.path, "/sub/api/42/envelope/");
	CHECK(strstr(got.head, "Content-Type: application/x-sentry-envelope\r\n") != NULL);
	CHECK(strstr(got.head, "sentry_version=7, sentry_client=haat/" PACKAGE_VERSION ", sentry_key=thekey\r\n") != NULL);
	CHECK(strstr(got.head, "thesecret") == NULL && strstr(got.head, "of-the-collector") == NULL);
	event = event_of(&got);
	CHECK_TEXT(text_in(event, "/level"), "error");
	CHECK_TEXT(text_in(event, "/logger"), "haatd");
	CHECK_TEXT(text_in(event, "/environment"), "proof");
	CHECK_TEXT(text_in(event, "/transaction"), "listBrands");
	CHECK_TEXT(text_in(event, "/exception/values/0/stacktrace/frames/0/filename"), "src/http/dispatch.c");
	CHECK(text_in(event, "/tags/request_id") != NULL);
	CHECK(strstr(got.body, "rahim") == NULL && strstr(got.body, "51HxSecret") == NULL && strstr(got.body, "4242") == NULL);
	CHECK(strstr(got.body, ADDRESS) == NULL && strstr(got.body, customer.email) == NULL);
	CHECK(strstr(got.body, customer.access) == NULL &&
	    strstr(got.body, sql_text("SELECT id FROM users WHERE email = '%s'", customer.email)) == NULL);
	json_object_put(event);
	lane_stop();
}

/* What is planted where a line takes texts from outside. */
static void
test_planted_texts_are_masked(void)
{
	static const char planted[] =
	    "mail rahim@example.test, phone +8801712345601, card 4242 4242 4242 4242, key hk_live_abcdefghijklmnop, "
	    "Bearer abcdefghijklmnopqrst, whsec_abcdefghijklmnop";
	size_t          before = receiver_count(errors);
	struct received got;

	lane_start();
	log_errors(1, planted, planted);
	REQUIRE(receiver_wait(errors, before + 1) == before + 1);
	got = receiver_got(errors, before);
	CHECK(strstr(got.body, "rahim@") == NULL && strstr(got.body, "1712345601") == NULL &&
	    strstr(got.body, "4242 4242") == NULL);
	CHECK(strstr(got.body, "abcdefghijklmnop") == NULL);
	CHECK(strstr(got.body, "\"order\":\"ORD-1\"") != NULL && strstr(got.body, "r***@example.test") != NULL);
	lane_stop();
}

/* The span that has the name, of all that have come. */
static struct json_object *
span_named(struct json_object **batch, const char *name)
{
	for (size_t number = 0; number < receiver_count(spans); number++) {
		struct received     got = receiver_got(spans, number);
		struct json_object *json = json_tokener_parse(got.body), *list;

		CHECK_TEXT(got.path, "/otlp/v1/traces");
		CHECK(strstr(got.head, "Content-Type: application/json\r\n") != NULL);
		CHECK(strstr(got.head, "Authorization: Bearer of-the-collector\r\n") != NULL);
		REQUIRE(json_pointer_get(json, "/resourceSpans/0/scopeSpans/0/spans", &list) == 0);
		for (size_t i = 0; i < json_object_array_length(list); i++) {
			struct json_object *span = json_object_array_get_idx(list, i);

			if (strcmp(text_in(span, "/name"), name) == 0) {
				*batch = json;
				return span;
			}
		}
		json_object_put(json);
	}
	REQUIRE(!"the span has come");
	return NULL;
}

static int64_t
attribute(struct json_object *span, const char *name)
{
	struct json_object *list = json_object_object_get(span, "attributes");

	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (strcmp(text_in(json_object_array_get_idx(list, i), "/key"), name) == 0)
			return strtoll(text_in(json_object_array_get_idx(list, i), "/value/intValue"), NULL, 10);
	return -1;
}

/* A traced request that calls a provider: two spans, one below the other, with what the database took; untraced ones: none. */
static void
test_spans_of_a_request(void)
{
	struct person      seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods       goods = goods_new(&seller, "20.00", 5);
	const char        *order = order_new(&customer, address_new(&customer), &goods, 1);
	const char *const *traced =
	    HEADERS(form("traceparent: 00-%s-%s-01", trace_id, parent_id), form("Idempotency-Key: t-%s", order));
	struct answer       answer;
	struct json_object *batch, *span;
	int64_t             sent = counted(TELEMETRY_SPANS, TELEMETRY_SENT);

	lane_start();
	answer = lone_call_with(ADDRESS, "POST", "/payments", customer.access,
	    form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", order), traced);
	CHECK_INT(answer.status, 201);
	answer = lone_call_with("127.0.0.1", "GET", "/health", NULL, NULL, traced);
	lane_stop();
	REQUIRE(receiver_count(spans) > 0);
	span = span_named(&batch, "POST /api/v1/payments");
	CHECK_TEXT(text_in(span, "/traceId"), trace_id);
	CHECK_TEXT(text_in(span, "/parentSpanId"), parent_id);
	CHECK_TEXT(text_in(span, "/kind"), "2");
	CHECK_INT(attribute(span, "http.response.status_code"), 201);
	CHECK(attribute(span, "haat.database.round_trips") > 3 && attribute(span, "haat.database.duration_us") > 0);
	CHECK(attribute(span, "haat.calls") >= 1);
	order = form("%s", text_in(span, "/spanId"));
	for (size_t number = 0; number < receiver_count(spans); number++) {
		struct received got = receiver_got(spans, number);

		CHECK(strstr(got.body, "/health") == NULL && strstr(got.body, customer.email) == NULL);
		CHECK(strstr(got.body, ADDRESS) == NULL && strstr(got.body, customer.access) == NULL);
	}
	json_object_put(batch);
	span = span_named(&batch, "POST"); /* the call to the provider */
	CHECK_TEXT(text_in(span, "/traceId"), trace_id);
	CHECK_TEXT(text_in(span, "/parentSpanId"), order);
	CHECK_TEXT(text_in(span, "/kind"), "3");
	CHECK_INT(attribute(span, "http.response.status_code"), 200);
	json_object_put(batch);
	CHECK(counted(TELEMETRY_SPANS, TELEMETRY_SENT) >= sent + 2);
}

/* A collector that answers nothing: no request waits, what there is no room for is counted, and the rest goes when it wakes. */
static void
test_a_hanging_collector(void)
{
	enum { ERRORS = 3000, REQUESTS = 50, KEPT_MAX = 1000 };
	int64_t sent, dropped, started;
	size_t  before = receiver_count(errors);

	lane_start();
	sent = counted(TELEMETRY_ERRORS, TELEMETRY_SENT);
	dropped = counted(TELEMETRY_ERRORS, TELEMETRY_DROPPED);
	receiver_manner(errors, HANGS, 200, "");
	log_errors(1, "the first", "hangs");
	CHECK_INT(receiver_wait(errors, before + 1), before + 1);
	started = monotonic_ms();
	log_errors(ERRORS, "again", "hangs");
	for (int i = 0; i < REQUESTS; i++) {
		struct answer answer = lone_call_to(POOL_HOOKS, ADDRESS, "GET", "/brands", NULL, NULL);

		CHECK_INT(answer.status, 500);
	}
	CHECK(monotonic_ms() - started < 5000);
	CHECK_INT(receiver_count(errors), before + 1);
	receiver_manner(errors, ANSWERS, 200, "");
	lane_stop();
	sent = counted(TELEMETRY_ERRORS, TELEMETRY_SENT) - sent;
	dropped = counted(TELEMETRY_ERRORS, TELEMETRY_DROPPED) - dropped;
	CHECK(sent >= 1 && sent <= KEPT_MAX);
	CHECK_INT(sent + dropped, 1 + ERRORS + REQUESTS); /* none is lost uncounted */
	/* One more where a slow machine has left while it was under way. */
	CHECK(receiver_count(errors) - before == (size_t)sent || receiver_count(errors) - before == (size_t)sent + 1);
}

/* It wants to be left alone: nothing is kept for it meanwhile. */
static void
test_a_collector_that_limits(void)
{
	size_t  before = receiver_count(errors);
	int64_t refused = counted(TELEMETRY_ERRORS, TELEMETRY_REFUSED), dropped = counted(TELEMETRY_ERRORS, TELEMETRY_DROPPED);

	lane_start();
	receiver_manner(errors, ANSWERS, 429, "X-Sentry-Rate-Limits: 60:transaction:key, 2700:default;error:organization\r\n");
	log_errors(1, "too many", "limits");
	CHECK_INT(receiver_wait(errors, before + 1), before + 1);
	for (int tries = 0; tries < 1000 && counted(TELEMETRY_ERRORS, TELEMETRY_REFUSED) == refused; tries++)
		pause_us(10000);
	receiver_manner(errors, ANSWERS, 200, "");
	log_errors(5, "too many", "limits");
	lane_stop();
	CHECK_INT(receiver_count(errors), before + 1);
	CHECK_INT(counted(TELEMETRY_ERRORS, TELEMETRY_REFUSED), refused + 1);
	CHECK_INT(counted(TELEMETRY_ERRORS, TELEMETRY_DROPPED), dropped + 5);
}

static const char *
event_id(size_t number)
{
	struct received got = receiver_got(errors, number);

	return form("%.32s", got.body + strlen("{\"event_id\":\""));
}

/* 503: later, and as the same event; 401: never again. */
static void
test_what_is_sent_again(void)
{
	size_t  before = receiver_count(errors);
	int64_t sent = counted(TELEMETRY_ERRORS, TELEMETRY_SENT), refused = counted(TELEMETRY_ERRORS, TELEMETRY_REFUSED);

	lane_start();
	receiver_manner(errors, ANSWERS, 503, "");
	log_errors(1, "once more", "is away");
	CHECK_INT(receiver_wait(errors, before + 1), before + 1);
	receiver_manner(errors, ANSWERS, 200, "");
	CHECK_INT(receiver_wait(errors, before + 2), before + 2);
	CHECK(receiver_got(errors, before + 1).at_ms - receiver_got(errors, before).at_ms >= 700);
	CHECK_TEXT(event_id(before + 1), event_id(before));
	for (int tries = 0; tries < 1000 && counted(TELEMETRY_ERRORS, TELEMETRY_SENT) == sent; tries++)
		pause_us(10000);
	receiver_manner(errors, ANSWERS, 401, "");
	log_errors(1, "a wrong key", "is refused");
	CHECK_INT(receiver_wait(errors, before + 3), before + 3);
	lane_stop();
	CHECK_INT(receiver_count(errors), before + 3);
	CHECK_INT(counted(TELEMETRY_ERRORS, TELEMETRY_SENT), sent + 1);
	CHECK_INT(counted(TELEMETRY_ERRORS, TELEMETRY_REFUSED), refused + 1);
	receiver_manner(errors, ANSWERS, 200, "");
}

/* Nobody at the other end, or no lane at all: all is dropped and counted, and nobody waits. */
static void
test_a_dead_collector_and_a_dead_lane(void)
{
	const char *dsn = here.telemetry.sentry_dsn;
	int64_t     dropped = counted(TELEMETRY_ERRORS, TELEMETRY_DROPPED), started;

	here.telemetry.sentry_dsn = "http://thekey@127.0.0.1:1/42";
	lane_start();
	here.telemetry.sentry_dsn = dsn;
	started = monotonic_ms();
	log_errors(100, "to nobody", "is dead");
	lane_stop();
	log_errors(100, "to no lane", "is dead");
	CHECK(monotonic_ms() - started < 5000);
	CHECK_INT(counted(TELEMETRY_ERRORS, TELEMETRY_DROPPED), dropped + 200);
}

static void
test_all_is_taken_away(void)
{
	DIR           *files = opendir(directory);
	struct dirent *entry;

	lone_workers_stop();
	REQUIRE(files != NULL);
	while ((entry = readdir(files)) != NULL)
		if (entry->d_name[0] != '.')
			unlink(form("%s/%s", directory, entry->d_name));
	closedir(files);
	CHECK_INT(rmdir(directory), 0);
}

SUITE("api: telemetry", TEST(test_an_error_of_a_request), TEST(test_planted_texts_are_masked), TEST(test_spans_of_a_request),
    TEST(test_a_hanging_collector), TEST(test_a_collector_that_limits), TEST(test_what_is_sent_again),
    TEST(test_a_dead_collector_and_a_dead_lane), TEST(test_off_by_default), TEST(test_all_is_taken_away))
