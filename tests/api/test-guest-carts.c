/* Carts of guests: opened by a token, and merged into one's own after sign-in. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller;
static struct goods  tea, cup, rare, foreign;

static void
need_shop(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	tea = goods_new(&seller, "20.00", 1000);
	cup = goods_new(&seller, "7.25", 1000);
	rare = goods_new(&seller, "99.00", 5);
	foreign = goods_new((struct person[]) { shopkeeper_new("INR") }, "100.00", 1000);
}

/* A guest's cart; its token. */
static const char *
guest_new(void)
{
	struct answer answer = (need_shop(), api_post("/carts", NULL, NULL));

	EXPECT(answer, 201);
	return text_at(&answer, "token");
}

static struct answer
as_guest(const char *token, const char *method, const char *path, const char *body)
{
	return api_call(method, path, NULL, body, HEADERS(form("X-Cart-Token: %s", token)));
}

static const char *
item(const struct goods *goods, int quantity)
{
	return form("{\"variant_id\": \"%s\", \"quantity\": %d}", goods->variant, quantity);
}

static struct answer
put(const char *token, const struct goods *goods, int quantity)
{
	return as_guest(token, "POST", "/cart/items", item(goods, quantity));
}

static struct answer
merge(const struct person *customer, const char *token)
{
	return api_post("/cart/merge", customer->access, form("{\"token\": \"%s\"}", token));
}

/* How many notices of the answer have the code. */
static int
notices(const struct answer *answer, const char *code)
{
	int count = 0;

	for (size_t i = 0; i < length_at(answer, "notices"); i++)
		count += strcmp(text_at(answer, form("notices.%zu.code", i)), code) == 0;
	return count;
}

static void
test_guest_has_a_cart(void)
{
	const char   *token = guest_new(), *line;
	struct answer answer = as_guest(token, "GET", "/cart", NULL);

	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "items"), 0);
	answer = put(token, &tea, 2);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "subtotal"), "40.00");
	line = text_at(&answer, "items.0.id");
	answer = as_guest(token, "PATCH", form("/cart/items/%s", line), "{\"quantity\": 3}");
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "quantity"), 3);
	EXPECT(put(token, &cup, 1), 200);
	answer = as_guest(token, "DELETE", form("/cart/items/%s", line), NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "subtotal"), "7.25");
	EXPECT_PROBLEM(put(token, &rare, 6), 409, "insufficient_stock");
	EXPECT_PROBLEM(put(token, &foreign, 1), 409, "mixed_currency");
	EXPECT(as_guest(token, "DELETE", "/cart", NULL), 204);
	answer = as_guest(token, "GET", "/cart", NULL);
	CHECK_INT(length_at(&answer, "items"), 0);
	/* The token itself is nowhere. */
	CHECK_INT(sql_number("SELECT COUNT(*) FROM carts WHERE guest_token_hash = UNHEX(SHA2('%s', 256))", token), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM carts WHERE guest_token_hash = '%.32s'", token), 0);
}

static void
test_token_opens_it_alone(void)
{
	const char   *token = guest_new(), *other = guest_new(), *line;
	struct person customer = person_new("customer");
	struct answer answer = put(token, &tea, 1);

	EXPECT(answer, 200);
	line = text_at(&answer, "items.0.id");
	EXPECT_PROBLEM(as_guest(other, "DELETE", form("/cart/items/%s", line), NULL), 404, "not_found");
	EXPECT_PROBLEM(as_guest(other, "PATCH", form("/cart/items/%s", line), "{\"quantity\": 3}"), 404, "not_found");
	EXPECT_PROBLEM(as_guest("nobodys", "GET", "/cart", NULL), 404, "not_found");
	EXPECT_PROBLEM(put("nobodys", &tea, 1), 404, "not_found");
	EXPECT_PROBLEM(as_guest("nobodys", "DELETE", "/cart", NULL), 404, "not_found");
	EXPECT_PROBLEM(api_get("/cart", NULL), 401, "unauthenticated");
	/* It opens nothing but the cart, and no cart of who is signed in. */
	EXPECT_PROBLEM(as_guest(token, "POST", "/cart/merge", form("{\"token\": \"%s\"}", token)), 401, "unauthenticated");
	EXPECT_PROBLEM(as_guest(token, "POST", "/orders", "{}"), 401, "unauthenticated");
	EXPECT_PROBLEM(api_call("GET", "/cart", seller.access, NULL, HEADERS(form("X-Cart-Token: %s", token))), 403, "forbidden");
	answer = api_call("GET", "/cart", customer.access, NULL, HEADERS(form("X-Cart-Token: %s", token)));
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "items"), 0);
}

