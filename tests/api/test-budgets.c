/* A list and a detail ask the database as often for fifty rows or lines as for one; so does placing an order. */
#include "tests/api/shopping.h"

#include <limits.h>
#include <string.h>

enum { MANY = 50, TRIES = 24 };

static struct person seller, customer, admin;
static const char   *address, *variants[100];

static void
need_shop(void)
{
	if (seller.id != NULL)
		return;
	admin = person_new("admin");
	customer = person_new("customer");
	address = address_new(&customer);
	seller = person_new("shopkeeper");
	goods_variants(&seller, "1.00", 10000, 100, variants);
}

/* Both paths succeed, the second with `rows` in the array `at` of its answer, and for the same round trips. */
static void
compare(const char *one, const char *many, const char *token, const char *at, size_t rows)
{
	struct answer answer = api_get(many, token);
	long          for_one = api_round_trips(one, token), for_many = api_round_trips(many, token);

	if (length_at(&answer, at) < rows || for_one != for_many) {
		printf("%s takes %ld round trips, %s with %zu rows %ld\n", one, for_one, many, length_at(&answer, at), for_many);
		CHECK(length_at(&answer, at) >= rows);
		CHECK_INT(for_many, for_one);
	}
}

static void
compare_pages(const char *list, const char *size, const char *token)
{
	const char *with = strchr(list, '?') == NULL ? "?" : "&";

	compare(form("%s%s%s=1", list, with, size), form("%s%s%s=%d", list, with, size, MANY), token, "results", MANY);
}

/* The items of an order of so many lines. */
static const char *
lines(size_t count)
{
	const char *list = "";

	for (size_t i = 0; i < count; i++)
		list = form("%s%s{\"variant_id\": \"%s\", \"quantity\": 1}", list, i > 0 ? ", " : "", variants[i]);
	return form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [%s]}", address, list);
}

/* The fewest round trips of some tries: a worker prepares its statements at its first. */
static long
fewest_trips(const char *path, const char *body, int status)
{
	long fewest = LONG_MAX;

	for (int i = 0; i < TRIES; i++) {
		struct answer answer = api_post(path, customer.access, body);

		EXPECT(answer, status);
		fewest = answer.round_trips < fewest ? answer.round_trips : fewest;
	}
	return fewest;
}

/* The same of a list whose greatest price is another each time, so that nothing of it was kept. */
static long
fewest_of_list(int64_t price, const char *filters)
{
	static int cents;
	long       fewest = LONG_MAX;

	for (int i = 0; i < TRIES; i++) {
		struct answer answer =
		    api_get(form("/products?currency=USD&max_price=%lld.%02d&%s", (long long)price, cents++, filters), NULL);

		EXPECT(answer, 200);
		CHECK_INT(length_at(&answer, "results"), 1);
		fewest = answer.round_trips < fewest ? answer.round_trips : fewest;
	}
	return fewest;
}

/* How much a price leaves is asked once, by the list, and not for its facets again; of a merchant it is not asked at all. */
static void
test_facets_ask_nothing_twice(void)
{
	struct person apart = person_new("shopkeeper");
	const char   *merchant = form("merchant=%s", apart.merchant), *least;
	int64_t       price = sql_number("SELECT 1000000 + UNIX_TIMESTAMP() %% 8000000"); /* nobody else's */

	least = form("min_price=%lld", (long long)price);
	goods_new(&apart, form("%lld.00", (long long)price), 1);
	CHECK_INT(fewest_of_list(price, form("%s&facets=true", least)) - fewest_of_list(price, least),
	    fewest_of_list(price, form("%s&facets=true", merchant)) - fewest_of_list(price, merchant));
}

static const char *
place(size_t count)
{
	struct answer answer = api_post("/orders", customer.access, lines(count));

	EXPECT(answer, 201);
	return text_at(&answer, "id");
}

static void
test_lists_of_the_shop(void)
{
	long one;

	need_shop();
	/* Of one who is signed in, for whom nothing is kept. */
	compare_pages("/products", "limit", customer.access);
	/* A page that its first look does not fill is looked for once more, up to where a walk ends. */
	one = api_round_trips("/products?in_stock=true&ordering=-price&limit=1", customer.access);
	CHECK(api_round_trips(form("/products?in_stock=true&ordering=-price&limit=%d", MANY), customer.access) <= one + 2);
	for (int i = 0; i < MANY; i++) {
		EXPECT(api_post("/brands", admin.access, form("{\"name\": \"Budget %d %s\"}", i, admin.id)), 201);
		EXPECT(api_post("/categories", admin.access, form("{\"name\": \"Budget %d %s\"}", i, admin.id)), 201);
		person_new("shopkeeper");
	}
	compare_pages("/brands", "page_size", NULL);
	compare_pages("/categories", "page_size", NULL);
	compare_pages("/merchants", "page_size", admin.access);
	compare_pages("/users", "page_size", admin.access);
}

