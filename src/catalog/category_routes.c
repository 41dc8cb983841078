/* The routes of categories. */
#include "catalog/category.h"

#include "catalog/catalog.h"
#include "http/page.h"
#include "http/request.h"

PAGE_NUMBERED(struct category_page, category_page_shape, "CategoryPage", category_shape);

struct category_query {
	struct numbered_query list;
	struct category_id   *parent;
};
static const struct member category_query_members[] = {
	NUMBERED_QUERY(struct category_query),
	M_ID(struct category_query, parent, "parent", .description = "Only children of this category."),
};
SHAPE(struct category_query, category_query_shape, "CategoryQuery", category_query_members);

static const struct problem *
respond_category(struct request *request, const struct category *category)
{
	return respond_tagged(request, category, category->id.uuid, category->version);
}

static const struct problem *
handle_show_category_tree(struct request *request)
{
	return respond_stamped(request, &category_tree_key, make_category_tree, NULL);
}

static const struct problem *
handle_list_categories(struct request *request)
{
	const struct category_query *query = QUERY(request, struct category_query);
	const struct numbered_query *list = &query->list;
	struct category_page         answer;
	struct listed                listed;

	TRY(list_categories(request->work, query->parent, list->page, list->page_size, &answer.results, &listed));
	numbered_fill(request, list, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
handle_show_category(struct request *request)
{
	struct category *category;

	TRY(read_category(request->work, path_text(request, "category"), &category));
	return respond_category(request, category);
}

static const struct problem *
handle_create_category(struct request *request)
{
	struct category *category;

	TRY(create_category(request->work, BODY(request, struct category_body), &category));
	return respond_category(request, category);
}

static const struct problem *
handle_update_category(struct request *request)
{
	struct category_id id;
	struct category   *category;

	TRY(path_id(request, "category", &id.uuid));
	TRY(update_category(
	    request->work, id, request->route->body, BODY(request, struct category_body), expected_version(request), &category));
	return respond_category(request, category);
}

static const struct problem *
handle_delete_category(struct request *request)
{
	struct category_id id;

	TRY(path_id(request, "category", &id.uuid));
	TRY(delete_category(request->work, id, expected_version(request)));
	return respond_nothing(request);
}

static const struct route category_routes[] = {
	{ GET, "/categories/tree", .id = "showCategoryTree", .tagged = true, .permission = PUBLIC,
	    .answer = { 200, &category_tree_shape }, .summary = "Show all active categories as a tree",
	    .handler = handle_show_category_tree },
	{ GET, "/categories", .id = "listCategories", .permission = PUBLIC, .optional_user = true, .query = &category_query_shape,
	    .answer = { 200, &category_page_shape }, .summary = "List categories from the top down",
	    .handler = handle_list_categories },
	{ GET, "/categories/{category}", .id = "showCategory", .tagged = true, .permission = PUBLIC, .optional_user = true,
	    .answer = { 200, &category_shape }, .summary = "Show a category, by id or slug", .handler = handle_show_category },
	{ POST, "/categories", .id = "createCategory", .permission = PERMISSION(CATALOG_WRITE), .writes = WRITES_DATABASE,
	    .body = &category_create_shape, .answer = { 201, &category_shape }, .errors = ERRORS(SLUG_TAKEN),
	    .summary = "Create a category", .handler = handle_create_category },
	{ PUT, "/categories/{category}", .id = "replaceCategory", .permission = PERMISSION(CATALOG_WRITE),
	    .writes = WRITES_DATABASE, .body = &category_create_shape, .answer = { 200, &category_shape },
	    .errors = ERRORS(SLUG_TAKEN, CATEGORY_CYCLE, VERSION_MISMATCH),
	    .summary =
		"Replace a category; absent members are set to their defaults; without parent_id it moves to the top level",
	    .handler = handle_update_category },
	{ PATCH, "/categories/{category}", .id = "changeCategory", .permission = PERMISSION(CATALOG_WRITE),
	    .writes = WRITES_DATABASE, .body = &category_change_shape, .answer = { 200, &category_shape },
	    .errors = ERRORS(SLUG_TAKEN, CATEGORY_CYCLE, VERSION_MISMATCH),
	    .summary = "Update a category, or move it with its descendants", .handler = handle_update_category },
	{ DELETE, "/categories/{category}", .id = "deleteCategory", .permission = PERMISSION(CATALOG_WRITE),
	    .writes = WRITES_DATABASE, .answer = { 204, NULL }, .errors = ERRORS(IN_USE, VERSION_MISMATCH),
	    .summary = "Delete a category that has neither products nor children", .handler = handle_delete_category },
};
ROUTE_TABLE(category_table, "Categories", "The tree of product categories.", category_routes);
