/*
 * state.h: what an order may become.
 *
 * One table of transitions; nothing changes orders.status but move_order.  Locks are taken in one global order: the
 * order's row first (lock_order), then its payment, then stock by variant.
 */
#ifndef ORDERS_STATE_H
#define ORDERS_STATE_H

#include "base/shape.h"
#include "store/work.h"

enum order_status { ORDER_PENDING, ORDER_CONFIRMED, ORDER_PAID, ORDER_PROCESSING, ORDER_SHIPPED, ORDER_DELIVERED,
	ORDER_COMPLETED, ORDER_CANCELLED, ORDER_EXPIRED, ORDER_REFUNDED, ORDER_STATUS__COUNT };
extern const char *const order_status_values[];

enum order_payment_status { ORDER_UNPAID, ORDER_PAYMENT_PAID, ORDER_PAYMENT_FAILED, ORDER_PARTIALLY_REFUNDED,
	ORDER_PAYMENT_REFUNDED };
extern const char *const order_payment_status_values[]; /* "pending", "paid", "failed", ... */

/* The part of an order that its changes of state need. */
struct order_row {
	struct order_id id;
	struct user_id  user;
	const char     *number;
	int             status, payment_status;
	const char     *payment_method; /* NULL, "online", "cash_on_delivery" */
	struct money    total, refunded, shipping, tax;
};

/* Reads and locks the order (SELECT ... FOR UPDATE); NOT_FOUND when there is none.  Inside a transaction. */
const struct problem *lock_order(struct work *work, struct order_id id, struct order_row **order);

/* Is the transition in the table? */
bool order_may_become(enum order_status from, enum order_status to);

/*
 * Moves a locked order on; CONFLICT when the table does not have the transition.  Sets paid_at and cancelled_at, clears
 * expires_at when the order no longer waits for anything.  Changes order->status too.
 */
const struct problem *move_order(struct work *work, struct order_row *order, enum order_status to);

/* Sets payment_status of a locked order. */
const struct problem *set_order_payment_status(struct work *work, struct order_row *order,
    enum order_payment_status status);

/*
 * How the order is to be paid, and for how long it holds its stock for that: `keep_seconds` from now, but never longer
 * than twice that from when it was placed, so that beginning to pay again and again does not keep goods for ever.
 */
const struct problem *set_order_payment_method(struct work *work, struct order_row *order, const char *method,
    int64_t keep_seconds);

/* While a payment is processing the expiry moves on: at least until `until`. */
const struct problem *postpone_expiry(struct work *work, struct order_id id, struct instant until);

/* Adds a refund to a locked order: refunded_minor, payment_status, and `refunded` when all was given back. */
const struct problem *note_order_refund(struct work *work, struct order_row *order, int64_t amount_minor);

#endif
