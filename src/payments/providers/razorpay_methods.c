/*
 * Mandates at Razorpay: tokens of its customers, which it debits after the bank's notice, a day or three later (Razorpay docs, "Recurring
 * Payments").
 *
 * A charge is an order and, under that, a recurring payment.  The order is made or found by our reference as often as need be; the payment
 * is made once, and what is under the order tells whether it was.
 */
#include "payments/providers/razorpay.h"

#include "base/arena.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

/* Their answers say who the owner is. */
static const struct payment_id no_payment;

static void
add_member(struct text *body, const char *name, const char *value)
{
	text_addf(body, "%s\"%s\":", body->length > 1 ? "," : "", name);
	text_add_json(body, value);
}

/* The same e-mail address and phone number are the same customer. */
static const struct problem *
find_customer(struct work *work, const struct method_owner *owner, const char **customer)
{
	struct text         body = text_new(work->arena, 256);
	struct http_reply   reply;
	struct json_object *json;

	TRY(provider_customer(work, owner, "razorpay", customer));
	if (*customer != NULL)
		return OK;
	text_add_char(&body, '{');
	add_member(&body, "name", owner->name);
	add_member(&body, "email", owner->email);
	add_member(&body, "contact", owner->phone);
	add_member(&body, "fail_existing", "0");
	text_add_char(&body, '}');
	arena_scrub(work->arena, body.bytes, body.length);
	TRY(razorpay_call(work, no_payment, NULL, "/v1/customers", body.bytes, NULL, &reply, &json));
	if (reply.status >= 400)
		return razorpay_refused(work, &reply, json);
	*customer = json_text_at(work->arena, json, "id", RAZORPAY_ID_MAX);
	return *customer == NULL ? razorpay_invalid_answer() : keep_provider_customer(work, owner, "razorpay", customer);
}

static int
type_of(struct arena *arena, struct json_object *token, int otherwise)
{
	const char *method = json_text_at(arena, token, "method", 32);

	if (method == NULL)
		return otherwise;
	return strcmp(method, "card") == 0 ? METHOD_CARD : strcmp(method, "upi") == 0 ? METHOD_MOBILE_MONEY : METHOD_BANK_ACCOUNT;
}

static const struct problem *
razorpay_adopt(struct work *work, const struct method_owner *owner, const char *token, struct kept_token *kept)
{
	struct http_reply   reply;
	struct json_object *json;
	const char         *customer, *status;
	int64_t             expires;

	if (strncmp(token, "token_", 6) != 0)
		return problem(PAYMENT_METHOD_UNUSABLE, "it is not one of the provider's tokens");
	if (owner->phone == NULL)
		return problem(PAYMENT_METHOD_UNUSABLE, "the provider needs the phone number of the account");
	TRY(find_customer(work, owner, &customer));
	TRY(razorpay_call(work, no_payment, NULL, arena_format(work->arena, "/v1/customers/%s/tokens/%s", customer, token), NULL,
	    NULL, &reply, &json));
	if (reply.status == 400 || reply.status == 404)
		return problem(PAYMENT_METHOD_UNUSABLE, "the provider does not know the token as one of yours");
	if (reply.status >= 400)
		return razorpay_refused(work, &reply, json);
	status = json_text_at(work->arena, json, "recurring_details.status", 32);
	if (status == NULL || strcmp(status, "confirmed") != 0)
		return problem(PAYMENT_METHOD_UNUSABLE, "the bank has not confirmed the payment method");
	kept->stored =
	    (struct stored_token) { .token = token, .customer = customer, .email = owner->email, .contact = owner->phone };
	kept->type = type_of(work->arena, json, kept->type);
	if (json_integer_at(json, "expired_at", &expires) && expires > 0) {
		kept->expires = ARENA_NEW(work->arena, struct instant);
		kept->expires->unix_ms = expires * 1000;
	}
	return OK;
}

