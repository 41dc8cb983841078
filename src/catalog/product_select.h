/*
 * product_select.h: what the lists of listed products have in common: their filters, and the indexes they walk.
 *
 * Published products (product_list.c), what a search finds (product_search.c) and the counts of product_facets.c use it.
 * They are put together with store/list.h.
 */
#ifndef PRODUCT_SELECT_H
#define PRODUCT_SELECT_H

#include "catalog/product_query.h"
#include "store/list.h"

/* The condition that a listing `l` is of the filters' category, with its parameter in *value. */
const char *category_condition(const struct product_filters *filters, struct parameter *value);

/* The conditions of a listing `l`: its category, and each further filter that was given. */
void where_filters(struct list *list, const struct product_filters *filters);

/* "FORCE INDEX (...)": what the server may choose from for these filters in that ordering, but for BY_RELEVANCE. */
void add_listing_index(struct list *list, const struct product_filters *filters, int ordering);

#endif
