/*
 * recommend.h: what else could be bought.
 */
#ifndef RECOMMEND_H
#define RECOMMEND_H

#include "base/problem.h"

#include <stdint.h>

struct text;
struct work;

enum { RECOMMENDATIONS_MAX = 24 };

/*
 * Up to `limit` products in stock beside this one, as a JSON array of product summaries: of its category, then of the category
 * above with its siblings, and so on up the tree; each by sales, then by rating; with their prices in the display currency, too (NULL: none).  NOT_FOUND.
 */
const struct problem *recommend_products(
    struct work *work, const char *id_or_slug, int64_t limit, const char *display_currency, struct text *products);

#endif
