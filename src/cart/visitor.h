/* visitor.h: what pages that are the same for everybody show of who looks at them: one small call of their script. */
#ifndef VISITOR_H
#define VISITOR_H

#include "cart/cart.h"

struct visitor {
	const char        *name; /* NULL: a guest */
	int64_t            cart_count;
	const char *const *wishlist; /* ids of products */
	size_t             n_wishlist;
};

SHAPE_DECLARE(struct visitor, visitor_shape);

/* Of the owner of a cart, who is the viewer, or a guest: two statements, or one. */
const struct problem *read_visitor(struct work *work, const struct cart_owner *owner, struct visitor **visitor);

#endif
