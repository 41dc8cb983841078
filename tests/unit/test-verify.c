#include "verify/haatverify.h"

#include "tests/suite.h"

#define OLD_SECRET "whsec_test_secret_0000"
#define SECRET "whsec_test_secret_0001"
#define BODY \
	"{\"id\":\"evt_1TEST\",\"object\":\"event\",\"api_version\":\"2026-10-28.endive\",\"created\":1767323040," \
	"\"livemode\":false,\"type\":\"payment_intent.succeeded\",\"data\":{\"object\":{\"id\":\"pi_1TEST\"," \
	"\"object\":\"payment_intent\",\"amount\":2000,\"amount_received\":2000,\"currency\":\"usd\"," \
	"\"status\":\"succeeded\"}}}"
#define GOOD "975686aa27530225d05aa1faaae1ac353168fbc9e63d1692d94ba3cbbc2fc2ec"
#define GOOD_OLD "971e49b9410fe6a64ed39dae5f981b83a26f8b34f884dbf6902a88ea1c8b41b8"
#define V0 "6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39"
#define ROTATION "t=1767323045,v1=" GOOD_OLD ",v1=" GOOD ",v0=" V0

enum { T = 1767323045 };

static const char *const current[] = { SECRET, NULL };
static const char *const previous[] = { OLD_SECRET, NULL };
static const char *const both[] = { OLD_SECRET, SECRET, NULL };

static enum haat_verify_result
stripe(const char *header, const char *body, int64_t now)
{
	return haat_verify_stripe(header, body, strlen(body), current, now, HAAT_VERIFY_TOLERANCE_SECONDS);
}

static void
test_stripe_accepts_what_stripe_made(void)
{
	CHECK_INT(strlen(BODY), 278);
	CHECK_INT(stripe("t=1767323045,v1=" GOOD, BODY, T), HAAT_VERIFY_OK);
	CHECK_INT(stripe(ROTATION, BODY, T), HAAT_VERIFY_OK);
	CHECK_INT(stripe("v1=" GOOD ",t=1767323045", BODY, T), HAAT_VERIFY_OK);
	CHECK_INT(stripe("t=1767323045,v1=e1308eedf2d9cda9d9e2caea7481c96fe61d871a73f5572e7dc2bb4aae861345",
		      "{\"note\":\"\xe0\xa6\x9f T\xc3\xa9st\"}", T),
	    HAAT_VERIFY_OK);
}

