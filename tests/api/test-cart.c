/* The cart: what goes in, what it says about prices and stock of now, and whose it is. */
#include "tests/api/shopping.h"

#include <stdio.h>
#include <string.h>

static struct person seller;
static struct goods  goods;

/* A customer with an empty cart, and something to put into it. */
static struct person
shopper(void)
{
	if (seller.id == NULL) {
		seller = person_new("shopkeeper");
		goods = goods_new(&seller, "12.50", 150);
	}
	return person_new("customer");
}

static struct answer
put(const struct person *person, const char *variant, int quantity)
{
	return api_post("/cart/items", person->access, form("{\"variant_id\": \"%s\", \"quantity\": %d}", variant, quantity));
}

static void
test_empty(void)
{
	struct person customer = shopper();
	struct answer answer = api_get("/cart", customer.access);

	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "items"), 0);
	CHECK_INT(length_at(&answer, "notices"), 0);
	CHECK_TEXT(text_at(&answer, "subtotal"), "0");
	CHECK(!has_at(&answer, "currency"));
}

static void
test_twice_adds_up(void)
{
	struct person customer = shopper();
	struct answer answer = put(&customer, goods.variant, 2);

	EXPECT(answer, 200);
	answer = put(&customer, goods.variant, 3);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "items"), 1);
	CHECK_INT(number_at(&answer, "items.0.quantity"), 5);
	CHECK_TEXT(text_at(&answer, "items.0.unit_price"), "12.50");
	CHECK_TEXT(text_at(&answer, "items.0.total"), "62.50");
	CHECK_TEXT(text_at(&answer, "subtotal"), "62.50");
	CHECK_TEXT(text_at(&answer, "currency"), "USD");
	CHECK_INT(number_at(&answer, "quantity"), 5);
	CHECK_TEXT(text_at(&answer, "items.0.variant_id"), goods.variant);
	answer = api_post("/cart/items", customer.access, form("{\"variant_id\": \"%s\"}", goods.variant));
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "items.0.quantity"), 6);
}

static void
test_quantity_is_bounded(void)
{
	struct person customer = shopper();
	struct answer answer;

	EXPECT_FAULT(put(&customer, goods.variant, 0), "quantity");
	EXPECT_FAULT(put(&customer, goods.variant, 100), "quantity");
	EXPECT(put(&customer, goods.variant, 60), 200);
	answer = put(&customer, goods.variant, 40);
	EXPECT_FAULT(answer, "quantity");
	EXPECT(put(&customer, goods.variant, 39), 200);
	answer = api_get("/cart", customer.access);
	CHECK_INT(number_at(&answer, "items.0.quantity"), 99);
}

/* More than is on the shelf does not go in, and what is in can always become less. */
static void
test_no_more_than_is_available(void)
{
	struct person customer = shopper();
	struct goods  few = goods_new(&seller, "1.00", 44);
	struct answer answer = put(&customer, few.variant, 99);
	const char   *item;

	EXPECT_PROBLEM(answer, 409, "insufficient_stock");
	CHECK_TEXT(text_at(&answer, "details.available.0"), "44");
	CHECK_TEXT(text_at(&answer, "details.quantity.0"), "only 44 available");
	answer = put(&customer, few.variant, 40);
	EXPECT(answer, 200);
	item = form("/cart/items/%s", text_at(&answer, "items.0.id"));
	EXPECT_PROBLEM(put(&customer, few.variant, 5), 409, "insufficient_stock");
	EXPECT_PROBLEM(api_patch(item, customer.access, "{\"quantity\": 45}"), 409, "insufficient_stock");
	EXPECT(api_patch(item, customer.access, "{\"quantity\": 44}"), 200);
	sql_run("UPDATE inventory SET reserved = 20 WHERE variant_id = '%s'", few.variant);
	answer = api_patch(item, customer.access, "{\"quantity\": 45}");
	EXPECT_PROBLEM(answer, 409, "insufficient_stock");
	CHECK_TEXT(text_at(&answer, "details.available.0"), "24");
	EXPECT(api_patch(item, customer.access, "{\"quantity\": 30}"), 200);
	EXPECT_PROBLEM(api_patch(item, customer.access, "{\"quantity\": 31}"), 409, "insufficient_stock");
	answer = api_patch(item, customer.access, "{\"quantity\": 24}");
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "items.0.quantity"), 24);
	sql_run("UPDATE inventory SET reserved = 0 WHERE variant_id = '%s'", few.variant);
}

