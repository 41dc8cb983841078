/*
 * idempotency.h: the Idempotency-Key header: the same request sent again does nothing again.
 *
 * The key's scope is user (with an API key its merchant; of nobody who is signed in, the address) and route; with it goes a hash of path, query and body, so that the key on another request is
 * refused (422).  Stored answers are kept for config http.idempotency_hours.  All functions do nothing when the request
 * has no key or its route takes none.
 *
 * A form of a page (a row that is .once) has its key in the field "form_key", and is told apart by its content too: pressed twice,
 * reloaded or sent again on the way back it leads to the same page; changed, it is another one.
 *
 * A route that only writes to the database writes its key once, with the answer, as the last statement of its transaction:
 * idempotency_keep.  Of many requests with one key, those that come to it while another has not committed wait for that
 * (config database.lock_wait_seconds, then 409); who finds the key there rolls everything back and gives the stored answer:
 * idempotency_replay, which also looks when the handler refuses, since what it refuses may be what the first has done.
 * A route that calls a provider commits the key as running with a lease before, and stores the answer after.  What such a
 * route makes and must not make twice it writes beside the key, in the transaction that makes it: the request that comes
 * again after a crash, or after an answer that could not be given, finds it there and goes on with it.  Of a route that is .retold
 * each repetition does: its answer has a secret in it, and is never stored.
 */
#ifndef IDEMPOTENCY_H
#define IDEMPOTENCY_H

#include "base/problem.h"

#include <stdbool.h>

struct request;
struct uuid;
struct work;

/*
 * Inside the transaction, after the handler, and after it nothing: the key with its answer.  IDEMPOTENCY_RUNNING when it was
 * there, or its owner does not end.
 */
const struct problem *idempotency_keep(struct request *request);

/* The transaction has failed with `problem`: the answer stored under the key, if there is one, else the problem. */
const struct problem *idempotency_replay(struct request *request, const struct problem *problem);

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
