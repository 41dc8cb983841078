#include "verify/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

bool
digest_make(const void *key, size_t key_length, const struct piece *pieces, size_t count, unsigned char into[DIGEST_BYTES])
{
	OSSL_PARAM   params[] = { OSSL_PARAM_utf8_string("digest", "SHA256", 6), OSSL_PARAM_END };
	EVP_MAC     *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *context = hmac == NULL ? NULL : EVP_MAC_CTX_new(hmac);
	size_t       made = 0;
	bool         good = context != NULL && EVP_MAC_init(context, key, key_length, params) == 1;

	for (size_t i = 0; good && i < count; i++)
		good = EVP_MAC_update(context, pieces[i].bytes, pieces[i].length) == 1;
	good = good && EVP_MAC_final(context, into, &made, DIGEST_BYTES) == 1 && made == DIGEST_BYTES;
	EVP_MAC_CTX_free(context);
	EVP_MAC_free(hmac);
	return good;
}

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
digest_read_hex(const char *text, size_t length, unsigned char into[DIGEST_BYTES])
{
	if (length != DIGEST_HEX)
		return false;
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		into[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

bool
digest_equal(const unsigned char a[DIGEST_BYTES], const unsigned char b[DIGEST_BYTES])
{
	return CRYPTO_memcmp(a, b, DIGEST_BYTES) == 0;
}

bool
timestamp_read(const char *text, size_t length, int64_t *into)
{
	int64_t value = 0;

	if (length < 1 || length > TIMESTAMP_DIGITS || (length > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (text[i] - '0');
	}
	*into = value;
	return true;
}

enum haat_verify_result
timestamp_judge(int64_t timestamp, int64_t now, int64_t tolerance_seconds)
{
	uint64_t tolerance = tolerance_seconds < 0 ? 0 : (uint64_t)tolerance_seconds;

	/* Unsigned differences cannot overflow, whatever clock the caller believes in. */
	if (timestamp < now)
		return (uint64_t)now - (uint64_t)timestamp > tolerance ? HAAT_VERIFY_TOO_OLD : HAAT_VERIFY_OK;
	return (uint64_t)timestamp - (uint64_t)now > tolerance ? HAAT_VERIFY_TOO_NEW : HAAT_VERIFY_OK;
}

const char *
haat_verify_reason(enum haat_verify_result result)
{
	switch (result) {
	case HAAT_VERIFY_OK:
		return "the signature is valid";
	case HAAT_VERIFY_MISSING:
		return "no signature of a supported scheme";
	case HAAT_VERIFY_MALFORMED:
		return "the signature header is malformed";
	case HAAT_VERIFY_NO_MATCH:
		return "no signature matches the body";
	case HAAT_VERIFY_TOO_OLD:
		return "the signature is too old";
	case HAAT_VERIFY_TOO_NEW:
		return "the signature is from the future";
	case HAAT_VERIFY_EMPTY_BODY:
		return "the body is empty";
	}
	return "the result is unknown";
}
