/* Who comes with a password that another shop has hashed, by Google or by phone. */
#include "tests/api/letters.h"
#include "tests/api/vouched.h"

#include <string.h>

#define PASSWORD "Rickshaw-7-Bells"

static const char django[] = "pbkdf2_sha256$1000$seasalt$gHxIi9b7gq81mz8R12yI5DDuOXH8okdu1YR3lvJXR/Y=";

static const char *
hash_of(const struct person *person)
{
	return sql_text("SELECT password_hash FROM users WHERE id = '%s'", person->id);
}

static void
bring_along(const struct person *person, const char *hash)
{
	CHECK_INT(sql_run("UPDATE users SET password_hash = '%s' WHERE id = '%s'", hash, person->id), 1);
}

static void
hashes_of_others_are_replaced_at_the_next_sign_in(void)
{
	struct person person = person_new("customer");
	const char   *body = form("{\"email\": \"%s\", \"password\": \"%s\"}", person.email, PASSWORD), *ours;

	bring_along(&person, django);
	EXPECT_PROBLEM(
	    api_post("/accounts/login", NULL, form("{\"email\": \"%s\", \"password\": \"Wrong-7-Bells\"}", person.email)), 401,
	    "bad_credentials");
	CHECK_TEXT(hash_of(&person), django);
	EXPECT(api_post("/accounts/login", NULL, body), 200);
	ours = hash_of(&person);
	CHECK(strncmp(ours, "$2b$", 4) == 0 && strlen(ours) == 60);
	EXPECT(api_post("/accounts/login", NULL, body), 200);
	CHECK_TEXT(hash_of(&person), ours);
}

/* Each of them finds the old hash, and one replaces it while the others compare. */
static void
tabs_that_sign_in_at_once_are_all_let_in(void)
{
	enum { TABS = 4 };
	struct person person = person_new("customer");
	struct call   calls[TABS];
	struct answer answers[TABS];

	bring_along(&person, django);
	for (size_t i = 0; i < TABS; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = "/accounts/login",
			.body = form("{\"email\": \"%s\", \"password\": \"%s\"}", person.email, PASSWORD) };
	api_calls(calls, TABS, answers);
	for (size_t i = 0; i < TABS; i++)
		EXPECT(answers[i], 200);
}

/* Four hours of a worker's time in one row are not spent. */
static void
a_hash_that_would_take_hours_is_refused_at_once(void)
{
	struct person person = person_new("customer");
	struct answer answer;

	bring_along(&person, "pbkdf2_sha256$9999999$seasalt$gHxIi9b7gq81mz8R12yI5DDuOXH8okdu1YR3lvJXR/Y=");
	answer = api_post("/accounts/login", NULL, form("{\"email\": \"%s\", \"password\": \"%s\"}", person.email, PASSWORD));
	EXPECT_PROBLEM(answer, 401, "bad_credentials");
}

static struct answer
phone_login(const char *token, const char *access)
{
	return api_post("/auth/phone-login", access, form("{\"id_token\": \"%s\"}", token));
}

/* ---- Google ---- */

static int64_t
identities_of(const char *user)
{
	return sql_number("SELECT COUNT(*) FROM user_identities WHERE user_id = '%s'", user);
}

static void
the_first_sign_in_with_google_makes_the_account(void)
{
	const char   *email = fresh_email("google");
	struct answer answer = sign_in_with_google(email, "&name=Amina%20Khatun"), again;

	EXPECT(answer, 200);
	CHECK(bool_at(&answer, "is_new") && bool_at(&answer, "user.email_verified") && !bool_at(&answer, "user.phone_verified"));
	CHECK_TEXT(text_at(&answer, "user.email"), email);
	CHECK_TEXT(text_at(&answer, "user.full_name"), "Amina Khatun");
	CHECK_TEXT(text_at(&answer, "user.role"), "customer");
	EXPECT(api_get("/accounts/me", text_at(&answer, "access")), 200);
	EXPECT(api_post("/accounts/refresh", NULL, form("{\"refresh\": \"%s\"}", text_at(&answer, "refresh"))), 200);
	CHECK_INT(identities_of(text_at(&answer, "user.id")), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE type = 'user.created' AND aggregate_id = '%s'",
		      text_at(&answer, "user.id")),
	    1);
	again = sign_in_with_google(email, "");
	EXPECT(again, 200);
	CHECK(!bool_at(&again, "is_new"));
	CHECK_TEXT(text_at(&again, "user.id"), text_at(&answer, "user.id"));
	/* There is no password to be guessed, nor to be confirmed. */
	EXPECT_PROBLEM(api_post("/accounts/login", NULL, form("{\"email\": \"%s\", \"password\": \"Rickshaw-7-Bells\"}", email)),
	    401, "bad_credentials");
	EXPECT_FAULT(
	    api_post("/accounts/confirm", text_at(&again, "access"), "{\"password\": \"Rickshaw-7-Bells\"}"), "password");
}

