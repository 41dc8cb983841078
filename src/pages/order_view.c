/* What the pages of a customer's orders show: see order_view.h. */
#include "pages/order_view.h"

#include "base/arena.h"
#include "base/config.h"
#include "fulfilment/fulfilment.h"
#include "http/page.h"
#include "http/request.h"
#include "orders/state.h"
#include "pages/assets.h"
#include "payments/provider.h"

#include <string.h>

enum { DAY = 24 * 3600, CHOICES_MAX = PROVIDER__COUNT };

static const char *const order_moneys[] = { "open", "declined", "processing", "cash", "paid", "paid_late", "refunded",
	"refunded_late", "cancelled", "expired", "closed", NULL };

const char *const order_notices[] = { "not_cancellable", "part_has_left", "not_returnable", "return_has_moved", "reason_missing",
	"too_many_pieces", "not_payable", "payment_waits", "provider_away", "provider_refused", "too_many_tries", NULL };

/* In the order of order_money.c. */
static const char *const order_declines[] = { "funds", "expired_card", "wrong_card", "not_confirmed", "too_late", "by_payer",
	"unsaid", NULL };

/* What a customer is told of what has happened; other events are not for them. */
static const char *const order_steps[] = { "order.placed", "order.paid", "order.confirmed", "payment.failed", "fulfilment.packed",
	"fulfilment.shipped", "fulfilment.delivered", "fulfilment.cancelled", "fulfilment.returned", "order.cancelled",
	"order.expired", "order.completed", "return.requested", "return.approved", "return.rejected", "return.cancelled",
	"return.received", "return.expired", "refund.succeeded", NULL };

/* ---- the list ---- */

static const struct member order_card_members[] = {
	M_OBJECT(struct order_card, order, "order", order_summary_shape),
	M_ENUM(struct order_card, status, "order_status", order_status_values),
};
SHAPE(struct order_card, order_card_shape, "OrderCard", order_card_members);

static const struct member order_list_view_members[] = {
	M_SITE(struct order_list_view),
	M_TEXT(struct order_list_view, script, "script", 100),
	M_ARRAY(struct order_list_view, orders, n_orders, "orders", order_card_shape, 100),
	M_TEXT(struct order_list_view, next, "next", 4400),
	M_TEXT(struct order_list_view, previous, "previous", 4400),
	M_BOOLEAN(struct order_list_view, imported, "imported"),
};
SHAPE_SHARED(struct order_list_view, order_list_view_shape, "OrderListView", order_list_view_members);

static const struct member imported_card_members[] = {
	M_OBJECT(struct imported_card, order, "order", imported_summary_shape),
	M_ENUM(struct imported_card, status, "order_status", imported_status_values),
};
SHAPE(struct imported_card, imported_card_shape, "ImportedCard", imported_card_members);

static const struct member imported_list_view_members[] = {
	M_SITE(struct imported_list_view),
	M_ARRAY(struct imported_list_view, orders, n_orders, "orders", imported_card_shape, 100),
	M_TEXT(struct imported_list_view, next, "next", 4400),
	M_TEXT(struct imported_list_view, previous, "previous", 4400),
};
SHAPE_SHARED(struct imported_list_view, imported_list_view_shape, "ImportedListView", imported_list_view_members);

/* ---- one order ---- */

static const struct member pay_choice_members[] = {
	M_TEXT(struct pay_choice, name, "name", 32),
	M_TEXT(struct pay_choice, title, "title", 64),
};
SHAPE(struct pay_choice, pay_choice_shape, "OrderPayChoice", pay_choice_members);

static const struct member order_step_members[] = {
	M_ENUM(struct order_step, what, "step", order_steps),
	M_TIME(struct order_step, created_at, "created_at"),
};
SHAPE(struct order_step, order_step_shape, "OrderStep", order_step_members);

static const struct member line_view_members[] = {
	M_ID(struct line_view, line, "line_id"),
	M_ID(struct line_view, product, "product_id"),
	M_TEXT(struct line_view, name, "name", 200),
	M_TEXT(struct line_view, options, "options", 1000),
	M_TEXT(struct line_view, typed, "typed", CANCEL_REASON_MAX),
	M_INTEGER(struct line_view, quantity, "quantity", 1, ORDER_QUANTITY_MAX),
	M_INTEGER(struct line_view, returnable, "returnable", 0, ORDER_QUANTITY_MAX),
	M_MONEY(struct line_view, total, "total"),
	M_BOOLEAN(struct line_view, is_asked, "is_asked"),
};
SHAPE(struct line_view, line_view_shape, "OrderLineView", line_view_members);

