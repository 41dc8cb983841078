#include "notify/queue.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/metrics.h"
#include "events/feed.h"
#include "notify/delivery.h"
#include "notify/endpoint.h"
#include "notify/retry.h"
#include "store/db.h"
#include "store/work.h"

enum { ENDPOINTS_DUE_MAX = 5000, PUT_OFF_AT_ONCE = 1000, PAUSE_SECONDS = 30, IN_TIME_SECONDS = 30, SECOND_US = 1000000 };

static const struct member due_endpoint_members[] = {
	M_ID(struct due_endpoint, id, "id"),
	M_ID(struct due_endpoint, merchant, "merchant_id"),
	M_TEXT(struct due_endpoint, url, "url", ENDPOINT_URL_MAX),
	M_BYTES(struct due_endpoint, secret, "secret", 255),
	M_BYTES(struct due_endpoint, old_secret, "old_secret", 255, .computed = true),
	M_BOOLEAN(struct due_endpoint, failing, "failing", .computed = true),
};
SHAPE(struct due_endpoint, due_endpoint_shape, "DueEndpoint", due_endpoint_members);

const struct problem *
queue_endpoints(struct work *work, struct due_endpoint **endpoints, size_t *count)
{
	return db_rows(work->db, &due_endpoint_shape, ENDPOINTS_DUE_MAX, endpoints, count,
	    "SELECT {w}, IF(w.old_secret_until > NOW(3), w.old_secret, NULL) AS old_secret, "
	    "w.failing_since IS NOT NULL AS failing FROM "
	    "(SELECT q.endpoint_id, MIN(q.due_at) AS due_at FROM webhook_queue q GROUP BY q.endpoint_id) d "
	    "JOIN webhook_endpoints w ON w.id = d.endpoint_id WHERE d.due_at <= NOW(3) AND w.status = 'active' "
	    "AND (w.paused_until IS NULL OR w.paused_until <= NOW(3)) ORDER BY d.due_at LIMIT ?",
	    P(ENDPOINTS_DUE_MAX));
}

static const struct member due_event_members[] = {
	M_TEXT(struct due_event, type, "type", 64),
	M_TEXT(struct due_event, payload, "payload", DUE_PAYLOAD_MAX, .multiline = true),
	M_TEXT(struct due_event, request_id, "request_id", 64),
	M_TIME(struct due_event, created_at, "created_at"),
};
SHAPE(struct due_event, due_event_shape, "DueEvent", due_event_members);

static const struct member due_delivery_members[] = {
	M_ID(struct due_delivery, id, "delivery_id"),
	M_ID(struct due_delivery, aggregate, "aggregate_id"),
	M_ID(struct due_delivery, event, "event_id"),
	M_INTEGER(struct due_delivery, attempts, "attempts", 0, INT32_MAX),
	M_BOOLEAN(struct due_delivery, shared, "shared", .computed = true),
	M_INTEGER(struct due_delivery, bytes, "bytes", 0, INT64_MAX, .computed = true),
};
SHAPE(struct due_delivery, due_delivery_shape, "DueDelivery", due_delivery_members);

/* Of `v`: does it tell of money for the order of several merchants? */
#define OF_SHARED_MONEY \
	"(SELECT COUNT(*) > 1 FROM order_merchants o WHERE o.order_id = (SELECT p.order_id FROM payments p WHERE p.id = " \
	"CASE v.aggregate_type WHEN 'payment' THEN v.aggregate_id " \
	"WHEN 'refund' THEN (SELECT r.payment_id FROM refunds r WHERE r.id = v.aggregate_id) " \
	"WHEN 'dispute' THEN (SELECT d.payment_id FROM disputes d WHERE d.id = v.aggregate_id) END))"

const struct problem *
queue_due(struct work *work, struct endpoint_id endpoint, int64_t limit, struct due_delivery **deliveries, size_t *count)
{
	return db_rows(work->db, &due_delivery_shape, (size_t)limit, deliveries, count,
	    "SELECT {q}, " OF_SHARED_MONEY
	    " AS shared, IFNULL(LENGTH(v.payload), 0) AS bytes FROM webhook_queue q LEFT JOIN events v ON v.id = q.event_id "
	    "WHERE q.endpoint_id = ? AND q.due_at <= NOW(3) AND NOT EXISTS (SELECT 1 FROM webhook_queue f "
	    "WHERE f.endpoint_id = q.endpoint_id AND f.aggregate_id = q.aggregate_id "
	    "AND (f.position < q.position OR f.position = q.position AND f.delivery_id < q.delivery_id)) "
	    "ORDER BY q.due_at, q.position LIMIT ?",
	    P(endpoint), P(limit));
}

