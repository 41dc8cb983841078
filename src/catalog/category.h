/*
 * category.h: the tree of categories.
 *
 * categories holds the tree by parent, category_ancestors its closure: each category with itself and all above it.
 * Whoever changes the tree calls category_tree_changed before the commit.  Use-cases that write run in the transaction
 * of their caller.
 */
#ifndef CATEGORY_H
#define CATEGORY_H

#include "base/shape.h"
#include "store/stamped.h"
#include "store/version.h"
#include "store/work.h"

struct category_brief;

enum { CATEGORY_DEPTH_MAX = 16, CHILDREN_SHOWN = 60 };

struct listed;

/* SQL: are the category whose id that is and all above it active?  0 also when there is no such category. */
#define CATEGORY_SHOWN(id) \
	"IFNULL((SELECT MIN(up.is_active) FROM category_ancestors above JOIN categories up ON up.id = above.ancestor_id " \
	"WHERE above.category_id = " id "), 0)"

/* SQL: its slug behind those of the ones above it: "home/kitchen". */
#define CATEGORY_PATH(id) \
	"(SELECT GROUP_CONCAT(up.slug ORDER BY above.distance DESC SEPARATOR '/') FROM category_ancestors above " \
	"JOIN categories up ON up.id = above.ancestor_id WHERE above.category_id = " id ")"

struct category {
	struct category_id  id;
	struct category_id *parent;
	const char         *name, *slug;
	int64_t             position, depth, version;
	bool                is_active;
	struct instant      created_at, updated_at;
};
SHAPE_DECLARE(struct category, category_shape);

/* What a client sends; NULL: absent. */
struct category_body {
	const char         *name, *slug;
	struct category_id *parent;
	int64_t            *position;
	bool               *is_active;
	struct shape_seen   seen;
};
SHAPE_DECLARE(struct category_body, category_create_shape);
SHAPE_DECLARE(struct category_body, category_change_shape);

/*
 * Inactive categories, and those below one, are for who may change them; for everybody else there are none.
 *
 * Page `number` (from 1) of the categories from the top down, `size` on each, of one parent unless `parent` is NULL.
 */
const struct problem *list_categories(struct work *work, const struct category_id *parent, int64_t number, int64_t size,
    struct category **categories, struct listed *listed);

/* The categories above one and itself, from the top down, as everybody sees them. */
const struct problem *read_category_path(struct work *work, struct category_id id, struct category_brief **path, size_t *n);

/* The categories below one, or at the top (NULL), that everybody sees, in their order. */
const struct problem *read_category_children(
    struct work *work, const struct category_id *parent, struct category_brief **children, size_t *n);

/* A category by id or slug (NULL: not found); NOT_FOUND. */
const struct problem *read_category(struct work *work, const char *id_or_slug, struct category **category);
const struct problem *read_category_by_id(struct work *work, struct category_id id, struct category **category);

/*
 * Without a slug it is made from the name.  SLUG_TAKEN; VALIDATION_FAILED when the parent does not exist or the tree would
 * become deeper than CATEGORY_DEPTH_MAX.
 */
const struct problem *create_category(struct work *work, const struct category_body *body, struct category **category);

/*
 * `shape` says what the body is: of category_create_shape it replaces the category, of category_change_shape its absent
 * members stay as they are.  Another parent moves it with everything below it.  NOT_FOUND, VERSION_MISMATCH,
 * CATEGORY_CYCLE, and those of create_category.
 */
const struct problem *update_category(struct work *work, struct category_id id, const struct shape *shape,
    const struct category_body *body, const struct expected_version *expected, struct category **category);

/* NOT_FOUND, VERSION_MISMATCH; IN_USE when it has products or children. */
const struct problem *delete_category(struct work *work, struct category_id id, const struct expected_version *expected);

/*
 * Record that the tree changed, in an event and in the audit, and forget the cached one as soon as the transaction has
 * committed.  `before`: NULL of a new category; `after`: NULL of a deleted one.
 */
const struct problem *category_tree_changed(struct work *work, const struct category *before, const struct category *after);

/* The tree of the active categories as JSON of category_tree_shape, for stamped_read. */
extern const struct stamped_key category_tree_key;
extern const struct shape       category_tree_shape;
const struct problem           *make_category_tree(struct work *work, void *argument, struct text *into, const char **label);

#endif
