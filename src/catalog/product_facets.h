/*
 * product_facets.h: the facets of a list of products.
 */
#ifndef PRODUCT_FACETS_H
#define PRODUCT_FACETS_H

#include "catalog/product_select.h"

struct product_facets;
SHAPE_DECLARE(struct product_facets, product_facets_shape);

/* Counts of brands, categories and prices of the products that match the filters, as JSON; 30 seconds old at most. */
const char           *no_facets(struct arena *arena); /* of nothing */
const struct problem *count_facets(struct work *work, const struct product_filters *filters, const char **json);

#endif