/* Google's name of somebody stays when their address changes there. */
static void
who_changes_the_address_at_google_keeps_the_account(void)
{
	const char   *subject = form("&sub=s-%s", fresh_phone() + 1);
	struct answer answer = sign_in_with_google(fresh_email("before"), subject), later;

	EXPECT(answer, 200);
	later = sign_in_with_google(fresh_email("after"), subject);
	EXPECT(later, 200);
	CHECK_TEXT(text_at(&later, "user.id"), text_at(&answer, "user.id"));
}

static void
google_is_joined_to_a_verified_address_only(void)
{
	struct person  person = person_new("customer");
	struct browser browser;
	struct answer  answer;

	sql_run("UPDATE users SET email_verified = FALSE WHERE id = '%s'", person.id);
	browser = browser_begin();
	browser_decide(&browser, "allow", person.email, "");
	answer = browser_return(&browser);
	EXPECT(answer, 303);
	CHECK_TEXT(sent_with(&answer, "error"), "identity_unproven");
	CHECK_INT(identities_of(person.id), 0);
	sql_run("UPDATE users SET email_verified = TRUE WHERE id = '%s'", person.id);
	answer = sign_in_with_google(person.email, "");
	EXPECT(answer, 200);
	CHECK(!bool_at(&answer, "is_new"));
	CHECK_TEXT(text_at(&answer, "user.id"), person.id);
	CHECK_INT(identities_of(person.id), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE action = 'user.identity_linked' AND subject_id = '%s'",
		      person.id),
	    1);
}

/* Whoever registered with somebody's address, proved a number of their own, and had the owner follow the link in the letter. */
static void
google_ends_what_was_prepared_for_its_owner(void)
{
	struct person person = person_new("customer");
	const char   *token = phone_token(person.phone, ""), *body;
	struct answer answer = phone_login(token, person.access);

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "user.id"), person.id);
	sql_run("UPDATE users SET email_verified = TRUE WHERE id = '%s'", person.id);
	answer = sign_in_with_google(person.email, "");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "user.id"), person.id);
	EXPECT(api_get("/accounts/me", text_at(&answer, "access")), 200);
	EXPECT_PROBLEM(api_get("/accounts/me", person.access), 401, "session_ended");
	EXPECT_PROBLEM(phone_login(token, NULL), 409, "identity_unproven");
	body = form("{\"email\": \"%s\", \"password\": \"%s\"}", person.email, good_password);
	EXPECT_PROBLEM(api_post("/accounts/login", NULL, body), 401, "bad_credentials");
	CHECK_INT(identities_of(person.id), 1);
	/* The owner is offered one of their own; it stays when they come by Google again. */
	EXPECT(api_post("/accounts/password/reset", NULL,
		   form("{\"token\": \"%s\", \"password\": \"%s\", \"password_confirm\": \"%s\"}",
		       token_of_letter("set-password", person.id), good_password, good_password)),
	    200);
	EXPECT(sign_in_with_google(person.email, ""), 200);
	EXPECT(api_post("/accounts/login", NULL, body), 200);
}

/* To the database e and é are one letter; to Google they are two people. */
static void
an_accent_makes_another_address(void)
{
	struct person  person = person_new("customer");
	struct browser browser = browser_begin();
	struct answer  answer;

	sql_run(
	    "UPDATE users SET email_verified = TRUE, email = CONCAT(CHAR(233 USING latin1), SUBSTRING(email, 2)) WHERE id = '%s'",
	    person.id);
	browser_decide(&browser, "allow", form("e%s", person.email + 1), "");
	answer = browser_return(&browser);
	EXPECT(answer, 303);
	CHECK_TEXT(sent_with(&answer, "error"), "email_taken");
	CHECK_INT(identities_of(person.id), 0);
}

