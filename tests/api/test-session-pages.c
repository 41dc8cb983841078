/* Forms whose sender must first say who they are: nothing typed is lost, nothing is sent twice, and no other site makes any of it up. */
#include "tests/api/browsing.h"
#include "tests/api/letters.h"
#include "tests/api/vouched.h"

#include <string.h>

#define ADDRESS \
	"kind=shipping&full_name=%E0%A6%86%E0%A6%AE%E0%A6%BF%E0%A6%A8%E0%A6%BE+%22K%22&phone=%2B8801700000001&line1=12+Green+Road" \
	"&line2=&city=Dhaka&state=&postal_code=1205&country=BD"

#define FORM_KEY "&form_key=3f2c9a1e-6d5b-4c8a-9e7f-0a1b2c3d4e5f"

/* The value of a hidden field of the page's forms, as it stands in the HTML; NULL: there is none. */
static const char *
hidden(const struct answer *answer, const char *name)
{
	const char *start = form("type=\"hidden\" name=\"%s\" value=\"", name), *at = strstr(answer->body, start);

	return at == NULL ? NULL : form("%.*s", (int)strcspn(at + strlen(start), "\""), at + strlen(start));
}

/* A browser whose session another device has ended. */
static const char *
ended(const struct person *person)
{
	const char *cookie = signed_in(person);

	EXPECT(api_post("/accounts/logout-all", person->access, NULL), 204);
	return cookie;
}

static struct answer
sign_in_with(const struct person *person, const char *password, const char *resume)
{
	return sign_in_on_page(person, password, form("&next=/account/addresses&resume=%s", resume));
}

static int64_t
addresses_of(const struct person *person)
{
	return sql_number("SELECT COUNT(*) FROM addresses WHERE user_id = '%s'", person->id);
}

static void
what_was_typed_waits_for_the_sign_in(void)
{
	struct person person = person_new("customer");
	struct answer answer = send_form("/account/addresses", ADDRESS FORM_KEY, OURS, ended(&person));
	const char   *resume = hidden(&answer, "resume"), *cookie;

	CHECK_INT(answer.status, 401);
	REQUIRE(resume != NULL);
	CHECK(says(&answer, "What you typed is kept."));
	CHECK(!says(&answer, "Green Road"));
	answer = sign_in_with(&person, "Wrong-2026!", resume);
	CHECK_INT(answer.status, 401);
	CHECK_TEXT(hidden(&answer, "resume"), resume);
	answer = sign_in_with(&person, good_password, resume);
	CHECK_INT(answer.status, 200);
	cookie = cookie_of(&answer, "__Host-haat_session");
	REQUIRE(cookie != NULL);
	CHECK(says(&answer, "<form class=\"stacked\" method=\"post\" action=\"/account/addresses\">"));
	CHECK_TEXT(hidden(&answer, "full_name"), "আমিনা &quot;K&quot;");
	CHECK_TEXT(hidden(&answer, "line1"), "12 Green Road");
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-store");
	CHECK_TEXT(hidden(&answer, "form_key"), "3f2c9a1e-6d5b-4c8a-9e7f-0a1b2c3d4e5f");
	CHECK_INT(addresses_of(&person), 0);
	/* Pressed twice, it is sent once. */
	for (int i = 0; i < 2; i++)
		CHECK_INT(send_form("/account/addresses", ADDRESS FORM_KEY, OURS, cookie).status, 303);
	CHECK_INT(addresses_of(&person), 1);
}

/* Two people at one device: neither sees, nor sends, what the other has typed. */
static void
what_one_has_typed_is_not_for_the_next(void)
{
	struct person person = person_new("customer"), next = person_new("customer");
	const char   *cookie = ended(&person), *other = signed_in(&next), *resume;
	struct answer answer = send_form("/account/addresses", ADDRESS, OURS, cookie);

	resume = hidden(&answer, "resume");
	REQUIRE(resume != NULL);
	answer = sign_in_with(&next, good_password, resume);
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), "/account/addresses");
	CHECK(!says(&answer, "Green Road"));
	answer = send_form("/account/confirm", form("password=%s&resume=%s", good_password, resume), OURS, other);
	CHECK_INT(answer.status, 303);
	answer = sign_in_with(&person, good_password, resume);
	CHECK_INT(answer.status, 200);
	CHECK_TEXT(hidden(&answer, "line1"), "12 Green Road");
}

/* In its own language, to its own address with the query, and without a field too. */
static void
where_the_form_goes_is_kept(void)
{
	struct person person = person_new("customer");
	struct answer answer = api_call("POST", "//bn/checkout/address?method=standard", NULL, ADDRESS,
	    HEADERS(ended(&person), OURS, "Content-Type: application/x-www-form-urlencoded",
		form("Referer: %s/bn/checkout?method=standard", api_origin())));

	CHECK_INT(answer.status, 401);
	CHECK_TEXT(hidden(&answer, "next"), "/bn/checkout?method=standard");
	answer = sign_in_with(&person, good_password, hidden(&answer, "resume"));
	CHECK(says(&answer, "action=\"/bn/checkout/address?method=standard\""));
	answer = send_form("/reviews/018f0000-0000-7000-8000-000000000000/like", "", OURS, NULL);
	CHECK_INT(answer.status, 401);
	answer = sign_in_with(&person, good_password, hidden(&answer, "resume"));
	CHECK(says(&answer, "action=\"/reviews/018f0000-0000-7000-8000-000000000000/like\""));
}

