/*
 * product_search.h: the products that a search finds.
 */
#ifndef PRODUCT_SEARCH_H
#define PRODUCT_SEARCH_H

#include "catalog/product_select.h"

/*
 * One page of published products, the best match first unless another ordering is asked for.  *truncated: more products have
 * the rarest word than were looked at.
 */
const struct problem *search_products(struct work *work, const char *search, const struct product_filters *filters,
    const struct page_request *page, struct text *products, struct listed *listed, bool *truncated);

#endif
