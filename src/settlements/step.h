/*
 * step.h: what reading, matching and posting share: the rows of one step.
 *
 * read.c fills a step, match.c finds what its rows are about and where they differ, post.c tells the ledger, missing.c finds what
 * the file lacks.
 */
#ifndef SETTLEMENT_STEP_H
#define SETTLEMENT_STEP_H

#include "settlements/settlement.h"
#include "store/db.h"

enum { STEP_ROWS = 500, STEP_DIFFERENCES = 3 * STEP_ROWS, DIFFERENCE_COLUMNS = 10 };

/* A payment as far as files say something of it. */
struct known_payment {
	struct payment_id id;
	const char       *reference, *transaction, *charge;
	int64_t           amount_minor; /* what came */
	const char       *currency;
	int64_t          *fee;
	const char       *fee_currency;
	bool              has_money;
};

struct known_refund {
	struct refund_id id;
	const char      *name; /* the provider's */
	int64_t          amount_minor;
	const char      *currency, *status;
	bool             has_gone, has_bounced;
};

struct known_dispute {
	struct dispute_id id;
	struct payment_id payment;
	const char       *name;
	int64_t           amount_minor; /* what was taken */
	const char       *currency;
	int64_t          *fee;
	const char       *fee_currency;
	bool              is_won;       /* its fees may have been given back */
	bool              is_contested; /* which costs a fee of its own, beside that for receiving it */
};

struct step_row {
	int64_t                  number;
	struct settlement_record record;
	const char              *fault; /* of a malformed row, which has no record */
	struct uuid              id;
	bool                     duplicate, takes_fee, posted;
	struct known_payment    *payment;
	struct known_refund     *refund;
	struct known_dispute    *dispute;
};

struct step {
	const struct settlement *settlement;
	struct step_row          rows[STEP_ROWS];
	size_t                   count;
	struct parameter        *differences; /* of settlement_differences, row after row */
	size_t                   n_differences, n_matched;
};

/* Write the step's differences; and forget them. */
const struct problem *write_differences(struct work *work, struct step *step);

/* Find duplicates, and what the other rows are about. */
const struct problem *find_subjects(struct work *work, struct step *step);

/* The disputes once more, waiting for those that are written meanwhile. */
const struct problem *find_disputes(struct work *work, struct step *step, bool locked);

/* Compare each row with what it is about. */
void compare_rows(struct arena *arena, struct step *step);

/* Post what only the provider knows; marks rows that were posted, or whose fee became the payment's. */
const struct problem *post_rows(struct work *work, struct step *step);

/* After the rows are written: the fees of payments. */
const struct problem *take_fees(struct work *work, const struct step *step);

/* And fees of disputes that were posted since none tells them; what one has told meanwhile is taken back. */
const struct problem *file_fees(struct work *work, struct step *step);

/* The next payments that the file should have; *more: there are further ones.  Then the refunds. */
const struct problem *find_missing(struct work *work, struct settlement *settlement, bool *more);

#endif
