/* Amazon SNS (bKash): messages that others signed, and envelopes that are wrong in one way each. */
#include "tests/suite.h"
#include "tests/unit/vectors.h"

#include <stdio.h>
#include <string.h>

enum { SENT = 1767323045, CERTIFICATES_BEGIN = 1795173768, DAY = 86400, NOW = CERTIFICATES_BEGIN + DAY };

#define TOPIC "arn:aws:sns:ap-southeast-1:123456789012:bpt_test"
#define CERT_URL "https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"

static const char *const               topics[] = { "arn:aws:sns:ap-southeast-1:123456789012:other", TOPIC, NULL };
static struct haat_verify_certificates theirs;

static void
begin(void)
{
	theirs.pem = vector_file("sns.pem");
	theirs.length = strlen(theirs.pem);
	haat_verify_trust_free((struct haat_verify_trust *)(uintptr_t)theirs.trust);
	theirs.trust = haat_verify_trust_new(theirs.pem, theirs.length);
	REQUIRE(theirs.trust != NULL);
}

static void
end(void)
{
	haat_verify_trust_free((struct haat_verify_trust *)(uintptr_t)theirs.trust);
	theirs.trust = NULL;
}

static enum haat_verify_result
verify_as(const char *body, const char *type, int allow_version_1, int64_t tolerance)
{
	const struct haat_verify_sns_expected expected = { type, topics, allow_version_1 };
	struct haat_verify_sns               *envelope;
	enum haat_verify_result               result = haat_verify_sns_read(body, strlen(body), &envelope);

	if (result == HAAT_VERIFY_OK)
		result = haat_verify_sns(envelope, &expected, &theirs, NOW, tolerance);
	haat_verify_sns_free(envelope);
	return result;
}

static enum haat_verify_result
verify(const char *body)
{
	return verify_as(body, NULL, 1, HAAT_VERIFY_ANY_AGE);
}

/* The body with the first of `from` replaced. */
static const char *
replaced(const char *body, const char *from, const char *to)
{
	static char text[8192];
	const char *at = strstr(body, from);

	REQUIRE(at != NULL);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(at - body), body, to, at + strlen(from));
	return text;
}

static const char *
body_of(const char *name)
{
	return vector_value(vector_file(name), "body");
}

static void
test_messages_that_others_signed(void)
{
	static const struct {
		const char *name, *type;
		int         version;
	} cases[] = { { "sns-notification-v1", "Notification", 1 }, { "sns-notification-v2", "Notification", 2 },
		{ "sns-notification-subject-v1", "Notification", 1 }, { "sns-subscribe-v1", "SubscriptionConfirmation", 1 },
		{ "sns-subscribe-v2", "SubscriptionConfirmation", 2 }, { "sns-unsubscribe-v1", "UnsubscribeConfirmation", 1 } };

	begin();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *body = body_of(cases[i].name);

		CHECK_INT(verify_as(body, cases[i].type, 1, HAAT_VERIFY_ANY_AGE), HAAT_VERIFY_OK);
		CHECK_INT(
		    verify_as(body, NULL, 0, HAAT_VERIFY_ANY_AGE), cases[i].version == 2 ? HAAT_VERIFY_OK : HAAT_VERIFY_MISSING);
		CHECK_INT(verify_as(body, "Other", 1, HAAT_VERIFY_ANY_AGE), HAAT_VERIFY_MALFORMED_BODY);
		CHECK_INT(verify_as(body, NULL, 1, HAAT_VERIFY_SNS_TOLERANCE_SECONDS), HAAT_VERIFY_TOO_OLD);
		CHECK_INT(verify(replaced(body, "\"Message\": \"", "\"Message\": \"x")), HAAT_VERIFY_NO_MATCH);
		CHECK_INT(verify(replaced(body, "\"MessageId\": \"", "\"MessageId\": \"x")), HAAT_VERIFY_NO_MATCH);
		CHECK_INT(verify(replaced(body, "05.000Z", "06.000Z")), HAAT_VERIFY_NO_MATCH);
	}
	end();
}

