#include "base/arena.h"
#include "base/config.h"
#include "base/dsn.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/shape.h"
#include "base/span.h"
#include "base/telemetry.h"
#include "base/text.h"
#include "events/doorbell.h"
#include "store/work.h"
#include "telemetry/otlp.h"
#include "telemetry/sentry.h"
#include "tests/suite.h"

#include <fcntl.h>
#include <json-c/json.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena *arena;
static char          directory[] = "/tmp/haat-test-telemetry-XXXXXX";
static int           bell = -1;

static struct config
config_with(const char *dsn, const char *otlp_url)
{
	return (struct config) { .run_directory = directory,
		.telemetry = {
		    .sentry_dsn = dsn, .otlp_url = otlp_url, .otlp_authorization = "", .sample_percent = 1, .environment = "" } };
}

/* From here on what is sent comes to `bell`. */
static void
open_bell(const char *dsn, const char *otlp_url)
{
	struct config config = config_with(dsn, otlp_url);

	if (bell < 0) {
		arena = arena_new(1 << 20);
		REQUIRE(mkdtemp(directory) != NULL);
		bell = doorbell_bind(directory, "telemetry");
		REQUIRE(bell >= 0);
	}
	arena_reset(arena);
	telemetry_open(&config);
}

/* The next datagram without its head, or "" when there is none. */
static const char *
heard(enum telemetry_kind kind, size_t count)
{
	static char           bytes[TELEMETRY_BYTES_MAX + 1];
	ssize_t               length = recv(bell, bytes, sizeof bytes - 1, MSG_DONTWAIT);
	struct telemetry_head head;

	if (length <= (ssize_t)sizeof head)
		return "";
	bytes[length] = '\0';
	memcpy(&head, bytes, sizeof head);
	CHECK_INT(head.kind, kind);
	CHECK_INT(head.count, count);
	return bytes + sizeof head;
}

/* An error is logged as a program does, without a line on the terminal. */
#define LOG_QUIETLY(...) \
	do { \
		int terminal_ = dup(STDERR_FILENO), nothing_ = open("/dev/null", O_WRONLY | O_CLOEXEC); \
\
		dup2(nothing_, STDERR_FILENO); \
		__VA_ARGS__; \
		dup2(terminal_, STDERR_FILENO); \
		close(terminal_); \
		close(nothing_); \
	} while (0)

static const char *
text_in(struct json_object *json, const char *pointer)
{
	struct json_object *value;

	return json_pointer_get(json, pointer, &value) == 0 ? json_object_get_string(value) : NULL;
}

/* By @sentry/core 11.12.0. */
static void
test_dsn(void)
{
	static const char *const good[][3] = {
		{ "https://public@sentry.example.com/1", "https://sentry.example.com/api/1/envelope/", "public" },
		{ "http://abc123@127.0.0.1:9000/sub/path/42", "http://127.0.0.1:9000/sub/path/api/42/envelope/", "abc123" },
		{ "https://k:s@o7.ingest.de.sentry.io/4501", "https://o7.ingest.de.sentry.io/api/4501/envelope/", "k" },
	};
	static const char *const bad[] = { "", "x", "https://", "https://sentry.example.com/1", "https://key@/1",
		"https://key@host", "https://key@host/", "https://@host/1", "ftp://key@host/1", "https://key@ho st/1",
		"https://key@host/1?x=y", "https://ke/y@host/1", "https://key@:9000/1", "https://key@host/1\r\nX: y" };
	struct dsn               dsn;

	open_bell("", "");
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		const char *header = sentry_authorization(arena, good[i][0]);

		CHECK_TEXT(sentry_url(arena, good[i][0]), good[i][1]);
		CHECK_TEXT(header,
		    arena_format(arena,
			"X-Sentry-Auth: Sentry sentry_version=7, sentry_client=haat/" PACKAGE_VERSION ", sentry_key=%s",
			good[i][2]));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!dsn_parse(bad[i], &dsn));
}

