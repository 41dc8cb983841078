/*
 * rebuild.h: what is added up, written anew from the facts, step by step: day by day, a month's running totals with its last day, then
 * the customers by some hundred.
 *
 * Each step is one transaction, which replaces what it is about and writes down how far it has come (report_fold): killed at any point,
 * the next call goes on there.  It holds the fold back while it runs and no longer; what is folded between two steps is added to what
 * was written anew and to what was not, so the tables are right at every moment for all that was rebuilt.
 */
#ifndef REPORTS_REBUILD_H
#define REPORTS_REBUILD_H

#include "base/problem.h"

#include <stdbool.h>

struct work;

/* Begin one, unless one is under way, which then goes on.  *begun: it was not. */
const struct problem *rebuild_begin(struct work *work, bool *begun);

/* One step; *more is false once all is done. */
const struct problem *rebuild_step(struct work *work, bool *more);

#endif