static void
an_address_that_google_does_not_vouch_for_counts_for_nothing(void)
{
	const char    *email = fresh_email("unverified");
	struct browser browser = browser_begin();
	struct answer  answer;

	browser_decide(&browser, "allow", email, "&email_verified=false");
	answer = browser_return(&browser);
	EXPECT(answer, 303);
	CHECK_TEXT(sent_with(&answer, "error"), "sign_in_refused");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM users WHERE email = '%s'", email), 0);
}

static void
disabled_accounts_are_not_let_in_by_google(void)
{
	const char    *email = fresh_email("disabled");
	struct answer  answer = sign_in_with_google(email, "");
	struct browser browser = browser_begin();

	EXPECT(answer, 200);
	sql_run("UPDATE users SET status = 'disabled' WHERE email = '%s'", email);
	browser_decide(&browser, "allow", email, "");
	answer = browser_return(&browser);
	EXPECT(answer, 303);
	CHECK_TEXT(sent_with(&answer, "error"), "account_disabled");
}

/* Only the browser that began ends it; what comes from elsewhere is answered by us, not by the page it may want to reach. */
static void
a_sign_in_belongs_to_its_browser(void)
{
	struct browser browser = browser_begin(), other = browser_begin(), stranger;
	struct answer  answer;

	browser_decide(&browser, "allow", fresh_email("browser"), "");
	stranger = browser;
	stranger.cookie = other.cookie;
	EXPECT_PROBLEM(browser_return(&stranger), 400, "sign_in_lost");
	stranger.cookie = "haat_google=AAAA";
	EXPECT_PROBLEM(browser_return(&stranger), 400, "sign_in_lost");
	EXPECT_PROBLEM(api_get(browser.back, NULL), 400, "sign_in_lost");
	answer = browser_return(&browser);
	EXPECT(answer, 303);
	CHECK(sent_with(&answer, "code") != NULL);
	CHECK(strstr(header_of(&answer, "Set-Cookie"), "haat_google=; ") != NULL);
	CHECK(strncmp(header_of(&answer, "Location"), "https://localhost/signin?from=cart&code=", 40) == 0);
	CHECK(strstr(header_of(&answer, "Location"), "#top") != NULL);
	/* Google's code is good once. */
	answer = browser_return(&browser);
	EXPECT(answer, 303);
	CHECK_TEXT(sent_with(&answer, "error"), "sign_in_refused");
}

static void
who_walks_away_from_google_is_told_so(void)
{
	struct browser browser = browser_begin();
	struct answer  answer;

	browser_decide(&browser, "deny", "", "");
	answer = browser_return(&browser);
	EXPECT(answer, 303);
	CHECK_TEXT(sent_with(&answer, "error"), "sign_in_refused");
	CHECK(sent_with(&answer, "code") == NULL);
	/* An answer that says to be of another issuer (RFC 9207). */
	browser = browser_begin();
	browser_decide(&browser, "allow", fresh_email("mixed"), "");
	browser.back = form("/auth/google/callback?iss=https%%3A%%2F%%2Fevil.test&%s", strchr(browser.back, '?') + 1);
	answer = browser_return(&browser);
	EXPECT(answer, 303);
	CHECK_TEXT(sent_with(&answer, "error"), "sign_in_refused");
}

