#include "orders/order.h"

#include "http/page.h"
#include "http/request.h"
#include "orders/state.h"
#include "store/metadata.h"

struct cancel_request {
	const char *reason;
};

static const struct member cancel_request_members[] = {
	M_TEXT(struct cancel_request, reason, "reason", CANCEL_REASON_MAX, .nullable = true),
};
SHAPE(struct cancel_request, cancel_request_shape, "CancelRequest", cancel_request_members);

struct order_list_query {
	struct list_query   list;
	struct order_filter filter;
};

static const struct member order_list_query_members[] = {
	LIST_QUERY(struct order_list_query),
	LIST_FORMAT(struct order_list_query),
	M_ENUM(struct order_list_query, filter.status, "status", order_status_values),
	M_ENUM(struct order_list_query, filter.payment_status, "payment_status", order_payment_status_values),
	M_ID(struct order_list_query, filter.merchant, "merchant", .description = "Only orders with products of this merchant."),
	M_TEXT(struct order_list_query, filter.search, "search", 254, .min = 1, .example = "\"ORD-7K3M9Q2XAB\"",
	    .description = "The whole number of an order or, for those who may read users, the customer's whole e-mail address."),
	M_ID(struct order_list_query, filter.customer, "customer", .description = "Only orders of this customer."),
	M_TEXT(struct order_list_query, filter.from, "from", 35, .min = 1, .example = "\"2026-01-01\"",
	    .description = "Placed at this time or later: a date or an RFC 3339 time."),
	M_TEXT(struct order_list_query, filter.to, "to", 35, .min = 1, .example = "\"2026-12-31\"",
	    .description = "Placed at this time or before: a date (to its end) or an RFC 3339 time."),
};
SHAPE(struct order_list_query, order_list_query_shape, "OrderListQuery", order_list_query_members);

PAGE(struct order_page, order_page_shape, "OrderPage", order_summary_shape);

