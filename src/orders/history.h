/*
 * history.h: what has happened to an order.
 *
 * The server itself copies each event about an order into the table order_history (a trigger of `events`), in the
 * transaction of the event and without a round trip.  It stays as long as the order, while events go after some months.
 */
#ifndef ORDERS_HISTORY_H
#define ORDERS_HISTORY_H

#include "base/shape.h"

struct work;

struct order_history_entry {
	const char     *type;  /* "order.placed" */
	const char     *state; /* the order after it, JSON as its events tell it */
	struct user_id *actor; /* NULL: the system */
	struct instant  created_at;
};

/* The last `limit` entries of the order of that number, oldest first; NOT_FOUND. */
const struct problem *read_order_history(
    struct work *work, const char *number, size_t limit, struct order_history_entry **entries, size_t *count);

/* The last entry until that instant, whose millisecond is part of it; NOT_FOUND when there was no such order yet. */
const struct problem *read_order_at(struct work *work, const char *number, struct instant at, struct order_history_entry **entry);

#endif
