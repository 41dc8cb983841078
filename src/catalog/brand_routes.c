/* The calls about brands. */
#include "catalog/brand.h"

#include "http/request.h"

static const struct route brand_routes[] = {
	{ GET, "/brands", .id = "listBrands", .permission = PUBLIC, .query = &brand_query_shape,
	  .answer = { 200, &brand_page_shape }, .summary = "List brands by name", .handler = list_brands },
	{ GET, "/brands/{brand}", .id = "showBrand", .permission = PUBLIC, .answer = { 200, &brand_shape },
	  .summary = "Show one brand, by id or slug", .handler = show_brand },
	{ POST, "/brands", .id = "createBrand", .permission = PERMISSION(CATALOG_WRITE), .writes = WRITES_DATABASE,
	  .body = &brand_create_shape, .answer = { 201, &brand_shape }, .errors = ERRORS(SLUG_TAKEN, DUPLICATE_KEY),
	  .summary = "Make a brand", .handler = create_brand },
	{ PATCH, "/brands/{brand}", .id = "changeBrand", .permission = PERMISSION(CATALOG_WRITE), .writes = WRITES_DATABASE,
	  .body = &brand_change_shape, .answer = { 200, &brand_shape },
	  .errors = ERRORS(SLUG_TAKEN, DUPLICATE_KEY, VERSION_MISMATCH), .summary = "Change a brand",
	  .handler = change_brand },
	{ DELETE, "/brands/{brand}", .id = "deleteBrand", .permission = PERMISSION(CATALOG_WRITE), .writes = WRITES_DATABASE,
	  .answer = { 204, NULL }, .errors = ERRORS(VERSION_MISMATCH), .summary = "Delete a brand; its products go on without one",
	  .handler = delete_brand },
};
ROUTE_TABLE(brand_table, "Brands", "Who made what is sold.", brand_routes);
