/* Variants are created, updated and deleted; each change is one of their product. */
#include "catalog/product_write.h"

#include "catalog/listing.h"
#include "store/db.h"

static const struct member variant_row_members[] = {
	M_ID(struct variant_row, id, "id"),
	M_ID(struct variant_row, product, "product_id"),
	M_TEXT(struct variant_row, sku, "sku", 64),
	M_MAP(struct variant_row, options, "options", OPTIONS_MAX),
	M_TEXT(struct variant_row, barcode, "barcode", 64),
	M_INTEGER(struct variant_row, price_minor, "price_minor", 0, INT64_MAX),
	M_INTEGER(struct variant_row, weight_grams, "weight_grams", 0, INT32_MAX),
	M_INTEGER(struct variant_row, position, "position", 0, INT32_MAX),
};
SHAPE_SHARED(struct variant_row, variant_row_shape, "VariantRow", variant_row_members, .noun = "variant");

struct variant_body
variant_as_body(struct arena *arena, const struct variant_row *row, const char *currency)
{
	return (struct variant_body) { .sku = row->sku,
		.options = row->options,
		.barcode = row->barcode,
		.weight_grams = row->weight_grams,
		.price = amount_as_body(row->price_minor, currency, arena) };
}

static const struct problem *
read_variant(struct work *work, struct variant_id id, struct variant **variant)
{
	return db_one(work->db, &variant_shape, variant,
	    "SELECT {v}, IFNULL(v.price_minor, p.price_minor) AS price_minor, p.currency, i.on_hand - i.reserved AS available "
	    "FROM variants v JOIN products p ON p.id = v.product_id JOIN inventory i ON i.variant_id = v.id WHERE v.id = ?",
	    P(id));
}

/* The product of a variant, locked, and the variant's row. */
static const struct problem *
lock_variant(struct work *work, struct variant_id id, const struct expected_version *expected, struct locked_product **product,
    struct variant_row **row)
{
	struct variant_row *found;

	TRY(db_one(
	    work->db, &variant_row_shape, &found, "SELECT product_id FROM variants WHERE id = ? AND deleted_at IS NULL", P(id)));
	TRY(lock_product(work, found->product, false, expected, product));
	return db_one(
	    work->db, &variant_row_shape, row, "SELECT {} FROM variants WHERE id = ? AND deleted_at IS NULL FOR UPDATE", P(id));
}

/* The choice must be the product's options', and no other variant's. */
static const struct problem *
check_own_choice(
    struct work *work, const struct locked_product *product, const char *choice, struct variant_id self, struct faults *faults)
{
	struct product_option *options;
	size_t                 n_options;
	int64_t                others;

	parse_options(product->options, work->arena, &options, &n_options);
	check_choice(options, n_options, choice, "options", work->arena, faults);
	TRY(db_value(work->db, &others,
	    "SELECT COUNT(*) FROM variants WHERE product_id = ? AND id <> ? AND deleted_at IS NULL AND options = ?",
	    P(product->id), P(self), P(choice)));
	if (others > 0)
		faults_add(faults, "options",
		    n_options == 0 ? "a product without options has only one variant" : "are the same as another variant's");
	return OK;
}

static const struct problem *
touch_product(struct work *work, const struct locked_product *product)
{
	TRY(db_run(work->db, NULL, "UPDATE products SET version = version + 1, updated_by = ? WHERE id = ?", P(acting_user(work)),
	    P(product->id)));
	TRY(refresh_listing(work, product->id));
	return record_product_event(work, EVENT_PRODUCT_CHANGED, product->state, product->id);
}

/* How many variants the product has, and the position behind the last. */
struct variant_count {
	int64_t count, next;
};

static const struct member variant_count_members[] = {
	M_INTEGER(struct variant_count, count, "count", 0, INT64_MAX),
	M_INTEGER(struct variant_count, next, "next", 0, INT64_MAX),
};
SHAPE(struct variant_count, variant_count_shape, "VariantCount", variant_count_members);

static const struct problem *
count_variants(struct work *work, struct product_id product, struct variant_count **count)
{
	return db_row(work->db, &variant_count_shape, count,
	    "SELECT COUNT(*) AS count, IFNULL(MAX(position), -1) + 1 AS next FROM variants "
	    "WHERE product_id = ? AND deleted_at IS NULL",
	    P(product));
}

