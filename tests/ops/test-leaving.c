/* What leaves the shop, at its database: memory that is bounded, and work that is written down twice. */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "events/feed.h"
#include "events/job.h"
#include "notify/endpoint.h"
#include "notify/kept.h"
#include "notify/queue.h"
#include "notify/spread.h"
#include "notify/sqs_message.h"
#include "notify/sqs_queue.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"
#include "tests/suite.h"

#include <mysql.h>

enum {
	KEPT = 2500,
	LITTLE = 1 << 20,
	LARGE = 4000000,
	DUE = 16,
	MESSAGES = 70,
	LISTENERS = 60,
	BATCHES = 4,
	EVENTS = BATCHES * FEED_BATCH_MAX
};

static const struct endpoint_id the_first = { { { [0] = 0x10, [15] = 1 } } };

static struct config config;
static struct arena *arena;
static MYSQL        *root;
static struct work   work;

static void
run(const char *statement)
{
	if (private_run(root, statement) != 0) {
		printf("%s: %s\n", mysql_error(root), statement);
		CHECK(false);
	}
}

static int64_t
number(const char *query)
{
	return private_value(root, query);
}

static void
clear(void)
{
	run("DELETE FROM webhook_queue");
	run("DELETE FROM webhook_deliveries");
	run("DELETE FROM webhook_endpoints");
	run("DELETE FROM sqs_queue");
	run("DELETE FROM events");
	run("DELETE FROM event_cursors");
	run("DELETE FROM event_fan_out");
	arena_reset(arena);
}

/* An id that ends in a number; another letter, another kind of thing. */
#define ID_OF(letter, number) "UNHEX(CONCAT('" letter "', LPAD(HEX(" number "), 31, '0')))"

static void
add_endpoints(int64_t count)
{
	run(arena_format(arena,
	    "INSERT INTO webhook_endpoints (id, url, secret, event_types) SELECT " ID_OF(
		"1", "seq") ", 'http://127.0.0.1/', "
			    "REPEAT('s', 60), '*' FROM seq_1_to_%lld",
	    (long long)count));
}

/* In batches of FEED_BATCH_MAX, from the first on; the payload is an expression. */
static void
add_events(int64_t count, const char *type, const char *payload)
{
	run(arena_format(arena,
	    "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload, pending, batch) SELECT " ID_OF(
		"2", "seq") ", "
			    "'%s.changed', '%s', " ID_OF("3", "seq") ", %s, NULL, 1 + (seq - 1) DIV %d FROM seq_1_to_%lld",
	    type, type, payload, FEED_BATCH_MAX, (long long)count));
	run(arena_format(arena, "REPLACE INTO event_fan_out (the_one, at, batch) VALUES (1, NOW(3), %lld)",
	    (long long)((count - 1) / FEED_BATCH_MAX + 1)));
}

static void
add_due(int64_t count)
{
	run(arena_format(arena,
	    "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, cause) SELECT " ID_OF("4", "seq") ", " ID_OF(
		"1", "1") ", " ID_OF("2", "seq") ", 'product.changed', 'event' FROM seq_1_to_%lld",
	    (long long)count));
	run(arena_format(arena,
	    "INSERT INTO webhook_queue (delivery_id, endpoint_id, aggregate_id, event_id, position, give_up_at) SELECT " ID_OF(
		"4", "seq") ", " ID_OF("1", "1") ", " ID_OF("3", "seq") ", " ID_OF("2", "seq") ", seq, NOW(3) + INTERVAL 1 DAY "
											       "FROM seq_1_to_%lld",
	    (long long)count));
}

/* A consumer's cursor at the beginning of all, held by us, however long the test takes. */
static struct feed
feed_of(const char *consumer)
{
	struct feed feed = { .consumer = consumer };

	run(arena_format(arena, "INSERT INTO event_cursors (consumer, batch) VALUES ('%s', 0)", consumer));
	REQUIRE(feed_take(&work, &feed) == OK && feed.held);
	run("UPDATE event_cursors SET lease_until = NOW(3) + INTERVAL 1 DAY");
	feed.until_ms = feed.renew_ms = INT64_MAX;
	return feed;
}

