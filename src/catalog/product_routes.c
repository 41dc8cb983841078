/* The routes of products and variants. */
#include "catalog/document.h"
#include "catalog/product_body.h"
#include "catalog/product_list.h"
#include "catalog/product_suggest.h"
#include "catalog/bought_together.h"
#include "catalog/recommend.h"

#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/shown.h"
#include "exchange/display.h"
#include "http/limit.h"
#include "http/request.h"
#include "media/receive.h"

enum { PAGE_BYTES = 1000000 };

struct product_page {
	const char *results;
	const char *next, *previous;
	const char *facets;    /* NULL: not asked for */
	bool       *truncated; /* NULL: all that was found is listed */
};

static const struct member product_page_members[] = {
	M_JSON(struct product_page, results, "results", product_summary_shape, PAGE_BYTES, .required = true),
	PAGE_LINKS_(struct product_page),
	M_BOOLEAN(struct product_page, truncated, "truncated", .omitted = true,
	    .description = "True if a search looked only at the best of too many matches."),
	M_JSON(struct product_page, facets, "facets", product_facets_shape, PAGE_BYTES, .single = true, .omitted = true,
	    .description = "Only if requested."),
};
SHAPE(struct product_page, product_page_shape, "ProductPage", product_page_members);

/* A page that was asked for. */
struct wanted_page {
	struct request     *request;
	struct page_request page;
};

static const struct problem *
make_page(struct work *work, void *argument, struct text *into, const char **label)
{
	const struct wanted_page *wanted = argument;
	struct request           *request = wanted->request;
	struct text               results = text_new(work->arena, 8 * 1024);
	struct product_page       answer;
	struct listed             listed;
	bool                      truncated;

	(void)label;
	TRY(list_products(
	    work, QUERY(request, struct product_query), &wanted->page, &results, &listed, &answer.facets, &truncated));
	answer.truncated = truncated ? &truncated : NULL;
	answer.results = results.bytes;
	page_fill_links(request, &wanted->page, &listed, &answer);
	shape_print(&product_page_shape, &answer, into);
	return OK;
}

/* Anonymous pages of a category or the whole shop are kept; what is searched for, filtered or one's own is not. */
static bool
is_kept(const struct request *request, const struct product_query *query)
{
	return uuid_is_nil(request->work->viewer.user.uuid) && !product_query_narrows(query) && query->merchant == NULL &&
	    query->status == NULL && !query->facets;
}

static const struct problem *
handle_list_products(struct request *request)
{
	const struct product_query *query = QUERY(request, struct product_query);
	struct wanted_page          wanted = { .request = request };
	struct stamped_key          key;
	struct text                 page;
	const char                 *label;
	bool                        by_sales;

	if (query->list.format == LIST_CSV && query->status == NULL)
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "format", "can only be csv with status");
	if (query->status == NULL && (query->search != NULL || query->facets))
		TRY(limit_search(request));
	TRY(page_read(request, &query->list, query->ordering, product_default_ordering(query), &wanted.page));
	by_sales = wanted.page.ordering == BY_SALES || wanted.page.ordering == BY_SALES_DOWN;
	if (is_kept(request, query) && shown_page_key(request->work, request->query, query->category, by_sales, &key)) {
		shown_displayed(request->work, query->display_currency, &key);
		return respond_stamped(request, &key, make_page, &wanted);
	}
	page = text_new(request->work->arena, 8 * 1024);
	TRY(make_page(request->work, &wanted, &page, &label));
	return respond_json(request, page.bytes, page.length);
}

static const struct problem *
handle_suggest_products(struct request *request)
{
	struct suggestions *answer;

	TRY(suggest_products(request->work, QUERY(request, struct suggest_query)->text, &answer));
	return respond(request, answer);
}

static const struct problem *
respond_product(struct request *request, const struct product *product)
{
	return respond_tagged(request, product, product->id.uuid, product->version);
}

