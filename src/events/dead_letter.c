/* What stands in the queue, and what an operator does about it. */
#include "events/dead_letter.h"

#include "base/arena.h"
#include "events/doorbell.h"
#include "events/job.h"
#include "store/db.h"
#include "store/work.h"

#include <assert.h>
#include <limits.h>

const char *const job_status_values[] = { "ready", "running", "done", "dead", NULL };

static const struct member record_members[] = {
	M_ID(struct job_record, id, "id"),
	M_TEXT(struct job_record, kind, "kind", 64, .required = true, .example = "\"refund_payment\""),
	M_ENUM(struct job_record, status, "status", job_status_values),
	M_INTEGER(struct job_record, priority, "priority", -128, 127),
	M_INTEGER(struct job_record, attempts, "attempts", 0, INT_MAX),
	M_INTEGER(struct job_record, max_attempts, "max_attempts", 1, INT_MAX),
	M_TIME(struct job_record, run_at, "run_at", .description = "When it runs, or was to run."),
	M_TIME(struct job_record, lease_until, "lease_until", .description = "Until when its worker may work on it."),
	M_TEXT(struct job_record, worker, "worker", 64, .example = "\"host:4711\""),
	M_TEXT(struct job_record, unique_key, "unique_key", 191),
	M_TEXT(struct job_record, last_error, "last_error", 500, .multiline = true),
	M_TEXT(struct job_record, payload, "payload", 60000, .required = true, .multiline = true, .example = "\"{}\"",
	    .description = "The job's own data, JSON in a string."),
	M_TIME(struct job_record, created_at, "created_at"),
	M_TIME(struct job_record, updated_at, "updated_at"),
};
SHAPE_SHARED(struct job_record, job_record_shape, "Job", record_members);

const struct problem *
job_list(struct work *work, enum job_status status, const struct job_id *before, size_t limit, struct job_record **jobs,
    size_t *count)
{
	struct job_id newest;

	assert(status < JOB_STATUS__COUNT);
	memset(&newest, 0xff, sizeof newest);
	return db_rows(work->db, &job_record_shape, limit, jobs, count,
	    "SELECT {j} FROM jobs j WHERE j.status = ? AND j.id < ? ORDER BY j.id DESC LIMIT ?",
	    P(job_status_values[status]), P(before == NULL ? newest : *before), P(limit));
}

const struct problem *
job_show(struct work *work, struct job_id id, struct job_record **job)
{
	return db_one(work->db, &job_record_shape, job, "SELECT {j} FROM jobs j WHERE j.id = ?", P(id));
}

static const struct member count_members[] = {
	M_INTEGER(struct job_counts, ready, "ready", 0, INT64_MAX),
	M_INTEGER(struct job_counts, running, "running", 0, INT64_MAX),
	M_INTEGER(struct job_counts, dead, "dead", 0, INT64_MAX),
	M_INTEGER(struct job_counts, oldest_seconds, "oldest_seconds", 0, INT64_MAX),
};
SHAPE(struct job_counts, count_shape, "JobCounts", count_members);

const struct problem *
job_count(struct work *work, struct job_counts *counts)
{
	struct job_counts *row;

	TRY(db_row(work->db, &count_shape, &row,
	    "SELECT (SELECT COUNT(*) FROM jobs WHERE status = 'ready' AND run_at <= NOW(3)) AS ready, "
	    "(SELECT COUNT(*) FROM jobs WHERE status = 'running') AS running, "
	    "(SELECT COUNT(*) FROM jobs WHERE status = 'dead') AS dead, "
	    "(SELECT GREATEST(0, TIMESTAMPDIFF(SECOND, MIN(run_at), NOW(3))) FROM jobs WHERE status = 'ready' "
	    "AND run_at <= NOW(3)) AS oldest_seconds"));
	*counts = *row;
	return OK;
}

struct letter {
	struct job_id id;
	const char   *kind, *reason;
	int64_t       changed;
};

static const struct problem *
replay_one(struct work *work, void *argument)
{
	struct letter *letter = argument;

	TRY(db_run(work->db, &letter->changed,
	    "UPDATE jobs SET status = 'ready', attempts = 0, run_at = NOW(3) WHERE id = ? AND status = 'dead'", P(letter->id)));
	doorbell_ring_after_commit(work);
	return OK;
}

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
	struct letter         letter = { .id = id };
	const struct problem *problem = db_transaction(work, replay_one(work, &letter));

	if (db_duplicate(work->db, problem, "uq_jobs_live_key"))
		return problem(CONFLICT, "the same work stands in the queue already");
	TRY(problem);
	return letter.changed == 1 ? OK : why_unchanged(work, id);
}

/* Dead letters with one key: the newest is enough. */
static const struct problem *
replay_all(struct work *work, void *argument)
{
	struct letter *letter = argument;

	TRY(db_run(work->db, &letter->changed,
	    "UPDATE jobs SET status = 'ready', attempts = 0, run_at = NOW(3) WHERE id IN (SELECT id FROM ("
	    "SELECT MAX(dead.id) AS id FROM jobs AS dead WHERE dead.status = 'dead' AND (? IS NULL OR dead.kind = ?) "
	    "AND (dead.unique_key IS NULL OR NOT EXISTS (SELECT 1 FROM jobs AS live WHERE live.live_key = dead.unique_key)) "
	    "GROUP BY COALESCE(dead.unique_key, HEX(dead.id)) ORDER BY id LIMIT 1000) AS chosen)",
	    P(letter->kind), P(letter->kind)));
	doorbell_ring_after_commit(work);
	return OK;
}

const struct problem *
job_replay_all(struct work *work, const char *kind, int64_t *replayed)
{
	struct letter letter = { .kind = kind };

	*replayed = 0;
	TRY(db_transaction(work, replay_all(work, &letter)));
	*replayed = letter.changed;
	return OK;
}

static const struct problem *
drop_one(struct work *work, void *argument)
{
	struct letter *letter = argument;

	return db_run(work->db, &letter->changed,
	    "UPDATE jobs SET status = 'done', last_error = LEFT(CONCAT('dropped: ', ?), 500) WHERE id = ? AND status = 'dead'",
	    P(letter->reason), P(letter->id));
}

const struct problem *
job_drop(struct work *work, struct job_id id, const char *reason)
{
	struct letter letter = { .id = id, .reason = reason };

	TRY(db_transaction(work, drop_one(work, &letter)));
	return letter.changed == 1 ? OK : why_unchanged(work, id);
}
