/*
 * expire.h: orders that were not paid in time expire, and their stock is released.  The caller ends their payments first.
 */
#ifndef ORDERS_EXPIRE_H
#define ORDERS_EXPIRE_H

#include "base/ids.h"
#include "base/problem.h"

#include <stddef.h>

struct work;

/* At most `limit` orders that are overdue, longest overdue first. */
const struct problem *due_orders(struct work *work, size_t limit, struct order_id **orders, size_t *count);

/* Expires the order if it is still pending and overdue; else does nothing.  Inside a transaction. */
const struct problem *expire_order(struct work *work, struct order_id id);

#endif
