/* Sessions and their tokens. */
#include "tests/api/lone_worker.h"

#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct answer
refresh(const char *token)
{
	return api_post("/accounts/refresh", NULL, form("{\"refresh\": \"%s\"}", token));
}

static void
sessions_are_listed_and_ended(void)
{
	const char *const agent[] = { "User-Agent: Shop\xc3\xa4pp/1.0", "Content-Type: application/json", NULL };
	struct person     person = person_new("customer"), other = person_new("customer"), second = person;
	struct answer     answer = api_call("POST", "/accounts/login", NULL,
		form("{\"email\": \"%s\", \"password\": \"%s\"}", person.email, person.password), agent);

	EXPECT(answer, 200);
	second.access = text_at(&answer, "access");
	second.session = text_at(&answer, "session_id");
	answer = api_get("/accounts/sessions", person.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 2);
	CHECK_TEXT(text_at(&answer, "results.0.id"), second.session);
	CHECK_TEXT(text_at(&answer, "results.0.user_agent"), "Shop??pp/1.0");
	CHECK_TEXT(text_at(&answer, "results.0.ip"), "127.0.0.1");
	CHECK(!bool_at(&answer, "results.0.current") && bool_at(&answer, "results.1.current"));
	answer = api_delete(form("/accounts/sessions/%s", second.session), other.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_delete(form("/accounts/sessions/%s", second.session), person.access);
	EXPECT(answer, 204);
	answer = api_delete(form("/accounts/sessions/%s", second.session), person.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get("/accounts/me", second.access);
	EXPECT_PROBLEM(answer, 401, "session_ended");
	answer = api_get("/accounts/me", person.access);
	EXPECT(answer, 200);
}

static void
at_most_three_sessions_live(void)
{
	struct person person = person_new("customer"), logins[3] = { person, person, person };
	struct answer answer;

	for (size_t i = 0; i < 3; i++)
		person_login(&logins[i]);
	answer = api_get("/accounts/me", person.access);
	EXPECT_PROBLEM(answer, 401, "session_ended");
	for (size_t i = 0; i < 3; i++) {
		answer = api_get("/accounts/me", logins[i].access);
		EXPECT(answer, 200);
	}
	CHECK_TEXT(sql_text("SELECT end_reason FROM sessions WHERE id = '%s'", person.session), "evicted");
}

static void
at_most_three_live_of_many_concurrent(void)
{
	struct person person = person_new("customer");
	const char   *body = form("{\"email\": \"%s\", \"password\": \"%s\"}", person.email, person.password);
	struct call   calls[12];
	struct answer answers[12];

	for (size_t i = 0; i < 12; i++)
		calls[i] = (struct call) { "POST", "/accounts/login", NULL, body, NULL };
	api_calls(calls, 12, answers);
	for (size_t i = 0; i < 12; i++)
		EXPECT(answers[i], 200);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM sessions WHERE user_id = '%s' AND ended_at IS NULL", person.id), 3);
}

/* A sign-in in a process of its own; its exit code is the status less 200. */
static pid_t
login_elsewhere(const struct person *person)
{
	pid_t child = fork();

	if (child == 0) {
		struct answer answer = api_post(
		    "/accounts/login", NULL, form("{\"email\": \"%s\", \"password\": \"%s\"}", person->email, person->password));

		_exit(answer.status - 200);
	}
	return child;
}

static int
status_of(pid_t child)
{
	int status;

	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) + 200 : 0;
}

/* Until so many sign-ins stand before the user's row, which this process has locked. */
static void
await_sign_ins(int count)
{
	for (int tries = 0; tries < 1000; tries++) {
		if (sql_number(
			"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE COMMAND = 'Execute' AND TIME_MS > 20 AND "
			"(INFO LIKE '%%FROM users WHERE id = %%FOR UPDATE' OR INFO LIKE 'INSERT INTO sessions%%')") >= count)
			return;
		usleep(10 * 1000);
	}
	CU_assertImplementation(CU_FALSE, __LINE__, "the sign-ins do not wait for the user's row", __FILE__, "", CU_FALSE);
}

/* With room for one more, two that come together do not both find it. */
static void
concurrent_sign_ins_keep_the_limit(void)
{
	struct person person = person_new("customer");
	pid_t         first, second;

	person_login(&person);
	sql_run("START TRANSACTION");
	sql_run("UPDATE users SET updated_at = NOW(3) WHERE id = '%s'", person.id);
	first = login_elsewhere(&person);
	second = login_elsewhere(&person);
	await_sign_ins(2);
	sql_run("COMMIT");
	CHECK_INT(status_of(first), 200);
	CHECK_INT(status_of(second), 200);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM sessions WHERE user_id = '%s' AND ended_at IS NULL", person.id), 3);
}

/* The right password does not help who used up the guesses while it was looked at; nor does an old one, or a disabled account. */
static void
changes_during_a_sign_in_count(void)
{
	static const int statuses[] = { 429, 401, 403 };

	for (size_t i = 0; i < 3; i++) {
		struct person person = person_new("customer");
		pid_t         child;

		sql_run("START TRANSACTION");
		sql_run("UPDATE users SET updated_at = NOW(3) WHERE id = '%s'", person.id);
		child = login_elsewhere(&person);
		await_sign_ins(1);
		if (i == 0)
			sql_run(
			    "INSERT INTO login_attempts (kind, key_hash, window_started_at, failures, strikes, blocked_until) VALUES "
			    "('account', UNHEX(SHA2(LOWER('%s'), 256)), NOW(3), 5, 1, NOW(3) + INTERVAL 60 SECOND)",
			    person.email);
		else if (i == 1)
			sql_run("UPDATE users SET password_hash = '$2b$04$another' WHERE id = '%s'", person.id);
		else
			sql_run("UPDATE users SET status = 'disabled' WHERE id = '%s'", person.id);
		sql_run("COMMIT");
		CHECK_INT(status_of(child), statuses[i]);
		CHECK_INT(sql_number("SELECT COUNT(*) FROM sessions WHERE user_id = '%s'", person.id), 1);
	}
}

static void
logout_ends_one_and_logout_all_ends_all(void)
{
	struct person person = person_new("customer"), second = person;
	struct answer answer;

	person_login(&second);
	answer = api_post("/accounts/logout", person.access, NULL);
	EXPECT(answer, 204);
	answer = api_post("/accounts/logout", person.access, NULL);
	EXPECT_PROBLEM(answer, 401, "session_ended");
	answer = refresh(person.refresh);
	EXPECT_PROBLEM(answer, 401, "session_ended");
	answer = api_get("/accounts/me", second.access);
	EXPECT(answer, 200);
	person_login(&person);
	answer = api_post("/accounts/logout-all", second.access, NULL);
	EXPECT(answer, 204);
	answer = api_get("/accounts/me", person.access);
	EXPECT_PROBLEM(answer, 401, "session_ended");
	answer = api_get("/accounts/me", second.access);
	EXPECT_PROBLEM(answer, 401, "session_ended");
}

static void
refresh_tokens_rotate(void)
{
	struct person person = person_new("customer");
	struct answer first = refresh(person.refresh), second, answer;

	EXPECT(first, 200);
	CHECK_TEXT(text_at(&first, "session_id"), person.session);
	CHECK(strcmp(text_at(&first, "refresh"), person.refresh) != 0);
	CHECK(strcmp(text_at(&first, "access"), person.access) != 0);
	second = refresh(text_at(&first, "refresh"));
	EXPECT(second, 200);
	answer = api_get("/accounts/me", text_at(&second, "access"));
	EXPECT(answer, 200);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM sessions WHERE refresh_hash = UNHEX(SHA2('%s', 256))", text_at(&second, "refresh")),
	    1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refresh_tokens WHERE session_id = '%s'", person.session), 2);
}

/* As if the session's exchanges lay so many seconds back. */
static void
exchanged_before(const struct person *person, const char *seconds)
{
	sql_run(
	    "UPDATE refresh_tokens SET used_at = NOW(3) - INTERVAL %s SECOND WHERE session_id = '%s'", seconds, person->session);
}

static void
a_reused_refresh_token_ends_its_session(void)
{
	struct person person = person_new("customer"), other = person;
	struct answer first, answer;

	person_login(&other);
	first = refresh(person.refresh);
	EXPECT(first, 200);
	exchanged_before(&person, "10.2");
	answer = refresh(person.refresh);
	EXPECT_PROBLEM(answer, 401, "refresh_reused");
	answer = refresh(text_at(&first, "refresh"));
	EXPECT_PROBLEM(answer, 401, "session_ended");
	answer = api_get("/accounts/me", text_at(&first, "access"));
	EXPECT_PROBLEM(answer, 401, "session_ended");
	answer = refresh(person.refresh);
	EXPECT_PROBLEM(answer, 401, "refresh_reused");
	answer = api_get("/accounts/me", other.access);
	EXPECT(answer, 200);
	CHECK_TEXT(sql_text("SELECT end_reason FROM sessions WHERE id = '%s'", person.session), "token_reused");
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'user.session_reused'", person.id), 1);
}

/* Tabs of one browser refresh together, again and again: each time one gets the next token, and the session lives. */
static void
tabs_refresh_together(void)
{
	enum { TABS = 3, ROUNDS = 30 };
	struct person person = person_new("customer");
	const char   *token = person.refresh;

	for (int round = 0; round < ROUNDS; round++) {
		const char   *body = form("{\"refresh\": \"%s\"}", token), *next = NULL;
		struct call   calls[TABS];
		struct answer answers[TABS];

		for (size_t i = 0; i < TABS; i++)
			calls[i] = (struct call) { "POST", "/accounts/refresh", NULL, body, NULL };
		api_calls(calls, TABS, answers);
		for (size_t i = 0; i < TABS; i++) {
			if (answers[i].status != 200) {
				EXPECT_PROBLEM(answers[i], 409, "refresh_superseded");
				CHECK(!has_at(&answers[i], "refresh") && header_of(&answers[i], "Set-Cookie") == NULL);
				continue;
			}
			CHECK(next == NULL);
			next = text_at(&answers[i], "refresh");
		}
		REQUIRE(next != NULL);
		/* One that comes a little later is told the same. */
		EXPECT_PROBLEM(refresh(token), 409, "refresh_superseded");
		token = next;
	}
	EXPECT(refresh(token), 200);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM sessions WHERE id = '%s' AND ended_at IS NULL", person.session), 1);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'user.session_reused'", person.id), 0);
}

