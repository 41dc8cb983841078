/*
 * product_list.h: between the files that list products: the query, its filters, and how a statement is put together.
 *
 * Three lists answer GET /products: what is on show (product_list.c), what a search finds (product_search.c), and what
 * sellers and staff keep (product_kept.c).  Each composes its SQL from constant fragments; values are always parameters.
 */
#ifndef PRODUCT_LIST_H
#define PRODUCT_LIST_H

#include "base/text.h"
#include "catalog/product.h"
#include "http/request.h"
#include "store/db.h"

enum product_ordering { BY_PRICE, BY_PRICE_DOWN, BY_CREATED, BY_CREATED_DOWN, BY_NAME, BY_NAME_DOWN, BY_RATING, BY_RATING_DOWN,
	BY_SALES, BY_SALES_DOWN, BY_RELEVANCE };

/* What ?status= may say: the three of a product, all of them, or what was deleted. */
enum kept_status { KEPT_DRAFT, KEPT_PUBLISHED, KEPT_ARCHIVED, KEPT_ANY, KEPT_DELETED };

struct product_query {
	struct list_query   list;
	const char         *category, *brand; /* id or slug */
	struct merchant_id *merchant;
	const char         *currency, *search;
	struct decimal     *min_price, *max_price, *rating_gte;
	bool               *is_featured, *in_stock;
	bool                facets;
	int                *status, *ordering;
};

/* The query's filters: prices in minor units, slugs as they are: the statement itself looks them up. */
struct product_filters {
	const char         *category_slug, *brand_slug;
	struct category_id  category; /* when there is no slug; nil: the whole shop */
	struct brand_id    *brand;
	struct merchant_id *merchant;
	const char         *currency;
	int64_t            *min_minor, *max_minor, *rating_hundredths;
	bool               *is_featured, *in_stock;
	bool                several;  /* more than one besides the category */
};

struct product_facets;
SHAPE_DECLARE(struct product_facets, product_facets_shape);

struct product_page {
	struct product_summary *results;
	size_t                  n_results;
	const char             *next, *previous;
	struct product_facets  *facets; /* NULL: not asked for */
};

enum { LIST_PARAMETERS_MAX = 40 };

/* A statement that is being put together. */
struct composed {
	struct text      sql;
	struct parameter parameters[LIST_PARAMETERS_MAX];
	size_t           n;
};
void compose_parameter(struct composed *composed, struct parameter parameter);

/* Run it: at most `limit` summaries. */
const struct problem *compose_run(struct work *work, struct composed *composed, size_t limit, struct product_page *page);

/* Is the column of the ordering sorted downwards when the page goes in its direction? */
bool ordering_descends(const struct cursor *cursor);

/* The rest of a keyset: rows behind the cursor in the ordering's column, ties by id, " ORDER BY ..., LIMIT ?". */
void compose_keyset(struct composed *composed, const struct cursor *cursor, const char *table, const char *column,
    const char *id_column, int64_t limit);

/* "l.category_id = ..." of a listing `l`, and each further filter that was given. */
void compose_category(struct composed *composed, const struct product_filters *filters);
void compose_filters(struct composed *composed, const struct product_filters *filters);

/* "SELECT ..." of what a list shows; in_stock is what was asked for, if it was. */
void compose_columns(struct composed *composed, const bool *in_stock);

/* "FORCE INDEX (...)": what the server may choose from for these filters in that ordering. */
void compose_index(struct composed *composed, const struct product_filters *filters, int ordering);

/* What all products that match the filters have in common. */
const struct problem *count_facets(struct work *work, const struct product_filters *filters, struct product_facets **facets);

/* The cursor's key of a row, for page_links. */
void product_key(const void *row, int ordering, struct cursor *into);

const struct problem *search_products(struct request *request, const struct product_query *query,
    const struct product_filters *filters, struct product_page *page);
const struct problem *list_kept_products(struct request *request, const struct product_query *query,
    struct product_page *page);

/* What a list shows of a product `p` in category `c` of brand `b`. */
#define SUMMARY_JOINS                                                                          \
	"JOIN categories c ON c.id = p.category_id LEFT JOIN brands b ON b.id = p.brand_id "

#endif
