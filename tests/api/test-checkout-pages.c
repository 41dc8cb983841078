/* Checkout: a guest becomes a customer on the page, the totals are the quote's, and nothing is ordered twice. */
#include "tests/api/browsing.h"
#include "tests/api/shopping.h"

#include <string.h>
#include <unistd.h>

static struct person seller;

#define ADDRESS \
	"kind=shipping&full_name=Amina+Khatun&phone=%2B8801700000001&line1=12+Green+Road&line2=&city=Dhaka&state=&" \
	"postal_code=1205&country=BD"

static struct goods
goods_of(int stock)
{
	if (seller.access == NULL)
		seller = shopkeeper_new("INR");
	return goods_new(&seller, "250.00", stock);
}

/* The value of a hidden field of the page. */
static const char *
hidden(const struct answer *page, const char *name)
{
	const char *start = form("name=\"%s\" value=\"", name), *at = strstr(page->body, start);

	REQUIRE(at != NULL);
	at += strlen(start);
	return form("%.*s", (int)strcspn(at, "\""), at);
}

/* The cookie of a customer who has put so many of the goods into the cart. */
static const char *
customer_with(const struct person *customer, const struct goods *goods, int quantity)
{
	const char *cookie = signed_in(customer);

	CHECK_INT(
	    send_form("/cart/items", form("variant_id=%s&quantity=%d", goods->variant, quantity), OURS, cookie).status, 303);
	return cookie;
}

/* The form of the page that places the order, filled in. */
static const char *
order_form(const char *cookie, const char *provider)
{
	struct answer page = open_page("/checkout", cookie);

	EXPECT(page, 200);
	return form("address=%s&method=%s&key=%s&seen=%s&provider=%s", hidden(&page, "address"), hidden(&page, "method"),
	    hidden(&page, "key"), hidden(&page, "seen"), provider);
}

static int64_t
orders_of(const struct person *customer)
{
	return sql_number("SELECT COUNT(*) FROM readable_orders WHERE user_id = '%s'", customer->id);
}

static void
a_guest_buys_without_a_password(void)
{
	struct goods  goods = goods_of(5);
	const char   *email = form("guest-%d-%.8s@haat.test", (int)getpid(), goods.variant), *cart, *session, *order, *placed;
	struct answer answer = send_form("/cart/items", form("variant_id=%s&quantity=2", goods.variant), OURS, NULL);

	cart = cookie_of(&answer, "__Host-haat_cart");
	REQUIRE(cart != NULL);
	answer = open_page("/checkout", cart);
	EXPECT(answer, 200);
	CHECK(says(&answer, "You need no password to order."));
	CHECK(!says(&answer, "name=\"provider\""));
	/* All that is wrong at once, beside its field, with what was typed. */
	answer = send_form("/checkout/who", "full_name=%3Cb%3EAmina&email=nowhere&phone=", OURS, cart);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "value=\"&lt;b&gt;Amina\""));
	CHECK(says(&answer, "id=\"email-wrong\""));
	CHECK(says(&answer, "id=\"phone-wrong\""));
	CHECK_INT(send_form("/checkout/who", "", "Sec-Fetch-Site: cross-site", cart).status, 400);
	answer = send_form("/checkout/who",
	    form("full_name=Amina+Khatun&email=%s&phone=%%2B88017%08d", email,
		(int)(sql_number("SELECT COUNT(*) FROM users") * 7919 % 100000000)),
	    OURS, cart);
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), "/checkout");
	session = cookie_of(&answer, "__Host-haat_session");
	REQUIRE(session != NULL);
	answer = open_page("/checkout", session);
	EXPECT(answer, 200);
	CHECK(says(&answer, "value=\"Amina Khatun\""));
	CHECK(says(&answer, "<option value=\"IN\">India</option>"));
	answer = open_page("/bn/checkout", session);
	CHECK(says(&answer, "<option value=\"IN\">ভারত</option>"));
	answer = send_form("/checkout/address", "kind=shipping&line1=12+Green+Road&country=XX", OURS, session);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "value=\"12 Green Road\""));
	CHECK(says(&answer, "id=\"country-wrong\""));
	answer = send_form("/checkout/address?method=express", ADDRESS, OURS, session);
	CHECK_INT(answer.status, 303);
	CHECK(strstr(header_of(&answer, "Location"), "method=express") != NULL);
	/* Sent twice, it is one address. */
	CHECK_INT(send_form("/checkout/address", ADDRESS, OURS, session).status, 303);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM addresses a JOIN users u ON u.id = a.user_id WHERE u.email = '%s'", email), 1);
	order = order_form(session, "cod");
	answer = send_form("/checkout/place", order, OURS, session);
	CHECK_INT(answer.status, 303);
	CHECK(strncmp(header_of(&answer, "Location"), "/orders/ORD-", 12) == 0);
	CHECK_INT(sql_number("SELECT on_hand - reserved FROM readable_inventory WHERE variant_id = '%s'", goods.variant), 3);
	/* The way back leads to the order, and not to an empty cart; so does the page of another tab. */
	placed = header_of(&answer, "Location");
	answer = open_page("/checkout", session);
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), placed);
	order = form("%.*s&key=of-another-tab-01%s", (int)(strstr(order, "&key=") - order), order, strstr(order, "&seen="));
	answer = send_form("/checkout/place", order, OURS, session);
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), placed);
	sql_run("UPDATE orders SET created_at = created_at - INTERVAL 2 HOUR WHERE number = '%s'", placed + strlen("/orders/"));
	answer = open_page("/checkout", session);
	CHECK_TEXT(header_of(&answer, "Location"), "/cart");
}