const struct problem *
queue_said(struct work *work, const struct due_delivery *delivery, struct due_event **said)
{
	*said = NULL;
	if (delivery->bytes > DUE_PAYLOAD_MAX)
		return OK;
	return db_row(work->db, &due_event_shape, said, "SELECT {v} FROM events v WHERE v.id = ?", P(delivery->event));
}

/* In the log; the row in the queue is gone, or due again. */
static const struct problem *
log_attempt(struct work *work, const struct attempt *a, enum delivery_status status)
{
	int64_t answer = a->status;

	return db_run(work->db, NULL,
	    "UPDATE webhook_deliveries SET status = ?, attempts = ?, answer_status = ?, answer_body = ?, error = ?, duration_ms = ?, "
	    "attempted_at = NOW(3) WHERE id = ?",
	    P(delivery_status_values[status]), P(a->attempts), P(answer > 0 ? &answer : NULL), P(a->body), P(a->error),
	    P(a->duration_ms), P(a->delivery));
}

static const struct problem *
record_success(struct work *work, const struct attempt *a)
{
	int64_t late = (instant_now().unix_ms - a->happened_at.unix_ms) / 1000 > IN_TIME_SECONDS;

	TRY(db_run(work->db, NULL, "DELETE FROM webhook_queue WHERE delivery_id = ?", P(a->delivery)));
	TRY(log_attempt(work, a, DELIVERY_DELIVERED));
	TRY(db_run(work->db, NULL,
	    "UPDATE webhook_endpoints SET failing_since = NULL, failed_deliveries = 0, paused_until = NULL "
	    "WHERE id = ? AND failing_since IS NOT NULL",
	    P(a->endpoint)));
	metric_add(METRIC_DELIVERIES, late ? DELIVERIES_LATE : DELIVERIES_IN_TIME, 0, 1);
	return OK;
}

/* Until when an attempt may fail, of webhook_queue: once its endpoint is enabled again, it has its whole time. */
#define GIVES_UP_AT \
	"GREATEST(give_up_at, IFNULL((SELECT w.enabled_at + INTERVAL ? HOUR FROM webhook_endpoints w WHERE w.id = endpoint_id), " \
	"give_up_at))"

/* What waits behind it waits as long: nobody looks at it before.  Here the next ones, others in queue_put_off_rest. */
static const struct problem *
put_off(struct work *work, const struct attempt *a)
{
	int64_t delay_us = retry_delay_us(a->attempts);

	if (a->retry_after_seconds * SECOND_US > delay_us)
		delay_us = a->retry_after_seconds * SECOND_US;
	return db_run(work->db, NULL,
	    "UPDATE webhook_queue FORCE INDEX (ix_webhook_queue_lane) "
	    "SET due_at = GREATEST(due_at, LEAST(NOW(3) + INTERVAL ? MICROSECOND, " GIVES_UP_AT ")) "
	    "WHERE endpoint_id = ? AND aggregate_id = ? ORDER BY position, delivery_id LIMIT ?",
	    P(delay_us), P(work->config->deliveries.give_up_hours), P(a->endpoint), P(a->aggregate), P(PUT_OFF_AT_ONCE));
}

/* Is it time to disable the endpoint? */
static const struct problem *
note_failure(struct work *work, const struct attempt *a)
{
	int64_t pause = a->outcome == ATTEMPT_SLOW_DOWN && a->retry_after_seconds == 0 ? PAUSE_SECONDS : a->retry_after_seconds;
	int64_t hopeless;

	TRY(db_run(work->db, NULL,
	    "UPDATE webhook_endpoints SET failing_since = COALESCE(failing_since, NOW(3)), "
	    "failed_deliveries = failed_deliveries + ?, "
	    "paused_until = IF(? > 0, GREATEST(COALESCE(paused_until, NOW(3)), NOW(3) + INTERVAL ? SECOND), paused_until) WHERE id = ?",
	    P((int64_t)(a->attempts == 1)), P(pause), P(pause), P(a->endpoint)));
	if (a->outcome == ATTEMPT_GONE)
		return disable_endpoint(work, a->endpoint, ENDED_GONE);
	TRY(db_value(work->db, &hopeless,
	    "SELECT failing_since <= NOW(3) - INTERVAL ? DAY AND failed_deliveries >= ? AND status = 'active' "
	    "FROM webhook_endpoints WHERE id = ?",
	    P(work->config->deliveries.disable_days), P(work->config->deliveries.disable_after), P(a->endpoint)));
	return hopeless ? disable_endpoint(work, a->endpoint, ENDED_FAILING) : OK;
}

