/* Signatures of schemes that sign no time, public keys of Standard Webhooks, and headers that come twice. */
#include "tests/suite.h"
#include "verify/haatverify.h"

#include <string.h>

#define RAZORPAY_BODY \
	"{\"entity\":\"event\",\"account_id\":\"acc_BFQ7uQEaa7j2z7\",\"event\":\"payment.captured\",\"contains\":" \
	"[\"payment\"],\"payload\":{\"payment\":{\"entity\":{\"id\":\"pay_DESlfW9H8K9uqM\",\"entity\":\"payment\",\"" \
	"amount\":5000,\"currency\":\"INR\",\"status\":\"captured\",\"order_id\":\"order_DESlLckIVRkHWj\",\"captu" \
	"red\":true}}},\"created_at\":1767323045}"
#define RAZORPAY_GOOD "2057368cafab4ba97df028b45658037f2243e1aa6806a6877d0139d96a60b9e6"
#define CHECKOUT_GOOD "0d4e745a1838664ad6c9c9902212a32d627d68e917290b0ad5f08ff4561bc50f"
#define PAYSTACK_BODY \
	"{\"event\":\"charge.success\",\"data\":{\"id\":302961,\"domain\":\"test\",\"status\":\"success\",\"referenc" \
	"e\":\"ref-1001\",\"amount\":10000,\"currency\":\"NGN\",\"paid_at\":\"2026-01-02T03:04:05.000Z\"}}"
#define PAYSTACK_GOOD \
	"91d8a525909d7f3d055f6207b64f6ac318346f9fbf42e476d6d28e1e12db2f14dc9c07c1366674ca2cd9bd0048" \
	"a0aec03cbcd580951f76273ae5e675eb427dc4"
#define FLUTTERWAVE_BODY \
	"{\"id\":\"wbk_W5p6ktwU0jQ8RO4By860\",\"timestamp\":1767323045000,\"type\":\"charge.completed\",\"data" \
	"\":{\"id\":\"chg_Hq4oBRTJ4r\",\"amount\":2500,\"currency\":\"KES\",\"reference\":\"ref-1001\",\"status\":\"s" \
	"ucceeded\"}}"
#define FLUTTERWAVE_GOOD "lmzOi40JOKeX0nTVlj0yIS/qy8rcSs9O/C7MOCghduo="
#define FLUTTERWAVE_HEX "966cce8b8d0938a797d274d5963d32212feacbcadc4acf4efc2ecc38282176ea"

static const char *const razorpay[] = { "another", "rzp_whsec_0001", NULL };
static const char *const checkout[] = { "another", "EnLs21M47BllR3X8PSFtjtbd", NULL };
static const char *const paystack[] = { "another", "paystack-test-secret-0001", NULL };
static const char *const flutterwave[] = { "another", "flw-secret-hash-0001", NULL };
static const char *const others[] = { "another", "", NULL };
static const char *const none[] = { NULL };

typedef enum haat_verify_result verify_function(const char *, const void *, size_t, const char *const *);

static enum haat_verify_result
flutterwave_hmac(const char *signature, const void *body, size_t length, const char *const *secrets)
{
	return haat_verify_flutterwave(signature, HAAT_VERIFY_FLUTTERWAVE_HMAC, body, length, secrets);
}

