/* The page of the cart: a guest's by its cookie, one's own after sign-in, and what its forms say when they are refused. */
#include "tests/api/browsing.h"
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller;

static struct goods
goods_of(int stock)
{
	if (seller.access == NULL)
		seller = shopkeeper_new("INR");
	return goods_new(&seller, "250.00", stock);
}

static struct answer
put_in(const struct goods *goods, int quantity, const char *cookie)
{
	return send_form("/cart/items", form("variant_id=%s&quantity=%d", goods->variant, quantity), OURS, cookie);
}

/* A guest's cart with so many of the goods; its cookie. */
static const char *
guest_with(const struct goods *goods, int quantity)
{
	struct answer answer = put_in(goods, quantity, NULL);
	const char   *cookie = cookie_of(&answer, "__Host-haat_cart");

	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), "/cart");
	REQUIRE(cookie != NULL);
	return cookie;
}

/* The path of the only line. */
static const char *
line_of(const char *cookie)
{
	struct answer answer = open_page("/cart", cookie);
	const char   *at = strstr(answer.body, "/cart/items/");

	REQUIRE(at != NULL);
	return form("%.*s", (int)strcspn(at, "\""), at);
}

static void
a_guest_has_a_cart(void)
{
	struct goods  goods = goods_of(5);
	struct answer answer = open_page("/cart", NULL);
	const char   *cookie, *line;

	EXPECT(answer, 200);
	CHECK(says(&answer, "Your cart is empty."));
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-store");
	cookie = guest_with(&goods, 2);
	answer = open_page("/bn/cart", cookie);
	EXPECT(answer, 200);
	CHECK(says(&answer, "৫০০.০০₹"));
	CHECK(says(&answer, "href=\"/bn/checkout\""));
	line = line_of(cookie);
	CHECK_INT(send_form(line, "quantity=3", OURS, cookie).status, 303);
	answer = open_page("/cart", cookie);
	CHECK(says(&answer, "₹750.00"));
	CHECK_INT(send_form(line, "quantity=0", OURS, cookie).status, 303);
	answer = open_page("/cart", cookie);
	CHECK(says(&answer, "Your cart is empty."));
	/* Sent twice it is removed all the same. */
	CHECK_INT(send_form(form("%s/remove", line), "", OURS, cookie).status, 303);
	/* A cart that has ended is empty, and what is put in makes another one. */
	sql_run("DELETE FROM carts WHERE guest_token_hash = UNHEX(SHA2('%s', 256))", strchr(cookie, '=') + 1);
	EXPECT(open_page("/cart", cookie), 200);
	answer = put_in(&goods, 1, cookie);
	CHECK(cookie_of(&answer, "__Host-haat_cart") != NULL);
	CHECK(strcmp(cookie_of(&answer, "__Host-haat_cart"), cookie) != 0);
}

static void
refusals_are_said_on_the_page(void)
{
	struct goods  goods = goods_of(3), other;
	const char   *cookie = guest_with(&goods, 1), *line = line_of(cookie);
	struct person elsewhere = shopkeeper_new("USD");
	struct answer answer = put_in(&goods, 5, cookie);

	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, "There are not that many in stock. Only 3 are left."));
	CHECK(says(&answer, "₹250.00"));
	answer = send_form(line, "quantity=4", OURS, cookie);
	CHECK_INT(answer.status, 409);
	answer = send_form(line, "quantity=100", OURS, cookie);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "Choose what to put in, and at most 99 of it."));
	answer = send_form("/cart/items", "quantity=1", OURS, cookie);
	CHECK_INT(answer.status, 400);
	other = goods_new(&elsewhere, "3.00", 3);
	answer = put_in(&other, 1, cookie);
	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, "The cart has goods in another currency."));
	/* Other sites, and other guests, change nothing. */
	CHECK_INT(send_form(line, "quantity=2", "Sec-Fetch-Site: cross-site", cookie).status, 403);
	CHECK_INT(send_form("/cart/items", form("variant_id=%s", goods.variant), NULL, NULL).status, 403);
	CHECK_INT(send_form(line, "quantity=2", OURS, guest_with(&other, 1)).status, 404);
	CHECK_INT(send_form(form("%s/to-wishlist", line), "", OURS, cookie).status, 401);
	answer = open_page("/cart", cookie);
	CHECK(says(&answer, "value=\"1\""));
}

