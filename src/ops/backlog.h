/*
 * backlog.h: what waits in the shop's database, for its own programs or for a person: how much, and how old the oldest is.
 *
 * Looking costs the same however long a queue is: at most 20,000 rows of each are counted.
 */
#ifndef BACKLOG_H
#define BACKLOG_H

#include "base/shape.h"

struct work;

/* Jobs of one kind of a lane in one status. */
struct queued {
	const char *lane, *kind, *status;
	int64_t     jobs, age_seconds;
};

/* What waits for us, or for a person: how many, and since when the oldest. */
struct waiting {
	int64_t events, events_age;
	int64_t deferred, deferred_age, unverified, unverified_age, dead;
	int64_t held, disputes_due;
	int64_t reviews, reviews_age, bands_left;
	int64_t refunds, refunds_age, failed_refunds;
	int64_t mails, mails_age;
	int64_t folds, folds_age; /* postings that no report has yet */
};

/* What is to leave the shop. */
struct leaving {
	int64_t deliveries, deliveries_age, endpoints_disabled;
	int64_t sqs, sqs_age, sqs_dead;
};

/* How far a consumer of events is behind. */
struct behind {
	const char *consumer;
	int64_t     batches, age_seconds;
};

struct backlog {
	struct queued  *queued;
	size_t          n_queued;
	struct waiting *waiting;
	struct leaving *leaving;
	struct behind  *behind;
	size_t          n_behind;
};

SHAPE_DECLARE(struct queued, queued_shape);

/* Four statements of half a second at most; what they find lies in the arena of `work`. */
const struct problem *read_backlog(struct work *work, struct backlog *backlog);

#endif
