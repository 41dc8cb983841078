/*
 * delivery.h: what is to be sent to webhook endpoints, and what became of it.
 *
 * A delivery is one event for one endpoint.  Its row in webhook_deliveries is the log; while it is to be made it stands in
 * webhook_queue too.  A resend is a new delivery of the same event, so that the receiver knows it by its id.  Use-cases that
 * write run in the transaction of their caller.
 */
#ifndef DELIVERY_H
#define DELIVERY_H

#include "base/shape.h"

struct listed;
struct page_request;
struct work;

enum { ANSWER_BODY_MAX = 1024 };

enum delivery_cause { OF_EVENT, OF_TEST, OF_RESEND, OF_RECOVER };
enum delivery_status { DELIVERY_PENDING, DELIVERY_DELIVERED, DELIVERY_DEAD };

extern const char *const delivery_cause_values[], *const delivery_status_values[];

struct delivery {
	struct delivery_id id;
	struct endpoint_id endpoint;
	struct event_id    event;
	const char        *event_type;
	int                cause, status; /* enum delivery_cause, enum delivery_status */
	int64_t            attempts;
	int64_t           *answer_status, *duration_ms;
	const char        *answer_body, *error;
	struct instant    *attempted_at, *next_attempt_at;
	struct instant     created_at;
};
SHAPE_DECLARE(struct delivery, delivery_shape);

/* One to be made. */
struct new_delivery {
	struct endpoint_id endpoint;
	struct event_id    event;
	struct uuid        aggregate;
	const char        *event_type;
	int64_t            position;
	int                cause; /* enum delivery_cause */
};

/*
 * Put them in, in this order; the ids of the first in *first (NULL: not wanted).  At most 500 at once.  For the delivering process,
 * which finds them by itself: it leaves nothing in the arena that the transaction needs.
 */
const struct problem *log_and_queue_deliveries(
    struct work *work, const struct new_delivery *deliveries, size_t count, struct delivery_id *first);

/* Of an endpoint that the viewer may see, newest first; `status` NULL: of any. */
const struct problem *list_deliveries(struct work *work, struct endpoint_id endpoint, const int *status,
    const struct page_request *page, struct delivery **deliveries, struct listed *listed);

/* An event that says nothing but that it is a test, for this endpoint alone.  ENDPOINT_DISABLED. */
const struct problem *test_endpoint(struct work *work, struct endpoint_id endpoint, struct delivery **delivery);

/* NOT_FOUND, also when its event is no longer kept; ENDPOINT_DISABLED. */
const struct problem *resend_delivery(struct work *work, struct delivery_id id, struct delivery **delivery);

struct recovered {
	int64_t         deliveries; /* put in */
	struct instant *more_since; /* not all were: ask again since then */
};

/* A new delivery of each event that is dead for the endpoint, of `since` or later, the oldest first.  ENDPOINT_DISABLED. */
const struct problem *recover_endpoint(
    struct work *work, struct endpoint_id endpoint, struct instant since, struct recovered *recovered);

#endif
