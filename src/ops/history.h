/*
 * history.h: what has happened to an order and its parts, to a payment, to a variant's stock; and how they were at an instant.
 *
 * The server itself copies each event about an order into the table order_history, and each about a payment, refund, dispute,
 * fulfilment or return into subject_history (triggers of `events`), in the transaction of the event and without a round
 * trip.  They stay as long as the thing, while events go after some months.  Stock has its movements, and what orders hold
 * of it is what their histories say.
 */
#ifndef OPS_HISTORY_H
#define OPS_HISTORY_H

#include "base/shape.h"

struct work;

enum { HISTORY_MAX = 1000 };

struct history_entry {
	const char     *type;  /* "order.placed", "stock.sale" */
	const char     *state; /* the thing after it, JSON as its events tell it */
	struct user_id *actor; /* NULL: the system */
	struct instant  created_at;
};

struct history {
	struct history_entry *entries; /* oldest first */
	size_t                count;
};

/*
 * Reads the last HISTORY_MAX entries of the thing that `name` names.  With `at`, for the thing and each of its parts only the last one
 * until that instant, whose millisecond is part of it: their states then.  NOT_FOUND when there is no such thing, or there was
 * nothing of it yet.
 */
typedef const struct problem *read_history_function(
    struct work *work, const char *name, const struct instant *at, struct history *history);

read_history_function read_order_history;   /* by its number; with its payments, refunds, fulfilments and returns */
read_history_function read_payment_history; /* by its reference; with its refunds and disputes */
read_history_function read_stock_history;   /* by the id or the SKU of a variant */

#endif