/* It counts when a token was sent, not when a worker came to it. */
static void
waiting_for_a_worker_is_not_late(void)
{
	static const struct {
		int         waited;
		const char *exchanged;
		int         status;
	} cases[] = { { 0, "9", 409 }, { 20, "25", 409 }, { 20, "15", 409 }, { 20, "32", 401 }, { 0, "11", 401 } };
	const char *const settings[] = { NULL };

	lone_workers_start(settings);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct person   person = person_new("customer");
		struct timespec now;
		struct answer   answer;

		EXPECT(refresh(person.refresh), 200);
		exchanged_before(&person, cases[i].exchanged);
		clock_gettime(CLOCK_REALTIME, &now);
		lone_parameter("RECEIVED", form("%lld.%03ld", (long long)now.tv_sec - cases[i].waited, now.tv_nsec / 1000000));
		answer = lone_call("192.0.2.1", "POST", "/accounts/refresh", NULL, form("{\"refresh\": \"%s\"}", person.refresh));
		CHECK_INT(answer.status, cases[i].status);
	}
	lone_parameter("RECEIVED", NULL);
	lone_workers_stop();
}

/* Nobody has the next token of a client that lost its answer: the session gives way when that client signs in again. */
static void
a_lost_answer_costs_no_place(void)
{
	const char *const        agent[] = { "User-Agent: Phone/2", "Content-Type: application/json", NULL },
			  *const other[] = { "User-Agent: Phone/3", "Content-Type: application/json", NULL };
	struct person            person = person_new("customer"), browser = person;
	const char              *body = form("{\"email\": \"%s\", \"password\": \"%s\"}", person.email, person.password);
	struct answer            phone = api_call("POST", "/accounts/login", NULL, body, agent), answer;

	EXPECT(phone, 200);
	answer = api_call("POST", "/accounts/refresh", NULL, form("{\"refresh\": \"%s\"}", text_at(&phone, "refresh")), agent);
	EXPECT(answer, 200);
	EXPECT_PROBLEM(refresh(text_at(&phone, "refresh")), 409, "refresh_superseded");
	/* Another client's sign-in leaves it alone, and so does an exchange of the token that was not lost after all. */
	EXPECT(api_call("POST", "/accounts/login", NULL, body, other), 200);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM sessions WHERE id = '%s' AND superseded_at IS NOT NULL AND ended_at IS NULL",
		      text_at(&phone, "session_id")),
	    1);
	EXPECT(api_call("POST", "/accounts/login", NULL, body, agent), 200);
	CHECK_TEXT(sql_text("SELECT end_reason FROM sessions WHERE id = '%s'", text_at(&phone, "session_id")), "evicted");
	EXPECT(api_get("/accounts/me", browser.access), 200);
}

