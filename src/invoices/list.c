/* Invoices and credit notes of all orders: of one's own shop, or all. */
#include "invoices/list.h"

#include "http/permission.h"
#include "store/db.h"
#include "store/list.h"

static const struct member invoice_summary_members[] = {
	M_ID(struct invoice_summary, id, "id"),
	M_ENUM(struct invoice_summary, kind, "kind", invoice_kind_values),
	M_TEXT(struct invoice_summary, number, "number", INVOICE_NUMBER_MAX, .required = true, .example = "\"I-2026-000017\""),
	M_ID(struct invoice_summary, order, "order_id"),
	M_TEXT(struct invoice_summary, order_number, "order_number", ORDER_NUMBER_MAX, .required = true, .computed = true,
	    .example = "\"ORD-7K3M9Q2XAB\""),
	M_ID(struct invoice_summary, merchant, "merchant_id", .computed = true,
	    .description = "Null: the shop's own, of what it earns of the shipping."),
	M_MONEY(struct invoice_summary, total, "total"),
	M_TEXT(struct invoice_summary, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_TIME(struct invoice_summary, issued_at, "issued_at"),
};
SHAPE_SHARED(struct invoice_summary, invoice_summary_shape, "InvoiceSummary", invoice_summary_members);

static const struct member invoices_query_members[] = {
	LIST_QUERY(struct invoices_query),
	LIST_FORMAT(struct invoices_query),
	M_ENUM(struct invoices_query, filter.kind, "kind", invoice_kind_values),
	M_ID(struct invoices_query, filter.merchant, "merchant"),
};
SHAPE_SHARED(struct invoices_query, invoices_query_shape, "InvoicesQuery", invoices_query_members);

static const struct list_order by_id[] = { { .id = "i.id", .descending = true } };

/* Few of many rows may be what a filter wants: the walk ends there, and the page has a neighbour. */
enum { WALK_ROWS = 4000 };

const struct problem *
list_invoices(struct work *work, const struct invoice_filter *filter, const struct page_request *page,
    struct invoice_summary **invoices, struct listed *listed)
{
	struct reach              reach = REACH(work, ORDER_READ_ALL, ORDER_READ_OWN);
	const struct merchant_id *merchant = reach.all ? filter->merchant : reach.merchant;
	struct list               list = list_begin(work,
			  "SELECT STRAIGHT_JOIN {i}, o.number AS order_number, NULLIF(i.merchant_id, REPEAT(CHAR(0), 16)) AS merchant_id",
			  "FROM invoices i");
	struct list               walked = list_begin(work, "SELECT i.id AS id", "FROM invoices i");
	const char *index = reach.all && merchant == NULL ? "FORCE INDEX (PRIMARY)" : "FORCE INDEX (ix_invoices_merchant)";

	list_append(&list, index);
	list_append(&walked, index);
	list_append(&list, "JOIN orders o ON o.id = i.order_id");
	if (!reach.all) {
		list_where(&list, "i.merchant_id = ?", P(reach.merchant));
		list_where(&walked, "i.merchant_id = ?", P(reach.merchant));
	}
	list_filter(&list, "i.merchant_id = ?", P(filter->merchant));
	list_filter(&walked, "i.merchant_id = ?", P(merchant));
	if (filter->kind != NULL)
		list_where(&list, "i.kind = ?", P(invoice_kind_values[*filter->kind]));
	return list_page_walked(&list, &walked, WALK_ROWS, &invoice_summary_shape, by_id, page, invoices, listed);
}
