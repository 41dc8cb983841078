/*
 * remote_value.h: what is fetched from others once for all processes and kept for a while: certificates, tokens.
 *
 * The table remote_values holds each value sealed, and never memcached.  Who finds none that is valid fetches it under a
 * lease of the row, so that one process asks and the others wait for what it gets.  Not inside a transaction: a fetch
 * takes its time.
 */
#ifndef REMOTE_VALUE_H
#define REMOTE_VALUE_H

#include "base/problem.h"
#include "base/shape.h"

struct work;

enum { REMOTE_NAME_MAX = 255, REMOTE_VALUE_MAX = 65536 };

/* A fetch that began so long ago hangs, perhaps: who answers a client does not wait for it. */
enum { REMOTE_PATIENCE_MS = 300 };

/* How long others wait for a fetch, and what is left of one that failed under a name of which nothing was ever got. */
enum remote_manner {
	REMOTE_OF_STRANGERS,  /* nothing is left, for strangers may have named it */
	REMOTE_OURS,          /* the row, so that it is left alone for a moment like one that had a value */
	REMOTE_OURS_IMPATIENT /* the same, and nobody waits longer than REMOTE_PATIENCE_MS after it began: PROVIDER_UNAVAILABLE */
};

/* Asks the other side: the value (in the arena, at most REMOTE_VALUE_MAX bytes) and for how many seconds it is good. */
typedef const struct problem *remote_fetch(struct work *work, const void *argument, struct bytes *value, int64_t *seconds);

/*
 * The value of that name (ASCII), kept or fetched.  `refused`: a value that this function gave before and the other side
 * no longer takes; it is fetched again unless somebody else has done so already.  NULL the first time.
 */
const struct problem *remote_value(struct work *work, const char *name, enum remote_manner manner, const struct bytes *refused,
    remote_fetch *fetch, const void *argument, struct bytes *value);

/* The same of what is kept, asking nobody; *found is false when none of that name is valid. */
const struct problem *remote_value_kept(struct work *work, const char *name, struct bytes *value, bool *found);

#endif
