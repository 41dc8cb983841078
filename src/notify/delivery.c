#include "notify/delivery.h"

#include "base/arena.h"
#include "base/config.h"
#include "events/audit.h"
#include "events/doorbell.h"
#include "events/feed.h"
#include "events/job.h"
#include "events/record.h"
#include "http/permission.h"
#include "notify/endpoint.h"
#include "store/list.h"

#include <assert.h>

/* The clocks of the server and of who makes ids may differ. */
enum { AT_ONCE = 500, OVERLAP_SECONDS = 10 };

const char *const delivery_cause_values[] = { "event", "test", "resend", "recover", NULL };
const char *const delivery_status_values[] = { "pending", "delivered", "dead", NULL };

static const struct member delivery_members[] = {
	M_ID(struct delivery, id, "id"),
	M_ID(struct delivery, endpoint, "endpoint_id"),
	M_ID(struct delivery, event, "event_id", .description = "What the receiver sees as webhook-id; the same for a resend."),
	M_TEXT(struct delivery, event_type, "event_type", 64, .required = true, .example = "\"order.paid\""),
	M_ENUM(struct delivery, cause, "cause", delivery_cause_values),
	M_ENUM(struct delivery, status, "status", delivery_status_values),
	M_INTEGER(struct delivery, attempts, "attempts", 0, INT32_MAX),
	M_INTEGER(
	    struct delivery, answer_status, "answer_status", 0, 999, .description = "Of the last attempt; null: no answer."),
	M_TEXT(struct delivery, answer_body, "answer_body", ANSWER_BODY_MAX, .multiline = true,
	    .description = "The beginning of the last answer's body.", .example = "\"ok\""),
	M_TEXT(struct delivery, error, "error", 255, .description = "Why the last attempt failed.", .example = "null"),
	M_INTEGER(struct delivery, duration_ms, "duration_ms", 0, INT32_MAX),
	M_TIME(struct delivery, attempted_at, "attempted_at"),
	M_TIME(struct delivery, next_attempt_at, "next_attempt_at", .computed = true,
	    .description = "Of a pending one; later when an earlier one about the same thing is still to be delivered."),
	M_TIME(struct delivery, created_at, "created_at"),
};
SHAPE_SHARED(struct delivery, delivery_shape, "WebhookDelivery", delivery_members, .noun = "delivery");

static const struct problem *
log_deliveries(struct work *work, const struct new_delivery *list, size_t count, const struct delivery_id *ids)
{
	enum { COLUMNS = 5 };
	struct parameter *rows = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);

	for (size_t i = 0; i < count; i++) {
		const struct parameter row[COLUMNS] = { P(ids[i]), P(list[i].endpoint), P(list[i].event), P(list[i].event_type),
			P(delivery_cause_values[list[i].cause]) };

		memcpy(&rows[i * COLUMNS], row, sizeof row);
	}
	return db_run_many(work->db, NULL,
	    "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, cause) VALUES [(?, ?, ?, ?, ?)]", count,
	    COLUMNS, rows);
}

const struct problem *
log_and_queue_deliveries(struct work *work, const struct new_delivery *list, size_t count, struct delivery_id *first)
{
	enum { COLUMNS = 6 };
	struct delivery_id *ids = ARENA_ARRAY(work->arena, count, struct delivery_id);
	struct parameter   *rows = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);

	assert(work->depth > 0 && count <= AT_ONCE);
	for (size_t i = 0; i < count; i++) {
		ids[i] = NEW_ID(delivery_id);
		const struct parameter row[COLUMNS] = { P(ids[i]), P(list[i].endpoint), P(list[i].aggregate), P(list[i].event),
			P(list[i].position), P(work->config->deliveries.give_up_hours) };

		memcpy(&rows[i * COLUMNS], row, sizeof row);
	}
	if (count == 0)
		return OK;
	if (first != NULL)
		*first = ids[0];
	TRY(log_deliveries(work, list, count, ids));
	return db_run_many(work->db, NULL,
	    "INSERT INTO webhook_queue (delivery_id, endpoint_id, aggregate_id, event_id, position, give_up_at) "
	    "VALUES [(?, ?, ?, ?, ?, NOW(3) + INTERVAL ? HOUR)]",
	    count, COLUMNS, rows);
}

