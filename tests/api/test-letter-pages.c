/* The pages that letters lead to, as a browser without script uses them: an address is verified, a password is reset. */
#include "tests/api/browsing.h"
#include "tests/api/letters.h"

#include <string.h>

static void
expect_page(const struct answer *answer, const char *title)
{
	CHECK(strstr(answer->body, form("<h1>%s</h1>", title)) != NULL);
	CHECK_TEXT(header_of(answer, "Referrer-Policy"), "no-referrer");
	CHECK_TEXT(header_of(answer, "Cache-Control"), "no-store");
	CHECK(strstr(header_of(answer, "Content-Security-Policy"), "script-src 'self'") != NULL);
}

static const char *
is_verified(const struct person *person)
{
	return sql_text("SELECT email_verified FROM users WHERE id = '%s'", person->id);
}

/* Looking at the page, as scanners of mail do, uses no token up. */
static void
an_address_is_verified_by_the_form(void)
{
	struct person person = person_unverified();
	const char   *token = token_of_letter("verify-email", person.id);
	struct answer answer;

	for (int i = 0; i < 2; i++) {
		answer = api_get(form("//verify?token=%s", token), NULL);
		EXPECT(answer, 200);
		expect_page(&answer, "Verify your e-mail address");
		CHECK(strstr(answer.body, form("<input type=\"hidden\" name=\"token\" value=\"%s\">", token)) != NULL);
	}
	CHECK_TEXT(is_verified(&person), "0");
	answer = send_form("/verify", form("token=%s", token), NULL, NULL);
	EXPECT(answer, 200);
	expect_page(&answer, "The address is verified");
	CHECK_TEXT(is_verified(&person), "1");
	answer = send_form("/verify", form("token=%s", token), NULL, NULL);
	CHECK_INT(answer.status, 400);
	expect_page(&answer, "The link is no longer valid");
	answer = api_get("//verify", NULL);
	expect_page(&answer, "The link is no longer valid");
	answer = send_form("/verify", "", NULL, NULL);
	CHECK_INT(answer.status, 400);
	expect_page(&answer, "The link is broken");
}

static void
a_password_is_reset_by_the_form(void)
{
	struct person person = person_new("customer");
	const char   *token;
	struct answer answer = api_get("//reset", NULL);

	EXPECT(answer, 200);
	expect_page(&answer, "Reset your password");
	CHECK(strstr(answer.body, "name=\"email\"") != NULL && strstr(answer.body, "name=\"password\"") == NULL);
	answer = send_form("/forgot", "email=nobody.at.all%40people.test", NULL, NULL);
	EXPECT(answer, 200);
	expect_page(&answer, "Check your e-mail");
	EXPECT(open_page("/bn/forgot", NULL), 200);
	answer = send_form("/forgot", "email=none", NULL, NULL);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"email-wrong\"") && says(&answer, "value=\"none\""));
	EXPECT(send_form("/forgot", form("email=%s", person.email), NULL, NULL), 200);
	token = token_of_letter("reset-password", person.id);
	answer = api_get(form("//reset?token=%s", token), NULL);
	EXPECT(answer, 200);
	expect_page(&answer, "Set a new password");
	/* What is refused leaves the token good, and the form there. */
	answer = send_form("/reset", form("token=%s&password=Padma-River-42&password_confirm=Padma-River-43", token), NULL, NULL);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"password_confirm-wrong\"><span>This is not the same as above.</span>"));
	answer = send_form("/reset", form("token=%s&password=short&password_confirm=short", token), NULL, NULL);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"password-wrong\"><span>Too short. Characters at least: 8</span>"));
	CHECK(strstr(answer.body, form("value=\"%s\"", token)) != NULL && strstr(answer.body, "value=\"short\"") == NULL);
	answer = send_form("/reset", form("token=%s&password=Padma-River-42&password_confirm=Padma-River-42", token), NULL, NULL);
	EXPECT(answer, 200);
	expect_page(&answer, "The password is set");
	EXPECT(
	    api_post("/accounts/login", NULL, form("{\"email\": \"%s\", \"password\": \"Padma-River-42\"}", person.email)), 200);
	answer = send_form("/reset", form("token=%s&password=Padma-River-42&password_confirm=Padma-River-42", token), NULL, NULL);
	expect_page(&answer, "The link is no longer valid");
}

SUITE("api: pages from letters", TEST(an_address_is_verified_by_the_form), TEST(a_password_is_reset_by_the_form))
