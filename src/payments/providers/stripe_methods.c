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
		return stripe_take_method(work, json, customer, kept);
	if (reply.status == 402)
		return problem(PAYMENT_METHOD_UNUSABLE, "the bank has declined the payment method");
	if (reply.status != 400 && reply.status != 404)
		return stripe_refused(work, &reply, json);
	TRY(stripe_call(
	    work, no_payment, NULL, arena_format(work->arena, "/v1/payment_methods/%s", token), NULL, NULL, &reply, &json));
	if (reply.status >= 400)
		return reply.status == 404 || reply.status == 400 ? unusable() : stripe_refused(work, &reply, json);
	return stripe_take_method(work, json, customer, kept);
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
	return stripe_take_method(work, method, customer, kept);
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
	.setup = &stripe_setup,
	.forget = stripe_forget,
};
