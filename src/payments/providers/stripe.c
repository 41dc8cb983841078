/*
 * Stripe: PaymentIntents, refunds and events (Stripe API reference; webhook signatures in libhaatverify).
 *
 * Amounts go as integers of the smallest unit, with Stripe's own exceptions by currency.  Every POST carries the payment's
 * or refund's own Idempotency-Key.  Stripe stores and replays 500s under a key, so after an unknown outcome we look for
 * the object instead of repeating for ever.
 */
#include "payments/provider.h"

#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"
#include "payments/providers/stripe.h"
#include "store/db.h"
#include "verify/haatverify.h"

#include <json-c/json.h>
#include <stdlib.h>

/* Amounts have so many digits at most (Stripe docs, "Supported currencies"). */
enum { DIGITS_MAX = 8, DIGITS_MAX_INR = 9, DIGITS_MAX_IDR = 12 };

static enum amount_fit
stripe_takes(struct money amount)
{
	int     digits = strcmp(amount.currency, "INR") == 0 ? DIGITS_MAX_INR : DIGITS_MAX;
	int64_t stripe, limit = 1;

	if (strcmp(amount.currency, "IDR") == 0)
		digits = DIGITS_MAX_IDR;
	for (int i = 0; i < digits; i++)
		limit *= 10;
	if (!stripe_from_money(amount, &stripe))
		return AMOUNT_IS_INEXACT;
	return stripe < limit ? AMOUNT_FITS : AMOUNT_TOO_LARGE;
}

static const char *const *
stripe_limits(const struct config *config)
{
	return config->payments.stripe.limits;
}

static const char *const *
stripe_currencies(const struct config *config)
{
	return config->payments.stripe.currencies;
}

static int64_t
stripe_keeps_stock_seconds(const struct config *config)
{
	return config->orders.expire_minutes * 60;
}

static const struct problem *
stripe_fetch(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct http_reply   reply;
	struct json_object *json;

	TRY(stripe_call(work, payment->id, "fetch",
	    arena_format(
		work->arena, "/v1/payment_intents/%s?expand[0]=latest_charge.balance_transaction", payment->transaction_id),
	    NULL, NULL, &reply, &json));
	TRY(stripe_take_intent(work, &reply, json, answer));
	stripe_wait_for_payer(work->arena, payment, json_at(json, "last_payment_error"), answer);
	return OK;
}

/* An intent that has gone too far to be cancelled says so; then what it has become is the answer. */
static const struct problem *
stripe_cancel(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct text         form = text_new(work->arena, 64);
	struct http_reply   reply;
	struct json_object *json;

	stripe_add_field(&form, "cancellation_reason", "requested_by_customer");
	TRY(stripe_call(work, payment->id, "cancel",
	    arena_format(work->arena, "/v1/payment_intents/%s/cancel", payment->transaction_id), &form,
	    arena_format(work->arena, "%s:cancel:%lld", payment->idempotency_key, (long long)payment->checks), &reply, &json));
	if (reply.status == 400)
		return stripe_fetch(work, payment, answer);
	return stripe_take_intent(work, &reply, json, answer);
}

static bool
read_refund(struct arena *arena, struct json_object *json, struct refund_answer *answer)
{
	const char *status = json_text_at(arena, json, "status", 64);

	int64_t amount;

	*answer = (struct refund_answer) {
		.status = REFUND_PENDING,
		.key = json_text_at(arena, json, "metadata.refund_id", UUID_TEXT_LENGTH),
		.provider_refund_id = json_text_at(arena, json, "id", STRIPE_ID_MAX),
		.failure_code = json_text_at(arena, json, "failure_reason", 64),
	};
	if (status == NULL || answer->provider_refund_id == NULL)
		return false;
	if (strcmp(status, "succeeded") == 0)
		answer->status = REFUND_SUCCEEDED;
	else if (strcmp(status, "failed") == 0 || strcmp(status, "canceled") == 0)
		answer->status = REFUND_FAILED;
	if (json_integer_at(json, "amount", &amount))
		answer->amount = stripe_to_money(amount, json_text_at(arena, json, "currency", 3));
	return true;
}

