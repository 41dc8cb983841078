/* The public pages of a product. */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "catalog/bought_together.h"
#include "catalog/category.h"
#include "catalog/document.h"
#include "catalog/recommend.h"
#include "catalog/shown.h"
#include "exchange/display.h"
#include "media/media.h"
#include "orders/rates.h"
#include "pages/assets.h"
#include "pages/catalog_pages.h"
#include "pages/pages.h"

#include <json-c/json.h>
#include <string.h>

enum { SUMMARY_CHARACTERS = 160, RELATED = 8, TOGETHER = 4, SENDINGS_MAX = 6 };

static const struct member sending_members[] = {
	M_ENUM(struct sending, method, "method", shipping_method_values),
	M_TEXT(struct sending, country, "country", 2),
	M_MONEY(struct sending, price, "price"),
	M_BOOLEAN(struct sending, is_free, "is_free"),
};
SHAPE(struct sending, sending_shape, "Sending", sending_members);

static const struct member product_view_members[] = {
	M_SITE(struct product_view),
	M_JSON(struct product_view, product, "product", product_shape, JSON_BYTES, .single = true),
	M_TEXT(struct product_view, summary, "summary", 700),
	M_JSON(struct product_view, first, "first", media_shape, JSON_BYTES),
	M_JSON(struct product_view, rest, "rest", media_shape, JSON_BYTES),
	M_JSON(struct product_view, videos, "videos", media_shape, JSON_BYTES),
	M_ARRAY(struct product_view, path, n_path, "path", category_brief_shape, CATEGORY_DEPTH_MAX + 1),
	M_BOOLEAN(struct product_view, has_options, "has_options"),
	M_BOOLEAN(struct product_view, has_more_images, "has_more_images"),
	M_BOOLEAN(struct product_view, has_one_variant, "has_one_variant"),
	M_OBJECT(struct product_view, menu, "menu", currency_menu_shape),
	M_ARRAY(struct product_view, sendings, n_sendings, "sendings", sending_shape, SENDINGS_MAX),
	M_INTEGER(struct product_view, return_days, "return_days", 0, INT64_MAX),
};
SHAPE_SHARED(struct product_view, product_view_shape, "ProductView", product_view_members);

static const struct member related_view_members[] = {
	M_SITE(struct related_view),
	M_JSON(struct related_view, together, "together", product_summary_shape, JSON_BYTES),
	M_JSON(struct related_view, products, "products", product_summary_shape, JSON_BYTES),
	M_BOOLEAN(struct related_view, has_together, "has_together"),
	M_BOOLEAN(struct related_view, has_products, "has_products"),
};
SHAPE_SHARED(struct related_view, related_view_shape, "RelatedView", related_view_members);

/* The beginning of a text, whole words, for search engines. */
static const char *
beginning(struct arena *arena, const char *text)
{
	size_t length = 0, characters = 0, end = 0;

	for (; text != NULL && text[length] != '\0' && characters < SUMMARY_CHARACTERS; length++) {
		characters += ((unsigned char)text[length] & 0xc0) != 0x80;
		if (text[length] == ' ' || text[length] == '\n')
			end = length;
	}
	if (text == NULL)
		return NULL;
	return text[length] == '\0' ? text : arena_format(arena, "%.*s…", (int)(end == 0 ? length : end), text);
}

/* Pictures first, and of them the one that is seen at once; then videos. */
static void
split_media(struct arena *arena, struct json_object *all, struct product_view *view)
{
	struct text first = text_new(arena, 2048), rest = text_new(arena, 8192), videos = text_new(arena, 256);

	for (size_t i = 0; i < json_object_array_length(all); i++) {
		struct json_object *one = json_object_array_get_idx(all, i);
		const char         *type = text_member(one, "type");

		if (text_member(one, "url") == NULL)
			continue;
		if (type != NULL && strncmp(type, "video/", strlen("video/")) == 0)
			add_element(&videos, one);
		else
			add_element(first.length == 0 ? &first : &rest, one);
	}
	view->has_more_images = rest.length > 0 || (first.length > 0 && videos.length > 0);
	view->first = array_text(&first);
	view->rest = array_text(&rest);
	view->videos = array_text(&videos);
}

/* The rules for the currency; one piece costs the base and once what each costs. */
static void
fill_sendings(struct work *work, const char *currency, struct product_view *view)
{
	const struct rates         *rates = rates_of(work->config);
	size_t                      count;
	const struct shipping_rule *rules = shipping_rules(rates, &count);

	view->sendings = ARENA_ARRAY(work->arena, SENDINGS_MAX, struct sending);
	view->return_days = work->config->orders.return_days;
	for (size_t i = 0; i < count && view->n_sendings < SENDINGS_MAX; i++) {
		const struct shipping_rule *rule = &rules[i];
		struct shipping_rate        rate;
		struct sending              sending = { .method = rule->method,
				     .country = strcmp(rule->country, "*") == 0 ? NULL : rule->country };

		if (rule_matches(rule->currency, currency) &&
		    shipping_rate(rates, (enum shipping_method)rule->method, rule->country, currency, &rate) &&
		    money_make(rate.base_minor + rate.per_item_minor, currency, &sending.price)) {
			sending.is_free = sending.price.minor == 0;
			view->sendings[view->n_sendings++] = sending;
		}
	}
}