static const struct problem *
make_product(struct work *work, void *argument, struct text *into, const char **label)
{
	struct request      *request = argument;
	struct shown_product shown;

	TRY(show_product(work, path_text(request, "product"), QUERY(request, struct display_query)->display_currency, &shown));
	*label = etag_label(work->arena, shown.id.uuid, shown.version);
	text_add(into, shown.json, shown.length);
	return OK;
}

/* To whom some products are more than to everybody. */
static const struct problem *
show_own(struct request *request, const char *id_or_slug, const char *display_currency)
{
	struct display  display;
	struct product *product;

	TRY(read_product(request->work, id_or_slug, &product));
	TRY(display_open(request->work, display_currency, &display));
	product_displayed(product, &display);
	return respond_product(request, product);
}

static const struct problem *
handle_show_product(struct request *request)
{
	struct work         *work = request->work;
	const char          *id_or_slug = path_text(request, "product");
	const char          *display_currency = QUERY(request, struct display_query)->display_currency;
	struct reach         reach = CATALOG_REACH(work);
	struct stamped_key   key;
	struct shown_product shown;

	if (reach.all || reach.merchant != NULL)
		return show_own(request, id_or_slug, display_currency);
	if (uuid_is_nil(work->viewer.user.uuid) && shown_product_key(work, id_or_slug, &key)) {
		shown_displayed(work, display_currency, &key);
		return respond_stamped(request, &key, make_product, request);
	}
	TRY(show_product(work, id_or_slug, display_currency, &shown));
	return respond_json_tagged(request, shown.json, shown.length, shown.id.uuid, shown.version);
}

static const struct problem *
handle_create_product(struct request *request)
{
	struct product_body body = *BODY(request, struct product_body);
	struct product     *product;

	if (request->n_uploads > 0)
		TRY(receive_images(request->work, request->uploads, request->n_uploads, &body));
	TRY(create_product(request->work, &body, &product));
	return respond_product(request, product);
}

static const struct problem *
handle_update_product(struct request *request)
{
	struct product_id id;
	struct product   *product;

	TRY(path_id(request, "product", &id.uuid));
	TRY(update_product(
	    request->work, id, request->route->body, BODY(request, struct product_body), expected_version(request), &product));
	return respond_product(request, product);
}

static const struct problem *
handle_delete_product(struct request *request)
{
	struct product_id id;

	TRY(path_id(request, "product", &id.uuid));
	TRY(delete_product(request->work, id, expected_version(request)));
	return respond_nothing(request);
}

static const struct problem *
handle_restore_product(struct request *request)
{
	struct product_id id;
	struct product   *product;

	TRY(path_id(request, "product", &id.uuid));
	TRY(restore_product(request->work, id, expected_version(request), &product));
	return respond_product(request, product);
}

/* ---- what else could be bought ---- */

struct recommend_query {
	int64_t     limit;
	const char *display_currency;
};

static const struct member recommend_query_members[] = {
	M_INTEGER(struct recommend_query, limit, "limit", 1, RECOMMENDATIONS_MAX, .defaulted = true, .preset = 12,
	    .description = "Number of products."),
	M_DISPLAY_CURRENCY(struct recommend_query),
};
SHAPE(struct recommend_query, recommend_query_shape, "RecommendQuery", recommend_query_members);

struct recommendations {
	const char *results;
};

static const struct member recommendations_members[] = {
	M_JSON(struct recommendations, results, "results", product_summary_shape, PAGE_BYTES, .required = true),
};
SHAPE(struct recommendations, recommendations_shape, "Recommendations", recommendations_members);

/* Products beside one: how they are found, and what they are kept as. */
struct beside {
	struct request *request;
	const char     *part;
	bool            by_sales;
	const struct problem *(*find)(
	    struct work *work, const char *id_or_slug, int64_t limit, const char *display_currency, struct text *products);
};

static const struct problem *
make_beside(struct work *work, void *argument, struct text *into, const char **label)
{
	const struct beside          *beside = argument;
	struct request               *request = beside->request;
	const struct recommend_query *query = QUERY(request, struct recommend_query);
	struct text                   products = text_new(work->arena, 8 * 1024);
	struct recommendations        answer;

	(void)label;
	TRY(beside->find(work, path_text(request, "product"), query->limit, query->display_currency, &products));
	answer.results = products.bytes;
	shape_print(&recommendations_shape, &answer, into);
	return OK;
}

