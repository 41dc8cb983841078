/* What buyers say of products: who may, what it comes to, likes, replies, moderation. */
#include "tests/api/shopping.h"
#include "tests/api/uploading.h"

#include <string.h>

/* A seller's product that a customer has bought and paid for. */
struct sale {
	struct person seller, customer;
	struct goods  goods;
	const char   *path; /* of the product's reviews */
};

static struct person
buyer_of(const struct goods *goods)
{
	struct person customer = person_new("customer");

	attempt_paid(&customer, order_new(&customer, address_new(&customer), goods, 1));
	return customer;
}

static struct sale
sale_new(void)
{
	struct sale sale = { .seller = person_new("shopkeeper") };

	sale.goods = goods_new(&sale.seller, "12.00", 100);
	sale.path = form("/products/%s/reviews", sale.goods.product);
	sale.customer = buyer_of(&sale.goods);
	return sale;
}

static struct answer
review(const struct sale *sale, const struct person *customer, int rating)
{
	struct answer answer = api_post(sale->path, customer->access,
	    form("{\"rating\": %d, \"title\": \"Says %d\", \"text\": \"It is\\nworth it.\"}", rating, rating));

	EXPECT(answer, 201);
	return answer;
}

/* What the product says everywhere: in its document, its row in lists, and the search's. */
static void
expect_rating(const struct sale *sale, const char *rating, int64_t count)
{
	struct answer answer = api_get(form("/products/%s", sale->goods.product), NULL);

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "rating"), rating);
	CHECK_INT(number_at(&answer, "rating_count"), count);
	answer = api_get(form("/products/%s", sale->goods.product), sale->customer.access);
	CHECK_TEXT(text_at(&answer, "rating"), rating);
	answer = api_get(form("/products?merchant=%s", sale->seller.merchant), NULL);
	CHECK_TEXT(text_at(&answer, "results.0.rating"), rating);
	CHECK_INT(number_at(&answer, "results.0.rating_count"), count);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM product_listings WHERE product_id = '%s' AND rating_average <> %s",
		      sale->goods.product, rating),
	    0);
	CHECK_TEXT(sql_text("SELECT rating_average FROM search_documents WHERE product_id = '%s'", sale->goods.product), rating);
}

static void
a_buyer_reviews(void)
{
	struct sale   sale = sale_new();
	struct answer written = review(&sale, &sale.customer, 4), answer;
	const char   *path = form("/reviews/%s", text_at(&written, "id"));
	const char   *match[] = { form("If-Match: %s", header_of(&written, "ETag")), NULL };

	CHECK_INT(number_at(&written, "rating"), 4);
	CHECK(bool_at(&written, "verified"));
	CHECK(!bool_at(&written, "liked"));
	CHECK(strstr(text_at(&written, "user_name"), ".") != NULL);
	CHECK_TEXT(text_at(&written, "product_id"), sale.goods.product);
	expect_rating(&sale, "4.00", 1);
	answer = api_get(form("/products/%s", sale.goods.product), NULL);
	CHECK_TEXT(text_at(&answer, "reviews.0.title"), "Says 4");
	answer = api_get(sale.path, NULL);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&written, "id"));
	answer = api_call("PATCH", path, sale.customer.access, "{\"rating\": 1, \"title\": null}", match);
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "title"));
	CHECK_TEXT(text_at(&answer, "text"), "It is\nworth it.");
	CHECK_INT(number_at(&answer, "version"), 2);
	EXPECT_PROBLEM(api_call("PATCH", path, sale.customer.access, "{\"rating\": 2}", match), 412, "version_mismatch");
	expect_rating(&sale, "1.00", 1);
	answer = api_put(path, sale.customer.access, "{\"rating\": 5}");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "text"));
	answer = api_get(path, NULL);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "rating"), 5);
	expect_rating(&sale, "5.00", 1);
	EXPECT(api_delete(path, sale.customer.access), 204);
	EXPECT_PROBLEM(api_get(path, NULL), 404, "not_found");
	expect_rating(&sale, "0.00", 0);
	EXPECT(api_get(form("/products/%s/reviews", "no-such-product"), NULL), 404);
	/* Once more, by slug. */
	answer = api_get(form("/products/%s", sale.goods.product), NULL);
	EXPECT(api_post(form("/products/%s/reviews", text_at(&answer, "slug")), sale.customer.access, "{\"rating\": 3}"), 201);
	expect_rating(&sale, "3.00", 1);
	EXPECT_CONSISTENT();
}

