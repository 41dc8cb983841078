/* product_bulk.h: new products of a file in statements of many rows. */
#ifndef PRODUCT_BULK_H
#define PRODUCT_BULK_H

#include "catalog/product_import.h"

/* Find what a body refers to besides its category's and brand's ids, in a transaction: each name is looked up once. */
struct references;
struct references    *references_new(struct arena *arena);
const struct problem *find_references(struct work *work, struct references *references, const struct import_merchant *merchant,
    struct product_body *body, struct faults *faults);
bool                  category_is_shown(const struct references *references, struct category_id category);
const char           *brand_is_called(const struct references *references, struct brand_id brand);

/* Write those of the drafts that are new and not refused. */
const struct problem *create_products(struct work *work, const struct references *references,
    const struct import_merchant *merchant, struct product_draft *const *drafts, size_t count);

#endif
