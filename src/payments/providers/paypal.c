/*
 * PayPal: orders, captures and refunds (Orders v2, Payments v2; its objects are read in paypal_objects.c, its events in paypal_events.c).
 *
 * A payment is an order with one capture.  The payer approves the order at PayPal's page and nothing is taken before we capture it,
 * so an order that was given up needs no closing: it is never captured.  An order is captured once, whatever the key; refunds bear
 * our reference and id, by which their events are known.  Amounts are decimal texts with as many places as PayPal has.
 */
#include "payments/providers/paypal.h"

#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

/* What a capture was refused for, as a failure code, that the payer can mend at PayPal. */
static const char *const declines[] = { "instrument_declined", "payer_action_required", NULL };

static enum amount_fit
paypal_takes_amount(struct money amount)
{
	char text[MONEY_TEXT_SIZE];

	return paypal_amount_text(amount, text) ? AMOUNT_FITS : AMOUNT_IS_INEXACT;
}

static const char *const *
paypal_currencies(const struct config *config)
{
	return config->payments.paypal.currencies;
}

static const char *const *
paypal_limits(const struct config *config)
{
	return config->payments.paypal.limits;
}

static int64_t
paypal_keeps_stock_seconds(const struct config *config)
{
	return config->orders.expire_minutes * 60;
}

static const struct problem *
get_order(struct work *work, const struct payment *payment, const char *kind, struct http_reply *reply, struct json_object **json)
{
	return paypal_call(work, payment->id, kind, arena_format(work->arena, "/v2/checkout/orders/%s", payment->transaction_id),
	    NULL, NULL, reply, json);
}

static const struct problem *
fetch_order(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct http_reply   reply;
	struct json_object *json;

	TRY(get_order(work, payment, "fetch", &reply, &json));
	/* An order that nobody captured is forgotten after some hours; without us no money can have come by it. */
	if (reply.status == 404 && strcmp(paypal_issue_of(work->arena, json), "INVALID_RESOURCE_ID") == 0) {
		*answer = (struct provider_answer) { .status = PAYMENT_EXPIRED, .transaction_id = payment->transaction_id };
		return OK;
	}
	return paypal_take_order(work, &reply, json, answer);
}

/*
 * An order stays APPROVED though its capture was refused.  Refused for good it is not captured again, and the attempt has failed;
 * refused for its means of payment it is captured once the payer has chosen another, which nothing in the order tells.
 */
static const struct problem *
paypal_fetch(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	bool declined = payment->status == PAYMENT_REQUIRES_ACTION && paypal_is_one_of(payment->failure_code, declines);

	TRY(fetch_order(work, payment, answer));
	if (answer->authorised && (declined || payment->status == PAYMENT_FAILED)) {
		answer->status = payment->status;
		answer->authorised = false;
	}
	return OK;
}

/* The payer is back from PayPal, or PayPal told something: what was declined is worth another try. */
static const struct problem *
paypal_returned(struct work *work, const struct payment *payment, const char *query, struct provider_answer *answer)
{
	(void)query;
	if (payment->status == PAYMENT_FAILED)
		return paypal_fetch(work, payment, answer);
	return fetch_order(work, payment, answer);
}

/* A capture that was refused: the payer has to act again, it was captured before, or nothing comes of it. */
static const struct problem *
capture_refused(struct work *work, const struct payment *payment, const struct http_reply *reply, struct json_object *json,
    struct provider_answer *answer)
{
	const char           *issue = paypal_issue_of(work->arena, json);
	const struct problem *problem;

	if (strcmp(issue, "ORDER_ALREADY_CAPTURED") == 0)
		return fetch_order(work, payment, answer);
	problem = paypal_refused(work, reply, json);
	if (!problem_is(problem, PROBLEM_PROVIDER_REFUSED) && !problem_is(problem, PROBLEM_AMOUNT_UNSUPPORTED))
		return problem;
	*answer = (struct provider_answer) { .status = PAYMENT_FAILED,
		.transaction_id = payment->transaction_id,
		.failure_code = paypal_lower_case(work->arena, issue),
		.failure_reason = "the provider did not take the payment" };
	if (paypal_is_one_of(answer->failure_code, declines) || strcmp(issue, "ORDER_NOT_APPROVED") == 0) {
		answer->status = PAYMENT_REQUIRES_ACTION;
		answer->redirect_url = paypal_link_of(work->arena, json, "redirect");
	}
	return OK;
}

