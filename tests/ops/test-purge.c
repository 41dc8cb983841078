/* The purge against the whole schema: what is old goes, what is young, unfinished or dead stays. */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "events/partitions.h"
#include "ops/ops.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"
#include "tests/suite.h"

#include <fcntl.h>
#include <mysql.h>
#include <stdlib.h>
#include <unistd.h>

enum { LITTLE = 1 << 20 };

static struct config config;
static struct arena *arena;
static MYSQL        *root;
static struct work   work;
static char          directory[] = "/tmp/test-purge-XXXXXX";

/* Runs a statement in which @id is an id made, and @at the time, so many days ago. */
static void
insert(const char *sql, int days)
{
	struct uuid id = uuid_new(), floor = uuid_floor(instant_now().unix_ms - (int64_t)days * 24 * 3600 * 1000);

	memcpy(id.bytes, floor.bytes, 6);
	REQUIRE(private_run(root,
		    arena_format(arena, "SET @id = '%s', @at = NOW(3) - INTERVAL %d DAY", uuid_text(arena, id), days)) == 0);
	CHECK(private_run(root, sql) == 0);
}

static int64_t
count(const char *table)
{
	return private_value(root, arena_format(arena, "SELECT COUNT(*) FROM %s", table));
}

/* A settlement's file, of an id made so many days ago, with a row of that status unless that is NULL; its path. */
static const char *
settlement_of(int days, const char *status)
{
	struct uuid id = uuid_new(), floor = uuid_floor(instant_now().unix_ms - (int64_t)days * 24 * 3600 * 1000);
	const char *path;
	int         file;

	memcpy(id.bytes, floor.bytes, 6);
	path = arena_format(arena, "%s/settlement-%s.csv", directory, uuid_text(arena, id));
	file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	REQUIRE(file >= 0 && close(file) == 0);
	if (status != NULL)
		CHECK(private_run(root,
			  arena_format(arena,
			      "INSERT INTO settlements (id, provider, digest, bytes, status, created_at) "
			      "VALUES ('%s', 'stripe', UNHEX(SHA2('%s', 256)), 1, '%s', NOW(3))",
			      uuid_text(arena, id), path, status)) == 0);
	return path;
}

static bool
is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static const struct problem *
enqueue_purge(struct work *w, void *argument)
{
	(void)argument;
	return job_enqueue(w, JOB_PURGE, "purge", NULL, NULL, NULL);
}

static void
test_purges_what_is_old(void)
{
	static const char key[] = "INSERT INTO idempotency_keys (scope, request_hash, status, created_at) "
				  "VALUES (UNHEX(SHA2(@id, 256)), REPEAT('h', 32), 'running', @at)";
	static const char session[] = "INSERT INTO sessions (id, user_id, refresh_hash, ip, expires_at) "
				      "SELECT @id, id, UNHEX(SHA2(@id, 256)), '::1', @at FROM users";
	static const char token[] = "INSERT INTO refresh_tokens (hash, session_id) SELECT refresh_hash, id FROM sessions";
	static const char attempt[] = "INSERT INTO login_attempts (kind, key_hash, window_started_at, updated_at) "
				      "VALUES ('account', UNHEX(SHA2(@id, 256)), @at, @at)";
	static const char webhook[] =
	    "INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, status, updated_at) "
	    "VALUES (@id, 'stripe', HEX(@id), 't', '{}', REPEAT('h', 32), 'processed', @at)";
	static const char deferred[] =
	    "INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, status, updated_at) "
	    "VALUES (@id, 'stripe', HEX(@id), 't', '{}', REPEAT('h', 32), 'deferred', @at)";
	static const char event[] = "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload, pending) "
				    "VALUES (@id, 'payment.failed', 'payment', @id, '{}', NULL)";
	static const char delivery[] = "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, cause, status) "
				       "VALUES (@id, @id, @id, 'order.paid', 'event', 'delivered')";
	static const char message[] = "INSERT INTO live_messages (hearer, position, order_id, event_id, type, created_at) "
				      "VALUES (@id, 1, @id, @id, 'order.paid', @at)";
	static const char block[] = "INSERT INTO blocks (id, network, first_address, last_address, reason, ends_at) "
				    "VALUES (@id, HEX(@id), @id, @id, 'spam', @at + INTERVAL 1 DAY)";
	struct job       *job;

	insert("INSERT INTO users (id, email, full_name, role) VALUES (@id, 'a@b.test', 'A', 'customer')", 400);
	insert(key, 0), insert(key, 2);
	insert(session, 0), insert(session, 20), insert(session, 31);
	insert(token, 0);
	insert(attempt, 1), insert(attempt, 8);
	insert(webhook, 10), insert(webhook, 100), insert(deferred, 100);
	REQUIRE(event_months_add(&work, instant_add_seconds(instant_now(), -INT64_C(130) * 24 * 3600)) == OK);
	insert(event, 130), insert(event, 130), insert(event, 10); /* a month of them goes at a time */
	insert(delivery, 130), insert(delivery, 10);
	insert(message, 0), insert(message, 2);
	insert(block, 0), insert(block, 2);
	for (int i = 0; i < 1100; i++)
		insert(attempt, 9);
	REQUIRE(count("events") == 3 && count("sessions") == 3 && count("webhook_events") == 3);

	REQUIRE(db_transaction(&work, enqueue_purge(&work, NULL)) == OK);
	REQUIRE(job_claim(&work, LANE_UPKEEP, &job) == OK && job != NULL);
	CHECK(purge_old(&work, job) == OK);
	CHECK(job_done(&work, job) == OK);
	CHECK_INT(count("idempotency_keys"), 1);
	CHECK_INT(count("sessions"), 2);
	CHECK_INT(count("refresh_tokens"), 2);
	CHECK_INT(count("login_attempts"), 1);
	CHECK_INT(count("webhook_events"), 2);
	CHECK_INT(count("webhook_events WHERE status = 'deferred'"), 1);
	CHECK_INT(count("events"), 1);
	CHECK_INT(count("webhook_deliveries"), 1);
	CHECK_INT(count("live_messages"), 1);
	CHECK_INT(count("blocks"), 1);
	CHECK_INT(count("users"), 1);
	CHECK_INT(count("jobs WHERE kind = 'purge' AND status = 'ready'"), 1);
}

