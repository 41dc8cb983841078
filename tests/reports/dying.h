/*
 * dying.h: processes that are killed at a statement.  Put before the client library's own functions, these count what is sent to the
 * database.
 */
#ifndef TESTS_REPORTS_DYING_H
#define TESTS_REPORTS_DYING_H

#include <stdbool.h>

/*
 * From now on this process dies (SIGKILL) of its statement number `statement` (1: the next): just before it is sent or, `late`, once
 * the database has done it.
 */
void die_at(int statement, bool late);

#endif