/* What was typed beside files; they are chosen again. */
static void
a_form_with_files_is_kept_without_them(void)
{
	struct person person = person_new("customer");
	struct answer answer = api_call("POST", "//products/a-lamp/review", NULL,
	    "--edge\r\nContent-Disposition: form-data; name=\"rating\"\r\n\r\n4\r\n"
	    "--edge\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nTwo\r\nlines & \"more\"\r\n"
	    "--edge\r\nContent-Disposition: form-data; name=\"pictures\"; filename=\"a.png\"\r\n\r\nno picture\r\n--edge--\r\n",
	    HEADERS(ended(&person), OURS, "Content-Type: multipart/form-data; boundary=edge"));

	CHECK_INT(answer.status, 401);
	answer = sign_in_with(&person, good_password, hidden(&answer, "resume"));
	CHECK_INT(answer.status, 200);
	CHECK(says(&answer, "action=\"/products/a-lamp/review\""));
	CHECK_TEXT(hidden(&answer, "rating"), "4");
	CHECK_TEXT(hidden(&answer, "text"), "Two\r\nlines &amp; &quot;more&quot;");
	CHECK(hidden(&answer, "pictures") == NULL);
	/* A form of nothing but a file is not sent on. */
	answer = api_call(
	    "POST", "//account/picture", NULL, "--edge--\r\n", HEADERS(OURS, "Content-Type: multipart/form-data; boundary=edge"));
	CHECK_INT(answer.status, 401);
	CHECK(hidden(&answer, "resume") == NULL);
}

static void
passwords_are_not_kept(void)
{
	struct person person = person_new("customer");
	struct answer answer = send_form("/account/password",
	    "old_password=Padma-River-41&password=Padma-River-42&password_confirm=Padma-River-42", OURS, ended(&person));

	answer = sign_in_with(&person, good_password, hidden(&answer, "resume"));
	CHECK_INT(answer.status, 200);
	CHECK(says(&answer, "action=\"/account/password\""));
	CHECK(!says(&answer, "Padma-River"));
	CHECK(hidden(&answer, "old_password") == NULL);
}

/* Else a page elsewhere could have its form sent by whoever signs in here. */
static void
only_what_our_own_pages_sent_is_kept(void)
{
	struct person person = person_new("customer");
	struct answer answer = send_form("/account/addresses", ADDRESS, "Sec-Fetch-Site: cross-site", ended(&person));

	CHECK_INT(answer.status, 401);
	CHECK(hidden(&answer, "resume") == NULL);
	answer = send_form("/account/addresses", ADDRESS, "Origin: https://evil.test", NULL);
	CHECK(hidden(&answer, "resume") == NULL);
	answer = api_call("POST", "//account/addresses", NULL, ADDRESS,
	    HEADERS(OURS, "Content-Type: application/x-www-form-urlencoded", "Referer: https://evil.test/form"));
	CHECK(hidden(&answer, "resume") != NULL);
	CHECK(hidden(&answer, "next") == NULL);
	answer = sign_in_with(&person, good_password, "bm90IG91cnM");
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), "/account/addresses");
	answer = sign_in_with(&person, good_password, "***");
	CHECK_INT(answer.status, 303);
}

/* ---- confirmation ---- */

static void
grow_old(const struct person *person)
{
	sql_run("UPDATE sessions SET confirmed_at = NOW(3) - INTERVAL 1 DAY, created_at = NOW(3) - INTERVAL 1 DAY "
		"WHERE user_id = '%s'",
	    person->id);
}

static void
another_address_wants_a_confirmation(void)
{
	struct person person = person_new("customer");
	const char   *cookie = signed_in(&person), *email = fresh_email("moved"), *resume;
	struct answer answer;

	grow_old(&person);
	answer = send_form("/account/email", form("email=%s", email), OURS, cookie);
	CHECK_INT(answer.status, 403);
	CHECK(says(&answer, "<h1>Confirm that it is you</h1>"));
	CHECK(!says(&answer, "name=\"totp\""));
	resume = hidden(&answer, "resume");
	REQUIRE(resume != NULL);
	answer = send_form("/account/confirm", form("password=Wrong-2026!&next=/account&resume=%s", resume), OURS, cookie);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"password-wrong\"><span>This is not right.</span>"));
	CHECK_TEXT(hidden(&answer, "resume"), resume);
	CHECK_INT(send_form("/account/confirm", form("password=&resume=%s", resume), OURS, cookie).status, 400);
	answer = send_form(
	    "/account/confirm", form("password=%s&next=javascript:alert(1)&resume=%s", good_password, resume), OURS, cookie);
	CHECK(!says(&answer, "javascript:"));
	answer = send_form("/account/confirm", form("password=%s&next=/account&resume=%s", good_password, resume), OURS, cookie);
	CHECK_INT(answer.status, 200);
	CHECK(says(&answer, "action=\"/account/email\" data-go-on>"));
	CHECK_TEXT(hidden(&answer, "email"), email);
	answer = send_form("/account/email", form("email=%s", email), OURS, cookie);
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), "/account?done=move");
	CHECK_TEXT(sql_text("SELECT email FROM users WHERE id = '%s'", person.id), person.email);
	answer = send_form("/account/confirm", form("password=%s&next=/account", good_password), OURS, cookie);
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), "/account");
	CHECK_INT(
	    send_form("/account/confirm", form("password=%s", good_password), "Sec-Fetch-Site: cross-site", cookie).status, 403);
}

