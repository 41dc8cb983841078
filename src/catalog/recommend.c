/* What else could be bought: see recommend.h. */
#include "catalog/recommend.h"

#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/document.h"
#include "store/db.h"

struct recommended {
	struct listed_product rows[RECOMMENDATIONS_MAX];
	size_t                count;
};

static bool
is_known(const struct recommended *found, struct product_id product)
{
	for (size_t i = 0; i < found->count; i++)
		if (ID_EQUAL(found->rows[i].id, product))
			return true;
	return false;
}

/*
 * The best sold and the best rated below one ancestor: the first hundred of each along their indexes, so that it costs the same
 * however many there are.
 */
#define FIRST(index, column) \
	"(SELECT l.* FROM product_listings l FORCE INDEX (" index ") " \
	"WHERE l.category_id = (SELECT ancestor_id FROM category_ancestors WHERE category_id = ? AND distance = ?) " \
	"ORDER BY l." column " DESC, l.product_id DESC LIMIT 100)"

static const struct problem *
read_level(struct work *work, const struct product_name *product, int64_t distance, struct listed_product **rows, size_t *count)
{
	return db_rows(work->db, &listed_product_shape, 2 * RECOMMENDATIONS_MAX, rows, count,
	    "SELECT {d} FROM (" FIRST("ix_product_listings_sales", "sales_count") " UNION " FIRST("ix_product_listings_rating",
		"rating_average") ") s JOIN product_documents d ON d.product_id = s.product_id "
				  "WHERE d.in_stock AND d.product_id <> ? ORDER BY s.sales_count DESC, s.rating_average DESC, d.product_id DESC LIMIT ?",
	    P(product->category), P(distance), P(product->category), P(distance), P(product->id), P(2 * RECOMMENDATIONS_MAX));
}

static const struct problem *
count_levels(struct work *work, struct category_id category, int64_t *levels)
{
	return db_value(work->db, levels, "SELECT COUNT(*) FROM category_ancestors WHERE category_id = ?", P(category));
}

const struct problem *
recommend_products(struct work *work, const char *id_or_slug, int64_t limit, const char *display_currency, struct text *products)
{
	struct recommended  *found = ARENA_NEW(work->arena, struct recommended);
	struct product_name *product;
	int64_t              levels;

	TRY(catalog_find(work, id_or_slug, &product));
	TRY(count_levels(work, product->category, &levels));
	for (int64_t distance = 0; distance < levels && (int64_t)found->count < limit; distance++) {
		struct listed_product *rows;
		size_t                 count;

		TRY(read_level(work, product, distance, &rows, &count));
		for (size_t i = 0; i < count && (int64_t)found->count < limit; i++)
			if (!is_known(found, rows[i].id))
				found->rows[found->count++] = rows[i];
	}
	return print_summaries(work, found->rows, found->count, display_currency, products);
}
