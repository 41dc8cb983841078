/*
 * kept.h: deliveries that wait while their endpoint is disabled, which may be very many: what becomes of them is done by jobs, a
 * thousand at a time, so that whoever enables or deletes the endpoint waits for none of it and nobody for their locks.
 */
#ifndef KEPT_H
#define KEPT_H

#include "base/ids.h"
#include "base/instant.h"
#include "base/problem.h"

struct job;
struct work;

/* In a transaction: put in the job that makes what is due later due now, with all its attempts. */
const struct problem *enqueue_take_up(struct work *work, struct endpoint_id endpoint);

/* In a transaction: put in the job that removes a deleted endpoint with all that it still was to get. */
const struct problem *enqueue_removal(struct work *work, struct endpoint_id endpoint);

/* The jobs TAKE_UP_DELIVERIES and REMOVE_ENDPOINT. */
const struct problem *take_up_deliveries_job(struct work *work, const struct job *job);
const struct problem *remove_endpoint_job(struct work *work, const struct job *job);

/*
 * Give up what has been kept for disabled endpoints for too long: at most 1000 deliveries, *removed of them.  In a transaction.
 */
const struct problem *remove_kept_deliveries(struct work *work, struct instant before, int64_t *removed);

#endif