static void
test_what_is_not_signed_does_not_matter(void)
{
	const char *notification, *confirmation;

	begin();
	notification = body_of("sns-notification-v2");
	confirmation = body_of("sns-subscribe-v2");
	CHECK_INT(verify(replaced(notification, "Action=Unsubscribe", "Action=Other")), HAAT_VERIFY_OK);
	CHECK_INT(verify(replaced(notification, "\"Type\"", "\"Subject\": null, \"Type\"")), HAAT_VERIFY_OK);
	CHECK_INT(verify(replaced(notification, "\"Type\"", "\"Later\": {\"a\": [1, -2.5e+3, true, null, {}]}, \"Type\"")),
	    HAAT_VERIFY_OK);
	CHECK_INT(verify(replaced(notification, "\"Type\"", "\"T\\u0079pe\"")), HAAT_VERIFY_OK);
	CHECK_INT(verify(replaced(notification, "bpt_test", "bpt\\u005ftest")), HAAT_VERIFY_OK);
	CHECK_INT(verify(replaced(notification, "\"Type\"", "\"Subject\": \"\", \"Type\"")), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(verify(replaced(confirmation, "\"Token\": \"", "\"Token\": \"x")), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(verify(replaced(confirmation, "&Token=", "&token=")), HAAT_VERIFY_NO_MATCH);
	end();
}

static void
test_before_the_certificate_is_here(void)
{
	const struct haat_verify_sns_expected ours = { "Notification", topics, 1 }, nobodys = { NULL, NULL, 1 };
	const char                           *body;
	struct haat_verify_sns               *envelope;

	begin();
	body = body_of("sns-notification-v1");
	CHECK_INT(haat_verify_sns_read(body, strlen(body), &envelope), HAAT_VERIFY_OK);
	CHECK_TEXT(haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_SIGNING_CERT_URL), CERT_URL);
	CHECK_TEXT(haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_TOPIC_ARN), TOPIC);
	CHECK_TEXT(haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_TOKEN), "");
	CHECK_TEXT(haat_verify_sns_member(envelope, (enum haat_verify_sns_member)99), "");
	CHECK_INT(haat_verify_sns_envelope(envelope, &ours, SENT + 3600, 3600), HAAT_VERIFY_OK);
	CHECK_INT(haat_verify_sns_envelope(envelope, &ours, SENT + 3601, 3600), HAAT_VERIFY_TOO_OLD);
	CHECK_INT(haat_verify_sns_envelope(envelope, &ours, SENT - 3601, 3600), HAAT_VERIFY_TOO_NEW);
	CHECK_INT(haat_verify_sns_envelope(envelope, &nobodys, SENT, 3600), HAAT_VERIFY_NOT_OURS);
	theirs.pem = NULL;
	CHECK_INT(haat_verify_sns(envelope, &ours, &theirs, NOW, HAAT_VERIFY_ANY_AGE), HAAT_VERIFY_UNTRUSTED);
	haat_verify_sns_free(envelope);
	begin();
	CHECK_INT(verify(replaced(body, ":bpt_test", ":bpt_evil")), HAAT_VERIFY_NOT_OURS);
	end();
}

