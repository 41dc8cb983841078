/*
 * statement.h: a merchant's month: what they had at its beginning, what was posted to them, what they had at its end.
 *
 * Months are UTC's, as the books are.  Amounts are the merchant's: what they earn is positive.
 */
#ifndef STATEMENT_H
#define STATEMENT_H

#include "base/shape.h"
#include "store/work.h"

/* What was posted of one kind. */
struct statement_line {
	int          kind; /* enum ledger_source_kind */
	int64_t      entries;
	struct money amount;
	const char  *currency;
};
SHAPE_DECLARE(struct statement_line, statement_line_shape);

/* In one currency. */
struct statement {
	struct uuid            account;
	const char            *currency;
	struct money           opening, closing;
	struct statement_line *lines;
	size_t                 n_lines;
};
SHAPE_DECLARE(struct statement, statement_shape);

/* From the beginning of a month to that of the next. */
struct month {
	struct instant from, to;
};

/* "2026-11"; VALIDATION_FAILED about `month`. */
const struct problem *month_read(struct work *work, const char *text, struct month *month);

/* NOT_FOUND when the viewer may not see the merchant. */
const struct problem *statements_of(
    struct work *work, struct merchant_id merchant, const struct month *month, struct statement **statements, size_t *count);

/* An entry of the month. */
struct statement_entry {
	struct uuid    id;
	int            kind;    /* enum ledger_source_kind */
	const char    *payment; /* its reference, where one is concerned; else NULL */
	int64_t        amount_minor;
	struct instant created_at;
};

/* Calls each(struct statement_entry *, argument) for every entry of the statement's currency, the oldest first. */
const struct problem *each_statement_entry(struct work *work, const struct statement *statement, const struct month *month,
    const struct problem *(*each)(void *entry, void *argument), void *argument);

#endif
