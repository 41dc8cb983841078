/*
 * category.h: the tree of categories between the files of this folder.
 *
 * categories holds the tree by parent, category_ancestors its closure: each category with itself and all above it.
 * Whoever changes the tree calls category_tree_changed before the commit.
 */
#ifndef CATEGORY_H
#define CATEGORY_H

#include "catalog/catalog.h"
#include "http/page.h"

enum { CATEGORY_DEPTH_MAX = 16 };

struct category {
	struct category_id  id;
	struct category_id *parent;
	const char         *name, *slug;
	int64_t             position, depth, version;
	bool                is_active;
	struct instant      created_at, updated_at;
};
SHAPE_DECLARE(struct category, category_shape);

struct category_body {
	const char         *name, *slug;
	struct category_id *parent;
	int64_t            *position;
	bool               *is_active;
	struct shape_seen   seen;
};

/* NOT_FOUND when there is none. */
const struct problem *read_category(struct work *work, struct category_id id, struct category **category);

/* Write down that the tree changed, and raise its version as soon as the transaction has committed. */
const struct problem *category_tree_changed(struct work *work, struct category_id category);

extern const struct shape category_create_shape, category_change_shape, category_query_shape, category_page_shape,
    category_tree_shape;

const struct problem *show_category_tree(struct request *request);
const struct problem *list_categories(struct request *request);
const struct problem *show_category(struct request *request);
const struct problem *create_category(struct request *request);
const struct problem *change_category(struct request *request);
const struct problem *delete_category(struct request *request);

#endif
