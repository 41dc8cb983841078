/* A product is updated, deleted and restored. */
#include "catalog/product_write.h"

#include "catalog/category.h"
#include "catalog/listing.h"
#include "store/slug.h"
#include "store/db.h"
#include "store/metadata.h"

struct choice {
	const char *options;
};

static const struct member choice_members[] = { M_MAP(struct choice, options, "options", OPTIONS_MAX) };
SHAPE(struct choice, choice_shape, "Choice", choice_members);

/* New options must be such that every variant still chooses one value of each. */
static const struct problem *
check_new_options(struct work *work, struct product_id product, const struct product_body *body, struct faults *faults)
{
	struct choice *choices;
	struct faults  misfits = { .count = 0 };
	size_t         count;

	TRY(db_rows(work->db, &choice_shape, VARIANTS_MAX, &choices, &count,
	    "SELECT options FROM variants WHERE product_id = ? AND deleted_at IS NULL", P(product)));
	if (body->n_options == 0 && count > 1)
		faults_add(faults, "options", "cannot be removed while the product has several variants");
	for (size_t i = 0; i < count; i++)
		check_choice(body->options, body->n_options, choices[i].options, "options", work->arena, &misfits);
	if (misfits.count > 0)
		faults_add(faults, "options", "do not match the existing variants; change those first");
	return OK;
}

/* The variants that stay as they are have no price above what they are now said to be reduced from. */
static const struct problem *
check_kept_prices(struct work *work, const struct locked_product *product, struct faults *faults)
{
	int64_t above;

	TRY(db_value(work->db, &above,
	    "SELECT COUNT(*) FROM variants WHERE product_id = ? AND deleted_at IS NULL AND price_minor > ?", P(product->id),
	    P(product->compare_at_price_minor)));
	if (above > 0)
		faults_add(faults, "compare_at_price", "must not be below a variant's price");
	return OK;
}

struct found_names {
	bool        category_known, category_shown;
	const char *brand_name;
};

static const struct member found_names_members[] = {
	M_BOOLEAN(struct found_names, category_known, "category_known"),
	M_BOOLEAN(struct found_names, category_shown, "category_shown"),
	M_TEXT(struct found_names, brand_name, "brand_name", 120),
};
SHAPE(struct found_names, found_names_shape, "FoundNames", found_names_members);

/*
 * What the body refers to, asked for only where it is not what the product refers to already.  A product that is published,
 * or is so and moves, must come where it can be seen.
 */
static const struct problem *
take_references(
    struct work *work, struct locked_product *product, const struct product_body *body, bool was_published, struct faults *faults)
{
	bool other_category = !ID_EQUAL(*body->category, product->category);
	bool appears = product->status == PRODUCT_PUBLISHED && (other_category || !was_published);
	bool other_brand = body->brand != NULL && (product->brand == NULL || !ID_EQUAL(*body->brand, *product->brand));
	struct found_names *found;

	if (body->brand == NULL)
		product->brand_name = "";
	product->brand = body->brand;
	product->category = *body->category;
	if (!other_category && !other_brand && !appears)
		return OK;
	TRY(db_row(work->db, &found_names_shape, &found,
	    "SELECT EXISTS(SELECT 1 FROM categories WHERE id = ?) AS category_known, " CATEGORY_SHOWN(
		"?") " AS category_shown, "
		     "(SELECT name FROM brands WHERE id = ?) AS brand_name",
	    P(body->category), P(body->category), P(body->brand)));
	if (!found->category_known)
		faults_add(faults, "category_id", "category not found");
	else if (appears && !found->category_shown)
		faults_add(faults, "category_id", CATEGORY_NOT_SHOWN);
	if (body->brand != NULL && found->brand_name == NULL)
		faults_add(faults, "brand_id", "brand not found");
	else if (body->brand != NULL)
		product->brand_name = found->brand_name;
	return OK;
}

static void
take_amounts(struct arena *arena, struct locked_product *product, const struct product_body *body, struct faults *faults)
{
	int64_t *price = amount_minor(body->price, product->currency, "price", arena, faults);

	if (price != NULL)
		product->price_minor = *price;
	product->compare_at_price_minor =
	    amount_minor(body->compare_at_price, product->currency, "compare_at_price", arena, faults);
	product->cost_price_minor = amount_minor(body->cost_price, product->currency, "cost_price", arena, faults);
}

