/*
 * order.h: between the files of this folder: the shapes of an order, and the steps that quote and place share.
 */
#ifndef ORDER_H
#define ORDER_H

#include "base/shape.h"
#include "orders/orders.h"
#include "orders/price.h"
#include "orders/summary.h"
#include "store/version.h"
#include "store/work.h"

struct coupon_terms;
struct listed;
struct page_request;
struct request;

enum {
	ORDER_LINES_MAX = 100,
	ORDER_QUANTITY_MAX = 99,
	ORDER_NUMBER_MAX = 20,
	CANCEL_REASON_MAX = 500,
	ADDRESS_BYTES = 8192,
	TIMELINE_MAX = 100,
	TIMELINE_BYTES = 32768,
	PAYMENT_METHOD_MAX = 32
};

/* --- requests --- */

struct order_item_request {
	struct variant_id variant;
	int64_t           quantity;
};
SHAPE_DECLARE(struct order_item_request, order_item_request_shape);

struct order_request {
	struct address_id          shipping_address;
	struct address_id         *billing_address; /* NULL: the same */
	int                        shipping_method; /* enum shipping_method */
	const char                *coupon, *metadata;
	struct order_item_request *items; /* none: order the cart */
	size_t                     n_items;
};
SHAPE_DECLARE(struct order_request, order_request_shape);

/* --- answers --- */

/* An address as it was when the order was placed; kept as JSON in the order's row. */
struct order_address {
	const char *full_name, *phone, *line1, *line2, *city, *state, *postal_code, *country;
};
SHAPE_DECLARE(struct order_address, order_address_shape);

struct order_line {
	struct order_line_id id;
	struct variant_id    variant;
	struct product_id    product;
	struct merchant_id   merchant;
	const char          *name, *sku, *options;
	int64_t              quantity;
	struct money         unit_price, discount, tax, tax_included, total;
	int64_t             *cost_minor; /* of one, when it is placed; NULL: nobody knows */
	const char          *currency;   /* of a locked order's */
	const char          *slug;       /* of its product, when it is placed */
	const char          *tax_rate;   /* percent: "7.5"; NULL: not taxed, or placed before rates were kept */
};
SHAPE_DECLARE(struct order_line, order_line_shape);
SHAPE_DECLARE(struct order_line, quote_line_shape); /* without the id */

/* The options of a line, {"size":"M","colour":"red"}, as people read them: "size: M, colour: red", in the arena; NULL: none. */
const char *order_options_text(struct arena *arena, const char *json);

struct timeline_entry {
	const char    *type;
	struct instant created_at;
};
SHAPE_DECLARE(struct timeline_entry, timeline_entry_shape);

/* One event around an order; by is an index of timeline_by_values. */
struct timeline_event {
	struct event_id     id;
	const char         *type;
	struct uuid         subject;
	struct merchant_id *merchant;
	int                 by;
	struct instant      created_at;
};

enum { TIMELINE_EVENTS_MAX = 500 };
#define TIMELINE_EVENTS_SQL "500"

struct order_timeline {
	struct timeline_event *results;
	size_t                 n_results;
};
SHAPE_DECLARE(struct order_timeline, order_timeline_shape);

/* A whole order; for a seller, their part of it. */
struct order {
	struct order_id       id;
	const char           *number;
	struct user_id        customer;
	int                   status, payment_status, shipping_method;
	const char           *payment_method;
	struct order_line    *lines;
	size_t                n_lines;
	struct money          subtotal, discount, shipping, tax, tax_included, total, *refunded;
	const char           *currency;
	struct order_address *shipping_address, *billing_address;
	struct instant       *expires_at, *paid_at, *cancelled_at, created_at;
	const char           *cancel_reason, *metadata, *coupon;
	const char           *timeline; /* JSON array of timeline_entry */
	/* Not shown. */
	const char       *shipping_json, *billing_json;
	bool              whole;     /* not only a seller's part */
	struct coupon_id *coupon_id; /* of an order that is placed */
};
SHAPE_DECLARE(struct order, order_shape);
SHAPE_DECLARE(struct order, placed_order_shape);
SHAPE_DECLARE(struct order, quote_shape);

/* --- quote and place --- */

/* An order that is checked and priced, and not written yet. */
struct draft {
	const struct order_request *request;
	bool                        from_cart;
	struct order_address        shipping_address, billing_address;
	struct order_line          *lines; /* no variant twice */
	struct price                price;
	struct coupon_terms        *coupon; /* NULL: none */
};

