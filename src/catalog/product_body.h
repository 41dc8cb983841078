/*
 * product_body.h: the bodies that create and update products and variants, and their rules.
 *
 * Amounts arrive as decimals and become minor units once the merchant's currency is known; every fault of a body is
 * reported at once, by the member's own name.
 */
#ifndef PRODUCT_BODY_H
#define PRODUCT_BODY_H

#include "catalog/product.h"
#include "media/media.h"

struct variant_body {
	struct variant_id *id; /* of a product's variants, where they are replaced or changed */
	const char        *sku;
	struct decimal    *price;
	const char        *options; /* JSON object of strings, names in order, or NULL */
	int64_t           *on_hand;
	const char        *barcode;
	int64_t           *weight_grams;
	struct shape_seen  seen;
};

struct upload;

/* A picture that was uploaded, or is to be fetched. */
struct image_body {
	struct media_id *id;
	const char      *url, *alt;
};

struct product_body {
	struct merchant_id    *merchant;
	const char            *name, *description, *currency, *tax_class;
	struct category_id    *category;
	struct brand_id       *brand;
	struct decimal        *price, *compare_at_price, *cost_price;
	const char            *metadata;
	const char            *specs; /* JSON object of strings, or NULL */
	int                   *status;
	bool                  *is_featured;
	struct product_option *options;
	size_t                 n_options;
	struct image_body     *images;
	size_t                 n_images;
	struct variant_body   *variants;
	size_t                 n_variants;
	struct shape_seen      seen;
	/* Of a file only: what else a category, a brand and a product are known by, and what becomes of what it does not name. */
	const char *category_path, *brand_name, *slug;
	bool        delete_missing_variants;
	bool        keeps_variants; /* those that are not named stay, of a file */
	bool        adds_options;   /* `options` come beside those that the product has */
};

extern const struct shape product_import_shape; /* a product in a file, new or known: catalog/product_import.h */
extern const struct shape product_create_shape, product_replace_shape, product_change_shape, variant_create_shape,
    variant_change_shape;

/* The options of a product: no name and no value twice. */
void check_options(const struct product_option *options, size_t count, struct arena *arena, struct faults *faults);

/*
 * product_media.c: files that came with the body are kept, and its images go on with them.  VALIDATION_FAILED at "images.index" of
 * the files, or at "images" when there are too many; STORAGE_FULL.
 */
const struct problem *receive_images(struct work *work, const struct upload *files, size_t n, struct product_body *body);

/* Those of `added` become those of `before`, in their order, and what `added` had besides; a fault when they are too many then. */
void join_options(struct arena *arena, const struct product_body *before, struct product_body *added, struct faults *faults);

/* Each has an id, or an absolute URL. */
void check_images(const struct image_body *images, size_t count, struct arena *arena, struct faults *faults);

/*
 * Does a variant choose one of the values of each option, and nothing else?  `choice` is its JSON object or NULL, `where`
 * the member's name for a fault.
 */
void check_choice(const struct product_option *options, size_t count, const char *choice, const char *where, struct arena *arena,
    struct faults *faults);

/* All variants of a new product: valid choices, no choice and no SKU twice; exactly one without options. */
void check_variants(const struct product_option *options, size_t n_options, const struct variant_body *variants, size_t count,
    struct arena *arena, struct faults *faults);

/* An amount in the currency's minor unit; NULL for NULL; a fault when it has too many digits. */
int64_t *amount_minor(
    const struct decimal *amount, const char *currency, const char *where, struct arena *arena, struct faults *faults);

/* The amount of a row as a body would say it; NULL stays NULL. */
struct decimal *amount_as_body(const int64_t *minor, const char *currency, struct arena *arena);

/* The options of a product's JSON column. */
void parse_options(const char *json, struct arena *arena, struct product_option **options, size_t *count);

/* ADJUST_STOCK with the faults, OK when there are none. */
const struct problem *adjust_problem(struct arena *arena, const struct faults *faults);

#endif
