/*
 * body.h: what an endpoint is told of an event: {"type", "timestamp", "data"}.
 *
 * `data` is the event's payload: the state of the thing after the change, without anything of a person (events/record.h).  An order
 * with parts of several merchants is told to each of them with its own items alone and without the sums of the whole.  The same
 * event makes the same bytes, however often they are made.
 */
#ifndef BODY_H
#define BODY_H

#include "base/ids.h"
#include "base/instant.h"

struct arena;

/* JSON in the arena; `merchant` NULL: the shop's own endpoint. */
const char *delivery_body(
    struct arena *arena, const char *type, struct instant created_at, const char *payload, const struct merchant_id *merchant);

#endif
