/*
 * fan_out.h: from events to the jobs of those that subscribe to their types.
 *
 * An event is written with a mark (events.pending).  The fan-out takes marked events, puts in a job for each subscription
 * and takes the marks away, all in one transaction: no event is lost, none is told twice, and a kill at any point leaves
 * the marks.  It goes by the mark and not by the last id it has seen, because transactions commit in another order than
 * their ids were made in.  Each subscription gets each event: two events about one thing are two jobs.  They carry the
 * order key "<kind>:<aggregate>", so that what follows from one thing is done in the order in which it happened, while a slow
 * subscriber holds up neither another one nor other things.
 */
#ifndef FAN_OUT_H
#define FAN_OUT_H

#include "base/problem.h"

#include <stdbool.h>

struct work;

/* Fan out the oldest events that are marked, a bounded number of them; *found is whether there were any. */
const struct problem *event_fan_out(struct work *work, bool *found);

#endif
