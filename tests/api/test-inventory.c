/* Stock as sellers and warehouse see it, correct it, and may race for it. */
#include "tests/api/shopping.h"

#include <stdlib.h>
#include <string.h>

static struct person admin, warehouse, seller, rival, customer;
static const char   *category;

static void
prepare(void)
{
	struct answer answer;

	if (admin.access != NULL)
		return;
	admin = person_new("admin");
	warehouse = person_new("warehouse");
	seller = shopkeeper_new("USD");
	rival = shopkeeper_new("USD");
	customer = person_new("customer");
	answer = api_post("/categories", admin.access, form("{\"name\": \"Stock %s\"}", seller.merchant + 24));
	EXPECT(answer, 201);
	category = text_at(&answer, "id");
}

/* A new variant with that much on hand; its id. */
static const char *
variant_new(int on_hand)
{
	static int    number;
	struct answer answer = api_post("/products", seller.access,
	    form("{\"name\": \"Stocked\", \"category_id\": \"%s\", \"price\": \"5\", "
		 "\"status\": \"published\", \"variants\": [{\"sku\": \"INV-%s-%d\", \"on_hand\": %d}]}",
		category, seller.merchant + 24, ++number, on_hand));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "variants.0.id");
}

static struct answer
adjust(const char *variant, const char *token, int delta)
{
	return api_post(form("/inventory/%s/adjustments", variant), token, form("{\"delta\": %d, \"reason\": \"count\"}", delta));
}

/* The movements sum to what is on hand. */
static void
check_sum(const char *variant)
{
	CHECK_INT(sql_number("SELECT SUM(delta_on_hand) FROM inventory_movements WHERE variant_id = '%s'", variant),
	    sql_number("SELECT on_hand FROM inventory WHERE variant_id = '%s'", variant));
}

static void
stock_is_shown_and_corrected(void)
{
	const char   *variant = (prepare(), variant_new(7));
	struct answer answer = api_get(form("/inventory/%s", variant), seller.access);

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "variant_id"), variant);
	CHECK_INT(number_at(&answer, "on_hand"), 7);
	CHECK_INT(number_at(&answer, "reserved"), 0);
	CHECK_INT(number_at(&answer, "available"), 7);
	CHECK_INT(number_at(&answer, "low_stock"), 10);
	CHECK(bool_at(&answer, "is_low"));
	answer = adjust(variant, seller.access, 20);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "available"), 27);
	CHECK(!bool_at(&answer, "is_low"));
	answer = adjust(variant, warehouse.access, -27);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "on_hand"), 0);
	answer = adjust(variant, admin.access, -1);
	EXPECT_PROBLEM(answer, 409, "insufficient_stock");
	check_sum(variant);
	answer = api_patch(form("/inventory/%s", variant), seller.access, "{\"low_stock\": 3}");
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "low_stock"), 3);
}

static void
what_is_reserved_cannot_be_taken(void)
{
	const char   *variant = (prepare(), variant_new(5));
	struct answer answer;

	sql_run("UPDATE inventory SET reserved = 3 WHERE variant_id = '%s'", variant);
	answer = adjust(variant, seller.access, -3);
	EXPECT_PROBLEM(answer, 409, "insufficient_stock");
	answer = adjust(variant, seller.access, -2);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "available"), 0);
	CHECK_INT(number_at(&answer, "reserved"), 3);
	sql_run("UPDATE inventory SET reserved = 0 WHERE variant_id = '%s'", variant);
	answer = adjust(variant, seller.access, -3); /* which the catalogue hears of, unlike the lines of SQL */
	EXPECT(answer, 200);
	check_sum(variant);
}

