/* Events and the job queue against a MariaDB of their own, with several workers at once. */
#include "base/arena.h"
#include "base/config.h"
#include "base/metrics.h"
#include "events/dead_letter.h"
#include "events/doorbell.h"
#include "events/fan_out.h"
#include "events/job.h"
#include "events/partitions.h"
#include "events/record.h"
#include "events/worker.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/suite.h"

#include <mysql.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LEASE_SECONDS = 60, ATTEMPTS = 3, BACKOFF_MAX = 5, POLL_SECONDS = 30 };

static struct config config;
static struct arena *arena;
static MYSQL        *root; /* what others see */
static struct work   work;

struct order_paid {
	struct order_id order;
	const char     *number;
	int64_t         lines;
};

static const struct member order_paid_members[] = {
	M_ID(struct order_paid, order, "order_id", .required = true),
	M_TEXT(struct order_paid, number, "number", 20, .required = true),
	M_INTEGER(struct order_paid, lines, "lines", 1, 100, .required = true),
};
SHAPE(struct order_paid, order_paid_shape, "OrderPaid", order_paid_members);

/* What all processes of this test see. */
static struct shared {
	_Atomic int     started, ran, twice, disorder;
	_Atomic int     running[4], last[4]; /* by aggregate: jobs that run, the last event that was handled */
	_Atomic int64_t ran_at_us;
	_Atomic char    taken[256];
} * shared;

static void
create_tables(void)
{
	static const char *const files[] = { "0001_users", "0035_events", "0036_jobs", "0006_merchants", "0038_audit_records",
		"0109_audit_records_key", "0041_event_fan_out", "0059_cache_trust", "0138_events_batch",
		"0139_event_fan_out_batch", "0140_event_cursors", "0141_webhook_endpoints", "0142_webhook_deliveries",
		"0143_webhook_queue", "0144_sqs_queue", "0145_jobs_progress" };
	static char              sql[10000];

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		FILE  *file = fopen(arena_format(arena, "%s/sql/%s.up.sql", source_directory(), files[i]), "r");
		size_t length = file == NULL ? 0 : fread(sql, 1, sizeof sql - 1, file);

		sql[length] = '\0';
		if (file != NULL)
			fclose(file);
		if (private_run(root, sql) != 0) {
			fprintf(stderr, "%s: %s\n", files[i], mysql_error(root));
			exit(1);
		}
	}
}

static void
open_work(void)
{
	arena_reset(arena);
	if (work.db != NULL)
		db_close(work.db);
	work = (struct work) { .arena = arena,
		.db = db_open(&config, arena),
		.config = &config,
		.request_id = "",
		.traceparent = "",
		.address = "" };
}

static void
begin(void)
{
	REQUIRE(private_run(root, "DELETE FROM jobs") == 0 && private_run(root, "DELETE FROM events") == 0);
	memset(shared, 0, sizeof *shared);
	open_work();
}

struct order {
	enum job_kind   kind;
	const char     *key;
	struct instant *run_at;
	int64_t         number;
	bool            refuse;
};

static const struct problem *
enqueue(struct work *w, void *argument)
{
	struct order     *order = argument;
	struct order_paid payload = { .number = "ORD-1", .lines = order->number == 0 ? 1 : order->number };

	TRY(job_enqueue(w, order->kind, order->key, order->run_at, &order_paid_shape, &payload));
	return order->refuse ? problem(CONFLICT, "no") : OK;
}

static void
put(enum job_kind kind, const char *key)
{
	REQUIRE(db_transaction(&work, enqueue(&work, &(struct order) { .kind = kind, .key = key })) == OK);
}

static struct job *
claim_of(enum job_lane lane)
{
	struct job *job;

	REQUIRE(job_claim(&work, lane, &job) == OK);
	return job;
}

/* The next job of any lane. */
static struct job *
claim(void)
{
	struct job *job = NULL;

	for (enum job_lane lane = 0; lane < LANE__COUNT && job == NULL; lane++)
		job = claim_of(lane);
	return job;
}

/* Of the subscribers to order.cancelled, the one that the tests of events go by; the other writes letters. */
static struct job *
claim_refund(void)
{
	return claim_of(LANE_MONEY);
}

static int64_t
rows(const char *where)
{
	return private_value(root, arena_format(arena, "SELECT COUNT(*) FROM jobs WHERE %s", where));
}

static const struct problem *
record_one(struct work *w, enum event_type type, struct uuid aggregate, int64_t number)
{
	return event_record(w, type, aggregate, &order_paid_shape, &(struct order_paid) { .number = "ORD-7", .lines = number });
}

static void
happen(enum event_type type, struct uuid aggregate, int64_t number)
{
	REQUIRE(db_transaction(&work, record_one(&work, type, aggregate, number)) == OK);
}

static const struct problem *
record(struct work *w, void *argument)
{
	TRY(record_one(w, EVENT_ORDER_PLACED, *(struct uuid *)argument, 3));
	return record_one(w, EVENT_ORDER_CANCELLED, *(struct uuid *)argument, 3);
}

static bool
fan_out(void)
{
	bool found;

	REQUIRE(event_fan_out(&work, &found) == OK);
	return found;
}

static const struct problem *
record_and_refuse(struct work *w, void *argument)
{
	TRY(record(w, argument));
	return problem(CONFLICT, "no");
}

static void
test_events_follow_their_transaction(void)
{
	struct uuid         order = uuid_new();
	struct job         *job;
	struct event_notice notice;

	begin();
	CHECK(problem_is(db_transaction(&work, record_and_refuse(&work, &order)), PROBLEM_CONFLICT));
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events"), 0);
	work.viewer.user = NEW_ID(user_id);
	work.request_id = "request-1";
	CHECK(db_transaction(&work, record(&work, &order)) == OK);
	CHECK_INT(private_value(root,
		      "SELECT COUNT(*) FROM events WHERE type = 'order.placed' AND aggregate_type = 'order' "
		      "AND JSON_VALUE(payload, '$.lines') = 3 AND request_id = 'request-1' AND actor_id IS NOT NULL"),
	    1);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events WHERE pending = 1"), 2);
	CHECK_INT(rows("1"), 0); /* nothing but the event is written by the request */
	CHECK(fan_out());
	CHECK(!fan_out());
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events WHERE pending = 1"), 0);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events"), 2);
	/* order.cancelled has two subscribers */
	CHECK_INT(rows("1"), 2);
	CHECK_INT(rows("kind = 'write_letters'"), 1);
	job = claim_refund();
	REQUIRE(job != NULL);
	CHECK_TEXT(job->kind, "refund_order");
	REQUIRE(job_payload(&work, job, &event_notice_shape, &notice) == OK);
	CHECK(uuid_equal(notice.aggregate, order));
	REQUIRE(db_run(work.db, NULL, "UPDATE events SET request_id = 'told' WHERE id = ?", P(notice.event)) == OK);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events WHERE request_id = 'told' AND type = 'order.cancelled'"), 1);
	CHECK(claim_refund() == NULL);
}

