/* The rules of passwords, and their hashes. */
#include "accounts/accounts.h"
#include "accounts/password.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/text.h"
#include "tests/suite.h"

#include <string.h>
#include <unistd.h>

static struct config config;
static struct work   work;
static char          list[] = "/tmp/haat-passwords.XXXXXX";

static void
begin(void)
{
	if (work.arena == NULL) {
		int fd = mkstemp(list);

		REQUIRE(fd >= 0 && write(fd, "# a list\npadma-river-42\n", 24) == 24);
		close(fd);
		work.arena = arena_new(16 << 20);
	}
	arena_reset(work.arena);
	config.auth.bcrypt_cost = 4;
	config.auth.common_passwords = list;
	work.config = &config;
}

/* How many rules a password breaks for amina.khatun@example.test, Amina Binte Khatun; the first of them in *what. */
static size_t
broken(const char *password, const char **what)
{
	struct faults faults = { .count = 0 };

	begin();
	CHECK(password_rules(&work, "password", password, "amina.khatun@example.test", "Amina Binte Khatun", &faults) == OK);
	*what = faults.count > 0 ? faults.list[0].what : "";
	return faults.count;
}

static void
test_good_ones(void)
{
	static const char *const good[] = { "Rickshaw-7-Bells", "Aa1!xyzw", "\xc3\x84pfel-\xc3\xb6l-9", "Haat-demo-2026!",
		"Aminas-2-Gardens", "pass PHRASE of 4 words" };
	const char              *what;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK_INT(broken(good[i], &what), 0);
}

static void
test_each_rule(void)
{
	static const struct {
		const char *password, *what;
	} bad[] = {
		{ "Aa1!xyz", "must be at least 8 characters" },
		{ "Aa1!\xc3\xa4\xc3\xb6\xc3\xbc", "must be at least 8 characters" }, /* 10 bytes, 7 characters */
		{ "rickshaw-7-bells", "must have an upper-case letter" },
		{ "RICKSHAW-7-BELLS", "must have a lower-case letter" },
		{ "Rickshaw-x-Bells", "must have a digit" },
		{ "Rickshaw7Bells", "must have a character that is neither letter nor digit" },
		{ "Padma-River-42", "is a common password" },
		{ "Amina.Khatun1", "is too similar to the e-mail address" },
		{ "Khatun-1", "is too similar to the e-mail address" },
		{ "Binte 12a", "is too similar to the name" },
	};
	const char *what;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(broken(bad[i].password, &what) >= 1);
		CHECK_TEXT(what, bad[i].what);
	}
	CHECK_INT(broken("4829105736", &what), 4);
	CHECK_INT(broken("Aa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzw", &what), 0);
	CHECK_INT(broken("Aa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwx", &what), 1);
	CHECK_INT(broken("# a list", &what), 2); /* a remark of the list is no password: no upper case, no digit */
}

static void
test_a_list_that_is_missing_is_no_excuse(void)
{
	struct faults faults = { .count = 0 };

	begin();
	config.auth.common_passwords = "/nonexistent/list";
	CHECK(problem_is(password_rules(&work, "password", "Rickshaw-7-Bells", "a@b.test", "A", &faults), PROBLEM_INTERNAL));
}

