/* What letters bring: an address is verified, an account moves to another one, a password is set without the old one. */
#include "tests/api/letters.h"

#include <string.h>

static struct answer
use(const char *path, const char *token, const char *more)
{
	return api_post(path, NULL, form("{\"token\": \"%s\"%s}", token, more));
}

static struct answer
verify(const char *token)
{
	return use("/accounts/verify-email", token, "");
}

static struct answer
reset(const char *token, const char *password)
{
	return use(
	    "/accounts/password/reset", token, form(", \"password\": \"%s\", \"password_confirm\": \"%s\"", password, password));
}

static struct answer
login(const char *email, const char *password)
{
	return api_post("/accounts/login", NULL, form("{\"email\": \"%s\", \"password\": \"%s\"}", email, password));
}

static struct answer
forgot(const char *email)
{
	return api_post("/accounts/password/forgot", NULL, form("{\"email\": \"%s\"}", email));
}

static int64_t
audited(const char *action, const char *user)
{
	return sql_number("SELECT COUNT(*) FROM audit_records WHERE action = '%s' AND subject_id = '%s'", action, user);
}

/* All that was asked for has been done, whatever it was. */
static void
wait_for_resets(void)
{
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = 'ask_reset'");
}

/* ---- verification ---- */

static void
an_address_is_verified_once(void)
{
	struct person person = person_unverified();
	const char   *token = token_of_letter("verify-email", person.id);
	struct answer answer;

	CHECK_INT(sql_number("SELECT COUNT(*) FROM one_time_tokens WHERE token_hash = UNHEX(SHA2('%s', 256)) AND user_id = '%s'",
		      token, person.id),
	    1);
	answer = verify(token);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "email"), person.email);
	CHECK(bool_at(&answer, "email_verified"));
	answer = api_get("/accounts/me", person.access);
	CHECK(bool_at(&answer, "email_verified"));
	EXPECT_PROBLEM(verify(token), 400, "token_invalid");
	EXPECT_PROBLEM(verify("nonsense"), 400, "token_invalid");
	EXPECT_FAULT(api_post("/accounts/verify-email", NULL, "{}"), "token");
	CHECK_INT(audited("user.email_verified", person.id), 1);
	EXPECT_PROBLEM(api_post("/accounts/verify-email/resend", person.access, NULL), 409, "conflict");
}

/* The newest letter counts; the tokens of those before have ended. */
static void
a_letter_is_sent_again(void)
{
	struct person person = person_unverified();
	const char   *first = token_of_letter("verify-email", person.id), *second;

	EXPECT(api_post("/accounts/verify-email/resend", person.access, NULL), 200);
	WAIT_FOR(
	    "2", "SELECT COUNT(*) FROM mails WHERE kind = 'verify-email' AND about_id = '%s' AND status = 'sent'", person.id);
	second = token_of_letter("verify-email", person.id);
	CHECK(strcmp(first, second) != 0);
	EXPECT_PROBLEM(verify(first), 400, "token_invalid");
	/* Not behind its time, and not for who is disabled. */
	sql_run("UPDATE one_time_tokens SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE user_id = '%s'", person.id);
	EXPECT_PROBLEM(verify(second), 400, "token_invalid");
	sql_run("UPDATE one_time_tokens SET expires_at = NOW(3) + INTERVAL 1 HOUR WHERE user_id = '%s'", person.id);
	sql_run("UPDATE users SET status = 'disabled' WHERE id = '%s'", person.id);
	EXPECT_PROBLEM(verify(second), 400, "token_invalid");
	sql_run("UPDATE users SET status = 'active' WHERE id = '%s'", person.id);
	/* Each purpose has its own. */
	EXPECT_PROBLEM(reset(second, "Padma-River-42"), 400, "token_invalid");
	EXPECT(verify(second), 200);
}

static void
a_token_is_used_once_by_many(void)
{
	enum { MANY = 8 };
	struct person person = person_unverified();
	struct call   call = { .method = "POST",
		  .path = "/accounts/verify-email",
		  .body = form("{\"token\": \"%s\"}", token_of_letter("verify-email", person.id)) };
	struct call   calls[MANY];
	struct answer answers[MANY];
	int           used = 0;

	for (int i = 0; i < MANY; i++)
		calls[i] = call;
	api_calls(calls, MANY, answers);
	for (int i = 0; i < MANY; i++)
		used += answers[i].status == 200;
	CHECK_INT(used, 1);
	CHECK_INT(audited("user.email_verified", person.id), 1);
}

