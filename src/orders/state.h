/*
 * state.h: the status of an order and its transitions.
 *
 * One table of transitions; nothing changes orders.status but move_order.  Locks are taken in one global order: the
 * order's row first (lock_order), then its payment, then stock by variant.
 */
#ifndef ORDERS_STATE_H
#define ORDERS_STATE_H

#include "base/shape.h"
#include "events/record.h"
#include "store/work.h"

enum order_status {
	ORDER_PENDING,
	ORDER_CONFIRMED,
	ORDER_PAID,
	ORDER_PROCESSING,
	ORDER_SHIPPED,
	ORDER_DELIVERED,
	ORDER_COMPLETED,
	ORDER_CANCELLED,
	ORDER_EXPIRED,
	ORDER_REFUNDED,
	ORDER_STATUS__COUNT
};
extern const char *const order_status_values[];

enum order_payment_status {
	ORDER_UNPAID,
	ORDER_PAYMENT_PAID,
	ORDER_PAYMENT_FAILED,
	ORDER_PARTIALLY_REFUNDED,
	ORDER_PAYMENT_REFUNDED
};
extern const char *const order_payment_status_values[]; /* "pending", "paid", "failed", ... */

struct order_line;

/* An order without its addresses: what its changes of state need, and what its events tell. */
struct order_row {
	struct order_id    id;
	struct user_id     user;
	const char        *number;
	int                status, payment_status, shipping_method;
	const char        *payment_method; /* NULL, "online", "cash_on_delivery" */
	struct money       subtotal, discount, shipping, tax, tax_included, total, refunded;
	const char        *currency, *metadata, *coupon;
	struct coupon_id  *coupon_id;
	struct instant    *expires_at, created_at;
	struct order_line *lines;
	size_t             n_lines;
	bool               closed; /* one of its shops does not sell now: no money is taken for it */
};

/* Reads and locks the order with its lines (SELECT ... FOR UPDATE), in one round trip; NOT_FOUND.  Inside a transaction. */
const struct problem *lock_order(struct work *work, struct order_id id, struct order_row **order);

/* Is the transition in the table? */
bool order_may_become(enum order_status from, enum order_status to);

/*
 * Changes the status of a locked order, in the row and in *order; CONFLICT when the table does not have the transition.
 * Gives the use of its coupon back when it ends cancelled or expired: so before its stock is locked.
 * Sets paid_at and cancelled_at, and clears expires_at and open_from; what is paid has its payment status with it.
 */
const struct problem *move_order(struct work *work, struct order_row *order, enum order_status to);

/*
 * Takes a use of its coupon again, for an expired order that is paid late; COUPON_SPENT when none is left, which changes nothing.  OK
 * when it has none.
 */
const struct problem *retake_order_coupon(struct work *work, const struct order_row *order);

/* The opposite, where the order is not paid after all. */
const struct problem *give_order_coupon_back(struct work *work, const struct order_row *order);

/* Takes a locked order's stock (inventory.h, commit_stock). */
const struct problem *commit_order_stock(struct work *work, const struct order_row *order);

/* Sets payment_status of a locked order. */
const struct problem *set_order_payment_status(struct work *work, struct order_row *order, enum order_payment_status status);

/*
 * Sets the payment method of a locked order and postpones its expiry to `keep_seconds` from now, but at most to twice that
 * after it was placed, so that stock is not held for ever by starting a payment again and again.
 */
const struct problem *set_order_payment_method(
    struct work *work, struct order_row *order, const char *method, int64_t keep_seconds);

/* Postpones the expiry to `until` at least, for a payment that is still processing. */
const struct problem *postpone_expiry(struct work *work, struct order_id id, struct instant until);

/*
 * Adds a refund to a locked order: refunded_minor, payment_status, and the status `refunded` when nothing remains of what was
 * paid, which may be less than the total (`whole`).
 */
const struct problem *note_order_refund(struct work *work, struct order_row *order, int64_t amount_minor, bool whole);

/*
 * Takes a refund that did not arrive from a locked order: refunded_minor and payment_status.  An order that it had closed stays
 * `refunded`: what its payment status says is still to be given back.
 */
const struct problem *undo_order_refund(struct work *work, struct order_row *order, int64_t amount_minor);

/*
 * The books of an order that a coupon paid whole follow it by a job (fulfilment/free_sale.c), since no payment does: called by
 * whatever makes such an order, or ends or takes back a part of one.  Does nothing for other orders.
 */
const struct problem *post_free_order_later(struct work *work, const struct order_row *order);

/* Records an event about the order, with the state that *order has now; inside the transaction of the change. */
const struct problem *record_order_event(struct work *work, enum event_type type, const struct order_row *order);

/* Writes down in the audit what became of an order; `before`: as lock_order read it. */
const struct problem *audit_order(
    struct work *work, const char *action, const struct order_row *before, const struct order_row *after);

#endif
