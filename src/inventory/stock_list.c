/* The stock of many variants: of one's own shop, or all. */
#include "inventory/stock_view.h"

#include "http/permission.h"
#include "store/db.h"
#include "store/list.h"

static const struct member stock_query_members[] = {
	LIST_QUERY(struct stock_query),
	LIST_FORMAT(struct stock_query),
	M_ID(struct stock_query, filter.merchant, "merchant"),
	M_ID(struct stock_query, filter.product, "product"),
	M_BOOLEAN(struct stock_query, filter.low, "low", .description = "Only what is low, or only what is not."),
	M_TEXT(struct stock_query, filter.search, "search", 64, .min = 1, .example = "\"PITCHER\"",
	    .description = "The start of the SKU, or a part of the product's name."),
};
SHAPE_SHARED(struct stock_query, stock_query_shape, "StockQuery", stock_query_members);

static const struct list_order by_stock[] = { { .id = "i.variant_id", .descending = true } };
static const struct list_order by_variant[] = { { .id = "v.id", .descending = true } };

static void
where_filter(struct list *list, const struct stock_filter *filter)
{
	struct arena *arena = list->work->arena;

	list_where(list, "v.deleted_at IS NULL AND p.deleted_at IS NULL");
	list_filter(list, "p.id = ?", P(filter->product));
	list_filter(list, "(i.on_hand - i.reserved <= i.low_stock) = ?", P(filter->low));
	if (filter->search != NULL)
		list_where(list, "(v.sku LIKE ? OR p.name LIKE ?)", P(like_prefix(arena, filter->search)),
		    P(like_part(arena, filter->search)));
}

#define LIST_SELECT \
	"SELECT STRAIGHT_JOIN {i}, i.variant_id AS id, v.product_id, p.name AS product_name, p.merchant_id, v.sku, " \
	"IFNULL(v.price_minor, p.price_minor) AS price_minor, p.currency, " \
	"i.on_hand - i.reserved AS available, i.on_hand - i.reserved <= i.low_stock AS is_low"

/* Few of many rows may be what a filter wants: the walk ends there, and the page has a neighbour. */
enum { WALK_ROWS = 4000 };

static const struct problem *
list_all(struct work *work, const struct stock_filter *filter, const struct page_request *page, struct stock **stock,
    struct listed *listed)
{
	struct list list = list_begin(
	    work, LIST_SELECT, "FROM inventory i JOIN variants v ON v.id = i.variant_id JOIN products p ON p.id = v.product_id");
	struct list walked = list_begin(work, "SELECT i.variant_id AS id", "FROM inventory i");

	where_filter(&list, filter);
	return list_page_walked(&list, &walked, WALK_ROWS, &stock_shape, by_stock, page, stock, listed);
}

/* A shop's variants, or a product's, are few enough to be sorted. */
const struct problem *
list_stock(struct work *work, const struct stock_filter *filter, const struct page_request *page, struct stock **stock,
    struct listed *listed)
{
	struct reach reach = REACH(work, INVENTORY_WRITE, INVENTORY_WRITE_OWN);
	struct list  list;

	if (reach.all && filter->merchant == NULL && filter->product == NULL)
		return list_all(work, filter, page, stock, listed);
	list = list_begin(
	    work, LIST_SELECT, "FROM products p JOIN variants v ON v.product_id = p.id JOIN inventory i ON i.variant_id = v.id");
	if (!reach.all)
		list_where(&list, "p.merchant_id = ?", P(reach.merchant));
	list_filter(&list, "p.merchant_id = ?", P(filter->merchant));
	where_filter(&list, filter);
	return list_page(&list, &stock_shape, by_variant, page, stock, listed);
}
