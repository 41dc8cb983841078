/* Brands: read, listed, created, updated, deleted. */
#include "catalog/brand.h"

#include "catalog/listing.h"
#include "catalog/search.h"
#include "catalog/shown.h"
#include "store/slug.h"
#include "events/audit.h"
#include "store/list.h"

#include <string.h>

static const struct member brand_members[] = {
	M_ID(struct brand, id, "id"),
	M_TEXT(struct brand, name, "name", 120, .required = true, .example = "\"Kashphul\""),
	M_TEXT(struct brand, slug, "slug", 150, .required = true, .example = "\"kashphul\""),
	M_TEXT(struct brand, description, "description", 2000, .required = true, .multiline = true,
	    .example = "\"Crafts of Bangladesh.\""),
	M_INTEGER(struct brand, version, "version", 1, INT32_MAX),
	M_TIME(struct brand, created_at, "created_at"),
	M_TIME(struct brand, updated_at, "updated_at"),
};
SHAPE_SHARED(struct brand, brand_shape, "Brand", brand_members);

#define BRAND_MEMBERS(needed) \
	M_TEXT(struct brand_body, name, "name", 120, .required = (needed), .min = 1, .example = "\"Kashphul\""), \
	    M_TEXT(struct brand_body, slug, "slug", 120, .format = FORMAT_SLUG, .min = 1, .example = "\"kashphul\"", \
		.description = "Generated from the name by default."), \
	    M_TEXT( \
		struct brand_body, description, "description", 2000, .multiline = true, .example = "\"Crafts of Bangladesh.\"")

static const struct member brand_create_members[] = { BRAND_MEMBERS(true) };
SHAPE_SHARED(struct brand_body, brand_create_shape, "BrandCreate", brand_create_members,
    .seen_offset = SEEN(struct brand_body, seen), .whole = true);

static const struct member brand_change_members[] = { BRAND_MEMBERS(false) };
SHAPE_SHARED(
    struct brand_body, brand_change_shape, "BrandChange", brand_change_members, .seen_offset = SEEN(struct brand_body, seen));

static const struct problem *
read_brand_by_id(struct work *work, struct brand_id id, struct brand **brand)
{
	return db_one(work->db, &brand_shape, brand, "SELECT {} FROM brands WHERE id = ?", P(id));
}

const struct problem *
read_brand(struct work *work, const char *id_or_slug, struct brand **brand)
{
	struct brand_id id;

	if (id_or_slug == NULL)
		return problem(NOT_FOUND, "brand not found");
	if (uuid_parse(id_or_slug, &id.uuid))
		return read_brand_by_id(work, id, brand);
	return db_one(work->db, &brand_shape, brand, "SELECT {} FROM brands WHERE slug = ?", P(id_or_slug));
}

const struct problem *
list_brands(struct work *work, int64_t number, int64_t size, struct brand **brands, struct listed *listed)
{
	struct list list = list_begin(work, "SELECT {b}", "FROM brands b");

	return list_numbered(&list, &brand_shape, "b.name", number, size, brands, listed);
}

/* Names the member whose value another brand has. */
static const struct problem *
check_unique(struct work *work, const struct problem *problem)
{
	if (db_duplicate(work->db, problem, "uq_brands_slug"))
		return problem_at(work->arena, PROBLEM_SLUG_TAKEN, "slug", "belongs to another brand");
	if (db_duplicate(work->db, problem, "uq_brands_name"))
		return problem_at(work->arena, PROBLEM_DUPLICATE_KEY, "name", "belongs to another brand");
	return problem;
}

const struct problem *
create_brand(struct work *work, const struct brand_body *body, struct brand **brand)
{
	struct brand_id       id = NEW_ID(brand_id);
	const char           *slug = body->slug;
	const struct problem *problem = OK;

	TRY(slug_check(work, slug));
	for (int tries = 0; tries < SLUG_TRIES; tries++) {
		if (body->slug == NULL)
			TRY(slug_free(
			    work, SLUG_FREE_SQL("brands", ""), slug_make(work->arena, body->name, "brand"), tries, &slug));
		problem = db_run(work->db, NULL,
		    "INSERT INTO brands (id, name, slug, description, created_by, updated_by) VALUES (?, ?, ?, ?, ?, ?)", P(id),
		    P(body->name), P(slug), P(body->description == NULL ? "" : body->description), P(acting_user(work)),
		    P(acting_user(work)));
		if (body->slug != NULL || !db_duplicate(work->db, problem, "uq_brands_slug"))
			break;
	}
	TRY(check_unique(work, problem));
	TRY(read_brand_by_id(work, id, brand));
	return audit_record(work, "brand.created", "brand", id.uuid, &brand_shape, NULL, *brand);
}

static const struct problem *
lock_brand(struct work *work, struct brand_id id, const struct expected_version *expected, struct brand **brand)
{
	TRY(db_one(work->db, &brand_shape, brand, "SELECT {} FROM brands WHERE id = ? FOR UPDATE", P(id)));
	return check_version(expected, id.uuid, (*brand)->version);
}

/* The brand becomes what the body says; what the body leaves out, its default. */
static const struct problem *
save_brand(struct work *work, const struct brand *before, const struct brand_body *body)
{
	const char           *slug = body->slug;
	const struct problem *problem = OK;

	for (int tries = 0; tries < SLUG_TRIES; tries++) {
		if (body->slug == NULL)
			TRY(slug_keep(work, SLUG_FREE_SQL("brands", ""), slug_make(work->arena, body->name, "brand"),
			    before->slug, tries, &slug));
		problem = db_run(work->db, NULL,
		    "UPDATE brands SET name = ?, slug = ?, description = ?, version = version + 1, updated_by = ? WHERE id = ?",
		    P(body->name), P(slug), P(body->description == NULL ? "" : body->description), P(acting_user(work)),
		    P(before->id));
		if (body->slug != NULL || !db_duplicate(work->db, problem, "uq_brands_slug"))
			break;
	}
	TRY(check_unique(work, problem));
	if (strcmp(body->name, before->name) == 0 && strcmp(slug, before->slug) == 0)
		return OK;
	TRY(refresh_brand_listings(work, before->id, body->name));
	return strcmp(body->name, before->name) == 0 ? OK : search_brand_changed(work, before->id, before->name);
}

const struct problem *
update_brand(struct work *work, struct brand_id id, const struct shape *shape, const struct brand_body *body,
    const struct expected_version *expected, struct brand **brand)
{
	struct brand     *before;
	struct brand_body merged;

	TRY(slug_check(work, body->slug));
	TRY(lock_brand(work, id, expected, &before));
	merged = (struct brand_body) { .name = before->name, .slug = before->slug, .description = before->description };
	shape_merge(shape, body, &merged);
	TRY(save_brand(work, before, &merged));
	shown_all_changed(work);
	TRY(read_brand_by_id(work, id, brand));
	return audit_record(work, "brand.changed", "brand", id.uuid, &brand_shape, before, *brand);
}

const struct problem *
delete_brand(struct work *work, struct brand_id id, const struct expected_version *expected)
{
	struct brand *brand;

	TRY(lock_brand(work, id, expected, &brand));
	TRY(refresh_brand_listings(work, id, NULL));
	TRY(search_brand_changed(work, id, brand->name));
	shown_all_changed(work);
	TRY(db_run(work->db, NULL, "DELETE FROM brands WHERE id = ?", P(id)));
	return audit_record(work, "brand.deleted", "brand", id.uuid, &brand_shape, brand, NULL);
}
