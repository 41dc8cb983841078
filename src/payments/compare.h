/*
 * compare.h: the refunds and disputes of a payment as its provider has them.
 */
#ifndef COMPARE_H
#define COMPARE_H

#include "payments/payment.h"

/* Ask the provider for its disputes of the payment and apply what it says of each; nothing where it cannot tell them. */
const struct problem *compare_disputes(struct work *work, const struct payment *payment);

/* Ask the provider for its refunds of the payment and apply what it says of each; nothing where it cannot tell them. */
const struct problem *compare_refunds(struct work *work, const struct payment *payment);

/*
 * The same before a refund is sent: *settled when it must not be.  Its provider has it already, and what it says is applied; or has
 * refunds of which nothing was known here: those that succeeded are written down, and this one fails, for it may be one of
 * them, whose row was lost; while they are pending, this one waits.
 */
const struct problem *look_first(struct work *work, const struct payment *payment, const struct refund *refund, bool *settled);

#endif
