/*
 * account.h: the accounts of the ledger, what they hold, and their entries.
 *
 * No balance is the sum of all entries.  A job adds what was posted to rows of (account, day), some minutes behind
 * (ledger_fold); what an account holds is its last such row and the entries since, which are few.  Nothing but that job
 * changes a row that several payments share, so that none of them waits for another.
 *
 * Amounts are in the account's currency: debits are positive, credits negative, so what a merchant has earned is below zero.
 */
#ifndef LEDGER_ACCOUNT_H
#define LEDGER_ACCOUNT_H

#include "base/shape.h"
#include "ledger/ledger.h"

struct job;
struct listed;
struct page_request;

struct ledger_account {
	struct uuid         id;
	int                 kind; /* enum ledger_role */
	const char         *provider;
	struct merchant_id *merchant;
	struct money        balance;
	const char         *currency;
	struct instant      created_at;
	int64_t             folded_minor; /* of the balance: what ledger_days holds */
	struct uuid         mark;         /* up to which entry */
};
SHAPE_DECLARE(struct ledger_account, ledger_account_shape);

struct account_filter {
	const int                *kind; /* enum ledger_role; NULL: any, as for all of these */
	const char               *provider, *currency;
	const struct merchant_id *merchant;
};

/* One page of accounts with what they hold now, in the order in which they were opened. */
const struct problem *list_accounts(struct work *work, const struct account_filter *filter, const struct page_request *page,
    struct ledger_account **accounts, struct listed *listed);

enum { MERCHANT_ACCOUNTS_MAX = 200 };

/* A merchant's accounts, one a currency, by that; at most MERCHANT_ACCOUNTS_MAX. */
const struct problem *accounts_of_merchant(
    struct work *work, struct merchant_id merchant, struct ledger_account **accounts, size_t *count);

/* The same as far as they are folded: `balance` is nothing that counts.  For balance_before. */
const struct problem *folded_accounts_of_merchant(
    struct work *work, struct merchant_id merchant, struct ledger_account **accounts, size_t *count);

/*
 * The merchant's account of that currency, which nobody posts to until the running transaction ends; *account is NULL when
 * nothing was ever posted to it.
 */
const struct problem *lock_merchant_account(
    struct work *work, struct merchant_id merchant, const char *currency, struct ledger_account **account);

/* What the account held when the day began (UTC), in minor units. */
const struct problem *balance_before(
    struct work *work, const struct ledger_account *account, struct instant day, int64_t *balance_minor);

struct ledger_entry {
	struct uuid    id, transaction;
	struct money   amount;
	const char    *currency;
	int            source_kind; /* enum ledger_source_kind */
	struct uuid    source, origin;
	struct instant created_at;
};
SHAPE_DECLARE(struct ledger_entry, ledger_entry_shape);

struct entry_filter {
	const struct instant *from, *to; /* to: not any more */
	const char           *currency;
};

/* One page of an account's entries, newest first.  NOT_FOUND. */
const struct problem *list_entries(struct work *work, struct uuid account, const struct entry_filter *filter,
    const struct page_request *page, struct ledger_entry **entries, struct listed *listed);

/*
 * fold.c: add the next entries to ledger_days, of one day and some ten thousands at most, but none that was posted after
 * `before`: a transaction that has not committed yet may still bring some of those.  *more: it did not come that far.
 */
const struct problem *ledger_fold(struct work *work, struct instant before, bool *more);

/* The same as a job, until nothing is left. */
const struct problem *fold_ledger_job(struct work *work, const struct job *job);

/* Forget what was folded, after entries with ids of the past were written: by the seed. */
const struct problem *ledger_unfold(struct work *work);

#endif