static void
test_distinct_events_are_not_merged(void)
{
	struct uuid order = uuid_new();

	begin();
	happen(EVENT_ORDER_CANCELLED, order, 1);
	CHECK(fan_out());
	happen(EVENT_ORDER_CANCELLED, order, 2), happen(EVENT_ORDER_CANCELLED, order, 3),
	    happen(EVENT_ORDER_CANCELLED, uuid_new(), 1);
	CHECK(fan_out());
	CHECK_INT(rows("kind = 'refund_order' AND lane = 'money'"), 4);
	CHECK_INT(private_value(root, "SELECT COUNT(DISTINCT JSON_VALUE(payload, '$.event_id')) FROM jobs"), 4);
}

/* The transaction that made its id first commits last: a cursor by id would never come back to it. */
static void
test_late_commits_are_fanned_out(void)
{
	MYSQL *slow = private_connect("jobs");

	begin();
	REQUIRE(private_run(slow, "START TRANSACTION") == 0);
	REQUIRE(private_run(slow,
		    "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload) "
		    "VALUES (X'01', 'order.cancelled', 'order', X'01', '{}')") == 0);
	happen(EVENT_ORDER_CANCELLED, uuid_new(), 1);
	CHECK(fan_out()); /* and does not wait for the one that is not committed */
	CHECK_INT(rows("kind = 'refund_order'"), 1);
	REQUIRE(private_run(slow, "COMMIT") == 0);
	CHECK(fan_out());
	CHECK_INT(rows("kind = 'refund_order'"), 2);
	CHECK(!fan_out());
	mysql_close(slow);
}

static void
test_many_events_in_batches(void)
{
	begin();
	REQUIRE(private_run(root,
		    "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload) "
		    "SELECT CONCAT('e', seq), IF(seq % 2, 'order.cancelled', 'order.placed'), 'order', CONCAT('o', seq), '{}' "
		    "FROM seq_1_to_501") == 0);
	while (fan_out())
		;
	CHECK_INT(rows("kind = 'refund_order'"), 251);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events WHERE pending = 1"), 0);
	CHECK_INT(private_value(root, "SELECT COUNT(DISTINCT JSON_VALUE(payload, '$.event_id')) FROM jobs"), 251);
}

static const struct problem *
fan_out_and_die(struct work *w)
{
	bool found;

	TRY(event_fan_out(w, &found));
	raise(SIGKILL);
	return OK;
}

/* All steps are done and none is committed. */
static void
test_killed_fan_out_loses_nothing(void)
{
	pid_t pid;
	int   status;

	begin();
	happen(EVENT_ORDER_CANCELLED, uuid_new(), 1), happen(EVENT_ORDER_CANCELLED, uuid_new(), 1);
	pid = fork();
	if (pid == 0) {
		work.db = db_open(&config, arena);
		_exit(db_transaction(&work, fan_out_and_die(&work)) != OK);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status));
	CHECK(fan_out());
	CHECK_INT(rows("kind = 'refund_order'"), 2);
	CHECK(!fan_out());
}

/* Jobs of one order and kind wait for each other, those of others do not; a dead one holds up nobody. */
static void
test_order_per_aggregate(void)
{
	struct uuid order = uuid_new();
	struct job *first, *other, *second;
	bool        dead;

	begin();
	happen(EVENT_ORDER_CANCELLED, order, 1), happen(EVENT_ORDER_CANCELLED, order, 2),
	    happen(EVENT_ORDER_CANCELLED, uuid_new(), 1);
	CHECK(fan_out());
	first = claim_refund(), other = claim_refund();
	REQUIRE(first != NULL && other != NULL);
	CHECK(strcmp(first->payload, other->payload) != 0);
	CHECK(claim_refund() == NULL);
	CHECK(job_failed(&work, first, problem(INTERNAL, "not yet"), &dead) == OK && !dead);
	CHECK(claim_refund() == NULL); /* the first is to run again */
	REQUIRE(private_run(root,
		    "UPDATE jobs SET run_at = NOW(3), attempts = max_attempts - 1 WHERE status = 'ready' "
		    "AND last_error IS NOT NULL") == 0);
	first = claim_refund();
	REQUIRE(first != NULL);
	CHECK(job_failed(&work, first, problem(INTERNAL, "never"), &dead) == OK && dead);
	second = claim_refund();
	REQUIRE(second != NULL);
	CHECK(strcmp(first->payload, second->payload) != 0);
	CHECK(job_done(&work, second) == OK && job_done(&work, other) == OK);
	CHECK_INT(rows("kind = 'refund_order'"), 1); /* the dead one */
}

static struct job *
take_dead(void)
{
	struct job *job;
	bool        dead;

	REQUIRE(private_run(root,
		    "UPDATE jobs SET attempts = max_attempts - 1 WHERE kind = 'refund_order' ORDER BY sequence LIMIT 1") == 0);
	job = claim_refund();
	REQUIRE(job != NULL);
	REQUIRE(job_failed(&work, job, problem(INTERNAL, "broken"), &dead) == OK && dead);
	return job;
}

/* A dead job that comes back waits for what runs of its key, and goes before what has not begun. */
static void
test_replayed_job_has_its_place(void)
{
	struct uuid order = uuid_new();
	struct job *first, *second, *next;
	int64_t     replayed;

	for (int all = 0; all < 2; all++) {
		begin();
		happen(EVENT_ORDER_CANCELLED, order, 1), happen(EVENT_ORDER_CANCELLED, order, 2),
		    happen(EVENT_ORDER_CANCELLED, order, 3);
		CHECK(fan_out());
		first = take_dead();
		second = claim_refund();
		REQUIRE(second != NULL);
		CHECK((all ? job_replay_all(&work, NULL, &replayed) : job_replay(&work, first->id)) == OK);
		CHECK(claim_refund() == NULL);
		CHECK(job_done(&work, second) == OK);
		next = claim_refund();
		REQUIRE(next != NULL);
		CHECK(ID_EQUAL(next->id, first->id));
		CHECK(claim_refund() == NULL);
		CHECK(job_done(&work, next) == OK);
		CHECK(claim_refund() != NULL);
	}
}