static const struct problem *
show_orders(struct request *request)
{
	const struct order_list_query *query = QUERY(request, struct order_list_query);
	struct order_page              answer;
	struct page_request            page;
	struct listed                  listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_orders(request->work, &query->filter, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
list_shipping_methods(struct request *request)
{
	struct shipping_methods methods = shipping_methods(request->work, QUERY(request, struct shipping_query));

	return respond(request, &methods);
}

static const struct problem *
quote(struct request *request)
{
	struct draft draft;
	struct order answer = { .n_lines = 0 };

	TRY(draft_order(request->work, BODY(request, struct order_request), false, &draft));
	draft_show(&draft, &answer);
	return respond(request, &answer);
}

static const struct problem *
place(struct request *request)
{
	struct order *order;

	TRY(place_order(request->work, BODY(request, struct order_request), &order));
	return respond(request, order);
}

/* The id or number in the path; no order has the empty one, which stands for text that is not valid. */
static const char *
id_or_number(struct request *request)
{
	const char *text = path_text(request, "id");

	return text == NULL ? "" : text;
}

static const struct problem *
respond_order(struct request *request)
{
	struct order *order;

	TRY(read_order(request->work, id_or_number(request), &order));
	return respond_tagged(request, order, order->id.uuid, metadata_version(order->metadata));
}

static const struct problem *
show_timeline(struct request *request)
{
	struct order_timeline timeline;

	TRY(read_timeline(request->work, id_or_number(request), &timeline));
	return respond(request, &timeline);
}

static const struct problem *
cancel(struct request *request)
{
	TRY(cancel_order(request->work, id_or_number(request), BODY(request, struct cancel_request)->reason));
	return respond_order(request);
}

struct order_change {
	const char       *metadata;
	struct shape_seen seen;
};

static const struct member order_change_members[] = {
	M_METADATA_BODY(struct order_change, metadata),
};
SHAPE_PATCH(struct order_change, order_change_shape, "OrderChange", order_change_members, seen);

static const struct problem *
change(struct request *request)
{
	const struct order_change *body = BODY(request, struct order_change);

	TRY(change_order(request->work, id_or_number(request), shape_has(&order_change_shape, body, "metadata"), body->metadata,
	    expected_version(request)));
	return respond_order(request);
}

#define MAY_READ (PERMISSION(ORDER_PLACE) | PERMISSION(ORDER_READ_ALL) | PERMISSION(ORDER_READ_OWN))
#define DRAFT_ERRORS \
	NOT_FOUND, CART_EMPTY, NOT_FOR_SALE, MIXED_CURRENCY, INSUFFICIENT_STOCK, NOT_SHIPPED_THERE, NO_SUCH_COUPON, \
	    COUPON_NOT_STARTED, COUPON_ENDED, COUPON_SPENT, COUPON_MINIMUM, COUPON_NOT_FOR_THESE, COUPON_OTHER_CURRENCY, \
	    TOTAL_TOO_LARGE

static const struct route routes[] = {
	{ GET, "/shipping-methods", .id = "listShippingMethods", .permission = PUBLIC, .query = &shipping_query_shape,
	    .answer = { 200, &shipping_methods_shape }, .summary = "List shipping methods and their prices",
	    .handler = list_shipping_methods },
	{ POST, "/orders/quote", .id = "quoteOrder", .unaudited = "it keeps nothing", .permission = PERMISSION(ORDER_PLACE),
	    .keyless = true, .limit = LIMIT_COUPON, .limit_member = "coupon", .body = &order_request_shape,
	    .answer = { 200, &quote_shape }, .errors = ERRORS(DRAFT_ERRORS), .summary = "Quote an order", .handler = quote,
	    .description = "Checks and prices the same request as placing an order, and changes nothing." },
	{ POST, "/orders", .id = "placeOrder", .unaudited = "the order and its event keep who placed it, when and what",
	    .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE, .limit = LIMIT_COUPON, .limit_member = "coupon",
	    .body = &order_request_shape, .answer = { 201, &placed_order_shape },
	    .errors = ERRORS(DRAFT_ERRORS, TOO_MUCH_RESERVED), .summary = "Place an order", .handler = place,
	    .description =
		"Orders the given items, or those in the cart, which is then emptied.  All or nothing; the stock is reserved until expires_at." },
	{ GET, "/orders", .id = "listOrders", .permission = MAY_READ, .csv = true, .query = &order_list_query_shape,
	    .answer = { 200, &order_page_shape }, .errors = ERRORS(BAD_CURSOR), .summary = "List orders, newest first",
	    .handler = show_orders,
	    .description = "Customers see their own orders, sellers those with their products, staff all." },
	{ GET, "/orders/{id}", .id = "showOrder", .tagged = true, .permission = MAY_READ, .answer = { 200, &order_shape },
	    .summary = "Show an order by its id or number", .handler = respond_order,
	    .description = "Sellers see their own part: its items, its totals and the shipping address." },
	{ GET, "/orders/{id}/timeline", .id = "showTimeline", .permission = MAY_READ, .answer = { 200, &order_timeline_shape },
	    .summary = "Show what has happened to an order", .handler = show_timeline,
	    .description =
		"Its events and those of its payments, refunds, fulfilments and returns, the oldest first; they stay as long as "
		"the order. Sellers see the order's own and those of their part." },
	{ PATCH, "/orders/{id}", .id = "changeOrder", .permission = PERMISSION(ORDER_FULFIL) | PERMISSION(ORDER_FULFIL_OWN),
	    .writes = WRITES_DATABASE, .body = &order_change_shape, .answer = { 200, &order_shape },
	    .errors = ERRORS(VERSION_MISMATCH), .summary = "Change what is kept with an order", .handler = change,
	    .description =
		"For staff, and for the seller of all of its items. If-Match is of the metadata alone: nothing else that "
		"happens to the order meanwhile refuses the change." },
	{ POST, "/orders/{id}/cancel", .id = "cancelOrder", .permission = PERMISSION(ORDER_PLACE) | PERMISSION(ORDER_FULFIL),
	    .writes = WRITES_DATABASE, .body = &cancel_request_shape, .answer = { 200, &order_shape },
	    .errors = ERRORS(ORDER_NOT_CANCELLABLE), .summary = "Cancel an order before it is shipped", .handler = cancel,
	    .description = "Its stock is released immediately; a payment is refunded automatically." },
};
ROUTE_TABLE(order_table, "Orders", "Quoting, placing, reading and cancelling orders.", routes);