/* The tab that got the next token goes on with it: then nothing was lost. */
static void
an_answer_that_was_not_lost_keeps_its_session(void)
{
	struct person person = person_new("customer"), again = person;
	struct answer first = refresh(person.refresh), second;

	EXPECT(first, 200);
	EXPECT_PROBLEM(refresh(person.refresh), 409, "refresh_superseded");
	second = refresh(text_at(&first, "refresh"));
	EXPECT(second, 200);
	/* A third tab that is slower still says nothing of the token that is in use. */
	EXPECT_PROBLEM(refresh(person.refresh), 409, "refresh_superseded");
	person_login(&again);
	EXPECT(api_get("/accounts/me", text_at(&second, "access")), 200);
}

static void
bad_refresh_tokens(void)
{
	struct answer answer = refresh("nonsense");

	EXPECT_PROBLEM(answer, 401, "unauthenticated");
	answer = api_post("/accounts/refresh", NULL, "{}");
	EXPECT_FAULT(answer, "refresh");
	answer = api_post("/accounts/refresh", NULL, "{\"refresh\": 5}");
	EXPECT_FAULT(answer, "refresh");
}

static void
sessions_expire(void)
{
	struct person person = person_new("customer");
	struct answer answer;

	sql_run("UPDATE sessions SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", person.session);
	answer = api_get("/accounts/me", person.access);
	EXPECT_PROBLEM(answer, 401, "session_ended");
	answer = refresh(person.refresh);
	EXPECT_PROBLEM(answer, 401, "session_ended");
}