static void
what_has_changed_is_said(void)
{
	struct goods  goods = goods_of(5);
	const char   *cookie = guest_with(&goods, 4);
	struct answer answer;

	EXPECT(api_patch(form("/products/%s", goods.product), seller.access,
		   "{\"price\": \"260.00\", \"name\": \"<b>Pot</b> \\u202e\\\"x\\\"\"}"),
	    200);
	EXPECT(
	    api_post(form("/inventory/%s/adjustments", goods.variant), seller.access, "{\"delta\": -3, \"reason\": \"broken\"}"),
	    200);
	answer = open_page("/cart", cookie);
	CHECK(says(&answer, "The price has changed; it was ₹250.00."));
	CHECK(says(&answer, "Only 2 are left."));
	CHECK(says(&answer, "Change or remove the marked lines"));
	CHECK(!says(&answer, "href=\"/checkout\""));
	CHECK(says(&answer, "&lt;b&gt;Pot"));
	CHECK(!says(&answer, "<b>Pot"));
	EXPECT(api_delete(form("/products/%s", goods.product), seller.access), 204);
	answer = open_page("/cart", cookie);
	CHECK(says(&answer, "No longer sold"));
}

static void
it_goes_with_who_signs_in(void)
{
	struct goods  goods = goods_of(5);
	struct person customer = person_new("customer");
	const char   *cookie = guest_with(&goods, 2), *session, *line;
	struct answer answer;

	answer = api_call("POST", "//signin", NULL, form("email=%s&password=%s&next=/cart", customer.email, good_password),
	    HEADERS("Content-Type: application/x-www-form-urlencoded", OURS, cookie));
	CHECK_INT(answer.status, 303);
	session = cookie_of(&answer, "__Host-haat_session");
	REQUIRE(session != NULL);
	line = line_of(session);
	CHECK_INT(send_form(form("%s/to-wishlist", line), "", OURS, session).status, 303);
	answer = open_page("/cart", session);
	CHECK(says(&answer, "Your cart is empty."));
	CHECK_TEXT(sql_text("SELECT COUNT(*) FROM readable_wishlist_items WHERE user_id = '%s' AND product_id = '%s'",
		       customer.id, goods.product),
	    "1");
	/* Who sells has no cart. */
	answer = open_page("/cart", signed_in(&seller));
	EXPECT(answer, 200);
	CHECK(says(&answer, "This account cannot order."));
	CHECK_INT(put_in(&goods, 1, signed_in(&seller)).status, 403);
}

static void
a_coupon_is_kept(void)
{
	struct goods  goods = goods_of(5);
	struct person admin = person_new("admin"), customer = person_new("customer");
	const char   *cookie = guest_with(&goods, 2), *code = form("PAGE%.8s", goods.variant);
	struct answer answer = send_form("/cart/coupon", "coupon=%3Cb%3Enone", OURS, cookie);

	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, "This coupon is not valid."));
	CHECK(says(&answer, "value=\"&lt;b&gt;none\""));
	EXPECT(
	    api_post("/coupons", admin.access, form("{\"code\": \"%s\", \"kind\": \"percent\", \"value\": \"10\"}", code)), 201);
	CHECK_INT(send_form("/cart/coupon", form("coupon=%s", code), OURS, cookie).status, 303);
	answer = open_page("/cart", cookie);
	CHECK(says(&answer, "is applied to your order."));
	CHECK_INT(send_form("/cart/coupon", "", OURS, cookie).status, 303);
	answer = open_page("/cart", cookie);
	CHECK(!says(&answer, "is applied to your order."));
	/* It goes with the cart to who signs in. */
	CHECK_INT(send_form("/cart/coupon", form("coupon=%s", code), OURS, cookie).status, 303);
	answer = api_call("POST", "//signin", NULL, form("email=%s&password=%s", customer.email, good_password),
	    HEADERS("Content-Type: application/x-www-form-urlencoded", OURS, cookie));
	answer = open_page("/cart", cookie_of(&answer, "__Host-haat_session"));
	CHECK(says(&answer, "is applied to your order."));
}

SUITE("api: cart pages", TEST(a_guest_has_a_cart), TEST(refusals_are_said_on_the_page), TEST(what_has_changed_is_said),
    TEST(it_goes_with_who_signs_in), TEST(a_coupon_is_kept))
