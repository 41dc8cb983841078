/* The public pages of the catalogue. */
#include "pages/catalog_pages.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/text.h"
#include "catalog/category.h"
#include "catalog/document.h"
#include "catalog/product_list.h"
#include "catalog/shop.h"
#include "catalog/shown.h"
#include "exchange/display.h"
#include "http/limit.h"
#include "media/media.h"
#include "pages/assets.h"
#include "pages/pages.h"
#include "pages/site_problem.h"

#include <json-c/json.h>
#include <string.h>

enum { FIRST_CARDS = 2, CHOICES_MAX = 50, FEATURED = 6 };

/* ---- what the templates see ---- */

/* Which orders a list offers, and what the query calls them. */
static const char *const ordering_words[] = { "newest", "cheapest", "dearest", "best_rated", "best_sold", "best_match", NULL };
static const struct {
	enum product_ordering ordering;
	const char           *value;
} orderings[] = {
	{ BY_CREATED_DOWN, "-created_at" },
	{ BY_PRICE, "price" },
	{ BY_PRICE_DOWN, "-price" },
	{ BY_RATING_DOWN, "-rating" },
	{ BY_SALES_DOWN, "-sales" },
	{ BY_RELEVANCE, NULL },
};
enum { ORDERINGS = sizeof orderings / sizeof *orderings };

static const struct member list_choice_members[] = {
	M_TEXT(struct list_choice, name, "name", 200),
	M_TEXT(struct list_choice, url, "url", 4096),
	M_TEXT(struct list_choice, value, "value", 230),
	M_INTEGER(struct list_choice, count, "count", 0, INT64_MAX),
	M_BOOLEAN(struct list_choice, chosen, "chosen"),
};
SHAPE(struct list_choice, list_choice_shape, "ListChoice", list_choice_members);

static const struct member currency_menu_members[] = {
	M_TEXT(struct currency_menu, own_currency, "own_currency", 4400),
	M_ARRAY(struct currency_menu, currencies, n_currencies, "currencies", list_choice_shape, CHOICES_MAX),
};
SHAPE_SHARED(struct currency_menu, currency_menu_shape, "CurrencyMenu", currency_menu_members);

static const struct member ordering_choice_members[] = {
	M_ENUM(struct ordering_choice, ordering, "ordering", ordering_words),
	M_TEXT(struct ordering_choice, url, "url", 4096),
	M_TEXT(struct ordering_choice, value, "value", 20),
	M_BOOLEAN(struct ordering_choice, chosen, "chosen"),
};
SHAPE(struct ordering_choice, ordering_choice_shape, "OrderingChoice", ordering_choice_members);

static const struct member hidden_members[] = {
	M_TEXT(struct hidden, name, "name", 64),
	M_TEXT(struct hidden, value, "value", 4096),
};
SHAPE(struct hidden, hidden_shape, "Hidden", hidden_members);

