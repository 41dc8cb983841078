/* What stands in the queue, and what an operator does about it. */
#include "events/dead_letter.h"

#include "base/arena.h"
#include "events/audit.h"
#include "events/doorbell.h"
#include "store/db.h"
#include "store/list.h"
#include "store/work.h"

#include <assert.h>
#include <limits.h>

const char *const job_status_values[] = { "ready", "running", "dead", NULL };

static const struct member record_members[] = {
	M_ID(struct job_record, id, "id"),
	M_TEXT(struct job_record, kind, "kind", 64, .required = true, .example = "\"refund_payment\""),
	M_TEXT(struct job_record, lane, "lane", 16, .required = true, .example = "\"money\""),
	M_ENUM(struct job_record, status, "status", job_status_values),
	M_INTEGER(struct job_record, priority, "priority", -128, 127),
	M_INTEGER(struct job_record, attempts, "attempts", 0, INT_MAX),
	M_INTEGER(struct job_record, max_attempts, "max_attempts", 1, INT_MAX),
	M_INTEGER(struct job_record, done, "done", 0, INT64_MAX, .description = "How far it has come."),
	M_INTEGER(struct job_record, total, "total", 0, INT64_MAX, .description = "Of so many; null: nobody knows yet."),
	M_TIME(struct job_record, run_at, "run_at", .description = "When it is or was scheduled to run."),
	M_TIME(struct job_record, lease_until, "lease_until", .description = "When its worker's lease expires."),
	M_TEXT(struct job_record, worker, "worker", 64, .example = "\"host:4711\""),
	M_TEXT(struct job_record, unique_key, "unique_key", 191),
	M_TEXT(struct job_record, order_key, "order_key", 100),
	M_TEXT(struct job_record, last_error, "last_error", 500, .multiline = true),
	M_TEXT(struct job_record, payload, "payload", 60000, .required = true, .multiline = true, .example = "\"{}\"",
	    .description = "The job's data, as a JSON string."),
	M_TIME(struct job_record, created_at, "created_at"),
	M_TIME(struct job_record, updated_at, "updated_at"),
};
SHAPE_SHARED(struct job_record, job_record_shape, "Job", record_members);

const struct problem *
job_list(
    struct work *work, enum job_status status, const struct job_id *before, size_t limit, struct job_record **jobs, size_t *count)
{
	struct job_id newest;

	assert(status < JOB_STATUS__COUNT);
	memset(&newest, 0xff, sizeof newest);
	return db_rows(work->db, &job_record_shape, limit, jobs, count,
	    "SELECT {j} FROM jobs j WHERE j.status = ? AND j.id < ? ORDER BY j.id DESC LIMIT ?", P(job_status_values[status]),
	    P(before == NULL ? newest : *before), P(limit));
}

/* Few of many may be what a filter wants: the walk ends there, and the page has a neighbour. */
enum { WALK_ROWS = 5000 };

static const struct list_order newest_first[] = { { .id = "j.id", .descending = true } };

const struct problem *
list_job_records(struct work *work, const struct job_filters *filters, const struct page_request *page, struct job_record **jobs,
    struct listed *listed)
{
	const char *status = filters->status == NULL ? NULL : job_status_values[*filters->status];
	struct list list = list_begin(work, "SELECT {j}", "FROM jobs j"),
		    walked = list_begin(work, "SELECT j.id AS id", "FROM jobs j");

	list_filter(&list, "j.status = ?", P(status));
	list_filter(&walked, "j.status = ?", P(status));
	if (filters->kind == NULL && filters->lane == NULL)
		return list_page(&list, &job_record_shape, newest_first, page, jobs, listed);
	list_filter(&list, "j.kind = ?", P(filters->kind));
	list_filter(&list, "j.lane = ?", P(filters->lane));
	return list_page_walked(&list, &walked, WALK_ROWS, &job_record_shape, newest_first, page, jobs, listed);
}

const struct problem *
job_show(struct work *work, struct job_id id, struct job_record **job)
{
	return db_one(work->db, &job_record_shape, job, "SELECT {j} FROM jobs j WHERE j.id = ?", P(id));
}