static void
test_hashes(void)
{
	const char *hash, *other;

	begin();
	hash = password_hash(&work, "Rickshaw-7-Bells");
	other = password_hash(&work, "Rickshaw-7-Bells");
	CHECK(strncmp(hash, "$2b$04$", 7) == 0);
	CHECK_INT(strlen(hash), 60);
	CHECK(strcmp(hash, other) != 0);
	CHECK(password_verify(&work, "Rickshaw-7-Bells", hash));
	CHECK(password_verify(&work, "Rickshaw-7-Bells", other));
	CHECK(!password_verify(&work, "Rickshaw-7-bells", hash));
	CHECK(!password_verify(&work, "", hash));
	CHECK(!password_verify(&work, "Rickshaw-7-Bells", NULL));
	CHECK(!password_verify(&work, "Rickshaw-7-Bells", "not a hash"));
	CHECK(!password_verify(&work, "Rickshaw-7-Bells", ""));
	/* A vector of the algorithm's authors (crypt_blowfish). */
	CHECK(password_verify(&work, "U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
}

/* Made by Python's hashlib and crypt, as Django and Node make them. */
#define TAIL "abcdefghijklmnopqrstuup.UOfTkOmTJtFDqTxAqwAdLZqMFzpOi"
static const char django_pbkdf2[] = "pbkdf2_sha256$1000$seasalt$gHxIi9b7gq81mz8R12yI5DDuOXH8okdu1YR3lvJXR/Y=",
		  django_bcrypt[] = "bcrypt$$2b$04$" TAIL,
		  django_bcrypt_sha256[] = "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuugTN.JYgDcxwFQ2cnRgGuxy.3TKi79Ra",
		  node_2a[] = "$2a$04$" TAIL, node_2b[] = "$2b$04$" TAIL;

static void
test_hashes_brought_along(void)
{
	static const char *const hashes[] = { django_pbkdf2, django_bcrypt, django_bcrypt_sha256, node_2a, node_2b };

	begin();
	for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
		CHECK(password_hash_known(hashes[i], 12));
		CHECK(password_verify(&work, "Rickshaw-7-Bells", hashes[i]));
		CHECK(!password_verify(&work, "Rickshaw-7-bells", hashes[i]));
		CHECK(!password_verify(&work, "", hashes[i]));
		CHECK_INT(password_hash_outdated(&work, "Rickshaw-7-Bells", hashes[i]), hashes[i] != node_2b);
	}
	config.auth.bcrypt_cost = 5;
	CHECK(password_hash_outdated(&work, "Rickshaw-7-Bells", node_2b));
	/* Longer than bcrypt's 72 bytes, which Django's two take whole; ours could not, so they stay as they are. */
	static const char part[] = "l\xc3\xa8tmein-";
	struct text       longer = text_new(work.arena, 256);

	for (int i = 0; i < 12; i++)
		text_add_string(&longer, part);
	CHECK(password_verify(&work, longer.bytes, "pbkdf2_sha256$1000$q2Fk$NGMEZkCsFNAOXvxSPw+ZT04saQ+92kkNNtDhzb9HzE8="));
	CHECK(password_verify(&work, longer.bytes, "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuugA0aIJ3B4b/lBXurynAwbNncXAUk7Yq"));
	CHECK(!password_hash_outdated(&work, longer.bytes, django_pbkdf2));
	longer.bytes[longer.length - 1] = '\0';
	CHECK(!password_verify(&work, longer.bytes, "pbkdf2_sha256$1000$q2Fk$NGMEZkCsFNAOXvxSPw+ZT04saQ+92kkNNtDhzb9HzE8="));
}

/* What is no hash, or one that would keep a worker busy for longer than some seconds, verifies nothing. */
static void
test_hashes_that_are_refused(void)
{
	static const char *const bad[] = { "pbkdf2_sha256$1000$seasalt$",
		"pbkdf2_sha256$$seasalt$gHxIi9b7gq81mz8R12yI5DDuOXH8okdu1YR3lvJXR/Y=",
		"pbkdf2_sha256$0$seasalt$gHxIi9b7gq81mz8R12yI5DDuOXH8okdu1YR3lvJXR/Y=",
		"pbkdf2_sha256$5000001$seasalt$gHxIi9b7gq81mz8R12yI5DDuOXH8okdu1YR3lvJXR/Y=",
		"pbkdf2_sha256$99999999999$seasalt$gHxIi9b7gq81mz8R12yI5DDuOXH8okdu1YR3lvJXR/Y=",
		"pbkdf2_sha256$1000$$gHxIi9b7gq81mz8R12yI5DDuOXH8okdu1YR3lvJXR/Y=", "pbkdf2_sha256$1000",
		"pbkdf2_sha256$1000$seasalt",
		"pbkdf2_sha1$1000$seasalt$gHxIi9b7gq81mz8R12yI5DDuOXH8okdu1YR3lvJXR/Y=", "$2b$31$" TAIL, "$2b$16$" TAIL,
		"bcrypt$$2b$31$" TAIL, "bcrypt_sha256$$2b$31$" TAIL, "$2b$03$" TAIL, "$2x$04$" TAIL, "$2b$4$" TAIL,
		"$2b$04$" TAIL "x", "$2b$04$", "$1$seasalt$abc", "bcrypt$", "$2", "", "!" };

	begin();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(!password_hash_known(bad[i], 12));
		CHECK(!password_verify(&work, "Rickshaw-7-Bells", bad[i]));
	}
	CHECK(password_hash_known("$2b$16$" TAIL, 16));
}

