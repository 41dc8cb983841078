/*
 * cart.h: the cart of a user, or of a guest.
 *
 * Each user has one, created when the first item is added.  A guest's belongs to whoever has its token, of which the database
 * knows the hash, and is merged into the user's after sign-in.  Prices are current: the cart keeps the price that was seen
 * when an item was added or changed, and a notice tells when it has changed since.  A cart reserves no stock.
 */
#ifndef CART_H
#define CART_H

#include "base/shape.h"
#include "http/route.h"
#include "store/work.h"

enum { CART_LINES_MAX = 100, CART_QUANTITY_MAX = 99 };

extern const struct route_table cart_table, wishlist_table, visitor_table;

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

/* Whose cart: one of the two, the other is NULL. */
struct cart_owner {
	const struct user_id *user;
	struct bytes          token_hash;
};
static inline struct cart_owner
own_cart(const struct work *work)
{
	return (struct cart_owner) { .user = &work->viewer.user };
}

/* Removes all items of the cart. */
const struct problem *cart_clear(struct work *work, const struct cart_owner *owner);

/* --- between the files of this folder --- */

/* The condition that a cart `c` is the owner's, and its parameters; NULL equals nothing. */
#define CART_OWNED "(c.user_id = ? OR c.guest_token_hash = ?)"
#define OWNER(owner) P((owner)->user), P((owner)->token_hash)

enum notice_code {
	NOTICE_PRICE_CHANGED,
	NOTICE_OUT_OF_STOCK,
	NOTICE_FEW_LEFT,
	NOTICE_NOT_FOR_SALE,
	NOTICE_OTHER_CURRENCY,
	NOTICE_QUANTITY_CUT,
	NOTICE_CART_FULL
};

struct cart_notice {
	int                  code; /* enum notice_code */
	struct cart_item_id *item; /* NULL: it is not in the cart */
	struct variant_id    variant;
	const char          *message;
};
SHAPE_DECLARE(struct cart_notice, cart_notice_shape);

struct cart_item {
	struct cart_item_id id;
	struct variant_id   variant;
	struct product_id   product;
	const char         *name, *slug, *sku, *options, *image;
	int64_t             quantity, available;
	struct money        unit_price, total, *display_price;
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
	int64_t             quantity;         /* of all items */
	struct money        subtotal;         /* of the items that are for sale */
	struct money       *display_subtotal; /* as display_cart has set it */
	const char         *currency;         /* NULL while the cart is empty */
	struct cart_notice *notices;
	size_t              n_notices;
};
SHAPE_DECLARE(struct cart, cart_shape);

/* Reads the cart in one round trip.  TOTAL_TOO_LARGE. */
const struct problem *read_cart(struct work *work, const struct cart_owner *owner, struct cart *cart);

/* Set its prices in that currency, too (exchange/display.h); nothing for NULL. */
const struct problem *display_cart(struct work *work, struct cart *cart, const char *currency);

/* Locks the owner's cart and keeps it for longer, if it is a guest's; a user's is made where there is none.  NOT_FOUND. */
const struct problem *lock_cart(struct work *work, const struct cart_owner *owner);

/* What a cart holds, to decide whether one more item fits. */
struct cart_room {
	int64_t     lines, quantity; /* in the cart; of the variant, 0 when it is not in */
	const char *currency;        /* of any line, NULL while there is none */
	struct uuid cart;
};
const struct problem *read_room(
    struct work *work, const struct cart_owner *owner, struct variant_id variant, struct cart_room **room);

/* Tells that a cart has its first items: cart.started; `merged`: a guest's, of whose cart that was told before. */
const struct problem *tell_started(struct work *work, const struct cart_owner *owner, struct uuid cart, struct cart_line *lines,
    size_t count, const char *currency, bool merged);

struct guest_cart {
	const char    *token;
	struct instant expires_at;
};
SHAPE_DECLARE(struct guest_cart, guest_cart_shape);

/* A new cart of whoever has the token.  Inside a transaction. */
const struct problem *create_guest_cart(struct work *work, struct guest_cart *cart);

/* The cart of a token; NOT_FOUND when there is none, or not any more. */
const struct problem *find_guest_cart(struct work *work, const char *token, struct cart_owner *owner);

/*
 * Moves what is in the token's cart into the viewer's, and ends that cart.  What is not there any more is cut or left out, and so
 * is what has another currency: *notices say so.  Nothing at all where there is no such cart (any more).  Inside a transaction.
 */
const struct problem *merge_guest_cart(struct work *work, const char *token, struct cart_notice **notices, size_t *count);

/*
 * Adds a variant, or raises its quantity; the first item of an empty cart is cart.started.  NOT_FOUND, NOT_FOR_SALE, MIXED_CURRENCY; INSUFFICIENT_STOCK when more would be in
 * the cart than is available; VALIDATION_FAILED when the item or the cart would exceed its limit.  Inside a transaction.
 */
const struct problem *add_to_cart(struct work *work, const struct cart_owner *owner, struct variant_id variant, int64_t quantity);

/*
 * Sets an item's quantity, and its current price as seen.  NOT_FOUND, VALIDATION_FAILED; INSUFFICIENT_STOCK when it rises
 * above what is available.  Inside a transaction.
 */
const struct problem *change_cart_item(
    struct work *work, const struct cart_owner *owner, struct cart_item_id item, int64_t quantity);

/* coupon.c: the code of the coupon that the next order of the cart is to have; *code is NULL when there is none. */
const struct problem *read_cart_coupon(struct work *work, const struct cart_owner *owner, const char **code);

/*
 * Keeps another one; NULL: none.  NOT_FOUND without a cart; NO_SUCH_COUPON, COUPON_NOT_STARTED, COUPON_ENDED, COUPON_SPENT.  What else
 * a coupon asks for depends on the order, which checks it again.  Inside a transaction.
 */
const struct problem *set_cart_coupon(struct work *work, const struct cart_owner *owner, const char *code);

/* Removes an item.  NOT_FOUND.  Inside a transaction. */
const struct problem *remove_cart_item(struct work *work, const struct cart_owner *owner, struct cart_item_id item);

#endif
