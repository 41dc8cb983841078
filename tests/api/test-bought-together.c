/* What is bought together: counted once when it is paid, taken back for what is cancelled. */
#include "tests/api/shopping.h"

#include <string.h>

static const char *
order_of(const struct person *customer, const struct goods *goods, size_t count)
{
	const char   *items = "";
	struct answer answer;

	for (size_t i = 0; i < count; i++)
		items = form(
		    "%s%s{\"variant_id\": \"%s\", \"quantity\": %zu}", items, i > 0 ? ", " : "", goods[i].variant, 1 + i % 2);
	answer = api_post("/orders", customer->access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [%s]}", address_new(customer),
		items));
	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "id");
}

static const char *
paid_order(const struct person *customer, const struct goods *goods, size_t count)
{
	const char *order = order_of(customer, goods, count);

	attempt_paid(customer, order);
	return order;
}

/* How often the two were bought together, from either side. */
static void
expect_pair(const struct goods *a, const struct goods *b, const char *count)
{
	WAIT_FOR(count, "SELECT IFNULL(SUM(orders_count), 0) FROM product_pairs WHERE product_id = '%s' AND other_id = '%s'",
	    a->product, b->product);
	WAIT_FOR(count, "SELECT IFNULL(SUM(orders_count), 0) FROM product_pairs WHERE product_id = '%s' AND other_id = '%s'",
	    b->product, a->product);
}

static struct answer
beside(const char *product)
{
	struct answer answer = api_get(form("/products/%s/bought-together", product), NULL);

	EXPECT(answer, 200);
	return answer;
}

/* A job renews the stamps just behind its commit. */
static void
expect_beside(const char *product, const struct goods *first, int64_t count)
{
	struct answer answer = beside(product);

	for (int tries = 0; tries < 200 &&
	     (length_at(&answer, "results") != (size_t)count ||
		 (count > 0 && strcmp(text_at(&answer, "results.0.id"), first->product) != 0));
	     tries++)
		answer = beside(product);
	CHECK_INT(length_at(&answer, "results"), count);
	if (count > 0)
		CHECK_TEXT(text_at(&answer, "results.0.id"), first->product);
}

/* By id and slug, kept in the cache, in the order of the counts, without what nobody can buy. */
static void
what_was_paid_together_is_shown(void)
{
	struct person seller = person_new("shopkeeper"), other = person_new("shopkeeper"), customer = person_new("customer"),
		      admin = person_new("admin");
	struct goods goods[3] = { goods_new(&seller, "3.00", 50), goods_new(&seller, "4.00", 50), goods_new(&other, "5.00", 50) };
	struct goods two[2] = { goods[0], goods[2] };
	const char  *path = form("/products/%s/bought-together", goods[0].product);
	const char  *slug = sql_text("SELECT slug FROM products WHERE id = '%s'", goods[0].product);
	struct answer answer = beside(goods[0].product);

	CHECK_INT(length_at(&answer, "results"), 0);
	paid_order(&customer, goods, 3);
	expect_pair(&goods[0], &goods[1], "1");
	expect_pair(&goods[1], &goods[2], "1");
	expect_beside(
	    goods[1].product, sql_number("SELECT '%s' > '%s'", goods[2].product, goods[0].product) ? &goods[2] : &goods[0], 2);
	paid_order(&customer, two, 2);
	expect_pair(&goods[0], &goods[2], "2");
	expect_beside(goods[0].product, &goods[2], 2);
	expect_beside(slug, &goods[2], 2);
	answer = beside(slug);
	CHECK_TEXT(text_at(&answer, "results.1.id"), goods[1].product);
	CHECK_TEXT(text_at(&answer, "results.1.price"), "4.00");
	CHECK_INT(api_round_trips(path, NULL), 0);
	answer = api_get(form("%s?limit=1", path), NULL);
	CHECK_INT(length_at(&answer, "results"), 1);
	/* What is sold out, archived or of a shop that is closed is left out. */
	EXPECT(api_post(
		   form("/inventory/%s/adjustments", goods[2].variant), other.access, "{\"delta\": -47, \"reason\": \"count\"}"),
	    200);
	expect_beside(goods[0].product, &goods[1], 1);
	EXPECT(
	    api_post(form("/inventory/%s/adjustments", goods[2].variant), other.access, "{\"delta\": 9, \"reason\": \"count\"}"),
	    200);
	expect_beside(goods[0].product, &goods[2], 2);
	EXPECT(api_patch(form("/products/%s", goods[1].product), seller.access, "{\"status\": \"archived\"}"), 200);
	expect_beside(goods[0].product, &goods[2], 1);
	EXPECT(api_post(form("/merchants/%s/suspend", other.merchant), admin.access, NULL), 200);
	WAIT_FOR("0", "SELECT COUNT(*) FROM product_documents WHERE product_id = '%s'", goods[2].product);
	expect_beside(goods[0].product, NULL, 0);
	EXPECT_FAULT(api_get(form("%s?limit=25", path), NULL), "limit");
	EXPECT_FAULT(api_get(form("%s?limit=0", path), NULL), "limit");
	EXPECT_PROBLEM(api_get("/products/no-such-product/bought-together", NULL), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("/products/%s/bought-together", goods[1].product), NULL), 404, "not_found");
}

