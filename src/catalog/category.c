/* Categories one by one and in a list. */
#include "catalog/category.h"

#include "http/permission.h"
#include "catalog/product.h"
#include "store/list.h"

static const struct member category_members[] = {
	M_ID(struct category, id, "id"),
	M_ID(struct category, parent, "parent_id"),
	M_TEXT(struct category, name, "name", 120, .required = true, .example = "\"Kitchen\""),
	M_TEXT(struct category, slug, "slug", 150, .required = true, .example = "\"kitchen\""),
	M_INTEGER(struct category, position, "position", 0, INT32_MAX, .description = "Position among its siblings."),
	M_INTEGER(struct category, depth, "depth", 1, CATEGORY_DEPTH_MAX, .description = "1 for a top-level category."),
	M_BOOLEAN(struct category, is_active, "is_active", .description = "Inactive categories are not in the tree."),
	M_INTEGER(struct category, version, "version", 1, INT32_MAX),
	M_TIME(struct category, created_at, "created_at"),
	M_TIME(struct category, updated_at, "updated_at"),
};
SHAPE_SHARED(struct category, category_shape, "Category", category_members);

const struct problem *
read_category_by_id(struct work *work, struct category_id id, struct category **category)
{
	return db_one(work->db, &category_shape, category, "SELECT {} FROM categories WHERE id = ?", P(id));
}

const struct problem *
read_category(struct work *work, const char *id_or_slug, struct category **category)
{
	const struct problem *problem;
	struct category_id    id;
	bool                  all = MAY(work, CATALOG_WRITE);

	if (id_or_slug == NULL)
		return problem(NOT_FOUND, "category not found");
	if (uuid_parse(id_or_slug, &id.uuid))
		return db_one(work->db, &category_shape, category,
		    "SELECT {c} FROM categories c WHERE c.id = ? AND (? OR " CATEGORY_SHOWN("c.id") ")", P(id), P(all));
	problem = db_one(work->db, &category_shape, category,
	    "SELECT {c} FROM categories c WHERE c.slug = ? AND (? OR " CATEGORY_SHOWN("c.id") ")", P(id_or_slug), P(all));
	if (!problem_is(problem, PROBLEM_NOT_FOUND))
		return problem;
	return db_one(work->db, &category_shape, category,
	    "SELECT {c} FROM category_slugs s JOIN categories c ON c.id = s.category_id WHERE s.slug = ? "
	    "AND (? OR " CATEGORY_SHOWN("c.id") ") AND NOT EXISTS (SELECT 1 FROM categories n WHERE n.slug = s.slug)",
	    P(id_or_slug), P(all));
}

const struct problem *
read_category_path(struct work *work, struct category_id id, struct category_brief **path, size_t *n)
{
	return db_rows(work->db, &category_brief_shape, CATEGORY_DEPTH_MAX + 1, path, n,
	    "SELECT {c} FROM category_ancestors a JOIN categories c ON c.id = a.ancestor_id WHERE a.category_id = ? "
	    "ORDER BY a.distance DESC",
	    P(id));
}

const struct problem *
read_category_children(struct work *work, const struct category_id *parent, struct category_brief **children, size_t *n)
{
	if (parent == NULL)
		return db_rows(work->db, &category_brief_shape, CHILDREN_SHOWN, children, n,
		    "SELECT {c} FROM categories c WHERE c.parent_id IS NULL AND c.is_active ORDER BY c.position, c.name LIMIT 60");
	return db_rows(work->db, &category_brief_shape, CHILDREN_SHOWN, children, n,
	    "SELECT {c} FROM categories c WHERE c.parent_id = ? AND c.is_active ORDER BY c.position, c.name LIMIT 60",
	    P(*parent));
}

const struct problem *
list_categories(struct work *work, const struct category_id *parent, int64_t number, int64_t size, struct category **categories,
    struct listed *listed)
{
	struct list list = list_begin(work, "SELECT {c}", "FROM categories c");

	if (!MAY(work, CATALOG_WRITE))
		list_where(&list, CATEGORY_SHOWN("c.id"));
	list_filter(&list, "c.parent_id = ?", P(parent));
	return list_numbered(&list, &category_shape, "c.depth, c.position, c.name, c.id", number, size, categories, listed);
}
