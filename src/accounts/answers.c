#include "accounts/answers.h"

#include "base/arena.h"
#include "base/config.h"
#include "http/request.h"

enum { USER_AGENT_MAX = 255 };

const char refresh_cookie[] = "haat_refresh", google_cookie[] = "haat_google";

const char *
user_agent_of(struct request *request)
{
	const char *header = request_header(request, "HTTP_USER_AGENT");
	char       *kept =
	    arena_copy(request->work->arena, header == NULL ? "" : header, header == NULL ? 0 : strnlen(header, USER_AGENT_MAX));

	for (char *c = kept; *c != '\0'; c++)
		if (*c < 0x20 || *c > 0x7e)
			*c = '?';
	return kept;
}

void
set_refresh_cookie(struct request *request, const char *value, int64_t seconds)
{
	static const char *const same_site[] = { "Strict", "Lax", "None" };

	respond_header(request, "Set-Cookie",
	    arena_format(request->work->arena, "%s=%s; Path=/api/v1/accounts; Max-Age=%lld; HttpOnly; Secure; SameSite=%s",
		refresh_cookie, value, (long long)seconds, same_site[request->work->config->auth.cookie_same_site]));
}

/* Lax, so that it comes along when Google sends the browser back. */
void
set_google_cookie(struct request *request, const char *value, int seconds)
{
	respond_header(request, "Set-Cookie",
	    arena_format(request->work->arena, "%s=%s; Path=/api/v1/auth/google; Max-Age=%d; HttpOnly; Secure; SameSite=Lax",
		google_cookie, value, seconds));
}

/* A form of another site cannot set the header, and its script may only after CORS has let it. */
const struct problem *
check_cookie_is_meant(struct request *request)
{
	if (request->work->config->auth.cookie_same_site == SAME_SITE_STRICT || request_cookie(request, refresh_cookie) == NULL ||
	    request_header(request, "HTTP_X_REQUESTED_WITH") != NULL)
		return OK;
	return problem(FORBIDDEN, "with the cookie the header X-Requested-With is required");
}

const struct problem *
respond_tokens(struct request *request, const struct tokens *tokens, bool as_cookie, bool is_new)
{
	const struct config *config = request->work->config;
	struct tokens_answer answer = {
		.tokens = *tokens, .token_type = "Bearer", .expires_in = config->auth.access_seconds, .is_new = is_new
	};

	if (as_cookie) {
		set_refresh_cookie(request, tokens->refresh, config->auth.refresh_seconds);
		answer.tokens.refresh = NULL;
	}
	return respond(request, &answer);
}
