/* Products of a file meet those that are there: see product_import.h. */
#include "catalog/product_import.h"

#include "base/arena.h"
#include "base/text.h"
#include "catalog/product_bulk.h"
#include "catalog/product_export.h"
#include "catalog/product_write.h"
#include "store/db.h"

#include <json-c/json.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>

const char *
fold_sku(struct arena *arena, const char *sku)
{
	size_t   length = 0;
	uint8_t *folded = u8_casefold((const uint8_t *)sku, strlen(sku), NULL, UNINORM_NFKC, NULL, &length);
	char    *copy;

	if (folded == NULL)
		abort(); /* no memory: the SKU is valid UTF-8 */
	copy = arena_copy(arena, folded, length);
	free(folded);
	return copy;
}

/* ---- known SKUs ---- */

struct known_sku {
	const char        *sku, *folded;
	struct product_id  product;
	struct merchant_id merchant;
};

static const struct member known_sku_members[] = {
	M_TEXT(struct known_sku, sku, "sku", 64),
	M_ID(struct known_sku, product, "product_id"),
	M_ID(struct known_sku, merchant, "merchant_id", .computed = true),
};
SHAPE(struct known_sku, known_sku_shape, "KnownSku", known_sku_members);

struct known_skus {
	struct known_sku *list; /* by their folded text */
	size_t            count;
};

static int
by_folded(const void *a, const void *b)
{
	return strcmp(((const struct known_sku *)a)->folded, ((const struct known_sku *)b)->folded);
}

static const struct problem *
read_known(struct work *work, const struct product_draft *drafts, size_t count, struct known_skus *known)
{
	struct parameter *skus;
	size_t            n = 0;

	for (size_t i = 0; i < count; i++)
		n += drafts[i].body == NULL ? 0 : drafts[i].body->n_variants;
	skus = ARENA_ARRAY(work->arena, n, struct parameter);
	n = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; drafts[i].body != NULL && k < drafts[i].body->n_variants; k++)
			if (drafts[i].body->variants[k].sku != NULL)
				skus[n++] = P(drafts[i].body->variants[k].sku);
	*known = (struct known_skus) { .count = 0 };
	if (n == 0)
		return OK;
	TRY(db_rows_many(work->db, &known_sku_shape, n, &known->list, &known->count,
	    "SELECT {v}, p.merchant_id FROM variants v JOIN products p ON p.id = v.product_id "
	    "WHERE v.sku_folded IN ([?]) AND v.live_marker = 1",
	    n, n, skus));
	for (size_t i = 0; i < known->count; i++)
		known->list[i].folded = fold_sku(work->arena, known->list[i].sku);
	qsort(known->list, known->count, sizeof *known->list, by_folded);
	return OK;
}

static const struct known_sku *
known_sku(struct arena *arena, const struct known_skus *known, const char *sku)
{
	struct known_sku wanted = { .folded = sku == NULL || known->count == 0 ? NULL : fold_sku(arena, sku) };

	return wanted.folded == NULL ? NULL : bsearch(&wanted, known->list, known->count, sizeof wanted, by_folded);
}

/* Which product the draft is: of none of its SKUs (*is_known false), or of those that are known. */
static void
identify(struct work *work, const struct known_skus *known, const struct import_merchant *merchant, struct product_draft *draft,
    bool *is_known, struct faults *faults)
{
	*is_known = false;
	for (size_t i = 0; i < draft->body->n_variants; i++) {
		struct variant_body    *variant = &draft->body->variants[i];
		const struct known_sku *found = known_sku(work->arena, known, variant->sku);

		if (variant->id != NULL)
			faults_add(faults, arena_format(work->arena, "variants.%zu.id", i), "cannot be given in a file");
		if (found == NULL)
			continue;
		if (!ID_EQUAL(found->merchant, merchant->id) || (*is_known && !ID_EQUAL(found->product, draft->product)))
			faults_add(faults, arena_format(work->arena, "variants.%zu.sku", i), "belongs to another product");
		variant->on_hand = NULL; /* the stock of what is there changes by adjustments */
		draft->product = found->product;
		*is_known = true;
	}
}

/* ---- known products ---- */

/* Is it an amount, and the same one? "10" is "10.00". */
static bool
same_amount(struct json_object *a, struct json_object *b)
{
	struct decimal one, other;

	if (!decimal_parse(json_object_get_string(a), strlen(json_object_get_string(a)), &one) ||
	    !decimal_parse(json_object_get_string(b), strlen(json_object_get_string(b)), &other))
		return false;
	for (; one.scale < other.scale; one.scale++)
		one.digits *= 10;
	for (; other.scale < one.scale; other.scale++)
		other.digits *= 10;
	return one.digits == other.digits;
}

