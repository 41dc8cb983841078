#include "bench/request.h"

#include "base/instant.h"
#include "bench/measure.h"
#include "verify/haatverify.h"

#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A provider's way to sign a body: the header's line; returns its length, 0 when it cannot be made. */
struct scheme {
	const char *name;
	size_t (*sign)(const char *secret, const char *body, size_t length, char *into, size_t room);
};

static size_t
sign_stripe(const char *secret, const char *body, size_t length, char *into, size_t room)
{
	char signature[HAAT_SIGN_STRIPE_SIZE];

	if (haat_sign_stripe(secret, time(NULL), body, length, signature, sizeof signature) != 0)
		return 0;
	return (size_t)snprintf(into, room, "Stripe-Signature: %s\r\n", signature);
}

static size_t
sign_in_hex(
    const EVP_MD *digest, const char *header, const char *secret, const char *body, size_t length, char *into, size_t room)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned      count = 0;
	size_t        written;

	if (HMAC(digest, secret, (int)strlen(secret), (const unsigned char *)body, length, bytes, &count) == NULL)
		return 0;
	written = (size_t)snprintf(into, room, "%s: ", header);
	for (unsigned i = 0; i < count; i++)
		written += (size_t)snprintf(into + written, room - written, "%02x", bytes[i]);
	return written + (size_t)snprintf(into + written, room - written, "\r\n");
}

static size_t
sign_razorpay(const char *secret, const char *body, size_t length, char *into, size_t room)
{
	return sign_in_hex(EVP_sha256(), "X-Razorpay-Signature", secret, body, length, into, room);
}

static size_t
sign_paystack(const char *secret, const char *body, size_t length, char *into, size_t room)
{
	return sign_in_hex(EVP_sha512(), "x-paystack-signature", secret, body, length, into, room);
}

static const struct scheme schemes[] = { { "stripe", sign_stripe }, { "razorpay", sign_razorpay },
	{ "paystack", sign_paystack } };

/* "SCHEME:SECRET_FILE" */
static bool
read_signer(struct template *template, const char *signer)
{
	const char *colon = strchr(signer, ':');

	for (size_t i = 0; colon != NULL && i < sizeof schemes / sizeof *schemes; i++)
		if (strlen(schemes[i].name) == (size_t)(colon - signer) &&
		    strncmp(schemes[i].name, signer, (size_t)(colon - signer)) == 0)
			template->scheme = &schemes[i];
	if (template->scheme == NULL)
		fprintf(stderr, "no way to sign is called '%s'\n", signer);
	else
		template->secret = file_read(colon + 1, NULL);
	return template->secret != NULL;
}

static size_t
add_lines(char *into, size_t length, const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes && length + 3 < REQUEST_BYTES; i++) {
		if (text[i] == '\n')
			into[length++] = '\r';
		into[length++] = text[i];
	}
	memcpy(into + length, "\r\n", 3);
	return length + 2;
}

bool
template_read(struct template *template, const char *path, const char *headers, const char *signer)
{
	char  *text = file_read(path, NULL), *more = headers == NULL ? NULL : file_read(headers, NULL), *body;
	size_t length;

	*template = (struct template) { .head = calloc(1, REQUEST_BYTES) };
	if (text == NULL || template->head == NULL || (headers != NULL && more == NULL) ||
	    (signer != NULL && !read_signer(template, signer)))
		return false;
	body = strstr(text, "\n\n");
	length = add_lines(template->head, 0, text, body == NULL ? strlen(text) : (size_t)(body - text));
	if (more != NULL)
		add_lines(template->head, length, more, strlen(more));
	template->body = body == NULL ? "" : body + 2;
	return true;
}

/* Copies the text with its places filled in; returns the length. */
static size_t
fill(const char *text, char *const *words, size_t number, char *into, size_t room)
{
	size_t length = 0;

	while (*text != '\0' && length + 64 < room) {
		const char *word = NULL, *end = *text == '{' ? strchr(text, '}') : NULL;
		char        unique[40];

		if (end != NULL && strncmp(text, "{new}", 5) == 0) {
			snprintf(unique, sizeof unique, "%08x-%zu", (unsigned)monotonic_us(), number);
			word = unique;
		} else if (end != NULL && text[1] >= '1' && text[1] <= '9' && end - text <= 3 && words != NULL) {
			word = words[(strtoul(text + 1, NULL, 10) - 1) % WORDS_MAX];
		}
		if (word == NULL) {
			into[length++] = *text++;
			continue;
		}
		length += (size_t)snprintf(into + length, room - length, "%s", word);
		text = end + 1;
		if (length >= room)
			abort();
	}
	into[length] = '\0';
	return length;
}

size_t
request_write(const struct template *template, char *const *words, size_t number, char *into)
{
	static char body[REQUEST_BYTES];
	size_t      length = fill(template->head, words, number, into, REQUEST_BYTES),
	       body_length = fill(template->body, words, number, body, sizeof body);

	if (template->scheme != NULL)
		length += template->scheme->sign(template->secret, body, body_length, into + length, REQUEST_BYTES);
	if (body_length > 0)
		length += (size_t)snprintf(into + length, 64, "Content-Length: %zu\r\n", body_length);
	memcpy(into + length, "\r\n", 2);
	memcpy(into + length + 2, body, body_length);
	return length + 2 + body_length;
}
