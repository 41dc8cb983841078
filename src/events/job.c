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

enum opener { ITSELF, IN_TRANSACTION };

static const struct {
	const char   *name;
	enum job_lane lane;
	enum opener   transaction;
	int64_t       attempts, priority, every_seconds;
} kinds[JOB__COUNT] = {
#define X(name_, text_, lane_, transaction_, attempts_, priority_, every_) \
	[JOB_##name_] = { text_, LANE_##lane_, transaction_, attempts_, priority_, every_ },
	JOB_KINDS(X)
#undef X
};

static const char *const lane_names[LANE__COUNT] = {
#define X(name_, text_) [LANE_##name_] = text_,
	JOB_LANES(X)
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

const char *
job_lane_name(enum job_lane lane)
{
	assert(lane < LANE__COUNT);
	return lane_names[lane];
}

bool
job_runs_in_transaction(enum job_kind kind)
{
	return kind < JOB__COUNT && kinds[kind].transaction == IN_TRANSACTION;
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
	    "INSERT INTO jobs (id, kind, lane, payload, priority, run_at, max_attempts, unique_key) "
	    "VALUES (?, ?, ?, ?, ?, COALESCE(?, NOW(3)), ?, ?) "
	    "ON DUPLICATE KEY UPDATE run_at = IF(status = 'running', "
	    "GREATEST(VALUES(run_at), run_at + INTERVAL 1000 MICROSECOND), LEAST(run_at, VALUES(run_at)))",
	    P(NEW_ID(job_id)), P(kinds[kind].name), P(lane_names[kinds[kind].lane]), P(json.bytes), P(kinds[kind].priority),
	    P(run_at), P(attempts_of(work, kind)), P(unique_key)));
	doorbell_ring_after_commit(work, job_lane_name(kinds[kind].lane));
	return OK;
}

const struct problem *
job_enqueue_many(struct work *work, const struct new_job *jobs, size_t count)
{
	enum { COLUMNS = 7 };
	struct parameter *rows = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);
	bool              rings[LANE__COUNT] = { false };

	assert(work->depth > 0);
	if (count == 0)
		return OK;
	for (size_t i = 0; i < count; i++) {
		enum job_kind          kind = jobs[i].kind;
		const struct parameter row[COLUMNS] = { P(NEW_ID(job_id)), P(kinds[kind].name), P(lane_names[kinds[kind].lane]),
			P(jobs[i].payload), P(kinds[kind].priority), P(attempts_of(work, kind)), P(jobs[i].order_key) };

		memcpy(&rows[i * COLUMNS], row, sizeof row);
		rings[kinds[kind].lane] = true;
	}
	TRY(db_run_many(work->db, NULL,
	    "INSERT INTO jobs (id, kind, lane, payload, priority, max_attempts, order_key) VALUES [(?, ?, ?, ?, ?, ?, ?)]", count,
	    COLUMNS, rows));
	for (enum job_lane lane = 0; lane < LANE__COUNT; lane++)
		if (rings[lane])
			doorbell_ring_after_commit(work, job_lane_name(lane));
	return OK;
}

static const struct problem *
enqueue_recurring(struct work *work)
{
	for (enum job_kind kind = 0; kind < JOB__COUNT; kind++) {
		struct instant first;

		if (kinds[kind].every_seconds == 0)
			continue;
		first = instant_add_seconds(instant_now(), kinds[kind].every_seconds);
		TRY(db_run(work->db, NULL,
		    "INSERT INTO jobs (id, kind, lane, priority, run_at, max_attempts, unique_key) VALUES (?, ?, ?, ?, ?, ?, ?) "
		    "ON DUPLICATE KEY UPDATE run_at = LEAST(run_at, VALUES(run_at))",
		    P(NEW_ID(job_id)), P(kinds[kind].name), P(lane_names[kinds[kind].lane]), P(kinds[kind].priority), P(first),
		    P(attempts_of(work, kind)), P(kinds[kind].name)));
	}
	return OK;
}

