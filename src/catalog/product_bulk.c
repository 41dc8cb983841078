/* New products of a file: checked one by one, written together. */
#include "catalog/product_bulk.h"

#include "base/arena.h"
#include "catalog/category.h"
#include "catalog/listing.h"
#include "catalog/product_write.h"
#include "store/slug.h"
#include "store/db.h"

#include <string.h>

/* ---- checks ---- */

static void
check_needed(struct arena *arena, const struct product_body *body, struct faults *faults)
{
	if (body->name == NULL)
		faults_add(faults, "name", "is required");
	if (body->category == NULL)
		faults_add(faults, "category", "is required");
	if (body->price == NULL)
		faults_add(faults, "price", "is required");
	for (size_t i = 0; i < body->n_variants; i++)
		if (body->variants[i].sku == NULL)
			faults_add(faults, arena_format(arena, "variants.%zu.sku", i), "is required");
}

/* What a new product of the shop's form would be told, too. */
static const struct problem *
check_new(struct work *work, const struct references *references, const struct import_merchant *merchant,
    const struct product_body *body, struct amounts *amounts)
{
	bool          published = body->status != NULL && *body->status == PRODUCT_PUBLISHED;
	struct faults faults = { .count = 0 };

	check_needed(work->arena, body, &faults);
	TRY(faults_problem(work->arena, &faults));
	if (published && !category_is_shown(references, *body->category))
		faults_add(&faults, "category", CATEGORY_NOT_SHOWN);
	if (body->currency != NULL && strcmp(body->currency, merchant->currency) != 0)
		faults_add(&faults, "currency", "must be the merchant's currency");
	if (body->tax_class != NULL)
		check_tax_class(work, body->tax_class, &faults);
	TRY(faults_problem(work->arena, &faults));
	if (published && !merchant->active)
		return problem(MERCHANT_INACTIVE, "the merchant is not active; import the product as a draft");
	return check_body(work, body, merchant->currency, amounts);
}

/* ---- slugs ---- */

struct slug_row {
	const char *slug;
};

static const struct member slug_row_members[] = { M_TEXT(struct slug_row, slug, "slug", 230) };
SHAPE(struct slug_row, slug_row_shape, "SlugRow", slug_row_members);

static int
by_text(const void *a, const void *b)
{
	return strcmp(((const struct slug_row *)a)->slug, ((const struct slug_row *)b)->slug);
}

static const struct problem *
read_taken(struct work *work, const struct new_product *products, size_t count, struct slug_row **taken, size_t *n)
{
	struct parameter *slugs = ARENA_ARRAY(work->arena, count, struct parameter);

	for (size_t i = 0; i < count; i++)
		slugs[i] = P(products[i].slug);
	TRY(db_rows_many(work->db, &slug_row_shape, count, taken, n, "SELECT slug FROM products WHERE slug IN ([?]) " LIVE, count,
	    count, slugs));
	qsort(*taken, *n, sizeof **taken, by_text);
	return OK;
}

static bool
is_given(const struct new_product *products, size_t count, const char *slug)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(products[i].slug, slug) == 0)
			return true;
	return false;
}

/* How a base was numbered last, so that a thousand of one name ask the database once a step. */
struct numbering {
	const char *base;
	int64_t     next;
};

static const struct problem *
number_slug(struct work *work, const struct new_product *products, size_t at, struct numbering *numberings, size_t *n)
{
	const char       *base = products[at].slug, *slug;
	struct numbering *numbering = numberings;

	while (numbering < numberings + *n && strcmp(numbering->base, base) != 0)
		numbering++;
	if (numbering == numberings + *n) {
		numbering->base = base;
		TRY(slug_number(work, SLUG_FREE_SQL("products", LIVE), base, &numbering->next));
		++*n;
	}
	do
		slug = arena_format(work->arena, "%s-%lld", base, (long long)numbering->next++);
	while (is_given(products, at, slug));
	((struct new_product *)products)[at].slug = slug;
	return OK;
}

