/* Events are written. */
#include "events/record.h"

#include "base/text.h"
#include "events/doorbell.h"
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

static const struct member event_notice_members[] = {
	M_ID(struct event_notice, event, "event_id", .required = true),
	M_ID(struct event_notice, aggregate, "aggregate_id", .required = true),
};
SHAPE_SHARED(struct event_notice, event_notice_shape, "EventNotice", event_notice_members);

const char *
event_type_name(enum event_type type)
{
	assert(type < EVENT__COUNT);
	return types[type].name;
}

const struct problem *
event_record(
    struct work *work, enum event_type type, struct uuid aggregate, const struct shape *payload_shape, const void *payload)
{
	struct event_id event;

	return event_record_as(work, type, aggregate, payload_shape, payload, &event);
}

const struct problem *
event_record_as(struct work *work, enum event_type type, struct uuid aggregate, const struct shape *payload_shape,
    const void *payload, struct event_id *recorded)
{
	struct event_id event = NEW_ID(event_id);
	struct text     json = text_new(work->arena, 1024);

	*recorded = event;
	assert(type < EVENT__COUNT && work->depth > 0);
	shape_print(payload_shape, payload, &json);
	TRY(db_run(work->db, NULL,
	    "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload, actor_id, request_id) "
	    "VALUES (?, ?, ?, ?, ?, ?, NULLIF(?, ''))",
	    P(event), P(types[type].name), P(types[type].aggregate), P(aggregate), P(json.bytes), P(acting_user(work)),
	    P(work->request_id)));
	transaction_witness(work, "SELECT COUNT(*) AS value FROM events WHERE id = ?", event.uuid);
	doorbell_ring_after_commit(work, job_lane_name(LANE_EVENTS));
	return OK;
}
