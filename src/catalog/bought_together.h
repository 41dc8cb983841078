/*
 * bought_together.h: what is ordered together with a product.
 *
 * product_pairs has a row for each product and each other that a paid order holds besides it, with the number of such orders;
 * orders/pairs.c counts them.
 */
#ifndef BOUGHT_TOGETHER_H
#define BOUGHT_TOGETHER_H

#include "base/problem.h"

#include <stdint.h>

struct text;
struct work;

/*
 * Up to `limit` (at most RECOMMENDATIONS_MAX) products in stock that were ordered together with this one, as a JSON array of
 * product summaries, with their prices in the display currency, too (NULL: none): the most often first.  NOT_FOUND.
 */
const struct problem *find_bought_together(
    struct work *work, const char *id_or_slug, int64_t limit, const char *display_currency, struct text *products);

#endif
