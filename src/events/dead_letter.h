/*
 * dead_letter.h: looking into the queue, and what is done about the jobs that failed for good.  For haatctl and the API.
 */
#ifndef DEAD_LETTER_H
#define DEAD_LETTER_H

#include "base/shape.h"
#include "events/job.h"

struct listed;
struct page_request;
struct work;

enum job_status { JOB_READY, JOB_RUNNING, JOB_DEAD, JOB_STATUS__COUNT };

extern const char *const job_status_values[];

/* A job as it stands in the queue. */
struct job_record {
	struct job_id   id;
	const char     *kind, *lane, *payload;
	int             status; /* enum job_status */
	int64_t         priority, attempts, max_attempts;
	int64_t         done;  /* how far it has come */
	int64_t        *total; /* of so many; NULL: nobody knows */
	struct instant  run_at, created_at, updated_at;
	struct instant *lease_until;                                  /* NULL: not running */
	const char     *unique_key, *order_key, *worker, *last_error; /* or NULL */
};
SHAPE_DECLARE(struct job_record, job_record_shape);

/* How full a lane is. */
struct lane_counts {
	const char *lane;
	int64_t     due, running, dead;
	int64_t     oldest_seconds; /* since when the job that has waited longest is due; 0: none waits */
};

/* Jobs of a status, newest first, those older than `before` (NULL: from the newest). */
const struct problem *job_list(struct work *work, enum job_status status, const struct job_id *before, size_t limit,
    struct job_record **jobs, size_t *count);

/* Each NULL: any. */
struct job_filters {
	const int  *status; /* enum job_status */
	const char *kind, *lane;
};

/* Jobs, newest first. */
const struct problem *list_job_records(struct work *work, const struct job_filters *filters, const struct page_request *page,
    struct job_record **jobs, struct listed *listed);

/* One job; NOT_FOUND. */
const struct problem *job_show(struct work *work, struct job_id id, struct job_record **job);

/*
 * How full each lane is, in the order of JOB_LANES, in one statement; in the lane `events`, which has no jobs, due are the
 * events that wait to be fanned out.
 */
const struct problem *job_count(struct work *work, struct lane_counts counts[LANE__COUNT]);

/* A dead job is put back into the queue with all its attempts.  NOT_FOUND; CONFLICT when it is not dead, or queued anew. */
const struct problem *job_replay(struct work *work, struct job_id id);

/*
 * By hand, with a reason for the audit trail: a dead job is put back as job_replay does, one that waits for its time is due now;
 * `priority` NULL: as it was.  NOT_FOUND; CONFLICT when it runs, or is queued anew.
 */
const struct problem *job_retry(struct work *work, struct job_id id, const int64_t *priority, const char *reason);

/* All dead jobs of a kind (NULL: of any), but those whose work is queued anew; at most 1000 at once. */
const struct problem *job_replay_all(struct work *work, const char *kind, int64_t *replayed);

/*
 * A dead job is given up and deleted; the audit trail keeps what it was and why; *dropped: as it was.  NOT_FOUND; CONFLICT when it
 * is not dead.
 */
const struct problem *job_drop(struct work *work, struct job_id id, const char *reason, struct job_record **dropped);

#endif
