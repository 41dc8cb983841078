#include "verify/digest.h"

#include "verify/reading.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

static bool
make(const char *name, const void *key, size_t key_length, const struct piece *pieces, size_t count, unsigned char *into,
    size_t bytes)
{
	OSSL_PARAM   params[] = { OSSL_PARAM_utf8_string("digest", (void *)(uintptr_t)name, 6), OSSL_PARAM_END };
	EVP_MAC     *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *context = hmac == NULL ? NULL : EVP_MAC_CTX_new(hmac);
	size_t       made = 0;
	bool         good = context != NULL && EVP_MAC_init(context, key, key_length, params) == 1;

	for (size_t i = 0; good && i < count; i++)
		good = EVP_MAC_update(context, pieces[i].bytes, pieces[i].length) == 1;
	good = good && EVP_MAC_final(context, into, &made, bytes) == 1 && made == bytes;
	EVP_MAC_CTX_free(context);
	EVP_MAC_free(hmac);
	return good;
}

bool
digest_make(const void *key, size_t key_length, const struct piece *pieces, size_t count, unsigned char into[DIGEST_BYTES])
{
	return make("SHA256", key, key_length, pieces, count, into, DIGEST_BYTES);
}

bool
digest_equal(const unsigned char a[DIGEST_BYTES], const unsigned char b[DIGEST_BYTES])
{
	return CRYPTO_memcmp(a, b, DIGEST_BYTES) == 0;
}

bool
digest_matches(const char *const *secrets, const struct piece *pieces, size_t count, const unsigned char *given, size_t bytes)
{
	const char   *name = bytes == DIGEST_512_BYTES ? "SHA512" : "SHA256";
	unsigned char expected[DIGEST_MAX];
	bool          match = false;

	for (; secrets != NULL && *secrets != NULL; secrets++)
		if (**secrets != '\0' && make(name, *secrets, strlen(*secrets), pieces, count, expected, bytes))
			match |= CRYPTO_memcmp(expected, given, bytes) == 0;
	OPENSSL_cleanse(expected, sizeof expected);
	return match;
}

enum haat_verify_result
digest_judge_hex(const char *signature, const struct piece *pieces, size_t count, size_t bytes, const char *const *secrets)
{
	unsigned char given[DIGEST_MAX];

	if (signature == NULL || signature[0] == '\0')
		return HAAT_VERIFY_MISSING;
	if (!read_hex(signature, strnlen(signature, 2 * bytes + 1), given, bytes))
		return HAAT_VERIFY_MALFORMED;
	return digest_matches(secrets, pieces, count, given, bytes) ? HAAT_VERIFY_OK : HAAT_VERIFY_NO_MATCH;
}
