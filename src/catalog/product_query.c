/* The query of GET /products, and its filters. */
#include "catalog/product_select.h"

#include "exchange/display.h"

#include <string.h>

#define BOTH_NAMES(name, column, member, mark) name, "-" name,
const char *const        product_ordering_values[] = { PRODUCT_ORDERINGS(BOTH_NAMES, "", "", "") NULL };
static const char *const status_values[] = { "draft", "published", "archived", "any", "deleted", NULL };

static const struct member product_query_members[] = {
	LIST_QUERY(struct product_query),
	LIST_FORMAT(struct product_query),
	M_TEXT(struct product_query, category, "category", 150, .min = 1, .example = "\"kitchen\"",
	    .description = "Id or slug; includes its descendants."),
	M_TEXT(struct product_query, brand, "brand", 150, .min = 1, .example = "\"kashphul\"", .description = "Id or slug."),
	M_ID(struct product_query, merchant, "merchant"),
	M_TEXT(struct product_query, currency, "currency", 3, .format = FORMAT_CURRENCY),
	M_DISPLAY_CURRENCY(struct product_query),
	M_DECIMAL(struct product_query, min_price, "min_price", .min = 0,
	    .description = "Requires currency; the price is the lowest that can be paid now."),
	M_DECIMAL(struct product_query, max_price, "max_price", .min = 0, .description = "Requires currency."),
	M_BOOLEAN(struct product_query, is_featured, "is_featured"),
	M_BOOLEAN(struct product_query, in_stock, "in_stock"),
	M_DECIMAL(struct product_query, rating_gte, "rating_gte", .min = 0, .example = "\"4\"", .description = "0 to 5."),
	M_BOOLEAN(struct product_query, facets, "facets",
	    .description =
		"Also return counts by brand, category and price, of the newest products if there are many; not with search."),
	M_TEXT(struct product_query, search, "search", 200, .min = 1, .example = "\"pitcher\"",
	    .description =
		"Words of the name, brand, category and description, in any case and without marks, or a SKU. Words with one wrong letter, and those that the last word begins, are found behind the exact ones. Of a word that more than 2000 products have, the best matches are looked at: see truncated."),
	M_ENUM(struct product_query, status, "status", status_values,
	    .description = "Lists a seller's own products or, for staff, all; if absent, published products."),
	M_ENUM(struct product_query, ordering, "ordering", product_ordering_values,
	    .description =
		"Prefix - for descending; by default -created_at, with search by relevance. By price means by currency, then by the lowest price that can be paid. With filters a page may be short, even empty, and still have next or previous."),
};
SHAPE_SHARED(struct product_query, product_query_shape, "ProductQuery", product_query_members);

int
product_default_ordering(const struct product_query *query)
{
	return query->search != NULL && query->status == NULL ? BY_RELEVANCE : BY_CREATED_DOWN;
}

bool
product_query_narrows(const struct product_query *query)
{
	return query->brand != NULL || query->currency != NULL || query->search != NULL || query->min_price != NULL ||
	    query->max_price != NULL || query->rating_gte != NULL || query->is_featured != NULL || query->in_stock != NULL;
}

/* Category and brand, each by id or slug. */
static void
name_filters(struct arena *arena, const struct product_query *query, struct product_filters *filters)
{
	struct brand_id brand;

	if (query->category != NULL && !uuid_parse(query->category, &filters->category.uuid))
		filters->category_slug = query->category;
	if (query->brand != NULL && uuid_parse(query->brand, &brand.uuid)) {
		filters->brand = ARENA_NEW(arena, struct brand_id);
		*filters->brand = brand;
	} else {
		filters->brand_slug = query->brand;
	}
}

/* A bound of the prices of one currency; without a price that of the currency itself. */
static void
price_filter(struct arena *arena, const struct product_query *query, const struct decimal *price, const char *name,
    const char *fallback, const char **bound, struct faults *faults)
{
	struct money money;

	if (price == NULL) {
		if (query->currency != NULL)
			*bound = arena_format(arena, "%s%s", query->currency, fallback);
		return;
	}
	if (query->currency == NULL) {
		faults_add(faults, "currency", "is required with min_price and max_price");
	} else if (!decimal_to_money(*price, query->currency, &money)) {
		faults_add(faults, name, "has more decimal places than the currency");
	} else {
		*bound = arena_format(arena, "%s%019lld", query->currency, (long long)money.minor);
	}
}

static void
rating_filter(struct arena *arena, const struct decimal *rating, int64_t **hundredths, struct faults *faults)
{
	int64_t value;

	if (rating == NULL)
		return;
	value = rating->digits;
	for (int scale = rating->scale; scale < 2 && value <= 500; scale++)
		value *= 10;
	if (rating->scale > 2 || value > 500) {
		faults_add(faults, "rating_gte", "must be from 0 to 5, with at most two places");
		return;
	}
	*hundredths = ARENA_NEW(arena, int64_t);
	**hundredths = value;
}

const struct problem *
read_filters(struct work *work, const struct product_query *query, struct product_filters *filters)
{
	struct faults faults = { .count = 0 };

	*filters = (struct product_filters) { .merchant = query->merchant,
		.currency = query->currency,
		.is_featured = query->is_featured,
		.in_stock = query->in_stock,
		.sizes = ARENA_ARRAY(work->arena, SIZES_MAX, int) };
	price_filter(work->arena, query, query->min_price, "min_price", "0", &filters->price_from, &faults);
	price_filter(work->arena, query, query->max_price, "max_price", "9999999999999999999", &filters->price_until, &faults);
	rating_filter(work->arena, query->rating_gte, &filters->rating_hundredths, &faults);
	if (faults.count > 0)
		return problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the query is invalid; see details", &faults);
	name_filters(work->arena, query, filters);
	filters->any = query->brand != NULL || filters->merchant != NULL || filters->currency != NULL ||
	    filters->is_featured != NULL || filters->in_stock != NULL || filters->rating_hundredths != NULL;
	return OK;
}
