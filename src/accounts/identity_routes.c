/* The routes of sign-in elsewhere: with Google, and by phone with Firebase. */
#include "accounts/factor.h"
#include "accounts/accounts.h"
#include "accounts/answers.h"
#include "accounts/by_phone.h"
#include "accounts/google.h"
#include "accounts/identity.h"
#include "accounts/issuer.h"
#include "accounts/linked.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/metrics.h"
#include "http/cors.h"
#include "http/request.h"

#include <string.h>

enum { CODE_MAX = 200 };

struct google_query {
	const char *return_url;
};

static const struct member google_query_members[] = {
	M_TEXT(struct google_query, return_url, "return_url", RETURN_URL_MAX, .required = true, .format = FORMAT_URL,
	    .example = "\"https://shop.example.test/signin\"",
	    .description =
		"Where the browser goes afterwards, with `code`, or with `error`: of the shop or an origin in http.origins."),
};
SHAPE(struct google_query, google_query_shape, "GoogleSignIn", google_query_members);

static const struct problem *
handle_google(struct request *request)
{
	const char *return_url = QUERY(request, struct google_query)->return_url, *url, *cookie;

	if (!is_allowed_url(request->work->config, return_url))
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "return_url",
		    "must be a page of the shop or of an allowed origin");
	TRY(google_begin(request->work, return_url, NULL, &url, &cookie));
	set_google_cookie(request, cookie, GOOGLE_SECONDS);
	return respond_redirect(request, url);
}

/* The code is for the page behind return_url; its own query and fragment stay. */
static const struct problem *
send_back(struct request *request, const char *return_url, const char *name, const char *value)
{
	size_t length = strcspn(return_url, "#");

	set_google_cookie(request, "", 0);
	return respond_redirect(request,
	    arena_format(request->work->arena, "%.*s%c%s=%s%s", (int)length, return_url,
		memchr(return_url, '?', length) == NULL ? '?' : '&', name, value, return_url + length));
}

static const struct problem *
finish(struct work *work, const char *cookie, const char *query, const char **return_url, const char **code)
{
	struct identity identity;
	struct user_id  user;
	bool            is_new;

	TRY(google_return(work, cookie, query, return_url, &identity));
	TRY(identity_user(work, &identity, &user, &is_new));
	return sign_in_code_new(work, user, is_new, code);
}

/* A person's browser, and no program. */
static bool
wants_page(const struct request *request)
{
	const char *accept = request_header(request, "HTTP_ACCEPT");

	return accept != NULL && strstr(accept, "text/html") != NULL;
}

/*
 * What is our fault or Google's is told to programs here; people are told all of it where they came from, or, where that is not
 * known, on the shop's page for it.
 */
static const struct problem *
handle_callback(struct request *request)
{
	const char           *return_url, *code;
	const struct problem *problem =
	    finish(request->work, request_cookie(request, google_cookie), request->query, &return_url, &code);

	if (problem == OK)
		return send_back(request, return_url, "code", code);
	if (wants_page(request) && return_url == NULL)
		return_url = arena_format(request->work->arena, "%s/signin/google/return", request->work->config->public_url);
	else if (return_url == NULL || (problem_status(problem->code) >= 500 && !wants_page(request)))
		return problem;
	return send_back(request, return_url, "error", problem_name(problem->code));
}

struct exchange_body {
	const char *code, *totp;
	bool        cookie;
};

#define TOTP_MEMBER(S) \
	M_TEXT(S, totp, "totp", FACTOR_CODE_MAX, .min = 1, .example = "\"287082\"", \
	    .description = "Code of the second factor, or a recovery code, of an account that has one.")

#define COOKIE_MEMBER(S) \
	M_BOOLEAN(S, cookie, "cookie", .defaulted = true, .preset = 0, \
	    .description = "Send the refresh token as an HttpOnly cookie instead of in the response.")

static const struct member exchange_body_members[] = {
	M_TEXT(struct exchange_body, code, "code", CODE_MAX, .required = true, .min = 1,
	    .example = "\"9f6kVb0wQm2cXy7uTn3eRa8sLd5hGj1pZo4iKt6vBw0\""),
	TOTP_MEMBER(struct exchange_body),
	COOKIE_MEMBER(struct exchange_body),
};
SHAPE(struct exchange_body, exchange_body_shape, "SignInExchange", exchange_body_members);

static const struct member signed_in_members[] = {
	TOKENS_MEMBERS,
	M_OBJECT(struct tokens_answer, tokens.user, "user", user_shape, .required = true),
	M_BOOLEAN(struct tokens_answer, is_new, "is_new", .description = "Whether this sign-in has made the account."),
};
SHAPE(struct tokens_answer, signed_in_shape, "SignedIn", signed_in_members);

static const struct problem *
handle_exchange(struct request *request)
{
	const struct exchange_body *body = BODY(request, struct exchange_body);
	struct sign_in              from = { .totp = body->totp, .user_agent = user_agent_of(request), .keys = request->keys };
	struct tokens               tokens;
	bool                        is_new;

	TRY(sign_in_code_exchange(request->work, body->code, &from, &tokens, &is_new));
	metric_add(METRIC_LOGINS, LOGIN_OK, 0, 1);
	return respond_tokens(request, &tokens, body->cookie, is_new);
}

struct phone_body {
	const char *id_token, *totp;
	bool        cookie;
};

