/*
 * fulfilments.h: the routes of fulfilments and returns, and what becomes of them by themselves.
 */
#ifndef FULFILMENTS_ROUTES_H
#define FULFILMENTS_ROUTES_H

#include "http/route.h"

struct job;
struct work;

extern const struct route_table fulfilments_table;
extern const struct route_table returns_table;

/* follow.c: parcels of which nobody says that they have arrived, and orders that are over. */
const struct problem *follow_parcels_job(struct work *work, const struct job *job);

/* return_receive.c: a refund has succeeded, and with it the return that it is for, if any. */
const struct problem *end_return_job(struct work *work, const struct job *job);

/* free_sale.c: an order that a coupon paid whole has come, or a part of it has ended or come back: its books. */
const struct problem *post_free_order_job(struct work *work, const struct job *job);

#endif
