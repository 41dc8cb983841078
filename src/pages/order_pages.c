/* The pages of a customer's orders: the list, and one with what can be done about it. */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "fulfilment/fulfilment.h"
#include "http/page.h"
#include "http/request.h"
#include "orders/state.h"
#include "pages/assets.h"
#include "pages/order_view.h"
#include "pages/pages.h"
#include "pages/site_problem.h"
#include "payments/provider.h"

struct order_list_page_query {
	struct list_query list;
};

static const struct member order_list_page_query_members[] = { LIST_QUERY(struct order_list_page_query) };
SHAPE(struct order_list_page_query, order_list_page_query_shape, "OrderListPageQuery", order_list_page_query_members);

static const struct problem *
show_order_list(struct request *request)
{
	const struct order_filter own = { .status = NULL };
	struct order_list_view    view = { .site = site_of(request, false), .script = ASSET_LIVE_JS };
	struct page_request       page;
	struct order_summary     *orders;
	struct listed             listed;

	TRY(page_read(request, &QUERY(request, struct order_list_page_query)->list, NULL, 0, &page));
	TRY(list_orders(request->work, &own, &page, &orders, &listed));
	view.orders = ARENA_ARRAY(request->work->arena, listed.count + 1, struct order_card);
	for (size_t i = 0; i < listed.count; i++)
		view.orders[view.n_orders++] = (struct order_card) { &orders[i], orders[i].status };
	page_fill_links(request, &page, &listed, &view);
	if (view.next == NULL)
		TRY(has_imported(request->work, &view.imported));
	view.next = site_address(request, view.next);
	view.previous = site_address(request, view.previous);
	return site_respond_own(request, SITE_ORDERS, &view, 200);
}

/* What was bought of the shop before it was here: to be looked at, and nothing else. */
static const struct problem *
show_imported_list(struct request *request)
{
	struct work                 *work = request->work;
	const struct imported_filter own = { .customer = &work->viewer.user };
	struct imported_list_view    view = { .site = site_of(request, false) };
	struct page_request          page;
	struct imported_summary     *orders;
	struct listed                listed;

	TRY(page_read(request, &QUERY(request, struct order_list_page_query)->list, NULL, 0, &page));
	TRY(list_imported(work, &own, &page, &orders, &listed));
	view.orders = ARENA_ARRAY(work->arena, listed.count + 1, struct imported_card);
	for (size_t i = 0; i < listed.count; i++)
		view.orders[view.n_orders++] = (struct imported_card) { &orders[i], orders[i].status };
	page_fill_links(request, &page, &listed, &view);
	view.next = site_address(request, view.next);
	view.previous = site_address(request, view.previous);
	return site_respond_own(request, SITE_IMPORTED_ORDERS, &view, 200);
}

static const struct problem *
show_order(struct request *request)
{
	struct order_view view = { .notice = NULL };
	const char       *why = query_value(request->work->arena, request->query, "notice");
	int               notice = why == NULL ? -1 : value_index(order_notices, why);

	TRY(order_view_fill(request, &view));
	if (notice >= 0 && (view.money == MONEY_OPEN || view.money == MONEY_DECLINED))
		view.notice = &notice;
	return site_respond_own(request, SITE_ORDER, &view, 200);
}

/* Back to the page, which shows what has become of it. */
static const struct problem *
lead_to_order(struct request *request)
{
	return respond_redirect(
	    request, arena_format(request->work->arena, "%s/orders/%s", site_base(request), path_text(request, "number")));
}

bool
order_notice_of(const struct problem *problem, int *notice)
{
	static const struct {
		enum problem_code code;
		enum order_notice notice;
	} notices[] = {
		{ PROBLEM_VALIDATION_FAILED, NOTICE_REASON_MISSING },
		{ PROBLEM_ORDER_NOT_CANCELLABLE, NOTICE_NOT_CANCELLABLE },
		{ PROBLEM_FULFILMENT_STATE, NOTICE_PART_HAS_LEFT },
		{ PROBLEM_NOT_RETURNABLE, NOTICE_NOT_RETURNABLE },
		{ PROBLEM_RETURN_STATE, NOTICE_RETURN_HAS_MOVED },
		{ PROBLEM_ORDER_NOT_PAYABLE, NOTICE_NOT_PAYABLE },
		{ PROBLEM_MERCHANT_INACTIVE, NOTICE_NOT_PAYABLE },
		{ PROBLEM_PAYMENT_IN_PROGRESS, NOTICE_PAYMENT_WAITS },
		{ PROBLEM_PAYMENT_STATE, NOTICE_PAYMENT_WAITS },
		{ PROBLEM_PROVIDER_UNAVAILABLE, NOTICE_PROVIDER_AWAY },
		{ PROBLEM_PROVIDER_REFUSED, NOTICE_PROVIDER_REFUSED },
		{ PROBLEM_PROVIDER_UNSUPPORTED, NOTICE_PROVIDER_REFUSED },
		{ PROBLEM_AMOUNT_UNSUPPORTED, NOTICE_PROVIDER_REFUSED },
		{ PROBLEM_PAYMENT_REFUSED, NOTICE_PROVIDER_REFUSED },
		{ PROBLEM_TOO_MANY_DECLINES, NOTICE_TOO_MANY_TRIES },
		{ PROBLEM_TOO_MANY_ATTEMPTS, NOTICE_TOO_MANY_TRIES },
	};

	for (size_t i = 0; i < sizeof notices / sizeof *notices; i++)
		if (problem_is(problem, notices[i].code)) {
			*notice = notices[i].notice;
			return true;
		}
	return false;
}

