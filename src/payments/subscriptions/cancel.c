/* Subscriptions are cancelled: now, or when the current period ends. */
#include "payments/subscriptions/manage.h"

#include "payments/subscriptions/period.h"

/* What has been paused for longer than its period has no end to wait for. */
static bool
has_run_out(const struct subscription *subscription)
{
	return open_period(subscription) == NULL && subscription->current_period_end.unix_ms <= instant_now().unix_ms;
}

/* Who takes it back: the customer, if they have asked for it; whoever else has asked for it does not overrule them. */
static bool
is_customer(const struct work *work, const struct subscription *subscription)
{
	return ID_EQUAL(subscription->user, work->viewer.user);
}

static const struct problem *
cancel_later(struct work *work, struct subscription *subscription)
{
	bool by_customer = subscription->ended_by_customer || is_customer(work, subscription);

	if (subscription->cancel_at_period_end && by_customer == subscription->ended_by_customer)
		return OK;
	subscription->cancel_at_period_end = true;
	subscription->ended_by_customer = by_customer;
	if (has_run_out(subscription))
		return finish_subscription(work, subscription, SUBSCRIPTION_ENDED);
	TRY(save_subscription(work, subscription));
	return record_subscription_event(work, EVENT_SUBSCRIPTION_CHANGED, subscription);
}

const struct problem *
keep_on(struct work *work, struct subscription *subscription)
{
	bool customer = is_customer(work, subscription);

	if (subscription->current_period_end.unix_ms <= instant_now().unix_ms)
		return finish_subscription(work, subscription, SUBSCRIPTION_ENDED);
	if (customer != subscription->ended_by_customer)
		return problem(FORBIDDEN, "only who has cancelled it for the end of its period can take that back");
	subscription->cancel_at_period_end = false;
	subscription->ended_by_customer = false;
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
