/* PayPal's webhooks, offline: two that were signed by others, and certificates that are wrong in one way each. */
#include "tests/suite.h"
#include "tests/unit/vectors.h"

#include <stdio.h>
#include <string.h>

enum { SENT_2015 = 1431963913, SENT_2026 = 1767323046, CERTIFICATES_BEGIN = 1795173768, DAY = 86400 };

struct message {
	struct haat_verify_paypal       headers;
	const char                     *webhook_id, *body;
	size_t                          length;
	struct haat_verify_certificates certificates;
};

static struct haat_verify_trust *trusts[64];
static size_t                    n_trusts;

static const struct haat_verify_trust *
trust(const char *pem)
{
	struct haat_verify_trust *made = haat_verify_trust_new(pem, strlen(pem));

	REQUIRE(made != NULL && n_trusts < sizeof trusts / sizeof *trusts);
	return trusts[n_trusts++] = made;
}

static struct message
read_message(const char *name, const char *root)
{
	char           certificate[64];
	const char    *file = vector_file(name);
	struct message message = { { vector_value(file, "paypal-transmission-id"), vector_value(file, "paypal-transmission-time"),
				       vector_value(file, "paypal-transmission-sig"), vector_value(file, "paypal-cert-url"),
				       vector_value(file, "paypal-auth-algo") },
		vector_value(file, "webhook-id"), vector_value(file, "body"), 0, { NULL, 0, NULL } };

	snprintf(certificate, sizeof certificate, "%s.pem", name);
	message.length = strlen(message.body);
	message.certificates.pem = vector_file(certificate);
	message.certificates.length = strlen(message.certificates.pem);
	message.certificates.trust = trust(vector_file(root));
	return message;
}

static enum haat_verify_result
verify_at(const struct message *message, int64_t now, int64_t tolerance)
{
	return haat_verify_paypal(&message->headers, HAAT_VERIFY_SANDBOX, message->webhook_id, message->body, message->length,
	    &message->certificates, now, tolerance);
}

static enum haat_verify_result
verify(const struct message *message)
{
	return verify_at(message, CERTIFICATES_BEGIN + DAY, HAAT_VERIFY_ANY_AGE);
}

static void
test_what_paypal_signed_in_2015(void)
{
	struct message message = read_message("paypal-2015", "paypal-2015.pem");

	CHECK_INT(message.length, 1288);
	CHECK_INT(verify_at(&message, SENT_2015, HAAT_VERIFY_TOLERANCE_SECONDS), HAAT_VERIFY_OK);
	message.webhook_id = "4JH86294D6297924H";
	CHECK_INT(verify_at(&message, SENT_2015, HAAT_VERIFY_TOLERANCE_SECONDS), HAAT_VERIFY_NO_MATCH);
	/* It expired on 22 March 2017. */
	message = read_message("paypal-2015", "paypal-2015.pem");
	CHECK_INT(verify_at(&message, 1490183999, HAAT_VERIFY_ANY_AGE), HAAT_VERIFY_OK);
	CHECK_INT(verify_at(&message, 1490184000, HAAT_VERIFY_ANY_AGE), HAAT_VERIFY_UNTRUSTED);
	/* Nobody who is trusted has issued it. */
	message = read_message("paypal-2015", "ca.pem");
	CHECK_INT(verify_at(&message, SENT_2015, HAAT_VERIFY_ANY_AGE), HAAT_VERIFY_UNTRUSTED);
}