static const struct member phone_body_members[] = {
	M_TEXT(struct phone_body, id_token, "id_token", ID_TOKEN_BYTES_MAX, .required = true, .min = 1,
	    .description = "Firebase's ID token of a sign-in by phone that is at most five minutes old."),
	TOTP_MEMBER(struct phone_body),
	COOKIE_MEMBER(struct phone_body),
};
SHAPE(struct phone_body, phone_body_shape, "PhoneLogin", phone_body_members);

static const struct problem *
handle_phone_login(struct request *request)
{
	const struct phone_body *body = BODY(request, struct phone_body);
	struct sign_in           from = { .totp = body->totp, .user_agent = user_agent_of(request), .keys = request->keys };
	struct tokens            tokens;
	bool                     is_new;

	TRY(sign_in_by_phone(request->work, body->id_token, &from, &tokens, &is_new));
	return respond_tokens(request, &tokens, body->cookie, is_new);
}

struct identity_list {
	struct linked_identity *results;
	size_t                  n_results;
};
static const struct member identity_list_members[] = {
	M_ARRAY(struct identity_list, results, n_results, "results", linked_identity_shape, IDENTITIES_SHOWN),
};
SHAPE(struct identity_list, identity_list_shape, "IdentityList", identity_list_members);

static const struct problem *
handle_list_identities(struct request *request)
{
	struct identity_list list;

	TRY(list_identities(request->work, &list.results, &list.n_results));
	return respond(request, &list);
}

static const struct problem *
handle_remove_identity(struct request *request)
{
	struct uuid id;

	TRY(path_id(request, "id", &id));
	TRY(remove_identity(request->work, id));
	return respond_nothing(request);
}

static const struct route identity_routes[] = {
	{ GET, "/auth/google", .id = "signInWithGoogle", .permission = PUBLIC, .pool = POOL_PAY, .query = &google_query_shape,
	    .writes = WRITES_ITSELF, .answer = { 303, NULL }, .errors = ERRORS(SIGN_IN_DISABLED, SIGN_IN_UNAVAILABLE),
	    .summary = "Sign in with Google: open this in the browser",
	    .description =
		"Goes on to Google, and from there by way of the callback to `return_url` with a `code` for POST /auth/exchange, "
		"good once within a minute, or with an `error`. Put a random value of your own into `return_url` and compare it there, "
		"so that nobody can hand your page a code of theirs.",
	    .handler = handle_google },
	{ GET, "/auth/google/callback", .id = "returnFromGoogle", .permission = PUBLIC, .pool = POOL_PAY, .any_query = true,
	    .writes = WRITES_ITSELF, .limit = LIMIT_SIGN_IN, .answer = { 303, NULL },
	    .errors = ERRORS(SIGN_IN_DISABLED, SIGN_IN_LOST, SIGN_IN_UNAVAILABLE), .summary = "Return from Google",
	    .handler = handle_callback },
	{ POST, "/auth/exchange", .id = "exchangeSignInCode", .unaudited = "the session keeps who signed in, when and from where",
	    .permission = PUBLIC, .pool = POOL_PAY, .writes = WRITES_ITSELF, .limit = LIMIT_SIGN_IN, .keyless = true,
	    .body = &exchange_body_shape, .answer = { 200, &signed_in_shape },
	    .errors = ERRORS(SIGN_IN_CODE_INVALID, TOTP_REQUIRED, LOGIN_LIMITED, ACCOUNT_DISABLED, OUTCOME_UNCERTAIN, NOT_FOUND),
	    .summary = "Exchange the code of a sign-in with Google for tokens", .handler = handle_exchange },
	{ POST, "/auth/phone-login", .id = "signInByPhone",
	    .unaudited = "the session keeps who signed in, when and from where; what it makes or joins is audited",
	    .permission = PUBLIC, .optional_user = true, .pool = POOL_PAY, .writes = WRITES_ITSELF, .limit = LIMIT_SIGN_IN,
	    .keyless = true, .body = &phone_body_shape, .answer = { 200, &signed_in_shape },
	    .errors = ERRORS(SIGN_IN_DISABLED, SIGN_IN_UNAVAILABLE, ID_TOKEN_INVALID, IDENTITY_UNPROVEN, CONFIRMATION_REQUIRED,
		PHONE_TAKEN, DUPLICATE_KEY, TOTP_REQUIRED, LOGIN_LIMITED, ACCOUNT_DISABLED, OUTCOME_UNCERTAIN, NOT_FOUND),
	    .summary = "Sign in by phone with an ID token of Firebase",
	    .description =
		"The first time makes the account. One that has the number without having proven it answers 409 "
		"`identity_unproven`: sign in to it and, while that is young, call this with its access token, which proves the "
		"number. A number that the account changes opens it no more.",
	    .handler = handle_phone_login },
	{ GET, "/accounts/identities", .id = "listIdentities", .permission = SIGNED_IN, .answer = { 200, &identity_list_shape },
	    .summary = "List what opens the account beside its password, newest first", .handler = handle_list_identities },
	{ DELETE, "/accounts/identities/{id}", .id = "removeIdentity", .permission = SIGNED_IN, .confirmed = true,
	    .writes = WRITES_DATABASE, .answer = { 204, NULL }, .errors = ERRORS(CONFLICT),
	    .summary = "Let an identity open the account no more",
	    .description =
		"A number that it vouched for is unproven then. The identity of an account without an e-mail address stays "
		"until it has one: nothing else opens it.",
	    .handler = handle_remove_identity },
};

ROUTE_TABLE(identity_table, "Sign-in elsewhere", "Sign-in with Google, and by phone.", identity_routes);
