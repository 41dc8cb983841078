/*
 * token.h: calls to providers that want a token which they grant for credentials.
 *
 * The token is kept for all processes under "NAME.token" (net/remote_value.h) until a minute before it ends.  One that the
 * provider refuses earlier is fetched again once and the call repeated, for a call that was refused has done nothing.  One that was
 * fetched for that reason and is refused as well is left alone for the scheme's pause: then it is not the token that is wrong.
 */
#ifndef TOKEN_H
#define TOKEN_H

#include "payments/provider.h"

struct token_scheme {
	const struct provider *provider;
	const char            *prefix;          /* what the token is sent behind: "Authorization: Bearer " */
	const char            *member;          /* of the granting answer, which also has "expires_in": "access_token" */
	bool                   forbids_expired; /* answers one that has ended by 403 as well as by 401 */
	int64_t                pause_seconds;   /* between two that are fetched because one was refused */

	/* Fills the call that grants one: method, URL, headers, body. */
	void (*ask)(struct work *work, struct http_call *call);
};

/* As provider_call, with the token in front of the call's own headers. */
const struct problem *provider_call_with_token(struct work *work, const struct token_scheme *scheme, struct payment_id payment,
    const char *kind, struct http_call *call, struct http_reply *reply);

#endif
