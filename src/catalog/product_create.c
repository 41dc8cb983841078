/* A new product with its variants and their initial stock. */
#include "catalog/product_write.h"

#include "base/config.h"
#include "base/text.h"
#include "catalog/category.h"
#include "catalog/listing.h"
#include "store/slug.h"
#include "store/db.h"

enum { NEW_PRODUCT_COLUMNS = 21 };

/* What a product refers to; NULL or false: it does not exist. */
struct product_setting {
	const char *currency, *brand_name;
	bool        merchant_active, category_known, category_shown;
};

static const struct member product_setting_members[] = {
	M_TEXT(struct product_setting, currency, "currency", 3),
	M_TEXT(struct product_setting, brand_name, "brand_name", 120),
	M_BOOLEAN(struct product_setting, merchant_active, "merchant_active"),
	M_BOOLEAN(struct product_setting, category_known, "category_known"),
	M_BOOLEAN(struct product_setting, category_shown, "category_shown"),
};
SHAPE(struct product_setting, product_setting_shape, "ProductSetting", product_setting_members);

/* A seller's product is their own merchant's; staff say whose it is. */
static const struct problem *
choose_merchant(struct work *work, const struct product_body *body, struct merchant_id *merchant)
{
	struct reach reach = CATALOG_REACH(work);

	if (!reach.all && reach.merchant == NULL)
		return problem(FORBIDDEN, "the account has no shop");
	if (body->merchant == NULL && reach.merchant == NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "merchant_id", "is required");
	if (!reach.all && body->merchant != NULL && !ID_EQUAL(*body->merchant, *reach.merchant))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "merchant_id", "must be your own shop");
	*merchant = body->merchant != NULL ? *body->merchant : *reach.merchant;
	return OK;
}

static bool
is_published(const struct product_body *body)
{
	return body->status != NULL && *body->status == PRODUCT_PUBLISHED;
}

static const struct problem *
read_setting(struct work *work, struct merchant_id merchant, const struct product_body *body, struct product_setting **setting)
{
	struct faults faults = { .count = 0 };

	TRY(db_row(work->db, &product_setting_shape, setting,
	    "SELECT m.currency, m.status = 'active' AS merchant_active, "
	    "EXISTS(SELECT 1 FROM categories WHERE id = ?) AS category_known, " CATEGORY_SHOWN(
		"?") " AS category_shown, "
		     "(SELECT name FROM brands WHERE id = ?) AS brand_name FROM merchants m WHERE m.id = ? LOCK IN SHARE MODE",
	    P(body->category), P(body->category), P(body->brand), P(merchant)));
	if (*setting == NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "merchant_id", "merchant not found");
	if (!(*setting)->category_known)
		faults_add(&faults, "category_id", "category not found");
	else if (is_published(body) && !(*setting)->category_shown)
		faults_add(&faults, "category_id", CATEGORY_NOT_SHOWN);
	if (body->brand != NULL && (*setting)->brand_name == NULL)
		faults_add(&faults, "brand_id", "brand not found");
	if (body->currency != NULL && strcmp(body->currency, (*setting)->currency) != 0)
		faults_add(&faults, "currency", "must be the merchant's currency");
	if (body->tax_class != NULL)
		check_tax_class(work, body->tax_class, &faults);
	return faults_problem(work->arena, &faults);
}

const struct problem *
check_body(struct work *work, const struct product_body *body, const char *currency, struct amounts *amounts)
{
	struct arena *arena = work->arena;
	struct faults faults = { .count = 0 };

	check_options(body->options, body->n_options, arena, &faults);
	check_variants(body->options, body->n_options, body->variants, body->n_variants, arena, &faults);
	check_images(body->images, body->n_images, arena, &faults);
	amounts->price = amount_minor(body->price, currency, "price", arena, &faults);
	amounts->compare_at_price = amount_minor(body->compare_at_price, currency, "compare_at_price", arena, &faults);
	amounts->cost_price = amount_minor(body->cost_price, currency, "cost_price", arena, &faults);
	check_reduction(amounts->price, amounts->compare_at_price, &faults);
	amounts->variant_prices = ARENA_ARRAY(arena, body->n_variants, int64_t *);
	for (size_t i = 0; i < body->n_variants; i++) {
		const char *where = arena_format(arena, "variants.%zu.price", i);

		amounts->variant_prices[i] = amount_minor(body->variants[i].price, currency, where, arena, &faults);
		check_variant_reduction(amounts->variant_prices[i], amounts->compare_at_price, where, &faults);
	}
	TRY(faults_problem(arena, &faults));
	return check_option_twins(work, body->options, body->n_options);
}