static void
codes_are_good_once(void)
{
	struct browser browser = browser_begin();
	struct answer  answer;
	const char    *body;

	browser_decide(&browser, "allow", fresh_email("code"), "");
	answer = browser_return(&browser);
	EXPECT(answer, 303);
	body = form("{\"code\": \"%s\", \"cookie\": true}", sent_with(&answer, "code"));
	answer = api_post("/auth/exchange", NULL, body);
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "refresh") && strstr(header_of(&answer, "Set-Cookie"), "haat_refresh=") != NULL);
	EXPECT_PROBLEM(api_post("/auth/exchange", NULL, body), 401, "sign_in_code_invalid");
	EXPECT_PROBLEM(api_post("/auth/exchange", NULL, "{\"code\": \"unknown\"}"), 401, "sign_in_code_invalid");
	EXPECT_FAULT(api_post("/auth/exchange", NULL, "{}"), "code");
	/* And for a minute; and only while the account is there. */
	browser = browser_begin();
	browser_decide(&browser, "allow", fresh_email("late"), "");
	answer = browser_return(&browser);
	EXPECT(answer, 303);
	sql_run("UPDATE sign_in_codes SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE code_hash = UNHEX(SHA2('%s', 256))",
	    sent_with(&answer, "code"));
	EXPECT_PROBLEM(api_post("/auth/exchange", NULL, form("{\"code\": \"%s\"}", sent_with(&answer, "code"))), 401,
	    "sign_in_code_invalid");
}

static void
browsers_are_sent_to_allowed_places_only(void)
{
	static const char *const bad[] = { "https%3A%2F%2Fevil.test%2F", "https%3A%2F%2Flocalhost.evil.test%2F",
		"https%3A%2F%2Flocalhost%40evil.test%2F", "https%3A%2F%2Flocalhost%3Ax%40evil.test", "javascript%3Aalert(1)",
		"%2Fsignin", "https%3A%2F%2Fevil.test%5C%40localhost%2F", "" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		EXPECT_FAULT(api_get(form("/auth/google?return_url=%s", bad[i]), NULL), "return_url");
	EXPECT_FAULT(api_get("/auth/google", NULL), "return_url");
}

/* ---- by phone ---- */

static void
the_first_sign_in_by_phone_makes_the_account(void)
{
	const char   *phone = fresh_phone();
	struct answer answer = phone_login(phone_token(phone, ""), NULL), again;

	EXPECT(answer, 200);
	CHECK(bool_at(&answer, "is_new") && bool_at(&answer, "user.phone_verified") && !bool_at(&answer, "user.email_verified"));
	CHECK_TEXT(text_at(&answer, "user.phone"), phone);
	CHECK(!has_at(&answer, "user.email"));
	CHECK(strstr(text_at(&answer, "user.full_name"), phone + 1) == NULL);
	again = phone_login(phone_token(phone, ""), NULL);
	EXPECT(again, 200);
	CHECK(!bool_at(&again, "is_new"));
	CHECK_TEXT(text_at(&again, "user.id"), text_at(&answer, "user.id"));
	EXPECT(api_get("/accounts/me", text_at(&again, "access")), 200);
	EXPECT_FAULT(
	    api_post("/accounts/confirm", text_at(&again, "access"), "{\"password\": \"Rickshaw-7-Bells\"}"), "password");
}

/* A number that somebody once typed is not theirs; who is signed in to that account proves it. */
static void
a_number_that_was_only_claimed_is_proven_first(void)
{
	struct person person = person_new("customer"), other = person_new("customer");
	struct answer answer;

	EXPECT_PROBLEM(phone_login(phone_token(person.phone, ""), NULL), 409, "identity_unproven");
	EXPECT_PROBLEM(phone_login(phone_token(person.phone, ""), other.access), 409, "identity_unproven");
	CHECK_INT(identities_of(person.id), 0);
	answer = phone_login(phone_token(person.phone, ""), person.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "user.id"), person.id);
	CHECK(bool_at(&answer, "user.phone_verified"));
	CHECK_INT(sql_number(
		      "SELECT COUNT(*) FROM audit_records WHERE action = 'user.phone_verified' AND subject_id = '%s'", person.id),
	    1);
	answer = phone_login(phone_token(person.phone, ""), NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "user.id"), person.id);
}

