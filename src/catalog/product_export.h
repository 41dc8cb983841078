/* product_export.h: products whole, as a file has them: what an import reads (catalog/product_import.h) into the same again. */
#ifndef PRODUCT_EXPORT_H
#define PRODUCT_EXPORT_H

#include "catalog/product.h"

struct exported_variant {
	struct product_id product;
	const char       *sku, *options, *barcode, *currency;
	struct money     *price; /* NULL: the product's */
	int64_t          *weight_grams, on_hand;
};

/* A picture of the shop, by its id. */
struct exported_image {
	struct media_id id;
	const char     *alt, *url; /* where others can fetch it; NULL: nowhere yet, or it is a video */
};

struct exported_product {
	struct product_id        id;
	struct instant           created_at;
	const char              *slug, *name, *description, *category, *brand, *currency, *tax_class, *options, *specs, *metadata;
	struct money             price, *compare_at_price, *cost_price;
	int                      status;
	bool                     is_featured;
	struct exported_image   *images;
	size_t                   n_images;
	struct exported_variant *variants;
	size_t                   n_variants;
};
SHAPE_DECLARE(struct exported_product, exported_product_shape);
SHAPE_DECLARE(struct exported_image, exported_image_shape);

/* Those of the ids that are there, by id; at most IMPORT_DRAFTS. */
const struct problem *read_exported(
    struct work *work, const struct product_id *ids, size_t n, struct exported_product **products, size_t *count);

/* Where an export goes on: behind this product, in the order in which they were created. */
struct export_place {
	struct instant    created_at;
	struct product_id id;
};

/* The next products of a merchant (NULL: of all), at most EXPORT_PAGE; none at the end. */
enum { EXPORT_PAGE = 25 };
const struct problem *export_page(struct work *work, const struct merchant_id *merchant, struct export_place *place,
    struct exported_product **products, size_t *count);

#endif