static const struct member list_view_members[] = {
	M_SITE(struct list_view),
	M_TEXT(struct list_view, name, "name", 120),
	M_TEXT(struct list_view, slug, "slug", 230),
	M_ARRAY(struct list_view, path, n_path, "path", category_brief_shape, CATEGORY_DEPTH_MAX + 1),
	M_ARRAY(struct list_view, children, n_children, "children", category_brief_shape, CHILDREN_SHOWN),
	M_JSON(struct list_view, shop, "shop", shop_shape, JSON_BYTES, .single = true),
	M_JSON(struct list_view, first, "first", product_summary_shape, JSON_BYTES),
	M_JSON(struct list_view, rest, "rest", product_summary_shape, JSON_BYTES),
	M_ARRAY(struct list_view, orderings, n_orderings, "orderings", ordering_choice_shape, ORDERINGS),
	M_ARRAY(struct list_view, brands, n_brands, "brands", list_choice_shape, CHOICES_MAX),
	M_ARRAY(struct list_view, categories, n_categories, "categories", list_choice_shape, CHOICES_MAX),
	M_ARRAY(struct list_view, kept, n_kept, "kept", hidden_shape, CHOICES_MAX),
	M_TEXT(struct list_view, next, "next", 4400),
	M_TEXT(struct list_view, previous, "previous", 4400),
	M_TEXT(struct list_view, clear, "clear", 4400),
	M_BOOLEAN(struct list_view, in_stock, "in_stock"),
	M_BOOLEAN(struct list_view, is_empty, "is_empty"),
	M_BOOLEAN(struct list_view, truncated, "truncated"),
	M_BOOLEAN(struct list_view, has_brands, "has_brands"),
	M_BOOLEAN(struct list_view, any_brand, "any_brand"),
	M_OBJECT(struct list_view, menu, "menu", currency_menu_shape),
	M_TEXT(struct list_view, min_price, "min_price", 24),
	M_TEXT(struct list_view, max_price, "max_price", 24),
	M_TEXT(struct list_view, currency, "currency", 3),
	M_TEXT(struct list_view, brand, "brand", 200),
	M_TEXT(struct list_view, no_brand, "no_brand", 4400),
	M_TEXT(struct list_view, no_stock, "no_stock", 4400),
	M_TEXT(struct list_view, no_price, "no_price", 4400),
	M_JSON(struct list_view, featured, "featured", product_summary_shape, JSON_BYTES),
	M_BOOLEAN(struct list_view, is_front, "is_front"),
	M_BOOLEAN(struct list_view, is_narrowed, "is_narrowed"),
	M_BOOLEAN(struct list_view, has_children, "has_children"),
	M_BOOLEAN(struct list_view, has_featured, "has_featured"),
	M_BOOLEAN(struct list_view, has_search_categories, "has_search_categories"),
};
SHAPE_SHARED(struct list_view, list_view_shape, "ListView", list_view_members);

/* ---- addresses of lists ---- */

/* The members of the query but the cursor and those that `is_own` picks: of an address, and of a form. */
static void
add_members(struct request *request, bool (*is_own)(const char *name, const void *argument), const void *argument,
    struct text *url, struct list_view *view)
{
	struct arena *arena = request->work->arena;

	for (const char *pair = request->query; *pair != '\0';) {
		size_t      length = strcspn(pair, "&"), word = strcspn(pair, "=&");
		const char *decoded = arena_copy(arena, pair, word);

		if (word > 0 && word < length && strcmp(decoded, "cursor") != 0 && !is_own(decoded, argument)) {
			if (url != NULL)
				text_addf(url, "%s%.*s", strchr(url->bytes, '?') == NULL ? "?" : "&", (int)length, pair);
			if (view != NULL && view->n_kept < CHOICES_MAX)
				view->kept[view->n_kept++] =
				    (struct hidden) { decoded, query_value(arena, request->query, decoded) };
		}
		pair += length + (pair[length] == '&');
	}
}

static bool
is_member(const char *name, const void *argument)
{
	return strcmp(name, argument) == 0;
}

static bool
is_bound(const char *name, const void *argument)
{
	(void)argument;
	return strcmp(name, "min_price") == 0 || strcmp(name, "max_price") == 0 || strcmp(name, "currency") == 0;
}

/* What the form of the filters has fields for, and sends by them. */
static bool
is_field(const char *name, const void *argument)
{
	const struct list_view *view = argument;

	if (is_bound(name, NULL))
		return view->currency != NULL;
	return strcmp(name, "in_stock") == 0 || (strcmp(name, "brand") == 0 && view->has_brands);
}

/* The list with another value of a member of its query, from its first page; NULL: without it. */
static const char *
list_url(struct request *request, const char *name, const char *value)
{
	struct text url = text_new(request->work->arena, 256);

	text_addf(&url, "%s%s", site_base(request), request->path);
	add_members(request, is_member, name, &url, NULL);
	if (value != NULL)
		text_addf(&url, "%s%s=%s", strchr(url.bytes, '?') == NULL ? "?" : "&", name,
		    percent_encode(request->work->arena, value));
	return url.bytes;
}

/* ---- lists ---- */

/* What the query says, with the page's own category or shop. */
struct wanted_list {
	struct request      *request;
	struct product_query query;
	struct page_request  page;
	enum site_template   as;
	bool                 of_category; /* the path names one */
	const struct shop   *shop;        /* the path names one */
	const char          *moved_to;    /* the path of what had the name that was asked for; else NULL */
	struct list_view     view;
};

