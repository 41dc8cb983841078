#include "base/arena.h"
#include "base/encoding.h"
#include "http/jwt.h"
#include "tests/suite.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define OLD_SECRET "fedcba9876543210fedcba9876543210"
#define OUR_HEADER "{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"JWT\"}"
#define USER "01890000-0000-7000-8000-000000000001"
#define SESSION "01890000-0000-7000-8000-000000000002"
#define TOKEN_ID "01890000-0000-7000-8000-000000000003"
#define IDS "\"sub\":\"" USER "\",\"sid\":\"" SESSION "\",\"jti\":\"" TOKEN_ID "\","
#define WHO "\"role\":\"customer\",\"name\":\"Rahima É\","
#define ISSUED "\"iss\":\"haat.test\",\"aud\":\"haat-api\","
#define VERIFIED "\"email_verified\":true,\"phone_verified\":false,"
#define TIMES "\"iat\":1800000000,\"exp\":1800003600"

enum { IAT = 1800000000, EXP = IAT + 3600 };

static const char *const no_keys[] = { NULL };

static struct arena   *arena;
static struct jwt_keys keys;

static void
begin(void)
{
	arena = arena_new(1 << 20);
	REQUIRE(jwt_keys_make(arena, "haat.test", "haat-api", "k1", SECRET, no_keys, &keys));
}

/* Any header and payload, signed rightly with a secret. */
static const char *
forge(const char *secret, const char *header, const char *payload)
{
	const char *input = arena_format(
	    arena, "%s.%s", base64url_encode(arena, header, strlen(header)), base64url_encode(arena, payload, strlen(payload)));
	unsigned char mac[32];

	hmac_sha256(secret, strlen(secret), input, strlen(input), mac);
	return arena_format(arena, "%s.%s", input, base64url_encode(arena, mac, sizeof mac));
}

static enum jwt_outcome
check_at(const char *token, int64_t now)
{
	struct jwt_claims claims;

	return jwt_check(arena, &keys, token, now, &claims);
}

static struct jwt_claims
claims_of_test(void)
{
	struct jwt_claims claims = {
		.role = "customer", .name = "Rahima É", .email_verified = true, .issued_at = IAT, .expires_at = EXP
	};

	uuid_parse(USER, &claims.user.uuid);
	uuid_parse(SESSION, &claims.session.uuid);
	uuid_parse(TOKEN_ID, &claims.id);
	return claims;
}

/* The token as Python's hmac and base64 modules make it. */
static void
test_known_token(void)
{
	struct jwt_claims claims = claims_of_test();

	begin();
	CHECK_TEXT(jwt_make(arena, &keys, &claims),
	    "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIiwidHlwIjoiSldUIn0.eyJzdWIiOiIwMTg5MDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDA"
	    "wMDEiLCJzaWQiOiIwMTg5MDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDIiLCJqdGkiOiIwMTg5MDAwMC0wMDAwLTcwMDAtODAwMC0"
	    "wMDAwMDAwMDAwMDMiLCJyb2xlIjoiY3VzdG9tZXIiLCJuYW1lIjoiUmFoaW1hIMOJIiwiaXNzIjoiaGFhdC50ZXN0IiwiYXVkIjoiaGFhdC1"
	    "hcGkiLCJlbWFpbF92ZXJpZmllZCI6dHJ1ZSwicGhvbmVfdmVyaWZpZWQiOmZhbHNlLCJpYXQiOjE4MDAwMDAwMDAsImV4cCI6MTgwMDAwMzY"
	    "wMH0.AUiYKic0RWLKKCwekRccwx3kuvML2XWfMaKCxfUNBVY");
	arena_free(arena);
}

static void
test_round_trip(void)
{
	struct jwt_claims claims = claims_of_test(), got;
	const char       *token;

	begin();
	token = jwt_make(arena, &keys, &claims);
	REQUIRE(jwt_check(arena, &keys, token, IAT + 5, &got) == JWT_VALID);
	CHECK(ID_EQUAL(got.user, claims.user) && ID_EQUAL(got.session, claims.session) && uuid_equal(got.id, claims.id));
	CHECK_TEXT(got.role, "customer");
	CHECK_TEXT(got.name, "Rahima É");
	CHECK(got.avatar == NULL);
	CHECK(got.email_verified && !got.phone_verified);
	CHECK_INT(got.issued_at, IAT);
	CHECK_INT(got.expires_at, EXP);
	claims.avatar = "https://shop.test/media/1";
	REQUIRE(jwt_check(arena, &keys, jwt_make(arena, &keys, &claims), IAT, &got) == JWT_VALID);
	CHECK_TEXT(got.avatar, claims.avatar);
	arena_free(arena);
}