/* Nobody may be just taking another of its key: whoever does holds its row. */
static void
test_replay_waits_for_who_is_taking_one(void)
{
	struct uuid   order = uuid_new();
	struct job_id first;
	int64_t       replayed;

	begin();
	happen(EVENT_ORDER_CANCELLED, order, 1), happen(EVENT_ORDER_CANCELLED, order, 2);
	CHECK(fan_out());
	first = take_dead()->id;
	/* without locks of gaps, as the workers take jobs */
	REQUIRE(private_run(root, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED") == 0 &&
	    private_run(root, "START TRANSACTION") == 0 &&
	    private_value(root, "SELECT sequence FROM jobs WHERE kind = 'refund_order' AND status = 'ready' FOR UPDATE") > 0);
	config.database.lock_wait_seconds = 1;
	open_work();
	CHECK(problem_is(job_replay(&work, first), PROBLEM_DATABASE_BUSY));
	CHECK(problem_is(job_replay_all(&work, NULL, &replayed), PROBLEM_DATABASE_BUSY));
	REQUIRE(private_run(root, "ROLLBACK") == 0);
	CHECK_INT(rows("status = 'dead'"), 1);
	config.database.lock_wait_seconds = 5;
	open_work();
}

static void
test_jobs_follow_their_transaction(void)
{
	struct order_paid payload;
	struct job       *job;

	begin();
	CHECK(problem_is(db_transaction(&work, enqueue(&work, &(struct order) { .kind = JOB_REFUND_PAYMENT, .refuse = true })),
	    PROBLEM_CONFLICT));
	CHECK(claim() == NULL);
	CHECK(db_transaction(&work, enqueue(&work, &(struct order) { .kind = JOB_REPLAY_WEBHOOK, .number = 42 })) == OK);
	job = claim();
	REQUIRE(job != NULL);
	CHECK_TEXT(job->kind, "replay_webhook");
	CHECK_INT(job->attempts, 1);
	CHECK_INT(job->max_attempts, ATTEMPTS);
	REQUIRE(job_payload(&work, job, &order_paid_shape, &payload) == OK);
	CHECK_INT(payload.lines, 42);
	CHECK_TEXT(payload.number, "ORD-1");
	CHECK(problem_is(job_payload(&work, job, &event_notice_shape, &(struct event_notice) { 0 }), PROBLEM_INTERNAL));
	CHECK(claim() == NULL);
	CHECK_INT(rows("status = 'running' AND attempts = 1 AND worker IS NOT NULL AND "
		       "lease_until BETWEEN NOW(3) + INTERVAL 50 SECOND AND NOW(3) + INTERVAL 61 SECOND"),
	    1);
	CHECK(job_done(&work, job) == OK);
	CHECK_INT(rows("1"), 0);
	CHECK(claim() == NULL);
}

static void
test_priority_then_time(void)
{
	struct instant soon = instant_add_seconds(instant_now(), -5), sooner = instant_add_seconds(instant_now(), -10),
		       later = instant_add_seconds(instant_now(), 100);

	begin();
	CHECK(db_transaction(
		  &work, enqueue(&work, &(struct order) { .kind = JOB_RECONCILE_PAYMENT, .key = "d", .run_at = &sooner })) == OK);
	CHECK(db_transaction(&work, enqueue(&work, &(struct order) { .kind = JOB_REFUND_ORDER, .key = "b", .run_at = &soon })) ==
	    OK);
	CHECK(db_transaction(
		  &work, enqueue(&work, &(struct order) { .kind = JOB_REFUND_PAYMENT, .key = "a", .run_at = &sooner })) == OK);
	CHECK(db_transaction(
		  &work, enqueue(&work, &(struct order) { .kind = JOB_REFUND_PAYMENT, .key = "c", .run_at = &later })) == OK);
	CHECK_TEXT(claim()->kind, "refund_payment");
	CHECK_TEXT(claim()->kind, "refund_order");
	CHECK_TEXT(claim()->kind, "reconcile_payment");
	CHECK(claim() == NULL);
}

/* However many subscriptions are due: the other jobs that move money or ask about it go first. */
static void
test_renewals_go_last(void)
{
	struct instant sooner = instant_add_seconds(instant_now(), -10);

	begin();
	CHECK(db_transaction(&work,
		  enqueue(&work, &(struct order) { .kind = JOB_RENEW_SUBSCRIPTION, .key = "a", .run_at = &sooner })) == OK);
#define X(name, text, lane, transaction, attempts, priority, every) \
	if (LANE_##lane == LANE_MONEY && JOB_##name != JOB_RENEW_SUBSCRIPTION) { \
		put(JOB_##name, text); \
		CHECK_TEXT(claim()->kind, text); \
	}
	JOB_KINDS(X)
#undef X
	CHECK_TEXT(claim()->kind, "renew_subscription");
}

/* What it needs is away: no attempt is used up, and those of its kind that are due wait with it, in one statement. */
static void
test_waiting_is_no_attempt(void)
{
	struct job *job;
	bool        dead;

	begin();
	put(JOB_SEND_LETTER, "a");
	put(JOB_SEND_LETTER, "b");
	put(JOB_REFUND_PAYMENT, "c");
	for (int i = 0; i < 5; i++) {
		REQUIRE(job_claim(&work, LANE_MAIL, &job) == OK && job != NULL);
		CHECK_INT(job->attempts, 1);
		REQUIRE(job_failed(&work, job, problem_waits(arena, PROBLEM_NOT_READY, "away", 60), &dead) == OK);
		CHECK(!dead);
		REQUIRE(db_run(work.db, NULL, "UPDATE jobs SET run_at = NOW(3) WHERE kind = 'send_letter'") == OK);
	}
	CHECK_INT(rows("kind = 'send_letter' AND status = 'ready' AND attempts = 0"), 2);
	REQUIRE(job_put_off(&work, JOB_SEND_LETTER, 60) == OK);
	CHECK_INT(rows("run_at > NOW() + INTERVAL 50 SECOND"), 2);
	REQUIRE(job_claim(&work, LANE_MAIL, &job) == OK && job == NULL);
	REQUIRE(job_claim(&work, LANE_MONEY, &job) == OK && job != NULL);
	/* What will never succeed is dead at its first attempt. */
	REQUIRE(job_failed(&work, job, problem_useless(arena, PROBLEM_BAD_REQUEST, "no"), &dead) == OK);
	CHECK(dead);
	CHECK_INT(rows("kind = 'refund_payment' AND status = 'dead' AND attempts = 1 AND last_error = 'bad_request: no'"), 1);
}

static void
test_lanes_are_apart(void)
{
	struct job *job;

	begin();
	put(JOB_REFUND_PAYMENT, NULL), put(JOB_PURGE, "purge");
	REQUIRE(job_claim(&work, LANE_WEBHOOKS, &job) == OK);
	CHECK(job == NULL);
	REQUIRE(job_claim(&work, LANE_UPKEEP, &job) == OK && job != NULL);
	CHECK_TEXT(job->kind, "purge");
	REQUIRE(job_claim(&work, LANE_UPKEEP, &job) == OK);
	CHECK(job == NULL);
	REQUIRE(job_claim(&work, LANE_MONEY, &job) == OK && job != NULL);
	CHECK_TEXT(job->kind, "refund_payment");
}

static void
test_same_work_is_queued_once(void)
{
	struct instant later = instant_add_seconds(instant_now(), 100);
	struct job    *job;

	begin();
	CHECK(db_transaction(
		  &work, enqueue(&work, &(struct order) { .kind = JOB_REPLAY_WEBHOOK, .key = "k", .run_at = &later })) == OK);
	CHECK(claim() == NULL);
	put(JOB_REPLAY_WEBHOOK, "k"); /* comes forward */
	put(JOB_REPLAY_WEBHOOK, "k");
	CHECK(db_transaction(
		  &work, enqueue(&work, &(struct order) { .kind = JOB_REPLAY_WEBHOOK, .key = "k", .run_at = &later })) == OK);
	CHECK_INT(rows("1"), 1);
	job = claim();
	REQUIRE(job != NULL);
	CHECK(job_done(&work, job) == OK);
	put(JOB_REPLAY_WEBHOOK, "k");
	CHECK_INT(rows("1"), 1);
	put(JOB_REPLAY_WEBHOOK, NULL);
	put(JOB_REPLAY_WEBHOOK, NULL);
	CHECK_INT(rows("1"), 3);
}

/* Asked for again while it runs: it may have looked too early, so it runs once more. */
static void
test_asked_again_while_running(void)
{
	struct job *job;

	begin();
	put(JOB_INVALIDATE_TREE, "k");
	job = claim();
	REQUIRE(job != NULL);
	put(JOB_INVALIDATE_TREE, "k");
	CHECK_INT(rows("1"), 1);
	CHECK(claim() == NULL);
	CHECK(job_done(&work, job) == OK);
	CHECK_INT(rows("status = 'ready' AND attempts = 0"), 1);
	while ((job = claim()) == NULL)
		usleep(1000);
	CHECK(job_done(&work, job) == OK);
	CHECK_INT(rows("1"), 0);
}

static void
test_failure_backs_off_then_dies(void)
{
	static const int64_t delays[] = { 2, 4, BACKOFF_MAX };
	struct job          *job;
	bool                 dead;

	begin();
	put(JOB_REPLAY_WEBHOOK, "k");
	for (int64_t attempt = 1; attempt <= ATTEMPTS; attempt++) {
		job = claim();
		REQUIRE(job != NULL);
		CHECK_INT(job->attempts, attempt);
		CHECK(job_failed(
			  &work, job, problem_at(arena, PROBLEM_PROVIDER_UNAVAILABLE, "amount", "nobody answers"), &dead) == OK);
		CHECK_INT(dead, attempt == ATTEMPTS);
		CHECK_INT(
		    rows(arena_format(arena, "run_at BETWEEN NOW(3) + INTERVAL %lld - 1 SECOND AND NOW(3) + INTERVAL %lld SECOND",
			(long long)delays[attempt - 1], (long long)delays[attempt - 1])),
		    1);
		CHECK_INT(rows("last_error = 'provider_unavailable: nobody answers; amount: nobody answers'"), 1);
		CHECK(claim() == NULL);
		REQUIRE(private_run(root, "UPDATE jobs SET run_at = NOW(3)") == 0);
	}
	CHECK_INT(rows("status = 'dead'"), 1);
	CHECK(claim() == NULL);
	put(JOB_REPLAY_WEBHOOK, "other");
	job = claim();
	CHECK(job_failed(&work, job, problem_later(arena, PROBLEM_PROVIDER_UNAVAILABLE, "not yet", 1000), &dead) == OK);
	CHECK_INT(rows("status = 'ready' AND run_at > NOW(3) + INTERVAL 990 SECOND"), 1);
}

static void
test_error_is_cut_at_a_character(void)
{
	static char text[2000];
	struct job *job;
	bool        dead;

	begin();
	for (size_t i = 0; i + 3 < sizeof text; i += 3)
		memcpy(text + i, "ম", 3);
	put(JOB_REPLAY_WEBHOOK, NULL);
	job = claim();
	CHECK(job_failed(&work, job, &(struct problem) { .code = PROBLEM_INTERNAL, .message = text }, &dead) == OK);
	CHECK_INT(rows("last_error LIKE 'internal_error: ম%ম'"), 1);
}

/* Its worker is lost: another takes it when the lease has run out, and the lost one can no longer say anything. */
static void
test_lease_runs_out(void)
{
	struct job *lost, *again;
	int64_t     reclaimed;
	bool        dead;

	begin();
	put(JOB_REPLAY_WEBHOOK, "k");
	lost = claim();
	REQUIRE(lost != NULL);
	CHECK(job_reclaim(&work, &reclaimed) == OK);
	CHECK_INT(reclaimed, 0);
	REQUIRE(private_run(root, "UPDATE jobs SET lease_until = NOW(3) + INTERVAL 1 SECOND") == 0);
	CHECK(job_heartbeat(&work, lost) == OK);
	CHECK_INT(rows("lease_until > NOW(3) + INTERVAL 50 SECOND"), 1);
	REQUIRE(private_run(root, "UPDATE jobs SET lease_until = NOW(3) - INTERVAL 1 SECOND") == 0);
	CHECK(job_reclaim(&work, &reclaimed) == OK);
	CHECK_INT(reclaimed, 1);
	again = claim();
	REQUIRE(again != NULL);
	CHECK_INT(again->attempts, 2);
	CHECK(problem_is(job_heartbeat(&work, lost), PROBLEM_CONFLICT));
	CHECK(job_done(&work, lost) == OK);
	CHECK(job_failed(&work, lost, problem(INTERNAL, "late"), &dead) == OK);
	CHECK_INT(rows("status = 'running' AND attempts = 2 AND last_error = 'its worker was lost'"), 1);
	CHECK(job_done(&work, again) == OK);
	CHECK_INT(rows("1"), 0);
	/* what kills every worker ends as a dead letter */
	put(JOB_REPLAY_WEBHOOK, "killer");
	for (int i = 0; i < ATTEMPTS; i++) {
		CHECK(claim() != NULL);
		REQUIRE(
		    private_run(root, "UPDATE jobs SET lease_until = NOW(3) - INTERVAL 1 SECOND WHERE status = 'running'") == 0);
		CHECK(job_reclaim(&work, &reclaimed) == OK);
	}
	CHECK_INT(rows("status = 'dead'"), 1);
}

/* How many kinds come again by themselves. */
static int64_t
recurring_kinds(void)
{
	int64_t count = 0;

#define X(name, text, lane, transaction, attempts, priority, every) count += (every) > 0;
	JOB_KINDS(X)
#undef X
	return count;
}

static void
test_recurring_come_again(void)
{
	struct job *job;
	bool        dead;

	begin();
	CHECK(job_enqueue_recurring(&work) == OK);
	CHECK(job_enqueue_recurring(&work) == OK);
	CHECK_INT(rows("1"), recurring_kinds());
	CHECK_INT(rows("kind = 'purge' AND run_at > NOW(3) + INTERVAL 3000 SECOND"), 1);
	REQUIRE(private_run(root, "UPDATE jobs SET run_at = NOW(3) WHERE kind = 'expire_orders'") == 0);
	job = claim();
	REQUIRE(job != NULL);
	CHECK(job_done(&work, job) == OK);
	CHECK_INT(rows("kind = 'expire_orders' AND status = 'ready' AND attempts = 0 AND "
		       "run_at BETWEEN NOW(3) + INTERVAL 10 SECOND AND NOW(3) + INTERVAL 15 SECOND"),
	    1);
	for (int i = 0; i < ATTEMPTS * 3; i++) {
		REQUIRE(private_run(root, "UPDATE jobs SET run_at = NOW(3) WHERE kind = 'expire_orders'") == 0);
		job = claim();
		REQUIRE(job != NULL);
		CHECK(job_failed(&work, job, problem(INTERNAL, "no"), &dead) == OK);
		CHECK(!dead);
	}
	CHECK_INT(rows("kind = 'expire_orders' AND status = 'ready' AND run_at <= NOW(3) + INTERVAL 5 SECOND"), 1);
	/* asked for at once by somebody */
	put(JOB_PURGE, "purge");
	CHECK_INT(rows("kind = 'purge' AND run_at <= NOW(3)"), 1);
	CHECK_INT(rows("1"), recurring_kinds());
}

static struct job_id
make_dead(enum job_kind kind, const char *key)
{
	struct job *job;
	bool        dead;

	put(kind, key);
	job = claim();
	REQUIRE(job != NULL);
	job->max_attempts = 1;
	REQUIRE(private_run(root, "UPDATE jobs SET max_attempts = attempts WHERE status = 'running'") == 0);
	REQUIRE(job_failed(&work, job, problem(INTERNAL, "broken"), &dead) == OK && dead);
	return job->id;
}

static void
test_dead_letters(void)
{
	struct job_id      first, second, third;
	struct job_record *list, *job, *dropped;
	struct lane_counts lanes[LANE__COUNT];
	size_t             count;

	begin();
	first = make_dead(JOB_REPLAY_WEBHOOK, "k"), second = make_dead(JOB_REPLAY_WEBHOOK, "k"),
	third = make_dead(JOB_REFUND_PAYMENT, NULL);
	REQUIRE(job_list(&work, JOB_DEAD, NULL, 2, &list, &count) == OK);
	REQUIRE(count == 2);
	CHECK(ID_EQUAL(list[0].id, third) && ID_EQUAL(list[1].id, second));
	REQUIRE(job_list(&work, JOB_DEAD, &list[1].id, 2, &list, &count) == OK);
	REQUIRE(count == 1);
	CHECK(ID_EQUAL(list[0].id, first));
	REQUIRE(job_show(&work, first, &job) == OK);
	CHECK_TEXT(job->last_error, "internal_error: broken");
	CHECK_INT(job->status, JOB_DEAD);
	CHECK_TEXT(job->unique_key, "k");
	CHECK(job->lease_until == NULL);
	CHECK(problem_is(job_show(&work, NEW_ID(job_id), &job), PROBLEM_NOT_FOUND));
	REQUIRE(job_count(&work, lanes) == OK);
	CHECK_INT(lanes[LANE_WEBHOOKS].dead, 2);
	CHECK_INT(lanes[LANE_MONEY].dead, 1);
	CHECK_INT(lanes[LANE_WEBHOOKS].due, 0);
	CHECK_INT(lanes[LANE_WEBHOOKS].oldest_seconds, 0);
	CHECK_TEXT(lanes[LANE_UPKEEP].lane, "upkeep");
	CHECK_INT(lanes[LANE_UPKEEP].dead, 0);
	CHECK_INT(lanes[LANE_EVENTS].due, 0);

	CHECK(job_replay(&work, first) == OK);
	CHECK_INT(rows("status = 'ready' AND attempts = 0"), 1);
	REQUIRE(private_run(root, "UPDATE jobs SET run_at = NOW(3) - INTERVAL 100 SECOND WHERE status = 'ready'") == 0);
	happen(EVENT_ORDER_PLACED, uuid_new(), 1);
	REQUIRE(job_count(&work, lanes) == OK);
	CHECK_INT(lanes[LANE_WEBHOOKS].due, 1);
	CHECK(lanes[LANE_WEBHOOKS].oldest_seconds >= 100 && lanes[LANE_WEBHOOKS].oldest_seconds < 200);
	CHECK_INT(lanes[LANE_EVENTS].due, 1);
	CHECK(problem_is(job_replay(&work, first), PROBLEM_CONFLICT));
	CHECK(problem_is(job_replay(&work, second), PROBLEM_CONFLICT)); /* the same work is queued */
	CHECK(problem_is(job_replay(&work, NEW_ID(job_id)), PROBLEM_NOT_FOUND));
	CHECK(problem_is(job_drop(&work, first, "no use", &dropped), PROBLEM_CONFLICT));
	CHECK(problem_is(job_drop(&work, NEW_ID(job_id), "no use", &dropped), PROBLEM_NOT_FOUND));
	REQUIRE(job_drop(&work, second, "the order was paid by hand", &dropped) == OK);
	CHECK(ID_EQUAL(dropped->id, second));
	CHECK_INT(rows("status = 'dead'"), 1);
	CHECK_INT(private_value(root,
		      "SELECT COUNT(*) FROM audit_records WHERE action = 'job.dropped' AND "
		      "JSON_VALUE(before_state, '$.reason') = 'the order was paid by hand'"),
	    1);
}

static void
test_replay_all(void)
{
	int64_t replayed;

	begin();
	make_dead(JOB_REPLAY_WEBHOOK, "k"), make_dead(JOB_REPLAY_WEBHOOK, "k"), make_dead(JOB_REPLAY_WEBHOOK, "l");
	make_dead(JOB_REFUND_PAYMENT, NULL), make_dead(JOB_REFUND_PAYMENT, NULL);
	put(JOB_REPLAY_WEBHOOK, "l");
	CHECK(job_replay_all(&work, "replay_webhook", &replayed) == OK);
	CHECK_INT(replayed, 1); /* of the two with k one; l is queued anew */
	CHECK_INT(rows("status = 'ready'"), 2);
	CHECK(job_replay_all(&work, NULL, &replayed) == OK);
	CHECK_INT(replayed, 2);
	CHECK(job_replay_all(&work, NULL, &replayed) == OK);
	CHECK_INT(replayed, 0);
	CHECK_INT(rows("status = 'dead'"), 2);
}

/* The partitions of the table, in their order. */
static const char *
months(void)
{
	MYSQL_RES  *result;
	MYSQL_ROW   row;
	const char *names;

	REQUIRE(mysql_query(root,
		    "SELECT GROUP_CONCAT(partition_name ORDER BY partition_ordinal_position) FROM "
		    "information_schema.partitions WHERE table_schema = 'jobs' AND table_name = 'events'") == 0);
	result = mysql_store_result(root);
	row = mysql_fetch_row(result);
	names = arena_string(arena, row[0]);
	mysql_free_result(result);
	return names;
}

static void
put_event(const char *time, bool pending)
{
	struct instant at;
	struct uuid    id;

	REQUIRE(instant_parse(time, &at));
	id = uuid_floor(at.unix_ms);
	REQUIRE(db_run(work.db, NULL,
		    "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload, pending) "
		    "VALUES (?, 'order.placed', 'order', ?, '{}', IF(?, 1, NULL))",
		    P(id), P(id), P(pending)) == OK);
}

static struct instant
at(const char *time)
{
	struct instant instant;

	REQUIRE(instant_parse(time, &instant));
	return instant;
}

static void
test_months_are_added_and_dropped(void)
{
	begin();
	CHECK_TEXT(months(), "later");
	put_event("2024-11-30T23:59:59.999Z", false);
	put_event("2024-12-01T00:00:00.000Z", false);
	put_event("2025-02-15T12:00:00.000Z", true);
	CHECK(event_months_add(&work, at("2024-11-15T00:00:00Z")) == OK);
	CHECK_TEXT(months(), "m202411,m202412,m202501,later");
	CHECK(event_months_add(&work, at("2024-11-30T23:59:59Z")) == OK);
	CHECK_TEXT(months(), "m202411,m202412,m202501,later");
	/* Nobody made any for a while: what "later" has taken is sorted into its month. */
	CHECK(event_months_add(&work, at("2025-02-01T00:00:00Z")) == OK);
	CHECK_TEXT(months(), "m202411,m202412,m202501,m202502,m202503,m202504,later");
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events PARTITION (m202411)"), 1);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events PARTITION (m202412)"), 1);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events PARTITION (m202502)"), 1);
	/* A month goes when its last day is 30 days ago. */
	CHECK(event_months_drop(&work, at("2024-12-30T23:59:59Z")) == OK);
	CHECK_TEXT(months(), "m202411,m202412,m202501,m202502,m202503,m202504,later");
	CHECK(event_months_drop(&work, at("2024-12-31T00:00:00Z")) == OK);
	CHECK_TEXT(months(), "m202412,m202501,m202502,m202503,m202504,later");
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events"), 2);
	/* What waits to be fanned out stays, and so does what is behind it. */
	CHECK(event_months_drop(&work, at("2025-04-30T00:00:00Z")) == OK);
	CHECK_TEXT(months(), "m202502,m202503,m202504,later");
	REQUIRE(private_run(root, "UPDATE events SET pending = NULL") == 0);
	CHECK(event_months_drop(&work, at("2025-05-01T00:00:00Z")) == OK);
	CHECK_TEXT(months(), "m202504,later");
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events"), 0);
}

