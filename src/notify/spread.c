#include "notify/spread.h"

#include "base/arena.h"
#include "base/config.h"
#include "events/feed.h"
#include "notify/concerned.h"
#include "notify/delivery.h"
#include "store/db.h"
#include "store/work.h"

enum { BATCHES = 4, HEARD_MAX = 100000, AT_ONCE = 500 };

/* An event and an endpoint that hears it. */
struct heard {
	struct event_id    event;
	struct endpoint_id endpoint;
	struct uuid        aggregate;
	const char        *type;
	int64_t            batch;
};

static const struct member heard_members[] = {
	M_ID(struct heard, event, "id"),
	M_ID(struct heard, endpoint, "endpoint_id", .computed = true),
	M_ID(struct heard, aggregate, "aggregate_id"),
	M_TEXT(struct heard, type, "type", 64),
	M_INTEGER(struct heard, batch, "batch", 0, INT64_MAX),
};
SHAPE(struct heard, heard_shape, "HeardEvent", heard_members);

/* Of `w`: while it is disabled what comes is kept for some days, as what was pending is. */
#define LISTENS "(w.status = 'active' OR w.disabled_at > NOW(3) - INTERVAL ? DAY)"

/* No merchant hears by what it is suspected: a test of stolen cards would be repeated until it passes. */
static const struct problem *
read_heard(struct work *work, int64_t after, int64_t last, struct heard **heard, size_t *count)
{
	int64_t days = work->config->deliveries.disable_days;

	return db_rows(work->db, &heard_shape, HEARD_MAX, heard, count,
	    "SELECT {e}, w.id AS endpoint_id FROM (SELECT x.event_id, m.id AS endpoint_id FROM (" CONCERNED_MERCHANTS ") x "
	    "JOIN webhook_endpoints m ON m.merchant_id = x.merchant_id "
	    "UNION ALL SELECT e.id, s.id FROM events e JOIN webhook_endpoints s ON s.merchant_id IS NULL "
	    "WHERE e.batch > ? AND e.batch <= ?) t JOIN events e ON e.id = t.event_id "
	    "JOIN webhook_endpoints w ON w.id = t.endpoint_id WHERE " LISTENS " AND e.type <> 'webhook_endpoint.tested' "
	    "AND (w.merchant_id IS NULL OR e.type NOT IN ('payment.reviewed', 'risk.band_left')) "
	    "AND (FIND_IN_SET(e.type, w.event_types) OR FIND_IN_SET('*', w.event_types) "
	    "OR FIND_IN_SET(CONCAT(SUBSTRING_INDEX(e.type, '.', 1), '.*'), w.event_types)) "
	    "ORDER BY e.batch, e.created_at, e.id",
	    CONCERNED_PARAMETERS(after, last), P(after), P(last), P(days));
}

/* The place of each event within its batch. */
static void
make_deliveries(const struct heard *heard, size_t count, struct new_delivery *made)
{
	int64_t place = 0;

	for (size_t i = 0; i < count; i++) {
		if (i > 0 && heard[i].batch != heard[i - 1].batch)
			place = 0;
		else if (i > 0 && !ID_EQUAL(heard[i].event, heard[i - 1].event))
			place++;
		made[i] = (struct new_delivery) { .endpoint = heard[i].endpoint,
			.event = heard[i].event,
			.aggregate = heard[i].aggregate,
			.event_type = heard[i].type,
			.position = heard[i].batch * FEED_POSITIONS + place,
			.cause = OF_EVENT };
	}
}

static const struct problem *
spread(struct work *work, const struct feed *feed, int64_t last)
{
	struct heard        *heard;
	struct new_delivery *made;
	size_t               count;

	TRY(feed_advance(work, feed, last));
	TRY(read_heard(work, feed->batch, last, &heard, &count));
	made = ARENA_ARRAY(work->arena, count, struct new_delivery);
	make_deliveries(heard, count, made);
	for (size_t i = 0; i < count; i += AT_ONCE)
		TRY(add_deliveries(work, made + i, count - i < AT_ONCE ? count - i : AT_ONCE, NULL));
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
