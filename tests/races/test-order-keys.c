/* The same Idempotency-Key sixty-four times at once: one order, and everybody hears of it or is told to wait. */
#include "tests/races/crowd.h"

#include <string.h>

enum { TIMES = CROWD_MAX };

static struct call   calls[TIMES];
static struct answer answers[TIMES];

/* One order came about; its id. */
static const char *
expect_one_order(void)
{
	const char *id = NULL;
	size_t      fresh = 0;

	for (size_t i = 0; i < TIMES; i++) {
		if (answers[i].status != 201) {
			EXPECT_PROBLEM(answers[i], 409, "idempotency_key_in_use");
			continue;
		}
		fresh += header_of(&answers[i], "Idempotent-Replayed") == NULL;
		if (id == NULL)
			id = text_at(&answers[i], "id");
		CHECK_TEXT(text_at(&answers[i], "id"), id);
	}
	CHECK_INT(fresh, 1);
	return id;
}

static void
test_same_key(void)
{
	for (int round = 0; round < 4; round++) {
		struct goods      goods = goods_new(crowd_seller(), "20.00", 100);
		const char *const headers[] = { form("Idempotency-Key: once-%s", goods.variant), NULL };
		struct answer     later;
		const char       *id;

		for (size_t i = 0; i < TIMES; i++) {
			calls[i] = order_call(0, goods.variant, 2, NULL, 0);
			calls[i].headers = headers;
		}
		api_calls(calls, TIMES, answers);
		id = expect_one_order();
		REQUIRE(id != NULL);
		CHECK_INT(stock_of("reserved", goods.variant), 2);
		CHECK_INT(sql_number("SELECT COUNT(*) FROM order_lines WHERE variant_id = '%s'", goods.variant), 1);
		later = api_call("POST", "/orders", calls[0].token, calls[0].body, headers);
		EXPECT(later, 201);
		CHECK_TEXT(text_at(&later, "id"), id);
		CHECK_TEXT(header_of(&later, "Idempotent-Replayed"), "true");
	}
}

/*
 * What the first has taken is refused to the others, and is no answer to them: there is stock for one order, and its cart
 * is empty behind it.
 */
static void
test_same_key_takes_the_last(void)
{
	for (int round = 0; round < 4; round++) {
		struct goods      goods = goods_new(crowd_seller(), "20.00", 2);
		const char *const headers[] = { form("Idempotency-Key: last-%s", goods.variant), NULL };
		struct call       order = order_call(2, goods.variant, 2, NULL, 0);

		if (round % 2 == 1) {
			EXPECT(api_post(
				   "/cart/items", order.token, form("{\"variant_id\": \"%s\", \"quantity\": 2}", goods.variant)),
			    200);
			order.body =
			    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\"}", crowd()->addresses[2]);
		}
		order.headers = headers;
		for (size_t i = 0; i < TIMES; i++)
			calls[i] = order;
		api_calls(calls, TIMES, answers);
		REQUIRE(expect_one_order() != NULL);
		CHECK_INT(stock_of("reserved", goods.variant), 2);
	}
}

/* The same key with two different bodies: one of them is ordered, the other is told so. */
static void
test_same_key_two_bodies(void)
{
	struct goods      goods = goods_new(crowd_seller(), "20.00", 100);
	const char *const headers[] = { form("Idempotency-Key: two-%s", goods.variant), NULL };
	size_t            placed = 0;

	for (size_t i = 0; i < TIMES; i++) {
		calls[i] = order_call(1, goods.variant, (int)(i % 2) + 1, NULL, 0);
		calls[i].headers = headers;
	}
	api_calls(calls, TIMES, answers);
	for (size_t i = 0; i < TIMES; i++) {
		if (answers[i].status == 201)
			placed++;
		else if (answers[i].status == 422)
			EXPECT_PROBLEM(answers[i], 422, "idempotency_key_reused");
		else
			EXPECT_PROBLEM(answers[i], 409, "idempotency_key_in_use");
	}
	CHECK(placed >= 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM order_lines WHERE variant_id = '%s'", goods.variant), 1);
}

/* Scope is the user: the same key of others is another. */
static void
test_same_key_of_others(void)
{
	struct goods      goods = goods_new(crowd_seller(), "20.00", 100);
	const char *const headers[] = { form("Idempotency-Key: all-%s", goods.variant), NULL };

	for (size_t i = 0; i < CROWD_PEOPLE; i++) {
		calls[i] = order_call(i, goods.variant, 1, NULL, 0);
		calls[i].headers = headers;
	}
	api_calls(calls, CROWD_PEOPLE, answers);
	for (size_t i = 0; i < CROWD_PEOPLE; i++)
		EXPECT(answers[i], 201);
	CHECK_INT(stock_of("reserved", goods.variant), CROWD_PEOPLE);
}

static void
test_everything_agrees(void)
{
	EXPECT_CONSISTENT();
}

SUITE("races: idempotency keys", TEST(test_same_key), TEST(test_same_key_takes_the_last), TEST(test_same_key_two_bodies),
    TEST(test_same_key_of_others), TEST(test_everything_agrees))
