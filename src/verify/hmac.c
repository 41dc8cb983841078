#include "verify/digest.h"
#include "verify/reading.h"

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
	unsigned char     given[DIGEST_BYTES];

	if (body == NULL || length == 0)
		return HAAT_VERIFY_EMPTY_BODY;
	if (signature == NULL || signature[0] == '\0')
		return HAAT_VERIFY_MISSING;
	if (strncmp(signature, prefix, prefix_length) != 0 ||
	    !read_hex(signature + prefix_length, strnlen(signature + prefix_length, DIGEST_HEX + 1), given, DIGEST_BYTES))
		return HAAT_VERIFY_MALFORMED;
	if (over != HAAT_VERIFY_OVER_BODY) {
		size_t digits = timestamp == NULL ? 0 : strnlen(timestamp, TIMESTAMP_DIGITS + 1);

		if (digits == 0)
			return HAAT_VERIFY_MISSING;
		if (!read_timestamp(timestamp, digits, &signed_at))
			return HAAT_VERIFY_MALFORMED;
		pieces[count++] = (struct piece) { timestamp, digits };
		pieces[count++] = (struct piece) { ".", 1 };
	}
	pieces[count++] = (struct piece) { body, length };
	if (!digest_matches(secrets, pieces, count, given, DIGEST_BYTES))
		return HAAT_VERIFY_NO_MATCH;
	return judge_time(signed_at, now_unix, tolerance_seconds);
}