/* A transaction that holds the table makes the change give up, so that nobody queues behind it. */
static void
test_months_wait_for_nobody(void)
{
	MYSQL         *slow = private_connect("jobs");
	const char    *before;
	struct instant now = instant_now();
	int64_t        started, shortest = INT64_MAX;

	begin();
	before = months();
	REQUIRE(private_run(slow, "START TRANSACTION") == 0 && private_value(slow, "SELECT COUNT(*) FROM events") == 0);
	for (int tries = 0; tries < 5 && shortest >= 4000; tries++) { /* on a busy machine one of them is quick */
		started = monotonic_ms();
		CHECK(problem_is(event_months_add(&work, now), PROBLEM_DATABASE_BUSY));
		if (monotonic_ms() - started < shortest)
			shortest = monotonic_ms() - started;
	}
	CHECK(shortest < 4000);
	CHECK_TEXT(months(), before);
	REQUIRE(private_run(slow, "COMMIT") == 0);
	CHECK(event_months_add(&work, now) == OK);
	CHECK(strcmp(months(), before) != 0);
	mysql_close(slow);
}

/* Workers in processes of their own */

static volatile sig_atomic_t stopping;

static void
stop(int signal_number)
{
	(void)signal_number;
	stopping = 1;
}

static const struct problem *
handle_numbered(struct work *w, const struct job *job)
{
	struct order_paid payload;

	shared->started++;
	TRY(job_payload(w, job, &order_paid_shape, &payload));
	if (shared->taken[payload.lines]++ > 0)
		shared->twice++;
	shared->ran_at_us = monotonic_us();
	shared->ran++;
	return OK;
}

