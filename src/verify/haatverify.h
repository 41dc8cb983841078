/*
 * haatverify.h: is this webhook from who it says it is?
 *
 * libhaatverify checks, and for Stripe makes, the signatures of webhooks.  It needs OpenSSL's libcrypto and nothing
 * else, opens no file and no connection, keeps no state and is safe to call from any thread.  Nothing it allocates
 * outlives a call but what haat_verify_trust_new and haat_verify_sns_read return.  All arguments stay the caller's; NULL or
 * "" stands for a header that did not come.  A header that came twice is not a list: haat_verify_header refuses it, and so
 * does every scheme when a server has joined the two with a comma.
 *
 * What it promises: the digest is taken over the bytes as they were received, compared in constant time against every
 * secret given (old and new ones while a secret is being replaced), and a message whose scheme signs a time is accepted only
 * when that lies within `tolerance_seconds` of `now_unix`, before or after, both ends included.  The time is looked at
 * only after a signature has matched.  Everything is read strictly: what has two readings is refused.
 *
 * `secrets` always ends with NULL; empty ones are skipped, so that no message is signed with nothing.
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
	HAAT_VERIFY_MISSING,        /* no signature of a scheme that counts */
	HAAT_VERIFY_MALFORMED,      /* a header that cannot be read in one way only */
	HAAT_VERIFY_NO_MATCH,       /* well formed, but made with another secret or over another body */
	HAAT_VERIFY_TOO_OLD,        /* authentic, but signed before the window: perhaps a replay */
	HAAT_VERIFY_TOO_NEW,        /* authentic, but signed after the window: a clock is wrong */
	HAAT_VERIFY_EMPTY_BODY,     /* nothing was signed */
	HAAT_VERIFY_REPEATED,       /* a header came more than once */
	HAAT_VERIFY_WRONG_ADDRESS,  /* the address of the certificate, or of a confirmation, is not the provider's */
	HAAT_VERIFY_UNTRUSTED,      /* no certificate, or one that is not the provider's, not valid now or not under a root */
	HAAT_VERIFY_NOT_OURS,       /* for a topic that is not ours */
	HAAT_VERIFY_MALFORMED_BODY, /* a body that cannot be read in one way only */
};

/* What the digest of the generic scheme is taken over. */
enum haat_verify_over {
	HAAT_VERIFY_OVER_TIMESTAMP_AND_BODY, /* timestamp "." body */
	HAAT_VERIFY_OVER_BODY,               /* the body alone: no protection against replay */
};

enum {
	HAAT_VERIFY_TOLERANCE_SECONDS = 300,      /* what the schemes recommend */
	HAAT_VERIFY_SNS_TOLERANCE_SECONDS = 3600, /* for SNS, which repeats a message with its first time */
	HAAT_VERIFY_HEADER_MAX = 4096,            /* longer headers are malformed */
	HAAT_VERIFY_SIGNATURES_MAX = 16,          /* signatures of one header that are looked at; the rest is skipped */
	HAAT_VERIFY_PEM_MAX = 4 << 20,            /* longer texts hold no certificates */
	HAAT_VERIFY_ROOTS_MAX = 2000,
	HAAT_VERIFY_CERTIFICATES_MAX = 8,   /* one and its chain */
	HAAT_VERIFY_SNS_BODY_MAX = 1 << 20, /* SNS allows 256 KiB of message */
	HAAT_SIGN_STRIPE_SIZE = 96,         /* room for what haat_sign_stripe writes */
};

/* For schemes that repeat old messages for days (PayPal): the time may be any; the event's id must stop replays. */
#define HAAT_VERIFY_ANY_AGE INT64_MAX

/* What a result means, in English, lower case, without a full stop; never NULL. */
const char *haat_verify_reason(enum haat_verify_result result);

/* A request's header as it was received. */
struct haat_verify_header {
	const char *name, *value;
};

/*
 * The value of the header of this name, in any case, into `*value`.  MISSING when there is none or it is empty, REPEATED
 * when there are two, equal or not.
 */
enum haat_verify_result haat_verify_header(
    const struct haat_verify_header *headers, size_t count, const char *name, const char **value);

/*
 * Stripe: `header` is Stripe-Signature, "t=<unix>,v1=<hex>[,v1=<hex>...]"; the digest is HMAC-SHA-256 over t "." body
 * with the whole secret ("whsec_..." included) as the key.  v0 and unknown schemes are skipped.  Source: Stripe's
 * documentation, "Verify webhook signatures manually".
 */
