#include "catalog/product_select.h"

#include "catalog/category.h"
#include "catalog/document.h"
#include "store/db.h"

struct found_filters {
	struct category_id *category;
	struct brand_id    *brand;
};

static const struct member found_filters_members[] = {
	M_ID(struct found_filters, category, "category"),
	M_ID(struct found_filters, brand, "brand"),
};
SHAPE(struct found_filters, found_filters_shape, "FoundFilters", found_filters_members);

const struct problem *
find_filters(struct work *work, struct product_filters *filters, bool *nothing)
{
	bool                  of_category = filters->category_slug != NULL || !uuid_is_nil(filters->category.uuid);
	struct found_filters *found;

	*nothing = false;
	if (!of_category && filters->brand_slug == NULL)
		return OK;
	TRY(db_row(work->db, &found_filters_shape, &found,
	    "SELECT (SELECT c.id FROM categories c WHERE c.id = IFNULL((SELECT id FROM categories WHERE slug = ?), ?) "
	    "AND c.is_shown) AS category, (SELECT id FROM brands WHERE slug = ?) AS brand",
	    P(filters->category_slug), P(filters->category), P(filters->brand_slug)));
	*nothing = (of_category && found->category == NULL) || (filters->brand_slug != NULL && found->brand == NULL);
	if (*nothing)
		return OK;
	if (of_category)
		filters->category = *found->category;
	if (filters->brand_slug != NULL)
		filters->brand = found->brand;
	filters->category_slug = filters->brand_slug = NULL;
	return OK;
}

void
where_category(struct list *list, const struct product_filters *filters)
{
	if (filters->category_slug != NULL)
		list_where(list, "c.slug = ?", P(filters->category_slug));
	else
		list_where(list, "c.id = ?", P(filters->category));
	list_where(list, "c.is_shown");
}

static void
where_brand(struct list *list, const struct product_filters *filters)
{
	list_filter(list, "l.brand_id = ?", P(filters->brand));
}

static void
where_prices(struct list *list, const struct product_filters *filters)
{
	list_filter(list, "l.price_order >= ?", P(filters->price_from));
	list_filter(list, "l.price_order <= ?", P(filters->price_until));
}

static void
where_rating(struct list *list, const struct product_filters *filters)
{
	list_filter(list, "l.rating_average >= CAST(? / 100 AS DECIMAL(3, 2))", P(filters->rating_hundredths));
}

void
where_filters(struct list *list, const struct product_filters *filters)
{
	list_where(list, "l.category_id = ?", P(filters->category));
	where_other_filters(list, filters);
}

void
where_other_filters(struct list *list, const struct product_filters *filters)
{
	where_brand(list, filters);
	list_filter(list, "l.merchant_id = ?", P(filters->merchant));
	where_prices(list, filters);
	where_rating(list, filters);
	list_filter(list, "l.is_featured = ?", P(filters->is_featured));
	list_filter(list, "l.in_stock = ?", P(filters->in_stock));
}

/* ---- which index is walked ---- */

static const char *const ordering_indexes[] = { "ix_product_listings_price", "ix_product_listings_created",
	"ix_product_listings_name", "ix_product_listings_rating", "ix_product_listings_sales" };

/* An index that ranges over a filter: by the time, by the price; its own order is another's where that is NULL. */
struct filter_index {
	const char *by_time, *by_price, *by_rating, *any;
};

static const struct filter_index filter_indexes[] = {
	[WALK_BRAND] = { "ix_product_listings_brand", "ix_product_listings_brand_price", NULL, "ix_product_listings_brand" },
	[WALK_MERCHANT] = { "ix_product_listings_merchant", "ix_product_listings_merchant_price", NULL,
	    "ix_product_listings_merchant" },
	[WALK_PRICES] = { NULL, "ix_product_listings_price", NULL, "ix_product_listings_price" },
	[WALK_FEATURED] = { "ix_product_listings_featured", NULL, NULL, "ix_product_listings_featured" },
	[WALK_RATING] = { NULL, NULL, "ix_product_listings_rating", "ix_product_listings_rating" },
};