static bool
ends_with(const char *text, const char *end)
{
	return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

/* What a draft says, or a part of it, and what is there in its place; `body` is the whole draft's. */
static bool says_the_same(const struct product_body *body, struct json_object *said, struct json_object *there);

/* The element of which the member is the same text but for case; NULL: none. */
static struct json_object *
element_by(struct json_object *array, const char *name, struct json_object *wanted)
{
	const char *text = json_object_get_string(wanted);

	for (size_t i = 0; text != NULL && i < json_object_array_length(array); i++) {
		struct json_object *element = json_object_array_get_idx(array, i);

		if (looks_equal(json_object_get_string(json_object_object_get(element, name)), text))
			return element;
	}
	return NULL;
}

/* In the same order where all are named; some of them where the others stay. */
static bool
same_variants(const struct product_body *body, struct json_object *said, struct json_object *there)
{
	size_t count = json_object_array_length(said), all = json_object_array_length(there);

	if (count > all || (count < all && !body->keeps_variants))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct json_object *variant = json_object_array_get_idx(said, i);
		struct json_object *present = count == all ? json_object_array_get_idx(there, i)
							   : element_by(there, "sku", json_object_object_get(variant, "sku"));

		if (present == NULL || !says_the_same(body, variant, present))
			return false;
	}
	return true;
}

/* The same picture by its id or by where it came from: a file of another shop has ids that are not known here. */
static bool
same_image(struct json_object *said, struct json_object *there)
{
	static const char *const names[] = { "id", "url" };
	struct json_object      *one = NULL, *other = NULL;
	bool                     same = false;

	for (size_t i = 0; i < 2 && !same; i++)
		same = json_object_object_get_ex(said, names[i], &one) && one != NULL &&
		    json_object_object_get_ex(there, names[i], &other) && json_object_equal(one, other);
	if (same && json_object_object_get_ex(said, "alt", &one))
		same = json_object_equal(one, json_object_object_get(there, "alt"));
	return same;
}

static bool
same_images(struct json_object *said, struct json_object *there)
{
	if (json_object_array_length(said) != json_object_array_length(there))
		return false;
	for (size_t i = 0; i < json_object_array_length(said); i++)
		if (!same_image(json_object_array_get_idx(said, i), json_object_array_get_idx(there, i)))
			return false;
	return true;
}

static bool
has_value(struct json_object *values, struct json_object *value)
{
	for (size_t i = 0; i < json_object_array_length(values); i++)
		if (json_object_equal(json_object_array_get_idx(values, i), value))
			return true;
	return false;
}

/* Are these options and their values there already? */
static bool
has_options(struct json_object *said, struct json_object *there)
{
	for (size_t i = 0; i < json_object_array_length(said); i++) {
		struct json_object *option = json_object_array_get_idx(said, i);
		struct json_object *values = json_object_object_get(option, "values");
		struct json_object *present = element_by(there, "name", json_object_object_get(option, "name"));

		if (present == NULL)
			return false;
		for (size_t k = 0; k < json_object_array_length(values); k++)
			if (!has_value(json_object_object_get(present, "values"), json_object_array_get_idx(values, k)))
				return false;
	}
	return true;
}

static bool
same_array(const struct product_body *body, const char *name, struct json_object *said, struct json_object *there)
{
	if (strcmp(name, "variants") == 0)
		return same_variants(body, said, there);
	if (strcmp(name, "images") == 0)
		return same_images(said, there);
	return strcmp(name, "options") == 0 && body->adds_options && has_options(said, there);
}

