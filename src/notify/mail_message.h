/*
 * mail_message.h: a letter as the bytes that a mail server is given (RFC 5322, MIME).
 *
 * Text and HTML as multipart/alternative, each as quoted-printable, or base64 where most of it is not ASCII; headers with
 * other characters as encoded words (RFC 2047).  Lines are at most 78 bytes, but for a header with a longer address.  The same
 * letter is the same bytes each time, its Message-ID and its Date too: both are those of its row.
 *
 * No text can add a header or a recipient: a control character in a subject or a name is written as a space, and an address
 * that is more than an address is refused.
 */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include "base/ids.h"
#include "base/instant.h"
#include "base/problem.h"

#include <stdbool.h>

struct arena;
struct text;

struct mail_mailbox {
	const char *name; /* NULL: the address alone */
	const char *address;
};

struct mail_message {
	struct uuid         id; /* of its row: its Message-ID is <mail.UUID@the domain of `from`> */
	struct instant      date;
	struct mail_mailbox from, to;
	const char         *reply_to; /* address; "": from */
	const char         *language; /* of the text: "en" */
	const char         *subject;
	const char         *text, *html;     /* UTF-8 */
	const char         *unsubscribe_url; /* NULL: it is not news; else a mail program can post there (RFC 8058) */
};

/* Is it one address and nothing else, fit for a header and for RCPT TO? */
bool mail_address_is_plain(const char *address);

/* "<mail.0192f0c1-...@shop.example>" */
const char *mail_message_id(struct arena *arena, struct uuid id, const char *from);

/* Append the whole message, lines ended by CRLF.  BAD_REQUEST when an address is more than that. */
const struct problem *mail_message_write(struct arena *arena, const struct mail_message *message, struct text *out);

#endif
