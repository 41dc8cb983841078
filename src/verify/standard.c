#include "verify/digest.h"
#include "verify/reading.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { ID_MAX = 256, KEY_MIN = 24, KEY_MAX = 64, KEY_TEXT_MAX = 88, ED25519_KEY = 32, ED25519_BYTES = 64, ED25519_BASE64 = 88 };

/* The signatures of the list that count, still in base64. */
struct signatures {
	const char *hmac[HAAT_VERIFY_SIGNATURES_MAX], *ed25519[HAAT_VERIFY_SIGNATURES_MAX];
	size_t      n_hmac, n_ed25519;
};

static bool
is_public_key(const char *secret)
{
	return strncmp(secret, "whpk_", 5) == 0;
}

/* The bytes behind "whsec_<base64>"; their number, or 0 when the secret is not one. */
static size_t
read_secret(const char *secret, unsigned char into[KEY_MAX])
{
	size_t length;

	if (strncmp(secret, "whsec_", 6) == 0)
		secret += 6;
	length = read_base64(secret, strnlen(secret, KEY_TEXT_MAX + 1), into, KEY_MAX);
	return length < KEY_MIN ? 0 : length;
}

/* An id is printable and has no dot, which would let it flow into the timestamp. */
static bool
is_id(const char *id, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (id[i] <= ' ' || id[i] > '~' || id[i] == '.')
			return false;
	return length >= 1 && length <= ID_MAX;
}

/* Collects the signatures of the list; false when an element has no version, or is no HMAC although it says so. */
static bool
read_list(const char *list, struct signatures *found)
{
	for (found->n_hmac = found->n_ed25519 = 0; *list != '\0';) {
		size_t      length = strcspn(list, " ");
		const char *comma = memchr(list, ',', length);

		if (comma == NULL || comma == list)
			return false;
		if (comma == list + 2 && memcmp(list, "v1", 2) == 0 && found->n_hmac < HAAT_VERIFY_SIGNATURES_MAX) {
			if (length != 3 + DIGEST_BASE64)
				return false;
			found->hmac[found->n_hmac++] = comma + 1;
		}
		if (comma == list + 3 && memcmp(list, "v1a", 3) == 0 && length == 4 + ED25519_BASE64 &&
		    found->n_ed25519 < HAAT_VERIFY_SIGNATURES_MAX)
			found->ed25519[found->n_ed25519++] = comma + 1;
		list += length;
		if (*list == ' ' && *++list == '\0')
			return false;
	}
	return true;
}

/* Digests are compared as canonical base64: one text for one digest, nothing from outside is decoded. */
static bool
match_hmac(const char *secret, const struct piece *pieces, size_t count, const struct signatures *found)
{
	unsigned char key[KEY_MAX], digest[DIGEST_BYTES], expected[DIGEST_BASE64 + 1];
	size_t        key_length = read_secret(secret, key);
	bool          match = false;

	if (key_length > 0 && digest_make(key, key_length, pieces, count, digest)) {
		EVP_EncodeBlock(expected, digest, DIGEST_BYTES);
		for (size_t i = 0; i < found->n_hmac; i++)
			match |= CRYPTO_memcmp(expected, found->hmac[i], DIGEST_BASE64) == 0;
	}
	OPENSSL_cleanse(key, sizeof key);
	OPENSSL_cleanse(expected, sizeof expected);
	return match;
}

static bool
match_signature(EVP_PKEY *key, const char *signature, const unsigned char *message, size_t length)
{
	EVP_MD_CTX   *context = EVP_MD_CTX_new();
	unsigned char bytes[ED25519_BYTES];
	bool          match = context != NULL && read_base64(signature, ED25519_BASE64, bytes, sizeof bytes) == ED25519_BYTES &&
	    EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(context, bytes, sizeof bytes, message, length) == 1;

	EVP_MD_CTX_free(context);
	return match;
}

/* The pieces in one run of bytes, which Ed25519 needs; NULL without memory.  The caller frees it. */
static unsigned char *
join(const struct piece *pieces, size_t count, size_t *length)
{
	unsigned char *whole, *at;

	*length = 0;
	for (size_t i = 0; i < count; i++)
		*length += pieces[i].length;
	at = whole = malloc(*length);
	for (size_t i = 0; whole != NULL && i < count; i++) {
		memcpy(at, pieces[i].bytes, pieces[i].length);
		at += pieces[i].length;
	}
	return whole;
}

/* Public keys are no secrets: nothing here takes the same time for all. */
static bool
match_ed25519(const char *secret, const struct piece *pieces, size_t count, const struct signatures *found)
{
	unsigned char  bytes[ED25519_KEY];
	unsigned char *message;
	size_t         length;
	EVP_PKEY      *key;
	bool           match = false;

	if (found->n_ed25519 == 0 ||
	    read_base64(secret + 5, strnlen(secret + 5, KEY_TEXT_MAX), bytes, sizeof bytes) != ED25519_KEY)
		return false;
	ERR_set_mark();
	key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes, sizeof bytes);
	message = join(pieces, count, &length);
	for (size_t i = 0; key != NULL && message != NULL && i < found->n_ed25519; i++)
		match |= match_signature(key, found->ed25519[i], message, length);
	ERR_pop_to_mark();
	free(message);
	EVP_PKEY_free(key);
	return match;
}

enum haat_verify_result
haat_verify_standard(const char *id, const char *timestamp, const char *signatures, const void *body, size_t length,
    const char *const *secrets, int64_t now_unix, int64_t tolerance_seconds)
{
	struct signatures found;
	size_t            id_length, digits;
	int64_t           signed_at;
	bool              match = false;

	if (body == NULL || length == 0)
		return HAAT_VERIFY_EMPTY_BODY;
	if (id == NULL || timestamp == NULL || signatures == NULL || *id == '\0' || *timestamp == '\0' || *signatures == '\0')
		return HAAT_VERIFY_MISSING;
	id_length = strnlen(id, ID_MAX + 1);
	digits = strnlen(timestamp, TIMESTAMP_DIGITS + 1);
	if (!is_id(id, id_length) || !read_timestamp(timestamp, digits, &signed_at) ||
	    strnlen(signatures, HAAT_VERIFY_HEADER_MAX + 1) > HAAT_VERIFY_HEADER_MAX || !read_list(signatures, &found))
		return HAAT_VERIFY_MALFORMED;
	if (found.n_hmac + found.n_ed25519 == 0)
		return HAAT_VERIFY_MISSING;
	const struct piece pieces[] = { { id, id_length }, { ".", 1 }, { timestamp, digits }, { ".", 1 }, { body, length } };

	for (; secrets != NULL && *secrets != NULL; secrets++)
		match |= is_public_key(*secrets) ? match_ed25519(*secrets, pieces, 5, &found)
						 : match_hmac(*secrets, pieces, 5, &found);
	return match ? judge_time(signed_at, now_unix, tolerance_seconds) : HAAT_VERIFY_NO_MATCH;
}