const struct problem *
job_enqueue_recurring(struct work *work)
{
	return db_transaction(work, enqueue_recurring(work));
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

/*
 * No earlier job with the same order key is ready or running, and no later one runs, which happens when a dead one was
 * replayed meanwhile; of `j`, a row of jobs.  The index of leases is that of those that run: never many.
 */
#define IS_NEXT_OF_ITS_KEY \
	"NOT EXISTS (SELECT 1 FROM jobs e WHERE e.order_key = j.order_key AND e.sequence < j.sequence AND e.status <> 'dead') " \
	"AND NOT EXISTS (SELECT 1 FROM jobs r FORCE INDEX (ix_jobs_lease) WHERE r.status = 'running' AND r.order_key = j.order_key)"

struct earliest {
	int64_t priority, due;
};

static const struct member earliest_members[] = {
	M_INTEGER(struct earliest, priority, "priority", -128, 127),
	M_INTEGER(struct earliest, due, "due", 0, 1, .computed = true),
};
SHAPE(struct earliest, earliest_shape, "EarliestJob", earliest_members);

/*
 * The job to take, or NULL.  The index is asked for the earliest job of one priority after the other, and only where that is due
 * for more: so no job that is to run later is looked at, however many there are.  SKIP LOCKED: a row that another is just taking
 * is no reason to wait.
 */
static const struct problem *
find_due(struct work *work, enum job_lane lane, struct job **job)
{
	struct earliest *earliest;

	*job = NULL;
	for (int64_t priority = INT64_MIN; *job == NULL; priority = earliest->priority) {
		TRY(db_row(work->db, &earliest_shape, &earliest,
		    "SELECT {j}, j.run_at <= NOW(3) AS due FROM jobs j FORCE INDEX (ix_jobs_claim) "
		    "WHERE j.lane = ? AND j.status = 'ready' AND j.priority > ? ORDER BY j.priority, j.run_at LIMIT 1",
		    P(job_lane_name(lane)), P(priority)));
		if (earliest == NULL)
			return OK;
		if (earliest->due)
			TRY(db_row(work->db, &claimed_shape, job,
			    "SELECT {j} FROM jobs j FORCE INDEX (ix_jobs_claim) WHERE j.lane = ? AND j.status = 'ready' "
			    "AND j.priority = ? AND j.run_at <= NOW(3) AND " IS_NEXT_OF_ITS_KEY " "
			    "ORDER BY j.run_at LIMIT 1 FOR UPDATE SKIP LOCKED",
			    P(job_lane_name(lane)), P(earliest->priority)));
	}
	return OK;
}

/*
 * The order of a key is asked for twice: the statement above may see a job that was committed while it ran without the earlier one
 * that was committed together with it.
 */
static const struct problem *
claim(struct work *work, enum job_lane lane, struct job **claimed)
{
	struct job *job;
	int64_t     changed;

	*claimed = NULL;
	TRY(find_due(work, lane, &job));
	if (job == NULL)
		return OK;
	job->worker = worker_name(work->arena);
	job->attempts++;
	TRY(db_run(work->db, &changed,
	    "UPDATE jobs j SET j.status = 'running', j.attempts = ?, j.worker = ?, j.lease_until = NOW(3) + INTERVAL ? SECOND "
	    "WHERE j.id = ? AND " IS_NEXT_OF_ITS_KEY,
	    P(job->attempts), P(job->worker), P(work->config->jobs.lease_seconds), P(job->id)));
	if (changed == 1)
		*claimed = job;
	return OK;
}

const struct problem *
job_claim(struct work *work, enum job_lane lane, struct job **job)
{
	const struct problem *problem = db_transaction(work, claim(work, lane, job));

	if (problem != OK)
		*job = NULL;
	return problem;
}

static const struct problem *
reclaim(struct work *work, int64_t *reclaimed, int64_t *dead)
{
	TRY(db_run(work->db, dead,
	    "UPDATE jobs SET status = 'dead', lease_until = NULL, worker = NULL, last_error = 'its worker was lost' "
	    "WHERE status = 'running' AND lease_until < NOW(3) AND attempts >= max_attempts LIMIT 100"));
	return db_run(work->db, reclaimed,
	    "UPDATE jobs SET status = 'ready', lease_until = NULL, worker = NULL, last_error = 'its worker was lost' "
	    "WHERE status = 'running' AND lease_until < NOW(3) AND attempts < max_attempts LIMIT 100");
}

const struct problem *
job_reclaim(struct work *work, int64_t *reclaimed)
{
	int64_t dead;

	TRY(db_transaction(work, reclaim(work, reclaimed, &dead)));
	if (*reclaimed > 0)
		log_warning("reclaimed jobs from lost workers", LOG_NUMBER("jobs", *reclaimed));
	if (dead > 0)
		log_error("jobs are dead: their workers were lost at each attempt", LOG_NUMBER("jobs", dead));
	*reclaimed += dead;
	return OK;
}

/* The row of a job that we have taken and not lost; binds id, worker, attempts. */
#define IS_OURS "id = ? AND status = 'running' AND worker = ? AND attempts = ?"
#define OURS(job) P((job)->id), P((job)->worker), P((job)->attempts)

static const struct problem *
not_ours(const struct job *job)
{
	log_warning("job exceeded its lease", LOG_ID("kind", job->kind), LOG_ID("worker", job->worker));
	return problem(CONFLICT, "the job's lease has expired and another worker has claimed it");
}

static const struct problem *
extend_lease(struct work *work, const struct job *job, int64_t *changed)
{
	return db_run(work->db, changed, "UPDATE jobs SET lease_until = NOW(3) + INTERVAL ? SECOND WHERE " IS_OURS,
	    P(work->config->jobs.lease_seconds), OURS(job));
}

const struct problem *
job_heartbeat(struct work *work, const struct job *job)
{
	enum job_kind kind = job_kind_of(job->kind);
	int64_t       changed;

	if (kind < JOB__COUNT)
		metric_set(METRIC_LANE_SEEN, kinds[kind].lane, 0, unix_seconds());
	TRY(db_transaction(work, extend_lease(work, job, &changed)));
	return changed == 1 ? OK : not_ours(job);
}

static const struct problem *
note_progress(struct work *work, const struct job *job, int64_t done, const int64_t *total)
{
	return db_run(work->db, NULL, "UPDATE jobs SET done = ?, total = ? WHERE " IS_OURS, P(done), P(total), OURS(job));
}

const struct problem *
job_progress(struct work *work, const struct job *job, int64_t done, const int64_t *total)
{
	TRY(db_transaction(work, note_progress(work, job, done, total)));
	return job_heartbeat(work, job);
}

/* Its run_at is later than it was taken with when it was asked for again meanwhile. */
static const struct problem *
make_ready_again(struct work *work, const struct job *job, int64_t delay_seconds)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE jobs SET status = 'ready', attempts = 0, done = 0, total = NULL, lease_until = NULL, worker = NULL, last_error = NULL, "
	    "run_at = IF(run_at > ?, run_at, NOW(3) + INTERVAL ? SECOND) WHERE " IS_OURS,
	    P(job->run_at), P(delay_seconds), OURS(job)));
	return changed == 1 ? OK : not_ours(job);
}

