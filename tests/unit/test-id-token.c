/* ID tokens of Google and Firebase: those that google-auth-library, firebase-admin and jose accept, and what must be refused. */
#include "accounts/id_token.h"
#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"
#include "tests/suite.h"
#include "tests/unit/vectors.h"

#include <string.h>

enum { ISSUED = 1767323045, NOW = ISSUED + 30 };

#define CLIENT "1234-abc.apps.googleusercontent.com"
#define ISSUER "https://accounts.google.com"

static struct arena *arena;

static void
begin(void)
{
	if (arena == NULL)
		arena = arena_new(16 << 20);
	arena_reset(arena);
}

static struct bytes
bytes_of(const char *text)
{
	return (struct bytes) { (const unsigned char *)text, strlen(text) };
}

static struct id_expected
google(void)
{
	return (struct id_expected) { .issuer = ISSUER,
		.other_issuer = "accounts.google.com",
		.audience = CLIENT,
		.nonce = "n-0S6_WzA2Mj",
		.subject_max = 255,
		.now = NOW };
}

static struct id_expected
firebase(void)
{
	return (struct id_expected) { .issuer = "https://securetoken.google.com/demo-project",
		.audience = "demo-project",
		.subject_max = 128,
		.auth_age_max_seconds = 300,
		.now = NOW };
}

/* "" when it is valid, else why not. */
static const char *
fault(const struct id_expected *expected, const char *token, const char *keys)
{
	struct id_claims claims;
	const char      *why;

	return id_token_check(arena, expected, token, bytes_of(keys), &claims, &why) == ID_TOKEN_VALID ? "" : why;
}

static void
test_tokens_of_others_are_accepted(void)
{
	const char        *keys = vector_value(vector_file("id-tokens"), "keys");
	struct id_expected expected = google();
	struct id_claims   claims;
	const char        *why;

	begin();
	CHECK_INT(
	    id_token_check(arena, &expected, vector_value(vector_file("id-tokens"), "google"), bytes_of(keys), &claims, &why),
	    ID_TOKEN_VALID);
	CHECK_TEXT(claims.subject, "110169484474386276334");
	CHECK_TEXT(claims.email, "user@example.com");
	CHECK_TEXT(claims.name, "Test User");
	CHECK(claims.email_verified && claims.phone == NULL && claims.method == NULL);
	expected = firebase();
	CHECK_INT(
	    id_token_check(arena, &expected, vector_value(vector_file("id-tokens"), "firebase"), bytes_of(keys), &claims, &why),
	    ID_TOKEN_VALID);
	CHECK_TEXT(claims.subject, "uid-1");
	CHECK_TEXT(claims.phone, "+8801700000001");
	CHECK_TEXT(claims.method, "phone");
}

static void
test_what_is_expected_must_be_there(void)
{
	const char *keys = vector_value(vector_file("id-tokens"), "keys"),
		   *token = vector_value(vector_file("id-tokens"), "google");
	struct id_expected expected = google();

	begin();
	expected.audience = "another";
	CHECK_TEXT(fault(&expected, token, keys), "it is for somebody else");
	expected = google();
	expected.issuer = "https://evil.test";
	CHECK_TEXT(fault(&expected, token, keys), "it is another issuer's");
	expected.other_issuer = ISSUER;
	CHECK_TEXT(fault(&expected, token, keys), "");
	expected = google();
	expected.nonce = "another";
	CHECK_TEXT(fault(&expected, token, keys), "it is not the answer to what this browser asked for");
	expected = google();
	expected.now = ISSUED - 61;
	CHECK_TEXT(fault(&expected, token, keys), "it was issued in the future");
	expected.now = ISSUED - 60;
	CHECK_TEXT(fault(&expected, token, keys), "");
	expected.now = INT64_C(4102444800) + 60;
	CHECK_TEXT(fault(&expected, token, keys), "it has expired");
	expected.now--;
	CHECK_TEXT(fault(&expected, token, keys), "");
	expected = firebase();
	expected.now = ISSUED + 301;
	CHECK_TEXT(fault(&expected, vector_value(vector_file("id-tokens"), "firebase"), keys), "its user signed in too long ago");
	CHECK_TEXT(fault(&expected, token, keys), "it is another issuer's");
}