/* "haat_refresh=TOKEN" of Set-Cookie. */
static const char *
cookie_of(const struct answer *answer)
{
	const char *header = header_of(answer, "Set-Cookie");

	return header == NULL ? NULL : form("Cookie: other=1; %.*s", (int)strcspn(header, ";"), header);
}

static void
browsers_get_a_cookie(void)
{
	struct person person = person_new("customer");
	struct answer answer = api_post("/accounts/login", NULL,
	    form("{\"email\": \"%s\", \"password\": \"%s\", \"cookie\": true}", person.email, person.password));
	const char   *header = header_of(&answer, "Set-Cookie");
	const char   *headers[] = { cookie_of(&answer), NULL };
	const char   *old = headers[0];

	EXPECT(answer, 200);
	REQUIRE(header != NULL);
	CHECK(!has_at(&answer, "refresh"));
	CHECK(
	    strstr(header, "HttpOnly") != NULL && strstr(header, "Secure") != NULL && strstr(header, "SameSite=Strict") != NULL);
	CHECK(strstr(header, "Path=/api/v1/accounts;") != NULL && strstr(header, "Max-Age=86400") != NULL);
	answer = api_call("POST", "/accounts/refresh", NULL, NULL, headers);
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "refresh"));
	headers[0] = cookie_of(&answer);
	REQUIRE(headers[0] != NULL);
	CHECK(strcmp(headers[0], old) != 0);
	answer = api_call("POST", "/accounts/logout", text_at(&answer, "access"), NULL, headers);
	EXPECT(answer, 204);
	CHECK(header_of(&answer, "Set-Cookie") != NULL && strstr(header_of(&answer, "Set-Cookie"), "Max-Age=0") != NULL);
	headers[0] = old;
	answer = api_call("POST", "/accounts/refresh", NULL, "{}", headers);
	EXPECT_PROBLEM(answer, 401, "session_ended");
}

/* A front end on another origin gets the cookie too; then a form of some other site could use it, so a header must show it is meant. */
static void
a_cookie_for_another_origin(void)
{
	const char *const settings[] = { "HAAT_AUTH_COOKIE_SAME_SITE=none", NULL };
	struct person     person = person_new("customer");
	const char       *headers[] = { NULL, NULL, NULL };
	struct answer     answer;

	lone_workers_start(settings);
	answer = lone_call("192.0.2.1", "POST", "/accounts/login", NULL,
	    form("{\"email\": \"%s\", \"password\": \"%s\", \"cookie\": true}", person.email, person.password));
	CHECK_INT(answer.status, 200);
	REQUIRE(header_of(&answer, "Set-Cookie") != NULL);
	CHECK(strstr(header_of(&answer, "Set-Cookie"), "Secure; SameSite=None") != NULL);
	headers[0] = cookie_of(&answer);
	answer = lone_call_with("192.0.2.1", "POST", "/accounts/refresh", NULL, "{}", headers);
	CHECK_INT(answer.status, 403);
	answer = lone_call_with("192.0.2.1", "POST", "/accounts/logout", person.access, NULL, headers);
	CHECK_INT(answer.status, 403);
	answer = lone_call_with("192.0.2.1", "POST", "/accounts/logout-all", person.access, NULL, headers);
	CHECK_INT(answer.status, 403);
	headers[1] = "X-Requested-With: XMLHttpRequest";
	answer = lone_call_with("192.0.2.1", "POST", "/accounts/refresh", NULL, "{}", headers);
	CHECK_INT(answer.status, 200);
	answer = lone_call_with("192.0.2.1", "POST", "/accounts/logout", person.access, NULL, headers);
	CHECK_INT(answer.status, 204);
	lone_workers_stop();
}

