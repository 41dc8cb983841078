/* One account, many sign-ins and many uses of one refresh token in the same moment. */
#include "tests/api/vouched.h"

#include <string.h>

enum { LOGINS = 16, SESSIONS_MAX = 3, ROUNDS = 3 };

static int64_t
live_sessions(const struct person *person)
{
	return sql_number(
	    "SELECT COUNT(*) FROM sessions WHERE user_id = '%s' AND ended_at IS NULL AND expires_at > NOW(3)", person->id);
}

static void
test_sessions_never_exceed(void)
{
	struct person person = person_new("customer");
	struct call   calls[LOGINS];
	struct answer answers[LOGINS];

	for (size_t i = 0; i < LOGINS; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = "/accounts/login",
			.body = form("{\"email\": \"%s\", \"password\": \"%s\"}", person.email, person.password) };
	for (int round = 0; round < ROUNDS; round++) {
		size_t working = 0;

		api_calls(calls, LOGINS, answers);
		for (size_t i = 0; i < LOGINS; i++)
			EXPECT(answers[i], 200);
		CHECK_INT(live_sessions(&person), SESSIONS_MAX);
		/* What the table says is what the doors do. */
		for (size_t i = 0; i < LOGINS; i++)
			working += api_get("/accounts/me", text_at(&answers[i], "access")).status == 200;
		CHECK_INT(working, SESSIONS_MAX);
	}
	EXPECT_CONSISTENT();
}

/*
 * A token is good for one use.  Who comes in the same moment is told so (windows of one browser do that), and the session
 * lives; who comes later is a thief, and it ends.
 */
static void
test_refresh_token_is_used_once(void)
{
	struct person person = person_new("customer");
	struct call   calls[LOGINS];
	struct answer answers[LOGINS];
	size_t        used = 0, at_once = 0;

	for (size_t i = 0; i < LOGINS; i++)
		calls[i] = (struct call) {
			.method = "POST", .path = "/accounts/refresh", .body = form("{\"refresh\": \"%s\"}", person.refresh)
		};
	api_calls(calls, LOGINS, answers);
	for (size_t i = 0; i < LOGINS; i++) {
		used += answers[i].status == 200;
		at_once += answers[i].status == 409;
	}
	CHECK_INT(used, 1);
	CHECK_INT(at_once, LOGINS - 1);
	CHECK_INT(live_sessions(&person), 1);
	CHECK_INT(api_get("/accounts/me", person.access).status, 200);
	sql_run("UPDATE refresh_tokens SET used_at = NOW(3) - INTERVAL 11 SECOND WHERE session_id = '%s'", person.session);
	api_calls(calls, LOGINS, answers);
	for (size_t i = 0; i < LOGINS; i++)
		CHECK_INT(answers[i].status, 401);
	CHECK_INT(live_sessions(&person), 0);
	CHECK_INT(api_get("/accounts/me", person.access).status, 401);
	EXPECT_CONSISTENT();
}

/* Somebody signs in first, so that Google's keys are known: while they are fetched a sign-in may be told to come back. */
static void
let_keys_be_known(void)
{
	struct answer answer = { .status = 503 };

	for (int tries = 0; tries < 20 && answer.status == 503; tries++) {
		struct browser browser = browser_begin();

		browser_decide(&browser, "allow", fresh_email("first"), "");
		answer = api_call("GET", browser.back, NULL, NULL, HEADERS(form("Cookie: %s", browser.cookie)));
	}
	EXPECT(answer, 303);
}

/* Sixteen windows come back from Google with the same new customer: one account, one identity, and all are let in. */
static void
test_first_sign_in_with_google_makes_one_account(void)
{
	const char    *email = fresh_email("race"), *user = NULL;
	struct browser browsers[LOGINS];
	struct call    calls[LOGINS];
	struct answer  answers[LOGINS];
	size_t         made = 0;

	let_keys_be_known();
	for (size_t i = 0; i < LOGINS; i++) {
		const char **headers = (const char **)form("%*s", (int)(2 * sizeof *headers), "");

		browsers[i] = browser_begin();
		browser_decide(&browsers[i], "allow", email, "");
		headers[0] = form("Cookie: %s", browsers[i].cookie);
		headers[1] = NULL;
		calls[i] = (struct call) { .method = "GET", .path = browsers[i].back, .headers = headers };
	}
	api_calls(calls, LOGINS, answers);
	for (size_t i = 0; i < LOGINS; i++) {
		struct answer answer;

		EXPECT(answers[i], 303);
		REQUIRE(sent_with(&answers[i], "code") != NULL);
		answer = api_post("/auth/exchange", NULL, form("{\"code\": \"%s\"}", sent_with(&answers[i], "code")));
		EXPECT(answer, 200);
		made += bool_at(&answer, "is_new");
		user = user == NULL ? text_at(&answer, "user.id") : user;
		CHECK_TEXT(text_at(&answer, "user.id"), user);
	}
	CHECK_INT(made, 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM users WHERE email = '%s'", email), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM user_identities WHERE user_id = '%s'", user), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE type = 'user.created' AND aggregate_id = '%s'", user), 1);
	EXPECT_CONSISTENT();
}

/* One number, one account. */
static void
test_first_sign_in_by_phone_makes_one_account(void)
{
	const char   *phone = fresh_phone();
	struct call   calls[LOGINS];
	struct answer answers[LOGINS];
	size_t        made = 0;

	for (size_t i = 0; i < LOGINS; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = "/auth/phone-login",
			.body = form("{\"id_token\": \"%s\"}", phone_token(phone, "")) };
	api_calls(calls, LOGINS, answers);
	for (size_t i = 0; i < LOGINS; i++) {
		EXPECT(answers[i], 200);
		made += bool_at(&answers[i], "is_new");
		CHECK_TEXT(text_at(&answers[i], "user.id"), text_at(&answers[0], "user.id"));
	}
	CHECK_INT(made, 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM users WHERE phone = '%s'", phone), 1);
	EXPECT_CONSISTENT();
}

SUITE("many sign-ins at once", TEST(test_sessions_never_exceed), TEST(test_refresh_token_is_used_once),
    TEST(test_first_sign_in_with_google_makes_one_account), TEST(test_first_sign_in_by_phone_makes_one_account))