const char *
options_json(struct arena *arena, const struct product_option *options, size_t count)
{
	struct text json = text_new(arena, 128);

	shape_print_array(&product_option_shape, options, count, &json);
	return json.bytes;
}

static void
product_columns(struct work *work, const struct new_product *product, struct parameter columns[NEW_PRODUCT_COLUMNS])
{
	const struct product_body *body = product->body;
	const struct parameter     row[NEW_PRODUCT_COLUMNS] = { P(product->id), P(product->merchant), P(*body->category),
		    P(body->brand), P(body->name), P(product->slug), P(body->description == NULL ? "" : body->description),
		    P(product->brand_name == NULL ? "" : product->brand_name), P(*product->amounts.price),
		    P(product->amounts.compare_at_price), P(product->amounts.cost_price), P(product->currency),
		    P(body->tax_class == NULL ? "standard" : body->tax_class),
		    P(product_status_values[body->status == NULL ? PRODUCT_DRAFT : *body->status]),
		    P(body->is_featured != NULL && *body->is_featured), P(options_json(work->arena, body->options, body->n_options)),
		    P(body->specs == NULL ? "{}" : body->specs), P(product->images == NULL ? "[]" : product->images),
		    P(body->metadata == NULL ? "{}" : body->metadata), P(acting_user(work)), P(acting_user(work)) };

	memcpy(columns, row, sizeof row);
}

const struct problem *
insert_products(struct work *work, const struct new_product *products, size_t count)
{
	struct parameter *values = ARENA_ARRAY(work->arena, count * NEW_PRODUCT_COLUMNS, struct parameter);

	for (size_t i = 0; i < count; i++)
		product_columns(work, &products[i], &values[i * NEW_PRODUCT_COLUMNS]);
	return db_run_many(work->db, NULL,
	    "INSERT INTO products (id, merchant_id, category_id, brand_id, name, slug, description, brand_name, price_minor, "
	    "compare_at_price_minor, cost_price_minor, currency, tax_class, status, is_featured, options, specs, images, metadata, created_by, "
	    "updated_by) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, JSON_MERGE_PATCH('{}', ?), ?, ?)]",
	    count, NEW_PRODUCT_COLUMNS, values);
}

static const struct problem *
insert_product(struct work *work, struct new_product *product)
{
	const struct problem *problem = OK;
	const char           *base = slug_make(work->arena, product->body->name, "product");

	if (product->body->n_images > 0)
		TRY(attach_images(work, product->id, product->body->images, product->body->n_images, &product->images));
	for (int tries = 0; tries < SLUG_TRIES; tries++) {
		TRY(slug_free(work, SLUG_FREE_SQL("products", LIVE), base, tries, &product->slug));
		problem = insert_products(work, product, 1);
		if (!db_duplicate(work->db, problem, "uq_products_slug"))
			break;
	}
	return problem;
}

/* Which of the SKUs are taken, by other products or by these. */
static const struct problem *
name_taken_skus(struct work *work, const struct new_variant *variants, size_t count)
{
	struct faults faults = { .count = 0 };

	for (size_t i = 0; i < count; i++) {
		int64_t taken;

		TRY(db_value(work->db, &taken,
		    "SELECT COUNT(*) FROM variants WHERE sku_folded = ? AND live_marker = 1 AND id <> ?", P(variants[i].sku),
		    P(variants[i].id)));
		for (size_t other = 0; other < i && taken == 0; other++)
			taken = looks_equal(variants[i].sku, variants[other].sku);
		if (taken > 0)
			faults_add(&faults, variants[i].where, "belongs to another variant");
	}
	return problem_faults(work->arena, PROBLEM_SKU_TAKEN, "a SKU belongs to another variant", &faults);
}

