/*
 * Refunds: claim the amount by a conditional UPDATE, call the provider, store what it answered.  The claim comes first, so
 * that concurrent refunds can never add up to more than was paid; the job that goes with it goes on where a crash or an
 * unreachable provider left off.
 */
#include "base/config.h"
#include "base/log.h"
#include "http/idempotency.h"
#include "ledger/ledger.h"
#include "payments/compare.h"
#include "payments/jobs.h"
#include "payments/provider.h"
#include "payments/refund_state.h"
#include "store/db.h"

enum { JOB_WAITS_SECONDS = 60, CALL_RUNS_SECONDS = 120 };

/*
 * Notes that it is sent now, before it is.  A provider without keys for refunds makes each that comes; a call of which nothing was
 * heard may still be running there, where no look finds it, and so may one of another worker: meanwhile nothing is sent.
 */
static const struct problem *
note_sent(struct work *work, const struct provider *provider, struct refund *refund)
{
	int64_t changed, seconds = provider->refunds_by_key ? 0 : CALL_RUNS_SECONDS;

	TRY(db_run(work->db, &changed,
	    "UPDATE refunds SET attempts = attempts + 1, sent_at = NOW(3) WHERE id = ? AND status = 'pending' "
	    "AND (sent_at IS NULL OR ? = 0 OR sent_at <= NOW(3) - INTERVAL ? SECOND)",
	    P(refund->id), P(seconds), P(seconds)));
	if (changed == 0)
		return problem_later(work->arena, PROBLEM_PROVIDER_UNAVAILABLE,
		    "the refund may still be running at the payment provider; it is sent again later", CALL_RUNS_SECONDS);
	refund->attempts++;
	return OK;
}

/*
 * Call the provider about a pending refund and apply what it says.  PROVIDER_UNAVAILABLE leaves it pending; a refusal
 * fails it and frees the claim.  Cash stays pending until it is handed out.
 */
const struct problem *
send_refund(struct work *work, struct refund_id id)
{
	const struct problem  *problem;
	const struct provider *provider;
	struct refund         *refund;
	struct payment        *payment;
	struct refund_answer   answer = { .status = REFUND_FAILED, .failure_code = "refused" };
	bool                   settled;

	TRY(refund_read(work, id, &refund));
	if (refund->status != REFUND_PENDING)
		return OK;
	TRY(read_payment(work, refund->payment, &payment));
	log_about_payment(work, payment, refund);
	provider = provider_known(payment->provider);
	if (provider == NULL)
		return problem(INTERNAL, "internal error");
	if (provider->refund == NULL)
		return db_run(work->db, NULL, "UPDATE refunds SET next_attempt_at = NULL WHERE id = ?", P(id));
	TRY(db_run(work->db, NULL, "UPDATE refunds SET next_attempt_at = NOW(3) + INTERVAL 1 HOUR WHERE id = ?", P(id)));
	TRY(look_first(work, payment, refund, &settled));
	if (settled)
		return OK;
	TRY(note_sent(work, provider, refund));
	problem = provider->refund(work, payment, refund, &answer);
	if (problem != OK && !problem_is(problem, PROBLEM_PROVIDER_REFUSED) && !problem_is(problem, PROBLEM_AMOUNT_UNSUPPORTED))
		return problem;
	return refund_apply(work, id, &answer);
}

const struct problem *
refuse_while_disputed(struct work *work, const struct payment *payment)
{
	int64_t open;

	if (payment->status != PAYMENT_DISPUTED)
		return OK;
	TRY(db_value(work->db, &open, "SELECT COUNT(*) FROM disputes WHERE payment_id = ? AND status IN ('open', 'submitted')",
	    P(payment->id)));
	if (open > 0)
		return problem(PAYMENT_STATE, "the payment has an open dispute; the provider refunds nothing until it has ended");
	return OK;
}

static const struct problem *
may_refund(struct work *work, const struct payment *payment)
{
	if (payment->status != PAYMENT_SUCCEEDED && payment->status != PAYMENT_PARTIALLY_REFUNDED &&
	    payment->status != PAYMENT_DISPUTED)
		return problem(PAYMENT_STATE, "only a successful payment can be refunded");
	return refuse_while_disputed(work, payment); /* what was lost is no longer there */
}

/* How much is meant: all that is left where nothing is said. */
static const struct problem *
refund_amount(struct work *work, const struct payment *payment, const struct decimal *wanted, struct money *amount)
{
	*amount = payment->amount;
	amount->minor = payment_left(payment);
	if (wanted != NULL && !decimal_to_money(*wanted, payment->amount.currency, amount))
		return problem_at(
		    work->arena, PROBLEM_VALIDATION_FAILED, "amount", "has more decimal places than the payment's currency");
	if (amount->minor <= 0)
		return problem(REFUND_TOO_LARGE, "the amount exceeds what remains of the payment");
	if (provider_known(payment->provider)->takes(*amount) == AMOUNT_IS_INEXACT)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "amount", "cannot be refunded exactly by the provider");
	return OK;
}

const struct problem *
preview_refund(struct work *work, const struct payment *payment, const struct decimal *wanted, struct refund_preview *preview)
{
	TRY(may_refund(work, payment));
	TRY(refund_amount(work, payment, wanted, &preview->amount));
	preview->currency = payment->currency;
	preview->left = payment->amount;
	preview->left.minor = payment_left(payment);
	if (preview->amount.minor > preview->left.minor)
		return problem(REFUND_TOO_LARGE, "the amount exceeds what remains of the payment");
	return ledger_preview(work, payment->id.uuid, preview->amount, &preview->postings, &preview->n_postings);
}

static const struct problem *
request_refund(
    struct work *work, struct payment_id id, const struct decimal *wanted, const char *reason, struct refund_id *refund)
{
	struct payment *payment;
	struct money    amount;
	bool            made;

	TRY(lock_payment(work, id, &payment));
	TRY(idempotency_made(work, &refund->uuid, &made));
	if (made)
		return OK;
	TRY(may_refund(work, payment));
	TRY(refund_amount(work, payment, wanted, &amount));
	TRY(refund_claim_later(work, payment, amount.minor, reason, false, JOB_WAITS_SECONDS, refund));
	return idempotency_make(work, refund->uuid);
}

const struct problem *
refund_payment(
    struct work *work, const struct payment *payment, const struct decimal *amount, const char *reason, struct refund **refund)
{
	const struct problem *problem;
	struct refund_id      id;

	TRY(db_transaction(work, request_refund(work, payment->id, amount, reason, &id)));
	problem = send_refund(work, id);
	if (problem != OK) /* it stays pending, and its job goes on */
		log_warning("refund pending at the provider", LOG_TEXT("cause", problem->message));
	return refund_read(work, id, refund);
}
