/* Categories are created, updated, moved and deleted. */
#include "catalog/category.h"

#include "catalog/listing.h"
#include "catalog/search.h"
#include "store/slug.h"
#include "store/db.h"

#define CATEGORY_MEMBERS(needed) \
	M_TEXT(struct category_body, name, "name", 120, .required = (needed), .min = 1, .example = "\"Kitchen\""), \
	    M_TEXT(struct category_body, slug, "slug", 120, .format = FORMAT_SLUG, .min = 1, .example = "\"kitchen\"", \
		.description = "Generated from the name by default."), \
	    M_ID(struct category_body, parent, "parent_id", .nullable = true, \
		.description = "Absent or null: a top-level category."), \
	    M_INTEGER(struct category_body, position, "position", 0, 1000000, .example = "0"), \
	    M_BOOLEAN(struct category_body, is_active, "is_active")

static const struct member category_create_members[] = { CATEGORY_MEMBERS(true) };
SHAPE_SHARED(struct category_body, category_create_shape, "CategoryCreate", category_create_members,
    .seen_offset = SEEN(struct category_body, seen), .whole = true);

static const struct member category_change_members[] = { CATEGORY_MEMBERS(false) };
SHAPE_SHARED(struct category_body, category_change_shape, "CategoryChange", category_change_members,
    .seen_offset = SEEN(struct category_body, seen));

/*
 * Changes of the tree's structure are serialised: each locks the top categories first, in one order.  Two concurrent
 * moves of categories below each other would otherwise make a cycle that neither sees.
 */
static const struct problem *
lock_tree(struct work *work)
{
	int64_t tops;

	return db_value(work->db, &tops,
	    "SELECT COUNT(*) FROM categories FORCE INDEX (ix_categories_parent) WHERE parent_id IS NULL FOR UPDATE");
}

/* The depth that a child of `parent` has. */
static const struct problem *
depth_below(struct work *work, const struct category_id *parent, int64_t *depth)
{
	int64_t above = 0;

	if (parent != NULL) {
		TRY(db_value(work->db, &above, "SELECT depth FROM categories WHERE id = ?", P(*parent)));
		if (above == 0)
			return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "parent_id", "category not found");
	}
	*depth = above + 1;
	return OK;
}

static const struct problem *
too_deep(struct work *work)
{
	return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "parent_id", "would make the tree deeper than 16 levels");
}

static const struct problem *
slug_taken(struct work *work)
{
	return problem_at(work->arena, PROBLEM_SLUG_TAKEN, "slug", "belongs to another category");
}

/* Of the category and all below it: each is shown while it and all above it are active.  The tree is locked. */
static const struct problem *
refresh_shown(struct work *work, struct category_id id)
{
	return db_run(work->db, NULL,
	    "UPDATE categories c JOIN (SELECT below.category_id, MIN(up.is_active) AS shown FROM category_ancestors below "
	    "JOIN category_ancestors above ON above.category_id = below.category_id JOIN categories up ON up.id = above.ancestor_id "
	    "WHERE below.ancestor_id = ? GROUP BY below.category_id) s ON s.category_id = c.id SET c.is_shown = s.shown",
	    P(id));
}

/* ---- create ---- */

static const struct problem *
insert_category(struct work *work, struct category_id id, const struct category_body *body, int64_t depth)
{
	const struct problem *problem = OK;
	const char           *slug = body->slug;

	TRY(slug_check(work, slug));
	for (int tries = 0; tries < SLUG_TRIES; tries++) {
		if (body->slug == NULL)
			TRY(slug_free(
			    work, SLUG_FREE_SQL("categories", ""), slug_make(work->arena, body->name, "category"), tries, &slug));
		problem = db_run(work->db, NULL,
		    "INSERT INTO categories (id, parent_id, name, slug, position, depth, is_active, created_by, updated_by) "
		    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		    P(id), P(body->parent), P(body->name), P(slug), P(body->position == NULL ? 0 : *body->position), P(depth),
		    P(body->is_active == NULL || *body->is_active), P(acting_user(work)), P(acting_user(work)));
		if (!db_duplicate(work->db, problem, "uq_categories_slug"))
			return problem;
		if (body->slug != NULL)
			return slug_taken(work);
	}
	return problem;
}