/* ---- another address ---- */

static void
an_account_moves_to_another_address(void)
{
	struct person person = person_new("customer"), other = person_new("customer");
	const char   *email = fresh_email("moved"), *token;
	struct answer answer = api_post("/accounts/email", person.access, form("{\"email\": \"%s\"}", email));

	EXPECT(answer, 200);
	token = token_of_letter("change-email", person.id);
	CHECK(strstr(letter_file(wait_for_letter("change-email", person.id, "sent")), form("<%s>\r\n", email)) != NULL);
	/* Until the letter is answered nothing has changed. */
	EXPECT(login(person.email, person.password), 200);
	EXPECT(forgot(person.email), 200);
	wait_for_resets();
	answer = verify(token);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "email"), email);
	EXPECT(login(email, person.password), 200);
	EXPECT_PROBLEM(login(person.email, person.password), 401, "bad_credentials");
	CHECK(strstr(letter_file(wait_for_letter("email-changed", person.id, "sent")), form("<%s>\r\n", person.email)) != NULL);
	CHECK_INT(audited("user.email_changed", person.id), 1);
	/* What was sent to the former address is worth nothing. */
	CHECK_INT(sql_number("SELECT COUNT(*) FROM one_time_tokens WHERE user_id = '%s'", person.id), 0);
	EXPECT_FAULT(api_post("/accounts/email", person.access, form("{\"email\": \"%s\"}", email)), "email");
	EXPECT_PROBLEM(api_post("/accounts/email", person.access, form("{\"email\": \"%s\"}", other.email)), 409, "email_taken");
	sql_run(
	    "UPDATE sessions SET created_at = created_at - INTERVAL 1 HOUR, confirmed_at = NULL WHERE id = '%s'", person.session);
	EXPECT_PROBLEM(api_post("/accounts/email", person.access, form("{\"email\": \"%s\"}", fresh_email("x"))), 403,
	    "confirmation_required");
}

/* The address has come to belong to somebody else while the letter was under way. */
static void
an_address_that_is_taken_meanwhile(void)
{
	struct person person = person_new("customer"), other = person_new("customer");
	const char   *email = fresh_email("wanted"), *token;

	EXPECT(api_post("/accounts/email", person.access, form("{\"email\": \"%s\"}", email)), 200);
	token = token_of_letter("change-email", person.id);
	sql_run("UPDATE users SET email = '%s' WHERE id = '%s'", email, other.id);
	EXPECT_PROBLEM(verify(token), 409, "email_taken");
	CHECK_TEXT(sql_text("SELECT email FROM users WHERE id = '%s'", person.id), person.email);
}

/* ---- a forgotten password ---- */

static void
a_password_is_reset(void)
{
	static const char new_password[] = "Padma-River-42";
	struct person     person = person_unverified();
	const char       *token;
	struct answer     answer;

	EXPECT(forgot(person.email), 200);
	token = token_of_letter("reset-password", person.id);
	EXPECT_FAULT(reset(token, "short"), "password");
	EXPECT_FAULT(use("/accounts/password/reset", token, ", \"password\": \"Padma-River-42\", \"password_confirm\": \"x\""),
	    "password_confirm");
	EXPECT_PROBLEM(verify(token), 400, "token_invalid");
	EXPECT(reset(token, new_password), 200);
	/* All sessions are over, and all tokens; the address is proved. */
	EXPECT_PROBLEM(api_get("/accounts/me", person.access), 401, "session_ended");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM one_time_tokens WHERE user_id = '%s'", person.id), 0);
	EXPECT_PROBLEM(reset(token, new_password), 400, "token_invalid");
	EXPECT_PROBLEM(login(person.email, person.password), 401, "bad_credentials");
	answer = login(person.email, new_password);
	EXPECT(answer, 200);
	CHECK(bool_at(&answer, "user.email_verified"));
	wait_for_letter("password-changed", person.id, "sent");
	CHECK_INT(audited("user.password_reset_asked", person.id), 1);
	CHECK_INT(audited("user.password_reset", person.id), 1);
}

/* Wrong passwords lock nobody out of a reset, which forgets them. */
static void
a_reset_forgets_wrong_passwords(void)
{
	static const char new_password[] = "Padma-River-42";
	struct person     person = person_new("customer");

	for (int i = 0; i < 5; i++)
		login(person.email, "Wrong-1-Password");
	EXPECT_PROBLEM(login(person.email, person.password), 429, "login_limited");
	EXPECT(forgot(person.email), 200);
	EXPECT(reset(token_of_letter("reset-password", person.id), new_password), 200);
	EXPECT(login(person.email, new_password), 200);
}

