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

/* Refused for what has changed meanwhile: whoever changed it sees to the rest. */
static bool
is_overtaken(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_PAYMENT_IN_PROGRESS) || problem_is(problem, PROBLEM_SUBSCRIPTION_STATE) ||
	    problem_is(problem, PROBLEM_MERCHANT_INACTIVE);
}

const struct problem *
charge_period(struct work *work, const struct subscription *subscription, bool *charged)
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

	*charged = true;
	problem = charge_stored_method(work, &charge, &payment);
	if (problem == OK)
		return OK;
	log_warning("cannot charge a subscription's payment method",
	    LOG_ID("subscription", uuid_text(work->arena, subscription->id.uuid)), LOG_TEXT("cause", problem->message));
	*charged = !will_not_do(problem);
	return will_not_do(problem) || is_overtaken(problem) ? OK : problem;
}

const struct problem *
live_attempt(struct work *work, const struct period *period, struct payment **payment)
{
	TRY(db_row(work->db, &payment_shape, payment,
	    "SELECT {p} FROM payments p WHERE p.purpose_kind = 'subscription_period' AND p.purpose_id = ? AND p.live = 1",
	    P(period->id)));
	if (*payment != NULL || !period->by_link)
		return OK;
	return db_row(work->db, &payment_shape, payment,
	    "SELECT {p} FROM payment_requests r JOIN payments p ON p.purpose_kind = 'request' AND p.purpose_id = r.id AND p.live = 1 "
	    "WHERE r.period_id = ?",
	    P(period->id));
}

const struct problem *
is_being_charged(struct work *work, const struct period *period, bool *charged)
{
	struct payment *payment;

	TRY(live_attempt(work, period, &payment));
	*charged = payment != NULL && payment->status != PAYMENT_REQUIRES_ACTION;
	return OK;
}