const char *
text_member(struct json_object *object, const char *name)
{
	struct json_object *member;

	return json_object_object_get_ex(object, name, &member) ? json_object_get_string(member) : NULL;
}

/* Of the facets: links that narrow the list by a member of the query, or widen it again. */
static void
fill_choices(struct request *request, struct json_object *facets, const char *list, const char *member, const char *chosen,
    struct list_choice **choices, size_t *n)
{
	struct json_object *found, *facet, *count;
	size_t              length = json_object_object_get_ex(facets, list, &found) ? json_object_array_length(found) : 0;

	*choices = ARENA_ARRAY(request->work->arena, length + 1, struct list_choice);
	for (*n = 0; *n < length && *n < CHOICES_MAX; (*n)++) {
		const char *slug;
		bool        is_chosen;

		facet = json_object_array_get_idx(found, *n);
		slug = text_member(facet, "slug");
		is_chosen = chosen != NULL && strcmp(chosen, slug) == 0;
		(*choices)[*n] = (struct list_choice) { .name = text_member(facet, "name"),
			.url = list_url(request, member, is_chosen ? NULL : slug),
			.value = slug,
			.count = json_object_object_get_ex(facet, "count", &count) ? json_object_get_int64(count) : 0,
			.chosen = is_chosen };
	}
}

