/*
 * deliver.h: what happens to a payment in cash before its parcels arrive; what happens at the door is in collect.h.  Inside the
 * caller's transaction.
 */
#ifndef PAYMENTS_DELIVER_H
#define PAYMENTS_DELIVER_H

#include "payments/payment.h"

struct order_row;

/* Locks order and payment; PAYMENT_STATE when it is not a live one that a carrier collects. */
const struct problem *lock_delivery(struct work *work, struct payment_id id, struct payment **payment, struct order_row **order);

/* Staff or the seller confirm the order: its stock is sold, it will be delivered. */
const struct problem *confirm_delivery(struct work *work, struct payment_id payment);

/*
 * Nobody will take the goods, of which none has left: the payment has failed, the order is cancelled, its stock comes back.
 * PAYMENT_STATE once a parcel has left: that is returned.
 */
const struct problem *fail_delivery(struct work *work, struct payment_id payment);

#endif
