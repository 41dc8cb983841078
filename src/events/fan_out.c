#include "events/fan_out.h"

#include "base/arena.h"
#include "base/text.h"
#include "events/doorbell.h"
#include "events/feed.h"
#include "events/job.h"
#include "events/record.h"
#include "store/db.h"
#include "store/work.h"

enum { BATCH = FEED_BATCH_MAX };

/* Which jobs an event brings about. */
static const struct {
	enum event_type type;
	enum job_kind   kind;
} subscriptions[] = {
	{ EVENT_CATEGORY_CHANGED, JOB_INVALIDATE_TREE },
	{ EVENT_CATEGORY_CHANGED, JOB_SEARCH_CATEGORY },
	{ EVENT_MERCHANT_ACTIVATED, JOB_RELIST_MERCHANT },
	{ EVENT_MERCHANT_ACTIVATED, JOB_WRITE_LETTERS },
	{ EVENT_USER_VERIFICATION_ASKED, JOB_WRITE_LETTERS },
	{ EVENT_USER_EMAIL_CHANGE_ASKED, JOB_WRITE_LETTERS },
	{ EVENT_USER_EMAIL_CHANGED, JOB_WRITE_LETTERS },
	{ EVENT_USER_PASSWORD_ASKED, JOB_WRITE_LETTERS },
	{ EVENT_USER_PASSWORD_RESET_ASKED, JOB_WRITE_LETTERS },
	{ EVENT_USER_PASSWORD_CHANGED, JOB_WRITE_LETTERS },
	{ EVENT_USER_EXPORT_READY, JOB_WRITE_LETTERS },
	{ EVENT_USER_DELETED, JOB_WRITE_LETTERS },
	{ EVENT_PAYOUT_PAID, JOB_WRITE_LETTERS },
	{ EVENT_IMPORT_FINISHED, JOB_WRITE_LETTERS },
	{ EVENT_WEBHOOK_ENDPOINT_DISABLED, JOB_WRITE_LETTERS },
	{ EVENT_PAYMENT_REQUEST_PAID, JOB_WRITE_LETTERS },
	{ EVENT_PAYMENT_FAILED, JOB_WRITE_LETTERS },
	{ EVENT_REFUND_SUCCEEDED, JOB_WRITE_LETTERS },
	{ EVENT_REFUND_SUCCEEDED, JOB_END_RETURN },
	{ EVENT_ORDER_PAID, JOB_WRITE_LETTERS },
	{ EVENT_ORDER_CONFIRMED, JOB_WRITE_LETTERS },
	{ EVENT_ORDER_CANCELLED, JOB_WRITE_LETTERS },
	{ EVENT_ORDER_EXPIRED, JOB_WRITE_LETTERS },
	{ EVENT_FULFILMENT_SHIPPED, JOB_WRITE_LETTERS },
	{ EVENT_FULFILMENT_DELIVERED, JOB_WRITE_LETTERS },
	{ EVENT_FULFILMENT_CANCELLED, JOB_WRITE_LETTERS },
	{ EVENT_RETURN_APPROVED, JOB_WRITE_LETTERS },
	{ EVENT_RETURN_REJECTED, JOB_WRITE_LETTERS },
	{ EVENT_RETURN_RECEIVED, JOB_WRITE_LETTERS },
	{ EVENT_SUBSCRIPTION_CHARGE_COMING, JOB_WRITE_LETTERS },
	{ EVENT_SUBSCRIPTION_PAYMENT_ASKED, JOB_WRITE_LETTERS },
	{ EVENT_SUBSCRIPTION_CHARGED, JOB_WRITE_LETTERS },
	{ EVENT_SUBSCRIPTION_CHARGE_FAILED, JOB_WRITE_LETTERS },
	{ EVENT_SUBSCRIPTION_ENDED, JOB_WRITE_LETTERS },
	{ EVENT_SUBSCRIPTION_CANCELLED, JOB_WRITE_LETTERS },
	{ EVENT_INVENTORY_LOW, JOB_WRITE_LETTERS },
	{ EVENT_INVENTORY_ZERO, JOB_WRITE_LETTERS },
	{ EVENT_INVENTORY_BACK, JOB_WRITE_LETTERS },
	{ EVENT_PRODUCT_PRICE_DROPPED, JOB_WRITE_LETTERS },
	{ EVENT_MERCHANT_SUSPENDED, JOB_RELIST_MERCHANT },
	{ EVENT_MERCHANT_DEACTIVATED, JOB_RELIST_MERCHANT },
	{ EVENT_MEDIA_READY, JOB_SHOW_MEDIA },
	{ EVENT_MEDIA_READY, JOB_SHOW_REVIEW_MEDIA },
	{ EVENT_MEDIA_READY, JOB_SHOW_AVATAR },
	{ EVENT_ORDER_PAID, JOB_COUNT_SALES },
	{ EVENT_ORDER_CONFIRMED, JOB_COUNT_SALES },
	{ EVENT_ORDER_PAID, JOB_COUNT_PAIRS },
	{ EVENT_ORDER_CONFIRMED, JOB_COUNT_PAIRS },
	{ EVENT_FULFILMENT_CANCELLED, JOB_COUNT_PAIRS },
	{ EVENT_ORDER_PAID, JOB_ISSUE_INVOICES },
	{ EVENT_ORDER_CONFIRMED, JOB_ISSUE_INVOICES },
	{ EVENT_REFUND_SUCCEEDED, JOB_CREDIT_REFUND },
	{ EVENT_REFUND_NOT_COLLECTED, JOB_CREDIT_REFUND },
	{ EVENT_ORDER_CANCELLED, JOB_REFUND_ORDER },
};

