/*
 * bKash's news, by Amazon SNS: an envelope, signed by a certificate that it names (libhaatverify), and in it the message, a text
 * that is JSON.  It tells of all money that came to the merchant's wallet, most of which may have nothing to do with the shop, and
 * what it says of a payment of the shop's is only a reason to ask.
 */
#include "payments/providers/bkash_call.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "net/certificates.h"
#include "payments/json_path.h"

#include <json-c/json.h>

enum { MESSAGE_ID_MAX = 100, MESSAGE_MAX = 1 << 18, ADDRESS_MAX = 2000, REFERENCE_MAX = 20, WAIT_SECONDS = 900 };

const char *const bkash_signature_headers[] = { "x-amz-sns-message-type", "x-amz-sns-rawdelivery", NULL };

static struct haat_verify_sns_expected
expected_by(const struct work *work, const char *const *signatures)
{
	return (struct haat_verify_sns_expected) { .type = signatures[0],
		.topics = work->config->payments.bkash.topics,
		.allow_version_1 = work->config->payments.bkash.sns_version_1 };
}

/* The envelope of the body, as far as it can be judged without a certificate.  To be freed, whatever is answered. */
static enum haat_verify_result
open_envelope(struct work *work, const char *const *signatures, struct bytes body, int64_t now, struct haat_verify_sns **envelope)
{
	const struct haat_verify_sns_expected expected = expected_by(work, signatures);
	enum haat_verify_result               result;

	*envelope = NULL;
	/* A raw delivery is the message alone: nobody has signed it. */
	if (signatures[0] == NULL || signatures[1] != NULL)
		return HAAT_VERIFY_MISSING;
	result = haat_verify_sns_read(body.bytes, body.length, envelope);
	return result != HAAT_VERIFY_OK ? result
					: haat_verify_sns_envelope(*envelope, &expected, now, HAAT_VERIFY_SNS_TOLERANCE_SECONDS);
}

static const struct problem *
judge(struct work *work, const char *const *signatures, const struct haat_verify_sns *envelope,
    const struct haat_verify_certificates *certificates, int64_t now)
{
	const struct haat_verify_sns_expected expected = expected_by(work, signatures);
	enum haat_verify_result               result =
	    haat_verify_sns(envelope, &expected, certificates, now, HAAT_VERIFY_SNS_TOLERANCE_SECONDS);

	if (result == HAAT_VERIFY_OK && strcmp(signatures[0], "UnsubscribeConfirmation") == 0)
		log_error("bkash's topic sends nothing to this address any more");
	return provider_forged(work, result == HAAT_VERIFY_OK ? NULL : haat_verify_reason(result));
}

const struct problem *
bkash_verify(struct work *work, const char *const *signatures, struct bytes body, int64_t now)
{
	struct haat_verify_sns         *envelope;
	struct haat_verify_certificates certificates;
	enum haat_verify_result         result = open_envelope(work, signatures, body, now, &envelope);
	const struct problem           *problem;

	if (result != HAAT_VERIFY_OK)
		problem = provider_forged(work, haat_verify_reason(result));
	else
		problem = certificates_kept(
		    work, CERTIFICATE_SNS, haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_SIGNING_CERT_URL), &certificates);
	if (problem == OK)
		problem = judge(work, signatures, envelope, &certificates, now);
	haat_verify_sns_free(envelope);
	return problem;
}

/* It was in time when it came, and has been kept since. */
const struct problem *
bkash_confirm_event(struct work *work, const char *const *signatures, struct bytes body, const struct provider_event *event)
{
	int64_t                         now = unix_seconds() - WAIT_SECONDS;
	struct haat_verify_sns         *envelope;
	struct haat_verify_certificates certificates;
	enum haat_verify_result         result = open_envelope(work, signatures, body, now, &envelope);
	const struct problem           *problem;

	(void)event;
	if (result != HAAT_VERIFY_OK)
		problem = provider_forged(work, haat_verify_reason(result));
	else
		problem = certificates_get(
		    work, CERTIFICATE_SNS, haat_verify_sns_member(envelope, HAAT_VERIFY_SNS_SIGNING_CERT_URL), &certificates);
	if (problem == OK)
		problem = judge(work, signatures, envelope, &certificates, now);
	haat_verify_sns_free(envelope);
	return problem;
}

/* Payments of the shop's bear its reference as invoice number; all other money came by other ways. */
static void
read_notification(struct arena *arena, const char *message, struct provider_event *event)
{
	static const char   mark[] = "PAY-";
	struct json_object *json = message == NULL ? NULL : json_read(arena, message, strlen(message));
	const char         *invoice = json_text_at(arena, json, "merchantInvoiceNumber", REFERENCE_MAX);

	event->content = message;
	if (invoice == NULL || strncmp(invoice, mark, sizeof mark - 1) != 0)
		return;
	event->kind = EVENT_IS_PAYMENT;
	event->reference = invoice;
	event->payment = (struct provider_answer) { .status = PAYMENT_PROCESSING, .authorised = true };
}

const struct problem *
bkash_parse_events(struct arena *arena, struct bytes body, struct provider_events *events)
{
	struct json_object    *json = json_read(arena, (const char *)body.bytes, body.length);
	struct provider_event *event = &events->list[0];

	events->count = 1;
	*event = (struct provider_event) { .kind = EVENT_IS_IGNORED,
		.id = json_text_at(arena, json, "MessageId", MESSAGE_ID_MAX),
		.type = json_text_at(arena, json, "Type", 100) };
	if (event->id == NULL || *event->id == '\0' || event->type == NULL)
		return problem(BAD_REQUEST, "the body is not a message of Amazon SNS");
	if (strcmp(event->type, "Notification") == 0)
		read_notification(arena, json_text_at(arena, json, "Message", MESSAGE_MAX), event);
	if (strcmp(event->type, "SubscriptionConfirmation") == 0) {
		event->address = json_text_at(arena, json, "SubscribeURL", ADDRESS_MAX);
		event->kind = event->address == NULL ? EVENT_IS_IGNORED : EVENT_IS_SUBSCRIPTION;
	}
	return OK;
}
