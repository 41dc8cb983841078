/*
 * played.h: workers of a played time: use-cases that run in a process of their own, in Berlin's local time, against the running shop's database and
 * stand-ins, with a clock that the test sets, and that can be killed at any point.
 *
 * A point is a moment at which the program asks for the time; there are many in front of and behind each transaction and
 * each call to a provider, so that all of them together are everywhere.
 */
#ifndef PLAYED_H
#define PLAYED_H

#include "store/work.h"
#include "tests/api/api.h"

#include <sys/types.h>

typedef const struct problem *played_function(struct work *work, void *argument);

/* Start function(work, argument) as the system, with the clock at that time; killed at its point number `kill_at` (0: never). */
pid_t played_start(const char *instant, int64_t kill_at, played_function *function, void *argument);

/* Wait for its end: did it return OK?  *killed: it was killed at its point. */
bool played_wait(pid_t worker, bool *killed);

/* Start, and wait for it; a failure of the test unless it returned OK. */
void played_run(const char *instant, played_function *function, void *argument);

/* How many points the last worker that ended had passed. */
int64_t played_points(void);

#endif
