/* Categories one by one and in a list. */
#include "catalog/category.h"

#include "http/request.h"
#include "store/db.h"

static const struct member category_members[] = {
	M_ID(struct category, id, "id"),
	M_ID(struct category, parent, "parent_id"),
	M_TEXT(struct category, name, "name", 120, .required = true, .example = "\"Kitchen\""),
	M_TEXT(struct category, slug, "slug", 150, .required = true, .example = "\"kitchen\""),
	M_INTEGER(struct category, position, "position", 0, INT32_MAX, .description = "Its place among its siblings."),
	M_INTEGER(struct category, depth, "depth", 1, CATEGORY_DEPTH_MAX, .description = "1 at the top."),
	M_BOOLEAN(struct category, is_active, "is_active", .description = "An inactive one is not in the tree."),
	M_INTEGER(struct category, version, "version", 1, INT32_MAX),
	M_TIME(struct category, created_at, "created_at"),
	M_TIME(struct category, updated_at, "updated_at"),
};
SHAPE_SHARED(struct category, category_shape, "Category", category_members);

#define CATEGORY_COLUMNS "id, parent_id, name, slug, position, depth, is_active, version, created_at, updated_at "

const struct problem *
read_category(struct work *work, struct category_id id, struct category **category)
{
	TRY(db_row(work->db, &category_shape, category, "SELECT " CATEGORY_COLUMNS "FROM categories WHERE id = ?", P(id)));
	return *category != NULL ? OK : problem(NOT_FOUND, "there is no such category");
}

const struct problem *
show_category(struct request *request)
{
	const char        *name = path_text(request, "category");
	struct category_id id;
	struct category   *category = NULL;

	if (name == NULL)
		return problem(NOT_FOUND, "there is no such category");
	if (uuid_parse(name, &id.uuid))
		TRY(read_category(request->work, id, &category));
	else
		TRY(db_row(request->work->db, &category_shape, &category,
		    "SELECT " CATEGORY_COLUMNS "FROM categories WHERE slug = ?", P(name)));
	if (category == NULL)
		return problem(NOT_FOUND, "there is no such category");
	return respond_tagged(request, category, category->id.uuid, category->version);
}

/* ---- the list ---- */

struct category_page { struct category *results; size_t n_results; const char *next, *previous; int64_t count; };
static const struct member category_page_members[] = {
	M_INTEGER(struct category_page, count, "count", 0, INT64_MAX, .description = "Rows in all pages together."),
	PAGE_MEMBERS_(struct category_page, category_shape),
};
SHAPE_SHARED(struct category_page, category_page_shape, "CategoryPage", category_page_members);

struct category_query {
	struct numbered_query list;
	struct category_id   *parent;
};
static const struct member category_query_members[] = {
	NUMBERED_QUERY(struct category_query),
	M_ID(struct category_query, parent, "parent", .description = "Only its children."),
};
SHAPE_SHARED(struct category_query, category_query_shape, "CategoryQuery", category_query_members);

/* Staff see what is switched off, too. */
const struct problem *
list_categories(struct request *request)
{
	const struct category_query *query = QUERY(request, struct category_query);
	struct db                   *db = request->work->db;
	struct category_page         page = { .n_results = 0 };
	int64_t                      size = query->list.page_size, from = (query->list.page - 1) * size;
	bool                         all = MAY(request->work, CATALOG_WRITE);

	TRY(db_value(db, &page.count, "SELECT COUNT(*) FROM categories WHERE (? OR is_active) AND (? IS NULL OR parent_id = ?)",
	    P(all), P(query->parent), P(query->parent)));
	TRY(db_rows(db, &category_shape, (size_t)size, &page.results, &page.n_results,
	    "SELECT " CATEGORY_COLUMNS "FROM categories WHERE (? OR is_active) AND (? IS NULL OR parent_id = ?) "
	    "ORDER BY depth, position, name, id LIMIT ? OFFSET ?", P(all), P(query->parent), P(query->parent), P(size), P(from)));
	numbered_links(request, query->list.page, size, page.count, &page.next, &page.previous);
	return respond(request, &page);
}
