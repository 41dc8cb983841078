/* A customer subscribes to a plan. */
#include "base/arena.h"
#include "http/idempotency.h"
#include "payments/subscriptions/manage.h"
#include "payments/subscriptions/methods.h"
#include "payments/subscriptions/period.h"
#include "payments/subscriptions/renew.h"
#include "store/db.h"

enum { DAY_SECONDS = 86400 };

/* Who had the plan before has had its trial; who subscribes twice at the same time has one. */
static const struct problem *
has_trial(struct work *work, const struct plan *plan, bool *trial)
{
	int64_t before = 0, locked;

	if (plan->trial_days > 0) {
		TRY(db_value(work->db, &locked, "SELECT 1 FROM users WHERE id = ? FOR UPDATE", P(work->viewer.user)));
		TRY(db_value(work->db, &before, "SELECT COUNT(*) FROM subscriptions WHERE plan_id = ? AND user_id = ?",
		    P(plan->id), P(work->viewer.user)));
	}
	*trial = plan->trial_days > 0 && before == 0;
	return OK;
}

/* Nothing is given before the first charge has succeeded: until then it is past due. */
static const struct problem *
begin(struct work *work, struct subscription *subscription, bool trial)
{
	struct instant now = subscription->created_at;

	subscription->status = trial ? SUBSCRIPTION_TRIALING : SUBSCRIPTION_PAST_DUE;
	set_schedule(subscription, schedule_begin(plan_interval(&subscription->plan), now));
	if (trial) {
		subscription->current_period_end = instant_add_seconds(now, subscription->plan.trial_days * DAY_SECONDS);
		subscription->anchor = subscription->current_period_end;
		subscription->anchor_months = 0;
	}
	TRY(insert_subscription(work, subscription));
	return trial ? OK : begin_period_now(work, subscription);
}

static const struct problem *
insert(struct work *work, const struct subscribe_body *body, struct subscription_id *id, struct judged_charge *judged)
{
	struct subscription made = { .id = NEW_ID(subscription_id), .user = work->viewer.user, .created_at = instant_now() };
	struct plan        *plan;
	bool                trial, before;

	TRY(idempotency_made(work, &id->uuid, &before));
	if (before)
		return OK;
	*id = made.id;
	TRY(choose_plan(work, body->plan, &plan));
	if (body->payment_method != NULL)
		TRY(check_method(work, *body->payment_method));
	TRY(has_trial(work, plan, &trial));
	made.plan = *plan;
	made.merchant = plan->merchant;
	made.merchant_active = true;
	made.payment_method = body->payment_method;
	made.metadata = body->metadata == NULL ? "{}" : body->metadata;
	TRY(begin(work, &made, trial));
	TRY(judge_charge(work, &made, judged));
	TRY(record_subscription_event(work, EVENT_SUBSCRIPTION_CREATED, &made));
	TRY(audit_subscription(work, "subscription.created", NULL, &made));
	return idempotency_make(work, made.id.uuid);
}

const struct problem *
subscribe(struct work *work, const struct subscribe_body *body, struct subscription **subscription)
{
	struct judged_charge   judged = { .about = { .amount = { 0 } } };
	struct subscription_id id;

	TRY(after_judged_charge(work, &judged, db_transaction(work, insert(work, body, &id, &judged))));
	TRY(renew_subscription(work, id));
	return read_subscription(work, id, subscription);
}
