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

/* Which of these are taken, in the order of their texts. */
static const struct problem *
read_taken(struct work *work, const struct parameter *slugs, size_t count, struct slug_row **taken, size_t *n)
{
	TRY(db_rows_many(work->db, &slug_row_shape, count, taken, n, "SELECT slug FROM products WHERE slug IN ([?]) " LIVE, count,
	    count, slugs));
	qsort(*taken, *n, sizeof **taken, by_text);
	return OK;
}

static bool
is_taken(const struct slug_row *taken, size_t n, const char *slug)
{
	struct slug_row wanted = { slug };

	return bsearch(&wanted, taken, n, sizeof *taken, by_text) != NULL;
}

static bool
is_given(const struct new_product *products, size_t count, const char *slug)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(products[i].slug, slug) == 0)
			return true;
	return false;
}

/* How a base is numbered: of its first numbers it is known which are taken, behind them the database is asked for the highest. */
struct numbering {
	const char *base;
	int64_t     next;
	bool        behind; /* all from `next` on are free */
};

enum { NUMBERS_FROM = 2, NUMBERS_UNTIL = 10, FIRST_NUMBERS = NUMBERS_UNTIL - NUMBERS_FROM };

static const char *
numbered(struct arena *arena, const char *base, int64_t number)
{
	return arena_format(arena, "%s-%lld", base, (long long)number);
}

static struct numbering *
numbering_of(struct numbering *numberings, size_t n, const char *base)
{
	struct numbering *numbering = numberings;

	while (numbering < numberings + n && strcmp(numbering->base, base) != 0)
		numbering++;
	return numbering;
}

/* Which numbers of all bases are taken: one statement, and most stop there. */
static const struct problem *
read_first_numbers(struct work *work, const struct numbering *numberings, size_t count, struct slug_row **taken, size_t *n)
{
	struct parameter *slugs = ARENA_ARRAY(work->arena, count * FIRST_NUMBERS, struct parameter);

	for (size_t i = 0; i < count; i++)
		for (int64_t k = 0; k < FIRST_NUMBERS; k++)
			slugs[i * FIRST_NUMBERS + (size_t)k] = P(numbered(work->arena, numberings[i].base, NUMBERS_FROM + k));
	return read_taken(work, slugs, count * FIRST_NUMBERS, taken, n);
}

/* The next number of a base that nobody has, there or here. */
static const struct problem *
number_slug(struct work *work, struct new_product *products, size_t at, struct numbering *numbering, const struct slug_row *taken,
    size_t n_taken)
{
	const char *slug;

	do {
		if (!numbering->behind && numbering->next >= NUMBERS_UNTIL) {
			int64_t highest;

			TRY(slug_number(work, SLUG_FREE_SQL("products", LIVE), numbering->base, &highest));
			numbering->behind = true;
			numbering->next = highest > numbering->next ? highest : numbering->next;
		}
		slug = numbered(work->arena, numbering->base, numbering->next++);
	} while (is_given(products, at, slug) || is_taken(taken, n_taken, slug));
	products[at].slug = slug;
	return OK;
}

/* Those marked get a number behind what they want. */
static const struct problem *
number_slugs(struct work *work, struct new_product *products, size_t count, const bool *marked)
{
	struct numbering *numberings = ARENA_ARRAY(work->arena, count, struct numbering);
	struct slug_row  *taken;
	size_t            n = 0, n_taken;

	for (size_t i = 0; i < count; i++)
		if (marked[i] && numbering_of(numberings, n, products[i].slug) == numberings + n)
			numberings[n++] = (struct numbering) { products[i].slug, NUMBERS_FROM, false };
	if (n == 0)
		return OK;
	TRY(read_first_numbers(work, numberings, n, &taken, &n_taken));
	for (size_t i = 0; i < count; i++)
		if (marked[i])
			TRY(number_slug(work, products, i, numbering_of(numberings, n, products[i].slug), taken, n_taken));
	return OK;
}

/* The slugs that the products have are those they want: what is taken, here or before, gets a number. */
static const struct problem *
free_slugs(struct work *work, struct new_product *products, size_t count)
{
	struct parameter *slugs = ARENA_ARRAY(work->arena, count, struct parameter);
	bool             *marked = ARENA_ARRAY(work->arena, count, bool);
	struct slug_row  *taken;
	size_t            n_taken;

	for (size_t i = 0; i < count; i++)
		slugs[i] = P(products[i].slug);
	TRY(read_taken(work, slugs, count, &taken, &n_taken));
	for (size_t i = 0; i < count; i++)
		marked[i] = slug_reserved(products[i].slug) || is_given(products, i, products[i].slug) ||
		    is_taken(taken, n_taken, products[i].slug);
	return number_slugs(work, products, count, marked);
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

/* The pictures of all of them; those whose pictures cannot be are refused, and the others close up. */
static const struct problem *
take_images(struct work *work, struct new_product *products, struct product_draft **drafts, size_t *count)
{
	const struct problem **refused = ARENA_ARRAY(work->arena, *count, const struct problem *);
	size_t                 n = 0;

	TRY(attach_new_images(work, products, *count, refused));
	for (size_t i = 0; i < *count; i++) {
		drafts[i]->problem = refused[i];
		drafts[i]->outcome = refused[i] == OK ? IMPORT_CREATED : IMPORT_REFUSED;
		if (refused[i] == OK)
			products[n++] = products[i];
	}
	*count = n;
	return OK;
}

/* The product of a draft; draft->problem says why it cannot be. */
static void
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
		return;
	product->brand_name = body->brand == NULL ? NULL : brand_is_called(references, *body->brand);
	product->slug = body->slug != NULL ? body->slug : slug_make(work->arena, body->name, "product");
}

const struct problem *
create_products(struct work *work, const struct references *references, const struct import_merchant *merchant,
    struct product_draft *const *drafts, size_t count)
{
	struct new_product    *products = ARENA_ARRAY(work->arena, count, struct new_product);
	struct product_draft **made = ARENA_ARRAY(work->arena, count, struct product_draft *);
	size_t                 n = 0;

	for (size_t i = 0; i < count; i++) {
		prepare(work, references, merchant, drafts[i], &products[n]);
		drafts[i]->outcome = IMPORT_REFUSED;
		if (drafts[i]->problem == OK)
			made[n++] = drafts[i];
	}
	TRY(take_images(work, products, made, &n));
	return write_products(work, products, n);
}