/* However much was kept for an endpoint that was disabled: no more than what is removed at once is in memory. */
static void
test_gives_up_what_was_kept_for_too_long(void)
{
	size_t      before;
	struct job *job;

	insert("INSERT INTO webhook_endpoints (id, url, secret, event_types, status, disabled_at, disabled_reason) "
	       "VALUES (REPEAT('e', 16), 'http://127.0.0.1/', REPEAT('s', 60), '*', 'disabled', @at, 'owner')",
	    4);
	insert("INSERT INTO webhook_queue (delivery_id, endpoint_id, aggregate_id, event_id, position, give_up_at) SELECT "
	       "UNHEX(LPAD(HEX(seq), 32, '0')), REPEAT('e', 16), REPEAT('a', 16), @id, seq, NOW(3) FROM seq_1_to_20000",
	    4);
	REQUIRE(db_transaction(&work, enqueue_purge(&work, NULL)) == OK);
	REQUIRE(job_claim(&work, LANE_UPKEEP, &job) == OK && job != NULL);
	before = arena_used(arena);
	CHECK(purge_old(&work, job) == OK);
	CHECK(arena_used(arena) - before < LITTLE);
	CHECK(job_done(&work, job) == OK);
	CHECK_INT(count("webhook_queue"), 0);
	insert("DELETE FROM webhook_endpoints", 0);
}

/* However old, what a consumer has not read stays, and what is still to be sent. */
static void
test_keeps_what_is_needed(void)
{
	static const char event[] = "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload, pending, batch) "
				    "VALUES (@id, 'payment.failed', 'payment', @id, '{}', NULL, 5)";
	static const char refused[] = "INSERT INTO sqs_queue (event_id, group_id, position) VALUES (@id, 'shop', 1)";
	static const char cursor[] = "INSERT INTO event_cursors (consumer, batch) VALUES ('webhooks', 9), ('sqs', 4) "
				     "ON DUPLICATE KEY UPDATE batch = VALUES(batch)";
	struct instant later = instant_add_seconds(instant_now(), INT64_C(40) * 24 * 3600); /* the oldest month is over by then */
	int64_t        before = count("events");

	insert(cursor, 0);
	insert(event, 200);
	CHECK(event_months_drop(&work, later) == OK);
	CHECK_INT(count("events"), before + 1);
	insert("UPDATE event_cursors SET batch = 5", 0);
	insert(refused, 200);
	CHECK(event_months_drop(&work, later) == OK);
	CHECK_INT(count("events"), before + 1);
	/* What SQS will never take holds nothing, and goes with its event; another's stays. */
	insert("UPDATE sqs_queue SET status = 'dead'", 0);
	insert("INSERT INTO sqs_queue (event_id, group_id, position, status) VALUES (@id, 'shop', 2, 'dead')", 0);
	CHECK(event_months_drop(&work, later) == OK);
	CHECK_INT(count("events"), before);
	CHECK_INT(count("sqs_queue"), 1);
	CHECK_INT(count("sqs_queue WHERE position = 2"), 1);
}

/* Whose settlement has ended or was never written down; young ones may be on their way. */
static void
test_removes_files_that_were_left(void)
{
	const char *other = arena_format(arena, "%s/settlement-x.csv", directory);
	const char *unknown = settlement_of(2, NULL), *done = settlement_of(2, "done"), *failed = settlement_of(2, "failed");
	const char *queued = settlement_of(2, "queued"), *running = settlement_of(2, "running"), *young = settlement_of(0, NULL);
	int         file = open(other, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	struct job *job;

	REQUIRE(file >= 0 && close(file) == 0);
	REQUIRE(db_transaction(&work, enqueue_purge(&work, NULL)) == OK);
	REQUIRE(job_claim(&work, LANE_UPKEEP, &job) == OK && job != NULL);
	CHECK(purge_old(&work, job) == OK);
	CHECK(job_done(&work, job) == OK);
	CHECK(!is_there(unknown) && !is_there(done) && !is_there(failed));
	CHECK(is_there(queued) && is_there(running) && is_there(young) && is_there(other));
	unlink(queued), unlink(running), unlink(young), unlink(other);
}

static const struct test tests[] = { TEST(test_purges_what_is_old), TEST(test_gives_up_what_was_kept_for_too_long),
	TEST(test_keeps_what_is_needed), TEST(test_removes_files_that_were_left) };

int
main(int argc, char **argv)
{
	int result;

	(void)argc;
	private_database(argv);
	if (mkdtemp(directory) == NULL)
		return 99;
	arena = arena_new(64 << 20);
	config = (struct config) {
		.http = { .idempotency_hours = 24, .import_directory = directory },
		.media = { .originals_directory = directory },
		.jobs = { .lease_seconds = 60,
		    .attempts = 5,
		    .session_days = 30,
		    .webhook_days = 90,
		    .event_days = 90,
		    .delivery_days = 30 },
		.deliveries = { .disable_days = 3 },
	};
	root = private_shop("old_things", &config, arena, &work);
	if (root == NULL)
		return 99;
	result = run_suite("purge", tests, sizeof tests / sizeof *tests);
	rmdir(directory);
	return result;
}
