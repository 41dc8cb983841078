/*
 * ops.h: what operators see of a running shop (health, readiness, metrics, the API document), and the job that purges it.
 */
#ifndef OPS_H
#define OPS_H

#include "events/worker.h"
#include "http/route.h"

extern const struct route_table block_table, ops_table, queue_table;

/* The job PURGE: deletes old idempotency keys, sessions, login attempts, webhooks, events and finished jobs. */
const struct problem *purge_old(struct work *work, const struct job *job);

#endif
