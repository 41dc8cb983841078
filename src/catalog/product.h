/*
 * product.h: products and variants between the files of this folder: their shapes, and who may see or change them.
 *
 * A use-case says who asks in a `struct keeper`; what is not theirs is not there.
 */
#ifndef PRODUCT_H
#define PRODUCT_H

#include "catalog/catalog.h"
#include "http/page.h"

enum product_status { PRODUCT_DRAFT, PRODUCT_PUBLISHED, PRODUCT_ARCHIVED };
extern const char *const product_status_values[];

enum { VARIANTS_MAX = 100, IMAGES_MAX = 20, IMAGES_BYTES = 64000, OPTIONS_MAX = 3, OPTION_VALUES_MAX = 50, OPTIONS_BYTES = 64000 };

/* Who asks: staff for every merchant's products, a seller for their own, anybody else for what is on show. */
struct keeper {
	bool                      staff;
	const struct merchant_id *merchant; /* NULL: not a seller */
};
struct keeper product_keeper(const struct request *request);

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

/* One row of a list. */
struct product_summary {
	struct product_id     id;
	const char           *slug, *name;
	struct money          price, *compare_at_price;
	const char           *currency;
	struct category_brief category;
	struct brand_brief   *brand;
	const char           *image;
	const char           *rating; /* "4.50" */
	int64_t               rating_count;
	bool                  in_stock, is_featured;
	int                   status;
	/* Sort keys, not shown. */
	struct instant        created_at;
	int64_t               sales_count, position;
};
SHAPE_DECLARE(struct product_summary, product_summary_shape);

struct product_image {
	const char *url, *alt;
};
SHAPE_DECLARE(struct product_image, product_image_shape);

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
	struct money      price;
	const char       *barcode;
	int64_t          *weight_grams;
	int64_t           available;
};
SHAPE_DECLARE(struct variant, variant_shape);

struct product_merchant {
	struct merchant_id id;
	const char        *shop_name;
};
SHAPE_DECLARE(struct product_merchant, product_merchant_shape);

/* A product whole. */
struct product {
	struct product_id       id;
	const char             *slug, *name, *description;
	struct money            price, *compare_at_price, *cost_price;
	const char             *currency;
	struct product_merchant merchant;
	struct category_brief   category;
	struct brand_brief     *brand;
	const char             *image, *images, *options; /* JSON arrays, but for image */
	const char             *rating, *tax_class;
	int64_t                 rating_count, sales_count;
	int                     status;
	bool                    is_featured, in_stock;
	struct variant         *variants;
	size_t                  n_variants;
	int64_t                 version;
	struct instant          created_at, updated_at;
};
SHAPE_DECLARE(struct product, product_shape);

/* The product by id, or by slug when `slug` is not NULL, as the keeper may see it; NOT_FOUND. */
const struct problem *read_product(struct work *work, const struct keeper *keeper, struct product_id id, const char *slug,
    struct product **product);

/* Handlers, in routes.c's table. */
const struct problem *list_products(struct request *request);
const struct problem *show_product(struct request *request);
const struct problem *create_product(struct request *request);
const struct problem *change_product(struct request *request);
const struct problem *delete_product(struct request *request);
const struct problem *restore_product(struct request *request);
const struct problem *add_variant(struct request *request);
const struct problem *change_variant(struct request *request);
const struct problem *delete_variant(struct request *request);

/* Shapes of their bodies and queries. */
extern const struct shape product_create_shape, product_change_shape, variant_create_shape, variant_change_shape,
    product_list_query_shape, product_page_shape;

#endif