static const struct problem *
handle_slowly(struct work *w, const struct job *job)
{
	(void)w, (void)job;
	shared->started++;
	usleep(300000);
	shared->ran++;
	return OK;
}

static const struct problem *
enqueue_endlessly(struct work *w, void *argument)
{
	(void)argument;
	TRY(enqueue(w, &(struct order) { .kind = JOB_REPLAY_WEBHOOK }));
	for (;;)
		arena_alloc(w->arena, 100000);
}

static const struct problem *
handle_greedily(struct work *w, const struct job *job)
{
	(void)job;
	shared->ran++;
	return db_transaction(w, enqueue_endlessly(w, NULL));
}

static const struct problem *
handle_in_order(struct work *w, const struct job *job)
{
	struct event_notice notice;
	int64_t             number;
	int                 at;

	TRY(job_payload(w, job, &event_notice_shape, &notice));
	TRY(db_value(w->db, &number, "SELECT JSON_VALUE(payload, '$.lines') FROM events WHERE id = ?", P(notice.event)));
	at = notice.aggregate.bytes[15];
	if (shared->running[at]++ > 0 || shared->last[at] != number - 1)
		shared->disorder++;
	usleep(1000);
	shared->last[at] = (int)number;
	shared->running[at]--;
	shared->ran++;
	return OK;
}

