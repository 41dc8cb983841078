/* Events, and the jobs that follow from them. */
#include "events/record.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "events/job.h"
#include "store/db.h"
#include "store/work.h"

#include <assert.h>

static const struct {
	const char *name, *aggregate;
} types[EVENT__COUNT] = {
#define X(name_, type_, aggregate_) [EVENT_##name_] = { type_, aggregate_ },
	EVENT_TYPES(X)
#undef X
};

/* Which jobs an event brings about. */
static const struct {
	enum event_type type;
	enum job_kind   kind;
} subscriptions[] = {
	{ EVENT_CATEGORY_CHANGED, JOB_INVALIDATE_TREE },
	{ EVENT_MERCHANT_ACTIVATED, JOB_RELIST_MERCHANT },
	{ EVENT_MERCHANT_SUSPENDED, JOB_RELIST_MERCHANT },
	{ EVENT_ORDER_PAID, JOB_COUNT_SALES },
	{ EVENT_ORDER_CONFIRMED, JOB_COUNT_SALES },
	{ EVENT_ORDER_CANCELLED, JOB_REFUND_ORDER },
};

static const struct member event_notice_members[] = {
	M_ID(struct event_notice, event, "event_id", .required = true),
	M_ID(struct event_notice, aggregate, "aggregate_id", .required = true),
};
SHAPE_SHARED(struct event_notice, event_notice_shape, "EventNotice", event_notice_members);

static const struct member event_members[] = {
	M_ID(struct event, id, "id"),
	M_TEXT(struct event, type, "type", 64, .required = true, .example = "\"order.placed\""),
	M_ID(struct event, actor, "actor_id", .description = "Who did it; null when the shop itself did."),
	M_TIME(struct event, created_at, "created_at"),
};
SHAPE_SHARED(struct event, event_shape, "Event", event_members);

const char *
event_type_name(enum event_type type)
{
	assert(type < EVENT__COUNT);
	return types[type].name;
}

static const struct problem *
notify_subscribers(struct work *work, enum event_type type, struct event_id event, struct uuid aggregate)
{
	struct event_notice notice = { event, aggregate };

	for (size_t i = 0; i < sizeof subscriptions / sizeof *subscriptions; i++)
		if (subscriptions[i].type == type)
			TRY(job_enqueue(work, subscriptions[i].kind,
			    arena_format(work->arena, "%s:%s", job_kind_name(subscriptions[i].kind), uuid_text(work->arena, aggregate)),
			    NULL, &event_notice_shape, &notice));
	return OK;
}

const struct problem *
event_record(struct work *work, enum event_type type, struct uuid aggregate, const struct shape *payload_shape,
    const void *payload)
{
	struct event_id event = NEW_ID(event_id);
	struct text     json = text_new(work->arena, 256);

	assert(type < EVENT__COUNT && work->depth > 0);
	if (payload_shape != NULL)
		shape_print(payload_shape, payload, &json);
	else
		TEXT_ADD(&json, "{}");
	TRY(db_run(work->db, NULL,
	    "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload, actor_id, request_id) "
	    "VALUES (?, ?, ?, ?, ?, ?, NULLIF(?, ''))",
	    P(event), P(types[type].name), P(types[type].aggregate), P(aggregate), P(json.bytes),
	    P(acting_user(work)), P(work->request_id)));
	transaction_witness(work, "SELECT COUNT(*) AS value FROM events WHERE id = ?", event.uuid);
	return notify_subscribers(work, type, event, aggregate);
}

const struct problem *
event_history(struct work *work, struct uuid aggregate, size_t limit, struct event **events, size_t *count)
{
	return db_rows(work->db, &event_shape, limit, events, count,
	    "SELECT {e} FROM (SELECT id FROM events WHERE aggregate_id = ? ORDER BY id DESC LIMIT ?) latest "
	    "JOIN events e ON e.id = latest.id ORDER BY e.id",
	    P(aggregate), P(limit));
}

static const struct problem *
purge(struct work *work, void *argument)
{
	struct instant before = instant_add_seconds(instant_now(), -work->config->jobs.event_days * 24 * 3600);
	int64_t        events, jobs;

	TRY(db_run(work->db, &events, "DELETE FROM events WHERE created_at < ? LIMIT 1000", P(before)));
	TRY(db_run(work->db, &jobs,
	    "DELETE FROM jobs WHERE status = 'done' AND id < ? AND updated_at < ? ORDER BY id LIMIT 1000",
	    P(uuid_floor(before.unix_ms)), P(before)));
	*(int64_t *)argument = events + jobs;
	return OK;
}

const struct problem *
event_purge(struct work *work, int64_t *removed)
{
	*removed = 0;
	return db_transaction(work, purge(work, removed));
}
