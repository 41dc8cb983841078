/*
 * manage.h: what customers, merchants and staff do with subscriptions.
 *
 * cancel_subscription and pause_subscription run in the transaction of their caller; the others charge what is due, and so
 * call a provider between transactions of their own.  Under an Idempotency-Key they do their part once, and the same request
 * that comes again after a crash only goes on with what is still due.
 */
#ifndef MANAGE_H
#define MANAGE_H

#include "payments/subscriptions/subscription.h"

/* What a client sends to subscribe; payment_method NULL: each period is paid by a link. */
struct subscribe_body {
	struct plan_id            plan;
	struct payment_method_id *payment_method;
	const char               *metadata;
};

/* And to change; NULL: stays. */
struct change_body {
	struct plan_id           *plan;
	struct payment_method_id *payment_method;
};

/*
 * The viewer subscribes to an active plan: a trial, once for each customer and plan, or the first period, which is charged at
 * once.  NOT_FOUND, PLAN_ARCHIVED, MERCHANT_INACTIVE, PAYMENT_METHOD_UNUSABLE.  How the charge went the state tells.
 */
const struct problem *subscribe(struct work *work, const struct subscribe_body *body, struct subscription **subscription);

/* SUBSCRIPTION_STATE.  Nothing is given back of what was paid; what was being charged is given back should it come. */
const struct problem *cancel_subscription(
    struct work *work, struct subscription_id id, bool at_period_end, struct subscription **subscription);

/* The part of resume_subscription on a locked one that is not paused, and is cancelled for the end of its period. */
const struct problem *keep_on(struct work *work, struct subscription *subscription);

/* Nothing is charged while it is paused, and what was paid runs out.  SUBSCRIPTION_STATE. */
const struct problem *pause_subscription(struct work *work, struct subscription_id id, struct subscription **subscription);

/*
 * Of a paused one: a new period begins now and is charged, unless one that was paid, or the trial, still runs.  Of one that is cancelled
 * for the end of its period: it goes on, if who asked for that takes it back in time.  SUBSCRIPTION_STATE, MERCHANT_INACTIVE, FORBIDDEN.
 */
const struct problem *resume_subscription(struct work *work, struct subscription_id id, struct subscription **subscription);

/*
 * Another plan of the merchant from the next period on, or another payment method, which is charged at once for what is past due.
 * Who is not the customer may only choose a plan that costs no more.  FORBIDDEN, NOT_FOUND, PLAN_ARCHIVED, SUBSCRIPTION_STATE,
 * PAYMENT_METHOD_UNUSABLE.
 */
const struct problem *change_subscription(
    struct work *work, struct subscription_id id, const struct change_body *body, struct subscription **subscription);

#endif
