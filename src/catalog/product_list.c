/*
 * Published products, filtered and ordered, page by page.
 *
 * A page is one range of one index of product_listings: the category (nil: the whole shop), the ordering's column, the
 * product; the products of its dozen rows are read by primary key.  A filter adds its own index to the choice: when few
 * rows match, they are sorted; when many do, the ordering's index meets them soon.
 */
#include "catalog/product_list.h"

#include "catalog/product_own.h"
#include "catalog/product_search.h"

static const struct problem *
list_published_products(struct work *work, const struct product_filters *filters, struct product_results *found)
{
	struct composed composed = { .sql = text_new(work->arena, 2048) };

	if (found->cursor.ordering >= BY_RELEVANCE)
		return problem(BAD_CURSOR, "the cursor is not valid for this list");
	compose_columns(&composed, filters->in_stock);
	TEXT_ADD(&composed.sql, "FROM product_listings l ");
	compose_index(&composed, filters, found->cursor.ordering);
	TEXT_ADD(&composed.sql, "JOIN products p ON p.id = l.product_id " SUMMARY_JOINS "WHERE ");
	compose_category(&composed, filters);
	compose_filters(&composed, filters);
	compose_keyset(&composed, &found->cursor, "l", "product_id", found->limit + 1);
	return compose_run(work, &composed, (size_t)found->limit + 1, found);
}

const struct problem *
list_products(struct work *work, const struct product_query *query, struct product_results *found,
    struct product_facets **facets)
{
	struct product_filters filters;

	*facets = NULL;
	if (query->facets && (query->status != NULL || query->search != NULL))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "facets", "cannot be combined with status or search");
	if (query->status != NULL)
		return list_products_by_status(work, query, found);
	TRY(read_filters(work, query, &filters));
	if (query->search != NULL)
		return search_products(work, query->search, &filters, found);
	TRY(list_published_products(work, &filters, found));
	return query->facets ? count_facets(work, &filters, facets) : OK;
}
