/*
 * methods.h: what is under way to pay a period.
 */
#ifndef SUBSCRIPTION_METHODS_H
#define SUBSCRIPTION_METHODS_H

#include "payments/subscriptions/subscription.h"

struct payment;

/* The live attempt to pay the period, by method or link; NULL: none. */
const struct problem *live_attempt(struct work *work, const struct period *period, struct payment **payment);

/* Is money on its way for it? */
const struct problem *is_being_charged(struct work *work, const struct period *period, bool *charged);

#endif
