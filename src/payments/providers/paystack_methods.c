/*
 * What Paystack stores of payers: authorizations, each of which it charges for the e-mail address that made it only (Paystack API
 * reference, "Charge Authorization", "Customer").
 *
 * A charge bears our reference, which is unique with the account: a second one under it is refused.  Still it is looked for first and
 * never sent again.
 */
#include "payments/providers/paystack.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>
#include <stdlib.h>

/* Their answers say who the owner is. */
static const struct payment_id no_payment;

/* "12" and "2034", or numbers. */
static int64_t
number_at(struct arena *arena, struct json_object *json, const char *path)
{
	const char *text = paystack_id_at(arena, json, path);

	return text == NULL ? 0 : strtoll(text, NULL, 10);
}

/* An authorization that can be charged again, and whose it is to Paystack; false when it cannot. */
static bool
read_authorization(
    struct arena *arena, struct json_object *authorization, const char *email, const char *customer, struct kept_token *kept)
{
	const char *code = json_text_at(arena, authorization, "authorization_code", TOKEN_BYTES_MAX);
	const char *channel = json_text_at(arena, authorization, "channel", 32);

	if (code == NULL || !json_object_get_boolean(json_at(authorization, "reusable")))
		return false;
	kept->stored = (struct stored_token) { .token = code, .customer = customer, .email = email };
	if (channel != NULL)
		kept->type = strcmp(channel, "card") == 0 ? METHOD_CARD
		    : strstr(channel, "mobile") != NULL   ? METHOD_MOBILE_MONEY
							  : METHOD_BANK_ACCOUNT;
	if (kept->type == METHOD_CARD)
		kept->expires =
		    month_end(arena, number_at(arena, authorization, "exp_year"), number_at(arena, authorization, "exp_month"));
	return true;
}

static const struct problem *
paystack_adopt(struct work *work, const struct method_owner *owner, const char *token, struct kept_token *kept)
{
	struct text         path = text_new(work->arena, 128);
	struct http_reply   reply;
	struct json_object *json, *list;
	const char         *customer;

	TEXT_ADD(&path, "/customer/");
	text_add_percent(&path, owner->email);
	TRY(paystack_call(work, no_payment, NULL, "GET", path.bytes, NULL, &reply, &json));
	list = json_at(json, "data.authorizations");
	if (reply.status != 404 && reply.status != 400 && !paystack_took(&reply, json))
		return paystack_refused(work, &reply, json);
	customer = json_text_at(work->arena, json, "data.customer_code", PAYSTACK_ID_MAX);
	for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
		struct json_object *authorization = json_object_array_get_idx(list, i);
		const char         *code = json_text_at(work->arena, authorization, "authorization_code", TOKEN_BYTES_MAX);

		if (code != NULL && strcmp(code, token) == 0)
			return read_authorization(work->arena, authorization, owner->email, customer, kept)
			    ? OK
			    : problem(PAYMENT_METHOD_UNUSABLE, "the provider can charge the payment method only once");
	}
	return problem(PAYMENT_METHOD_UNUSABLE, "the provider does not know the token as one of yours");
}

static const struct problem *
paystack_kept(struct work *work, const struct payment *payment, const struct method_owner *owner, struct kept_token *kept)
{
	struct http_reply   reply;
	struct json_object *json;
	const char         *email;

	(void)owner;
	TRY(paystack_call(work, payment->id, NULL, "GET", arena_format(work->arena, "/transaction/verify/%s", payment->reference),
	    NULL, &reply, &json));
	if (!paystack_took(&reply, json))
		return paystack_refused(work, &reply, json);
	email = json_text_at(work->arena, json, "data.customer.email", 254);
	if (email == NULL ||
	    !read_authorization(work->arena, json_at(json, "data.authorization"), email,
		json_text_at(work->arena, json, "data.customer.customer_code", PAYSTACK_ID_MAX), kept))
		kept->stored.token = NULL;
	return OK;
}