/* ---- tokens of our own ---- */

static const struct signer_options one = { .name = "key", .from = ISSUED - 1000, .until = ISSUED + 1000, .bits = 2048 };

/* Of header and payload as they stand. */
static const char *
signed_by(const struct signer *signer, const char *header, const char *payload)
{
	const char *input = arena_format(
	    arena, "%s.%s", base64url_encode(arena, header, strlen(header)), base64url_encode(arena, payload, strlen(payload)));
	char *signature = arena_string(arena, sign_text(signer, "SHA256", input, strlen(input)));

	for (char *c = signature; *c != '\0'; c++)
		*c = (char)(*c == '+' ? '-' : *c == '/' ? '_' : *c);
	signature[strcspn(signature, "=")] = '\0';
	return arena_format(arena, "%s.%s", input, signature);
}

/* The key "k" as Firebase publishes it. */
static const char *
certificates_of(const struct signer *signer)
{
	const struct signer *const signers[] = { signer };
	const char                *pem = signers_pem(signers, 1);
	struct text                json = text_new(arena, 4096);

	TEXT_ADD(&json, "{\"other\":\"no certificate\",\"k\":");
	text_add_json(&json, pem);
	text_add_char(&json, '}');
	return json.bytes;
}

#define HEADER "{\"alg\":\"RS256\",\"kid\":\"k\"}"
#define REST "\"sub\":\"s\",\"nonce\":\"n-0S6_WzA2Mj\",\"iat\":1767323045,\"exp\":1767326645}"
#define GOOD "{\"iss\":\"" ISSUER "\",\"aud\":\"" CLIENT "\"," REST

static void
test_payloads(void)
{
	static const struct {
		const char *payload, *why;
	} cases[] = {
		{ GOOD, "" },
		{ "{\"iss\":\"accounts.google.com\",\"aud\":\"" CLIENT "\"," REST, "" },
		{ "{\"iss\":\"" ISSUER "\",\"aud\":[\"" CLIENT "\"]," REST, "" },
		{ "{\"iss\":\"" ISSUER "\",\"aud\":[\"x\",\"" CLIENT "\"],\"azp\":\"" CLIENT "\"," REST, "" },
		{ "{\"iss\":\"" ISSUER "\",\"aud\":[\"x\",\"" CLIENT "\"]," REST, "it is for somebody else" },
		{ "{\"iss\":\"" ISSUER "\",\"aud\":[\"x\",\"" CLIENT "\"],\"azp\":\"x\"," REST, "it is for somebody else" },
		{ "{\"iss\":\"" ISSUER "\",\"aud\":\"" CLIENT "\",\"azp\":\"x\"," REST, "it is for somebody else" },
		{ "{\"iss\":\"" ISSUER "\",\"aud\":[]," REST, "it is for somebody else" },
		{ "{\"iss\":\"" ISSUER "\"," REST, "it is for somebody else" },
		{ "{\"aud\":\"" CLIENT "\"," REST, "it is another issuer's" },
		{ "{\"iss\":[\"" ISSUER "\"],\"aud\":\"" CLIENT "\"," REST, "it is another issuer's" },
		{ "{\"iss\":\"" ISSUER "\",\"aud\":\"" CLIENT
		  "\",\"sub\":\"\",\"nonce\":\"n-0S6_WzA2Mj\",\"iat\":1767323045,\"exp\":1767326645}",
		    "it does not name its user" },
		{ "{\"iss\":\"" ISSUER "\",\"aud\":\"" CLIENT
		  "\",\"sub\":7,\"nonce\":\"n-0S6_WzA2Mj\",\"iat\":1767323045,\"exp\":1767326645}",
		    "it does not name its user" },
		{ "{\"iss\":\"" ISSUER "\",\"aud\":\"" CLIENT "\",\"sub\":\"s\",\"nonce\":\"n-0S6_WzA2Mj\",\"iat\":1767323045}",
		    "it does not say when it was issued and until when it is good" },
		{ "{\"iss\":\"" ISSUER "\",\"aud\":\"" CLIENT
		  "\",\"sub\":\"s\",\"nonce\":\"n-0S6_WzA2Mj\",\"iat\":1767323045,\"exp\":\"1767326645\"}",
		    "it does not say when it was issued and until when it is good" },
		{ "{\"iss\":\"" ISSUER "\",\"aud\":\"" CLIENT "\",\"iss\":\"" ISSUER "\"," REST, "its signature is wrong" },
		{ "[]", "its signature is wrong" },
	};
	struct signer      signer = make_signer(NULL, &one);
	struct id_expected expected = google();

	begin();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_TEXT(
		    fault(&expected, signed_by(&signer, HEADER, cases[i].payload), certificates_of(&signer)), cases[i].why);
	expected = firebase();
	expected.issuer = ISSUER;
	expected.audience = CLIENT;
	CHECK_TEXT(fault(&expected, signed_by(&signer, HEADER, GOOD), certificates_of(&signer)),
	    "it does not say when its user signed in");
}

