/*
 * Facets of a list: how many products of each brand and category, and the range of their prices.
 *
 * Counted on demand and among the newest FACETS_MAX products that match, so that it costs the same however many there are.
 */
#include "catalog/product_facets.h"

#define FACETS_MAX "10000"
#define LIMITED WITHIN_SECONDS(3) /* anybody may ask, and it is three statements */
enum { BRANDS_MAX = 50, CATEGORIES_MAX = 50, CURRENCIES_MAX = 10 };

struct facet {
	struct uuid id;
	const char *name, *slug;
	int64_t     count;
};

static const struct member facet_members[] = {
	M_ID(struct facet, id, "id"),
	M_TEXT(struct facet, name, "name", 120, .required = true, .example = "\"Aarong\""),
	M_TEXT(struct facet, slug, "slug", 150, .required = true, .example = "\"aarong\""),
	M_INTEGER(struct facet, count, "count", 1, INT64_MAX, .computed = true),
};
SHAPE(struct facet, facet_shape, "Facet", facet_members);

struct price_range {
	const char  *currency;
	struct money min, max;
	int64_t      count;
};

static const struct member price_range_members[] = {
	M_MONEY(struct price_range, min, "min"),
	M_MONEY(struct price_range, max, "max"),
	M_TEXT(struct price_range, currency, "currency", 3, .required = true, .example = "\"BDT\""),
	M_INTEGER(struct price_range, count, "count", 1, INT64_MAX),
};
SHAPE(struct price_range, price_range_shape, "PriceRange", price_range_members);

struct product_facets {
	struct facet       *brands, *categories;
	struct price_range *prices;
	size_t              n_brands, n_categories, n_prices;
};

static const struct member product_facets_members[] = {
	M_ARRAY(struct product_facets, brands, n_brands, "brands", facet_shape, BRANDS_MAX,
	    .description = "In descending order of frequency."),
	M_ARRAY(struct product_facets, categories, n_categories, "categories", facet_shape, CATEGORIES_MAX,
	    .description = "The products' own categories, in descending order of frequency."),
	M_ARRAY(struct product_facets, prices, n_prices, "prices", price_range_shape, CURRENCIES_MAX,
	    .description = "One per currency."),
};
SHAPE_SHARED(struct product_facets, product_facets_shape, "ProductFacets", product_facets_members);

/* Selects from the newest matching listings: `from` begins their SELECT, `end` follows it, where they are called `f`. */
static const struct problem *
count_facet(struct work *work, const struct product_filters *filters, const char *select, const char *from, const char *end,
    const struct shape *shape, size_t limit, void *rows, size_t *count)
{
	struct list list = list_begin(work, select, from);

	add_listing_index(&list, filters, BY_CREATED_DOWN);
	where_filters(&list, filters);
	list_append(&list, "ORDER BY l.created_at DESC, l.product_id DESC LIMIT " FACETS_MAX ") f");
	list_append(&list, end);
	return list_read(&list, shape, limit, rows, count);
}

const struct problem *
count_facets(struct work *work, const struct product_filters *filters, struct product_facets **facets)
{
	struct product_facets *into = *facets = ARENA_NEW(work->arena, struct product_facets);

	TRY(count_facet(work, filters, LIMITED "SELECT {b}, COUNT(*) AS count", "FROM (SELECT l.brand_id FROM product_listings l",
	    "JOIN brands b ON b.id = f.brand_id GROUP BY b.id, b.name, b.slug ORDER BY count DESC, b.name LIMIT 50", &facet_shape,
	    BRANDS_MAX, &into->brands, &into->n_brands));
	TRY(count_facet(work, filters, LIMITED "SELECT {c}, COUNT(*) AS count",
	    "FROM (SELECT l.product_id FROM product_listings l",
	    "JOIN products p ON p.id = f.product_id JOIN categories c ON c.id = p.category_id "
	    "GROUP BY c.id, c.name, c.slug ORDER BY count DESC, c.name LIMIT 50",
	    &facet_shape, CATEGORIES_MAX, &into->categories, &into->n_categories));
	return count_facet(work, filters,
	    LIMITED "SELECT MIN(f.price_minor) AS min_minor, MAX(f.price_minor) AS max_minor, f.currency, COUNT(*) AS count",
	    "FROM (SELECT l.currency, l.price_minor FROM product_listings l", "GROUP BY f.currency ORDER BY count DESC LIMIT 10",
	    &price_range_shape, CURRENCIES_MAX, &into->prices, &into->n_prices);
}
