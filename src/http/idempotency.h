/*
 * idempotency.h: the Idempotency-Key header: the same request sent again does nothing again.
 *
 * The key's scope is user (of nobody who is signed in, the address) and route; with it goes a hash of path, query and body, so that the key on another request is
 * refused (422).  Stored answers are kept for config http.idempotency_hours.  All functions do nothing when the request
 * has no key or its route takes none.
 *
 * A route that only writes to the database has the key in its own transaction: idempotency_open inserts it first, where a
 * duplicate waits on the row (config database.lock_wait_seconds, then 409), idempotency_close stores the answer last.
 * A route that calls a provider commits the key as running with a lease before, and stores the answer after.  What such a
 * route makes and must not make twice it writes beside the key, in the transaction that makes it: the request that comes
 * again after a crash, or after an answer that could not be given, finds it there and goes on with it.
 */
#ifndef IDEMPOTENCY_H
#define IDEMPOTENCY_H

#include "base/problem.h"

#include <stdbool.h>

struct request;
struct uuid;
struct work;

/* Inside the transaction, before the handler.  *replayed: the stored answer is in the request, the handler must not run. */
const struct problem *idempotency_open(struct request *request, bool *replayed);

/* Inside the transaction, after the handler. */
const struct problem *idempotency_close(struct request *request);

/* Before a handler that calls a provider: commits the key as running. */
const struct problem *idempotency_lease(struct request *request, bool *replayed);

/*
 * In the transaction that makes something under the leased key: was it made before, and what?  And: this is it.  Outside
 * a request with a key nothing was made and nothing is kept.
 */
const struct problem *idempotency_made(struct work *work, struct uuid *id, bool *made);
const struct problem *idempotency_make(struct work *work, struct uuid id);

/*
 * After it: stores the answer of a success, frees the key after a refusal so that the client may try again (what was made
 * stays known), and leaves it leased when the outcome is unknown.  Returns `problem`, or what went wrong while storing.
 */
const struct problem *idempotency_settle(struct request *request, const struct problem *problem);

#endif
