#include "http/face.h"

#include "base/arena.h"
#include "base/config.h"
#include "http/request.h"

#include <string.h>

static const char session_cookie[] = "__Host-haat_session", cart_cookie[] = "__Host-haat_cart", hint_cookie[] = "haat_known",
		  begun_cookie[] = "__Host-haat_begun";

enum { BEGUN_SECONDS = 600 };

/* A cookie is for our own pages, not for the script of an origin that CORS lets in. */
static bool
is_foreign(const struct request *request)
{
	const char *origin = request_header(request, "HTTP_ORIGIN"), *site = request_header(request, "HTTP_SEC_FETCH_SITE");

	/* The browser knows, also where the shop has further names. */
	if (site != NULL && strcmp(site, "same-origin") == 0)
		return false;
	return (origin != NULL && strcmp(origin, request->work->config->public_url) != 0) ||
	    (site != NULL && strcmp(site, "same-site") == 0);
}

const char *
face_session(const struct request *request)
{
	const char *secret = request_cookie(request, session_cookie);

	return secret == NULL || *secret == '\0' || is_foreign(request) ? NULL : secret;
}

const char *
face_cart(const struct request *request)
{
	const char *token = request_cookie(request, cart_cookie);

	return token == NULL || *token == '\0' || is_foreign(request) ? NULL : token;
}

static void
set_cookie(struct request *request, const char *name, const char *value, int64_t seconds, const char *more)
{
	respond_header(request, "Set-Cookie",
	    arena_format(request->work->arena, "%s=%s; Path=/; Max-Age=%lld; Secure; SameSite=Lax%s", name, value,
		(long long)seconds, more));
}

void
face_set_session(struct request *request, const char *secret, int64_t seconds)
{
	set_cookie(request, session_cookie, secret, seconds, "; HttpOnly");
	set_cookie(request, hint_cookie, seconds > 0 ? "1" : "", seconds, "");
}

void
face_set_cart(struct request *request, const char *token, int64_t seconds)
{
	set_cookie(request, cart_cookie, token, seconds, "; HttpOnly");
	if (seconds > 0)
		set_cookie(request, hint_cookie, "1", seconds, "");
}

const char *
face_begun(const struct request *request)
{
	return request_cookie(request, begun_cookie);
}

void
face_set_begun(struct request *request, const char *state)
{
	set_cookie(request, begun_cookie, state == NULL ? "" : state, state == NULL ? 0 : BEGUN_SECONDS, "; HttpOnly");
}

const struct problem *
face_check_site(const struct request *request)
{
	const char *site = request_header(request, "HTTP_SEC_FETCH_SITE"), *origin = request_header(request, "HTTP_ORIGIN");

	if (site != NULL ? strcmp(site, "same-origin") == 0
			 : origin != NULL && strcmp(origin, request->work->config->public_url) == 0)
		return OK;
	return problem(FORBIDDEN, "this was not sent by a page of the shop");
}

const char *
cart_token(const struct request *request)
{
	bool guest = request->route != NULL && request->route->guest && uuid_is_nil(request->work->viewer.user.uuid);

	const char *token = guest ? request_header(request, "HTTP_X_CART_TOKEN") : NULL;

	return guest && token == NULL ? face_cart(request) : token;
}