/* Newest first; `more` while there are any behind it, and room. */
static const struct problem *
read_refunds_page(
    struct work *work, const struct payment *payment, const char *behind, struct provider_refunds *refunds, bool *more)
{
	enum { PAGE_MAX = 100 };
	struct http_reply   reply;
	struct json_object *json, *list;
	size_t              before = refunds->count;

	TRY(stripe_call(work, payment->id, "refund",
	    arena_format(work->arena, "/v1/refunds?payment_intent=%s&limit=%d%s", payment->transaction_id, (int)PAGE_MAX, behind),
	    NULL, NULL, &reply, &json));
	list = json_at(json, "data");
	if (reply.status >= 400 || !json_object_is_type(list, json_type_array))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	for (size_t i = 0; i < json_object_array_length(list) && refunds->count < PROVIDER_REFUNDS_MAX; i++)
		if (read_refund(work->arena, json_object_array_get_idx(list, i), &refunds->list[refunds->count]))
			refunds->count++;
	*more = json_object_get_boolean(json_at(json, "has_more")) && refunds->count > before &&
	    refunds->count < PROVIDER_REFUNDS_MAX;
	return OK;
}

static const struct problem *
stripe_refunds(struct work *work, const struct payment *payment, struct provider_refunds *refunds)
{
	const char *behind = "";
	bool        more;

	refunds->count = 0;
	do {
		TRY(read_refunds_page(work, payment, behind, refunds, &more));
		if (refunds->count > 0)
			behind =
			    arena_format(work->arena, "&starting_after=%s", refunds->list[refunds->count - 1].provider_refund_id);
	} while (more);
	return OK;
}

static const struct problem *
stripe_refund(struct work *work, const struct payment *payment, const struct refund *refund, struct refund_answer *answer)
{
	const struct problem *problem;
	struct text           form = text_new(work->arena, 256);
	struct http_reply     reply = { .outcome = HTTP_UNREACHABLE };
	struct json_object   *json;
	int64_t               amount;

	if (!stripe_from_money(refund->amount, &amount))
		return problem(PROVIDER_REFUSED, "the payment provider cannot refund exactly this amount");
	stripe_add_field(&form, "payment_intent", payment->transaction_id);
	stripe_add_field(&form, "amount", arena_format(work->arena, "%lld", (long long)amount));
	stripe_add_field(&form, "reason", "requested_by_customer");
	stripe_add_field(&form, "metadata[refund_id]", uuid_text(work->arena, refund->id.uuid));
	problem = stripe_call(work, payment->id, "refund", "/v1/refunds", &form,
	    arena_format(work->arena, "%s:%lld", refund->idempotency_key, (long long)refund->key_number), &reply, &json);
	/*
	 * A 500 that was answered is over, and would be replayed under its key for ever: the next try looks whether the
	 * refund was made and else takes a new key.  So is a key that was used with other parameters.  After a time-out the key
	 * stays, for the first call may still be running.
	 */
	if (problem != OK ? reply.outcome == HTTP_ANSWERED && reply.status >= 500
			  : stripe_key_was_used(work->arena, &reply, json))
		TRY(db_run(work->db, NULL, "UPDATE refunds SET key_number = key_number + 1 WHERE id = ?", P(refund->id)));
	TRY(problem);
	if (reply.status >= 400)
		return provider_refund_refused(work, refund, json_text_at(work->arena, json, "error.code", 64),
		    json_text_at(work->arena, json, "error.message", 500), stripe_refused(work, &reply, json));
	if (!read_refund(work->arena, json, answer))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}

static const struct problem *
stripe_verify(struct work *work, const char *const *signatures, struct bytes body, int64_t now)
{
	enum haat_verify_result result = haat_verify_stripe(signatures[0], body.bytes, body.length,
	    work->config->payments.stripe.webhook_secrets, now, HAAT_VERIFY_TOLERANCE_SECONDS);

	return provider_forged(work, result == HAAT_VERIFY_OK ? NULL : haat_verify_reason(result));
}

