/*
 * haatverify.h: is this webhook from who it says it is?
 *
 * libhaatverify checks, and for Stripe makes, the signatures of webhooks.  It needs OpenSSL's libcrypto and nothing
 * else, keeps no state, allocates nothing that outlives a call and is safe to call from any thread.  All arguments stay
 * the caller's; NULL or "" stands for a header that did not come.  A header that came twice must be refused by the
 * caller: it is not a list.
 *
 * What it promises: the digest is taken over the bytes as they were received, compared in constant time against every
 * secret given (old and new ones while a secret is being replaced), and a message is accepted only when its own signed
 * time lies within `tolerance_seconds` of `now_unix`, before or after, both ends included.  The time is looked at only
 * after a signature has matched.  Everything is read strictly: what has two readings is refused.
 */
#ifndef HAATVERIFY_H
#define HAATVERIFY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum haat_verify_result {
	HAAT_VERIFY_OK = 0,
	HAAT_VERIFY_MISSING,    /* no signature of a scheme that counts */
	HAAT_VERIFY_MALFORMED,  /* a header that cannot be read in one way only */
	HAAT_VERIFY_NO_MATCH,   /* well formed, but made with another secret or over another body */
	HAAT_VERIFY_TOO_OLD,    /* authentic, but signed before the window: perhaps a replay */
	HAAT_VERIFY_TOO_NEW,    /* authentic, but signed after the window: a clock is wrong */
	HAAT_VERIFY_EMPTY_BODY, /* nothing was signed */
};

/* What the digest of the generic scheme is taken over. */
enum haat_verify_over {
	HAAT_VERIFY_OVER_TIMESTAMP_AND_BODY, /* timestamp "." body */
	HAAT_VERIFY_OVER_BODY,               /* the body alone: no protection against replay */
};

enum {
	HAAT_VERIFY_TOLERANCE_SECONDS = 300, /* what the schemes recommend */
	HAAT_VERIFY_HEADER_MAX = 4096,       /* longer headers are malformed */
	HAAT_VERIFY_SIGNATURES_MAX = 16,     /* signatures of one header that are looked at; the rest is skipped */
	HAAT_SIGN_STRIPE_SIZE = 96,          /* room for what haat_sign_stripe writes */
};

/*
 * Stripe: `header` is Stripe-Signature, "t=<unix>,v1=<hex>[,v1=<hex>...]"; the digest is HMAC-SHA-256 over t "." body
 * with the whole secret ("whsec_..." included) as the key.  v0 and unknown schemes are skipped.  `secrets` ends with
 * NULL; empty ones are skipped.  Source: Stripe's documentation, "Verify webhook signatures manually".
 */
enum haat_verify_result haat_verify_stripe(
    const char *header, const void *body, size_t length, const char *const *secrets, int64_t now_unix, int64_t tolerance_seconds);

/*
 * The generic scheme: `signature` is "sha256=<hex>", HMAC-SHA-256 over what `over` says; `timestamp` is the decimal
 * Unix time of its own header and is neither needed nor looked at when only the body is signed.
 */
enum haat_verify_result haat_verify_hmac(const char *signature, const char *timestamp, enum haat_verify_over over,
    const void *body, size_t length, const char *const *secrets, int64_t now_unix, int64_t tolerance_seconds);

/*
 * Standard Webhooks 1.0: the headers webhook-id, webhook-timestamp and webhook-signature, the last a list of
 * "v1,<base64>" separated by spaces (v1a and unknown versions are skipped).  A secret is "whsec_" and the base64 of 24
 * to 64 bytes; one that is not can match nothing.  Source: standardwebhooks.com, the specification.
 */
enum haat_verify_result haat_verify_standard(const char *id, const char *timestamp, const char *signatures, const void *body,
    size_t length, const char *const *secrets, int64_t now_unix, int64_t tolerance_seconds);

/* What a result means, in English, lower case, without a full stop; never NULL. */
const char *haat_verify_reason(enum haat_verify_result result);

/*
 * Makes the header Stripe would send: "t=<timestamp_unix>,v1=<hex>" and a NUL into `into`.  0 on success; -1 when
 * `size` is below HAAT_SIGN_STRIPE_SIZE, the secret is empty, the time is not 0 to 999999999999, or the digest fails.
 */
int haat_sign_stripe(const char *secret, int64_t timestamp_unix, const void *body, size_t length, char *into, size_t size);

#ifdef __cplusplus
}
#endif

#endif