static void
take_time(const char *password, const char *hash, int64_t *shortest)
{
	int64_t began = monotonic_us(), took;

	password_verify(&work, password, hash);
	took = monotonic_us() - began;
	*shortest = took < *shortest ? took : *shortest;
}

/*
 * An account that is not there takes as long as one that is: the time tells nothing.  The shortest of many times is what
 * the work itself takes, on a busy machine too.
 */
static void
test_an_unknown_account_takes_as_long(void)
{
	const char *hash;
	int64_t     known = INT64_MAX, unknown = INT64_MAX;
	bool        alike = false;

	begin();
	config.auth.bcrypt_cost = 7;
	hash = password_hash(&work, "Rickshaw-7-Bells");
	for (int i = 0; i < 100 && !alike; i++) {
		take_time("Wrong-7-Bells", hash, &known);
		take_time("Wrong-7-Bells", NULL, &unknown);
		alike = i >= 4 && unknown > known * 2 / 3 && unknown < known * 3 / 2;
	}
	CHECK(alike);
}

/* Of bytes that the algorithm does not look at none is taken for granted, and the refusal takes as long as any other. */
static void
test_nothing_stands_behind_byte_72(void)
{
	static const char longest[] = "Aa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzwAa1!xyzw";
	const char       *longer, *hash;
	int64_t           whole = INT64_MAX, cut = INT64_MAX;
	bool              alike = false;

	_Static_assert(sizeof longest - 1 == PASSWORD_BYTES_MAX, "as long as one may be");
	begin();
	longer = arena_format(work.arena, "%sx", longest);
	config.auth.bcrypt_cost = 7;
	hash = password_hash(&work, longest);
	CHECK(password_verify(&work, longest, hash));
	CHECK(!password_verify(&work, longer, hash));
	CHECK(!password_verify(&work, longer, NULL));
	for (int i = 0; i < 100 && !alike; i++) {
		take_time("Wrong-7-Bells", hash, &whole);
		take_time(longer, hash, &cut);
		alike = i >= 4 && cut > whole * 2 / 3 && cut < whole * 3 / 2;
	}
	CHECK(alike);
}

static void
test_normal_addresses(void)
{
	begin();
	CHECK_TEXT(normal_email(work.arena, "  Amina@Example.TEST \n"), "Amina@example.test");
	CHECK_TEXT(normal_email(work.arena, "a@B@C.test"), "a@B@c.test");
	CHECK_TEXT(normal_email(work.arena, "nobody"), "nobody");
	CHECK_TEXT(normal_email(work.arena, ""), "");
	unlink(list);
}

SUITE("password", TEST(test_good_ones), TEST(test_each_rule), TEST(test_a_list_that_is_missing_is_no_excuse), TEST(test_hashes),
    TEST(test_hashes_brought_along), TEST(test_hashes_that_are_refused), TEST(test_an_unknown_account_takes_as_long),
    TEST(test_nothing_stands_behind_byte_72), TEST(test_normal_addresses))
