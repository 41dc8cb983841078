/* How payment requests end without money: by their merchant, or by time; and what is still open of them is closed. */
#include "payments/request.h"

#include "base/log.h"
#include "events/audit.h"
#include "events/job.h"
#include "payments/jobs.h"
#include "payments/provider.h"
#include "store/db.h"

enum { BATCH = 50, OPEN_MAX = 200, SLICE_MS = 10000 };

/* Those by which money can come: the one that is live, and the newest of those that were declined. */
static const struct problem *
open_attempts(struct work *work, struct payment_request_id id, struct payment **payments, size_t *count)
{
	return db_rows(work->db, &payment_shape, OPEN_MAX, payments, count,
	    "SELECT {p} FROM payments p WHERE p.request_id = ? AND p.hold_reason IS NULL AND (p.live = 1 "
	    "OR (p.status = 'failed' AND p.provider_transaction_id IS NOT NULL)) ORDER BY p.id DESC LIMIT 200",
	    P(id));
}

static const struct problem *
read_request(struct work *work, struct payment_request_id id, struct payment_request **request)
{
	return db_one(work->db, &request_row_shape, request, "SELECT {r} FROM payment_requests r WHERE r.id = ?", P(id));
}

/* The one that is live is closed, or nothing is done; one that was declined is closed if its provider can be reached. */
static const struct problem *
close_attempts(struct work *work, struct payment_request_id id)
{
	struct payment *payments;
	size_t          count;

	TRY(open_attempts(work, id, &payments, &count));
	for (size_t i = 0; i < count; i++) {
		const struct problem *problem;
		struct payment       *payment = &payments[i];

		if (payment->status <= PAYMENT_PROCESSING) {
			TRY(give_up_payment(work, &payment));
			continue;
		}
		problem = cancel_payment(work, payment);
		if (problem != OK)
			log_warning("declined payment not closed at the provider", LOG_TEXT("cause", problem->message));
	}
	return OK;
}

/* Does somebody pay it just now, or is money of it held? */
static const struct problem *
check_idle(struct work *work, struct payment_request_id id)
{
	int64_t live;

	TRY(db_value(work->db, &live, "SELECT COUNT(*) FROM payments p WHERE p.request_id = ? AND p.live = 1", P(id)));
	return live == 0 ? OK
			 : problem(PAYMENT_IN_PROGRESS, "a payment of the payment request is in progress, or held for review");
}

static const struct problem *
cancel(struct work *work, struct payment_request_id id, const char *reason)
{
	struct payment_request *request, before;

	TRY(lock_request(work, id.uuid, &request));
	if (request->status != REQUEST_OPEN)
		return request_state_problem(request);
	TRY(check_idle(work, id));
	before = *request;
	TRY(move_request(work, request, REQUEST_CANCELLED, reason));
	TRY(end_request_attempts(work, request));
	return audit_record(work, "payment_request.cancelled", "payment_request", id.uuid, &request_row_shape, &before, request);
}

const struct problem *
cancel_request(struct work *work, struct payment_request_id id, const char *reason)
{
	struct payment_request *request;

	TRY(read_request(work, id, &request));
	if (request->status != REQUEST_OPEN)
		return request_state_problem(request);
	TRY(close_attempts(work, id));
	return db_transaction(work, cancel(work, id, reason));
}

/* The one that is live and not held, which is `wanted` if somebody has named one. */
static const struct problem *
live_attempt(struct work *work, struct payment_request_id id, const struct payment_id *wanted, struct payment **live)
{
	struct payment_request *request;
	size_t                  count;

	TRY(read_request(work, id, &request));
	if (request->status != REQUEST_OPEN)
		return request_state_problem(request);
	TRY(db_rows(work->db, &payment_shape, 1, live, &count,
	    "SELECT {p} FROM payments p WHERE p.request_id = ? AND p.live = 1 AND p.hold_reason IS NULL LIMIT 1", P(id)));
	if (count == 0)
		return problem(PAYMENT_STATE, "the payment request is open, and nobody is paying it");
	if (wanted != NULL && !ID_EQUAL((*live)->id, *wanted))
		return problem(PAYMENT_STATE, "the payment has ended, and another attempt is open");
	return OK;
}

static const struct problem *
note_ended(struct work *work, const char *action, const struct payment *before, const struct payment *after)
{
	struct payment then = *before, now = *after;

	/* Who has these can pay: they are the payer's. */
	then.client_secret = now.client_secret = NULL;
	then.redirect_url = now.redirect_url = NULL;
	return audit_record(work, action, "payment", before->id.uuid, &payment_shape, &then, &now);
}

