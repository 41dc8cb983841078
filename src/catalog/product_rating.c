/* Products as what others write belongs to them: found, locked, and told what their reviews come to.  See catalog.h. */
#include "catalog/catalog.h"

#include "catalog/document.h"
#include "catalog/shown.h"
#include "store/db.h"

static const struct member product_name_members[] = {
	M_ID(struct product_name, id, "id"),
	M_ID(struct product_name, merchant, "merchant_id"),
	M_ID(struct product_name, category, "category_id"),
	M_TEXT(struct product_name, slug, "slug", 230, .required = true),
};
SHAPE(struct product_name, product_name_shape, "ProductName", product_name_members, .noun = "product");

#define FIND \
	"SELECT {p} FROM products p JOIN merchants m ON m.id = p.merchant_id " \
	"WHERE p.deleted_at IS NULL AND p.status = 'published' AND m.status = 'active' AND "

const struct problem *
catalog_find(struct work *work, const char *id_or_slug, struct product_name **product)
{
	struct product_id id;

	if (id_or_slug == NULL)
		return problem(NOT_FOUND, "product not found");
	if (uuid_parse(id_or_slug, &id.uuid))
		return db_one(work->db, &product_name_shape, product, FIND "p.id = ?", P(id));
	return db_one(work->db, &product_name_shape, product, FIND "p.slug = ?", P(id_or_slug));
}

const struct problem *
catalog_lock(struct work *work, struct product_id product)
{
	struct product_name *locked;

	return db_one(work->db, &product_name_shape, &locked, "SELECT {} FROM products WHERE id = ? FOR UPDATE", P(product));
}

/* Where products are filtered and ordered by it. */
static const struct problem *
list_rating(struct work *work, struct product_id product)
{
	TRY(db_run(work->db, NULL,
	    "UPDATE product_listings l JOIN products p ON p.id = l.product_id SET l.rating_average = p.rating_average "
	    "WHERE l.product_id = ?",
	    P(product)));
	return db_run(work->db, NULL,
	    "UPDATE search_documents d JOIN products p ON p.id = d.product_id SET d.rating_average = p.rating_average "
	    "WHERE d.product_id = ?",
	    P(product));
}

/* The columns are assigned from left to right, each from what those before it have become. */
const struct problem *
catalog_reviewed(struct work *work, struct product_id product, int64_t count, int64_t sum, const char *top)
{
	int64_t locked;

	TRY(db_run(work->db, NULL,
	    "UPDATE products SET rating_count = rating_count + ?, rating_sum = rating_sum + ?, "
	    "rating_average = IF(rating_count = 0, 0, ROUND(rating_sum / rating_count, 2)), top_reviews = ?, "
	    "updated_at = updated_at WHERE id = ?",
	    P(count), P(sum), P(top), P(product)));
	TRY(db_value(work->db, &locked, "SELECT COUNT(*) FROM product_documents WHERE product_id = ? FOR UPDATE", P(product)));
	TRY(print_documents(work, &product, 1));
	if (count == 0 && sum == 0) {
		shown_product_changed(work, product);
		return OK;
	}
	catalog_changed(work, &product, 1);
	return list_rating(work, product);
}