static void
test_stripe_secrets_rotate(void)
{
	static const char *const empty[] = { "", NULL };
	static const char *const none[] = { NULL };

	CHECK_INT(haat_verify_stripe("t=1767323045,v1=" GOOD, BODY, 278, both, T, 300), HAAT_VERIFY_OK);
	CHECK_INT(haat_verify_stripe("t=1767323045,v1=" GOOD_OLD, BODY, 278, both, T, 300), HAAT_VERIFY_OK);
	CHECK_INT(haat_verify_stripe(ROTATION, BODY, 278, previous, T, 300), HAAT_VERIFY_OK);
	CHECK_INT(haat_verify_stripe("t=1767323045,v1=" GOOD, BODY, 278, previous, T, 300), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(haat_verify_stripe("t=1767323045,v1=" GOOD, BODY, 278, none, T, 300), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(haat_verify_stripe("t=1767323045,v1=" GOOD, BODY, 278, NULL, T, 300), HAAT_VERIFY_NO_MATCH);
	/* HMAC-SHA-256 with an empty key over "1767323045." BODY would be anyone's to make. */
	CHECK_INT(haat_verify_stripe("t=1767323045,v1=" GOOD, BODY, 278, empty, T, 300), HAAT_VERIFY_NO_MATCH);
}

static void
test_stripe_window_is_300_seconds_both_ways(void)
{
	const char *header = "t=1767323045,v1=" GOOD;

	CHECK_INT(stripe(header, BODY, T + 300), HAAT_VERIFY_OK);
	CHECK_INT(stripe(header, BODY, T + 301), HAAT_VERIFY_TOO_OLD);
	CHECK_INT(stripe(header, BODY, T - 300), HAAT_VERIFY_OK);
	CHECK_INT(stripe(header, BODY, T - 301), HAAT_VERIFY_TOO_NEW);
	CHECK_INT(stripe(header, BODY, INT64_MIN), HAAT_VERIFY_TOO_NEW);
	CHECK_INT(stripe(header, BODY, INT64_MAX), HAAT_VERIFY_TOO_OLD);
	CHECK_INT(haat_verify_stripe(header, BODY, 278, current, T + 1, -5), HAAT_VERIFY_TOO_OLD);
	/* The time means nothing before the signature has matched. */
	CHECK_INT(stripe("t=1767323045,v1=" GOOD_OLD, BODY, T + 9000), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(stripe("t=1767323046,v1=" GOOD, BODY, T), HAAT_VERIFY_NO_MATCH);
}

static void
test_stripe_notices_a_changed_body(void)
{
	char   body[] = BODY;
	size_t length = strlen(body);

	for (size_t i = 0; i < length; i += 13) {
		body[i] ^= 1;
		CHECK_INT(stripe("t=1767323045,v1=" GOOD, body, T), HAAT_VERIFY_NO_MATCH);
		body[i] ^= 1;
	}
	CHECK_INT(haat_verify_stripe("t=1767323045,v1=" GOOD, body, length - 1, current, T, 300), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(haat_verify_stripe("t=1767323045,v1=" GOOD, body, 0, current, T, 300), HAAT_VERIFY_EMPTY_BODY);
	CHECK_INT(haat_verify_stripe(NULL, NULL, 0, current, T, 300), HAAT_VERIFY_EMPTY_BODY);
}

static void
test_stripe_header_is_read_strictly(void)
{
	static const struct {
		const char             *header;
		enum haat_verify_result result;
	} cases[] = {
		{ NULL, HAAT_VERIFY_MISSING },
		{ "", HAAT_VERIFY_MISSING },
		{ "t=1767323045", HAAT_VERIFY_MISSING },
		{ "t=1767323045,v0=" V0, HAAT_VERIFY_MISSING },
		{ "t=1767323045,v0=" GOOD, HAAT_VERIFY_MISSING },
		{ "t=1767323045,v10=" GOOD, HAAT_VERIFY_MISSING },
		{ "v1=" GOOD, HAAT_VERIFY_MALFORMED },
		{ "t=1767323045,t=1767323045,v1=" GOOD, HAAT_VERIFY_MALFORMED },
		{ "t=,v1=" GOOD, HAAT_VERIFY_MALFORMED },
		{ "t=+1767323045,v1=" GOOD, HAAT_VERIFY_MALFORMED },
		{ "t=01767323045,v1=" GOOD, HAAT_VERIFY_MALFORMED },
		{ "t=1767323045.0,v1=" GOOD, HAAT_VERIFY_MALFORMED },
		{ "t=1767323045000,v1=" GOOD, HAAT_VERIFY_MALFORMED },
		{ "t=18446744075476874661,v1=" GOOD, HAAT_VERIFY_MALFORMED },
		{ "t= 1767323045,v1=" GOOD, HAAT_VERIFY_MALFORMED },
		{ "t=1767323045, v1=" GOOD, HAAT_VERIFY_MALFORMED },
		{ "t=1767323045,v1=" GOOD ",", HAAT_VERIFY_MALFORMED },
		{ ",t=1767323045,v1=" GOOD, HAAT_VERIFY_MALFORMED },
		{ "t=1767323045,=x,v1=" GOOD, HAAT_VERIFY_MALFORMED },
		{ "t=1767323045,junk,v1=" GOOD, HAAT_VERIFY_MALFORMED },
		{ "t=1767323045,v1=" GOOD "00", HAAT_VERIFY_MALFORMED },
		{ "t=1767323045,v1=975686aa", HAAT_VERIFY_MALFORMED },
		{ "t=1767323045,v1=", HAAT_VERIFY_MALFORMED },
		{ "t=1767323045,v1=975686AA27530225D05AA1FAAAE1AC353168FBC9E63D1692D94BA3CBBC2FC2EC", HAAT_VERIFY_MALFORMED },
		{ "t=1767323045,v1=g75686aa27530225d05aa1faaae1ac353168fbc9e63d1692d94ba3cbbc2fc2ec", HAAT_VERIFY_MALFORMED },
		{ "t=1767323045,v2=new,v1a=other,v1=" GOOD, HAAT_VERIFY_OK },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_INT(stripe(cases[i].header, BODY, T), cases[i].result);
}

static void
test_stripe_header_has_ceilings(void)
{
	char   header[8192] = "t=1767323045";
	size_t length;

	for (int copies = 0; copies < 15; copies++)
		memcpy(header + 12 + copies * 68, ",v1=" GOOD_OLD, 69);
	length = strlen(header);
	memcpy(header + length, ",v1=" GOOD, 69);
	CHECK_INT(stripe(header, BODY, T), HAAT_VERIFY_OK); /* the sixteenth counts */
	memcpy(header + length, ",v1=" GOOD_OLD ",v1=" GOOD, 137);
	CHECK_INT(stripe(header, BODY, T), HAAT_VERIFY_NO_MATCH); /* the seventeenth does not */

	memcpy(header, "t=1767323045,v1=" GOOD ",x=", 84);
	memset(header + 83, 'y', HAAT_VERIFY_HEADER_MAX - 83);
	header[HAAT_VERIFY_HEADER_MAX] = '\0';
	CHECK_INT(stripe(header, BODY, T), HAAT_VERIFY_OK);
	memcpy(header + HAAT_VERIFY_HEADER_MAX, "y", 2);
	CHECK_INT(stripe(header, BODY, T), HAAT_VERIFY_MALFORMED);
}

static void
test_stripe_signs_as_stripe(void)
{
	char header[HAAT_SIGN_STRIPE_SIZE];

	CHECK_INT(haat_sign_stripe(SECRET, T, BODY, 278, header, sizeof header), 0);
	CHECK_TEXT(header, "t=1767323045,v1=" GOOD);
	CHECK_INT(haat_sign_stripe(OLD_SECRET, T, BODY, 278, header, sizeof header), 0);
	CHECK_TEXT(header, "t=1767323045,v1=" GOOD_OLD);
	CHECK_INT(haat_sign_stripe(SECRET, 999999999999, BODY, 278, header, sizeof header), 0);
	CHECK_INT(stripe(header, BODY, 999999999999), HAAT_VERIFY_OK);
	CHECK_INT(haat_sign_stripe(SECRET, 1000000000000, BODY, 278, header, sizeof header), -1);
	CHECK_INT(haat_sign_stripe(SECRET, -1, BODY, 278, header, sizeof header), -1);
	CHECK_INT(haat_sign_stripe("", T, BODY, 278, header, sizeof header), -1);
	CHECK_INT(haat_sign_stripe(SECRET, T, BODY, 278, header, sizeof header - 1), -1);
}

#define GENERIC_BODY "{\"event\":\"payment.succeeded\",\"id\":\"evt_42\"}"
#define GENERIC_BOTH "sha256=6d6d5c36ebbd782201c7f4ae3619e8f802b2887bfdde5df06784fd71436a9442"
#define GENERIC_PLAIN "sha256=bf4136186d6d2e8fe3322ebf43b7bb15e91f7921bd36e8801295e1fcf6bb6d65"

static enum haat_verify_result
generic(const char *signature, const char *timestamp, enum haat_verify_over over, int64_t now)
{
	static const char *const secrets[] = { "another", "generic-shared-secret", NULL };

	return haat_verify_hmac(signature, timestamp, over, GENERIC_BODY, strlen(GENERIC_BODY), secrets, now, 300);
}

static void
test_generic_over_time_and_body(void)
{
	const enum haat_verify_over over = HAAT_VERIFY_OVER_TIMESTAMP_AND_BODY;

	CHECK_INT(generic(GENERIC_BOTH, "1767323045", over, T), HAAT_VERIFY_OK);
	CHECK_INT(generic(GENERIC_BOTH, "1767323045", over, T + 300), HAAT_VERIFY_OK);
	CHECK_INT(generic(GENERIC_BOTH, "1767323045", over, T + 301), HAAT_VERIFY_TOO_OLD);
	CHECK_INT(generic(GENERIC_BOTH, "1767323045", over, T - 301), HAAT_VERIFY_TOO_NEW);
	CHECK_INT(generic(GENERIC_BOTH, "1767323046", over, T), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(generic(GENERIC_PLAIN, "1767323045", over, T), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(generic(GENERIC_BOTH, NULL, over, T), HAAT_VERIFY_MISSING);
	CHECK_INT(generic(GENERIC_BOTH, "", over, T), HAAT_VERIFY_MISSING);
	CHECK_INT(generic(GENERIC_BOTH, "soon", over, T), HAAT_VERIFY_MALFORMED);
	CHECK_INT(generic(NULL, "1767323045", over, T), HAAT_VERIFY_MISSING);
	CHECK_INT(generic("sha1=00", "1767323045", over, T), HAAT_VERIFY_MALFORMED);
	CHECK_INT(generic(GENERIC_BOTH "0", "1767323045", over, T), HAAT_VERIFY_MALFORMED);
}

static void
test_generic_over_the_body(void)
{
	static const char *const github[] = { "It's a Secret to Everybody", NULL };

	CHECK_INT(generic(GENERIC_PLAIN, NULL, HAAT_VERIFY_OVER_BODY, T), HAAT_VERIFY_OK);
	CHECK_INT(generic(GENERIC_BOTH, "1767323045", HAAT_VERIFY_OVER_BODY, T), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(haat_verify_hmac("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", NULL,
		      HAAT_VERIFY_OVER_BODY, "Hello, World!", 13, github, 0, 300),
	    HAAT_VERIFY_OK);
	CHECK_INT(haat_verify_hmac(GENERIC_PLAIN, NULL, HAAT_VERIFY_OVER_BODY, "", 0, github, 0, 300), HAAT_VERIFY_EMPTY_BODY);
}

#define STANDARD_ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define STANDARD_TIME "1614265330"
#define STANDARD_GOOD "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static enum haat_verify_result
standard(const char *id, const char *timestamp, const char *signatures, const char *secret)
{
	const char *secrets[] = { "whsec_notbase64", secret, NULL };

	return haat_verify_standard(id, timestamp, signatures, "{\"test\": 2432232314}", 20, secrets, 1614265330, 300);
}

static void
test_standard_webhooks(void)
{
	const char *secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
	const char *list = "v1a,xx v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= " STANDARD_GOOD;

	CHECK_INT(standard(STANDARD_ID, STANDARD_TIME, STANDARD_GOOD, secret), HAAT_VERIFY_OK);
	CHECK_INT(standard(STANDARD_ID, STANDARD_TIME, STANDARD_GOOD, secret + 6), HAAT_VERIFY_OK);
	CHECK_INT(standard(STANDARD_ID, STANDARD_TIME, list, secret), HAAT_VERIFY_OK);
	CHECK_INT(standard("msg_other", STANDARD_TIME, STANDARD_GOOD, secret), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(standard(STANDARD_ID, "1614265331", STANDARD_GOOD, secret), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(
	    standard(STANDARD_ID, STANDARD_TIME, STANDARD_GOOD, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(standard(STANDARD_ID, STANDARD_TIME, STANDARD_GOOD, "whsec_AAAA"), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(standard(STANDARD_ID, STANDARD_TIME, "v1a,xx", secret), HAAT_VERIFY_MISSING);
	CHECK_INT(standard(STANDARD_ID, STANDARD_TIME, NULL, secret), HAAT_VERIFY_MISSING);
	CHECK_INT(standard("", STANDARD_TIME, STANDARD_GOOD, secret), HAAT_VERIFY_MISSING);
	CHECK_INT(standard("msg.1", STANDARD_TIME, STANDARD_GOOD, secret), HAAT_VERIFY_MALFORMED);
	CHECK_INT(standard(STANDARD_ID, "yesterday", STANDARD_GOOD, secret), HAAT_VERIFY_MALFORMED);
	CHECK_INT(standard(STANDARD_ID, STANDARD_TIME, "v1,AAAA", secret), HAAT_VERIFY_MALFORMED);
	CHECK_INT(standard(STANDARD_ID, STANDARD_TIME, "junk " STANDARD_GOOD, secret), HAAT_VERIFY_MALFORMED);
	CHECK_INT(standard(STANDARD_ID, STANDARD_TIME, STANDARD_GOOD " ", secret), HAAT_VERIFY_MALFORMED);
}

static void
test_standard_webhooks_window(void)
{
	static const char *const secrets[] = { "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", NULL };
	static const char        body[] = "{\"test\": 2432232314}";

	CHECK_INT(
	    haat_verify_standard(STANDARD_ID, STANDARD_TIME, STANDARD_GOOD, body, 20, secrets, 1614265630, 300), HAAT_VERIFY_OK);
	CHECK_INT(haat_verify_standard(STANDARD_ID, STANDARD_TIME, STANDARD_GOOD, body, 20, secrets, 1614265631, 300),
	    HAAT_VERIFY_TOO_OLD);
	CHECK_INT(haat_verify_standard(STANDARD_ID, STANDARD_TIME, STANDARD_GOOD, body, 20, secrets, 1614265029, 300),
	    HAAT_VERIFY_TOO_NEW);
	CHECK_INT(haat_verify_standard(STANDARD_ID, STANDARD_TIME, STANDARD_GOOD, body, 0, secrets, 1614265330, 300),
	    HAAT_VERIFY_EMPTY_BODY);
}

static void
test_each_result_has_its_reason(void)
{
	for (int a = HAAT_VERIFY_OK; a <= HAAT_VERIFY_MALFORMED_BODY; a++)
		for (int b = a + 1; b <= HAAT_VERIFY_MALFORMED_BODY + 1; b++)
			CHECK(strcmp(haat_verify_reason(a), haat_verify_reason(b)) != 0);
}

SUITE("webhook signatures", TEST(test_stripe_accepts_what_stripe_made), TEST(test_stripe_secrets_rotate),
    TEST(test_stripe_window_is_300_seconds_both_ways), TEST(test_stripe_notices_a_changed_body),
    TEST(test_stripe_header_is_read_strictly), TEST(test_stripe_header_has_ceilings), TEST(test_stripe_signs_as_stripe),
    TEST(test_generic_over_time_and_body), TEST(test_generic_over_the_body), TEST(test_standard_webhooks),
    TEST(test_standard_webhooks_window), TEST(test_each_result_has_its_reason))
