/* Calls of pages. */
#include "tests/api/browsing.h"

#include "tests/api/check.h"

#include <string.h>

const char *
cookie_of(const struct answer *answer, const char *name)
{
	const char *line = strstr(answer->headers, form("set-cookie: %s=", name));

	if (line == NULL)
		line = strstr(answer->headers, form("Set-Cookie: %s=", name));
	return line == NULL ? NULL : form("Cookie: %.*s", (int)strcspn(line + 12, ";"), line + 12);
}

struct answer
send_form(const char *path, const char *fields, const char *site, const char *cookie)
{
	return api_call(
	    "POST", form("/%s", path), NULL, fields, HEADERS("Content-Type: application/x-www-form-urlencoded", site, cookie));
}

struct answer
open_page(const char *path, const char *cookie)
{
	return api_call("GET", form("/%s", path), NULL, NULL, HEADERS(cookie));
}

struct answer
sign_in_on_page(const struct person *person, const char *password, const char *more)
{
	return send_form("/signin", form("email=%s&password=%s%s", person->email, password, more), OURS, NULL);
}

const char *
signed_in(const struct person *person)
{
	struct answer answer = sign_in_on_page(person, good_password, "");
	const char   *cookie = cookie_of(&answer, "__Host-haat_session");

	CHECK_INT(answer.status, 303);
	REQUIRE(cookie != NULL);
	return cookie;
}

bool
says(const struct answer *answer, const char *text)
{
	return strstr(answer->body, text) != NULL;
}
