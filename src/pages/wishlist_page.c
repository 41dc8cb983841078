/* The page of a customer's wishlist, and the forms that change it. */
#include "pages/wishlist_page.h"

#include "base/arena.h"
#include "cart/cart.h"
#include "cart/wishlist.h"
#include "catalog/product.h"
#include "http/page.h"
#include "http/permission.h"
#include "pages/pages.h"
#include "pages/site_problem.h"

enum { JSON_BYTES = 1000000 };

static const char *const wish_notices[] = { "sold_out", "not_for_sale", "other_currency", "cart_full", "list_full", NULL };

static const struct member wishlist_view_members[] = {
	M_SITE(struct wishlist_view),
	M_JSON(struct wishlist_view, products, "products", product_summary_shape, JSON_BYTES),
	M_TEXT(struct wishlist_view, next, "next", 4400),
	M_TEXT(struct wishlist_view, previous, "previous", 4400),
	M_BOOLEAN(struct wishlist_view, is_empty, "is_empty"),
	M_ENUM(struct wishlist_view, notice, "wish_notice", wish_notices),
};
SHAPE_SHARED(struct wishlist_view, wishlist_view_shape, "WishlistView", wishlist_view_members);

struct wishlist_page_query {
	struct list_query list;
};

static const struct member wishlist_page_query_members[] = { LIST_QUERY(struct wishlist_page_query) };
SHAPE(struct wishlist_page_query, wishlist_page_query_shape, "WishlistPageQuery", wishlist_page_query_members);

static const struct problem *
respond_wishlist(struct request *request, const struct list_query *query, int *notice, int status)
{
	struct text          products = text_new(request->work->arena, 8 * 1024);
	struct wishlist_view view = { .site = site_of(request, false), .notice = notice };
	struct page_request  page;
	struct listed        listed;

	TRY(page_read(request, query, NULL, 0, &page));
	TRY(list_wishlist(request->work, &page, NULL, &products, &listed));
	view.products = products.bytes;
	view.is_empty = listed.count == 0;
	page_fill_links(request, &page, &listed, &view);
	view.next = site_address(request, view.next);
	view.previous = site_address(request, view.previous);
	return site_respond_own(request, SITE_WISHLIST, &view, status);
}

static const struct problem *
show_wishlist(struct request *request)
{
	return respond_wishlist(request, &QUERY(request, struct wishlist_page_query)->list, NULL, 200);
}

/* The list again from its beginning, with what was not done and why; a problem that it cannot say is returned. */
static const struct problem *
say_problem(struct request *request, const struct problem *problem)
{
	static const struct {
		enum problem_code code;
		enum wish_notice  notice;
	} notices[] = {
		{ PROBLEM_INSUFFICIENT_STOCK, WISH_SOLD_OUT },
		{ PROBLEM_NOT_FOR_SALE, WISH_NOT_FOR_SALE },
		{ PROBLEM_MIXED_CURRENCY, WISH_OTHER_CURRENCY },
		{ PROBLEM_TOTAL_TOO_LARGE, WISH_CART_FULL },
		{ PROBLEM_CONFLICT, WISH_LIST_FULL },
	};
	const struct list_query first = { .limit = 12 };

	for (size_t i = 0; i < sizeof notices / sizeof *notices; i++)
		if (problem_is(problem, notices[i].code)) {
			int notice = notices[i].notice;

			return respond_wishlist(request, &first, &notice, problem_status(problem->code));
		}
	return problem;
}

static const struct problem *
lead_to_wishlist(struct request *request)
{
	return respond_redirect(request, site_address(request, "/wishlist"));
}

static const struct problem *
add_on_page(struct request *request)
{
	const struct problem *problem =
	    db_transaction(request->work, add_to_wishlist(request->work, path_text(request, "product")));

	return problem == OK ? lead_to_wishlist(request) : say_problem(request, problem);
}

static const struct problem *
remove_on_page(struct request *request)
{
	TRY(db_transaction(request->work, remove_from_wishlist(request->work, path_text(request, "product"))));
	return lead_to_wishlist(request);
}

/* A product that comes in several kinds is chosen on its own page. */
static const struct problem *
move_on_page(struct request *request)
{
	const char           *product = path_text(request, "product");
	const struct problem *problem = db_transaction(request->work, move_to_cart(request->work, product, NULL, 1));

	if (problem_is(problem, PROBLEM_VALIDATION_FAILED))
		return respond_redirect(
		    request, site_address(request, arena_format(request->work->arena, "/products/%s", product)));
	return problem == OK ? respond_redirect(request, site_address(request, "/cart")) : say_problem(request, problem);
}

#define OWN "a wishlist is its owner's own"

#define OWN_PAGE \
	.permission = PERMISSION(ORDER_PLACE), .outside = true, .answer_type = PAGE_TYPE, .show_problem = site_show_problem

#define OWN_FORM .unaudited = OWN, .writes = WRITES_ITSELF, .keyless = true, .answer = { 303, NULL }, OWN_PAGE

static const struct route wishlist_pages[] = {
	{ GET, "/wishlist", .id = "showWishlistPage", .query = &wishlist_page_query_shape, .answer = { 200, NULL }, OWN_PAGE,
	    .errors = ERRORS(BAD_CURSOR), .summary = "The products that a customer has put aside", .handler = show_wishlist },
	{ POST, "/wishlist/{product}", .id = "addToWishlistOnPage", OWN_FORM, .errors = ERRORS(NOT_FOUND, CONFLICT),
	    .summary = "Put a product aside", .handler = add_on_page },
	{ POST, "/wishlist/{product}/remove", .id = "removeFromWishlistOnPage", OWN_FORM, .errors = ERRORS(NOT_FOUND),
	    .summary = "Take a product from the wishlist", .handler = remove_on_page },
	{ POST, "/wishlist/{product}/to-cart", .id = "moveToCartOnPage", OWN_FORM,
	    .errors = ERRORS(NOT_FOUND, NOT_FOR_SALE, MIXED_CURRENCY, INSUFFICIENT_STOCK, TOTAL_TOO_LARGE),
	    .summary = "Move a product from the wishlist to the cart", .handler = move_on_page },
};
ROUTE_TABLE(wishlist_pages_table, "Wishlist pages", "What a customer has put aside, for people.", wishlist_pages);
