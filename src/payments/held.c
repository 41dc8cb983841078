/* Payments that somebody has to look at: of another amount than was asked for, whose refund a bank sent back, or of which nothing is known. */
#include "base/log.h"
#include "payments/refund_state.h"
#include "payments/sales.h"
#include "store/db.h"

#include <string.h>

/* Locks the payment and reads it. */
static const struct problem *
lock_held(struct work *work, struct payment_id id, struct payment **payment)
{
	TRY(lock_payment(work, id, payment));
	log_about_payment(work, *payment, NULL);
	if ((*payment)->hold_reason == NULL)
		return problem(PAYMENT_STATE, "the payment is not held");
	if (!payment_has_money(*payment) && (*payment)->received == NULL && !is_held_unknown(*payment))
		return problem(PAYMENT_STATE, "the amount that came is not in the payment's currency; refund it at the provider");
	return OK;
}

static const struct problem *
end_hold(struct work *work, const struct payment *payment)
{
	TRY(decide_bounces(work, payment, NULL));
	return db_run(work->db, NULL, "UPDATE payments SET hold_reason = NULL WHERE id = ?", P(payment->id));
}

static bool
is_bounce(const struct payment *payment)
{
	return strncmp(payment->hold_reason, "refund_bounced", strlen("refund_bounced")) == 0;
}

/* What bounced of the refunds for one seller's part (NULL: for nobody's). */
struct bounced {
	struct merchant_id *merchant;
	int64_t             amount;
};

static const struct member bounced_members[] = {
	M_ID(struct bounced, merchant, "merchant_id"),
	M_INTEGER(struct bounced, amount, "amount", 0, INT64_MAX),
};
SHAPE(struct bounced, bounced_shape, "BouncedRefunds", bounced_members);

/* The refunds that bounced and of which nobody has decided yet, for which the payment is held. */
static const struct problem *
read_bounced(struct work *work, const struct payment *payment, struct bounced **bounced, size_t *count)
{
	TRY(db_rows(work->db, &bounced_shape, SALES_MAX + 1, bounced, count,
	    "SELECT r.merchant_id, CAST(SUM(r.amount_minor) AS SIGNED) AS amount FROM refunds r WHERE r.payment_id = ? "
	    "AND r.status = 'bounced' AND r.bounce_decided_at IS NULL GROUP BY r.merchant_id ORDER BY r.merchant_id",
	    P(payment->id)));
	return *count == 0 ? problem(PAYMENT_STATE, "no refund of it is known to have bounced; reconcile it first") : OK;
}

/* Its money is in the books already: it is kept, though what was to be given back of it came again. */
static const struct problem *
keep_bounced(struct work *work, const struct payment *payment, const char *reason)
{
	struct bounced *bounced;
	size_t          count;

	if (!is_bounce(payment))
		return problem(PAYMENT_STATE, "a part of it was refunded at the provider; refund the rest");
	TRY(read_bounced(work, payment, &bounced, &count));
	TRY(end_hold(work, payment));
	return db_run(work->db, NULL, "UPDATE payments SET release_reason = ? WHERE id = ?", P(reason), P(payment->id));
}

static const struct problem *
release(struct work *work, struct payment_id id, const char *reason)
{
	struct payment *payment, *released, before;

	TRY(lock_held(work, id, &payment));
	if (is_held_unknown(payment))
		return problem(PAYMENT_STATE,
		    "nobody knows whether its money came; look at the provider, give back what came there, and then refund it here");
	before = *payment;
	log_warning("held payment released", LOG_TEXT("reason", payment->hold_reason));
	TRY(payment_has_money(payment) ? keep_bounced(work, payment, reason) : release_held(work, payment, reason));
	TRY(read_payment(work, id, &released));
	TRY(record_payment_event(work, EVENT_PAYMENT_RELEASED, released));
	return audit_payment(work, "payment.released", &before, released);
}

/* Once more to whose part each was for, as much as is left of the payment. */
static const struct problem *
refund_again(struct work *work, const struct payment *payment, const char *reason)
{
	int64_t         left = payment_left(payment);
	struct bounced *bounced;
	size_t          count;

	TRY(read_bounced(work, payment, &bounced, &count));
	TRY(end_hold(work, payment));
	for (size_t i = 0; i < count && left > 0; i++) {
		struct refund made = refund_new(work, payment, bounced[i].amount < left ? bounced[i].amount : left, false);

		made.merchant = bounced[i].merchant;
		left -= made.amount.minor;
		TRY(refund_claim(work, payment, &made, reason, 0, NULL));
	}
	return OK;
}

static const struct problem *
give_back(struct work *work, struct payment *payment, const char *reason)
{
	int64_t amount;

	if (is_held_unknown(payment))
		return end_unknown(work, payment);
	if (is_bounce(payment))
		return refund_again(work, payment, reason);
	TRY(book_held(work, payment));
	amount = payment_left(payment);
	TRY(end_hold(work, payment));
	return claim_refund(work, payment, amount, reason, false, NULL);
}

static const struct problem *
refund_held(struct work *work, struct payment_id id, const char *reason)
{
	struct payment *payment, *refunded, before;

	TRY(lock_held(work, id, &payment));
	before = *payment;
	log_warning("held payment refunded", LOG_TEXT("reason", payment->hold_reason));
	TRY(give_back(work, payment, reason));
	TRY(read_payment(work, id, &refunded));
	return audit_payment(work, "payment.held_refunded", &before, refunded);
}

const struct problem *
release_payment(struct work *work, struct payment_id payment, const char *reason)
{
	return db_transaction(work, release(work, payment, reason));
}

const struct problem *
refund_held_payment(struct work *work, struct payment_id payment, const char *reason)
{
	return db_transaction(work, refund_held(work, payment, reason));
}
