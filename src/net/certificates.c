#include "net/certificates.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "net/http_client.h"
#include "net/remote_value.h"
#include "store/work.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CONNECT_MS = 3000,
	CALL_MS = 5000,
	DAY_SECONDS = 86400,
	KEPT_SECONDS_MAX = 10 * 366 * DAY_SECONDS,
	ROOTS_BYTES_MAX = HAAT_VERIFY_PEM_MAX
};

/* What is to be fetched, and what it must be. */
struct wanted {
	enum certificate_kind           kind;
	const char                     *url;
	const struct haat_verify_trust *trust;
};

/* The roots, read once for each process: they take milliseconds. */
static const struct problem *
read_trust(const struct config *config, const struct haat_verify_trust **into)
{
	static struct haat_verify_trust *trust;
	char                            *pem;
	FILE                            *file;
	size_t                           length = 0;

	if (trust == NULL) {
		pem = malloc(ROOTS_BYTES_MAX);
		file = fopen(config->certificates.roots_file, "re");
		if (pem != NULL && file != NULL)
			length = fread(pem, 1, ROOTS_BYTES_MAX, file);
		if (file != NULL)
			fclose(file);
		trust = haat_verify_trust_new(pem, length);
		free(pem);
	}
	*into = trust;
	if (trust != NULL)
		return OK;
	log_error("no roots can be read", LOG_TEXT("file", config->certificates.roots_file));
	return problem(PROVIDER_UNAVAILABLE, "no root certificate can be read from certificates.roots_file");
}

static enum haat_verify_result
judge_address(enum certificate_kind kind, const char *url)
{
	if (kind == CERTIFICATE_SNS)
		return haat_verify_sns_address(url);
	return haat_verify_paypal_address(url, kind == CERTIFICATE_PAYPAL ? HAAT_VERIFY_LIVE : HAAT_VERIFY_SANDBOX);
}

static bool
is_valid(const struct wanted *wanted, struct bytes pem)
{
	const struct haat_verify_certificates certificates = { (const char *)pem.bytes, pem.length, wanted->trust };
	const int64_t                         now = unix_seconds();

	if (wanted->kind == CERTIFICATE_SNS)
		return haat_verify_sns_certificate(&certificates, now) == HAAT_VERIFY_OK;
	return haat_verify_paypal_certificate(&certificates,
		   wanted->kind == CERTIFICATE_PAYPAL ? HAAT_VERIFY_LIVE : HAAT_VERIFY_SANDBOX, now) == HAAT_VERIFY_OK;
}

/*
 * How long a valid one is good, which is until it ends: it stands for all time under its address, and while it is not here
 * strangers can get in the way of what it signs.
 */
static int64_t
seconds_left(struct bytes pem)
{
	BIO  *bio = BIO_new_mem_buf(pem.bytes, (int)pem.length);
	X509 *certificate = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
	int   days = 0, seconds = 0;
	bool  told = certificate != NULL && ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) == 1;

	X509_free(certificate);
	BIO_free(bio);
	return !told ? 0 : days >= KEPT_SECONDS_MAX / DAY_SECONDS ? KEPT_SECONDS_MAX : (int64_t)days * DAY_SECONDS + seconds;
}

static const struct problem *
fetch(struct work *work, const void *argument, struct bytes *value, int64_t *seconds)
{
	const struct wanted   *wanted = argument;
	const struct http_call call = { .method = "GET",
		.url = wanted->url,
		.connect_timeout_ms = CONNECT_MS,
		.timeout_ms = CALL_MS,
		.answer_bytes_max = REMOTE_VALUE_MAX,
		.roots_file = work->config->certificates.roots_file,
		.connect_to = work->config->certificates.connect_to };
	struct http_reply      reply;

	http_call(work, &call, &reply);
	if (reply.outcome != HTTP_ANSWERED || reply.status != 200) {
		log_warning("certificate not fetched", LOG_TEXT("url", wanted->url), LOG_NUMBER("status", reply.status),
		    LOG_TEXT("cause", reply.outcome == HTTP_ANSWERED ? "" : reply.error));
		return problem(PROVIDER_UNAVAILABLE, "the certificate cannot be fetched");
	}
	*value = (struct bytes) { (const unsigned char *)reply.body, reply.length };
	*seconds = seconds_left(*value);
	if (is_valid(wanted, *value))
		return OK;
	log_warning("certificate refused", LOG_TEXT("url", wanted->url));
	return problem(PROVIDER_UNAVAILABLE, "what was fetched is not a valid certificate of the provider");
}

/* Under which name it is kept, if it is the provider's to ask for it there. */
static const struct problem *
want(struct work *work, enum certificate_kind kind, const char *url, struct wanted *wanted, const char **name)
{
	*wanted = (struct wanted) { kind, url, NULL };
	*name = arena_format(work->arena, "certificate %s", url);
	if (judge_address(kind, url) != HAAT_VERIFY_OK || strlen(*name) > REMOTE_NAME_MAX)
		return problem(BAD_REQUEST, "the address is not one of the provider's certificates");
	return read_trust(work->config, &wanted->trust);
}

const struct problem *
certificates_get(struct work *work, enum certificate_kind kind, const char *url, struct haat_verify_certificates *certificates)
{
	struct wanted wanted;
	struct bytes  pem, refused;
	const char   *name;

	TRY(want(work, kind, url, &wanted, &name));
	TRY(remote_value(work, name, REMOTE_OF_STRANGERS, NULL, fetch, &wanted, &pem));
	if (!is_valid(&wanted, pem)) {
		refused = pem;
		TRY(remote_value(work, name, REMOTE_OF_STRANGERS, &refused, fetch, &wanted, &pem));
	}
	*certificates = (struct haat_verify_certificates) { (const char *)pem.bytes, pem.length, wanted.trust };
	return OK;
}

const struct problem *
certificates_kept(struct work *work, enum certificate_kind kind, const char *url, struct haat_verify_certificates *certificates)
{
	struct wanted wanted;
	struct bytes  pem;
	const char   *name;
	bool          found;

	TRY(want(work, kind, url, &wanted, &name));
	TRY(remote_value_kept(work, name, &pem, &found));
	if (!found || !is_valid(&wanted, pem))
		return problem(EVENT_UNVERIFIED, "the certificate is not here yet; send it again");
	*certificates = (struct haat_verify_certificates) { (const char *)pem.bytes, pem.length, wanted.trust };
	return OK;
}