static void
test_bad_bodies(void)
{
	struct person customer = shopper();

	EXPECT_FAULT(api_post("/cart/items", customer.access, "{\"quantity\": 1}"), "variant_id");
	EXPECT_FAULT(api_post("/cart/items", customer.access, "{\"variant_id\": \"x\", \"quantity\": \"1\"}"), "variant_id");
	EXPECT_FAULT(
	    api_post("/cart/items", customer.access, form("{\"variant_id\": \"%s\", \"extra\": 1}", goods.variant)), "extra");
	EXPECT_FAULT(api_post("/cart/items", customer.access, form("{\"variant_id\": \"%s\", \"quantity\": 1.5}", goods.variant)),
	    "quantity");
	EXPECT_PROBLEM(put(&customer, "01890000-0000-7000-8000-000000000000", 1), 404, "not_found");
}

static void
test_change_and_remove(void)
{
	struct person customer = shopper(), other = person_new("customer");
	struct answer answer = put(&customer, goods.variant, 2);
	const char   *item = text_at(&answer, "items.0.id");

	REQUIRE(item != NULL);
	answer = api_patch(form("/cart/items/%s", item), customer.access, "{\"quantity\": 7}");
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "items.0.quantity"), 7);
	CHECK_TEXT(text_at(&answer, "subtotal"), "87.50");
	EXPECT_FAULT(api_patch(form("/cart/items/%s", item), customer.access, "{\"quantity\": 0}"), "quantity");
	EXPECT_FAULT(api_patch(form("/cart/items/%s", item), customer.access, "{}"), "quantity");
	EXPECT_PROBLEM(api_patch(form("/cart/items/%s", item), other.access, "{\"quantity\": 1}"), 404, "not_found");
	EXPECT_PROBLEM(api_delete(form("/cart/items/%s", item), other.access), 404, "not_found");
	EXPECT_PROBLEM(api_delete("/cart/items/not-an-id", customer.access), 404, "not_found");
	answer = api_delete(form("/cart/items/%s", item), customer.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "items"), 0);
	EXPECT_PROBLEM(api_delete(form("/cart/items/%s", item), customer.access), 404, "not_found");
}

static void
test_clear(void)
{
	struct person customer = shopper();
	struct answer answer;

	EXPECT(put(&customer, goods.variant, 2), 200);
	EXPECT(api_delete("/cart", customer.access), 204);
	answer = api_get("/cart", customer.access);
	CHECK_INT(length_at(&answer, "items"), 0);
	EXPECT(api_delete("/cart", customer.access), 204);
}

static void
test_one_currency(void)
{
	struct person customer = shopper(), rupee_seller = shopkeeper_new("INR");
	struct goods  spice = goods_new(&rupee_seller, "99.00", 10);
	struct answer answer;

	EXPECT(put(&customer, goods.variant, 1), 200);
	EXPECT_PROBLEM(put(&customer, spice.variant, 1), 409, "mixed_currency");
	EXPECT(api_delete("/cart", customer.access), 204);
	answer = put(&customer, spice.variant, 1);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "currency"), "INR");
}

/* The codes of all notices, one after the other. */
static const char *
notices(const struct person *person)
{
	struct answer answer = api_get("/cart", person->access);
	const char   *codes = "";

	EXPECT(answer, 200);
	for (size_t i = 0; i < length_at(&answer, "notices"); i++)
		codes = form("%s%s%s", codes, i > 0 ? " " : "", text_at(&answer, form("notices.%zu.code", i)));
	return codes;
}

static void
test_notices(void)
{
	struct person customer = shopper();
	struct goods  pot = goods_new(&seller, "10.00", 5);
	struct answer answer = put(&customer, pot.variant, 3);
	const char   *item = text_at(&answer, "items.0.id");

	CHECK_TEXT(notices(&customer), "");
	sql_run("UPDATE products SET price_minor = 1100, updated_at = updated_at WHERE id = '%s'", pot.product);
	answer = api_get("/cart", customer.access);
	CHECK_TEXT(text_at(&answer, "subtotal"), "33.00");
	CHECK_TEXT(text_at(&answer, "notices.0.code"), "price_changed");
	CHECK_TEXT(text_at(&answer, "notices.0.item_id"), item);
	CHECK_TEXT(text_at(&answer, "notices.0.message"), "the price was 10.00 USD and is now 11.00 USD");
	EXPECT(api_patch(form("/cart/items/%s", item), customer.access, "{\"quantity\": 4}"), 200);
	CHECK_TEXT(notices(&customer), "");
	sql_run("UPDATE inventory SET reserved = 3 WHERE variant_id = '%s'", pot.variant);
	answer = api_get("/cart", customer.access);
	CHECK_TEXT(text_at(&answer, "notices.0.code"), "few_left");
	CHECK_TEXT(text_at(&answer, "notices.0.message"), "only 2 left");
	sql_run("UPDATE inventory SET reserved = 5 WHERE variant_id = '%s'", pot.variant);
	CHECK_TEXT(notices(&customer), "out_of_stock");
	sql_run("UPDATE inventory SET reserved = 0 WHERE variant_id = '%s'", pot.variant);
	sql_run("UPDATE products SET status = 'archived', updated_at = updated_at WHERE id = '%s'", pot.product);
	CHECK_TEXT(notices(&customer), "not_for_sale");
	answer = api_get("/cart", customer.access);
	CHECK_TEXT(text_at(&answer, "subtotal"), "0.00");
	CHECK(!bool_at(&answer, "items.0.for_sale"));
	EXPECT_PROBLEM(put(&customer, pot.variant, 1), 409, "not_for_sale");
	sql_run(
	    "UPDATE products SET status = 'published', price_minor = 1000, updated_at = updated_at WHERE id = '%s'", pot.product);
}