/* Which lanes have something to do now nobody has asked. */
static void
ring_all(struct work *work)
{
	for (enum job_lane lane = 0; lane < LANE__COUNT; lane++)
		doorbell_ring_after_commit(work, job_lane_name(lane));
}

static const struct member counts_members[] = {
	M_TEXT(struct lane_counts, lane, "lane", 16),
	M_INTEGER(struct lane_counts, due, "due", 0, INT64_MAX),
	M_INTEGER(struct lane_counts, running, "running", 0, INT64_MAX),
	M_INTEGER(struct lane_counts, dead, "dead", 0, INT64_MAX),
	M_INTEGER(struct lane_counts, oldest_seconds, "oldest_seconds", 0, INT64_MAX),
};
SHAPE(struct lane_counts, counts_shape, "LaneCounts", counts_members);

/* Rows of the table as one of each lane; a lane that this program does not know is left out. */
const struct problem *
job_count(struct work *work, struct lane_counts counts[LANE__COUNT])
{
	enum { LANES_MAX = 100 };
	struct lane_counts *rows;
	size_t              n;

	TRY(db_rows(work->db, &counts_shape, LANES_MAX, &rows, &n,
	    "SELECT lane, SUM(status = 'ready' AND run_at <= NOW(3)) AS due, SUM(status = 'running') AS running, "
	    "SUM(status = 'dead') AS dead, "
	    "IFNULL(MAX(IF(status = 'ready' AND run_at <= NOW(3), TIMESTAMPDIFF(SECOND, run_at, NOW(3)), 0)), 0) AS oldest_seconds "
	    "FROM jobs GROUP BY lane "
	    "UNION ALL SELECT 'events', COUNT(*), 0, 0, "
	    "IFNULL(GREATEST(0, TIMESTAMPDIFF(SECOND, MIN(created_at), NOW(3))), 0) FROM events WHERE pending = 1"));
	for (enum job_lane lane = 0; lane < LANE__COUNT; lane++) {
		counts[lane] = (struct lane_counts) { .lane = job_lane_name(lane) };
		for (size_t i = 0; i < n; i++)
			if (strcmp(rows[i].lane, counts[lane].lane) == 0)
				counts[lane] = rows[i];
	}
	return OK;
}

/*
 * A job that comes back goes before those of its order key that have not begun, but not beside one that has.  Whoever takes a
 * job holds its row until it is seen to run: so the rows of its key are locked before it is ready, and nobody takes two.
 */
static const struct problem *
replay_one(struct work *work, struct job_id id, int64_t *changed)
{
	int64_t locked;

	TRY(db_value(work->db, &locked,
	    "SELECT COUNT(*) FROM jobs j WHERE j.order_key = (SELECT k.order_key FROM jobs k WHERE k.id = ?) FOR UPDATE", P(id)));
	TRY(db_run(work->db, changed,
	    "UPDATE jobs SET status = 'ready', attempts = 0, run_at = NOW(3) WHERE id = ? AND status = 'dead'", P(id)));
	ring_all(work);
	return OK;
}

/* What the audit trail keeps beside the two states. */
struct retry_reason {
	const char *reason;
};

static const struct member retry_reason_members[] = {
	M_TEXT(struct retry_reason, reason, "reason", 500, .multiline = true),
};
SHAPE(struct retry_reason, retry_reason_shape, "RetryReason", retry_reason_members);

/* Nothing changed: is there no such job, or is it not dead? */
static const struct problem *
why_unchanged(struct work *work, struct job_id id)
{
	struct job_record *job;

	TRY(job_show(work, id, &job));
	return problem(CONFLICT, "the job is not a dead letter");
}

const struct problem *
job_replay(struct work *work, struct job_id id)
{
	int64_t               changed;
	const struct problem *problem = db_transaction(work, replay_one(work, id, &changed));

	if (db_duplicate(work->db, problem, "uq_jobs_live_key"))
		return problem(CONFLICT, "an identical job is already queued");
	TRY(problem);
	return changed == 1 ? OK : why_unchanged(work, id);
}

