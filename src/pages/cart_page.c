/* The page of the cart, and what its forms do. */
#include "pages/cart_page.h"

#include "base/arena.h"
#include "base/config.h"
#include "cart/wishlist.h"
#include "http/face.h"
#include "orders/order.h"
#include "pages/assets.h"
#include "pages/form_view.h"
#include "pages/pages.h"
#include "pages/site_problem.h"
#include "promotions/promotions.h"
#include "store/db.h"

#include <string.h>

static const struct member cart_row_members[] = {
	M_ID(struct cart_row, id, "id"),
	M_TEXT(struct cart_row, name, "name", 200),
	M_TEXT(struct cart_row, slug, "slug", 230),
	M_TEXT(struct cart_row, options, "options", 400),
	M_TEXT(struct cart_row, image, "image", 2048),
	M_INTEGER(struct cart_row, quantity, "quantity", 1, CART_QUANTITY_MAX),
	M_INTEGER(struct cart_row, available, "available", 0, INT64_MAX),
	M_MONEY(struct cart_row, unit_price, "unit_price"),
	M_MONEY(struct cart_row, total, "total"),
	M_MONEY(struct cart_row, was, "was"),
	M_BOOLEAN(struct cart_row, is_gone, "is_gone"),
	M_BOOLEAN(struct cart_row, is_foreign, "is_foreign"),
	M_BOOLEAN(struct cart_row, is_sold_out, "is_sold_out"),
	M_BOOLEAN(struct cart_row, is_few, "is_few"),
};
SHAPE_SHARED(struct cart_row, cart_row_shape, "CartRow", cart_row_members);

static const struct member cart_view_members[] = {
	M_SITE(struct cart_view),
	M_TEXT(struct cart_view, script, "script", 100),
	M_INTEGER(struct cart_view, quantity, "quantity", 0, CART_LINES_MAX *CART_QUANTITY_MAX),
	M_ARRAY(struct cart_view, rows, n_rows, "rows", cart_row_shape, CART_LINES_MAX),
	M_MONEY(struct cart_view, subtotal, "subtotal"),
	M_TEXT(struct cart_view, coupon, "coupon", COUPON_CODE_MAX),
	M_TEXT(struct cart_view, typed_coupon, "typed_coupon", COUPON_CODE_MAX),
	TROUBLE_MEMBERS(struct cart_view),
	M_BOOLEAN(struct cart_view, is_empty, "is_empty"),
	M_BOOLEAN(struct cart_view, is_blocked, "is_blocked"),
	M_BOOLEAN(struct cart_view, is_signed_in, "is_signed_in"),
	M_BOOLEAN(struct cart_view, may_order, "may_order"),
};
SHAPE_SHARED(struct cart_view, cart_view_shape, "CartView", cart_view_members);

struct put_form {
	struct variant_id variant;
	int64_t           quantity;
};

static const struct member put_form_members[] = {
	M_ID(struct put_form, variant, "variant_id", .required = true),
	M_INTEGER(struct put_form, quantity, "quantity", 1, CART_QUANTITY_MAX, .defaulted = true, .preset = 1),
};
SHAPE(struct put_form, put_form_shape, "PutForm", put_form_members);

struct quantity_form {
	int64_t quantity;
};

static const struct member quantity_form_members[] = {
	M_INTEGER(struct quantity_form, quantity, "quantity", 0, CART_QUANTITY_MAX, .required = true),
};
SHAPE(struct quantity_form, quantity_form_shape, "QuantityForm", quantity_form_members);

struct coupon_form {
	const char *coupon;
};

static const struct member coupon_form_members[] = {
	M_TEXT(struct coupon_form, coupon, "coupon", COUPON_CODE_MAX, .example = "\"WELCOME10\""),
};
SHAPE(struct coupon_form, coupon_form_shape, "CouponForm", coupon_form_members);

static bool
is_signed_in(const struct work *work)
{
	return !uuid_is_nil(work->viewer.user.uuid);
}

static bool
may_order(const struct work *work)
{
	return !is_signed_in(work) || MAY(work, ORDER_PLACE);
}

const struct problem *
cart_of(struct request *request, struct cart_owner *owner)
{
	const char *token = cart_token(request);

	*owner = own_cart(request->work);
	if (is_signed_in(request->work))
		return OK;
	return token == NULL ? problem(NOT_FOUND, "cart not found") : find_guest_cart(request->work, token, owner);
}

/* ---- what it shows ---- */