/* The slugs that the products have are those they want: what is taken, here or before, gets a number. */
static const struct problem *
free_slugs(struct work *work, struct new_product *products, size_t count)
{
	struct numbering *numberings = ARENA_ARRAY(work->arena, count, struct numbering);
	struct slug_row  *taken;
	size_t            n_taken, n_numberings = 0;

	if (count == 0)
		return OK;
	TRY(read_taken(work, products, count, &taken, &n_taken));
	for (size_t i = 0; i < count; i++) {
		struct slug_row wanted = { products[i].slug };

		if (slug_reserved(wanted.slug) || is_given(products, i, wanted.slug) ||
		    bsearch(&wanted, taken, n_taken, sizeof *taken, by_text) != NULL)
			TRY(number_slug(work, products, i, numberings, &n_numberings));
	}
	return OK;
}

/* ---- writing ---- */

static const struct problem *
write_variants(struct work *work, const struct new_product *products, size_t count)
{
	struct new_variant *variants;
	size_t              n = 0;

	for (size_t i = 0; i < count; i++)
		n += products[i].body->n_variants;
	variants = ARENA_ARRAY(work->arena, n, struct new_variant);
	n = 0;
	for (size_t i = 0; i < count; i++) {
		memcpy(&variants[n], new_variants(work, &products[i]), products[i].body->n_variants * sizeof *variants);
		n += products[i].body->n_variants;
	}
	return insert_variants(work, variants, n);
}

static const struct problem *
write_products(struct work *work, struct new_product *products, size_t count)
{
	struct product_id *ids = ARENA_ARRAY(work->arena, count, struct product_id);

	if (count == 0)
		return OK;
	TRY(free_slugs(work, products, count));
	TRY(insert_products(work, products, count));
	TRY(write_variants(work, products, count));
	for (size_t i = 0; i < count; i++)
		ids[i] = products[i].id;
	TRY(list_new_products(work, ids, count));
	return record_product_events(work, EVENT_PRODUCT_CREATED, ids, count);
}

/* What is refused leaves nothing behind. */
static const struct problem *
take_images(struct work *work, struct new_product *product, const struct problem **refused)
{
	*refused = OK;
	if (product->body->n_images == 0)
		return OK;
	TRY(db_run(work->db, NULL, "SAVEPOINT product"));
	*refused = attach_images(work, product->id, product->body->images, product->body->n_images, &product->images);
	if (*refused == OK)
		return OK;
	if (problem_status((*refused)->code) >= 500)
		return *refused;
	return db_run(work->db, NULL, "ROLLBACK TO SAVEPOINT product");
}

/* The product of a draft; draft->problem says why it cannot be. */
static const struct problem *
prepare(struct work *work, const struct references *references, const struct import_merchant *merchant,
    struct product_draft *draft, struct new_product *product)
{
	const struct product_body *body = draft->body;

	*product = (struct new_product) {
		.id = NEW_ID(product_id), .merchant = merchant->id, .body = body, .currency = merchant->currency
	};
	draft->product = product->id;
	draft->problem = check_new(work, references, merchant, body, &product->amounts);
	if (draft->problem != OK)
		return OK;
	product->brand_name = body->brand == NULL ? NULL : brand_is_called(references, *body->brand);
	product->slug = body->slug != NULL ? body->slug : slug_make(work->arena, body->name, "product");
	return take_images(work, product, &draft->problem);
}

const struct problem *
create_products(struct work *work, const struct references *references, const struct import_merchant *merchant,
    struct product_draft *const *drafts, size_t count)
{
	struct new_product *products = ARENA_ARRAY(work->arena, count, struct new_product);
	size_t              n = 0;

	for (size_t i = 0; i < count; i++) {
		TRY(prepare(work, references, merchant, drafts[i], &products[n]));
		drafts[i]->outcome = drafts[i]->problem == OK ? IMPORT_CREATED : IMPORT_REFUSED;
		n += drafts[i]->problem == OK;
	}
	return write_products(work, products, n);
}