static void
test_a_message_under_a_root(void)
{
	struct message message = read_message("paypal-2026", "ca.pem");

	CHECK_INT(message.length, 424);
	CHECK_INT(verify(&message), HAAT_VERIFY_OK);
	CHECK_INT(haat_verify_paypal(&message.headers, HAAT_VERIFY_LIVE, message.webhook_id, message.body, message.length,
		      &message.certificates, CERTIFICATES_BEGIN + DAY, HAAT_VERIFY_ANY_AGE),
	    HAAT_VERIFY_WRONG_ADDRESS);
	message.headers.cert_url = "https://api.paypal.com/v1/notifications/certs/CERT-TEST";
	CHECK_INT(haat_verify_paypal(&message.headers, HAAT_VERIFY_LIVE, message.webhook_id, message.body, message.length,
		      &message.certificates, CERTIFICATES_BEGIN + DAY, HAAT_VERIFY_ANY_AGE),
	    HAAT_VERIFY_UNTRUSTED); /* the sandbox's certificate */
	message = read_message("paypal-2026", "ca.pem");
	CHECK_INT(verify_at(&message, CERTIFICATES_BEGIN - 1, HAAT_VERIFY_ANY_AGE), HAAT_VERIFY_UNTRUSTED);
	message.certificates.trust = NULL;
	CHECK_INT(verify(&message), HAAT_VERIFY_UNTRUSTED);
	message = read_message("paypal-2026", "ca.pem");
	message.certificates.pem = NULL;
	CHECK_INT(verify(&message), HAAT_VERIFY_UNTRUSTED);
}

static void
test_the_time_is_judged_where_it_is_wanted(void)
{
	struct message message = read_message("paypal-2026", "ca.pem");

	CHECK_INT(verify_at(&message, CERTIFICATES_BEGIN + DAY, 300), HAAT_VERIFY_TOO_OLD);
	CHECK_INT(haat_verify_paypal_headers(&message.headers, HAAT_VERIFY_SANDBOX, SENT_2026 + 300, 300), HAAT_VERIFY_OK);
	CHECK_INT(haat_verify_paypal_headers(&message.headers, HAAT_VERIFY_SANDBOX, SENT_2026 + 301, 300), HAAT_VERIFY_TOO_OLD);
	CHECK_INT(haat_verify_paypal_headers(&message.headers, HAAT_VERIFY_SANDBOX, SENT_2026 - 301, 300), HAAT_VERIFY_TOO_NEW);
	message.webhook_id = "OTHER";
	CHECK_INT(verify_at(&message, CERTIFICATES_BEGIN + DAY, 300), HAAT_VERIFY_NO_MATCH);
}

static void
test_each_part_is_signed(void)
{
	const struct message good = read_message("paypal-2026", "ca.pem");
	struct message       message = good;
	char                 body[512];

	message.headers.transmission_id = "69cd13f0-d67a-11e5-baa3-778b53f4ae56";
	CHECK_INT(verify(&message), HAAT_VERIFY_NO_MATCH);
	message = good;
	message.headers.transmission_time = "2026-01-02T03:04:07Z";
	CHECK_INT(verify(&message), HAAT_VERIFY_NO_MATCH);
	message = good;
	message.webhook_id = "WH-OTHER";
	CHECK_INT(verify(&message), HAAT_VERIFY_NO_MATCH);
	message = good;
	message.body = body;
	for (size_t i = 0; i < good.length; i += 17) {
		memcpy(body, good.body, good.length);
		body[i] ^= 1;
		CHECK_INT(verify(&message), HAAT_VERIFY_NO_MATCH);
	}
	message.length = 0;
	CHECK_INT(verify(&message), HAAT_VERIFY_EMPTY_BODY);
}

