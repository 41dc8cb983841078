/* The pages of a customer's reviews: written, changed, deleted and liked by forms. */
#include "tests/api/shopping.h"
#include "tests/api/uploading.h"

#include <string.h>

static struct person seller, customer, reader;
static struct goods  goods;

static void
prepare(void)
{
	if (seller.access != NULL)
		return;
	seller = shopkeeper_new("USD");
	customer = person_new("customer");
	reader = person_new("customer");
	goods = goods_new(&seller, "12.50", 9);
	attempt_paid(&customer, order_new(&customer, address_new(&customer), &goods, 1));
}

static struct answer
page_of(const char *path, const struct person *person)
{
	return api_get(form("/%s", path), person == NULL ? NULL : person->access);
}

static struct answer
send_form(const char *path, const char *fields, const struct person *person)
{
	return api_call("POST", form("/%s", path), person == NULL ? NULL : person->access, fields,
	    HEADERS("Content-Type: application/x-www-form-urlencoded"));
}

#define CHECK_SAYS(answer, text) CHECK(strstr((answer).body, (text)) != NULL)
#define CHECK_SILENT(answer, text) CHECK(strstr((answer).body, (text)) == NULL)

static void
a_review_is_written_changed_and_deleted(void)
{
	const char   *path = (prepare(), form("/products/%s/review", goods.product)), *id;
	struct answer answer = page_of("/reviews", &customer);

	EXPECT(answer, 200);
	CHECK_SAYS(answer, "Write a review");
	CHECK_SAYS(answer, "You have not written a review yet.");
	EXPECT(page_of(path, &customer), 200);
	/* Without stars it is none, and nothing that was typed is lost. */
	answer = send_form(path, "title=Good&text=%3Cscript%3Ealert(1)%3C/script%3E", &customer);
	CHECK_INT(answer.status, 400);
	CHECK_SAYS(answer, "Choose a number of stars.");
	CHECK_SAYS(answer, "value=\"Good\"");
	CHECK_SAYS(answer, "&lt;script&gt;alert(1)&lt;/script&gt;</textarea>");
	CHECK_INT(send_form(path, "rating=9", &customer).status, 400);
	answer = send_form(path, "rating=4&title=%3Cb%3EGood&text=Two%0D%0Alines", &customer);
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), "/reviews");
	answer = page_of("/reviews", &customer);
	CHECK_SAYS(answer, "&lt;b&gt;Good");
	CHECK_SILENT(answer, "<b>Good");
	CHECK_SILENT(answer, "Write a review");
	CHECK_SAYS(page_of(form("/products/%s", goods.product), NULL), "&lt;b&gt;Good");
	answer = page_of(path, &customer);
	CHECK_SAYS(answer, "value=\"4\" required checked");
	CHECK_SAYS(answer, "Save changes");
	CHECK_INT(send_form(path, "rating=2&title=&text=Worse", &customer).status, 303);
	CHECK_TEXT(
	    sql_text("SELECT CONCAT(rating, IFNULL(title, '-'), text) FROM reviews WHERE product_id = '%s'", goods.product),
	    "2-Worse");
	id = sql_text("SELECT id FROM reviews WHERE product_id = '%s'", goods.product);
	CHECK_INT(send_form(form("/reviews/%s/delete", id), "", &reader).status, 404);
	CHECK_INT(send_form(form("/reviews/%s/delete", id), "", &customer).status, 303);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM reviews WHERE product_id = '%s'", goods.product), 0);
}

static void
only_buyers_review(void)
{
	const char   *path = (prepare(), form("/products/%s/review", goods.product));
	struct answer answer = send_form(path, "rating=5&text=Never+had+it", &reader);

	CHECK_INT(answer.status, 403);
	CHECK_SAYS(answer, "You can review a product once you have bought and paid for it.");
	CHECK_SAYS(answer, "Never had it</textarea>");
	CHECK_INT(page_of(path, NULL).status, 401);
	CHECK_INT(page_of("/reviews", NULL).status, 401);
	CHECK_INT(send_form(path, "rating=5", NULL).status, 401);
	CHECK_INT(page_of(path, &seller).status, 403);
	CHECK_INT(page_of("/products/there-is-none/review", &customer).status, 404);
	CHECK_INT(page_of("/reviews?cursor=x", &customer).status, 400);
}

static void
a_review_is_liked(void)
{
	const char   *path = (prepare(), form("/products/%s/review", goods.product)), *id;
	struct answer answer;

	CHECK_INT(send_form(path, "rating=5", &customer).status, 303);
	id = sql_text("SELECT id FROM reviews WHERE product_id = '%s'", goods.product);
	CHECK_SAYS(page_of(form("/products/%s", goods.product), NULL), form("action=\"/reviews/%s/like\"", id));
	for (int likes = 1; likes >= 0; likes--) {
		answer = send_form(form("/bn/reviews/%s/like", id), "", &reader);
		CHECK_INT(answer.status, 303);
		CHECK_TEXT(header_of(&answer, "Location"), form("/bn/products/%s#reviews", goods.product));
		CHECK_INT(sql_number("SELECT likes_count FROM reviews WHERE id = '%s'", id), likes);
	}
	CHECK_INT(send_form(form("/reviews/%s/like", goods.product), "", &reader).status, 404);
}

