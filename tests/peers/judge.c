/*
 * What libhaatverify says of messages, one a line, so that it can be held against the verifiers of others.
 *
 *   judge CERTIFICATE.pem ROOTS.pem
 *
 * A line is a scheme and its arguments, with tabs between, each in hexadecimal ("-" for none); secrets come last and are as
 * many as there are.  The answer is the number of the result.
 */
#include "verify/haatverify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1 << 20, FIELDS_MAX = 24, FILE_MAX = 1 << 16 };

struct field {
	char  *bytes; /* NULL for none */
	size_t length;
};

static struct haat_verify_certificates certificates;
static char                            line[LINE_MAX_BYTES];

static char *
read_file(const char *path, size_t *length)
{
	char *bytes = calloc(1, FILE_MAX);
	FILE *file = fopen(path, "rb");

	if (bytes == NULL || file == NULL) {
		perror(path);
		exit(2);
	}
	*length = fread(bytes, 1, FILE_MAX - 1, file);
	fclose(file);
	return bytes;
}

static unsigned
hex(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* In place: what was hexadecimal becomes bytes and a NUL. */
static struct field
read_field(char *text)
{
	struct field field = { text, strlen(text) / 2 };

	if (strcmp(text, "-") == 0)
		return (struct field) { NULL, 0 };
	for (size_t i = 0; i < field.length; i++)
		text[i] = (char)(hex(text[2 * i]) << 4 | hex(text[2 * i + 1]));
	text[field.length] = '\0';
	return field;
}

static enum haat_verify_result
judge_sns(const struct field *f)
{
	const char *const                     topics[] = { f[1].bytes, NULL };
	const struct haat_verify_sns_expected expected = { NULL, topics, 1 };
	struct haat_verify_sns               *envelope;
	enum haat_verify_result               result = haat_verify_sns_read(f[0].bytes, f[0].length, &envelope);

	if (result == HAAT_VERIFY_OK)
		result = haat_verify_sns(envelope, &expected, &certificates, strtoll(f[2].bytes, NULL, 10), HAAT_VERIFY_ANY_AGE);
	haat_verify_sns_free(envelope);
	return result;
}

/* The fields from `first` on, as a list of secrets. */
static const char *const *
secrets(const struct field *f, size_t first)
{
	static const char *list[FIELDS_MAX + 1];
	size_t             count = 0;

	for (; f[first].bytes != NULL; first++)
		list[count++] = f[first].bytes;
	list[count] = NULL;
	return list;
}

static enum haat_verify_result
judge(const char *scheme, const struct field *f)
{
	const int64_t tolerance = HAAT_VERIFY_TOLERANCE_SECONDS;

	if (strcmp(scheme, "stripe") == 0)
		return haat_verify_stripe(
		    f[0].bytes, f[1].bytes, f[1].length, secrets(f, 3), strtoll(f[2].bytes, NULL, 10), tolerance);
	if (strcmp(scheme, "standard") == 0)
		return haat_verify_standard(f[0].bytes, f[1].bytes, f[2].bytes, f[3].bytes, f[3].length, secrets(f, 5),
		    strtoll(f[4].bytes, NULL, 10), tolerance);
	if (strcmp(scheme, "hmac") == 0)
		return haat_verify_hmac(f[0].bytes, f[1].bytes, HAAT_VERIFY_OVER_TIMESTAMP_AND_BODY, f[2].bytes, f[2].length,
		    secrets(f, 4), strtoll(f[3].bytes, NULL, 10), tolerance);
	if (strcmp(scheme, "razorpay") == 0)
		return haat_verify_razorpay(f[0].bytes, f[1].bytes, f[1].length, secrets(f, 2));
	if (strcmp(scheme, "checkout") == 0)
		return haat_verify_razorpay_checkout(f[0].bytes, f[1].bytes, f[2].bytes, secrets(f, 3));
	if (strcmp(scheme, "paystack") == 0)
		return haat_verify_paystack(f[0].bytes, f[1].bytes, f[1].length, secrets(f, 2));
	if (strcmp(scheme, "flutterwave-v3") == 0)
		return haat_verify_flutterwave(
		    f[0].bytes, HAAT_VERIFY_FLUTTERWAVE_SECRET_HASH, f[1].bytes, f[1].length, secrets(f, 2));
	if (strcmp(scheme, "flutterwave-v4") == 0)
		return haat_verify_flutterwave(f[0].bytes, HAAT_VERIFY_FLUTTERWAVE_HMAC, f[1].bytes, f[1].length, secrets(f, 2));
	if (strcmp(scheme, "paypal") == 0) {
		const struct haat_verify_paypal headers = { f[0].bytes, f[1].bytes, f[2].bytes, f[3].bytes, f[4].bytes };

		return haat_verify_paypal(&headers, HAAT_VERIFY_SANDBOX, f[5].bytes, f[6].bytes, f[6].length, &certificates,
		    strtoll(f[7].bytes, NULL, 10), HAAT_VERIFY_ANY_AGE);
	}
	if (strcmp(scheme, "sns") == 0)
		return judge_sns(f);
	fprintf(stderr, "no scheme '%s'\n", scheme);
	exit(2);
}

int
main(int argc, char **argv)
{
	size_t length;
	char  *roots;

	if (argc != 3) {
		fprintf(stderr, "usage: %s CERTIFICATE.pem ROOTS.pem\n", argv[0]);
		return 2;
	}
	roots = read_file(argv[2], &length);
	struct haat_verify_trust *trust = haat_verify_trust_new(roots, length);

	certificates.pem = read_file(argv[1], &certificates.length);
	certificates.trust = trust;
	while (fgets(line, sizeof line, stdin) != NULL) {
		struct field fields[FIELDS_MAX] = { { NULL, 0 } };
		size_t       count = 0;

		line[strcspn(line, "\n")] = '\0';
		for (char *at = strchr(line, '\t'), *next; at != NULL && count < FIELDS_MAX - 1; at = next) {
			*at++ = '\0';
			next = strchr(at, '\t');
			if (next != NULL)
				*next = '\0';
			fields[count++] = read_field(at);
			if (next != NULL)
				*next = '\t';
		}
		printf("%d\n", judge(line, fields));
	}
	haat_verify_trust_free(trust);
	free((void *)(uintptr_t)certificates.pem);
	free(roots);
	return 0;
}
