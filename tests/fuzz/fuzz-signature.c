/* Signatures of webhooks.  Parts: a header, an id, then the body. */
#include "base/encoding.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "verify/haatverify.h"

#include <string.h>

enum { NOW = 1800000000, TOLERANCE = 300 };

static const char        secret[] = "whsec_ZnV6ei1mdXp6LWZ1enotZnV6ei1mdXp6";
static const char *const secrets[] = { "whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQ=", secret, NULL };

/* One of ours is right, and wrong with a bit of the body, the header or the clock changed. */
static void
ours_counts(const char *header, const uint8_t *body, size_t length)
{
	char        ours[HAAT_SIGN_STRIPE_SIZE];
	uint8_t    *changed = arena_alloc(fuzz_arena(), length);
	const char *both;

	PROPERTY(haat_sign_stripe(secret, NOW, body, length, ours, sizeof ours) == 0);
	PROPERTY(haat_verify_stripe(ours, body, length, secrets, NOW, TOLERANCE) == HAAT_VERIFY_OK);
	PROPERTY(haat_verify_stripe(ours, body, length, secrets, NOW + TOLERANCE + 1, TOLERANCE) == HAAT_VERIFY_TOO_OLD);
	PROPERTY(haat_verify_stripe(ours, body, length, secrets, NOW - TOLERANCE - 1, TOLERANCE) == HAAT_VERIFY_TOO_NEW);
	memcpy(changed, body, length);
	changed[length / 2] ^= 1;
	PROPERTY(haat_verify_stripe(ours, changed, length, secrets, NOW, TOLERANCE) == HAAT_VERIFY_NO_MATCH);
	/* Whatever else stands in the header: it is refused, or the signature that is right counts. */
	both = arena_format(fuzz_arena(), "%s,%s", ours, header);
	switch (haat_verify_stripe(both, body, length, secrets, NOW, TOLERANCE)) {
	case HAAT_VERIFY_OK:
	case HAAT_VERIFY_MALFORMED:
		break;
	default:
		PROPERTY(!"the right signature was not seen");
	}
}

/* The schemes without a time; and PayPal's headers, which are checked before its certificate is here. */
static void
plain_counts(const char *header, const char *id, const uint8_t *body, size_t length)
{
	const struct haat_verify_paypal paypal = { id, header, header, header, "SHA256withRSA" };
	const char                     *value;
	const struct haat_verify_header twice[] = { { "X-Signature", header }, { id, header } };

	PROPERTY(haat_verify_razorpay(header, body, length, secrets) != HAAT_VERIFY_OK);
	PROPERTY(haat_verify_razorpay_checkout(id, header, header, secrets) != HAAT_VERIFY_OK);
	PROPERTY(haat_verify_paystack(header, body, length, secrets) != HAAT_VERIFY_OK);
	PROPERTY(haat_verify_flutterwave(header, HAAT_VERIFY_FLUTTERWAVE_HMAC, body, length, secrets) != HAAT_VERIFY_OK);
	PROPERTY(strcmp(header, secret) == 0 || strcmp(header, secrets[0]) == 0 ||
	    haat_verify_flutterwave(header, HAAT_VERIFY_FLUTTERWAVE_SECRET_HASH, body, length, secrets) != HAAT_VERIFY_OK);
	PROPERTY(haat_verify_paypal_headers(&paypal, HAAT_VERIFY_LIVE, NOW, TOLERANCE) != HAAT_VERIFY_OK);
	haat_verify_header(twice, 2, "x-signature", &value);
	PROPERTY(value == NULL || value == header);
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	const char *header = fuzz_part(&bytes, &length), *id = fuzz_part(&bytes, &length);
	const char *timestamp = arena_format(fuzz_arena(), "%d", NOW);

	/* Nobody else has the secrets. */
	PROPERTY(haat_verify_stripe(header, bytes, length, secrets, NOW, TOLERANCE) != HAAT_VERIFY_OK);
	PROPERTY(haat_verify_standard(id, timestamp, header, bytes, length, secrets, NOW, TOLERANCE) != HAAT_VERIFY_OK);
	PROPERTY(
	    haat_verify_hmac(header, timestamp, HAAT_VERIFY_OVER_BODY, bytes, length, secrets, NOW, TOLERANCE) != HAAT_VERIFY_OK);
	PROPERTY(haat_verify_hmac(header, id, HAAT_VERIFY_OVER_TIMESTAMP_AND_BODY, bytes, length, secrets, NOW, TOLERANCE) !=
	    HAAT_VERIFY_OK);
	plain_counts(header, id, bytes, length);
	if (length > 0)
		ours_counts(header, bytes, length);
}
