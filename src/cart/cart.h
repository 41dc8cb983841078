/*
 * cart.h: what a user means to buy.
 *
 * One cart a user, made when the first thing is put in.  Prices are live: the cart keeps only the price that was seen when
 * a thing was put in or changed, and says in a notice when another is asked now.  Nothing is reserved by a cart.
 */
#ifndef CART_H
#define CART_H

#include "base/shape.h"
#include "http/route.h"
#include "store/work.h"

enum { CART_LINES_MAX = 100, CART_QUANTITY_MAX = 99 };

extern const struct route_table cart_table;

/* One line of a cart, as an order needs it. */
struct cart_line {
	struct variant_id variant;
	int64_t           quantity;
};

/*
 * What the actor's cart holds, in the order it was put in; none when it is empty.  With `lock` (inside a transaction)
 * the cart stays as it is until the end, so that two orders at once cannot both take it.
 */
const struct problem *cart_lines(struct work *work, bool lock, struct cart_line **lines, size_t *count);

/* Takes everything out of the actor's cart. */
const struct problem *cart_clear(struct work *work);

/* --- between the files of this folder --- */

enum notice_code { NOTICE_PRICE_CHANGED, NOTICE_OUT_OF_STOCK, NOTICE_FEW_LEFT, NOTICE_NOT_FOR_SALE, NOTICE_OTHER_CURRENCY };

struct cart_notice {
	int                 code; /* enum notice_code */
	struct cart_item_id item;
	const char         *message;
};
SHAPE_DECLARE(struct cart_notice, cart_notice_shape);

struct cart_item {
	struct cart_item_id id;
	struct variant_id   variant;
	struct product_id   product;
	const char         *name, *slug, *sku, *options, *image;
	int64_t             quantity, available;
	struct money        unit_price, total;
	const char         *currency;
	bool                for_sale;
	/* Not shown. */
	int64_t             seen_price_minor;
	const char         *seen_currency;
};
SHAPE_DECLARE(struct cart_item, cart_item_shape);

struct cart {
	struct cart_item   *items;
	size_t              n_items;
	int64_t             quantity; /* of all lines */
	struct money        subtotal; /* of the lines that are for sale */
	const char         *currency; /* NULL while the cart is empty */
	struct cart_notice *notices;
	size_t              n_notices;
};
SHAPE_DECLARE(struct cart, cart_shape);

/* Reads the actor's cart whole, in one round trip. */
const struct problem *read_cart(struct work *work, struct cart *cart);

/*
 * Puts a variant in, or more of it.  NOT_FOUND, NOT_FOR_SALE, MIXED_CURRENCY; VALIDATION_FAILED when the line or the
 * cart would hold more than they may.
 */
const struct problem *add_to_cart(struct work *work, struct variant_id variant, int64_t quantity);

/* Sets a line's quantity, and takes its present price as seen.  NOT_FOUND. */
const struct problem *change_cart_item(struct work *work, struct cart_item_id item, int64_t quantity);

/* NOT_FOUND. */
const struct problem *remove_cart_item(struct work *work, struct cart_item_id item);

#endif
