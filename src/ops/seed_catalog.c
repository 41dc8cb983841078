/* The demo shop's merchants, brands, categories and products. */
#include "ops/seed.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "catalog/document.h"
#include "catalog/search.h"
#include "events/job.h"

#include <ctype.h>

enum {
	BATCH_PRODUCTS = 500,
	BATCH_MERCHANTS = 1000,
	SEED_VARIANTS_MAX = 6,
	FIRST_LEAF = 20,
	UNTOLD_COSTS = 12 /* one of so many products: nobody says what it costs */
};

/* The five currencies of the demo and what a US dollar is in them, in hundredths. */
static const struct {
	const char *code;
	int64_t     per_dollar;
	bool        whole; /* prices without cents */
} currencies[] = { { "USD", 100, false }, { "EUR", 92, false }, { "BDT", 12000, true }, { "INR", 8400, true },
	{ "NGN", 150000, true } };
enum { CURRENCIES = sizeof currencies / sizeof *currencies };

const char *
seed_currency(int64_t merchant)
{
	return currencies[merchant % CURRENCIES].code;
}

static struct instant
merchant_time(int64_t index)
{
	return (struct instant) { seed_opening().unix_ms + index };
}

static struct user_id
merchant_user(const struct seed *seed, int64_t index)
{
	return (struct user_id) { seed_id(seed, SEED_USER, (uint64_t)index, merchant_time(index), 0) };
}

static struct uuid
merchant_uuid(const struct seed *seed, int64_t index)
{
	return seed_id(seed, SEED_MERCHANT, (uint64_t)index, merchant_time(index), 0);
}

struct merchant_id
seed_merchant_id(const struct seed *seed, int64_t index)
{
	return (struct merchant_id) { merchant_uuid(seed, index) };
}

static struct uuid
brand_id(const struct seed *seed, int64_t index)
{
	return seed_id(seed, SEED_BRAND, (uint64_t)index, seed_opening(), (unsigned)index);
}

static struct uuid
category_id(const struct seed *seed, int64_t index)
{
	return seed_id(seed, SEED_CATEGORY, (uint64_t)index, seed_opening(), (unsigned)index);
}

struct uuid
seed_product_id(const struct seed *seed, int64_t index)
{
	return seed_id(seed, SEED_PRODUCT, (uint64_t)index, seed_product_time(index), 0);
}

/* "Women's Clothing" to "womens-clothing"; the words of the seed are ASCII where this is asked. */
static void
add_slug(struct text *text, const char *name)
{
	for (; *name != '\0'; name++)
		if (isalnum((unsigned char)*name))
			text_add_char(text, (char)tolower((unsigned char)*name));
		else if (*name != '\'' && text->length > 0 && text->bytes[text->length - 1] != '-')
			text_add_char(text, '-');
}

static const char *
slug_of(struct arena *arena, const char *name)
{
	struct text slug = text_new(arena, 64);

	add_slug(&slug, name);
	return slug.bytes;
}

const char *
seed_category_slug(const struct seed *seed, int category)
{
	return slug_of(seed->work->arena, seed_categories[category].name);
}

const struct problem *
seed_is_other(const struct seed *seed, bool *other)
{
	int64_t count;

	TRY(db_value(seed->work->db, &count, "SELECT COUNT(*) FROM categories WHERE slug = ? AND id <> ?",
	    P(slug_of(seed->work->arena, seed_categories[0].name)), P(category_id(seed, 0))));
	*other = count > 0;
	return OK;
}

