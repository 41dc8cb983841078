/*
 * product_select.h: how the statements that list products are put together, from constant fragments; values are always
 * parameters.
 *
 * Three lists use it: published products (product_list.c), what a search finds (product_search.c), and products by status
 * (product_own.c); and the counts of product_facets.c.
 */
#ifndef PRODUCT_SELECT_H
#define PRODUCT_SELECT_H

#include "base/text.h"
#include "catalog/product_query.h"
#include "store/db.h"

/* One page: rows behind `cursor`, one more than `limit` when there are further ones; for page_links. */
struct product_results {
	struct product_summary *rows;
	size_t                  count;
	struct cursor           cursor;
	int64_t                 limit;
	bool                    by_position; /* pages are counted, not keyed: the cursor's key is the row's position */
};

enum { LIST_PARAMETERS_MAX = 40 };

/* A statement while it is put together. */
struct composed {
	struct text      sql;
	struct parameter parameters[LIST_PARAMETERS_MAX];
	size_t           n;
};
void compose_parameter(struct composed *composed, struct parameter parameter);

/* Run it: at most `limit` rows. */
const struct problem *compose_run(struct work *work, struct composed *composed, size_t limit, struct product_results *found);

/* The column that both tables of products have for an ordering, but for BY_RELEVANCE. */
const char *ordering_column(int ordering);

/* The rest of a keyset: rows behind the cursor in the ordering's column, ties by id, " ORDER BY ... LIMIT ?". */
void compose_keyset(struct composed *composed, const struct cursor *cursor, const char *table, const char *id_column,
    int64_t limit);

/* "l.category_id = ..." of a listing `l`, and each further filter that was given. */
void compose_category(struct composed *composed, const struct product_filters *filters);
void compose_filters(struct composed *composed, const struct product_filters *filters);

/* "SELECT ..." of a product summary; `in_stock` is what the list was filtered by, or NULL. */
void compose_columns(struct composed *composed, const bool *in_stock);

/* "FORCE INDEX (...)": what the server may choose from for these filters in that ordering. */
void compose_index(struct composed *composed, const struct product_filters *filters, int ordering);

/* The cursor's key of a row, for page_links. */
void product_key(const void *row, int ordering, struct cursor *into);

/* What a list shows of a product `p` in category `c` of brand `b`. */
#define SUMMARY_JOINS                                                                          \
	"JOIN categories c ON c.id = p.category_id LEFT JOIN brands b ON b.id = p.brand_id "

#endif
