/* Sign-in with Google and by phone on the shop's own pages: the cookie at its end, whose browser it is, and what goes wrong. */
#include "tests/api/browsing.h"
#include "tests/api/vouched.h"

#include "base/instant.h"
#include "base/totp.h"

#include <string.h>

/* What stands in a header of the answer behind "Cookie: ". */
static const char *
value_of(const struct answer *answer, const char *name)
{
	const char *header = cookie_of(answer, name);

	REQUIRE(header != NULL);
	return header + strlen("Cookie: ");
}

/* A browser on its way to Google; *begun is its other cookie, as a header. */
static struct browser
begin_below(const char *base, const char *query, const char **begun)
{
	struct answer answer = api_get(form("/%s/signin/google%s", base, query), NULL);

	EXPECT(answer, 303);
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-store");
	*begun = cookie_of(&answer, "__Host-haat_begun");
	REQUIRE(*begun != NULL);
	return (struct browser) { .cookie = value_of(&answer, "haat_google"),
		.asked = strchr(header_of(&answer, "Location"), '?') + 1 };
}

static struct browser
begin(const char *query, const char **begun)
{
	return begin_below("", query, begun);
}

/* Where the callback leads: the path of our page. */
static const char *
path_back(struct browser *browser, const char *act, const char *email)
{
	struct answer answer;
	const char   *location;

	browser_decide(browser, act, email, "");
	answer = browser_return(browser);
	EXPECT(answer, 303);
	location = header_of(&answer, "Location");
	REQUIRE(strncmp(location, api_origin(), strlen(api_origin())) == 0);
	return form("/%s", location + strlen(api_origin()));
}

static struct answer
arrive(const char *path, const char *begun)
{
	return api_call("GET", path, NULL, NULL, HEADERS(begun, "Sec-Fetch-Site: cross-site"));
}

static void
google_signs_in_by_the_cookie(void)
{
	const char    *begun, *email = fresh_email("page"), *cookie, *path;
	struct browser browser = begin("?next=%2Forders%3Fa%3Db%26c", &begun);
	struct answer  answer;

	path = path_back(&browser, "allow", email);
	answer = arrive(path, begun);
	EXPECT(answer, 303);
	CHECK_TEXT(header_of(&answer, "Location"), "/orders?a=b&c");
	cookie = cookie_of(&answer, "__Host-haat_session");
	REQUIRE(cookie != NULL);
	CHECK(strstr(answer.headers, "__Host-haat_begun=; Path=/; Max-Age=0") != NULL);
	answer = api_call("GET", "/accounts/me", NULL, NULL, HEADERS(cookie, OURS));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "email"), email);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM sessions WHERE user_id = '%s' AND is_face", text_at(&answer, "id")), 1);
	/* The code is good once. */
	answer = arrive(path, begun);
	CHECK_INT(answer.status, 401);
	CHECK(says(&answer, "Begin again."));
}

static void
a_new_account_has_the_language_of_its_page(void)
{
	const char    *begun, *email = fresh_email("page"), *phone = fresh_phone();
	struct browser browser = begin_below("/bn", "", &begun);

	EXPECT(arrive(path_back(&browser, "allow", email), begun), 303);
	CHECK_TEXT(sql_text("SELECT locale FROM users WHERE email = '%s'", email), "bn");
	EXPECT(send_form("/bn/signin/phone", form("id_token=%s", phone_token(phone, "")), OURS, NULL), 303);
	CHECK_TEXT(sql_text("SELECT locale FROM users WHERE phone = '%s'", phone), "bn");
	/* It stays as it is when its owner comes by another page. */
	browser = begin("", &begun);
	EXPECT(arrive(path_back(&browser, "allow", email), begun), 303);
	CHECK_TEXT(sql_text("SELECT locale FROM users WHERE email = '%s'", email), "bn");
}

/* A link with somebody else's code signs nobody in. */
static void
only_the_browser_that_began_comes_in(void)
{
	const char    *begun, *other, *path;
	struct browser browser = begin("", &begun);
	struct answer  answer;

	path = path_back(&browser, "allow", fresh_email("page"));
	begin("", &other);
	for (const char *const *cookie = (const char *const[]) { other, "Cookie: a=b", "Cookie: __Host-haat_begun=", NULL };
	     *cookie != NULL; cookie++) {
		answer = arrive(path, *cookie);
		CHECK_INT(answer.status, 400);
		CHECK(says(&answer, "or was begun in another browser"));
		CHECK(cookie_of(&answer, "__Host-haat_session") == NULL);
	}
	EXPECT(arrive(path, begun), 303);
}

