#include "base/dsn.h"

#include <string.h>

#define LETTERS_AND_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static size_t
scheme_length(const char *text)
{
	return strncmp(text, "https://", 8) == 0 ? 8 : strncmp(text, "http://", 7) == 0 ? 7 : 0;
}

/* The old secret behind the key is of no use to anybody any more, and goes nowhere. */
bool
dsn_parse(const char *text, struct dsn *into)
{
	const char *at, *slash;

	*into = (struct dsn) { .scheme = text, .scheme_length = scheme_length(text) };
	into->key = text + into->scheme_length;
	into->key_length = strspn(into->key, LETTERS_AND_DIGITS "_-");
	at = into->key + into->key_length;
	if (*at == ':')
		at += 1 + strspn(at + 1, LETTERS_AND_DIGITS "_-");
	if (into->scheme_length == 0 || into->key_length == 0 || *at != '@')
		return false;
	into->server = at + 1;
	slash = strrchr(into->server, '/');
	if (slash == NULL)
		return false;
	into->server_length = (size_t)(slash - into->server);
	into->project = slash + 1;
	return strcspn(into->server, "/") > 0 && into->server[0] != ':' && *into->project != '\0' &&
	    into->project[strspn(into->project, LETTERS_AND_DIGITS "_-")] == '\0' &&
	    strspn(into->server, LETTERS_AND_DIGITS "_-.:[]/~") >= into->server_length;
}
