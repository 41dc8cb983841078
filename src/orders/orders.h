/*
 * orders.h: orders as other subjects may use them: their routes, and finding one as somebody may see it.
 *
 * An order is placed from a cart or a list of items in one transaction: checked, priced, snapshotted, and its stock
 * reserved.  What it may become is in state.h; what is done when nobody pays, in expire.h.
 */
#ifndef ORDERS_H
#define ORDERS_H

#include "http/route.h"
#include "store/work.h"

struct request;

extern const struct route_table order_table;

/* As whom an order is looked at: staff see all, a seller the orders with a part of theirs, everybody what they ordered. */
struct order_viewer {
	struct user_id            user;
	const struct merchant_id *merchant; /* NULL: not a seller */
	bool                      staff;
};

struct order_viewer order_viewer(const struct request *request);

/* The order of an id or a number that the viewer may see; NOT_FOUND else. */
const struct problem *find_order(struct work *work, const char *id_or_number, const struct order_viewer *viewer,
    struct order_id *order);

#endif
