/* What Razorpay tells by itself: events, and what its Checkout hands to the page. */
#include "base/config.h"
#include "base/encoding.h"
#include "payments/json_path.h"
#include "payments/providers/razorpay.h"
#include "verify/haatverify.h"

#include <json-c/json.h>

const struct problem *
razorpay_verify(struct work *work, const char *const *signatures, struct bytes body, int64_t now)
{
	enum haat_verify_result result =
	    haat_verify_razorpay(signatures[0], body.bytes, body.length, work->config->payments.razorpay.webhook_secrets);

	(void)now; /* no time is signed: the event's id stops replays */
	return provider_forged(work, result == HAAT_VERIFY_OK ? NULL : haat_verify_reason(result));
}

bool
razorpay_is_from_checkout(const struct config *config, const struct payment *payment, const char *charge, const char *signature)
{
	const char *const secrets[] = { config->payments.razorpay.key_secret, NULL };

	return haat_verify_razorpay_checkout(payment->transaction_id, charge, signature, secrets) == HAAT_VERIFY_OK;
}

static void
read_payment_event(struct arena *arena, struct json_object *json, struct provider_event *event)
{
	if (!razorpay_read_payment(arena, json_at(json, "payload.payment.entity"), &event->payment))
		return;
	event->kind = EVENT_IS_PAYMENT;
	event->transaction_id = event->payment.transaction_id;
	event->reference = json_text_at(arena, json, "payload.order.entity.receipt", 20);
}

static void
read_refund_event(struct arena *arena, struct json_object *json, struct provider_event *event)
{
	struct json_object *refund = json_at(json, "payload.refund.entity"), *payment = json_at(json, "payload.payment.entity");

	if (json_at(refund, "notes." RAZORPAY_TWICE) != NULL)
		return;
	event->transaction_id = json_text_at(arena, payment, "order_id", RAZORPAY_ID_MAX);
	event->payment.charge_id = json_text_at(arena, refund, "payment_id", RAZORPAY_ID_MAX);
	if (razorpay_read_refund(arena, refund, &event->refund) && event->transaction_id != NULL)
		event->kind = EVENT_IS_REFUND;
}

static void
read_dispute_event(struct arena *arena, struct json_object *json, struct provider_event *event)
{
	struct json_object *dispute = json_at(json, "payload.dispute.entity");

	event->transaction_id = json_text_at(arena, json, "payload.payment.entity.order_id", RAZORPAY_ID_MAX);
	event->payment.charge_id = json_text_at(arena, dispute, "payment_id", RAZORPAY_ID_MAX);
	if (event->transaction_id == NULL || !razorpay_read_dispute(arena, dispute, &event->dispute))
		return;
	json_integer_at(json, "created_at", &event->dispute.told_at);
	event->kind = EVENT_IS_DISPUTE;
}

/* The payer or the bank has ended or stopped a mandate, or takes it up again. */
static void
read_token_event(struct arena *arena, struct json_object *json, struct provider_event *event)
{
	static const char *const words[][2] = { { "token.cancelled", "mandate_cancelled" },
		{ "token.rejected", "mandate_rejected" }, { "token.paused", "mandate_paused" }, { "token.resumed", NULL },
		{ "token.confirmed", NULL } };

	event->method_token = json_text_at(arena, json, "payload.token.entity.id", TOKEN_BYTES_MAX);
	for (size_t i = 0; event->method_token != NULL && i < sizeof words / sizeof *words; i++)
		if (strcmp(event->type, words[i][0]) == 0) {
			event->kind = EVENT_IS_METHOD;
			event->method_gone = words[i][1];
		}
}

/* Of an order that was made with its own notice: without it nothing is debited under it. */
static void
read_notice_event(struct arena *arena, struct json_object *json, struct provider_event *event)
{
	event->transaction_id = json_text_at(arena, json, "payload.notification.entity.order_id", RAZORPAY_ID_MAX);
	if (event->transaction_id != NULL && strcmp(event->type, "order.notification.failed") == 0)
		event->kind = EVENT_IS_NOTICE_LOST;
}

const struct problem *
razorpay_parse_events(struct arena *arena, struct bytes body, struct provider_events *events)
{
	struct json_object    *json = json_read(arena, (const char *)body.bytes, body.length);
	const char            *entity = json_text_at(arena, json, "entity", 32);
	struct provider_event *event = &events->list[0];

	events->count = 1;
	*event = (struct provider_event) { .kind = EVENT_IS_IGNORED, .type = json_text_at(arena, json, "event", 100) };
	if (entity == NULL || strcmp(entity, "event") != 0 || event->type == NULL || *event->type == '\0')
		return problem(BAD_REQUEST, "the body is not a Razorpay event");
	if (strncmp(event->type, "payment.dispute.", 16) == 0)
		read_dispute_event(arena, json, event);
	else if (strncmp(event->type, "payment.", 8) == 0 || strcmp(event->type, "order.paid") == 0)
		read_payment_event(arena, json, event);
	else if (strncmp(event->type, "order.notification.", 19) == 0)
		read_notice_event(arena, json, event);
	else if (strncmp(event->type, "refund.", 7) == 0)
		read_refund_event(arena, json, event);
	else if (strncmp(event->type, "token.", 6) == 0)
		read_token_event(arena, json, event);
	return OK;
}

static const char *const simulated[][2] = { { "payment.authorized", "authorized" }, { "payment.captured", "captured" },
	{ "payment.failed", "failed" } };

bool
razorpay_simulate(struct work *work, const struct payment *payment, const char *type, struct simulated_event *event)
{
	const char   *secret = work->config->payments.razorpay.webhook_secrets[0];
	const char   *id = uuid_text(work->arena, uuid_new());
	unsigned char digest[32];
	size_t        i = 0;

	while (i < sizeof simulated / sizeof *simulated && strcmp(simulated[i][0], type) != 0)
		i++;
	if (i == sizeof simulated / sizeof *simulated || secret == NULL)
		return false;
	event->body = arena_format(work->arena,
	    "{\"entity\":\"event\",\"event\":\"%s\",\"contains\":[\"payment\"],\"payload\":{\"payment\":{\"entity\":{\"id\":"
	    "\"%s\",\"entity\":\"payment\",\"amount\":%lld,\"currency\":\"%s\",\"status\":\"%s\",\"order_id\":\"%s\"}}}}",
	    type, payment->charge_id == NULL ? id : payment->charge_id, (long long)payment->amount.minor,
	    payment->amount.currency, simulated[i][1], payment->transaction_id);
	hmac_sha256(secret, strlen(secret), event->body, strlen(event->body), digest);
	event->signatures[0] = hex_encode(work->arena, digest, sizeof digest);
	event->signatures[1] = arena_format(work->arena, "simulated_%s", id);
	return true;
}
