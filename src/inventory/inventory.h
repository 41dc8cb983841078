/*
 * inventory.h: stock: what is on hand, what orders reserve of it, and every movement.
 *
 * Stock changes only by conditional UPDATE, so that what is available (on_hand - reserved) never goes below zero under
 * concurrency.  An order reserves stock when it is placed, commits it when it is paid (or cash on delivery is
 * confirmed), and releases it when it is cancelled or expires.  Each of these takes a constant number of round trips
 * whatever the number of lines, locks inventory rows by ascending variant id, and is idempotent.  They run inside the
 * caller's transaction, after the order's row (and its payment's) was locked.
 */
#ifndef INVENTORY_H
#define INVENTORY_H

#include "base/shape.h"
#include "http/route.h"
#include "store/work.h"

struct job;

extern const struct route_table inventory_table;

/* One line of an order: no variant twice in an order, quantity > 0; product and slug as its offer has them. */
struct stock_line {
	struct variant_id variant;
	int64_t           quantity;
	struct product_id product;
	const char       *slug;
};

/*
 * Reserves the lines' stock for a new order, all or nothing.  INSUFFICIENT_STOCK, with a fault "items.N.quantity" for
 * each line N that is short.
 */
const struct problem *reserve_stock(struct work *work, struct order_id order, const struct stock_line *lines, size_t count);

/*
 * Takes what the order reserved, which is what its lines say, from the stock on hand, with a movement for each line.  OK when it
 * was committed before; CONFLICT when the order's stock was released (call rereserve_stock first).
 */
const struct problem *commit_stock(struct work *work, struct order_id order, const struct stock_line *lines, size_t count);

/* Makes what the order reserved available again.  OK when nothing is reserved. */
const struct problem *release_stock(struct work *work, struct order_id order);

/* Puts what the order committed back on hand, with a movement for each line.  OK when nothing was committed. */
const struct problem *return_stock(struct work *work, struct order_id order);

/* return_stock of some of an order's lines, of each its whole quantity. */
const struct problem *return_stock_lines(struct work *work, struct order_id order, const struct stock_line *lines, size_t count);

/*
 * Puts so many of each of the lines back on hand that were sold and are back from the customer, with a movement for each line.
 * CONFLICT when more would come back of a line than was sold.
 */
const struct problem *restock_lines(struct work *work, struct order_id order, const struct stock_line *lines, size_t count);

/*
 * Reserves again what was released, for an order that is paid late, all or nothing.  INSUFFICIENT_STOCK changes nothing,
 * so the caller may continue its transaction.  OK when it is reserved already.
 */
const struct problem *rereserve_stock(struct work *work, struct order_id order);

/* The job COUNT_SALES: adds what an order sold to its products' sales counters, once. */
const struct problem *count_sales_job(struct work *work, const struct job *job);

#endif
