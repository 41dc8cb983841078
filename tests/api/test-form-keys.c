/* Forms of pages that carry a key: pressed twice, reloaded or sent again on the way back, they do nothing again and lead to the same page. */
#include "tests/api/browsing.h"
#include "tests/api/shopping.h"

#include <string.h>

static struct person admin, seller, customer;
static const char   *mine; /* the customer's cookie */

static void
prepare(void)
{
	if (admin.access != NULL)
		return;
	admin = person_new("admin");
	seller = shopkeeper_new("USD");
	customer = person_new("customer");
	mine = signed_in(&customer);
}

static struct answer
send(const char *path, const char *fields)
{
	return send_form(path, fields, OURS, mine);
}

/* Sends it twice: both lead to the same place. */
static void
send_twice(const char *path, const char *fields)
{
	struct answer first = send(path, fields), second = send(path, fields);

	CHECK_INT(first.status, 303);
	CHECK_INT(second.status, 303);
	CHECK_TEXT(header_of(&second, "Location"), header_of(&first, "Location"));
	CHECK(header_of(&first, "Idempotent-Replayed") == NULL);
	CHECK_TEXT(header_of(&second, "Idempotent-Replayed"), "true");
}

static const char *
put(const struct goods *goods, int quantity, const char *key)
{
	return form("variant_id=%s&quantity=%d&form_key=%s", goods->variant, quantity, key);
}

static int64_t
pieces_of(const struct goods *goods)
{
	return sql_number("SELECT IFNULL(SUM(quantity), 0) FROM cart_items WHERE variant_id = '%s'", goods->variant);
}

static void
nothing_is_put_in_twice(void)
{
	struct goods goods = (prepare(), goods_new(&seller, "12.50", 9));

	send_twice("/cart/items", put(&goods, 1, "one-press"));
	CHECK_INT(pieces_of(&goods), 1);
	/* Another form, or the same one with something else in it, is another wish; without a key each is. */
	CHECK_INT(send("/cart/items", put(&goods, 1, "another-press")).status, 303);
	CHECK_INT(send("/cart/items", put(&goods, 2, "one-press")).status, 303);
	CHECK_INT(pieces_of(&goods), 4);
	CHECK_INT(send("/cart/items", put(&goods, 1, "")).status, 303);
	CHECK_INT(send("/cart/items", put(&goods, 1, "")).status, 303);
	CHECK_INT(pieces_of(&goods), 6);
	CHECK_INT(
	    send("/cart/items", put(&goods, 1, "0123456789012345678901234567890123456789012345678901234567890123456789")).status,
	    400);
	CHECK_INT(pieces_of(&goods), 6);
}

/* Each has the keys of their own cart; who has none yet is given one with what was put in. */
static void
guests_have_keys_of_their_own(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "12.50", 9));
	const char   *fields = put(&goods, 1, "the-same-key"), *cookies[2];
	struct answer answer;

	for (size_t i = 0; i < 2; i++) {
		answer = send_form("/cart/items", fields, OURS, NULL);
		CHECK_INT(answer.status, 303);
		cookies[i] = cookie_of(&answer, "__Host-haat_cart");
		REQUIRE(cookies[i] != NULL);
	}
	CHECK_INT(pieces_of(&goods), 2);
	for (size_t i = 0; i < 4; i++)
		CHECK_INT(send_form("/cart/items", fields, OURS, cookies[i % 2]).status, 303);
	CHECK_INT(pieces_of(&goods), 4);
}

/* What was refused may be tried again with the same key. */
static void
a_refused_form_keeps_no_key(void)
{
	struct goods goods = (prepare(), goods_new(&seller, "12.50", 5));
	const char  *fields = put(&goods, 2, "too-soon"), *product = form("/products/%s", goods.product);

	CHECK_INT(api_call("PATCH", product, seller.access, "{\"status\":\"draft\"}", NULL).status, 200);
	CHECK_INT(send("/cart/items", fields).status, 409);
	CHECK_INT(api_call("PATCH", product, seller.access, "{\"status\":\"published\"}", NULL).status, 200);
	send_twice("/cart/items", fields);
	CHECK_INT(pieces_of(&goods), 2);
}

