/* All variants of a product at once: known ones are changed, others created, missing ones deleted or kept. */
#include "catalog/product_write.h"

#include "store/db.h"

/* The row that an element of the body means: by its id, or by its SKU; NULL: none. */
static const struct variant_row *
known_row(const struct variant_plan *plan, const struct variant_body *element)
{
	for (size_t i = 0; i < plan->n_rows; i++)
		if (element->id != NULL ? ID_EQUAL(plan->rows[i].id, *element->id)
					: element->sku != NULL && looks_equal(plan->rows[i].sku, element->sku))
			return &plan->rows[i];
	return NULL;
}

static bool
is_planned(const struct new_variant *after, size_t count, struct variant_id id)
{
	for (size_t i = 0; i < count; i++)
		if (ID_EQUAL(after[i].id, id))
			return true;
	return false;
}

/* What becomes of one element: the known row with the element laid over it, or the element itself. */
static struct variant_body
merge_element(struct work *work, const struct shape *shape, const struct variant_row *row, const struct variant_body *element,
    const char *currency)
{
	struct variant_body merged = *element;

	if (row != NULL) {
		merged = variant_as_body(work->arena, row, currency);
		shape_merge(shape, element, &merged);
	}
	return merged;
}

/* Lay the elements over the rows; `merged` receives them as bodies, plan->after their ids and positions. */
static const struct problem *
merge_elements(struct work *work, const char *currency, const struct shape *shape, const struct product_body *body,
    struct variant_body *merged, struct variant_plan *plan)
{
	struct faults faults = { .count = 0 }, adjusted = { .count = 0 };

	for (size_t i = 0; i < body->n_variants; i++) {
		const struct variant_body *element = &body->variants[i];
		const struct variant_row  *row = known_row(plan, element);

		merged[i] = merge_element(work, shape, row, element, currency);
		if (element->id != NULL && row == NULL)
			faults_add(&faults, arena_format(work->arena, "variants.%zu.id", i), "variant not found");
		else if (row != NULL && is_planned(plan->after, i, row->id))
			faults_add(&faults, arena_format(work->arena, "variants.%zu", i), "is repeated");
		else if (merged[i].sku == NULL)
			faults_add(&faults, arena_format(work->arena, "variants.%zu.sku", i), "is required");
		if (row != NULL && element->on_hand != NULL)
			faults_add(&adjusted, arena_format(work->arena, "variants.%zu.on_hand", i),
			    "is accepted only for a new variant");
		plan->after[i].id = row != NULL ? row->id : NEW_ID(variant_id);
	}
	TRY(faults_problem(work->arena, &faults));
	return adjust_problem(work->arena, &adjusted);
}

/* No price that the body gives is above what it is reduced from; with a new compare_at_price, no price at all. */
static void
check_reductions(struct work *work, const struct locked_product *product, const struct shape *shape,
    const struct product_body *body, const struct variant_plan *plan, struct faults *faults)
{
	const struct shape *element_shape = shape_member(shape, "variants", strlen("variants"))->of;
	bool                reduced = shape_has(shape, body, "compare_at_price");

	for (size_t i = 0; i < plan->count; i++)
		if (reduced || shape_has(element_shape, &body->variants[i], "price"))
			check_variant_reduction(plan->after[i].price_minor, product->compare_at_price_minor,
			    arena_format(work->arena, "variants.%zu.price", i), faults);
}

static void
check_count(struct arena *arena, const struct variant_plan *plan, struct faults *faults)
{
	size_t count = plan->count;

	for (size_t i = 0; plan->keeps_missing && i < plan->n_rows; i++)
		count += !is_planned(plan->after, plan->count, plan->rows[i].id);
	if (count > VARIANTS_MAX)
		faults_add(
		    faults, "variants", arena_format(arena, "must be at most %d with those that the product has", VARIANTS_MAX));
}

/* The rows that the plan leaves as they are fit what the product and its other variants become. */
static void
check_kept(struct work *work, const struct locked_product *product, const struct shape *shape, const struct product_body *body,
    const struct product_option *options, size_t n_options, const struct variant_plan *plan, struct faults *faults)
{
	struct faults misfits = { .count = 0 }, reduced = { .count = 0 };

	for (size_t i = 0; i < plan->n_rows; i++) {
		const struct variant_row *row = &plan->rows[i];

		if (is_planned(plan->after, plan->count, row->id))
			continue;
		check_choice(options, n_options, row->options, "options", work->arena, &misfits);
		if (shape_has(shape, body, "compare_at_price"))
			check_variant_reduction(row->price_minor, product->compare_at_price_minor, "compare_at_price", &reduced);
		for (size_t k = 0; k < plan->count; k++)
			if (strcmp(row->options, plan->after[k].options) == 0)
				faults_add(faults, arena_format(work->arena, "variants.%zu.options", k),
				    "are the same as another variant's");
	}
	if (misfits.count > 0)
		faults_add(faults, "options", "do not match the existing variants; change those first");
	if (reduced.count > 0)
		faults_add(faults, "compare_at_price", "must not be below a variant's price");
}