/* Its kind is IN_TRANSACTION: what it writes is there when the job is gone, and never without. */
static const struct problem *
handle_in_transaction(struct work *w, const struct job *job)
{
	(void)job;
	shared->started++;
	TRY(job_enqueue(w, JOB_RELIST_MERCHANT, NULL, &(struct instant) { instant_now().unix_ms + 1000000 }, NULL, NULL));
	return shared->started == 1 ? problem(INTERNAL, "not the first time") : OK;
}

static const struct job_handler handlers[] = {
	{ JOB_RELIST_MERCHANT, handle_in_order },
	{ JOB_COUNT_SALES, handle_in_transaction },
	{ JOB_REPLAY_WEBHOOK, handle_numbered },
	{ JOB_REFUND_PAYMENT, handle_slowly },
	{ JOB_REFUND_ORDER, handle_greedily },
};

static pid_t
start_worker(enum job_lane lane, int doorbell)
{
	struct sigaction action = { .sa_handler = stop };
	sigset_t         term;
	pid_t            pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	sigaction(SIGTERM, &action, NULL);
	arena = arena_new(4 << 20);
	work = (struct work) { .arena = arena,
		.db = db_open(&config, arena),
		.config = &config,
		.request_id = "",
		.traceparent = "",
		.address = "" };
	job_worker_run(&work, lane, handlers, sizeof handlers / sizeof *handlers, doorbell, &stopping);
	_exit(0);
}

static void
wait_for_ran(int expected)
{
	for (int64_t until = monotonic_ms() + 15000; shared->ran < expected && monotonic_ms() < until;)
		usleep(1000);
	CHECK_INT(shared->ran, expected);
}

/* Workers that have gone to sleep: they have queued what recurs. */
static void
wait_until_idle(void)
{
	for (int64_t until = monotonic_ms() + 15000; rows("kind = 'purge'") == 0 && monotonic_ms() < until;)
		usleep(1000);
	usleep(100000);
}

static void
end_worker(pid_t pid)
{
	int status;

	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	CHECK_INT(status, 0);
}

