#include "verify/digest.h"

#include <openssl/crypto.h>
#include <string.h>

enum haat_verify_result
haat_verify_hmac(const char *signature, const char *timestamp, enum haat_verify_over over, const void *body, size_t length,
    const char *const *secrets, int64_t now_unix, int64_t tolerance_seconds)
{
	static const char prefix[] = "sha256=";
	const size_t      prefix_length = sizeof prefix - 1;
	struct piece      pieces[3];
	size_t            count = 0;
	int64_t           signed_at = now_unix;
	unsigned char     given[DIGEST_BYTES], expected[DIGEST_BYTES];
	bool              match = false;

	if (body == NULL || length == 0)
		return HAAT_VERIFY_EMPTY_BODY;
	if (signature == NULL || signature[0] == '\0')
		return HAAT_VERIFY_MISSING;
	if (strncmp(signature, prefix, prefix_length) != 0 ||
	    !digest_read_hex(signature + prefix_length, strnlen(signature + prefix_length, DIGEST_HEX + 1), given))
		return HAAT_VERIFY_MALFORMED;
	if (over != HAAT_VERIFY_OVER_BODY) {
		size_t digits = timestamp == NULL ? 0 : strnlen(timestamp, TIMESTAMP_DIGITS + 1);

		if (digits == 0)
			return HAAT_VERIFY_MISSING;
		if (!timestamp_read(timestamp, digits, &signed_at))
			return HAAT_VERIFY_MALFORMED;
		pieces[count++] = (struct piece) { timestamp, digits };
		pieces[count++] = (struct piece) { ".", 1 };
	}
	pieces[count++] = (struct piece) { body, length };
	for (; secrets != NULL && *secrets != NULL; secrets++)
		if (**secrets != '\0' && digest_make(*secrets, strlen(*secrets), pieces, count, expected))
			match |= digest_equal(expected, given);
	OPENSSL_cleanse(expected, sizeof expected);
	return match ? timestamp_judge(signed_at, now_unix, tolerance_seconds) : HAAT_VERIFY_NO_MATCH;
}
