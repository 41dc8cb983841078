#include "webhooks/dead_events.h"

#include "base/config.h"
#include "events/audit.h"
#include "store/db.h"
#include "store/list.h"
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
	M_TEXT(struct stored_event, payload, "payload", WEBHOOK_BYTES_MAX, .multiline = true, .computed = true,
	    .description = "Without what tells of people; null in lists, and of an event that is not verified yet."),
	M_TEXT(struct stored_event, colliding_payload, "colliding_payload", WEBHOOK_BYTES_MAX, .multiline = true,
	    .computed = true,
	    .description = "What was received first of others under its id, likewise; null where none was, and in lists."),
	M_TIME(struct stored_event, collided_at, "collided_at", .computed = true, .description = "When that was."),
	M_TIME(struct stored_event, received_at, "received_at"),
	M_TIME(struct stored_event, updated_at, "updated_at"),
};
SHAPE_SHARED(struct stored_event, stored_event_shape, "StoredEvent", stored_event_members, .noun = "event");

static const struct member stored_events_query_members[] = {
	LIST_QUERY(struct stored_events_query),
	LIST_FORMAT(struct stored_events_query),
	M_ENUM(struct stored_events_query, status, "status", inbox_status_values),
	M_TEXT(struct stored_events_query, provider, "provider", 32, .min = 1, .example = "\"stripe\""),
	M_TEXT(struct stored_events_query, type, "type", 100, .min = 1, .example = "\"payment_intent.succeeded\"",
	    .description = "In the provider's words."),
};
SHAPE_SHARED(struct stored_events_query, stored_events_query_shape, "WebhookEventsQuery", stored_events_query_members);

const struct problem *
dead_events(struct work *work, size_t limit, struct stored_event **events, size_t *count)
{
	return db_rows(work->db, &stored_event_shape, limit, events, count,
	    "SELECT {e} FROM webhook_events e WHERE e.status = 'dead' ORDER BY e.id DESC LIMIT ?", P(limit));
}

/* Few of many rows may be what a filter wants: the walk ends there, and the page has a neighbour. */
enum { WALK_ROWS = 5000 };

static const struct list_order by_id[] = { { .id = "e.id", .descending = true } };

const struct problem *
list_stored_events(struct work *work, const struct event_filters *filters, const struct page_request *page,
    struct stored_event **events, struct listed *listed)
{
	const char *status = filters->status == NULL ? NULL : inbox_status_values[*filters->status];
	struct list list = list_begin(work, "SELECT {e}", "FROM webhook_events e"),
		    walked = list_begin(work, "SELECT e.id AS id", "FROM webhook_events e");

	list_filter(&list, "e.status = ?", P(status));
	list_filter(&walked, "e.status = ?", P(status));
	if (filters->provider == NULL && filters->type == NULL)
		return list_page(&list, &stored_event_shape, by_id, page, events, listed);
	list_filter(&list, "e.provider = ?", P(filters->provider));
	list_filter(&list, "e.type = ?", P(filters->type));
	return list_page_walked(&list, &walked, WALK_ROWS, &stored_event_shape, by_id, page, events, listed);
}

/* Once more as it is shown: what its provider calls private may have grown since it was stored. */
static const char *
stripped(struct work *work, const struct provider *provider, const char *payload)
{
	return provider == NULL || payload == NULL ? payload : provider_strip(work->arena, provider, payload, strlen(payload));
}

const struct problem *
show_stored_event(struct work *work, struct uuid id, struct stored_event **event)
{
	const struct provider *provider;

	TRY(db_one(work->db, &stored_event_shape, event,
	    "SELECT {e}, IF(e.claim = '', CONVERT(e.payload USING utf8mb4), NULL) AS payload, "
	    "CONVERT(c.payload USING utf8mb4) AS colliding_payload, c.received_at AS collided_at "
	    "FROM webhook_events e LEFT JOIN webhook_collisions c ON c.id = e.id WHERE e.id = ?",
	    P(id)));
	provider = sender_known((*event)->provider);
	(*event)->payload = stripped(work, provider, (*event)->payload);
	(*event)->colliding_payload = stripped(work, provider, (*event)->colliding_payload);
	return OK;
}

static const struct problem *
read_bare(struct work *work, struct uuid id, struct stored_event **event)
{
	return db_one(work->db, &stored_event_shape, event, "SELECT {e} FROM webhook_events e WHERE e.id = ? FOR UPDATE", P(id));
}

static const struct problem *
lock_dead(struct work *work, struct uuid id, struct stored_event **event)
{
	TRY(read_bare(work, id, event));
	return (*event)->status == INBOX_DEAD ? OK : problem(CONFLICT, "the event is not dead");
}

static const struct problem *
record_decision(struct work *work, const char *action, const struct stored_event *before)
{
	struct stored_event *after;

	TRY(read_bare(work, before->id, &after));
	return audit_record(work, action, "webhook_event", before->id, &stored_event_shape, before, after);
}

static const struct problem *
replay_one(struct work *work, struct uuid id)
{
	struct stored_event *event;

	TRY(lock_dead(work, id, &event));
	TRY(db_run(work->db, NULL, TAKE_UP_DEAD "id = ?", P(id)));
	TRY(record_decision(work, "webhook_event.replayed", event));
	return enqueue_taken_up(work);
}

static const struct problem *
drop_one(struct work *work, struct uuid id, const char *reason)
{
	struct stored_event *event;

	TRY(lock_dead(work, id, &event));
	TRY(db_run(work->db, NULL,
	    "UPDATE webhook_events SET status = 'dropped', error = LEFT(CONCAT('dropped: ', ?), 500) WHERE id = ?", P(reason),
	    P(id)));
	return record_decision(work, "webhook_event.dropped", event);
}

/* What the audit trail keeps of many: how many those were. */
struct taken_up {
	int64_t events;
};

static const struct member taken_up_members[] = {
	M_INTEGER(struct taken_up, events, "events", 0, INT64_MAX),
};
SHAPE(struct taken_up, taken_up_shape, "EventsTakenUp", taken_up_members);

static const struct problem *
replay_all(struct work *work, int64_t *replayed)
{
	TRY(db_run(work->db, replayed, TAKE_UP_DEAD "status = 'dead'"));
	if (*replayed == 0)
		return OK;
	TRY(audit_record(work, "webhook_events.replayed", "webhook_event", (struct uuid) { { 0 } }, &taken_up_shape, NULL,
	    &(struct taken_up) { *replayed }));
	return enqueue_taken_up(work);
}

const struct problem *
replay_dead_event(struct work *work, struct uuid id)
{
	return db_transaction(work, replay_one(work, id));
}

const struct problem *
replay_dead_events(struct work *work, int64_t *replayed)
{
	return db_transaction(work, replay_all(work, replayed));
}

const struct problem *
drop_dead_event(struct work *work, struct uuid id, const char *reason)
{
	return db_transaction(work, drop_one(work, id, reason));
}
