/*
 * PayPal's events (Webhooks v1): RSA signatures by a certificate that the message names (libhaatverify), or, where that cannot be
 * fetched, PayPal's own word.  Captures and refunds name their payment by our reference, orders by their id.
 */
#include "payments/providers/paypal.h"

#include "base/config.h"
#include "base/text.h"
#include "net/certificates.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

enum { REPEATED_SECONDS = 3 * 86400, AHEAD_SECONDS = 300 };

const char *const paypal_signature_headers[] = { "PayPal-Transmission-Id", "PayPal-Transmission-Time", "PayPal-Transmission-Sig",
	"PayPal-Cert-Url", "PayPal-Auth-Algo", NULL };

static struct haat_verify_paypal
headers_of(const char *const *signatures)
{
	return (struct haat_verify_paypal) { signatures[0], signatures[1], signatures[2], signatures[3], signatures[4] };
}

static enum haat_verify_environment
environment_of(const struct work *work)
{
	return work->config->payments.paypal.environment == PAYPAL_LIVE ? HAAT_VERIFY_LIVE : HAAT_VERIFY_SANDBOX;
}

static enum certificate_kind
kind_of(const struct work *work)
{
	return environment_of(work) == HAAT_VERIFY_LIVE ? CERTIFICATE_PAYPAL : CERTIFICATE_PAYPAL_SANDBOX;
}

static const struct problem *
judge(struct work *work, const char *const *signatures, struct bytes body, const struct haat_verify_certificates *certificates,
    int64_t now)
{
	const struct haat_verify_paypal headers = headers_of(signatures);
	enum haat_verify_result         result = haat_verify_paypal(&headers, environment_of(work),
		    work->config->payments.paypal.webhook_id, body.bytes, body.length, certificates, now, HAAT_VERIFY_ANY_AGE);

	return provider_forged(work, result == HAAT_VERIFY_OK ? NULL : haat_verify_reason(result));
}

/* The headers, without a certificate; the time is looked at with the middle of a window and half of it. */
static const struct problem *
judge_headers(struct work *work, const char *const *signatures, int64_t middle, int64_t half_seconds)
{
	const struct haat_verify_paypal headers = headers_of(signatures);
	enum haat_verify_result         result = haat_verify_paypal_headers(&headers, environment_of(work), middle, half_seconds);

	return provider_forged(work, result == HAAT_VERIFY_OK ? NULL : haat_verify_reason(result));
}

/*
 * PayPal repeats an event for three days under its first time.  Of what its certificate proves that may be any, for somebody may
 * have it sent again later; what cannot be proved here and now is kept only if PayPal may still be repeating it.
 */
const struct problem *
paypal_verify(struct work *work, const char *const *signatures, struct bytes body, int64_t now)
{
	struct haat_verify_certificates certificates;
	const struct problem           *problem;

	TRY(judge_headers(work, signatures, now, HAAT_VERIFY_ANY_AGE));
	problem = certificates_kept(work, kind_of(work), headers_of(signatures).cert_url, &certificates);
	if (problem_is(problem, PROBLEM_EVENT_UNVERIFIED))
		TRY(judge_headers(
		    work, signatures, now + (AHEAD_SECONDS - REPEATED_SECONDS) / 2, (AHEAD_SECONDS + REPEATED_SECONDS) / 2));
	return problem != OK ? problem : judge(work, signatures, body, &certificates, now);
}

/* The event goes as it came: written anew it would have another checksum. */
static const struct problem *
ask_paypal(struct work *work, const char *const *signatures, struct bytes event)
{
	const struct haat_verify_paypal headers = headers_of(signatures);
	struct text                     body = text_new(work->arena, 1024 + event.length);
	struct http_reply               reply;
	struct json_object             *json;
	const char                     *status;

	text_add_char(&body, '{');
	paypal_add_member(&body, "auth_algo", headers.auth_algo);
	paypal_add_member(&body, "cert_url", headers.cert_url);
	paypal_add_member(&body, "transmission_id", headers.transmission_id);
	paypal_add_member(&body, "transmission_sig", headers.transmission_sig);
	paypal_add_member(&body, "transmission_time", headers.transmission_time);
	paypal_add_member(&body, "webhook_id", work->config->payments.paypal.webhook_id);
	TEXT_ADD(&body, ",\"webhook_event\":");
	text_add(&body, event.bytes, event.length);
	text_add_char(&body, '}');
	TRY(paypal_call(
	    work, (struct payment_id) { 0 }, NULL, "/v1/notifications/verify-webhook-signature", &body, NULL, &reply, &json));
	status = json_text_at(work->arena, json, "verification_status", 16);
	if (reply.status >= 400 || status == NULL)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider cannot tell whether it sent the event");
	return strcmp(status, "SUCCESS") == 0 ? OK : problem(BAD_SIGNATURE, "the provider says that it did not send the event");
}

const struct problem *
paypal_confirm_event(struct work *work, const char *const *signatures, struct bytes body, const struct provider_event *event)
{
	struct haat_verify_certificates certificates;
	const struct problem           *problem = certificates_get(work, kind_of(work), signatures[3], &certificates);

	(void)event;
	if (problem == OK)
		return judge(work, signatures, body, &certificates, unix_seconds());
	return problem_is(problem, PROBLEM_PROVIDER_UNAVAILABLE) ? ask_paypal(work, signatures, body) : problem;
}