static void
an_account_is_asked_for_its_password(void)
{
	struct goods  goods = goods_of(5);
	struct person customer = person_new("customer");
	struct answer answer = send_form("/cart/items", form("variant_id=%s", goods.variant), OURS, NULL);
	const char   *cart = cookie_of(&answer, "__Host-haat_cart"), *session;
	const char   *fields = form("full_name=Ayesha+R&email=%s&phone=%%2B8801711111111", customer.email);

	REQUIRE(cart != NULL);
	answer = send_form("/checkout/who", fields, OURS, cart);
	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, "This e-mail address has an account."));
	CHECK(says(&answer, "value=\"Ayesha R\""));
	CHECK(says(&answer, "value=\"+8801711111111\""));
	CHECK(says(&answer, "name=\"password\""));
	answer = send_form("/checkout/who", form("%s&password=Wrong-2026!", fields), OURS, cart);
	CHECK_INT(answer.status, 401);
	CHECK(says(&answer, "The e-mail address or the password is wrong."));
	CHECK(says(&answer, "value=\"Ayesha R\""));
	CHECK(!says(&answer, "Wrong-2026!"));
	answer = send_form("/checkout/who", form("%s&password=%s", fields, good_password), OURS, cart);
	CHECK_INT(answer.status, 303);
	session = cookie_of(&answer, "__Host-haat_session");
	REQUIRE(session != NULL);
	answer = open_page("/checkout", session);
	EXPECT(answer, 200);
	CHECK(says(&answer, "₹250.00"));
}

static void
nothing_is_ordered_twice(void)
{
	struct goods  goods = goods_of(5);
	struct person customer = person_new("customer");
	const char   *address = (address_new(&customer)), *cookie = customer_with(&customer, &goods, 1), *order, *first;
	struct answer answer;

	CHECK(address != NULL);
	order = order_form(cookie, "stripe");
	answer = send_form("/checkout/place", order, OURS, cookie);
	CHECK_INT(answer.status, 303);
	first = header_of(&answer, "Location");
	CHECK(strncmp(first, "/pay/PAY-", 9) == 0);
	answer = send_form("/checkout/place", order, OURS, cookie);
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), first);
	/* Back to a page of before, with a cart that is full again: it is the order of before. */
	CHECK_INT(send_form("/cart/items", form("variant_id=%s", goods.variant), OURS, cookie).status, 303);
	answer = send_form("/checkout/place", order, OURS, cookie);
	CHECK_TEXT(header_of(&answer, "Location"), first);
	CHECK_INT(orders_of(&customer), 1);
	CHECK_INT(sql_number(
		      "SELECT COUNT(*) FROM payments p JOIN readable_orders o ON o.user_id = '%s' WHERE LOWER(HEX(p.purpose_id)) "
		      "= REPLACE(o.id, '-', '')",
		      customer.id),
	    1);
	/* Another page is another order. */
	CHECK_INT(send_form("/checkout/place", order_form(cookie, "stripe"), OURS, cookie).status, 303);
	CHECK_INT(orders_of(&customer), 2);
	CHECK_INT(send_form("/checkout/place", order, "Sec-Fetch-Site: cross-site", cookie).status, 403);
}

