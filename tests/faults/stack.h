/*
 * stack.h: the parts of the running shop (mariadb, memcached, sandbox, api, auth, pay, hooks, jobs, nginx), to be broken
 * on purpose.
 *
 * Parts are found by the files that ./dev keeps in $HAAT_RUN/pid and brought back by ./dev, which is run from the
 * directory that it stands in.  Only processes of this shop are ever touched.
 */
#ifndef STACK_H
#define STACK_H

#include "tests/api/shopping.h"

#include <sys/types.h>

enum { PART_PROCESSES_MAX = 128 };

/* The process of a part (the master of a pool); 0 when it does not run. */
pid_t part_process(const char *part);

/* The children of a part's process: the workers of a pool.  How many were written to `pids`. */
size_t part_workers(const char *part, pid_t pids[PART_PROCESSES_MAX]);

/* The worker of a pool that has only one. */
pid_t only_worker(const char *part);

/* What a worker has in memory ("VmRSS"), or had at most since `forget_peak` ("VmHWM"), in KB. */
long memory_of(pid_t worker, const char *name);
void forget_peak(pid_t worker);

/* A signal for the part's process and for all of its children; after SIGSTOP none of them runs any more. */
void part_signal(const char *part, int signal_number);

/* SIGKILL for all of it, and wait until none is left. */
void part_kill(const char *part);

/* ./dev up PART and ./dev down PART; a failure is reported. */
void part_start(const char *part);
void part_stop(const char *part);

/* The status of /ready, which may be refused: 200 or 503; waits until it is `status`, at most 30 seconds. */
void wait_until_ready_says(int status);

/* A short pause between two looks at something. */
void pause_ms(long milliseconds);

/*
 * Kills random workers of the parts (ended by NULL) with SIGKILL, one every `every_ms`, in a process of its own, until
 * killer_stop, which tells how many there were.
 */
struct killer;
struct killer *killer_start(const char *const *parts, long every_ms);

/* Kills the part's own process once, after so many milliseconds, while the caller goes on. */
struct killer *killer_of_part_start(const char *part, long after_ms);
int            killer_stop(struct killer *killer);

/*
 * Holds the sandbox's intents from `first` on against the ledger: what it took less what it gave back must be what the
 * clearing account has of that payment.  Every intent must belong to a payment that is known.
 */
void expect_sandbox_agrees(size_t first);

#endif