/* The same answer, and the same statements, whether or not there is an account; none for who is disabled. */
static void
nobody_learns_who_has_an_account(void)
{
	struct person person = person_new("customer"), disabled = person_new("customer");
	struct answer known, unknown;

	sql_run("UPDATE users SET status = 'disabled' WHERE id = '%s'", disabled.id);
	for (int i = 0; i < 2; i++) { /* the second time every worker's statements are likely prepared */
		known = forgot(person.email);
		unknown = forgot(fresh_email("nobody"));
	}
	EXPECT(known, 200);
	EXPECT(unknown, 200);
	CHECK_TEXT(known.body, unknown.body);
	EXPECT(forgot(disabled.email), 200);
	EXPECT_FAULT(api_post("/accounts/password/forgot", NULL, "{\"email\": \"nobody\"}"), "email");
	wait_for_resets();
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM one_time_tokens WHERE purpose = 'reset_password' AND user_id = '%s'", disabled.id),
	    0);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM one_time_tokens WHERE purpose = 'reset_password' AND user_id = '%s'", person.id), 1);
}

static void
a_changed_password_ends_tokens(void)
{
	struct person person = person_new("customer");
	const char   *token;

	EXPECT(forgot(person.email), 200);
	token = token_of_letter("reset-password", person.id);
	EXPECT(api_post("/accounts/password", person.access,
		   form("{\"old_password\": \"%s\", \"password\": \"Padma-River-42\", \"password_confirm\": \"Padma-River-42\"}",
		       person.password)),
	    204);
	EXPECT_PROBLEM(reset(token, "Jamuna-River-43"), 400, "token_invalid");
	wait_for_letter("password-changed", person.id, "sent");
}

/* ---- an account without a password ---- */

static const char *
without_password(const char *email, const char *more)
{
	return form("{\"email\": \"%s\", \"phone\": \"%s\", \"full_name\": \"Amina Khatun\"%s}", email, fresh_phone(), more);
}

static void
a_customer_without_a_password(void)
{
	const char   *email = fresh_email("guest"), *access, *id;
	struct answer answer = api_post("/accounts/register/customer", NULL, without_password(email, ""));

	EXPECT(answer, 201);
	access = text_at(&answer, "access");
	id = text_at(&answer, "user.id");
	CHECK(has_at(&answer, "refresh") && has_at(&answer, "session_id") && number_at(&answer, "expires_in") > 0);
	EXPECT(api_get("/cart", access), 200);
	EXPECT_PROBLEM(login(email, good_password), 401, "bad_credentials");
	EXPECT_PROBLEM(api_post("/accounts/register/customer", NULL, without_password(email, "")), 409, "email_taken");
	EXPECT(reset(token_of_letter("set-password", id), good_password), 200);
	EXPECT(login(email, good_password), 200);
	EXPECT_PROBLEM(api_get("/accounts/me", access), 401, "session_ended");
}

static void
a_browser_without_a_password(void)
{
	struct answer answer =
	    api_post("/accounts/register/customer", NULL, without_password(fresh_email("guest"), ", \"cookie\": true"));

	EXPECT(answer, 201);
	CHECK(!has_at(&answer, "refresh"));
	REQUIRE(header_of(&answer, "Set-Cookie") != NULL);
	CHECK(strncmp(header_of(&answer, "Set-Cookie"), "haat_refresh=", 13) == 0);
	EXPECT_FAULT(api_post("/accounts/register/customer", NULL,
			 without_password(fresh_email("guest"), ", \"password\": \"Rickshaw-7-Bells\"")),
	    "password_confirm");
	EXPECT_FAULT(api_post("/accounts/register/customer", NULL,
			 without_password(fresh_email("guest"), ", \"password_confirm\": \"Rickshaw-7-Bells\"")),
	    "password");
}

SUITE("api: letters' tokens", TEST(an_address_is_verified_once), TEST(a_letter_is_sent_again), TEST(a_token_is_used_once_by_many),
    TEST(an_account_moves_to_another_address), TEST(an_address_that_is_taken_meanwhile), TEST(a_password_is_reset),
    TEST(a_reset_forgets_wrong_passwords), TEST(nobody_learns_who_has_an_account), TEST(a_changed_password_ends_tokens),
    TEST(a_customer_without_a_password), TEST(a_browser_without_a_password))
