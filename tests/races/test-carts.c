/* Orders of the same two things in opposite order: a deadlock may happen inside, but no client hears of it. */
#include "tests/races/crowd.h"

enum { ROUNDS = 4 };

static struct goods  left, right;
static struct call   calls[CROWD_MAX];
static struct answer answers[CROWD_MAX];

static void
need_goods(void)
{
	if (right.variant != NULL)
		return;
	left = goods_new(crowd_seller(), "3.00", 100000);
	right = goods_new(crowd_seller(), "4.00", 100000);
}

static void
expect_all_placed(size_t count)
{
	for (size_t i = 0; i < count; i++)
		EXPECT(answers[i], 201);
}

static void
test_opposite_items(void)
{
	int64_t before;

	need_goods();
	before = stock_of("reserved", left.variant);
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < CROWD_MAX; i++)
			calls[i] = i % 2 ? order_call(i, left.variant, 1, right.variant, 2)
					 : order_call(i, right.variant, 2, left.variant, 1);
		api_calls(calls, CROWD_MAX, answers);
		expect_all_placed(CROWD_MAX);
	}
	CHECK_INT(stock_of("reserved", left.variant), before + ROUNDS * CROWD_MAX);
	CHECK_INT(stock_of("reserved", right.variant), before * 2 + ROUNDS * CROWD_MAX * 2);
}

static struct call
put_call(size_t i, const char *variant)
{
	return (
	    struct call) { "POST", "/cart/items", crowd()->people[i].access, form("{\"variant_id\": \"%s\"}", variant), NULL };
}

/* The same from carts that were filled in opposite order. */
static void
test_opposite_carts(void)
{
	need_goods();
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < CROWD_PEOPLE; i++)
			calls[i] = put_call(i, i % 2 ? left.variant : right.variant);
		api_calls(calls, CROWD_PEOPLE, answers);
		for (size_t i = 0; i < CROWD_PEOPLE; i++)
			calls[i] = put_call(i, i % 2 ? right.variant : left.variant);
		api_calls(calls, CROWD_PEOPLE, answers);
		for (size_t i = 0; i < CROWD_PEOPLE; i++)
			calls[i] = (struct call) { "POST", "/orders", crowd()->people[i].access,
				form(
				    "{\"shipping_address_id\": \"%s\", \"shipping_method\": \"express\"}", crowd()->addresses[i]),
				NULL };
		api_calls(calls, CROWD_PEOPLE, answers);
		expect_all_placed(CROWD_PEOPLE);
	}
}

/* Ordered, cancelled and restocked at once, each in another order of the rows. */
static void
test_orders_cancels_and_deliveries(void)
{
	enum { THIRD = CROWD_MAX / 4 };
	int64_t before;

	need_goods();
	before = stock_of("on_hand", left.variant);
	for (size_t i = 0; i < THIRD; i++)
		calls[i] = order_call(i, left.variant, 1, right.variant, 1);
	api_calls(calls, THIRD, answers);
	expect_all_placed(THIRD);
	for (size_t i = 0; i < THIRD; i++)
		calls[i] = (struct call) { "POST", form("/orders/%s/cancel", text_at(&answers[i], "id")),
			crowd()->people[i % CROWD_PEOPLE].access, "{}", NULL };
	for (size_t i = THIRD; i < 2 * THIRD; i++)
		calls[i] = order_call(i, right.variant, 1, left.variant, 1);
	for (size_t i = 2 * THIRD; i < 3 * THIRD; i++)
		calls[i] = (struct call) { "POST", form("/inventory/%s/adjustments", i % 2 ? left.variant : right.variant),
			crowd_seller()->access, "{\"delta\": 2, \"reason\": \"delivery\"}", NULL };
	api_calls(calls, 3 * THIRD, answers);
	for (size_t i = 0; i < 3 * THIRD; i++)
		EXPECT(answers[i], i < THIRD || i >= 2 * THIRD ? 200 : 201);
	CHECK_INT(stock_of("on_hand", left.variant), before + THIRD);
}

/* A guest signs in with two windows open, each of which merges: the items come over once. */
static void
test_merged_by_two_windows(void)
{
	need_goods();
	for (int round = 0; round < ROUNDS; round++) {
		const struct person *customer = &crowd()->people[round];
		struct answer        answer = api_post("/carts", NULL, NULL);
		const char          *token;

		EXPECT(answer, 201);
		token = text_at(&answer, "token");
		EXPECT(api_delete("/cart", customer->access), 204);
		EXPECT(api_call("POST", "/cart/items", NULL, form("{\"variant_id\": \"%s\", \"quantity\": 3}", left.variant),
			   HEADERS(form("X-Cart-Token: %s", token))),
		    200);
		for (size_t i = 0; i < 2; i++)
			calls[i] =
			    (struct call) { "POST", "/cart/merge", customer->access, form("{\"token\": \"%s\"}", token), NULL };
		api_calls(calls, 2, answers);
		for (size_t i = 0; i < 2; i++)
			EXPECT(answers[i], 200);
		answer = api_get("/cart", customer->access);
		CHECK_INT(number_at(&answer, "quantity"), 3);
	}
}

static void
test_everything_agrees(void)
{
	EXPECT_CONSISTENT();
}

SUITE("races: carts", TEST(test_opposite_items), TEST(test_opposite_carts), TEST(test_orders_cancels_and_deliveries),
    TEST(test_merged_by_two_windows), TEST(test_everything_agrees))
