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

enum { COLUMNS = 7 };

/* `values` holds the COLUMNS of each. */
static const struct problem *
insert_events(struct work *work, size_t count, const struct parameter *values, struct event_id witness)
{
	assert(work->depth > 0);
	TRY(db_run_many(work->db, NULL,
	    "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload, actor_id, request_id) "
	    "VALUES [(?, ?, ?, ?, ?, ?, NULLIF(?, ''))]",
	    count, COLUMNS, values));
	transaction_witness(work, "SELECT COUNT(*) AS value FROM events WHERE id = ?", witness.uuid);
	doorbell_ring_after_commit(work, job_lane_name(LANE_EVENTS));
	return OK;
}

static void
fill_row(struct work *work, const struct shape *payload_shape, const struct new_event *event, struct event_id id,
    struct parameter *row)
{
	struct text json = text_new(work->arena, 1024);

	assert(event->type < EVENT__COUNT);
	shape_print(payload_shape, event->payload, &json);
	memcpy(row,
	    (struct parameter[COLUMNS]) { P(id), P(types[event->type].name), P(types[event->type].aggregate), P(event->aggregate),
		P(json.bytes), P(acting_user(work)), P(work->request_id) },
	    COLUMNS * sizeof *row);
}

const struct problem *
event_record_as(struct work *work, enum event_type type, struct uuid aggregate, const struct shape *payload_shape,
    const void *payload, struct event_id *event)
{
	struct parameter *row = ARENA_ARRAY(work->arena, COLUMNS, struct parameter);

	*event = NEW_ID(event_id);
	fill_row(work, payload_shape, &(struct new_event) { type, aggregate, payload }, *event, row);
	return insert_events(work, 1, row, *event);
}

const struct problem *
event_record_many(struct work *work, const struct shape *payload_shape, const struct new_event *events, size_t count)
{
	struct parameter *rows = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);
	struct event_id   event;

	if (count == 0)
		return OK;
	for (size_t i = 0; i < count; i++)
		fill_row(work, payload_shape, &events[i], event = NEW_ID(event_id), &rows[i * COLUMNS]);
	return insert_events(work, count, rows, event); /* any of them tells that all are there */
}