enum { SUBSCRIPTIONS = sizeof subscriptions / sizeof *subscriptions };

struct pending_event {
	struct event_id id;
	const char     *type;
	struct uuid     aggregate;
};

static const struct member pending_event_members[] = {
	M_ID(struct pending_event, id, "id"),
	M_TEXT(struct pending_event, type, "type", 64),
	M_ID(struct pending_event, aggregate, "aggregate_id"),
};
SHAPE(struct pending_event, pending_event_shape, "PendingEvent", pending_event_members);

static void
add_job(struct arena *arena, const struct pending_event *event, enum job_kind kind, struct new_job *job)
{
	struct event_notice notice = { event->id, event->aggregate };
	struct text         json = text_new(arena, 128);

	shape_print(&event_notice_shape, &notice, &json);
	*job = (struct new_job) { .kind = kind,
		.payload = json.bytes,
		.order_key = arena_format(arena, "%s:%s", job_kind_name(kind), uuid_text(arena, event->aggregate)) };
}

static const struct problem *
enqueue_jobs(struct work *work, const struct pending_event *events, size_t count)
{
	struct new_job *jobs = ARENA_ARRAY(work->arena, count * SUBSCRIPTIONS, struct new_job);
	size_t          n = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < SUBSCRIPTIONS; j++)
			if (strcmp(events[i].type, event_type_name(subscriptions[j].type)) == 0)
				add_job(work->arena, &events[i], subscriptions[j].kind, &jobs[n++]);
	return job_enqueue_many(work, jobs, n);
}

static const struct problem *
clear_flags(struct work *work, const struct pending_event *events, size_t count)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, count, struct parameter);

	for (size_t i = 0; i < count; i++)
		ids[i] = P(events[i].id);
	TRY(db_run_many(work->db, NULL,
	    "UPDATE events SET pending = NULL, batch = (SELECT f.batch FROM event_fan_out f) WHERE id IN ([?])", count, 1, ids));
	doorbell_ring_after_commit(work, job_lane_name(LANE_DELIVERIES));
	doorbell_ring_after_commit(work, job_lane_name(LANE_SQS));
	doorbell_ring_after_commit(work, job_lane_name(LANE_LIVE));
	return OK;
}

/*
 * The lock first: one fan-out at a time, also where several machines run haat-jobs, or two of them would put the jobs of one
 * thing in in turns.  The order of created_at is that of what happened to a thing: the server reads its clock at each
 * statement, and what changes a thing waits for the commit of what changed it before.
 */
static const struct problem *
fan_out(struct work *work, size_t *count)
{
	struct pending_event *events;

	TRY(db_run(work->db, NULL,
	    "INSERT INTO event_fan_out (the_one, at, batch) VALUES (1, NOW(3), 1) "
	    "ON DUPLICATE KEY UPDATE at = NOW(3), batch = batch + 1"));
	TRY(db_rows(work->db, &pending_event_shape, BATCH, &events, count,
	    "SELECT {} FROM events WHERE pending = 1 ORDER BY created_at LIMIT ?", P(BATCH)));
	if (*count == 0)
		return OK;
	TRY(enqueue_jobs(work, events, *count));
	return clear_flags(work, events, *count);
}

const struct problem *
event_fan_out(struct work *work, bool *found)
{
	int64_t pending;
	size_t  count;

	*found = false;
	TRY(db_value(work->db, &pending, "SELECT EXISTS (SELECT 1 FROM events WHERE pending = 1)"));
	if (pending == 0)
		return OK;
	TRY(db_transaction(work, fan_out(work, &count)));
	*found = count > 0;
	return OK;
}