/* The order of the path, when it is the viewer's own. */
static const struct problem *
own_order(struct request *request, struct order **order)
{
	const char *number = path_text(request, "number");

	TRY(read_order(request->work, number == NULL ? "" : number, order));
	return ID_EQUAL((*order)->customer, request->work->viewer.user) ? OK : problem(NOT_FOUND, "order not found");
}

/* ---- cancelling ---- */

struct cancel_form {
	const char           *reason;
	struct fulfilment_id *part;
};

static const struct member cancel_form_members[] = {
	M_TEXT(struct cancel_form, reason, "reason", CANCEL_REASON_MAX, .example = "\"ordered twice\""),
	M_ID(struct cancel_form, part, "part", .description = "The parcel; by default the whole order."),
};
SHAPE(struct cancel_form, cancel_form_shape, "OrderCancelForm", cancel_form_members);

static const struct problem *
reason_missing(const struct work *work)
{
	return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "reason", "is required");
}

/* The part is one of the order in the path. */
static const struct problem *
cancel_part(struct work *work, struct order_id order, struct fulfilment_id part, const char *reason)
{
	struct order_id of;

	TRY(find_part(work, part, CUSTOMER_STEPS_TOO, &of));
	if (!ID_EQUAL(of, order))
		return problem(NOT_FOUND, "parcel not found");
	return cancel_fulfilment(work, part, reason);
}

static const struct problem *
cancel_on_page(struct request *request)
{
	const struct cancel_form *form = BODY(request, struct cancel_form);
	struct work              *work = request->work;
	struct order             *order;
	const char               *reason = form->reason == NULL || *form->reason == '\0' ? NULL : form->reason;

	TRY(own_order(request, &order));
	if (form->part == NULL)
		TRY(cancel_order(work, order->number, reason));
	else if (reason == NULL)
		return reason_missing(work);
	else
		TRY(cancel_part(work, order->id, *form->part, reason));
	return lead_to_order(request);
}

/* ---- sending back ---- */

struct return_form {
	struct order_line_id line;
	int64_t              quantity;
	const char          *reason;
};

static const struct member return_form_members[] = {
	M_ID(struct return_form, line, "line_id", .required = true),
	M_INTEGER(struct return_form, quantity, "quantity", 1, ORDER_QUANTITY_MAX, .defaulted = true, .preset = 1),
	M_TEXT(struct return_form, reason, "reason", CANCEL_REASON_MAX, .example = "\"too small\""),
};
SHAPE(struct return_form, return_form_shape, "OrderReturnForm", return_form_members);

static const struct problem *
return_on_page(struct request *request)
{
	const struct return_form *form = BODY(request, struct return_form);
	struct work              *work = request->work;
	struct wanted_line        line = { form->line, form->quantity, form->reason };
	struct return_request     wanted = { &line, 1 };
	struct order             *order;
	struct return_id          id;
	const struct problem     *problem;

	TRY(own_order(request, &order));
	if (form->reason == NULL || *form->reason == '\0')
		return reason_missing(work);
	problem = request_return(work, order->number, &wanted, &id);
	if (problem_is(problem, PROBLEM_VALIDATION_FAILED))
		return problem(NOT_FOUND, "the order has no such line");
	TRY(problem);
	return lead_to_order(request);
}

static const struct problem *
cancel_return_on_page(struct request *request)
{
	struct work         *work = request->work;
	struct order        *order;
	struct goods_return *back;
	struct return_id     id;

	TRY(own_order(request, &order));
	TRY(path_id(request, "return", &id.uuid));
	TRY(read_return(work, id, &back));
	if (!ID_EQUAL(back->order, order->id))
		return problem(NOT_FOUND, "return not found");
	TRY(cancel_return(work, id));
	return lead_to_order(request);
}

/* The page again, with what was not done and why. */
static void
show_order_problem(struct request *request, const struct problem *problem)
{
	const struct return_form *back = request->route->body == &return_form_shape ? request->body : NULL;
	struct order_view         view = { .notice = NULL };
	int                       notice;

	if (back != NULL) {
		view.asked = &back->line;
		view.typed = back->reason;
	}
	if (request->body == NULL || !order_notice_of(problem, &notice) || order_view_fill(request, &view) != OK) {
		site_show_problem(request, problem);
		return;
	}
	if (notice == NOTICE_NOT_RETURNABLE && view.asked_left > 0)
		notice = NOTICE_TOO_MANY_PIECES;
	view.notice = &notice;
	site_respond_own(request, SITE_ORDER, &view, problem_status(problem->code));
}

