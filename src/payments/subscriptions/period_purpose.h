/*
 * period_purpose.h: what payments mean to the periods of subscriptions: those whose purpose is a period (a stored method is charged),
 * and those of the payment request that a period's payer was sent the link of.  The subscription's row is the lock of both.
 */
#ifndef PERIOD_PURPOSE_H
#define PERIOD_PURPOSE_H

#include "payments/purpose.h"
#include "payments/subscriptions/subscription.h"

extern const struct purpose period_purpose;

/* A period with its subscription, which is locked. */
struct period_target {
	struct subscription *subscription;
	struct period       *period; /* the subscription's own, when it is its last one */
};
const struct problem *lock_period(struct work *work, struct period_id id, struct period_target **target);

/* Does it still take money? */
bool period_is_open(const struct period_target *target);

/* Money of that payment was given back, or came back after all; `whole`: nothing of it is left. */
const struct problem *period_was_refunded(
    struct work *work, const struct period_target *target, const struct payment *payment, bool whole);
const struct problem *period_refund_bounced(struct work *work, const struct period_target *target, const struct payment *payment);

#endif
