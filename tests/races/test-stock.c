/* Sixty-four clients for ten units: ten get one, nobody gets an eleventh, and nobody hears of a deadlock. */
#include "tests/races/crowd.h"

#include <limits.h>
#include <string.h>

enum { UNITS = 10 };

static struct call   calls[CROWD_MAX];
static struct answer answers[CROWD_MAX];

static void
test_ten_units(void)
{
	struct goods goods = goods_new(crowd_seller(), "20.00", UNITS);

	for (size_t i = 0; i < CROWD_MAX; i++)
		calls[i] = order_call(i, goods.variant, 1, NULL, 0);
	api_calls(calls, CROWD_MAX, answers);
	CHECK_INT(count_status(answers, CROWD_MAX, 201), UNITS);
	for (size_t i = 0; i < CROWD_MAX; i++)
		if (answers[i].status != 201)
			EXPECT_PROBLEM(answers[i], 409, "insufficient_stock");
	CHECK_INT(stock_of("reserved", goods.variant), UNITS);
	CHECK_INT(stock_of("on_hand", goods.variant), UNITS);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM order_lines WHERE variant_id = '%s'", goods.variant), UNITS);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM reservations WHERE variant_id = '%s'", goods.variant), UNITS);
}

/* One to three each: what is refused was really not there, since stock only goes down. */
static void
test_several_each(void)
{
	struct goods goods = goods_new(crowd_seller(), "20.00", UNITS);
	int64_t      sold = 0, smallest_refused = LONG_MAX;

	for (size_t i = 0; i < CROWD_MAX; i++)
		calls[i] = order_call(i, goods.variant, (int)(i % 3) + 1, NULL, 0);
	api_calls(calls, CROWD_MAX, answers);
	for (size_t i = 0; i < CROWD_MAX; i++) {
		int64_t asked = (int64_t)(i % 3) + 1;

		if (answers[i].status == 201) {
			sold += asked;
			continue;
		}
		EXPECT_PROBLEM(answers[i], 409, "insufficient_stock");
		smallest_refused = asked < smallest_refused ? asked : smallest_refused;
	}
	CHECK(sold <= UNITS);
	CHECK_INT(stock_of("reserved", goods.variant), sold);
	CHECK(UNITS - sold < smallest_refused);
}

/* The last unit of one thing, and plenty of another: who does not get the one gets neither. */
static void
test_all_or_nothing(void)
{
	struct goods rare = goods_new(crowd_seller(), "20.00", 1), plenty = goods_new(crowd_seller(), "2.00", 1000);

	for (size_t i = 0; i < CROWD_MAX; i++)
		calls[i] =
		    i % 2 ? order_call(i, rare.variant, 1, plenty.variant, 2) : order_call(i, plenty.variant, 2, rare.variant, 1);
	api_calls(calls, CROWD_MAX, answers);
	CHECK_INT(count_status(answers, CROWD_MAX, 201), 1);
	CHECK_INT(count_status(answers, CROWD_MAX, 409), CROWD_MAX - 1);
	CHECK_INT(stock_of("reserved", rare.variant), 1);
	CHECK_INT(stock_of("reserved", plenty.variant), 2);
}

/* Each order is cancelled by two at once: one of them does, and the stock comes back once. */
static void
test_cancelled_once(void)
{
	struct goods goods = goods_new(crowd_seller(), "20.00", CROWD_MAX / 2);

	for (size_t i = 0; i < CROWD_MAX / 2; i++)
		calls[i] = order_call(i, goods.variant, 1, NULL, 0);
	api_calls(calls, CROWD_MAX / 2, answers);
	CHECK_INT(count_status(answers, CROWD_MAX / 2, 201), CROWD_MAX / 2);
	for (size_t i = 0; i < CROWD_MAX; i++)
		calls[i] = (struct call) { "POST", form("/orders/%s/cancel", text_at(&answers[i / 2], "id")),
			crowd()->people[i / 2 % CROWD_PEOPLE].access, "{}", NULL };
	api_calls(calls, CROWD_MAX, answers);
	CHECK_INT(count_status(answers, CROWD_MAX, 200), CROWD_MAX / 2);
	for (size_t i = 0; i < CROWD_MAX; i++)
		if (answers[i].status != 200)
			EXPECT_PROBLEM(answers[i], 409, "order_not_cancellable");
	CHECK_INT(stock_of("reserved", goods.variant), 0);
	CHECK_INT(stock_of("on_hand", goods.variant), CROWD_MAX / 2);
}

/* Placed and cancelled at the same time: what comes back can be had, and never more than there is. */
static void
test_placed_while_cancelled(void)
{
	enum { HALF = CROWD_MAX / 2 };
	struct goods goods = goods_new(crowd_seller(), "20.00", HALF);
	size_t       placed;

	for (size_t i = 0; i < HALF; i++)
		calls[i] = order_call(i, goods.variant, 1, NULL, 0);
	api_calls(calls, HALF, answers);
	for (size_t i = 0; i < HALF; i++)
		calls[HALF + i] = (struct call) { "POST", form("/orders/%s/cancel", text_at(&answers[i], "id")),
			crowd()->people[i % CROWD_PEOPLE].access, "{}", NULL };
	for (size_t i = 0; i < HALF; i++)
		calls[i] = order_call(i, goods.variant, 1, NULL, 0);
	api_calls(calls, CROWD_MAX, answers);
	CHECK_INT(count_status(answers + HALF, HALF, 200), HALF);
	placed = count_status(answers, HALF, 201);
	CHECK_INT(count_status(answers, HALF, 409), HALF - placed);
	CHECK_INT(stock_of("reserved", goods.variant), placed);
}

static void
test_everything_agrees(void)
{
	EXPECT_CONSISTENT();
}

SUITE("races: stock", TEST(test_ten_units), TEST(test_several_each), TEST(test_all_or_nothing), TEST(test_cancelled_once),
    TEST(test_placed_while_cancelled), TEST(test_everything_agrees))