/* ---- paying ---- */

struct pay_form {
	const char *provider;
};

static const struct member pay_form_members[] = {
	M_TEXT(struct pay_form, provider, "provider", 32, .required = true, .min = 1, .example = "\"stripe\""),
};
SHAPE(struct pay_form, pay_form_shape, "OrderPayForm", pay_form_members);

static const struct problem *
pay_on_page(struct request *request)
{
	struct work           *work = request->work;
	const struct provider *provider = provider_enabled(work->config, BODY(request, struct pay_form)->provider);
	struct order          *order;
	struct payment_link    link;
	struct payment        *payment;

	TRY(own_order(request, &order));
	TRY(find_order_link(work, order->id, &link));
	if (link.state != LINK_PAYABLE)
		return problem(ORDER_NOT_PAYABLE, "the order cannot be paid any more");
	if (provider == NULL || !order_is_paid_by(work, &link, provider))
		return problem(PROVIDER_UNSUPPORTED, "the order cannot be paid in this way");
	link.return_url =
	    arena_format(work->arena, "%s%s/orders/%s", work->config->public_url, site_base(request), order->number);
	TRY(begin_by_link(work, &link, provider, &payment));
	if (provider->collects != COLLECTED_BY_PROVIDER)
		return lead_to_order(request);
	return respond_redirect(request, arena_format(work->arena, "%s/pay/%s", site_base(request), payment->reference));
}

#define OWNS .permission = PERMISSION(ORDER_PLACE), .outside = true, .answer_type = PAGE_TYPE
#define OWN_PAGE OWNS, .show_problem = site_show_problem
#define FORM OWNS, .keyless = true, .takes = TAKES_FORM, .answer = { 303, NULL }, .show_problem = show_order_problem
#define OWN_FORM FORM, .writes = WRITES_DATABASE, .once = true

static const struct route order_pages[] = {
	{ GET, "/orders", .id = "showOrdersPage", .query = &order_list_page_query_shape, .answer = { 200, NULL }, OWN_PAGE,
	    .errors = ERRORS(BAD_CURSOR), .summary = "A customer's orders, newest first", .handler = show_order_list },
	{ GET, "/orders/imported", .id = "showImportedOrdersPage", .query = &order_list_page_query_shape, .answer = { 200, NULL },
	    OWN_PAGE, .errors = ERRORS(BAD_CURSOR), .summary = "A customer's orders of a former system, newest first",
	    .handler = show_imported_list },
	{ GET, "/orders/{number}", .id = "showOrderPage", .any_query = true, .answer = { 200, NULL }, OWN_PAGE,
	    .errors = ERRORS(NOT_FOUND), .summary = "An order: where it is, and what can be done about it",
	    .description =
		"Where browsers come back to from paying; of what stands behind the address only a notice is looked at, which says why "
		"paying has not begun.",
	    .handler = show_order },
	{ POST, "/orders/{number}/cancel", .id = "cancelOnPage", .body = &cancel_form_shape, OWN_FORM,
	    .errors = ERRORS(NOT_FOUND, ORDER_NOT_CANCELLABLE, FULFILMENT_STATE, MERCHANT_INACTIVE, PAYMENT_STATE),
	    .summary = "Cancel an order, or a parcel that has not left", .handler = cancel_on_page },
	{ POST, "/orders/{number}/returns", .id = "returnOnPage", .body = &return_form_shape, OWN_FORM,
	    .errors = ERRORS(NOT_FOUND, NOT_RETURNABLE), .summary = "Ask to send pieces of a line back",
	    .handler = return_on_page },
	{ POST, "/orders/{number}/returns/{return}/cancel", .id = "cancelReturnOnPage", OWN_FORM,
	    .errors = ERRORS(NOT_FOUND, RETURN_STATE), .summary = "Keep goods after all", .handler = cancel_return_on_page },
	{ POST, "/orders/{number}/pay", .id = "payOnPage", .unaudited = "the payment and its event keep what was begun and when",
	    FORM, .pool = POOL_PAY, .writes = WRITES_PROVIDER, .limit = LIMIT_PAYMENT, .body = &pay_form_shape,
	    .errors = ERRORS(NOT_FOUND, ORDER_NOT_PAYABLE, MERCHANT_INACTIVE, PAYMENT_IN_PROGRESS, PAYMENT_STATE,
		PROVIDER_UNAVAILABLE, PROVIDER_REFUSED, PROVIDER_UNSUPPORTED, AMOUNT_UNSUPPORTED, PAYMENT_REFUSED,
		TOO_MANY_DECLINES, TOO_MANY_ATTEMPTS),
	    .summary = "Pay an order, or try again in another way", .handler = pay_on_page },
};
ROUTE_TABLE(order_pages_table, "Order pages", "A customer's orders, for people.", order_pages);
