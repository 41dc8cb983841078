/* The calls about stock. */
#include "inventory/stock_view.h"

#include "http/request.h"

#define STOREKEEPERS (PERMISSION(INVENTORY_WRITE) | PERMISSION(INVENTORY_WRITE_OWN))

static const struct route inventory_routes[] = {
	{ GET, "/inventory/{variant}", .id = "showStock", .permission = STOREKEEPERS, .answer = { 200, &stock_shape },
	  .summary = "Show the stock of a variant", .handler = show_stock },
	{ PATCH, "/inventory/{variant}", .id = "changeThreshold", .permission = STOREKEEPERS, .writes = WRITES_DATABASE,
	  .body = &threshold_shape, .answer = { 200, &stock_shape }, .summary = "Say from when on a variant's stock is low",
	  .handler = change_threshold },
	{ POST, "/inventory/{variant}/adjustments", .id = "adjustStock", .permission = STOREKEEPERS, .writes = WRITES_DATABASE,
	  .body = &adjustment_shape, .answer = { 200, &stock_shape }, .errors = ERRORS(INSUFFICIENT_STOCK),
	  .summary = "Add to the stock, or take from what is available", .handler = adjust_stock },
	{ GET, "/inventory/{variant}/movements", .id = "listMovements", .permission = STOREKEEPERS,
	  .query = &movement_query_shape, .answer = { 200, &movement_page_shape }, .errors = ERRORS(BAD_CURSOR),
	  .summary = "List why the stock is what it is, newest first", .handler = list_movements },
};
ROUTE_TABLE(inventory_table, "Inventory", "What is on hand, what orders hold of it, and every movement.", inventory_routes);
