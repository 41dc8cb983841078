/*
 * summary.h: what others may show of an order in short, and whose it is.
 */
#ifndef ORDERS_SUMMARY_H
#define ORDERS_SUMMARY_H

#include "base/ids.h"
#include "base/instant.h"
#include "base/money.h"
#include "base/problem.h"
#include "base/shape.h"

struct work;

/* What a list shows of an order; to a seller its total and pieces are those of their part. */
struct order_summary {
	struct order_id id;
	const char     *number;
	struct user_id  customer;
	int             status, payment_status;
	int64_t         item_count;
	struct money    total;
	const char     *currency;
	struct instant *expires_at, created_at;
};
SHAPE_DECLARE(struct order_summary, order_summary_shape);

/* An order that the viewer may see; `whole`: all of it, not only a seller's part. */
struct seen_order {
	struct order_id id;
	bool            whole;
};

/* timeline.c: the order of an id or a number, in one round trip.  NOT_FOUND when the viewer may not see it. */
const struct problem *find_seen_order(struct work *work, const char *id_or_number, struct seen_order **order);

#endif
