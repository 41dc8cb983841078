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

/* Asks the other side: the value (in the arena, at most REMOTE_VALUE_MAX bytes) and for how many seconds it is good. */
typedef const struct problem *remote_fetch(struct work *work, const void *argument, struct bytes *value, int64_t *seconds);

/*
 * The value of that name (ASCII), kept or fetched.  `refused`: a value that this function gave before and the other side
 * no longer takes; it is fetched again unless somebody else has done so already.  NULL the first time.
 */
const struct problem *remote_value(struct work *work, const char *name, const struct bytes *refused, remote_fetch *fetch,
    const void *argument, struct bytes *value);

/* The same of what is kept, asking nobody; *found is false when none of that name is valid. */
const struct problem *remote_value_kept(struct work *work, const char *name, struct bytes *value, bool *found);

#endif
