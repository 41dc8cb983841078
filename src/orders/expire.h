/*
 * expire.h: orders that nobody paid in time give their stock back.  Who runs this ends their payments first.
 */
#ifndef ORDERS_EXPIRE_H
#define ORDERS_EXPIRE_H

#include "base/ids.h"
#include "base/problem.h"

#include <stddef.h>

struct work;

/* At most `limit` orders whose time has run out, longest overdue first. */
const struct problem *due_orders(struct work *work, size_t limit, struct order_id **orders, size_t *count);

/* Expire one, if it is still pending and still overdue; else nothing happens. */
const struct problem *expire_order(struct work *work, struct order_id order);

#endif