static const struct problem *
add_deliveries(struct work *work, const struct new_delivery *list, size_t count, struct delivery_id *first)
{
	TRY(log_and_queue_deliveries(work, list, count, first));
	doorbell_ring_after_commit(work, job_lane_name(LANE_DELIVERIES));
	return OK;
}

/* Few of many may be of a status: the walk ends there, and the page has a neighbour. */
static const struct list_order newest_first[] = { { .id = "d.id", .descending = true } };

const struct problem *
list_deliveries(struct work *work, struct endpoint_id id, const int *status, const struct page_request *page,
    struct delivery **deliveries, struct listed *listed)
{
	struct endpoint *endpoint;
	struct list      list =
	    list_begin(work, "SELECT {d}, (SELECT q.due_at FROM webhook_queue q WHERE q.delivery_id = d.id) AS next_attempt_at",
		"FROM webhook_deliveries d");

	TRY(read_endpoint(work, id, &endpoint));
	list_where(&list, "d.endpoint_id = ?", P(endpoint->id));
	list_filter(&list, "d.status = ?", P(status == NULL ? (const char *)NULL : delivery_status_values[*status]));
	return list_page(&list, &delivery_shape, newest_first, page, deliveries, listed);
}

static const struct problem *
read_delivery(struct work *work, struct delivery_id id, struct delivery **delivery)
{
	struct reach reach = REACH(work, WEBHOOK_WRITE, WEBHOOK_WRITE_OWN);

	return db_one(work->db, &delivery_shape, delivery,
	    "SELECT {d}, (SELECT q.due_at FROM webhook_queue q WHERE q.delivery_id = d.id) AS next_attempt_at "
	    "FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id "
	    "WHERE d.id = ? AND e.deleted_at IS NULL AND (? OR e.merchant_id = ?)",
	    P(id), P(reach.all), P(reach.merchant));
}

static const struct problem *
lock_active(struct work *work, struct endpoint_id id)
{
	struct endpoint *endpoint;

	TRY(lock_endpoint(work, id, &endpoint));
	return endpoint->status == ENDPOINT_ACTIVE ? OK : problem(ENDPOINT_DISABLED, "the webhook endpoint is disabled");
}

/* Behind all that was fanned out before. */
static const struct problem *
last_position(struct work *work, int64_t *position)
{
	int64_t batch;

	TRY(db_value(work->db, &batch, "SELECT batch FROM event_fan_out"));
	*position = batch * FEED_POSITIONS + FEED_POSITIONS - 1;
	return OK;
}

const struct problem *
test_endpoint(struct work *work, struct endpoint_id id, struct delivery **delivery)
{
	struct new_delivery made = { .endpoint = id,
		.aggregate = id.uuid,
		.event_type = event_type_name(EVENT_WEBHOOK_ENDPOINT_TESTED),
		.cause = OF_TEST };
	struct delivery_id  first;
	struct endpoint    *endpoint;

	TRY(lock_active(work, id));
	TRY(read_endpoint(work, id, &endpoint));
	TRY(record_endpoint_event(work, EVENT_WEBHOOK_ENDPOINT_TESTED, endpoint, &made.event));
	TRY(last_position(work, &made.position));
	TRY(add_deliveries(work, &made, 1, &first));
	return read_delivery(work, first, delivery);
}

/* What events of a delivery must be there for. */
struct sent_event {
	struct uuid aggregate;
};

static const struct member sent_event_members[] = {
	M_ID(struct sent_event, aggregate, "aggregate_id"),
};
SHAPE(struct sent_event, sent_event_shape, "SentEvent", sent_event_members, .noun = "event");