static void
who_may_review(void)
{
	struct sale   sale = sale_new();
	struct person stranger = person_new("customer"), unpaid = person_new("customer");
	struct answer written;

	EXPECT_PROBLEM(api_post(sale.path, NULL, "{\"rating\": 5}"), 401, "unauthenticated");
	EXPECT_PROBLEM(api_post(sale.path, stranger.access, "{\"rating\": 5}"), 403, "not_bought");
	order_new(&unpaid, address_new(&unpaid), &sale.goods, 1);
	EXPECT_PROBLEM(api_post(sale.path, unpaid.access, "{\"rating\": 5}"), 403, "not_bought");
	EXPECT_PROBLEM(api_post(sale.path, sale.seller.access, "{\"rating\": 5}"), 403, "forbidden");
	/* A seller who may order still cannot. */
	sql_run("INSERT INTO user_permissions (user_id, permission) VALUES ('%s', 'order:place')", sale.seller.id);
	EXPECT_PROBLEM(api_post(sale.path, sale.seller.access, "{\"rating\": 5}"), 403, "own_product");
	EXPECT_FAULT(api_post(sale.path, sale.customer.access, "{\"rating\": 6, \"title\": \"\"}"), "rating");
	EXPECT_FAULT(api_post(sale.path, sale.customer.access, "{\"title\": \"x\"}"), "rating");
	EXPECT_FAULT(api_post(sale.path, sale.customer.access, "{\"rating\": 5, \"stars\": 3}"), "stars");
	written = review(&sale, &sale.customer, 5);
	EXPECT_PROBLEM(api_post(sale.path, sale.customer.access, "{\"rating\": 5}"), 409, "already_reviewed");
	EXPECT_PROBLEM(
	    api_patch(form("/reviews/%s", text_at(&written, "id")), stranger.access, "{\"rating\": 1}"), 404, "not_found");
	EXPECT_PROBLEM(api_delete(form("/reviews/%s", text_at(&written, "id")), stranger.access), 404, "not_found");
	EXPECT_PROBLEM(api_post("/products/no-such-product/reviews", sale.customer.access, "{\"rating\": 5}"), 404, "not_found");
	/* What is not for sale any more keeps what was said of it. */
	EXPECT(api_patch(form("/products/%s", sale.goods.product), sale.seller.access, "{\"status\": \"archived\"}"), 200);
	EXPECT(api_patch(form("/reviews/%s", text_at(&written, "id")), sale.customer.access, "{\"rating\": 4}"), 200);
	EXPECT_PROBLEM(api_post(sale.path, sale.customer.access, "{\"rating\": 5}"), 404, "not_found");
}

