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
const struct problem *insert_variants(
    struct work *work, struct product_id product, const struct new_variant *variants, size_t count);

/* A variant's own columns, as they are before a change. */
struct variant_row {
	struct variant_id id;
	struct product_id product;
	const char       *sku, *options, *barcode;
	int64_t          *price_minor, *weight_grams, position;
};
extern const struct shape variant_row_shape;

/* The row as a body would say it: what a change is laid over. */
struct variant_body variant_as_body(struct arena *arena, const struct variant_row *row, const char *currency);

/* Write a known variant's columns, and mark one deleted; SKU_TAKEN at `where`, its SKU in the body. */
const struct problem *save_variant(struct work *work, const struct new_variant *variant);
const struct problem *mark_variant_deleted(struct work *work, struct variant_id id);

/* A product that is about to change, its row locked. */
struct locked_product {
	struct product_id  id;
	struct merchant_id merchant;
	bool               merchant_active, deleted, is_featured;
	const char        *currency, *name, *description, *tax_class, *options, *images, *brand_name;
	struct category_id category;
	struct brand_id   *brand;
	int64_t            price_minor, *compare_at_price_minor, *cost_price_minor, version;
	int                status;
};

/*
 * Reads and locks a product that the viewer may change, and checks its version.  NOT_FOUND, also when it is deleted unless
 * `deleted` is wanted; VERSION_MISMATCH.
 */
const struct problem *lock_product(struct work *work, struct product_id id, bool deleted, const struct expected_version *expected,
    struct locked_product **product);

/*
 * Record an event about a product with the state that the struct has now, inside the transaction of the change; the second
 * for a variant of it that was added, changed or deleted.
 */
const struct problem *record_product_event(struct work *work, enum event_type type, const struct locked_product *product);
const struct problem *record_variant_change(
    struct work *work, const struct locked_product *product, const struct new_variant *variant, bool deleted);

/* What is to become of all variants of a product. */
struct variant_plan {
	struct variant_row *rows; /* as they are */
	size_t              n_rows;
	struct new_variant *after; /* as they will be, in their order; a known one has its row's id */
	size_t              count;
};

/*
 * Lays the `variants` of a body (of a shape of product_body.h) over those that the product has, and checks them against the
 * options that it will have.  VALIDATION_FAILED, ADJUST_STOCK.
 */
const struct problem *plan_variants(struct work *work, const struct locked_product *product, const struct shape *shape,
    const struct product_body *body, const struct product_option *options, size_t n_options, struct variant_plan *plan);

/* Writes what the plan changes, with an event for each variant of it.  SKU_TAKEN. */
const struct problem *save_variants(struct work *work, const struct locked_product *product, const struct variant_plan *plan);

/* The JSON columns. */
const char *options_json(struct arena *arena, const struct product_option *options, size_t count);
const char *images_json(struct arena *arena, const struct product_image *images, size_t count);

#endif
