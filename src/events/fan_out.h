/*
 * fan_out.h: from events to the jobs of those that subscribe to their types.
 *
 * An event is written with a flag (events.pending).  The fan-out reads flagged events, queues a job for each subscription
 * and clears the flags, all in one transaction: no event is lost or delivered twice, and a kill at any point leaves the
 * flags set.  It uses flags and not the last id seen, because transactions commit in a different order from that in which
 * their ids were generated.  Each subscription gets each event: two events about one object are two jobs.  Their order key
 * "<kind>:<aggregate>" makes the jobs of one object run in the order of its events, while a slow subscriber delays neither
 * other subscribers nor other objects.
 *
 * Each run is a batch with a number, which its events keep: consumers that are no jobs read batch after batch (events/feed.h).
 */
#ifndef FAN_OUT_H
#define FAN_OUT_H

#include "base/problem.h"

#include <stdbool.h>

struct work;

/* Fan out a bounded number of the oldest flagged events; *found is whether there were any. */
const struct problem *event_fan_out(struct work *work, bool *found);

#endif
