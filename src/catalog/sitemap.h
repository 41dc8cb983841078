/*
 * sitemap.h: every address of the catalogue that everybody may read, in the order of ids, for search engines.
 */
#ifndef SITEMAP_H
#define SITEMAP_H

#include "store/db.h"
#include "store/work.h"

enum sitemap_kind { SITEMAP_CATEGORIES, SITEMAP_PRODUCTS, SITEMAP_SHOPS, SITEMAP_KINDS };

struct sitemap_entry {
	struct uuid    id;
	const char    *slug;
	struct instant updated_at;
};

/* Calls each(struct sitemap_entry *, argument) for at most `limit` of them, from the one behind `after` on; a nil id: from the first. */
const struct problem *each_in_sitemap(
    struct work *work, enum sitemap_kind kind, struct uuid after, int64_t limit, db_each_function *each, void *argument);

/* Is there more behind the next `limit` (at least 1) of them?  Then *last is the last one of these. */
const struct problem *next_in_sitemap(
    struct work *work, enum sitemap_kind kind, struct uuid after, int64_t limit, struct uuid *last, bool *more);

#endif