/* To Firebase whoever gets the number next is whoever had it. */
static void
a_number_that_was_given_up_opens_nothing(void)
{
	const char   *phone = fresh_phone(), *other = fresh_phone(), *token = phone_token(phone, "");
	struct answer answer = phone_login(token, NULL), later;
	const char   *user, *access;

	EXPECT(answer, 200);
	user = text_at(&answer, "user.id");
	access = text_at(&answer, "access");
	EXPECT(api_patch("/accounts/me", access, form("{\"phone\": \"%s\"}", other)), 200);
	CHECK_INT(identities_of(user), 0);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM audit_records WHERE action = 'user.identity_unlinked' AND subject_id = '%s'", user),
	    1);
	later = phone_login(token, NULL);
	EXPECT(later, 200);
	CHECK(bool_at(&later, "is_new") && strcmp(text_at(&later, "user.id"), user) != 0);
	/* With the new number its owner is who they were. */
	answer = phone_login(phone_token(other, ""), access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "user.id"), user);
	CHECK(bool_at(&answer, "user.phone_verified"));
	/* However the number was changed. */
	sql_run("UPDATE users SET phone = '%s' WHERE id = '%s'", fresh_phone(), user);
	later = phone_login(phone_token(other, ""), NULL);
	EXPECT(later, 200);
	CHECK(bool_at(&later, "is_new") && strcmp(text_at(&later, "user.id"), user) != 0);
}

/* A session that was left open or stolen is not enough to change or prove a number. */
static void
numbers_want_a_young_sign_in(void)
{
	struct person person = person_new("customer");
	const char   *phone = fresh_phone();

	sql_run("UPDATE sessions SET created_at = NOW(3) - INTERVAL 1 DAY WHERE user_id = '%s'", person.id);
	EXPECT_PROBLEM(
	    api_patch("/accounts/me", person.access, form("{\"phone\": \"%s\"}", phone)), 403, "confirmation_required");
	EXPECT(api_patch("/accounts/me", person.access, form("{\"phone\": \"%s\", \"news\": false}", person.phone)), 200);
	EXPECT_PROBLEM(phone_login(phone_token(person.phone, ""), person.access), 403, "confirmation_required");
	CHECK_INT(identities_of(person.id), 0);
	EXPECT(api_post("/accounts/confirm", person.access, form("{\"password\": \"%s\"}", good_password)), 204);
	EXPECT(api_patch("/accounts/me", person.access, form("{\"phone\": \"%s\"}", phone)), 200);
	EXPECT(phone_login(phone_token(phone, ""), person.access), 200);
	CHECK_INT(identities_of(person.id), 1);
}

/* Whoever registered with somebody's address and prepared another way in has none once its owner resets the password. */
static void
a_reset_takes_an_unproven_account_back(void)
{
	struct person person = person_new("shopkeeper");
	const char   *token = phone_token(person.phone, ""), *key;
	struct answer answer;

	EXPECT(phone_login(token, person.access), 200);
	answer =
	    api_post("/merchants/me/api-keys", person.access, "{\"name\": \"web shop\", \"scopes\": [\"payment:read_own\"]}");
	EXPECT(answer, 201);
	key = text_at(&answer, "key");
	EXPECT(api_get("/payments", key), 200);
	sql_run("UPDATE users SET email_verified = FALSE WHERE id = '%s'", person.id);
	EXPECT(api_post("/accounts/password/forgot", NULL, form("{\"email\": \"%s\"}", person.email)), 200);
	EXPECT(api_post("/accounts/password/reset", NULL,
		   form("{\"token\": \"%s\", \"password\": \"Padma-River-42\", \"password_confirm\": \"Padma-River-42\"}",
		       token_of_letter("reset-password", person.id))),
	    200);
	EXPECT_PROBLEM(phone_login(token, NULL), 409, "identity_unproven");
	CHECK_INT(identities_of(person.id), 0);
	EXPECT_PROBLEM(api_get("/payments", key), 401, "unauthenticated");
}

