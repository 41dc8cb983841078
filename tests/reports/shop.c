#include "tests/reports/shop.h"

#include "base/arena.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/seams.h"
#include "base/text.h"
#include "store/db.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"
#include "tests/suite.h"

#include <mysql.h>
#include <stdio.h>

enum { ARENA_BYTES = 256 << 20, GOODS_PER_MERCHANT = 3, RATE_DAYS = 400, DAY_MS = 86400000 };

struct shop              shop;
const char *const        shop_currencies[CURRENCIES + 1] = { "USD", "EUR", "JPY", "KWD", "NGN", NULL };
static const char *const countries[] = { "DE", "IN", "US" };

static int64_t      now_ms;
static struct clock clock_of_run;
static uint64_t     dice_state, random_state;

/* ---- chance and time ---- */

static uint64_t
next_of(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

int64_t
dice(int64_t below)
{
	return (int64_t)(next_of(&dice_state) % (uint64_t)below);
}

bool
luck(int percent)
{
	return dice(100) < percent;
}

static void
fill(void *into, size_t length)
{
	for (size_t i = 0; i < length; i++)
		((unsigned char *)into)[i] = (unsigned char)(next_of(&random_state) >> 24);
}

static const struct random_source random_of_run = { .fill = fill };

static int64_t
wall_ms(void)
{
	return now_ms;
}

int64_t
shop_clock(void)
{
	return now_ms;
}

void
shop_set_clock(int64_t unix_ms)
{
	now_ms = unix_ms;
	REQUIRE(db_run(shop.work.db, NULL, "SET timestamp = ? / 1000", P(now_ms)) == OK);
}

void
act_as(const struct user_id *user)
{
	shop.work.viewer = SYSTEM_VIEWER;
	if (user != NULL)
		shop.work.viewer.user = *user;
}

/* ---- what there is ---- */

#define MUST_RUN(...) REQUIRE(db_run(shop.work.db, NULL, __VA_ARGS__) == OK)

static void
add_person(struct user_id *id, const char *role, int number)
{
	*id = NEW_ID(user_id);
	MUST_RUN("INSERT INTO users (id, email, full_name, role, email_verified, created_at) VALUES (?, ?, ?, ?, TRUE, NOW(3))",
	    P(*id), P(arena_format(shop.work.arena, "%s%d@haat.test", role, number)),
	    P(arena_format(shop.work.arena, "Person %c%d", *role, number)), P(role));
}

static void
add_customers(void)
{
	for (int i = 0; i < ACCOUNTANTS; i++)
		add_person(&shop.staff[i], "accountant", i);
	for (int i = 0; i < CUSTOMERS; i++) {
		add_person(&shop.customers[i], "customer", i);
		shop.addresses[i] = NEW_ID(address_id);
		MUST_RUN(
		    "INSERT INTO addresses (id, user_id, kind, full_name, phone, line1, city, postal_code, country, created_at) "
		    "VALUES (?, ?, 'shipping', 'Somebody', '+8801700000000', '12 Lake Road', 'Town', '1207', ?, NOW(3))",
		    P(shop.addresses[i]), P(shop.customers[i]), P(countries[i % 3]));
	}
}

/* Now and then nothing, some units, or much. */
static int64_t
some_price(void)
{
	return luck(5) ? 0 : luck(15) ? 1 + dice(9) : luck(10) ? 100000 + dice(900000) : 100 + dice(9900);
}

static void
add_variant(struct product_id product, int merchant, int currency, bool dearer)
{
	struct variant_id id = NEW_ID(variant_id);

	MUST_RUN("INSERT INTO variants (id, product_id, sku, price_minor, created_at) VALUES (?, ?, ?, ?, NOW(3))", P(id),
	    P(product), P(arena_format(shop.work.arena, "sku-%d", shop.n_goods)), dearer ? P(some_price()) : parameter_null());
	MUST_RUN("INSERT INTO inventory (variant_id, on_hand, low_stock, created_at) VALUES (?, 100000, ?, NOW(3))", P(id),
	    P(luck(30) ? 200000 : 10));
	MUST_RUN("INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason, created_at) VALUES (?, ?, 100000, "
		 "'initial', NOW(3))",
	    P(uuid_new()), P(id));
	shop.goods[shop.n_goods++] = (struct shop_good) { id, currency, merchant };
}

static void
add_products(struct category_id category, int merchant, int currency)
{
	static const char *const classes[] = { "standard", "standard", "reduced", "zero" };

	for (int i = 0; i < GOODS_PER_MERCHANT; i++) {
		struct product_id id = NEW_ID(product_id);
		const char       *name = arena_format(shop.work.arena, "thing-%d-%d", merchant, i);

		MUST_RUN(
		    "INSERT INTO products (id, merchant_id, category_id, name, slug, description, price_minor, cost_price_minor, "
		    "currency, tax_class, status, created_at) VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?, 'published', NOW(3))",
		    P(id), P(shop.merchants[merchant]), P(category), P(name), P(name), P(some_price()),
		    luck(35) ? parameter_null() : P(dice(5000)), P(shop_currencies[currency]), P(classes[dice(4)]));
		add_variant(id, merchant, currency, false);
		if (i == 0)
			add_variant(id, merchant, currency, true);
	}
}

static void
add_merchants(void)
{
	static const int64_t commissions[] = { 0, 333, 1250, 2000 };
	struct category_id   category = NEW_ID(category_id);

	MUST_RUN("INSERT INTO categories (id, name, slug, depth) VALUES (?, 'Things', 'things', 1)", P(category));
	MUST_RUN(
	    "INSERT INTO category_ancestors (category_id, ancestor_id, distance) VALUES (?, ?, 0)", P(category), P(category));
	for (int i = 0; i < MERCHANTS; i++) {
		struct user_id owner;

		add_person(&owner, "shopkeeper", i);
		shop.merchants[i] = NEW_ID(merchant_id);
		MUST_RUN("INSERT INTO merchants (id, user_id, shop_name, business_type, business_id, status, currency, "
			 "commission_basis_points, created_at) VALUES (?, ?, ?, 'business', ?, 'active', ?, ?, NOW(3))",
		    P(shop.merchants[i]), P(owner), P(arena_format(shop.work.arena, "Shop %d", i)),
		    P(arena_format(shop.work.arena, "B%d", i)), P(shop_currencies[i % CURRENCIES]),
		    luck(20) ? parameter_null() : P(commissions[dice(4)]));
		add_products(category, i, i % CURRENCIES);
	}
}

/* Of the shop, and SELLERn of one merchant's own goods; WHOLE and OWNn take all of it. */
static void
add_coupons(void)
{
	static const struct {
		const char *code;
		int64_t     hundredths;
	} of_shop[] = { { "TENTH", 1000 }, { "THIRD", 3333 }, { "WHOLE", 10000 } };

	for (size_t i = 0; i < sizeof of_shop / sizeof *of_shop; i++)
		MUST_RUN("INSERT INTO coupons (id, code, kind, percent_hundredths) VALUES (?, ?, 'percent', ?)", P(uuid_new()),
		    P(of_shop[i].code), P(of_shop[i].hundredths));
	for (int i = 0; i < MERCHANTS; i++) {
		MUST_RUN("INSERT INTO coupons (id, code, kind, percent_hundredths, merchant_id) VALUES (?, ?, 'percent', ?, ?)",
		    P(uuid_new()), P(arena_format(shop.work.arena, "SELLER%d", i)), P(1 + dice(5000)), P(shop.merchants[i]));
		MUST_RUN(
		    "INSERT INTO coupons (id, code, kind, percent_hundredths, merchant_id) VALUES (?, ?, 'percent', 10000, ?)",
		    P(uuid_new()), P(arena_format(shop.work.arena, "OWN%d", i)), P(shop.merchants[i]));
	}
	for (int i = 0; i < CURRENCIES; i++)
		MUST_RUN("INSERT INTO coupons (id, code, kind, amount_minor, currency) VALUES (?, ?, 'fixed', ?, ?)",
		    P(uuid_new()), P(arena_format(shop.work.arena, "LESS%s", shop_currencies[i])), P(1 + dice(700)),
		    P(shop_currencies[i]));
}

/* What a euro costs, on some days of the run: the dinar's begin in the middle of it, the naira has none. */
static void
add_rates(int64_t opened_ms)
{
	static const struct {
		const char *currency;
		int64_t     millionths, first_day;
	} rates[] = { { "USD", 1162600, -5 }, { "JPY", 163250000, -5 }, { "KWD", 357100, 100 } };

	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		for (int64_t day = rates[i].first_day; day < RATE_DAYS; day += 1 + dice(4)) {
			int64_t rate = rates[i].millionths + dice(rates[i].millionths / 10);

			MUST_RUN(
			    "INSERT INTO exchange_rates (id, currency, day, rate, source) VALUES (?, ?, DATE(?), ? / 1000000, 'typed')",
			    P(uuid_new()), P(rates[i].currency), P(((struct instant) { opened_ms + day * DAY_MS })), P(rate));
		}
}

static void
set_config(void)
{
	static const char *const shipping[] = { "standard:*:USD:4.99:0.5", "standard:*:EUR:3.9:0", "standard:*:JPY:750:10",
		"standard:*:KWD:1.25:0.125", "standard:*:NGN:7500:0", "pickup:*:*:0:0", NULL };
	static const char *const tax[] = { "standard:DE:19:inclusive", "reduced:DE:7:inclusive", "standard:IN:18:exclusive",
		"reduced:IN:5:exclusive", "standard:US:8.25:exclusive", NULL };
	static const char *const none[] = { NULL };

	shop.config.orders.shipping = shipping;
	shop.config.orders.tax = tax;
	shop.config.orders.open_max = shop.config.orders.open_units_max = shop.config.orders.open_address_max = 0;
	shop.config.payments.cod.currencies = shop_currencies;
	shop.config.payments.dispute_fee_to_merchant = true;
	shop.config.payouts.minimum = none;
	shop.config.payouts.return_days = 0;
	shop.config.risk.disposable_domains = arena_format(shop.work.arena, "%s/conf/disposable-domains.txt", source_directory());
	shop.config.risk.review_score = shop.config.risk.refuse_score = 101;
	shop.config.limits.enabled = false;
	shop.config.reports.currency = "EUR";
	shop.config.reports.vip_revenue = 1000;
	shop.config.shop.time_zone = "Asia/Kolkata";
}

bool
shop_open(uint64_t seed, int64_t opened_ms)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct text   faults = text_new(arena, 100);

	/* Refunds that bounce and payments that are held are no news here. */
	log_open("test-random", LOG_LEVEL_ERROR);
	dice_state = seed;
	random_state = ~seed;
	random_use(&random_of_run);
	if (!config_load(NULL, arena, &shop.config, &faults)) {
		fprintf(stderr, "%s\n", faults.bytes);
		return false;
	}
	/* A fold that was killed may hold its locks until the server has noticed, on a busy machine. */
	shop.config.database.lock_wait_seconds = 50;
	shop.config.database.statement_timeout_ms = 60000;
	shop.root = private_shop("reports", &shop.config, arena, &shop.work);
	if (shop.root == NULL)
		return false;
	set_config();
	clock_of_run = *the_clock;
	clock_of_run.wall_ms = wall_ms;
	clock_use(&clock_of_run);
	now_ms = opened_ms;
	(void)mysql_query(shop.root, "SET time_zone = '+00:00'");
	return true;
}

void
shop_fill(void)
{
	shop_set_clock(now_ms);
	add_customers();
	add_merchants();
	add_coupons();
	add_rates(shop_clock());
}
