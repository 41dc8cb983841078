/* A product is locked before it, or a variant of it, changes. */
#include "catalog/product_write.h"

#include "media/media.h"
#include "store/db.h"

static const struct member locked_product_members[] = {
	M_ID(struct locked_product, id, "id"),
	M_ID(struct locked_product, merchant, "merchant_id"),
	M_BOOLEAN(struct locked_product, merchant_active, "merchant_active", .computed = true),
	M_BOOLEAN(struct locked_product, deleted, "deleted", .computed = true),
	M_BOOLEAN(struct locked_product, is_featured, "is_featured"),
	M_TEXT(struct locked_product, currency, "currency", 3),
	M_TEXT(struct locked_product, name, "name", 200),
	M_TEXT(struct locked_product, slug, "slug", 230),
	M_TEXT(struct locked_product, description, "description", 20000),
	M_TEXT(struct locked_product, tax_class, "tax_class", 32),
	M_JSON(struct locked_product, options, "options", product_option_shape, OPTIONS_BYTES),
	M_SPECS(struct locked_product),
	M_JSON(struct locked_product, images, "images", media_shape, IMAGES_BYTES),
	M_TEXT(struct locked_product, brand_name, "brand_name", 120),
	M_ID(struct locked_product, category, "category_id"),
	M_ID(struct locked_product, brand, "brand_id"),
	M_INTEGER(struct locked_product, price_minor, "price_minor", 0, INT64_MAX),
	M_INTEGER(struct locked_product, compare_at_price_minor, "compare_at_price_minor", 0, INT64_MAX),
	M_INTEGER(struct locked_product, cost_price_minor, "cost_price_minor", 0, INT64_MAX),
	M_INTEGER(struct locked_product, version, "version", 1, INT32_MAX),
	M_ENUM(struct locked_product, status, "status", product_status_values),
};
SHAPE(struct locked_product, locked_product_shape, "LockedProduct", locked_product_members, .noun = "product");

const struct problem *
lock_product(struct work *work, struct product_id id, bool deleted, const struct expected_version *expected,
    struct locked_product **product)
{
	struct reach          reach = CATALOG_REACH(work);
	struct product_state *state;

	TRY(db_one(work->db, &locked_product_shape, product,
	    "SELECT {p}, (SELECT m.status = 'active' FROM merchants m WHERE m.id = p.merchant_id) AS merchant_active, "
	    "p.deleted_at IS NOT NULL AS deleted FROM products p WHERE p.id = ? AND (? OR p.merchant_id = ?) FOR UPDATE",
	    P(id), P(reach.all), P(reach.merchant)));
	if ((*product)->deleted != deleted)
		return problem(NOT_FOUND, "product not found");
	TRY(check_version(expected, id.uuid, (*product)->version));
	TRY(read_product_state(work, id, &state));
	(*product)->state = state;
	return OK;
}
