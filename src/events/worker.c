/* The loop of a job worker. */
#include "events/worker.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/parts.h"
#include "events/doorbell.h"
#include "events/fan_out.h"
#include "store/trust.h"
#include "store/work.h"

#include <assert.h>
#include <poll.h>
#include <setjmp.h>
#include <stdio.h>
#include <time.h>

enum { RECLAIM_MS = 1000, PAUSE_FIRST_MS = 100, PAUSE_MAX_MS = 5000, REPORT_TRIES = 8 };

struct loop {
	struct work                 *work;
	enum job_lane                lane;
	const struct job_handler    *handlers;
	size_t                       count;
	int                          doorbell;
	const volatile sig_atomic_t *stopping;
	sigset_t                     signals_open;
	int64_t                      reclaim_at_ms, pause_ms;
	bool                         recurring_queued;
	jmp_buf                      exhausted;
};

/* Waits for a ring, a signal, or the time; signals get through here and nowhere else. */
static void
wait_ms(struct loop *loop, int64_t milliseconds)
{
	struct pollfd   poll = { .fd = loop->doorbell, .events = POLLIN };
	struct timespec timeout = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
	sigset_t        before;

	if (ppoll(&poll, 1, &timeout, &loop->signals_open) > 0)
		doorbell_answer(loop->doorbell, loop->lane == LANE_EVENTS);
	/* A ppoll that finds a ring at once lets no signal through. */
	sigprocmask(SIG_SETMASK, &loop->signals_open, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* The database is away: rings must not wake us all the time. */
static void
wait_for_database(struct loop *loop)
{
	struct timespec timeout;

	loop->pause_ms = loop->pause_ms == 0    ? PAUSE_FIRST_MS
	    : loop->pause_ms * 2 < PAUSE_MAX_MS ? loop->pause_ms * 2
						: PAUSE_MAX_MS;
	timeout = (struct timespec) { loop->pause_ms / 1000, loop->pause_ms % 1000 * 1000000 };
	ppoll(NULL, 0, &timeout, &loop->signals_open);
}

bool
job_lane_lives(const struct config *config, enum job_lane lane)
{
	int64_t silence_seconds = config->jobs.lease_seconds + 3 * config->jobs.poll_seconds;

	return doorbell_is_heard(config->run_directory, job_lane_name(lane)) &&
	    unix_seconds() - metric_value(METRIC_LANE_SEEN, lane, 0) <= silence_seconds;
}

bool
job_lanes_live(const struct config *config)
{
	for (enum job_lane lane = 0; lane < LANE__COUNT; lane++)
		if (!job_lane_lives(config, lane))
			return false;
	return true;
}

static void
abandon(void *argument)
{
	longjmp(((struct loop *)argument)->exhausted, 1);
}

/* *finished: the job was finished in the handler's transaction. */
static const struct problem *
handle(struct loop *loop, const struct job *job, bool *finished)
{
	enum job_kind kind = job_kind_of(job->kind);

	for (size_t i = 0; i < loop->count; i++)
		if (loop->handlers[i].kind == kind) {
			if (!job_runs_in_transaction(kind))
				return loop->handlers[i].run(loop->work, job);
			TRY(job_run_and_finish(loop->work, job, loop->handlers[i].run));
			*finished = true;
			return OK;
		}
	return problem(INTERNAL, "no handler for this kind of job");
}

/* While the database is away nothing can be said about the job; its lease ends by itself when that takes too long. */
static void
report(struct loop *loop, const struct job *job, const struct problem *outcome)
{
	const struct problem *problem = OK;
	bool                  dead = false;

	for (int tries = 0; tries < REPORT_TRIES; tries++) {
		problem = outcome == OK ? job_done(loop->work, job) : job_failed(loop->work, job, outcome, &dead);
		if (problem == OK)
			break;
		wait_for_database(loop);
	}
	loop->pause_ms = 0;
	if (problem != OK)
		log_error("cannot record a job's result", LOG_ID("kind", job->kind), LOG_TEXT("cause", problem->message));
	else if (dead)
		log_error("job dead", LOG_ID("kind", job->kind), LOG_NUMBER("attempts", job->attempts),
		    LOG_TEXT("cause", outcome->message));
	else if (outcome != OK)
		log_warning("job failed, will be retried", LOG_ID("kind", job->kind), LOG_NUMBER("attempts", job->attempts),
		    LOG_TEXT("cause", outcome->message));
}

/* The job itself lives outside the arena, which a job that needs too much memory leaves full. */
static void
run(struct loop *loop, const struct job *taken)
{
	static char           kind[65], worker[65], request_id[UUID_TEXT_LENGTH + 1];
	struct work          *work = loop->work;
	struct job            job = *taken;
	const struct problem *outcome;
	int64_t               started = monotonic_ms();
	bool                  finished = false;

	snprintf(kind, sizeof kind, "%s", taken->kind);
	snprintf(worker, sizeof worker, "%s", taken->worker);
	uuid_write(job.id.uuid, request_id);
	job.kind = kind;
	job.worker = worker;
	work->request_id = request_id;
	log_context(&(struct log_context) { .request_id = request_id, .trace_id = "", .route = kind, .user_id = "" });
	if (setjmp(loop->exhausted) == 0) {
		arena_on_exhausted(work->arena, abandon, loop);
		outcome = handle(loop, &job, &finished);
	} else {
		work_abandon(work);
		arena_reset(work->arena);
		outcome = problem(OVERLOADED, "the job exceeded its memory limit");
	}
	arena_on_exhausted(work->arena, NULL, NULL);
	assert(work->depth == 0);
	if (!finished)
		report(loop, &job, outcome);
	log_debug("job done", LOG_NUMBER("ms", monotonic_ms() - started));
	log_context(NULL);
	work->request_id = "";
}

/*
 * What is to be done besides jobs: queue what recurs, take back what lost workers left, use memcached again once it answers.
 * The last is for the one lane without jobs: in another it would wait until a long job is done.
 */
static const struct problem *
maintain_queue(struct loop *loop)
{
	int64_t now = monotonic_ms(), ignored;

	if (!loop->recurring_queued) {
		TRY(job_enqueue_recurring(loop->work));
		loop->recurring_queued = true;
	}
	if (now >= loop->reclaim_at_ms) {
		TRY(job_reclaim(loop->work, &ignored));
		trust_renew(loop->work);
		if (loop->lane == LANE_EVENTS)
			trust_regain(loop->work); /* else in a second */
		loop->reclaim_at_ms = now + RECLAIM_MS;
	}
	return OK;
}

/* One job, or one batch of events; *found when there was something to do. */
static const struct problem *
work_once(struct loop *loop, bool *found)
{
	struct job *job;

	TRY(maintain_queue(loop));
	if (loop->lane == LANE_EVENTS)
		return event_fan_out(loop->work, found);
	TRY(job_claim(loop->work, loop->lane, &job));
	*found = job != NULL;
	loop->pause_ms = 0;
	if (job != NULL)
		run(loop, job);
	return OK;
}

/* How long to wait before the next look. */
static int64_t
next_look_ms(struct loop *loop)
{
	bool                  found = false;
	const struct problem *problem = work_once(loop, &found);

	if (problem != OK) {
		if (problem_is(problem, PROBLEM_DATABASE_LOST))
			(void)part_seen(PART_DATABASE, CONDITION_DOWN); /* who would see it by a job sees nothing */
		wait_for_database(loop);
		return 0;
	}
	loop->pause_ms = 0;
	return found ? 0 : loop->work->config->jobs.poll_seconds * 1000;
}

void
job_worker_run(struct work *work, enum job_lane lane, const struct job_handler *handlers, size_t count, int doorbell,
    const volatile sig_atomic_t *stopping)
{
	struct loop loop = {
		.work = work, .lane = lane, .handlers = handlers, .count = count, .doorbell = doorbell, .stopping = stopping
	};
	int64_t next_ms = 0;

	sigprocmask(SIG_SETMASK, NULL, &loop.signals_open);
	sigdelset(&loop.signals_open, SIGTERM);
	sigdelset(&loop.signals_open, SIGINT);
	for (;;) {
		wait_ms(&loop, next_ms);
		if (*stopping)
			break;
		metric_set(METRIC_LANE_SEEN, lane, 0, unix_seconds());
		next_ms = next_look_ms(&loop);
		arena_reset(work->arena);
	}
}