static void
test_keys_and_signatures(void)
{
	static const char *const headers[] = { "{\"alg\":\"HS256\",\"kid\":\"k\"}", "{\"alg\":\"none\",\"kid\":\"k\"}",
		"{\"alg\":\"RS512\",\"kid\":\"k\"}", "{\"alg\":\"RS256\"}", "{\"alg\":\"RS256\",\"kid\":\"\"}", "{\"kid\":\"k\"}",
		"{\"alg\":\"RS256\",\"kid\":\"k\",\"crit\":[\"b64\"]}" };
	static const char *const broken[] = { "", ".", "..", "a.b", "a.b.c.d", "e30.e30.e30", "\x80.e30.e30" };
	struct signer            signer = make_signer(NULL, &one), other = make_signer(NULL, &one),
		      small = make_signer(NULL, &(struct signer_options) { "key", NULL, ISSUED, ISSUED + 1000, 1024, 0, NULL });
	struct id_expected expected = google();
	const char        *token, *keys;
	struct id_claims   claims;
	const char        *why;

	begin();
	keys = certificates_of(&signer);
	token = signed_by(&signer, HEADER, GOOD);
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		CHECK_TEXT(fault(&expected, signed_by(&signer, headers[i], GOOD), keys),
		    "it is not signed with RS256 by a key that it names");
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		CHECK(*fault(&expected, broken[i], keys) != '\0');
	CHECK_TEXT(fault(&expected, signed_by(&other, HEADER, GOOD), keys), "its signature is wrong");
	CHECK_TEXT(fault(&expected, arena_format(arena, "%.*s", (int)strlen(token) - 4, token), keys), "its signature is wrong");
	CHECK_TEXT(fault(&expected, signed_by(&small, HEADER, GOOD), certificates_of(&small)), "its signature is wrong");
	/* Only a key that is not there at all is worth asking for again. */
	CHECK_INT(id_token_check(arena, &expected, signed_by(&signer, "{\"alg\":\"RS256\",\"kid\":\"new\"}", GOOD),
		      bytes_of(keys), &claims, &why),
	    ID_TOKEN_KEY_UNKNOWN);
	CHECK_INT(id_token_check(arena, &expected, token, bytes_of("{\"keys\":[]}"), &claims, &why), ID_TOKEN_KEY_UNKNOWN);
	CHECK_INT(id_token_check(arena, &expected, signed_by(&signer, "{\"alg\":\"RS256\",\"kid\":\"other\"}", GOOD),
		      bytes_of(keys), &claims, &why),
	    ID_TOKEN_REFUSED);
	CHECK_INT(id_token_check(arena, &expected, token, bytes_of("{\"keys\":[{\"kid\":\"k\",\"kty\":\"oct\",\"k\":\"AAAA\"}]}"),
		      &claims, &why),
	    ID_TOKEN_REFUSED);
	CHECK_INT(id_token_check(arena, &expected, token,
		      bytes_of("{\"keys\":[{\"kid\":\"k\",\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"}]}"), &claims, &why),
	    ID_TOKEN_REFUSED);
	CHECK_INT(id_token_check(arena, &expected, arena_format(arena, "%s%*s", token, ID_TOKEN_BYTES_MAX, ""), bytes_of(keys),
		      &claims, &why),
	    ID_TOKEN_REFUSED);
}

SUITE("id-token", TEST(test_tokens_of_others_are_accepted), TEST(test_what_is_expected_must_be_there), TEST(test_payloads),
    TEST(test_keys_and_signatures))