static void
test_lists_of_a_person(void)
{
	struct person other = person_new("customer");

	need_shop();
	address_new(&other);
	for (int i = 1; i < MANY; i++) {
		person_login(&customer);
		address_new(&customer);
	}
	CHECK_INT(api_round_trips("/addresses", customer.access), api_round_trips("/addresses", other.access));
	CHECK_INT(api_round_trips("/accounts/sessions", customer.access), api_round_trips("/accounts/sessions", other.access));
}

static void
test_stock(void)
{
	const char *path;

	need_shop();
	path = form("/inventory/%s", variants[99]);
	for (int i = 0; i < MANY; i++)
		EXPECT(api_post(form("%s/adjustments", path), seller.access, "{\"delta\": 1, \"reason\": \"count\"}"), 200);
	compare_pages(form("%s/movements", path), "limit", seller.access);
}

static void
test_orders(void)
{
	const char *one, *many;

	need_shop();
	CHECK_INT(fewest_trips("/orders", lines(MANY), 201), fewest_trips("/orders", lines(1), 201));
	CHECK_INT(fewest_trips("/orders/quote", lines(MANY), 200), fewest_trips("/orders/quote", lines(1), 200));
	one = place(1);
	many = place(MANY);
	compare(form("/orders/%s", one), form("/orders/%s", many), customer.access, "items", MANY);
	for (int i = 2 * TRIES; i < MANY; i++)
		place(1);
	compare_pages("/orders", "limit", customer.access);
	compare_pages("/orders", "limit", admin.access);
	compare_pages("/orders", "limit", seller.access);
}

static void
test_cart_and_product(void)
{
	struct person small = person_new("customer");
	struct goods  goods;
	struct answer answer;

	need_shop();
	EXPECT(api_post("/cart/items", small.access, form("{\"variant_id\": \"%s\", \"quantity\": 1}", variants[0])), 200);
	for (size_t i = 0; i < MANY; i++)
		EXPECT(api_post("/cart/items", customer.access, form("{\"variant_id\": \"%s\", \"quantity\": 1}", variants[i])),
		    200);
	answer = api_get("/cart", customer.access);
	CHECK_INT(length_at(&answer, "items"), MANY);
	CHECK_INT(api_round_trips("/cart", customer.access), api_round_trips("/cart", small.access));
	goods = goods_new(&seller, "1.00", 1);
	answer = api_get(form("/inventory/%s", variants[0]), seller.access);
	compare(
	    form("/products/%s", goods.product), form("/products/%s", text_at(&answer, "product_id")), NULL, "variants", MANY);
}

static void
test_payments(void)
{
	struct answer answer, other;
	const char   *order, *path;

	need_shop();
	for (int i = 0; i < MANY; i++) {
		order = place(1);
		other = payment_new(&customer, order, "stripe");
		EXPECT(other, 201);
	}
	compare_pages("/payments", "limit", admin.access);
	order = place(MANY);
	answer = payment_new(&customer, order, "stripe");
	EXPECT(answer, 201);
	sandbox_act("pay", text_at(&answer, "provider_transaction_id"));
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", order);
	path = form("/payments/%s/refunds", text_at(&answer, "reference"));
	for (int i = 0; i < MANY; i++)
		EXPECT(api_post(path, admin.access, "{\"amount\": \"0.10\", \"reason\": \"a dent\"}"), 201);
	compare(form("/payments/%s/refunds", text_at(&other, "reference")), path, admin.access, "results", MANY);
	compare(form("/payments/%s", text_at(&other, "reference")), form("/payments/%s", text_at(&answer, "reference")),
	    admin.access, "", 0);
	CHECK_INT(api_round_trips(form("/orders/%s/payments", order), customer.access),
	    api_round_trips(form("/orders/%s/payments", text_at(&other, "order_id")), customer.access));
}

SUITE("api: budgets", TEST(test_lists_of_the_shop), TEST(test_facets_ask_nothing_twice), TEST(test_lists_of_a_person),
    TEST(test_stock), TEST(test_orders), TEST(test_cart_and_product), TEST(test_payments))