/* What a COMMIT has done whose answer was lost: the cursor stands where it was to stand, and nobody knows. */
static void
test_cursor_was_moved(void)
{
	struct feed feed;

	clear();
	feed = feed_of("sqs");
	REQUIRE(db_transaction(&work, feed_advance(&work, &feed, 3)) == OK);
	CHECK(problem_is(db_transaction(&work, feed_advance(&work, &feed, 3)), PROBLEM_CONFLICT));
	REQUIRE(feed_take(&work, &feed) == OK);
	CHECK_INT(feed.batch, 0); /* it is not time to ask */
	feed_doubt(&feed);
	REQUIRE(feed_take(&work, &feed) == OK);
	CHECK_INT(feed.batch, 3);
	CHECK(db_transaction(&work, feed_advance(&work, &feed, 4)) == OK);
}

static void
test_window_twice(void)
{
	struct feed         feed;
	struct sqs_message *messages;
	struct sqs_result results[2] = { { .kind = SQS_IS_PUT_BY, .error = "busy" }, { .kind = SQS_IS_DEAD, .error = "never" } };
	size_t            count;

	clear();
	add_events(2, "product", "'{}'");
	feed = feed_of("sqs");
	for (int i = 0; i < 2; i++) {
		REQUIRE(sqs_messages_of(&work, &feed, 1, &messages, &count) == OK && count == 2);
		results[0].message = &messages[0];
		results[1].message = &messages[1];
		CHECK(sqs_record(&work, &feed, 1, false, results, 2) == OK);
		run("UPDATE event_cursors SET batch = 0"); /* it was rolled back, or so we think */
	}
	CHECK_INT(number("SELECT COUNT(*) FROM sqs_queue"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM sqs_queue WHERE status = 'dead' AND last_error = 'never'"), 1);
}

/* What came of an attempt, written down twice. */
static void
record_twice(const struct feed *feed, int64_t attempts)
{
	struct attempt attempt = { .attempts = attempts, .outcome = ATTEMPT_FAILED, .status = 500, .happened_at = instant_now() };

	memset(&attempt.delivery, 0, sizeof attempt.delivery);
	attempt.delivery.uuid.bytes[0] = 0x40, attempt.delivery.uuid.bytes[15] = 1;
	attempt.endpoint.uuid.bytes[0] = 0x10, attempt.endpoint.uuid.bytes[15] = 1;
	attempt.aggregate.bytes[0] = 0x30, attempt.aggregate.bytes[15] = 1;
	for (int i = 0; i < 2; i++)
		CHECK(queue_record(&work, feed, &attempt, 1) == OK);
}

static void
test_failure_twice(void)
{
	struct feed feed;

	clear();
	add_endpoints(1);
	add_events(1, "product", "'{}'");
	add_due(1);
	feed = feed_of("webhooks");
	record_twice(&feed, 1);
	CHECK_INT(number("SELECT failed_deliveries FROM webhook_endpoints"), 1);
	CHECK_INT(number("SELECT attempts FROM webhook_queue"), 1);
	run("UPDATE webhook_queue SET give_up_at = NOW(3)");
	record_twice(&feed, 2);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_queue"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_deliveries WHERE status = 'dead' AND attempts = 2"), 1);
}

