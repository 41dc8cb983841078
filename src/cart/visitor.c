/* What pages that are the same for everybody show of who looks at them: one small call of their script. */
#include "cart/cart.h"
#include "cart/wishlist.h"

#include "base/arena.h"
#include "http/face.h"
#include "http/request.h"
#include "store/db.h"

struct visitor {
	const char        *name; /* NULL: a guest */
	int64_t            cart_count;
	const char *const *wishlist; /* ids of products */
	size_t             n_wishlist;
};

static const struct member visitor_members[] = {
	M_TEXT(struct visitor, name, "name", 150, .computed = true, .example = "\"Amina Khatun\"",
	    .description = "Null of who has not signed in."),
	M_INTEGER(struct visitor, cart_count, "cart_count", 0, CART_LINES_MAX, .computed = true,
	    .description = "How many lines their cart has."),
	M_TEXTS(struct visitor, wishlist, n_wishlist, "wishlist", WISHLIST_MAX,
	    .example = "[\"0192f0c1-7a3b-7c4d-8e5f-0123456789ab\"]", .description = "The ids of the products on their wishlist."),
};
SHAPE(struct visitor, visitor_shape, "Visitor", visitor_members);

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

static const struct problem *
read_visitor(struct work *work, const struct cart_owner *owner, struct visitor **visitor)
{
	return db_one(work->db, &known_shape, visitor,
	    "SELECT (SELECT full_name FROM users WHERE id = ?) AS name, (SELECT COUNT(*) FROM carts c JOIN cart_items i ON "
	    "i.cart_id = c.id WHERE " CART_OWNED ") AS cart_count",
	    P(owner->user), OWNER(owner));
}

static const struct problem *
handle_show_visitor(struct request *request)
{
	struct work          *work = request->work;
	const char           *token = cart_token(request);
	struct cart_owner     owner = own_cart(work);
	struct visitor        nobody = { .name = NULL }, *visitor = &nobody;
	const bool            is_guest = uuid_is_nil(work->viewer.user.uuid);
	const struct problem *problem = is_guest && token != NULL ? find_guest_cart(work, token, &owner) : OK;

	respond_header(request, "Cache-Control", "private, no-store");
	/* A cart whose time is over is as good as none. */
	if (problem_is(problem, PROBLEM_NOT_FOUND))
		return respond(request, &nobody);
	TRY(problem);
	if (is_guest && token == NULL)
		return respond(request, &nobody);
	TRY(read_visitor(work, &owner, &visitor));
	if (!is_guest)
		TRY(read_wishes(work, visitor));
	return respond(request, visitor);
}

static const struct route visitor_routes[] = {
	{ GET, "/visitor", .id = "showVisitor", .permission = PUBLIC, .optional_user = true, .guest = true,
	    .answer = { 200, &visitor_shape }, .summary = "Show what pages say of who looks at them",
	    .description = "Their name, how many lines their cart has, and what is on their wishlist; of nobody, nothing.",
	    .handler = handle_show_visitor },
};
ROUTE_TABLE(visitor_table, "Visitor", "Who looks at the shop.", visitor_routes);