void
add_element(struct text *array, struct json_object *element)
{
	text_add_char(array, array->length == 0 ? '[' : ',');
	text_add_string(array, json_object_to_json_string_ext(element, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
}

const char *
array_text(struct text *array)
{
	text_add_string(array, array->length == 0 ? "[]" : "]");
	return array->bytes;
}

/* The cards that are seen at once come first, and their pictures are fetched before the others'. */
static void
split_cards(struct arena *arena, const struct text *results, size_t seen, struct list_view *view)
{
	struct json_object *all = json_read(arena, results->bytes, results->length);
	struct text         first = text_new(arena, 4096), rest = text_new(arena, results->length + 2);

	for (size_t i = 0; all != NULL && i < json_object_array_length(all); i++)
		add_element(i < seen ? &first : &rest, json_object_array_get_idx(all, i));
	view->is_empty = first.length == 0 && rest.length == 0;
	view->first = array_text(&first);
	view->rest = array_text(&rest);
}

static void
fill_orderings(struct request *request, const struct wanted_list *wanted, struct list_view *view)
{
	view->orderings = ARENA_ARRAY(request->work->arena, ORDERINGS, struct ordering_choice);
	for (int i = 0; i < ORDERINGS; i++) {
		if (orderings[i].ordering == BY_RELEVANCE && wanted->query.search == NULL)
			continue;
		view->orderings[view->n_orderings++] = (struct ordering_choice) { .ordering = i,
			.value = orderings[i].value == NULL ? "" : orderings[i].value,
			.url = list_url(request, "ordering", orderings[i].value),
			.chosen = wanted->page.ordering == (int)orderings[i].ordering };
	}
}

/* The one currency of the list, in which prices can be bounded. */
static const char *
one_currency(struct json_object *facets)
{
	struct json_object *prices;

	return json_object_object_get_ex(facets, "prices", &prices) && json_object_array_length(prices) == 1
	    ? text_member(json_object_array_get_idx(prices, 0), "currency")
	    : NULL;
}

static const char *
decimal_text(struct arena *arena, const struct request *request, const char *name)
{
	const char *text = query_value(arena, request->query, name);

	return text == NULL ? "" : text;
}

/* What narrows the list, each with the list that it would be without. */
static void
fill_chips(struct request *request, const struct product_query *query, struct list_view *view)
{
	for (size_t i = 0; i < view->n_brands; i++)
		if (view->brands[i].chosen)
			view->brand = view->brands[i].name;
	if (view->brand != NULL)
		view->no_brand = list_url(request, "brand", NULL);
	if (view->in_stock)
		view->no_stock = list_url(request, "in_stock", NULL);
	if (query->min_price != NULL || query->max_price != NULL) {
		struct text url = text_new(request->work->arena, 256);

		text_addf(&url, "%s%s", site_base(request), request->path);
		add_members(request, is_bound, NULL, &url, NULL);
		view->no_price = url.bytes;
	}
	view->is_narrowed = view->no_brand != NULL || view->no_stock != NULL || view->no_price != NULL;
}

static void
fill_filters(struct request *request, const struct wanted_list *wanted, const char *json, struct list_view *view)
{
	struct arena               *arena = request->work->arena;
	const struct product_query *query = &wanted->query;
	struct json_object         *facets = json == NULL ? NULL : json_read(arena, json, strlen(json));

	if (facets != NULL) {
		fill_choices(request, facets, "brands", "brand", query->brand, &view->brands, &view->n_brands);
		if (wanted->as != SITE_HOME)
			fill_choices(request, facets, "categories", "category", query_value(arena, request->query, "category"),
			    &view->categories, &view->n_categories);
		view->currency = query->currency != NULL ? query->currency : one_currency(facets);
	}
	view->has_brands = view->n_brands > 0;
	view->has_search_categories = view->n_categories > 1 && !wanted->of_category;
	view->any_brand = query->brand == NULL;
	view->in_stock = query->in_stock != NULL && *query->in_stock;
	view->min_price = decimal_text(arena, request, "min_price");
	view->max_price = decimal_text(arena, request, "max_price");
	fill_chips(request, query, view);
	view->kept = ARENA_ARRAY(arena, CHOICES_MAX, struct hidden);
	add_members(request, is_field, view, NULL, view);
	if (query->brand != NULL || query->in_stock != NULL || query->min_price != NULL || query->max_price != NULL ||
	    query->rating_gte != NULL || (wanted->as == SITE_LIST && query_value(arena, request->query, "category") != NULL))
		view->clear = query->search == NULL
		    ? arena_format(arena, "%s%s", site_base(request), request->path)
		    : arena_format(arena, "%s%s?q=%s", site_base(request), request->path, percent_encode(arena, query->search));
}

struct currency_menu
currency_menu(struct request *request, const char *chosen)
{
	const char *const   *codes = request->work->config->pages.currencies;
	struct currency_menu menu = { .own_currency = list_url(request, "display_currency", NULL),
		.currencies = ARENA_ARRAY(request->work->arena, CHOICES_MAX, struct list_choice) };

	for (size_t i = 0; i < CHOICES_MAX && codes[i] != NULL; i++)
		menu.currencies[menu.n_currencies++] = (struct list_choice) { .name = codes[i],
			.url = list_url(request, "display_currency", codes[i]),
			.chosen = chosen != NULL && strcmp(chosen, codes[i]) == 0 };
	return menu;
}

/* Was it asked for by a slug that it had before?  An id is no former slug. */
static bool
has_moved(struct wanted_list *wanted, const char *asked, const char *below, const char *slug)
{
	struct arena *arena = wanted->request->work->arena;
	struct uuid   id;

	if (slug == NULL || strcmp(slug, asked) == 0 || uuid_parse(asked, &id))
		return false;
	wanted->moved_to = arena_format(arena, "%s%s", below, percent_encode(arena, slug));
	return true;
}

static const struct problem *
fill_category(struct work *work, struct wanted_list *wanted)
{
	struct list_view *view = &wanted->view;
	const char       *asked = wanted->query.category;
	struct category  *category;

	TRY(read_category(work, asked, &category));
	if (has_moved(wanted, asked, "/categories/", category->slug))
		return problem(NOT_FOUND, "the category is called otherwise now"); /* nothing is kept below the old name */
	wanted->query.category = category->slug;
	view->name = category->name;
	view->slug = category->slug;
	TRY(read_category_path(work, category->id, &view->path, &view->n_path));
	TRY(read_category_children(work, &category->id, &view->children, &view->n_children));
	view->has_children = view->n_children > 0;
	return OK;
}

static const struct problem *
fill_shop(struct work *work, struct wanted_list *wanted)
{
	const char  *asked = path_text(wanted->request, "shop");
	struct text  json = text_new(work->arena, 2048);
	struct shop *shop;

	TRY(read_shop(work, asked, &shop));
	if (has_moved(wanted, asked, "/shops/", shop->slug))
		return problem(NOT_FOUND, "the shop is called otherwise now");
	wanted->query.merchant = &shop->id;
	wanted->shop = shop;
	shape_print(&shop_shape, shop, &json);
	wanted->view.shop = json.bytes;
	return OK;
}

/* What the shop wants to be seen first. */
static const struct problem *
fill_home(struct work *work, struct wanted_list *wanted)
{
	struct list_view          *view = &wanted->view;
	const bool                 yes = true;
	const struct product_query query = { .is_featured = (bool *)&yes };
	const struct page_request  page = { .limit = FEATURED, .ordering = BY_CREATED_DOWN };
	struct text                featured = text_new(work->arena, 8 * 1024);
	struct listed              listed;
	const char                *facets;
	bool                       truncated;

	view->is_front = *wanted->request->query == '\0';
	if (!view->is_front)
		return OK;
	TRY(list_products(work, &query, &page, &featured, &listed, &facets, &truncated));
	view->featured = featured.bytes;
	view->has_featured = listed.count > 0;
	return read_category_children(work, NULL, &view->children, &view->n_children);
}

/* What stands above the list: read when the page is made, not when it is kept. */
static const struct problem *
fill_heading(struct work *work, struct wanted_list *wanted)
{
	if (wanted->as == SITE_HOME)
		return fill_home(work, wanted);
	if (wanted->as == SITE_SHOP)
		return fill_shop(work, wanted);
	return wanted->of_category ? fill_category(work, wanted) : OK;
}

static const struct problem *
make_list(struct work *work, void *argument, struct text *into, const char **label)
{
	struct wanted_list *wanted = argument;
	struct request     *request = wanted->request;
	struct text         results = text_new(work->arena, 16 * 1024);
	struct listed       listed;
	const char         *facets;
	bool                truncated;

	(void)label;
	TRY(fill_heading(work, wanted));
	TRY(list_products(work, &wanted->query, &wanted->page, &results, &listed, &facets, &truncated));
	wanted->view.site = site_of(request, *request->query == '\0');
	if (wanted->shop != NULL && wanted->shop->slug != NULL)
		site_stands_at(request, "/shops/", wanted->shop->slug, &wanted->view.site);
	else if (wanted->of_category)
		site_stands_at(request, "/categories/", wanted->view.slug, &wanted->view.site);
	wanted->view.site.query = wanted->query.search;
	wanted->view.truncated = truncated;
	/* On the first page, a phone's screen ends above them. */
	split_cards(work->arena, &results, wanted->as == SITE_HOME ? 0 : FIRST_CARDS, &wanted->view);
	fill_orderings(request, wanted, &wanted->view);
	fill_filters(request, wanted, facets, &wanted->view);
	wanted->view.site.display_currency = wanted->query.display_currency;
	wanted->view.menu = currency_menu(request, wanted->query.display_currency);
	wanted->view.site.page_script = ASSET_LIST_JS;
	page_fill_links(request, &wanted->page, &listed, &wanted->view);
	wanted->view.next = site_address(request, wanted->view.next);
	wanted->view.previous = site_address(request, wanted->view.previous);
	site_print(request, wanted->as, &wanted->view, into);
	return OK;
}

static const struct problem *
want_list(struct request *request, enum site_template as, struct wanted_list *wanted)
{
	*wanted = (struct wanted_list) { .request = request, .query = *QUERY(request, struct product_query), .as = as };
	wanted->query.facets = as != SITE_HOME && wanted->query.search == NULL;
	return page_read(
	    request, &wanted->query.list, wanted->query.ordering, product_default_ordering(&wanted->query), &wanted->page);
}

/* Pages of a category, a shop or all are kept, as their JSON is; what is searched for or filtered is not. */
static const struct problem *
respond_list(struct request *request, struct wanted_list *wanted)
{
	const bool         by_sales = wanted->page.ordering == BY_SALES || wanted->page.ordering == BY_SALES_DOWN;
	const char        *name = arena_format(request->work->arena, "%s?%s", request->path, request->query);
	struct stamped_key key;

	if (product_query_narrows(&wanted->query) || wanted->query.display_currency != NULL)
		TRY(limit_search(request));
	else if (wanted->as == SITE_SHOP && shown_shop_key(request->work, path_text(request, "shop"), &key))
		return site_respond_kept(request, &key, make_list, wanted);
	else if (shown_page_key(request->work, name, wanted->query.category, by_sales, &key))
		return site_respond_kept(request, &key, make_list, wanted);
	return site_respond(request, make_list, wanted);
}

/* By the language and what was asked of the list.  An old name may be taken again: nobody keeps the answer. */
static const struct problem *
lead_on(struct request *request, const char *path)
{
	respond_header(request, "Cache-Control", "no-cache");
	TRY(respond_redirect(request,
	    arena_format(request->work->arena, "%s%s%s", site_address(request, path), *request->query == '\0' ? "" : "?",
		request->query)));
	request->status = 308;
	return OK;
}

static const struct problem *
show_list(struct request *request, enum site_template as, bool of_category)
{
	struct wanted_list    wanted;
	const struct problem *problem;

	TRY(want_list(request, as, &wanted));
	wanted.of_category = of_category;
	if (of_category)
		wanted.query.category = path_text(request, "category");
	problem = respond_list(request, &wanted);
	return wanted.moved_to == NULL ? problem : lead_on(request, wanted.moved_to);
}

static const struct problem *
show_home(struct request *request)
{
	return show_list(request, SITE_HOME, false);
}

static const struct problem *
show_category_page(struct request *request)
{
	return show_list(request, SITE_LIST, true);
}

static const struct problem *
show_search_page(struct request *request)
{
	return show_list(request, SITE_LIST, false);
}

static const struct problem *
show_shop_page(struct request *request)
{
	return show_list(request, SITE_SHOP, false);
}

/* ---- the query of a list ---- */

static const struct member list_page_query_members[] = {
	M_TEXT(struct product_query, list.cursor, "cursor", 4096, .min = 1, .example = "\"AQAB\""),
	M_INTEGER(struct product_query, list.limit, "limit", 1, 100, .defaulted = true, .preset = 24),
	M_TEXT(struct product_query, search, "q", 200, .example = "\"clay pitcher\""),
	M_TEXT(struct product_query, category, "category", 230, .example = "\"kitchen\""),
	M_TEXT(struct product_query, brand, "brand", 230, .example = "\"aarong\""),
	M_TEXT(struct product_query, currency, "currency", 3, .format = FORMAT_CURRENCY),
	M_DISPLAY_CURRENCY(struct product_query),
	M_DECIMAL(struct product_query, min_price, "min_price", .min = 0),
	M_DECIMAL(struct product_query, max_price, "max_price", .min = 0),
	M_DECIMAL(struct product_query, rating_gte, "rating_gte", .min = 0),
	M_BOOLEAN(struct product_query, in_stock, "in_stock"),
	M_ENUM(struct product_query, ordering, "ordering", product_ordering_values, .example = "\"-created_at\""),
};
SHAPE(struct product_query, list_page_query_shape, "ListPageQuery", list_page_query_members);

static const struct route catalog_pages[] = {
	{ GET, "/", .id = "showHome", PUBLIC_PAGE, .query = &list_page_query_shape, .errors = ERRORS(BAD_CURSOR),
	    .summary = "The storefront's first page", .handler = show_home },
	{ GET, "/categories/{category}", .id = "showCategoryPage", PUBLIC_PAGE, .query = &list_page_query_shape,
	    .errors = ERRORS(BAD_CURSOR, NOT_FOUND), .summary = "A category's products", .handler = show_category_page },
	{ GET, "/search", .id = "showSearchPage", PUBLIC_PAGE, .query = &list_page_query_shape, .errors = ERRORS(BAD_CURSOR),
	    .summary = "What a search finds", .handler = show_search_page },
	{ GET, "/shops/{shop}", .id = "showShopPage", PUBLIC_PAGE, .query = &list_page_query_shape,
	    .errors = ERRORS(BAD_CURSOR, NOT_FOUND), .summary = "A seller's shop and its products", .handler = show_shop_page },
};
ROUTE_TABLE(catalog_pages_table, "Storefront", "Pages for people, printed whole by the server.", catalog_pages);