/* The order of the charge; with *charged when a payment was made under it. */
static const struct problem *
look(struct work *work, const struct payment *payment, const char **order, bool *charged)
{
	struct http_reply   reply;
	struct json_object *json, *items;

	*charged = false;
	*order = NULL;
	TRY(razorpay_find_order(work, payment, &json));
	if (json == NULL)
		return OK;
	*order = json_text_at(work->arena, json, "id", RAZORPAY_ID_MAX);
	if (*order == NULL)
		return razorpay_invalid_answer();
	TRY(razorpay_call(
	    work, payment->id, "fetch", arena_format(work->arena, "/v1/orders/%s/payments", *order), NULL, NULL, &reply, &json));
	items = razorpay_items_of(json);
	if (reply.status >= 400 || items == NULL)
		return razorpay_invalid_answer();
	*charged = json_object_array_length(items) > 0;
	return OK;
}

static const struct problem *
razorpay_look_for(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	const char *order;
	bool        charged;

	TRY(look(work, payment, &order, &charged));
	*answer = charged ? (struct provider_answer) { .status = PAYMENT_PROCESSING, .transaction_id = order }
			  : (struct provider_answer) { .status = PAYMENT_CANCELLED };
	return OK;
}

/* With a day its bank is told of it at once, and lets it be debited from then on; else Razorpay tells the bank once it is to be debited. */
static const struct problem *
make_order(struct work *work, const struct payment *payment, const struct instant *due, const char **order)
{
	struct text         body = text_new(work->arena, 512);
	struct http_reply   reply;
	struct json_object *json;

	text_addf(&body,
	    "{\"amount\":%lld,\"currency\":\"%s\",\"receipt\":\"%s\",\"payment_capture\":true,"
	    "\"notes\":{\"reference\":\"%s\",\"purpose_id\":\"%s\"}",
	    (long long)payment->amount.minor, payment->amount.currency, payment->reference, payment->reference,
	    uuid_text(work->arena, payment->purpose));
	if (due != NULL) {
		TEXT_ADD(&body, ",\"notification\":{\"token_id\":");
		text_add_json(&body, payment->stored->token);
		text_addf(&body, ",\"payment_after\":%lld}", (long long)(due->unix_ms / 1000));
	}
	text_add_char(&body, '}');
	arena_scrub(work->arena, body.bytes, body.length);
	TRY(razorpay_call(work, payment->id, razorpay_kind_of(payment, "create"), "/v1/orders", body.bytes, NULL, &reply, &json));
	if (reply.status >= 400)
		return razorpay_refused(work, &reply, json);
	*order = json_text_at(work->arena, json, "id", RAZORPAY_ID_MAX);
	return *order == NULL ? razorpay_invalid_answer() : OK;
}

/* Two days before, so that a day and a half are left when Razorpay was out of reach for some hours: cards need that much. */
enum { NOTICE_SECONDS = 48 * 3600, NOTICE_LEAST_SECONDS = 36 * 3600 + 600 };

static const struct problem *
razorpay_give_notice(struct work *work, const struct payment *payment, struct instant due, const char **transaction)
{
	struct json_object *json;

	TRY(razorpay_find_order(work, payment, &json));
	if (json == NULL)
		return make_order(work, payment, &due, transaction);
	*transaction = json_text_at(work->arena, json, "id", RAZORPAY_ID_MAX);
	return *transaction == NULL ? razorpay_invalid_answer() : OK;
}

/* What Razorpay says of a debit that it does not begin. */
static const struct {
	const char *words, *code, *advice;
	bool        unusable;
} refusals[] = {
	{ "exceeds maximum amount", "amount_exceeds_mandate", "do_not_try_again", false },
	{ "pre_debit_notification_not_sent", "notice_not_sent", ADVICE_CHARGE_ANEW, false },
	{ "PROMISED_DEBIT_DATE", "too_early", ADVICE_CHARGE_ANEW, false },
	{ "token", "token_unknown", "do_not_try_again", true },
	{ "mandate", "mandate_inactive", "do_not_try_again", true },
};

