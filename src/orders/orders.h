/*
 * orders.h: what other subjects may use of orders: their routes.
 *
 * An order is placed from a cart or a list of items in one transaction: checked, priced, copied from the catalogue, and
 * its stock reserved.  Its transitions are in state.h, its expiry in expire.h.
 */
#ifndef ORDERS_H
#define ORDERS_H

#include "http/route.h"

extern const struct route_table order_table, imported_table;

#endif
