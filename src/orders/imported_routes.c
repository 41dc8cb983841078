/* The routes of imported orders: tables and thin handlers. */
#include "http/request.h"
#include "orders/imported.h"
#include "orders/orders.h"

struct imported_list_query {
	struct list_query   list;
	int                *status;
	struct merchant_id *merchant;
	struct user_id     *customer;
};

static const struct member imported_list_query_members[] = {
	LIST_QUERY(struct imported_list_query),
	LIST_FORMAT(struct imported_list_query),
	M_ENUM(struct imported_list_query, status, "status", imported_status_values),
	M_ID(struct imported_list_query, merchant, "merchant", .description = "Only orders with products of this merchant."),
	M_ID(struct imported_list_query, customer, "customer", .description = "Only orders of this customer."),
};
SHAPE(struct imported_list_query, imported_list_query_shape, "ImportedOrderListQuery", imported_list_query_members);

PAGE(struct imported_page, imported_page_shape, "ImportedOrderPage", imported_summary_shape);

static const struct problem *
show_imported_orders(struct request *request)
{
	const struct imported_list_query *query = QUERY(request, struct imported_list_query);
	struct imported_filter            filter = { query->status, query->merchant, query->customer };
	struct imported_page              answer;
	struct page_request               page;
	struct listed                     listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_imported(request->work, &filter, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
show_imported_order(struct request *request)
{
	struct order_id         id;
	struct imported_detail *order;

	TRY(path_id(request, "id", &id.uuid));
	TRY(read_imported(request->work, id, &order));
	return respond(request, order);
}

#define MAY_READ (PERMISSION(ORDER_PLACE) | PERMISSION(ORDER_READ_ALL) | PERMISSION(ORDER_READ_OWN))

static const struct route imported_routes[] = {
	{ GET, "/imported-orders", .id = "listImportedOrders", .permission = MAY_READ, .csv = true,
	    .query = &imported_list_query_shape, .answer = { 200, &imported_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List orders of a former system, newest first", .handler = show_imported_orders,
	    .description =
		"Closed orders that were imported as history.  Customers see their own, sellers those with their products, staff all." },
	{ GET, "/imported-orders/{id}", .id = "showImportedOrder", .permission = MAY_READ,
	    .answer = { 200, &imported_detail_shape }, .summary = "Show an order of a former system",
	    .handler = show_imported_order, .description = "With its lines and, but to sellers, its payments." },
};

ROUTE_TABLE(imported_table, "Imported orders", "Closed orders of a former system: history, and nothing else.", imported_routes);
