/*
 * return.h: goods that a customer sends back after they were delivered.
 *
 *   requested -> approved, rejected, cancelled
 *   approved  -> received, cancelled, expired
 *   received  -> refunded (its refund has succeeded), rejected (nothing of what came was accepted)
 *
 * A return is of one seller's lines.  Whatever changes one holds the lock of its order first.
 */
#ifndef FULFILMENT_RETURN_H
#define FULFILMENT_RETURN_H

#include "events/record.h"
#include "fulfilment/fulfilment.h"

struct job;
struct listed;
struct page_request;

enum return_status {
	RETURN_REQUESTED,
	RETURN_APPROVED,
	RETURN_REJECTED,
	RETURN_CANCELLED,
	RETURN_RECEIVED,
	RETURN_REFUNDED,
	RETURN_EXPIRED,
	RETURN_STATUS__COUNT
};
extern const char *const return_status_values[];

bool return_may_become(enum return_status from, enum return_status to);

struct return_line {
	struct return_id     of;
	struct order_line_id line;
	struct variant_id    variant;
	const char          *name, *sku, *reason;
	int64_t              quantity, *accepted;
	bool                *restocked;
};

/* The refund of what was accepted. */
struct return_refund {
	struct refund_id id;
	int              status; /* enum refund_status */
};

struct goods_return {
	struct return_id      id;
	struct order_id       order;
	struct merchant_id    merchant;
	struct user_id        customer;
	int                   status; /* enum return_status */
	const char           *reason;
	struct money          amount;
	const char           *currency;
	struct return_refund *refund;
	struct instant       *expires_at, *received_at, *ended_at, created_at;
	struct return_line   *lines;
	size_t                n_lines;
};
SHAPE_DECLARE(struct goods_return, return_shape);

/* The return of that id, if it is the viewer's; NOT_FOUND. */
const struct problem *read_return(struct work *work, struct return_id id, struct goods_return **found);

struct return_filter {
	const int             *status; /* enum return_status; NULL: any, as for all of these */
	const struct order_id *order;
};

/* One page of the returns that the viewer may see, newest first: a customer's, a seller's, or all for staff. */
const struct problem *list_returns(struct work *work, const struct return_filter *filter, const struct page_request *page,
    struct goods_return **returns, struct listed *listed);

/* Records the event, and the audit's record when somebody acts; `before` NULL: it is new. */
const struct problem *record_return(
    struct work *work, enum event_type type, const struct goods_return *before, const struct goods_return *after);

/* RETURN_STATE that names the return's status. */
const struct problem *return_state_problem(struct work *work, const struct goods_return *back);

/*
 * Locks the order of a return and reads it again; RETURN_STATE, with the status, when it can not become `to`.
 */
const struct problem *begin_return_step(
    struct work *work, struct return_id id, enum return_status to, struct goods_return **found);

/* Writes what the step has made of it. */
const struct problem *end_return_step(
    struct work *work, enum event_type type, const struct goods_return *before, const struct goods_return *after);

/* ---- use-cases, inside a transaction each ---- */

struct wanted_line {
	struct order_line_id line;
	int64_t              quantity;
	const char          *reason;
};
struct return_request {
	struct wanted_line *lines;
	size_t              n_lines;
};

/*
 * return_request.c: asks to send lines of an order back.  NOT_FOUND; VALIDATION_FAILED about lines that are not the order's, or of
 * several sellers; NOT_RETURNABLE when they have not been delivered, too long ago (but for staff), or are back already.
 */
const struct problem *request_return(
    struct work *work, const char *id_or_number, const struct return_request *request, struct return_id *id);

const struct problem *approve_return(struct work *work, struct return_id id);
const struct problem *reject_return(struct work *work, struct return_id id, const char *reason);
const struct problem *cancel_return(struct work *work, struct return_id id);

struct received_line {
	struct order_line_id line;
	int64_t             *quantity; /* NULL: all that was to come */
	bool                 restock;
};
struct receipt {
	struct received_line *lines;
	size_t                n_lines;
};

/*
 * return_receive.c: the goods have come: takes those that are accepted into stock where they can be sold again, and claims what was
 * paid for them.  A line that is left out is not accepted; a return of which nothing is, is rejected.
 */
const struct problem *receive_return(struct work *work, struct return_id id, const struct receipt *receipt);

/* Those that are approved and whose goods have not come in time. */
const struct problem *expire_returns(struct work *work);

#endif