static void
read_refund_event(struct arena *arena, struct json_object *object, struct provider_event *event)
{
	event->transaction_id = json_text_at(arena, object, "payment_intent", STRIPE_ID_MAX);
	if (read_refund(arena, object, &event->refund) && event->transaction_id != NULL)
		event->kind = EVENT_IS_REFUND;
}

/* Of a refund made in the dashboard older endpoints tell by its charge only. */
static void
read_charge_event(struct arena *arena, struct json_object *object, struct provider_event *event)
{
	int64_t amount;

	event->transaction_id = json_text_at(arena, object, "payment_intent", STRIPE_ID_MAX);
	event->reference = json_text_at(arena, object, "metadata.reference", 20);
	if (event->transaction_id == NULL || !json_integer_at(object, "amount_refunded", &amount))
		return;
	event->kind = EVENT_IS_REFUNDED;
	event->refund.amount = stripe_to_money(amount, json_text_at(arena, object, "currency", 3));
}

static const struct problem *
stripe_parse_events(struct arena *arena, struct bytes body, struct provider_events *events)
{
	struct json_object    *json = json_read(arena, (const char *)body.bytes, body.length), *object;
	const char            *kind = json_text_at(arena, json, "object", 32);
	struct provider_event *event = &events->list[0];

	events->count = 1;
	*event = (struct provider_event) { .kind = EVENT_IS_IGNORED,
		.id = json_text_at(arena, json, "id", STRIPE_ID_MAX),
		.type = json_text_at(arena, json, "type", 100) };
	if (json == NULL || kind == NULL || strcmp(kind, "event") != 0 || event->id == NULL || *event->id == '\0' ||
	    event->type == NULL)
		return problem(BAD_REQUEST, "the body is not a Stripe snapshot event");
	/* It says how many endpoints have yet to take it, which is another number when it is sent again. */
	json_object_object_del(json, "pending_webhooks");
	event->content = json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN);
	object = json_at(json, "data.object");
	if (strncmp(event->type, "payment_intent.", 15) == 0 && strcmp(event->type, "payment_intent.created") != 0) {
		if (stripe_read_intent(arena, object, &event->payment)) {
			event->kind = EVENT_IS_PAYMENT;
			event->transaction_id = event->payment.transaction_id;
			event->reference = json_text_at(arena, object, "metadata.reference", 20);
		}
	} else if (strncmp(event->type, "refund.", 7) == 0 || strcmp(event->type, "charge.refund.updated") == 0) {
		read_refund_event(arena, object, event);
	} else if (strcmp(event->type, "charge.refunded") == 0) {
		read_charge_event(arena, object, event);
	} else if (strncmp(event->type, "charge.dispute.", 15) == 0) {
		stripe_read_dispute_event(arena, json, object, event);
	} else if (strncmp(event->type, "radar.early_fraud_warning.", 26) == 0) {
		event->transaction_id = json_text_at(arena, object, "payment_intent", STRIPE_ID_MAX);
		if (event->transaction_id != NULL)
			event->kind = EVENT_IS_FRAUD_WARNING;
	} else if (strncmp(event->type, "setup_intent.", 13) == 0) {
		stripe_read_setup_event(arena, object, event);
	} else if (strncmp(event->type, "payment_method.", 15) == 0 || strcmp(event->type, "mandate.updated") == 0) {
		stripe_read_method_event(arena, object, event);
	}
	return OK;
}

static const struct {
	const char *type, *status, *more;
} simulated[] = {
	{ "radar.early_fraud_warning.created", "", ",\"actionable\":true,\"fraud_type\":\"made_with_stolen_card\"" },
	{ "payment_intent.processing", "processing", "" },
	{ "payment_intent.succeeded", "succeeded", "" },
	{ "payment_intent.payment_failed", "requires_payment_method", ",\"last_payment_error\":{\"code\":\"card_declined\"}" },
	{ "payment_intent.canceled", "canceled", "" },
};

