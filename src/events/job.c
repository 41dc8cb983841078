/* The queue: putting jobs in, taking them, saying how they went. */
#include "events/job.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/shape.h"
#include "base/text.h"
#include "events/doorbell.h"
#include "store/db.h"
#include "store/work.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { WORKER_NAME_SIZE = 64, ERROR_MAX = 480, PAYLOAD_MAX = 60000, DOUBLINGS_MAX = 30 };


static const struct {
	const char *name;
	int64_t     attempts, priority, every_seconds;
} kinds[JOB__COUNT] = {
#define X(name_, text_, attempts_, priority_, every_) [JOB_##name_] = { text_, attempts_, priority_, every_ },
	JOB_KINDS(X)
#undef X
};

const char *
job_kind_name(enum job_kind kind)
{
	assert(kind < JOB__COUNT);
	return kinds[kind].name;
}

enum job_kind
job_kind_of(const char *name)
{
	enum job_kind kind = 0;

	while (kind < JOB__COUNT && strcmp(kinds[kind].name, name) != 0)
		kind++;
	return kind;
}

/* What recurs tries for ever. */
static int64_t
attempts_of(const struct work *work, enum job_kind kind)
{
	if (kinds[kind].every_seconds > 0)
		return INT_MAX;
	return kinds[kind].attempts > 0 ? kinds[kind].attempts : work->config->jobs.attempts;
}

/*
 * A job with the same key that waits comes forward when this one is due earlier; one that runs gets a later run_at than
 * it was taken with, by which job_done sees that it must run again.
 */
const struct problem *
job_enqueue(struct work *work, enum job_kind kind, const char *unique_key, const struct instant *run_at,
    const struct shape *payload_shape, const void *payload)
{
	struct text json = text_new(work->arena, 128);

	assert(kind < JOB__COUNT && work->depth > 0);
	if (payload_shape != NULL)
		shape_print(payload_shape, payload, &json);
	else
		TEXT_ADD(&json, "{}");
	TRY(db_run(work->db, NULL,
	    "INSERT INTO jobs (id, kind, payload, priority, run_at, max_attempts, unique_key) "
	    "VALUES (?, ?, ?, ?, COALESCE(?, NOW(3)), ?, ?) "
	    "ON DUPLICATE KEY UPDATE run_at = IF(status = 'running', "
	    "GREATEST(VALUES(run_at), run_at + INTERVAL 1000 MICROSECOND), LEAST(run_at, VALUES(run_at)))",
	    P(NEW_ID(job_id)), P(kinds[kind].name), P(json.bytes), P(kinds[kind].priority), P(run_at),
	    P(attempts_of(work, kind)), P(unique_key)));
	doorbell_ring_after_commit(work);
	return OK;
}

static const struct problem *
enqueue_recurring(struct work *work, void *argument)
{
	(void)argument;
	for (enum job_kind kind = 0; kind < JOB__COUNT; kind++) {
		struct instant first;

		if (kinds[kind].every_seconds == 0)
			continue;
		first = instant_add_seconds(instant_now(), kinds[kind].every_seconds);
		TRY(db_run(work->db, NULL,
		    "INSERT INTO jobs (id, kind, priority, run_at, max_attempts, unique_key) VALUES (?, ?, ?, ?, ?, ?) "
		    "ON DUPLICATE KEY UPDATE run_at = LEAST(run_at, VALUES(run_at))",
		    P(NEW_ID(job_id)), P(kinds[kind].name), P(kinds[kind].priority), P(first),
		    P(attempts_of(work, kind)), P(kinds[kind].name)));
	}
	return OK;
}

const struct problem *
job_enqueue_recurring(struct work *work)
{
	return db_transaction(work, enqueue_recurring(work, NULL));
}

static const struct member claimed_members[] = {
	M_ID(struct job, id, "id"),
	M_TEXT(struct job, kind, "kind", 64),
	M_TEXT(struct job, payload, "payload", PAYLOAD_MAX),
	M_INTEGER(struct job, attempts, "attempts", 0, INT_MAX),
	M_INTEGER(struct job, max_attempts, "max_attempts", 1, INT_MAX),
	M_TIME(struct job, run_at, "run_at"),
};
SHAPE(struct job, claimed_shape, "ClaimedJob", claimed_members);