static const struct problem *
make_product_page(struct work *work, void *argument, struct text *into, const char **label)
{
	struct request      *request = argument;
	const char          *currency = QUERY(request, struct display_query)->display_currency;
	struct shown_product shown;
	struct product_view  view = { .site = site_of(request, true), .menu = currency_menu(request, currency) };
	struct json_object  *product, *part;
	struct uuid          category;

	(void)label;
	TRY(show_product(work, path_text(request, "product"), currency, &shown));
	view.product = arena_copy(work->arena, shown.json, shown.length);
	product = json_read(work->arena, view.product, shown.length);
	if (product == NULL)
		return problem(INTERNAL, "the document of a product is no JSON");
	site_stands_at(request, "/products/", text_member(product, "slug"), &view.site);
	fill_sendings(work, text_member(product, "currency"), &view);
	view.summary = beginning(work->arena, text_member(product, "description"));
	view.has_one_variant = json_object_object_get_ex(product, "variants", &part) && json_object_array_length(part) == 1;
	view.has_options = json_object_object_get_ex(product, "options", &part) && json_object_array_length(part) > 0;
	if (json_object_object_get_ex(product, "images", &part))
		split_media(work->arena, part, &view);
	view.site.page_script = ASSET_PRODUCT_JS;
	view.site.display_currency = currency;
	if (json_object_object_get_ex(product, "category", &part) && uuid_parse(text_member(part, "id"), &category))
		TRY(read_category_path(work, (struct category_id) { category }, &view.path, &view.n_path));
	site_print(request, SITE_PRODUCT, &view, into);
	return OK;
}

static const struct problem *
respond_product(struct request *request)
{
	struct stamped_key key;

	if (shown_product_key(request->work, path_text(request, "product"), &key)) {
		shown_displayed(request->work, QUERY(request, struct display_query)->display_currency, &key);
		return site_respond_kept(request, &key, make_product_page, request);
	}
	return site_respond(request, make_product_page, request);
}

/* What was sold here once is gone; of what never was, nothing is said. */
static const struct problem *
show_product_page(struct request *request)
{
	const struct problem *problem = respond_product(request);
	bool                  deleted;

	if (!problem_is(problem, PROBLEM_NOT_FOUND))
		return problem;
	TRY(product_was_shown(request->work, path_text(request, "product"), &deleted));
	return deleted ? problem(GONE, "the product is no longer sold") : problem;
}

static const struct problem *
make_related_page(struct work *work, void *argument, struct text *into, const char **label)
{
	struct request     *request = argument;
	struct text         products = text_new(work->arena, 8 * 1024), together = text_new(work->arena, 4096);
	const char         *currency = QUERY(request, struct display_query)->display_currency;
	struct related_view view = { .site = site_of(request, false) };

	(void)label;
	view.site.display_currency = currency;
	TRY(recommend_products(work, path_text(request, "product"), RELATED, currency, &products));
	TRY(find_bought_together(work, path_text(request, "product"), TOGETHER, currency, &together));
	view.products = products.bytes;
	view.together = together.bytes;
	view.has_together = strcmp(together.bytes, "[]") != 0;
	view.has_products = strcmp(products.bytes, "[]") != 0;
	site_print(request, SITE_RELATED, &view, into);
	return OK;
}

static const struct problem *
show_related_page(struct request *request)
{
	struct stamped_key key;

	if (shown_beside_key(request->work, "related", path_text(request, "product"), "", true, &key)) {
		shown_displayed(request->work, QUERY(request, struct display_query)->display_currency, &key);
		return site_respond_kept(request, &key, make_related_page, request);
	}
	return site_respond(request, make_related_page, request);
}

static const struct route product_pages[] = {
	{ GET, "/products/{product}", .id = "showProductPage", PUBLIC_PAGE, .query = &display_query_shape,
	    .errors = ERRORS(NOT_FOUND, GONE), .summary = "A product, with its pictures, choices and reviews",
	    .handler = show_product_page },
	{ GET, "/products/{product}/related", .id = "showRelatedPage", PUBLIC_PAGE, .query = &display_query_shape,
	    .errors = ERRORS(NOT_FOUND), .summary = "What else could be bought beside a product", .handler = show_related_page },
};
ROUTE_TABLE(product_pages_table, "Product pages", "A product and what belongs to it, for people.", product_pages);
