#include "verify/digest.h"
#include "verify/reading.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

static bool
hash(const char *text, size_t length, unsigned char into[DIGEST_BYTES])
{
	unsigned int made = 0;

	return EVP_Digest(text, length, into, &made, EVP_sha256(), NULL) == 1 && made == DIGEST_BYTES;
}

/* Their SHA-256 is compared, so that the time does not tell the length of the secret either. */
static bool
is_one_of(const char *given, size_t length, const char *const *secrets)
{
	unsigned char ours[DIGEST_BYTES], theirs[DIGEST_BYTES];
	bool          match = false, hashed = hash(given, length, theirs);

	for (; hashed && secrets != NULL && *secrets != NULL; secrets++)
		if (**secrets != '\0' && hash(*secrets, strlen(*secrets), ours))
			match |= digest_equal(ours, theirs);
	OPENSSL_cleanse(ours, sizeof ours);
	return match;
}

enum haat_verify_result
haat_verify_flutterwave(
    const char *signature, enum haat_verify_flutterwave form, const void *body, size_t length, const char *const *secrets)
{
	const struct piece piece = { body, length };
	unsigned char      given[DIGEST_BYTES];
	size_t             given_length;

	if (body == NULL || length == 0)
		return HAAT_VERIFY_EMPTY_BODY;
	if (signature == NULL || signature[0] == '\0')
		return HAAT_VERIFY_MISSING;
	given_length = strnlen(signature, HAAT_VERIFY_HEADER_MAX + 1);
	if (given_length > HAAT_VERIFY_HEADER_MAX)
		return HAAT_VERIFY_MALFORMED;
	if (form == HAAT_VERIFY_FLUTTERWAVE_SECRET_HASH)
		return is_one_of(signature, given_length, secrets) ? HAAT_VERIFY_OK : HAAT_VERIFY_NO_MATCH;
	if (read_base64(signature, given_length, given, sizeof given) != DIGEST_BYTES)
		return HAAT_VERIFY_MALFORMED;
	return digest_matches(secrets, &piece, 1, given, DIGEST_BYTES) ? HAAT_VERIFY_OK : HAAT_VERIFY_NO_MATCH;
}
