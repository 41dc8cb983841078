/*
 * dead_letter.h: looking into the queue, and what is done about the jobs that failed for good.  For haatctl and the API.
 */
#ifndef DEAD_LETTER_H
#define DEAD_LETTER_H

#include "base/shape.h"

struct work;

enum job_status { JOB_READY, JOB_RUNNING, JOB_DONE, JOB_DEAD, JOB_STATUS__COUNT };

extern const char *const job_status_values[];

/* A job as it stands in the queue. */
struct job_record {
	struct job_id   id;
	const char     *kind, *payload;
	int             status; /* enum job_status */
	int64_t         priority, attempts, max_attempts;
	struct instant  run_at, created_at, updated_at;
	struct instant *lease_until; /* NULL: not running */
	const char     *unique_key, *worker, *last_error; /* or NULL */
};
SHAPE_DECLARE(struct job_record, job_record_shape);

struct job_counts {
	int64_t ready, running, dead;
	int64_t oldest_seconds; /* since when the job that has waited longest is due; 0: none waits */
};

/* Jobs of a status, newest first, those older than `before` (NULL: from the newest). */
const struct problem *job_list(struct work *work, enum job_status status, const struct job_id *before, size_t limit,
    struct job_record **jobs, size_t *count);

/* One job; NOT_FOUND. */
const struct problem *job_show(struct work *work, struct job_id id, struct job_record **job);

/* How full the queue is. */
const struct problem *job_count(struct work *work, struct job_counts *counts);

/* A dead job goes back into the queue with all its attempts.  NOT_FOUND; CONFLICT when it is not dead, or queued anew. */
const struct problem *job_replay(struct work *work, struct job_id id);

/* All dead jobs of a kind (NULL: of any), but those whose work is queued anew; at most 1000 at once. */
const struct problem *job_replay_all(struct work *work, const char *kind, int64_t *replayed);

/* A dead job is given up; the reason is kept with it.  NOT_FOUND; CONFLICT when it is not dead. */
const struct problem *job_drop(struct work *work, struct job_id id, const char *reason);

#endif