/* By @sentry/core 11.12.0; errors are ours. */
static void
test_rate_limits(void)
{
	CHECK_INT(sentry_quiet_seconds("60:transaction:key, 2700:default;error;security:organization", 429, 2700), 2700);
	CHECK_INT(sentry_quiet_seconds("60::organization", 200, 0), 60);
	CHECK_INT(sentry_quiet_seconds("", 429, 13), 13);
	CHECK_INT(sentry_quiet_seconds("", 429, 0), 60);
	CHECK_INT(sentry_quiet_seconds("", 200, 0), 0);
	CHECK_INT(sentry_quiet_seconds("60:transaction:key", 429, 13), 0);
	CHECK_INT(sentry_quiet_seconds("10:error:key,90:errors:key,30::key", 200, 0), 30);
	CHECK_INT(sentry_quiet_seconds("nonsense, 5:error, :error:, 99999999999999999999:error:key", 200, 0), 86400);
}

/* ---- errors ---- */

static const char planted_line[] =
    "mail to rahim@example.test, phone +8801712345601, card 4242 4242 4242 4242, sk_live_51HxSecretSecret, Bearer abcdefghijklmnop";

static void
test_an_error_is_sent_masked_with_its_place(void)
{
	const char *line;

	open_bell("https://key@host.test/1", "");
	LOG_QUIETLY(log_error(planted_line, LOG_TEXT("cause", planted_line), LOG_ID("order", "ORD-1")));
	line = heard(TELEMETRY_ERRORS, 1);
	CHECK(strstr(line, "\"place\":\"") != NULL && strstr(line, "/test-telemetry.c:") != NULL);
	CHECK(strstr(line, "\"order\":\"ORD-1\"") != NULL);
	CHECK(json_read(arena, line, strlen(line)) != NULL);
	CHECK(strstr(line, "rahim@") == NULL && strstr(line, "1712345601") == NULL && strstr(line, "4242 4242") == NULL &&
	    strstr(line, "51HxSecret") == NULL && strstr(line, "abcdefghijklmnop") == NULL);
	LOG_QUIETLY(log_warning("no error"));
	CHECK_TEXT(heard(TELEMETRY_ERRORS, 1), "");
}

static void
test_off_nothing_is_sent(void)
{
	open_bell("", "");
	LOG_QUIETLY(log_error("nobody hears this"));
	CHECK_TEXT(heard(TELEMETRY_ERRORS, 1), "");
	CHECK_INT(telemetry_sample_percent(), 0);
	CHECK_INT(metric_value(METRIC_TELEMETRY, TELEMETRY_ERRORS, TELEMETRY_DROPPED), 0);
}

/* A queue that nobody reads: what has no room is counted, and no call waits. */
static void
test_a_full_queue_holds_nobody_up(void)
{
	enum { ERRORS = 2000 };
	int64_t started, dropped, came = 0;

	open_bell("https://key@host.test/1", "");
	dropped = metric_value(METRIC_TELEMETRY, TELEMETRY_ERRORS, TELEMETRY_DROPPED);
	started = monotonic_ms();
	LOG_QUIETLY(for (int i = 0; i < ERRORS; i++) log_error("again"));
	CHECK(monotonic_ms() - started < 2000);
	while (heard(TELEMETRY_ERRORS, 1)[0] != '\0')
		came++;
	dropped = metric_value(METRIC_TELEMETRY, TELEMETRY_ERRORS, TELEMETRY_DROPPED) - dropped;
	CHECK(came > 0 && dropped > 0);
	CHECK_INT(came + dropped, ERRORS);
}

static struct outlet_item *
item_of(const char *bytes, size_t count)
{
	struct outlet_item *item = arena_alloc(arena, sizeof *item + strlen(bytes) + 1);

	memcpy(item->id, "9ec79c33ec9942ab8353589fcb2e04dc", sizeof item->id);
	item->count = count;
	item->length = strlen(bytes);
	memcpy(item->bytes, bytes, item->length + 1);
	return item;
}

