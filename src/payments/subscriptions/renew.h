/*
 * renew.h: what becomes of subscriptions by time: their next period begins and is charged, or asked for by a link; a charge is
 * announced; what was not paid is tried again or ends.
 */
#ifndef RENEW_H
#define RENEW_H

#include "payments/subscriptions/subscription.h"

struct job;

/*
 * Does with the subscription what is due now, charging included, so far as it goes.  What a charge comes to the subscription
 * tells; a problem is the database's.  However many run at once, a period is charged once.  Outside transactions.
 */
const struct problem *renew_subscription(struct work *work, struct subscription_id id);

/* The jobs: all that are due are put in one by one; one; and the attempts to pay a period that takes no more money. */
const struct problem *renew_subscriptions_job(struct work *work, const struct job *job);
const struct problem *renew_subscription_job(struct work *work, const struct job *job);
const struct problem *end_period_attempts_job(struct work *work, const struct job *job);

#endif
