/* The routes of coupons. */
#include "http/page.h"
#include "http/request.h"
#include "promotions/coupon.h"

PAGE(struct coupon_page, coupon_page_shape, "CouponPage", coupon_shape);

struct coupons_query {
	struct list_query   list;
	struct merchant_id *merchant;
	const char         *search;
};
static const struct member coupons_query_members[] = {
	LIST_QUERY(struct coupons_query),
	LIST_FORMAT(struct coupons_query),
	M_ID(struct coupons_query, merchant, "merchant"),
	M_TEXT(struct coupons_query, search, "search", COUPON_CODE_MAX, .min = 1, .example = "\"SPR\"",
	    .description = "What the code begins with."),
};
SHAPE(struct coupons_query, coupons_query_shape, "CouponsQuery", coupons_query_members);

struct coupon_query {
	const char *code;
};
static const struct member coupon_query_members[] = {
	M_TEXT(struct coupon_query, code, "code", COUPON_CODE_MAX, .required = true, .min = 1, .example = "\"SPRING\""),
};
SHAPE(struct coupon_query, coupon_query_shape, "CouponQuery", coupon_query_members);

static const struct problem *
respond_coupon(struct request *request, const struct coupon *coupon)
{
	return respond_tagged(request, coupon, coupon->id.uuid, coupon->version);
}

static const struct problem *
handle_list_coupons(struct request *request)
{
	const struct coupons_query *query = QUERY(request, struct coupons_query);
	struct coupon_page          answer;
	struct page_request         page;
	struct listed               listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_coupons(request->work, query->merchant, query->search, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
handle_check_coupon(struct request *request)
{
	struct coupon *coupon;

	TRY(check_coupon(request->work, QUERY(request, struct coupon_query)->code, &coupon));
	return respond(request, coupon);
}

static const struct problem *
handle_show_coupon(struct request *request)
{
	struct coupon_id id;
	struct coupon   *coupon;

	TRY(path_id(request, "id", &id.uuid));
	TRY(read_coupon(request->work, id, &coupon));
	return respond_coupon(request, coupon);
}

static const struct problem *
handle_create_coupon(struct request *request)
{
	struct coupon *coupon;

	TRY(create_coupon(request->work, BODY(request, struct coupon_body), &coupon));
	return respond_coupon(request, coupon);
}

static const struct problem *
handle_update_coupon(struct request *request)
{
	struct coupon_id id;
	struct coupon   *coupon;

	TRY(path_id(request, "id", &id.uuid));
	TRY(update_coupon(
	    request->work, id, request->route->body, BODY(request, struct coupon_body), expected_version(request), &coupon));
	return respond_coupon(request, coupon);
}

static const struct problem *
handle_delete_coupon(struct request *request)
{
	struct coupon_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(delete_coupon(request->work, id, expected_version(request)));
	return respond_nothing(request);
}

#define WRITERS (PERMISSION(COUPON_WRITE) | PERMISSION(COUPON_WRITE_OWN))

static const struct route routes[] = {
	{ GET, "/coupons", .id = "listCoupons", .permission = WRITERS, .by_key = true, .csv = true, .query = &coupons_query_shape,
	    .answer = { 200, &coupon_page_shape }, .errors = ERRORS(BAD_CURSOR), .summary = "List coupons, newest first",
	    .description = "Sellers see their own, staff all.", .handler = handle_list_coupons },
	{ GET, "/coupons/check", .id = "checkCoupon", .permission = PUBLIC, .optional_user = true, .limit = LIMIT_COUPON,
	    .query = &coupon_query_shape, .answer = { 200, &coupon_offer_shape },
	    .errors = ERRORS(NO_SUCH_COUPON, COUPON_NOT_STARTED, COUPON_ENDED, COUPON_SPENT), .summary = "Check a coupon's code",
	    .description = "Whether it can be used now, and for what; what it takes off an order says POST /orders/quote.",
	    .handler = handle_check_coupon },
	{ POST, "/coupons", .id = "createCoupon", .permission = WRITERS, .by_key = true, .writes = WRITES_DATABASE,
	    .body = &coupon_create_shape, .answer = { 201, &coupon_shape }, .errors = ERRORS(COUPON_CODE_TAKEN),
	    .summary = "Create a coupon",
	    .description = "A seller's is for the seller's goods and taken off what the seller earns; the shop's is borne by the "
			   "shop, so that the sellers earn as much as without it.",
	    .handler = handle_create_coupon },
	{ GET, "/coupons/{id}", .id = "showCoupon", .permission = WRITERS, .by_key = true, .tagged = true,
	    .answer = { 200, &coupon_shape }, .summary = "Show a coupon", .handler = handle_show_coupon },
	{ PUT, "/coupons/{id}", .id = "replaceCoupon", .permission = WRITERS, .by_key = true, .writes = WRITES_DATABASE,
	    .body = &coupon_create_shape, .answer = { 200, &coupon_shape }, .errors = ERRORS(VERSION_MISMATCH, COUPON_CODE_TAKEN),
	    .summary = "Replace a coupon; absent members are set to their defaults",
	    .description = "Existing orders keep what it took off them. A limit cannot be lowered below what has been used.",
	    .handler = handle_update_coupon },
	{ PATCH, "/coupons/{id}", .id = "changeCoupon", .permission = WRITERS, .by_key = true, .writes = WRITES_DATABASE,
	    .body = &coupon_change_shape, .answer = { 200, &coupon_shape }, .errors = ERRORS(VERSION_MISMATCH, COUPON_CODE_TAKEN),
	    .summary = "Update a coupon",
	    .description = "Existing orders keep what it took off them. A limit cannot be lowered below what has been used.",
	    .handler = handle_update_coupon },
	{ DELETE, "/coupons/{id}", .id = "deleteCoupon", .permission = WRITERS, .by_key = true, .writes = WRITES_DATABASE,
	    .answer = { 204, NULL }, .errors = ERRORS(VERSION_MISMATCH), .summary = "Delete a coupon",
	    .description = "Existing orders keep what it took off them; the code is free for another coupon.",
	    .handler = handle_delete_coupon },
};
ROUTE_TABLE(coupon_table, "Coupons", "Codes that make an order cheaper.", routes);