static const struct problem *
retry(struct work *work, struct job_id id, const int64_t *priority, const char *reason)
{
	struct job_record *before, *after;
	int64_t            changed;

	TRY(job_show(work, id, &before));
	if (before->status == JOB_RUNNING)
		return problem(CONFLICT, "the job is running");
	if (before->status == JOB_DEAD)
		TRY(replay_one(work, id, &changed));
	TRY(db_run(work->db, &changed,
	    "UPDATE jobs SET run_at = LEAST(run_at, NOW(3)), priority = COALESCE(?, priority) WHERE id = ? AND status = 'ready'",
	    P(priority), P(id)));
	if (changed == 0)
		return problem(CONFLICT, "the job has begun to run meanwhile");
	ring_all(work);
	TRY(job_show(work, id, &after));
	TRY(audit_record(work, "job.retried", "job", id.uuid, &job_record_shape, before, after));
	return audit_record(work, "job.reason", "job", id.uuid, &retry_reason_shape, NULL, &(struct retry_reason) { reason });
}

const struct problem *
job_retry(struct work *work, struct job_id id, const int64_t *priority, const char *reason)
{
	const struct problem *problem = db_transaction(work, retry(work, id, priority, reason));

	return db_duplicate(work->db, problem, "uq_jobs_live_key") ? problem(CONFLICT, "an identical job is already queued")
								   : problem;
}

/* Dead letters with one key: the newest is enough. */
static const struct problem *
replay_all(struct work *work, const char *kind, int64_t *changed)
{
	int64_t locked;

	TRY(db_value(work->db, &locked,
	    "SELECT COUNT(*) FROM jobs j WHERE j.order_key IN (SELECT dead.order_key FROM jobs AS dead WHERE dead.status = 'dead' "
	    "AND (? IS NULL OR dead.kind = ?)) FOR UPDATE",
	    P(kind), P(kind)));
	TRY(db_run(work->db, changed,
	    "UPDATE jobs SET status = 'ready', attempts = 0, run_at = NOW(3) WHERE id IN (SELECT id FROM ("
	    "SELECT MAX(dead.id) AS id FROM jobs AS dead WHERE dead.status = 'dead' AND (? IS NULL OR dead.kind = ?) "
	    "AND (dead.unique_key IS NULL OR NOT EXISTS (SELECT 1 FROM jobs AS live WHERE live.live_key = dead.unique_key)) "
	    "GROUP BY COALESCE(dead.unique_key, HEX(dead.id)) ORDER BY id LIMIT 1000) AS chosen)",
	    P(kind), P(kind)));
	ring_all(work);
	return OK;
}

const struct problem *
job_replay_all(struct work *work, const char *kind, int64_t *replayed)
{
	*replayed = 0;
	return db_transaction(work, replay_all(work, kind, replayed));
}

/* What the audit trail keeps of it. */
struct dropped_job {
	const char *kind, *payload, *last_error, *reason;
};

static const struct member dropped_members[] = {
	M_TEXT(struct dropped_job, kind, "kind", 64),
	M_TEXT(struct dropped_job, payload, "payload", 60000, .multiline = true),
	M_TEXT(struct dropped_job, last_error, "last_error", 500, .multiline = true),
	M_TEXT(struct dropped_job, reason, "reason", 500, .multiline = true),
};
SHAPE(struct dropped_job, dropped_shape, "DroppedJob", dropped_members);

static const struct problem *
drop(struct work *work, struct job_id id, const char *reason, struct job_record **dropped)
{
	struct job_record *job;
	int64_t            deleted;

	TRY(job_show(work, id, &job));
	*dropped = job;
	TRY(db_run(work->db, &deleted, "DELETE FROM jobs WHERE id = ? AND status = 'dead'", P(id)));
	if (deleted == 0)
		return problem(CONFLICT, "the job is not a dead letter");
	return audit_record(work, "job.dropped", "job", id.uuid, &dropped_shape,
	    &(struct dropped_job) { job->kind, job->payload, job->last_error, reason }, NULL);
}

const struct problem *
job_drop(struct work *work, struct job_id id, const char *reason, struct job_record **dropped)
{
	return db_transaction(work, drop(work, id, reason, dropped));
}
