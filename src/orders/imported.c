/* See imported.h. */
#include "orders/imported.h"

#include "http/permission.h"
#include "store/list.h"

const char *const imported_status_values[] = { "completed", "cancelled", "refunded", NULL };
const char *const imported_payment_status_values[] = { "succeeded", "failed", "refunded", NULL };

static const char is_imported[] = "Always true: of another system, and closed; it is history.";

static const struct member imported_summary_members[] = {
	M_ID(struct imported_summary, id, "id"),
	M_TEXT(struct imported_summary, number, "number", IMPORTED_NUMBER_MAX, .required = true, .example = "\"WEB-10042\""),
	M_ID(struct imported_summary, customer, "customer_id", .column = "user_id"),
	M_ENUM(struct imported_summary, status, "status", imported_status_values),
	M_BOOLEAN(struct imported_summary, imported, "imported", .computed = true, .description = is_imported),
	M_INTEGER(struct imported_summary, item_count, "item_count", 1, INT32_MAX, .computed = true,
	    .description = "The sum of the quantities."),
	M_MONEY(
	    struct imported_summary, total, "total", .computed = true, .description = "For a seller, the total of their part."),
	M_TEXT(struct imported_summary, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_TIME(struct imported_summary, placed_at, "placed_at"),
};
SHAPE_SHARED(struct imported_summary, imported_summary_shape, "ImportedOrderSummary", imported_summary_members, .noun = "order");

static const struct member line_members[] = {
	M_TEXT(struct imported_order_line, sku, "sku", 64, .required = true, .example = "\"CUP-1\""),
	M_TEXT(struct imported_order_line, name, "name", 200, .required = true, .example = "\"Cup\""),
	M_ID(struct imported_order_line, merchant, "merchant_id",
	    .description = "Who sells it here; null: nobody did when it was imported."),
	M_ID(struct imported_order_line, product, "product_id"),
	M_INTEGER(struct imported_order_line, quantity, "quantity", 1, INT32_MAX),
	M_MONEY(struct imported_order_line, unit_price, "unit_price"),
	M_MONEY(struct imported_order_line, discount, "discount"),
	M_MONEY(struct imported_order_line, tax, "tax"),
	M_MONEY(struct imported_order_line, total, "total"),
};
SHAPE(struct imported_order_line, line_shape, "ImportedOrderLine", line_members);

static const struct member payment_members[] = {
	M_TEXT(struct imported_payment, number, "number", IMPORTED_NUMBER_MAX, .required = true, .example = "\"PAY-77\""),
	M_TEXT(struct imported_payment, provider, "provider", 64, .required = true, .example = "\"Card\""),
	M_TEXT(struct imported_payment, method, "method", 64),
	M_ENUM(struct imported_payment, status, "status", imported_payment_status_values),
	M_MONEY(struct imported_payment, amount, "amount"),
	M_MONEY(struct imported_payment, refunded, "refunded"),
	M_TIME(struct imported_payment, paid_at, "paid_at"),
};
SHAPE(struct imported_payment, payment_shape, "ImportedPayment", payment_members);

static const struct member imported_detail_members[] = {
	M_ID(struct imported_detail, id, "id"),
	M_TEXT(struct imported_detail, number, "number", IMPORTED_NUMBER_MAX, .required = true, .example = "\"WEB-10042\""),
	M_ID(struct imported_detail, customer, "customer_id", .column = "user_id"),
	M_ENUM(struct imported_detail, status, "status", imported_status_values),
	M_BOOLEAN(struct imported_detail, imported, "imported", .computed = true, .description = is_imported),
	M_INTEGER(struct imported_detail, item_count, "item_count", 1, INT32_MAX, .computed = true),
	M_MONEY(
	    struct imported_detail, total, "total", .computed = true, .description = "For a seller, the total of their part."),
	M_MONEY(struct imported_detail, discount, "discount", .computed = true,
	    .description = "Of the whole order; null for a seller."),
	M_MONEY(struct imported_detail, shipping, "shipping", .computed = true, .description = "The same."),
	M_MONEY(struct imported_detail, tax, "tax", .computed = true, .description = "The same."),
	M_MONEY(struct imported_detail, refunded, "refunded", .computed = true, .description = "The same."),
	M_TEXT(struct imported_detail, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_TIME(struct imported_detail, placed_at, "placed_at"),
	M_BOOLEAN(struct imported_detail, whole, "whole", .computed = true, .description = "Not only a seller's part."),
	M_ARRAY(struct imported_detail, lines, n_lines, "lines", line_shape, ORDER_LINES_MAX),
	M_ARRAY(struct imported_detail, payments, n_payments, "payments", payment_shape, IMPORTED_PAYMENTS_MAX),
};
SHAPE_SHARED(struct imported_detail, imported_detail_shape, "ImportedOrder", imported_detail_members, .noun = "order");

static const struct list_order by_order[] = { { .id = "o.id", .descending = true } };
static const struct list_order by_part[] = { { .id = "m.order_id", .descending = true } };

/*
 * Orders came with an e-mail address, and are shown to whose address it is: an account may be made with any, and is believed when it has
 * answered a letter there.
 */
#define VERIFIED "(SELECT u.id FROM users u WHERE u.id = ? AND u.email_verified)"

#define SELLERS_PART "SELECT {o}, TRUE AS imported, m.item_count, m.total_minor"
#define BY_MERCHANT "FROM imported_parts m STRAIGHT_JOIN imported_orders o ON o.id = m.order_id"
#define BY_CUSTOMER "FROM imported_orders o STRAIGHT_JOIN imported_parts m ON m.order_id = o.id"

const struct problem *
list_imported(struct work *work, const struct imported_filter *filter, const struct page_request *page,
    struct imported_summary **orders, struct listed *listed)
{
	bool                      all = MAY(work, ORDER_READ_ALL);
	const struct merchant_id *merchant = all ? filter->merchant : work->viewer.merchant;
	struct list               list;

	if (merchant != NULL) {
		list = list_begin(work, SELLERS_PART, filter->customer != NULL ? BY_CUSTOMER : BY_MERCHANT);
		list_where(&list, "m.merchant_id = ?", P(*merchant));
		list_filter(&list, "m.merchant_id = ?", P(filter->merchant));
	} else {
		list = list_begin(work, "SELECT {o}, TRUE AS imported, o.item_count, o.total_minor", "FROM imported_orders o");
		if (!all)
			list_where(&list, "o.user_id = " VERIFIED, P(work->viewer.user));
	}
	list_filter(&list, "o.user_id = ?", P(filter->customer));
	if (filter->status != NULL)
		list_where(&list, "o.status = ?", P(imported_status_values[*filter->status]));
	return merchant != NULL && filter->customer == NULL
	    ? list_page(&list, &imported_summary_shape, by_part, page, orders, listed)
	    : list_page(&list, &imported_summary_shape, by_order, page, orders, listed);
}

const struct problem *
has_imported(struct work *work, bool *has)
{
	int64_t found;

	TRY(db_value(work->db, &found, "SELECT EXISTS (SELECT 1 FROM imported_orders o WHERE o.user_id = " VERIFIED ")",
	    P(work->viewer.user)));
	*has = found != 0;
	return OK;
}

#define OF_WHOLE(column, of_part) "IF(? OR w.id IS NOT NULL, o." column ", " of_part ") AS " column

const struct problem *
read_imported(struct work *work, struct order_id id, struct imported_detail **order)
{
	const struct viewer *viewer = &work->viewer;
	bool                 all = MAY(work, ORDER_READ_ALL);

	TRY(db_one(work->db, &imported_detail_shape, order,
	    "SELECT {o}, TRUE AS imported, (? OR w.id IS NOT NULL) AS whole, " OF_WHOLE(
		"item_count", "m.item_count") ", " OF_WHOLE("total_minor", "m.total_minor") ", " OF_WHOLE("discount_minor",
		"NULL") ", " OF_WHOLE("shipping_minor", "NULL") ", " OF_WHOLE("tax_minor", "NULL") ", " OF_WHOLE("refunded_minor",
		"NULL") " FROM imported_orders o "
			"LEFT JOIN users w ON w.id = o.user_id AND w.id = ? AND w.email_verified "
			"LEFT JOIN imported_parts m ON m.order_id = o.id AND m.merchant_id = ? "
			"WHERE o.id = ? AND (? OR w.id IS NOT NULL OR m.merchant_id IS NOT NULL)",
	    P(all), P(all), P(all), P(all), P(all), P(all), P(all), P(viewer->user), P(viewer->merchant), P(id), P(all)));
	TRY(db_rows(work->db, &line_shape, ORDER_LINES_MAX, &(*order)->lines, &(*order)->n_lines,
	    "SELECT {l} FROM imported_lines l WHERE l.order_id = ? "
	    "AND (? OR l.merchant_id = ?) ORDER BY l.position",
	    P(id), P((*order)->whole), P(viewer->merchant)));
	return db_rows(work->db, &payment_shape, IMPORTED_PAYMENTS_MAX, &(*order)->payments, &(*order)->n_payments,
	    "SELECT {p} FROM imported_payments p WHERE p.order_id = ? AND ? ORDER BY p.paid_at, p.number LIMIT ?", P(id),
	    P((*order)->whole), P((int64_t)IMPORTED_PAYMENTS_MAX));
}