/* Three lines, of which the second says how long the third is. */
static void
test_an_envelope(void)
{
	static const char line[] =
	    "{\"time\":\"2026-01-02T03:04:05.678Z\",\"level\":\"error\",\"message\":\"cannot pay\",\"program\":\"haatd\","
	    "\"place\":\"src/payments/start.c:120\",\"cause\":\"lock wait timeout\",\"provider\":\"stripe\",\"tries\":3,"
	    "\"note\":\"for rahim@example.test\",\"address\":\"203.0.113.9\",\"answer\":\"Rahim of Dhaka\",\"request_id\":\"r1\","
	    "\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"span_id\":\"b7ad6b7169203331\",\"route\":\"startPayment\","
	    "\"user_id\":\"0192f0c1-0000-7000-8000-000000000001\",\"key_id\":\"0192f0c1-0000-7000-8000-000000000002\","
	    "\"order\":\"ORD-1\"}";
	struct config       config = config_with("https://key@host.test/1", "");
	struct work         work = { .config = &config };
	struct text         body;
	struct outlet_item *item;
	struct json_object *header, *event;
	const char         *second, *third;

	open_bell("https://key@host.test/1", "");
	work.arena = arena;
	body = text_new(arena, 1024);
	item = item_of(line, 1);
	sentry_collector.print(&work, &item, 1, &body);
	second = strchr(body.bytes, '\n') + 1;
	third = strchr(second, '\n') + 1;
	CHECK_INT(body.bytes[body.length - 1], '\n');
	CHECK(strchr(third, '\n') == body.bytes + body.length - 1);
	CHECK_INT(strncmp(body.bytes, "{\"event_id\":\"9ec79c33ec9942ab8353589fcb2e04dc\",\"sent_at\":\"20", 60), 0);
	header = json_read(arena, second, (size_t)(third - 1 - second));
	CHECK_TEXT(text_in(header, "/type"), "event");
	CHECK_INT(json_object_get_int64(json_object_object_get(header, "length")), body.bytes + body.length - 1 - third);
	event = json_read(arena, third, strlen(third) - 1);
	REQUIRE(event != NULL);
	CHECK_TEXT(text_in(event, "/event_id"), "9ec79c33ec9942ab8353589fcb2e04dc");
	CHECK_TEXT(text_in(event, "/timestamp"), "2026-01-02T03:04:05.678Z");
	CHECK_TEXT(text_in(event, "/platform"), "native");
	CHECK_TEXT(text_in(event, "/level"), "error");
	CHECK_TEXT(text_in(event, "/logger"), "haatd");
	CHECK_TEXT(text_in(event, "/environment"), "development");
	CHECK_TEXT(text_in(event, "/transaction"), "startPayment");
	CHECK_TEXT(text_in(event, "/exception/values/0/type"), "cannot pay");
	CHECK_TEXT(text_in(event, "/exception/values/0/value"), "lock wait timeout");
	CHECK_TEXT(text_in(event, "/exception/values/0/stacktrace/frames/0/filename"), "src/payments/start.c");
	CHECK_TEXT(text_in(event, "/exception/values/0/stacktrace/frames/0/lineno"), "120");
	CHECK_TEXT(text_in(event, "/fingerprint/0"), "src/payments/start.c");
	CHECK_TEXT(text_in(event, "/fingerprint/1"), "cannot pay");
	CHECK_TEXT(text_in(event, "/tags/order"), "ORD-1");
	CHECK_TEXT(text_in(event, "/tags/provider"), "stripe");
	CHECK_TEXT(text_in(event, "/extra/tries"), "3");
	CHECK_TEXT(text_in(event, "/extra/note"), "for r***@example.test");
	CHECK_TEXT(text_in(event, "/contexts/trace/trace_id"), "0af7651916cd43dd8448eb211c80319c");
	CHECK_TEXT(text_in(event, "/contexts/trace/span_id"), "b7ad6b7169203331");
	CHECK(strstr(body.bytes, "0192f0c1") == NULL && strstr(body.bytes, "203.0.113.9") == NULL &&
	    strstr(body.bytes, "Dhaka") == NULL);
}

