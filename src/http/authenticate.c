#include "http/authenticate.h"

#include "http/face.h"
#include "http/jwt.h"
#include "http/request.h"
#include "http/viewer.h"

/* The token of "Bearer TOKEN"; NULL when the header is absent.  Two of them are refused. */
static const struct problem *
bearer_token(struct request *request, const char **token)
{
	bool        twice;
	const char *header = request_single_header(request, "HTTP_AUTHORIZATION", &twice);

	*token = NULL;
	if (twice)
		return problem(BAD_REQUEST, "the Authorization header is repeated");
	if (header == NULL)
		return OK;
	if (strncasecmp(header, "Bearer ", 7) != 0)
		return problem(UNAUTHENTICATED, "the Authorization header must be 'Bearer' and an access token");
	*token = header + 7 + strspn(header + 7, " ");
	return OK;
}

/* What is open to everybody a key opens no further, and what is not for keys none opens. */
static const struct problem *
read_user_of_key(struct request *request, const char *key)
{
	const struct route *route = request->route;

	if (route->by_key)
		return read_key_viewer(request->work, key);
	if (route->permission == PUBLIC)
		return OK;
	return route->permission == SIGNED_IN ? problem(UNAUTHENTICATED, "an API key cannot call this; sign in")
					      : problem(FORBIDDEN, "an API key cannot call this; sign in");
}

/* A token that has run out, was never one, or whose session or account is no more. */
static bool
is_stale(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_UNAUTHENTICATED) || problem_is(problem, PROBLEM_TOKEN_EXPIRED) ||
	    problem_is(problem, PROBLEM_SESSION_ENDED) || problem_is(problem, PROBLEM_ACCOUNT_DISABLED);
}

/*
 * Of a browser that signed in on our pages.  One whose session is over is nobody, and the permission decides; what changes
 * something must come from a page of ours.
 */
static const struct problem *
read_user_of_cookie(struct request *request)
{
	const char           *secret = face_session(request);
	const struct problem *problem = secret == NULL ? OK : read_face_viewer(request->work, secret);

	if (problem != OK)
		return is_stale(problem) ? OK : problem;
	if (request->method == GET ||
	    (secret == NULL &&
		(!request->route->guest || face_cart(request) == NULL || request_header(request, "HTTP_X_CART_TOKEN") != NULL)))
		return OK;
	return face_check_site(request);
}

static const struct problem *
read_user_of_token(struct request *request, const struct jwt_keys *keys)
{
	struct jwt_claims claims;
	const char       *token;

	TRY(bearer_token(request, &token));
	if (token == NULL)
		return read_user_of_cookie(request);
	if (is_api_key(token))
		return read_user_of_key(request, token);
	switch (jwt_check(request->work->arena, keys, token, unix_seconds(), &claims)) {
	case JWT_VALID:
		return read_viewer(request->work, claims.user, claims.session);
	case JWT_EXPIRED:
		return problem(TOKEN_EXPIRED, "the access token has expired; refresh it");
	case JWT_INVALID:
		break;
	}
	return problem(UNAUTHENTICATED, "the access token is invalid");
}

const struct problem *
authenticate(struct request *request, const struct jwt_keys *keys)
{
	const struct problem *problem;

	if (request->route->permission == PUBLIC && !request->route->optional_user)
		return OK;
	problem = read_user_of_token(request, keys);
	/* What anybody may read is not closed to who was signed in yesterday. */
	return request->route->optional_user && is_stale(problem) ? OK : problem;
}