/* The product as a body would say it, without its variants: what a change is laid over. */
static struct product_body
product_as_body(struct arena *arena, struct locked_product *product)
{
	struct product_body body = { .merchant = &product->merchant,
		.name = product->name,
		.description = product->description,
		.currency = product->currency,
		.tax_class = product->tax_class,
		.specs = product->specs,
		.category = &product->category,
		.brand = product->brand,
		.price = amount_as_body(&product->price_minor, product->currency, arena),
		.compare_at_price = amount_as_body(product->compare_at_price_minor, product->currency, arena),
		.cost_price = amount_as_body(product->cost_price_minor, product->currency, arena),
		.status = &product->status,
		.is_featured = &product->is_featured };

	parse_options(product->options, arena, &body.options, &body.n_options);
	return body;
}

/* The product becomes what the body says; what the body leaves out, its default. */
static const struct problem *
take_body(struct work *work, struct locked_product *product, const struct product_body *body, struct faults *faults)
{
	bool        was_published = product->status == PRODUCT_PUBLISHED;
	const char *tax_class = body->tax_class == NULL ? "standard" : body->tax_class;

	if (body->merchant != NULL && !ID_EQUAL(*body->merchant, product->merchant))
		faults_add(faults, "merchant_id", "cannot be changed");
	if (body->currency != NULL && strcmp(body->currency, product->currency) != 0)
		faults_add(faults, "currency", "must be the merchant's currency");
	product->name = body->name;
	product->description = body->description == NULL ? "" : body->description;
	if (strcmp(tax_class, product->tax_class) != 0)
		check_tax_class(work, tax_class, faults);
	product->tax_class = tax_class;
	product->specs = body->specs == NULL ? "{}" : body->specs;
	product->is_featured = body->is_featured != NULL && *body->is_featured;
	product->status = body->status == NULL ? PRODUCT_DRAFT : *body->status;
	check_options(body->options, body->n_options, work->arena, faults);
	check_images(body->images, body->n_images, work->arena, faults);
	product->options = options_json(work->arena, body->options, body->n_options);
	take_amounts(work->arena, product, body, faults);
	return take_references(work, product, body, was_published, faults);
}

static const struct problem *
save_product(struct work *work, const struct locked_product *product, bool clears, const char *metadata)
{
	const struct problem *problem = db_run(work->db, NULL,
	    "UPDATE products SET name = ?, description = ?, tax_class = ?, is_featured = ?, category_id = ?, brand_id = ?, "
	    "brand_name = ?, price_minor = ?, compare_at_price_minor = ?, cost_price_minor = ?, options = ?, specs = ?, images = ?, status = ?, "
	    "metadata = " METADATA_PATCH ", version = version + 1, updated_by = ? WHERE id = ?",
	    P(product->name), P(product->description), P(product->tax_class), P(product->is_featured), P(product->category),
	    P(product->brand), P(product->brand_name), P(product->price_minor), P(product->compare_at_price_minor),
	    P(product->cost_price_minor), P(product->options), P(product->specs), P(product->images),
	    P(product_status_values[product->status]), P(clears), P(metadata == NULL ? "{}" : metadata), P(acting_user(work)),
	    P(product->id));
	return metadata_problem(work, problem, "ck_products_metadata");
}

/* What the body says laid over the product as it is. */
static struct product_body
merge_body(struct arena *arena, struct locked_product *locked, const struct shape *shape, const struct product_body *body,
    struct faults *faults)
{
	struct product_body       merged = product_as_body(arena, locked);
	const struct product_body before = merged;

	shape_merge(shape, body, &merged);
	if (body->adds_options)
		join_options(arena, &before, &merged, faults);
	return merged;
}

const struct problem *
update_product(struct work *work, struct product_id id, const struct shape *shape, const struct product_body *body,
    const struct expected_version *expected, struct product **product)
{
	struct faults          faults = { .count = 0 };
	struct variant_plan    plan = { .count = 0 };
	struct locked_product *locked;
	struct product_body    merged;

	TRY(lock_product(work, id, false, expected, &locked));
	merged = merge_body(work->arena, locked, shape, body, &faults);
	TRY(take_body(work, locked, &merged, &faults));
	if (shape_has(shape, body, "price") || shape_has(shape, body, "compare_at_price"))
		check_reduction(&locked->price_minor, locked->compare_at_price_minor, &faults);
	if (body->n_variants == 0 && shape_has(shape, body, "compare_at_price"))
		TRY(check_kept_prices(work, locked, &faults));
	if (body->n_variants == 0 && shape_has(shape, body, "options"))
		TRY(check_new_options(work, id, &merged, &faults));
	TRY(faults_problem(work->arena, &faults));
	if (shape_has(shape, body, "options"))
		TRY(check_option_twins(work, merged.options, merged.n_options));
	if (body->n_variants > 0)
		TRY(plan_variants(work, locked, shape, body, merged.options, merged.n_options, &plan));
	if (body->status != NULL && *body->status == PRODUCT_PUBLISHED && !locked->merchant_active)
		return problem(MERCHANT_INACTIVE, "the merchant is not active");
	if (shape_has(shape, body, "images"))
		TRY(attach_images(work, id, body->images, body->n_images, &locked->images));
	/* What replaces the product replaces that, too. */
	TRY(save_product(
	    work, locked, shape->whole || (shape_has(shape, body, "metadata") && body->metadata == NULL), body->metadata));
	if (plan.count > 0)
		TRY(save_variants(work, locked, &plan));
	TRY(refresh_listing(work, id));
	TRY(record_product_event(work, EVENT_PRODUCT_CHANGED, locked->state, id));
	return read_product_by_id(work, id, product);
}