/* As much as all memory is what could go out now, and no more than one of it is read. */
static void
test_large_deliveries(void)
{
	struct arena_mark    mark;
	struct due_delivery *due;
	struct due_event    *said;
	size_t               count;

	clear();
	add_endpoints(1);
	add_events(DUE, "product", arena_format(arena, "JSON_OBJECT('name', REPEAT('x', %d))", LARGE));
	run(arena_format(arena, "UPDATE events SET payload = JSON_OBJECT('name', REPEAT('x', %d)) WHERE id = " ID_OF("2", "%d"),
	    DUE_PAYLOAD_MAX, DUE));
	add_due(DUE);
	arena_reset(arena);
	REQUIRE(queue_due(&work, the_first, DUE, &due, &count) == OK);
	REQUIRE(count == DUE);
	CHECK(arena_used(arena) < LITTLE);
	CHECK_INT(due[0].bytes, LARGE + 12);
	mark = arena_mark(arena);
	REQUIRE(queue_said(&work, &due[0], &said) == OK && said != NULL);
	CHECK_INT(strlen(said->payload), LARGE + 12);
	arena_release(arena, mark);
	CHECK(queue_said(&work, &due[DUE - 1], &said) == OK && said == NULL);
}

static void
test_large_messages(void)
{
	struct feed         feed;
	struct sqs_message *messages;
	size_t              count;

	clear();
	run("SET foreign_key_checks = 0"); /* there are no such orders, and their history wants them */
	add_events(MESSAGES, "order",
	    "JSON_OBJECT('notes', REPEAT('x', 1000000), 'number', 'N1', 'reference', 'no', 'total', '12.50', 'currency', 'USD', "
	    "'payment_id', NULL, 'status', REPEAT('y', 300))");
	run("SET foreign_key_checks = 1");
	feed = feed_of("sqs");
	arena_reset(arena);
	REQUIRE(sqs_messages_of(&work, &feed, 2, &messages, &count) == OK && count == MESSAGES);
	CHECK(arena_used(arena) < LITTLE);
	CHECK_TEXT(messages[0].reference, "N1");
	CHECK_TEXT(messages[0].amount, "12.50");
	CHECK_TEXT(messages[0].currency, "USD");
	CHECK_TEXT(messages[0].payment, NULL);
	CHECK_INT(strlen(messages[0].status), 255);
}

/* An arena that would hold a part of it only. */
static void
test_many_listeners(void)
{
	struct work little = work;
	struct feed feed;
	bool        found;

	clear();
	add_endpoints(LISTENERS);
	add_events(EVENTS, "product", "'{}'");
	feed = feed_of("webhooks");
	little.arena = arena_new(4 * LITTLE);
	little.db = db_open(&config, little.arena);
	CHECK(spread_events(&little, &feed, &found) == OK && found);
	db_close(little.db);
	arena_free(little.arena);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_queue"), EVENTS * LISTENERS);
	CHECK_INT(number("SELECT COUNT(DISTINCT event_id, endpoint_id) FROM webhook_queue"), EVENTS * LISTENERS);
	/* Each event has its place, the same for all that hear it. */
	CHECK_INT(number("SELECT COUNT(DISTINCT event_id, position) FROM webhook_queue"), EVENTS);
	CHECK_INT(number("SELECT COUNT(DISTINCT position) FROM webhook_queue WHERE position % 256 < 64"), EVENTS);
}

static const struct member only_status_members[] = { M_ENUM(struct endpoint, status, "status", endpoint_status_values) };
SHAPE_PATCH(struct endpoint, only_status_shape, "OnlyStatus", only_status_members, seen);

/* Two endpoints that were disabled, the first with far more than is done at once. */
static void
keep_many(void)
{
	clear();
	run("DELETE FROM jobs");
	add_endpoints(2);
	add_due(KEPT);
	run("INSERT INTO webhook_queue (delivery_id, endpoint_id, aggregate_id, event_id, position, give_up_at) VALUES "
	    "(REPEAT('o', 16), " ID_OF("1", "2") ", REPEAT('o', 16), REPEAT('o', 16), 1, NOW(3) + INTERVAL 1 DAY)");
	run("UPDATE webhook_endpoints SET status = 'disabled', disabled_at = NOW(3), disabled_reason = 'owner'");
	run("UPDATE webhook_queue SET attempts = 3, due_at = NOW(3) + INTERVAL position % 7 + 1 MINUTE, give_up_at = NOW(3)");
}

