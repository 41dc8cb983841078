#include "catalog/sitemap.h"

#include "catalog/category.h"

static const struct member entry_members[] = {
	M_ID(struct sitemap_entry, id, "id"),
	M_TEXT(struct sitemap_entry, slug, "slug", 230),
	M_TIME(struct sitemap_entry, updated_at, "updated_at"),
};
SHAPE(struct sitemap_entry, entry_shape, "SitemapEntry", entry_members);

struct entry_id {
	struct uuid id;
};

static const struct member entry_id_members[] = { M_ID(struct entry_id, id, "id") };
SHAPE(struct entry_id, entry_id_shape, "SitemapEntryId", entry_id_members);

/* Each reads one range of a primary key.  `ids` of products looks at no product: it skips as many as a whole part has. */
#define CATEGORIES "FROM categories c WHERE c.id > ? AND " CATEGORY_SHOWN("c.id") " ORDER BY c.id LIMIT ? OFFSET ?"
#define PRODUCTS "WHERE p.category_id = REPEAT('\\0', 16) AND p.product_id > ? ORDER BY p.product_id LIMIT ? OFFSET ?"
#define SHOPS "FROM merchants m WHERE m.id > ? AND m.status = 'active' AND m.slug IS NOT NULL ORDER BY m.id LIMIT ? OFFSET ?"
static const struct {
	const char *entries, *ids;
} statements[SITEMAP_KINDS] = {
	[SITEMAP_CATEGORIES] = { "SELECT {c} " CATEGORIES, "SELECT {c} " CATEGORIES },
	[SITEMAP_PRODUCTS] = { "SELECT {o} FROM product_listings p FORCE INDEX (PRIMARY) JOIN products o ON o.id = p.product_id " PRODUCTS,
	    "SELECT p.product_id AS id FROM product_listings p FORCE INDEX (PRIMARY) " PRODUCTS },
	[SITEMAP_SHOPS] = { "SELECT {m} " SHOPS, "SELECT {m} " SHOPS },
};

const struct problem *
each_in_sitemap(
    struct work *work, enum sitemap_kind kind, struct uuid after, int64_t limit, db_each_function *each, void *argument)
{
	return db_each(work->db, &entry_shape, each, argument, statements[kind].entries, P(after), P(limit), P((int64_t)0));
}

const struct problem *
next_in_sitemap(struct work *work, enum sitemap_kind kind, struct uuid after, int64_t limit, struct uuid *last, bool *more)
{
	struct entry_id *found;
	size_t           count;

	TRY(db_rows(work->db, &entry_id_shape, 2, &found, &count, statements[kind].ids, P(after), P((int64_t)2), P(limit - 1)));
	*more = count == 2;
	if (*more)
		*last = found[0].id;
	return OK;
}
