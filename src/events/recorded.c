#include "events/recorded.h"

#include "store/list.h"

/* Few of many may be of a type: the walk ends there, and the page has a neighbour. */
enum { WALK_ROWS = 5000, PAYLOAD_MAX = 4 << 20 };

static const struct member recorded_event_members[] = {
	M_ID(struct recorded_event, id, "id"),
	M_TEXT(struct recorded_event, type, "type", 64, .required = true, .example = "\"order.paid\""),
	M_TEXT(struct recorded_event, aggregate_type, "aggregate_type", 32, .required = true, .example = "\"order\""),
	M_ID(struct recorded_event, aggregate, "aggregate_id"),
	M_TEXT(struct recorded_event, payload, "payload", PAYLOAD_MAX, .required = true, .multiline = true, .example = "\"{}\"",
	    .description = "The state of the thing after the change, as a JSON string."),
	M_ID(struct recorded_event, actor, "actor_id", .description = "Null: the system, or nobody who was signed in."),
	M_TEXT(struct recorded_event, request_id, "request_id", 64),
	M_TIME(struct recorded_event, created_at, "created_at"),
};
SHAPE_SHARED(struct recorded_event, recorded_event_shape, "Event", recorded_event_members);

static const struct list_order newest_first[] = { { .id = "e.id", .descending = true } };

const struct problem *
list_recorded_events(struct work *work, const struct recorded_filters *filters, const struct page_request *page,
    struct recorded_event **events, struct listed *listed)
{
	struct list list = list_begin(work, "SELECT {e}", "FROM events e"),
		    walked = list_begin(work, "SELECT e.id AS id", "FROM events e");

	list_filter(&list, "e.aggregate_id = ?", P(filters->aggregate));
	list_filter(&walked, "e.aggregate_id = ?", P(filters->aggregate));
	if (filters->type == NULL)
		return list_page(&list, &recorded_event_shape, newest_first, page, events, listed);
	list_filter(&list, "e.type = ?", P(filters->type));
	return list_page_walked(&list, &walked, WALK_ROWS, &recorded_event_shape, newest_first, page, events, listed);
}