static void
run_job(enum job_kind kind, const struct problem *(*handler)(struct work *, const struct job *))
{
	struct job *job;

	REQUIRE(job_claim(&work, LANE_UPKEEP, &job) == OK && job != NULL && job_kind_of(job->kind) == kind);
	CHECK(handler(&work, job) == OK);
	CHECK(job_done(&work, job) == OK);
}

/* Who enables an endpoint changes no delivery: a job does, each once, and in the meantime none dies of its age. */
static void
test_enabled(void)
{
	struct endpoint  body = { .status = ENDPOINT_ACTIVE, .seen = { .bits = 1 } };
	struct endpoint *changed;
	struct feed      feed;

	keep_many();
	feed = feed_of("webhooks");
	REQUIRE(db_transaction(&work, update_endpoint(&work, the_first, &only_status_shape, &body, NULL, &changed)) == OK);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_queue WHERE attempts = 3 AND due_at > NOW(3)"), KEPT + 1);
	record_twice(&feed, 4);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_queue WHERE attempts = 4"), 1);
	run_job(JOB_TAKE_UP_DELIVERIES, take_up_deliveries_job);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_queue WHERE attempts = 0 AND due_at <= NOW(3) AND endpoint_id = " ID_OF(
		      "1", "1")),
	    KEPT);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_queue WHERE attempts = 3 AND due_at > NOW(3)"), 1);
}

/* The job that takes up what was kept may still wait, or run: that which removes the endpoint is another. */
static void
test_enabled_and_deleted(void)
{
	struct endpoint  body = { .status = ENDPOINT_ACTIVE, .seen = { .bits = 1 } };
	struct endpoint *changed;

	keep_many();
	REQUIRE(db_transaction(&work, update_endpoint(&work, the_first, &only_status_shape, &body, NULL, &changed)) == OK);
	REQUIRE(db_transaction(&work, delete_endpoint(&work, the_first, NULL)) == OK);
	run_job(JOB_TAKE_UP_DELIVERIES, take_up_deliveries_job);
	run_job(JOB_REMOVE_ENDPOINT, remove_endpoint_job);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_queue"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_endpoints"), 1);
}

/* Nor does who deletes one: nobody finds it any more, and a job takes away what it still was to get, and then itself. */
static void
test_deleted(void)
{
	struct endpoint *found;
	struct feed      feed;
	bool             any;

	keep_many();
	add_events(1, "product", "'{}'");
	feed = feed_of("webhooks");
	REQUIRE(db_transaction(&work, delete_endpoint(&work, the_first, NULL)) == OK);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_queue"), KEPT + 1);
	CHECK(problem_is(read_endpoint(&work, the_first, &found), PROBLEM_NOT_FOUND));
	REQUIRE(spread_events(&work, &feed, &any) == OK && any);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_queue"), KEPT + 2);
	run_job(JOB_REMOVE_ENDPOINT, remove_endpoint_job);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = " ID_OF("1", "2")), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_queue"), 2);
	CHECK_INT(
	    number("SELECT COUNT(*) FROM webhook_deliveries WHERE status = 'dead' AND error = 'the endpoint was deleted'"), KEPT);
	CHECK_INT(number("SELECT COUNT(*) FROM webhook_endpoints"), 1);
}

static const struct test tests[] = { TEST(test_cursor_was_moved), TEST(test_window_twice), TEST(test_failure_twice),
	TEST(test_large_deliveries), TEST(test_large_messages), TEST(test_many_listeners), TEST(test_enabled),
	TEST(test_enabled_and_deleted), TEST(test_deleted) };

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	arena = arena_new(64 << 20);
	config = (struct config) {
		.jobs = { .lease_seconds = 60, .attempts = 3 },
		.deliveries = { .give_up_hours = 24, .disable_days = 3, .disable_after = 20 },
	};
	root = private_shop("leaving", &config, arena, &work);
	if (root == NULL)
		return 99;
	return run_suite("what leaves the shop", tests, sizeof tests / sizeof *tests);
}