static const struct problem *
seed_tree(const struct seed *seed)
{
	struct arena  *arena = seed->work->arena;
	struct instant at = seed_opening();
	struct batch   batches[] = {
		  batch_new(arena,
		      "INSERT INTO categories (id, parent_id, name, slug, position, depth, created_at, updated_at) "
			"VALUES [(?, ?, ?, ?, ?, ?, ?, ?)]",
		      8),
		  batch_new(arena, "INSERT INTO category_ancestors (category_id, ancestor_id, distance) VALUES [(?, ?, ?)]", 3),
		  batch_new(arena, "INSERT INTO brands (id, name, slug, created_at, updated_at) VALUES [(?, ?, ?, ?, ?)]", 5),
	};

	for (int i = 0; i < SEED_CATEGORIES; i++) {
		const struct seed_category *category = &seed_categories[i];
		struct uuid                 id = category_id(seed, i), parent;
		int                         depth = 0;

		for (int above = i; above >= 0; above = seed_categories[above].parent)
			BATCH_ADD(&batches[1], P(id), P(category_id(seed, above)), P(depth++));
		parent = category_id(seed, category->parent);
		BATCH_ADD(&batches[0], P(id), P(category->parent < 0 ? (const struct uuid *)NULL : &parent), P(category->name),
		    P(slug_of(arena, category->name)), P(i), P(depth), P(at), P(at));
	}
	for (int i = 0; i < SEED_BRANDS; i++)
		BATCH_ADD(&batches[2], P(brand_id(seed, i)), P(seed_brands[i][0]), P(seed_brands[i][1]), P(at), P(at));
	return batches_write(seed->work, batches, 3, "SELECT COUNT(*) FROM categories WHERE id = ?", category_id(seed, 0));
}

static void
add_merchant(const struct seed *seed, int64_t index, struct batch *users, struct batch *merchants)
{
	static const char *const types[] = { "individual", "business", "enterprise", NULL };
	struct arena            *arena = seed->work->arena;
	struct dice              dice = seed_dice(seed, SEED_MERCHANT, (uint64_t)index);
	struct instant           at = merchant_time(index);
	struct user_id           user = merchant_user(seed, index);
	const char *email = index == 0 ? "shop@haat.test" : arena_format(arena, "shop%lld@haat.test", (long long)index + 1);

	BATCH_ADD(users, P(user), P(email), P(seed_phone(8000000 + (uint64_t)index, arena)), P(seed_person(&dice, arena)),
	    P("shopkeeper"), P(at), P(at));
	BATCH_ADD(merchants, P(merchant_uuid(seed, index)), P(user),
	    P(arena_format(arena, "%s %s", dice_word(&dice, seed_places), dice_word(&dice, seed_shops))),
	    P(dice_word(&dice, types)), P(arena_format(arena, "TRADE-%06lld", (long long)index + 1)), P(seed_currency(index)),
	    P(at), P(at));
}

static const struct problem *
seed_merchants(const struct seed *seed, int64_t *added)
{
	int64_t index;

	TRY(seed_done(seed, merchant_uuid, "SELECT COUNT(*) FROM merchants WHERE id = ?", seed->merchants, &index));
	while (index < seed->merchants) {
		int64_t      last = index + BATCH_MERCHANTS < seed->merchants ? index + BATCH_MERCHANTS : seed->merchants;
		struct batch batches[] = {
			batch_new(seed->work->arena,
			    "INSERT INTO users (id, email, phone, full_name, role, email_verified, created_at, "
			    "updated_at) VALUES [(?, ?, ?, ?, ?, TRUE, ?, ?)]",
			    7),
			batch_new(seed->work->arena,
			    "INSERT INTO merchants (id, user_id, shop_name, business_type, business_id, status, "
			    "currency, created_at, updated_at) VALUES [(?, ?, ?, ?, ?, 'active', ?, ?, ?)]",
			    8),
		};

		for (; index < last; index++, ++*added)
			add_merchant(seed, index, &batches[0], &batches[1]);
		TRY(batches_write(
		    seed->work, batches, 2, "SELECT COUNT(*) FROM merchants WHERE id = ?", merchant_uuid(seed, last - 1)));
		arena_reset(seed->work->arena);
	}
	return OK;
}

/* ---- products ---- */

/* One product while its rows are made. */
struct making {
	const struct seed          *seed;
	struct arena               *arena;
	struct dice                 dice;
	int64_t                     index, merchant, price;
	int                         leaf;
	const struct seed_category *category;
	struct instant              at;
	struct uuid                 id;
	struct text                 options; /* of the product: [{"name": ..., "values": [...]}] */
	int                         variants;
	const char                 *variant_options[SEED_VARIANTS_MAX];
	int64_t                     variant_percent[SEED_VARIANTS_MAX]; /* of the product's price */
};

