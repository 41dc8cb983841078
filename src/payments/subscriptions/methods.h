/*
 * methods.h: by what a period is paid: the customer's stored method, or a link.
 */
#ifndef SUBSCRIPTION_METHODS_H
#define SUBSCRIPTION_METHODS_H

#include "payments/subscriptions/subscription.h"

struct payment;

/* PAYMENT_METHOD_UNUSABLE unless the viewer can be charged by it. */
const struct problem *check_method(struct work *work, struct payment_method_id method);

/*
 * Charges the stored method for the open period, whose attempt was counted.  Outside transactions.  *charged is false when the
 * method or its provider will not do, and a link will.
 */
const struct problem *charge_period(struct work *work, const struct subscription *subscription, bool *charged);

/* The live attempt to pay the period, by method or link; NULL: none. */
const struct problem *live_attempt(struct work *work, const struct period *period, struct payment **payment);

/* Is money on its way for it? */
const struct problem *is_being_charged(struct work *work, const struct period *period, bool *charged);

#endif
