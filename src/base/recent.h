/*
 * recent.h: how the workers of each pool have done in the last five minutes, who of them is busy now, and how much was refused.
 *
 * Metrics count since the shop's start, and Prometheus makes rates of them; this is for whoever looks at the shop itself.  Shared by
 * all processes of the host in a file of the run directory.  A minute's counts are emptied by the first who counts in the
 * next minute of that place; what another counts at that very moment may be lost, which nobody sees in five minutes.
 */
#ifndef RECENT_H
#define RECENT_H

#include <stdbool.h>
#include <stdint.h>

enum { RECENT_POOLS_MAX = 8, RECENT_MINUTES = 5 };

/* What is counted besides requests: those refused by a rate limit, attempts to pay refused by the limits of risk. */
enum recent_count { RECENT_LIMITED, RECENT_RISK_LIMITED, RECENT__COUNT };

/* One pool in the last five minutes (durations in microseconds; 0 without requests), and its workers at this moment. */
struct recent_pool {
	int64_t workers, busy;    /* processes that live; those with a request */
	int64_t busy_longest_ms;  /* of the requests that are under way */
	int64_t requests, errors; /* errors: answers of 500 and above */
	int64_t p50_us, p99_us;
};

/* Map the shared file in `directory` (where that fails, private memory, with a line in the log). */
void recent_open(const char *directory);

/* This process is the worker at that place of the pool (0 .. WORKERS_MAX - 1) from now until it ends, however it ends. */
void recent_worker_begins(unsigned pool, unsigned place);

/* Its request begins; its request is answered. */
void recent_request_begins(void);
void recent_request_ends(bool failed, int64_t microseconds);

void    recent_add(enum recent_count count);
int64_t recent_sum(enum recent_count count);

void recent_read(unsigned pool, struct recent_pool *into);

#endif
