/*
 * shapes.h: shapes with a member of every kind, as bodies and queries of the API have them: for fuzz-json and fuzz-query.
 */
#ifndef FUZZ_SHAPES_H
#define FUZZ_SHAPES_H

#include "base/shape.h"

struct fuzz_item {
	struct variant_id variant;
	int64_t           quantity;
	const char       *note;
};

struct fuzz_address {
	const char *name, *line, *city, *country, *phone;
};

/* Everything that is printed as it is read. */
struct fuzz_body {
	const char         *title, *words, *secret, *email, *slug, *url, *currency;
	int64_t             count, *limit;
	bool                wanted, *flag;
	struct order_id    *order;
	int                 status, *kind;
	struct instant      at, *until;
	struct fuzz_address address, *billing;
	struct fuzz_item   *items;
	size_t              n_items;
	const char *const  *tags;
	size_t              n_tags;
	const char         *attributes;
	struct shape_seen   seen;
};

/* Decimals, which are never printed. */
struct fuzz_amounts {
	struct decimal price, *compare_at;
};

struct fuzz_query {
	const char     *text, *slug;
	int64_t         limit, *page;
	bool           *in_stock;
	struct uuid    *id;
	struct decimal *price_from;
	int             ordering, *status;
	struct instant *after;
};

SHAPE_DECLARE(struct fuzz_body, fuzz_body_shape);
SHAPE_DECLARE(struct fuzz_amounts, fuzz_amounts_shape);
SHAPE_DECLARE(struct fuzz_query, fuzz_query_shape);

#endif
