/*
 * worker.h: the loop of a haat-jobs worker: wait for its lane's doorbell, take a job of the lane, run its handler, write
 * down how it went.  The worker of the lane `events` fans events out to jobs instead.
 *
 * Handlers come from the mains, one for a kind: this floor knows no subject.  The kind's row says whether the handler runs
 * in the transaction that finishes the job, or opens its own.  The arena is reset after each job.  While the database is
 * away the worker waits, longer each time (at most 5 s).
 */
#ifndef WORKER_H
#define WORKER_H

#include "events/job.h"

#include <signal.h>

struct config;

struct job_handler {
	enum job_kind kind;
	const struct problem *(*run)(struct work *work, const struct job *job);
};

/*
 * Works in one lane until *stopping is set by a signal handler; the running job is finished first.  `doorbell` is a
 * descriptor of doorbell_bind.  TERM and INT may be blocked by the caller (http/master.h does): they are open only while it
 * waits.
 */
void job_worker_run(struct work *work, enum job_lane lane, const struct job_handler *handlers, size_t count, int doorbell,
    const volatile sig_atomic_t *stopping);

/*
 * Do workers of a lane, of all lanes, live on this machine?  Somebody listens to each doorbell, and each lane has said so within a lease
 * and three looks (METRIC_LANE_SEEN).
 */
bool job_lane_lives(const struct config *config, enum job_lane lane);
bool job_lanes_live(const struct config *config);

#endif
