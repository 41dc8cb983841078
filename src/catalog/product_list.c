/*
 * Published products, filtered and ordered, page by page.
 *
 * A page is one range of one index of product_listings: the category (nil: the whole shop), the ordering's column, the
 * product; the documents of its dozen rows are read by primary key.  With filters the walk is bounded, so that no list costs
 * much more than another: where few of its rows match, the page is short, and the next goes on where it ended.
 */
#include "catalog/product_list.h"

#include "base/text.h"
#include "catalog/document.h"
#include "catalog/product_own.h"
#include "catalog/product_search.h"

#define BOTH_WAYS(name, column, member, mark) \
	{ column, member, "l.product_id", false, mark }, { column, member, "l.product_id", true, mark },
static const struct list_order orderings[] = { PRODUCT_ORDERINGS(BOTH_WAYS, "l", ".price_order", "price_order") };

/* Only the key of the ordering, which stands in its index: no listing is read for a list without filters. */
#define KEYED(name, column, member, mark) "SELECT STRAIGHT_JOIN {d}, " column " AS " member,
static const char *const selects[] = { PRODUCT_ORDERINGS(KEYED, "l", ".price_order", "price_order") };
#define KEYED_IN_TIME(name, column, member, mark) WITHIN_SECONDS(0.5) "SELECT STRAIGHT_JOIN {d}, " column " AS " member,
static const char *const selects_in_time[] = { PRODUCT_ORDERINGS(KEYED_IN_TIME, "l", ".price_order", "price_order") };
#define KEY(name, column, member, mark) "SELECT l.product_id AS id, " column " AS " member,
static const char *const keys[] = { PRODUCT_ORDERINGS(KEY, "l", ".price_order", "price_order") };

#define WITH_DOCUMENTS "JOIN product_documents d ON d.product_id = l.product_id"

/*
 * A category and nothing else, as most ask: its row is found by its unique key in the list's own statement, so that the range
 * of the index stays one, and there is one round trip.  Nothing is listed under a category that is not shown.
 */
static const struct problem *
list_category(struct work *work, const struct product_filters *filters, const struct page_request *page,
    struct listed_product **rows, struct listed *listed)
{
	int         by = page->ordering / 2;
	struct list list = list_begin(work, selects[by], "FROM categories c JOIN product_listings l FORCE INDEX (");

	list_append(&list, ordering_index(page->ordering));
	list_append(&list, ") ON l.category_id = c.id " WITH_DOCUMENTS);
	where_category(&list, filters);
	return list_page(&list, &listed_product_shape, orderings, page, rows, listed);
}

static const struct problem *
list_filtered(struct work *work, const struct product_filters *filters, const struct page_request *page,
    struct listed_product **rows, struct listed *listed)
{
	int                 by = page->ordering / 2;
	struct product_walk walk;
	struct list         list, walked;

	TRY(choose_walk(work, filters, page->ordering, &walk));
	list = list_begin(work, filters->any ? selects_in_time[by] : selects[by], "FROM product_listings l FORCE INDEX (");
	list_append(&list, walk.index);
	list_append(&list, ") " WITH_DOCUMENTS);
	where_filters(&list, filters);
	if (!filters->any || walk.sorted)
		return list_page(&list, &listed_product_shape, orderings, page, rows, listed);
	walked = list_walk(work, keys[by], filters, &walk);
	return list_page_walked(&list, &walked, WALK_ROWS, &listed_product_shape, orderings, page, rows, listed);
}

static bool
is_category_alone(const struct product_filters *filters)
{
	return !filters->any && (filters->category_slug != NULL || !uuid_is_nil(filters->category.uuid));
}

static const struct problem *
list_published_products(struct work *work, const struct product_filters *filters, const struct page_request *page,
    const char *display_currency, struct text *products, struct listed *listed)
{
	struct listed_product *rows;

	if (page->ordering >= BY_RELEVANCE)
		return problem(BAD_CURSOR, "the cursor is invalid for this list");
	if (is_category_alone(filters))
		TRY(list_category(work, filters, page, &rows, listed));
	else
		TRY(list_filtered(work, filters, page, &rows, listed));
	return print_summaries(work, rows, listed->count, display_currency, products);
}

const struct problem *
list_products(struct work *work, const struct product_query *query, const struct page_request *page, struct text *products,
    struct listed *listed, const char **facets, bool *truncated)
{
	struct product_filters filters;
	bool                   nothing;

	*facets = NULL;
	*truncated = false;
	if (query->facets && (query->status != NULL || query->search != NULL))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "facets", "cannot be combined with status or search");
	if (query->status != NULL)
		return list_products_by_status(work, query, page, products, listed);
	TRY(read_filters(work, query, &filters));
	if (query->search != NULL)
		return search_products(work, query->search, &filters, page, query->display_currency, products, listed, truncated);
	if (is_category_alone(&filters) && !query->facets)
		return list_published_products(work, &filters, page, query->display_currency, products, listed);
	TRY(find_filters(work, &filters, &nothing));
	if (nothing) {
		*listed = (struct listed) { .count = 0 };
		TEXT_ADD(products, "[]");
		if (query->facets)
			*facets = no_facets(work->arena);
		return OK;
	}
	TRY(list_published_products(work, &filters, page, query->display_currency, products, listed));
	return query->facets ? count_facets(work, &filters, facets) : OK;
}
