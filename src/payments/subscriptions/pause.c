/* Subscriptions are paused and resumed. */
#include "http/idempotency.h"
#include "payments/subscriptions/manage.h"
#include "payments/subscriptions/methods.h"
#include "payments/subscriptions/period.h"
#include "payments/subscriptions/renew.h"
#include "store/db.h"

/* What is being charged at this moment is still taken; what the payer was only asked for is not wanted any more. */
const struct problem *
pause_subscription(struct work *work, struct subscription_id id, struct subscription **subscription)
{
	const struct subscription *before;
	bool                       live = false;

	TRY(lock_own_subscription(work, id, subscription));
	TRY(check_transition(work, *subscription, SUBSCRIPTION_PAUSED));
	if (open_period(*subscription) != NULL)
		TRY(is_being_charged(work, (*subscription)->period, &live));
	before = subscription_before(work, *subscription);
	(*subscription)->status = SUBSCRIPTION_PAUSED;
	TRY(live ? save_subscription(work, *subscription) : give_up_period(work, *subscription));
	TRY(record_subscription_event(work, EVENT_SUBSCRIPTION_PAUSED, *subscription));
	return audit_subscription(work, "subscription.paused", before, *subscription);
}

/* Is the current period the trial, or paid, or being paid, and not over? */
static bool
still_runs(const struct subscription *subscription)
{
	const struct period *period = subscription->period;

	if (period != NULL && period->status == PERIOD_DUE)
		return true;
	if (subscription->current_period_end.unix_ms <= instant_now().unix_ms)
		return false;
	return period == NULL || period->status == PERIOD_PAID;
}

/* Who wanted no more than what was paid is not charged for more: it has ended. */
static const struct problem *
go_on(struct work *work, struct subscription *subscription)
{
	bool runs = still_runs(subscription);

	if (!runs && subscription->cancel_at_period_end)
		return finish_subscription(work, subscription, SUBSCRIPTION_ENDED);
	subscription->status = SUBSCRIPTION_ACTIVE;
	TRY(runs ? save_subscription(work, subscription) : begin_period_now(work, subscription));
	return record_subscription_event(work, EVENT_SUBSCRIPTION_RESUMED, subscription);
}

static bool
ends_later(const struct subscription *subscription)
{
	return subscription->cancel_at_period_end && subscription->status != SUBSCRIPTION_CANCELLED &&
	    subscription->status != SUBSCRIPTION_ENDED;
}

static const struct problem *
resume(struct work *work, struct subscription_id id, struct judged_charge *judged)
{
	const struct subscription *before;
	struct subscription       *subscription;
	struct uuid                made_id;
	bool                       made;

	TRY(lock_own_subscription(work, id, &subscription));
	TRY(idempotency_made(work, &made_id, &made));
	if (made)
		return OK;
	if (subscription->status != SUBSCRIPTION_PAUSED && !ends_later(subscription))
		return subscription_state_problem(work, subscription);
	if (!subscription->merchant_active)
		return problem(MERCHANT_INACTIVE, "the merchant is not active and cannot sell");
	before = subscription_before(work, subscription);
	TRY(subscription->status == SUBSCRIPTION_PAUSED ? go_on(work, subscription) : keep_on(work, subscription));
	TRY(judge_charge(work, subscription, judged));
	TRY(audit_subscription(work, "subscription.resumed", before, subscription));
	return idempotency_make(work, id.uuid);
}

const struct problem *
resume_subscription(struct work *work, struct subscription_id id, struct subscription **subscription)
{
	struct judged_charge judged = { 0 };

	TRY(after_judged_charge(work, &judged, db_transaction(work, resume(work, id, &judged))));
	TRY(renew_subscription(work, id));
	return read_subscription(work, id, subscription);
}