static void
test_headers_are_read_strictly(void)
{
	const struct message good = read_message("paypal-2026", "ca.pem");
	const struct {
		const char             *id, *time, *signature, *algorithm;
		enum haat_verify_result result;
	} cases[] = {
		{ .id = "", .result = HAAT_VERIFY_MISSING },
		{ .time = "", .result = HAAT_VERIFY_MISSING },
		{ .signature = "", .result = HAAT_VERIFY_MISSING },
		{ .algorithm = "", .result = HAAT_VERIFY_MISSING },
		{ .algorithm = "SHA1withRSA", .result = HAAT_VERIFY_MISSING },
		{ .algorithm = "SHA256withRSA, SHA256withRSA", .result = HAAT_VERIFY_MISSING },
		{ .id = "a, a", .result = HAAT_VERIFY_MALFORMED },
		{ .id = "a|b", .result = HAAT_VERIFY_MALFORMED },
		{ .time = "2026-01-02T03:04:06Z, 2026-01-02T03:04:06Z", .result = HAAT_VERIFY_MALFORMED },
		{ .time = "1767323046", .result = HAAT_VERIFY_MALFORMED },
		{ .time = "2026-02-29T03:04:06Z", .result = HAAT_VERIFY_MALFORMED },
		{ .time = "2026-01-02T03:04:06", .result = HAAT_VERIFY_MALFORMED },
		{ .time = "2026-01-02T03:04:06+0100", .result = HAAT_VERIFY_MALFORMED },
		{ .time = "2026-01-02T03:04:06+01:00", .result = HAAT_VERIFY_NO_MATCH },
		{ .time = "2026-01-02T03:04:06.123Z", .result = HAAT_VERIFY_NO_MATCH },
		{ .signature = "AAAA", .result = HAAT_VERIFY_NO_MATCH },
		{ .signature = "AAA", .result = HAAT_VERIFY_MALFORMED },
		{ .signature = "AAB=", .result = HAAT_VERIFY_MALFORMED },
		{ .signature = "A-A_", .result = HAAT_VERIFY_MALFORMED },
		{ .signature = "AAAA, AAAA", .result = HAAT_VERIFY_MALFORMED },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct message message = good;

		message.headers.transmission_id = cases[i].id != NULL ? cases[i].id : good.headers.transmission_id;
		message.headers.transmission_time = cases[i].time != NULL ? cases[i].time : good.headers.transmission_time;
		message.headers.transmission_sig =
		    cases[i].signature != NULL ? cases[i].signature : good.headers.transmission_sig;
		message.headers.auth_algo = cases[i].algorithm != NULL ? cases[i].algorithm : good.headers.auth_algo;
		CHECK_INT(verify(&message), cases[i].result);
	}
}