/* ---- delete and restore ---- */

const struct problem *
delete_product(struct work *work, struct product_id id, const struct expected_version *expected)
{
	struct locked_product *product;

	TRY(lock_product(work, id, false, expected, &product));
	TRY(db_run(work->db, NULL, "UPDATE products SET deleted_at = NOW(3), version = version + 1, updated_by = ? WHERE id = ?",
	    P(acting_user(work)), P(id)));
	TRY(db_run(work->db, NULL,
	    "UPDATE variants SET deleted_at = NOW(3), deleted_with_product = TRUE, updated_by = ? WHERE product_id = ? " LIVE,
	    P(acting_user(work)), P(id)));
	TRY(refresh_listing(work, id));
	return record_product_event(work, EVENT_PRODUCT_DELETED, product->state, id);
}

/* A published product comes back as a draft where it could not be published now. */
static const struct problem *
settle_status(struct work *work, struct locked_product *product)
{
	int64_t shown;

	TRY(db_value(work->db, &shown, "SELECT " CATEGORY_SHOWN("?"), P(product->category)));
	if (product->status == PRODUCT_PUBLISHED && (!shown || !product->merchant_active))
		product->status = PRODUCT_DRAFT;
	return OK;
}

/* Its slug may be another's by now: then it gets a number. */
static const struct problem *
restore_row(struct work *work, const struct locked_product *product)
{
	const char           *slug = product->slug;
	const struct problem *problem = OK;

	for (int tries = 0; tries < SLUG_TRIES; tries++) {
		problem = db_run(work->db, NULL,
		    "UPDATE products SET deleted_at = NULL, slug = ?, status = ?, version = version + 1, updated_by = ? WHERE id = ?",
		    P(slug), P(product_status_values[product->status]), P(acting_user(work)), P(product->id));
		if (!db_duplicate(work->db, problem, "uq_products_slug"))
			break;
		TRY(slug_free(
		    work, SLUG_FREE_SQL("products", LIVE), slug_make(work->arena, product->name, "product"), tries, &slug));
	}
	return problem;
}

struct sku {
	const char *sku;
};

static const struct member sku_members[] = { M_TEXT(struct sku, sku, "sku", 64) };
SHAPE(struct sku, sku_shape, "Sku", sku_members);

static const struct problem *
name_skus_taken_since(struct work *work, struct product_id id)
{
	struct faults faults = { .count = 0 };
	struct sku   *skus;
	size_t        count;

	TRY(db_rows(work->db, &sku_shape, VARIANTS_MAX, &skus, &count,
	    "SELECT v.sku FROM variants v JOIN variants o ON o.sku_folded = v.sku_folded AND o.live_marker = 1 "
	    "WHERE v.product_id = ? AND v.deleted_with_product",
	    P(id)));
	for (size_t i = 0; i < count; i++)
		faults_add(&faults, "sku", arena_format(work->arena, "'%s' belongs to another variant", skus[i].sku));
	return problem_faults(
	    work->arena, PROBLEM_SKU_TAKEN, "a SKU of the product is now used by another variant; see details", &faults);
}

/* The variants that went with it; those that were deleted on their own stay so. */
static const struct problem *
restore_variants(struct work *work, struct product_id id)
{
	const struct problem *problem = db_run(work->db, NULL,
	    "UPDATE variants SET deleted_at = NULL, deleted_with_product = FALSE, updated_by = ? "
	    "WHERE product_id = ? AND deleted_with_product",
	    P(acting_user(work)), P(id));

	return db_duplicate(work->db, problem, "uq_variants_sku") ? name_skus_taken_since(work, id) : problem;
}

const struct problem *
restore_product(struct work *work, struct product_id id, const struct expected_version *expected, struct product **product)
{
	struct locked_product *locked;

	TRY(lock_product(work, id, true, expected, &locked));
	TRY(settle_status(work, locked));
	TRY(restore_row(work, locked));
	TRY(restore_variants(work, id));
	TRY(refresh_listing(work, id));
	TRY(record_product_event(work, EVENT_PRODUCT_RESTORED, locked->state, id));
	return read_product_by_id(work, id, product);
}