static struct answer
send_pictures(const char *rating, const struct file *files, size_t n, const struct person *person)
{
	return upload_by("POST", form("//products/%s/review", goods.product), person == NULL ? NULL : person->access, "pictures",
	    files, n, "rating", rating);
}

static int64_t
pictures_shown(void)
{
	return sql_number("SELECT JSON_LENGTH(images) FROM reviews WHERE product_id = '%s'", goods.product);
}

static void
a_review_has_pictures(void)
{
	const char   *path = (prepare(), form("/products/%s/review", goods.product));
	struct file   files[4] = { png_new(40, 30, NULL), png_new(30, 40, NULL), png_new(50, 30, NULL), png_new(30, 50, NULL) };
	struct file   none = { "no picture", 10 };
	struct answer answer;

	CHECK_INT(send_pictures("4", files, 2, &customer).status, 303);
	CHECK_INT(pictures_shown(), 2);
	CHECK_SAYS(page_of(path, &customer), "name=\"drop_pictures\"");
	CHECK_INT(send_pictures("3", files + 2, 1, &customer).status, 303);
	CHECK_INT(pictures_shown(), 3);
	answer = send_pictures("3", files, 4, &customer);
	CHECK_INT(answer.status, 400);
	CHECK_SAYS(answer, "Those are too many files.");
	CHECK_SAYS(answer, "value=\"3\" required checked");
	answer = send_pictures("3", &none, 1, &customer);
	CHECK_INT(answer.status, 400);
	CHECK_SAYS(answer, "is no picture or video");
	CHECK_INT(send_pictures("5", files, 1, &reader).status, 403);
	CHECK_INT(send_pictures("5", files, 1, NULL).status, 401);
	CHECK_INT(pictures_shown(), 3);
	CHECK_INT(send_form(path, "rating=2&text=Words+only", &customer).status, 303);
	CHECK_INT(pictures_shown(), 3);
	CHECK_INT(send_form(path, "rating=2&drop_pictures=true", &customer).status, 303);
	CHECK_INT(pictures_shown(), 0);
	CHECK_SILENT(page_of(path, &customer), "name=\"drop_pictures\"");
}

/* All reviews of a product stand on one page, with what its seller replied; a reply shows at once. */
static void
all_of_a_product_are_shown(void)
{
	const struct goods  wares = (prepare(), goods_new(&seller, "9.00", 5));
	const struct person buyer = person_new("customer"), other = person_new("customer");
	const char         *path = form("/products/%s/reviews", wares.product), *id, *trips, *at;
	struct answer       answer = page_of(path, NULL);

	EXPECT(answer, 200);
	CHECK_SAYS(answer, "Nobody has reviewed this product yet.");
	attempt_paid(&buyer, order_new(&buyer, address_new(&buyer), &wares, 1));
	CHECK_INT(send_form(form("/products/%s/review", wares.product), "rating=4&title=&text=%3Ci%3EGood", &buyer).status, 303);
	id = sql_text("SELECT id FROM reviews WHERE product_id = '%s'", wares.product);
	answer = page_of(path, NULL);
	CHECK_SAYS(answer, "data-rating=\"4\"");
	CHECK_SAYS(answer, "&lt;i&gt;Good");
	CHECK_SAYS(answer, "Verified purchase");
	CHECK_SILENT(answer, "Reply of");
	EXPECT(api_post(form("/reviews/%s/replies", id), seller.access, "{\"text\": \"Thank <you>\"}"), 201);
	answer = page_of(path, NULL);
	CHECK_SAYS(answer, "Thank &lt;you&gt;");
	trips = header_of(&answer, "X-Round-Trips");
	/* Each has its own, oldest first; another one with replies costs no question more. */
	attempt_paid(&other, order_new(&other, address_new(&other), &wares, 1));
	CHECK_INT(send_form(form("/products/%s/review", wares.product), "rating=5&title=&text=Better", &other).status, 303);
	id = sql_text("SELECT id FROM reviews WHERE product_id = '%s' AND rating = 5", wares.product);
	EXPECT(api_post(form("/reviews/%s/replies", id), seller.access, "{\"text\": \"We try\"}"), 201);
	EXPECT(api_post(form("/reviews/%s/replies", id), seller.access, "{\"text\": \"And try\"}"), 201);
	answer = page_of(path, NULL);
	CHECK_TEXT(header_of(&answer, "X-Round-Trips"), trips);
	at = strstr(answer.body, "Better");
	REQUIRE(at != NULL && (at = strstr(at, "We try")) != NULL && (at = strstr(at, "And try")) != NULL);
	REQUIRE((at = strstr(at, "&lt;i&gt;Good")) != NULL);
	CHECK(strstr(at, "Thank &lt;you&gt;") != NULL);
	CHECK_SAYS(page_of(form("/products/%s", wares.product), NULL), "1 reply");
	CHECK_INT(page_of("/products/there-is-none/reviews", NULL).status, 404);
	CHECK_INT(page_of(form("%s?limit=51", path), NULL).status, 400);
	CHECK_INT(page_of(form("%s?cursor=x", path), NULL).status, 400);
}

SUITE("api: review pages", TEST(all_of_a_product_are_shown), TEST(a_review_is_written_changed_and_deleted),
    TEST(only_buyers_review), TEST(a_review_is_liked), TEST(a_review_has_pictures))
