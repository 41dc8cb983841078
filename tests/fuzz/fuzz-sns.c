/* Messages of Amazon SNS, read before anybody vouches for them, held against json-c. */
#include "base/encoding.h"
#include "base/shape.h"
#include "tests/fuzz/fuzz.h"
#include "verify/haatverify.h"

#include <json-c/json.h>
#include <string.h>

enum { NOW = 1767323045, MEMBERS = HAAT_VERIFY_SNS_TOKEN + 1 };

static const char *const names[MEMBERS] = { "Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp",
	"SignatureVersion", "Signature", "SigningCertURL", "SubscribeURL", "Token" };
static const char *const topics[] = { "arn:aws:sns:ap-southeast-1:123456789012:bpt_test", NULL };

/* What was read is what the parser of the shop reads. */
static void
same_as_json(const struct haat_verify_sns *envelope, const uint8_t *bytes, size_t length)
{
	struct json_object *json = json_read(fuzz_arena(), (const char *)bytes, length), *value;

	if (json == NULL) /* it also knows limits of its own */
		return;
	PROPERTY(json_object_is_type(json, json_type_object));
	for (int i = 0; i < MEMBERS; i++) {
		const char *ours = haat_verify_sns_member(envelope, (enum haat_verify_sns_member)i);

		if (!json_object_object_get_ex(json, names[i], &value) || value == NULL)
			PROPERTY(ours[0] == '\0');
		else
			PROPERTY(strcmp(ours, json_object_get_string(value)) == 0);
	}
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	const struct haat_verify_sns_expected expected = { NULL, topics, 1 };
	const struct haat_verify_certificates none = { NULL, 0, NULL };
	struct haat_verify_sns               *envelope;
	enum haat_verify_result               result = haat_verify_sns_read(bytes, length, &envelope);

	PROPERTY((result == HAAT_VERIFY_OK) == (envelope != NULL));
	if (result != HAAT_VERIFY_OK)
		return;
	same_as_json(envelope, bytes, length);
	result = haat_verify_sns_envelope(envelope, &expected, NOW, HAAT_VERIFY_ANY_AGE);
	if (result == HAAT_VERIFY_OK)
		PROPERTY(haat_verify_sns_address(haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_SIGNING_CERT_URL)) ==
		    HAAT_VERIFY_OK);
	/* Without a certificate nothing is authentic, and what is wrong with the envelope is said first. */
	PROPERTY(haat_verify_sns(envelope, &expected, &none, NOW, HAAT_VERIFY_ANY_AGE) ==
	    (result == HAAT_VERIFY_OK ? HAAT_VERIFY_UNTRUSTED : result));
	haat_verify_sns_free(envelope);
}
