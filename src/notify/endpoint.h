/*
 * endpoint.h: webhook endpoints: where a merchant, or the shop itself, wants to be told of events.
 *
 * An endpoint names the types of events that it wants: by name ("order.paid"), by family ("order.*"), or all ("*"); there is no
 * other pattern.  One of a merchant hears only of what is that merchant's (notify/spread.h); one without a merchant is the
 * shop's own, belongs to staff, and hears everything.  Each of a merchant's is seen and changed by that merchant and by staff with
 * webhook:write.  Use-cases that write run in the transaction of their caller.
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include "base/shape.h"
#include "store/version.h"

struct listed;
struct page_request;
struct work;

enum { ENDPOINTS_MAX = 20, EVENT_TYPES_MAX = 50, ENDPOINT_URL_MAX = 2048 };

enum endpoint_status { ENDPOINT_ACTIVE, ENDPOINT_DISABLED };
enum endpoint_end { ENDED_BY_OWNER, ENDED_FAILING, ENDED_GONE }; /* why it is disabled */

extern const char *const endpoint_status_values[], *const endpoint_end_values[];

struct endpoint {
	struct endpoint_id  id;
	struct merchant_id *merchant; /* NULL: the shop's own */
	const char         *url, *types, *description;
	const char *const  *event_types; /* `types` at its commas */
	size_t              n_event_types;
	int                 status;          /* enum endpoint_status */
	int                *disabled_reason; /* enum endpoint_end */
	struct instant     *disabled_at, *failing_since, *old_secret_until;
	int64_t             version;
	struct instant      created_at, updated_at;
	const char         *secret; /* of a new one: "whsec_...", shown this once */
	struct shape_seen   seen;
};
SHAPE_DECLARE(struct endpoint, endpoint_shape);
SHAPE_DECLARE(struct endpoint, new_endpoint_shape);    /* with its secret */
SHAPE_DECLARE(struct endpoint, endpoint_create_shape); /* bodies are endpoints too */
SHAPE_DECLARE(struct endpoint, endpoint_change_shape);

/* Those that the viewer may see, newest first. */
const struct problem *list_endpoints(
    struct work *work, const struct page_request *page, struct endpoint **endpoints, struct listed *listed);

/* NOT_FOUND, also for another's. */
const struct problem *read_endpoint(struct work *work, struct endpoint_id id, struct endpoint **endpoint);

/* The same with its row locked. */
const struct problem *lock_endpoint(struct work *work, struct endpoint_id id, struct endpoint **endpoint);

/*
 * VALIDATION_FAILED when url or event types of a body cannot be; the URL's name is resolved (net/target.h), so this is for
 * before the transaction.
 */
const struct problem *check_endpoint(struct work *work, const struct endpoint *body);

/* In a transaction: the endpoint with its secret that was made under the request's Idempotency-Key, or NULL; CONFLICT when it is gone. */
const struct problem *endpoint_made_before(struct work *work, struct endpoint **endpoint);

/* With its secret; the same one under the same Idempotency-Key.  CONFLICT beyond ENDPOINTS_MAX of one owner. */
const struct problem *create_endpoint(struct work *work, const struct endpoint *body, struct endpoint **endpoint);

/*
 * `shape` says what the body is, as for addresses.  Enabling it has a job make its kept deliveries due now; disabling it is told by
 * an event.  NOT_FOUND, VERSION_MISMATCH.
 */
const struct problem *update_endpoint(struct work *work, struct endpoint_id id, const struct shape *shape,
    const struct endpoint *body, const struct expected_version *expected, struct endpoint **endpoint);

/* A job removes all that it still was to get.  NOT_FOUND, VERSION_MISMATCH. */
const struct problem *delete_endpoint(struct work *work, struct endpoint_id id, const struct expected_version *expected);

/* A new secret; the old one signs too for a day. */
const struct problem *rotate_endpoint_secret(struct work *work, struct endpoint_id id, struct endpoint **endpoint);

/* Disable an active one, and tell it by an event; nothing when it is not active. */
const struct problem *disable_endpoint(struct work *work, struct endpoint_id id, enum endpoint_end why);

/* Records an event of that type (enum event_type) about it. */
const struct problem *record_endpoint_event(struct work *work, int type, const struct endpoint *endpoint, struct event_id *event);

#endif
