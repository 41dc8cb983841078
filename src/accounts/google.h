/*
 * google.h: sign-in with Google: authorization code with PKCE (RFC 7636), state and nonce (OpenID Connect Core 1.0, 3.1).
 *
 * What must not be forged on the way (state, nonce, verifier, where to go afterwards) travels in a sealed cookie of the
 * browser that began, so nothing is stored here, and what comes back counts in that browser alone.
 */
#ifndef GOOGLE_H
#define GOOGLE_H

#include "base/problem.h"

#include <stdbool.h>

struct config;
struct identity;
struct work;

enum { GOOGLE_SECONDS = 600, RETURN_URL_MAX = 1000 };

/* Is it set up? */
bool google_is_offered(const struct config *config);

/*
 * Where to send the browser (*url) with which cookie; `return_url` is checked by the caller, at most RETURN_URL_MAX bytes; `locale` is
 * of the page that begins, for a new account, NULL: none.  SIGN_IN_DISABLED, SIGN_IN_UNAVAILABLE.
 */
const struct problem *google_begin(
    struct work *work, const char *return_url, const char *locale, const char **url, const char **cookie);

/*
 * The browser is back with this cookie (NULL: none) and query: who it is.  *return_url is set, whatever else is wrong, once it
 * is known that this browser began.  SIGN_IN_DISABLED, SIGN_IN_LOST before; then SIGN_IN_REFUSED, SIGN_IN_UNAVAILABLE,
 * ID_TOKEN_INVALID.
 */
const struct problem *google_return(
    struct work *work, const char *cookie, const char *query, const char **return_url, struct identity *identity);

#endif