/* The same for everybody. */
static const struct problem *
respond_beside(struct beside *beside)
{
	struct request    *request = beside->request;
	struct stamped_key key;
	struct text        answer;
	const char        *label;

	if (shown_beside_key(
		request->work, beside->part, path_text(request, "product"), request->query, beside->by_sales, &key)) {
		shown_displayed(request->work, QUERY(request, struct recommend_query)->display_currency, &key);
		return respond_stamped(request, &key, make_beside, beside);
	}
	answer = text_new(request->work->arena, 8 * 1024);
	TRY(make_beside(request->work, beside, &answer, &label));
	return respond_json(request, answer.bytes, answer.length);
}

static const struct problem *
handle_recommend_products(struct request *request)
{
	return respond_beside(&(struct beside) { request, "recommendations", true, recommend_products });
}

static const struct problem *
handle_bought_together(struct request *request)
{
	return respond_beside(&(struct beside) { request, "bought-together", false, find_bought_together });
}

/* ---- variants ---- */

static const struct problem *
handle_create_variant(struct request *request)
{
	struct product_id product;
	struct variant   *variant;

	TRY(path_id(request, "product", &product.uuid));
	TRY(create_variant(request->work, product, BODY(request, struct variant_body), expected_version(request), &variant));
	return respond(request, variant);
}

static const struct problem *
handle_update_variant(struct request *request)
{
	struct variant_id id;
	struct variant   *variant;

	TRY(path_id(request, "variant", &id.uuid));
	TRY(update_variant(
	    request->work, id, request->route->body, BODY(request, struct variant_body), expected_version(request), &variant));
	return respond(request, variant);
}

static const struct problem *
handle_delete_variant(struct request *request)
{
	struct variant_id id;

	TRY(path_id(request, "variant", &id.uuid));
	TRY(delete_variant(request->work, id, expected_version(request)));
	return respond_nothing(request);
}

#define SELLERS (PERMISSION(CATALOG_WRITE) | PERMISSION(CATALOG_WRITE_OWN))

