/*
 * product_search.h: the products that a search finds.
 */
#ifndef PRODUCT_SEARCH_H
#define PRODUCT_SEARCH_H

#include "catalog/product_select.h"

/* The page of found->cursor, whose key is a position; found->limit and the cursor are then those for page_links. */
const struct problem *search_products(struct work *work, const char *search, const struct product_filters *filters,
    struct product_results *found);

#endif
