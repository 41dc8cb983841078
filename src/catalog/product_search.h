/*
 * product_search.h: the products that a search finds.
 */
#ifndef PRODUCT_SEARCH_H
#define PRODUCT_SEARCH_H

#include "catalog/product_select.h"
#include "catalog/search_words.h"

/*
 * One page of published products, the best match first unless another ordering is asked for.  *truncated: more products have
 * the rarest word than were looked at.
 */
const struct problem *search_products(struct work *work, const char *search, const struct product_filters *filters,
    const struct page_request *page, const char *display_currency, struct text *products, struct listed *listed, bool *truncated);

/* A document `l` of the search has what was typed; with `others` that, or what may be meant by it. */
void where_term(struct list *list, const struct search_term *term, bool others);

#endif