enum { PRODUCTS, VARIANTS, INVENTORY, MOVEMENTS, DOCUMENTS, LISTINGS, BATCHES };

/* Amount in US cents to a price as shops write them: 12.99, 1490. */
static int64_t
price_in(int64_t merchant, int64_t cents)
{
	int64_t minor = cents * currencies[merchant % CURRENCIES].per_dollar / 100;

	return currencies[merchant % CURRENCIES].whole ? minor / 1000 * 1000 + 1000 : minor / 100 * 100 + 99;
}

static void
add_values(struct text *options, const char *name, const char *const *values, int count)
{
	if (options->length > 1)
		text_add_char(options, ',');
	text_addf(options, "{\"name\":\"%s\",\"values\":[", name);
	for (int i = 0; i < count; i++)
		text_addf(options, i == 0 ? "\"%s\"" : ",\"%s\"", values[i]);
	TEXT_ADD(options, "]}");
}

/* One option: a variant for each value, the later ones dearer by `step` percent. */
static void
vary(struct making *making, const char *name, const char *const *values, int count, int64_t step)
{
	add_values(&making->options, name, values, count);
	for (int i = 0; i < count; i++) {
		making->variant_options[i] = arena_format(making->arena, "{\"%s\":\"%s\"}", name, values[i]);
		making->variant_percent[i] = 100 + i * step;
	}
	making->variants = count;
}

static void
vary_twice(struct making *making, const char *const *colours, const char *const *sizes)
{
	add_values(&making->options, "colour", colours, 2);
	add_values(&making->options, "size", sizes, 3);
	for (int i = 0; i < 6; i++) {
		making->variant_options[i] =
		    arena_format(making->arena, "{\"colour\":\"%s\",\"size\":\"%s\"}", colours[i / 3], sizes[i % 3]);
		making->variant_percent[i] = 100;
	}
	making->variants = 6;
}

static void
choose_options(struct making *making)
{
	static const char *const sizes[] = { "S", "M", "L", "XL", "XXL" }, *const weights[] = { "250 g", "500 g", "1 kg" },
				 *const storage[] = { "64 GB", "128 GB", "256 GB" },
				 *const colours[] = { "red", "blue", "green", "black", "white", "indigo", "mustard", "maroon" };
	int64_t                         first = dice_below(&making->dice, 4);

	making->options = text_new(making->arena, 128);
	TEXT_ADD(&making->options, "[");
	making->variants = 1;
	making->variant_options[0] = "{}";
	making->variant_percent[0] = 100;
	if (making->category->options == SEED_SIZES)
		vary(making, "size", sizes, (int)dice_between(&making->dice, 3, 5), 0);
	else if (making->category->options == SEED_COLOURS)
		vary(making, "colour", colours + first, (int)dice_between(&making->dice, 2, 4), 0);
	else if (making->category->options == SEED_SIZES_COLOURS)
		vary_twice(making, colours + first, sizes);
	else if (making->category->options == SEED_WEIGHTS)
		vary(making, "weight", weights, (int)dice_between(&making->dice, 2, 3), 90);
	else if (making->category->options == SEED_STORAGE)
		vary(making, "storage", storage, (int)dice_between(&making->dice, 2, 3), 20);
	TEXT_ADD(&making->options, "]");
}

static void
add_variants(struct making *making, struct batch *batches)
{
	for (int i = 0; i < making->variants; i++) {
		uint64_t    number = (uint64_t)making->index * SEED_VARIANTS_MAX + (uint64_t)i;
		struct uuid id = seed_id(making->seed, SEED_VARIANT, number, making->at, (unsigned)i);
		int64_t     price = price_in(making->merchant, making->price * making->variant_percent[i] / 100);
		int64_t     on_hand = dice_below(&making->dice, 40) == 0 ? 0 : dice_between(&making->dice, 5, 400);

		BATCH_ADD(&batches[VARIANTS], P(id), P(making->id),
		    P(arena_format(making->arena, "HAAT-%06lld-%c", (long long)making->index + 1, 'A' + i)),
		    P(making->variant_percent[i] == 100 ? (const int64_t *)NULL : &price), P(making->variant_options[i]),
		    P(dice_between(&making->dice, 50, 3000)), P(i), P(making->at), P(making->at));
		BATCH_ADD(&batches[INVENTORY], P(id), P(on_hand), P(making->seed->work->config->catalog.low_stock), P(making->at),
		    P(making->at));
		if (on_hand > 0)
			BATCH_ADD(&batches[MOVEMENTS], P(seed_id(making->seed, SEED_MOVEMENT, number, making->at, (unsigned)i)),
			    P(id), P(on_hand), P(making->at));
	}
}