/* Guests behind one address have keys of their own. */
static void
test_idempotency_keys(void)
{
	const char       *token = guest_new(), *other = guest_new();
	const char *const headers[] = { form("X-Cart-Token: %s", token), form("Idempotency-Key: %s", seller.id), NULL };
	const char *const others[] = { form("X-Cart-Token: %s", other), form("Idempotency-Key: %s", seller.id), NULL };
	struct answer     answer;

	EXPECT(api_call("POST", "/cart/items", NULL, item(&tea, 2), headers), 200);
	answer = api_call("POST", "/cart/items", NULL, item(&tea, 2), headers);
	EXPECT(answer, 200);
	CHECK_TEXT(header_of(&answer, "Idempotent-Replayed"), "true");
	CHECK_INT(number_at(&answer, "quantity"), 2);
	answer = api_call("POST", "/cart/items", NULL, item(&cup, 1), others);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "quantity"), 1);
}

static void
test_merged(void)
{
	const char   *token = guest_new();
	struct person customer = person_new("customer");
	struct answer answer;

	EXPECT(put(token, &tea, 2), 200);
	EXPECT(put(token, &cup, 1), 200);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM events WHERE type = 'cart.started' AND JSON_VALUE(payload, '$.customer_id') IS "
		       "NULL AND aggregate_id = (SELECT id FROM carts WHERE guest_token_hash = UNHEX(SHA2('%s', 256)))",
		token),
	    1);
	answer = merge(&customer, token);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "subtotal"), "47.25");
	CHECK_INT(length_at(&answer, "notices"), 0);
	CHECK_INT(sql_number("SELECT JSON_LENGTH(payload, '$.items') FROM events WHERE type = 'cart.started' AND actor_id = '%s'",
		      customer.id),
	    2);
	/* Once more changes nothing, and the guest has it no more. */
	answer = merge(&customer, token);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "subtotal"), "47.25");
	EXPECT_PROBLEM(as_guest(token, "GET", "/cart", NULL), 404, "not_found");
	EXPECT(merge(&customer, "nobodys"), 200);
	EXPECT_FAULT(api_post("/cart/merge", customer.access, "{}"), "token");
	/* What both have adds up. */
	token = guest_new();
	EXPECT(put(token, &tea, 3), 200);
	answer = merge(&customer, token);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "items.0.quantity"), 5);
	CHECK_INT(length_at(&answer, "items"), 2);
}

static void
test_merge_is_cut(void)
{
	const char   *token = guest_new();
	struct person customer = person_new("customer");
	struct answer answer;

	EXPECT(api_post("/cart/items", customer.access, item(&rare, 3)), 200);
	EXPECT(api_post("/cart/items", customer.access, item(&tea, 90)), 200);
	EXPECT(put(token, &rare, 4), 200);
	EXPECT(put(token, &tea, 20), 200);
	answer = merge(&customer, token);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "items.0.quantity"), 5);
	CHECK_INT(number_at(&answer, "items.1.quantity"), 99);
	CHECK_INT(notices(&answer, "quantity_cut"), 2);
	/* Another currency stays out, and so does what is sold out; nothing is lost of what was there. */
	token = guest_new();
	EXPECT(put(token, &foreign, 1), 200);
	answer = merge(&customer, token);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "items"), 2);
	CHECK_INT(notices(&answer, "mixed_currency"), 1);
	CHECK_TEXT(text_at(&answer, "notices.0.variant_id"), foreign.variant);
	CHECK(!has_at(&answer, "notices.0.item_id"));
	token = guest_new();
	EXPECT(put(token, &rare, 1), 200);
	EXPECT(put(token, &cup, 1), 200);
	sql_run("UPDATE inventory SET on_hand = 0 WHERE variant_id = '%s'", rare.variant);
	customer = person_new("customer");
	answer = merge(&customer, token);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "items"), 1);
	CHECK_INT(notices(&answer, "out_of_stock"), 1);
	sql_run("UPDATE inventory SET on_hand = 5 WHERE variant_id = '%s'", rare.variant);
}

static void
test_expires(void)
{
	const char *token = guest_new(), *hash = form("guest_token_hash = UNHEX(SHA2('%s', 256))", token);

	EXPECT(put(token, &tea, 1), 200);
	CHECK_INT(sql_number("SELECT expires_at > NOW(3) + INTERVAL 29 DAY FROM carts WHERE %s", hash), 1);
	sql_run("UPDATE carts SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE %s", hash);
	EXPECT_PROBLEM(as_guest(token, "GET", "/cart", NULL), 404, "not_found");
	EXPECT_PROBLEM(put(token, &tea, 1), 404, "not_found");
	run_job_now("purge");
	WAIT_FOR("0", "SELECT COUNT(*) FROM carts WHERE %s", hash);
}

SUITE("api: guest carts", TEST(test_guest_has_a_cart), TEST(test_token_opens_it_alone), TEST(test_idempotency_keys),
    TEST(test_merged), TEST(test_merge_is_cut), TEST(test_expires))
