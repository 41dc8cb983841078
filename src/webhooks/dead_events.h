/*
 * dead_events.h: stored events that could not be applied, after their last attempt, and what is done about them.  For
 * haatctl and the API.
 */
#ifndef DEAD_EVENTS_H
#define DEAD_EVENTS_H

#include "base/shape.h"
#include "http/page.h"

struct work;

/* A stored event as it is looked at. */
struct stored_event {
	struct uuid id;
	const char *provider, *event_id, *type, *payload;
	int         status; /* enum inbox_status */
	int64_t     attempts, collision_count;
	const char *error; /* or NULL */
	/* What came first of others under its id, and when; or NULL. */
	const char     *colliding_payload;
	struct instant *collided_at;
	struct instant  received_at, updated_at;
};
SHAPE_DECLARE(struct stored_event, stored_event_shape);

/* Dead events, newest first, without their payloads. */
const struct problem *dead_events(struct work *work, size_t limit, struct stored_event **events, size_t *count);

/* Each NULL: any. */
struct event_filters {
	const int  *status; /* enum inbox_status */
	const char *provider, *type;
};

struct stored_events_query {
	struct list_query list;
	int              *status;
	const char       *provider, *type;
};
SHAPE_DECLARE(struct stored_events_query, stored_events_query_shape);

/* Stored events of all kinds, newest first, without their payloads. */
const struct problem *list_stored_events(struct work *work, const struct event_filters *filters, const struct page_request *page,
    struct stored_event **events, struct listed *listed);

/*
 * One stored event, dead or not, with the first other that came under its id.  Both without what their provider's row calls
 * private, and the event without its payload while it is not verified.  NOT_FOUND.
 */
const struct problem *show_stored_event(struct work *work, struct uuid id, struct stored_event **event);

/* A dead event is deferred again, with all its attempts, and a job takes it up.  Audited.  NOT_FOUND; CONFLICT when it is not dead. */
const struct problem *replay_dead_event(struct work *work, struct uuid id);

/* All dead events; how many those were.  Audited as one. */
const struct problem *replay_dead_events(struct work *work, int64_t *replayed);

/* A dead event is given up; the reason is kept with it.  Audited.  NOT_FOUND; CONFLICT when it is not dead. */
const struct problem *drop_dead_event(struct work *work, struct uuid id, const char *reason);

#endif
