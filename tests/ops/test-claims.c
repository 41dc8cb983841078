/*
 * Taking what is due reads what is taken, however much was done before or is due later: jobs, deliveries, messages of SQS.  With
 * HAAT_CLAIMS_ROWS of what was done (and at most 200,000 of what waits) it says how many rows each step has read, for bench/claims.sh.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "events/feed.h"
#include "events/job.h"
#include "notify/queue.h"
#include "notify/sqs_message.h"
#include "notify/sqs_queue.h"
#include "net/circuit.h"
#include "ops/gauges.h"
#include "ops/operations.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"
#include "tests/suite.h"

#include <mysql.h>
#include <stdlib.h>

enum {
	QUEUED_MAX = 200000,
	FILLED_AT_ONCE = 250000,
	BATCH = 64,
	ROWS_MAX = 400,
	ENDPOINTS = 4,
	GROUPS = 4,
	DUE = 3,
	COUNTED_MAX = 20000,
	GAUGES_MAX = 20 * COUNTED_MAX,
	GAUGES_TRIES = 100
};

static struct config config;
static struct arena *arena;
static MYSQL        *root;
static struct work   work;
static int64_t       before, nothing, many = 20000, queued = 20000;
static bool          told;

/* Rows that the server has handed out, and entries of an index that it looked at and left. */
static int64_t
rows_read(void)
{
	int64_t rows;

	REQUIRE(db_value(work.db, &rows,
		    "SELECT CAST(SUM(VARIABLE_VALUE) AS SIGNED) FROM information_schema.SESSION_STATUS "
		    "WHERE VARIABLE_NAME LIKE 'HANDLER_READ%' OR VARIABLE_NAME = 'HANDLER_ICP_ATTEMPTS'") == OK);
	return rows;
}

static void
count_from_here(void)
{
	nothing = rows_read();
	before = rows_read();
}

/* What was read since then, without what counting reads. */
static void
expect_at_most(int64_t rows, unsigned line)
{
	int64_t read = rows_read() - before - (before - nothing);

	if (told)
		printf("\n    line %u: %lld rows read", line, (long long)read);
	if (read > rows) {
		printf("line %u: %lld rows read, expected %lld at most\n", line, (long long)read, (long long)rows);
		CHECK(false);
	}
}
#define EXPECT_AT_MOST(rows) expect_at_most((rows), __LINE__)

static void
run(const char *statement)
{
	if (private_run(root, statement) != 0) {
		printf("%s: %s\n", mysql_error(root), statement);
		CHECK(false);
	}
}

/* The statement ends in "seq_%lld_to_%lld": so many rows, piece by piece. */
#define FILL(statement, rows) \
	for (int64_t to_ = 0, from_ = 1; from_ <= (rows); from_ = to_ + 1) { \
		struct arena_mark mark = arena_mark(arena); \
\
		to_ = from_ + FILLED_AT_ONCE - 1 < (rows) ? from_ + FILLED_AT_ONCE - 1 : (rows); \
		run(arena_format(arena, statement, (long long)from_, (long long)to_)); \
		arena_release(arena, mark); \
	}

/* The statement has a %lld, a number of rows. */
#define INSERT(statement, rows) run(arena_format(arena, statement, (long long)(rows)))

static void
analyse(const char *tables)
{
	run(arena_format(arena, "ANALYZE TABLE %s", tables));
}

static struct job *
claim(void)
{
	struct job *job;

	count_from_here();
	REQUIRE(job_claim(&work, LANE_MONEY, &job) == OK);
	EXPECT_AT_MOST(ROWS_MAX);
	return job;
}

/* Jobs of several priorities that run later, dead ones, and those of other lanes: none is looked at. */
static void
test_jobs(void)
{
	FILL(
	    "INSERT INTO jobs (id, kind, lane, priority, run_at) SELECT UNHEX(CONCAT('1', LPAD(HEX(seq), 31, '0'))), 'refund_payment', 'money', "
	    "1 + seq %% 9, NOW(3) + INTERVAL 1000 + seq MINUTE FROM seq_%lld_to_%lld",
	    queued)
	FILL(
	    "INSERT INTO jobs (id, kind, lane, status) SELECT UNHEX(CONCAT('2', LPAD(HEX(seq), 31, '0'))), 'refund_payment', 'money', 'dead' "
	    "FROM seq_%lld_to_%lld",
	    queued)
	FILL(
	    "INSERT INTO jobs (id, kind, lane) SELECT UNHEX(CONCAT('3', LPAD(HEX(seq), 31, '0'))), 'purge', 'upkeep' FROM seq_%lld_to_%lld",
	    queued)
	analyse("jobs");
	CHECK(claim() == NULL);
	INSERT(
	    "INSERT INTO jobs (id, kind, lane, priority, order_key) SELECT UNHEX(CONCAT('4', LPAD(HEX(seq), 31, '0'))), 'refund_payment', 'money', "
	    "9 - 4 * seq, 'one' FROM seq_1_to_%lld",
	    2);
	/* The second has the better priority and waits for the first. */
	for (int i = 1; i <= 2; i++) {
		struct job *job = claim();

		REQUIRE(job != NULL);
		CHECK_INT(job->id.uuid.bytes[15], i);
		REQUIRE(job_done(&work, job) == OK);
	}
	CHECK(claim() == NULL);
}