static void
a_guests_cart_comes_along(void)
{
	struct person  seller = person_new("shopkeeper");
	struct goods   goods = goods_new(&seller, "10.00", 5);
	const char    *begun, *token;
	struct browser browser = begin("?next=/cart", &begun);
	struct answer  answer = api_post("/carts", NULL, NULL);

	EXPECT(answer, 201);
	token = text_at(&answer, "token");
	EXPECT(api_call("POST", "/cart/items", NULL, form("{\"variant_id\": \"%s\", \"quantity\": 2}", goods.variant),
		   HEADERS(form("X-Cart-Token: %s", token))),
	    200);
	answer = arrive(path_back(&browser, "allow", fresh_email("cart")), form("%s; __Host-haat_cart=%s", begun, token));
	EXPECT(answer, 303);
	CHECK(strstr(answer.headers, "__Host-haat_cart=; Path=/; Max-Age=0") != NULL);
	answer = api_call("GET", "/cart", NULL, NULL, HEADERS(cookie_of(&answer, "__Host-haat_session"), OURS));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "items.0.variant_id"), goods.variant);
}

static void
what_goes_wrong_at_google_is_said(void)
{
	struct person  person = person_new("customer");
	const char    *begun;
	struct browser browser = begin("?next=/cart", &begun);
	struct answer  answer = arrive(path_back(&browser, "deny", person.email), begun);

	CHECK_INT(answer.status, 401);
	CHECK(says(&answer, "Google has not signed you in."));
	CHECK(says(&answer, "href=\"/signin/google?next=%2Fcart\""));
	sql_run("UPDATE users SET email_verified = FALSE WHERE id = '%s'", person.id);
	browser = begin("", &begun);
	answer = arrive(path_back(&browser, "allow", person.email), begun);
	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, "it was never verified there"));
	CHECK(says(&answer, "/forgot"));
	/* A browser that lost its cookie on the way sees a page, a program the error. */
	browser = begin("", &begun);
	browser_decide(&browser, "allow", person.email, "");
	answer = api_call("GET", browser.back, NULL, NULL, HEADERS("Accept: text/html,*/*;q=0.8"));
	EXPECT(answer, 303);
	CHECK_TEXT(header_of(&answer, "Location"), form("%s/signin/google/return?error=sign_in_lost", api_origin()));
	CHECK_INT(api_get("//signin/google/return?error=sign_in_lost", NULL).status, 400);
	CHECK_INT(api_get("//signin/google/return?error=nonsense", NULL).status, 400);
	EXPECT_PROBLEM(api_get(browser.back, NULL), 400, "sign_in_lost");
}

/* ---- the second factor ---- */

static const char *
code_of(const char *base32)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned char     secret[TOTP_SECRET_BYTES] = { 0 };

	for (size_t i = 0; i < strlen(base32) * 5; i++)
		secret[i / 8] =
		    (unsigned char)(secret[i / 8] << 1 | ((strchr(alphabet, base32[i / 5]) - alphabet) >> (4 - i % 5) & 1));
	return form("%06u", totp_code(secret, sizeof secret, totp_step(unix_seconds())));
}

/* Staff with one: its secret. */
static const char *
second_factor(const struct person *person)
{
	struct answer answer = api_post("/accounts/totp", person->access, NULL);
	const char   *secret;

	EXPECT(answer, 200);
	secret = text_at(&answer, "secret");
	EXPECT(api_post("/accounts/totp/verify", person->access, form("{\"totp\": \"%s\"}", code_of(secret))), 200);
	sql_run("UPDATE users SET totp_step = NULL WHERE id = '%s'", person->id);
	return secret;
}

static const char *
proof_of(const struct answer *answer, const char *name)
{
	const char *start = form("name=\"%s\" value=\"", name), *at = strstr(answer->body, start);

	REQUIRE(at != NULL);
	return form("%.*s", (int)strcspn(at + strlen(start), "\""), at + strlen(start));
}