const struct problem *
create_variant(struct work *work, struct product_id product_id, const struct variant_body *body,
    const struct expected_version *expected, struct variant **variant)
{
	struct faults          faults = { .count = 0 };
	struct new_variant     row = { .id = NEW_ID(variant_id),
		    .product = product_id,
		    .sku = body->sku,
		    .barcode = body->barcode,
		    .options = body->options == NULL ? "{}" : body->options,
		    .weight_grams = body->weight_grams,
		    .where = "sku",
		    .on_hand = body->on_hand == NULL ? 0 : *body->on_hand };
	struct variant_count  *count;
	struct locked_product *product;

	TRY(lock_product(work, product_id, false, expected, &product));
	TRY(count_variants(work, product_id, &count));
	row.position = count->next;
	row.price_minor = amount_minor(body->price, product->currency, "price", work->arena, &faults);
	check_variant_reduction(row.price_minor, product->compare_at_price_minor, "price", &faults);
	if (count->count >= VARIANTS_MAX)
		faults_add(&faults, "options", "a product has at most 100 variants");
	TRY(check_own_choice(work, product, row.options, row.id, &faults));
	TRY(faults_problem(work->arena, &faults));
	TRY(insert_variants(work, &row, 1));
	TRY(touch_product(work, product));
	return read_variant(work, row.id, variant);
}

const struct problem *
save_variant(struct work *work, const struct new_variant *variant)
{
	const struct problem *problem = db_run(work->db, NULL,
	    "UPDATE variants SET sku = ?, options = ?, barcode = ?, price_minor = ?, weight_grams = ?, position = ?, "
	    "deleted_at = NULL, updated_by = ? WHERE id = ?",
	    P(variant->sku), P(variant->options), P(variant->barcode), P(variant->price_minor), P(variant->weight_grams),
	    P(variant->position), P(acting_user(work)), P(variant->id));

	if (db_duplicate(work->db, problem, "uq_variants_sku"))
		return problem_at(work->arena, PROBLEM_SKU_TAKEN, variant->where, "belongs to another variant");
	return problem;
}

const struct problem *
mark_variant_deleted(struct work *work, struct variant_id id)
{
	return db_run(
	    work->db, NULL, "UPDATE variants SET deleted_at = NOW(3), updated_by = ? WHERE id = ?", P(acting_user(work)), P(id));
}

const struct problem *
update_variant(struct work *work, struct variant_id id, const struct shape *shape, const struct variant_body *body,
    const struct expected_version *expected, struct variant **variant)
{
	struct faults          faults = { .count = 0 }, adjusted = { .count = 0 };
	struct locked_product *product;
	struct variant_row    *row;
	struct variant_body    merged;
	struct new_variant     after;

	TRY(lock_variant(work, id, expected, &product, &row));
	merged = variant_as_body(work->arena, row, product->currency);
	shape_merge(shape, body, &merged);
	after = (struct new_variant) { .id = id,
		.sku = merged.sku,
		.options = merged.options == NULL ? "{}" : merged.options,
		.barcode = merged.barcode,
		.weight_grams = merged.weight_grams,
		.position = row->position,
		.where = "sku",
		.price_minor = amount_minor(merged.price, product->currency, "price", work->arena, &faults) };
	if (shape_has(shape, body, "price"))
		check_variant_reduction(after.price_minor, product->compare_at_price_minor, "price", &faults);
	if (body->on_hand != NULL)
		faults_add(&adjusted, "on_hand", "is accepted only for a new variant");
	if (strcmp(after.options, row->options) != 0)
		TRY(check_own_choice(work, product, after.options, id, &faults));
	TRY(faults_problem(work->arena, &faults));
	TRY(adjust_problem(work->arena, &adjusted));
	TRY(save_variant(work, &after));
	TRY(touch_product(work, product));
	return read_variant(work, id, variant);
}

const struct problem *
delete_variant(struct work *work, struct variant_id id, const struct expected_version *expected)
{
	struct variant_count  *count;
	struct locked_product *product;
	struct variant_row    *row;

	TRY(lock_variant(work, id, expected, &product, &row));
	TRY(count_variants(work, product->id, &count));
	if (count->count == 1)
		return problem(CONFLICT, "cannot delete the last variant; delete the product instead");
	TRY(mark_variant_deleted(work, id));
	return touch_product(work, product);
}