static bool
is_given(const struct product_filters *filters, enum walk_by by)
{
	switch (by) {
	case WALK_BRAND:
		return filters->brand != NULL;
	case WALK_MERCHANT:
		return filters->merchant != NULL;
	case WALK_PRICES:
		return filters->currency != NULL;
	case WALK_FEATURED:
		return filters->is_featured != NULL && *filters->is_featured;
	case WALK_RATING:
		return filters->rating_hundredths != NULL;
	case WALK_ALL:
		break;
	}
	return true;
}

const char *
ordering_index(int ordering)
{
	return ordering_indexes[ordering / 2];
}

/* Where the filter's index has the ordering's order. */
static const char *
ordered_index(enum walk_by by, int ordering)
{
	if (by == WALK_ALL)
		return ordering_index(ordering);
	return ordering / 2 == BY_CREATED / 2 ? filter_indexes[by].by_time
	    : ordering / 2 == BY_PRICE / 2    ? filter_indexes[by].by_price
	    : ordering / 2 == BY_RATING / 2   ? filter_indexes[by].by_rating
					      : NULL;
}

struct list
list_walk(struct work *work, const char *select, const struct product_filters *filters, const struct product_walk *walk)
{
	struct list list = list_begin(work, select, "FROM product_listings l FORCE INDEX (");

	list_append(&list, walk->index);
	list_append(&list, ")");
	list_where(&list, "l.category_id = ?", P(filters->category));
	if (walk->by == WALK_BRAND)
		where_brand(&list, filters);
	if (walk->by == WALK_MERCHANT)
		list_filter(&list, "l.merchant_id = ?", P(filters->merchant));
	if (walk->by == WALK_PRICES)
		where_prices(&list, filters);
	if (walk->by == WALK_FEATURED)
		list_filter(&list, "l.is_featured = ?", P(filters->is_featured));
	if (walk->by == WALK_RATING)
		where_rating(&list, filters);
	return list;
}

enum { SIZE_UNKNOWN, SIZE_FEW, SIZE_MANY };

/* Does the filter alone leave so few rows that they can be sorted?  Asked once in a request: a list's facets ask again. */
static const struct problem *
leaves_few(struct work *work, const struct product_filters *filters, const struct product_walk *walk, bool *few)
{
	struct listed_product *row;
	size_t                 count;

	if (filters->sizes[walk->by] == SIZE_UNKNOWN) {
		struct list list = list_walk(work, "SELECT l.product_id AS id", filters, walk);

		list_append(&list, "LIMIT 1 OFFSET ?", P(WALK_ROWS));
		TRY(list_read(&list, &listed_product_shape, 1, &row, &count));
		filters->sizes[walk->by] = count == 0 ? SIZE_FEW : SIZE_MANY;
	}
	*few = filters->sizes[walk->by] == SIZE_FEW;
	return OK;
}

const struct problem *
choose_walk(struct work *work, const struct product_filters *filters, int ordering, struct product_walk *walk)
{
	bool few = false;

	for (enum walk_by by = WALK_BRAND; by <= WALK_RATING; by++) {
		*walk = (struct product_walk) { by, is_given(filters, by) ? ordered_index(by, ordering) : NULL, false };
		if (walk->index != NULL)
			return OK;
	}
	for (enum walk_by by = WALK_BRAND; by <= WALK_RATING; by++) {
		*walk = (struct product_walk) { by, filter_indexes[by].any, true };
		if (!is_given(filters, by))
			continue;
		TRY(leaves_few(work, filters, walk, &few));
		if (few)
			return OK;
	}
	*walk = (struct product_walk) { WALK_ALL, ordered_index(WALK_ALL, ordering), false };
	return OK;
}
