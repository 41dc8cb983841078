/* Who comes with a password that another shop has hashed. */
#include "tests/api/api.h"

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

SUITE("identity", TEST(hashes_of_others_are_replaced_at_the_next_sign_in), TEST(tabs_that_sign_in_at_once_are_all_let_in),
    TEST(a_hash_that_would_take_hours_is_refused_at_once))
