/*
 * idempotency_keys.h: Idempotency-Keys as rows: what http/idempotency.c knows of a request, and the database of its key.
 */
#ifndef IDEMPOTENCY_KEYS_H
#define IDEMPOTENCY_KEYS_H

#include "base/shape.h"

struct work;

enum { KEY_DIGEST_SIZE = 32 };

/* The two digests of a request; scope.bytes is NULL when there is no key to keep. */
struct key {
	struct bytes scope, request;
};

/*
 * Where the header's key is unique: with the user on the route.  Nobody in particular is whoever comes from the address, so
 * that strangers who think of the same key are not given each other's answers.
 */
struct bytes key_scope(const struct work *work, const char *route, const char *header);

/* What is stored under a key. */
struct stored_answer {
	struct bytes request_hash, response_body;
	bool         done, leased;
	int64_t     *response_status; /* NULL: not done */
};

/*
 * Insert the key as running, leased for so many seconds.  *is_new is false when it was there: then its first owner has
 * committed, for until then this waits (DATABASE_BUSY after the lock time-out).  All of these but key_read need a running
 * transaction.
 */
const struct problem *key_insert(struct work *work, const struct key *key, int64_t lease_seconds, bool *is_new);

/* The same with the answer, for good. */
const struct problem *key_insert_done(struct work *work, const struct key *key, int status, struct bytes body, bool *is_new);

/* *stored is NULL when the key has expired. */
const struct problem *key_read(struct work *work, const struct key *key, struct stored_answer **stored);

const struct problem *key_extend(struct work *work, const struct key *key, int64_t lease_seconds);
const struct problem *key_store_answer(struct work *work, const struct key *key, int status, struct bytes body);

/* Free the key for the client's next try; one under which something was made stays, without its lease. */
const struct problem *key_release(struct work *work, const struct key *key);

#endif