static void
bad_corrections_are_refused(void)
{
	const char   *variant = (prepare(), variant_new(5)), *path = form("/inventory/%s/adjustments", variant);
	struct answer answer = adjust(variant, seller.access, 0);

	EXPECT_FAULT(answer, "delta");
	answer = api_post(path, seller.access, "{\"delta\": 1.5, \"reason\": \"x\"}");
	EXPECT_FAULT(answer, "delta");
	answer = api_post(path, seller.access, "{\"delta\": \"5\", \"reason\": \"x\"}");
	EXPECT_FAULT(answer, "delta");
	answer = api_post(path, seller.access, "{\"delta\": 5}");
	EXPECT_FAULT(answer, "reason");
	answer = api_post(path, seller.access, "{\"delta\": 99999999999, \"reason\": \"x\"}");
	EXPECT_FAULT(answer, "delta");
	answer = api_post(path, seller.access, "{\"delta\": 1000000000, \"reason\": \"x\"}");
	EXPECT_FAULT(answer, "delta");
	answer = api_patch(form("/inventory/%s", variant), seller.access, "{\"low_stock\": -1}");
	EXPECT_FAULT(answer, "low_stock");
	check_sum(variant);
}

static void
stock_is_its_sellers(void)
{
	const char   *variant = (prepare(), variant_new(5));
	struct answer answer = adjust(variant, rival.access, 1);

	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get(form("/inventory/%s", variant), rival.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get(form("/inventory/%s/movements", variant), rival.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_patch(form("/inventory/%s", variant), rival.access, "{\"low_stock\": 1}");
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get(form("/inventory/%s", variant), customer.access);
	EXPECT_PROBLEM(answer, 403, "forbidden");
	answer = api_get(form("/inventory/%s", variant), NULL);
	EXPECT_PROBLEM(answer, 401, "unauthenticated");
	answer = api_get("/inventory/not-a-uuid", seller.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get("/inventory/0192f0c1-8f00-7000-8000-5a1b2c3d4e5f", admin.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
}

static void
movements_tell_the_story(void)
{
	const char   *variant = (prepare(), variant_new(4)), *path = form("/inventory/%s/movements?limit=2", variant), *next;
	struct answer answer = api_post(form("/inventory/%s/adjustments", variant), seller.access,
	    "{\"delta\": -1, \"reason\": \"damaged\", \"note\": \"fell from the shelf\"}");

	EXPECT(answer, 200);
	for (int i = 1; i <= 3; i++) {
		answer = adjust(variant, warehouse.access, i);
		EXPECT(answer, 200);
	}
	answer = api_get(path, seller.access);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "results.0.delta"), 3);
	CHECK_TEXT(text_at(&answer, "results.0.actor_id"), warehouse.id);
	CHECK(!has_at(&answer, "previous"));
	next = text_at(&answer, "next") + strlen("/api/v1");
	answer = api_get(next, seller.access);
	CHECK_INT(number_at(&answer, "results.0.delta"), 1);
	CHECK_TEXT(text_at(&answer, "results.1.reason"), "damaged: fell from the shelf");
	CHECK_TEXT(text_at(&answer, "results.1.kind"), "adjustment");
	next = text_at(&answer, "next") + strlen("/api/v1");
	answer = api_get(text_at(&answer, "previous") + strlen("/api/v1"), seller.access);
	CHECK_INT(number_at(&answer, "results.0.delta"), 3);
	CHECK_INT(number_at(&answer, "results.1.delta"), 2);
	answer = api_get(next, seller.access);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.kind"), "initial");
	CHECK(!has_at(&answer, "next"));
	answer = api_get(form("/inventory/%s/movements?cursor=AQAB", variant), seller.access);
	EXPECT_PROBLEM(answer, 400, "bad_cursor");
}

static void
keys_make_corrections_once(void)
{
	const char       *variant = (prepare(), variant_new(0)), *path = form("/inventory/%s/adjustments", variant);
	const char *const headers[] = { form("Idempotency-Key: adjust-%s", variant), NULL };

	for (int i = 0; i < 3; i++) {
		struct answer answer = api_call("POST", path, seller.access, "{\"delta\": 5, \"reason\": \"delivery\"}", headers);

		EXPECT(answer, 200);
		CHECK_INT(number_at(&answer, "on_hand"), 5);
	}
	check_sum(variant);
}

/* Stock is held while an order waits, gone when it is confirmed, and the sale is counted once. */
static void
orders_hold_take_and_count(void)
{
	const char   *address, *order, *stock, *product;
	struct goods  goods;
	struct answer answer;

	prepare();
	goods = goods_new(&seller, "12.50", 9);
	stock = form("/inventory/%s", goods.variant);
	product = goods.product;
	address = address_new(&customer);
	order = order_new(&customer, address, &goods, 3);
	answer = api_get(stock, seller.access);
	CHECK_INT(number_at(&answer, "on_hand"), 9);
	CHECK_INT(number_at(&answer, "reserved"), 3);
	answer = api_post("/payments", customer.access, form("{\"order_id\": \"%s\", \"provider\": \"cod\"}", order));
	EXPECT(answer, 201);
	answer = api_post(form("/payments/%s/confirm", text_at(&answer, "reference")), admin.access, "{}");
	EXPECT(answer, 200);
	answer = api_get(stock, seller.access);
	CHECK_INT(number_at(&answer, "on_hand"), 6);
	CHECK_INT(number_at(&answer, "reserved"), 0);
	answer = api_get(form("%s/movements", stock), seller.access);
	CHECK_TEXT(text_at(&answer, "results.0.kind"), "sale");
	CHECK_TEXT(text_at(&answer, "results.0.order_id"), order);
	CHECK_INT(number_at(&answer, "results.0.delta"), -3);
	WAIT_FOR("3", "SELECT sales_count FROM products WHERE id = '%s'", product);
	WAIT_FOR("3", "SELECT MIN(sales_count) FROM product_listings WHERE product_id = '%s'", product);
	/* The same event again counts nothing. */
	CHECK_INT(sql_run("UPDATE events SET pending = 1 WHERE type = 'order.confirmed' AND aggregate_id = '%s'", order), 1);
	run_job_now("count_sales");
	WAIT_FOR("0", "SELECT COUNT(*) FROM events WHERE pending = 1 AND aggregate_id = '%s'", order);
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = 'count_sales' AND payload LIKE '%%%s%%'", order);
	CHECK_INT(sql_number("SELECT sales_count FROM products WHERE id = '%s'", product), 3);
	order = order_new(&customer, address, &goods, 2);
	answer = api_post(form("/orders/%s/cancel", order), customer.access, "{}");
	EXPECT(answer, 200);
	answer = api_get(stock, seller.access);
	CHECK_INT(number_at(&answer, "reserved"), 0);
	CHECK_INT(number_at(&answer, "available"), 6);
	check_sum(goods.variant);
}

/* 40 want one of 25 at once. */
static void
racers_take_what_there_is(void)
{
	enum { RACERS = 40, THERE = 25 };
	const char   *variant = (prepare(), variant_new(THERE)), *path = form("/inventory/%s/adjustments", variant);
	struct call   calls[RACERS];
	struct answer answers[RACERS];
	int           taken = 0, refused = 0;

	for (int i = 0; i < RACERS; i++)
		calls[i] = (struct call) {
			.method = "POST", .path = path, .token = seller.access, .body = "{\"delta\": -1, \"reason\": \"race\"}"
		};
	api_calls(calls, RACERS, answers);
	for (int i = 0; i < RACERS; i++) {
		taken += answers[i].status == 200;
		refused += answers[i].status == 409;
	}
	CHECK_INT(taken, THERE);
	CHECK_INT(refused, RACERS - THERE);
	CHECK_INT(sql_number("SELECT on_hand FROM inventory WHERE variant_id = '%s'", variant), 0);
	check_sum(variant);
}

SUITE("api: inventory", TEST(stock_is_shown_and_corrected), TEST(what_is_reserved_cannot_be_taken),
    TEST(bad_corrections_are_refused), TEST(stock_is_its_sellers), TEST(movements_tell_the_story),
    TEST(keys_make_corrections_once), TEST(orders_hold_take_and_count), TEST(racers_take_what_there_is))