static struct cart_row
row_of(struct work *work, const struct cart *cart, const struct cart_item *item)
{
	const bool same = strcmp(item->currency, cart->currency) == 0;

	struct cart_row row = { .id = item->id,
		.name = item->name,
		.slug = item->slug,
		.options = order_options_text(work->arena, item->options),
		.image = item->image,
		.quantity = item->quantity,
		.available = item->available < 0 ? 0 : item->available,
		.unit_price = item->unit_price,
		.total = item->total,
		.is_gone = !item->for_sale,
		.is_foreign = item->for_sale && !same,
		.is_sold_out = item->for_sale && item->available <= 0,
		.is_few = item->for_sale && item->available > 0 && item->available < item->quantity };

	if (item->for_sale && item->unit_price.minor != item->seen_price_minor &&
	    strcmp(item->currency, item->seen_currency) == 0) {
		row.was = ARENA_NEW(work->arena, struct money);
		*row.was = item->unit_price;
		row.was->minor = item->seen_price_minor;
	}
	return row;
}

struct cart_row *
cart_rows(struct work *work, const struct cart *cart)
{
	struct cart_row *rows = ARENA_ARRAY(work->arena, cart->n_items, struct cart_row);

	for (size_t i = 0; i < cart->n_items; i++)
		rows[i] = row_of(work, cart, &cart->items[i]);
	return rows;
}

static const struct problem *
fill_view(struct request *request, struct cart_view *view)
{
	struct work          *work = request->work;
	struct cart_owner     owner;
	struct cart           cart;
	const struct problem *problem = cart_of(request, &owner);

	view->site = site_at(request, "/cart");
	view->is_signed_in = is_signed_in(work);
	view->may_order = may_order(work);
	view->script = ASSET_CART_JS;
	view->is_empty = true;
	if (problem_is(problem, PROBLEM_NOT_FOUND))
		return OK;
	TRY(problem);
	TRY(read_cart(work, &owner, &cart));
	TRY(read_cart_coupon(work, &owner, &view->coupon));
	view->rows = cart_rows(work, &cart);
	view->n_rows = cart.n_items;
	view->is_empty = cart.n_items == 0;
	view->quantity = cart.quantity;
	view->subtotal = cart.subtotal;
	for (size_t i = 0; i < view->n_rows; i++)
		if (view->rows[i].is_gone || view->rows[i].is_foreign || view->rows[i].is_sold_out || view->rows[i].is_few)
			view->is_blocked = true;
	return OK;
}

static const struct problem *
show_cart_page(struct request *request)
{
	struct cart_view view = { .coupon = NULL };

	TRY(fill_view(request, &view));
	return site_respond_own(request, SITE_CART, &view, 200);
}

/* The cart as it is, and above it what was not done. */
static void
show_cart_problem(struct request *request, const struct problem *problem)
{
	struct cart_view view = { .coupon = NULL };

	if (request->route->body == &coupon_form_shape)
		view.typed_coupon = form_text(request, "coupon");
	if (!trouble_of(request->work->arena, problem, &view.trouble) || fill_view(request, &view) != OK)
		site_show_problem(request, problem);
	else
		site_respond_own(request, SITE_CART, &view, problem_status(problem->code));
}

/* ---- what it does ---- */

static const struct problem *
lead_to_cart(struct request *request)
{
	return respond_redirect(request, arena_format(request->work->arena, "%s/cart", site_base(request)));
}

/*
 * By somebody who may have a cart, from a page of ours: a browser brings no cookie from elsewhere, and would be given another cart in
 * place of its own.
 */
static const struct problem *
check_sender(const struct request *request)
{
	TRY(face_check_site(request));
	return may_order(request->work) ? OK : problem(FORBIDDEN, "the account cannot order");
}

/* The cart to put something into: of a guest who has none (any more) a new one, whose token is *token then. */
static const struct problem *
cart_to_fill(struct request *request, struct cart_owner *owner, const char **token)
{
	const struct problem *problem = cart_of(request, owner);
	struct guest_cart     cart;

	*token = is_signed_in(request->work) ? NULL : cart_token(request);
	if (!problem_is(problem, PROBLEM_NOT_FOUND))
		return problem;
	TRY(create_guest_cart(request->work, &cart));
	*token = cart.token;
	return find_guest_cart(request->work, cart.token, owner);
}

static const struct problem *
put_on_page(struct request *request)
{
	const struct put_form *form = BODY(request, struct put_form);
	struct cart_owner      owner;
	const char            *token;

	TRY(check_sender(request));
	TRY(cart_to_fill(request, &owner, &token));
	TRY(add_to_cart(request->work, &owner, form->variant, form->quantity));
	if (token != NULL)
		face_set_cart(request, token, request->work->config->orders.guest_cart_days * 24 * 3600);
	return lead_to_cart(request);
}

static const struct problem *
find_item(struct request *request, struct cart_owner *owner, struct cart_item_id *item)
{
	TRY(path_id(request, "id", &item->uuid));
	return cart_of(request, owner);
}

