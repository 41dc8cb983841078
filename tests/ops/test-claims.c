/* Taking what is due reads what is taken, however much was done before or is due later: jobs, deliveries, messages of SQS. */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "events/feed.h"
#include "events/job.h"
#include "notify/queue.h"
#include "notify/sqs_message.h"
#include "notify/sqs_queue.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"
#include "tests/suite.h"

#include <mysql.h>

enum { MANY = 20000, BATCH = 64, ROWS_MAX = 400, ENDPOINTS = 4, GROUPS = 4, DUE = 3 };

static struct config config;
static struct arena *arena;
static MYSQL        *root;
static struct work   work;
static int64_t       before, nothing;

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
	INSERT(
	    "INSERT INTO jobs (id, kind, lane, priority, run_at) SELECT UNHEX(CONCAT('1', LPAD(HEX(seq), 31, '0'))), 'refund_payment', 'money', "
	    "1 + seq %% 9, NOW(3) + INTERVAL seq MINUTE FROM seq_1_to_%lld",
	    MANY);
	INSERT(
	    "INSERT INTO jobs (id, kind, lane, status) SELECT UNHEX(CONCAT('2', LPAD(HEX(seq), 31, '0'))), 'refund_payment', 'money', 'dead' "
	    "FROM seq_1_to_%lld",
	    MANY);
	INSERT(
	    "INSERT INTO jobs (id, kind, lane) SELECT UNHEX(CONCAT('3', LPAD(HEX(seq), 31, '0'))), 'purge', 'upkeep' FROM seq_1_to_%lld",
	    MANY);
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
	INSERT(
	    "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, cause, status) SELECT "
	    "UNHEX(CONCAT('1', LPAD(HEX(seq), 31, '0'))), UNHEX(LPAD(HEX(1 + seq %% 4), 32, '0')), UNHEX(LPAD('1', 32, '0')), 'order.paid', "
	    "'event', 'delivered' FROM seq_1_to_%lld",
	    MANY);
	INSERT(
	    "INSERT INTO webhook_queue (delivery_id, endpoint_id, aggregate_id, event_id, position, due_at, give_up_at) SELECT "
	    "UNHEX(CONCAT('2', LPAD(HEX(seq), 31, '0'))), UNHEX(LPAD(HEX(1 + seq %% 2), 32, '0')), UNHEX(CONCAT('2', LPAD(HEX(seq DIV 100), 31, '0'))), "
	    "UNHEX(LPAD('1', 32, '0')), seq, NOW(3) + INTERVAL 1 HOUR, NOW(3) + INTERVAL 1 DAY FROM seq_1_to_%lld",
	    MANY);
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

	INSERT(
	    "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload, pending, batch) SELECT "
	    "UNHEX(CONCAT('5', LPAD(HEX(seq), 31, '0'))), 'product.changed', 'product', REPEAT('a', 16), '{}', NULL, 1 + seq DIV 64 FROM seq_1_to_%lld",
	    MANY);
	INSERT("INSERT INTO event_fan_out (the_one, at, batch) VALUES (1, NOW(3), %lld)", 1 + MANY / BATCH);
	INSERT("INSERT INTO sqs_queue (event_id, group_id, position, due_at) SELECT UNHEX(CONCAT('5', LPAD(HEX(seq), 31, '0'))), "
	       "CONCAT('g', seq %% 4), seq, NOW(3) + INTERVAL 1 HOUR FROM seq_1_to_%lld",
	    MANY - 1000);
	INSERT(
	    "INSERT INTO sqs_queue (event_id, group_id, position, status) SELECT UNHEX(CONCAT('6', LPAD(HEX(seq), 31, '0'))), 'dead', seq, 'dead' "
	    "FROM seq_1_to_%lld",
	    MANY);
	analyse("events, sqs_queue");
	count_from_here();
	REQUIRE(sqs_messages_again(&work, BATCH, &messages, &count) == OK);
	EXPECT_AT_MOST(ROWS_MAX);
	CHECK_INT(count, 0);
	/* Half of a long group is due, and waits for its last; then all of it is, and a window of it is read. */
	INSERT("UPDATE sqs_queue SET due_at = NOW(3) WHERE group_id = 'g1' AND position < %lld", MANY / 2);
	count_from_here();
	REQUIRE(sqs_messages_again(&work, BATCH, &messages, &count) == OK);
	EXPECT_AT_MOST(ROWS_MAX);
	CHECK_INT(count, 0);
	INSERT("UPDATE sqs_queue SET due_at = NOW(3) WHERE group_id = 'g1' AND position < %lld", MANY);
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
	feed.batch = MANY / BATCH / 2;
	count_from_here();
	REQUIRE(feed_next(&work, &feed, 1, &last) == OK);
	CHECK_INT(last, feed.batch + 1);
	REQUIRE(sqs_messages_of(&work, &feed, last, &messages, &count) == OK);
	EXPECT_AT_MOST(10 * BATCH);
	CHECK_INT(count, BATCH);
}

static const struct test tests[] = { TEST(test_jobs), TEST(test_deliveries), TEST(test_messages) };

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	arena = arena_new(64 << 20);
	config = (struct config) {
		.jobs = { .lease_seconds = 60, .attempts = 3 },
	};
	root = private_shop("claims", &config, arena, &work);
	if (root == NULL)
		return 99;
	return run_suite("claims", tests, sizeof tests / sizeof *tests);
}
