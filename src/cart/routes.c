#include "cart/cart.h"

#include "exchange/display.h"
#include "http/face.h"
#include "http/request.h"

struct cart_add {
	struct variant_id variant;
	int64_t           quantity;
};

static const struct member cart_add_members[] = {
	M_ID(struct cart_add, variant, "variant_id", .required = true),
	M_INTEGER(struct cart_add, quantity, "quantity", 1, CART_QUANTITY_MAX, .defaulted = true, .preset = 1),
};
SHAPE(struct cart_add, cart_add_shape, "CartAdd", cart_add_members);

struct cart_change {
	int64_t quantity;
};

static const struct member cart_change_members[] = {
	M_INTEGER(struct cart_change, quantity, "quantity", 1, CART_QUANTITY_MAX, .required = true),
};
SHAPE(struct cart_change, cart_change_shape, "CartChange", cart_change_members);

struct cart_merge {
	const char *token;
};

static const struct member cart_merge_members[] = {
	M_TEXT(struct cart_merge, token, "token", 64, .required = true, .min = 1),
};
SHAPE(struct cart_merge, cart_merge_shape, "CartMerge", cart_merge_members);

/* The cart of the guest's token; who is signed in has one of their own. */
static const struct problem *
owner_of(struct request *request, struct cart_owner *owner)
{
	const char *token = cart_token(request);

	*owner = own_cart(request->work);
	return token == NULL ? OK : find_guest_cart(request->work, token, owner);
}

static const struct problem *
respond_cart(struct request *request, const struct cart_owner *owner)
{
	struct cart cart;

	TRY(read_cart(request->work, owner, &cart));
	TRY(display_cart(request->work, &cart, QUERY(request, struct display_query)->display_currency));
	return respond(request, &cart);
}

static const struct problem *
show(struct request *request)
{
	struct cart_owner owner;

	TRY(owner_of(request, &owner));
	return respond_cart(request, &owner);
}

static const struct problem *
add_item(struct request *request)
{
	const struct cart_add *body = BODY(request, struct cart_add);
	struct cart_owner      owner;

	TRY(owner_of(request, &owner));
	TRY(add_to_cart(request->work, &owner, body->variant, body->quantity));
	return respond_cart(request, &owner);
}

static const struct problem *
change_item(struct request *request)
{
	struct cart_item_id item;
	struct cart_owner   owner;

	TRY(path_id(request, "id", &item.uuid));
	TRY(owner_of(request, &owner));
	TRY(change_cart_item(request->work, &owner, item, BODY(request, struct cart_change)->quantity));
	return respond_cart(request, &owner);
}

static const struct problem *
remove_item(struct request *request)
{
	struct cart_item_id item;
	struct cart_owner   owner;

	TRY(path_id(request, "id", &item.uuid));
	TRY(owner_of(request, &owner));
	TRY(remove_cart_item(request->work, &owner, item));
	return respond_cart(request, &owner);
}

static const struct problem *
clear(struct request *request)
{
	struct cart_owner owner;

	TRY(owner_of(request, &owner));
	TRY(cart_clear(request->work, &owner));
	return respond_nothing(request);
}

static const struct problem *
create(struct request *request)
{
	struct guest_cart cart;

	TRY(create_guest_cart(request->work, &cart));
	return respond(request, &cart);
}

static const struct problem *
merge(struct request *request)
{
	struct cart_owner   owner = own_cart(request->work);
	struct cart_notice *notices;
	struct cart         cart;
	size_t              count;

	TRY(merge_guest_cart(request->work, BODY(request, struct cart_merge)->token, &notices, &count));
	TRY(read_cart(request->work, &owner, &cart));
	TRY(display_cart(request->work, &cart, QUERY(request, struct display_query)->display_currency));
	for (size_t i = 0; i < count; i++)
		cart.notices[cart.n_notices++] = notices[i];
	return respond(request, &cart);
}

static const struct route routes[] = {
	{ GET, "/cart", .id = "showCart", .permission = PERMISSION(ORDER_PLACE), .guest = true, .query = &display_query_shape,
	    .answer = { 200, &cart_shape }, .errors = ERRORS(NOT_FOUND, TOTAL_TOO_LARGE),
	    .summary = "Show the cart with current prices", .handler = show,
	    .description =
		"Notices report what has changed since an item was added: its price, its stock, whether it is for sale.  Of who is "
		"signed in it is their own cart, whatever token they send." },
	{ DELETE, "/cart", .id = "clearCart", .unaudited = "a cart is its owner's own until it is ordered",
	    .permission = PERMISSION(ORDER_PLACE), .guest = true, .writes = WRITES_DATABASE, .answer = { 204 },
	    .errors = ERRORS(NOT_FOUND), .summary = "Empty the cart", .handler = clear },
	{ POST, "/cart/items", .id = "addCartItem", .unaudited = "a cart is its owner's own until it is ordered",
	    .permission = PERMISSION(ORDER_PLACE), .guest = true, .writes = WRITES_DATABASE, .query = &display_query_shape,
	    .body = &cart_add_shape, .answer = { 200, &cart_shape },
	    .errors = ERRORS(NOT_FOUND, NOT_FOR_SALE, MIXED_CURRENCY, INSUFFICIENT_STOCK, TOTAL_TOO_LARGE),
	    .summary = "Add an item to the cart", .handler = add_item,
	    .description =
		"Adding a variant that is already in the cart increases its quantity.  More than the available quantity is rejected; details.available contains it.  All items of a cart must have the same currency." },
	{ PATCH, "/cart/items/{id}", .id = "changeCartItem", .unaudited = "a cart is its owner's own until it is ordered",
	    .permission = PERMISSION(ORDER_PLACE), .guest = true, .writes = WRITES_DATABASE, .query = &display_query_shape,
	    .body = &cart_change_shape, .answer = { 200, &cart_shape },
	    .errors = ERRORS(NOT_FOUND, INSUFFICIENT_STOCK, TOTAL_TOO_LARGE), .summary = "Change the quantity of an item",
	    .handler = change_item },
	{ DELETE, "/cart/items/{id}", .id = "removeCartItem", .unaudited = "a cart is its owner's own until it is ordered",
	    .permission = PERMISSION(ORDER_PLACE), .guest = true, .writes = WRITES_DATABASE, .query = &display_query_shape,
	    .answer = { 200, &cart_shape }, .errors = ERRORS(NOT_FOUND, TOTAL_TOO_LARGE),
	    .summary = "Remove an item from the cart", .handler = remove_item },
	{ POST, "/carts", .id = "createGuestCart", .unaudited = "a cart is its owner's own until it is ordered",
	    .permission = PUBLIC, .writes = WRITES_DATABASE, .keyless = true, .answer = { 201, &guest_cart_shape },
	    .summary = "Create a guest's cart",
	    .description = "Its token, sent as X-Cart-Token, opens it; the cart is kept for some days after its last change.",
	    .handler = create },
	{ POST, "/cart/merge", .id = "mergeCart", .unaudited = "a cart is its owner's own until it is ordered",
	    .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE, .keyless = true, .query = &display_query_shape,
	    .body = &cart_merge_shape, .answer = { 200, &cart_shape }, .errors = ERRORS(TOTAL_TOO_LARGE),
	    .summary = "Merge a guest's cart into one's own",
	    .description =
		"Quantities are cut to what is there, and items of another currency stay out; notices say so.  The guest's "
		"cart ends; to merge it again changes nothing.",
	    .handler = merge },
};
ROUTE_TABLE(cart_table, "Cart", "The items a customer intends to order.  A cart reserves no stock.", routes);