static const struct problem *
make_charge(struct work *work, const struct payment *payment, struct text *body)
{
	int64_t units;

	if (!paystack_from_money(payment->amount, &units))
		return problem(PROVIDER_REFUSED, "the payment provider cannot charge exactly this amount");
	TEXT_ADD(body, "{\"email\":");
	text_add_json(body, payment->stored->email);
	TEXT_ADD(body, ",\"authorization_code\":");
	text_add_json(body, payment->stored->token);
	text_addf(body, ",\"amount\":%lld,\"currency\":\"%s\",\"reference\":\"%s\",\"metadata\":{\"reference\":\"%s\"",
	    (long long)units, payment->amount.currency, payment->reference, payment->reference);
	if (payment->order != NULL)
		text_addf(body, ",\"order_id\":\"%s\"", uuid_text(work->arena, payment->order->uuid));
	TEXT_ADD(body, "}}");
	return OK;
}

/* The words of banks, after which another try with the card is pointless. */
static bool
is_hopeless(const char *response)
{
	static const char *const words[] = { "expired card", "lost card", "stolen card", "restricted card", "pick up",
		"closed account", "invalid card" };

	for (size_t i = 0; response != NULL && i < sizeof words / sizeof *words; i++)
		if (strcasestr(response, words[i]) != NULL)
			return true;
	return false;
}

static const struct problem *
take_charge(struct work *work, const struct payment *payment, struct json_object *data, struct provider_answer *answer)
{
	/* The bank wants the payer, who goes on with the same transaction. */
	if (json_object_get_boolean(json_at(data, "paused"))) {
		*answer = (struct provider_answer) { .status = PAYMENT_REQUIRES_ACTION,
			.transaction_id = payment->reference,
			.redirect_url = json_text_at(work->arena, data, "authorization_url", 2000),
			.failure_code = "authentication_required" };
		return OK;
	}
	if (!paystack_read_transaction(work->arena, data, answer) || strcmp(answer->transaction_id, payment->reference) != 0)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	if (answer->status == PAYMENT_FAILED && is_hopeless(answer->failure_reason)) {
		answer->failure_advice = "do_not_try_again";
		answer->method_unusable = "declined_for_good";
	}
	return OK;
}

static const struct problem *
paystack_look_for(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct http_reply   reply;
	struct json_object *json;

	*answer = (struct provider_answer) { .status = PAYMENT_CANCELLED };
	TRY(paystack_call(work, payment->id, "fetch", "GET",
	    arena_format(work->arena, "/transaction/verify/%s", payment->reference), NULL, &reply, &json));
	if (paystack_code_is(work, json, "transaction_not_found"))
		return OK;
	if (!paystack_took(&reply, json))
		return paystack_refused(work, &reply, json);
	return take_charge(work, payment, json_at(json, "data"), answer);
}

static const struct problem *
paystack_charge(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct text           body = text_new(work->arena, 512);
	struct http_reply     reply = { .outcome = HTTP_UNREACHABLE };
	struct json_object   *json;
	const struct problem *problem;

	TRY(make_charge(work, payment, &body));
	arena_scrub(work->arena, body.bytes, body.length);
	problem = paystack_call(work, payment->id, "create", "POST", "/transaction/charge_authorization", &body, &reply, &json);
	answer->unsent = reply.outcome == HTTP_UNREACHABLE || reply.status == 401 || reply.status == 429;
	TRY(problem);
	if (paystack_code_is(work, json, "duplicate_reference"))
		return paystack_look_for(work, payment, answer);
	if (!paystack_took(&reply, json))
		return paystack_refused(work, &reply, json);
	return take_charge(work, payment, json_at(json, "data"), answer);
}

static const struct problem *
paystack_forget(struct work *work, const struct stored_token *stored)
{
	struct text         body = text_new(work->arena, 128);
	struct http_reply   reply;
	struct json_object *json;

	TEXT_ADD(&body, "{\"authorization_code\":");
	text_add_json(&body, stored->token);
	TEXT_ADD(&body, "}");
	arena_scrub(work->arena, body.bytes, body.length);
	TRY(paystack_call(work, no_payment, NULL, "POST", "/customer/authorization/deactivate", &body, &reply, &json));
	return reply.status < 400 || reply.status == 400 || reply.status == 404 ? OK : paystack_refused(work, &reply, json);
}

const struct provider_methods paystack_methods = {
	.adopt = paystack_adopt,
	.kept = paystack_kept,
	.charge = paystack_charge,
	.look_for = paystack_look_for,
	.forget = paystack_forget,
};
