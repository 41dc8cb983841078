/*
 * answers.h: how the routes that sign somebody in, or renew that, answer: tokens, and the cookie of the refresh token.
 */
#ifndef ACCOUNTS_ANSWERS_H
#define ACCOUNTS_ANSWERS_H

#include "accounts/session.h"

struct request;

struct tokens_answer {
	struct tokens tokens;
	const char   *token_type;
	int64_t       expires_in;
	bool          is_new; /* of a sign-in that may have made the account */
};

#define TOKENS_MEMBERS \
	M_TEXT(struct tokens_answer, tokens.access, "access", 4096, .required = true, \
	    .description = "For 'Authorization: Bearer'."), \
	    M_TEXT(struct tokens_answer, tokens.refresh, "refresh", 64, .description = "Null if it is sent as a cookie."), \
	    M_TEXT(struct tokens_answer, token_type, "token_type", 10, .required = true, .example = "\"Bearer\""), \
	    M_INTEGER(struct tokens_answer, expires_in, "expires_in", 1, 86400 * 365, \
		.description = "Lifetime of the access token in seconds."), \
	    M_ID(struct tokens_answer, tokens.session, "session_id")

/* The name of the cookie, which is sent only to /api/v1/accounts, and across sites only as auth.cookie_same_site says. */
extern const char refresh_cookie[];

/* Sets it for so many seconds; 0 takes it away. */
void set_refresh_cookie(struct request *request, const char *value, int64_t seconds);

/* That of a sign-in with Google that has begun (google.h): sent back by the browser to its callback alone. */
extern const char google_cookie[];
void              set_google_cookie(struct request *request, const char *value, int seconds);

/* FORBIDDEN for a call with the cookie that may come from a form of another site: auth.cookie_same_site. */
const struct problem *check_cookie_is_meant(struct request *request);

/* Answers with the route's shape of a struct tokens_answer; as_cookie: the refresh token goes out as the cookie alone. */
const struct problem *respond_tokens(struct request *request, const struct tokens *tokens, bool as_cookie, bool is_new);

/* The User-Agent header as printable ASCII, cut to what is stored. */
const char *user_agent_of(struct request *request);

#endif