/* Its provider was asked to close it: what has become of it. */
static const struct problem *
check_ended(struct work *work, const char *action, const struct payment *before)
{
	struct payment *after;

	TRY(read_payment(work, before->id, &after));
	if (payment_has_money(after))
		return problem(PAYMENT_STATE, "the payment has already succeeded");
	if (after->status <= PAYMENT_PROCESSING)
		return problem(PAYMENT_STATE, "the provider is already processing the payment; it cannot be ended any more");
	return db_transaction(work, note_ended(work, action, before, after));
}

const struct problem *
fail_request_attempt(struct work *work, struct payment_request_id id, const struct payment_id *attempt, const char *reason)
{
	struct payment *live;

	TRY(live_attempt(work, id, attempt, &live));
	TRY(fail_payment(work, live, reason));
	return check_ended(work, "payment.failed", live);
}

const struct problem *
cancel_request_attempt(struct work *work, struct payment_request_id id, struct payment_id attempt, const char *reason)
{
	struct payment *live;

	TRY(live_attempt(work, id, &attempt, &live));
	TRY(cancel_payment_because(work, live, reason));
	return check_ended(work, "payment.cancelled", live);
}

const struct problem *
end_request_job(struct work *work, const struct job *job)
{
	struct event_notice   notice;
	struct payment       *payments;
	size_t                count;
	const struct problem *first = OK;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	TRY(open_attempts(work, (struct payment_request_id) { notice.aggregate }, &payments, &count));
	for (size_t i = 0; i < count; i++) {
		const struct problem *problem = cancel_payment(work, &payments[i]);

		first = first == OK ? problem : first;
		TRY(job_heartbeat(work, job));
	}
	return first;
}

static const struct problem *
expire(struct work *work, struct payment_request_id id, bool closed)
{
	struct payment_request *request;

	TRY(lock_request(work, id.uuid, &request));
	if (request->status != REQUEST_OPEN || request->expires_at.unix_ms > instant_now().unix_ms)
		return OK;
	TRY(move_request(work, request, REQUEST_EXPIRED, NULL));
	return closed ? OK : end_request_attempts(work, request);
}

/*
 * Its attempts go first, so that nobody pays what is given up; what they have become decides.  A provider that is silent does
 * not keep it open: money that comes all the same is taken.
 */
static const struct problem *
expire_one(struct work *work, struct payment_request_id id)
{
	struct payment *payments;
	size_t          count;
	bool            closed = true;

	TRY(open_attempts(work, id, &payments, &count));
	for (size_t i = 0; i < count; i++) {
		const struct problem *problem = end_attempt(work, &payments[i]);

		if (problem == OK)
			continue;
		closed = false;
		log_warning("expired payment not closed at the provider", LOG_TEXT("cause", problem->message));
	}
	return db_transaction(work, expire(work, id, closed));
}

static const struct member due_members[] = {
	M_ID(struct payment_request, id, "id"),
};
SHAPE(struct payment_request, due_shape, "DueRequest", due_members);

const struct problem *
expire_requests_job(struct work *work, const struct job *job)
{
	int64_t                 end_ms = monotonic_ms() + SLICE_MS;
	struct payment_request *due;
	size_t                  count;

	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(db_rows(work->db, &due_shape, BATCH, &due, &count,
		    "SELECT id FROM payment_requests WHERE status = 'open' AND expires_at <= NOW(3) ORDER BY expires_at LIMIT 50"));
		for (size_t i = 0; i < count; i++) {
			TRY(expire_one(work, due[i].id));
			TRY(job_heartbeat(work, job));
		}
		arena_release(work->arena, mark);
	} while (count == BATCH && monotonic_ms() < end_ms);
	return OK;
}

const struct problem *
forget_payer(struct work *work, const char *email, int64_t *changed)
{
	return db_run(work->db, changed,
	    "UPDATE payment_requests SET customer_email = NULL, customer_name = NULL WHERE customer_email = ? LIMIT 1000",
	    P(email));
}

const struct problem *
forget_payers(struct work *work, struct instant ended_before, int64_t *changed)
{
	return db_run(work->db, changed,
	    "UPDATE payment_requests SET customer_email = NULL, customer_name = NULL WHERE ended_at < ? "
	    "AND (customer_email IS NOT NULL OR customer_name IS NOT NULL) LIMIT 1000",
	    P(ended_before));
}