static void
test_no_job_is_taken_twice(void)
{
	pid_t workers[4];
	int   doorbell;

	begin();
	doorbell = doorbell_bind(config.run_directory, "webhooks");
	REQUIRE(doorbell >= 0);
	for (int64_t i = 1; i <= 100; i++)
		REQUIRE(db_transaction(&work, enqueue(&work, &(struct order) { .kind = JOB_REPLAY_WEBHOOK, .number = i })) == OK);
	for (size_t i = 0; i < 4; i++)
		workers[i] = start_worker(LANE_WEBHOOKS, doorbell);
	wait_for_ran(100);
	for (size_t i = 0; i < 4; i++)
		end_worker(workers[i]);
	CHECK_INT(shared->twice, 0);
	CHECK_INT(rows("kind = 'replay_webhook'"), 0);
	close(doorbell);
}

static void
test_doorbell_wakes(void)
{
	pid_t   worker;
	int     doorbell;
	int64_t best = INT64_MAX, rung;

	begin();
	doorbell = doorbell_bind(config.run_directory, "webhooks");
	worker = start_worker(LANE_WEBHOOKS, doorbell);
	wait_until_idle();
	for (int i = 1; i <= 5; i++) {
		put(JOB_REPLAY_WEBHOOK, NULL);
		rung = monotonic_us();
		wait_for_ran(i);
		if (shared->ran_at_us - rung < best)
			best = shared->ran_at_us - rung;
	}
	CHECK(best < 50000);
	end_worker(worker);
	close(doorbell);
	put(JOB_REPLAY_WEBHOOK, NULL); /* nobody listens: no harm */
	unlink(arena_format(arena, "%s/doorbell-webhooks", config.run_directory));
	put(JOB_REPLAY_WEBHOOK, NULL);
}

/* Two rings for two sleeping workers: a worker that is busy must not have answered for the other. */
static void
test_two_rings_wake_two(void)
{
	pid_t   workers[2];
	int     doorbell;
	int64_t best = INT64_MAX;

	begin();
	doorbell = doorbell_bind(config.run_directory, "money");
	workers[0] = start_worker(LANE_MONEY, doorbell), workers[1] = start_worker(LANE_MONEY, doorbell);
	/* One after the other they take twice 300 ms each time; the best of five, for the machine has other things to do. */
	for (int i = 1; i <= 5 && best >= 590; i++) {
		int64_t started;

		wait_until_idle();
		started = monotonic_ms();
		put(JOB_REFUND_PAYMENT, NULL), put(JOB_REFUND_PAYMENT, NULL);
		wait_for_ran(2 * i);
		if (monotonic_ms() - started < best)
			best = monotonic_ms() - started;
	}
	CHECK(best < 590);
	end_worker(workers[0]), end_worker(workers[1]);
	close(doorbell);
}

static void
test_running_job_is_finished(void)
{
	pid_t worker;
	int   doorbell;

	begin();
	doorbell = doorbell_bind(config.run_directory, "money");
	put(JOB_REFUND_PAYMENT, NULL), put(JOB_REFUND_PAYMENT, NULL);
	worker = start_worker(LANE_MONEY, doorbell);
	while (shared->started == 0)
		usleep(1000);
	end_worker(worker);
	CHECK_INT(shared->started, 1);
	CHECK_INT(rows("kind = 'refund_payment' AND status = 'ready'"), 1);
	close(doorbell);
}

static void
test_greedy_job_fails_alone(void)
{
	pid_t worker;
	int   doorbell;

	begin();
	doorbell = doorbell_bind(config.run_directory, "money");
	put(JOB_REFUND_ORDER, NULL);
	worker = start_worker(LANE_MONEY, doorbell);
	wait_for_ran(1);
	while (rows("kind = 'refund_order' AND last_error LIKE 'overloaded: %' AND status = 'ready'") == 0)
		usleep(1000);
	CHECK_INT(rows("kind = 'replay_webhook'"), 0); /* what it had begun is undone */
	put(JOB_REFUND_PAYMENT, NULL);
	wait_for_ran(2);
	end_worker(worker);
	close(doorbell);
}

static void
test_unknown_kind_fails(void)
{
	pid_t worker;
	int   doorbell;

	begin();
	doorbell = doorbell_bind(config.run_directory, "webhooks");
	REQUIRE(
	    private_run(root, "INSERT INTO jobs (id, kind, lane) VALUES (RANDOM_BYTES(16), 'from_the_future', 'webhooks')") == 0);
	worker = start_worker(LANE_WEBHOOKS, doorbell);
	while (rows("kind = 'from_the_future' AND last_error LIKE '%no handler%'") == 0)
		usleep(1000);
	end_worker(worker);
	close(doorbell);
}

/* The connection is killed while a job runs and while the worker sleeps. */
static void
test_worker_survives_lost_connections(void)
{
	static const char kill_all[] = "BEGIN NOT ATOMIC FOR c IN (SELECT id FROM information_schema.processlist "
				       "WHERE id <> CONNECTION_ID() AND db = 'jobs') DO KILL c.id; END FOR; END";
	pid_t             worker;
	int               doorbell;

	begin();
	doorbell = doorbell_bind(config.run_directory, "money");
	put(JOB_REFUND_PAYMENT, NULL);
	worker = start_worker(LANE_MONEY, doorbell);
	while (shared->started == 0)
		usleep(1000);
	REQUIRE(private_run(root, kill_all) == 0);
	wait_for_ran(1);
	while (rows("kind = 'refund_payment'") != 0)
		usleep(1000);
	wait_until_idle();
	REQUIRE(private_run(root, kill_all) == 0);
	put(JOB_REFUND_PAYMENT, NULL);
	wait_for_ran(2);
	end_worker(worker);
	close(doorbell);
}

/* kill -9 in the middle of a job: another worker takes it when the lease has run out. */
static void
test_killed_worker_loses_nothing(void)
{
	pid_t worker;
	int   doorbell;

	begin();
	doorbell = doorbell_bind(config.run_directory, "money");
	put(JOB_REFUND_PAYMENT, NULL);
	worker = start_worker(LANE_MONEY, doorbell);
	while (shared->started == 0)
		usleep(1000);
	kill(worker, SIGKILL);
	waitpid(worker, NULL, 0);
	CHECK_INT(rows("kind = 'refund_payment' AND status = 'running'"), 1);
	REQUIRE(private_run(root, "UPDATE jobs SET lease_until = NOW(3) - INTERVAL 1 SECOND WHERE status = 'running'") == 0);
	worker = start_worker(LANE_MONEY, doorbell);
	wait_for_ran(1);
	end_worker(worker);
	CHECK_INT(shared->started, 2);
	CHECK_INT(rows("kind = 'refund_payment'"), 0);
	close(doorbell);
}

/* Twenty events of each of three things, two workers: each thing's one after the other. */
static void
test_two_workers_keep_the_order(void)
{
	pid_t workers[2], events;
	int   doorbell, for_events;

	begin();
	doorbell = doorbell_bind(config.run_directory, "upkeep");
	for_events = doorbell_bind(config.run_directory, "events");
	events = start_worker(LANE_EVENTS, for_events);
	workers[0] = start_worker(LANE_UPKEEP, doorbell), workers[1] = start_worker(LANE_UPKEEP, doorbell);
	for (int number = 1; number <= 20; number++)
		for (unsigned char thing = 1; thing <= 3; thing++)
			happen(EVENT_MERCHANT_ACTIVATED, (struct uuid) { { [15] = thing } }, number);
	wait_for_ran(60);
	end_worker(events), end_worker(workers[0]), end_worker(workers[1]);
	CHECK_INT(shared->disorder, 0);
	CHECK_INT(rows("kind = 'relist_merchant'"), 0);
	close(doorbell), close(for_events);
}