static const struct member parcel_view_members[] = {
	M_ID(struct parcel_view, part, "part_id"),
	M_ENUM(struct parcel_view, status, "parcel_status", fulfilment_status_values),
	M_TEXT(struct parcel_view, seller, "seller", 150),
	M_TEXT(struct parcel_view, carrier, "carrier", CARRIER_MAX),
	M_TEXT(struct parcel_view, tracking, "tracking", TRACKING_MAX),
	M_TEXT(struct parcel_view, tracking_url, "tracking_url", 1100),
	M_TEXT(struct parcel_view, reason, "reason", CANCEL_REASON_MAX),
	M_TIME(struct parcel_view, shipped_at, "shipped_at"),
	M_TIME(struct parcel_view, delivered_at, "delivered_at"),
	M_BOOLEAN(struct parcel_view, may_cancel, "may_cancel_part"),
	M_ARRAY(struct parcel_view, lines, n_lines, "lines", line_view_shape, ORDER_LINES_MAX),
};
SHAPE(struct parcel_view, parcel_view_shape, "ParcelView", parcel_view_members);

static const struct member return_view_members[] = {
	M_OBJECT(struct return_view, back, "back", return_shape),
	M_ENUM(struct return_view, status, "return_status", return_status_values),
	M_BOOLEAN(struct return_view, may_cancel, "may_cancel_return"),
};
SHAPE(struct return_view, return_view_shape, "ReturnView", return_view_members);

static const struct member order_view_members[] = {
	M_SITE(struct order_view),
	M_TEXT(struct order_view, script, "script", 100),
	M_OBJECT(struct order_view, order, "order", order_shape),
	M_ENUM(struct order_view, status, "order_status", order_status_values),
	M_ENUM(struct order_view, money, "money_title", order_moneys),
	M_ENUM(struct order_view, money, "money_says", order_moneys),
	M_ENUM(struct order_view, notice, "order_notice", order_notices),
	M_ENUM(struct order_view, decline, "decline", order_declines),
	M_ARRAY(struct order_view, choices, n_choices, "choices", pay_choice_shape, CHOICES_MAX),
	M_TEXT(struct order_view, pay_url, "pay_url", 200),
	M_ARRAY(struct order_view, steps, n_steps, "steps", order_step_shape, TIMELINE_EVENTS_MAX),
	M_ARRAY(struct order_view, parcels, n_parcels, "parcels", parcel_view_shape, FULFILMENTS_MAX),
	M_ARRAY(struct order_view, returns, n_returns, "returns", return_view_shape, 100),
	M_BOOLEAN(struct order_view, waits, "waits"),
	M_BOOLEAN(struct order_view, may_cancel, "may_cancel"),
	M_BOOLEAN(struct order_view, has_invoice, "has_invoice"),
	M_BOOLEAN(struct order_view, is_money_news, "is_money_news"),
	M_BOOLEAN(struct order_view, is_refunded, "is_refunded"),
};
SHAPE_SHARED(struct order_view, order_view_shape, "OrderView", order_view_members);

static const struct problem *
fill_steps(struct work *work, struct order_view *view)
{
	struct order_timeline timeline;

	TRY(read_timeline(work, view->order->number, &timeline));
	view->steps = ARENA_ARRAY(work->arena, timeline.n_results + 1, struct order_step);
	for (size_t i = 0; i < timeline.n_results; i++)
		for (int what = 0; order_steps[what] != NULL; what++)
			if (strcmp(order_steps[what], timeline.results[i].type) == 0)
				view->steps[view->n_steps++] = (struct order_step) { what, timeline.results[i].created_at };
	return OK;
}

/* How many pieces of a line are on their way back, or are back. */
static int64_t
claimed_of(const struct order_view *view, struct order_line_id line)
{
	int64_t claimed = 0;

	for (size_t i = 0; i < view->n_returns; i++) {
		const struct goods_return *back = view->returns[i].back;

		if (back->status == RETURN_REJECTED || back->status == RETURN_CANCELLED || back->status == RETURN_EXPIRED)
			continue;
		for (size_t k = 0; k < back->n_lines; k++)
			if (ID_EQUAL(back->lines[k].line, line))
				claimed += back->lines[k].accepted != NULL ? *back->lines[k].accepted : back->lines[k].quantity;
	}
	return claimed;
}

