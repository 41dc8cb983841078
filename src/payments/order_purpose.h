/*
 * order_purpose.h: payments of orders.
 */
#ifndef ORDER_PURPOSE_H
#define ORDER_PURPOSE_H

#include "payments/purpose.h"

struct order_row;

extern const struct purpose order_purpose;

/* The order that a locked payment pays for; NULL when it pays for something else. */
struct order_row *payment_order(const struct payment *payment);

/*
 * purpose.c: locks an order, and then the payment whose money it has taken, or whose cash its carriers collect (which has no money
 * yet, payment_has_money); *payment is NULL when there is none.  Inside a transaction.  NOT_FOUND.
 */
const struct problem *lock_paid_order(struct work *work, struct order_id id, struct order_row **order, struct payment **payment);

#endif