static void
test_suspended_seller(void)
{
	struct person customer = shopper(), other = person_new("shopkeeper");
	struct goods  pot = goods_new(&other, "10.00", 5);

	EXPECT(put(&customer, pot.variant, 1), 200);
	sql_run("UPDATE merchants SET status = 'suspended' WHERE id = '%s'", other.merchant);
	CHECK_TEXT(notices(&customer), "not_for_sale");
	EXPECT_PROBLEM(put(&customer, pot.variant, 1), 409, "not_for_sale");
}

static void
test_full_cart(void)
{
	struct person customer = shopper();
	const char   *variants[100];
	struct answer answer;

	goods_variants(&seller, "1.00", 10, 100, variants);
	for (size_t i = 0; i < 100; i++)
		answer = put(&customer, variants[i], 1);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "items"), 100);
	CHECK_TEXT(text_at(&answer, "subtotal"), "100.00");
	EXPECT_FAULT(put(&customer, goods.variant, 1), "variant_id");
	EXPECT(put(&customer, variants[0], 1), 200);
	answer = api_get("/cart", customer.access);
	for (int i = 0; i < 20 && answer.round_trips > 2; i++)
		answer = api_get("/cart", customer.access);
	CHECK_INT(answer.round_trips, 2); /* who asks, and the cart, however full */
}

static void
test_who_may(void)
{
	struct person admin = person_new("admin");

	shopper();
	EXPECT_PROBLEM(api_get("/cart", NULL), 401, "unauthenticated");
	EXPECT_PROBLEM(api_get("/cart", seller.access), 403, "forbidden");
	EXPECT_PROBLEM(put(&seller, goods.variant, 1), 403, "forbidden");
	EXPECT_PROBLEM(api_get("/cart", admin.access), 403, "forbidden");
}

static void
test_idempotent_add(void)
{
	struct person     customer = shopper();
	const char *const headers[] = { form("Idempotency-Key: %s", customer.id), NULL };
	const char       *body = form("{\"variant_id\": \"%s\", \"quantity\": 2}", goods.variant);
	struct answer     answer;

	EXPECT(api_call("POST", "/cart/items", customer.access, body, headers), 200);
	answer = api_call("POST", "/cart/items", customer.access, body, headers);
	EXPECT(answer, 200);
	CHECK_TEXT(header_of(&answer, "Idempotent-Replayed"), "true");
	CHECK_INT(number_at(&answer, "items.0.quantity"), 2);
	answer = api_get("/cart", customer.access);
	CHECK_INT(number_at(&answer, "items.0.quantity"), 2);
}

/* One customer in many windows: no line is lost, none is doubled. */
static void
test_at_once(void)
{
	enum { WINDOWS = 16 };
	struct person customer = shopper();
	struct call   calls[WINDOWS];
	struct answer answers[WINDOWS], answer;

	for (size_t i = 0; i < WINDOWS; i++)
		calls[i] = (struct call) { "POST", "/cart/items", customer.access,
			form("{\"variant_id\": \"%s\", \"quantity\": 1}", goods.variant), NULL };
	api_calls(calls, WINDOWS, answers);
	for (size_t i = 0; i < WINDOWS; i++)
		EXPECT(answers[i], 200);
	answer = api_get("/cart", customer.access);
	CHECK_INT(length_at(&answer, "items"), 1);
	CHECK_INT(number_at(&answer, "items.0.quantity"), WINDOWS);
}

SUITE("api: cart", TEST(test_empty), TEST(test_twice_adds_up), TEST(test_quantity_is_bounded),
    TEST(test_no_more_than_is_available), TEST(test_bad_bodies), TEST(test_change_and_remove), TEST(test_clear),
    TEST(test_one_currency), TEST(test_notices), TEST(test_suspended_seller), TEST(test_full_cart), TEST(test_who_may),
    TEST(test_idempotent_add), TEST(test_at_once))
