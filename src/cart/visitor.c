#include "cart/visitor.h"

#include "cart/wishlist.h"

#include "base/arena.h"
#include "store/db.h"

static const struct member visitor_members[] = {
	M_TEXT(struct visitor, name, "name", 150, .computed = true, .example = "\"Amina Khatun\"",
	    .description = "Null of who has not signed in."),
	M_INTEGER(struct visitor, cart_count, "cart_count", 0, CART_LINES_MAX, .computed = true,
	    .description = "How many lines their cart has."),
	M_TEXTS(struct visitor, wishlist, n_wishlist, "wishlist", WISHLIST_MAX,
	    .example = "[\"0192f0c1-7a3b-7c4d-8e5f-0123456789ab\"]", .description = "The ids of the products on their wishlist."),
};
SHAPE_SHARED(struct visitor, visitor_shape, "Visitor", visitor_members);

struct wish {
	struct product_id product;
};

static const struct member wish_members[] = { M_ID(struct wish, product, "product_id") };
SHAPE(struct wish, wish_shape, "Wish", wish_members);

/* What the first statement finds. */
static const struct member known_members[] = {
	M_TEXT(struct visitor, name, "name", 150, .computed = true),
	M_INTEGER(struct visitor, cart_count, "cart_count", 0, CART_LINES_MAX, .computed = true),
};
SHAPE(struct visitor, known_shape, "KnownVisitor", known_members);

static const struct problem *
read_wishes(struct work *work, struct visitor *visitor)
{
	const char **ids = ARENA_ARRAY(work->arena, WISHLIST_MAX, const char *);
	struct wish *wishes;

	TRY(db_rows(work->db, &wish_shape, WISHLIST_MAX, &wishes, &visitor->n_wishlist,
	    "SELECT {} FROM wishlist_items WHERE user_id = ? LIMIT ?", P(work->viewer.user), P(WISHLIST_MAX)));
	for (size_t i = 0; i < visitor->n_wishlist; i++)
		ids[i] = uuid_text(work->arena, wishes[i].product.uuid);
	visitor->wishlist = ids;
	return OK;
}

const struct problem *
read_visitor(struct work *work, const struct cart_owner *owner, struct visitor **visitor)
{
	TRY(db_one(work->db, &known_shape, visitor,
	    "SELECT (SELECT full_name FROM users WHERE id = ?) AS name, (SELECT COUNT(*) FROM carts c JOIN cart_items i ON "
	    "i.cart_id = c.id WHERE " CART_OWNED ") AS cart_count",
	    P(owner->user), OWNER(owner)));
	return owner->user == NULL ? OK : read_wishes(work, *visitor);
}