static const char *
reference_of(struct arena *arena, const char *mark)
{
	size_t length = mark == NULL ? 0 : strcspn(mark, ":");

	return length == 0 || length > PAYPAL_REFERENCE_MAX ? NULL : arena_copy(arena, mark, length);
}

static void
read_order_event(struct arena *arena, struct json_object *order, struct provider_event *event)
{
	if (!paypal_read_order(arena, order, &event->payment))
		return;
	event->kind = EVENT_IS_PAYMENT;
	event->transaction_id = event->payment.transaction_id;
	event->reference = reference_of(arena, paypal_mark_of(arena, paypal_first_of(order, "purchase_units")));
}

/* The payer agreed, and we did not take it in time. */
static void
read_reversed_approval(struct arena *arena, struct json_object *order, struct provider_event *event)
{
	event->transaction_id = json_text_at(arena, order, "order_id", ID_MAX);
	if (event->transaction_id == NULL)
		event->transaction_id = json_text_at(arena, order, "id", ID_MAX);
	if (event->transaction_id == NULL)
		return;
	event->kind = EVENT_IS_PAYMENT;
	event->reference = reference_of(arena, paypal_mark_of(arena, paypal_first_of(order, "purchase_units")));
	event->payment = (struct provider_answer) { .status = PAYMENT_EXPIRED, .transaction_id = event->transaction_id };
}

static void
read_marks(struct arena *arena, struct json_object *resource, struct provider_event *event)
{
	event->transaction_id = json_text_at(arena, resource, "supplementary_data.related_ids.order_id", ID_MAX);
	event->reference = reference_of(arena, paypal_mark_of(arena, resource));
}

static void
read_capture_event(struct arena *arena, struct json_object *capture, struct provider_event *event)
{
	read_marks(arena, capture, event);
	if (event->transaction_id == NULL && event->reference == NULL)
		return;
	event->kind = EVENT_IS_PAYMENT;
	event->payment.transaction_id = event->transaction_id;
	paypal_read_capture(arena, capture, &event->payment);
}

static void
read_refund_event(struct arena *arena, struct json_object *refund, struct provider_event *event)
{
	read_marks(arena, refund, event);
	if (paypal_read_refund(arena, refund, &event->refund) && (event->transaction_id != NULL || event->reference != NULL))
		event->kind = EVENT_IS_REFUND;
}

/* PayPal has taken money back: how much of the payment it has kept is to be asked. */
static void
read_reversal(struct arena *arena, struct json_object *resource, struct provider_event *event)
{
	read_marks(arena, resource, event);
	event->kind = event->transaction_id != NULL || event->reference != NULL ? EVENT_IS_REFUNDED : EVENT_IS_IGNORED;
	event->refund.amount.minor = -1; /* it tells what was taken this time */
}

/* By us, or by the payer in their account. */
static void
read_deleted_token(struct arena *arena, struct json_object *token, struct provider_event *event)
{
	event->method_token = json_text_at(arena, token, "id", TOKEN_BYTES_MAX);
	event->method_gone = "removed_at_provider";
	event->kind = event->method_token == NULL ? EVENT_IS_IGNORED : EVENT_IS_METHOD;
}

static const struct {
	const char *type;
	void (*read)(struct arena *arena, struct json_object *resource, struct provider_event *event);
} event_types[] = { { "CHECKOUT.ORDER.APPROVED", read_order_event }, { "CHECKOUT.ORDER.COMPLETED", read_order_event },
	{ "CHECKOUT.PAYMENT-APPROVAL.REVERSED", read_reversed_approval }, { "PAYMENT.CAPTURE.PENDING", read_capture_event },
	{ "PAYMENT.CAPTURE.COMPLETED", read_capture_event }, { "PAYMENT.CAPTURE.DENIED", read_capture_event },
	{ "PAYMENT.CAPTURE.DECLINED", read_capture_event }, { "PAYMENT.CAPTURE.REFUNDED", read_refund_event },
	{ "PAYMENT.CAPTURE.REVERSED", read_reversal }, { "PAYMENT.REFUND.PENDING", read_refund_event },
	{ "PAYMENT.REFUND.FAILED", read_refund_event }, { "VAULT.PAYMENT-TOKEN.DELETED", read_deleted_token },
	{ "VAULT.PAYMENT-TOKEN.DELETION-INITIATED", read_deleted_token },
	{ "CUSTOMER.DISPUTE.CREATED", paypal_read_dispute_event }, { "CUSTOMER.DISPUTE.UPDATED", paypal_read_dispute_event },
	{ "CUSTOMER.DISPUTE.RESOLVED", paypal_read_dispute_event } };

const struct problem *
paypal_parse_events(struct arena *arena, struct bytes body, struct provider_events *events)
{
	struct json_object    *json = json_read(arena, (const char *)body.bytes, body.length);
	struct provider_event *event = &events->list[0];

	events->count = 1;
	*event = (struct provider_event) { .kind = EVENT_IS_IGNORED,
		.id = json_text_at(arena, json, "id", ID_MAX),
		.type = json_text_at(arena, json, "event_type", 100) };
	if (json == NULL || event->id == NULL || *event->id == '\0' || event->type == NULL ||
	    !json_object_is_type(json_at(json, "resource"), json_type_object))
		return problem(BAD_REQUEST, "the body is not a PayPal event");
	event->content = json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN);
	for (size_t i = 0; i < sizeof event_types / sizeof *event_types; i++)
		if (strcmp(event->type, event_types[i].type) == 0)
			event_types[i].read(arena, json_at(json, "resource"), event);
	return OK;
}
