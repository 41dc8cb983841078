/*
 * The category tree: one document that memcached holds (store/stamped.h).
 */
#include "catalog/category.h"

#include "base/config.h"
#include "base/text.h"
#include "accounts/merchants.h"
#include "catalog/catalog.h"
#include "catalog/shown.h"
#include "events/audit.h"
#include "events/job.h"
#include "events/record.h"
#include "store/cache.h"
#include "store/db.h"
#include "store/stamped.h"

enum { CATEGORIES_MAX = 100000, RENEW_AGAIN_SECONDS = 10 };

const struct stamped_key category_tree_key = { .name = "tree", .stamps = { "tree:version" }, .n_stamps = 1 };

/* What an event about a category tells. */
struct category_state {
	struct category category;
	bool            deleted;
};

static const struct member category_state_members[] = {
	M_ID(struct category_state, category.id, "id"),
	M_ID(struct category_state, category.parent, "parent_id"),
	M_TEXT(struct category_state, category.name, "name", 120, .required = true),
	M_TEXT(struct category_state, category.slug, "slug", 150, .required = true),
	M_INTEGER(struct category_state, category.position, "position", 0, INT32_MAX),
	M_INTEGER(struct category_state, category.depth, "depth", 1, CATEGORY_DEPTH_MAX),
	M_BOOLEAN(struct category_state, category.is_active, "is_active"),
	M_INTEGER(struct category_state, category.version, "version", 1, INT32_MAX),
	M_TIME(struct category_state, category.created_at, "created_at"),
	M_BOOLEAN(struct category_state, deleted, "deleted"),
};
SHAPE(struct category_state, category_state_shape, "CategoryState", category_state_members);

static void
renew_tree(struct work *work, void *argument)
{
	(void)argument;
	stamps_renew(work, category_tree_key.stamps, category_tree_key.n_stamps);
}

const struct problem *
category_tree_changed(struct work *work, const struct category *before, const struct category *after)
{
	const struct category *category = after == NULL ? before : after;
	struct category_state  state = { *category, after == NULL };

	work_after_commit(work, renew_tree, NULL);
	shown_all_changed(work);
	TRY(event_record(work, EVENT_CATEGORY_CHANGED, category->id.uuid, &category_state_shape, &state));
	return audit_record(work,
	    before == NULL      ? "category.created"
		: after == NULL ? "category.deleted"
				: "category.changed",
	    "category", category->id.uuid, &category_shape, before, after);
}

/* Follows the event, for the worker that died between its commit and its stamps. */
const struct problem *
invalidate_tree_job(struct work *work, const struct job *job)
{
	if (stamps_try_renew(work, (const char *const[]) { category_tree_key.stamps[0], SHOWN_STAMP }, 2))
		return OK;
	/* By then the cached tree has expired. */
	if (job->attempts * RENEW_AGAIN_SECONDS > work->config->catalog.cache_seconds)
		return OK;
	return problem_later(work->arena, PROBLEM_NOT_READY, "memcached is not responding", RENEW_AGAIN_SECONDS);
}

/* ---- the tree from the database ---- */

struct tree_row {
	struct category_id  id;
	struct category_id *parent;
	const char         *name, *slug;
};

static const struct member tree_row_members[] = {
	M_ID(struct tree_row, id, "id"),
	M_ID(struct tree_row, parent, "parent_id"),
	M_TEXT(struct tree_row, name, "name", 120, .required = true),
	M_TEXT(struct tree_row, slug, "slug", 150, .required = true),
};
SHAPE(struct tree_row, tree_row_shape, "TreeRow", tree_row_members);

/* The first child of `parent`, or the end.  Rows are sorted by parent, then siblings in their order. */
static size_t
first_child(const struct tree_row *rows, size_t count, const struct category_id *parent)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t                    middle = low + (high - low) / 2;
		const struct category_id *here = rows[middle].parent;
		int                       order = here == NULL ? (parent == NULL ? 0 : -1)
					  : parent == NULL     ? 1
							       : uuid_compare(&here->uuid, &parent->uuid);

		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_child(const struct tree_row *rows, size_t count, size_t row, const struct category_id *parent)
{
	if (row >= count)
		return false;
	if (parent == NULL || rows[row].parent == NULL)
		return parent == rows[row].parent;
	return ID_EQUAL(*rows[row].parent, *parent);
}

static void
open_node(struct text *out, const struct tree_row *row, bool first)
{
	if (!first)
		text_add_char(out, ',');
	TEXT_ADD(out, "{\"id\":\"");
	text_reserve(out, UUID_TEXT_LENGTH + 1);
	uuid_write(row->id.uuid, out->bytes + out->length);
	out->length += UUID_TEXT_LENGTH;
	TEXT_ADD(out, "\",\"name\":");
	text_add_json(out, row->name);
	TEXT_ADD(out, ",\"slug\":");
	text_add_json(out, row->slug);
	TEXT_ADD(out, ",\"children\":[");
}

/* One pass, depth first, over at most CATEGORY_DEPTH_MAX open categories. */
static void
print_tree(const struct tree_row *rows, size_t count, struct text *out)
{
	struct {
		const struct category_id *parent;
		size_t                    next;
		bool                      first;
	} levels[CATEGORY_DEPTH_MAX + 1] = { { NULL, first_child(rows, count, NULL), true } };
	size_t depth = 0;

	TEXT_ADD(out, "{\"results\":[");
	for (;;) {
		size_t row = levels[depth].next;

		if (depth < CATEGORY_DEPTH_MAX && is_child(rows, count, row, levels[depth].parent)) {
			open_node(out, &rows[row], levels[depth].first);
			levels[depth].first = false;
			levels[depth++].next++;
			levels[depth].parent = &rows[row].id;
			levels[depth].next = first_child(rows, count, &rows[row].id);
			levels[depth].first = true;
		} else if (depth > 0) {
			TEXT_ADD(out, "]}");
			depth--;
		} else {
			break;
		}
	}
	TEXT_ADD(out, "]}");
}

/* Categories below an inactive one are never reached, so they are hidden, too. */
const struct problem *
make_category_tree(struct work *work, void *argument, struct text *into, const char **label)
{
	struct tree_row *rows;
	size_t           count;

	(void)argument, (void)label;
	TRY(db_rows(work->db, &tree_row_shape, CATEGORIES_MAX, &rows, &count,
	    "SELECT {} FROM categories WHERE is_active ORDER BY parent_id, position, name, id"));
	print_tree(rows, count, into);
	return OK;
}

/* ---- its shape ---- */

struct tree_node {
	struct category_id id;
	const char        *name, *slug, *children;
};
SHAPE_DECLARE(struct tree_node, tree_node_shape);

static const struct member tree_node_members[] = {
	M_ID(struct tree_node, id, "id"),
	M_TEXT(struct tree_node, name, "name", 120, .required = true, .example = "\"Kitchen\""),
	M_TEXT(struct tree_node, slug, "slug", 150, .required = true, .example = "\"kitchen\""),
	M_JSON(struct tree_node, children, "children", tree_node_shape, CACHE_VALUE_MAX, .required = true, .example = "[]"),
};
SHAPE_SHARED(struct tree_node, tree_node_shape, "CategoryNode", tree_node_members);

struct tree_answer {
	const char *results;
};

static const struct member tree_members[] = {
	M_JSON(struct tree_answer, results, "results", tree_node_shape, CACHE_VALUE_MAX, .required = true),
};
const struct shape category_tree_shape = SHAPE_IS_(struct tree_answer, "CategoryTree", tree_members);
