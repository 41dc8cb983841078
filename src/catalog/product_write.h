/*
 * product_write.h: between the files that write products and variants.
 */
#ifndef PRODUCT_WRITE_H
#define PRODUCT_WRITE_H

#include "catalog/product_body.h"
#include "events/record.h"

/* A fault that lists the classes there are, unless it is one: "standard", or named by orders.tax. */
void check_tax_class(struct work *work, const char *tax_class, struct faults *faults);

/* The same but for case, width and how accents are encoded; letters that a mark tells apart are different. */
bool looks_equal(const char *a, const char *b);

/*
 * DUPLICATE_KEY when two options, or two values of one, are the same but for case ("Size" and "size").  Those that are equal
 * byte for byte are check_options' to find.
 */
const struct problem *check_option_twins(struct work *work, const struct product_option *options, size_t count);

/* A fault when the price is above the one it is said to be reduced from; NULL: there is none. */
void check_reduction(const int64_t *price_minor, const int64_t *compare_at_price_minor, struct faults *faults);

/* The same of a variant's own price, a fault at `where` in the body. */
void check_variant_reduction(
    const int64_t *price_minor, const int64_t *compare_at_price_minor, const char *where, struct faults *faults);

/* What is wrong with the category of a product that is to be published. */
#define CATEGORY_NOT_SHOWN "is not active; no product can be published in it"

/* A variant about to be written; `where` names its SKU in the body for a fault. */
struct new_variant {
	struct variant_id id;
	const char       *sku, *options, *barcode, *where;
	struct product_id product; /* of an insert */
	int64_t          *price_minor, *weight_grams;
	int64_t           on_hand, position;
};

/* Write variants with the stock they begin with; SKU_TAKEN names those whose SKU is another's. */
const struct problem *insert_variants(struct work *work, const struct new_variant *variants, size_t count);

/* The amounts of a body, in the merchant's minor unit. */
struct amounts {
	int64_t  *price, *compare_at_price, *cost_price;
	int64_t **variant_prices;
};

/* A product about to be written, with what its body refers to. */
struct new_product {
	struct product_id          id;
	struct merchant_id         merchant;
	const struct product_body *body;
	const char                *currency, *brand_name, *slug, *images; /* brand_name, images NULL: none */
	struct amounts             amounts;
};

/* What is wrong with a new product's body alone; the amounts.  VALIDATION_FAILED, DUPLICATE_KEY for options that are equivalent. */
const struct problem *check_body(
    struct work *work, const struct product_body *body, const char *currency, struct amounts *amounts);

/* Write new products without their variants.  DUPLICATE_KEY for a slug that is taken. */
const struct problem *insert_products(struct work *work, const struct new_product *products, size_t count);

/* The variants of a new product as its body gives them. */
struct new_variant *new_variants(struct work *work, const struct new_product *product);

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

/*
 * Write a known variant's columns, and mark one deleted; SKU_TAKEN at `where`, its SKU in the body.  One that was set aside
 * (product_variants.c) is there again.
 */
const struct problem *save_variant(struct work *work, const struct new_variant *variant);
const struct problem *mark_variant_deleted(struct work *work, struct variant_id id);

/* SQL: only what is not deleted holds its SKU and its slug. */
#define LIVE "AND live_marker = 1"

struct product_state;

/* A product that is about to change, its row locked. */
struct locked_product {
	struct product_id  id;
	struct merchant_id merchant;
	bool               merchant_active, deleted, is_featured;
	const char        *currency, *name, *slug, *description, *tax_class, *options, *specs, *images, *brand_name;
	struct category_id category;
	struct brand_id   *brand;
	int64_t            price_minor, *compare_at_price_minor, *cost_price_minor, version;
	int                status;

	const struct product_state *state; /* as it is before the change, for the audit */
};

/*
 * Reads and locks a product that the viewer may change, and checks its version.  NOT_FOUND, also when it is deleted unless
 * `deleted` is wanted; VERSION_MISMATCH.
 */
const struct problem *lock_product(struct work *work, struct product_id id, bool deleted, const struct expected_version *expected,
    struct locked_product **product);

/* The product as its events and the audit tell it, with its variants. */
const struct problem *read_product_state(struct work *work, struct product_id product, struct product_state **state);

/*
 * Record an event about a product, and what became of it in the audit, with the state that its row and those of its variants
 * have now: last in the transaction of the change.  `before`: NULL of a new one.  That a variant on sale has become cheaper
 * is an event of its own.
 */
const struct problem *record_product_event(
    struct work *work, enum event_type type, const struct product_state *before, struct product_id product);

/* Events of many products, whose documents the caller takes care of, and whose audit is that of the file they came by. */
const struct problem *record_product_events(
    struct work *work, enum event_type type, const struct product_id *products, size_t count);

/* What is to become of all variants of a product. */
struct variant_plan {
	struct variant_row *rows; /* as they are */
	size_t              n_rows;
	struct new_variant *after; /* as they will be, in their order; a known one has its row's id */
	size_t              count;
	bool                keeps_missing; /* rows that `after` does not have stay as they are; else they are deleted */
};

/*
 * Lays the `variants` of a body (of a shape of product_body.h) over those that the product has, and checks them against the
 * options that it will have.  VALIDATION_FAILED, ADJUST_STOCK.
 */
const struct problem *plan_variants(struct work *work, const struct locked_product *product, const struct shape *shape,
    const struct product_body *body, const struct product_option *options, size_t n_options, struct variant_plan *plan);

/* Writes what the plan changes.  SKU_TAKEN. */
const struct problem *save_variants(struct work *work, const struct locked_product *product, const struct variant_plan *plan);

/* The JSON column. */
const char *options_json(struct arena *arena, const struct product_option *options, size_t count);

/*
 * The product, whose row is locked or not there yet, shows these pictures; *json is its column then.  What has no id is to be
 * fetched.  VALIDATION_FAILED at "images.index" for what is not the viewer's.
 */
const struct problem *attach_images(
    struct work *work, struct product_id product, const struct image_body *images, size_t count, const char **json);

/* The same of many new products, in a few statements: their `images` are set, refused[i] is why the pictures of products[i] cannot be. */
const struct problem *attach_new_images(
    struct work *work, struct new_product *products, size_t count, const struct problem **refused);

#endif
