/*
 * people.h: what is kept of a person, as a whole: an account is deleted, and later all of the person is erased.
 *
 * It stands above every subject that keeps something of people.  A deleted account is closed at once: nobody signs in, nothing is
 * charged, its e-mail address and phone number are free.  After jobs.erase_days a job takes the person out of every table; what
 * books and taxes need stays without the person (holdings.c says what of which table).  Until then all of it is theirs to see
 * (export.h).
 */
#ifndef PEOPLE_H
#define PEOPLE_H

#include "base/ids.h"
#include "base/problem.h"

#include <stddef.h>

struct job;
struct route_table;
struct work;

extern const struct route_table people_table;

/*
 * Delete the viewer's account, or somebody else's (who manages users: every staff permission that it holds must be held), inside a
 * transaction: sessions, tokens, API keys, payment methods and subscriptions end, a shop is suspended.  NOT_FOUND; FORBIDDEN;
 * CONFLICT for the last active admin, one that is deleted already, and for a shop that has orders to fulfil or money to be paid out.
 */
const struct problem *delete_account(struct work *work, struct user_id id);

/* What a table keeps of a person: by its column that names them, or by what belongs to them. */
struct holding {
	const char *table;
	const char *erase; /* a statement that takes the user's id once; NULL: nothing is erased */
	const char *why;   /* it stays, or stays in part; NULL: nothing of the person does */

	/* What of it an export tells: members of a JSON object, each with ", " behind it, and the condition, which takes the user's id. */
	const char *told, *of;
	const char *untold; /* why it tells nothing; of a table with several entries, one has either */
};

/* In the order in which they are erased. */
extern const struct holding holdings[];
extern const size_t         holdings_count;

/*
 * Erase some of those who were deleted jobs.erase_days ago and have no order on its way, each in a transaction; *erased: how many.
 * The job JOB_ERASE_ACCOUNTS erases all of them.
 */
const struct problem *erase_accounts(struct work *work, int64_t *erased);
const struct problem *erase_accounts_job(struct work *work, const struct job *job);

#endif
