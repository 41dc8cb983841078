/*
 * A charge leaves for its provider once.  Who sends it claims it first; a claim is given back only when surely nothing was sent.
 * Whoever finds it claimed looks for it at the provider.
 */
#include "payments/charge.h"

#include "base/log.h"
#include "base/metrics.h"
#include "payments/provider.h"
#include "store/db.h"

/* How long what is not at the provider may still be on its way there: longer than any call may take (payments.timeout_ms). */
enum { ON_ITS_WAY_SECONDS = 900 };

static void
fail(struct provider_answer *answer, const char *code, const char *reason)
{
	*answer = (struct provider_answer) { .status = PAYMENT_FAILED, .failure_code = code, .failure_reason = reason };
}

/* The claim is witnessed by itself: it is set only where there is none. */
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

/* Before what was sent is sent again: the claim is not any more that of who made it, who then cannot give it back. */
static const struct problem *
take_over(struct work *work, const struct payment *payment, bool *taken)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE payments SET charge_sent_at = charge_sent_at + INTERVAL 1000 MICROSECOND WHERE id = ? AND charge_sent_at = ?",
	    P(payment->id), P(payment->sent_at)));
	*taken = changed == 1;
	return OK;
}

/* Only by who has made the claim; what was sent before stays sent, whatever becomes of a repetition. */
static const struct problem *
give_back(struct work *work, const struct payment *payment)
{
	return db_run(work->db, NULL, "UPDATE payments SET charge_sent_at = NULL WHERE id = ? AND charge_sent_at = ?",
	    P(payment->id), P(payment->sent_at));
}

/* Nobody will be told whether it was made; what becomes of it is asked for now and then, should an event name its transaction. */
static const struct problem *
hold(struct work *work, struct payment_id id)
{
	struct payment *payment;

	TRY(lock_payment(work, id, &payment));
	if (payment->status > PAYMENT_PROCESSING || payment->transaction_id != NULL || payment->hold_reason != NULL)
		return OK;
	payment->hold_reason = OUTCOME_UNKNOWN ": the provider has not told in time whether it took the payment";
	log_error("payment held for review", LOG_TEXT("reason", payment->hold_reason));
	metric_add(METRIC_PAYMENTS, metric_label_index(LABEL_PROVIDER, payment->provider), PAYMENTS_HELD, 1);
	TRY(db_run(work->db, NULL, "UPDATE payments SET hold_reason = ?, next_check_at = NOW(3) + INTERVAL 1 HOUR WHERE id = ?",
	    P(payment->hold_reason), P(id)));
	return record_payment_event(work, EVENT_PAYMENT_HELD, payment);
}

static const struct problem *
charge_now(struct work *work, const struct provider *provider, const struct payment *payment, struct provider_answer *answer)
{
	const struct problem *problem;

	*answer = (struct provider_answer) { .status = PAYMENT_PENDING };
	problem = provider->methods->charge(work, payment, answer);
	if (answer->never_known)
		TRY(db_transaction(work, hold(work, payment->id)));
	TRY(problem);
	if (answer->method_unusable != NULL)
		TRY(db_transaction(work, disable_method(work, *payment->payment_method, answer->method_unusable)));
	return OK;
}

/* The method may have been deleted, and its token forgotten, since it was chosen: then it is unusable. */
static const struct problem *
open_usable(struct work *work, struct payment *payment)
{
	const struct provider *enabled;
	struct payment_method *method;

	TRY(usable_method(work, *payment->payment_method, (struct uuid) { { 0 } }, &method, &enabled));
	return open_token_of(work, payment);
}

/* Its token; one that is lost (its key is not configured, or it was forgotten) leaves payment->stored NULL. */
static const struct problem *
open_if_there(struct work *work, struct payment *payment)
{
	const struct problem *problem = open_token_of(work, payment);

	return problem_is(problem, PROBLEM_INTERNAL) || problem_is(problem, PROBLEM_PAYMENT_METHOD_UNUSABLE) ? OK : problem;
}

/* Nobody charges the method again: it is as unusable the next time. */
static void
fail_unusable(struct provider_answer *answer, const char *reason)
{
	fail(answer, "payment_method_unusable", reason);
	answer->failure_advice = "do_not_try_again";
}

/* A method that can be charged no more has nothing sent, and nobody sends it meanwhile; what was sent goes on. */
static const struct problem *
first_try(struct work *work, const struct provider *provider, struct payment *payment, struct provider_answer *answer)
{
	const struct problem *problem, *unusable = open_usable(work, payment);
	struct payment       *now;
	bool                  claimed;

	if (!problem_is(unusable, PROBLEM_PAYMENT_METHOD_UNUSABLE))
		TRY(unusable);
	TRY(claim(work, payment, &claimed));
	if (!claimed)
		return problem(PROVIDER_UNAVAILABLE, "the payment method is being charged");
	if (unusable != OK) {
		fail_unusable(answer, unusable->message);
		return OK;
	}
	TRY(read_payment(work, payment->id, &now));
	problem = charge_now(work, provider, payment, answer);
	if (problem_is(problem, PROBLEM_PROVIDER_UNAVAILABLE) && answer->unsent && now->sent_at != NULL)
		TRY(give_back(work, now));
	return problem;
}

static const struct problem *
look(struct work *work, const struct provider *provider, const struct payment *payment, struct provider_answer *answer)
{
	struct payment opened = *payment;

	*answer = (struct provider_answer) { .status = PAYMENT_CANCELLED };
	TRY(open_if_there(work, &opened));
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

static const struct problem *
repeat(struct work *work, const struct provider *provider, const struct payment *payment, struct provider_answer *answer)
{
	bool taken;

	TRY(take_over(work, payment, &taken));
	return taken ? charge_now(work, provider, payment, answer)
		     : problem(PROVIDER_UNAVAILABLE, "the payment method is being charged");
}

/*
 * Without its token it cannot be sent again.  What was not found by its reference in time has failed; where only the same charge, sent
 * again, would tell, a person has to look.
 */
static const struct problem *
go_on_without_token(
    struct work *work, const struct provider *provider, const struct payment *payment, struct provider_answer *answer)
{
	if (may_be_on_its_way(payment))
		return problem(PROVIDER_UNAVAILABLE, "the payment method cannot be read, and its charge may be on its way");
	if (provider->methods->asked_by_key) {
		TRY(db_transaction(work, hold(work, payment->id)));
		return problem(
		    PROVIDER_UNAVAILABLE, "the payment method cannot be read: nobody can ask what became of its charge");
	}
	fail_unusable(answer, "the payment method cannot be read, and the provider knows nothing of the charge");
	return OK;
}

/* Sent before, and nothing was heard of it. */
static const struct problem *
go_on(struct work *work, const struct provider *provider, const struct payment *payment, struct provider_answer *answer)
{
	if (!provider->methods->asked_by_key) {
		TRY(look(work, provider, payment, answer));
		if (answer->transaction_id != NULL)
			return OK;
	}
	if (payment->stored == NULL)
		return go_on_without_token(work, provider, payment, answer);
	if (provider->methods->charges_by_key)
		return repeat(work, provider, payment, answer);
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
	if (now->sent_at == NULL)
		return first_try(work, provider, now, answer);
	TRY(open_if_there(work, now));
	return go_on(work, provider, now, answer);
}
