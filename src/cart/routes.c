#include "cart/cart.h"

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

static const struct problem *
respond_cart(struct request *request)
{
	struct cart cart;

	TRY(read_cart(request->work, &cart));
	return respond(request, &cart);
}

static const struct problem *
add_item(struct request *request)
{
	const struct cart_add *body = BODY(request, struct cart_add);

	TRY(add_to_cart(request->work, body->variant, body->quantity));
	return respond_cart(request);
}

static const struct problem *
change_item(struct request *request)
{
	struct cart_item_id item;

	TRY(path_id(request, "id", &item.uuid));
	TRY(change_cart_item(request->work, item, BODY(request, struct cart_change)->quantity));
	return respond_cart(request);
}

static const struct problem *
remove_item(struct request *request)
{
	struct cart_item_id item;

	TRY(path_id(request, "id", &item.uuid));
	TRY(remove_cart_item(request->work, item));
	return respond_cart(request);
}

static const struct problem *
clear(struct request *request)
{
	TRY(cart_clear(request->work));
	return respond_nothing(request);
}

static const struct route routes[] = {
	{ GET, "/cart", .id = "showCart", .permission = PERMISSION(ORDER_PLACE), .answer = { 200, &cart_shape },
	    .errors = ERRORS(TOTAL_TOO_LARGE), .summary = "Show the cart with current prices", .handler = respond_cart,
	    .description =
		"Notices report what has changed since an item was added: its price, its stock, whether it is for sale." },
	{ DELETE, "/cart", .id = "clearCart", .unaudited = "a cart is its owner's own until it is ordered",
	    .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE, .answer = { 204 }, .summary = "Empty the cart",
	    .handler = clear },
	{ POST, "/cart/items", .id = "addCartItem", .unaudited = "a cart is its owner's own until it is ordered",
	    .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE, .body = &cart_add_shape,
	    .answer = { 200, &cart_shape },
	    .errors = ERRORS(NOT_FOUND, NOT_FOR_SALE, MIXED_CURRENCY, INSUFFICIENT_STOCK, TOTAL_TOO_LARGE),
	    .summary = "Add an item to the cart", .handler = add_item,
	    .description =
		"Adding a variant that is already in the cart increases its quantity.  More than the available quantity is rejected; details.available contains it.  All items of a cart must have the same currency." },
	{ PATCH, "/cart/items/{id}", .id = "changeCartItem", .unaudited = "a cart is its owner's own until it is ordered",
	    .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE, .body = &cart_change_shape,
	    .answer = { 200, &cart_shape }, .errors = ERRORS(NOT_FOUND, INSUFFICIENT_STOCK, TOTAL_TOO_LARGE),
	    .summary = "Change the quantity of an item", .handler = change_item },
	{ DELETE, "/cart/items/{id}", .id = "removeCartItem", .unaudited = "a cart is its owner's own until it is ordered",
	    .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE, .answer = { 200, &cart_shape },
	    .errors = ERRORS(NOT_FOUND, TOTAL_TOO_LARGE), .summary = "Remove an item from the cart", .handler = remove_item },
};
ROUTE_TABLE(cart_table, "Cart", "The items a customer intends to order.  A cart reserves no stock.", routes);
