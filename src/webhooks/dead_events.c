#include "webhooks/dead_events.h"

#include "base/config.h"
#include "store/db.h"
#include "store/work.h"
#include "webhooks/inbox.h"
#include "webhooks/sender.h"

static const struct member stored_event_members[] = {
	M_ID(struct stored_event, id, "id"),
	M_TEXT(struct stored_event, provider, "provider", 32, .required = true, .example = "\"stripe\""),
	M_TEXT(
	    struct stored_event, event_id, "event_id", 191, .required = true, .description = "The provider's id of the event."),
	M_TEXT(struct stored_event, type, "type", 100, .required = true, .example = "\"payment_intent.succeeded\""),
	M_ENUM(struct stored_event, status, "status", inbox_status_values),
	M_INTEGER(struct stored_event, attempts, "attempts", 0, INT32_MAX),
	M_INTEGER(struct stored_event, collision_count, "collision_count", 0, INT32_MAX,
	    .description = "How often its id was received with a different payload."),
	M_TEXT(struct stored_event, error, "error", 500, .multiline = true),
	M_TEXT(struct stored_event, payload, "payload", WEBHOOK_BYTES_MAX, .multiline = true, .computed = true),
	M_TIME(struct stored_event, received_at, "received_at"),
	M_TIME(struct stored_event, updated_at, "updated_at"),
};
SHAPE_SHARED(struct stored_event, stored_event_shape, "StoredEvent", stored_event_members, .noun = "event");

const struct problem *
dead_events(struct work *work, size_t limit, struct stored_event **events, size_t *count)
{
	return db_rows(work->db, &stored_event_shape, limit, events, count,
	    "SELECT {e} FROM webhook_events e WHERE e.status = 'dead' ORDER BY e.id DESC LIMIT ?", P(limit));
}

const struct problem *
show_stored_event(struct work *work, struct uuid id, struct stored_event **event)
{
	const struct provider *provider;

	TRY(db_one(work->db, &stored_event_shape, event,
	    "SELECT {e}, CONVERT(e.payload USING utf8mb4) AS payload FROM webhook_events e WHERE e.id = ?", P(id)));
	provider = sender_known((*event)->provider);
	if (provider != NULL)
		(*event)->payload = provider_strip(work->arena, provider, (*event)->payload, strlen((*event)->payload));
	return OK;
}

/* What is to become of one dead event. */
struct decision {
	struct uuid id;
	const char *reason;
	int64_t     changed;
};

static const struct problem *
defer_one(struct work *work, void *argument)
{
	struct decision *decision = argument;

	TRY(db_run(work->db, &decision->changed, TAKE_UP_DEAD "id = ? AND status = 'dead'", P(decision->id)));
	return decision->changed == 0 ? OK : enqueue_taken_up(work);
}

static const struct problem *
defer_all(struct work *work, void *argument)
{
	struct decision *decision = argument;

	TRY(db_run(work->db, &decision->changed, TAKE_UP_DEAD "status = 'dead'"));
	return decision->changed == 0 ? OK : enqueue_taken_up(work);
}

static const struct problem *
drop_one(struct work *work, void *argument)
{
	struct decision *decision = argument;

	return db_run(work->db, &decision->changed,
	    "UPDATE webhook_events SET status = 'dropped', error = LEFT(CONCAT('dropped: ', ?), 500) WHERE id = ? AND status = 'dead'",
	    P(decision->reason), P(decision->id));
}

/* Nothing changed: is there no such event, or is it not dead? */
static const struct problem *
why_unchanged(struct work *work, struct uuid id)
{
	struct stored_event *event;

	TRY(show_stored_event(work, id, &event));
	return problem(CONFLICT, "the event is not dead");
}

const struct problem *
replay_dead_event(struct work *work, struct uuid id)
{
	struct decision decision = { .id = id };

	TRY(db_transaction(work, defer_one(work, &decision)));
	return decision.changed == 1 ? OK : why_unchanged(work, id);
}

const struct problem *
replay_dead_events(struct work *work, int64_t *replayed)
{
	struct decision decision = { .changed = 0 };

	TRY(db_transaction(work, defer_all(work, &decision)));
	*replayed = decision.changed;
	return OK;
}

const struct problem *
drop_dead_event(struct work *work, struct uuid id, const char *reason)
{
	struct decision decision = { .id = id, .reason = reason };

	TRY(db_transaction(work, drop_one(work, &decision)));
	return decision.changed == 1 ? OK : why_unchanged(work, id);
}
