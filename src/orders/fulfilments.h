/*
 * fulfilments.h: the parts of an order on their way, one for each of its sellers, as rows.
 *
 * They are made in the transaction that pays or confirms the order; a part's lines are those of its seller.  One table of
 * transitions; nothing changes fulfilments.status but move_fulfilment.  The order follows its parts (follow_fulfilments).
 * Their locks are taken behind the order's.
 *
 *   pending   -> packed, cancelled
 *   packed    -> pending, shipped, cancelled
 *   shipped   -> delivered, returned
 */
#ifndef ORDERS_FULFILMENTS_H
#define ORDERS_FULFILMENTS_H

#include "base/shape.h"
#include "events/record.h"
#include "orders/order.h"
#include "orders/state.h"
#include "store/work.h"

enum fulfilment_status {
	FULFILMENT_PENDING,
	FULFILMENT_PACKED,
	FULFILMENT_SHIPPED,
	FULFILMENT_DELIVERED,
	FULFILMENT_CANCELLED,
	FULFILMENT_RETURNED,
	FULFILMENT_STATUS__COUNT
};
extern const char *const fulfilment_status_values[];

enum { CARRIER_MAX = 64, TRACKING_MAX = 100, FULFILMENTS_MAX = ORDER_LINES_MAX };

struct fulfilment {
	struct fulfilment_id id;
	struct order_id      order;
	struct merchant_id   merchant;
	int                  status; /* enum fulfilment_status */
	const char          *carrier, *tracking, *reason;
	struct money         total;     /* of its lines, after discount and with tax */
	struct money         refunded;  /* what was claimed of the order's payment when it ended */
	struct money         collected; /* in cash; of the first that is paid with the order's shipping */
	const char          *currency;
	struct instant      *packed_at, *shipped_at, *delivered_at, *collected_at, *ended_at, *due_at, created_at;
	struct order_line   *lines;
	size_t               n_lines;
};
SHAPE_DECLARE(struct fulfilment, fulfilment_row_shape);   /* its columns, and its part's total and currency */
SHAPE_DECLARE(struct fulfilment, fulfilment_state_shape); /* for events and the audit: without words */

/* An order with all of its parts. */
struct parts {
	struct fulfilment *rows;
	size_t             count;
};

/* Is the transition in the table? */
bool fulfilment_may_become(enum fulfilment_status from, enum fulfilment_status to);

/* Has it left its seller, whatever became of it then? */
static inline bool
fulfilment_has_left(const struct fulfilment *part)
{
	return part->status == FULFILMENT_SHIPPED || part->status == FULFILMENT_DELIVERED || part->status == FULFILMENT_RETURNED;
}

/* Makes the parts of a locked order that is paid or confirmed now, in one round trip. */
const struct problem *make_fulfilments(struct work *work, const struct order_row *order);

/* Reads and locks the parts of a locked order, by their ids, with their lines; none before it is paid or confirmed. */
const struct problem *lock_fulfilments(struct work *work, const struct order_row *order, struct parts *parts);

/* Gives the part those of its order's lines that are its seller's. */
void take_lines(struct arena *arena, const struct order_line *lines, size_t count, struct fulfilment *part);

/*
 * Changes the status of a locked part, in the row and in *part, and writes its carrier, tracking, reason and amounts as *part has
 * them; FULFILMENT_STATE, with the status, when the table does not have the transition.  Records the event, and the audit's
 * record when somebody acts.
 */
const struct problem *move_fulfilment(
    struct work *work, struct fulfilment *part, enum fulfilment_status to, enum event_type type);

/* The same of one that stays as it is: its carrier and tracking are corrected. */
const struct problem *change_fulfilment(struct work *work, const struct fulfilment *before, struct fulfilment *part);

/* The same: its carrier has brought so much cash for it.  FULFILMENT_STATE when it was not delivered, or is paid for. */
const struct problem *collect_fulfilment(struct work *work, struct fulfilment *part, int64_t amount_minor);

/* Was it cancelled, or did it come back?  Then nothing is to be collected for it any more. */
static inline bool
fulfilment_has_ended(const struct fulfilment *part)
{
	return part->status == FULFILMENT_CANCELLED || part->status == FULFILMENT_RETURNED;
}

/*
 * carrier.c: the page of the carrier where a parcel is followed, by config orders.carriers, in the arena; NULL: it has none there, or
 * one of the two is NULL.
 */
const char *carrier_url(struct work *work, const char *carrier, const char *tracking);

/* FULFILMENT_STATE that names the part's status. */
const struct problem *fulfilment_state_problem(struct work *work, const struct fulfilment *part);

/* Moves a locked order to where its parts are, with the order's event; nothing when it is there, or over. */
const struct problem *follow_fulfilments(struct work *work, struct order_row *order, const struct parts *parts);

/*
 * cancel.c: cancels those parts of a locked order that have not left, and puts their stock back.  The order is the caller's to
 * move.
 */
const struct problem *cancel_unshipped(struct work *work, const struct parts *parts, const char *reason);

/*
 * cancel.c: cancels a locked order none of whose parts has left: its stock is free again, and the job of its event gives back
 * what was paid.  *cancelled is false, and nothing has changed, when one has left or the order is over.
 */
const struct problem *cancel_locked_order(struct work *work, struct order_row *order, const char *reason, bool *cancelled);

#endif
