#include "verify/certificate.h"
#include "verify/reading.h"
#include "verify/sns_envelope.h"

#include <string.h>

enum { REGION_MIN = 3, REGION_MAX = 40, FILE_LETTERS = 32, PIECES_MAX = 4 * SNS_MEMBERS };

/* The members that are signed, in their order; -1 ends them. */
static const int of_notification[] = { HAAT_VERIFY_SNS_MESSAGE, HAAT_VERIFY_SNS_MESSAGE_ID, HAAT_VERIFY_SNS_SUBJECT,
	HAAT_VERIFY_SNS_TIMESTAMP, HAAT_VERIFY_SNS_TOPIC_ARN, HAAT_VERIFY_SNS_TYPE, -1 };
static const int of_confirmation[] = { HAAT_VERIFY_SNS_MESSAGE, HAAT_VERIFY_SNS_MESSAGE_ID, HAAT_VERIFY_SNS_SUBSCRIBE_URL,
	HAAT_VERIFY_SNS_TIMESTAMP, HAAT_VERIFY_SNS_TOKEN, HAAT_VERIFY_SNS_TOPIC_ARN, HAAT_VERIFY_SNS_TYPE, -1 };

static const int *
signed_members(const char *type)
{
	if (strcmp(type, "Notification") == 0)
		return of_notification;
	if (strcmp(type, "SubscriptionConfirmation") == 0 || strcmp(type, "UnsubscribeConfirmation") == 0)
		return of_confirmation;
	return NULL;
}

/* Behind "https://sns.<region>.amazonaws.com[.cn]/" of a URL; NULL when it does not begin so. */
static const char *
skip_host(const char *url)
{
	static const char before[] = "https://sns.", after[] = ".amazonaws.com", china[] = ".cn";
	char              region[REGION_MAX + 1];
	size_t            length;

	if (strncmp(url, before, sizeof before - 1) != 0)
		return NULL;
	url += sizeof before - 1;
	length = strcspn(url, ".");
	if (length < REGION_MIN || length > REGION_MAX)
		return NULL;
	memcpy(region, url, length);
	region[length] = '\0';
	url += length;
	if (!is_made_of(region, "-", REGION_MAX) || strncmp(url, after, sizeof after - 1) != 0)
		return NULL;
	url += sizeof after - 1;
	if (strncmp(url, china, sizeof china - 1) == 0)
		url += sizeof china - 1;
	return *url == '/' ? url + 1 : NULL;
}

enum haat_verify_result
haat_verify_sns_address(const char *cert_url)
{
	static const char file[] = "SimpleNotificationService-", end[] = ".pem";
	char              letters[FILE_LETTERS + 1];
	const char       *path;

	if (cert_url == NULL || *cert_url == '\0')
		return HAAT_VERIFY_MISSING;
	path = skip_host(cert_url);
	if (path == NULL || strlen(path) != sizeof file - 1 + FILE_LETTERS + sizeof end - 1 ||
	    strncmp(path, file, sizeof file - 1) != 0 || strcmp(path + sizeof file - 1 + FILE_LETTERS, end) != 0)
		return HAAT_VERIFY_WRONG_ADDRESS;
	memcpy(letters, path + sizeof file - 1, FILE_LETTERS);
	letters[FILE_LETTERS] = '\0';
	return is_made_of(letters, "", FILE_LETTERS) ? HAAT_VERIFY_OK : HAAT_VERIFY_WRONG_ADDRESS;
}

/* What is asked for at the address of a confirmation stands in its query alone, in visible ASCII. */
static bool
is_subscribe_address(const char *url)
{
	const char *query = skip_host(url);

	if (query == NULL || *query != '?' || strnlen(url, HAAT_VERIFY_HEADER_MAX + 1) > HAAT_VERIFY_HEADER_MAX)
		return false;
	for (; *query != '\0'; query++)
		if (*query <= ' ' || *query > '~' || strchr("#\\\"<>", *query) != NULL)
			return false;
	return true;
}

static bool
is_amazon(const char *domain)
{
	return strcmp(domain, "amazonaws.com") == 0 || strcmp(domain, "amazonaws.com.cn") == 0;
}

/* "sns.amazonaws.com", "sns.<region>.amazonaws.com[.cn]", the same with "sns-signing". */
static bool
is_amazons_name(const char *name, const void *argument)
{
	size_t region;

	(void)argument;
	if (strncmp(name, "sns-signing.", 12) == 0)
		name += 12;
	else if (strncmp(name, "sns.", 4) == 0)
		name += 4;
	else
		return false;
	region = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (!is_amazon(name) && region >= REGION_MIN && name[region] == '.')
		name += region + 1;
	return is_amazon(name);
}

enum haat_verify_result
haat_verify_sns_certificate(const struct haat_verify_certificates *certificates, int64_t now_unix)
{
	X509 *certificate =
	    certificate_read(certificates->pem, certificates->length, certificates->trust, is_amazons_name, NULL, now_unix);

	X509_free(certificate);
	return certificate == NULL ? HAAT_VERIFY_UNTRUSTED : HAAT_VERIFY_OK;
}

