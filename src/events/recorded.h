/*
 * recorded.h: looking at the events that were written: for the API.
 */
#ifndef RECORDED_H
#define RECORDED_H

#include "base/shape.h"

struct listed;
struct page_request;
struct work;

struct recorded_event {
	struct event_id id;
	const char     *type, *aggregate_type, *payload, *request_id;
	struct uuid     aggregate;
	struct user_id *actor; /* NULL: the system */
	struct instant  created_at;
};
SHAPE_DECLARE(struct recorded_event, recorded_event_shape);

/* Each NULL: any. */
struct recorded_filters {
	const char        *type;
	const struct uuid *aggregate;
};

/* Events as long as they are kept, newest first. */
const struct problem *list_recorded_events(struct work *work, const struct recorded_filters *filters,
    const struct page_request *page, struct recorded_event **events, struct listed *listed);

#endif
