/* Variants as buyers see them: catalog_offers. */
#include "catalog/catalog.h"

#include "store/db.h"

#include <assert.h>

static const struct member offer_members[] = {
	M_ID(struct offer, variant, "variant_id", .computed = true),
	M_ID(struct offer, product, "product_id", .column = "id"),
	M_ID(struct offer, merchant, "merchant_id"),
	M_ID(struct offer, category, "category_id"),
	M_TEXT(struct offer, name, "name", 200, .required = true),
	M_TEXT(struct offer, slug, "slug", 230, .required = true),
	M_TEXT(struct offer, sku, "sku", 64, .required = true, .computed = true),
	M_MAP(struct offer, options, "options", 3, .required = true, .computed = true),
	M_TEXT(struct offer, image, "image", 1000, .computed = true),
	M_TEXT(struct offer, tax_class, "tax_class", 32, .required = true),
	M_MONEY(struct offer, price, "price", .computed = true),
	M_BOOLEAN(struct offer, on_sale, "on_sale", .computed = true),
	M_INTEGER(struct offer, available, "available", 0, INT64_MAX, .computed = true),
};
SHAPE_SHARED(struct offer, offer_shape, "Offer", offer_members);

#define OFFER_SELECT \
	"SELECT {p}, i.variant_id, v.sku, v.options, JSON_VALUE(p.images, '$[0].url') AS image, IFNULL(v.price_minor, p.price_minor) AS price_minor, " \
	"p.currency, v.deleted_at IS NULL AND p.deleted_at IS NULL AND p.status = 'published' AND m.status = 'active' AS on_sale, " \
	"i.on_hand - i.reserved AS available " \
	"FROM variants v JOIN products p ON p.id = v.product_id JOIN merchants m ON m.id = p.merchant_id " \
	"JOIN inventory i ON i.variant_id = v.id WHERE v.id IN ([?])"

static const struct problem *
read_offers(struct work *work, const struct variant_id *variants, size_t count, struct offer **rows, size_t *n_rows)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, count, struct parameter);

	for (size_t i = 0; i < count; i++)
		ids[i] = P(variants[i]);
	return db_rows_many(work->db, &offer_shape, count, rows, n_rows, OFFER_SELECT, count, count, ids);
}

const struct problem *
catalog_offers(struct work *work, const struct variant_id *variants, size_t count, struct offer ***offers)
{
	struct offer *rows;
	size_t        n_rows;

	assert(count <= OFFERS_MAX);
	*offers = ARENA_ARRAY(work->arena, count, struct offer *);
	if (count == 0)
		return OK;
	TRY(read_offers(work, variants, count, &rows, &n_rows));
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < n_rows && (*offers)[i] == NULL; j++)
			if (ID_EQUAL(rows[j].variant, variants[i]))
				(*offers)[i] = &rows[j];
	return OK;
}
