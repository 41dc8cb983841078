/*
 * product_write.h: between the files that write products and variants.
 */
#ifndef PRODUCT_WRITE_H
#define PRODUCT_WRITE_H

#include "catalog/product_body.h"
#include "events/record.h"

/* A variant about to be written; `where` names its SKU in the body for a fault. */
struct new_variant {
	struct variant_id id;
	const char       *sku, *options, *barcode, *where;
	int64_t          *price_minor, *weight_grams;
	int64_t           on_hand, position;
};

/* Write variants with the stock they begin with; SKU_TAKEN names those whose SKU is another's. */
const struct problem *insert_variants(struct work *work, struct product_id product, const struct new_variant *variants,
    size_t count);

/* A product that is about to change, its row locked. */
struct locked_product {
	struct product_id   id;
	struct merchant_id  merchant;
	bool                merchant_active, deleted, is_featured;
	const char         *currency, *name, *description, *tax_class, *options, *images, *brand_name;
	struct category_id  category;
	struct brand_id    *brand;
	int64_t             price_minor, *compare_at_price_minor, *cost_price_minor, version;
	int                 status;
};

/*
 * Reads and locks a product that the viewer may change, and checks its version.  NOT_FOUND, also when it is deleted unless
 * `deleted` is wanted; VERSION_MISMATCH.
 */
const struct problem *lock_product(struct work *work, struct product_id id, bool deleted,
    const struct expected_version *expected, struct locked_product **product);

/*
 * Record an event about a product with the state that the struct has now, inside the transaction of the change; the second
 * for a variant of it that was added, changed or deleted.
 */
const struct problem *record_product_event(struct work *work, enum event_type type, const struct locked_product *product);
const struct problem *record_variant_change(struct work *work, const struct locked_product *product,
    const struct new_variant *variant, bool deleted);

/* The JSON columns. */
const char *options_json(struct arena *arena, const struct product_option *options, size_t count);
const char *images_json(struct arena *arena, const struct product_image *images, size_t count);

#endif