static void
test_addresses(void)
{
	static const char *const good[] = { CERT_URL,
		"https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0123456789abcdefABCDEF6789abcdef.pem" };
	static const char *const bad[] = { "http" CERT_URL, "https://sns.ap-southeast-1.amazonaws.com/other.pem",
		"http://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcde.pem",
		"https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdeg0.pem",
		"https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcd%2f.pem",
		"https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem?x",
		"https://sns.ap-southeast-1.amazonaws.com/x/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://sns.ap-southeast-1.amazonaws.com:443/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://sns.ap-southeast-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://sns.evil.example/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://sns.x@y.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://sns.us.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://sns..amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://snsXap-southeast-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem" };
	const char              *confirmation;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK_INT(haat_verify_sns_address(good[i]), HAAT_VERIFY_OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_INT(haat_verify_sns_address(bad[i]), HAAT_VERIFY_WRONG_ADDRESS);
	CHECK_INT(haat_verify_sns_address(NULL), HAAT_VERIFY_MISSING);
	begin();
	confirmation = body_of("sns-subscribe-v2");
	CHECK_INT(verify(replaced(confirmation, "\"https://sns.ap-southeast-1.amazonaws.com/?", "\"https://evil.example/?")),
	    HAAT_VERIFY_WRONG_ADDRESS);
	CHECK_INT(verify(replaced(confirmation, "amazonaws.com/?", "amazonaws.com/other?")), HAAT_VERIFY_WRONG_ADDRESS);
	CHECK_INT(verify(replaced(confirmation, "amazonaws.com/?", "amazonaws.com/?a\\u0020b&")), HAAT_VERIFY_WRONG_ADDRESS);
	CHECK_INT(verify(replaced(confirmation, "amazonaws.com/Simple", "evil.example/Simple")), HAAT_VERIFY_WRONG_ADDRESS);
	end();
}

static void
test_envelopes_are_read_strictly(void)
{
	static const char *const bad[] = { "{", "{}", "[]", "null", "\"Type\"", "{\"Type\":\"a\"", "{\"Type\":\"a\",}",
		"{\"Type\":\"a\"}x", "{\"Type\" \"a\"}", "{\"Type\":1}", "{\"Message\":{\"amount\":1}}", "{\"Message\":null}",
		"{\"Type\":\"a\",\"Type\":\"a\"}", "{\"Type\":\"a\",\"T\\u0079pe\":\"a\"}",
		"{\"Subject\":null,\"Subject\":\"a\"}", "{\"Message\":\"\\u0000\"}", "{\"Message\":\"\\ud800\"}",
		"{\"Message\":\"\\udc00\"}", "{\"Message\":\"\\ud800\\u0041\"}", "{\"Message\":\"\\x\"}",
		"{\"Message\":\"\\u12\"}", "{\"Message\":\"\n\"}", "{\"Message\":\"\xc0\x80\"}", "{\"Message\":\"\xed\xa0\x80\"}",
		"{\"Message\":\"\xf5\x80\x80\x80\"}", "{\"Message\":\"\xe0\xa6\"}", "{\"Message\":\"a}", "{\"a\":01}",
		"{\"a\":1.}", "{\"a\":1e}", "{\"a\":+1}", "{\"a\":tru}", "{\"a\":'b'}", "{\"a\":[1,]}", "{\"a\":[1}",
		"{\"a\":{\"b\"}}", "{'Type':\"a\"}", "\xef\xbb\xbf{\"Type\":\"a\"}" };
	struct haat_verify_sns  *envelope;
	char                     deep[200];
	static const char        text[] = " {\"Message\" : \"\\u09f3 \\ud83d\\ude00\\n\\/\xe0\xa7\xb3\" } ";

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK_INT(haat_verify_sns_read(bad[i], strlen(bad[i]), &envelope), HAAT_VERIFY_MALFORMED_BODY);
		CHECK(envelope == NULL);
	}
	snprintf(
	    deep, sizeof deep, "{\"a\":%.32s%.32s}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
	CHECK_INT(haat_verify_sns_read(deep, strlen(deep), &envelope), HAAT_VERIFY_OK);
	haat_verify_sns_free(envelope);
	snprintf(
	    deep, sizeof deep, "{\"a\":%.33s%.33s}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
	CHECK_INT(haat_verify_sns_read(deep, strlen(deep), &envelope), HAAT_VERIFY_MALFORMED_BODY);
	CHECK_INT(haat_verify_sns_read("", 0, &envelope), HAAT_VERIFY_EMPTY_BODY);
	CHECK_INT(haat_verify_sns_read(NULL, 5, &envelope), HAAT_VERIFY_EMPTY_BODY);
	REQUIRE(haat_verify_sns_read(text, sizeof text - 1, &envelope) == HAAT_VERIFY_OK);
	CHECK_TEXT(haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_MESSAGE), "\xe0\xa7\xb3 \xf0\x9f\x98\x80\n/\xe0\xa7\xb3");
	haat_verify_sns_free(envelope);
}

static void
test_each_member_is_needed(void)
{
	static const char *const names[] = { "\"Type\"", "\"MessageId\"", "\"TopicArn\"", "\"Message\"", "\"Timestamp\"",
		"\"SignatureVersion\"", "\"Signature\"", "\"SigningCertURL\"" };
	static const enum haat_verify_result results[] = { HAAT_VERIFY_MALFORMED_BODY, HAAT_VERIFY_MALFORMED_BODY,
		HAAT_VERIFY_MALFORMED_BODY, HAAT_VERIFY_MALFORMED_BODY, HAAT_VERIFY_MALFORMED_BODY, HAAT_VERIFY_MISSING,
		HAAT_VERIFY_MISSING, HAAT_VERIFY_MISSING };
	const char                          *body;

	begin();
	body = body_of("sns-notification-v2");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		CHECK_INT(verify(replaced(body, names[i], "\"Other\"")), results[i]);
	CHECK_INT(verify(replaced(body, "\"SignatureVersion\": \"2\"", "\"SignatureVersion\": \"3\"")), HAAT_VERIFY_MISSING);
	CHECK_INT(verify(replaced(body, "\"SignatureVersion\": \"2\"", "\"SignatureVersion\": \"1\"")), HAAT_VERIFY_NO_MATCH);
	CHECK_INT(verify(replaced(body, "\"Signature\": \"", "\"Signature\": \"*")), HAAT_VERIFY_MALFORMED);
	CHECK_INT(verify(replaced(body, "2026-01-02T", "2026-01-02 ")), HAAT_VERIFY_MALFORMED_BODY);
	end();
}

static void
test_certificates_of_others(void)
{
	static const struct {
		const char             *name;
		enum haat_verify_result result;
	} cases[] = { { "sns.amazonaws.com", HAAT_VERIFY_OK }, { "sns.ap-southeast-1.amazonaws.com", HAAT_VERIFY_OK },
		{ "sns-signing.us-east-1.amazonaws.com", HAAT_VERIFY_OK }, { "sns.amazonaws.com.cn", HAAT_VERIFY_OK },
		{ "sns.cn-north-1.amazonaws.com.cn", HAAT_VERIFY_OK }, { "amazonaws.com", HAAT_VERIFY_UNTRUSTED },
		{ "evil.amazonaws.com", HAAT_VERIFY_UNTRUSTED }, { "sns.s3.amazonaws.com", HAAT_VERIFY_UNTRUSTED },
		{ "sns.evil.s3.amazonaws.com", HAAT_VERIFY_UNTRUSTED },
		{ "sns.amazonaws.com.evil.example", HAAT_VERIFY_UNTRUSTED }, { "sns.evil.example", HAAT_VERIFY_UNTRUSTED },
		{ "*.amazonaws.com", HAAT_VERIFY_UNTRUSTED } };
	const char *body,
	    *signed_text =
		"Message\nm\nMessageId\ni\nTimestamp\n2026-01-02T03:04:05.000Z\nTopicArn\n" TOPIC "\nType\nNotification\n";
	static char text[4096];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct signer_options options = { cases[i].name, NULL, SENT - DAY, SENT + DAY, 2048, 0, NULL };
		const struct signer         signer = make_signer(NULL, &options);
		const struct signer *const  all[] = { &signer };

		theirs.pem = signers_pem(all, 1);
		theirs.length = strlen(theirs.pem);
		theirs.trust = haat_verify_trust_new(theirs.pem, theirs.length);
		snprintf(text, sizeof text,
		    "{\"Type\":\"Notification\",\"MessageId\":\"i\",\"TopicArn\":\"" TOPIC "\",\"Message\":\"m\",\"Timestamp\":"
		    "\"2026-01-02T03:04:05.000Z\",\"SignatureVersion\":\"2\",\"Signature\":\"%s\",\"SigningCertURL\":\"" CERT_URL
		    "\"}",
		    sign_text(&signer, "SHA256", signed_text, strlen(signed_text)));
		body = text;
		{
			const struct haat_verify_sns_expected expected = { NULL, topics, 0 };
			struct haat_verify_sns               *envelope;

			CHECK_INT(haat_verify_sns_read(body, strlen(body), &envelope), HAAT_VERIFY_OK);
			CHECK_INT(haat_verify_sns(envelope, &expected, &theirs, SENT, 3600), cases[i].result);
			CHECK_INT(haat_verify_sns(envelope, &expected, &theirs, SENT + DAY + 1, HAAT_VERIFY_ANY_AGE),
			    HAAT_VERIFY_UNTRUSTED);
			haat_verify_sns_free(envelope);
		}
		end();
	}
}

SUITE("Amazon SNS's messages", TEST(test_messages_that_others_signed), TEST(test_what_is_not_signed_does_not_matter),
    TEST(test_before_the_certificate_is_here), TEST(test_addresses), TEST(test_envelopes_are_read_strictly),
    TEST(test_each_member_is_needed), TEST(test_certificates_of_others))
