/*
 * product_select.h: what the lists of products have in common: what they show of one, their orderings and filters.
 *
 * Three lists use it: published products (product_list.c), what a search finds (product_search.c), and products by status
 * (product_own.c); and the counts of product_facets.c.  They are put together with store/list.h.
 */
#ifndef PRODUCT_SELECT_H
#define PRODUCT_SELECT_H

#include "catalog/product_query.h"
#include "store/list.h"

/* "SELECT ..." of a product summary of a product `p`; `in_stock` is what the list was filtered by, or NULL. */
const char *product_select(const bool *in_stock);

/* Its category `c` and brand `b`. */
#define PRODUCT_JOINS "JOIN categories c ON c.id = p.category_id LEFT JOIN brands b ON b.id = p.brand_id"

/* The condition that a listing `l` is of the filters' category, with its parameter in *value. */
const char *category_condition(const struct product_filters *filters, struct parameter *value);

/* The conditions of a listing `l`: its category, and each further filter that was given. */
void where_filters(struct list *list, const struct product_filters *filters);

/* "FORCE INDEX (...)": what the server may choose from for these filters in that ordering, but for BY_RELEVANCE. */
void add_listing_index(struct list *list, const struct product_filters *filters, int ordering);

#endif
