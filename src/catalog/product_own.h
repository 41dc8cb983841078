/*
 * product_own.h: products by status, for those who sell and manage them.
 */
#ifndef PRODUCT_OWN_H
#define PRODUCT_OWN_H

#include "catalog/product_select.h"

/* The same as rows. */
const struct problem *find_products_by_status(struct work *work, const struct product_query *query,
    const struct page_request *page, struct product_summary **rows, struct listed *listed);

/*
 * The products of the viewer's reach with query->status: drafts, archived and deleted ones too.  UNAUTHENTICATED, FORBIDDEN;
 * VALIDATION_FAILED for filters that this list does not have; BAD_CURSOR.
 */
const struct problem *list_products_by_status(struct work *work, const struct product_query *query,
    const struct page_request *page, struct text *products, struct listed *listed);

#endif