static void
owners_see_and_remove_what_opens_their_account(void)
{
	struct person person = person_new("customer"), other = person_new("customer");
	struct answer answer;
	const char   *id;

	EXPECT(phone_login(phone_token(person.phone, ""), person.access), 200);
	answer = api_get("/accounts/identities", person.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.issuer"), "firebase");
	id = text_at(&answer, "results.0.id");
	EXPECT_PROBLEM(api_delete(form("/accounts/identities/%s", id), other.access), 404, "not_found");
	EXPECT(api_delete(form("/accounts/identities/%s", id), person.access), 204);
	EXPECT_PROBLEM(api_delete(form("/accounts/identities/%s", id), person.access), 404, "not_found");
	EXPECT_PROBLEM(phone_login(phone_token(person.phone, ""), NULL), 409, "identity_unproven");
	/* The only way in stays. */
	answer = phone_login(phone_token(fresh_phone(), ""), NULL);
	EXPECT(answer, 200);
	other.access = text_at(&answer, "access");
	answer = api_get("/accounts/identities", other.access);
	EXPECT_PROBLEM(
	    api_delete(form("/accounts/identities/%s", text_at(&answer, "results.0.id")), other.access), 409, "conflict");
}

static void
tokens_of_firebase_are_checked(void)
{
	const char *phone = fresh_phone(), *token = phone_token(phone, "");

	EXPECT_PROBLEM(phone_login(phone_token(phone, ",\"method\":\"password\""), NULL), 401, "id_token_invalid");
	EXPECT_PROBLEM(phone_login(phone_token(phone, ",\"age_seconds\":400"), NULL), 401, "id_token_invalid");
	EXPECT_PROBLEM(phone_login(phone_token(phone, ",\"age_seconds\":-400"), NULL), 401, "id_token_invalid");
	EXPECT_PROBLEM(phone_login(phone_token("12345", ""), NULL), 401, "id_token_invalid");
	EXPECT_PROBLEM(phone_login("no.token.atall", NULL), 401, "id_token_invalid");
	EXPECT_PROBLEM(phone_login(form("%.*sAAAA", (int)strlen(token) - 4, token), NULL), 401, "id_token_invalid");
	EXPECT_FAULT(api_post("/auth/phone-login", NULL, "{}"), "id_token");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM users WHERE phone = '%s'", phone), 0);
}

static void
the_page_for_sign_in_by_phone_has_a_policy_of_its_own(void)
{
	struct answer answer = api_get("/signin/phone?return_url=https%3A%2F%2Flocalhost%2Fcart", NULL);
	const char   *policy;

	EXPECT(answer, 200);
	policy = header_of(&answer, "Content-Security-Policy");
	CHECK(strstr(policy, "script-src 'self' http://127.0.0.1:") != NULL && strstr(policy, "/google/recaptcha/") != NULL);
	CHECK(strstr(policy, "'unsafe-inline'") == strstr(policy, "style-src") + strlen("style-src 'self' "));
	CHECK(strstr(policy, "trusted-types") == NULL);
	CHECK_TEXT(header_of(&answer, "Cross-Origin-Opener-Policy"), "same-origin-allow-popups");
	CHECK(strstr(answer.body, "https://localhost/cart") != NULL);
	EXPECT(api_get("/signin/phone", NULL), 200);
	answer = api_get("/signin/phone?return_url=https%3A%2F%2Fevil.test%2F", NULL);
	CHECK_INT(answer.status, 400);
	CHECK(strstr(answer.body, "The link is broken") != NULL);
}

SUITE("identity", TEST(hashes_of_others_are_replaced_at_the_next_sign_in), TEST(tabs_that_sign_in_at_once_are_all_let_in),
    TEST(a_hash_that_would_take_hours_is_refused_at_once), TEST(the_first_sign_in_with_google_makes_the_account),
    TEST(who_changes_the_address_at_google_keeps_the_account), TEST(google_is_joined_to_a_verified_address_only),
    TEST(google_ends_what_was_prepared_for_its_owner), TEST(an_accent_makes_another_address),
    TEST(an_address_that_google_does_not_vouch_for_counts_for_nothing), TEST(disabled_accounts_are_not_let_in_by_google),
    TEST(a_sign_in_belongs_to_its_browser), TEST(who_walks_away_from_google_is_told_so), TEST(codes_are_good_once),
    TEST(browsers_are_sent_to_allowed_places_only), TEST(the_first_sign_in_by_phone_makes_the_account),
    TEST(a_number_that_was_only_claimed_is_proven_first), TEST(a_number_that_was_given_up_opens_nothing),
    TEST(numbers_want_a_young_sign_in), TEST(a_reset_takes_an_unproven_account_back),
    TEST(owners_see_and_remove_what_opens_their_account), TEST(tokens_of_firebase_are_checked),
    TEST(the_page_for_sign_in_by_phone_has_a_policy_of_its_own))
