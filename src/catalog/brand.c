/* Brands. */
#include "catalog/brand.h"

#include "catalog/listing.h"
#include "catalog/slug.h"
#include "http/request.h"
#include "store/db.h"

struct brand {
	struct brand_id id;
	const char     *name, *slug, *description;
	int64_t         version;
	struct instant  created_at, updated_at;
};

SHAPE_DECLARE(struct brand, brand_shape);

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

struct brand_body {
	const char *name, *slug, *description;
};

#define BRAND_MEMBERS(needed)                                                                  \
	M_TEXT(struct brand_body, name, "name", 120, .required = (needed), .min = 1, .example = "\"Kashphul\""), \
	M_TEXT(struct brand_body, slug, "slug", 120, .format = FORMAT_SLUG, .min = 1, .example = "\"kashphul\"", \
	    .description = "Made from the name when left out."),                                      \
	M_TEXT(struct brand_body, description, "description", 2000, .multiline = true, .example = "\"Crafts of Bangladesh.\"")

static const struct member brand_create_members[] = { BRAND_MEMBERS(true) };
const struct shape brand_create_shape = SHAPE_IS_(struct brand_body, "BrandCreate", brand_create_members);

static const struct member brand_change_members[] = { BRAND_MEMBERS(false) };
const struct shape brand_change_shape = SHAPE_IS_(struct brand_body, "BrandChange", brand_change_members);

#define BRAND_COLUMNS "id, name, slug, description, version, created_at, updated_at "

static const struct problem *
answer_brand(struct request *request, struct brand_id id)
{
	struct brand *brand;

	TRY(db_row(request->work->db, &brand_shape, &brand, "SELECT " BRAND_COLUMNS "FROM brands WHERE id = ?", P(id)));
	if (brand == NULL)
		return problem(NOT_FOUND, "there is no such brand");
	return respond_tagged(request, brand, id.uuid, brand->version);
}

const struct problem *
show_brand(struct request *request)
{
	const char     *name = path_text(request, "brand");
	struct brand_id id;
	struct brand   *brand;

	if (name == NULL)
		return problem(NOT_FOUND, "there is no such brand");
	if (uuid_parse(name, &id.uuid))
		return answer_brand(request, id);
	TRY(db_row(request->work->db, &brand_shape, &brand, "SELECT " BRAND_COLUMNS "FROM brands WHERE slug = ?", P(name)));
	if (brand == NULL)
		return problem(NOT_FOUND, "there is no such brand");
	return respond_tagged(request, brand, brand->id.uuid, brand->version);
}

/* ---- the list ---- */

struct brand_page { struct brand *results; size_t n_results; const char *next, *previous; int64_t count; };
static const struct member brand_page_members[] = {
	M_INTEGER(struct brand_page, count, "count", 0, INT64_MAX, .description = "Rows in all pages together."),
	PAGE_MEMBERS_(struct brand_page, brand_shape),
};
SHAPE_SHARED(struct brand_page, brand_page_shape, "BrandPage", brand_page_members);

struct brand_query {
	struct numbered_query list;
};
static const struct member brand_query_members[] = { NUMBERED_QUERY(struct brand_query) };
SHAPE_SHARED(struct brand_query, brand_query_shape, "BrandQuery", brand_query_members);

const struct problem *
list_brands(struct request *request)
{
	const struct numbered_query *list = &QUERY(request, struct brand_query)->list;
	struct brand_page            page = { .n_results = 0 };

	TRY(db_value(request->work->db, &page.count, "SELECT COUNT(*) FROM brands"));
	TRY(db_rows(request->work->db, &brand_shape, (size_t)list->page_size, &page.results, &page.n_results,
	    "SELECT " BRAND_COLUMNS "FROM brands ORDER BY name LIMIT ? OFFSET ?", P(list->page_size),
	    P((list->page - 1) * list->page_size)));
	numbered_links(request, list->page, list->page_size, page.count, &page.next, &page.previous);
	return respond(request, &page);
}

/* ---- writing ---- */

static const struct problem *
name_clash(struct work *work, const struct problem *problem)
{
	if (db_duplicate(work->db, problem, "uq_brands_slug"))
		return problem_at(work->arena, PROBLEM_SLUG_TAKEN, "slug", "belongs to another brand");
	if (db_duplicate(work->db, problem, "uq_brands_name"))
		return problem_at(work->arena, PROBLEM_DUPLICATE_KEY, "name", "belongs to another brand");
	return problem;
}

const struct problem *
create_brand(struct request *request)
{
	const struct brand_body *body = BODY(request, struct brand_body);
	struct work             *work = request->work;
	struct brand_id          id = NEW_ID(brand_id);
	const char              *slug = body->slug;
	const struct problem    *problem = OK;

	for (int tries = 0; tries < SLUG_TRIES; tries++) {
		if (body->slug == NULL)
			TRY(slug_free(work, SLUG_FREE_SQL("brands"), slug_make(work->arena, body->name, "brand"), &slug));
		problem = db_run(work->db, NULL,
		    "INSERT INTO brands (id, name, slug, description, created_by, updated_by) VALUES (?, ?, ?, ?, ?, ?)", P(id),
		    P(body->name), P(slug), P(body->description == NULL ? "" : body->description), P(work->viewer.user), P(work->viewer.user));
		if (body->slug != NULL || !db_duplicate(work->db, problem, "uq_brands_slug"))
			break;
	}
	TRY(name_clash(work, problem));
	return answer_brand(request, id);
}

static const struct problem *
lock_brand(struct request *request, struct brand_id *id, struct brand **brand)
{
	TRY(path_id(request, "brand", &id->uuid));
	TRY(db_row(request->work->db, &brand_shape, brand, "SELECT " BRAND_COLUMNS "FROM brands WHERE id = ? FOR UPDATE", P(*id)));
	if (*brand == NULL)
		return problem(NOT_FOUND, "there is no such brand");
	return request_if_match(request, id->uuid, (*brand)->version);
}

const struct problem *
change_brand(struct request *request)
{
	const struct brand_body *body = BODY(request, struct brand_body);
	struct work             *work = request->work;
	struct brand_id          id;
	struct brand            *brand;

	TRY(lock_brand(request, &id, &brand));
	TRY(name_clash(work, db_run(work->db, NULL,
	    "UPDATE brands SET name = ?, slug = ?, description = ?, version = version + 1, updated_by = ? WHERE id = ?",
	    P(body->name != NULL ? body->name : brand->name), P(body->slug != NULL ? body->slug : brand->slug),
	    P(body->description != NULL ? body->description : brand->description), P(work->viewer.user), P(id))));
	if (body->name != NULL && strcmp(body->name, brand->name) != 0)
		TRY(refresh_brand_listings(work, id, body->name));
	return answer_brand(request, id);
}

/* Its products go on without a brand. */
const struct problem *
delete_brand(struct request *request)
{
	struct brand_id id;
	struct brand   *brand;

	TRY(lock_brand(request, &id, &brand));
	TRY(refresh_brand_listings(request->work, id, NULL));
	TRY(db_run(request->work->db, NULL, "DELETE FROM brands WHERE id = ?", P(id)));
	return respond_nothing(request);
}
