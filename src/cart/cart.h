/*
 * cart.h: the cart of a user.
 *
 * Each user has one, created when the first item is added.  Prices are current: the cart keeps the price that was seen
 * when an item was added or changed, and a notice tells when it has changed since.  A cart reserves no stock.
 */
#ifndef CART_H
#define CART_H

#include "base/shape.h"
#include "http/route.h"
#include "store/work.h"

enum { CART_LINES_MAX = 100, CART_QUANTITY_MAX = 99 };

extern const struct route_table cart_table, wishlist_table;

/* One line of a cart, as an order needs it. */
struct cart_line {
	struct variant_id variant;
	int64_t           quantity;
};
SHAPE_DECLARE(struct cart_line, cart_line_shape);

/*
 * The items of the viewer's cart, in the order they were added.  `lock` locks them (inside a transaction), so that two
 * orders at once cannot both take them.
 */
const struct problem *cart_lines(struct work *work, bool lock, struct cart_line **lines, size_t *count);

/* Removes all items of the viewer's cart. */
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
	int64_t     seen_price_minor;
	const char *seen_currency;
};
SHAPE_DECLARE(struct cart_item, cart_item_shape);

struct cart {
	struct cart_item   *items;
	size_t              n_items;
	int64_t             quantity; /* of all items */
	struct money        subtotal; /* of the items that are for sale */
	const char         *currency; /* NULL while the cart is empty */
	struct cart_notice *notices;
	size_t              n_notices;
};
SHAPE_DECLARE(struct cart, cart_shape);

/* Reads the viewer's cart in one round trip.  TOTAL_TOO_LARGE. */
const struct problem *read_cart(struct work *work, struct cart *cart);

/*
 * Adds a variant, or raises its quantity; the first item of an empty cart is cart.started.  NOT_FOUND, NOT_FOR_SALE, MIXED_CURRENCY; INSUFFICIENT_STOCK when more would be in
 * the cart than is available; VALIDATION_FAILED when the item or the cart would exceed its limit.  Inside a transaction.
 */
const struct problem *add_to_cart(struct work *work, struct variant_id variant, int64_t quantity);

/*
 * Sets an item's quantity, and its current price as seen.  NOT_FOUND, VALIDATION_FAILED; INSUFFICIENT_STOCK when it rises
 * above what is available.  Inside a transaction.
 */
const struct problem *change_cart_item(struct work *work, struct cart_item_id item, int64_t quantity);

/* Removes an item.  NOT_FOUND.  Inside a transaction. */
const struct problem *remove_cart_item(struct work *work, struct cart_item_id item);

#endif