/* Once: when nobody could tell whether it was written down, it may be. */
static const struct problem *
record_failure(struct work *work, const struct attempt *a)
{
	int64_t dead, known;

	TRY(db_run(work->db, &known, "UPDATE webhook_queue SET attempts = ? WHERE delivery_id = ? AND attempts < ?",
	    P(a->attempts), P(a->delivery), P(a->attempts)));
	if (known == 0)
		return OK;
	TRY(db_run(work->db, &dead, "DELETE FROM webhook_queue WHERE delivery_id = ? AND (? OR " GIVES_UP_AT " <= NOW(3))",
	    P(a->delivery), P((int64_t)(a->outcome == ATTEMPT_HOPELESS)), P(work->config->deliveries.give_up_hours)));
	metric_add(METRIC_DELIVERIES, dead == 1 ? DELIVERIES_DEAD : DELIVERIES_FAILED, 0, 1);
	TRY(log_attempt(work, a, dead == 1 ? DELIVERY_DEAD : DELIVERY_PENDING));
	if (dead == 0)
		TRY(put_off(work, a));
	TRY(db_value(
	    work->db, &known, "SELECT 1 FROM webhook_endpoints WHERE id = ? AND deleted_at IS NULL FOR UPDATE", P(a->endpoint)));
	return known && a->outcome != ATTEMPT_HOPELESS ? note_failure(work, a) : OK;
}

static const struct problem *
record(struct work *work, const struct feed *feed, const struct attempt *attempts, size_t count)
{
	TRY(feed_advance(work, feed, feed->batch));
	for (size_t i = 0; i < count; i++)
		TRY(attempts[i].outcome == ATTEMPT_DELIVERED ? record_success(work, &attempts[i])
							     : record_failure(work, &attempts[i]));
	return OK;
}

const struct problem *
queue_record(struct work *work, const struct feed *feed, const struct attempt *attempts, size_t count)
{
	return db_transaction(work, record(work, feed, attempts, count));
}

/* The position at which the next PUT_OFF_AT_ONCE behind `from` end; INT64_MAX: there are fewer. */
static const struct problem *
find_end(struct work *work, const struct attempt *a, int64_t from, int64_t *end)
{
	return db_value(work->db, end,
	    "SELECT IFNULL((SELECT q.position FROM webhook_queue q WHERE q.endpoint_id = ? AND q.aggregate_id = ? "
	    "AND q.position > ? ORDER BY q.position LIMIT 1 OFFSET ?), ?)",
	    P(a->endpoint), P(a->aggregate), P(from), P(PUT_OFF_AT_ONCE - 1), P(INT64_MAX));
}

/* As long as the failed one `f`; nothing when that is gone. */
static const struct problem *
put_off_between(struct work *work, const struct attempt *a, int64_t from, int64_t end)
{
	return db_run(work->db, NULL,
	    "UPDATE webhook_queue q JOIN webhook_queue f ON f.delivery_id = ? SET q.due_at = GREATEST(q.due_at, f.due_at) "
	    "WHERE q.endpoint_id = ? AND q.aggregate_id = ? AND q.position BETWEEN ? AND ?",
	    P(a->delivery), P(a->endpoint), P(a->aggregate), P(from), P(end));
}

static const struct problem *
put_off_rest(struct work *work, const struct attempt *a)
{
	int64_t from, end;

	TRY(find_end(work, a, -1, &end)); /* so far they are put off */
	while (end < INT64_MAX) {
		from = end;
		TRY(find_end(work, a, from, &end));
		TRY(db_transaction(work, put_off_between(work, a, from, end)));
	}
	return OK;
}

const struct problem *
queue_put_off_rest(struct work *work, const struct attempt *attempts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (attempts[i].outcome != ATTEMPT_DELIVERED)
			TRY(put_off_rest(work, &attempts[i]));
	return OK;
}
