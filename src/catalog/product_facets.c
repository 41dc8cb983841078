/*
 * Facets of a list: how many products of each brand and category, and the range of their prices.
 *
 * Counted on demand among the newest products that match, in a walk that is bounded as that of a list is, so that it costs
 * the same however many there are; and kept for some seconds, because a page of a storefront asks for them each time.
 */
#include "catalog/product_facets.h"

#include "base/encoding.h"
#include "base/text.h"
#include "catalog/document.h"
#include "store/cache.h"
#include "store/db.h"

#include <stdlib.h>

#define LIMITED WITHIN_SECONDS(0.5) /* anybody may ask */
enum { BRANDS_MAX = 50, CATEGORIES_MAX = 50, CURRENCIES_MAX = 10, KEPT_SECONDS = 30 };

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
	bool                at_least;
};

static const struct member product_facets_members[] = {
	M_ARRAY(struct product_facets, brands, n_brands, "brands", facet_shape, BRANDS_MAX,
	    .description = "In descending order of frequency."),
	M_ARRAY(struct product_facets, categories, n_categories, "categories", facet_shape, CATEGORIES_MAX,
	    .description = "The products' own categories, in descending order of frequency."),
	M_ARRAY(struct product_facets, prices, n_prices, "prices", price_range_shape, CURRENCIES_MAX,
	    .description = "One per currency."),
	M_BOOLEAN(struct product_facets, at_least, "at_least",
	    .description = "True if there are more products than were counted: the newest were."),
};
SHAPE_SHARED(struct product_facets, product_facets_shape, "ProductFacets", product_facets_members);

/* A product that is counted. */
struct counted {
	struct brand_id   *brand;
	struct category_id category;
	struct money       price;
	const char        *currency;
};

static const struct member counted_members[] = {
	M_ID(struct counted, brand, "brand_id"),
	M_ID(struct counted, category, "category_id", .computed = true),
	M_MONEY(struct counted, price, "price"),
	M_TEXT(struct counted, currency, "currency", 3),
};
SHAPE(struct counted, counted_shape, "CountedProduct", counted_members);

/* The newest products that match; *more when the walk ended before it had seen all. */
static const struct problem *
read_counted(struct work *work, const struct product_filters *filters, struct counted **rows, size_t *count, bool *more)
{
	struct listed_product *beyond;
	struct product_walk    walk;
	struct list            walked, list;
	size_t                 n_beyond;

	TRY(choose_walk(work, filters, BY_CREATED_DOWN, &walk));
	walked = list_walk(work, "SELECT l.category_id, l.product_id", filters, &walk);
	list_append(&walked, "ORDER BY l.created_at DESC, l.product_id DESC LIMIT ?", P(WALK_ROWS));
	list = list_of_rows(LIMITED "SELECT STRAIGHT_JOIN {l}, p.category_id", &walked,
	    "w JOIN product_listings l FORCE INDEX (PRIMARY) ON l.category_id = w.category_id AND l.product_id = w.product_id "
	    "JOIN products p ON p.id = l.product_id");
	where_filters(&list, filters);
	TRY(list_read(&list, &counted_shape, WALK_ROWS, rows, count));
	walked = list_walk(work, LIMITED "SELECT l.product_id AS id", filters, &walk);
	list_append(&walked, "LIMIT 1 OFFSET ?", P(WALK_ROWS));
	TRY(list_read(&walked, &listed_product_shape, 1, &beyond, &n_beyond));
	*more = n_beyond > 0;
	return OK;
}

/* ---- counting ---- */

static int
by_count(const void *a, const void *b)
{
	int64_t first = ((const struct facet *)a)->count, second = ((const struct facet *)b)->count;

	return first < second ? 1
	    : first > second  ? -1
			      : uuid_compare(&((const struct facet *)a)->id, &((const struct facet *)b)->id);
}

static int
by_id(const void *a, const void *b)
{
	return uuid_compare(a, b);
}

/* How often each of the ids occurs, the most frequent first, at most `max` of them; *ids is sorted. */
static size_t
count_ids(struct arena *arena, struct uuid *ids, size_t n, size_t max, struct facet **facets)
{
	struct facet *all = ARENA_ARRAY(arena, n, struct facet);
	size_t        count = 0;

	qsort(ids, n, sizeof *ids, by_id);
	for (size_t i = 0; i < n; i++) {
		if (count == 0 || uuid_compare(&all[count - 1].id, &ids[i]) != 0)
			all[count++].id = ids[i];
		all[count - 1].count++;
	}
	qsort(all, count, sizeof *all, by_count);
	*facets = all;
	return count < max ? count : max;
}

