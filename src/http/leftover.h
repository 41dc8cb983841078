/*
 * leftover.h: files below http.import_directory that nobody needs: of a worker that died before their row was written, or that have
 * served.
 */
#ifndef HTTP_LEFTOVER_H
#define HTTP_LEFTOVER_H

#include "base/ids.h"
#include "base/instant.h"
#include "base/problem.h"

struct work;

/* Sets *wanted for the file of that name, which begins with the head and this id; also for one that is not the caller's. */
typedef const struct problem *leftover_wanted_function(struct work *work, const char *name, struct uuid id, bool *wanted);

/*
 * Remove the files whose names are "<head><id>..." with an id from before that time, but for those that are wanted; *removed of them.
 * What cannot be listed or removed is logged, and tried again the next time.
 */
const struct problem *remove_leftovers(
    struct work *work, const char *head, struct instant before, leftover_wanted_function *is_wanted, int64_t *removed);

#endif
