#include "notify/spread.h"

#include "base/arena.h"
#include "base/config.h"
#include "events/feed.h"
#include "notify/concerned.h"
#include "notify/delivery.h"
#include "store/db.h"
#include "store/work.h"

enum { BATCHES = 4, AT_ONCE = 500 };

/* An event and an endpoint that hears it. */
struct heard {
	struct event_id    event;
	struct endpoint_id endpoint;
	struct uuid        aggregate;
	const char        *type;
	int64_t            batch, created_us; /* which instants do not tell apart */
};

/* The last that was put in: those behind it are next. */
struct spreading {
	int64_t            batch, place; /* of the event among those of its batch that somebody hears */
	int64_t            created_us;
	struct event_id    event;
	struct endpoint_id endpoint;
};

static const struct member heard_members[] = {
	M_ID(struct heard, event, "id"),
	M_ID(struct heard, endpoint, "endpoint_id", .computed = true),
	M_ID(struct heard, aggregate, "aggregate_id"),
	M_TEXT(struct heard, type, "type", 64),
	M_INTEGER(struct heard, batch, "batch", 0, INT64_MAX),
	M_INTEGER(struct heard, created_us, "created_us", 0, INT64_MAX, .computed = true),
};
SHAPE(struct heard, heard_shape, "HeardEvent", heard_members);

/* Of `w`: while it is disabled what comes is kept for some days, as what was pending is. */
#define LISTENS "w.deleted_at IS NULL AND (w.status = 'active' OR w.disabled_at > NOW(3) - INTERVAL ? DAY)"

#define CREATED_US "CAST(UNIX_TIMESTAMP(e.created_at) * 1000000 AS SIGNED)"

/*
 * At most AT_ONCE of them, in the order of events and endpoints, behind the last.  No merchant hears by what it is suspected: a test
 * of stolen cards would be repeated until it passes.
 */
static const struct problem *
read_heard(struct work *work, const struct spreading *at, int64_t after, int64_t last, struct heard **heard, size_t *count)
{
	int64_t days = work->config->deliveries.disable_days;

	return db_rows(work->db, &heard_shape, AT_ONCE, heard, count,
	    "SELECT {e}, w.id AS endpoint_id, " CREATED_US
	    " AS created_us FROM (SELECT x.event_id, m.id AS endpoint_id FROM (" CONCERNED_MERCHANTS ") x "
	    "JOIN webhook_endpoints m ON m.merchant_id = x.merchant_id "
	    "UNION ALL SELECT e.id, s.id FROM events e JOIN webhook_endpoints s ON s.merchant_id IS NULL "
	    "WHERE e.batch > ? AND e.batch <= ?) t JOIN events e ON e.id = t.event_id "
	    "JOIN webhook_endpoints w ON w.id = t.endpoint_id WHERE " LISTENS " AND e.type <> 'webhook_endpoint.tested' "
	    "AND (w.merchant_id IS NULL OR e.type NOT IN ('payment.reviewed', 'risk.band_left')) "
	    "AND (FIND_IN_SET(e.type, w.event_types) OR FIND_IN_SET('*', w.event_types) "
	    "OR FIND_IN_SET(CONCAT(SUBSTRING_INDEX(e.type, '.', 1), '.*'), w.event_types)) "
	    "AND (e.batch, " CREATED_US ", e.id, w.id) > (?, ?, ?, ?) ORDER BY e.batch, e.created_at, e.id, w.id LIMIT ?",
	    CONCERNED_PARAMETERS(after, last), P(after), P(last), P(days), P(at->batch), P(at->created_us), P(at->event),
	    P(at->endpoint), P(AT_ONCE));
}

static void
make_deliveries(struct spreading *at, const struct heard *heard, size_t count, struct new_delivery *made)
{
	for (size_t i = 0; i < count; i++) {
		int64_t place = heard[i].batch != at->batch ? 0 : at->place + !ID_EQUAL(heard[i].event, at->event);

		*at = (struct spreading) { heard[i].batch, place, heard[i].created_us, heard[i].event, heard[i].endpoint };
		made[i] = (struct new_delivery) { .endpoint = heard[i].endpoint,
			.event = heard[i].event,
			.aggregate = heard[i].aggregate,
			.event_type = heard[i].type,
			.position = heard[i].batch * FEED_POSITIONS + place,
			.cause = OF_EVENT };
	}
}

/* However many hear however much, no more than AT_ONCE are in memory. */
static const struct problem *
spread(struct work *work, const struct feed *feed, int64_t last)
{
	struct spreading    at = { .batch = feed->batch };
	struct new_delivery made[AT_ONCE];
	size_t              count = AT_ONCE;

	TRY(feed_advance(work, feed, last));
	while (count == AT_ONCE) {
		struct arena_mark mark = arena_mark(work->arena);
		struct heard     *heard;

		TRY(read_heard(work, &at, feed->batch, last, &heard, &count));
		make_deliveries(&at, heard, count, made);
		TRY(log_and_queue_deliveries(work, made, count, NULL));
		arena_release(work->arena, mark);
	}
	return OK;
}

const struct problem *
spread_events(struct work *work, struct feed *feed, bool *found)
{
	int64_t last;

	TRY(feed_next(work, feed, BATCHES, &last));
	*found = last > feed->batch;
	if (!*found)
		return OK;
	TRY(db_transaction(work, spread(work, feed, last)));
	feed->batch = last;
	return OK;
}
