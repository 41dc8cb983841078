/*
 * spread.h: which webhook endpoints hear of which events.
 *
 * An endpoint of the shop hears all events of its types; one of a merchant those of its types that concern the merchant: events
 * of an order that has a part of it, of that order's payments, refunds and disputes, of its products and their stock, of the
 * merchant itself, and those whose payload names it as merchant_id.
 */
#ifndef SPREAD_H
#define SPREAD_H

#include "base/problem.h"

#include <stdbool.h>

struct feed;
struct work;

/* Queue the deliveries of the next batches of events, in one transaction; *found is whether there were any batches. */
const struct problem *spread_events(struct work *work, struct feed *feed, bool *found);

#endif