static void
test_deliveries(void)
{
	struct due_endpoint *endpoints;
	struct due_delivery *due;
	size_t               count, n;

	INSERT("INSERT INTO webhook_endpoints (id, url, secret, event_types) SELECT UNHEX(LPAD(HEX(seq), 32, '0')), "
	       "'http://127.0.0.1/', REPEAT('s', 60), '[]' FROM seq_1_to_%lld",
	    ENDPOINTS);
	INSERT("INSERT INTO events (id, type, aggregate_type, aggregate_id, payload, pending) VALUES "
	       "(UNHEX(LPAD(HEX(%lld), 32, '0')), 'product.changed', 'product', REPEAT('a', 16), '{}', NULL)",
	    1);
	/* Done; to be done later; and to be done now, each in two endpoints of the four. */
	FILL(
	    "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, cause, status) SELECT "
	    "UNHEX(CONCAT('1', LPAD(HEX(seq), 31, '0'))), UNHEX(LPAD(HEX(1 + seq %% 4), 32, '0')), UNHEX(LPAD('1', 32, '0')), 'order.paid', "
	    "'event', 'delivered' FROM seq_%lld_to_%lld",
	    many)
	FILL(
	    "INSERT INTO webhook_queue (delivery_id, endpoint_id, aggregate_id, event_id, position, due_at, give_up_at) SELECT "
	    "UNHEX(CONCAT('2', LPAD(HEX(seq), 31, '0'))), UNHEX(LPAD(HEX(1 + seq %% 2), 32, '0')), UNHEX(CONCAT('2', LPAD(HEX(seq DIV 100), 31, '0'))), "
	    "UNHEX(LPAD('1', 32, '0')), seq, NOW(3) + INTERVAL 1 HOUR, NOW(3) + INTERVAL 1 DAY FROM seq_%lld_to_%lld",
	    queued)
	INSERT(
	    "INSERT INTO webhook_queue (delivery_id, endpoint_id, aggregate_id, event_id, position, due_at, give_up_at) SELECT "
	    "UNHEX(CONCAT('3', LPAD(HEX(seq), 31, '0'))), UNHEX(LPAD(HEX(2 + seq %% 2), 32, '0')), UNHEX(CONCAT('3', LPAD(HEX(seq), 31, '0'))), "
	    "UNHEX(LPAD('1', 32, '0')), seq, NOW(3) - INTERVAL 1 SECOND, NOW(3) + INTERVAL 1 DAY FROM seq_1_to_%lld",
	    2 * DUE);
	analyse("webhook_queue, webhook_deliveries, webhook_endpoints");
	count_from_here();
	REQUIRE(queue_endpoints(&work, &endpoints, &count) == OK);
	EXPECT_AT_MOST(ROWS_MAX);
	REQUIRE(count == 2);
	for (size_t i = 0; i < count; i++) {
		count_from_here();
		REQUIRE(queue_due(&work, endpoints[i].id, BATCH, &due, &n) == OK);
		EXPECT_AT_MOST(ROWS_MAX);
		CHECK_INT(n, DUE);
	}
}