/* Another tab has put something else into the cart, which costs the same. */
static void
another_cart_of_the_same_total_is_not_ordered(void)
{
	struct goods  goods = goods_of(5), others = goods_of(5);
	struct person customer = person_new("customer");
	const char   *address = address_new(&customer), *cookie = customer_with(&customer, &goods, 2);
	const char   *order = order_form(cookie, "stripe");
	struct answer cart = api_get("/cart", customer.access), answer;

	CHECK(address != NULL);
	EXPECT(api_delete(form("/cart/items/%s", text_at(&cart, "items.0.id")), customer.access), 200);
	EXPECT(api_post("/cart/items", customer.access, form("{\"variant_id\": \"%s\", \"quantity\": 2}", others.variant)), 200);
	answer = send_form("/checkout/place", order, OURS, cookie);
	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, "The cart or its total has changed. Check it, then order."));
	CHECK_INT(orders_of(&customer), 0);
	/* What the page shows now is what is ordered. */
	CHECK_INT(send_form("/checkout/place", order_form(cookie, "cod"), OURS, cookie).status, 303);
	CHECK_INT(orders_of(&customer), 1);
}

static void
what_was_seen_is_what_is_ordered(void)
{
	struct goods  goods = goods_of(5);
	struct person admin = person_new("admin"), customer = person_new("customer");
	const char   *address = address_new(&customer), *cookie = customer_with(&customer, &goods, 2);
	const char   *order = order_form(cookie, "stripe"), *code = form("SEEN%.8s", goods.variant);
	struct answer answer;

	CHECK(address != NULL);
	EXPECT(api_patch(form("/products/%s", goods.product), seller.access, "{\"price\": \"300.00\"}"), 200);
	answer = send_form("/checkout/place", order, OURS, cookie);
	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, "The cart or its total has changed. Check it, then order."));
	CHECK(says(&answer, "value=\"stripe\" required checked"));
	CHECK_INT(orders_of(&customer), 0);
	/* The coupon of the cart takes off what the quote says, and is used by the order. */
	EXPECT(api_post("/coupons", admin.access,
		   form("{\"code\": \"%s\", \"kind\": \"percent\", \"value\": \"50\", \"limit_per_user\": 1}", code)),
	    201);
	CHECK_INT(send_form("/cart/coupon", form("coupon=%s", code), OURS, cookie).status, 303);
	answer = open_page("/checkout", cookie);
	CHECK(says(&answer, "−₹300.00"));
	CHECK_INT(send_form("/checkout/place", order_form(cookie, "stripe"), OURS, cookie).status, 303);
	CHECK_INT(sql_number("SELECT uses FROM coupons WHERE code = UPPER('%s')", code), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM readable_carts WHERE user_id = '%s' AND coupon IS NOT NULL", customer.id), 0);
	/* Stock that is gone is said; nothing is ordered. */
	CHECK_INT(send_form("/cart/items", form("variant_id=%s&quantity=3", goods.variant), OURS, cookie).status, 303);
	order = order_form(cookie, "stripe");
	EXPECT(
	    api_post(form("/inventory/%s/adjustments", goods.variant), seller.access, "{\"delta\": -2, \"reason\": \"broken\"}"),
	    200);
	answer = send_form("/checkout/place", order, OURS, cookie);
	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, "There are not that many in stock."));
	answer = open_page("/checkout", cookie);
	EXPECT(answer, 200);
	CHECK(says(&answer, "There are not that many in stock."));
	CHECK_INT(orders_of(&customer), 1);
}

static void
others_order_nothing(void)
{
	struct goods  goods = goods_of(5);
	struct person customer = person_new("customer"), other = person_new("customer");
	const char   *mine = address_new(&customer), *theirs = address_new(&other), *cookie = customer_with(&customer, &goods, 1);
	const char   *order = order_form(cookie, "stripe");
	struct answer answer;

	CHECK(mine != NULL);
	answer = send_form("/checkout/place",
	    form("address=%s&method=standard&key=%.36s&seen=250.00&provider=stripe", theirs, strstr(order, "key=") + 4), OURS,
	    cookie);
	CHECK_INT(answer.status, 404);
	answer = send_form("/checkout/place", form("%s-none", order), OURS, cookie);
	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, "You cannot pay in this way here."));
	CHECK_INT(send_form("/checkout/place", order, OURS, NULL).status, 401);
	CHECK_INT(orders_of(&customer), 0);
	answer = open_page(form("/hi/checkout?address=%s", theirs), cookie);
	EXPECT(answer, 200);
	CHECK(!says(&answer, form("value=\"%s\"", theirs)));
	CHECK_INT(open_page("/checkout?address=x", cookie).status, 400);
}

SUITE("api: checkout pages", TEST(a_guest_buys_without_a_password), TEST(an_account_is_asked_for_its_password),
    TEST(nothing_is_ordered_twice), TEST(another_cart_of_the_same_total_is_not_ordered), TEST(what_was_seen_is_what_is_ordered),
    TEST(others_order_nothing))
