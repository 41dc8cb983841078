/* Sign-in on the shop's own pages: the cookie, how long it lives, and who may send it. */
#include "tests/api/browsing.h"
#include "tests/api/shopping.h"

#include <string.h>

static struct answer
call_by(const char *method, const char *path, const char *body, const char *cookie, const char *site)
{
	return api_call(method, path, NULL, body, HEADERS(cookie, site));
}

static void
the_cookie_signs_in(void)
{
	struct person customer = person_new("customer");
	struct answer answer = sign_in_on_page(&customer, good_password, "&next=/orders?a=b");
	const char   *cookie = cookie_of(&answer, "__Host-haat_session");

	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), "/orders?a=b");
	CHECK(strstr(answer.headers, "Path=/; Max-Age=2592000; Secure; SameSite=Lax; HttpOnly") != NULL);
	REQUIRE(cookie != NULL);
	answer = call_by("GET", "/accounts/me", NULL, cookie, OURS);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "id"), customer.id);
	/* The secret is no refresh token, and its hash alone is kept. */
	EXPECT_PROBLEM(
	    api_post("/accounts/refresh", NULL, form("{\"refresh\": \"%s\"}", strchr(cookie, '=') + 1)), 401, "unauthenticated");
	CHECK_TEXT(sql_text("SELECT COUNT(*) FROM sessions WHERE user_id = '%s' AND is_face", customer.id), "1");
}

static void
other_sites_change_nothing(void)
{
	struct person customer = person_new("customer");
	const char   *cookie = signed_in(&customer), *change = "{\"full_name\": \"Someone else\"}";

	EXPECT(call_by("PATCH", "/accounts/me", change, cookie, OURS), 200);
	EXPECT_PROBLEM(call_by("PATCH", "/accounts/me", change, cookie, "Sec-Fetch-Site: cross-site"), 403, "forbidden");
	EXPECT_PROBLEM(call_by("PATCH", "/accounts/me", change, cookie, "Sec-Fetch-Site: none"), 403, "forbidden");
	EXPECT_PROBLEM(call_by("PATCH", "/accounts/me", change, cookie, NULL), 403, "forbidden");
	EXPECT(call_by("PATCH", "/accounts/me", change, cookie, form("Origin: %s", api_origin())), 200);
	/* The shop may have more names than one: the browser says whether the page is of the same. */
	EXPECT(
	    api_call("PATCH", "/accounts/me", NULL, change, HEADERS(cookie, OURS, "Origin: https://tunnel.example.test")), 200);
	/* A script of another origin that CORS lets in is not signed in by it, not even to read. */
	EXPECT_PROBLEM(call_by("PATCH", "/accounts/me", change, cookie, "Origin: http://localhost:3000"), 401, "unauthenticated");
	EXPECT_PROBLEM(call_by("GET", "/accounts/me", NULL, cookie, "Origin: http://localhost:3000"), 401, "unauthenticated");
	EXPECT_PROBLEM(call_by("GET", "/accounts/me", NULL, cookie, "Sec-Fetch-Site: same-site"), 401, "unauthenticated");
	/* Nobody signs a browser in from elsewhere. */
	CHECK_INT(
	    send_form("/signin", form("email=%s&password=%s", customer.email, good_password), "Sec-Fetch-Site: cross-site", NULL)
		.status,
	    403);
}

/* What a script of the shop's own pages does when the session has ended while somebody was writing. */
static void
scripts_sign_in(void)
{
	struct person customer = person_new("customer");
	const char   *body = form("{\"email\":\"%s\",\"password\":\"%s\"}", customer.email, good_password), *cookie;
	struct answer answer = api_call("POST", "//signin/session", NULL, body, HEADERS(OURS));

	EXPECT(answer, 204);
	cookie = cookie_of(&answer, "__Host-haat_session");
	CHECK(cookie != NULL);
	EXPECT(call_by("GET", "/accounts/me", NULL, cookie, OURS), 200);
	EXPECT_PROBLEM(api_call("POST", "//signin/session", NULL, body, HEADERS("Sec-Fetch-Site: cross-site")), 403, "forbidden");
	EXPECT_PROBLEM(api_call("POST", "//signin/session", NULL, body, NULL), 403, "forbidden");
	EXPECT_PROBLEM(api_call("POST", "//signin/session", NULL,
			   form("{\"email\":\"%s\",\"password\":\"wrong\"}", customer.email), HEADERS(OURS)),
	    401, "bad_credentials");
}

static void
a_session_ends(void)
{
	struct person customer = person_new("customer");
	const char   *cookie = signed_in(&customer);
	struct answer answer = send_form("/signout", "", OURS, cookie);

	CHECK_INT(answer.status, 303);
	CHECK(strstr(answer.headers, "__Host-haat_session=; Path=/; Max-Age=0") != NULL);
	EXPECT_PROBLEM(call_by("GET", "/accounts/me", NULL, cookie, OURS), 401, "unauthenticated");
	/* Who was signed in yesterday reads what anybody reads. */
	EXPECT(call_by("GET", "/products", NULL, cookie, OURS), 200);
	cookie = signed_in(&customer);
	EXPECT(call_by("POST", "/accounts/logout-all", NULL, cookie, OURS), 204);
	EXPECT_PROBLEM(call_by("GET", "/accounts/me", NULL, cookie, OURS), 401, "unauthenticated");
}

