/*
 * Verifies a webhook that was kept in two files: the request's header lines and its body.
 *
 *   verify-webhook stripe|standard|razorpay|paystack|flutterwave HEADERS BODY SECRET [OLD-SECRET]
 *   verify-webhook paypal HEADERS BODY WEBHOOK-ID CERTIFICATE.pem ROOTS.pem
 *   verify-webhook sns    HEADERS BODY TOPIC-ARN  CERTIFICATE.pem ROOTS.pem
 *
 *   cc -o verify-webhook verify-webhook.c $(pkg-config --cflags --libs haatverify)
 */
#include <haatverify.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BYTES_MAX = 1 << 20, HEADERS_MAX = 100, FILES_MAX = 4 };

struct file {
	char  *bytes;
	size_t length;
};

static struct haat_verify_header headers[HEADERS_MAX];
static size_t                    n_headers;

/* At most FILES_MAX of them, each ended by a NUL. */
static struct file
read_file(const char *path)
{
	static char rooms[FILES_MAX][BYTES_MAX + 1];
	static int  used;
	struct file file = { rooms[used++], 0 };
	FILE       *stream = fopen(path, "rb");

	if (stream == NULL) {
		perror(path);
		exit(2);
	}
	file.length = fread(file.bytes, 1, BYTES_MAX, stream);
	fclose(stream);
	return file;
}

/* Cuts "Name: value" lines in place. */
static void
read_headers(char *line)
{
	while (line != NULL && n_headers < HEADERS_MAX) {
		char *next = strchr(line, '\n'), *colon = strchr(line, ':');

		if (next != NULL)
			*next++ = '\0';
		line[strcspn(line, "\r")] = '\0';
		if (colon != NULL && (next == NULL || colon < next)) {
			*colon = '\0';
			headers[n_headers].name = line;
			headers[n_headers++].value = colon + 1 + strspn(colon + 1, " \t");
		}
		line = next;
	}
}

/* A header that came twice ends the program; NULL when it did not come. */
static const char *
header(const char *name)
{
	const char             *value;
	enum haat_verify_result result = haat_verify_header(headers, n_headers, name, &value);

	if (result == HAAT_VERIFY_REPEATED) {
		fprintf(stderr, "%s: %s\n", name, haat_verify_reason(result));
		exit(1);
	}
	return value;
}

static enum haat_verify_result
by_secret(const char *scheme, const struct file *body, const char *const *secrets)
{
	const int64_t now = time(NULL), tolerance = HAAT_VERIFY_TOLERANCE_SECONDS;

	if (strcmp(scheme, "stripe") == 0)
		return haat_verify_stripe(header("Stripe-Signature"), body->bytes, body->length, secrets, now, tolerance);
	if (strcmp(scheme, "standard") == 0)
		return haat_verify_standard(header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"),
		    body->bytes, body->length, secrets, now, tolerance);
	if (strcmp(scheme, "razorpay") == 0)
		return haat_verify_razorpay(header("X-Razorpay-Signature"), body->bytes, body->length, secrets);
	if (strcmp(scheme, "paystack") == 0)
		return haat_verify_paystack(header("x-paystack-signature"), body->bytes, body->length, secrets);
	if (strcmp(scheme, "flutterwave") == 0)
		return haat_verify_flutterwave(
		    header("flutterwave-signature"), HAAT_VERIFY_FLUTTERWAVE_HMAC, body->bytes, body->length, secrets);
	fprintf(stderr, "no scheme '%s'\n", scheme);
	exit(2);
}

static enum haat_verify_result
by_certificate(const char *scheme, const struct file *body, const char *ours, const struct haat_verify_certificates *certificates)
{
	const struct haat_verify_paypal       paypal = { header("PAYPAL-TRANSMISSION-ID"), header("PAYPAL-TRANSMISSION-TIME"),
		      header("PAYPAL-TRANSMISSION-SIG"), header("PAYPAL-CERT-URL"), header("PAYPAL-AUTH-ALGO") };
	const char *const                     topics[] = { ours, NULL };
	const struct haat_verify_sns_expected expected = { header("x-amz-sns-message-type"), topics, 1 };
	struct haat_verify_sns               *envelope;
	enum haat_verify_result               result;

	if (strcmp(scheme, "paypal") == 0)
		return haat_verify_paypal(&paypal,
		    paypal.cert_url != NULL && strstr(paypal.cert_url, ".sandbox.") != NULL ? HAAT_VERIFY_SANDBOX
											    : HAAT_VERIFY_LIVE,
		    ours, body->bytes, body->length, certificates, time(NULL), HAAT_VERIFY_ANY_AGE);
	result = haat_verify_sns_read(body->bytes, body->length, &envelope);
	if (result == HAAT_VERIFY_OK)
		result = haat_verify_sns(envelope, &expected, certificates, time(NULL), HAAT_VERIFY_ANY_AGE);
	haat_verify_sns_free(envelope);
	return result;
}

int
main(int argc, char **argv)
{
	enum haat_verify_result result;
	struct file             body, certificate, roots;
	int                     certified = argc == 7 && (strcmp(argv[1], "paypal") == 0 || strcmp(argv[1], "sns") == 0);

	if (!certified && argc != 5 && argc != 6) {
		fprintf(stderr, "usage: %s SCHEME HEADERS BODY SECRET...\n", argv[0]);
		return 2;
	}
	read_headers(read_file(argv[2]).bytes);
	body = read_file(argv[3]);
	if (certified) {
		certificate = read_file(argv[5]);
		roots = read_file(argv[6]);
		struct haat_verify_trust       *trust = haat_verify_trust_new(roots.bytes, roots.length);
		struct haat_verify_certificates certificates = { certificate.bytes, certificate.length, trust };

		result = by_certificate(argv[1], &body, argv[4], &certificates);
		haat_verify_trust_free(trust);
	} else {
		result = by_secret(argv[1], &body, (const char *const *)argv + 4);
	}
	puts(haat_verify_reason(result));
	return result != HAAT_VERIFY_OK;
}
