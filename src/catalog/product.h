/*
 * product.h: products and variants: their shapes and use-cases.
 *
 * Everybody sees published products of active merchants, sellers all of their own, staff all of everybody's: what a viewer
 * must not see is NOT_FOUND.  Use-cases that write run in the transaction of their caller.
 */
#ifndef PRODUCT_H
#define PRODUCT_H

#include "base/shape.h"
#include "http/permission.h"
#include "store/version.h"
#include "store/work.h"

enum product_status { PRODUCT_DRAFT, PRODUCT_PUBLISHED, PRODUCT_ARCHIVED };
extern const char *const product_status_values[];

enum {
	VARIANTS_MAX = 100,
	IMAGES_MAX = 20,
	IMAGE_BYTES = 4000,
	IMAGES_BYTES = 64000,
	OPTIONS_MAX = 3,
	OPTION_VALUES_MAX = 50,
	OPTIONS_BYTES = 64000,
	SPECS_MAX = 50,
	SPEC_NAME_MAX = 64,
	SPEC_VALUE_MAX = 500,
	TOP_REVIEWS = 3,
	REVIEW_IMAGES_BYTES = 32000,
	TOP_REVIEWS_BYTES = 256000
};

/* Whose products the viewer may change, and see whatever their status. */
#define CATALOG_REACH(work) REACH(work, CATALOG_WRITE, CATALOG_WRITE_OWN)

/* Free name-value pairs, in bodies, answers and rows. */
#define M_SPECS(S, ...) \
	M_MAP(S, specs, "specs", SPECS_MAX, .name_max = SPEC_NAME_MAX, .value_max = SPEC_VALUE_MAX, \
	    .example = "{\"material\":\"red clay\"}", .description = "What it is made of, how large: texts by name.", \
	    ##__VA_ARGS__)

struct category_brief {
	struct category_id id;
	const char        *name, *slug;
};
SHAPE_DECLARE(struct category_brief, category_brief_shape);

struct brand_brief {
	struct brand_id id;
	const char     *name, *slug;
};
SHAPE_DECLARE(struct brand_brief, brand_brief_shape);

/* One row of a list.  The price is the lowest that can be paid: of the variants in stock, or of all while none is. */
struct product_summary {
	struct product_id     id;
	const char           *slug, *name;
	struct money          price, *price_max, *compare_at_price, *display_price;
	const char           *currency;
	struct category_brief category;
	struct brand_brief   *brand;
	const char           *image;  /* JSON: the first of its images, or NULL */
	const char           *rating; /* "4.50" */
	int64_t               rating_count;
	bool                  in_stock, is_featured;
	int                   status;
	/* Sort keys, not shown. */
	struct instant created_at;
	int64_t        sales_count;
	struct money   base_price; /* the product's own */
};
SHAPE_DECLARE(struct product_summary, product_summary_shape);

struct product_option {
	const char        *name;
	const char *const *values;
	size_t             n_values;
};
SHAPE_DECLARE(struct product_option, product_option_shape);

struct variant {
	struct variant_id id;
	const char       *sku;
	const char       *options; /* JSON object of strings */
	struct money      price, *display_price;
	const char       *barcode;
	int64_t          *weight_grams;
	int64_t           available;
	/* Not shown: its product, and its version when this was read. */
	struct product_id product;
	int64_t           product_version;
};
SHAPE_DECLARE(struct variant, variant_shape);

struct product_merchant {
	struct merchant_id id;
	const char        *shop_name;
};
SHAPE_DECLARE(struct product_merchant, product_merchant_shape);

/* A review, as the page of its product shows the most liked. */
struct product_review {
	struct review_id id;
	int64_t          rating, likes, replies_count;
	const char      *title, *text, *images, *user_name; /* images: JSON array */
	bool             verified;
	struct instant   created_at;
};
SHAPE_DECLARE(struct product_review, product_review_shape);

/* A product whole. */
struct product {
	struct product_id       id;
	const char             *slug, *name, *description;
	struct money            price, price_min, *price_max; /* its own; what is to be paid, see product_summary */
	struct money           *display_price;                /* of price_min, as product_displayed has set it */
	struct money           *compare_at_price, *cost_price;
	const char             *metadata; /* NULL for who may not change it */
	const char             *currency;
	struct product_merchant merchant;
	struct category_brief   category;
	struct brand_brief     *brand;
	const char             *image, *images, *options; /* JSON arrays, but for image: the first one */
	const char             *specs;                    /* JSON object of strings, names in order */
	const char             *rating, *tax_class;
	const char             *reviews; /* JSON array: the most liked */
	int64_t                 rating_count, sales_count;
	int                     status;
	bool                    is_featured, in_stock;
	struct variant         *variants;
	size_t                  n_variants;
	int64_t                 version;
	struct instant          created_at, updated_at;
};
SHAPE_DECLARE(struct product, product_shape);

struct product_body;
struct variant_body;
struct display;

/* Set the prices of a product, and of its variants, in the currency of display (exchange/display.h). */
void product_displayed(struct product *product, const struct display *display);

/* A product by id or slug (NULL: not found), as the viewer may see it; NOT_FOUND. */
const struct problem *read_product(struct work *work, const char *id_or_slug, struct product **product);

/* Was there a published product of that id or slug, that was deleted since? */
const struct problem *product_was_shown(struct work *work, const char *id_or_slug, bool *deleted);
const struct problem *read_product_by_id(struct work *work, struct product_id id, struct product **product);

/*
 * A product with its variants and the stock they begin with.  FORBIDDEN for an account without a shop; VALIDATION_FAILED,
 * SKU_TAKEN, DUPLICATE_KEY for options that differ by case only; MERCHANT_INACTIVE when it is to be published.
 */
const struct problem *create_product(struct work *work, const struct product_body *body, struct product **product);

/*
 * `shape` says what the body is: of product_replace_shape it replaces the product, of product_change_shape its absent
 * members stay as they are.  Its variants, where it has them, are all that the product keeps, and stand with its options.
 * NOT_FOUND, VERSION_MISMATCH, VALIDATION_FAILED, ADJUST_STOCK, SKU_TAKEN, DUPLICATE_KEY, MERCHANT_INACTIVE.
 */
const struct problem *update_product(struct work *work, struct product_id id, const struct shape *shape,
    const struct product_body *body, const struct expected_version *expected, struct product **product);

/*
 * Deletion is soft: orders, reviews and movements go on referring to the product.  Its slug and its variants' SKUs become
 * free; restoring it takes them again, or another slug.  NOT_FOUND, VERSION_MISMATCH; SKU_TAKEN by restoring.
 */
const struct problem *delete_product(struct work *work, struct product_id id, const struct expected_version *expected);
const struct problem *restore_product(
    struct work *work, struct product_id id, const struct expected_version *expected, struct product **product);

/* Each change of a variant is one of its product: `expected` is the product's version, which goes up. */
const struct problem *create_variant(struct work *work, struct product_id product, const struct variant_body *body,
    const struct expected_version *expected, struct variant **variant);
const struct problem *update_variant(struct work *work, struct variant_id id, const struct shape *shape,
    const struct variant_body *body, const struct expected_version *expected, struct variant **variant);

/* CONFLICT for the last variant of a product. */
const struct problem *delete_variant(struct work *work, struct variant_id id, const struct expected_version *expected);

#endif
