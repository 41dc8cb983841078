/*
 * period.h: what becomes of a subscription's periods: begun, asked for, paid, not paid, void.
 *
 * Everything here runs inside a transaction on a locked subscription, saves it, and records its event.
 */
#ifndef PERIOD_H
#define PERIOD_H

#include "payments/subscriptions/subscription.h"

/*
 * The next period begins where the current one ends; where the merchant did not sell meanwhile, now.  Or it begins now, counted
 * anew: after a pause, and of a new subscription.  By the plan that the subscription was changed to.
 */
const struct problem *begin_next_period(struct work *work, struct subscription *subscription);
const struct problem *begin_period_now(struct work *work, struct subscription *subscription);

/*
 * The merchant sells again: the open period, which could not be paid meanwhile, begins now, counted anew, and a payer who was asked
 * is to be asked again.  Not saved.
 */
void begin_open_period_again(struct work *work, struct subscription *subscription);

/* That is the current period. */
void set_schedule(struct subscription *subscription, struct schedule schedule);

/* The payer is to pay the open period on the hosted page of that reference; event subscription.payment_asked. */
const struct problem *ask_payer(struct work *work, struct subscription *subscription, const char *reference);

/* The open period is to be paid by a link from now on: period->payment_reference is that of its payment request.  Not saved. */
const struct problem *pay_by_link(struct work *work, struct subscription *subscription);

/* Of pay_by_link: no provider of the merchant's takes that amount from a payer. */
bool cannot_be_asked(const struct problem *problem);

/* The job opens such a link now, and asks the payer: what was to be paid otherwise cannot be paid so.  Not saved. */
void ask_by_link_soon(struct work *work, struct subscription *subscription);

/* Its payment request, if there is one, is not to be paid any more.  Outside transactions. */
const struct problem *end_period_request(struct work *work, struct period_id period);

/*
 * The open period was paid by that payment; event subscription.charged.  What was past due is active again; should the period be over, it is
 * the one that runs now that was paid, since nothing was given in between.
 */
const struct problem *period_was_paid(struct work *work, struct subscription *subscription, struct payment_id payment);

/*
 * The open period was not paid, for that reason; event subscription.charge_failed.  It is past due and tried again after the
 * configured days, counted from the first failure; after the last of them the subscription ends.
 */
const struct problem *period_was_not_paid(struct work *work, struct subscription *subscription, const char *code);

/* The open period, if there is one, takes no money any more, and a job ends the attempts to pay it. */
const struct problem *give_up_period(struct work *work, struct subscription *subscription);

/* It is over: cancelled by somebody, or ended; the event of that name. */
const struct problem *finish_subscription(struct work *work, struct subscription *subscription, enum subscription_status status);

/* A job ends the attempts to pay the period that have not ended. */
const struct problem *end_attempts_soon(struct work *work, struct period_id period);

#endif
