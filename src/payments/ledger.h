/*
 * ledger.h: double entry.  Debits are positive, credits negative, and every transaction sums to zero.
 *
 * A payment debits the provider's clearing account (the carrier's for cash on delivery) and credits each merchant with
 * what their lines earn, the commission, the tax and the shipping; money that no order could take credits "unapplied".
 * A refund takes back from each account pro rata of what is left there, so that the last refund takes the remainder.
 * Entries are never changed.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "payments/payment.h"

/* Post a payment that an order has taken.  Inside the settling transaction; a second posting is refused by the key. */
const struct problem *post_payment(struct work *work, const struct payment *payment, const struct order_row *order);

/* Post money that arrived and that no order can take: it will be given back. */
const struct problem *post_unapplied(struct work *work, const struct payment *payment);

/* Post a refund of `amount_minor`. */
const struct problem *post_refund(struct work *work, const struct payment *payment, struct refund_id refund,
    int64_t amount_minor);

#endif
