/* Ending an attempt: at the provider first, for only its answer counts; then here. */
#include "payments/charge.h"
#include "payments/provider.h"
#include "store/db.h"

/*
 * Where the provider never answered, the attempt is created there first: then it is known what to cancel.  But for a stored method,
 * which that would charge.  While the provider is silent what nobody was led to can be paid by nobody, and ends here: who wants to pay
 * by another one is not to wait for it.
 */
static const struct problem *
find_at_provider(struct work *work, const struct payment *payment, const struct provider_answer *instead)
{
	struct provider_answer answer = { .status = PAYMENT_CANCELLED };
	const struct problem  *problem;

	if (payment->payment_method != NULL)
		TRY(look_for_charge(work, payment, &answer));
	else if ((problem = ask_provider(work, payment, NULL, &answer)) != OK) {
		if (!problem_is(problem, PROBLEM_PROVIDER_UNAVAILABLE))
			return problem;
		answer = instead != NULL ? *instead : (struct provider_answer) { .status = PAYMENT_CANCELLED };
	}
	return apply_answer(work, payment->id, &answer);
}

/* `instead`: what it becomes where the provider says that it is cancelled; NULL: that. */
static const struct problem *
close_payment(struct work *work, const struct payment *payment, const struct provider_answer *instead)
{
	const struct provider *provider = payment->provider == NULL ? NULL : provider_known(payment->provider);
	struct provider_answer answer = { .status = PAYMENT_CANCELLED };

	if (!payment_is_open(payment) || provider == NULL)
		return problem(PAYMENT_STATE, "only a payment that is still open can be cancelled");
	log_about_payment(work, payment, NULL);
	if (payment->transaction_id == NULL) {
		TRY(find_at_provider(work, payment, instead));
		TRY(read_payment(work, payment->id, (struct payment **)&payment));
		if (!payment_is_open(payment))
			return OK;
	}
	TRY(provider->cancel(work, payment, &answer));
	return apply_answer(work, payment->id, instead != NULL && answer.status == PAYMENT_CANCELLED ? instead : &answer);
}

const struct problem *
cancel_payment(struct work *work, const struct payment *payment)
{
	return close_payment(work, payment, NULL);
}

const struct problem *
cancel_payment_because(struct work *work, const struct payment *payment, const char *reason)
{
	struct provider_answer cancelled = { .status = PAYMENT_CANCELLED, .failure_reason = reason };

	return close_payment(work, payment, &cancelled);
}

const struct problem *
fail_payment(struct work *work, const struct payment *payment, const char *reason)
{
	const struct provider *provider = provider_known(payment->provider);
	struct provider_answer failed = {
		.status = PAYMENT_FAILED, .failure_code = FAILED_BY_MERCHANT, .failure_reason = reason
	};

	TRY(close_payment(work, payment, &failed));
	/* Closed at the provider: there is nothing more to ask, but where somebody may pay all the same. */
	return db_run(work->db, NULL,
	    "UPDATE payments SET next_check_at = NULL WHERE id = ? AND status = 'failed' AND failure_code = ? AND NOT ?",
	    P(payment->id), P((const char *)FAILED_BY_MERCHANT), P(provider->stays_payable));
}

const struct problem *
end_attempt(struct work *work, struct payment *payment)
{
	const struct provider *provider = provider_known(payment->provider);
	struct provider_answer answer;

	if (provider != NULL && provider->capture != NULL && payment->status <= PAYMENT_PROCESSING &&
	    payment->transaction_id != NULL) {
		TRY(ask_provider(work, payment, NULL, &answer));
		TRY(apply_answer(work, payment->id, &answer));
		TRY(read_payment(work, payment->id, &payment));
	}
	return payment_is_open(payment) ? cancel_payment(work, payment) : OK;
}

const struct problem *
give_up_payment(struct work *work, struct payment **payment)
{
	if ((*payment)->status == PAYMENT_PROCESSING && collected_by_carrier(*payment))
		return problem(PAYMENT_STATE, "the order is already confirmed; cancel the order instead");
	TRY(cancel_payment(work, *payment));
	TRY(read_payment(work, (*payment)->id, payment));
	if (payment_has_money(*payment))
		return problem(PAYMENT_STATE, "the payment has already succeeded");
	if (payment_is_open(*payment))
		return problem(PAYMENT_STATE, "the provider is already processing the payment; it cannot be cancelled any more");
	return OK;
}
