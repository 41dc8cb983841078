/* Variants come, change and go; each is a change of its product. */
#include "catalog/product_write.h"

#include "events/record.h"
#include "http/request.h"
#include "store/db.h"

/* The variant's own columns, as they are before a change. */
struct variant_row {
	struct product_id product;
	const char       *sku, *options, *barcode;
	int64_t          *price_minor, *weight_grams;
};

static const struct member variant_row_members[] = {
	M_ID(struct variant_row, product, "product_id"),
	M_TEXT(struct variant_row, sku, "sku", 64),
	M_MAP(struct variant_row, options, "options", OPTIONS_MAX),
	M_TEXT(struct variant_row, barcode, "barcode", 64),
	M_INTEGER(struct variant_row, price_minor, "price_minor", 0, INT64_MAX),
	M_INTEGER(struct variant_row, weight_grams, "weight_grams", 0, INT32_MAX),
};
SHAPE(struct variant_row, variant_row_shape, "VariantRow", variant_row_members);

static const struct problem *
answer_variant(struct request *request, struct variant_id id)
{
	struct variant *variant;

	TRY(db_row(request->work->db, &variant_shape, &variant,
	    "SELECT v.id, v.sku, v.options, IFNULL(v.price_minor, p.price_minor) AS price_minor, p.currency, v.barcode, "
	    "v.weight_grams, i.on_hand - i.reserved AS available FROM variants v JOIN products p ON p.id = v.product_id "
	    "JOIN inventory i ON i.variant_id = v.id WHERE v.id = ?", P(id)));
	if (variant == NULL)
		return problem(NOT_FOUND, "there is no such variant, or it is not yours");
	return respond(request, variant);
}

/* The product of a variant, locked, and the variant's row. */
static const struct problem *
lock_variant(struct request *request, struct variant_id *id, struct locked_product **product, struct variant_row **row)
{
	struct work        *work = request->work;
	struct keeper       keeper = product_keeper(request);
	struct variant_row *found;

	TRY(path_id(request, "variant", &id->uuid));
	TRY(db_row(work->db, &variant_row_shape, &found,
	    "SELECT product_id FROM variants WHERE id = ? AND deleted_at IS NULL", P(*id)));
	if (found == NULL)
		return problem(NOT_FOUND, "there is no such variant, or it is not yours");
	TRY(lock_product(work, &keeper, found->product, false, product));
	TRY(db_row(work->db, &variant_row_shape, row,
	    "SELECT product_id, sku, options, barcode, price_minor, weight_grams FROM variants "
	    "WHERE id = ? AND deleted_at IS NULL FOR UPDATE", P(*id)));
	if (*row == NULL)
		return problem(NOT_FOUND, "there is no such variant, or it is not yours");
	return OK;
}

/* The choice must be the product's options', and no other variant's. */
static const struct problem *
check_own_choice(struct work *work, const struct locked_product *product, const char *choice, struct variant_id self,
    struct faults *faults)
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
		faults_add(faults, "options", n_options == 0 ? "are none, so the product has one variant only"
		                                              : "are those of another variant");
	return OK;
}

static const struct problem *
touch_product(struct work *work, struct product_id product)
{
	TRY(db_run(work->db, NULL, "UPDATE products SET version = version + 1, updated_by = ? WHERE id = ?",
	    P(uuid_is_nil(work->viewer.user.uuid) ? NULL : &work->viewer.user), P(product)));
	return event_record(work, EVENT_PRODUCT_UPDATED, product.uuid, NULL, NULL);
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
	    "WHERE product_id = ? AND deleted_at IS NULL", P(product));
}

const struct problem *
add_variant(struct request *request)
{
	const struct variant_body *body = BODY(request, struct variant_body);
	struct work               *work = request->work;
	struct keeper              keeper = product_keeper(request);
	struct faults              faults = { .count = 0 };
	struct new_variant         variant = { .id = NEW_ID(variant_id), .sku = body->sku, .barcode = body->barcode,
		.options = body->options == NULL ? "{}" : body->options, .weight_grams = body->weight_grams, .where = "sku",
		.on_hand = body->on_hand == NULL ? 0 : *body->on_hand };
	struct variant_count      *count;
	struct locked_product     *product;
	struct product_id          id;

	TRY(path_id(request, "product", &id.uuid));
	TRY(lock_product(work, &keeper, id, false, &product));
	TRY(request_if_match(request, id.uuid, product->version));
	TRY(count_variants(work, id, &count));
	variant.position = count->next;
	variant.price_minor = amount_minor(body->price, product->currency, "price", work->arena, &faults);
	if (count->count >= VARIANTS_MAX)
		faults_add(&faults, "options", "a product has at most 100 variants");
	TRY(check_own_choice(work, product, variant.options, variant.id, &faults));
	TRY(faults_problem(work->arena, &faults));
	TRY(insert_variants(work, id, &variant, 1));
	TRY(touch_product(work, id));
	return answer_variant(request, variant.id);
}

static const struct problem *
save_variant(struct work *work, struct variant_id id, const struct variant_row *row)
{
	const struct problem *problem = db_run(work->db, NULL,
	    "UPDATE variants SET sku = ?, options = ?, barcode = ?, price_minor = ?, weight_grams = ?, updated_by = ? WHERE id = ?",
	    P(row->sku), P(row->options), P(row->barcode), P(row->price_minor), P(row->weight_grams),
	    P(uuid_is_nil(work->viewer.user.uuid) ? NULL : &work->viewer.user), P(id));

	if (db_duplicate(work->db, problem, "uq_variants_sku"))
		return problem_at(work->arena, PROBLEM_SKU_TAKEN, "sku", "belongs to another variant");
	return problem;
}

const struct problem *
change_variant(struct request *request)
{
	const struct variant_body *body = BODY(request, struct variant_body);
	struct work               *work = request->work;
	struct faults              faults = { .count = 0 };
	struct locked_product     *product;
	struct variant_row        *row;
	struct variant_id          id;

	TRY(lock_variant(request, &id, &product, &row));
	TRY(request_if_match(request, product->id.uuid, product->version));
	if (body->sku != NULL)
		row->sku = body->sku;
	if (shape_has(&variant_change_shape, body, "barcode"))
		row->barcode = body->barcode;
	if (shape_has(&variant_change_shape, body, "weight_grams"))
		row->weight_grams = body->weight_grams;
	if (shape_has(&variant_change_shape, body, "price"))
		row->price_minor = amount_minor(body->price, product->currency, "price", work->arena, &faults);
	if (body->options != NULL) {
		TRY(check_own_choice(work, product, body->options, id, &faults));
		row->options = body->options;
	}
	TRY(faults_problem(work->arena, &faults));
	TRY(save_variant(work, id, row));
	TRY(touch_product(work, product->id));
	return answer_variant(request, id);
}

const struct problem *
delete_variant(struct request *request)
{
	struct work           *work = request->work;
	struct variant_count  *count;
	struct locked_product *product;
	struct variant_row    *row;
	struct variant_id      id;

	TRY(lock_variant(request, &id, &product, &row));
	TRY(count_variants(work, product->id, &count));
	if (count->count == 1)
		return problem(CONFLICT, "a product has at least one variant; delete the product instead");
	TRY(db_run(work->db, NULL, "UPDATE variants SET deleted_at = NOW(3), updated_by = ? WHERE id = ?",
	    P(uuid_is_nil(work->viewer.user.uuid) ? NULL : &work->viewer.user), P(id)));
	TRY(touch_product(work, product->id));
	return respond_nothing(request);
}
