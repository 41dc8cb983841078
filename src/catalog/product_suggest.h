/*
 * product_suggest.h: what may be meant by what has been typed so far.
 */
#ifndef PRODUCT_SUGGEST_H
#define PRODUCT_SUGGEST_H

#include "base/shape.h"
#include "store/work.h"

struct suggest_query {
	const char *text;
};
SHAPE_DECLARE(struct suggest_query, suggest_query_shape);

struct suggestions;
extern const struct shape suggestions_shape;

/*
 * At most eight: up to three categories, then names of products, the best first, each name once.  They have all words but the
 * last as they were typed, and one that the last begins.
 */
const struct problem *suggest_products(struct work *work, const char *text, struct suggestions **suggestions);

#endif
