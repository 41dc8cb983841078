/*
 * brand.h: who made what is sold.
 *
 * Use-cases that write run in the transaction of their caller.  A product shows its brand's name, so a change of it
 * refreshes the listings.
 */
#ifndef BRAND_H
#define BRAND_H

#include "base/shape.h"
#include "store/version.h"
#include "store/work.h"

struct listed;

struct brand {
	struct brand_id id;
	const char     *name, *slug, *description;
	int64_t         version;
	struct instant  created_at, updated_at;
};
SHAPE_DECLARE(struct brand, brand_shape);

/* What a client sends; NULL: absent. */
struct brand_body {
	const char       *name, *slug, *description;
	struct shape_seen seen;
};
SHAPE_DECLARE(struct brand_body, brand_create_shape);
SHAPE_DECLARE(struct brand_body, brand_change_shape);

/* Page `number` (from 1) of the brands by name, `size` on each. */
const struct problem *list_brands(struct work *work, int64_t number, int64_t size, struct brand **brands, struct listed *listed);

/* A brand by id or slug (NULL: not found); NOT_FOUND. */
const struct problem *read_brand(struct work *work, const char *id_or_slug, struct brand **brand);

/* SLUG_TAKEN, DUPLICATE_KEY when another brand has the slug or the name; without a slug it is made from the name. */
const struct problem *create_brand(struct work *work, const struct brand_body *body, struct brand **brand);

/*
 * `shape` says what the body is: of brand_create_shape it replaces the brand, of brand_change_shape its absent members stay
 * as they are.  NOT_FOUND, VERSION_MISMATCH, SLUG_TAKEN, DUPLICATE_KEY.
 */
const struct problem *update_brand(struct work *work, struct brand_id id, const struct shape *shape,
    const struct brand_body *body, const struct expected_version *expected, struct brand **brand);

/* Its products stay, without a brand.  NOT_FOUND, VERSION_MISMATCH. */
const struct problem *delete_brand(struct work *work, struct brand_id id, const struct expected_version *expected);

#endif
