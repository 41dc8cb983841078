/* The routes of the wishlist. */
#include "cart/cart.h"
#include "cart/wishlist.h"

#include "catalog/product.h"
#include "exchange/display.h"
#include "http/page.h"
#include "http/request.h"

enum { PAGE_BYTES = 1000000 };

struct wishlist_query {
	struct list_query list;
	const char       *display_currency;
};

static const struct member wishlist_query_members[] = {
	LIST_QUERY(struct wishlist_query),
	M_DISPLAY_CURRENCY(struct wishlist_query),
};
SHAPE(struct wishlist_query, wishlist_query_shape, "WishlistQuery", wishlist_query_members);

struct wishlist_page {
	const char *results, *next, *previous;
};

static const struct member wishlist_page_members[] = {
	M_JSON(struct wishlist_page, results, "results", product_summary_shape, PAGE_BYTES, .required = true),
	PAGE_LINKS_(struct wishlist_page),
};
SHAPE(struct wishlist_page, wishlist_page_shape, "WishlistPage", wishlist_page_members);

struct to_cart {
	struct variant_id *variant;
	int64_t            quantity;
};

static const struct member to_cart_members[] = {
	M_ID(struct to_cart, variant, "variant_id", .description = "Required if the product has several variants."),
	M_INTEGER(struct to_cart, quantity, "quantity", 1, CART_QUANTITY_MAX, .defaulted = true, .preset = 1),
};
SHAPE(struct to_cart, to_cart_shape, "WishlistToCart", to_cart_members);

static const struct problem *
handle_list_wishlist(struct request *request)
{
	const struct wishlist_query *query = QUERY(request, struct wishlist_query);
	struct text                  products = text_new(request->work->arena, 8 * 1024);
	struct page_request          page;
	struct wishlist_page         answer;
	struct listed                listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_wishlist(request->work, &page, query->display_currency, &products, &listed));
	answer.results = products.bytes;
	page_fill_links(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
handle_add(struct request *request)
{
	TRY(add_to_wishlist(request->work, path_text(request, "product")));
	return respond_nothing(request);
}

static const struct problem *
handle_remove(struct request *request)
{
	TRY(remove_from_wishlist(request->work, path_text(request, "product")));
	return respond_nothing(request);
}

static const struct problem *
handle_to_cart(struct request *request)
{
	const struct to_cart *body = BODY(request, struct to_cart);
	struct cart_owner     owner = own_cart(request->work);
	struct cart           cart;

	TRY(move_to_cart(request->work, path_text(request, "product"), body->variant, body->quantity));
	TRY(read_cart(request->work, &owner, &cart));
	return respond(request, &cart);
}

#define OWN "a wishlist is its owner's own"

static const struct route wishlist_routes[] = {
	{ GET, "/wishlist", .id = "listWishlist", .permission = PERMISSION(ORDER_PLACE), .query = &wishlist_query_shape,
	    .answer = { 200, &wishlist_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List the products on your wishlist, the last added first",
	    .description = "Products that are not for sale any more are left out until they are again.",
	    .handler = handle_list_wishlist },
	{ PUT, "/wishlist/{product}", .id = "addToWishlist", .unaudited = OWN, .permission = PERMISSION(ORDER_PLACE),
	    .writes = WRITES_DATABASE, .answer = { 204, NULL }, .errors = ERRORS(NOT_FOUND, CONFLICT),
	    .summary = "Put a product on your wishlist, by id or slug; twice is once", .handler = handle_add },
	{ DELETE, "/wishlist/{product}", .id = "removeFromWishlist", .unaudited = OWN, .permission = PERMISSION(ORDER_PLACE),
	    .writes = WRITES_DATABASE, .answer = { 204, NULL }, .errors = ERRORS(NOT_FOUND),
	    .summary = "Take a product from your wishlist", .handler = handle_remove },
	{ POST, "/wishlist/{product}/to-cart", .id = "moveToCart", .unaudited = OWN, .permission = PERMISSION(ORDER_PLACE),
	    .writes = WRITES_DATABASE, .body = &to_cart_shape, .answer = { 200, &cart_shape },
	    .errors = ERRORS(NOT_FOUND, NOT_FOR_SALE, MIXED_CURRENCY, INSUFFICIENT_STOCK, TOTAL_TOO_LARGE),
	    .summary = "Move a product from your wishlist to the cart", .handler = handle_to_cart },
};

ROUTE_TABLE(wishlist_table, "Wishlist", "The products that a customer has put aside.", wishlist_routes);