/* The category itself, and all above it. */
static const struct problem *
insert_ancestors(struct work *work, struct category_id id, const struct category_id *parent)
{
	return db_run(work->db, NULL,
	    "INSERT INTO category_ancestors (category_id, ancestor_id, distance) "
	    "SELECT ?, ?, 0 UNION ALL SELECT ?, ancestor_id, distance + 1 FROM category_ancestors WHERE category_id = ?",
	    P(id), P(id), P(id), P(parent));
}

const struct problem *
create_category(struct work *work, const struct category_body *body, struct category **category)
{
	struct category_id id = NEW_ID(category_id);
	int64_t            depth;

	TRY(lock_tree(work));
	TRY(depth_below(work, body->parent, &depth));
	if (depth > CATEGORY_DEPTH_MAX)
		return too_deep(work);
	TRY(insert_category(work, id, body, depth));
	TRY(insert_ancestors(work, id, body->parent));
	TRY(refresh_shown(work, id));
	TRY(search_refresh_category(work, id, body->name));
	TRY(read_category_by_id(work, id, category));
	return category_tree_changed(work, NULL, *category);
}

/* ---- move ---- */

struct ancestor {
	struct category_id id;
};

static const struct member ancestor_members[] = { M_ID(struct ancestor, id, "ancestor_id") };
SHAPE(struct ancestor, ancestor_shape, "Ancestor", ancestor_members);

/* A category must not come below itself, nor anything below it too deep. */
static const struct problem *
check_move(struct work *work, struct category_id id, const struct category_id *parent, int64_t depth)
{
	int64_t below = 0, height;

	if (parent != NULL)
		TRY(db_value(work->db, &below,
		    "SELECT COUNT(*) FROM category_ancestors WHERE category_id = ? AND ancestor_id = ?", P(*parent), P(id)));
	if (below > 0)
		return problem(CATEGORY_CYCLE, "a category cannot be moved below itself");
	TRY(db_value(work->db, &height, "SELECT MAX(distance) FROM category_ancestors WHERE ancestor_id = ?", P(id)));
	return depth + height > CATEGORY_DEPTH_MAX ? too_deep(work) : OK;
}

/* Replace what is above the subtree: the old ancestors of the category by the new parent's. */
static const struct problem *
move_ancestors(struct work *work, struct category_id id, const struct category_id *parent)
{
	TRY(db_run(work->db, NULL,
	    "DELETE up FROM category_ancestors below JOIN category_ancestors up ON up.category_id = below.category_id "
	    "WHERE below.ancestor_id = ? AND up.distance > below.distance",
	    P(id)));
	if (parent == NULL)
		return OK;
	return db_run(work->db, NULL,
	    "INSERT INTO category_ancestors (category_id, ancestor_id, distance) "
	    "SELECT below.category_id, above.ancestor_id, below.distance + above.distance + 1 "
	    "FROM category_ancestors above JOIN category_ancestors below ON below.ancestor_id = ? WHERE above.category_id = ?",
	    P(id), P(*parent));
}

static const struct problem *
move_category(struct work *work, const struct category *category, const struct category_id *parent)
{
	struct ancestor    *old;
	struct category_id *old_ids;
	size_t              n_old;
	int64_t             depth, locked;

	TRY(depth_below(work, parent, &depth));
	TRY(check_move(work, category->id, parent, depth));
	/* Serialise with refresh_listing of the products below it. */
	TRY(db_value(work->db, &locked,
	    "SELECT COUNT(*) FROM category_ancestors a JOIN categories c ON c.id = a.category_id WHERE a.ancestor_id = ? FOR UPDATE",
	    P(category->id)));
	TRY(db_rows(work->db, &ancestor_shape, CATEGORY_DEPTH_MAX, &old, &n_old,
	    "SELECT ancestor_id FROM category_ancestors WHERE category_id = ? AND distance > 0", P(category->id)));
	TRY(move_ancestors(work, category->id, parent));
	TRY(db_run(work->db, NULL,
	    "UPDATE categories c JOIN category_ancestors a ON a.category_id = c.id "
	    "SET c.depth = ? + a.distance, c.parent_id = IF(c.id = ?, ?, c.parent_id) WHERE a.ancestor_id = ?",
	    P(depth), P(category->id), P(parent), P(category->id)));
	old_ids = ARENA_ARRAY(work->arena, n_old, struct category_id);
	for (size_t i = 0; i < n_old; i++)
		old_ids[i] = old[i].id;
	return refresh_category_listings(work, category->id, old_ids, n_old);
}

