/*
 * fulfilment.h: between the files of this folder: a part of an order on its way, and the steps it takes.
 *
 * Its row and its transitions are in orders/fulfilments.h.  Sellers see and move their own part, who may fulfil orders any; a
 * customer cancels a part that has not left.  A step locks the order, then its payment where money is concerned, then the order's
 * parts, then stock.
 */
#ifndef FULFILMENT_H
#define FULFILMENT_H

#include "http/page.h"
#include "orders/fulfilments.h"

/* Who sells a part. */
struct seller {
	struct merchant_id id;
	const char        *shop_name;
};

/* A part as it is shown. */
struct shown_fulfilment {
	struct fulfilment row;
	struct seller    *seller;
};
SHAPE_DECLARE(struct shown_fulfilment, fulfilment_shape);

/* A part among many. */
struct fulfilment_summary {
	struct fulfilment_id id;
	struct order_id      order;
	struct merchant_id   merchant;
	int                  status; /* enum fulfilment_status */
	int64_t              units;
	struct money         total; /* as struct fulfilment has it */
	const char          *number, *shop_name, *currency, *carrier, *tracking;
	struct instant      *packed_at, *shipped_at, *delivered_at, created_at;
};
SHAPE_DECLARE(struct fulfilment_summary, fulfilment_summary_shape);

/* Each NULL: any. */
struct fulfilment_filter {
	int                *status; /* enum fulfilment_status */
	struct merchant_id *merchant;
	const char         *number; /* of the order */
};
struct fulfilments_query {
	struct list_query        list;
	int                     *ordering;
	struct fulfilment_filter filter;
};
SHAPE_DECLARE(struct fulfilments_query, fulfilments_query_shape);

/* list.c: one page of the parts of all orders, of the viewer's shop or, for who may read all orders, of all.  BAD_CURSOR. */
const struct problem *list_fulfilments(struct work *work, const struct fulfilment_filter *filter, const struct page_request *page,
    struct fulfilment_summary **fulfilments, struct listed *listed);

/* show.c: the parts of an order, by its id or number, that the viewer may see; NOT_FOUND when they may not see the order. */
const struct problem *fulfilments_of_order(
    struct work *work, const char *id_or_number, struct shown_fulfilment **fulfilments, size_t *count);

/* The part of that id, which the viewer has just moved. */
const struct problem *read_fulfilment(struct work *work, struct fulfilment_id id, struct shown_fulfilment **fulfilment);

/* step.c: a part, locked with all others of its order. */
struct step {
	struct order_row  *order;
	struct parts       parts;
	struct fulfilment *part; /* of these */
};

/* Whose step it is. */
enum stepper { SELLER_STEPS, CUSTOMER_STEPS_TOO };

/* The order of a part that the viewer may move; NOT_FOUND. */
const struct problem *find_part(struct work *work, struct fulfilment_id id, enum stepper who, struct order_id *order);

/* Locks the parts of a locked order, of which `id` is one. */
const struct problem *lock_part(struct work *work, struct order_row *order, struct fulfilment_id id, struct step *step);

/* Inside a transaction each.  NOT_FOUND; FULFILMENT_STATE when the table does not have it, or the order is over; UNDER_REVIEW. */
const struct problem *pack_fulfilment(struct work *work, struct fulfilment_id id);
const struct problem *unpack_fulfilment(struct work *work, struct fulfilment_id id);
const struct problem *deliver_fulfilment(struct work *work, struct fulfilment_id id);

/* How it travels; either may be NULL. */
struct shipment {
	const char *carrier, *tracking;
};

/* Ships it; one that is shipped already has its carrier and tracking corrected. */
const struct problem *ship_fulfilment(struct work *work, struct fulfilment_id id, const struct shipment *shipment);

/* One that came back, and which of its lines are to be sold again. */
struct returned_line {
	struct order_line_id line;
	bool                 restock;
};
struct parcel_return {
	const char           *reason;
	struct returned_line *lines;
	size_t                n_lines;
};

/*
 * end.c: cancels a part that has not left, or takes one back that its customer did not take.  Its stock is back, and what was
 * paid for its goods is claimed, or struck of the cash that is to be collected; shipping goes back with the last part, when none has
 * left.  Inside a transaction.
 */
const struct problem *cancel_fulfilment(struct work *work, struct fulfilment_id id, const char *reason);
const struct problem *return_fulfilment(struct work *work, struct fulfilment_id id, const struct parcel_return *back);

#endif
