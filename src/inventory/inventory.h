/*
 * inventory.h: stock: what is on hand, what orders hold of it, and every movement.
 *
 * Stock changes only by conditional UPDATE: available (on_hand - reserved) never goes below zero, whoever races.  An
 * order reserves when it is placed, commits when it is paid (or cash on delivery is confirmed), releases when it is
 * cancelled or expires.  Each of these is a handful of round trips however many lines the order has, locks inventory
 * rows by ascending variant id, and does no harm when it is asked for twice.  They run inside the caller's transaction,
 * after the order's row (and its payment's) was locked.
 */
#ifndef INVENTORY_H
#define INVENTORY_H

#include "base/shape.h"
#include "http/route.h"
#include "store/work.h"

struct job;

extern const struct route_table inventory_table;

/* One line of an order: no variant twice in an order, quantity > 0. */
struct stock_line {
	struct variant_id variant;
	int64_t           quantity;
};

/*
 * Hold the lines' stock for a new order, all or nothing.  INSUFFICIENT_STOCK, with a fault "items.N.quantity" for each
 * line N that lacks, else.
 */
const struct problem *reserve_stock(struct work *work, struct order_id order, const struct stock_line *lines, size_t count);

/*
 * Sold: on_hand and reserved go down together, with a movement for each line.  OK and nothing done when it was committed
 * before; CONFLICT when the order's stock was released (rereserve_stock first).
 */
const struct problem *commit_stock(struct work *work, struct order_id order);

/* Given up: what is held is free again.  OK and nothing done when nothing is held. */
const struct problem *release_stock(struct work *work, struct order_id order);

/* Back on the shelf: what was committed is on hand again, with a movement for each line.  OK when nothing was. */
const struct problem *return_stock(struct work *work, struct order_id order);

/*
 * Late money: hold again what was released, all or nothing; INSUFFICIENT_STOCK changes nothing, so the caller may go on.
 * OK when it is held already.
 */
const struct problem *rereserve_stock(struct work *work, struct order_id order);

/* Job: add what an order sold to its products' sales counters, once. */
const struct problem *count_sales_job(struct work *work, const struct job *job);

#endif
