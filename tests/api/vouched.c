#include "tests/api/vouched.h"

#include <stdlib.h>
#include <string.h>

const char return_url[] = "https://localhost/signin?from=cart#top";

/* The part of a text between two others, "" when the first is not in it. */
static const char *
between(const char *text, const char *before, const char *stops)
{
	const char *from = text == NULL ? NULL : strstr(text, before);

	if (from == NULL)
		return "";
	from += strlen(before);
	return form("%.*s", (int)strcspn(from, stops), from);
}

struct browser
browser_begin(void)
{
	struct answer answer = api_get("/auth/google?return_url=https%3A%2F%2Flocalhost%2Fsignin%3Ffrom%3Dcart%23top", NULL);

	EXPECT(answer, 303);
	return (struct browser) { .cookie = form("%.*s", (int)strcspn(header_of(&answer, "Set-Cookie"), ";"),
				      header_of(&answer, "Set-Cookie")),
		.asked = between(header_of(&answer, "Location"), "?", "") };
}

void
browser_decide(struct browser *browser, const char *act, const char *email, const char *more)
{
	struct answer answer =
	    sandbox_call(form("/google/authorize/%s", act), form("%s&email=%s%s", browser->asked, email, more));

	CHECK_INT(answer.status, 303);
	browser->back = between(header_of(&answer, "Location"), "/api/v1", "");
}

struct answer
browser_return(const struct browser *browser)
{
	return api_call("GET", browser->back, NULL, NULL, HEADERS(form("Cookie: %s", browser->cookie)));
}

const char *
sent_with(const struct answer *answer, const char *name)
{
	const char *value = between(header_of(answer, "Location"), form("&%s=", name), "&#");

	return *value == '\0' ? NULL : value;
}

struct answer
sign_in_with_google(const char *email, const char *more)
{
	struct browser browser = browser_begin();
	struct answer  answer;
	const char    *code;

	browser_decide(&browser, "allow", email, more);
	answer = browser_return(&browser);
	EXPECT(answer, 303);
	code = sent_with(&answer, "code");
	REQUIRE(code != NULL);
	return api_post("/auth/exchange", NULL, form("{\"code\": \"%s\"}", code));
}

const char *
phone_token(const char *phone, const char *more)
{
	struct answer answer = sandbox_call("/sandbox/google/phone-token", form("{\"phone\": \"%s\"%s}", phone, more));

	CHECK_INT(answer.status, 200);
	return text_at(&answer, "id_token");
}
