#include "verify/certificate.h"
#include "verify/reading.h"

#include <stdio.h>
#include <string.h>

enum { TRANSMISSION_ID_MAX = 64, WEBHOOK_ID_MAX = 64, CERTIFICATE_NAME_MAX = 128, TIME_MAX = 40 };

/* CRC-32 as zlib counts it, four bits at a time. */
static uint32_t
crc32_of(const unsigned char *bytes, size_t length)
{
	static const uint32_t table[16] = { 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158,
		0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c };
	uint32_t              crc = 0xffffffff;

	for (size_t i = 0; i < length; i++) {
		crc = table[(crc ^ bytes[i]) & 15] ^ crc >> 4;
		crc = table[(crc ^ bytes[i] >> 4) & 15] ^ crc >> 4;
	}
	return ~crc;
}

static bool
begins_with(const char **text, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(*text, prefix, length) != 0)
		return false;
	*text += length;
	return true;
}

enum haat_verify_result
haat_verify_paypal_address(const char *cert_url, enum haat_verify_environment environment)
{
	bool sandbox = environment != HAAT_VERIFY_LIVE;

	if (cert_url == NULL || *cert_url == '\0')
		return HAAT_VERIFY_MISSING;
	if (!begins_with(&cert_url, sandbox ? "https://api.sandbox.paypal.com/" : "https://api.paypal.com/") &&
	    !begins_with(&cert_url, sandbox ? "https://api-m.sandbox.paypal.com/" : "https://api-m.paypal.com/"))
		return HAAT_VERIFY_WRONG_ADDRESS;
	return begins_with(&cert_url, "v1/notifications/certs/") && is_made_of(cert_url, "-_", CERTIFICATE_NAME_MAX)
	    ? HAAT_VERIFY_OK
	    : HAAT_VERIFY_WRONG_ADDRESS;
}

/* "messageverificationcerts[...].paypal.com", that of the sandbox ending in ".sandbox.paypal.com". */
static bool
is_paypals_name(const char *name, const void *argument)
{
	static const char live_end[] = ".paypal.com", sandbox_end[] = ".sandbox.paypal.com";
	bool              sandbox = *(const enum haat_verify_environment *)argument != HAAT_VERIFY_LIVE;
	size_t            length = strlen(name);
	const char       *rest = name;

	if (!begins_with(&rest, "messageverificationcerts") || !is_made_of(name, ".-", COMMON_NAME_MAX))
		return false;
	if (length > sizeof sandbox_end && strcmp(name + length - (sizeof sandbox_end - 1), sandbox_end) == 0)
		return sandbox;
	return !sandbox && length > sizeof live_end && strcmp(name + length - (sizeof live_end - 1), live_end) == 0;
}

enum haat_verify_result
haat_verify_paypal_certificate(
    const struct haat_verify_certificates *certificates, enum haat_verify_environment environment, int64_t now_unix)
{
	X509 *certificate = certificate_read(
	    certificates->pem, certificates->length, certificates->trust, is_paypals_name, &environment, now_unix);

	X509_free(certificate);
	return certificate == NULL ? HAAT_VERIFY_UNTRUSTED : HAAT_VERIFY_OK;
}

static enum haat_verify_result
read_headers(const struct haat_verify_paypal *headers, enum haat_verify_environment environment, int64_t *sent_at)
{
	const char *const needed[] = { headers->transmission_id, headers->transmission_time, headers->transmission_sig,
		headers->cert_url, headers->auth_algo };

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (needed[i] == NULL || needed[i][0] == '\0')
			return HAAT_VERIFY_MISSING;
	if (strcmp(headers->auth_algo, "SHA256withRSA") != 0)
		return HAAT_VERIFY_MISSING;
	if (!is_made_of(headers->transmission_id, "-", TRANSMISSION_ID_MAX) ||
	    strnlen(headers->transmission_time, TIME_MAX + 1) > TIME_MAX || !read_instant(headers->transmission_time, sent_at))
		return HAAT_VERIFY_MALFORMED;
	return haat_verify_paypal_address(headers->cert_url, environment);
}

static enum haat_verify_result
read_signature(const char *text, unsigned char into[RSA_BYTES_MAX], size_t *length)
{
	*length = read_base64(text, strnlen(text, HAAT_VERIFY_HEADER_MAX), into, RSA_BYTES_MAX);
	return *length > 0 ? HAAT_VERIFY_OK : HAAT_VERIFY_MALFORMED;
}

enum haat_verify_result
haat_verify_paypal_headers(const struct haat_verify_paypal *headers, enum haat_verify_environment environment, int64_t now_unix,
    int64_t tolerance_seconds)
{
	unsigned char           signature[RSA_BYTES_MAX];
	size_t                  length;
	int64_t                 sent_at;
	enum haat_verify_result result;

	if ((result = read_headers(headers, environment, &sent_at)) != HAAT_VERIFY_OK ||
	    (result = read_signature(headers->transmission_sig, signature, &length)) != HAAT_VERIFY_OK)
		return result;
	return judge_time(sent_at, now_unix, tolerance_seconds);
}

enum haat_verify_result
haat_verify_paypal(const struct haat_verify_paypal *headers, enum haat_verify_environment environment, const char *webhook_id,
    const void *body, size_t length, const struct haat_verify_certificates *certificates, int64_t now_unix,
    int64_t tolerance_seconds)
{
	unsigned char           signature[RSA_BYTES_MAX];
	size_t                  signature_length;
	int64_t                 sent_at;
	char                    crc[16];
	X509                   *certificate;
	enum haat_verify_result result;
	bool                    match;

	if (body == NULL || length == 0)
		return HAAT_VERIFY_EMPTY_BODY;
	if ((result = read_headers(headers, environment, &sent_at)) != HAAT_VERIFY_OK ||
	    (result = read_signature(headers->transmission_sig, signature, &signature_length)) != HAAT_VERIFY_OK)
		return result;
	if (webhook_id == NULL || !is_made_of(webhook_id, "-_", WEBHOOK_ID_MAX))
		return HAAT_VERIFY_NO_MATCH;
	certificate = certificate_read(
	    certificates->pem, certificates->length, certificates->trust, is_paypals_name, &environment, now_unix);
	if (certificate == NULL)
		return HAAT_VERIFY_UNTRUSTED;
	snprintf(crc, sizeof crc, "%lu", (unsigned long)crc32_of(body, length));
	const struct piece pieces[] = { { headers->transmission_id, strlen(headers->transmission_id) }, { "|", 1 },
		{ headers->transmission_time, strlen(headers->transmission_time) }, { "|", 1 },
		{ webhook_id, strlen(webhook_id) }, { "|", 1 }, { crc, strlen(crc) } };

	match = certificate_signed(certificate, EVP_sha256(), pieces, 7, signature, signature_length);
	X509_free(certificate);
	return match ? judge_time(sent_at, now_unix, tolerance_seconds) : HAAT_VERIFY_NO_MATCH;
}
