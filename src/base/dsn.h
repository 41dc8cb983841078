/*
 * dsn.h: where errors are sent to, as Sentry writes it: "scheme://key[:secret]@host[:port][/path]/project".
 */
#ifndef DSN_H
#define DSN_H

#include <stdbool.h>
#include <stddef.h>

/* Parts of the text that was parsed, which stays the caller's. */
struct dsn {
	const char *scheme, *key, *server, *project;          /* server: host, port and path; project: up to the end */
	size_t      scheme_length, key_length, server_length; /* scheme with "://" */
};

/* False when the text is none: another scheme than http and https, no key, no host, no project. */
bool dsn_parse(const char *text, struct dsn *into);

#endif