enum haat_verify_result haat_verify_stripe(
    const char *header, const void *body, size_t length, const char *const *secrets, int64_t now_unix, int64_t tolerance_seconds);

/*
 * Makes the header Stripe would send: "t=<timestamp_unix>,v1=<hex>" and a NUL into `into`.  0 on success; -1 when
 * `size` is below HAAT_SIGN_STRIPE_SIZE, the secret is empty, the time is not 0 to 999999999999, or the digest fails.
 */
int haat_sign_stripe(const char *secret, int64_t timestamp_unix, const void *body, size_t length, char *into, size_t size);

/*
 * The generic scheme: `signature` is "sha256=<hex>", HMAC-SHA-256 over what `over` says; `timestamp` is the decimal
 * Unix time of its own header and is neither needed nor looked at when only the body is signed.
 */
enum haat_verify_result haat_verify_hmac(const char *signature, const char *timestamp, enum haat_verify_over over,
    const void *body, size_t length, const char *const *secrets, int64_t now_unix, int64_t tolerance_seconds);

/*
 * Standard Webhooks 1.0: the headers webhook-id, webhook-timestamp and webhook-signature, the last a list of
 * "v1,<base64>" (HMAC-SHA-256) and "v1a,<base64>" (Ed25519) separated by spaces; unknown versions are skipped.  A secret is
 * "whsec_" and the base64 of 24 to 64 bytes, or a public key, "whpk_" and the base64 of 32; one that is neither can match
 * nothing.  Source: standardwebhooks.com, the specification.
 */
enum haat_verify_result haat_verify_standard(const char *id, const char *timestamp, const char *signatures, const void *body,
    size_t length, const char *const *secrets, int64_t now_unix, int64_t tolerance_seconds);

/*
 * Razorpay: `signature` is X-Razorpay-Signature, HMAC-SHA-256 over the body in hexadecimal, with the webhook's secret (not
 * that of the API).  No time is signed: x-razorpay-event-id must stop replays.
 */
enum haat_verify_result haat_verify_razorpay(const char *signature, const void *body, size_t length, const char *const *secrets);

/*
 * Razorpay's checkout: razorpay_signature, HMAC-SHA-256 over order_id "|" payment_id with the API's secret.  `order_id`
 * must be the one that was stored when the order was made, not what the browser brings.
 */
enum haat_verify_result haat_verify_razorpay_checkout(
    const char *order_id, const char *payment_id, const char *signature, const char *const *secrets);

/*
 * Paystack: `signature` is x-paystack-signature, HMAC-SHA-512 over the body in hexadecimal, with the API's secret key.
 * Neither a time nor an id is signed.
 */
enum haat_verify_result haat_verify_paystack(const char *signature, const void *body, size_t length, const char *const *secrets);

/* What Flutterwave's header holds. */
enum haat_verify_flutterwave {
	HAAT_VERIFY_FLUTTERWAVE_HMAC,        /* v4, flutterwave-signature: HMAC-SHA-256 over the body in base64 */
	HAAT_VERIFY_FLUTTERWAVE_SECRET_HASH, /* v3, verif-hash: the secret hash itself */
};

/*
 * Flutterwave.  A secret hash says nothing about the body: ask Flutterwave for the transaction before acting on it.  Some
 * accounts of v4 are documented to send the secret hash, too; accept that only where it was seen.
 */
enum haat_verify_result haat_verify_flutterwave(
    const char *signature, enum haat_verify_flutterwave form, const void *body, size_t length, const char *const *secrets);

/* Roots that certificates have to lead to. */
struct haat_verify_trust;

/*
 * Reads one or more roots in PEM, for instance the system's bundle; NULL when one of them cannot be read.  A certificate
 * that is no root is trusted as it stands: that pins it.
 */
struct haat_verify_trust *haat_verify_trust_new(const char *pem, size_t length);
void                      haat_verify_trust_free(struct haat_verify_trust *trust);

/* What was got from the address a message names: its first certificate signs, the others are its chain. */
struct haat_verify_certificates {
	const char                     *pem;
	size_t                          length;
	const struct haat_verify_trust *trust;
};

/* Messages of one environment are nothing in the other. */
enum haat_verify_environment { HAAT_VERIFY_LIVE, HAAT_VERIFY_SANDBOX };

/* PayPal's headers PAYPAL-TRANSMISSION-ID, -TIME and -SIG, PAYPAL-CERT-URL and PAYPAL-AUTH-ALGO. */
struct haat_verify_paypal {
	const char *transmission_id, *transmission_time, *transmission_sig, *cert_url, *auth_algo;
};

