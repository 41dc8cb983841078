/* Refunds that the provider tells of: ours, and those that were made at its desk. */
#include "base/log.h"
#include "payments/dispute.h"
#include "payments/provider.h"
#include "payments/refund_state.h"
#include "store/db.h"

/* Not made by us, or its row was lost: claimed and finished in one go. */
static const struct problem *
record_foreign(struct work *work, struct payment_id id, const struct refund_answer *answer)
{
	struct payment *payment;
	struct refund  *refund, made;

	TRY(lock_payment(work, id, &payment));
	TRY(refund_find(work, payment, answer, &refund));
	if (refund != NULL)
		return OK;
	if (is_uncounted(payment)) /* in whatever currency its provider counts */
		return end_uncounted(work, payment);
	if (strcmp(answer->amount.currency, payment->amount.currency) != 0)
		return problem(CONFLICT, "the refund's currency differs from its payment's");
	TRY(book_held(work, payment));
	log_warning("refund made at the provider: it is written down", LOG_ID("refund", answer->provider_refund_id));
	TRY(make_room(work, payment, answer->amount.minor));
	made = refund_new(work, payment, answer->amount.minor, true);
	made.kind = REFUND_DESK;
	TRY(refund_insert(work, payment, &made, "refunded at the provider"));
	if (answer->provider_dispute_id != NULL)
		TRY(db_run(work->db, NULL, "UPDATE refunds SET provider_dispute_id = ? WHERE id = ?",
		    P(answer->provider_dispute_id), P(made.id)));
	return refund_apply(work, made.id, answer);
}

/* Booked before its provider listed the dispute that was ended by it: what that holds and takes is less by it now. */
static const struct problem *
join_dispute(struct work *work, const struct refund *refund, const char *provider_dispute_id)
{
	struct payment *payment;
	int64_t         joined;

	TRY(lock_payment(work, refund->payment, &payment));
	TRY(db_run(work->db, &joined, "UPDATE refunds SET provider_dispute_id = ? WHERE id = ? AND provider_dispute_id IS NULL",
	    P(provider_dispute_id), P(refund->id)));
	return joined > 0 ? post_dispute_of(work, payment->id, provider_dispute_id) : OK;
}

const struct problem *
apply_answered_refund(struct work *work, const struct payment *payment, const struct refund_answer *answer)
{
	struct refund *refund;

	TRY(refund_find(work, payment, answer, &refund));
	if (refund == NULL)
		return answer->status == REFUND_SUCCEEDED ? db_transaction(work, record_foreign(work, payment->id, answer)) : OK;
	if (!ID_EQUAL(refund->payment, payment->id))
		return problem(CONFLICT, "the refund belongs to another payment");
	if (answer->provider_dispute_id != NULL && refund->provider_dispute_id == NULL)
		TRY(db_transaction(work, join_dispute(work, refund, answer->provider_dispute_id)));
	if (refund->status == answer->status && refund->amount.minor == answer->amount.minor &&
	    refund->provider_refund_id != NULL)
		return OK;
	return refund_apply(work, refund->id, answer);
}

/* An event may be older than what is known, and one of a refund without a row may not be true any more: what would be booked. */
static bool
is_to_be_asked(const struct payment *payment, const struct refund *refund, const struct refund_answer *answer)
{
	const struct provider *provider = provider_known(payment->provider);

	return answer->status == REFUND_SUCCEEDED && (refund == NULL || refund->status == REFUND_FAILED) && provider != NULL &&
	    provider->refunds != NULL && strcmp(answer->amount.currency, payment->amount.currency) == 0;
}

const struct problem *
apply_told_refund(struct work *work, const struct payment *payment, const struct refund_answer *answer)
{
	struct refund *refund;

	TRY(refund_find(work, payment, answer, &refund));
	if (is_to_be_asked(payment, refund, answer))
		return db_transaction(work, ask_soon(work, payment->id));
	return apply_answered_refund(work, payment, answer);
}
