#include "bench/request.h"

#include "base/instant.h"
#include "bench/measure.h"
#include "verify/haatverify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
template_read(struct template *template, const char *path, const char *headers, const char *secret)
{
	char  *text = file_read(path, NULL), *more = headers == NULL ? NULL : file_read(headers, NULL), *body;
	size_t length;

	*template =
	    (struct template) { .head = calloc(1, REQUEST_BYTES), .secret = secret == NULL ? NULL : file_read(secret, NULL) };
	if (text == NULL || template->head == NULL || (headers != NULL && more == NULL) ||
	    (secret != NULL && template->secret == NULL))
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
	char        signature[HAAT_SIGN_STRIPE_SIZE];
	size_t      length = fill(template->head, words, number, into, REQUEST_BYTES),
	       body_length = fill(template->body, words, number, body, sizeof body);

	if (template->secret != NULL &&
	    haat_sign_stripe(template->secret, time(NULL), body, body_length, signature, sizeof signature) == 0)
		length += (size_t)snprintf(into + length, REQUEST_BYTES, "Stripe-Signature: %s\r\n", signature);
	if (body_length > 0)
		length += (size_t)snprintf(into + length, 64, "Content-Length: %zu\r\n", body_length);
	memcpy(into + length, "\r\n", 2);
	memcpy(into + length + 2, body, body_length);
	return length + 2 + body_length;
}
