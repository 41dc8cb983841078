/* Many for the last use of a coupon, each for their own last one, and taking while others give back. */
#include "tests/races/crowd.h"

static struct goods  goods;
static struct call   calls[CROWD_MAX];
static struct answer answers[CROWD_MAX];

/* A coupon of the goods' seller with that limit; its code. */
static const char *
coupon_new(const char *limit)
{
	static int    count;
	const char   *code;
	struct answer answer;

	if (goods.variant == NULL)
		goods = goods_new(crowd_seller(), "10.00", 100000);
	code = sql_text("SELECT UPPER('R%.8s%d')", crowd_seller()->merchant + 28, ++count);
	answer = api_post("/coupons", crowd_seller()->access,
	    form("{\"code\": \"%s\", \"kind\": \"percent\", \"value\": \"50\", %s}", code, limit));
	EXPECT(answer, 201);
	return code;
}

static struct call
order_with(size_t i, const char *code)
{
	const struct crowd *all = crowd();

	return (struct call) { "POST", "/orders", all->people[i % CROWD_PEOPLE].access,
		form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"coupon\": \"%s\", \"items\": "
		     "[{\"variant_id\": \"%s\", \"quantity\": 1}]}",
		    all->addresses[i % CROWD_PEOPLE], code, goods.variant),
		NULL };
}

/* All windows order with the coupon; so many have it, and the others hear that it is spent. */
static void
expect_uses(const char *code, size_t expected)
{
	for (size_t i = 0; i < CROWD_MAX; i++)
		calls[i] = order_with(i, code);
	api_calls(calls, CROWD_MAX, answers);
	CHECK_INT(count_status(answers, CROWD_MAX, 201), expected);
	CHECK_INT(count_saying(answers, CROWD_MAX, 409, "code", "coupon_spent"), CROWD_MAX - expected);
	CHECK_INT(sql_number("SELECT uses FROM coupons WHERE code = '%s'", code), expected);
}

static void
test_last_use(void)
{
	expect_uses(coupon_new("\"limit_total\": 1"), 1);
}

static void
test_last_use_of_each(void)
{
	expect_uses(coupon_new("\"limit_per_user\": 1"), CROWD_PEOPLE);
}

static void
test_both_limits(void)
{
	expect_uses(coupon_new("\"limit_total\": 5, \"limit_per_user\": 2"), 5);
}

/* Whoever cancels makes room for one, and for no more, and twice cancelled is once given back. */
static void
test_taken_while_given_back(void)
{
	enum { HELD = CROWD_PEOPLE };
	const char *code = coupon_new(form("\"limit_total\": %d", HELD));
	size_t      placed;

	for (size_t i = 0; i < HELD; i++)
		calls[i] = order_with(i, code);
	api_calls(calls, HELD, answers);
	REQUIRE(count_status(answers, HELD, 201) == HELD);
	for (size_t i = 0; i < 2 * HELD; i++)
		calls[i] = (struct call) { "POST", form("/orders/%s/cancel", text_at(&answers[i % HELD], "id")),
			crowd()->people[i % CROWD_PEOPLE].access, "{}", NULL };
	for (size_t i = 2 * HELD; i < CROWD_MAX; i++)
		calls[i] = order_with(i, code);
	api_calls(calls, CROWD_MAX, answers);
	CHECK_INT(count_status(answers, 2 * HELD, 200), HELD);
	placed = count_status(answers + 2 * HELD, CROWD_MAX - 2 * HELD, 201);
	CHECK(placed <= HELD);
	CHECK_INT(sql_number("SELECT uses FROM coupons WHERE code = '%s'", code), placed);
}

static void
test_everything_agrees(void)
{
	EXPECT_CONSISTENT();
}

SUITE("races: coupons", TEST(test_last_use), TEST(test_last_use_of_each), TEST(test_both_limits),
    TEST(test_taken_while_given_back), TEST(test_everything_agrees))
