#include "verify/digest.h"
#include "verify/reading.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

/* What a Stripe-Signature header says, once read. */
struct stripe_header {
	const char   *timestamp_text; /* as it stands in the header: these digits are signed */
	size_t        timestamp_length;
	int64_t       timestamp;
	unsigned char signatures[HAAT_VERIFY_SIGNATURES_MAX][DIGEST_BYTES];
	size_t        count;
};

static bool
is_scheme_name(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!((name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9') || name[i] == '_'))
			return false;
	return length >= 1 && length <= 16;
}

/* One "name=value" of the header; false when it cannot be read. */
static bool
read_element(struct stripe_header *header, const char *element, size_t length)
{
	const char *equals = memchr(element, '=', length), *value;
	size_t      name_length, value_length;

	if (equals == NULL)
		return false;
	name_length = (size_t)(equals - element);
	value = equals + 1;
	value_length = length - name_length - 1;
	if (!is_scheme_name(element, name_length))
		return false;
	if (name_length == 1 && element[0] == 't') {
		if (header->timestamp_text != NULL)
			return false;
		header->timestamp_text = value;
		header->timestamp_length = value_length;
		return read_timestamp(value, value_length, &header->timestamp);
	}
	if (name_length == 2 && memcmp(element, "v1", 2) == 0 && header->count < HAAT_VERIFY_SIGNATURES_MAX)
		return read_hex(value, value_length, header->signatures[header->count++], DIGEST_BYTES);
	return true;
}

static enum haat_verify_result
read_header(struct stripe_header *into, const char *text)
{
	size_t rest;

	memset(into, 0, sizeof *into);
	if (text == NULL || text[0] == '\0')
		return HAAT_VERIFY_MISSING;
	rest = strnlen(text, HAAT_VERIFY_HEADER_MAX + 1);
	if (rest > HAAT_VERIFY_HEADER_MAX)
		return HAAT_VERIFY_MALFORMED;
	for (;;) {
		const char *comma = memchr(text, ',', rest);
		size_t      length = comma == NULL ? rest : (size_t)(comma - text);

		if (!read_element(into, text, length))
			return HAAT_VERIFY_MALFORMED;
		if (comma == NULL)
			break;
		text += length + 1;
		rest -= length + 1;
	}
	if (into->timestamp_text == NULL)
		return HAAT_VERIFY_MALFORMED;
	return into->count == 0 ? HAAT_VERIFY_MISSING : HAAT_VERIFY_OK;
}

enum haat_verify_result
haat_verify_stripe(
    const char *header, const void *body, size_t length, const char *const *secrets, int64_t now_unix, int64_t tolerance_seconds)
{
	struct stripe_header    read;
	unsigned char           expected[DIGEST_BYTES];
	bool                    match = false;
	enum haat_verify_result result;

	if (body == NULL || length == 0)
		return HAAT_VERIFY_EMPTY_BODY;
	if ((result = read_header(&read, header)) != HAAT_VERIFY_OK)
		return result;
	const struct piece pieces[] = { { read.timestamp_text, read.timestamp_length }, { ".", 1 }, { body, length } };

	for (; secrets != NULL && *secrets != NULL; secrets++) {
		if (**secrets == '\0' || !digest_make(*secrets, strlen(*secrets), pieces, 3, expected))
			continue;
		for (size_t i = 0; i < read.count; i++)
			match |= digest_equal(expected, read.signatures[i]);
	}
	OPENSSL_cleanse(expected, sizeof expected);
	return match ? judge_time(read.timestamp, now_unix, tolerance_seconds) : HAAT_VERIFY_NO_MATCH;
}

int
haat_sign_stripe(const char *secret, int64_t timestamp_unix, const void *body, size_t length, char *into, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char     digest[DIGEST_BYTES];
	char              timestamp[TIMESTAMP_DIGITS + 1];
	int               written;

	if (secret == NULL || secret[0] == '\0' || size < HAAT_SIGN_STRIPE_SIZE || timestamp_unix < 0 ||
	    timestamp_unix > 999999999999)
		return -1;
	written = snprintf(timestamp, sizeof timestamp, "%lld", (long long)timestamp_unix);
	if (written < 1 || (size_t)written >= sizeof timestamp)
		return -1;
	const struct piece pieces[] = { { timestamp, (size_t)written }, { ".", 1 }, { body, length } };

	if (!digest_make(secret, strlen(secret), pieces, 3, digest))
		return -1;
	written = snprintf(into, size, "t=%s,v1=", timestamp);
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		into[written++] = digits[digest[i] >> 4];
		into[written++] = digits[digest[i] & 15];
	}
	into[written] = '\0';
	return 0;
}