static void
moderation(void)
{
	struct sale   sale = sale_new();
	struct person other = buyer_of(&sale.goods), moderator = person_new("account_manager");
	struct answer bad = review(&sale, &sale.customer, 1), answer;
	const char   *path = form("/reviews/%s", text_at(&bad, "id"));

	review(&sale, &other, 4);
	expect_rating(&sale, "2.50", 2);
	answer = api_post(form("%s/hide", path), moderator.access, "{\"reason\": \"insults\"}");
	EXPECT(answer, 200);
	CHECK(bool_at(&answer, "hidden"));
	expect_rating(&sale, "4.00", 1);
	EXPECT(api_post(form("%s/hide", path), moderator.access, NULL), 200);
	expect_rating(&sale, "4.00", 1);
	EXPECT_PROBLEM(api_get(path, NULL), 404, "not_found");
	EXPECT_PROBLEM(api_get(path, other.access), 404, "not_found");
	EXPECT_PROBLEM(api_post(form("%s/like", path), other.access, NULL), 404, "not_found");
	EXPECT_PROBLEM(api_post(form("%s/replies", path), sale.seller.access, "{\"text\": \"No\"}"), 404, "not_found");
	answer = api_get(sale.path, NULL);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer = api_get(sale.path, sale.customer.access);
	CHECK_INT(length_at(&answer, "results"), 2);
	answer = api_get(sale.path, moderator.access);
	CHECK_INT(length_at(&answer, "results"), 2);
	/* Changed while it is hidden it counts for nothing; shown again it counts as it is. */
	EXPECT(api_patch(path, sale.customer.access, "{\"rating\": 2}"), 200);
	expect_rating(&sale, "4.00", 1);
	EXPECT(api_post(form("%s/show", path), moderator.access, NULL), 200);
	expect_rating(&sale, "3.00", 2);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action IN ('review.created', "
			     "'review.hidden', 'review.changed', 'review.shown') AND after_state IS NOT NULL",
		      text_at(&bad, "id")),
	    4);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND LOCATE('worth it', payload) > 0",
		      text_at(&bad, "id")),
	    0);
	EXPECT(api_post(form("%s/hide", path), moderator.access, NULL), 200);
	EXPECT(api_delete(path, moderator.access), 204);
	expect_rating(&sale, "4.00", 1);
	EXPECT_CONSISTENT();
}

static void
likes_and_order(void)
{
	struct sale   sale = sale_new();
	struct person people[4];
	struct answer written[4], answer;
	const char   *like;

	for (int i = 0; i < 4; i++) {
		people[i] = buyer_of(&sale.goods);
		written[i] = review(&sale, &people[i], i + 1);
	}
	like = form("/reviews/%s/like", text_at(&written[1], "id"));
	answer = api_post(like, people[0].access, NULL);
	EXPECT(answer, 200);
	CHECK(bool_at(&answer, "liked"));
	CHECK_INT(number_at(&answer, "likes"), 1);
	answer = api_post(like, people[0].access, NULL);
	CHECK_INT(number_at(&answer, "likes"), 1);
	answer = api_post(like, people[2].access, NULL);
	CHECK_INT(number_at(&answer, "likes"), 2);
	EXPECT(api_post(form("/reviews/%s/like", text_at(&written[0], "id")), people[3].access, NULL), 200);
	/* The three most liked, then the newest. */
	answer = api_get(form("/products/%s", sale.goods.product), NULL);
	CHECK_INT(length_at(&answer, "reviews"), 3);
	CHECK_TEXT(text_at(&answer, "reviews.0.id"), text_at(&written[1], "id"));
	CHECK_INT(number_at(&answer, "reviews.0.likes"), 2);
	CHECK_TEXT(text_at(&answer, "reviews.1.id"), text_at(&written[0], "id"));
	CHECK_TEXT(text_at(&answer, "reviews.2.id"), text_at(&written[3], "id"));
	answer = api_get(form("%s?ordering=-likes&limit=2", sale.path), people[0].access);
	CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&written[1], "id"));
	CHECK(bool_at(&answer, "results.0.liked"));
	CHECK(!bool_at(&answer, "results.1.liked"));
	answer = api_get(text_at(&answer, "next") + strlen("/api/v1"), people[0].access);
	CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&written[3], "id"));
	CHECK_TEXT(text_at(&answer, "results.1.id"), text_at(&written[2], "id"));
	CHECK(!has_at(&answer, "next"));
	answer = api_get(form("%s?ordering=rating", sale.path), NULL);
	CHECK_INT(number_at(&answer, "results.0.rating"), 1);
	CHECK_INT(number_at(&answer, "results.3.rating"), 4);
	answer = api_get(form("%s?ordering=-rating", sale.path), NULL);
	CHECK_INT(number_at(&answer, "results.0.rating"), 4);
	answer = api_get(form("%s?ordering=created_at", sale.path), NULL);
	CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&written[0], "id"));
	EXPECT_FAULT(api_get(form("%s?ordering=best", sale.path), NULL), "ordering");
	EXPECT_PROBLEM(api_get(form("%s?cursor=AQAB", sale.path), NULL), 400, "bad_cursor");
	answer = api_delete(like, people[0].access);
	EXPECT(answer, 200);
	CHECK(!bool_at(&answer, "liked"));
	CHECK_INT(number_at(&answer, "likes"), 1);
	answer = api_delete(like, people[0].access);
	CHECK_INT(number_at(&answer, "likes"), 1);
	EXPECT(api_delete(form("/reviews/%s", text_at(&written[1], "id")), people[1].access), 204);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM review_likes WHERE review_id = '%s'", text_at(&written[1], "id")), 0);
	EXPECT_CONSISTENT();
}

