#include "verify/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

enum { ID_MAX = 256, KEY_MIN = 24, KEY_MAX = 64, KEY_TEXT_MAX = 88, SIGNATURE_BASE64 = 44 };

static bool
is_base64(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* The bytes behind "whsec_<base64>"; their number, or 0 when the secret is not one. */
static size_t
read_secret(const char *secret, unsigned char into[KEY_TEXT_MAX])
{
	size_t length, padding = 0;
	int    decoded;

	if (strncmp(secret, "whsec_", 6) == 0)
		secret += 6;
	length = strnlen(secret, KEY_TEXT_MAX + 1);
	if (length == 0 || length % 4 != 0 || length > KEY_TEXT_MAX)
		return 0;
	while (padding < 2 && secret[length - 1 - padding] == '=')
		padding++;
	for (size_t i = 0; i < length - padding; i++)
		if (!is_base64(secret[i]))
			return 0;
	decoded = EVP_DecodeBlock(into, (const unsigned char *)secret, (int)length);
	if (decoded < (int)padding || (size_t)decoded - padding < KEY_MIN || (size_t)decoded - padding > KEY_MAX)
		return 0;
	return (size_t)decoded - padding;
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

/* Collects the v1 signatures of the list, still in base64; false when an element has no version. */
static bool
read_list(const char *list, const char *found[HAAT_VERIFY_SIGNATURES_MAX], size_t *count)
{
	for (*count = 0; *list != '\0';) {
		size_t      length = strcspn(list, " ");
		const char *comma = memchr(list, ',', length);

		if (comma == NULL || comma == list)
			return false;
		if (comma == list + 2 && memcmp(list, "v1", 2) == 0 && *count < HAAT_VERIFY_SIGNATURES_MAX) {
			if (length != 3 + SIGNATURE_BASE64)
				return false;
			found[(*count)++] = comma + 1;
		}
		list += length;
		if (*list == ' ' && *++list == '\0')
			return false;
	}
	return true;
}

/* Digests are compared as canonical base64: one text for one digest, nothing from outside is decoded. */
static bool
match_list(const char *secret, const struct piece *pieces, size_t count, const char *const *found, size_t n_found)
{
	unsigned char key[KEY_TEXT_MAX], digest[DIGEST_BYTES], expected[SIGNATURE_BASE64 + 1];
	size_t        key_length = read_secret(secret, key);
	bool          match = false;

	if (key_length > 0 && digest_make(key, key_length, pieces, count, digest)) {
		EVP_EncodeBlock(expected, digest, DIGEST_BYTES);
		for (size_t i = 0; i < n_found; i++)
			match |= CRYPTO_memcmp(expected, found[i], SIGNATURE_BASE64) == 0;
	}
	OPENSSL_cleanse(key, sizeof key);
	OPENSSL_cleanse(expected, sizeof expected);
	return match;
}

enum haat_verify_result
haat_verify_standard(const char *id, const char *timestamp, const char *signatures, const void *body, size_t length,
    const char *const *secrets, int64_t now_unix, int64_t tolerance_seconds)
{
	const char *found[HAAT_VERIFY_SIGNATURES_MAX];
	size_t      n_found, id_length, digits;
	int64_t     signed_at;
	bool        match = false;

	if (body == NULL || length == 0)
		return HAAT_VERIFY_EMPTY_BODY;
	if (id == NULL || timestamp == NULL || signatures == NULL || *id == '\0' || *timestamp == '\0' || *signatures == '\0')
		return HAAT_VERIFY_MISSING;
	id_length = strnlen(id, ID_MAX + 1);
	digits = strnlen(timestamp, TIMESTAMP_DIGITS + 1);
	if (!is_id(id, id_length) || !timestamp_read(timestamp, digits, &signed_at) ||
	    strnlen(signatures, HAAT_VERIFY_HEADER_MAX + 1) > HAAT_VERIFY_HEADER_MAX || !read_list(signatures, found, &n_found))
		return HAAT_VERIFY_MALFORMED;
	if (n_found == 0)
		return HAAT_VERIFY_MISSING;
	const struct piece pieces[] = { { id, id_length }, { ".", 1 }, { timestamp, digits }, { ".", 1 }, { body, length } };

	for (; secrets != NULL && *secrets != NULL; secrets++)
		match |= match_list(*secrets, pieces, 5, found, n_found);
	return match ? timestamp_judge(signed_at, now_unix, tolerance_seconds) : HAAT_VERIFY_NO_MATCH;
}