static void
test_addresses(void)
{
	static const char *const good[] = {
		"https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77",
		"https://api-m.sandbox.paypal.com/v1/notifications/certs/CERT_1"
	};
	static const char *const bad[] = { "http://api.sandbox.paypal.com/v1/notifications/certs/CERT-1",
		"https://api.paypal.com/v1/notifications/certs/CERT-1", "https://paypal.com/v1/notifications/certs/CERT-1",
		"https://api.sandbox.paypal.com.evil.example/v1/notifications/certs/CERT-1",
		"https://api.sandbox.paypal.com@evil.example/v1/notifications/certs/CERT-1",
		"https://user@api.sandbox.paypal.com/v1/notifications/certs/CERT-1",
		"https://api.sandbox.paypal.com:8443/v1/notifications/certs/CERT-1",
		"https://api.sandbox.paypal.com/v1/notifications/certs/",
		"https://api.sandbox.paypal.com/v1/notifications/certs/../x",
		"https://api.sandbox.paypal.com/v1/notifications/certs/%2e%2e", "https://api.sandbox.paypal.com/v1/oauth2/token",
		"https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1?x=1",
		"https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1#x",
		"https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1/x",
		"HTTPS://API.SANDBOX.PAYPAL.COM/v1/notifications/certs/CERT-1",
		"https://127.0.0.1/v1/notifications/certs/CERT-1" };

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK_INT(haat_verify_paypal_address(good[i], HAAT_VERIFY_SANDBOX), HAAT_VERIFY_OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_INT(haat_verify_paypal_address(bad[i], HAAT_VERIFY_SANDBOX), HAAT_VERIFY_WRONG_ADDRESS);
	CHECK_INT(haat_verify_paypal_address(bad[1], HAAT_VERIFY_LIVE), HAAT_VERIFY_OK);
	CHECK_INT(haat_verify_paypal_address(NULL, HAAT_VERIFY_LIVE), HAAT_VERIFY_MISSING);
}

#define NAME "messageverificationcerts.sandbox.paypal.com"

static void
test_certificates_of_others(void)
{
	const int64_t               from = SENT_2026 - DAY, until = SENT_2026 + DAY;
	const struct signer_options root_options = { "root", .from = from, .until = until, .bits = 2048, .is_authority = 1 };
	const struct signer_options of_middle = { "middle", .from = from, .until = until, .bits = 2048, .is_authority = 1 };
	const struct signer         root = make_signer(NULL, &root_options), middle = make_signer(&root, &of_middle);
	const struct signer_options no_authority = { "no authority", .from = from, .until = until, .bits = 2048 };
	const struct signer         impostor = make_signer(&root, &no_authority);
	const struct {
		struct signer_options   options;
		const struct signer    *issuer, *chain;
		enum haat_verify_result result;
	} cases[] = {
		{ { NAME, NULL, from, until, 2048, 0, NULL }, &root, NULL, HAAT_VERIFY_OK },
		{ { "messageverificationcerts-2.sandbox.paypal.com", NULL, from, until, 2048, 0, NULL }, &root, NULL,
		    HAAT_VERIFY_OK },
		{ { NAME, NULL, from, until, 2048, 0, NULL }, &middle, &middle, HAAT_VERIFY_OK },
		{ { NAME, NULL, from, until, 2048, 0, NULL }, &middle, NULL, HAAT_VERIFY_UNTRUSTED },
		{ { NAME, NULL, from, until, 2048, 0, NULL }, &impostor, &impostor, HAAT_VERIFY_UNTRUSTED },
		{ { NAME, NULL, from, until, 2048, 0, NULL }, NULL, NULL, HAAT_VERIFY_UNTRUSTED },
		{ { NAME, NULL, from, SENT_2026 - 1, 2048, 0, NULL }, &root, NULL, HAAT_VERIFY_UNTRUSTED },
		{ { NAME, NULL, SENT_2026 + 1, until, 2048, 0, NULL }, &root, NULL, HAAT_VERIFY_UNTRUSTED },
		{ { NAME, NULL, from, until, 1024, 0, NULL }, &root, NULL, HAAT_VERIFY_UNTRUSTED },
		{ { NAME, NULL, from, until, 0, 0, NULL }, &root, NULL, HAAT_VERIFY_UNTRUSTED },
		{ { NAME, NULL, from, until, 2048, 0, "SHA1" }, &root, NULL, HAAT_VERIFY_UNTRUSTED },
		{ { NULL, NULL, from, until, 2048, 0, NULL }, &root, NULL, HAAT_VERIFY_UNTRUSTED },
		{ { NAME, "evil.example", from, until, 2048, 0, NULL }, &root, NULL, HAAT_VERIFY_UNTRUSTED },
		{ { "messageverificationcerts.paypal.com", NULL, from, until, 2048, 0, NULL }, &root, NULL,
		    HAAT_VERIFY_UNTRUSTED },
		{ { "messageverificationcerts.sandbox.paypal.com.evil.example", NULL, from, until, 2048, 0, NULL }, &root, NULL,
		    HAAT_VERIFY_UNTRUSTED },
		{ { "evil.sandbox.paypal.com", NULL, from, until, 2048, 0, NULL }, &root, NULL, HAAT_VERIFY_UNTRUSTED },
		{ { "messageverificationcerts sandbox.paypal.com", NULL, from, until, 2048, 0, NULL }, &root, NULL,
		    HAAT_VERIFY_UNTRUSTED },
	};
	const struct signer *const all[] = { &root };
	struct message             message = read_message("paypal-2026", "ca.pem");
	char                       text[256];

	message.certificates.trust = trust(signers_pem(all, 1));
	snprintf(text, sizeof text, "%s|%s|%s|3483257228", message.headers.transmission_id, message.headers.transmission_time,
	    message.webhook_id);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct signer        signer = make_signer(cases[i].issuer, &cases[i].options);
		const struct signer *const chain[] = { &signer, cases[i].chain };

		message.certificates.pem = signers_pem(chain, cases[i].chain == NULL ? 1 : 2);
		message.certificates.length = strlen(message.certificates.pem);
		message.headers.transmission_sig = sign_text(&signer, "SHA256", text, strlen(text));
		CHECK_INT(verify_at(&message, SENT_2026, 300), cases[i].result);
	}
}

