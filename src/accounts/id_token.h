/*
 * id_token.h: is this ID token what it says: from Google or Firebase, for this shop, and of now?
 *
 * An ID token (OpenID Connect Core 1.0, section 3.1.3.7) is a JSON Web Token signed with RS256 by one of the keys that its
 * issuer publishes.  Nothing in it is looked at before its signature was found right, but for the name of the key; the
 * algorithm is ours, never the token's.  Opens nothing and asks nobody.
 */
#ifndef ID_TOKEN_H
#define ID_TOKEN_H

#include "base/shape.h"

struct arena;

enum {
	ID_TOKEN_BYTES_MAX = 8192,   /* a longer one is not looked at */
	ID_TOKEN_LEEWAY_SECONDS = 60 /* that the issuer's clock may differ from ours */
};

/* What a good one says.  Times are Unix seconds. */
struct id_expected {
	const char *issuer;
	const char *other_issuer;         /* as good as that; NULL: none */
	const char *audience;             /* our client or project */
	const char *nonce;                /* that we sent along; NULL: none was */
	size_t      subject_max;          /* bytes */
	int64_t     auth_age_max_seconds; /* since its user signed in there; 0: however long, and untold */
	int64_t     now;
};

/* Each text lives in the arena and is NULL when the token does not have it. */
struct id_claims {
	const char *subject; /* the issuer's lasting name of the user; never NULL */
	const char *email, *name, *phone;
	const char *hosted_domain; /* of Google: whose workspace the account is of */
	const char *method;        /* of Firebase: how its user signed in, "phone" */
	bool        email_verified;
};

enum id_token_outcome {
	ID_TOKEN_VALID,
	ID_TOKEN_KEY_UNKNOWN, /* none of the keys has the name: perhaps they were changed */
	ID_TOKEN_REFUSED
};

/*
 * Checks the token with the issuer's keys, `keys` being the text of a JSON Web Key Set (RFC 7517) or of a JSON object of
 * certificates in PEM by name.  *claims is filled when it is valid; *why is a constant that says what is wrong otherwise.
 */
enum id_token_outcome id_token_check(struct arena *arena, const struct id_expected *expected, const char *token,
    struct bytes keys, struct id_claims *claims, const char **why);

#endif
