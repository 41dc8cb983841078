/* drop.h: a dead job is given up, with what was to come of it. */
#ifndef OPS_DROP_H
#define OPS_DROP_H

#include "base/ids.h"

struct work;

/* As job_drop (events/dead_letter.h); the row of a letter that it was to send says that it was dropped, and why. */
const struct problem *drop_dead_job(struct work *work, struct job_id id, const char *reason);

#endif
