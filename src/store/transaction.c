/* One unit of work in one transaction: run again when the database asks for it, settled when the outcome is unknown. */
#include "base/instant.h"
#include "base/log.h"
#include "store/db.h"
#include "store/work.h"

#include <assert.h>

enum { RUNS_MAX = 4, SETTLE_MS = 10000, SETTLE_PAUSE_MS = 100 };

struct after {
	struct after *next;
	void (*function)(struct work *work, void *argument);
	void *argument;
};

struct witness {
	const char *sql;
	struct uuid id;
};

void
work_after_commit(struct work *work, void (*function)(struct work *work, void *argument), void *argument)
{
	struct after *after, **end = &work->after;

	if (work->depth == 0) {
		function(work, argument);
		return;
	}
	after = ARENA_NEW(work->arena, struct after);
	*after = (struct after) { .function = function, .argument = argument };
	while (*end != NULL)
		end = &(*end)->next;
	*end = after;
}

void *
work_followed_by(const struct work *work, void (*function)(struct work *work, void *argument))
{
	assert(work->depth > 0);
	for (const struct after *after = work->after; after != NULL; after = after->next)
		if (after->function == function)
			return after->argument;
	return NULL;
}

void
transaction_witness(struct work *work, const char *sql, struct uuid id)
{
	assert(work->depth > 0);
	work->witness = ARENA_NEW(work->arena, struct witness);
	*work->witness = (struct witness) { sql, id };
}

/* 2, 8, 32 ms, each stretched by up to as much again, so that those who met do not meet again. */
static void
back_off(int run)
{
	uint8_t random;

	random_bytes(&random, sizeof random);
	pause_us((INT64_C(2000) << (2 * run)) * (256 + random) / 256);
}

/*
 * On a cluster it may be another node that is asked now: it catches up with what the cluster has committed before it
 * answers.  A server that cannot be part of a cluster lacks the variable.
 */
static const struct problem *
read_witness(struct work *work, int64_t *found)
{
	int64_t     clustered;
	const char *sql;

	TRY(db_value(work->db, &clustered,
	    "SELECT COUNT(*) FROM information_schema.SESSION_VARIABLES WHERE VARIABLE_NAME = 'WSREP_SYNC_WAIT'"));
	sql = arena_format(work->arena, "%s%s LOCK IN SHARE MODE", clustered > 0 ? "SET STATEMENT wsrep_sync_wait = 1 FOR " : "",
	    work->witness->sql);
	return db_value(work->db, found, db_compose(work->db, sql), P(work->witness->id));
}

/*
 * Did the transaction whose COMMIT went unanswered commit?  The server may still be at it; the locking read waits for
 * the lock that the transaction holds on its row, and so hears only what has become certain.
 */
static const struct problem *
ask_witness(struct work *work, bool *committed)
{
	const struct problem *problem =
	    problem(OUTCOME_UNCERTAIN, "the outcome is unknown; repeat the request with the same Idempotency-Key");
	int64_t until = monotonic_ms() + SETTLE_MS, found = 0;

	*committed = false;
	if (work->witness == NULL)
		return problem;
	while (read_witness(work, &found) != OK) {
		if (monotonic_ms() > until) {
			log_error("connection lost during COMMIT, outcome unknown");
			return problem;
		}
		pause_us(SETTLE_PAUSE_MS * 1000);
	}
	*committed = found > 0;
	log_warning(
	    "connection lost during COMMIT, outcome determined", LOG_ID("found", *committed ? "committed" : "rolled back"));
	return OK;
}

struct transaction
transaction_open(struct work *work)
{
	return (struct transaction) { .work = work, .joined = work->depth > 0 };
}

/* This run has ended with `problem`, and nothing of it is left in the database: once more, or over? */
static void
run_failed(struct transaction *transaction, const struct problem *problem, bool again)
{
	transaction->problem = problem;
	transaction->over = !again || transaction->runs == RUNS_MAX;
}

bool
transaction_begin(struct transaction *transaction)
{
	struct work          *work = transaction->work;
	const struct problem *problem;

	while (!transaction->over) {
		if (transaction->joined)
			return true;
		if (transaction->runs > 0)
			back_off(transaction->runs - 1);
		transaction->runs++;
		work->after = NULL;
		work->witness = NULL;
		problem = db_begin(work->db);
		if (problem == OK) {
			work->depth++;
			return true;
		}
		db_rollback(work->db);
		run_failed(transaction, problem, db_worth_another_run(work->db, problem));
	}
	return false;
}

static void
committed(struct transaction *transaction)
{
	struct work *work = transaction->work;

	transaction->problem = OK;
	transaction->over = true;
	for (struct after *after = work->after; after != NULL; after = after->next)
		after->function(work, after->argument);
	work->after = NULL;
}

void
transaction_end(struct transaction *transaction, const struct problem *problem)
{
	struct work          *work = transaction->work;
	const struct problem *unsettled;
	bool                  uncertain = false, found;

	if (transaction->joined) {
		transaction->problem = problem;
		transaction->over = true;
		return;
	}
	work->depth--;
	if (problem == OK)
		problem = db_commit(work->db, &uncertain);
	if (problem == OK) {
		committed(transaction);
	} else if (!uncertain) {
		db_rollback(work->db);
		run_failed(transaction, problem, db_worth_another_run(work->db, problem));
	} else if ((unsettled = ask_witness(work, &found)) != OK) {
		work->trust.owed = 2; /* epochs: the server may still be at it */
		run_failed(transaction, unsettled, false);
	} else if (found) {
		committed(transaction);
	} else {
		run_failed(transaction, problem, true);
	}
}

void
work_abandon(struct work *work)
{
	db_abandon(work->db);
	work->depth = 0;
	work->after = NULL;
	work->witness = NULL;
}
