#include "payments/subscriptions/methods.h"

#include "base/arena.h"
#include "base/log.h"
#include "payments/charge.h"
#include "payments/method.h"
#include "payments/provider.h"
#include "store/db.h"

const struct problem *
check_method(struct work *work, struct payment_method_id id)
{
	const struct provider *provider;
	struct payment_method *method;

	return usable_method(work, id, work->viewer.user.uuid, &method, &provider);
}

/* Refused before anything was asked of a provider: the method will not do. */
static bool
will_not_do(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_PAYMENT_METHOD_UNUSABLE) || problem_is(problem, PROBLEM_PROVIDER_UNSUPPORTED) ||
	    problem_is(problem, PROBLEM_AMOUNT_UNSUPPORTED);
}

/* Judged anew when it was made, for somebody who waits for it: what has come in between counts. */
static const char *
refusal_of(const struct problem *problem)
{
	return will_not_do(problem) ? "payment_method_unusable" : is_refusal(problem) ? problem_name(problem->code) : NULL;
}

/* Refused for what has changed meanwhile: whoever changed it sees to the rest. */
static bool
is_overtaken(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_PAYMENT_IN_PROGRESS) || problem_is(problem, PROBLEM_SUBSCRIPTION_STATE) ||
	    problem_is(problem, PROBLEM_MERCHANT_INACTIVE);
}

const struct problem *
charge_period(struct work *work, const struct subscription *subscription, const char **refused)
{
	const struct period  *period = subscription->period;
	struct charge         charge = { .kind = PURPOSE_SUBSCRIPTION_PERIOD,
			.purpose = period->id.uuid,
			.payer = subscription->user.uuid,
			.user = (struct user_id *)&subscription->user,
			.method = *subscription->payment_method,
			.amount = period->amount,
			.key = arena_format(
			    work->arena, "period:%s:%lld", uuid_text(work->arena, period->id.uuid), (long long)period->attempts) };
	const struct problem *problem;
	struct payment       *payment;

	/* The first charge is the one that the bank was told of. */
	if (period->attempts == 1 && subscription->notice_number == period->number)
		charge.reference = subscription->notice_reference;
	*refused = NULL;
	problem = charge_stored_method(work, &charge, &payment);
	if (problem == OK)
		return OK;
	log_warning("cannot charge a subscription's payment method",
	    LOG_ID("subscription", uuid_text(work->arena, subscription->id.uuid)), LOG_TEXT("cause", problem->message));
	*refused = refusal_of(problem);
	return *refused != NULL || is_overtaken(problem) ? OK : problem;
}

/* Will it be charged as soon as its transaction has committed? */
static const struct problem *
is_charged_now(struct work *work, const struct subscription *subscription, bool *now)
{
	const struct period *period = open_period(subscription);
	bool                 under_way = false;

	*now = period != NULL && subscription->payment_method != NULL && subscription->merchant_active && !period->by_link &&
	    period->asked_until == NULL && period->next_attempt_at != NULL &&
	    period->next_attempt_at->unix_ms <= instant_now().unix_ms;
	if (*now && (period->attempts > 0 || period->payment_reference != NULL))
		TRY(is_being_charged(work, period, &under_way));
	*now = *now && !under_way;
	return OK;
}

const struct problem *
judge_charge(struct work *work, const struct subscription *subscription, struct judged_charge *judged)
{
	struct user_id *payer = ARENA_NEW(work->arena, struct user_id);
	bool            now;

	*payer = subscription->user;
	*judged = (struct judged_charge) { .about = { .kind = PURPOSE_SUBSCRIPTION_PERIOD } };
	TRY(is_charged_now(work, subscription, &now));
	if (!now)
		return OK;
	judged->about = (struct risk_case) { .kind = PURPOSE_SUBSCRIPTION_PERIOD,
		.purpose = subscription->period->id.uuid,
		.amount = subscription->period->amount,
		.payer = payer };
	return would_refuse(work, &judged->about, &judged->verdict);
}

const struct problem *
after_judged_charge(struct work *work, const struct judged_charge *judged, const struct problem *problem)
{
	if (problem_is(problem, PROBLEM_PAYMENT_REFUSED))
		TRY(audit_refusal(work, &judged->about, &judged->verdict));
	return problem;
}

const struct problem *
was_declined(struct work *work, const struct subscription *subscription, bool *declined)
{
	int64_t count;

	TRY(db_value(work->db, &count,
	    "SELECT EXISTS (SELECT 1 FROM payments p WHERE p.payment_method_id = ? AND p.review = 'declined')",
	    P(subscription->payment_method)));
	*declined = count > 0;
	return OK;
}

const struct problem *
live_attempt(struct work *work, const struct period *period, struct payment **payment)
{
	/* By any link that was sent for it, whichever the period names now. */
	return db_row(work->db, &payment_shape, payment,
	    "SELECT {p} FROM payments p WHERE p.purpose_kind = 'subscription_period' AND p.purpose_id = ? AND p.live = 1 "
	    "UNION ALL SELECT {p} FROM payment_requests r JOIN payments p ON p.purpose_kind = 'request' AND p.purpose_id = r.id "
	    "AND p.live = 1 WHERE r.period_id = ? LIMIT 1",
	    P(period->id), P(period->id));
}

const struct problem *
is_being_charged(struct work *work, const struct period *period, bool *charged)
{
	struct payment *payment;

	TRY(live_attempt(work, period, &payment));
	*charged = payment != NULL && payment->status != PAYMENT_REQUIRES_ACTION;
	return OK;
}