/* Until the jobs about the order and its parts are done. */
static void
wait_until_counted(const char *order)
{
	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM events WHERE pending = 1 AND (aggregate_id = '%s' OR aggregate_id IN "
	    "(SELECT id FROM fulfilments WHERE order_id = '%s'))",
	    order, order);
	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM jobs j JOIN fulfilments f ON f.order_id = '%s' AND (j.payload LIKE CONCAT('%%', CAST(f.id AS UUID), "
	    "'%%') OR j.payload LIKE CONCAT('%%', CAST(f.order_id AS UUID), '%%')) WHERE j.kind = 'count_pairs'",
	    order);
}

/* A job that comes again, as after a worker was killed, or late, for any of the order's events. */
static void
count_again(const char *aggregate)
{
	const char *job = sql_text("SELECT UUID()");

	sql_run("INSERT INTO jobs (id, kind, lane, payload, max_attempts) VALUES ('%s', 'count_pairs', 'upkeep', "
		"'{\"event_id\":\"%s\",\"aggregate_id\":\"%s\"}', 3)",
	    job, job, aggregate);
	run_job_now("count_pairs");
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE id = '%s'", job);
}

static void
what_is_cancelled_counts_no_more(void)
{
	struct person seller = person_new("shopkeeper"), other = person_new("shopkeeper"), customer = person_new("customer");
	struct goods goods[3] = { goods_new(&seller, "3.00", 50), goods_new(&seller, "4.00", 50), goods_new(&other, "5.00", 50) };
	const char  *order, *kept, *part;

	EXPECT(api_post(form("/orders/%s/cancel", order_of(&customer, goods, 3)), customer.access, NULL), 200);
	kept = paid_order(&customer, goods, 3);
	order = paid_order(&customer, goods, 3);
	expect_pair(&goods[0], &goods[1], "2");
	expect_pair(&goods[0], &goods[2], "2");
	count_again(order);
	expect_pair(&goods[0], &goods[1], "2");
	part = sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", order, other.merchant);
	EXPECT(api_post(form("/fulfilments/%s/cancel", part), customer.access, "{\"reason\": \"not wanted\"}"), 200);
	expect_pair(&goods[0], &goods[2], "1");
	expect_pair(&goods[1], &goods[2], "1");
	expect_pair(&goods[0], &goods[1], "2");
	count_again(part);
	count_again(order);
	expect_pair(&goods[0], &goods[2], "1");
	/* The rest of it, and the other order whole. */
	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, NULL), 200);
	expect_pair(&goods[0], &goods[1], "1");
	EXPECT(api_post(form("/orders/%s/cancel", kept), customer.access, NULL), 200);
	expect_pair(&goods[0], &goods[1], "0");
	expect_pair(&goods[1], &goods[2], "0");
	wait_until_counted(kept);
	wait_until_counted(order);
	expect_beside(goods[0].product, NULL, 0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM order_lines WHERE order_id IN ('%s', '%s') AND paired", order, kept), 0);
}

