/* Subscriptions are cancelled: now, or when the current period ends. */
#include "payments/subscriptions/manage.h"

#include "payments/subscriptions/period.h"

/* What has been paused for longer than its period has no end to wait for. */
static bool
has_run_out(const struct subscription *subscription)
{
	return open_period(subscription) == NULL && subscription->current_period_end.unix_ms <= instant_now().unix_ms;
}

static const struct problem *
cancel_later(struct work *work, struct subscription *subscription)
{
	if (subscription->cancel_at_period_end)
		return OK;
	subscription->cancel_at_period_end = true;
	if (has_run_out(subscription))
		return finish_subscription(work, subscription, SUBSCRIPTION_ENDED);
	TRY(save_subscription(work, subscription));
	return record_subscription_event(work, EVENT_SUBSCRIPTION_CHANGED, subscription);
}

const struct problem *
cancel_subscription(struct work *work, struct subscription_id id, bool at_period_end, struct subscription **subscription)
{
	const struct subscription *before;

	TRY(lock_own_subscription(work, id, subscription));
	TRY(check_transition(work, *subscription, SUBSCRIPTION_CANCELLED));
	before = subscription_before(work, *subscription);
	TRY(at_period_end ? cancel_later(work, *subscription) : finish_subscription(work, *subscription, SUBSCRIPTION_CANCELLED));
	return audit_subscription(work, "subscription.cancelled", before, *subscription);
}
