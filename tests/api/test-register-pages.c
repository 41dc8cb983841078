/* Registration on the shop's pages: who opens an account is signed in; what is wrong stands beside its field. */
#include "tests/api/browsing.h"

#include <string.h>

#define NAMED "full_name=Amina+Khatun&"
#define PASSWORDS "&password=Rickshaw-7-Bells&password_confirm=Rickshaw-7-Bells"

static const char *
fields(const char *email, const char *phone, const char *more)
{
	return form(NAMED "email=%s&phone=%%2B%s%s", email, phone + 1, more);
}

static void
expect_signed_in(const struct answer *answer, const char *email, const char *role)
{
	const char   *cookie = cookie_of(answer, "__Host-haat_session");
	struct answer me;

	CHECK_INT(answer->status, 303);
	REQUIRE(cookie != NULL);
	me = api_call("GET", "/accounts/me", NULL, NULL, HEADERS(cookie, OURS));
	EXPECT(me, 200);
	CHECK_TEXT(text_at(&me, "email"), email);
	CHECK_TEXT(text_at(&me, "role"), role);
}

static void
an_account_is_opened(void)
{
	const char   *email = fresh_email("amina");
	struct answer answer = open_page("/register?next=/cart", NULL);

	EXPECT(answer, 200);
	CHECK(says(&answer, "<h1>Create an account</h1>"));
	CHECK(says(&answer, "name=\"next\" value=\"/cart\""));
	CHECK(!says(&answer, "aria-invalid"));
	CHECK(!says(&answer, "shop_name"));
	answer = api_get("//register", NULL);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, "method=\"post\" action=\"/register\"") != NULL);
	answer = api_get("//bn/register", NULL);
	CHECK(strstr(answer.body, "method=\"post\" action=\"/bn/register\"") != NULL);
	answer = send_form("/register", fields(email, fresh_phone(), PASSWORDS "&next=/cart"), OURS, NULL);
	expect_signed_in(&answer, email, "customer");
	CHECK_TEXT(header_of(&answer, "Location"), "/cart");
	/* The password is theirs. */
	EXPECT(api_post("/accounts/login", NULL, form("{\"email\": \"%s\", \"password\": \"%s\"}", email, good_password)), 200);
}

/* A browser sends the empty fields, too. */
static void
no_password_is_needed(void)
{
	const char   *email = fresh_email("amina");
	struct answer answer =
	    send_form("/bn/register", fields(email, fresh_phone(), "&password=&password_confirm="), OURS, NULL);

	expect_signed_in(&answer, email, "customer");
	CHECK_TEXT(header_of(&answer, "Location"), "/bn/");
	/* They get letters in the language in which they came. */
	CHECK_TEXT(sql_text("SELECT locale FROM users WHERE email = '%s'", email), "bn");
	answer = send_form("/register", fields(fresh_email("amina"), fresh_phone(), "&password=&password_confirm=x"), OURS, NULL);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"password-wrong\"><span>Please fill this in.</span>"));
}

static void
faults_stand_beside_their_fields(void)
{
	struct person known = person_new("customer");
	struct answer answer = send_form("/register",
	    "full_name=&email=%3Cb%3Eno%22address&phone=123&password=short&password_confirm=short&next=/cart", OURS, NULL);

	CHECK_INT(answer.status, 400);
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-store");
	CHECK(says(&answer, "id=\"full_name-wrong\"><span>Please fill this in.</span>"));
	CHECK(says(&answer, "id=\"email-wrong\"><span>This is not an e-mail address."));
	CHECK(says(&answer, "id=\"phone-wrong\"><span>This is not a phone number."));
	CHECK(says(&answer, "aria-invalid=\"true\" aria-describedby=\"email-wrong\""));
	CHECK(says(&answer, "value=\"&lt;b&gt;no&quot;address\""));
	CHECK(says(&answer, "value=\"123\""));
	CHECK(says(&answer, "name=\"next\" value=\"/cart\""));
	CHECK(!says(&answer, "short\""));
	/* All rules of passwords that are broken, and in the language of the page. */
	answer =
	    send_form("/register", fields(fresh_email("amina"), fresh_phone(), "&password=aaa&password_confirm=aaa"), OURS, NULL);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "<span>Too short. Characters at least: 8</span>"));
	CHECK(says(&answer, "<span>A digit is missing.</span>"));
	answer = send_form(
	    "/bn/register", fields(fresh_email("amina"), fresh_phone(), "&password=aaa&password_confirm=aaa"), OURS, NULL);
	CHECK(says(&answer, "<span>খুব ছোট। ন্যূনতম অক্ষর: ৮</span>"));
	answer = send_form("/register", fields(known.email, fresh_phone(), PASSWORDS), OURS, NULL);
	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, "id=\"email-wrong\"><span>This belongs to somebody else already.</span>"));
	CHECK(says(&answer, "value=\"Amina Khatun\""));
	answer = send_form("/register",
	    fields(fresh_email("amina"), fresh_phone(), "&password=Rickshaw-7-Bells&password_confirm=Rickshaw-8-Bells"), OURS,
	    NULL);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"password_confirm-wrong\"><span>This is not the same as above.</span>"));
}

static void
a_shop_is_opened(void)
{
	const char   *email = fresh_email("keeper"), *phone = fresh_phone();
	const char   *shop = "&shop_name=Dhaka+Bells&business_type=business&gst_number=&currency=BDT&business_id=";
	struct answer answer = open_page("/register/shop", NULL);

	EXPECT(answer, 200);
	CHECK(says(&answer, "name=\"shop_name\""));
	CHECK(says(&answer, "<option value=\"individual\">One person</option>"));
	answer = send_form("/register/shop", fields(email, phone, form(PASSWORDS "%s", shop)), OURS, NULL);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"business_id-wrong\"><span>Please fill this in.</span>"));
	CHECK(says(&answer, "<option value=\"business\" selected>Business</option>"));
	answer = send_form("/register/shop", fields(email, phone, form(PASSWORDS "%sBIN-%s", shop, phone + 1)), OURS, NULL);
	expect_signed_in(&answer, email, "shopkeeper");
	CHECK_TEXT(header_of(&answer, "Location"), "/account?done=shop");
	CHECK_TEXT(sql_text("SELECT CONCAT(status, ' ', currency) FROM merchants WHERE business_id = 'BIN-%s'", phone + 1),
	    "pending BDT");
	/* A shop is not opened without a password. */
	answer = send_form("/register/shop",
	    fields(fresh_email("keeper"), fresh_phone(), form("&password=&password_confirm=%sBIN-x%s", shop, phone + 1)), OURS,
	    NULL);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"password-wrong\"><span>Please fill this in.</span>"));
}

/* Nobody signs a browser in to an account of theirs from elsewhere. */
static void
other_sites_open_none(void)
{
	const char *email = fresh_email("amina");

	CHECK_INT(
	    send_form("/register", fields(email, fresh_phone(), PASSWORDS), "Sec-Fetch-Site: cross-site", NULL).status, 403);
	CHECK_TEXT(sql_text("SELECT COUNT(*) FROM users WHERE email = '%s'", email), "0");
	/* What they add to a link to the page does no harm. */
	CHECK_INT(open_page("/register?nonsense=1", NULL).status, 200);
}

SUITE("api: registration pages", TEST(an_account_is_opened), TEST(no_password_is_needed), TEST(faults_stand_beside_their_fields),
    TEST(a_shop_is_opened), TEST(other_sites_open_none))
