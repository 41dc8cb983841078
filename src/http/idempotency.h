/*
 * idempotency.h: the Idempotency-Key header: the same request sent again does nothing again.
 *
 * The key's scope is user and route; with it goes a hash of path, query and body, so that the key on another request is
 * refused (422).  Stored answers are kept for config http.idempotency_hours.  All functions do nothing when the request
 * has no key or its route takes none.
 *
 * A route that only writes to the database has the key in its own transaction: idempotency_open inserts it first, where a
 * duplicate waits on the row (config idempotency_wait_seconds, then 409), idempotency_close stores the answer last.
 * A route that calls a provider commits the key as running with a lease before, and stores the answer after.
 */
#ifndef IDEMPOTENCY_H
#define IDEMPOTENCY_H

#include "base/problem.h"

#include <stdbool.h>

struct request;

/* Inside the transaction, before the handler.  *replayed: the stored answer is in the request, the handler must not run. */
const struct problem *idempotency_open(struct request *request, bool *replayed);

/* Inside the transaction, after the handler. */
const struct problem *idempotency_close(struct request *request);

/* Before a handler that calls a provider: commits the key as running. */
const struct problem *idempotency_lease(struct request *request, bool *replayed);

/*
 * After it: stores the answer of a success, frees the key after a refusal so that the client may try again, and leaves it
 * leased when the outcome is unknown.  Returns `problem`, or what went wrong while storing.
 */
const struct problem *idempotency_settle(struct request *request, const struct problem *problem);

#endif
