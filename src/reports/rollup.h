/*
 * rollup.h: facts added up, for reports that would read too many of them.  Each function adds the facts of `count` transactions,
 * whose ids are `ids`, inside the transaction that wrote them.
 */
#ifndef REPORTS_ROLLUP_H
#define REPORTS_ROLLUP_H

#include "base/problem.h"

#include <stddef.h>

struct parameter;
struct work;

/* report_quarters: by merchant, and for the whole shop. */
const struct problem *add_to_quarters(struct work *work, size_t count, const struct parameter *ids);

#endif
