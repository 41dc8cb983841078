/*
 * pairs.h: which products are ordered together (product_pairs; the catalogue shows them: catalog/bought_together.h).
 *
 * An order counts for each pair of its products whose parts are sold and not cancelled.  Which of its products are counted is
 * noted on its lines (order_lines.paired, on the first of each product), in the transaction that counts: so whoever looks at
 * the order brings the counts to what it is now, once, however often and in whatever order its events are heard of.
 *
 * Of an order with more than PAIRED_MAX products only the first so many count: they make 190 pairs, a hundred would make 4,950.
 */
#ifndef ORDERS_PAIRS_H
#define ORDERS_PAIRS_H

#include "base/problem.h"

#include <stdint.h>

struct job;
struct work;

enum { PAIRED_MAX = 20 };

/* The job COUNT_PAIRS, of an order or of a part of one: it was sold, or cancelled. */
const struct problem *count_pairs_job(struct work *work, const struct job *job);

/*
 * Looks at all orders, then counts the pairs of all products over, some hundred in a transaction, while the shop works: after
 * it was interrupted it can be called again.  *orders and *products: how many there are.
 */
const struct problem *recount_pairs(struct work *work, int64_t *orders, int64_t *products);

#endif