static const struct problem *
insert_variant_rows(struct work *work, const struct new_variant *variants, size_t count)
{
	enum { COLUMNS = 10 };
	struct parameter *values = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);

	for (size_t i = 0; i < count; i++) {
		const struct new_variant *variant = &variants[i];
		const struct parameter    row[COLUMNS] = { P(variant->id), P(variant->product), P(variant->sku),
			   P(variant->price_minor), P(variant->options), P(variant->barcode), P(variant->weight_grams),
			   P(variant->position), P(acting_user(work)), P(acting_user(work)) };

		memcpy(&values[i * COLUMNS], row, sizeof row);
	}
	return db_run_many(work->db, NULL,
	    "INSERT INTO variants (id, product_id, sku, price_minor, options, barcode, weight_grams, position, created_by, "
	    "updated_by) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    count, COLUMNS, values);
}

/* The initial stock of a variant is its first movement. */
static const struct problem *
insert_stock(struct work *work, const struct new_variant *variants, size_t count)
{
	enum { STOCK_COLUMNS = 3, MOVEMENT_COLUMNS = 4 };
	struct parameter *stock = ARENA_ARRAY(work->arena, count * STOCK_COLUMNS, struct parameter);
	struct parameter *movements = ARENA_ARRAY(work->arena, count * MOVEMENT_COLUMNS, struct parameter);
	size_t            moved = 0;

	for (size_t i = 0; i < count; i++) {
		const struct parameter row[STOCK_COLUMNS] = { P(variants[i].id), P(variants[i].on_hand),
			P(work->config->catalog.low_stock) };
		const struct parameter movement[MOVEMENT_COLUMNS] = { P(uuid_new()), P(variants[i].id), P(variants[i].on_hand),
			P(acting_user(work)) };

		memcpy(&stock[i * STOCK_COLUMNS], row, sizeof row);
		if (variants[i].on_hand > 0)
			memcpy(&movements[moved++ * MOVEMENT_COLUMNS], movement, sizeof movement);
	}
	TRY(db_run_many(work->db, NULL, "INSERT INTO inventory (variant_id, on_hand, low_stock) VALUES [(?, ?, ?)]", count,
	    STOCK_COLUMNS, stock));
	return db_run_many(work->db, NULL,
	    "INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason, actor_id) VALUES [(?, ?, ?, 'initial', ?)]",
	    moved, MOVEMENT_COLUMNS, movements);
}

const struct problem *
insert_variants(struct work *work, const struct new_variant *variants, size_t count)
{
	const struct problem *problem = insert_variant_rows(work, variants, count);

	if (db_duplicate(work->db, problem, "uq_variants_sku"))
		return name_taken_skus(work, variants, count);
	TRY(problem);
	return insert_stock(work, variants, count);
}

struct new_variant *
new_variants(struct work *work, const struct new_product *product)
{
	const struct product_body *body = product->body;
	struct new_variant        *variants = ARENA_ARRAY(work->arena, body->n_variants, struct new_variant);

	for (size_t i = 0; i < body->n_variants; i++) {
		const struct variant_body *from = &body->variants[i];

		variants[i] = (struct new_variant) { .id = NEW_ID(variant_id),
			.product = product->id,
			.sku = from->sku,
			.price_minor = product->amounts.variant_prices[i],
			.options = from->options == NULL ? "{}" : from->options,
			.barcode = from->barcode,
			.weight_grams = from->weight_grams,
			.position = (int64_t)i,
			.on_hand = from->on_hand == NULL ? 0 : *from->on_hand,
			.where = arena_format(work->arena, "variants.%zu.sku", i) };
	}
	return variants;
}

const struct problem *
create_product(struct work *work, const struct product_body *body, struct product **product)
{
	struct new_product      made = { .id = NEW_ID(product_id), .body = body };
	struct product_setting *setting;

	TRY(choose_merchant(work, body, &made.merchant));
	TRY(read_setting(work, made.merchant, body, &setting));
	TRY(check_body(work, body, setting->currency, &made.amounts));
	made.currency = setting->currency;
	made.brand_name = setting->brand_name;
	if (is_published(body) && !setting->merchant_active)
		return problem(MERCHANT_INACTIVE, "the merchant is not active; create the product as a draft");
	TRY(insert_product(work, &made));
	TRY(insert_variants(work, new_variants(work, &made), body->n_variants));
	TRY(refresh_listing(work, made.id));
	TRY(record_product_event(work, EVENT_PRODUCT_CREATED, NULL, made.id));
	return read_product_by_id(work, made.id, product);
}
