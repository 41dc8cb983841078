/* Payment requests as rows: states, locking, events. */
#include "payments/request.h"

#include "base/arena.h"
#include "base/config.h"
#include "events/job.h"
#include "store/db.h"

#include <assert.h>

const char *const request_status_values[] = { "open", "paid", "cancelled", "expired", NULL };

/* Late money is taken while nobody has decided otherwise. */
static const unsigned transitions[REQUEST_STATUS__COUNT] = {
	[REQUEST_OPEN] = 1u << REQUEST_PAID | 1u << REQUEST_CANCELLED | 1u << REQUEST_EXPIRED,
	[REQUEST_EXPIRED] = 1u << REQUEST_PAID,
};

bool
request_may_become(enum request_status from, enum request_status to)
{
	return (transitions[from] >> to & 1) != 0;
}

#define REQUEST_MEMBERS \
	M_ID(struct payment_request, id, "id"), \
	    M_TEXT(struct payment_request, reference, "reference", 20, .required = true, .example = "\"PAY-7Q2M9XKD4T\""), \
	    M_ID(struct payment_request, merchant, "merchant_id"), M_ID(struct payment_request, period, "period_id"), \
	    M_TEXT(struct payment_request, merchant_reference, "merchant_reference", 64), \
	    M_ENUM(struct payment_request, status, "status", request_status_values), \
	    M_MONEY(struct payment_request, amount, "amount"), \
	    M_TEXT(struct payment_request, currency, "currency", 3, .required = true, .example = "\"USD\""), \
	    M_ID(struct payment_request, attempt, "attempt_id"), M_TEXT(struct payment_request, provider, "provider", 32), \
	    M_METADATA(struct payment_request, metadata, .required = true), \
	    M_TIME(struct payment_request, expires_at, "expires_at"), M_TIME(struct payment_request, paid_at, "paid_at"), \
	    M_TIME(struct payment_request, ended_at, "ended_at"), M_TIME(struct payment_request, created_at, "created_at")

static const struct member request_row_members[] = {
	REQUEST_MEMBERS,
	M_TEXT(struct payment_request, return_url, "return_url", 2048),
	M_BOOLEAN(struct payment_request, closed, "closed", .computed = true),
};
SHAPE_SHARED(struct payment_request, request_row_shape, "PaymentRequestRow", request_row_members, .noun = "payment request");

/* What events tell: nothing of who is to pay, and no words of a person. */
static const struct member request_state_members[] = {
	REQUEST_MEMBERS,
};
SHAPE(struct payment_request, request_state_shape, "PaymentRequestState", request_state_members);

const struct problem *
record_request_event(struct work *work, enum event_type type, const struct payment_request *request)
{
	return event_record(work, type, request->id.uuid, &request_state_shape, request);
}

const struct problem *
lock_request(struct work *work, struct uuid id, struct payment_request **request)
{
	assert(work->depth > 0);
	return db_one(work->db, &request_row_shape, request,
	    "SELECT {r}, " REQUEST_CLOSED " FROM payment_requests r WHERE r.id = ? FOR UPDATE", P(id));
}

const struct problem *
request_is_payable(const struct payment_request *request)
{
	if (request->status != REQUEST_OPEN)
		return request_state_problem(request);
	if (request->expires_at.unix_ms <= instant_now().unix_ms)
		return problem(PAYMENT_STATE, "the payment request has expired");
	if (request->closed)
		return problem(MERCHANT_INACTIVE, "the shop is not active and cannot take payments");
	return OK;
}

const struct problem *
request_state_problem(const struct payment_request *request)
{
	switch (request->status) {
	case REQUEST_PAID:
		return problem(PAYMENT_STATE, "the payment request is already paid");
	case REQUEST_CANCELLED:
		return problem(PAYMENT_STATE, "the payment request is cancelled");
	case REQUEST_EXPIRED:
		return problem(PAYMENT_STATE, "the payment request has expired");
	default:
		return problem(PAYMENT_STATE, "the payment request is open");
	}
}

static const enum event_type move_events[REQUEST_STATUS__COUNT] = {
	[REQUEST_PAID] = EVENT_PAYMENT_REQUEST_PAID,
	[REQUEST_CANCELLED] = EVENT_PAYMENT_REQUEST_CANCELLED,
	[REQUEST_EXPIRED] = EVENT_PAYMENT_REQUEST_EXPIRED,
};

static struct instant *
kept_instant(struct work *work, struct instant instant)
{
	struct instant *kept = ARENA_NEW(work->arena, struct instant);

	*kept = instant;
	return kept;
}

const struct problem *
move_request(struct work *work, struct payment_request *request, enum request_status to, const char *reason)
{
	struct instant now = instant_now();

	if (!request_may_become((enum request_status)request->status, to))
		return request_state_problem(request);
	TRY(db_run(work->db, NULL,
	    "UPDATE payment_requests SET status = ?, attempt_id = ?, ended_at = ?, paid_at = ?, "
	    "status_reason = ?, updated_by = ? WHERE id = ?",
	    P(request_status_values[to]), P(request->attempt), P(now),
	    P(to == REQUEST_PAID ? &now : (const struct instant *)NULL), P(reason), P(acting_user(work)), P(request->id)));
	request->status = to;
	request->ended_at = kept_instant(work, now);
	if (to == REQUEST_PAID)
		request->paid_at = request->ended_at;
	return record_request_event(work, move_events[to], request);
}

const struct problem *
end_request_attempts(struct work *work, const struct payment_request *request)
{
	struct event_notice notice = { .aggregate = request->id.uuid };

	return job_enqueue(work, JOB_END_REQUEST,
	    arena_format(work->arena, "%s:%s", job_kind_name(JOB_END_REQUEST), uuid_text(work->arena, request->id.uuid)), NULL,
	    &event_notice_shape, &notice);
}

const char *
request_url(struct work *work, const struct payment_request *request)
{
	size_t length = strlen(work->config->public_url);

	while (length > 0 && work->config->public_url[length - 1] == '/')
		length--;
	return arena_format(work->arena, "%.*s/pay/%s", (int)length, work->config->public_url, request->reference);
}
