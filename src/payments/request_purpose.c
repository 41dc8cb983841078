/*
 * What payments mean to payment requests.  There are no goods: the money is the merchant's own, so a success is taken as long
 * as nobody has decided otherwise, however late, and is never given back for want of something to sell.
 */
#include "payments/request_purpose.h"

#include "base/arena.h"
#include "base/log.h"
#include "events/job.h"
#include "ledger/ledger.h"
#include "payments/link.h"
#include "payments/request.h"
#include "payments/subscriptions/period.h"
#include "payments/subscriptions/period_purpose.h"
#include "store/db.h"

static const struct problem *
lock(struct work *work, struct uuid id, void **target)
{
	struct payment_request *request;

	TRY(lock_request(work, id, &request));
	if (request->period != NULL)
		TRY(lock_period(work, *request->period, &request->target));
	*target = request;
	return OK;
}

static const struct problem *
is_payable(struct work *work, const void *target, struct money *amount)
{
	const struct payment_request *request = target;

	(void)work;
	TRY(request_is_payable(request));
	*amount = request->amount;
	return OK;
}

/* The attempt is the one that counts now. */
static const struct problem *
point_to(struct work *work, struct payment_request *request, struct payment_id attempt)
{
	return db_run(work->db, NULL, "UPDATE payment_requests SET attempt_id = ?, updated_at = updated_at WHERE id = ?",
	    P(attempt), P(request->id));
}

static const struct merchant_id *
merchant(const void *target)
{
	return &((const struct payment_request *)target)->merchant;
}

static const struct problem *
begun(struct work *work, void *target, const struct payment *payment, const struct provider *provider)
{
	(void)provider;
	return point_to(work, target, payment->id);
}

static const struct problem *
processing(struct work *work, const struct payment *payment)
{
	(void)work;
	(void)payment;
	return OK;
}

static const struct problem *
taken_up(struct work *work, const struct payment *payment)
{
	struct payment_request *request = payment->target;

	return request->status == REQUEST_PAID ? OK : point_to(work, request, payment->id);
}

static const struct problem *
may_cancel(const struct payment *payment)
{
	(void)payment;
	return OK;
}

/* Begun before the shop was suspended the money is not for it; and nobody can pay the rest of the time. */
static const struct problem *
may_take(struct work *work, const struct payment *payment, bool *taken)
{
	struct payment_request *request = payment->target;

	*taken = !request->closed && request_may_become((enum request_status)request->status, REQUEST_PAID) &&
	    (request->target == NULL || period_is_open(request->target));
	if (!request->closed || request->status != REQUEST_OPEN)
		return OK;
	log_warning("payment request cancelled: its shop is not active", LOG_ID("request", request->reference));
	return move_request(work, request, REQUEST_CANCELLED, "the shop is not active");
}

static const struct problem *
succeeded(struct work *work, const struct payment *payment)
{
	struct payment_request *request = payment->target;

	request->attempt = ARENA_NEW(work->arena, struct payment_id);
	*request->attempt = payment->id;
	TRY(post_own_money(work, payment, request->merchant));
	TRY(move_request(work, request, REQUEST_PAID, NULL));
	return request->target == NULL ? OK : period_was_paid(work, request->target->subscription, payment->id);
}

static const struct problem *
end_others(struct work *work, const struct payment *payment)
{
	return end_request_attempts(work, payment->target);
}

static const struct problem *
failed(struct work *work, const struct payment *payment)
{
	(void)work;
	(void)payment;
	return OK;
}

/* It has been paid all the same: what is left of the money the payment says. */
static const struct problem *
refunded(struct work *work, const struct payment *payment, int64_t amount_minor, bool whole)
{
	const struct payment_request *request = payment->target;

	(void)amount_minor;
	return request->target == NULL ? OK : period_was_refunded(work, request->target, payment, whole);
}

static const struct problem *
refund_bounced(struct work *work, const struct payment *payment, int64_t amount_minor)
{
	const struct payment_request *request = payment->target;

	(void)amount_minor;
	return request->target == NULL ? OK : period_refund_bounced(work, request->target, payment);
}

struct request_seen {
	int            status;
	struct money   amount;
	struct instant expires_at;
	bool           closed;
	const char    *payee, *return_url, *provider;
};

static const struct member request_seen_members[] = {
	M_ENUM(struct request_seen, status, "status", request_status_values),
	M_MONEY(struct request_seen, amount, "amount"),
	M_TIME(struct request_seen, expires_at, "expires_at"),
	M_BOOLEAN(struct request_seen, closed, "closed"),
	M_TEXT(struct request_seen, payee, "payee", 150),
	M_TEXT(struct request_seen, return_url, "return_url", 2048),
	M_TEXT(struct request_seen, provider, "provider", 32),
};
SHAPE(struct request_seen, request_seen_shape, "RequestSeen", request_seen_members, .noun = "payment");

static const struct problem *
describe(struct work *work, struct uuid id, struct payment_link *link)
{
	struct request_seen *request;

	TRY(db_one(work->db, &request_seen_shape, &request,
	    "SELECT r.status, r.amount_minor, r.currency, r.expires_at, m.status <> 'active' AS closed, m.shop_name AS payee, "
	    "r.return_url, r.provider FROM payment_requests r JOIN merchants m ON m.id = r.merchant_id WHERE r.id = ?",
	    P(id)));
	link->amount = request->amount;
	link->payee = request->payee;
	link->return_url = request->return_url;
	link->provider = request->provider;
	if (request->status == REQUEST_CANCELLED)
		link->state = LINK_CANCELLED;
	else if (request->status == REQUEST_EXPIRED || request->expires_at.unix_ms <= instant_now().unix_ms)
		link->state = LINK_EXPIRED;
	else if (request->status == REQUEST_OPEN && !request->closed)
		link->state = LINK_PAYABLE;
	return OK;
}

const struct purpose request_purpose = {
	.describe = describe,
	.lock = lock,
	.is_payable = is_payable,
	.merchant = merchant,
	.begun = begun,
	.processing = processing,
	.taken_up = taken_up,
	.may_cancel = may_cancel,
	.may_take = may_take,
	.succeeded = succeeded,
	.end_others = end_others,
	.failed = failed,
	.ended = failed, /* the link stays payable */
	.refunded = refunded,
	.refund_bounced = refund_bounced,
};
