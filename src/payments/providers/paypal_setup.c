/*
 * What PayPal's vault stores without a payment: a setup token that the payer approves at PayPal, of which a payment token is made then
 * (PayPal docs, "Payment Method Tokens v3").  PayPal tells nobody of the approval: it is asked.
 */
#include "payments/providers/paypal.h"

#include "base/arena.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

/* Their answers say who the owner is. */
static const struct payment_id no_payment;

static const char *const approved[] = { "APPROVED", "VAULTED", "TOKENIZED", NULL };

static void
add_source(struct work *work, const struct method_setup *setup, struct text *body)
{
	const char *back = setup_way_back(work, setup);

	TEXT_ADD(body, "\"payment_source\":{\"paypal\":{");
	paypal_add_member(body, "usage_type", "MERCHANT");
	paypal_add_member(body, "usage_pattern", PAYPAL_USAGE);
	paypal_add_member(body, "customer_type", "CONSUMER");
	TEXT_ADD(body, ",\"permit_multiple_payment_tokens\":false,\"experience_context\":{");
	paypal_add_member(body, "return_url", back);
	paypal_add_member(body, "cancel_url", back);
	paypal_add_member(body, "shipping_preference", "NO_SHIPPING");
	paypal_add_member(body, "vault_instruction", "ON_PAYER_APPROVAL");
	paypal_add_member(body, "user_action", "SETUP_NOW");
	TEXT_ADD(body, "}}}");
}

static const struct problem *
paypal_setup_begin(
    struct work *work, const struct method_setup *setup, const struct method_owner *owner, struct setup_answer *answer)
{
	struct text         body = text_new(work->arena, 1024);
	struct http_reply   reply;
	struct json_object *json;
	const char         *customer;

	TRY(provider_customer(work, owner, "paypal", &customer));
	TEXT_ADD(&body, "{\"customer\":{");
	if (customer != NULL)
		paypal_add_member(&body, "id", customer);
	else
		paypal_add_member(&body, "merchant_customer_id", uuid_text(work->arena, owner->id));
	TEXT_ADD(&body, "},");
	add_source(work, setup, &body);
	text_add_char(&body, '}');
	TRY(paypal_call(work, no_payment, NULL, "/v3/vault/setup-tokens", &body,
	    arena_format(work->arena, "setup:%s", uuid_text(work->arena, setup->id.uuid)), &reply, &json));
	if (reply.status >= 400)
		return paypal_refused(work, &reply, json);
	answer->setup = json_text_at(work->arena, json, "id", ID_MAX);
	answer->redirect_url = paypal_link_of(work->arena, json, "approve");
	if (answer->setup == NULL || answer->redirect_url == NULL)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}

/* Made under one key for a set-up: asked for again it is the same token. */
static const struct problem *
make_token(struct work *work, const struct method_setup *setup, struct json_object **json)
{
	struct text       body = text_new(work->arena, 256);
	struct http_reply reply;

	TEXT_ADD(&body, "{\"payment_source\":{\"token\":{");
	paypal_add_member(&body, "id", setup->setup);
	paypal_add_member(&body, "type", "SETUP_TOKEN");
	TEXT_ADD(&body, "}}}");
	TRY(paypal_call(work, no_payment, NULL, "/v3/vault/payment-tokens", &body,
	    arena_format(work->arena, "stored:%s", uuid_text(work->arena, setup->id.uuid)), &reply, json));
	return reply.status >= 400 ? paypal_refused(work, &reply, *json) : OK;
}

/* It was made for the owner, so the customer that it has is theirs, unless they are known as another one. */
static const struct problem *
take_token(struct work *work, const struct method_owner *owner, struct json_object *json, struct kept_token *kept)
{
	const char *known, *customer = json_text_at(work->arena, json, "customer.id", ID_MAX);

	kept->stored.token = json_text_at(work->arena, json, "id", TOKEN_BYTES_MAX);
	kept->stored.customer = customer;
	if (kept->stored.token == NULL || customer == NULL)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	TRY(provider_customer(work, owner, "paypal", &known));
	if (known == NULL)
		return keep_provider_customer(work, owner, "paypal", &customer);
	return strcmp(known, customer) == 0
	    ? OK
	    : problem(PAYMENT_METHOD_UNUSABLE, "the provider does not know the token as one of yours");
}

static const struct problem *
paypal_setup_ask(
    struct work *work, const struct method_setup *setup, const struct method_owner *owner, struct setup_answer *answer)
{
	struct http_reply   reply;
	struct json_object *json;

	TRY(paypal_call(work, no_payment, NULL, arena_format(work->arena, "/v3/vault/setup-tokens/%s", setup->setup), NULL, NULL,
	    &reply, &json));
	if (reply.status == 404) {
		answer->outcome = SETUP_IS_OVER; /* PayPal keeps one for three days */
		return OK;
	}
	if (reply.status >= 400)
		return paypal_refused(work, &reply, json);
	/* What nobody wants any more is left alone: it ends by itself. */
	if (setup->status != SETUP_PENDING || !paypal_is_one_of(json_text_at(work->arena, json, "status", 64), approved))
		return OK;
	TRY(make_token(work, setup, &json));
	answer->outcome = SETUP_IS_CONFIRMED;
	return take_token(work, owner, json, &answer->kept);
}

const struct provider_setup paypal_setup = {
	.type = METHOD_PAYPAL,
	.begin = paypal_setup_begin,
	.ask = paypal_setup_ask,
};
