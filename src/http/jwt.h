/*
 * jwt.h: the access token: a JSON Web Token (RFC 7519) signed with HMAC-SHA-256, made and read by this shop alone.
 *
 * Since nobody else makes these tokens, the header of a good one is, byte for byte, the header that we write for one of
 * our keys.  So it is compared, never interpreted: no other algorithm, no "none", no second member of one name can pass,
 * and the payload is read only after the signature was found right.  The first key signs; all keys verify, so that old
 * ones go on until their tokens have expired.
 */
#ifndef JWT_H
#define JWT_H

#include "base/config.h"
#include "base/ids.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum {
	JWT_KEYS_MAX = 1 + OLD_KEYS_MAX,
	JWT_SECRET_MIN = 32,  /* bytes (RFC 7518, 3.2) */
	JWT_TEXT_MAX = 4096,  /* a longer token is not looked at */
	JWT_CLOCK_SLACK = 60, /* seconds that another host's clock may be ahead */
};

struct jwt_key {
	const char *id, *secret, *header; /* header: as it begins a token, in base64url */
	size_t      secret_length, header_length;
};

struct jwt_keys {
	const char    *issuer, *audience;
	struct jwt_key list[JWT_KEYS_MAX]; /* the first one signs */
	size_t         count;
};

/* What a token says.  Times are Unix seconds. */
struct jwt_claims {
	struct user_id    user;    /* sub */
	struct session_id session; /* sid */
	struct uuid       id;      /* jti */
	const char       *role, *name;
	const char       *avatar; /* NULL: none */
	bool              email_verified, phone_verified;
	int64_t           issued_at, expires_at;
};

enum jwt_outcome { JWT_VALID, JWT_INVALID, JWT_EXPIRED };

/*
 * Fills `keys` from the configuration: the signing key, and the old ones as "kid:secret" (a list ended by NULL).  What it
 * keeps lives in the arena, which must be as long-lived as the keys.  False when a secret is shorter than JWT_SECRET_MIN,
 * an old key has no id, two keys have one id, or there are too many.
 */
bool jwt_keys_make(struct arena *arena, const char *issuer, const char *audience, const char *key_id, const char *secret,
    const char *const *old_keys, struct jwt_keys *keys);

/* The signed token.  A name so long that the token would be too large is left out of it. */
const char *jwt_make(struct arena *arena, const struct jwt_keys *keys, const struct jwt_claims *claims);

/*
 * Reads a token at the time `now` (Unix seconds).  JWT_VALID: *claims is filled, its texts live in the arena.
 * JWT_EXPIRED: the token is ours and was good until it expired; *claims is filled as well.  JWT_INVALID: anything else.
 */
enum jwt_outcome jwt_check(
    struct arena *arena, const struct jwt_keys *keys, const char *token, int64_t now, struct jwt_claims *claims);

#endif
