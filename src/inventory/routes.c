/* The routes of stock. */
#include "inventory/stock_view.h"

#include "http/page.h"
#include "http/request.h"

struct movement_query {
	struct list_query list;
};
static const struct member movement_query_members[] = { LIST_QUERY(struct movement_query), LIST_FORMAT(struct movement_query) };
SHAPE(struct movement_query, movement_query_shape, "StockMovementQuery", movement_query_members);

PAGE(struct movement_page, movement_page_shape, "StockMovementPage", movement_shape);

#define INVENTORY_WRITERS (PERMISSION(INVENTORY_WRITE) | PERMISSION(INVENTORY_WRITE_OWN))

PAGE(struct stock_page, stock_page_shape, "StockPage", stock_shape);

static const struct problem *
show_all(struct request *request)
{
	const struct stock_query *query = QUERY(request, struct stock_query);
	struct stock_page         answer;
	struct page_request       page;
	struct listed             listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_stock(request->work, &query->filter, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
respond_stock(struct request *request, struct variant_id variant)
{
	struct stock *stock;

	TRY(read_stock(request->work, variant, &stock));
	return respond(request, stock);
}

static const struct problem *
show(struct request *request)
{
	struct variant_id variant;

	TRY(path_id(request, "variant", &variant.uuid));
	return respond_stock(request, variant);
}

static const struct problem *
adjust(struct request *request)
{
	struct variant_id variant;
	struct stock     *stock;

	TRY(path_id(request, "variant", &variant.uuid));
	TRY(adjust_stock(request->work, variant, BODY(request, struct adjustment), &stock));
	return respond(request, stock);
}

static const struct problem *
set_threshold(struct request *request)
{
	struct variant_id variant;

	TRY(path_id(request, "variant", &variant.uuid));
	TRY(change_threshold(request->work, variant, BODY(request, struct threshold)->low_stock));
	return respond_stock(request, variant);
}

static const struct problem *
show_movements(struct request *request)
{
	struct movement_page answer;
	struct page_request  page;
	struct listed        listed;
	struct variant_id    variant;

	TRY(path_id(request, "variant", &variant.uuid));
	TRY(page_read(request, &QUERY(request, struct movement_query)->list, NULL, 0, &page));
	TRY(list_movements(request->work, variant, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct route inventory_routes[] = {
	{ GET, "/inventory", .id = "listStock", .permission = INVENTORY_WRITERS, .csv = true, .query = &stock_query_shape,
	    .answer = { 200, &stock_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List the stock of variants, newest first: of your shop, or all", .handler = show_all,
	    .description = "A page may be short, or empty, and still have a next one: filters look at some variants at a time." },
	{ GET, "/inventory/{variant}", .id = "showStock", .permission = INVENTORY_WRITERS, .answer = { 200, &stock_shape },
	    .summary = "Show the stock of a variant", .handler = show },
	{ PATCH, "/inventory/{variant}", .id = "changeThreshold", .permission = INVENTORY_WRITERS, .writes = WRITES_DATABASE,
	    .body = &threshold_shape, .answer = { 200, &stock_shape }, .summary = "Set the low-stock threshold of a variant",
	    .handler = set_threshold },
	{ POST, "/inventory/{variant}/adjustments", .id = "adjustStock", .permission = INVENTORY_WRITERS,
	    .writes = WRITES_DATABASE, .body = &adjustment_shape, .answer = { 200, &stock_shape },
	    .errors = ERRORS(INSUFFICIENT_STOCK), .summary = "Adjust the stock of a variant", .handler = adjust },
	{ GET, "/inventory/{variant}/movements", .id = "listMovements", .permission = INVENTORY_WRITERS, .csv = true,
	    .query = &movement_query_shape, .answer = { 200, &movement_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List stock movements, newest first", .handler = show_movements },
};
ROUTE_TABLE(inventory_table, "Inventory", "Stock on hand, stock reserved by orders, and every movement.", inventory_routes);
