/*
 * product_select.h: what the lists of listed products have in common: their filters, and the indexes they walk.
 *
 * Published products (product_list.c), what a search finds (product_search.c) and the counts of product_facets.c use it.
 * They are put together with store/list.h.
 */
#ifndef PRODUCT_SELECT_H
#define PRODUCT_SELECT_H

#include "catalog/product_query.h"
#include "store/list.h"

/*
 * The ids of the category and the brand where the filters name them by slugs; *nothing when there is no such category that is
 * shown, or no such brand.  A range of an index needs them: the server does not range over what a subquery finds.
 */
const struct problem *find_filters(struct work *work, struct product_filters *filters, bool *nothing);

/* The condition of a category `c`: the one that the filters name, by id or slug, if it is shown. */
void where_category(struct list *list, const struct product_filters *filters);

/* The conditions of a listing `l`: its category, and each further filter that was given; by ids. */
void where_filters(struct list *list, const struct product_filters *filters);

/* The same without the category, of a listing or a document of the search. */
void where_other_filters(struct list *list, const struct product_filters *filters);

/* What the index that is walked ranges over, besides the category. */
enum walk_by { WALK_ALL, WALK_BRAND, WALK_MERCHANT, WALK_PRICES, WALK_FEATURED, WALK_RATING };

/* product_filters.sizes: one a filter. */
enum { SIZES_MAX = WALK_RATING + 1 };

/* So many rows are walked for a page, or sorted, at most. */
enum { WALK_ROWS = 2000 };

/* The index of product_listings that is walked for a page; `sorted` where its order is another's than the list's. */
struct product_walk {
	enum walk_by by;
	const char  *index;
	bool         sorted;
};

/* The index of product_listings that has this ordering's order within a category. */
const char *ordering_index(int ordering);

/*
 * The walk for these filters in that ordering, but for BY_RELEVANCE: along the index of a filter where that has the
 * ordering's order, else over what a filter leaves where that is few rows, which are sorted, else along the ordering's index.
 */
const struct problem *choose_walk(
    struct work *work, const struct product_filters *filters, int ordering, struct product_walk *walk);

/* The rows of the walk, without the filters that its index does not range over. */
struct list list_walk(
    struct work *work, const char *select, const struct product_filters *filters, const struct product_walk *walk);

#endif