/* Each use prolongs it, noted every five minutes; staff are signed out after half a day. */
static void
it_lives_from_its_last_use(void)
{
	struct person     customer = person_new("customer"), admin = person_new("admin");
	const char       *cookie = signed_in(&customer);
	static const char left[] = "SELECT ROUND(TIMESTAMPDIFF(SECOND, NOW(3), expires_at) / 3600) FROM sessions "
				   "WHERE user_id = '%s' AND is_face";

	signed_in(&admin);
	CHECK_TEXT(sql_text(left, customer.id), "720");
	CHECK_TEXT(sql_text(left, admin.id), "12");
	sql_run("UPDATE sessions SET last_active_at = NOW(3) - INTERVAL 6 MINUTE, expires_at = NOW(3) + INTERVAL 1 HOUR "
		"WHERE user_id = '%s' AND is_face",
	    customer.id);
	EXPECT(call_by("GET", "/accounts/me", NULL, cookie, OURS), 200);
	CHECK_TEXT(sql_text(left, customer.id), "720");
	sql_run("UPDATE sessions SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE user_id = '%s' AND is_face", customer.id);
	EXPECT_PROBLEM(call_by("GET", "/accounts/me", NULL, cookie, OURS), 401, "unauthenticated");
}

static void
the_form_says_what_is_wrong(void)
{
	struct person customer = person_new("customer");
	struct answer answer = sign_in_on_page(&customer, "Wrong-2026!", "&next=//evil.test");

	CHECK_INT(answer.status, 401);
	CHECK(strstr(answer.body, "The e-mail address or the password is wrong.") != NULL);
	CHECK(strstr(answer.body, form("value=\"%s\"", customer.email)) != NULL);
	CHECK(strstr(answer.body, "Wrong-2026!") == NULL);
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-store");
	answer = sign_in_on_page(&customer, good_password, "&next=//evil.test");
	CHECK_TEXT(header_of(&answer, "Location"), "/");
	answer = sign_in_on_page(&customer, good_password, "&next=/%5Cevil.test");
	CHECK_TEXT(header_of(&answer, "Location"), "/");
	answer = api_get("//bn/signin?next=/cart", NULL);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, "name=\"next\" value=\"/cart\"") != NULL);
	CHECK(strstr(answer.body, "action=\"/bn/signin\"") != NULL);
}

/* One small call for the script of pages that are the same for everybody. */
static void
a_visitor_is_known(void)
{
	struct person customer = person_new("customer"), seller = person_new("shopkeeper");
	struct goods  goods = goods_new(&seller, "10.00", 5);
	const char   *cookie = signed_in(&customer), *token;
	struct answer answer = api_get("/visitor", NULL);

	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "name"));
	CHECK_INT(number_at(&answer, "cart_count"), 0);
	EXPECT(api_put(form("/wishlist/%s", goods.product), customer.access, NULL), 204);
	EXPECT(api_post("/cart/items", customer.access, form("{\"variant_id\": \"%s\", \"quantity\": 2}", goods.variant)), 200);
	answer = call_by("GET", "/visitor", NULL, cookie, OURS);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "name"), customer.name);
	CHECK_INT(number_at(&answer, "cart_count"), 1);
	CHECK_TEXT(text_at(&answer, "wishlist.0"), goods.product);
	CHECK(strstr(header_of(&answer, "Cache-Control"), "no-store") != NULL);
	/* Nothing for the script of another origin. */
	answer = call_by("GET", "/visitor", NULL, cookie, "Origin: http://localhost:3000");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "name"));
	answer = api_post("/carts", NULL, NULL);
	EXPECT(answer, 201);
	token = text_at(&answer, "token");
	EXPECT(api_call("POST", "/cart/items", NULL, form("{\"variant_id\": \"%s\", \"quantity\": 1}", goods.variant),
		   HEADERS(form("X-Cart-Token: %s", token))),
	    200);
	answer = call_by("GET", "/visitor", NULL, form("Cookie: __Host-haat_cart=%s", token), OURS);
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "name"));
	CHECK_INT(number_at(&answer, "cart_count"), 1);
	answer = call_by("GET", "/visitor", NULL, "Cookie: __Host-haat_cart=nonsense", OURS);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "cart_count"), 0);
}

SUITE("api: faces", TEST(the_cookie_signs_in), TEST(other_sites_change_nothing), TEST(a_session_ends), TEST(scripts_sign_in),
    TEST(it_lives_from_its_last_use), TEST(the_form_says_what_is_wrong), TEST(a_visitor_is_known))
