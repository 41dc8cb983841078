/*
 * body.h: what an endpoint is told of an event: {"type", "timestamp", "data"}.
 *
 * `data` is the event's payload: the state of the thing after the change, without anything of a person (events/record.h).  An order
 * with parts of several merchants is told to each of them with its own items alone and without the sums of the whole; the payments,
 * refunds and disputes of such an order without sums and reasons, which a merchant asks for its part.  No merchant is told what risk
 * makes of a payment.  The same event makes the same bytes, however often they are made.
 */
#ifndef NOTIFY_BODY_H
#define NOTIFY_BODY_H

#include "base/ids.h"
#include "base/instant.h"

#include <stdbool.h>

struct arena;

/* JSON in the arena; `merchant` NULL: the shop's own endpoint.  `shared`: it tells of money for the order of several merchants. */
const char *delivery_body(struct arena *arena, const char *type, struct instant created_at, const char *payload,
    const struct merchant_id *merchant, bool shared);

#endif