/* What holds for each scheme that signs the body alone. */
static void
check_scheme(verify_function *verify, const char *good, const char *body, const char *const *secrets)
{
	size_t length = strlen(body), digits = strlen(good);
	char   text[1024], header[512];

	CHECK_INT(verify(good, body, length, secrets), HAAT_VERIFY_OK);
	CHECK_INT(verify(good, body, length, secrets + 1), HAAT_VERIFY_OK);
	CHECK_INT(verify(good, body, length, others), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(verify(good, body, length, none), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(verify(good, body, length, NULL), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(verify(good, body, length - 1, secrets), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(verify(good, body, 0, secrets), HAAT_VERIFY_EMPTY_BODY);
	CHECK_INT(verify(good, NULL, length, secrets), HAAT_VERIFY_EMPTY_BODY);
	CHECK_INT(verify(NULL, body, length, secrets), HAAT_VERIFY_MISSING);
	CHECK_INT(verify("", body, length, secrets), HAAT_VERIFY_MISSING);
	CHECK_INT(verify("x", body, length, secrets), HAAT_VERIFY_MALFORMED);
	for (size_t i = 0; i < length; i += 11) {
		memcpy(text, body, length);
		text[i] ^= 1;
		CHECK_INT(verify(good, text, length, secrets), HAAT_VERIFY_NO_MATCH);
	}
	for (size_t i = 0; i < digits - 2; i += 3) {
		memcpy(header, good, digits + 1);
		header[i] = header[i] == 'a' ? 'b' : 'a';
		CHECK_INT(verify(header, body, length, secrets), HAAT_VERIFY_NO_MATCH);
		header[i] = '-';
		CHECK_INT(verify(header, body, length, secrets), HAAT_VERIFY_MALFORMED);
	}
	snprintf(header, sizeof header, "%s, %s", good, good); /* twice, as servers join it */
	CHECK_INT(verify(header, body, length, secrets), HAAT_VERIFY_MALFORMED);
	snprintf(header, sizeof header, "%s ", good);
	CHECK_INT(verify(header, body, length, secrets), HAAT_VERIFY_MALFORMED);
	snprintf(header, sizeof header, "%.*s", (int)digits - 1, good);
	CHECK_INT(verify(header, body, length, secrets), HAAT_VERIFY_MALFORMED);
}

static void
test_razorpay(void)
{
	char upper[] = RAZORPAY_GOOD;

	check_scheme(haat_verify_razorpay, RAZORPAY_GOOD, RAZORPAY_BODY, razorpay);
	for (char *c = upper; *c != '\0'; c++)
		*c = (char)(*c >= 'a' ? *c - 32 : *c);
	CHECK_INT(haat_verify_razorpay(upper, RAZORPAY_BODY, strlen(RAZORPAY_BODY), razorpay), HAAT_VERIFY_MALFORMED);
}

static void
test_razorpay_checkout(void)
{
	static const struct {
		const char             *order, *payment, *signature;
		enum haat_verify_result result;
	} cases[] = {
		{ "order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l", CHECKOUT_GOOD, HAAT_VERIFY_OK },
		{ "order_IEIaMR65cu6nz4", "pay_IH4NVgf4Dreq1l", CHECKOUT_GOOD, HAAT_VERIFY_NO_MATCH },
		{ "order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1m", CHECKOUT_GOOD, HAAT_VERIFY_NO_MATCH },
		{ "pay_IH4NVgf4Dreq1l", "order_IEIaMR65cu6nz3", CHECKOUT_GOOD, HAAT_VERIFY_NO_MATCH },
		{ "order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l", RAZORPAY_GOOD, HAAT_VERIFY_NO_MATCH },
		{ "order_IEIaMR65cu6nz3|pay", "IH4NVgf4Dreq1l", CHECKOUT_GOOD, HAAT_VERIFY_MALFORMED },
		{ "order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l|", CHECKOUT_GOOD, HAAT_VERIFY_MALFORMED },
		{ "order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l", "x", HAAT_VERIFY_MALFORMED },
		{ "", "pay_IH4NVgf4Dreq1l", CHECKOUT_GOOD, HAAT_VERIFY_MISSING },
		{ "order_IEIaMR65cu6nz3", NULL, CHECKOUT_GOOD, HAAT_VERIFY_MISSING },
		{ "order_IEIaMR65cu6nz3", "pay_IH4NVgf4Dreq1l", NULL, HAAT_VERIFY_MISSING },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_INT(haat_verify_razorpay_checkout(cases[i].order, cases[i].payment, cases[i].signature, checkout),
		    cases[i].result);
	CHECK_INT(haat_verify_razorpay_checkout(cases[0].order, cases[0].payment, CHECKOUT_GOOD, others), HAAT_VERIFY_NO_MATCH);
}

static void
test_paystack(void)
{
	check_scheme(haat_verify_paystack, PAYSTACK_GOOD, PAYSTACK_BODY, paystack);
	CHECK_INT(haat_verify_paystack(RAZORPAY_GOOD, PAYSTACK_BODY, strlen(PAYSTACK_BODY), paystack), HAAT_VERIFY_MALFORMED);
}

static void
test_flutterwave(void)
{
	const char  *body = FLUTTERWAVE_BODY;
	const size_t length = strlen(body);

	check_scheme(flutterwave_hmac, FLUTTERWAVE_GOOD, body, flutterwave);
	CHECK_INT(flutterwave_hmac(FLUTTERWAVE_HEX, body, length, flutterwave), HAAT_VERIFY_MALFORMED);
	/* The secret itself is no signature where the body is to be signed. */
	CHECK_INT(flutterwave_hmac("flw-secret-hash-0001", body, length, flutterwave), HAAT_VERIFY_MALFORMED);
	/* The last digit says 4 bits: one text for one digest. */
	CHECK_INT(
	    flutterwave_hmac("lmzOi40JOKeX0nTVlj0yIS/qy8rcSs9O/C7MOCghdup=", body, length, flutterwave), HAAT_VERIFY_MALFORMED);
}

static enum haat_verify_result
secret_hash(const char *header, const char *const *secrets)
{
	return haat_verify_flutterwave(header, HAAT_VERIFY_FLUTTERWAVE_SECRET_HASH, FLUTTERWAVE_BODY, 10, secrets);
}

static void
test_flutterwave_secret_hash(void)
{
	char long_header[HAAT_VERIFY_HEADER_MAX + 2];

	CHECK_INT(secret_hash("flw-secret-hash-0001", flutterwave), HAAT_VERIFY_OK);
	CHECK_INT(secret_hash("another", flutterwave), HAAT_VERIFY_OK);
	CHECK_INT(secret_hash("flw-secret-hash-0002", flutterwave), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(secret_hash("flw-secret-hash-000", flutterwave), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(secret_hash("flw-secret-hash-00011", flutterwave), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(secret_hash("flw-secret-hash-0001, flw-secret-hash-0001", flutterwave), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(secret_hash("", others), HAAT_VERIFY_MISSING);
	CHECK_INT(secret_hash(NULL, flutterwave), HAAT_VERIFY_MISSING);
	CHECK_INT(secret_hash(FLUTTERWAVE_GOOD, flutterwave), HAAT_VERIFY_NO_MATCH);
	memset(long_header, 'x', sizeof long_header - 1);
	long_header[sizeof long_header - 1] = '\0';
	CHECK_INT(secret_hash(long_header, flutterwave), HAAT_VERIFY_MALFORMED);
	CHECK_INT(
	    haat_verify_flutterwave("another", HAAT_VERIFY_FLUTTERWAVE_SECRET_HASH, "", 0, flutterwave), HAAT_VERIFY_EMPTY_BODY);
}

/* Anybody can sign with nothing. */
static void
test_an_empty_secret_is_none(void)
{
	static const char *const empty[] = { "", NULL };

	CHECK_INT(haat_verify_razorpay("7ec3619ea7f921721b6d8bec83ea2d0c6d557e0b164daf577e62c8cc88ed74ae", "body", 4, empty),
	    HAAT_VERIFY_NO_MATCH);
	CHECK_INT(haat_verify_paystack("267c72ee3b8297bbc29d9646394d156c17c0e94dd858225bc1af9c2b9513b044"
				       "7b2eba6944568ce80b23deafd842df2be16301f6873079be0883774e18120e8c",
		      "body", 4, empty),
	    HAAT_VERIFY_NO_MATCH);
	CHECK_INT(flutterwave_hmac("fsNhnqf5IXIbbYvsg+otDG1VfgsWTa9XfmLIzIjtdK4=", "body", 4, empty), HAAT_VERIFY_NO_MATCH);
}

/* The key is the first of RFC 8032, section 7.1; the message is that of the specification. */
#define PUBLIC_KEY "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define SIGNED_BY_KEY "v1a,fldxM4gAKugP6nnt1hdz3sgGfZ6d99nzrMFnZOELIxbzEHoVmAb2ADpkJK7zgPePmPsle0zV9jSeGlHFG2NVAw=="
#define SIGNED_BY_HMAC "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static enum haat_verify_result
standard(const char *id, const char *signatures, const char *secret)
{
	const char *const secrets[] = { "whpk_AAAA", secret, NULL };

	return haat_verify_standard(id, "1614265330", signatures, "{\"test\": 2432232314}", 20, secrets, 1614265330, 300);
}

static void
test_standard_webhooks_by_public_key(void)
{
	const char *id = "msg_p5jXN8AQM9LWM0D4loKWxJek", *secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	CHECK_INT(standard(id, SIGNED_BY_KEY, PUBLIC_KEY), HAAT_VERIFY_OK);
	CHECK_INT(standard(id, SIGNED_BY_HMAC " " SIGNED_BY_KEY, PUBLIC_KEY), HAAT_VERIFY_OK);
	CHECK_INT(standard(id, SIGNED_BY_KEY " " SIGNED_BY_HMAC, secret), HAAT_VERIFY_OK);
	CHECK_INT(standard(id, SIGNED_BY_KEY, secret), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(standard(id, SIGNED_BY_HMAC, PUBLIC_KEY), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(standard("msg_other", SIGNED_BY_KEY, PUBLIC_KEY), HAAT_VERIFY_NO_MATCH);
	/* A public key is known to all: it must not count as the secret of an HMAC. */
	CHECK_INT(standard(id, "v1,vb41W/jIhVaU6EWbNpXEOmXeypIAcvHvOlyBvJYxOxI=", PUBLIC_KEY), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(standard(id, SIGNED_BY_KEY, "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURp="), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(standard(id, SIGNED_BY_KEY, "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(standard(id, "v1a,AAAA", PUBLIC_KEY), HAAT_VERIFY_MISSING);
}

static void
test_headers_that_come_twice(void)
{
	static const struct haat_verify_header headers[] = { { "Host", "shop.example" }, { "X-Signature", "a" },
		{ "x-timestamp", "1" }, { "X-SIGNATURE", "a" }, { "X-Empty", "" }, { "X-Null", NULL }, { NULL, "x" } };
	const char                            *value = "before";

	CHECK_INT(haat_verify_header(headers, 7, "x-signature", &value), HAAT_VERIFY_REPEATED);
	CHECK(value == NULL);
	CHECK_INT(haat_verify_header(headers, 3, "x-signature", &value), HAAT_VERIFY_OK);
	CHECK_TEXT(value, "a");
	CHECK_INT(haat_verify_header(headers, 7, "X-Timestamp", &value), HAAT_VERIFY_OK);
	CHECK_TEXT(value, "1");
	CHECK_INT(haat_verify_header(headers, 7, "x-empty", &value), HAAT_VERIFY_MISSING);
	CHECK_INT(haat_verify_header(headers, 7, "x-null", &value), HAAT_VERIFY_MISSING);
	CHECK_INT(haat_verify_header(headers, 7, "x-other", &value), HAAT_VERIFY_MISSING);
	CHECK(value == NULL);
	CHECK_INT(haat_verify_header(NULL, 0, "x-other", &value), HAAT_VERIFY_MISSING);
}

SUITE("plain signatures", TEST(test_razorpay), TEST(test_razorpay_checkout), TEST(test_paystack), TEST(test_flutterwave),
    TEST(test_flutterwave_secret_hash), TEST(test_standard_webhooks_by_public_key), TEST(test_an_empty_secret_is_none),
    TEST(test_headers_that_come_twice))