/* Of a large order the first twenty; two variants are one product. */
static void
large_orders_are_bounded(void)
{
	enum { PRODUCTS = 23 };
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods  goods[PRODUCTS + 1];
	const char   *variants[2], *order;

	goods_variants(&seller, "2.00", 9, 2, variants);
	for (size_t i = 0; i < 2; i++)
		goods[i] = (struct goods) { .variant = variants[i],
			.product = sql_text("SELECT product_id FROM variants WHERE id = '%s'", variants[0]) };
	for (size_t i = 2; i <= PRODUCTS; i++)
		goods[i] = goods_new(&seller, "2.00", 9);
	order = paid_order(&customer, goods, PRODUCTS + 1);
	wait_until_counted(order);
	expect_pair(&goods[0], &goods[20], "1");
	CHECK_INT(sql_number("SELECT SUM(paired) FROM order_lines WHERE order_id = '%s'", order), 20);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM product_pairs WHERE product_id IN (SELECT product_id FROM order_lines "
			     "WHERE order_id = '%s')",
		      order),
	    20 * 19);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM product_pairs WHERE product_id = other_id"), 0);
	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, NULL), 200);
	expect_pair(&goods[0], &goods[20], "0");
}

/* Sixteen orders of the same products are paid at once, in either order of their lines. */
static void
many_at_once(void)
{
	enum { ORDERS = 16 };
	struct person  seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods   goods[2] = { goods_new(&seller, "3.00", 99), goods_new(&seller, "4.00", 99) };
	struct goods   turned[2] = { goods[1], goods[0] };
	struct attempt attempts[ORDERS];

	for (int i = 0; i < ORDERS; i++)
		attempts[i] = attempt_new(&customer, order_of(&customer, i % 2 == 0 ? goods : turned, 2));
	for (int i = 0; i < ORDERS; i++)
		sandbox_act("pay", attempts[i].transaction);
	expect_pair(&goods[0], &goods[1], "16");
	for (int i = 0; i < ORDERS; i++)
		wait_until_counted(attempts[i].order);
	expect_pair(&goods[0], &goods[1], "16");
}

/* What is wrong is counted over, and so are the orders of a shop that counted none. */
static void
all_is_counted_over(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods  goods[2] = { goods_new(&seller, "3.00", 99), goods_new(&seller, "4.00", 99) };
	const char   *first = paid_order(&customer, goods, 2);

	paid_order(&customer, goods, 2);
	expect_pair(&goods[0], &goods[1], "2");
	sql_run("UPDATE order_lines SET paired = FALSE WHERE order_id = '%s'", first);
	sql_run("DELETE FROM product_pairs WHERE product_id = '%s'", goods[0].product);
	sql_run("UPDATE product_pairs SET orders_count = 7 WHERE product_id = '%s'", goods[1].product);
	CHECK_INT(shop_command("pairs", "rebuild"), 0);
	expect_pair(&goods[0], &goods[1], "2");
	CHECK_INT(shop_command("pairs", "rebuild"), 0);
	expect_pair(&goods[0], &goods[1], "2");
	expect_beside(goods[0].product, &goods[1], 1);
}

SUITE("api: bought together", TEST(what_was_paid_together_is_shown), TEST(what_is_cancelled_counts_no_more),
    TEST(large_orders_are_bounded), TEST(many_at_once), TEST(all_is_counted_over))
