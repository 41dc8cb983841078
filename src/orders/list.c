/* Orders, newest first: a customer's own, a seller's parts, or all of them for staff. */
#include "orders/order.h"

#include "http/permission.h"
#include "orders/state.h"
#include "store/list.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000 };

static const struct member order_summary_members[] = {
	M_ID(struct order_summary, id, "id"),
	M_TEXT(struct order_summary, number, "number", ORDER_NUMBER_MAX, .required = true, .example = "\"ORD-7K3M9Q2XAB\""),
	M_ID(struct order_summary, customer, "customer_id", .column = "user_id"),
	M_ENUM(struct order_summary, status, "status", order_status_values),
	M_ENUM(struct order_summary, payment_status, "payment_status", order_payment_status_values),
	M_INTEGER(struct order_summary, item_count, "item_count", 1, ORDER_LINES_MAX *ORDER_QUANTITY_MAX, .computed = true,
	    .description = "The sum of the quantities."),
	M_MONEY(struct order_summary, total, "total", .computed = true, .description = "For a seller, the total of their part."),
	M_TEXT(struct order_summary, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_TIME(struct order_summary, expires_at, "expires_at"),
	M_TIME(struct order_summary, created_at, "created_at"),
};
SHAPE_SHARED(struct order_summary, order_summary_shape, "OrderSummary", order_summary_members);

/* A date, or a time with all that RFC 3339 asks for; `end` makes it the first moment after it. */
static bool
read_moment(const char *text, bool end, struct instant *into)
{
	char whole[sizeof "2026-01-01T00:00:00Z"];

	if (strlen(text) != sizeof "2026-01-01" - 1) {
		if (!instant_parse(text, into))
			return false;
		into->unix_ms += end;
		return true;
	}
	snprintf(whole, sizeof whole, "%sT00:00:00Z", text);
	if (!instant_parse(whole, into))
		return false;
	into->unix_ms += end ? DAY_MS : 0;
	return true;
}

/* The first id that could be made at a moment: version 7 begins with the milliseconds. */
static struct uuid
first_id(struct instant moment)
{
	struct uuid id = { { [6] = 0x70, [8] = 0x80 } };

	for (int i = 0; i < 6; i++)
		id.bytes[i] = (uint8_t)((uint64_t)moment.unix_ms >> (40 - 8 * i));
	return id;
}

static const struct problem *
where_between(struct list *list, const struct order_filter *filter, const char *id)
{
	static const char fault[] = "must be a date like 2026-01-31 or a time like 2026-01-31T08:00:00Z";
	struct arena     *arena = list->work->arena;
	struct instant    moment;

	if (filter->from != NULL) {
		if (!read_moment(filter->from, false, &moment) || moment.unix_ms < 0)
			return problem_at(arena, PROBLEM_VALIDATION_FAILED, "from", fault);
		list_where(list, arena_format(arena, "%s >= ?", id), P(first_id(moment)));
	}
	if (filter->to != NULL) {
		if (!read_moment(filter->to, true, &moment) || moment.unix_ms < 0)
			return problem_at(arena, PROBLEM_VALIDATION_FAILED, "to", fault);
		list_where(list, arena_format(arena, "%s < ?", id), P(first_id(moment)));
	}
	return OK;
}

#define WHOLE_ORDER "SELECT {o}, o.total_minor, (SELECT SUM(l.quantity) FROM order_lines l WHERE l.order_id = o.id) AS item_count"
#define SELLERS_PART \
	"SELECT {o}, m.total_minor, (SELECT SUM(l.quantity) FROM order_lines l " \
	"WHERE l.order_id = o.id AND l.merchant_id = m.merchant_id) AS item_count"
#define BY_MERCHANT "FROM order_merchants m STRAIGHT_JOIN orders o ON o.id = m.order_id"
#define BY_CUSTOMER "FROM orders o STRAIGHT_JOIN order_merchants m ON m.order_id = o.id"

/* Whose orders: the first condition decides which index is walked. */
static struct list
begin_list(struct work *work, const struct order_filter *filter, bool all, const struct merchant_id *seller)
{
	struct list list;

	if (seller == NULL && filter->merchant == NULL) {
		list = list_begin(work, WHOLE_ORDER, "FROM orders o");
	} else {
		list = list_begin(
		    work, seller != NULL ? SELLERS_PART : WHOLE_ORDER, filter->customer != NULL ? BY_CUSTOMER : BY_MERCHANT);
		list_filter(&list, "m.merchant_id = ?", P(seller));
		list_filter(&list, "m.merchant_id = ?", P(filter->merchant));
	}
	list_filter(&list, "o.user_id = ?", P(filter->customer));
	if (!all && seller == NULL)
		list_where(&list, "o.user_id = ?", P(work->viewer.user));
	if (filter->status != NULL)
		list_where(&list, "o.status = ?", P(order_status_values[*filter->status]));
	if (filter->payment_status != NULL)
		list_where(&list, "o.payment_status = ?", P(order_payment_status_values[*filter->payment_status]));
	return list;
}

/* Read by its own index, so that the order's id is a constant of the list's. */
static void
where_searched(struct list *list, const char *search, const char *id)
{
	struct work *work = list->work;

	if (strchr(search, '@') == NULL)
		list_where(list, arena_format(work->arena, "%s = (SELECT n.id FROM orders n WHERE n.number = ?)", id), P(search));
	else if (MAY(work, USER_READ) || MAY(work, USER_MANAGE))
		list_where(list, "o.user_id = (SELECT u.id FROM users u WHERE u.email = ?)", P(search));
	else
		list_where(list, "FALSE");
}

/* By id, which begins with the time: of the index that is walked. */
static const struct list_order by_order[] = { { .id = "o.id", .descending = true } };
static const struct list_order by_part[] = { { .id = "m.order_id", .descending = true } };

const struct problem *
list_orders(struct work *work, const struct order_filter *filter, const struct page_request *page, struct order_summary **orders,
    struct listed *listed)
{
	bool                      all = MAY(work, ORDER_READ_ALL), parts;
	const struct merchant_id *seller = all ? NULL : work->viewer.merchant;
	struct list               list = begin_list(work, filter, all, seller);

	parts = (seller != NULL || filter->merchant != NULL) && filter->customer == NULL;
	TRY(where_between(&list, filter, parts ? by_part->id : by_order->id));
	if (filter->search != NULL)
		where_searched(&list, filter->search, parts ? by_part->id : by_order->id);
	return parts ? list_page(&list, &order_summary_shape, by_part, page, orders, listed)
		     : list_page(&list, &order_summary_shape, by_order, page, orders, listed);
}