/* Each try has a key of its own, for a declined one would be said again under its key; PayPal captures an order once. */
static const struct problem *
paypal_capture(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct text         body = text_new(work->arena, 8);
	struct http_reply   reply;
	struct json_object *json;

	TEXT_ADD(&body, "{}");
	TRY(paypal_call(work, payment->id, "capture",
	    arena_format(work->arena, "/v2/checkout/orders/%s/capture", payment->transaction_id), &body,
	    arena_format(work->arena, "%s:capture:%lld", payment->idempotency_key, (long long)payment->checks), &reply, &json));
	return reply.status >= 400 ? capture_refused(work, payment, &reply, json, answer)
				   : paypal_take_order(work, &reply, json, answer);
}

/* PayPal has no call for it and needs none: what was not captured never will be. */
static const struct problem *
paypal_cancel(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	TRY(fetch_order(work, payment, answer));
	if (answer->status == PAYMENT_PENDING || answer->status == PAYMENT_REQUIRES_ACTION || answer->authorised)
		*answer = (struct provider_answer) { .status = PAYMENT_CANCELLED, .transaction_id = payment->transaction_id };
	return OK;
}

static const struct problem *
paypal_refunds(struct work *work, const struct payment *payment, struct provider_refunds *refunds)
{
	struct http_reply   reply;
	struct json_object *json, *list;
	int64_t            *made_at = ARENA_ARRAY(work->arena, PROVIDER_REFUNDS_MAX, int64_t);
	size_t              count;

	TRY(get_order(work, payment, "refund", &reply, &json));
	if (reply.status >= 400)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider does not find what it is asked about");
	list = json_at(paypal_first_of(json, "purchase_units"), "payments.refunds");
	count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
	refunds->count = 0;
	for (size_t i = 0; i < count && refunds->count < PROVIDER_REFUNDS_MAX; i++)
		if (paypal_read_refund(work->arena, json_object_array_get_idx(list, i), &refunds->list[refunds->count])) {
			made_at[refunds->count] = paypal_time_at(work->arena, json_object_array_get_idx(list, i), "create_time");
			refunds->count++;
		}
	return paypal_find_refunds_of_disputes(
	    work, payment, json_text_at(work->arena, paypal_capture_of(work->arena, json), "id", ID_MAX), refunds, made_at);
}

static const struct problem *
send_refund_of(struct work *work, const struct payment *payment, const struct refund *refund, const char *capture,
    struct http_reply *reply, struct json_object **json)
{
	const char *mark = arena_format(work->arena, "%s:%s", payment->reference, uuid_text(work->arena, refund->id.uuid));
	struct text body = text_new(work->arena, 256);
	char        value[MONEY_TEXT_SIZE];

	if (!paypal_amount_text(refund->amount, value))
		return problem(PROVIDER_REFUSED, "the payment provider cannot refund exactly this amount");
	text_add_char(&body, '{');
	paypal_add_member(&body, "custom_id", mark);
	paypal_add_member(&body, "invoice_id", mark);
	paypal_add_amount(&body, value, refund->amount.currency);
	text_add_char(&body, '}');
	return paypal_call(work, payment->id, "refund", arena_format(work->arena, "/v2/payments/captures/%s/refund", capture),
	    &body, arena_format(work->arena, "%s:%lld", refund->idempotency_key, (long long)refund->key_number), reply, json);
}

