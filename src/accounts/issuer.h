/*
 * issuer.h: calls to who vouches for people: Google, and Firebase, which is Google's too.
 *
 * What they publish (keys, the addresses of their services) is kept for all workers as long as its Cache-Control says, not at
 * all when that says nothing, and is asked for by one of them (net/remote_value.h).  All calls go through one circuit
 * (net/circuit.h), so that they fail at once while Google is away: SIGN_IN_UNAVAILABLE, with Retry-After.  Not inside a
 * transaction.
 */
#ifndef ISSUER_H
#define ISSUER_H

#include "accounts/id_token.h"

struct http_call;
struct http_reply;
struct work;

/* Calls; the reply has a status below 500. */
const struct problem *issuer_call(struct work *work, struct http_call *call, struct http_reply *reply);

/* SIGN_IN_UNAVAILABLE, to be tried again. */
const struct problem *issuer_is_away(struct work *work);

/* What is published at the URL. */
const struct problem *issuer_document(struct work *work, const char *url, struct bytes *json);

/*
 * Checks a token with the keys that are published at the URL.  A key that is not among them is asked for again, by all
 * workers together at most once within auth.keys_again_seconds.  ID_TOKEN_INVALID, the reason logged.
 */
const struct problem *issuer_check(
    struct work *work, const char *keys_url, const struct id_expected *expected, const char *token, struct id_claims *claims);

#endif