static void
add_product(struct making *making, struct batch *products)
{
	struct dice *dice = &making->dice;
	int64_t      brand = dice_below(dice, SEED_BRANDS + 4); /* some have none */
	struct uuid  brand_uuid = brand_id(making->seed, brand);
	const char  *noun, *place = dice_word(dice, seed_places), *adjective = dice_word(dice, seed_adjectives);
	const char  *native = dice_below(dice, 4) == 0 ? making->category->native : NULL;
	struct text  name = text_new(making->arena, 96), slug = text_new(making->arena, 96), says = text_new(making->arena, 400);
	int64_t      price = price_in(making->merchant, making->price);
	int64_t before = price * dice_between(dice, 115, 160) / 100 / 100 * 100, cost = price * dice_between(dice, 45, 75) / 100;
	bool    reduced = dice_below(dice, 4) == 0, told = making->index % UNTOLD_COSTS != 0;

	noun = dice_word(dice, making->category->nouns);
	text_addf(&name, "%s %s %s", place, adjective, noun);
	add_slug(&slug, name.bytes);
	text_addf(&slug, "-%lld", (long long)making->index + 1);
	if (native != NULL)
		text_addf(&name, " %s", native);
	text_addf(&says, "%s %s from %s. %s %s", adjective, noun,
	    brand < SEED_BRANDS ? seed_brands[brand][0] : "a small workshop", dice_word(dice, seed_praises),
	    dice_word(dice, seed_cares));
	BATCH_ADD(products, P(making->id), P(merchant_uuid(making->seed, making->merchant)),
	    P(category_id(making->seed, making->leaf)), P(brand < SEED_BRANDS ? &brand_uuid : NULL), P(name.bytes), P(slug.bytes),
	    P(says.bytes), P(brand < SEED_BRANDS ? seed_brands[brand][0] : ""), P(price), P(reduced ? &before : (int64_t *)NULL),
	    P(told ? &cost : (int64_t *)NULL), P(seed_currency(making->merchant)), P(making->category->tax_class),
	    P(dice_below(dice, 25) == 0), P(making->options.bytes), P(making->at), P(making->at));
}

static int
roll_leaf(struct dice *dice)
{
	return FIRST_LEAF + (int)dice_below(dice, SEED_CATEGORIES - FIRST_LEAF);
}

int
seed_leaf(const struct seed *seed, int64_t product)
{
	struct dice dice = seed_dice(seed, SEED_PRODUCT, (uint64_t)product);

	return roll_leaf(&dice);
}

static void
make_product(const struct seed *seed, int64_t index, struct batch *batches)
{
	struct making making = { .seed = seed,
		.arena = seed->work->arena,
		.index = index,
		.at = seed_product_time(index),
		.dice = seed_dice(seed, SEED_PRODUCT, (uint64_t)index),
		.id = seed_product_id(seed, index) };

	making.merchant = index % seed->merchants;
	making.leaf = roll_leaf(&making.dice);
	making.category = &seed_categories[making.leaf];
	/* The lower of two: shops have more cheap things than dear ones. */
	making.price = dice_between(&making.dice, making.category->low, making.category->high);
	making.price = dice_between(&making.dice, making.category->low, making.price);
	choose_options(&making);
	add_product(&making, &batches[PRODUCTS]);
	add_variants(&making, batches);
}