static void
test_times(void)
{
	struct jwt_claims claims = claims_of_test();
	const char       *token;

	begin();
	token = jwt_make(arena, &keys, &claims);
	CHECK_INT(check_at(token, EXP - 1), JWT_VALID);
	CHECK_INT(check_at(token, EXP), JWT_EXPIRED);
	CHECK_INT(check_at(token, EXP + 100000), JWT_EXPIRED);
	CHECK_INT(check_at(token, IAT - JWT_CLOCK_SLACK), JWT_VALID);
	CHECK_INT(check_at(token, IAT - JWT_CLOCK_SLACK - 1), JWT_INVALID);
	arena_free(arena);
}

static void
test_every_changed_character_is_refused(void)
{
	struct jwt_claims claims = claims_of_test();
	char             *token;

	begin();
	token = arena_string(arena, jwt_make(arena, &keys, &claims));
	for (size_t i = 0; token[i] != '\0'; i++) {
		char kept = token[i];

		token[i] = kept == 'A' ? 'B' : 'A';
		CHECK_INT(check_at(token, IAT), JWT_INVALID);
		token[i] = kept;
	}
	CHECK_INT(check_at(token, IAT), JWT_VALID);
	for (size_t i = strlen(token); i-- > 0;) {
		token[i] = '\0';
		CHECK_INT(check_at(token, IAT), JWT_INVALID);
	}
	arena_free(arena);
}

static void
test_other_headers_are_refused(void)
{
	static const char *const headers[] = {
		"{\"alg\":\"none\",\"kid\":\"k1\",\"typ\":\"JWT\"}",
		"{\"alg\":\"HS512\",\"kid\":\"k1\",\"typ\":\"JWT\"}",
		"{\"alg\":\"RS256\",\"kid\":\"k1\",\"typ\":\"JWT\"}",
		"{\"alg\":\"hs256\",\"kid\":\"k1\",\"typ\":\"JWT\"}",
		"{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"JWE\"}",
		"{\"alg\":\"HS256\",\"kid\":\"k1\"}",
		"{\"alg\":\"HS256\",\"kid\":\"k2\",\"typ\":\"JWT\"}",
		"{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
		"{\"alg\":\"none\",\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"JWT\"}",
		"{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"JWT\",\"crit\":[\"exp\"]}",
		"",
		"{}",
		"[]",
	};

	begin();
	CHECK_INT(check_at(forge(SECRET, OUR_HEADER, "{" IDS WHO ISSUED VERIFIED TIMES "}"), IAT), JWT_VALID);
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		CHECK_INT(check_at(forge(SECRET, headers[i], "{" IDS WHO ISSUED VERIFIED TIMES "}"), IAT), JWT_INVALID);
	arena_free(arena);
}

static void
test_other_payloads_are_refused(void)
{
	static const char *const payloads[] = {
		"{" IDS WHO "\"iss\":\"other.test\",\"aud\":\"haat-api\"," VERIFIED TIMES "}",
		"{" IDS WHO "\"iss\":\"haat.test\",\"aud\":\"other\"," VERIFIED TIMES "}",
		"{" IDS WHO "\"iss\":\"haat.test\",\"aud\":[\"haat-api\"]," VERIFIED                   TIMES "}",
		"{" IDS WHO ISSUED                                                                     TIMES "}",
		"{" WHO ISSUED VERIFIED                                                                TIMES "}",
		"{\"sub\":\"1\",\"sid\":\"" SESSION "\",\"jti\":\"" TOKEN_ID "\"," WHO ISSUED VERIFIED TIMES "}",
		"{" IDS "\"role\":\"customer\",\"name\":\"\xc0\xaf\"," ISSUED VERIFIED                 TIMES "}",
		"{" IDS "\"role\":1,\"name\":\"x\"," ISSUED VERIFIED                                   TIMES "}",
		"{" IDS WHO                 ISSUED "\"email_verified\":1,\"phone_verified\":0," TIMES "}",
		"{" IDS WHO ISSUED          VERIFIED "\"iat\":1800000000,\"exp\":\"1800003600\"}",
		"{" IDS WHO ISSUED          VERIFIED "\"iat\":1800000000,\"exp\":1800003600.5}",
		"{" IDS WHO ISSUED          VERIFIED "\"iat\":1800000000}",
		"{" IDS WHO ISSUED VERIFIED TIMES "",
		"{" IDS WHO ISSUED VERIFIED TIMES "} x",
		"[]",
		"null",
		"",
		"\"x\"",
	};

	begin();
	for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++)
		CHECK_INT(check_at(forge(SECRET, OUR_HEADER, payloads[i]), IAT), JWT_INVALID);
	CHECK_INT(check_at(forge(OLD_SECRET, OUR_HEADER, "{" IDS WHO ISSUED VERIFIED TIMES "}"), IAT), JWT_INVALID);
	arena_free(arena);
}

