/*
 * strike.h: cash that is not to be collected any more (collect.h).  Inside the transaction that has locked the payment.
 */
#ifndef STRIKE_H
#define STRIKE_H

#include "payments/payment.h"

/* So much of it, in minor units (0: nothing happens), for that seller's part (NULL: for nobody's). */
const struct problem *strike(
    struct work *work, const struct payment *payment, const struct merchant_id *seller, int64_t amount_minor, const char *reason);

/* The payment ends: whatever was neither collected nor struck, for nobody's part. */
const struct problem *strike_rest(struct work *work, const struct payment *payment);

#endif
