/*
 * rollup.h: facts added up (rollup_tables.h).  Each function is called within the transaction of a fold or of a rebuild's step, which
 * has called hold_rollups() before it looked at anything.
 */
#ifndef REPORTS_ROLLUP_H
#define REPORTS_ROLLUP_H

#include "base/ids.h"
#include "base/instant.h"
#include "base/problem.h"

#include <stdbool.h>
#include <stddef.h>

struct parameter;
struct work;

/* Wait until no other transaction adds to what is added up, and keep others waiting until this one ends. */
const struct problem *hold_rollups(struct work *work);

/* Between which instants facts lie. */
struct rollup_span {
	struct instant first, last;
};

/* Let report_months have all months of the span, with every product's running totals as they stood. */
const struct problem *have_months(struct work *work, const struct rollup_span *span);

/* Add the facts of `count` transactions, whose ids are `ids`, to all tables; they were written by this transaction. */
const struct problem *add_to_rollups(
    struct work *work, const struct rollup_span *span, size_t count, const struct parameter *ids);

/*
 * Carts that got their first item, from report_cart_queue into report_carts: some in a transaction.  *more: there may be others.
 */
const struct problem *fold_carts(struct work *work, bool *more);

/* In a transaction that has counted something: answers that were kept under the former mark count no more. */
const struct problem *renew_mark(struct work *work);

/* The mark of the last fold; nil before the first. */
const struct problem *read_mark(struct work *work, struct uuid *mark);

/*
 * Payments whose state has changed, from report_payment_queue into report_payment_facts and what adds them up: some in a transaction.
 * What was counted of them before is taken back.
 */
const struct problem *fold_payments(struct work *work, bool *more);

#endif