#define LISTED_COLUMNS \
	"p.id, p.merchant_id, p.brand_id, p.currency, d.price_minor, " PRICE_ORDER("p.currency", \
	    "d.price_minor") ", d.in_stock, " \
			     "p.created_at, p.name, p.rating_average, p.sales_count, p.is_featured FROM products p JOIN product_documents d ON d.product_id = p.id "

static const struct problem *
write_products(const struct seed *seed, int64_t from, int64_t to)
{
	struct arena *arena = seed->work->arena;
	struct uuid   first = seed_id_lowest(seed_product_time(from)), last = seed_id_highest(seed_product_time(to - 1));
	struct batch  batches[BATCHES] = {
		 batch_new(arena,
		     "INSERT INTO products (id, merchant_id, category_id, brand_id, name, slug, description, brand_name, "
		      "price_minor, compare_at_price_minor, cost_price_minor, currency, tax_class, status, is_featured, "
		      "options, created_at, updated_at) "
		      "VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'published', ?, ?, ?, ?)]",
		     17),
		 batch_new(arena,
		     "INSERT INTO variants (id, product_id, sku, price_minor, options, weight_grams, position, created_at, "
		      "updated_at) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?)]",
		     9),
		 batch_new(arena,
		     "INSERT INTO inventory (variant_id, on_hand, low_stock, created_at, updated_at) "
		      "VALUES [(?, ?, ?, ?, ?)]",
		     5),
		 batch_new(arena,
		     "INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason, created_at) "
		      "VALUES [(?, ?, ?, 'initial', ?)]",
		     4),
		 batch_new(arena,
		     "INSERT INTO product_documents (product_id, currency, price_minor, price_max_minor, in_stock) "
		      "SELECT p.id, p.currency, " STATE_PRICE ", " STATE_PRICE_MAX ", " STATE_IN_STOCK
		     " FROM products p " STATE_JOINS " WHERE p.id BETWEEN ? AND ? GROUP BY p.id, p.currency",
		     2),
		 batch_new(arena,
		     "INSERT INTO product_listings (category_id, product_id, merchant_id, brand_id, currency, price_minor, "
		      "price_order, in_stock, created_at, name, rating_average, sales_count, is_featured) "
		      "SELECT x'00000000000000000000000000000000', " LISTED_COLUMNS
		     "WHERE p.id BETWEEN ? AND ? UNION ALL SELECT a.ancestor_id, " LISTED_COLUMNS
		     "JOIN category_ancestors a ON a.category_id = p.category_id WHERE p.id BETWEEN ? AND ?",
		     4),
	};

	for (int64_t index = from; index < to; index++)
		make_product(seed, index, batches);
	BATCH_ADD(&batches[DOCUMENTS], P(first), P(last));
	BATCH_ADD(&batches[LISTINGS], P(first), P(last), P(first), P(last));
	return batches_write(
	    seed->work, batches, BATCHES, "SELECT COUNT(*) FROM products WHERE id = ?", seed_product_id(seed, to - 1));
}

static const struct problem *
keep_on(struct work *work, int64_t printed, const void *argument)
{
	(void)work, (void)printed, (void)argument;
	return OK;
}

const struct problem *
seed_catalog(const struct seed *seed, int64_t *added)
{
	int64_t there, index, filled;

	TRY(db_value(seed->work->db, &there, "SELECT COUNT(*) FROM categories WHERE id = ?", P(category_id(seed, 0))));
	if (there == 0) {
		TRY(seed_tree(seed));
		TRY(db_transaction(
		    seed->work, job_enqueue(seed->work, JOB_INVALIDATE_TREE, "invalidate_tree", NULL, NULL, NULL)));
		++*added;
	}
	TRY(seed_merchants(seed, added));
	TRY(seed_done(seed, seed_product_id, "SELECT COUNT(*) FROM products WHERE id = ?", seed->products, &index));
	while (index < seed->products) {
		int64_t to = index + BATCH_PRODUCTS < seed->products ? index + BATCH_PRODUCTS : seed->products;

		TRY(write_products(seed, index, to));
		*added += to - index;
		index = to;
		arena_reset(seed->work->arena);
	}
	TRY(print_old_documents(seed->work, keep_on, NULL, &index));
	return search_fill(seed->work, FILL_SEED, &filled);
}
