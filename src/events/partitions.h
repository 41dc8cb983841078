/*
 * partitions.h: the months of the tables `events` and `webhook_deliveries`.
 *
 * Both are partitioned by id, which begins with the time, one partition a calendar month (UTC), named "m202611".  So old
 * events go by dropping a partition, in no time, where a DELETE of millions would take hours and leave holes; and nothing
 * scans them meanwhile.  The partition "later" takes what no month is there for yet: nothing is refused when nobody made
 * months ahead, and they are cut out of it then.
 */
#ifndef PARTITIONS_H
#define PARTITIONS_H

#include "base/instant.h"
#include "base/problem.h"

struct work;

/*
 * See to it that the month of `now` and the two after it have partitions.  The change waits a second at most for
 * transactions that write events, and nobody waits behind it for longer: DATABASE_BUSY then, to be tried again later.
 * Outside a transaction: a change of a table commits by itself.
 */
const struct problem *event_months_add(struct work *work, struct instant now);

/*
 * Drop the months that ended more than jobs.event_days (jobs.delivery_days) before `now`, but not what is still needed: events
 * that wait to be fanned out, that a consumer has not read, or that are still to be delivered.  Dead messages of SQS go with
 * their events.  Outside a transaction too.
 */
const struct problem *event_months_drop(struct work *work, struct instant now);

#endif