/* What is no line of ours makes an envelope all the same, and harms nobody. */
static void
test_what_is_no_line(void)
{
	static const char *const lines[] = { "", "x", "[]", "{\"place\":7,\"message\":{\"a\":1}}", "{\"place\":\"nowhere\"}" };
	struct config            config = config_with("https://key@host.test/1", "");
	struct work              work = { .config = &config };

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct outlet_item *item;
		struct text         body;
		const char         *event;

		open_bell("https://key@host.test/1", "");
		work.arena = arena;
		body = text_new(arena, 1024);
		item = item_of(lines[i], 1);
		sentry_collector.print(&work, &item, 1, &body);
		event = strchr(strchr(body.bytes, '\n') + 1, '\n') + 1;
		CHECK(json_read(arena, event, strlen(event) - 1) != NULL);
	}
}

/* ---- spans ---- */

static const char trace_id[] = "0af7651916cd43dd8448eb211c80319c";

static void
test_a_request_and_its_calls(void)
{
	struct span_call    call;
	char                traceparent[TRACEPARENT_SIZE];
	struct config       config = config_with("", "http://127.0.0.1:4318");
	struct work         work = { .config = &config };
	struct outlet_item *items[2];
	struct text         body;
	struct json_object *json;

	open_bell("", "http://127.0.0.1:4318");
	CHECK_INT(telemetry_sample_percent(), 1);
	span_open(trace_id, "b7ad6b7169203331", "00f067aa0ba902b7", monotonic_us() - 5000);
	call = span_call_begins();
	span_call_traceparent(&call, traceparent);
	CHECK_INT(strncmp(traceparent, "00-0af7651916cd43dd8448eb211c80319c-", 36), 0);
	CHECK_INT(strncmp(traceparent + 36, call.id, 16), 0);
	span_call_ends(&call, "POST", "https://user:sk_live_x@api.provider.test:8443/v1/pay/rahim@example.test?key=secret", 402);
	call = span_call_begins();
	span_call_ends(&call, "GET", "https://api.\"provider.test/", 0);
	span_close(&(struct span_request) { .method = "POST",
	    .base = "/api/v1",
	    .route = "/orders/{id}/payments",
	    .request_id = "r1",
	    .status = 503,
	    .round_trips = 9,
	    .database_us = 4321 });
	work.arena = arena;
	items[0] = item_of(heard(TELEMETRY_SPANS, 3), 3);
	span_open(trace_id, "b7ad6b7169203332", "", monotonic_us());
	span_close(&(struct span_request) { .method = "GET", .request_id = "r2", .status = 404 });
	items[1] = item_of(heard(TELEMETRY_SPANS, 1), 1);
	body = text_new(arena, 1024);
	otlp_collector.print(&work, items, 2, &body);
	json = json_read(arena, body.bytes, body.length);
	REQUIRE(json != NULL);
	CHECK_TEXT(text_in(json, "/resourceSpans/0/resource/attributes/0/value/stringValue"), "haat");
	REQUIRE(json_pointer_get(json, "/resourceSpans/0/scopeSpans/0/spans", &json) == 0);
	CHECK_INT(json_object_array_length(json), 4);
	CHECK_TEXT(text_in(json, "/0/name"), "POST /api/v1/orders/{id}/payments");
	CHECK_TEXT(text_in(json, "/0/traceId"), trace_id);
	CHECK_TEXT(text_in(json, "/0/spanId"), "b7ad6b7169203331");
	CHECK_TEXT(text_in(json, "/0/parentSpanId"), "00f067aa0ba902b7");
	CHECK_TEXT(text_in(json, "/0/kind"), "2");
	CHECK_TEXT(text_in(json, "/0/status/code"), "2");
	CHECK_TEXT(text_in(json, "/0/attributes/1/value/stringValue"), "/api/v1/orders/{id}/payments");
	CHECK_TEXT(text_in(json, "/0/attributes/2/value/intValue"), "503");
	CHECK_TEXT(text_in(json, "/0/attributes/4/value/intValue"), "9");
	CHECK_TEXT(text_in(json, "/0/attributes/5/value/intValue"), "4321");
	CHECK(strtoll(text_in(json, "/0/endTimeUnixNano"), NULL, 10) - strtoll(text_in(json, "/0/startTimeUnixNano"), NULL, 10) >=
	    5000000);
	CHECK(llabs(strtoll(text_in(json, "/0/endTimeUnixNano"), NULL, 10) / 1000000000 - unix_seconds()) < 10);
	CHECK_TEXT(text_in(json, "/1/parentSpanId"), "b7ad6b7169203331");
	CHECK_TEXT(text_in(json, "/1/kind"), "3");
	CHECK_TEXT(text_in(json, "/1/name"), "POST");
	CHECK_TEXT(text_in(json, "/1/attributes/1/value/stringValue"), "api.provider.test");
	CHECK_TEXT(text_in(json, "/1/attributes/2/value/intValue"), "402");
	CHECK_TEXT(text_in(json, "/2/attributes/1/value/stringValue"), "");
	CHECK_TEXT(text_in(json, "/2/status/code"), "2");
	CHECK_TEXT(text_in(json, "/3/name"), "GET");
	CHECK(text_in(json, "/3/parentSpanId") == NULL);
	CHECK_TEXT(text_in(json, "/3/status/code"), "0");
	CHECK(
	    strstr(body.bytes, "rahim") == NULL && strstr(body.bytes, "secret") == NULL && strstr(body.bytes, "sk_live") == NULL);
}

