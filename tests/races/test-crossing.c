/*
 * The last units of several variants of one product, bought, given back, delivered and written off at random by many at once:
 * what the catalogue keeps of its stock is what its stock has become.
 */
#include "tests/races/crowd.h"

#include "base/instant.h"

#include <stdio.h>
#include <stdlib.h>

enum { VARIANTS = 4, ROUNDS = 8, AT_ONCE = 32, WAITING_MAX = ROUNDS * AT_ONCE };

static struct call   calls[AT_ONCE];
static struct answer answers[AT_ONCE];
static const char   *product, *variants[VARIANTS];

/* An order that may be cancelled, and whose it is. */
static struct {
	const char *order;
	size_t      customer;
} waiting[WAITING_MAX];
static size_t n_waiting;

/* Each variant at a price of its own, so that the lowest that can be paid tells which of them is there. */
static void
begin(void)
{
	unsigned      seed = (unsigned)instant_now().unix_ms;
	struct answer answer;
	const char   *list = "";

	printf("seed %u ", seed);
	srandom(seed);
	for (int i = 0; i < VARIANTS; i++)
		list = form("%s%s{\"sku\": \"C-%u-%d\", \"on_hand\": 1, \"price\": \"1%d.00\", \"options\": {\"size\": \"%d\"}}",
		    list, i > 0 ? ", " : "", seed, i, i, i);
	answer = api_post("/products", crowd_seller()->access,
	    form("{\"name\": \"Crossing %u\", \"category_id\": \"%s\", \"price\": \"99.00\", \"status\": \"published\", "
		 "\"options\": [{\"name\": \"size\", \"values\": [\"0\", \"1\", \"2\", \"3\"]}], \"variants\": [%s]}",
		seed, sql_text("SELECT id FROM categories WHERE is_active ORDER BY id LIMIT 1"), list));
	REQUIRE(answer.status == 201);
	product = text_at(&answer, "id");
	for (int i = 0; i < VARIANTS; i++)
		variants[i] = text_at(&answer, form("variants.%d.id", i));
	n_waiting = 0;
}

static size_t
any(size_t count)
{
	return (size_t)random() % count;
}

static struct call
adjustment(int delta)
{
	return (struct call) { "POST", form("/inventory/%s/adjustments", variants[any(VARIANTS)]), crowd_seller()->access,
		form("{\"delta\": %d, \"reason\": \"a race\"}", delta), NULL };
}

static struct call
purchase(size_t customer)
{
	size_t first = any(VARIANTS), second = any(VARIANTS);

	return first == second ? order_call(customer, variants[first], 1, NULL, 0)
			       : order_call(customer, variants[first], 1, variants[second], 1);
}

static struct call
something(size_t customer)
{
	size_t at;

	switch (any(5)) {
	case 0:
		return adjustment(1);
	case 1:
		return adjustment(-1);
	case 2:
		if (n_waiting == 0)
			return purchase(customer);
		at = any(n_waiting);
		return (struct call) { "POST", form("/orders/%s/cancel", waiting[at].order),
			crowd()->people[waiting[at].customer % CROWD_PEOPLE].access, "{}", NULL };
	default:
		return purchase(customer);
	}
}

/* The state of the product by its stock, beside what is kept of it. */
#define BY_STOCK \
	"SELECT MAX(i.on_hand > i.reserved) AS in_stock, " \
	"IFNULL(MIN(IF(i.on_hand > i.reserved, v.price_minor, NULL)), MIN(v.price_minor)) AS lowest " \
	"FROM variants v JOIN inventory i ON i.variant_id = v.id WHERE v.product_id = '%s'"

static void
expect_state(void)
{
	CHECK_INT(sql_number("SELECT COUNT(*) FROM product_documents d JOIN (" BY_STOCK ") s WHERE d.product_id = '%s' "
			     "AND d.in_stock = s.in_stock AND d.price_minor = s.lowest",
		      product, product),
	    1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM product_listings l JOIN (" BY_STOCK ") s WHERE l.product_id = '%s' "
			     "AND NOT (l.in_stock = s.in_stock AND l.price_minor = s.lowest)",
		      product, product),
	    0);
}

static void
test_state_follows_the_stock(void)
{
	begin();
	expect_state();
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < AT_ONCE; i++)
			calls[i] = something(i);
		api_calls(calls, AT_ONCE, answers);
		for (size_t i = 0; i < AT_ONCE; i++) {
			CHECK(answers[i].status == 200 || answers[i].status == 201 || answers[i].status == 409);
			if (answers[i].status != 201)
				continue;
			waiting[n_waiting].order = text_at(&answers[i], "id");
			waiting[n_waiting++].customer = i;
		}
		expect_state();
	}
}