static const struct problem *
paypal_refund(struct work *work, const struct payment *payment, const struct refund *refund, struct refund_answer *answer)
{
	struct http_reply   reply;
	struct json_object *json;
	const char         *capture;

	TRY(get_order(work, payment, "refund", &reply, &json));
	capture = json_text_at(work->arena, paypal_capture_of(work->arena, json), "id", ID_MAX);
	if (capture == NULL)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider does not find what it is asked about");
	TRY(send_refund_of(work, payment, refund, capture, &reply, &json));
	if (reply.status >= 400)
		return provider_refund_refused(
		    work, refund, paypal_issue_of(work->arena, json), NULL, paypal_refused(work, &reply, json));
	if (!paypal_read_refund(work->arena, json, answer))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}

static const struct problem *
paypal_disputes(struct work *work, const struct payment *payment, struct provider_disputes *disputes)
{
	struct http_reply   reply;
	struct json_object *json;

	TRY(get_order(work, payment, "dispute", &reply, &json));
	return paypal_list_disputes(
	    work, payment, json_text_at(work->arena, paypal_capture_of(work->arena, json), "id", ID_MAX), disputes);
}

/* Who the payer is, how they pay, and what they write. */
static const char *const private_members[] = { "payer", "payment_source", "shipping", "buyer", "email_address", "email", "phone",
	"phone_number", "address", "given_name", "surname", "full_name", "payer_id", "messages", "note_to_payer", "access_token",
	"evidences", "communication_details", "customer", "vault_id", NULL };

static const char *
script_url(struct work *work, struct money amount)
{
	struct text url = text_new(work->arena, 256);

	text_addf(&url, "%s?components=buttons&intent=capture&currency=%s&client-id=", work->config->payments.paypal.script_url,
	    amount.currency);
	text_add_percent(&url, work->config->payments.paypal.client_id);
	return url.bytes;
}

static void
add_settings(struct work *work, const struct payment *payment, struct text *json)
{
	(void)work;
	TEXT_ADD(json, "\"order\":");
	text_add_json(json, payment->transaction_id);
	text_add_char(json, ',');
}

/*
 * The sources of PayPal's own recommendation (JavaScript SDK, "Best Practices"); Venmo's button stands among its own.  Scripts that it
 * writes into the page have a nonce; of its styles not all do, so that those are let in.
 */
#define PAYPAL_HOSTS "https://*.paypal.com", "https://*.paypalobjects.com", "https://*.venmo.com"

static const struct provider_page page = {
	.script = (const char *const[]) { PAYPAL_HOSTS, NULL },
	.frame = (const char *const[]) { PAYPAL_HOSTS, NULL },
	.connect = (const char *const[]) { PAYPAL_HOSTS, NULL },
	.image = (const char *const[]) { PAYPAL_HOSTS, NULL },
	.style = (const char *const[]) { PAYPAL_HOSTS, "'unsafe-inline'", NULL },
	.inline_script = true,
	.opener_policy = "same-origin-allow-popups",
	.script_url = script_url,
	.add_settings = add_settings,
};

const struct provider provider_paypal = {
	.name = "paypal",
	.title = "PayPal",
	.number = PROVIDER_PAYPAL,
	.order_method = "online",
	.collects = COLLECTED_BY_PROVIDER,
	.refunds_by_key = true,
	.tells_fees = true,
	.charges_without_payer = true,
	.methods = &paypal_methods,
	.return_parameter = "token",
	.unknown_words = "INVALID_RESOURCE_ID",
	.signature_headers = paypal_signature_headers,
	.private_members = private_members,
	.page = &page,
	.currencies = paypal_currencies,
	.keeps_stock_seconds = paypal_keeps_stock_seconds,
	.takes = paypal_takes_amount,
	.limits = paypal_limits,
	.create = paypal_create,
	.fetch = paypal_fetch,
	.returned = paypal_returned,
	.capture = paypal_capture,
	.cancel = paypal_cancel,
	.refund = paypal_refund,
	.refunds = paypal_refunds,
	.disputes = paypal_disputes,
	.evidence_fields = paypal_evidence_fields,
	.evidence = paypal_evidence,
	.accept = paypal_accept,
	.verify = paypal_verify,
	.confirm_event = paypal_confirm_event,
	.parse_events = paypal_parse_events,
};