/* Events sent long ago; messages that were refused and wait, a group of them due; dead ones. */
static void
test_messages(void)
{
	struct feed         feed = { .consumer = "sqs" };
	struct sqs_message *messages;
	struct sqs_group   *group;
	size_t              count, found = 0;
	int64_t             last;

	FILL(
	    "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload, pending, batch) SELECT "
	    "UNHEX(CONCAT('5', LPAD(HEX(seq), 31, '0'))), 'product.changed', 'product', REPEAT('a', 16), '{}', NULL, 1 + seq DIV 64 FROM seq_%lld_to_%lld",
	    many)
	INSERT("INSERT INTO event_fan_out (the_one, at, batch) VALUES (1, NOW(3), %lld)", 1 + many / BATCH);
	FILL("INSERT INTO sqs_queue (event_id, group_id, position, due_at) SELECT UNHEX(CONCAT('5', LPAD(HEX(seq), 31, '0'))), "
	     "CONCAT('g', seq %% 4), seq, NOW(3) + INTERVAL 1 HOUR FROM seq_%lld_to_%lld",
	    queued - 1000)
	FILL(
	    "INSERT INTO sqs_queue (event_id, group_id, position, status) SELECT UNHEX(CONCAT('6', LPAD(HEX(seq), 31, '0'))), 'dead', seq, 'dead' "
	    "FROM seq_%lld_to_%lld",
	    queued)
	analyse("events, sqs_queue");
	count_from_here();
	REQUIRE(sqs_messages_again(&work, BATCH, &messages, &count) == OK);
	EXPECT_AT_MOST(ROWS_MAX);
	CHECK_INT(count, 0);
	/* Half of a long group is due, and waits for its last; then all of it is, and a window of it is read. */
	INSERT("UPDATE sqs_queue SET due_at = NOW(3) WHERE group_id = 'g1' AND position < %lld", queued / 2);
	count_from_here();
	REQUIRE(sqs_messages_again(&work, BATCH, &messages, &count) == OK);
	EXPECT_AT_MOST(ROWS_MAX);
	CHECK_INT(count, 0);
	INSERT("UPDATE sqs_queue SET due_at = NOW(3) WHERE group_id = 'g1' AND position < %lld", queued);
	count_from_here();
	REQUIRE(sqs_messages_again(&work, BATCH, &messages, &count) == OK);
	EXPECT_AT_MOST(ROWS_MAX);
	REQUIRE(count == BATCH);
	for (size_t i = 0; i < count; i++)
		CHECK_INT(messages[i].position, (int64_t)(1 + i * GROUPS));
	count_from_here();
	for (const char *name = SQS_GROUPS_END; name != NULL; found++) {
		REQUIRE(sqs_group_before(&work, name, &group) == OK);
		name = group == NULL ? NULL : group->name;
	}
	EXPECT_AT_MOST(ROWS_MAX);
	CHECK_INT(found - 1, GROUPS);
	/* The next batches, from the middle of all. */
	feed.batch = many / BATCH / 2;
	count_from_here();
	REQUIRE(feed_next(&work, &feed, 1, &last) == OK);
	CHECK_INT(last, feed.batch + 1);
	REQUIRE(sqs_messages_of(&work, &feed, last, &messages, &count) == OK);
	EXPECT_AT_MOST(10 * BATCH);
	CHECK_INT(count, BATCH);
}

/* What a gauge says of so many rows: it stops counting. */
static const char *
gauge(const char *name, const char *rows)
{
	int64_t count = private_value(root, arena_format(arena, "SELECT COUNT(*) FROM %s", rows));

	return arena_format(arena, "\n%s %lld\n", name, (long long)(count < COUNTED_MAX ? count : COUNTED_MAX));
}

/* Each of its statements has half a second, which a machine that is busy with something else may need: then once more. */
static bool
read_gauges(struct text *text)
{
	for (int i = 0; i < GAUGES_TRIES; i++) {
		*text = text_new(arena, 65536);
		count_from_here();
		print_gauges(read_operations(&work), text);
		if (strstr(text->bytes, "haat_database_up 1\n") != NULL)
			return true;
	}
	return false;
}

/* With all of that waiting. */
static void
test_gauges(void)
{
	struct text text;

	run("INSERT INTO jobs (id, kind, lane, priority, run_at) VALUES (REPEAT('o', 16), 'refund_payment', 'money', 9, NOW(3) - INTERVAL 2 HOUR)");
	circuit_open_shared(&config, CIRCUIT_FOR_JOBS);
	REQUIRE(read_gauges(&text));
	EXPECT_AT_MOST(GAUGES_MAX);
	/* The oldest is told, though many stand before it. */
	CHECK(strstr(text.bytes, "\nhaat_queue_age_seconds{lane=\"money\",kind=\"others\"} 7") != NULL);
	CHECK(strstr(text.bytes, gauge("haat_deliveries_waiting", "webhook_queue")) != NULL);
	CHECK(strstr(text.bytes, gauge("haat_sqs_waiting", "sqs_queue WHERE status = 'waiting'")) != NULL);
	CHECK(strstr(text.bytes, gauge("haat_sqs_dead", "sqs_queue WHERE status = 'dead'")) != NULL);
}

static const struct test tests[] = { TEST(test_jobs), TEST(test_deliveries), TEST(test_messages), TEST(test_gauges) };

static const char *no_files[] = { NULL };

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	if (getenv("HAAT_CLAIMS_ROWS") != NULL) {
		told = true;
		many = atoll(getenv("HAAT_CLAIMS_ROWS"));
		queued = many < QUEUED_MAX ? many : QUEUED_MAX;
	}
	arena = arena_new(64 << 20);
	config = (struct config) {
		.jobs = { .lease_seconds = 60, .attempts = 3 },
		.cache = { .servers = "" },
		.run_directory = "/nonexistent",
		.http = { .upload_directory = "/nonexistent", .import_directory = "/nonexistent" },
		.media = { .directory = "/nonexistent", .originals_directory = "/nonexistent" },
		.certificates = { .watched_files = no_files },
	};
	root = private_shop("claims", &config, arena, &work);
	if (root == NULL)
		return 99;
	return run_suite("claims", tests, sizeof tests / sizeof *tests);
}