/* In the order of the body where it names them all; else known ones stay where they are, and others come behind. */
static void
place_variants(struct variant_plan *plan)
{
	int64_t next = 0;
	size_t  known = 0;

	for (size_t i = 0; i < plan->n_rows; i++) {
		known += is_planned(plan->after, plan->count, plan->rows[i].id);
		next = plan->rows[i].position >= next ? plan->rows[i].position + 1 : next;
	}
	if (!plan->keeps_missing || known == plan->n_rows)
		return;
	for (size_t i = 0; i < plan->count; i++) {
		const struct variant_row *row = known_row(plan, &(struct variant_body) { .id = &plan->after[i].id });

		plan->after[i].position = row != NULL ? row->position : next++;
	}
}

const struct problem *
plan_variants(struct work *work, const struct locked_product *product, const struct shape *shape, const struct product_body *body,
    const struct product_option *options, size_t n_options, struct variant_plan *plan)
{
	const struct shape  *element_shape = shape_member(shape, "variants", strlen("variants"))->of;
	struct variant_body *merged = ARENA_ARRAY(work->arena, body->n_variants, struct variant_body);
	struct faults        faults = { .count = 0 };

	TRY(db_rows(work->db, &variant_row_shape, VARIANTS_MAX, &plan->rows, &plan->n_rows,
	    "SELECT {} FROM variants WHERE product_id = ? AND deleted_at IS NULL ORDER BY position, id", P(product->id)));
	plan->count = body->n_variants;
	plan->keeps_missing = body->keeps_variants;
	plan->after = ARENA_ARRAY(work->arena, plan->count, struct new_variant);
	TRY(merge_elements(work, product->currency, element_shape, body, merged, plan));
	check_count(work->arena, plan, &faults);
	check_variants(options, n_options, merged, plan->count, work->arena, &faults);
	for (size_t i = 0; i < plan->count; i++)
		plan->after[i] = (struct new_variant) { .id = plan->after[i].id,
			.sku = merged[i].sku,
			.options = merged[i].options == NULL ? "{}" : merged[i].options,
			.barcode = merged[i].barcode,
			.weight_grams = merged[i].weight_grams,
			.on_hand = merged[i].on_hand == NULL ? 0 : *merged[i].on_hand,
			.position = (int64_t)i,
			.where = arena_format(work->arena, "variants.%zu.sku", i),
			.price_minor = amount_minor(merged[i].price, product->currency,
			    arena_format(work->arena, "variants.%zu.price", i), work->arena, &faults) };
	check_reductions(work, product, shape, body, plan, &faults);
	if (plan->keeps_missing)
		check_kept(work, product, shape, body, options, n_options, plan, &faults);
	place_variants(plan);
	return faults_problem(work->arena, &faults);
}

static bool
same_number(const int64_t *a, const int64_t *b)
{
	return a == NULL || b == NULL ? a == b : *a == *b;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
is_unchanged(const struct variant_row *row, const struct new_variant *variant)
{
	return same_text(row->sku, variant->sku) && same_text(row->options, variant->options) &&
	    same_text(row->barcode, variant->barcode) && same_number(row->price_minor, variant->price_minor) &&
	    same_number(row->weight_grams, variant->weight_grams) && row->position == variant->position;
}

static const struct problem *
delete_missing(struct work *work, const struct variant_plan *plan)
{
	for (size_t i = 0; i < plan->n_rows; i++) {
		if (!is_planned(plan->after, plan->count, plan->rows[i].id))
			TRY(mark_variant_deleted(work, plan->rows[i].id));
	}
	return OK;
}

/*
 * Takes out of the way those whose SKUs change, where several do: the key would not let two swap theirs one by one.
 * save_variant brings them back before the transaction ends.
 */
static const struct problem *
set_aside(struct work *work, const struct variant_plan *plan)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, plan->count, struct parameter);
	size_t            count = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct variant_row *row = known_row(plan, &(struct variant_body) { .id = &plan->after[i].id });

		if (row != NULL && strcmp(row->sku, plan->after[i].sku) != 0)
			ids[count++] = P(row->id);
	}
	if (count < 2)
		return OK;
	return db_run_many(work->db, NULL, "UPDATE variants SET deleted_at = NOW(3) WHERE id IN ([?])", count, 1, ids);
}

const struct problem *
save_variants(struct work *work, const struct locked_product *product, const struct variant_plan *plan)
{
	struct new_variant *made = ARENA_ARRAY(work->arena, plan->count, struct new_variant);
	size_t              n_made = 0;

	if (!plan->keeps_missing)
		TRY(delete_missing(work, plan));
	TRY(set_aside(work, plan));
	for (size_t i = 0; i < plan->count; i++) {
		const struct new_variant *variant = &plan->after[i];
		const struct variant_row *row = known_row(plan, &(struct variant_body) { .id = &plan->after[i].id });

		if (row == NULL) {
			made[n_made] = *variant;
			made[n_made++].product = product->id;
		} else if (!is_unchanged(row, variant)) {
			TRY(save_variant(work, variant));
		}
	}
	return n_made > 0 ? insert_variants(work, made, n_made) : OK;
}
