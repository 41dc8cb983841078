/* The state in events of a product, as its rows are after the change: all of it but its description, and its variants. */
#include "catalog/product_write.h"

#include "catalog/catalog.h"
#include "events/audit.h"
#include "events/record.h"
#include "media/media.h"
#include "store/db.h"

struct variant_state {
	struct variant_id id;
	struct product_id product;
	const char       *sku, *options, *barcode;
	struct money     *price; /* NULL: the product's */
	const char       *currency;
	int64_t          *weight_grams, position;
	struct instant    created_at;
};

static const struct member variant_state_members[] = {
	M_ID(struct variant_state, id, "id"),
	M_ID(struct variant_state, product, "product_id", .hidden = true, .computed = true),
	M_TEXT(struct variant_state, sku, "sku", 64, .required = true),
	M_MAP(struct variant_state, options, "options", OPTIONS_MAX, .required = true),
	M_TEXT(struct variant_state, barcode, "barcode", 64),
	M_MONEY(struct variant_state, price, "price"),
	M_TEXT(struct variant_state, currency, "currency", 3, .hidden = true, .computed = true),
	M_INTEGER(struct variant_state, weight_grams, "weight_grams", 0, INT32_MAX),
	M_INTEGER(struct variant_state, position, "position", 0, INT32_MAX),
	M_TIME(struct variant_state, created_at, "created_at"),
};
SHAPE(struct variant_state, variant_state_shape, "VariantState", variant_state_members);

struct product_state {
	struct product_id     id;
	struct merchant_id    merchant;
	struct category_id    category;
	struct brand_id      *brand;
	const char           *name, *slug, *brand_name, *currency, *tax_class, *options, *specs, *images, *metadata;
	int                   status;
	struct money          price, *compare_at_price, *cost_price;
	bool                  is_featured, deleted;
	int64_t               version;
	struct instant        created_at;
	struct variant_state *variants;
	size_t                n_variants;
};

static const struct member product_state_members[] = {
	M_ID(struct product_state, id, "id"),
	M_ID(struct product_state, merchant, "merchant_id"),
	M_ID(struct product_state, category, "category_id"),
	M_ID(struct product_state, brand, "brand_id"),
	M_TEXT(struct product_state, name, "name", 200, .required = true),
	M_TEXT(struct product_state, slug, "slug", 230, .required = true),
	M_TEXT(struct product_state, brand_name, "brand_name", 120, .required = true),
	M_ENUM(struct product_state, status, "status", product_status_values),
	M_MONEY(struct product_state, price, "price"),
	M_MONEY(struct product_state, compare_at_price, "compare_at_price"),
	M_MONEY(struct product_state, cost_price, "cost_price"),
	M_TEXT(struct product_state, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_TEXT(struct product_state, tax_class, "tax_class", 32, .required = true),
	M_BOOLEAN(struct product_state, is_featured, "is_featured"),
	M_METADATA(struct product_state, metadata, .required = true),
	M_BOOLEAN(struct product_state, deleted, "deleted", .computed = true),
	M_INTEGER(struct product_state, version, "version", 1, INT32_MAX),
	M_TIME(struct product_state, created_at, "created_at"),
	M_JSON(struct product_state, options, "options", product_option_shape, OPTIONS_BYTES),
	M_SPECS(struct product_state, .required = true),
	M_JSON(struct product_state, images, "images", media_shape, IMAGES_BYTES),
	M_ARRAY(struct product_state, variants, n_variants, "variants", variant_state_shape, VARIANTS_MAX),
};
SHAPE(struct product_state, product_state_shape, "ProductState", product_state_members, .noun = "product");

/* Both in the order of the products' ids. */
static void
give_variants(struct product_state *products, size_t count, struct variant_state *variants, size_t n_variants)
{
	size_t next = 0;

	for (size_t i = 0; i < count; i++) {
		struct product_state *product = &products[i];

		product->variants = &variants[next];
		while (next < n_variants && ID_EQUAL(variants[next].product, product->id)) {
			product->n_variants++;
			next++;
		}
	}
}

static const struct problem *
read_states(struct work *work, const struct product_id *products, size_t count, struct product_state **states, size_t *n)
{
	struct parameter     *ids = ARENA_ARRAY(work->arena, count, struct parameter);
	struct variant_state *variants;
	size_t                n_variants;

	for (size_t i = 0; i < count; i++)
		ids[i] = P(products[i]);
	TRY(db_rows_many(work->db, &product_state_shape, count, states, n,
	    "SELECT {p}, p.deleted_at IS NOT NULL AS deleted FROM products p WHERE p.id IN ([?]) ORDER BY p.id", count, count,
	    ids));
	TRY(db_rows_many(work->db, &variant_state_shape, count * VARIANTS_MAX, &variants, &n_variants,
	    "SELECT {v}, v.product_id, p.currency FROM products p JOIN variants v ON v.product_id = p.id WHERE p.id IN ([?]) "
	    "AND (v.deleted_at IS NULL OR v.deleted_with_product) ORDER BY p.id, v.position, v.id",
	    count, count, ids));
	give_variants(*states, *n, variants, n_variants);
	return OK;
}

const struct problem *
read_product_state(struct work *work, struct product_id product, struct product_state **state)
{
	size_t n;

	TRY(read_states(work, &product, 1, state, &n));
	return n == 1 ? OK : problem(NOT_FOUND, "product not found");
}

const struct problem *
record_product_events(struct work *work, enum event_type type, const struct product_id *products, size_t count)
{
	struct new_event     *events = ARENA_ARRAY(work->arena, count, struct new_event);
	struct product_state *states;
	size_t                n;

	TRY(read_states(work, products, count, &states, &n));
	for (size_t i = 0; i < n; i++)
		events[i] = (struct new_event) { type, states[i].id.uuid, &states[i] };
	return event_record_many(work, &product_state_shape, events, n);
}

static int64_t
price_of(const struct product_state *state, const struct variant_state *variant)
{
	return variant->price == NULL ? state->price.minor : variant->price->minor;
}

/* What the variant cost, or one that was not there: the cheapest, or the product when that had none. */
static int64_t
price_before(const struct product_state *before, struct variant_id id)
{
	int64_t lowest = before->n_variants == 0 ? before->price.minor : INT64_MAX;

	for (size_t i = 0; i < before->n_variants; i++) {
		int64_t price = price_of(before, &before->variants[i]);

		if (ID_EQUAL(before->variants[i].id, id))
			return price;
		if (price < lowest)
			lowest = price;
	}
	return lowest;
}

/* In stock or not: who is told of it looks at what can be bought. */
static bool
price_dropped(enum event_type type, const struct product_state *before, const struct product_state *after)
{
	if (type != EVENT_PRODUCT_CHANGED || after->status != PRODUCT_PUBLISHED)
		return false;
	for (size_t i = 0; i < after->n_variants; i++)
		if (price_of(after, &after->variants[i]) < price_before(before, after->variants[i].id))
			return true;
	return false;
}

const struct problem *
record_product_event(struct work *work, enum event_type type, const struct product_state *before, struct product_id product)
{
	struct product_state *state;
	struct new_event      events[2];

	TRY(read_product_state(work, product, &state));
	catalog_changed(work, &product, 1);
	events[0] = (struct new_event) { type, product.uuid, state };
	events[1] = (struct new_event) { EVENT_PRODUCT_PRICE_DROPPED, product.uuid, state };
	TRY(event_record_many(work, &product_state_shape, events, price_dropped(type, before, state) ? 2 : 1));
	return audit_record(work, event_type_name(type), "product", product.uuid, &product_state_shape, before, state);
}
