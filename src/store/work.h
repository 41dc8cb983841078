/*
 * work.h: one unit of work: a request, a job, a command of haatctl.
 *
 * It carries what every use-case needs (memory, database, cache, configuration) and on whose behalf it runs (the actor,
 * the request's and trace's ids, for events and the audit).  Use-cases take it as their first argument and never see
 * HTTP.  One process has one, and resets it with its arena after each request.
 */
#ifndef WORK_H
#define WORK_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/problem.h"

#include <stdbool.h>
#include <stdint.h>

struct cache;
struct config;
struct db;

struct work {
	struct arena        *arena;
	struct db           *db;
	struct cache        *cache;
	const struct config *config;

	struct user_id actor;       /* nil: the system, or somebody who is not signed in */
	uint64_t       permissions; /* of the actor, bits of http/permission.h */
	const char    *request_id;  /* "" outside requests; never NULL */
	const char    *traceparent; /* W3C, to be sent on; "" when there is none */
	const char    *address;     /* of the client; "" outside requests */
	const unsigned char *leased_key; /* the scope of the request's Idempotency-Key, or NULL: http/idempotency.h */

	/* Kept by store/transaction.c. */
	int                 depth;  /* db_transaction within db_transaction joins the outer one */
	struct after       *after;
	struct witness     *witness;
};

/*
 * Call function(work, argument) once the running transaction has committed (at once when none runs): invalidations,
 * doorbells.  Forgotten when the transaction rolls back.  It must not fail and must not write to the database.
 */
void work_after_commit(struct work *work, void (*function)(struct work *work, void *argument), void *argument);

/*
 * Run function(work, argument) in one transaction: begin, run, commit.  The only way to write.
 *
 * On a deadlock or lock time-out, or a connection lost before COMMIT, everything is rolled back and the whole function
 * runs again, at most 3 times, with jitter: so it must not keep state between runs, and must not talk to the outside.  A
 * connection lost *during* COMMIT is settled by the witness (see below); without one it is OUTCOME_UNCERTAIN.
 * A problem the function returns rolls back and is returned.  Inside a running transaction the function simply runs as
 * part of it.
 */
const struct problem *db_transaction(struct work *work, const struct problem *(*function)(struct work *work, void *argument),
    void *argument);

/*
 * Name a row that exists if and only if the running transaction has committed: `sql` takes the id as its only parameter
 * and counts it, like "SELECT COUNT(*) FROM events WHERE id = ?".  events/record.c does so for every event, so that only
 * transactions without an event need to.
 */
void transaction_witness(struct work *work, const char *sql, struct uuid id);

/*
 * After a jump out of the middle of the work (the arena was exhausted): roll back what runs and forget what was to
 * follow.  Without it the next transaction would join one that nobody commits.
 */
void transaction_abandon(struct work *work);

#endif