static void
test_the_crc_is_decimal(void)
{
	const int64_t               from = SENT_2026 - DAY, until = SENT_2026 + DAY;
	const struct signer_options options = { NAME, NULL, from, until, 2048, 0, NULL };
	const struct signer         signer = make_signer(NULL, &options);
	const struct signer *const  all[] = { &signer };
	struct message              message = read_message("paypal-2026", "ca.pem");
	const char                 *crcs[] = { "3483257228", "cf9e498c", "03483257228", "-811710068" };
	char                        text[256];

	message.certificates.pem = signers_pem(all, 1);
	message.certificates.length = strlen(message.certificates.pem);
	message.certificates.trust = trust(message.certificates.pem);
	for (size_t i = 0; i < sizeof crcs / sizeof *crcs; i++) {
		snprintf(text, sizeof text, "%s|%s|%s|%s", message.headers.transmission_id, message.headers.transmission_time,
		    message.webhook_id, crcs[i]);
		message.headers.transmission_sig = sign_text(&signer, "SHA256", text, strlen(text));
		CHECK_INT(verify_at(&message, SENT_2026, 300), i == 0 ? HAAT_VERIFY_OK : HAAT_VERIFY_NO_MATCH);
		message.headers.transmission_sig = sign_text(&signer, "SHA1", text, strlen(text));
		CHECK_INT(verify_at(&message, SENT_2026, 300), HAAT_VERIFY_NO_MATCH);
	}
}

static void
test_texts_that_are_no_certificates(void)
{
	struct message message = read_message("paypal-2026", "ca.pem");
	const char    *pem = message.certificates.pem;
	char           text[16384];

	CHECK(haat_verify_trust_new(NULL, 0) == NULL);
	CHECK(haat_verify_trust_new("", 0) == NULL);
	CHECK(haat_verify_trust_new("no certificate", 14) == NULL);
	CHECK(haat_verify_trust_new(pem, strlen(pem) - 40) == NULL);
	/* A good one before one that is cut off is not enough. */
	snprintf(text, sizeof text, "%s%.*s", pem, 300, pem);
	message.certificates.pem = text;
	message.certificates.length = strlen(text);
	CHECK_INT(verify(&message), HAAT_VERIFY_UNTRUSTED);
	text[0] = '\0';
	for (size_t i = 0; i <= HAAT_VERIFY_CERTIFICATES_MAX; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "# %zu\n%s", i, pem);
	message.certificates.length = strlen(text);
	CHECK_INT(verify(&message), HAAT_VERIFY_UNTRUSTED);
	text[strlen(text) - strlen(pem)] = '\0';
	message.certificates.length = strlen(text);
	CHECK_INT(verify(&message), HAAT_VERIFY_OK);
}

static void
test_nothing_is_left(void)
{
	while (n_trusts > 0)
		haat_verify_trust_free(trusts[--n_trusts]);
	haat_verify_trust_free(NULL);
}

SUITE("PayPal's webhooks", TEST(test_what_paypal_signed_in_2015), TEST(test_a_message_under_a_root),
    TEST(test_the_time_is_judged_where_it_is_wanted), TEST(test_each_part_is_signed), TEST(test_headers_are_read_strictly),
    TEST(test_addresses), TEST(test_certificates_of_others), TEST(test_the_crc_is_decimal),
    TEST(test_texts_that_are_no_certificates), TEST(test_nothing_is_left))
