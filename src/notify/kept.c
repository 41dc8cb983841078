#include "notify/kept.h"

#include "base/arena.h"
#include "events/doorbell.h"
#include "events/job.h"
#include "store/db.h"
#include "store/work.h"

enum { AT_ONCE = 1000 };

/* What a job is about. */
struct kept_of {
	struct endpoint_id endpoint;
};

static const struct member kept_of_members[] = {
	M_ID(struct kept_of, endpoint, "endpoint_id"),
};
SHAPE(struct kept_of, kept_of_shape, "KeptOf", kept_of_members);

struct kept_delivery {
	struct delivery_id id;
	struct instant     due_at;
	int64_t            position;
};

static const struct member kept_delivery_members[] = {
	M_ID(struct kept_delivery, id, "delivery_id"),
	M_TIME(struct kept_delivery, due_at, "due_at"),
	M_INTEGER(struct kept_delivery, position, "position", 0, INT64_MAX),
};
SHAPE(struct kept_delivery, kept_delivery_shape, "KeptDelivery", kept_delivery_members);

/* Its key is of its kind, too: one that is enabled and then deleted has both jobs. */
static const struct problem *
enqueue(struct work *work, enum job_kind kind, struct endpoint_id endpoint)
{
	const char *key = arena_format(work->arena, "%s:%s", job_kind_name(kind), uuid_text(work->arena, endpoint.uuid));

	return job_enqueue(work, kind, key, NULL, &kept_of_shape, &(struct kept_of) { endpoint });
}

const struct problem *
enqueue_take_up(struct work *work, struct endpoint_id endpoint)
{
	return enqueue(work, JOB_TAKE_UP_DELIVERIES, endpoint);
}

const struct problem *
enqueue_removal(struct work *work, struct endpoint_id endpoint)
{
	return enqueue(work, JOB_REMOVE_ENDPOINT, endpoint);
}

static struct parameter *
ids_of(struct work *work, const struct kept_delivery *kept, size_t count)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, count, struct parameter);

	for (size_t i = 0; i < count; i++)
		ids[i] = P(kept[i].id);
	return ids;
}

/* Out of the queue, and dead in the log. */
static const struct problem *
give_up(struct work *work, const struct kept_delivery *kept, size_t count, const char *log)
{
	struct parameter *ids = ids_of(work, kept, count);

	TRY(db_run_many(work->db, NULL, log, count, 1, ids));
	return db_run_many(work->db, NULL, "DELETE FROM webhook_queue WHERE delivery_id IN ([?])", count, 1, ids);
}

const struct problem *
remove_kept_deliveries(struct work *work, struct instant before, int64_t *removed)
{
	struct kept_delivery *kept;
	size_t                count;

	TRY(db_rows(work->db, &kept_delivery_shape, AT_ONCE, &kept, &count,
	    "SELECT {q} FROM webhook_queue q JOIN webhook_endpoints w ON w.id = q.endpoint_id "
	    "WHERE w.status = 'disabled' AND w.disabled_at < ? LIMIT ?",
	    P(before), P(AT_ONCE)));
	*removed = (int64_t)count;
	return give_up(work, kept, count,
	    "UPDATE webhook_deliveries SET status = 'dead', error = 'the endpoint was disabled' WHERE id IN ([?])");
}

/* Those due later, the last first, behind *at: what is put off meanwhile is not met again. */
static const struct problem *
take_up_some(struct work *work, struct endpoint_id endpoint, struct kept_delivery *at, size_t *count)
{
	struct kept_delivery *kept;

	TRY(db_rows(work->db, &kept_delivery_shape, AT_ONCE, &kept, count,
	    "SELECT {q} FROM webhook_queue q WHERE q.endpoint_id = ? AND q.due_at > NOW(3) "
	    "AND (q.due_at < ? OR q.due_at = ? AND (q.position < ? OR q.position = ? AND q.delivery_id < ?)) "
	    "ORDER BY q.due_at DESC, q.position DESC, q.delivery_id DESC LIMIT ?",
	    P(endpoint), P(at->due_at), P(at->due_at), P(at->position), P(at->position), P(at->id), P(AT_ONCE)));
	if (*count == 0)
		return OK;
	*at = kept[*count - 1];
	TRY(db_run_many(work->db, NULL, "UPDATE webhook_queue SET attempts = 0, due_at = NOW(3) WHERE delivery_id IN ([?])",
	    *count, 1, ids_of(work, kept, *count)));
	doorbell_ring_after_commit(work, job_lane_name(LANE_DELIVERIES));
	return OK;
}

const struct problem *
take_up_deliveries_job(struct work *work, const struct job *job)
{
	static const struct instant never = { INT64_C(253370764800000) }; /* the year 9999 */
	struct kept_delivery        at = { .due_at = never };
	struct kept_of              of;
	size_t                      count;
	int64_t                     done = 0;

	TRY(job_payload(work, job, &kept_of_shape, &of));
	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(db_transaction(work, take_up_some(work, of.endpoint, &at, &count)));
		done += (int64_t)count;
		TRY(job_progress(work, job, done, NULL));
		arena_release(work->arena, mark);
	} while (count == AT_ONCE);
	return OK;
}

static const struct problem *
remove_some(struct work *work, struct endpoint_id endpoint, size_t *count)
{
	struct kept_delivery *kept;

	TRY(db_rows(work->db, &kept_delivery_shape, AT_ONCE, &kept, count,
	    "SELECT {q} FROM webhook_queue q JOIN webhook_endpoints w ON w.id = q.endpoint_id "
	    "WHERE q.endpoint_id = ? AND w.deleted_at IS NOT NULL LIMIT ?",
	    P(endpoint), P(AT_ONCE)));
	TRY(give_up(work, kept, *count,
	    "UPDATE webhook_deliveries SET status = 'dead', error = 'the endpoint was deleted' WHERE id IN ([?])"));
	if (*count == AT_ONCE)
		return OK;
	return db_run(work->db, NULL, "DELETE FROM webhook_endpoints WHERE id = ? AND deleted_at IS NOT NULL", P(endpoint));
}

const struct problem *
remove_endpoint_job(struct work *work, const struct job *job)
{
	struct kept_of of;
	size_t         count;
	int64_t        done = 0;

	TRY(job_payload(work, job, &kept_of_shape, &of));
	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(db_transaction(work, remove_some(work, of.endpoint, &count)));
		done += (int64_t)count;
		TRY(job_progress(work, job, done, NULL));
		arena_release(work->arena, mark);
	} while (count == AT_ONCE);
	return OK;
}