static const struct problem *
finish(struct work *work, const struct job *job)
{
	enum job_kind kind = job_kind_of(job->kind);
	int64_t       deleted;

	if (kind < JOB__COUNT && kinds[kind].every_seconds > 0)
		return make_ready_again(work, job, kinds[kind].every_seconds);
	TRY(db_run(work->db, &deleted, "DELETE FROM jobs WHERE " IS_OURS " AND run_at <= ?", OURS(job), P(job->run_at)));
	return deleted == 1 ? OK : make_ready_again(work, job, 0);
}

static void
count_run(const struct job *job, size_t outcome)
{
	metric_add(METRIC_JOBS, job_kind_of(job->kind), outcome, 1);
}

/* Somebody else has the job now: what we did stands, what they do again does no harm. */
const struct problem *
job_done(struct work *work, const struct job *job)
{
	const struct problem *problem = db_transaction(work, finish(work, job));

	if (!problem_is(problem, PROBLEM_CONFLICT))
		TRY(problem);
	count_run(job, RAN_DONE);
	return OK;
}

/* The job first: nobody takes a row that is locked back to the queue. */
static const struct problem *
finish_and_run(struct work *work, const struct job *job, const struct problem *(*run)(struct work *work, const struct job *job))
{
	TRY(finish(work, job));
	return run(work, job);
}

const struct problem *
job_run_and_finish(
    struct work *work, const struct job *job, const struct problem *(*run)(struct work *work, const struct job *job))
{
	TRY(db_transaction(work, finish_and_run(work, job, run)));
	count_run(job, RAN_DONE);
	return OK;
}

static const struct problem *
fail(struct work *work, const struct job *job, bool dead, bool counts, const char *error, int64_t delay_seconds, int64_t *changed)
{
	return db_run(work->db, changed,
	    "UPDATE jobs SET status = IF(?, 'dead', 'ready'), run_at = NOW(3) + INTERVAL ? SECOND, lease_until = NULL, "
	    "worker = NULL, last_error = ?, attempts = attempts - IF(?, 0, 1) WHERE " IS_OURS,
	    P(dead), P(delay_seconds), P(error), P(counts), OURS(job));
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
	const char *error = describe(work->arena, why);
	int64_t     delay = why->retry_after_seconds > 0 ? why->retry_after_seconds : backoff_seconds(work, job), changed;

	*dead = why->again == AGAIN_USELESS || (why->again == AGAIN_LATER && job->attempts >= job->max_attempts);
	TRY(db_transaction(work, fail(work, job, *dead, why->again != AGAIN_WAITS, error, delay, &changed)));
	if (changed == 0)
		not_ours(job);
	count_run(job, *dead ? RAN_DEAD : RAN_RETRIED);
	return OK;
}

static const struct problem *
put_off(struct work *work, enum job_kind kind, int64_t seconds)
{
	return db_run(work->db, NULL,
	    "UPDATE jobs SET run_at = NOW(3) + INTERVAL ? SECOND WHERE lane = ? AND status = 'ready' AND kind = ? AND run_at <= NOW(3) "
	    "ORDER BY priority, run_at LIMIT 1000",
	    P(seconds), P(lane_names[kinds[kind].lane]), P(kinds[kind].name));
}

const struct problem *
job_put_off(struct work *work, enum job_kind kind, int64_t seconds)
{
	return db_transaction(work, put_off(work, kind, seconds));
}

const struct problem *
job_payload(struct work *work, const struct job *job, const struct shape *shape, void *into)
{
	struct json_object *json = json_read(work->arena, job->payload, strlen(job->payload));
	struct faults       faults = { .count = 0 };

	if (json != NULL && shape_parse(shape, json, work->arena, into, &faults))
		return OK;
	log_error("invalid job payload", LOG_ID("kind", job->kind),
	    LOG_TEXT("where", faults.count > 0 ? faults.list[0].where : ""),
	    LOG_TEXT("what", faults.count > 0 ? faults.list[0].what : "not JSON"));
	return problem(INTERNAL, "the payload is invalid for this kind of job");
}
