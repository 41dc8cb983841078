/*
 * The category tree, from memcached.
 *
 * Two keys are fetched in one round trip: the tree's version and the tree, which begins with the version it was built
 * for and is used only when the two are the same.  The builder reads the version before the database, and a write raises
 * it right after its commit, so a tree built from older rows is not used after it.  A missing version (memcached was
 * restarted, or evicted it) begins as a random number, which no older tree has.
 */
#include "catalog/category.h"

#include "base/config.h"
#include "base/instant.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "events/job.h"
#include "events/record.h"
#include "store/cache.h"
#include "store/db.h"

static const char version_key[] = "tree:version", tree_key[] = "tree";

enum {
	CATEGORIES_MAX = 100000,
	VERSION_TEXT_MAX = 21,
	FILL_LOCK_SECONDS = 5,
	WAIT_STEPS = 20,
	WAIT_STEP_MS = 10,        /* how long the others wait for the one that fills */
	RAISE_AGAIN_SECONDS = 10, /* the longest that an old tree can be seen after memcached came back */
};

/* ---- the version ---- */

/* 62 random bits: room to count up from. */
static uint64_t
fresh_version(void)
{
	uint64_t version;

	random_bytes(&version, sizeof version);
	return version >> 2;
}

static void
raise_version(struct work *work, void *argument)
{
	uint64_t version;

	(void)argument;
	cache_increment(work->cache, version_key, 1, fresh_version(), CACHE_TTL_MAX_SECONDS, &version);
}

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

/* The job that follows the event raises the version should that fail. */
const struct problem *
category_tree_changed(struct work *work, const struct category *category, bool deleted)
{
	struct category_state state = { *category, deleted };

	work_after_commit(work, raise_version, NULL);
	return event_record(work, EVENT_CATEGORY_CHANGED, category->id.uuid, &category_state_shape, &state);
}

const struct problem *
invalidate_tree_job(struct work *work, const struct job *job)
{
	uint64_t version;

	if (cache_increment(work->cache, version_key, 1, fresh_version(), CACHE_TTL_MAX_SECONDS, &version))
		return OK;
	/* By then the cached tree has expired. */
	if (job->attempts * RAISE_AGAIN_SECONDS > work->config->catalog.cache_seconds)
		return OK;
	return problem_later(work->arena, PROBLEM_NOT_READY, "memcached is not responding", RAISE_AGAIN_SECONDS);
}

/* The present version, created when there is none; false when memcached is down. */
static bool
current_version(struct cache *cache, const struct cached *found, struct cached *version)
{
	char text[VERSION_TEXT_MAX];
	int  length;

	*version = *found;
	if (found->bytes != NULL)
		return true;
	length = snprintf(text, sizeof text, "%llu", (unsigned long long)fresh_version());
	if (cache_add(cache, version_key, text, (size_t)length, CACHE_TTL_MAX_SECONDS) == CACHE_UNAVAILABLE)
		return false;
	return cache_get(cache, version_key, version);
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
static const struct problem *
build_tree(struct work *work, struct text *json)
{
	struct tree_row *rows;
	size_t           count;

	TRY(db_rows(work->db, &tree_row_shape, CATEGORIES_MAX, &rows, &count,
	    "SELECT {} FROM categories WHERE is_active ORDER BY parent_id, position, name, id"));
	print_tree(rows, count, json);
	return OK;
}

/* ---- the tree for a request ---- */

/* The tree's JSON when it was built for that version: behind "version\n". */
static const char *
tree_of_version(const struct cached *tree, const struct cached *version, size_t *length)
{
	if (version->bytes == NULL || tree->bytes == NULL || tree->length <= version->length ||
	    memcmp(tree->bytes, version->bytes, version->length) != 0 || tree->bytes[version->length] != '\n')
		return NULL;
	*length = tree->length - version->length - 1;
	return tree->bytes + version->length + 1;
}

static void
take_tree(struct arena *arena, struct category_tree *tree, const char *json, size_t length, const struct cached *version)
{
	int64_t *number = ARENA_NEW(arena, int64_t);

	*number = strtoll(version->bytes, NULL, 10);
	*tree = (struct category_tree) { json, length, number };
}

static const struct problem *
read_from_database(struct work *work, struct category_tree *tree)
{
	struct text json = text_new(work->arena, 16 * 1024);

	TRY(build_tree(work, &json));
	*tree = (struct category_tree) { json.bytes, json.length, NULL };
	return OK;
}

static const struct problem *
fill_cache(struct work *work, const struct cached *version, struct category_tree *tree)
{
	struct text value = text_new(work->arena, 16 * 1024);
	size_t      head = version->length + 1;

	text_add(&value, version->bytes, version->length);
	text_add_char(&value, '\n');
	TRY(build_tree(work, &value));
	cache_set(work->cache, tree_key, value.bytes, value.length, work->config->catalog.cache_seconds);
	take_tree(work->arena, tree, value.bytes + head, value.length - head, version);
	return OK;
}

/* Another worker is filling the cache: wait for it a moment, then read the database. */
static const struct problem *
wait_for_tree(struct work *work, struct category_tree *tree)
{
	struct cached version, found;
	size_t        length;

	for (int i = 0; i < WAIT_STEPS; i++) {
		const char *json;

		pause_us(WAIT_STEP_MS * 1000);
		cache_get_two(work->cache, version_key, tree_key, &version, &found);
		if ((json = tree_of_version(&found, &version, &length)) != NULL) {
			take_tree(work->arena, tree, json, length, &version);
			return OK;
		}
	}
	return read_from_database(work, tree);
}

const struct problem *
read_category_tree(struct work *work, struct category_tree *tree)
{
	struct cache *cache = work->cache;
	struct cached found, cached, version;
	const char   *json;
	size_t        length;

	cache_get_two(cache, version_key, tree_key, &found, &cached);
	if ((json = tree_of_version(&cached, &found, &length)) != NULL) {
		take_tree(work->arena, tree, json, length, &found);
		return OK;
	}
	if (!current_version(cache, &found, &version))
		return read_from_database(work, tree);
	switch (cache_add(cache, arena_format(work->arena, "tree:filling:%s", version.bytes), "1", 1, FILL_LOCK_SECONDS)) {
	case CACHE_STORED:
		return fill_cache(work, &version, tree);
	case CACHE_EXISTS:
		return wait_for_tree(work, tree);
	case CACHE_UNAVAILABLE:
		break;
	}
	return read_from_database(work, tree);
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