static const char *
worker_name(struct arena *arena)
{
	char host[WORKER_NAME_SIZE];

	if (gethostname(host, sizeof host) != 0)
		host[0] = '\0';
	host[sizeof host - 1] = '\0';
	return arena_format(arena, "%.40s:%d", host, (int)getpid());
}

/* SKIP LOCKED: a row that another is just taking is no reason to wait. */
static const struct problem *
claim(struct work *work, void *argument)
{
	struct job *job;

	*(struct job **)argument = NULL;
	TRY(db_row(work->db, &claimed_shape, &job,
	    "SELECT {j} FROM jobs j WHERE j.status = 'ready' AND j.run_at <= NOW(3) ORDER BY j.priority, j.run_at LIMIT 1 "
	    "FOR UPDATE SKIP LOCKED"));
	if (job == NULL)
		return OK;
	job->worker = worker_name(work->arena);
	job->attempts++;
	TRY(db_run(work->db, NULL,
	    "UPDATE jobs SET status = 'running', attempts = ?, worker = ?, lease_until = NOW(3) + INTERVAL ? SECOND "
	    "WHERE id = ?",
	    P(job->attempts), P(job->worker), P(work->config->jobs.lease_seconds), P(job->id)));
	*(struct job **)argument = job;
	return OK;
}

const struct problem *
job_claim(struct work *work, struct job **job)
{
	const struct problem *problem;

	*job = NULL;
	problem = db_transaction(work, claim(work, job));
	if (problem != OK)
		*job = NULL;
	return problem;
}

static const struct problem *
reclaim(struct work *work, void *argument)
{
	return db_run(work->db, argument,
	    "UPDATE jobs SET status = IF(attempts >= max_attempts, 'dead', 'ready'), lease_until = NULL, worker = NULL, "
	    "last_error = 'its worker was lost' "
	    "WHERE status = 'running' AND lease_until < NOW(3) LIMIT 100");
}

const struct problem *
job_reclaim(struct work *work, int64_t *reclaimed)
{
	TRY(db_transaction(work, reclaim(work, reclaimed)));
	if (*reclaimed > 0)
		log_warning("jobs were left by their workers", LOG_NUMBER("jobs", *reclaimed));
	return OK;
}

/* What a function of db_transaction needs to say about a job of ours. */
struct report {
	const struct job *job;
	const char       *error;
	int64_t           delay_seconds, changed;
};

static const struct problem *
extend_lease(struct work *work, void *argument)
{
	struct report *report = argument;

	return db_run(work->db, &report->changed,
	    "UPDATE jobs SET lease_until = NOW(3) + INTERVAL ? SECOND "
	    "WHERE id = ? AND status = 'running' AND worker = ? AND attempts = ?",
	    P(work->config->jobs.lease_seconds), P(report->job->id), P(report->job->worker), P(report->job->attempts));
}

const struct problem *
job_heartbeat(struct work *work, const struct job *job)
{
	struct report report = { .job = job };

	TRY(db_transaction(work, extend_lease(work, &report)));
	return report.changed == 1 ? OK : problem(CONFLICT, "the job's lease has run out and another worker has it");
}

static const struct problem *
finish(struct work *work, void *argument)
{
	struct report    *report = argument;
	const struct job *job = report->job;

	return db_run(work->db, &report->changed,
	    "UPDATE jobs SET status = IF(run_at > ?, 'ready', 'done'), attempts = IF(run_at > ?, 0, attempts), "
	    "lease_until = NULL, worker = NULL, last_error = NULL "
	    "WHERE id = ? AND status = 'running' AND worker = ? AND attempts = ?",
	    P(job->run_at), P(job->run_at), P(job->id), P(job->worker), P(job->attempts));
}

