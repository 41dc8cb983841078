/* One product with its variants: two round trips. */
#include "catalog/product.h"

#include "store/db.h"

enum { READ_TRIES = 10 };

/* The cost is for those who may change the product. */
#define PRODUCT_SELECT \
	"SELECT {p}, IF(? OR p.merchant_id = ?, p.cost_price_minor, NULL) AS cost_price_minor, " \
	"{m merchant}, {c category}, {b brand}, JSON_VALUE(p.images, '$[0].url') AS image " \
	"FROM products p JOIN merchants m ON m.id = p.merchant_id JOIN categories c ON c.id = p.category_id " \
	"LEFT JOIN brands b ON b.id = p.brand_id "

#define PRODUCT_VISIBLE \
	"AND p.deleted_at IS NULL AND ((p.status = 'published' AND m.status = 'active') OR ? OR p.merchant_id = ?)"

static const struct problem *
read_variants(struct work *work, struct product *product)
{
	TRY(db_rows(work->db, &variant_shape, VARIANTS_MAX, &product->variants, &product->n_variants,
	    "SELECT {v}, IFNULL(v.price_minor, ?) AS price_minor, ? AS currency, i.on_hand - i.reserved AS available, "
	    "p.version AS product_version FROM products p JOIN variants v ON v.product_id = p.id "
	    "JOIN inventory i ON i.variant_id = v.id WHERE p.id = ? AND v.deleted_at IS NULL ORDER BY v.position, v.id",
	    P(product->price.minor), P(product->currency), P(product->id)));
	for (size_t i = 0; i < product->n_variants; i++)
		product->in_stock = product->in_stock || product->variants[i].available > 0;
	return OK;
}

/* By its id, or by its slug where that is not NULL. */
static const struct problem *
read_row(struct work *work, struct product_id id, const char *slug, struct product **product)
{
	struct reach reach = CATALOG_REACH(work);

	if (slug == NULL)
		return db_one(work->db, &product_shape, product, PRODUCT_SELECT "WHERE p.id = ? " PRODUCT_VISIBLE, P(reach.all),
		    P(reach.merchant), P(id), P(reach.all), P(reach.merchant));
	return db_one(work->db, &product_shape, product, PRODUCT_SELECT "WHERE p.slug = ? " PRODUCT_VISIBLE, P(reach.all),
	    P(reach.merchant), P(slug), P(reach.all), P(reach.merchant));
}

/*
 * Both statements must see the product in one version, else they are asked again: options of before with variants of after
 * would be a product that there never was.  No variants are believed when they were missing twice.
 */
static const struct problem *
read_whole(struct work *work, struct product_id id, const char *slug, struct product **product)
{
	int64_t before = 0;

	for (int tries = 0; tries < READ_TRIES; tries++) {
		TRY(read_row(work, id, slug, product));
		TRY(read_variants(work, *product));
		if ((*product)->version == ((*product)->n_variants > 0 ? (*product)->variants[0].product_version : before))
			return OK;
		before = (*product)->version;
	}
	return problem(DATABASE_BUSY, "the product changes all the time; try again");
}

const struct problem *
read_product_by_id(struct work *work, struct product_id id, struct product **product)
{
	return read_whole(work, id, NULL, product);
}

const struct problem *
read_product(struct work *work, const char *id_or_slug, struct product **product)
{
	struct product_id id = { .uuid = { { 0 } } };

	if (id_or_slug == NULL)
		return problem(NOT_FOUND, "product not found");
	return read_whole(work, id, uuid_parse(id_or_slug, &id.uuid) ? NULL : id_or_slug, product);
}
