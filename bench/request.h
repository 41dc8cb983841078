/*
 * request.h: requests made from a template.
 *
 * The file holds a request line and headers, an empty line, and a body.  {1}, {2} ... stand for the words of a line of the
 * values, {new} for a text that no other request has.  Content-Length is added where there is a body; a signature over
 * the body as that provider makes it, too, where one is named ("stripe", "razorpay", "paystack") with the file of its secret.  A header file's lines go behind those of the template.
 */
#ifndef BENCH_REQUEST_H
#define BENCH_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

struct scheme;

enum { REQUEST_BYTES = 16 * 1024, REQUEST_BYTES_MAX = 3 * REQUEST_BYTES };

struct template
{
	char                *head, *body; /* the head's lines end as HTTP wants, without the empty line */
	const struct scheme *scheme;      /* NULL: unsigned */
	char                *secret;
};

/* False, said to stderr, when a file cannot be read; `headers` and `signer`, "PROVIDER:SECRET_FILE", may be NULL. */
bool template_read(struct template *template, const char *path, const char *headers, const char *signer);

/* Writes a request into `into`, which has REQUEST_BYTES_MAX; `words` may be NULL, `number` makes {new}. Returns its length. */
size_t request_write(const struct template *template, char *const *words, size_t number, char *into);

#endif
