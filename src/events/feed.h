/*
 * feed.h: events for consumers that are no jobs: what leaves us by webhook and to SQS.
 *
 * The fan-out numbers its batches (events/fan_out.h), one after the other under a lock, so a batch with a higher number is
 * never there before one with a lower: a consumer's cursor is the number of the last batch that it has done, and misses
 * nothing.  Within a batch events stand in the order of created_at.  Each consumer has a cursor of its own in event_cursors,
 * so that a slow one delays no other.
 *
 * One process reads for a consumer at a time: it holds a lease in the cursor's row, renews it, and proves it again in each
 * transaction that writes what it did.  When it dies another takes the lease FEED_LEASE_SECONDS later, and begins behind
 * what was written: at least once, never two at the same time.
 */
#ifndef FEED_H
#define FEED_H

#include "base/problem.h"

#include <stdbool.h>
#include <stdint.h>

struct work;

enum {
	FEED_BATCH_MAX = 64,     /* events of a batch */
	FEED_POSITIONS = 256,    /* position of an event: batch * FEED_POSITIONS + its place in the batch */
	FEED_LEASE_SECONDS = 10, /* without a sign of life */
	FEED_RENEW_MS = 3000
};

/* A process's hold on a consumer's cursor: zero but for the consumer's name at first. */
struct feed {
	const char *consumer; /* "webhooks", "sqs", "live" */
	char        holder[64];
	bool        held;
	int64_t     batch;    /* done, all of it */
	int64_t     until_ms; /* of the monotonic clock: from then on the lease may be another's */
	int64_t     renew_ms; /* and from then on it is to be renewed */
};

/*
 * Take the lease or renew it, when it is time for that; feed->held says whether it is ours.  A new consumer begins behind what
 * was fanned out before.  When the database does not answer a lease ends by itself: feed_is_held says so.
 */
const struct problem *feed_take(struct work *work, struct feed *feed);

/* Is the lease ours for certain?  Asks no database. */
bool feed_is_held(const struct feed *feed);

/* The last batch that may be done now: at most `batches` behind the cursor; feed->batch when there is none. */
const struct problem *feed_next(struct work *work, const struct feed *feed, int64_t batches, int64_t *batch);

/*
 * In a transaction, before all else: the lease is ours until it ends, and the cursor, which stands at feed->batch, stands at
 * `batch` then.  CONFLICT when the lease was lost, or the cursor stands elsewhere: a COMMIT whose outcome nobody has told has
 * moved it.  The caller sets feed->batch after the commit, and calls feed_doubt after a problem.
 */
const struct problem *feed_advance(struct work *work, const struct feed *feed, int64_t batch);

/* Where the cursor stands is to be read anew before anything else is done. */
void feed_doubt(struct feed *feed);

/* Give the lease back, so that another need not wait for its end. */
void feed_release(struct work *work, struct feed *feed);

#endif