/* May a certificate be fetched from there?  OK, MISSING or WRONG_ADDRESS.  Do not follow redirects. */
enum haat_verify_result haat_verify_paypal_address(const char *cert_url, enum haat_verify_environment environment);

/* Is it worth keeping: PayPal's by name and chain, valid now?  OK or UNTRUSTED. */
enum haat_verify_result haat_verify_paypal_certificate(
    const struct haat_verify_certificates *certificates, enum haat_verify_environment environment, int64_t now_unix);

/* What can be seen before the certificate is here: all headers are there and well formed, the address and the time good. */
enum haat_verify_result haat_verify_paypal_headers(const struct haat_verify_paypal *headers,
    enum haat_verify_environment environment, int64_t now_unix, int64_t tolerance_seconds);

/*
 * PayPal, offline: RSA with SHA-256 over transmission id "|" time "|" webhook id "|" CRC-32 of the body, by a certificate
 * named messageverificationcerts[...].paypal.com.  `webhook_id` is that of the webhook as it was registered.  PayPal
 * repeats an event for three days with its first time: use HAAT_VERIFY_ANY_AGE and the event's id.
 */
enum haat_verify_result haat_verify_paypal(const struct haat_verify_paypal *headers, enum haat_verify_environment environment,
    const char *webhook_id, const void *body, size_t length, const struct haat_verify_certificates *certificates,
    int64_t now_unix, int64_t tolerance_seconds);

/* A message of Amazon SNS (bKash), read but not yet believed. */
struct haat_verify_sns;

enum haat_verify_sns_member {
	HAAT_VERIFY_SNS_TYPE, /* "Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation" */
	HAAT_VERIFY_SNS_MESSAGE_ID,
	HAAT_VERIFY_SNS_TOPIC_ARN,
	HAAT_VERIFY_SNS_SUBJECT,
	HAAT_VERIFY_SNS_MESSAGE,
	HAAT_VERIFY_SNS_TIMESTAMP,
	HAAT_VERIFY_SNS_SIGNATURE_VERSION,
	HAAT_VERIFY_SNS_SIGNATURE,
	HAAT_VERIFY_SNS_SIGNING_CERT_URL,
	HAAT_VERIFY_SNS_SUBSCRIBE_URL, /* of confirmations: to be fetched once, after haat_verify_sns has said OK */
	HAAT_VERIFY_SNS_TOKEN,
};

/* What the receiver knows beforehand. */
struct haat_verify_sns_expected {
	const char        *type;            /* the header x-amz-sns-message-type; NULL when it is not compared */
	const char *const *topics;          /* the topics that are ours, NULL at the end: anybody can sign for one of his own */
	int                allow_version_1; /* SHA-1; bKash is documented to send it */
};

/* Reads the body, strictly: EMPTY_BODY or MALFORMED_BODY, else OK and an `*envelope` that haat_verify_sns_free frees. */
enum haat_verify_result haat_verify_sns_read(const void *body, size_t length, struct haat_verify_sns **envelope);
void                    haat_verify_sns_free(struct haat_verify_sns *envelope);

/* The member's value in UTF-8, "" when it is not there; lives as long as the envelope. */
const char *haat_verify_sns_member(const struct haat_verify_sns *envelope, enum haat_verify_sns_member member);

/* May a certificate be fetched from there?  OK, MISSING or WRONG_ADDRESS.  Do not follow redirects. */
enum haat_verify_result haat_verify_sns_address(const char *cert_url);

/* Is it worth keeping: Amazon's by name and chain, valid now?  OK or UNTRUSTED. */
enum haat_verify_result haat_verify_sns_certificate(const struct haat_verify_certificates *certificates, int64_t now_unix);

/* What can be seen before the certificate is here: members, type, topic, addresses and the time. */
enum haat_verify_result haat_verify_sns_envelope(const struct haat_verify_sns *envelope,
    const struct haat_verify_sns_expected *expected, int64_t now_unix, int64_t tolerance_seconds);

/* SNS: RSA with SHA-256 (version 2) or SHA-1 (version 1) over the signed members, by a certificate named sns.amazonaws.com. */
enum haat_verify_result haat_verify_sns(const struct haat_verify_sns *envelope, const struct haat_verify_sns_expected *expected,
    const struct haat_verify_certificates *certificates, int64_t now_unix, int64_t tolerance_seconds);

#ifdef __cplusplus
}
#endif

#endif
