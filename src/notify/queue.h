/*
 * queue.h: what the delivering process reads of the queue of deliveries, and how it writes down what came of an attempt.
 *
 * Of one aggregate an endpoint gets one delivery after the other, in the order of position: one is not due while an earlier one
 * stands in the queue.  All reads are by endpoint along an index and cost the same however long the log is.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "base/shape.h"

struct feed;
struct work;

/* An active endpoint that has something due. */
struct due_endpoint {
	struct endpoint_id  id;
	struct merchant_id *merchant;
	const char         *url;
	struct bytes        secret, old_secret; /* sealed; old: without bytes when it no longer counts */
	bool                failing;            /* its last delivery failed */
};

/* All of them that wait for no pause, those that have waited longest first. */
const struct problem *queue_endpoints(struct work *work, struct due_endpoint **endpoints, size_t *count);

/* What is told. */
struct due_event {
	const char    *type, *payload, *request_id;
	struct instant created_at;
};

struct due_delivery {
	struct delivery_id id;
	struct uuid        aggregate;
	struct event_id    event;
	int64_t            attempts;
	bool               shared; /* it tells of money for the order of several merchants */
	int64_t            bytes;  /* of the payload */
};

enum { DUE_PAYLOAD_MAX = 4 << 20 };

/* At most `limit` deliveries of an endpoint that may be made now; those under way are among them.  Reads no payload. */
const struct problem *queue_due(
    struct work *work, struct endpoint_id endpoint, int64_t limit, struct due_delivery **deliveries, size_t *count);

/* What a delivery tells; NULL: the event is no longer kept, or its payload has more than DUE_PAYLOAD_MAX bytes. */
const struct problem *queue_said(struct work *work, const struct due_delivery *delivery, struct due_event **said);

enum attempt_outcome { ATTEMPT_DELIVERED, ATTEMPT_FAILED, ATTEMPT_SLOW_DOWN, ATTEMPT_GONE, ATTEMPT_HOPELESS };

/* What came of one attempt. */
struct attempt {
	struct delivery_id   delivery;
	struct endpoint_id   endpoint;
	struct uuid          aggregate;
	int64_t              attempts; /* with this one */
	enum attempt_outcome outcome;
	int64_t              status; /* 0: no answer */
	const char          *body, *error;
	int64_t              duration_ms, retry_after_seconds; /* 0: it asked for nothing */
	struct instant       happened_at;                      /* when the event was written */
};

/* In one transaction, while the lease is ours; CONFLICT when it is not. */
const struct problem *queue_record(struct work *work, const struct feed *feed, const struct attempt *attempts, size_t count);

/*
 * After that: what stands far behind those that have failed waits as long as they do, some hundred a transaction, so that nobody
 * looks at it before.  What is left out, by a problem or by the end of the process, costs a look and is not delivered any sooner.
 */
const struct problem *queue_put_off_rest(struct work *work, const struct attempt *attempts, size_t count);

#endif