/* From the commit of an event to its job's run: two rings, no poll. */
static void
test_events_are_fanned_out_at_once(void)
{
	pid_t   worker, events;
	int     doorbell, for_events;
	int64_t best = INT64_MAX;

	begin();
	doorbell = doorbell_bind(config.run_directory, "upkeep");
	for_events = doorbell_bind(config.run_directory, "events");
	events = start_worker(LANE_EVENTS, for_events), worker = start_worker(LANE_UPKEEP, doorbell);
	wait_until_idle();
	for (int number = 1; number <= 5; number++) {
		int64_t began = monotonic_us();

		happen(EVENT_MERCHANT_ACTIVATED, (struct uuid) { { [15] = 1 } }, number);
		wait_for_ran(number);
		if (monotonic_us() - began < best)
			best = monotonic_us() - began;
	}
	CHECK(best < 100000);
	end_worker(events), end_worker(worker);
	close(doorbell), close(for_events);
}

/* A lane that hangs: the others go on. */
static void
test_slow_lane_delays_no_other(void)
{
	pid_t money, webhooks;
	int   for_money, for_webhooks;

	begin();
	for_money = doorbell_bind(config.run_directory, "money"), for_webhooks = doorbell_bind(config.run_directory, "webhooks");
	for (int i = 0; i < 20; i++)
		put(JOB_REFUND_PAYMENT, NULL); /* 300 ms each */
	put(JOB_REPLAY_WEBHOOK, NULL);
	money = start_worker(LANE_MONEY, for_money), webhooks = start_worker(LANE_WEBHOOKS, for_webhooks);
	while (rows("kind = 'replay_webhook'") > 0)
		usleep(1000);
	CHECK(rows("kind = 'refund_payment'") > 10);
	end_worker(money), end_worker(webhooks);
	close(for_money), close(for_webhooks);
}

static void
test_in_transaction_is_done_once(void)
{
	pid_t worker;
	int   doorbell;

	begin();
	doorbell = doorbell_bind(config.run_directory, "upkeep");
	put(JOB_COUNT_SALES, NULL);
	worker = start_worker(LANE_UPKEEP, doorbell);
	while (rows("kind = 'count_sales' AND last_error LIKE '%not the first time'") == 0)
		usleep(1000);
	CHECK_INT(rows("kind = 'relist_merchant'"), 0); /* undone */
	REQUIRE(private_run(root, "UPDATE jobs SET run_at = NOW(3) WHERE kind = 'count_sales'") == 0);
	put(JOB_INVALIDATE_TREE, NULL); /* rings */
	while (rows("kind = 'count_sales'") > 0)
		usleep(1000);
	CHECK_INT(rows("kind = 'relist_merchant'"), 1);
	end_worker(worker);
	close(doorbell);
}

/* Its lease ran out while it worked: what the other worker does counts. */
static void
test_lost_lease_undoes_the_transaction(void)
{
	struct job *lost, *again;
	int64_t     reclaimed;

	begin();
	put(JOB_COUNT_SALES, NULL);
	lost = claim();
	REQUIRE(private_run(root, "UPDATE jobs SET lease_until = NOW(3) - INTERVAL 1 SECOND") == 0);
	REQUIRE(job_reclaim(&work, &reclaimed) == OK);
	again = claim();
	REQUIRE(lost != NULL && again != NULL);
	shared->started = 1;
	CHECK(problem_is(job_run_and_finish(&work, lost, handle_in_transaction), PROBLEM_CONFLICT));
	CHECK_INT(rows("kind = 'relist_merchant'"), 0);
	CHECK(job_run_and_finish(&work, again, handle_in_transaction) == OK);
	CHECK_INT(rows("kind = 'relist_merchant'"), 1);
	CHECK_INT(rows("kind = 'count_sales'"), 0);
}

static const struct test tests[] = {
	TEST(test_events_follow_their_transaction),
	TEST(test_distinct_events_are_not_merged),
	TEST(test_late_commits_are_fanned_out),
	TEST(test_many_events_in_batches),
	TEST(test_killed_fan_out_loses_nothing),
	TEST(test_order_per_aggregate),
	TEST(test_replayed_job_has_its_place),
	TEST(test_replay_waits_for_who_is_taking_one),
	TEST(test_jobs_follow_their_transaction),
	TEST(test_priority_then_time),
	TEST(test_renewals_go_last),
	TEST(test_waiting_is_no_attempt),
	TEST(test_lanes_are_apart),
	TEST(test_same_work_is_queued_once),
	TEST(test_asked_again_while_running),
	TEST(test_failure_backs_off_then_dies),
	TEST(test_error_is_cut_at_a_character),
	TEST(test_lease_runs_out),
	TEST(test_recurring_come_again),
	TEST(test_dead_letters),
	TEST(test_replay_all),
	TEST(test_months_are_added_and_dropped),
	TEST(test_months_wait_for_nobody),
	TEST(test_no_job_is_taken_twice),
	TEST(test_doorbell_wakes),
	TEST(test_two_rings_wake_two),
	TEST(test_running_job_is_finished),
	TEST(test_greedy_job_fails_alone),
	TEST(test_unknown_kind_fails),
	TEST(test_worker_survives_lost_connections),
	TEST(test_killed_worker_loses_nothing),
	TEST(test_two_workers_keep_the_order),
	TEST(test_events_are_fanned_out_at_once),
	TEST(test_slow_lane_delays_no_other),
	TEST(test_in_transaction_is_done_once),
	TEST(test_lost_lease_undoes_the_transaction),
};

int
main(int argc, char **argv)
{
	char directory[200];

	(void)argc;
	private_database(argv);
	snprintf(directory, sizeof directory, "%.*s", (int)(strrchr(private_socket(), '/') - private_socket()), private_socket());
	root = private_connect("jobs");
	arena = arena_new(64 << 20);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	config.run_directory = directory;
	config.database.socket = private_socket();
	config.database.host = "";
	config.database.user = "root";
	config.database.password = "";
	config.database.name = "jobs";
	config.database.connect_timeout_seconds = 5;
	config.database.io_timeout_seconds = 10;
	config.database.statement_timeout_ms = 5000;
	config.database.lock_wait_seconds = 5;
	config.jobs.lease_seconds = LEASE_SECONDS;
	config.jobs.attempts = ATTEMPTS;
	config.jobs.backoff_max_seconds = BACKOFF_MAX;
	config.jobs.poll_seconds = POLL_SECONDS;
	config.jobs.event_days = 30;
	if (shared == MAP_FAILED)
		return 99;
	create_tables();
	return run_suite("jobs", tests, sizeof tests / sizeof *tests);
}