static void
replies(void)
{
	struct sale   sale = sale_new();
	struct person rival = person_new("shopkeeper"), admin = person_new("admin");
	struct answer written = review(&sale, &sale.customer, 3), answer;
	const char   *path = form("/reviews/%s/replies", text_at(&written, "id"));

	EXPECT_PROBLEM(api_post(path, rival.access, "{\"text\": \"Buy mine\"}"), 404, "not_found");
	EXPECT_PROBLEM(api_post(path, sale.customer.access, "{\"text\": \"And\"}"), 403, "forbidden");
	EXPECT_FAULT(api_post(path, sale.seller.access, "{\"text\": \"\"}"), "text");
	answer = api_post(path, sale.seller.access, "{\"text\": \"Thank you\"}");
	EXPECT(answer, 201);
	CHECK(has_at(&answer, "shop_name"));
	answer = api_post(path, admin.access, "{\"text\": \"We are looking into it\"}");
	EXPECT(answer, 201);
	CHECK(!has_at(&answer, "shop_name"));
	answer = api_get(path, NULL);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 2);
	CHECK_TEXT(text_at(&answer, "results.0.text"), "Thank you");
	answer = api_get(form("/products/%s", sale.goods.product), NULL);
	CHECK_INT(number_at(&answer, "reviews.0.replies_count"), 2);
	EXPECT(api_delete(form("/reviews/%s", text_at(&written, "id")), admin.access), 204);
	EXPECT_PROBLEM(api_get(path, NULL), 404, "not_found");
	EXPECT_CONSISTENT();
}

/* An anonymous list is read from memcached, and yet is never older than the last change. */
static void
the_list_is_kept(void)
{
	struct sale   sale = sale_new();
	struct answer written = review(&sale, &sale.customer, 3), answer;

	EXPECT(api_get(sale.path, NULL), 200);
	CHECK_INT(api_round_trips(sale.path, NULL), 0);
	for (int rating = 1; rating <= 5; rating++) {
		EXPECT(api_patch(
			   form("/reviews/%s", text_at(&written, "id")), sale.customer.access, form("{\"rating\": %d}", rating)),
		    200);
		answer = api_get(sale.path, NULL);
		CHECK_INT(number_at(&answer, "results.0.rating"), rating);
	}
}