static const struct problem *
finish_until_next(struct work *work, void *argument)
{
	struct report    *report = argument;
	const struct job *job = report->job;

	return db_run(work->db, &report->changed,
	    "UPDATE jobs SET status = 'ready', attempts = 0, lease_until = NULL, worker = NULL, last_error = NULL, "
	    "run_at = IF(run_at > ?, run_at, NOW(3) + INTERVAL ? SECOND) "
	    "WHERE id = ? AND status = 'running' AND worker = ? AND attempts = ?",
	    P(job->run_at), P(report->delay_seconds), P(job->id), P(job->worker), P(job->attempts));
}

static void
count_run(const struct job *job, size_t outcome)
{
	metric_add(METRIC_JOBS, job_kind_of(job->kind), outcome, 1);
}

/* Somebody else has the job now: what we did stands, what they do again does no harm. */
static void
note_lost_lease(const struct job *job, const struct report *report)
{
	if (report->changed == 0)
		log_warning("a job outlived its lease", LOG_ID("kind", job->kind), LOG_ID("worker", job->worker));
}

const struct problem *
job_done(struct work *work, const struct job *job)
{
	enum job_kind kind = job_kind_of(job->kind);
	struct report report = { .job = job, .delay_seconds = kind < JOB__COUNT ? kinds[kind].every_seconds : 0 };

	TRY(db_transaction(work, (report.delay_seconds > 0 ? finish_until_next : finish)(work, &report)));
	note_lost_lease(job, &report);
	count_run(job, RAN_DONE);
	return OK;
}

static const struct problem *
fail(struct work *work, void *argument)
{
	struct report    *report = argument;
	const struct job *job = report->job;

	return db_run(work->db, &report->changed,
	    "UPDATE jobs SET status = IF(attempts >= max_attempts, 'dead', 'ready'), "
	    "run_at = NOW(3) + INTERVAL ? SECOND, lease_until = NULL, worker = NULL, last_error = ? "
	    "WHERE id = ? AND status = 'running' AND worker = ? AND attempts = ?",
	    P(report->delay_seconds), P(report->error), P(job->id), P(job->worker), P(job->attempts));
}

/* "code: message (where: what; ...)", cut at a character. */
static const char *
describe(struct arena *arena, const struct problem *why)
{
	struct text out = text_new(arena, ERROR_MAX);
	size_t      length;

	text_addf(&out, "%s: %s", problem_name(why->code), why->message);
	for (size_t i = 0; why->faults != NULL && i < why->faults->count; i++)
		text_addf(&out, "; %s: %s", why->faults->list[i].where, why->faults->list[i].what);
	length = out.length;
	if (length > ERROR_MAX)
		for (length = ERROR_MAX; length > 0 && ((unsigned char)out.bytes[length] & 0xc0) == 0x80;)
			length--;
	out.bytes[length] = '\0';
	return out.bytes;
}

static int64_t
backoff_seconds(const struct work *work, const struct job *job)
{
	int64_t longest = work->config->jobs.backoff_max_seconds;

	if (job->attempts >= DOUBLINGS_MAX)
		return longest;
	return INT64_C(1) << job->attempts < longest ? INT64_C(1) << job->attempts : longest;
}

const struct problem *
job_failed(struct work *work, const struct job *job, const struct problem *why, bool *dead)
{
	struct report report = {
		.job = job,
		.error = describe(work->arena, why),
		.delay_seconds = why->retry_after_seconds > 0 ? why->retry_after_seconds : backoff_seconds(work, job),
	};

	*dead = job->attempts >= job->max_attempts;
	TRY(db_transaction(work, fail(work, &report)));
	note_lost_lease(job, &report);
	count_run(job, *dead ? RAN_DEAD : RAN_RETRIED);
	return OK;
}

const struct problem *
job_payload(struct work *work, const struct job *job, const struct shape *shape, void *into)
{
	struct json_object *json = json_read(work->arena, job->payload, strlen(job->payload));
	struct faults       faults = { .count = 0 };

	if (json != NULL && shape_parse(shape, json, work->arena, into, &faults))
		return OK;
	log_error("a job's payload is not what its kind takes", LOG_ID("kind", job->kind),
	    LOG_TEXT("where", faults.count > 0 ? faults.list[0].where : ""),
	    LOG_TEXT("what", faults.count > 0 ? faults.list[0].what : "not JSON"));
	return problem(INTERNAL, "the payload is not what the kind of job takes");
}