static const struct problem *
fill_returns(struct request *request, struct order_view *view)
{
	const struct list_query    all = { .limit = 100 };
	const struct return_filter filter = { .order = &view->order->id };
	struct page_request        page;
	struct goods_return       *returns;
	struct listed              listed;

	TRY(page_read(request, &all, NULL, 0, &page));
	TRY(list_returns(request->work, &filter, &page, &returns, &listed));
	view->returns = ARENA_ARRAY(request->work->arena, listed.count + 1, struct return_view);
	for (size_t i = 0; i < listed.count; i++)
		view->returns[view->n_returns++] = (struct return_view) { .back = &returns[i],
			.status = returns[i].status,
			.may_cancel = return_may_become((enum return_status)returns[i].status, RETURN_CANCELLED) };
	return OK;
}

static void
fill_lines(struct work *work, struct order_view *view, const struct order_line *lines, size_t count, bool returnable,
    struct parcel_view *parcel)
{
	parcel->lines = ARENA_ARRAY(work->arena, count + 1, struct line_view);
	for (size_t i = 0; i < count; i++) {
		const struct order_line *line = &lines[i];
		const int64_t            left = returnable ? line->quantity - claimed_of(view, line->id) : 0;
		const bool               asked = view->asked != NULL && ID_EQUAL(*view->asked, line->id);

		if (asked)
			view->asked_left = left;
		parcel->lines[parcel->n_lines++] = (struct line_view) { .line = line->id,
			.product = line->product,
			.name = line->name,
			.options = order_options_text(work->arena, line->options),
			.quantity = line->quantity,
			.returnable = left > 0 ? left : 0,
			.total = line->total,
			.is_asked = asked,
			.typed = asked ? view->typed : NULL };
	}
}

static void
fill_parcel(struct work *work, struct order_view *view, struct shown_fulfilment *shown, struct parcel_view *parcel)
{
	struct fulfilment   *row = &shown->row;
	const struct instant since = instant_add_seconds(instant_now(), -work->config->orders.return_days * DAY);

	*parcel = (struct parcel_view) { .part = &row->id,
		.status = &row->status,
		.seller = shown->seller->shop_name,
		.carrier = row->carrier,
		.tracking = row->tracking,
		.tracking_url = carrier_url(work, row->carrier, row->tracking),
		.reason = row->reason,
		.shipped_at = row->shipped_at,
		.delivered_at = row->delivered_at,
		.may_cancel = fulfilment_may_become((enum fulfilment_status)row->status, FULFILMENT_CANCELLED) };
	fill_lines(work, view, row->lines, row->n_lines,
	    row->status == FULFILMENT_DELIVERED && row->delivered_at->unix_ms >= since.unix_ms, parcel);
}

/* Parts can be cancelled alone where there are several; the whole while none has left. */
static const struct problem *
fill_parcels(struct work *work, struct order_view *view)
{
	struct shown_fulfilment *shown;
	size_t                   count;

	TRY(fulfilments_of_order(work, view->order->number, &shown, &count));
	view->may_cancel = order_may_become((enum order_status)view->order->status, ORDER_CANCELLED);
	view->parcels = ARENA_ARRAY(work->arena, count + 1, struct parcel_view);
	for (size_t i = 0; i < count; i++) {
		view->may_cancel = view->may_cancel && !fulfilment_has_left(&shown[i].row);
		fill_parcel(work, view, &shown[i], &view->parcels[view->n_parcels++]);
	}
	if (count == 1 && view->may_cancel)
		view->parcels[0].may_cancel = false;
	if (count == 0)
		fill_lines(work, view, view->order->lines, view->order->n_lines, false, &view->parcels[view->n_parcels++]);
	return OK;
}

const struct problem *
order_view_fill(struct request *request, struct order_view *view)
{
	struct work *work = request->work;
	const char  *number = path_text(request, "number");

	TRY(read_order(work, number == NULL ? "" : number, &view->order));
	if (!ID_EQUAL(view->order->customer, work->viewer.user))
		return problem(NOT_FOUND, "order not found");
	view->site = site_of(request, false);
	view->script = ASSET_LIVE_JS;
	view->status = view->order->status;
	view->is_refunded = view->order->refunded != NULL && view->order->refunded->minor > 0;
	view->has_invoice = view->order->paid_at != NULL || view->order->status >= ORDER_CONFIRMED;
	if (view->order->status >= ORDER_CANCELLED && view->order->paid_at == NULL)
		view->has_invoice = false;
	TRY(fill_returns(request, view));
	TRY(fill_steps(work, view));
	TRY(fill_parcels(work, view));
	return order_money_fill(work, view);
}