static void
a_second_factor_is_asked_for(void)
{
	struct person  staff = person_new("warehouse");
	const char    *secret = second_factor(&staff), *begun, *fields;
	struct browser browser = begin("?next=/account", &begun);
	struct answer  answer = arrive(path_back(&browser, "allow", staff.email), begun);

	CHECK_INT(answer.status, 401);
	CHECK(says(&answer, "<h1>Second step</h1>"));
	CHECK(cookie_of(&answer, "__Host-haat_session") == NULL);
	fields = form("code=%s&next=/account", proof_of(&answer, "code"));
	answer = send_form("/signin/google", form("%s&totp=000000", fields), OURS, begun);
	CHECK_INT(answer.status, 401);
	CHECK(says(&answer, "The code is wrong or was used already."));
	CHECK_INT(
	    send_form("/signin/google", form("%s&totp=%s", fields, code_of(secret)), "Sec-Fetch-Site: cross-site", begun).status,
	    403);
	answer = send_form("/signin/google", form("%s&totp=%s", fields, code_of(secret)), OURS, begun);
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), "/account");
	CHECK(cookie_of(&answer, "__Host-haat_session") != NULL);
	/* A code that is over begins again. */
	answer = send_form("/signin/google", form("%s&totp=%s", fields, code_of(secret)), OURS, begun);
	CHECK_INT(answer.status, 401);
	CHECK(says(&answer, "Begin again."));
}

/* ---- by phone ---- */

static struct answer
by_phone(const char *token, const char *more, const char *site, const char *cookie)
{
	return send_form("/signin/phone", form("id_token=%s%s", token, more), site, cookie);
}

static void
a_number_signs_in_by_the_cookie(void)
{
	const char   *phone = fresh_phone(), *cookie;
	struct answer answer = by_phone(phone_token(phone, ""), "&next=/cart", OURS, NULL);

	EXPECT(answer, 303);
	CHECK_TEXT(header_of(&answer, "Location"), "/cart");
	cookie = cookie_of(&answer, "__Host-haat_session");
	REQUIRE(cookie != NULL);
	CHECK(strstr(answer.headers, "haat_refresh") == NULL);
	answer = api_call("GET", "/accounts/me", NULL, NULL, HEADERS(cookie, OURS));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "phone"), phone);
	CHECK_INT(by_phone(phone_token(phone, ""), "", "Sec-Fetch-Site: cross-site", NULL).status, 403);
	answer = by_phone("nonsense", "&next=/cart", OURS, NULL);
	CHECK_INT(answer.status, 401);
	CHECK(says(&answer, "Begin again."));
	CHECK(says(&answer, "name=\"next\" value=\"/cart\""));
}

/* The number of an account that has never proven it opens nothing; who is signed in to that proves it. */
static void
an_unproven_number_is_proven_by_its_owner(void)
{
	struct person person = person_new("customer");
	const char   *cookie = signed_in(&person);
	struct answer answer;

	sql_run("UPDATE users SET phone_verified = FALSE WHERE id = '%s'", person.id);
	answer = by_phone(phone_token(person.phone, ""), "", OURS, NULL);
	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, "it was never verified there"));
	EXPECT(by_phone(phone_token(person.phone, ""), "", OURS, cookie), 303);
	CHECK_INT(sql_number("SELECT phone_verified FROM users WHERE id = '%s'", person.id), 1);
}

static void
the_page_speaks_its_language(void)
{
	struct answer answer = api_get("//bn/signin/phone?next=/cart", NULL);

	EXPECT(answer, 200);
	CHECK(says(&answer, "<html lang=\"bn\""));
	CHECK(says(&answer, "action=\"/bn/signin/phone\""));
	CHECK(!says(&answer, "\"back\""));
	CHECK(strstr(header_of(&answer, "Content-Security-Policy"), "form-action 'self'") != NULL);
	CHECK(says(&(struct answer[]) { api_get("//signin/phone?return_url=https%3A%2F%2Flocalhost%2F", NULL) }[0], "\"back\""));
	answer = api_get("//register", NULL);
	CHECK(says(&answer, "/signin/google"));
	answer = api_get("//register/shop", NULL);
	CHECK(!says(&answer, "/signin/google"));
}

SUITE("api: pages of sign-in elsewhere", TEST(google_signs_in_by_the_cookie), TEST(a_new_account_has_the_language_of_its_page),
    TEST(only_the_browser_that_began_comes_in), TEST(a_guests_cart_comes_along), TEST(what_goes_wrong_at_google_is_said),
    TEST(a_second_factor_is_asked_for), TEST(a_number_signs_in_by_the_cookie), TEST(an_unproven_number_is_proven_by_its_owner),
    TEST(the_page_speaks_its_language))