/* They are the author's own, and stand in the list and on the product's page as soon as they are ready. */
static void
pictures(void)
{
	struct sale   sale = sale_new();
	struct file   file = png_new(32, 32, NULL);
	const char   *id, *theirs = uploaded(&sale.seller, png_new(33, 33, NULL));
	struct answer answer = upload(&sale.customer, &file, 1), written;

	EXPECT(answer, 201);
	id = text_at(&answer, "results.0.id");
	answer = api_get(sale.path, NULL);
	CHECK_INT(length_at(&answer, "results"), 0);
	EXPECT_FAULT(api_post(sale.path, sale.customer.access, form("{\"rating\": 5, \"media\": [\"%s\"]}", theirs)), "media.0");
	written = api_post(sale.path, sale.customer.access, form("{\"rating\": 5, \"media\": [\"%s\"]}", id));
	EXPECT(written, 201);
	CHECK_TEXT(text_at(&written, "images.0.id"), id);
	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM products WHERE id = '%s' AND IFNULL(JSON_VALUE(top_reviews, '$[0].images[0].url'), '') = ''",
	    sale.goods.product);
	for (int tries = 0; tries < 200 && !has_at(&answer, "results.0.images.0.url"); tries++)
		answer = api_get(sale.path, NULL);
	CHECK(length_at(&answer, "results.0.images.0.sizes") > 0);
	answer = api_get(form("/products/%s", sale.goods.product), NULL);
	CHECK(length_at(&answer, "reviews.0.images.0.sizes") > 0);
	answer = api_patch(form("/reviews/%s", text_at(&written, "id")), sale.customer.access, "{\"rating\": 4}");
	CHECK_INT(length_at(&answer, "images"), 1);
	/* Where it is served is printed anew, as when it was served from elsewhere before. */
	sql_run("UPDATE reviews SET images = REPLACE(images, '/media/', '/old/') WHERE id = '%s'", text_at(&written, "id"));
	CHECK_INT(shop_command("documents", "rebuild"), 0);
	answer = api_get(form("/reviews/%s", text_at(&written, "id")), NULL);
	CHECK(strstr(answer.body, "/old/") == NULL && strstr(text_at(&answer, "images.0.sizes.0.url"), "/media/") != NULL);
	answer = api_patch(form("/reviews/%s", text_at(&written, "id")), sale.customer.access, "{\"media\": []}");
	CHECK_INT(length_at(&answer, "images"), 0);
	EXPECT(api_delete(form("/reviews/%s", text_at(&written, "id")), sale.customer.access), 204);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM media_uses WHERE media_id = '%s'", id), 0);
	EXPECT_CONSISTENT();
}

/* Who has called off what was bought has not bought it: also while its money is still on its way back, or when it cost nothing. */
static void
what_was_cancelled_was_not_bought(void)
{
	struct sale    sale = sale_new(), other = sale_new();
	struct person  customer = person_new("customer"), admin = person_new("admin");
	const char    *address = address_new(&customer), *code = form("FREE%.8s", customer.id + 28);
	struct attempt attempt = attempt_paid(&customer, order_new(&customer, address, &sale.goods, 1));
	struct answer  answer;

	sandbox_switch(attempt.order, "{\"refund_pending\": true}");
	EXPECT(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{}"), 200);
	CHECK_TEXT(sql_text("SELECT payment_status FROM orders WHERE id = '%s'", attempt.order), "paid");
	EXPECT_PROBLEM(api_post(sale.path, customer.access, "{\"rating\": 1}"), 403, "not_bought");
	EXPECT(
	    api_post("/coupons", admin.access, form("{\"code\": \"%s\", \"kind\": \"percent\", \"value\": \"100\"}", code)), 201);
	answer = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"pickup\", \"coupon\": \"%s\", \"items\": "
		 "[{\"variant_id\": \"%s\", \"quantity\": 1}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		address, code, sale.goods.variant, other.goods.variant));
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "payment_status"), "paid");
	EXPECT(api_post(form("/fulfilments/%s/cancel",
			    sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'",
				text_at(&answer, "id"), sale.seller.merchant)),
		   customer.access, "{\"reason\": \"changed my mind\"}"),
	    200);
	EXPECT_PROBLEM(api_post(sale.path, customer.access, "{\"rating\": 1}"), 403, "not_bought");
	EXPECT(api_post(other.path, customer.access, "{\"rating\": 5}"), 201);
	EXPECT(api_delete(
		   form("/reviews/%s", sql_text("SELECT id FROM reviews WHERE user_id = '%s'", customer.id)), customer.access),
	    204);
	EXPECT(api_post(form("/orders/%s/cancel", text_at(&answer, "id")), customer.access, "{}"), 200);
	EXPECT_PROBLEM(api_post(other.path, customer.access, "{\"rating\": 5}"), 403, "not_bought");
	CHECK_INT(sandbox_post(form("/sandbox/stripe/refunds-arrive/%s", attempt.transaction), NULL), 200);
}

SUITE("api: reviews of products", TEST(a_buyer_reviews), TEST(who_may_review), TEST(what_was_cancelled_was_not_bought),
    TEST(moderation), TEST(likes_and_order), TEST(replies), TEST(pictures), TEST(the_list_is_kept))