/* All that can be seen without the certificate. */
static enum haat_verify_result
check_envelope(const struct haat_verify_sns *envelope, const struct haat_verify_sns_expected *expected, int64_t *sent_at)
{
	const char        *type = haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_TYPE);
	const char        *version = haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_SIGNATURE_VERSION);
	const char        *topic = haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_TOPIC_ARN);
	const char *const *ours = expected->topics;
	const int         *members = signed_members(type);

	if (strcmp(version, "2") != 0 && (strcmp(version, "1") != 0 || !expected->allow_version_1))
		return HAAT_VERIFY_MISSING;
	if (members == NULL || (expected->type != NULL && strcmp(expected->type, type) != 0) ||
	    !read_instant(haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_TIMESTAMP), sent_at))
		return HAAT_VERIFY_MALFORMED_BODY;
	for (; *members >= 0; members++)
		if (envelope->values[*members] == NULL && *members != HAAT_VERIFY_SNS_SUBJECT)
			return HAAT_VERIFY_MALFORMED_BODY;
	while (ours != NULL && *ours != NULL && strcmp(*ours, topic) != 0)
		ours++;
	if (ours == NULL || *ours == NULL)
		return HAAT_VERIFY_NOT_OURS;
	if (signed_members(type) == of_confirmation &&
	    !is_subscribe_address(haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_SUBSCRIBE_URL)))
		return HAAT_VERIFY_WRONG_ADDRESS;
	return haat_verify_sns_address(haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_SIGNING_CERT_URL));
}

static enum haat_verify_result
read_signature(const struct haat_verify_sns *envelope, unsigned char into[RSA_BYTES_MAX], size_t *length)
{
	if (envelope->values[HAAT_VERIFY_SNS_SIGNATURE] == NULL)
		return HAAT_VERIFY_MISSING;
	*length = read_base64(
	    envelope->values[HAAT_VERIFY_SNS_SIGNATURE], envelope->lengths[HAAT_VERIFY_SNS_SIGNATURE], into, RSA_BYTES_MAX);
	return *length > 0 ? HAAT_VERIFY_OK : HAAT_VERIFY_MALFORMED;
}

enum haat_verify_result
haat_verify_sns_envelope(const struct haat_verify_sns *envelope, const struct haat_verify_sns_expected *expected,
    int64_t now_unix, int64_t tolerance_seconds)
{
	unsigned char           signature[RSA_BYTES_MAX];
	size_t                  length;
	int64_t                 sent_at;
	enum haat_verify_result result;

	if ((result = check_envelope(envelope, expected, &sent_at)) != HAAT_VERIFY_OK ||
	    (result = read_signature(envelope, signature, &length)) != HAAT_VERIFY_OK)
		return result;
	return judge_time(sent_at, now_unix, tolerance_seconds);
}

/* Each signed member that is there: its name, a line feed, its value, a line feed. */
static size_t
make_pieces(const struct haat_verify_sns *envelope, const int *members, struct piece pieces[PIECES_MAX])
{
	size_t count = 0;

	for (; *members >= 0; members++)
		if (envelope->values[*members] != NULL) {
			pieces[count++] = (struct piece) { sns_names[*members], strlen(sns_names[*members]) };
			pieces[count++] = (struct piece) { "\n", 1 };
			pieces[count++] = (struct piece) { envelope->values[*members], envelope->lengths[*members] };
			pieces[count++] = (struct piece) { "\n", 1 };
		}
	return count;
}

enum haat_verify_result
haat_verify_sns(const struct haat_verify_sns *envelope, const struct haat_verify_sns_expected *expected,
    const struct haat_verify_certificates *certificates, int64_t now_unix, int64_t tolerance_seconds)
{
	const EVP_MD *digest =
	    strcmp(haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_SIGNATURE_VERSION), "2") == 0 ? EVP_sha256() : EVP_sha1();
	unsigned char           signature[RSA_BYTES_MAX];
	struct piece            pieces[PIECES_MAX];
	size_t                  length, count;
	int64_t                 sent_at;
	X509                   *certificate;
	enum haat_verify_result result;
	bool                    match;

	if ((result = check_envelope(envelope, expected, &sent_at)) != HAAT_VERIFY_OK ||
	    (result = read_signature(envelope, signature, &length)) != HAAT_VERIFY_OK)
		return result;
	certificate =
	    certificate_read(certificates->pem, certificates->length, certificates->trust, is_amazons_name, NULL, now_unix);
	if (certificate == NULL)
		return HAAT_VERIFY_UNTRUSTED;
	count = make_pieces(envelope, signed_members(haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_TYPE)), pieces);
	match = certificate_signed(certificate, digest, pieces, count, signature, length);
	X509_free(certificate);
	return match ? judge_time(sent_at, now_unix, tolerance_seconds) : HAAT_VERIFY_NO_MATCH;
}
