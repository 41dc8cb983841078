/* Parts of all orders, as those who pack and ship them look for work: of one's own shop, or all. */
#include "fulfilment/fulfilment.h"

#include "http/permission.h"
#include "store/db.h"
#include "store/list.h"

static const struct member fulfilment_summary_members[] = {
	M_ID(struct fulfilment_summary, id, "id"),
	M_ID(struct fulfilment_summary, order, "order_id"),
	M_TEXT(struct fulfilment_summary, number, "order_number", ORDER_NUMBER_MAX, .required = true, .computed = true,
	    .example = "\"ORD-7K3M9Q2XAB\""),
	M_ID(struct fulfilment_summary, merchant, "merchant_id"),
	M_TEXT(struct fulfilment_summary, shop_name, "shop_name", 150, .required = true, .computed = true),
	M_ENUM(struct fulfilment_summary, status, "status", fulfilment_status_values),
	M_INTEGER(struct fulfilment_summary, units, "item_count", 1, ORDER_LINES_MAX *ORDER_QUANTITY_MAX, .computed = true,
	    .description = "The sum of the quantities."),
	M_MONEY(struct fulfilment_summary, total, "total", .computed = true),
	M_TEXT(struct fulfilment_summary, currency, "currency", 3, .required = true, .computed = true, .example = "\"USD\""),
	M_TEXT(struct fulfilment_summary, carrier, "carrier", CARRIER_MAX, .example = "\"Pathao\""),
	M_TEXT(struct fulfilment_summary, tracking, "tracking", TRACKING_MAX, .example = "\"PT-20417\""),
	M_TIME(struct fulfilment_summary, packed_at, "packed_at"),
	M_TIME(struct fulfilment_summary, shipped_at, "shipped_at"),
	M_TIME(struct fulfilment_summary, delivered_at, "delivered_at"),
	M_TIME(struct fulfilment_summary, created_at, "created_at"),
};
SHAPE_SHARED(struct fulfilment_summary, fulfilment_summary_shape, "FulfilmentSummary", fulfilment_summary_members);

static const char *const ordering_values[] = { "-created_at", "created_at", NULL };

static const struct member fulfilments_query_members[] = {
	LIST_QUERY(struct fulfilments_query),
	LIST_FORMAT(struct fulfilments_query),
	M_ENUM(struct fulfilments_query, ordering, "ordering", ordering_values,
	    .description = "Prefix - for descending; by default -created_at."),
	M_ENUM(struct fulfilments_query, filter.status, "status", fulfilment_status_values),
	M_ID(struct fulfilments_query, filter.merchant, "merchant"),
	M_TEXT(struct fulfilments_query, filter.number, "order", ORDER_NUMBER_MAX, .min = 1, .example = "\"ORD-7K3M9Q2XAB\"",
	    .description = "The number of an order."),
};
SHAPE_SHARED(struct fulfilments_query, fulfilments_query_shape, "FulfilmentsQuery", fulfilments_query_members);

static const struct list_order by_id[] = { { .id = "f.id", .descending = true }, { .id = "f.id" } };

static const char *
index_hint(bool of_order, bool of_merchant, bool of_status)
{
	if (of_order)
		return "FORCE INDEX (uq_fulfilments_order)";
	if (of_merchant)
		return of_status ? "FORCE INDEX (ix_fulfilments_merchant_status)" : "FORCE INDEX (ix_fulfilments_merchant_id)";
	return of_status ? "FORCE INDEX (ix_fulfilments_status)" : "FORCE INDEX (PRIMARY)";
}

#define SUMMARY_SELECT \
	"SELECT STRAIGHT_JOIN {f}, o.number AS order_number, s.shop_name, m.total_minor, m.currency, " \
	"(SELECT SUM(l.quantity) FROM order_lines l WHERE l.order_id = f.order_id AND l.merchant_id = f.merchant_id) AS item_count"

const struct problem *
list_fulfilments(struct work *work, const struct fulfilment_filter *filter, const struct page_request *page,
    struct fulfilment_summary **fulfilments, struct listed *listed)
{
	struct reach              reach = REACH(work, ORDER_READ_ALL, ORDER_READ_OWN);
	const struct merchant_id *merchant = reach.all ? filter->merchant : reach.merchant;
	struct list               list = list_begin(work, SUMMARY_SELECT, "FROM fulfilments f");

	list_append(&list, index_hint(filter->number != NULL, !reach.all || merchant != NULL, filter->status != NULL));
	list_append(&list,
	    "JOIN orders o ON o.id = f.order_id JOIN order_merchants m ON m.order_id = f.order_id "
	    "AND m.merchant_id = f.merchant_id JOIN merchants s ON s.id = f.merchant_id");
	if (!reach.all)
		list_where(&list, "f.merchant_id = ?", P(reach.merchant));
	list_filter(&list, "f.merchant_id = ?", P(filter->merchant));
	list_filter(&list, "f.order_id = (SELECT n.id FROM orders n WHERE n.number = ?)", P(filter->number));
	if (filter->status != NULL)
		list_where(&list, "f.status = ?", P(fulfilment_status_values[*filter->status]));
	return list_page(&list, &fulfilment_summary_shape, by_id, page, fulfilments, listed);
}