static const struct route product_routes[] = {
	{ GET, "/products", .id = "listProducts", .tagged = true, .permission = PUBLIC, .optional_user = true, .csv = true,
	    .query = &product_query_shape, .answer = { 200, &product_page_shape },
	    .errors = ERRORS(BAD_CURSOR, UNAUTHENTICATED, FORBIDDEN),
	    .summary = "List or search published products; with status, your own", .handler = handle_list_products },
	{ GET, "/products/suggest", .id = "suggestProducts", .permission = PUBLIC, .limit = LIMIT_SUGGEST,
	    .query = &suggest_query_shape, .answer = { 200, &suggestions_shape },
	    .summary = "Suggest categories and names of products for what has been typed so far",
	    .handler = handle_suggest_products },
	{ GET, "/products/{product}", .id = "showProduct", .tagged = true, .permission = PUBLIC, .optional_user = true,
	    .query = &display_query_shape, .answer = { 200, &product_shape }, .summary = "Show a product, by id or slug",
	    .handler = handle_show_product },
	{ GET, "/products/{product}/recommendations", .id = "recommendProducts", .tagged = true, .permission = PUBLIC,
	    .query = &recommend_query_shape, .answer = { 200, &recommendations_shape }, .errors = ERRORS(NOT_FOUND),
	    .summary = "Products in stock of the same category, then of those around it, by sales and rating",
	    .handler = handle_recommend_products },
	{ GET, "/products/{product}/bought-together", .id = "showBoughtTogether", .tagged = true, .permission = PUBLIC,
	    .query = &recommend_query_shape, .answer = { 200, &recommendations_shape }, .errors = ERRORS(NOT_FOUND),
	    .summary = "Products in stock that were ordered together with this one, the most often first",
	    .handler = handle_bought_together },
	{ POST, "/products", .id = "createProduct", .permission = SELLERS, .writes = WRITES_DATABASE,
	    .takes = TAKES_JSON | TAKES_MULTIPART, .body = &product_create_shape,
	    .upload = { .files = "images", .max = MEDIA_FILES_MAX, .json = "product", .kept = true },
	    .answer = { 201, &product_shape },
	    .errors = ERRORS(SKU_TAKEN, DUPLICATE_KEY, MERCHANT_INACTIVE, BODY_TOO_LARGE, STORAGE_FULL),
	    .summary = "Create a product with its variants and their initial stock",
	    .description = "As multipart its pictures and videos come with it, behind those that `images` names.",
	    .handler = handle_create_product },
	{ PUT, "/products/{product}", .id = "replaceProduct", .permission = SELLERS, .writes = WRITES_DATABASE,
	    .body = &product_replace_shape, .answer = { 200, &product_shape },
	    .errors = ERRORS(VERSION_MISMATCH, MERCHANT_INACTIVE, SKU_TAKEN, DUPLICATE_KEY, ADJUST_STOCK),
	    .summary = "Replace a product and its variants; absent members are set to their defaults",
	    .handler = handle_update_product },
	{ PATCH, "/products/{product}", .id = "changeProduct", .permission = SELLERS, .writes = WRITES_DATABASE,
	    .body = &product_change_shape, .answer = { 200, &product_shape },
	    .errors = ERRORS(VERSION_MISMATCH, MERCHANT_INACTIVE, SKU_TAKEN, DUPLICATE_KEY, ADJUST_STOCK),
	    .summary = "Update a product; absent members are unchanged",
	    .description = "If variants are given, they replace the existing ones: variants not listed are deleted.",
	    .handler = handle_update_product },
	{ DELETE, "/products/{product}", .id = "deleteProduct", .permission = SELLERS, .writes = WRITES_DATABASE,
	    .answer = { 204, NULL }, .errors = ERRORS(VERSION_MISMATCH), .summary = "Delete a product; it can be restored",
	    .handler = handle_delete_product },
	{ POST, "/products/{product}/restore", .id = "restoreProduct", .permission = SELLERS, .writes = WRITES_DATABASE,
	    .answer = { 200, &product_shape }, .errors = ERRORS(VERSION_MISMATCH, SKU_TAKEN),
	    .summary = "Restore a deleted product with its SKUs; a number may be appended to its slug",
	    .description = "A published product becomes a draft if its category or its merchant is no longer active.",
	    .handler = handle_restore_product },
	{ POST, "/products/{product}/variants", .id = "addVariant", .permission = SELLERS, .writes = WRITES_DATABASE,
	    .body = &variant_create_shape, .answer = { 201, &variant_shape }, .errors = ERRORS(SKU_TAKEN, VERSION_MISMATCH),
	    .summary = "Add a variant to a product with options", .handler = handle_create_variant },
	{ PUT, "/variants/{variant}", .id = "replaceVariant", .permission = SELLERS, .writes = WRITES_DATABASE,
	    .body = &variant_create_shape, .answer = { 200, &variant_shape },
	    .errors = ERRORS(SKU_TAKEN, VERSION_MISMATCH, ADJUST_STOCK),
	    .summary = "Replace a variant; If-Match takes its product's tag", .handler = handle_update_variant },
	{ PATCH, "/variants/{variant}", .id = "changeVariant", .permission = SELLERS, .writes = WRITES_DATABASE,
	    .body = &variant_change_shape, .answer = { 200, &variant_shape }, .errors = ERRORS(SKU_TAKEN, VERSION_MISMATCH),
	    .summary = "Update a variant; If-Match takes its product's tag", .handler = handle_update_variant },
	{ DELETE, "/variants/{variant}", .id = "deleteVariant", .permission = SELLERS, .writes = WRITES_DATABASE,
	    .answer = { 204, NULL }, .errors = ERRORS(CONFLICT, VERSION_MISMATCH),
	    .summary = "Delete a variant; a product has at least one. If-Match takes its product's tag",
	    .handler = handle_delete_variant },
};
ROUTE_TABLE(product_table, "Products", "Products and their variants.", product_routes);