/* Their names, by `sql`; those that are gone are left out. */
static const struct problem *
name_facets(struct work *work, const char *sql, struct facet *facets, size_t *n)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, *n, struct parameter);
	struct facet     *names;
	size_t            n_names, kept = 0;

	if (*n == 0)
		return OK;
	for (size_t i = 0; i < *n; i++)
		ids[i] = P(facets[i].id);
	TRY(db_rows_many(work->db, &facet_shape, *n, &names, &n_names, sql, *n, *n, ids));
	for (size_t i = 0; i < *n; i++)
		for (size_t j = 0; j < n_names; j++)
			if (uuid_compare(&facets[i].id, &names[j].id) == 0) {
				int64_t count = facets[i].count;

				facets[kept] = names[j];
				facets[kept++].count = count;
			}
	*n = kept;
	return OK;
}

static int
by_range_count(const void *a, const void *b)
{
	int64_t first = ((const struct price_range *)a)->count, second = ((const struct price_range *)b)->count;

	return first < second ? 1 : first > second ? -1 : 0;
}

static struct price_range *
range_of(struct product_facets *facets, const char *currency)
{
	for (size_t i = 0; i < facets->n_prices; i++)
		if (strcmp(facets->prices[i].currency, currency) == 0)
			return &facets->prices[i];
	return NULL;
}

static void
count_prices(struct arena *arena, const struct counted *rows, size_t count, struct product_facets *facets)
{
	facets->prices = ARENA_ARRAY(arena, CURRENCIES_MAX, struct price_range);
	for (size_t i = 0; i < count; i++) {
		struct price_range *range = range_of(facets, rows[i].currency);

		if (range == NULL && facets->n_prices < CURRENCIES_MAX) {
			range = &facets->prices[facets->n_prices++];
			*range = (struct price_range) { rows[i].currency, rows[i].price, rows[i].price, 0 };
		}
		if (range == NULL)
			continue;
		range->count++;
		if (rows[i].price.minor < range->min.minor)
			range->min = rows[i].price;
		if (rows[i].price.minor > range->max.minor)
			range->max = rows[i].price;
	}
	qsort(facets->prices, facets->n_prices, sizeof *facets->prices, by_range_count);
}

static const struct problem *
count_all(struct work *work, const struct product_filters *filters, struct product_facets *facets)
{
	struct counted *rows;
	struct uuid    *brands, *categories;
	size_t          count, n_brands = 0;

	TRY(read_counted(work, filters, &rows, &count, &facets->at_least));
	brands = ARENA_ARRAY(work->arena, count, struct uuid);
	categories = ARENA_ARRAY(work->arena, count, struct uuid);
	for (size_t i = 0; i < count; i++) {
		categories[i] = rows[i].category.uuid;
		if (rows[i].brand != NULL)
			brands[n_brands++] = rows[i].brand->uuid;
	}
	facets->n_brands = count_ids(work->arena, brands, n_brands, BRANDS_MAX, &facets->brands);
	facets->n_categories = count_ids(work->arena, categories, count, CATEGORIES_MAX, &facets->categories);
	count_prices(work->arena, rows, count, facets);
	TRY(name_facets(work, "SELECT {b} FROM brands b WHERE b.id IN ([?])", facets->brands, &facets->n_brands));
	return name_facets(work, "SELECT {c} FROM categories c WHERE c.id IN ([?])", facets->categories, &facets->n_categories);
}

/* ---- kept ---- */

static const char *
id_or_none(struct arena *arena, const struct uuid *id)
{
	return id == NULL ? "" : uuid_text(arena, *id);
}

/* What the filters say, as a key. */
static const char *
key_of_filters(struct arena *arena, const struct product_filters *filters)
{
	const bool *flags[] = { filters->is_featured, filters->in_stock };
	struct text key = text_new(arena, 256);

	text_addf(&key, "facets:%s:%s:%s:%s:%s:%lld", uuid_text(arena, filters->category.uuid),
	    id_or_none(arena, filters->brand == NULL ? NULL : &filters->brand->uuid),
	    id_or_none(arena, filters->merchant == NULL ? NULL : &filters->merchant->uuid),
	    filters->price_from == NULL ? "" : filters->price_from, filters->price_until == NULL ? "" : filters->price_until,
	    filters->rating_hundredths == NULL ? -1LL : (long long)*filters->rating_hundredths);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		text_add_string(&key, flags[i] == NULL ? ":" : *flags[i] ? ":yes" : ":no");
	return key.bytes;
}

const char *
no_facets(struct arena *arena)
{
	struct product_facets facets = { .n_brands = 0 };
	struct text           out = text_new(arena, 128);

	shape_print(&product_facets_shape, &facets, &out);
	return out.bytes;
}

const struct problem *
count_facets(struct work *work, const struct product_filters *filters, const char **json)
{
	const char           *key = key_of_filters(work->arena, filters);
	struct product_facets facets = { .n_brands = 0 };
	struct text           out;
	struct cached         kept;

	if (cache_get(work->cache, key, &kept)) {
		*json = kept.bytes;
		return OK;
	}
	TRY(count_all(work, filters, &facets));
	out = text_new(work->arena, 4096);
	shape_print(&product_facets_shape, &facets, &out);
	cache_set(work->cache, key, out.bytes, out.length, KEPT_SECONDS);
	*json = out.bytes;
	return OK;
}
