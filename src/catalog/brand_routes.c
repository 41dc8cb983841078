/* The routes of brands. */
#include "catalog/brand.h"

#include "catalog/catalog.h"
#include "http/page.h"
#include "http/request.h"

PAGE_NUMBERED(struct brand_page, brand_page_shape, "BrandPage", brand_shape);

struct brand_query {
	struct numbered_query list;
};
static const struct member brand_query_members[] = { NUMBERED_QUERY(struct brand_query) };
SHAPE(struct brand_query, brand_query_shape, "BrandQuery", brand_query_members);

static const struct problem *
respond_brand(struct request *request, const struct brand *brand)
{
	return respond_tagged(request, brand, brand->id.uuid, brand->version);
}

static const struct problem *
handle_list_brands(struct request *request)
{
	const struct numbered_query *list = &QUERY(request, struct brand_query)->list;
	struct brand_page            answer;
	struct listed                listed;

	TRY(list_brands(request->work, list->page, list->page_size, &answer.results, &listed));
	numbered_fill(request, list, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
handle_show_brand(struct request *request)
{
	struct brand *brand;

	TRY(read_brand(request->work, path_text(request, "brand"), &brand));
	return respond_brand(request, brand);
}

static const struct problem *
handle_create_brand(struct request *request)
{
	struct brand *brand;

	TRY(create_brand(request->work, BODY(request, struct brand_body), &brand));
	return respond_brand(request, brand);
}

static const struct problem *
handle_update_brand(struct request *request)
{
	struct brand_id id;
	struct brand   *brand;

	TRY(path_id(request, "brand", &id.uuid));
	TRY(update_brand(
	    request->work, id, request->route->body, BODY(request, struct brand_body), expected_version(request), &brand));
	return respond_brand(request, brand);
}

static const struct problem *
handle_delete_brand(struct request *request)
{
	struct brand_id id;

	TRY(path_id(request, "brand", &id.uuid));
	TRY(delete_brand(request->work, id, expected_version(request)));
	return respond_nothing(request);
}

static const struct route brand_routes[] = {
	{ GET, "/brands", .id = "listBrands", .permission = PUBLIC, .query = &brand_query_shape,
	    .answer = { 200, &brand_page_shape }, .summary = "List brands by name", .handler = handle_list_brands },
	{ GET, "/brands/{brand}", .id = "showBrand", .tagged = true, .permission = PUBLIC, .answer = { 200, &brand_shape },
	    .summary = "Show a brand, by id or slug", .handler = handle_show_brand },
	{ POST, "/brands", .id = "createBrand", .permission = PERMISSION(CATALOG_WRITE), .writes = WRITES_DATABASE,
	    .body = &brand_create_shape, .answer = { 201, &brand_shape }, .errors = ERRORS(SLUG_TAKEN, DUPLICATE_KEY),
	    .summary = "Create a brand", .handler = handle_create_brand },
	{ PUT, "/brands/{brand}", .id = "replaceBrand", .permission = PERMISSION(CATALOG_WRITE), .writes = WRITES_DATABASE,
	    .body = &brand_create_shape, .answer = { 200, &brand_shape },
	    .errors = ERRORS(SLUG_TAKEN, DUPLICATE_KEY, VERSION_MISMATCH),
	    .summary = "Replace a brand; absent members are set to their defaults", .handler = handle_update_brand },
	{ PATCH, "/brands/{brand}", .id = "changeBrand", .permission = PERMISSION(CATALOG_WRITE), .writes = WRITES_DATABASE,
	    .body = &brand_change_shape, .answer = { 200, &brand_shape },
	    .errors = ERRORS(SLUG_TAKEN, DUPLICATE_KEY, VERSION_MISMATCH), .summary = "Update a brand",
	    .handler = handle_update_brand },
	{ DELETE, "/brands/{brand}", .id = "deleteBrand", .permission = PERMISSION(CATALOG_WRITE), .writes = WRITES_DATABASE,
	    .answer = { 204, NULL }, .errors = ERRORS(VERSION_MISMATCH),
	    .summary = "Delete a brand; its products remain, without a brand", .handler = handle_delete_brand },
};
ROUTE_TABLE(brand_table, "Brands", "Brands of products.", brand_routes);