const struct problem *
resend_delivery(struct work *work, struct delivery_id id, struct delivery **delivery)
{
	struct delivery    *before;
	struct sent_event  *event;
	struct new_delivery made = { .cause = OF_RESEND };
	struct delivery_id  first;

	TRY(read_delivery(work, id, &before));
	TRY(lock_active(work, before->endpoint));
	TRY(db_one(work->db, &sent_event_shape, &event, "SELECT {e} FROM events e WHERE e.id = ?", P(before->event)));
	made.endpoint = before->endpoint;
	made.event = before->event;
	made.event_type = before->event_type;
	made.aggregate = event->aggregate;
	TRY(last_position(work, &made.position));
	TRY(add_deliveries(work, &made, 1, &first));
	TRY(read_delivery(work, first, delivery));
	return audit_record(work, "webhook_delivery.resent", "webhook_delivery", first.uuid, &delivery_shape, before, *delivery);
}

/* A delivery that is dead, and no other of its event is delivered or pending. */
struct dead_delivery {
	struct delivery_id id;
	struct event_id    event;
	struct uuid        aggregate;
	const char        *event_type;
	int64_t            batch;
	struct instant     created_at;
};

static const struct member dead_delivery_members[] = {
	M_ID(struct dead_delivery, id, "id"),
	M_ID(struct dead_delivery, event, "event_id"),
	M_ID(struct dead_delivery, aggregate, "aggregate_id"),
	M_TEXT(struct dead_delivery, event_type, "event_type", 64),
	M_INTEGER(struct dead_delivery, batch, "batch", 0, INT64_MAX),
	M_TIME(struct dead_delivery, created_at, "created_at"),
};
SHAPE(struct dead_delivery, dead_delivery_shape, "DeadDelivery", dead_delivery_members);

static const struct member recovered_members[] = {
	M_INTEGER(struct recovered, deliveries, "deliveries", 0, INT64_MAX),
	M_TIME(struct recovered, more_since, "more_since"),
};
SHAPE(struct recovered, recovered_audit_shape, "RecoveredAudit", recovered_members);

/* Those of one event after several resends are one, the last. */
static const struct problem *
read_dead(struct work *work, struct endpoint_id id, struct instant since, struct dead_delivery **dead, size_t *count)
{
	return db_rows(work->db, &dead_delivery_shape, AT_ONCE, dead, count,
	    "SELECT d.id, d.event_id, v.aggregate_id, d.event_type, d.created_at, "
	    "IFNULL(v.batch, 0) AS batch FROM webhook_deliveries d JOIN events v ON v.id = d.event_id "
	    "WHERE d.endpoint_id = ? AND d.status = 'dead' AND d.id >= ? AND NOT EXISTS (SELECT 1 FROM webhook_deliveries o "
	    "WHERE o.event_id = d.event_id AND o.endpoint_id = d.endpoint_id AND (o.status <> 'dead' OR o.id > d.id)) "
	    "ORDER BY d.id LIMIT ?",
	    P(id), P(uuid_floor(since.unix_ms)), P(AT_ONCE));
}

const struct problem *
recover_endpoint(struct work *work, struct endpoint_id id, struct instant since, struct recovered *recovered)
{
	struct dead_delivery *dead;
	struct new_delivery  *made;
	size_t                count;

	TRY(lock_active(work, id));
	TRY(read_dead(work, id, since, &dead, &count));
	made = ARENA_ARRAY(work->arena, count, struct new_delivery);
	for (size_t i = 0; i < count; i++)
		made[i] = (struct new_delivery) { .endpoint = id,
			.event = dead[i].event,
			.aggregate = dead[i].aggregate,
			.event_type = dead[i].event_type,
			.position = dead[i].batch * FEED_POSITIONS + FEED_POSITIONS - 2, /* behind its batch */
			.cause = OF_RECOVER };
	TRY(add_deliveries(work, made, count, NULL));
	*recovered = (struct recovered) { .deliveries = (int64_t)count };
	if (count == AT_ONCE) {
		recovered->more_since = ARENA_NEW(work->arena, struct instant);
		*recovered->more_since = instant_add_seconds(dead[count - 1].created_at, -OVERLAP_SECONDS);
	}
	return audit_record(
	    work, "webhook_endpoint.recovered", "webhook_endpoint", id.uuid, &recovered_audit_shape, NULL, recovered);
}