/* Members that only tell how a product is made or changed. */
static bool
is_instruction(const char *name)
{
	static const char *const names[] = { "on_hand", "slug", "merchant_id", "delete_missing_variants" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool
same_member(const struct product_body *body, const char *name, struct json_object *said, struct json_object *there)
{
	if (json_object_equal(said, there))
		return true;
	if (json_object_get_type(said) != json_object_get_type(there))
		return false;
	if (json_object_is_type(said, json_type_string) && strcmp(name, "category") == 0)
		return ends_with(json_object_get_string(there),
		    json_object_get_string(said)); /* its path or the end of that, which was found to be a category */
	if (json_object_is_type(said, json_type_string) && ends_with(name, "price"))
		return same_amount(said, there);
	return json_object_is_type(said, json_type_array) && same_array(body, name, said, there);
}

/* Is everything that the object says so already? */
static bool
says_the_same(const struct product_body *body, struct json_object *said, struct json_object *there)
{
	json_object_object_foreach(said, name, value)
	{
		struct json_object *present = NULL;

		if (is_instruction(name))
			continue;
		if (!json_object_object_get_ex(there, name, &present) || !same_member(body, name, value, present))
			return false;
	}
	return true;
}

static bool
is_unchanged(struct arena *arena, const struct product_draft *draft, const struct exported_product *products, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ID_EQUAL(products[i].id, draft->product)) {
			struct text         text = text_new(arena, 2048);
			struct json_object *there;

			shape_print(&exported_product_shape, &products[i], &text);
			there = json_read(arena, text.bytes, text.length);
			return there != NULL && says_the_same(draft->body, draft->json, there);
		}
	return false;
}

/* Some of them at a time: a product may be large. */
static const struct problem *
compare_products(struct work *work, struct product_draft *const *drafts, size_t count)
{
	struct product_id        ids[EXPORT_PAGE];
	struct arena_mark        mark = arena_mark(work->arena);
	struct exported_product *products;
	size_t                   n;

	for (size_t i = 0; i < count; i++)
		ids[i] = drafts[i]->product;
	TRY(read_exported(work, ids, count, &products, &n));
	for (size_t i = 0; i < count; i++)
		drafts[i]->outcome = is_unchanged(work->arena, drafts[i], products, n) ? IMPORT_UNCHANGED : IMPORT_CHANGED;
	arena_release(work->arena, mark);
	return OK;
}

/* A refused change leaves nothing behind. */
static const struct problem *
change_product(struct work *work, struct product_draft *draft)
{
	struct product *changed;

	TRY(db_run(work->db, NULL, "SAVEPOINT product"));
	draft->problem = update_product(work, draft->product, &product_import_shape, draft->body, NULL, &changed);
	draft->outcome = draft->problem == OK ? IMPORT_CHANGED : IMPORT_REFUSED;
	if (draft->problem == OK)
		return OK;
	if (problem_status(draft->problem->code) >= 500)
		return draft->problem;
	return db_run(work->db, NULL, "ROLLBACK TO SAVEPOINT product");
}

/* Has a draft before this one changed its product? */
static bool
is_changed_before(struct product_draft *const *drafts, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (drafts[i]->outcome == IMPORT_CHANGED && ID_EQUAL(drafts[i]->product, drafts[at]->product))
			return true;
	return false;
}

static const struct problem *
change_products(struct work *work, struct product_draft *const *drafts, size_t count)
{
	for (size_t from = 0; from < count; from += EXPORT_PAGE)
		TRY(compare_products(work, &drafts[from], count - from < EXPORT_PAGE ? count - from : EXPORT_PAGE));
	for (size_t i = 0; i < count; i++) {
		if (is_changed_before(drafts, i))
			TRY(compare_products(work, &drafts[i], 1));
		if (drafts[i]->outcome == IMPORT_CHANGED)
			TRY(change_product(work, drafts[i]));
	}
	return OK;
}

/* ---- pictures ---- */

/* What is not known by its id, since the file is another shop's, is fetched from where the file says that it is. */
static const struct problem *
choose_images(struct work *work, const struct import_merchant *merchant, struct product_draft *drafts, size_t count)
{
	struct image_body **images;
	struct media_id    *ids;
	bool               *known;
	size_t              n = 0;

	for (size_t i = 0; i < count; i++)
		n += drafts[i].body == NULL ? 0 : drafts[i].body->n_images;
	images = ARENA_ARRAY(work->arena, n, struct image_body *);
	ids = ARENA_ARRAY(work->arena, n, struct media_id);
	known = ARENA_ARRAY(work->arena, n, bool);
	n = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; drafts[i].body != NULL && k < drafts[i].body->n_images; k++)
			if (drafts[i].body->images[k].id != NULL && drafts[i].body->images[k].url != NULL) {
				images[n] = &drafts[i].body->images[k];
				ids[n] = *images[n]->id;
				n++;
			}
	TRY(media_known(work, &merchant->id, ids, n, known));
	for (size_t i = 0; i < n; i++)
		if (!known[i])
			images[i]->id = NULL;
	return OK;
}

const struct problem *
import_products(struct work *work, const struct import_merchant *merchant, struct product_draft *drafts, size_t count)
{
	struct references     *references = references_new(work->arena);
	struct product_draft **made = ARENA_ARRAY(work->arena, count, struct product_draft *);
	struct product_draft **known = ARENA_ARRAY(work->arena, count, struct product_draft *);
	struct known_skus      skus;
	size_t                 n_made = 0, n_known = 0;

	TRY(read_known(work, drafts, count, &skus));
	TRY(choose_images(work, merchant, drafts, count));
	for (size_t i = 0; i < count; i++) {
		struct faults faults = { .count = 0 };
		bool          is_known;

		drafts[i].outcome = IMPORT_REFUSED;
		if (drafts[i].body == NULL)
			continue;
		identify(work, &skus, merchant, &drafts[i], &is_known, &faults);
		TRY(find_references(work, references, merchant, drafts[i].body, &faults));
		drafts[i].problem = faults_problem(work->arena, &faults);
		if (drafts[i].problem != OK)
			continue;
		if (is_known)
			known[n_known++] = &drafts[i];
		else
			made[n_made++] = &drafts[i];
	}
	TRY(change_products(work, known, n_known));
	return create_products(work, references, merchant, made, n_made);
}
