/* cart_page.h: the cart, as its page shows it.  For the files of this folder. */
#ifndef PAGES_CART_PAGE_H
#define PAGES_CART_PAGE_H

#include "cart/cart.h"
#include "pages/site.h"
#include "pages/trouble.h"

/* A line, with what has changed since it was put in. */
struct cart_row {
	struct cart_item_id id;
	const char         *name, *slug, *options, *image; /* options, image: NULL where there are none */
	int64_t             quantity, available;
	struct money        unit_price, total, *was; /* was: the price that was seen; NULL: it is the same */
	bool                is_gone, is_foreign, is_sold_out, is_few;
};
SHAPE_DECLARE(struct cart_row, cart_row_shape);

struct cart_view {
	struct site      site;
	const char      *script;
	int64_t          quantity; /* of all lines */
	struct cart_row *rows;
	size_t           n_rows;
	struct money     subtotal;
	const char      *coupon, *typed_coupon; /* that is kept; that was refused */
	struct trouble   trouble;
	bool             is_empty, is_blocked; /* is_blocked: it cannot be ordered as it is */
	bool             is_signed_in, may_order;
};
SHAPE_DECLARE(struct cart_view, cart_view_shape);

/* Whose cart a browser shows: of who is signed in their own, else the one of its cookie.  NOT_FOUND without one. */
const struct problem *cart_of(struct request *request, struct cart_owner *owner);

/* The lines of a cart, in the arena. */
struct cart_row *cart_rows(struct work *work, const struct cart *cart);

#endif