static void
an_address_is_added_once(void)
{
	const char *fields =
		       "kind=shipping&full_name=Amina+Khatun&phone=%2B8801712345678&line1=1+Road&city=Dhaka&postal_code=1205&"
		       "country=BD&form_key=one-address",
		   *id;

	prepare();
	send_twice("/account/addresses", fields);
	id = sql_text("SELECT id FROM addresses WHERE user_id = '%s' AND deleted_at IS NULL", customer.id);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM addresses WHERE user_id = '%s' AND deleted_at IS NULL", customer.id), 1);
	send_twice(form("/account/addresses/%s/delete", id), "form_key=gone");
}

static void
an_order_is_cancelled_and_goods_sent_back_once(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "12.50", 9));
	const char   *address = address_new(&customer), *order = order_new(&customer, address, &goods, 1), *path, *line;
	struct answer answer;

	path = form("/orders/%s/cancel", sql_text("SELECT number FROM orders WHERE id = '%s'", order));
	send_twice(path, "reason=ordered+twice&form_key=one-cancel");
	CHECK_INT(send(path, "reason=ordered+twice&form_key=another").status, 409);

	order = order_new(&customer, address, &goods, 3);
	attempt_paid(&customer, order);
	parcel_delivered(&admin, order, &seller);
	line = sql_text("SELECT id FROM order_lines WHERE order_id = '%s'", order);
	path = form("/orders/%s", sql_text("SELECT number FROM orders WHERE id = '%s'", order));
	send_twice(form("%s/returns", path), form("line_id=%s&quantity=1&reason=too+small&form_key=one-return", line));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM returns WHERE order_id = '%s'", order), 1);
	CHECK_INT(sql_number("SELECT SUM(quantity) FROM return_lines WHERE line_id = '%s'", line), 1);
	send_twice(
	    form("%s/returns/%s/cancel", path, sql_text("SELECT id FROM returns WHERE order_id = '%s'", order)), "form_key=kept");

	/* Nobody else is told what came of a key. */
	answer = send_form(form("%s/returns", path), form("line_id=%s&quantity=1&reason=too+small&form_key=one-return", line),
	    OURS, (customer = person_new("customer"), mine = signed_in(&customer)));
	CHECK_INT(answer.status, 404);
}

static void
a_review_is_written_liked_and_deleted_once(void)
{
	struct goods goods = (prepare(), goods_new(&seller, "12.50", 9));
	const char  *id;

	attempt_paid(&customer, order_new(&customer, address_new(&customer), &goods, 1));
	send_twice(form("/products/%s/review", goods.product), "rating=5&text=Good&form_key=one-review");
	id = sql_text("SELECT id FROM reviews WHERE product_id = '%s'", goods.product);
	send_twice(form("/reviews/%s/like", id), "form_key=one-like");
	CHECK_INT(sql_number("SELECT likes_count FROM reviews WHERE id = '%s'", id), 1);
	send_twice(form("/reviews/%s/delete", id), "form_key=one-end");
}

static const char *
key_on(const char *path)
{
	static const char field[] = "name=\"form_key\" value=\"";
	struct answer     answer = open_page(path, mine);
	const char       *at = strstr(answer.body, field);

	EXPECT(answer, 200);
	REQUIRE(at != NULL);
	at += sizeof field - 1;
	return form("%.*s", (int)strcspn(at, "\""), at);
}

/* A page of one's own has another key each time; one that is kept for everybody has none. */
static void
pages_print_their_keys(void)
{
	struct goods goods = (prepare(), goods_new(&seller, "12.50", 9));
	const char  *first = key_on("/account/addresses/new");

	CHECK_INT(strlen(first), 36);
	CHECK(strcmp(first, key_on("/account/addresses/new")) != 0);
	CHECK_TEXT(key_on(form("/products/%s", goods.product)), "");
}

SUITE("api: form keys", TEST(nothing_is_put_in_twice), TEST(guests_have_keys_of_their_own), TEST(a_refused_form_keeps_no_key),
    TEST(an_address_is_added_once), TEST(an_order_is_cancelled_and_goods_sent_back_once),
    TEST(a_review_is_written_liked_and_deleted_once), TEST(pages_print_their_keys))