static bool
stripe_simulate(struct work *work, const struct payment *payment, const char *type, struct simulated_event *event)
{
	char   *header = arena_alloc(work->arena, HAAT_SIGN_STRIPE_SIZE);
	int64_t amount;
	size_t  i = 0;

	while (i < sizeof simulated / sizeof *simulated && strcmp(simulated[i].type, type) != 0)
		i++;
	if (i == sizeof simulated / sizeof *simulated || !stripe_from_money(payment->amount, &amount))
		return false;
	event->body = arena_format(work->arena,
	    "{\"id\":\"evt_simulated_%s\",\"object\":\"event\",\"type\":\"%s\",\"data\":{\"object\":{\"id\":\"%s\","
	    "\"object\":\"payment_intent\",\"payment_intent\":\"%s\",\"amount\":%lld,\"amount_received\":%lld,\"currency\":\"%s\",\"status\":\"%s\","
	    "\"metadata\":{\"reference\":\"%s\"}%s}}}",
	    uuid_text(work->arena, uuid_new()), type, payment->transaction_id, payment->transaction_id, (long long)amount,
	    (long long)amount, stripe_lower_currency(work->arena, payment->amount.currency), simulated[i].status,
	    payment->reference, simulated[i].more);
	event->signatures[0] = header;
	return haat_sign_stripe(work->config->payments.stripe.webhook_secrets[0], unix_seconds(), event->body,
		   strlen(event->body), header, HAAT_SIGN_STRIPE_SIZE) == 0;
}

static const char *const signature_headers[] = { "Stripe-Signature", NULL };

/* What could pay again, what a card scheme forbids to keep, and who the payer is. */
static const char *const private_members[] = { "client_secret", "card", "evidence", "number", "cvc", "fingerprint",
	"billing_details", "payment_method_details", "receipt_email", "receipt_url", "customer_details", "customer_email",
	"email", "phone", "link", "shipping", "payment_method", "customer", NULL };

/* Stripe.js (Stripe docs, "Content security policy"). */
static const char *
script_url(struct work *work, struct money amount)
{
	(void)amount;
	return work->config->payments.stripe.publishable_key[0] == '\0' ? NULL : work->config->payments.stripe.script_url;
}

static void
add_settings(struct work *work, const struct payment *payment, struct text *json)
{
	TEXT_ADD(json, "\"key\":");
	text_add_json(json, work->config->payments.stripe.publishable_key);
	TEXT_ADD(json, ",\"secret\":");
	text_add_json(json, payment->client_secret);
	if (payment->payment_method != NULL)
		TEXT_ADD(json, ",\"stored\":\"yes\"");
	text_add_char(json, ',');
}

static const struct provider_page page = {
	.script = (const char *const[]) { "https://js.stripe.com", "https://*.js.stripe.com", NULL },
	.frame = (const char *const[]) { "https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com", NULL },
	.connect = (const char *const[]) { "https://api.stripe.com", NULL },
	.image = (const char *const[]) { "https://*.stripe.com", NULL },
	.style = (const char *const[]) { NULL },
	.opener_policy = "same-origin-allow-popups",
	.script_url = script_url,
	.add_settings = add_settings,
};

const struct provider provider_stripe = {
	.name = "stripe",
	.title = "Card (Stripe)",
	.number = PROVIDER_STRIPE,
	.order_method = "online",
	.collects = COLLECTED_BY_PROVIDER,
	.refunds_by_key = true,
	.charges_without_payer = true,
	.methods = &stripe_methods,
	.tells_fees = true,
	.return_parameter = "payment_intent",
	.signature_headers = signature_headers,
	.evidence_fields = stripe_evidence_fields,
	.private_members = private_members,
	.page = &page,
	.currencies = stripe_currencies,
	.keeps_stock_seconds = stripe_keeps_stock_seconds,
	.takes = stripe_takes,
	.limits = stripe_limits,
	.create = stripe_create,
	.fetch = stripe_fetch,
	.cancel = stripe_cancel,
	.refund = stripe_refund,
	.refunds = stripe_refunds,
	.disputes = stripe_disputes,
	.evidence = stripe_evidence,
	.accept = stripe_accept,
	.verify = stripe_verify,
	.parse_events = stripe_parse_events,
	.simulate = stripe_simulate,
};
