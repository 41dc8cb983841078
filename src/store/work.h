/*
 * work.h: one unit of work: a request, a job, a command of haatctl.
 *
 * It carries what every use-case needs (memory, database, cache, configuration) and on whose behalf it runs (the viewer,
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

/*
 * Who acts, and what they may see and do.  In a request: whoever is signed in (nobody: a nil user without permissions).
 * Jobs and commands act as the system: a nil user with every permission.
 */
struct viewer {
	struct user_id      user;
	struct user_id      former; /* whose session it was that has ended; nil: nobody's that is known */
	struct session_id   session;
	int                 role;        /* enum role of http/permission.h */
	uint64_t            permissions; /* bits of http/permission.h */
	struct merchant_id *merchant;    /* of a shopkeeper, else NULL */
	bool                merchant_active;
	struct api_key_id  *key;            /* acts for the merchant, and is nobody's session; NULL: a person, or the system */
	bool                has_factor;     /* a second factor is asked for at sign-in */
	bool                factor_owed;    /* staff without the second factor that they must have: no permission counts */
	bool                confirmed;      /* has said who they are lately: http/route.h */
	int64_t             calls_a_minute; /* that the shop's keys may make together; 0: as configured */
};

#define SYSTEM_VIEWER ((struct viewer) { .permissions = UINT64_MAX })

/* Does the viewer hold the permission?  MAY(work, ORDER_READ_ALL); the names stand in http/permission.h. */
#define MAY(work, name) (((work)->viewer.permissions & PERMISSION(name)) != 0)

/*
 * How far the viewer reaches where a permission has a second one for what is one's own: REACH(work, CATALOG_WRITE,
 * CATALOG_WRITE_OWN) is everything, one merchant's, or nothing.  In SQL: "(? OR p.merchant_id = ?)" with P(reach.all),
 * P(reach.merchant).
 */
struct reach {
	bool                      all;
	const struct merchant_id *merchant; /* NULL: of no merchant */
};
#define REACH(work, all_, own_) \
	((struct reach) { .all = MAY(work, all_), .merchant = MAY(work, own_) ? (work)->viewer.merchant : NULL })

/* What this process knows of store/trust.h's row, kept by trust.c. */
struct trust {
	bool    begun, holds;
	int     owed;     /* epochs that this process must begin */
	int64_t until_ms; /* of the monotonic clock: ask again then */
	int64_t epoch;
};

struct work {
	struct arena        *arena;
	struct db           *db;
	struct cache        *cache;
	const struct config *config;

	struct viewer        viewer;         /* on whose behalf; the system itself in jobs and commands */
	const char          *request_id;     /* "" outside requests; never NULL */
	const char          *traceparent;    /* W3C, to be sent on; "" when there is none */
	const char          *address;        /* of the client; "" outside requests */
	int64_t              calls_until_ms; /* monotonic: until when calls to providers may take; 0: as long as each may */
	const unsigned char *leased_key;     /* the scope of the request's Idempotency-Key, or NULL: http/idempotency.h */

	/* Kept by store/transaction.c. */
	int             depth; /* db_transaction within db_transaction joins the outer one */
	struct after   *after;
	struct witness *witness;

	struct trust trust;
};

/* The user who acts, for created_by and updated_by: NULL for the system and for nobody. */
static inline const struct user_id *
acting_user(const struct work *work)
{
	return uuid_is_nil(work->viewer.user.uuid) ? NULL : &work->viewer.user;
}

/*
 * Call function(work, argument) once the running transaction has committed (at once when none runs): invalidations,
 * doorbells.  Forgotten when the transaction rolls back.  It must not fail and must not write to the database.
 */
void work_after_commit(struct work *work, void (*function)(struct work *work, void *argument), void *argument);

/* The argument of that function, where the running transaction is followed by it already, so that it grows; else NULL. */
void *work_followed_by(const struct work *work, void (*function)(struct work *work, void *argument));

/*
 * Run `call`, an ordinary call with ordinary arguments that returns a problem, in one transaction: begin, call, commit.
 * The only way to write:
 *
 *     TRY(db_transaction(work, cancel_order(work, order, reason)));
 *
 * On a deadlock or lock time-out, or a connection lost before COMMIT, everything is rolled back and the call is evaluated
 * again, at most 3 times, with jitter: so it must not keep state between runs, and must not talk to the outside.  A
 * connection lost *during* COMMIT is settled by the witness (see below); without one it is OUTCOME_UNCERTAIN.
 * A problem that the call returns rolls back and is the result.  Inside a running transaction the call simply runs as
 * part of it, so use cases work from a route (.writes opens the transaction), a job and haatctl.
 *
 * Money and stock change by conditional UPDATE.  Rows are locked in one global order: the order, its payment, its coupon,
 * stock by ascending variant id.
 */
#define db_transaction(work_, call) \
	({ \
		struct transaction transaction_ = transaction_open(work_); \
		while (transaction_begin(&transaction_)) \
			transaction_end(&transaction_, (call)); \
		transaction_.problem; \
	})

/* Used by db_transaction: the runs of one transaction. */
struct transaction {
	struct work          *work;
	const struct problem *problem; /* how the last run ended */
	int                   runs;
	bool                  joined; /* part of a transaction that runs already */
	bool                  over;
};
struct transaction transaction_open(struct work *work);
bool               transaction_begin(struct transaction *transaction); /* true: run the call */
void               transaction_end(struct transaction *transaction, const struct problem *problem);

/*
 * Name a row that exists if and only if the running transaction has committed: `sql` takes the id as its only parameter
 * and counts it, like "SELECT COUNT(*) FROM events WHERE id = ?".  events/record.c does so for every event, so that only
 * transactions without an event need to.
 */
void transaction_witness(struct work *work, const char *sql, struct uuid id);

/*
 * After a jump out of the middle of the work (the arena was exhausted): roll back what runs, forget what was to follow, and
 * end the statements whose rows were being read.  Without it the next transaction would join one that nobody commits, and
 * such a statement could not be run again.
 */
void work_abandon(struct work *work);

#endif
