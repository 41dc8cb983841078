/*
 * ops.h: what operators ask of a running shop: is it alive, is it ready, what does it count, what is its API.
 */
#ifndef OPS_H
#define OPS_H

#include "events/worker.h"
#include "http/route.h"

extern const struct route_table ops_table;

/* The job "purge": old idempotency keys, sessions, counters of logins, webhooks, events and finished jobs. */
const struct problem *purge_old(struct work *work, const struct job *job);

#endif