/* ---- update and delete ---- */

static bool
same_parent(const struct category_id *a, const struct category_id *b)
{
	return a == NULL || b == NULL ? a == b : ID_EQUAL(*a, *b);
}

static const struct problem *
lock_category(struct work *work, struct category_id id, const struct expected_version *expected, struct category **category)
{
	TRY(db_one(work->db, &category_shape, category, "SELECT {} FROM categories WHERE id = ? FOR UPDATE", P(id)));
	return check_version(expected, id.uuid, (*category)->version);
}

/* The category becomes what the body says; what the body leaves out, its default. */
static const struct problem *
save_category(struct work *work, const struct category *before, const struct category_body *body)
{
	const char           *slug = body->slug;
	const struct problem *problem = OK;

	if (!same_parent(before->parent, body->parent))
		TRY(move_category(work, before, body->parent));
	for (int tries = 0; tries < SLUG_TRIES; tries++) {
		if (body->slug == NULL)
			TRY(slug_keep(work, SLUG_FREE_SQL("categories", ""), slug_make(work->arena, body->name, "category"),
			    before->slug, tries, &slug));
		problem = db_run(work->db, NULL,
		    "UPDATE categories SET name = ?, slug = ?, position = ?, is_active = ?, version = version + 1, updated_by = ? WHERE id = ?",
		    P(body->name), P(slug), P(body->position == NULL ? 0 : *body->position),
		    P(body->is_active == NULL || *body->is_active), P(acting_user(work)), P(before->id));
		if (body->slug != NULL || !db_duplicate(work->db, problem, "uq_categories_slug"))
			break;
	}
	if (db_duplicate(work->db, problem, "uq_categories_slug"))
		return slug_taken(work);
	TRY(problem);
	if (strcmp(body->name, before->name) == 0 && strcmp(slug, before->slug) == 0)
		return OK;
	return mark_category_documents(work, before->id);
}

const struct problem *
update_category(struct work *work, struct category_id id, const struct shape *shape, const struct category_body *body,
    const struct expected_version *expected, struct category **category)
{
	struct category     *before;
	struct category_body merged;

	TRY(slug_check(work, body->slug));
	if (shape_has(shape, body, "parent_id") || shape_has(shape, body, "is_active"))
		TRY(lock_tree(work)); /* before its own row, as everybody who moves one */
	TRY(lock_category(work, id, expected, &before));
	merged = (struct category_body) { .name = before->name,
		.slug = before->slug,
		.parent = before->parent,
		.position = &before->position,
		.is_active = &before->is_active };
	shape_merge(shape, body, &merged);
	TRY(save_category(work, before, &merged));
	if (!same_parent(before->parent, merged.parent) || before->is_active != (merged.is_active == NULL || *merged.is_active))
		TRY(refresh_shown(work, id));
	if (strcmp(before->name, merged.name) != 0)
		TRY(search_refresh_category(work, id, merged.name));
	TRY(read_category_by_id(work, id, category));
	return category_tree_changed(work, before, *category);
}

const struct problem *
delete_category(struct work *work, struct category_id id, const struct expected_version *expected)
{
	const struct problem *problem;
	struct category      *category;

	TRY(lock_tree(work));
	TRY(lock_category(work, id, expected, &category));
	problem = db_run(work->db, NULL, "DELETE FROM categories WHERE id = ?", P(id));
	if (problem_is(problem, PROBLEM_IN_USE))
		return problem(IN_USE, "the category has products or child categories");
	TRY(problem);
	return category_tree_changed(work, category, NULL);
}