static void
access_tokens_are_checked(void)
{
	struct person     person = person_new("customer");
	const char *const basic[] = { "Authorization: Basic dXNlcjpwYXNz", NULL };
	const char *const twice[] = { form("Authorization: Bearer %s", person.access), NULL };
	char             *forged = form("%s", person.access);
	struct answer     answer = api_get("/accounts/me", NULL);

	EXPECT_PROBLEM(answer, 401, "unauthenticated");
	CHECK(header_of(&answer, "WWW-Authenticate") != NULL);
	answer = api_get("/accounts/me", "nonsense");
	EXPECT_PROBLEM(answer, 401, "unauthenticated");
	forged[strlen(forged) - 5] = forged[strlen(forged) - 5] == 'A' ? 'B' : 'A';
	answer = api_get("/accounts/me", forged);
	EXPECT_PROBLEM(answer, 401, "unauthenticated");
	answer = api_call("GET", "/accounts/me", NULL, NULL, basic);
	EXPECT_PROBLEM(answer, 401, "unauthenticated");
	answer = api_call("GET", "/accounts/me", person.access, NULL, twice);
	CHECK_INT(answer.status, 400);
	CHECK_INT(api_round_trips("/accounts/me", person.access), 2);
}

/* The public catalogue is open to who was signed in yesterday; a good token still counts there. */
static void
a_stale_token_is_ignored_where_anybody_may_read(void)
{
	static const char *const paths[] = { "/products?limit=1", "/categories?page_size=1" };
	struct person            ended = person_new("customer"), disabled = person_new("customer");
	const char *const        basic[] = { "Authorization: Basic dXNlcjpwYXNz", NULL };
	char                    *forged = form("%s", ended.access);

	forged[strlen(forged) - 5] = forged[strlen(forged) - 5] == 'A' ? 'B' : 'A';
	sql_run("UPDATE sessions SET ended_at = NOW(3), end_reason = 'logout' WHERE id = '%s'", ended.session);
	sql_run("UPDATE users SET status = 'disabled' WHERE id = '%s'", disabled.id);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct answer plain = api_get(paths[i], NULL), answer;

		EXPECT(plain, 200);
		answer = api_get(paths[i], ended.access);
		EXPECT(answer, 200);
		CHECK_TEXT(answer.body, plain.body);
		EXPECT(api_get(paths[i], disabled.access), 200);
		EXPECT(api_get(paths[i], forged), 200);
		EXPECT(api_get(paths[i], "nonsense"), 200);
		EXPECT(api_call("GET", paths[i], NULL, NULL, basic), 200);
	}
	EXPECT_PROBLEM(api_get("/accounts/me", ended.access), 401, "session_ended");
}

static void
activity_is_true_to_five_minutes(void)
{
	struct person person = person_new("customer");
	const char   *active = form("SELECT last_active_at FROM sessions WHERE id = '%s'", person.session), *first;

	EXPECT(api_get("/accounts/me", person.access), 200);
	first = sql_text("%s", active);
	EXPECT(api_get("/accounts/me", person.access), 200);
	CHECK_TEXT(sql_text("%s", active), first);
	sql_run("UPDATE sessions SET last_active_at = NOW(3) - INTERVAL 6 MINUTE WHERE id = '%s'", person.session);
	EXPECT(api_get("/accounts/me", person.access), 200);
	CHECK_INT(
	    sql_number("SELECT last_active_at > NOW(3) - INTERVAL 1 MINUTE FROM sessions WHERE id = '%s'", person.session), 1);
}

SUITE("api: sessions", TEST(activity_is_true_to_five_minutes), TEST(sessions_are_listed_and_ended),
    TEST(at_most_three_sessions_live), TEST(at_most_three_live_of_many_concurrent), TEST(concurrent_sign_ins_keep_the_limit),
    TEST(changes_during_a_sign_in_count), TEST(logout_ends_one_and_logout_all_ends_all), TEST(refresh_tokens_rotate),
    TEST(a_reused_refresh_token_ends_its_session), TEST(tabs_refresh_together), TEST(waiting_for_a_worker_is_not_late),
    TEST(a_lost_answer_costs_no_place), TEST(an_answer_that_was_not_lost_keeps_its_session), TEST(bad_refresh_tokens),
    TEST(sessions_expire), TEST(browsers_get_a_cookie), TEST(a_cookie_for_another_origin), TEST(access_tokens_are_checked),
    TEST(a_stale_token_is_ignored_where_anybody_may_read))
