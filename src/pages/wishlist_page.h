/* wishlist_page.h: what the page of a customer's wishlist shows.  For the files of this folder. */
#ifndef PAGES_WISHLIST_PAGE_H
#define PAGES_WISHLIST_PAGE_H

#include "pages/site.h"

/* Why a product was not moved to the cart. */
enum wish_notice { WISH_SOLD_OUT, WISH_NOT_FOR_SALE, WISH_OTHER_CURRENCY, WISH_CART_FULL, WISH_LIST_FULL };

struct wishlist_view {
	struct site site;
	const char *products, *next, *previous;
	bool        is_empty;
	int        *notice; /* enum wish_notice; NULL: none */
};
SHAPE_DECLARE(struct wishlist_view, wishlist_view_shape);

#endif