static void
an_address_is_moved_by_its_letter(void)
{
	struct person person = person_new("customer"), other = person_new("customer");
	const char   *cookie = signed_in(&person), *email = fresh_email("moved");
	struct answer answer = send_form("/account/email", form("email=%s", other.email), OURS, cookie);

	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, "id=\"email-wrong\""));
	CHECK(says(&answer, form("value=\"%s\"", other.email)));
	answer = send_form("/account/email", "email=nonsense", OURS, cookie);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "value=\"nonsense\""));
	CHECK_INT(send_form("/account/email", form("email=%s", email), OURS, cookie).status, 303);
	answer = open_page("/account?done=move", cookie);
	CHECK(says(&answer, "We have e-mailed a link to the new address."));
	answer = send_form("/verify", form("token=%s", token_of_letter("change-email", person.id)), OURS, NULL);
	CHECK_INT(answer.status, 200);
	CHECK_TEXT(sql_text("SELECT email FROM users WHERE id = '%s'", person.id), email);
}

/* ---- what else opens the account ---- */

static struct answer
remove_identity(const char *access)
{
	const char *id = sql_text("SELECT i.id FROM user_identities i JOIN sessions s ON s.user_id = i.user_id WHERE s.id = '%s'",
	    text_at(&(struct answer[]) { api_get("/accounts/sessions", access) }[0], "results.0.id"));

	return api_call("POST", form("//account/identities/%s/remove", id), access, "",
	    HEADERS("Content-Type: application/x-www-form-urlencoded"));
}

/* Nobody could end it any more: the browser has forgotten its cookie. */
static void
a_new_sign_in_ends_the_browsers_former(void)
{
	struct person person = person_new("customer"), other = person_new("customer");
	const char   *former = signed_in(&person), *elsewhere = signed_in(&person);

	EXPECT(send_form("/signin", form("email=%s&password=%s", other.email, good_password), OURS, former), 303);
	CHECK_INT(open_page("/account", former).status, 401);
	CHECK_INT(open_page("/account", elsewhere).status, 200);
}

static void
identities_are_shown_and_removed(void)
{
	struct answer google = sign_in_with_google(fresh_email("linked"), ""), answer;
	struct answer phone = api_post("/auth/phone-login", NULL, form("{\"id_token\": \"%s\"}", phone_token(fresh_phone(), "")));

	EXPECT(google, 200);
	answer = api_get("//account/security", text_at(&google, "access"));
	EXPECT(answer, 200);
	CHECK(says(&answer, "<p class=\"strong\">Google</p>"));
	answer = remove_identity(text_at(&google, "access"));
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), "/account/security?done=removed");
	CHECK(
	    !says(&(struct answer[]) { api_get("//account/security", text_at(&google, "access")) }[0], "Other ways to sign in"));
	/* Without an e-mail address nothing else opens the account. */
	EXPECT(phone, 200);
	answer = remove_identity(text_at(&phone, "access"));
	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, "Add an e-mail address first."));
	CHECK(says(&answer, "<p class=\"strong\">Phone number</p>"));
}

/* ---- the way out ---- */

static void
who_is_signed_out_already_stays_so(void)
{
	struct person person = person_new("customer");
	struct answer answer = send_form("/signout", "", OURS, ended(&person));

	CHECK_INT(answer.status, 401);
	CHECK(hidden(&answer, "resume") == NULL && hidden(&answer, "next") == NULL);
	CHECK(strstr(answer.headers, "__Host-haat_session=; Path=/; Max-Age=0") != NULL);
	/* Another site signs nobody out. */
	answer = send_form("/signout", "", "Sec-Fetch-Site: cross-site", NULL);
	CHECK(strstr(answer.headers, "__Host-haat_session") == NULL);
}

SUITE("api: session pages", TEST(what_was_typed_waits_for_the_sign_in), TEST(where_the_form_goes_is_kept),
    TEST(what_one_has_typed_is_not_for_the_next), TEST(a_form_with_files_is_kept_without_them), TEST(passwords_are_not_kept),
    TEST(only_what_our_own_pages_sent_is_kept), TEST(another_address_wants_a_confirmation),
    TEST(an_address_is_moved_by_its_letter), TEST(a_new_sign_in_ends_the_browsers_former), TEST(identities_are_shown_and_removed),
    TEST(who_is_signed_out_already_stays_so))