/* Of a request with very many calls the first are told. */
static void
test_many_calls_and_none(void)
{
	struct span_call call;

	open_bell("", "http://127.0.0.1:4318");
	CHECK_TEXT(span_call_begins().id, ""); /* outside of a traced request */
	span_open(trace_id, "b7ad6b7169203331", "", monotonic_us());
	for (int i = 0; i < 100; i++) {
		call = span_call_begins();
		span_call_ends(&call, "GET", "https://api.provider.test/", 200);
	}
	span_close(&(struct span_request) { .method = "GET", .base = "", .route = "/x", .request_id = "r1", .status = 200 });
	CHECK(strstr(heard(TELEMETRY_SPANS, 17), "\"haat.calls\",\"value\":{\"intValue\":\"100\"}") != NULL);
	span_open(trace_id, "b7ad6b7169203331", "", monotonic_us());
	span_close(NULL);
	CHECK_TEXT(heard(TELEMETRY_SPANS, 1), "");
}

static void
test_answers_of_a_collector(void)
{
	struct work          work = { .arena = arena };
	struct outlet_answer partial = { .status = 200,
		.body = "{\"partialSuccess\":{\"rejectedSpans\":\"2\",\"errorMessage\":\"x\"}}" };
	struct outlet_answer number = { .status = 200, .body = "{\"partialSuccess\":{\"rejectedSpans\":7}}" };
	struct outlet_answer busy = { .status = 429, .body = "" };
	struct outlet_answer odd = { .status = 200, .body = "{\"partialSuccess\":[\"rejectedSpans\"]}" };

	otlp_collector.read_answer(&work, &partial);
	otlp_collector.read_answer(&work, &number);
	otlp_collector.read_answer(&work, &busy);
	otlp_collector.read_answer(&work, &odd);
	CHECK(!partial.again && partial.refused == 2);
	CHECK(!number.again && number.refused == 7);
	CHECK(busy.again && busy.refused == 0);
	CHECK(!odd.again && odd.refused == 0);
}

static void
test_all_is_taken_away(void)
{
	struct config config = config_with("", "");

	telemetry_open(&config);
	close(bell);
	unlink(arena_format(arena, "%s/doorbell-telemetry", directory));
	rmdir(directory);
	arena_free(arena);
}

SUITE("telemetry", TEST(test_dsn), TEST(test_rate_limits), TEST(test_an_error_is_sent_masked_with_its_place),
    TEST(test_off_nothing_is_sent), TEST(test_a_full_queue_holds_nobody_up), TEST(test_an_envelope), TEST(test_what_is_no_line),
    TEST(test_a_request_and_its_calls), TEST(test_many_calls_and_none), TEST(test_answers_of_a_collector),
    TEST(test_all_is_taken_away))
