/* ID tokens: any text, any payload that is rightly signed, and any text in place of the keys. */
#include "accounts/id_token.h"
#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

enum { NOW = 1800000000, SUBJECT_MAX = 255, SIGNATURE_MAX = 512 };

static const char head[] = "{\"alg\":\"RS256\",\"kid\":\"k\"}";

static const struct id_expected expected = { .issuer = "https://accounts.google.com",
	.other_issuer = "accounts.google.com",
	.audience = "us",
	.subject_max = SUBJECT_MAX,
	.now = NOW };

static EVP_PKEY *
own_key(void)
{
	static EVP_PKEY *key;

	if (key == NULL)
		key = EVP_RSA_gen(2048);
	PROPERTY(key != NULL);
	return key;
}

/* As the issuer publishes it. */
static struct bytes
own_keys(void)
{
	unsigned char modulus[SIGNATURE_MAX];
	BIGNUM       *number = NULL;
	const char   *json;

	PROPERTY(EVP_PKEY_get_bn_param(own_key(), OSSL_PKEY_PARAM_RSA_N, &number) == 1);
	json = arena_format(fuzz_arena(), "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"%s\",\"e\":\"AQAB\"}]}",
	    base64url_encode(fuzz_arena(), modulus, (size_t)BN_bn2bin(number, modulus)));
	BN_free(number);
	return (struct bytes) { (const unsigned char *)json, strlen(json) };
}

static const char *
token_over(const uint8_t *payload, size_t length)
{
	struct text   token = text_new(fuzz_arena(), 1024);
	unsigned char signature[SIGNATURE_MAX];
	size_t        signed_length = sizeof signature;
	EVP_MD_CTX   *context = EVP_MD_CTX_new();

	text_add_string(&token, base64url_encode(fuzz_arena(), head, sizeof head - 1));
	text_add_char(&token, '.');
	text_add_string(&token, base64url_encode(fuzz_arena(), payload, length));
	PROPERTY(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, own_key()) == 1 &&
	    EVP_DigestSign(context, signature, &signed_length, (const unsigned char *)token.bytes, token.length) == 1);
	EVP_MD_CTX_free(context);
	text_add_char(&token, '.');
	text_add_string(&token, base64url_encode(fuzz_arena(), signature, signed_length));
	return token.bytes;
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	struct arena    *arena = fuzz_arena();
	struct id_claims claims;
	const char      *why, *token = token_over(bytes, length);

	PROPERTY(id_token_check(arena, &expected, arena_copy(arena, bytes, length), own_keys(), &claims, &why) != ID_TOKEN_VALID);
	PROPERTY(id_token_check(arena, &expected, token, (struct bytes) { bytes, length }, &claims, &why) != ID_TOKEN_VALID);
	if (id_token_check(arena, &expected, token, own_keys(), &claims, &why) != ID_TOKEN_VALID) {
		PROPERTY(why != NULL);
		return;
	}
	PROPERTY(claims.subject != NULL && *claims.subject != '\0' && strlen(claims.subject) <= SUBJECT_MAX);
	PROPERTY(utf8_valid(claims.subject, strlen(claims.subject)));
	PROPERTY(claims.email == NULL || utf8_valid(claims.email, strlen(claims.email)));
}
