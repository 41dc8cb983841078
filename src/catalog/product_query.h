/*
 * product_query.h: the query of GET /products, checked.
 */
#ifndef PRODUCT_QUERY_H
#define PRODUCT_QUERY_H

#include "catalog/product.h"
#include "http/page.h"

/*
 * The orderings: X(name in the query, column of `table`, member of a row that it fills, how a parameter of its type is
 * written).  Each is two, upwards and downwards; the last, the best match of a search first, is no column's.
 */
#define PRODUCT_ORDERINGS(X, table, price_column, price_member) \
	X("price", table price_column, price_member, NULL) \
	X("created_at", table ".created_at", "created_at", NULL) \
	X("name", table ".name", "name", NULL) \
	X("rating", table ".rating_average", "rating", "CAST(? AS DECIMAL(3, 2))") \
	X("sales", table ".sales_count", "sales_count", NULL)
enum product_ordering {
	BY_PRICE,
	BY_PRICE_DOWN,
	BY_CREATED,
	BY_CREATED_DOWN,
	BY_NAME,
	BY_NAME_DOWN,
	BY_RATING,
	BY_RATING_DOWN,
	BY_SALES,
	BY_SALES_DOWN,
	BY_RELEVANCE
};

/* What ?status= may say: a product's own three, any of them, or deleted products. */
enum listed_status { LISTED_DRAFT, LISTED_PUBLISHED, LISTED_ARCHIVED, LISTED_ANY, LISTED_DELETED };

struct product_query {
	struct list_query   list;
	const char         *category, *brand; /* id or slug */
	struct merchant_id *merchant;
	const char         *currency, *display_currency, *search;
	struct decimal     *min_price, *max_price, *rating_gte;
	bool               *is_featured, *in_stock;
	bool                facets;
	int                *status, *ordering;
};

/* The query's filters: prices in minor units, slugs as they are, to be looked up. */
struct product_filters {
	const char         *category_slug, *brand_slug;
	struct category_id  category; /* when there is no slug; nil: the whole shop */
	struct brand_id    *brand;
	struct merchant_id *merchant;
	const char         *currency;
	const char         *price_from, *price_until; /* of that currency, as product_listings.price_order has them */
	int64_t            *rating_hundredths;
	bool               *is_featured, *in_stock;
	bool                any;   /* more than the category */
	int                *sizes; /* SIZES_MAX of product_select.h: what choose_walk has found out about each filter */
};

extern const struct shape product_query_shape;
extern const char *const  product_ordering_values[]; /* of enum product_ordering but the last */

/* The ordering of a list that asks for none: the best match first in a search, else the newest. */
int product_default_ordering(const struct product_query *query);

/* Does it ask for less than all of a category, a shop or a seller?  Such pages are too many to be kept. */
bool product_query_narrows(const struct product_query *query);

/* VALIDATION_FAILED for prices without a currency, or amounts and ratings out of range. */
const struct problem *read_filters(struct work *work, const struct product_query *query, struct product_filters *filters);

#endif
