/* The calls about categories. */
#include "catalog/category.h"

#include "http/request.h"

static const struct route category_routes[] = {
	{ GET, "/categories/tree", .id = "showCategoryTree", .permission = PUBLIC, .answer = { 200, &category_tree_shape },
	  .summary = "Show all active categories as a tree", .handler = show_category_tree },
	{ GET, "/categories", .id = "listCategories", .permission = PUBLIC, .optional_user = true, .query = &category_query_shape,
	  .answer = { 200, &category_page_shape }, .summary = "List categories from the top down", .handler = list_categories },
	{ GET, "/categories/{category}", .id = "showCategory", .permission = PUBLIC, .answer = { 200, &category_shape },
	  .summary = "Show one category, by id or slug", .handler = show_category },
	{ POST, "/categories", .id = "createCategory", .permission = PERMISSION(CATALOG_WRITE), .writes = WRITES_DATABASE,
	  .body = &category_create_shape, .answer = { 201, &category_shape }, .errors = ERRORS(SLUG_TAKEN),
	  .summary = "Make a category", .handler = create_category },
	{ PATCH, "/categories/{category}", .id = "changeCategory", .permission = PERMISSION(CATALOG_WRITE),
	  .writes = WRITES_DATABASE, .body = &category_change_shape, .answer = { 200, &category_shape },
	  .errors = ERRORS(SLUG_TAKEN, CATEGORY_CYCLE, VERSION_MISMATCH),
	  .summary = "Change a category, or move it with all below it", .handler = change_category },
	{ DELETE, "/categories/{category}", .id = "deleteCategory", .permission = PERMISSION(CATALOG_WRITE),
	  .writes = WRITES_DATABASE, .answer = { 204, NULL }, .errors = ERRORS(IN_USE, VERSION_MISMATCH),
	  .summary = "Delete a category that has neither products nor children", .handler = delete_category },
};
ROUTE_TABLE(category_table, "Categories", "The tree under which products stand.", category_routes);
