/*
 * Methods that are stored at Stripe: PaymentMethods that are attached to a customer of ours, one for each owner (Stripe API reference,
 * "Payment Methods", "Customers").
 */
#include "payments/providers/stripe.h"

#include "base/arena.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

/* No payment: its answers are not kept, for they say who the owner is. */
static const struct payment_id no_payment;

static const struct problem *
unusable(void)
{
	return problem(PAYMENT_METHOD_UNUSABLE, "the provider does not know the token as one of yours");
}

/* Of "card", "us_bank_account", "sepa_debit", "paypal", "link" ... */
static int
type_of(struct arena *arena, struct json_object *method, int otherwise)
{
	const char *type = json_text_at(arena, method, "type", 32);

	if (type == NULL)
		return otherwise;
	if (strcmp(type, "card") == 0)
		return METHOD_CARD;
	return strstr(type, "bank_account") != NULL || strstr(type, "debit") != NULL ? METHOD_BANK_ACCOUNT : METHOD_STRIPE;
}

static const struct problem *
take_method(struct work *work, struct json_object *method, const char *customer, struct kept_token *kept)
{
	const char *owner = json_text_at(work->arena, method, "customer", STRIPE_ID_MAX);
	const char *id = json_text_at(work->arena, method, "id", STRIPE_ID_MAX);

	if (id == NULL || owner == NULL || strcmp(owner, customer) != 0)
		return unusable();
	kept->stored = (struct stored_token) { .token = id, .customer = customer };
	kept->type = type_of(work->arena, method, kept->type);
	kept->expires = stripe_card_expiry(work->arena, method);
	return OK;
}

/* A new one is attached to the owner's customer; one that is attached must be theirs. */
static const struct problem *
stripe_adopt(struct work *work, const struct method_owner *owner, const char *token, struct kept_token *kept)
{
	struct text         form = text_new(work->arena, 64);
	struct http_reply   reply;
	struct json_object *json;
	const char         *customer;

	if (strncmp(token, "pm_", 3) != 0)
		return unusable();
	TRY(stripe_customer(work, owner, &customer));
	stripe_add_field(&form, "customer", customer);
	TRY(stripe_call(work, no_payment, NULL, arena_format(work->arena, "/v1/payment_methods/%s/attach", token), &form, NULL,
	    &reply, &json));
	if (reply.status < 400)
		return take_method(work, json, customer, kept);
	if (reply.status == 402)
		return problem(PAYMENT_METHOD_UNUSABLE, "the bank has declined the payment method");
	if (reply.status != 400 && reply.status != 404)
		return stripe_refused(work, &reply, json);
	TRY(stripe_call(
	    work, no_payment, NULL, arena_format(work->arena, "/v1/payment_methods/%s", token), NULL, NULL, &reply, &json));
	if (reply.status >= 400)
		return reply.status == 404 || reply.status == 400 ? unusable() : stripe_refused(work, &reply, json);
	return take_method(work, json, customer, kept);
}

static const struct problem *
stripe_kept(struct work *work, const struct payment *payment, const struct method_owner *owner, struct kept_token *kept)
{
	struct http_reply   reply;
	struct json_object *json, *method;
	const char         *customer;

	TRY(provider_customer(work, owner, "stripe", &customer));
	if (customer == NULL || payment->transaction_id == NULL)
		return OK;
	TRY(stripe_call(work, payment->id, NULL,
	    arena_format(work->arena, "/v1/payment_intents/%s?expand[0]=payment_method", payment->transaction_id), NULL, NULL,
	    &reply, &json));
	if (reply.status >= 400)
		return stripe_refused(work, &reply, json);
	method = json_at(json, "payment_method");
	if (!json_object_is_type(method, json_type_object) ||
	    json_text_at(work->arena, method, "customer", STRIPE_ID_MAX) == NULL)
		return OK; /* of a kind that Stripe cannot store */
	return take_method(work, method, customer, kept);
}

static const struct problem *
stripe_forget(struct work *work, const struct stored_token *stored)
{
	struct text         form = text_new(work->arena, 8);
	struct http_reply   reply;
	struct json_object *json;

	TRY(stripe_call(work, no_payment, NULL, arena_format(work->arena, "/v1/payment_methods/%s/detach", stored->token), &form,
	    NULL, &reply, &json));
	/* Detached before, or not there any more. */
	return reply.status < 400 || reply.status == 400 || reply.status == 404 ? OK : stripe_refused(work, &reply, json);
}

const struct provider_methods stripe_methods = {
	.charges_by_key = true,
	.adopt = stripe_adopt,
	.kept = stripe_kept,
	.charge = stripe_charge,
	.look_for = stripe_look_for,
	.forget = stripe_forget,
};
