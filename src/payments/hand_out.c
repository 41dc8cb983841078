/* A refund of cash: no provider gives it back, so it is pending until somebody has handed the money out and says so. */
#include "base/arena.h"
#include "payments/provider.h"
#include "payments/refund_state.h"
#include "store/db.h"

static const struct problem *
may_be_handed_out(struct work *work, const struct payment *payment, const struct refund *refund)
{
	if (!collected_by_carrier(payment))
		return problem(PAYMENT_STATE, "the payment's provider gives the refund back, and tells when it has");
	if (refund->status != REFUND_PENDING)
		return problem_at(work->arena, PROBLEM_PAYMENT_STATE, "status",
		    arena_format(work->arena, "is %s", refund_status_values[refund->status]));
	return OK;
}

const struct problem *
hand_out_refund(struct work *work, struct refund_id id, const char *reason, struct refund **refund)
{
	struct refund_answer handed_out = { .status = REFUND_SUCCEEDED, .provider_refund_id = uuid_text(work->arena, id.uuid) };
	struct refund       *before;
	struct payment      *payment;

	TRY(refund_read(work, id, &before));
	TRY(lock_payment(work, before->payment, &payment));
	TRY(refund_read(work, id, &before)); /* who handed it out may have waited for the same lock before us */
	log_about_payment(work, payment, before);
	TRY(may_be_handed_out(work, payment, before));
	TRY(db_run(work->db, NULL, "UPDATE refunds SET paid_reason = ?, paid_by = ? WHERE id = ?", P(reason),
	    P(acting_user(work)), P(id)));
	TRY(refund_apply(work, id, &handed_out));
	TRY(refund_read(work, id, refund));
	return audit_refund(work, "refund.paid", before, *refund);
}