static const struct problem *
take_refusal(struct work *work, const struct http_reply *reply, struct json_object *json, struct provider_answer *answer)
{
	const char *description = json_text_at(work->arena, json, "error.description", 500);
	const char *reason = json_text_at(work->arena, json, "error.reason", 64);

	for (size_t i = 0; reply->status == 400 && i < sizeof refusals / sizeof *refusals; i++) {
		if ((description == NULL || strcasestr(description, refusals[i].words) == NULL) &&
		    (reason == NULL || strcasestr(reason, refusals[i].words) == NULL))
			continue;
		*answer = (struct provider_answer) { .status = PAYMENT_FAILED,
			.failure_code = refusals[i].code,
			.failure_reason = description,
			.failure_advice = refusals[i].advice,
			.method_unusable = refusals[i].unusable ? refusals[i].code : NULL };
		return OK;
	}
	return razorpay_refused(work, reply, json);
}

static const struct problem *
debit(struct work *work, const struct payment *payment, const char *order, struct provider_answer *answer)
{
	const struct stored_token *stored = payment->stored;
	struct text                body = text_new(work->arena, 512);
	struct http_reply          reply = { .outcome = HTTP_UNREACHABLE };
	struct json_object        *json;
	const struct problem      *problem;

	text_addf(&body, "{\"amount\":%lld", (long long)payment->amount.minor);
	add_member(&body, "currency", payment->amount.currency);
	add_member(&body, "order_id", order);
	add_member(&body, "email", stored->email);
	add_member(&body, "contact", stored->contact);
	add_member(&body, "customer_id", stored->customer);
	add_member(&body, "token", stored->token);
	add_member(&body, "description", payment->reference);
	text_addf(&body, ",\"recurring\":true,\"notes\":{\"reference\":\"%s\"}}", payment->reference);
	arena_scrub(work->arena, body.bytes, body.length);
	problem = razorpay_call(work, payment->id, "create", "/v1/payments/create/recurring", body.bytes, NULL, &reply, &json);
	answer->unsent = reply.outcome == HTTP_UNREACHABLE || reply.status == 401 || reply.status == 429;
	TRY(problem);
	if (reply.status >= 400)
		return take_refusal(work, &reply, json, answer);
	if (json_text_at(work->arena, json, "razorpay_payment_id", RAZORPAY_ID_MAX) == NULL)
		return razorpay_invalid_answer();
	*answer = (struct provider_answer) { .status = PAYMENT_PROCESSING, .transaction_id = order };
	return OK;
}

static const struct problem *
razorpay_charge(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	const char *order;
	bool        charged;

	answer->unsent = true; /* an order alone takes nothing */
	TRY(look(work, payment, &order, &charged));
	if (charged) {
		*answer = (struct provider_answer) { .status = PAYMENT_PROCESSING, .transaction_id = order };
		return OK;
	}
	if (order == NULL)
		TRY(make_order(work, payment, NULL, &order));
	return debit(work, payment, order, answer);
}

static const struct problem *
razorpay_forget(struct work *work, const struct stored_token *stored)
{
	struct http_reply   reply;
	struct json_object *json;

	TRY(razorpay_call_with(work, no_payment, NULL, "DELETE",
	    arena_format(work->arena, "/v1/customers/%s/tokens/%s", stored->customer, stored->token), "application/json", NULL,
	    &reply, &json));
	return reply.status < 400 || reply.status == 400 || reply.status == 404 ? OK : razorpay_refused(work, &reply, json);
}

/* Nothing is stored while somebody pays: a mandate is registered by a payment of its own. */
const struct provider_methods razorpay_methods = {
	.adopt = razorpay_adopt,
	.charge = razorpay_charge,
	.look_for = razorpay_look_for,
	.notice_seconds = NOTICE_SECONDS,
	.notice_least_seconds = NOTICE_LEAST_SECONDS,
	.give_notice = razorpay_give_notice,
	.forget = razorpay_forget,
};