static void
test_broken_texts_are_refused(void)
{
	static const char *const texts[] = { "", ".", "..", "...", "a.b", "a.b.c",
		"eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIiwidHlwIjoiSldUIn0", "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIiwidHlwIjoiSldUIn0.",
		"eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIiwidHlwIjoiSldUIn0.." };
	char                     huge[JWT_TEXT_MAX + 100];

	begin();
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		CHECK_INT(check_at(texts[i], IAT), JWT_INVALID);
	snprintf(huge, sizeof huge, "%s.%0*d.", keys.list[0].header, JWT_TEXT_MAX - 10, 0);
	CHECK_INT(check_at(huge, IAT), JWT_INVALID);
	arena_free(arena);
}

static void
test_old_keys_still_verify(void)
{
	const char *const old_keys[] = { "k1:" SECRET, NULL };
	struct jwt_claims claims = claims_of_test(), got;
	struct jwt_keys   rotated;
	const char       *before, *after;

	begin();
	before = jwt_make(arena, &keys, &claims);
	REQUIRE(jwt_keys_make(arena, "haat.test", "haat-api", "k2", OLD_SECRET, old_keys, &rotated));
	after = jwt_make(arena, &rotated, &claims);
	CHECK_INT(jwt_check(arena, &rotated, before, IAT, &got), JWT_VALID);
	CHECK_INT(jwt_check(arena, &rotated, after, IAT, &got), JWT_VALID);
	CHECK_INT(jwt_check(arena, &keys, after, IAT, &got), JWT_INVALID);
	arena_free(arena);
}

/* As many as the configuration takes. */
static void
test_most_old_keys(void)
{
	const char     *old_keys[OLD_KEYS_MAX + 1] = { NULL };
	struct jwt_keys most;

	begin();
	for (int i = 0; i < OLD_KEYS_MAX; i++)
		old_keys[i] = arena_format(arena, "old%d:" SECRET, i);
	CHECK(jwt_keys_make(arena, "haat.test", "haat-api", "k2", OLD_SECRET, old_keys, &most));
	CHECK_INT(most.count, 1 + OLD_KEYS_MAX);
	arena_free(arena);
}

static void
test_bad_keys_are_refused(void)
{
	const char *const no_colon[] = { SECRET, NULL }, *const no_id[] = { ":" SECRET, NULL },
			  *const twice[] = { "k1:" OLD_SECRET, NULL }, *const shorter[] = { "k0:short", NULL };
	struct jwt_keys other;

	begin();
	CHECK(!jwt_keys_make(arena, "i", "a", "k1", "too short", no_keys, &other));
	CHECK(!jwt_keys_make(arena, "i", "a", "", SECRET, no_keys, &other));
	CHECK(!jwt_keys_make(arena, "i", "a", "k1", SECRET, no_colon, &other));
	CHECK(!jwt_keys_make(arena, "i", "a", "k1", SECRET, no_id, &other));
	CHECK(!jwt_keys_make(arena, "i", "a", "k1", SECRET, twice, &other));
	CHECK(!jwt_keys_make(arena, "i", "a", "k1", SECRET, shorter, &other));
	arena_free(arena);
}

static void
test_long_name_is_left_out(void)
{
	struct jwt_claims claims = claims_of_test(), got;
	char              name[JWT_TEXT_MAX];
	const char       *token;

	begin();
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	claims.name = name;
	token = jwt_make(arena, &keys, &claims);
	CHECK(strlen(token) <= JWT_TEXT_MAX);
	CHECK_INT(jwt_check(arena, &keys, token, IAT, &got), JWT_VALID);
	CHECK_TEXT(got.name, "");
	arena_free(arena);
}

SUITE("access tokens", TEST(test_known_token), TEST(test_round_trip), TEST(test_times),
    TEST(test_every_changed_character_is_refused), TEST(test_other_headers_are_refused), TEST(test_other_payloads_are_refused),
    TEST(test_broken_texts_are_refused), TEST(test_old_keys_still_verify), TEST(test_most_old_keys),
    TEST(test_bad_keys_are_refused), TEST(test_long_name_is_left_out))
