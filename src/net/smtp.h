/*
 * smtp.h: handing one letter to a mail server: libcurl with everything bounded.
 *
 * A letter has one recipient, so that what the server says is about that one.  Each has a connection of its own: what a server
 * does to a connection (a limit of letters, an idle timeout) is never another letter's loss.  Certificates are checked;
 * nothing is sent in the clear where TLS was asked for, and no password either.
 *
 * The outcome tells whose fault it is.  Until the server has taken the sender (connection, TLS, greeting, authentication), and
 * where it closes down (421) or wants another login (530 to 538), no letter can be sent: SMTP_UNAVAILABLE.  Afterwards 4xx
 * and 5xx are about this letter.  The server's own words are left out of `error`: they may name the recipient.
 */
#ifndef SMTP_H
#define SMTP_H

#include <stddef.h>
#include <stdint.h>

struct config;
struct work;

struct smtp_letter {
	const char *from, *to; /* addresses, nothing around them; without white space, control characters and <> */
	const char *bytes;     /* the whole message, lines ended by CRLF */
	size_t      length;
};

enum smtp_outcome {
	SMTP_TAKEN,       /* the server has it */
	SMTP_LATER,       /* 4xx: it does not take this letter now */
	SMTP_REFUSED,     /* 5xx: it never will */
	SMTP_UNAVAILABLE, /* it has taken nothing, and would take no other either */
	SMTP_UNKNOWN      /* it was given the letter and said nothing: it may have it */
};

struct smtp_reply {
	enum smtp_outcome outcome;
	int               code;  /* of the server's last answer; 0: it gave none */
	const char       *error; /* "550 5.1.1 at RCPT"; why there is no answer; "" when it was taken */
};

/* Send by the server of config [mail]. */
void smtp_send(struct work *work, const struct smtp_letter *letter, struct smtp_reply *reply);

#endif
