/*
 * Methods that are stored at Stripe without a payment: SetupIntents of the owner's customer, confirmed by Stripe's script (Stripe API
 * reference, "Setup Intents").
 */
#include "payments/providers/stripe.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

/* No payment: its answers are not kept, for they say who the owner is. */
static const struct payment_id no_payment;

/* The sandbox has a page of its own to store on; Stripe itself wants its script and the client secret. */
static const char *
sandbox_page(struct work *work, const struct method_setup *setup, struct json_object *intent)
{
	const char *page = json_text_at(work->arena, intent, "haat_sandbox_url", 1000);
	struct text url = text_new(work->arena, 512);

	if (page == NULL || work->config->profile != PROFILE_DEVELOPMENT)
		return NULL;
	text_addf(&url, "%s?return_url=", page);
	text_add_percent(&url, setup_way_back(work, setup));
	return url.bytes;
}

static const struct problem *
stripe_setup_begin(
    struct work *work, const struct method_setup *setup, const struct method_owner *owner, struct setup_answer *answer)
{
	const char         *id = uuid_text(work->arena, setup->id.uuid), *customer;
	struct text         form = text_new(work->arena, 256);
	struct http_reply   reply;
	struct json_object *json;

	TRY(stripe_customer(work, owner, &customer));
	stripe_add_field(&form, "customer", customer);
	stripe_add_field(&form, "usage", "off_session");
	stripe_add_field(&form, "automatic_payment_methods[enabled]", "true");
	stripe_add_field(&form, "metadata[payment_method_id]", id);
	TRY(stripe_call(
	    work, no_payment, NULL, "/v1/setup_intents", &form, arena_format(work->arena, "setup:%s", id), &reply, &json));
	if (reply.status >= 400)
		return stripe_refused(work, &reply, json);
	answer->setup = json_text_at(work->arena, json, "id", STRIPE_ID_MAX);
	answer->client_secret = json_text_at(work->arena, json, "client_secret", SETUP_SECRET_MAX);
	answer->redirect_url = sandbox_page(work, setup, json);
	if (answer->setup == NULL || answer->client_secret == NULL)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}

/* One that was declined wants another method: it is not over. */
static const struct problem *
stripe_setup_ask(
    struct work *work, const struct method_setup *setup, const struct method_owner *owner, struct setup_answer *answer)
{
	struct http_reply   reply;
	struct json_object *json;
	const char         *customer, *status;

	TRY(provider_customer(work, owner, "stripe", &customer));
	TRY(stripe_call(work, no_payment, NULL,
	    arena_format(work->arena, "/v1/setup_intents/%s?expand[0]=payment_method", setup->setup), NULL, NULL, &reply, &json));
	if (reply.status >= 400)
		return stripe_refused(work, &reply, json);
	status = json_text_at(work->arena, json, "status", 64);
	if (status == NULL || customer == NULL)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	if (strcmp(status, "canceled") == 0)
		answer->outcome = SETUP_IS_OVER;
	if (strcmp(status, "succeeded") != 0)
		return OK;
	answer->outcome = SETUP_IS_CONFIRMED;
	return stripe_take_method(work, json_at(json, "payment_method"), customer, &answer->kept);
}

/* One that has gone too far to be cancelled says so; it is asked about again. */
static const struct problem *
stripe_setup_close(struct work *work, const struct method_setup *setup)
{
	struct text         form = text_new(work->arena, 64);
	struct http_reply   reply;
	struct json_object *json;

	stripe_add_field(&form, "cancellation_reason", "abandoned");
	TRY(stripe_call(work, no_payment, NULL, arena_format(work->arena, "/v1/setup_intents/%s/cancel", setup->setup), &form,
	    NULL, &reply, &json));
	if (reply.status == 400)
		return problem(PROVIDER_UNAVAILABLE, "the payment method is being confirmed; ask again");
	return reply.status < 400 ? OK : stripe_refused(work, &reply, json);
}

static void
add_setup_settings(struct work *work, const struct method_setup *setup, struct text *json)
{
	TEXT_ADD(json, "\"key\":");
	text_add_json(json, work->config->payments.stripe.publishable_key);
	TEXT_ADD(json, ",\"secret\":");
	text_add_json(json, setup->client_secret);
	TEXT_ADD(json, ",\"stores\":\"yes\",");
}

const struct provider_setup stripe_setup = {
	.type = METHOD_STRIPE,
	.begin = stripe_setup_begin,
	.ask = stripe_setup_ask,
	.close = stripe_setup_close,
	.add_settings = add_setup_settings,
};