static const struct problem *
remove_on_page(struct request *request)
{
	struct cart_owner     owner;
	struct cart_item_id   item;
	const struct problem *problem;

	TRY(find_item(request, &owner, &item));
	problem = remove_cart_item(request->work, &owner, item);
	/* Removed already, by the same form or in another window: what was wanted is so. */
	return problem == OK || problem_is(problem, PROBLEM_NOT_FOUND) ? lead_to_cart(request) : problem;
}

static const struct problem *
change_on_page(struct request *request)
{
	const int64_t       quantity = BODY(request, struct quantity_form)->quantity;
	struct cart_owner   owner;
	struct cart_item_id item;

	if (quantity == 0)
		return remove_on_page(request);
	TRY(find_item(request, &owner, &item));
	TRY(change_cart_item(request->work, &owner, item, quantity));
	return lead_to_cart(request);
}

static const struct problem *
put_aside_on_page(struct request *request)
{
	struct work        *work = request->work;
	struct cart_owner   owner;
	struct cart_item_id item;
	struct cart         cart;

	TRY(find_item(request, &owner, &item));
	TRY(read_cart(work, &owner, &cart));
	for (size_t i = 0; i < cart.n_items; i++) {
		if (!ID_EQUAL(cart.items[i].id, item))
			continue;
		TRY(add_to_wishlist(work, uuid_text(work->arena, cart.items[i].product.uuid)));
		TRY(remove_cart_item(work, &owner, item));
	}
	return lead_to_cart(request);
}

static const struct problem *
set_coupon_on_page(struct request *request)
{
	struct cart_owner owner;

	TRY(check_sender(request));
	TRY(cart_of(request, &owner));
	TRY(set_cart_coupon(request->work, &owner, BODY(request, struct coupon_form)->coupon));
	return lead_to_cart(request);
}

#define CART_FORM \
	.unaudited = "a cart is its owner's own until it is ordered", .outside = true, .writes = WRITES_DATABASE, \
	.keyless = true, .answer = { 303, NULL }, .answer_type = PAGE_TYPE, .show_problem = show_cart_problem
#define ANYBODYS .permission = PUBLIC, .optional_user = true, .guest = true

static const struct route cart_page_routes[] = {
	{ GET, "/cart", .id = "showCartPage", ANYBODYS, .outside = true, .answer = { 200, NULL }, .answer_type = PAGE_TYPE,
	    .errors = ERRORS(TOTAL_TOO_LARGE), .show_problem = site_show_problem, .summary = "The page of the cart",
	    .description = "Of who is signed in their own; of a guest the one whose token is in the cookie.",
	    .handler = show_cart_page },
	{ POST, "/cart/items", .id = "putOnPage", CART_FORM, ANYBODYS, .once = true, .takes = TAKES_FORM, .body = &put_form_shape,
	    .errors = ERRORS(FORBIDDEN, NOT_FOUND, NOT_FOR_SALE, MIXED_CURRENCY, INSUFFICIENT_STOCK),
	    .summary = "Put something into the cart", .description = "A guest's first makes their cart, and sets its cookie.",
	    .handler = put_on_page },
	{ POST, "/cart/items/{id}", .id = "changeOnPage", CART_FORM, ANYBODYS, .takes = TAKES_FORM, .body = &quantity_form_shape,
	    .errors = ERRORS(FORBIDDEN, NOT_FOUND, INSUFFICIENT_STOCK), .summary = "Change how many there are of a line",
	    .description = "0 removes it.", .handler = change_on_page },
	{ POST, "/cart/items/{id}/remove", .id = "removeOnPage", CART_FORM, ANYBODYS, .errors = ERRORS(FORBIDDEN, NOT_FOUND),
	    .summary = "Remove a line", .handler = remove_on_page },
	{ POST, "/cart/items/{id}/to-wishlist", .id = "putAsideOnPage", CART_FORM, .permission = PERMISSION(ORDER_PLACE),
	    .errors = ERRORS(NOT_FOUND, CONFLICT, TOTAL_TOO_LARGE), .summary = "Move a line to the wishlist",
	    .handler = put_aside_on_page },
	{ POST, "/cart/coupon", .id = "setCouponOnPage", CART_FORM, ANYBODYS, .limit = LIMIT_COUPON, .limit_member = "coupon",
	    .takes = TAKES_FORM, .body = &coupon_form_shape,
	    .errors = ERRORS(FORBIDDEN, NOT_FOUND, NO_SUCH_COUPON, COUPON_NOT_STARTED, COUPON_ENDED, COUPON_SPENT),
	    .summary = "Keep a coupon with the cart, or none", .handler = set_coupon_on_page },
};
ROUTE_TABLE(cart_page_table, "Cart page", "The cart of a browser.", cart_page_routes);