/* One by one: each way in which stock changes, at the edge. */
static void
test_each_way_is_heard(void)
{
	const char   *all[VARIANTS];
	struct answer answer;

	begin();
	for (int i = 0; i < VARIANTS; i++) {
		answer = api_call("POST", "/orders", order_call(0, variants[i], 1, NULL, 0).token,
		    order_call(0, variants[i], 1, NULL, 0).body, NULL);
		EXPECT(answer, 201);
		all[i] = text_at(&answer, "id");
		expect_state();
	}
	CHECK_INT(sql_number("SELECT in_stock FROM product_documents WHERE product_id = '%s'", product), 0);
	EXPECT(api_post(form("/orders/%s/cancel", all[2]), crowd()->people[0].access, "{}"), 200);
	expect_state();
	CHECK_INT(sql_number("SELECT price_minor FROM product_documents WHERE product_id = '%s'", product), 1200);
	EXPECT(api_post(form("/inventory/%s/adjustments", variants[1]), crowd_seller()->access,
		   "{\"delta\": 1, \"reason\": \"a race\"}"),
	    200);
	expect_state();
	CHECK_INT(sql_number("SELECT price_minor FROM product_documents WHERE product_id = '%s'", product), 1100);
	EXPECT(api_post(form("/inventory/%s/adjustments", variants[1]), crowd_seller()->access,
		   "{\"delta\": -1, \"reason\": \"a race\"}"),
	    200);
	expect_state();
}

/*
 * Whether the catalogue has the product, by what it keeps of it, and by its page as a client sees it: of what a webhook or a job
 * has changed a moment ago, too.
 */
static void
expect_there(bool there)
{
	int64_t       until = monotonic_ms() + 10000;
	struct answer answer;

	expect_state();
	CHECK_INT(sql_number("SELECT in_stock FROM product_documents WHERE product_id = '%s'", product), there);
	do
		answer = api_get(form("/products/%s", product), NULL);
	while (number_at(&answer, "variants.0.available") != there && monotonic_ms() < until);
	CHECK_INT(number_at(&answer, "variants.0.available"), there);
}

/* The last unit of all: held, given back by its time running out, reserved again by late money, sold, and sent back. */
static void
test_what_comes_back_and_goes_again(void)
{
	const struct person *customer = &crowd()->people[0];
	struct answer        answer;
	const char          *order;

	begin();
	for (int i = 1; i < VARIANTS; i++)
		EXPECT(api_post(form("/inventory/%s/adjustments", variants[i]), crowd_seller()->access,
			   "{\"delta\": -1, \"reason\": \"a race\"}"),
		    200);
	expect_there(true);
	answer = api_call(
	    "POST", "/orders", order_call(0, variants[0], 1, NULL, 0).token, order_call(0, variants[0], 1, NULL, 0).body, NULL);
	EXPECT(answer, 201);
	order = text_at(&answer, "id");
	expect_there(false);
	answer = payment_new(customer, order, "stripe");
	EXPECT(answer, 201);
	sql_run("UPDATE orders SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", order);
	run_job_now("expire_orders");
	WAIT_FOR("expired", "SELECT status FROM orders WHERE id = '%s'", order);
	expect_there(true);
	WAIT_FOR("cancelled", "SELECT status FROM payments WHERE reference = '%s'", text_at(&answer, "reference"));
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", text_at(&answer, "provider_transaction_id")), "force=1"), 200);
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", order);
	expect_there(false);
	EXPECT(api_post(form("/orders/%s/cancel", order), customer->access, "{}"), 200);
	expect_there(true);
	/* And nothing is left of it by the next. */
	answer = api_call(
	    "POST", "/orders", order_call(1, variants[0], 1, NULL, 0).token, order_call(1, variants[0], 1, NULL, 0).body, NULL);
	EXPECT(answer, 201);
	expect_there(false);
	EXPECT(api_post(form("/orders/%s/cancel", text_at(&answer, "id")), crowd()->people[1].access, "{}"), 200);
	expect_there(true);
}

static void
test_everything_agrees(void)
{
	EXPECT_CONSISTENT();
}

SUITE("races: stock that crosses zero", TEST(test_each_way_is_heard), TEST(test_what_comes_back_and_goes_again),
    TEST(test_state_follows_the_stock), TEST(test_everything_agrees))
