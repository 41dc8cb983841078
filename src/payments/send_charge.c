/*
 * A charge leaves for its provider once.  Who sends it claims it first; a claim is given back only when surely nothing was sent.
 * Whoever finds it claimed looks for it at the provider.
 */
#include "payments/charge.h"

#include "base/log.h"
#include "payments/provider.h"
#include "store/db.h"

/* How long what is not at the provider may still be on its way there: longer than any call may take (payments.timeout_ms). */
enum { ON_ITS_WAY_SECONDS = 900 };

static void
fail(struct provider_answer *answer, const char *code, const char *reason)
{
	*answer = (struct provider_answer) { .status = PAYMENT_FAILED, .failure_code = code, .failure_reason = reason };
}

/* The claim is witnessed by itself: nobody else sets it. */
static const struct problem *
claim(struct work *work, const struct payment *payment, bool *claimed)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE payments SET charge_sent_at = NOW(3) WHERE id = ? AND charge_sent_at IS NULL "
	    "AND status IN ('pending', 'requires_action', 'processing')",
	    P(payment->id)));
	*claimed = changed == 1;
	return OK;
}

static const struct problem *
give_back(struct work *work, const struct payment *payment)
{
	return db_run(work->db, NULL, "UPDATE payments SET charge_sent_at = NULL WHERE id = ?", P(payment->id));
}

static const struct problem *
charge_now(struct work *work, const struct provider *provider, const struct payment *payment, struct provider_answer *answer)
{
	const struct problem *problem;

	*answer = (struct provider_answer) { .status = PAYMENT_PENDING };
	problem = provider->methods->charge(work, payment, answer);
	if (problem_is(problem, PROBLEM_PROVIDER_UNAVAILABLE) && answer->unsent)
		TRY(give_back(work, payment));
	TRY(problem);
	if (answer->method_unusable != NULL)
		TRY(db_transaction(work, disable_method(work, *payment->payment_method, answer->method_unusable)));
	return OK;
}

/* A method that can be charged no more has nothing sent; what was sent goes on. */
static const struct problem *
first_try(struct work *work, const struct provider *provider, const struct payment *payment, struct provider_answer *answer)
{
	const struct problem  *problem;
	const struct provider *enabled;
	struct payment_method *method;
	bool                   claimed;

	problem = usable_method(work, *payment->payment_method, (struct uuid) { { 0 } }, &method, &enabled);
	if (problem_is(problem, PROBLEM_PAYMENT_METHOD_UNUSABLE)) {
		fail(answer, "payment_method_unusable", problem->message);
		return OK;
	}
	TRY(problem);
	TRY(claim(work, payment, &claimed));
	if (!claimed)
		return problem(PROVIDER_UNAVAILABLE, "the payment method is being charged");
	return charge_now(work, provider, payment, answer);
}

static const struct problem *
look(struct work *work, const struct provider *provider, const struct payment *payment, struct provider_answer *answer)
{
	struct payment opened = *payment;

	*answer = (struct provider_answer) { .status = PAYMENT_CANCELLED };
	TRY(open_token_of(work, &opened));
	return provider->methods->look_for(work, &opened, answer);
}

static bool
may_be_on_its_way(const struct payment *payment)
{
	return instant_add_seconds(*payment->sent_at, ON_ITS_WAY_SECONDS).unix_ms > instant_now().unix_ms;
}

const struct problem *
look_for_charge(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	const struct provider *provider = provider_known(payment->provider);
	struct payment        *now;
	bool                   claimed;

	if (provider == NULL || provider->methods == NULL)
		return problem(INTERNAL, "internal error");
	/* What was never sent is claimed, so that nobody sends it now. */
	TRY(claim(work, payment, &claimed));
	*answer = (struct provider_answer) { .status = PAYMENT_CANCELLED };
	if (claimed)
		return OK;
	TRY(read_payment(work, payment->id, &now));
	if (now->sent_at == NULL)
		return OK; /* it has ended */
	TRY(look(work, provider, now, answer));
	/* Whoever gives it up must not be charged by what is on its way. */
	if (answer->transaction_id == NULL && may_be_on_its_way(now))
		return problem(PROVIDER_UNAVAILABLE, "the payment method is being charged; try again later");
	return OK;
}

/* Sent before, and nothing was heard of it. */
static const struct problem *
go_on(struct work *work, const struct provider *provider, const struct payment *payment, struct provider_answer *answer)
{
	TRY(look(work, provider, payment, answer));
	if (answer->transaction_id != NULL)
		return OK;
	if (provider->methods->charges_by_key)
		return charge_now(work, provider, payment, answer);
	if (may_be_on_its_way(payment))
		return problem(
		    PROVIDER_UNAVAILABLE, "nobody knows whether the payment method was charged; it is asked about again");
	log_error("a charge was sent, and its provider knows nothing of it: it is not sent again");
	fail(answer, "not_received", "the provider has not received the charge");
	return OK;
}

const struct problem *
send_charge(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	const struct provider *provider = provider_known(payment->provider);
	struct payment        *now;

	if (provider == NULL || provider->methods == NULL) {
		fail(answer, "refused", "the provider charges no stored payment method");
		return OK;
	}
	TRY(read_payment(work, payment->id, &now));
	now->checks = payment->checks; /* without the one that goes on */
	TRY(open_token_of(work, now));
	return now->sent_at == NULL ? first_try(work, provider, now, answer) : go_on(work, provider, now, answer);
}