/*
 * Checks a request and prices it: addresses, lines, offers, stock, currency, coupon.  `placing` locks the cart and the
 * order's gates (reserved.h; inside a transaction).  NOT_FOUND, CART_EMPTY, NOT_FOR_SALE, MIXED_CURRENCY, INSUFFICIENT_STOCK,
 * VALIDATION_FAILED, and the errors of coupon_usable, coupon_discount and price_order.
 */
const struct problem *draft_order(struct work *work, const struct order_request *request, bool placing, struct draft *draft);

/* Copies the draft's amounts and lines into *order. */
void draft_show(const struct draft *draft, struct order *order);

/* --- use-cases --- */

/*
 * Places the viewer's order, all or nothing, and returns it in *placed.  Inside a transaction.  Errors: those of
 * draft_order, take_coupon and reserve_stock.
 */
const struct problem *place_order(struct work *work, const struct order_request *request, struct order **placed);

/*
 * The order of an id or a number: whole for staff and its customer, only their part for a seller.  NOT_FOUND when the
 * viewer may not see it.  Two round trips.
 */
const struct problem *read_order(struct work *work, const char *id_or_number, struct order **order);

/*
 * cancel.c: the order of an id or a number that is the viewer's as its customer, or any for who may fulfil orders.  Sellers see an
 * order but do not act for it: others may have a part in it.  NOT_FOUND.
 */
const struct problem *find_own_order(struct work *work, const char *id_or_number, struct order_id *order);

/*
 * Cancels the order of an id or a number and releases its stock; the job of its event refunds what was paid.  Customers
 * cancel their own, who may fulfil orders any.  NOT_FOUND; ORDER_NOT_CANCELLABLE once it is shipped or over.  Inside a
 * transaction.
 */
const struct problem *cancel_order(struct work *work, const char *id_or_number, const char *reason);

/*
 * timeline.c: the first TIMELINE_EVENTS_MAX events of the order of an id or a number and of what belongs to it, the oldest first; a seller
 * sees of those only their own parts' and returns'.  NOT_FOUND when the viewer may not see it.
 */
const struct problem *read_timeline(struct work *work, const char *id_or_number, struct order_timeline *timeline);

/*
 * annotate.c: lays `metadata` (store/metadata.h) over what is kept with an order, inside a transaction.  NOT_FOUND; FORBIDDEN to
 * a seller of only a part of it; VALIDATION_FAILED when there are too many pairs; VERSION_MISMATCH unless they are
 * those of `expected` (metadata_version).
 */
const struct problem *change_order(struct work *work, const char *id_or_number, bool has_metadata, const char *metadata,
    const struct expected_version *expected);

/* Which orders; NULL: any. */
/* Closed orders of another system, and what was paid for them; see imported.h. */
enum imported_status { IMPORTED_COMPLETED, IMPORTED_CANCELLED, IMPORTED_REFUNDED };
enum imported_payment_status { IMPORTED_PAYMENT_SUCCEEDED, IMPORTED_PAYMENT_FAILED, IMPORTED_PAYMENT_REFUNDED };
extern const char *const imported_status_values[], *const imported_payment_status_values[];
enum { IMPORTED_NUMBER_MAX = 64 };

struct order_filter {
	int                *status, *payment_status;
	struct merchant_id *merchant;
	struct user_id     *customer;
	const char         *from, *to; /* a date or an RFC 3339 time; VALIDATION_FAILED when it is neither */
	const char         *search;    /* the number, or for who may read users the customer's address; whole */
};

/*
 * One page of the orders that the viewer may see, newest first: customers their own, sellers those with a part of theirs,
 * staff all.
 */
const struct problem *list_orders(struct work *work, const struct order_filter *filter, const struct page_request *page,
    struct order_summary **orders, struct listed *listed);

/* The shipping methods of a place and a currency; NULL is any. */
struct shipping_query {
	const char *country, *currency;
};
SHAPE_DECLARE(struct shipping_query, shipping_query_shape);

struct shipping_method_row {
	int         method;
	const char *country, *currency, *base, *per_item;
};

struct shipping_methods {
	struct shipping_method_row *results;
	size_t                      n_results;
};
SHAPE_DECLARE(struct shipping_methods, shipping_methods_shape);

/* The configured methods that serve the query, the first rule of each where place and currency are given. */
struct shipping_methods shipping_methods(struct work *work, const struct shipping_query *query);

#endif
