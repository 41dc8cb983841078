/*
 * seams.h: what a program does not decide itself: the time, and random bytes.
 *
 * Everything in src/ asks for both through these two tables (tests/floors refuses other calls), so that a test or a
 * simulation can put its own in their place.  Code calls the functions of instant.h (instant_now, monotonic_us, pause_us)
 * and ids.h (random_bytes); only a main or a test names a table.  What NOW() in a statement means to a simulation stands in
 * docs/decisions/0020-clock-and-random-bytes-are-replaceable.md.
 */
#ifndef SEAMS_H
#define SEAMS_H

#include <stddef.h>
#include <stdint.h>

struct clock {
	int64_t (*wall_ms)(void);               /* milliseconds since 1970-01-01T00:00:00Z; may go back */
	int64_t (*monotonic_us)(void);          /* microseconds from an arbitrary start; never goes back */
	void (*pause_us)(int64_t microseconds); /* returns early when a signal arrives */
};

struct random_source {
	void (*fill)(void *into, size_t length); /* cannot fail: aborts when the system has no randomness */
};

/* Ask these from now on (tables that stay); NULL: the system's own again. */
void clock_use(const struct clock *clock);
void random_use(const struct random_source *source);

/* The tables in use.  Read by instant.c and ids.c. */
extern const struct clock         *the_clock;
extern const struct random_source *the_random;

#endif
