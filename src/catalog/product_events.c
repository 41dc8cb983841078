/* The state in events of a product: everything but its texts, and the variant that was changed. */
#include "catalog/product_write.h"

#include "events/record.h"
#include "store/work.h"

struct variant_state {
	struct variant_id id;
	const char       *sku, *options;
	struct money     *price; /* NULL: the product's */
	bool              deleted;
};

static const struct member variant_state_members[] = {
	M_ID(struct variant_state, id, "id"),
	M_TEXT(struct variant_state, sku, "sku", 64, .required = true),
	M_MAP(struct variant_state, options, "options", OPTIONS_MAX, .required = true),
	M_MONEY(struct variant_state, price, "price"),
	M_BOOLEAN(struct variant_state, deleted, "deleted"),
};
SHAPE(struct variant_state, variant_state_shape, "VariantState", variant_state_members);

struct product_state {
	struct product_id     id;
	struct merchant_id    merchant;
	struct category_id    category;
	struct brand_id      *brand;
	const char           *name, *currency, *tax_class;
	int                   status;
	struct money          price, *compare_at_price, *cost_price;
	bool                  is_featured, deleted;
	struct variant_state *variant;
};

static const struct member product_state_members[] = {
	M_ID(struct product_state, id, "id"),
	M_ID(struct product_state, merchant, "merchant_id"),
	M_ID(struct product_state, category, "category_id"),
	M_ID(struct product_state, brand, "brand_id"),
	M_TEXT(struct product_state, name, "name", 255, .required = true),
	M_ENUM(struct product_state, status, "status", product_status_values),
	M_MONEY(struct product_state, price, "price"),
	M_MONEY(struct product_state, compare_at_price, "compare_at_price"),
	M_MONEY(struct product_state, cost_price, "cost_price"),
	M_TEXT(struct product_state, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_TEXT(struct product_state, tax_class, "tax_class", 32, .required = true),
	M_BOOLEAN(struct product_state, is_featured, "is_featured"),
	M_BOOLEAN(struct product_state, deleted, "deleted"),
	M_OBJECT(struct product_state, variant, "variant", variant_state_shape, .omitted = true,
	    .description = "The variant that was added, changed or deleted."),
};
SHAPE(struct product_state, product_state_shape, "ProductState", product_state_members);

static struct money *
maybe_money(struct arena *arena, const int64_t *minor, const char *currency)
{
	struct money *money;

	if (minor == NULL)
		return NULL;
	money = ARENA_NEW(arena, struct money);
	money_make(*minor, currency, money);
	return money;
}

static struct product_state
state_of(struct arena *arena, const struct locked_product *product)
{
	return (struct product_state) { .id = product->id,
		.merchant = product->merchant,
		.category = product->category,
		.brand = product->brand,
		.name = product->name,
		.currency = product->currency,
		.tax_class = product->tax_class,
		.status = product->status,
		.price = *maybe_money(arena, &product->price_minor, product->currency),
		.compare_at_price = maybe_money(arena, product->compare_at_price_minor, product->currency),
		.cost_price = maybe_money(arena, product->cost_price_minor, product->currency),
		.is_featured = product->is_featured,
		.deleted = product->deleted };
}

const struct problem *
record_product_event(struct work *work, enum event_type type, const struct locked_product *product)
{
	struct product_state state = state_of(work->arena, product);

	return event_record(work, type, product->id.uuid, &product_state_shape, &state);
}

const struct problem *
record_variant_change(struct work *work, const struct locked_product *product, const struct new_variant *variant, bool deleted)
{
	struct product_state state = state_of(work->arena, product);
	struct variant_state changed = { .id = variant->id,
		.sku = variant->sku,
		.options = variant->options,
		.price = maybe_money(work->arena, variant->price_minor, product->currency),
		.deleted = deleted };

	state.variant = &changed;
	return event_record(work, EVENT_PRODUCT_CHANGED, product->id.uuid, &product_state_shape, &state);
}
