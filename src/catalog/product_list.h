/*
 * product_list.h: the list behind GET /products.
 */
#ifndef PRODUCT_LIST_H
#define PRODUCT_LIST_H

#include "catalog/product_facets.h"
#include "catalog/product_select.h"

/*
 * One page of products, appended as a JSON array of summaries: published ones, what a search finds, or with a status one's
 * own; *facets is NULL unless they were asked for; *truncated is a search's.  VALIDATION_FAILED, BAD_CURSOR, UNAUTHENTICATED,
 * FORBIDDEN.
 */
const struct problem *list_products(struct work *work, const struct product_query *query, const struct page_request *page,
    struct text *products, struct listed *listed, const char **facets, bool *truncated);

#endif
