/* Another plan, from the next period on; another payment method, at once. */
#include "base/arena.h"
#include "http/idempotency.h"
#include "http/permission.h"
#include "payments/subscriptions/manage.h"
#include "payments/subscriptions/methods.h"
#include "payments/subscriptions/period.h"
#include "payments/subscriptions/renew.h"
#include "store/db.h"

/* Who is not the customer may only make it cheaper. */
static const struct problem *
change_plan_of(struct work *work, struct subscription *subscription, struct plan_id id, bool customer)
{
	const struct plan *now = &subscription->plan;
	struct plan       *plan, *next;

	TRY(choose_plan(work, id, &plan));
	if (!ID_EQUAL(plan->merchant, subscription->merchant))
		return problem(NOT_FOUND, "plan not found");
	if (strcmp(plan->currency, now->currency) != 0)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "plan_id", "has another currency");
	if (!customer && !interval_is_cheaper(plan_interval(plan), plan->amount.minor, plan_interval(now), now->amount.minor))
		return problem(FORBIDDEN, "only the customer can change to a plan that costs more");
	/* What the customer has chosen to pay less for is not undone by the seller. */
	if (!customer && subscription->next_plan != NULL) {
		TRY(read_plan(work, *subscription->next_plan, &next));
		if (!interval_is_cheaper(plan_interval(plan), plan->amount.minor, plan_interval(next), next->amount.minor))
			return problem(FORBIDDEN, "only the customer can change to a plan that costs more");
	}
	drop_notice(subscription);
	if (ID_EQUAL(plan->id, now->id)) {
		subscription->next_plan = NULL;
		return OK;
	}
	subscription->next_plan = ARENA_NEW(work->arena, struct plan_id);
	*subscription->next_plan = plan->id;
	return OK;
}

/* What is past due, or was asked for by a link, is charged at once. */
static const struct problem *
change_method(struct work *work, struct subscription *subscription, struct payment_method_id method, bool customer)
{
	struct period *period = open_period(subscription);

	if (!customer)
		return problem(FORBIDDEN, "only the customer can change the payment method");
	TRY(check_method(work, method));
	subscription->payment_method = ARENA_NEW(work->arena, struct payment_method_id);
	*subscription->payment_method = method;
	drop_notice(subscription);
	if (period == NULL)
		return OK;
	period->by_link = false;
	period->asked_until = NULL;
	period->next_attempt_at = ARENA_NEW(work->arena, struct instant);
	*period->next_attempt_at = instant_now();
	return OK;
}

static const struct problem *
change(struct work *work, struct subscription_id id, const struct change_body *body, struct judged_charge *judged)
{
	const struct subscription *before;
	struct subscription       *subscription;
	struct uuid                made_id;
	bool                       customer, made;

	TRY(lock_own_subscription(work, id, &subscription));
	TRY(idempotency_made(work, &made_id, &made));
	if (made)
		return OK;
	if (subscription->status == SUBSCRIPTION_CANCELLED || subscription->status == SUBSCRIPTION_ENDED)
		return subscription_state_problem(work, subscription);
	customer = ID_EQUAL(subscription->user, work->viewer.user);
	before = subscription_before(work, subscription);
	if (body->plan == NULL && body->payment_method == NULL)
		return problem_at(
		    work->arena, PROBLEM_VALIDATION_FAILED, "plan_id", "is required unless payment_method_id is given");
	if (body->plan != NULL)
		TRY(change_plan_of(work, subscription, *body->plan, customer));
	if (body->payment_method != NULL) {
		TRY(change_method(work, subscription, *body->payment_method, customer));
		TRY(judge_charge(work, subscription, judged));
	}
	TRY(save_subscription(work, subscription));
	TRY(record_subscription_event(work, EVENT_SUBSCRIPTION_CHANGED, subscription));
	TRY(audit_subscription(work, "subscription.changed", before, subscription));
	return idempotency_make(work, id.uuid);
}

const struct problem *
change_subscription(
    struct work *work, struct subscription_id id, const struct change_body *body, struct subscription **subscription)
{
	struct judged_charge judged = { 0 };

	TRY(after_judged_charge(work, &judged, db_transaction(work, change(work, id, body, &judged))));
	TRY(renew_subscription(work, id));
	return read_subscription(work, id, subscription);
}
