/* What the products of a file refer to: categories by id, slug or path, brands by id or name; each is asked for once. */
#include "catalog/product_bulk.h"

#include "base/arena.h"
#include "catalog/category.h"
#include "store/db.h"

#include <string.h>

enum { REFERENCES_MAX = 2 * IMPORT_DRAFTS };

struct found_category {
	struct category_id id;
	const char        *path; /* slugs, from the root */
	bool               shown;
};

static const struct member found_category_members[] = {
	M_ID(struct found_category, id, "id"),
	M_TEXT(struct found_category, path, "path", 2500, .computed = true),
	M_BOOLEAN(struct found_category, shown, "shown", .computed = true),
};
SHAPE(struct found_category, found_category_shape, "FoundCategory", found_category_members);

struct found_brand {
	struct brand_id id;
	const char     *name;
};

static const struct member found_brand_members[] = {
	M_ID(struct found_brand, id, "id"),
	M_TEXT(struct found_brand, name, "name", 120),
};
SHAPE(struct found_brand, found_brand_shape, "FoundBrand", found_brand_members);

struct references {
	struct {
		const char            *name;  /* as it was asked for */
		struct found_category *found; /* NULL: there is none */
	} categories[REFERENCES_MAX];
	struct {
		const char         *name;
		struct found_brand *found;
	} brands[REFERENCES_MAX];
	size_t n_categories, n_brands;
};

struct references *
references_new(struct arena *arena)
{
	return ARENA_NEW(arena, struct references);
}

/* The slug at the end of a path tells which it is. */
static const struct problem *
look_up_category(struct work *work, const char *name, struct found_category **found)
{
	const char        *slash = strrchr(name, '/'), *slug = slash == NULL ? name : slash + 1;
	struct category_id id;

	if (!uuid_parse(name, &id.uuid))
		id = (struct category_id) { .uuid = { { 0 } } };
	return db_row(work->db, &found_category_shape, found,
	    "SELECT c.id, " CATEGORY_PATH("c.id") " AS path, " CATEGORY_SHOWN(
		"c.id") " AS shown FROM categories c "
			"WHERE c.id = (SELECT id FROM categories WHERE id = ? UNION ALL SELECT id FROM categories WHERE slug = ? LIMIT 1) "
			"LOCK IN SHARE MODE",
	    P(id), P(slug));
}

static const struct problem *
find_category(struct work *work, struct references *references, const char *name, struct found_category **found)
{
	for (size_t i = 0; i < references->n_categories; i++)
		if (strcmp(references->categories[i].name, name) == 0) {
			*found = references->categories[i].found;
			return OK;
		}
	TRY(look_up_category(work, name, found));
	references->categories[references->n_categories].name = name;
	references->categories[references->n_categories++].found = *found;
	return OK;
}

static const struct problem *
find_brand(struct work *work, struct references *references, const char *name, struct found_brand **found)
{
	struct brand_id id;

	for (size_t i = 0; i < references->n_brands; i++)
		if (strcmp(references->brands[i].name, name) == 0) {
			*found = references->brands[i].found;
			return OK;
		}
	if (uuid_parse(name, &id.uuid))
		TRY(db_row(work->db, &found_brand_shape, found, "SELECT {} FROM brands WHERE id = ? LOCK IN SHARE MODE", P(id)));
	else
		TRY(db_row(
		    work->db, &found_brand_shape, found, "SELECT {} FROM brands WHERE name = ? LOCK IN SHARE MODE", P(name)));
	references->brands[references->n_brands].name = name;
	references->brands[references->n_brands++].found = *found;
	return OK;
}

/* "kitchen" and "home/kitchen" are "shop/home/kitchen". */
static bool
ends_path(const char *path, const char *name)
{
	size_t whole = strlen(path), length = strlen(name);

	return length <= whole && strcmp(path + whole - length, name) == 0 &&
	    (length == whole || path[whole - length - 1] == '/');
}

static const struct problem *
take_category(struct work *work, struct references *references, struct product_body *body, struct faults *faults)
{
	bool                   by_id = body->category != NULL;
	const char            *name = by_id ? uuid_text(work->arena, body->category->uuid) : body->category_path;
	struct found_category *found;

	if (name == NULL)
		return OK;
	TRY(find_category(work, references, name, &found));
	if (found == NULL || (!by_id && !ends_path(found->path, name)))
		faults_add(faults, by_id ? "category_id" : "category", "category not found");
	else
		body->category = &found->id;
	shape_note(&product_import_shape, body, "category_id");
	return OK;
}

static const struct problem *
take_brand(struct work *work, struct references *references, struct product_body *body, struct faults *faults)
{
	bool                by_id = body->brand != NULL;
	const char         *name = by_id ? uuid_text(work->arena, body->brand->uuid) : body->brand_name;
	struct found_brand *found;

	if (shape_has(&product_import_shape, body, "brand"))
		shape_note(&product_import_shape, body, "brand_id"); /* null takes it away */
	if (name == NULL)
		return OK;
	TRY(find_brand(work, references, name, &found));
	if (found == NULL)
		faults_add(faults, by_id ? "brand_id" : "brand", "brand not found");
	else
		body->brand = &found->id;
	return OK;
}

const struct problem *
find_references(struct work *work, struct references *references, const struct import_merchant *merchant,
    struct product_body *body, struct faults *faults)
{
	if (body->merchant != NULL && !ID_EQUAL(*body->merchant, merchant->id))
		faults_add(faults, "merchant_id", "must be the import's merchant");
	if (body->category != NULL && body->category_path != NULL)
		faults_add(faults, "category", "must not stand beside category_id");
	if (body->brand != NULL && body->brand_name != NULL)
		faults_add(faults, "brand", "must not stand beside brand_id");
	TRY(take_category(work, references, body, faults));
	return take_brand(work, references, body, faults);
}

bool
category_is_shown(const struct references *references, struct category_id category)
{
	for (size_t i = 0; i < references->n_categories; i++)
		if (references->categories[i].found != NULL && ID_EQUAL(references->categories[i].found->id, category))
			return references->categories[i].found->shown;
	return false;
}

const char *
brand_is_called(const struct references *references, struct brand_id brand)
{
	for (size_t i = 0; i < references->n_brands; i++)
		if (references->brands[i].found != NULL && ID_EQUAL(references->brands[i].found->id, brand))
			return references->brands[i].found->name;
	return NULL;
}
