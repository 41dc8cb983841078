/* One review by many windows at once, likes that come and go, reviews beside moderation: the counts are what there is. */
#include "tests/races/crowd.h"

enum { WINDOWS = 32 };

static struct goods  goods;
static const char   *path;
static struct call   calls[CROWD_MAX];
static struct answer answers[CROWD_MAX];

static void
need_buyers(void)
{
	if (path != NULL)
		return;
	goods = goods_new(crowd_seller(), "5.00", 1000);
	path = form("/products/%s/reviews", goods.product);
	for (size_t i = 0; i < CROWD_PEOPLE; i++)
		attempt_paid(&crowd()->people[i], order_new(&crowd()->people[i], crowd()->addresses[i], &goods, 1));
}

static void
test_one_review_at_once(void)
{
	need_buyers();
	for (size_t i = 0; i < WINDOWS; i++)
		calls[i] =
		    (struct call) { "POST", path, crowd()->people[0].access, form("{\"rating\": %d}", (int)(i % 5) + 1), NULL };
	api_calls(calls, WINDOWS, answers);
	CHECK_INT(count_status(answers, WINDOWS, 201), 1);
	CHECK_INT(count_saying(answers, WINDOWS, 409, "code", "already_reviewed"), WINDOWS - 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM reviews WHERE product_id = '%s'", goods.product), 1);
}

/* Of each person half of the windows like it and half do not. */
static void
test_likes_come_and_go(void)
{
	const char *review, *like;

	need_buyers();
	review = sql_text("SELECT id FROM reviews WHERE product_id = '%s' LIMIT 1", goods.product);
	REQUIRE(review != NULL);
	like = form("/reviews/%s/like", review);
	for (size_t i = 0; i < CROWD_MAX; i++)
		calls[i] = (struct call) { i / CROWD_PEOPLE % 2 ? "DELETE" : "POST", like,
			crowd()->people[i % CROWD_PEOPLE].access, NULL, NULL };
	api_calls(calls, CROWD_MAX, answers);
	CHECK_INT(count_status(answers, CROWD_MAX, 200), CROWD_MAX);
	CHECK_INT(sql_number("SELECT likes_count FROM reviews WHERE id = '%s'", review),
	    sql_number("SELECT COUNT(*) FROM review_likes WHERE review_id = '%s'", review));
	for (size_t i = 0; i < CROWD_PEOPLE; i++)
		calls[i] = (struct call) { "POST", like, crowd()->people[i].access, NULL, NULL };
	api_calls(calls, CROWD_PEOPLE, answers);
	CHECK_INT(sql_number("SELECT likes_count FROM reviews WHERE id = '%s'", review), CROWD_PEOPLE);
}

/* Everybody reviews, a seller changes the product, orders sell it out: the rating is the sum of what there is. */
static void
test_reviews_beside_changes(void)
{
	need_buyers();
	for (size_t i = 0; i < CROWD_PEOPLE; i++)
		calls[i] =
		    (struct call) { "POST", path, crowd()->people[i].access, form("{\"rating\": %d}", (int)(i % 5) + 1), NULL };
	for (size_t i = CROWD_PEOPLE; i < 2 * CROWD_PEOPLE; i++)
		calls[i] = (struct call) { "PATCH", form("/products/%s", goods.product), crowd_seller()->access,
			form("{\"description\": \"the %zuth\"}", i), NULL };
	for (size_t i = 2 * CROWD_PEOPLE; i < 3 * CROWD_PEOPLE; i++)
		calls[i] = order_call(i, goods.variant, 1, NULL, 0);
	api_calls(calls, 3 * CROWD_PEOPLE, answers);
	CHECK_INT(count_status(answers, CROWD_PEOPLE, 201), CROWD_PEOPLE - 1);
	CHECK_INT(count_status(answers + CROWD_PEOPLE, CROWD_PEOPLE, 200), CROWD_PEOPLE);
	CHECK_INT(count_status(answers + 2 * CROWD_PEOPLE, CROWD_PEOPLE, 201), CROWD_PEOPLE);
	CHECK_INT(sql_number("SELECT rating_count FROM products WHERE id = '%s'", goods.product), CROWD_PEOPLE);
}

static void
test_everything_agrees(void)
{
	EXPECT_CONSISTENT();
}

SUITE("races: reviews", TEST(test_one_review_at_once), TEST(test_likes_come_and_go), TEST(test_reviews_beside_changes),
    TEST(test_everything_agrees))
