/* What the core must know of Stripe. */
#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "sandbox/stripe/stripe.h"
#include "verify/haatverify.h"

#include <curl/curl.h>

static const struct route routes[] = {
	{ "POST", "/v1/payment_intents", ROUTE_API, intent_create },
	{ "GET", "/v1/payment_intents", ROUTE_API, intent_list },
	{ "GET", "/v1/payment_intents/{}", ROUTE_API, intent_show },
	{ "POST", "/v1/payment_intents/{}/capture", ROUTE_API, intent_capture },
	{ "POST", "/v1/payment_intents/{}/cancel", ROUTE_API, intent_cancel },
	{ "POST", "/v1/customers", ROUTE_API, customer_create },
	{ "GET", "/v1/customers/{}", ROUTE_API, customer_show },
	{ "GET", "/v1/customers/{}/payment_methods", ROUTE_API, customer_methods },
	{ "GET", "/v1/payment_methods/{}", ROUTE_API, method_show },
	{ "POST", "/v1/payment_methods/{}/attach", ROUTE_API, method_attach },
	{ "POST", "/v1/payment_methods/{}/detach", ROUTE_API, method_detach },
	{ "POST", "/v1/setup_intents", ROUTE_API, setup_create },
	{ "GET", "/v1/setup_intents/{}", ROUTE_API, setup_show },
	{ "POST", "/v1/setup_intents/{}/cancel", ROUTE_API, setup_cancel },
	{ "POST", "/v1/refunds", ROUTE_API, refund_create },
	{ "GET", "/v1/refunds", ROUTE_API, refund_list },
	{ "GET", "/v1/refunds/{}", ROUTE_API, refund_show },
	{ "GET", "/v1/disputes", ROUTE_API, dispute_list },
	{ "GET", "/v1/disputes/{}", ROUTE_API, dispute_show },
	{ "POST", "/v1/disputes/{}", ROUTE_API, dispute_update },
	{ "POST", "/v1/disputes/{}/close", ROUTE_API, dispute_close },
	{ "GET", "/v1/events", ROUTE_API, event_list },
	{ "GET", "/v1/events/{}", ROUTE_API, event_show },
	{ "GET", "/v3", ROUTE_OPEN, script_show },
	{ "GET", "/pay/{}", ROUTE_OPEN, page_show },
	{ "POST", "/pay/{}/{}", ROUTE_OPEN, page_acts },
	{ "GET", "/sandbox/stripe/payment_intents", ROUTE_OPEN, intents_summary },
	{ "GET", "/sandbox/stripe/methods/{}", ROUTE_OPEN, customer_methods },
	{ "GET", "/sandbox/stripe/setups/{}", ROUTE_OPEN, setup_show },
	{ "POST", "/sandbox/stripe/detach/{}", ROUTE_OPEN, method_detach },
	{ "POST", "/sandbox/stripe/replace/{}", ROUTE_OPEN, method_replaced },
	{ "POST", "/sandbox/stripe/mandate/{}/{}", ROUTE_OPEN, mandate_updated },
	{ "GET", "/sandbox/stripe/transactions", ROUTE_OPEN, transaction_list },
	{ "POST", "/sandbox/stripe/refund/{}", ROUTE_OPEN, refund_at_desk },
	{ "POST", "/sandbox/stripe/refunds-arrive/{}", ROUTE_OPEN, refunds_arrive },
	{ "POST", "/sandbox/stripe/bounce/{}", ROUTE_OPEN, refund_bounces },
	{ "POST", "/sandbox/stripe/expire-key/{}", ROUTE_OPEN, key_expires },
	{ "POST", "/sandbox/stripe/store/{}", ROUTE_OPEN, method_store },
	{ "POST", "/sandbox/stripe/dispute/{}", ROUTE_OPEN, dispute_opens },
	{ "POST", "/sandbox/stripe/inquiry/{}", ROUTE_OPEN, inquiry_opens },
	{ "POST", "/sandbox/stripe/fraud-warning/{}", ROUTE_OPEN, fraud_is_warned_of },
	{ "POST", "/sandbox/stripe/dispute-win/{}", ROUTE_OPEN, dispute_wins },
	{ "POST", "/sandbox/stripe/dispute-lose/{}", ROUTE_OPEN, dispute_loses },
	{ "POST", "/sandbox/stripe/{}/{}", ROUTE_OPEN, payer_acts },
};

/* The key and the version that Stripe wants with every call. */
static bool
is_admitted(struct call *call)
{
	static const char bearer[] = "Bearer ";
	const char       *authorization = call_header(call, "Authorization"), *version;

	if (authorization == NULL || strncmp(authorization, bearer, sizeof bearer - 1) != 0) {
		answer_error(call, 401, "invalid_request_error", NULL, NULL, "You did not provide an API key.");
		return false;
	}
	if (strcmp(authorization + sizeof bearer - 1, call->sandbox->config->payments.stripe.secret_key) != 0) {
		answer_error(call, 401, "invalid_request_error", "api_key_invalid", NULL, "Invalid API Key provided.");
		return false;
	}
	version = call_header(call, "Stripe-Version");
	if (version == NULL || *version == '\0') {
		log_warning("call without Stripe-Version rejected", LOG_TEXT("path", call->path));
		answer_invalid(call, NULL, NULL, "The Stripe-Version header is missing; pin the version you were tested with.");
		return false;
	}
	return true;
}

static void
answer_failure(struct call *call)
{
	answer_error(call, 500, "api_error", NULL, NULL, "An unknown error occurred.");
}

static void
answer_fault(struct call *call, int status, const char *what, const char *message)
{
	answer_error(call, status, "invalid_request_error", NULL, what, message);
}

/* The intent, to pay or to store, that the call is about: it, its refund or its charge is named in the path or the form. */
static const struct json_object *
intent_of(const struct call *call)
{
	const char *const named[] = { call->captured[0], call->captured[1], form_get(&call->form, "payment_intent"),
		form_get(&call->form, "charge") };

	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		const struct json_object *part, *intent;

		if (named[i] == NULL)
			continue;
		if ((intent = state_find(call->sandbox, TABLE_INTENTS, named[i])) != NULL ||
		    (intent = state_find(call->sandbox, TABLE_SETUPS, named[i])) != NULL)
			return intent;
		if ((part = state_find(call->sandbox, TABLE_REFUNDS, named[i])) != NULL ||
		    (part = state_find(call->sandbox, TABLE_DISPUTES, named[i])) != NULL ||
		    (part = state_find(call->sandbox, TABLE_CHARGES, named[i])) != NULL)
			return state_find(call->sandbox, TABLE_INTENTS, get_text(part, "payment_intent"));
	}
	return NULL;
}

static bool
is_called(const struct call *call, const struct json_object *intent, const char *subject)
{
	if (intent == NULL) {
		for (size_t i = 0; i < call->form.count; i++)
			if (strncmp(call->form.list[i].name, "metadata[", 9) == 0 &&
			    strcmp(call->form.list[i].value, subject) == 0)
				return true;
		return false;
	}
	return strcmp(get_text(intent, "id"), subject) == 0 || has_value(json_object_object_get(intent, "metadata"), subject);
}

static struct curl_slist *
sign(const struct config *config, const char *event_text)
{
	char               signature[HAAT_SIGN_STRIPE_SIZE], line[HAAT_SIGN_STRIPE_SIZE + 32];
	struct curl_slist *headers = NULL;

	if (haat_sign_stripe(config->payments.stripe.webhook_secrets[0], unix_seconds(), event_text, strlen(event_text),
		signature, sizeof signature) != 0)
		return NULL;
	snprintf(line, sizeof line, "Stripe-Signature: %s", signature);
	headers = curl_slist_append(headers, line);
	headers = curl_slist_append(headers, "Content-Type: application/json; charset=utf-8");
	return curl_slist_append(headers, "User-Agent: Stripe/1.0 (haat-sandbox)");
}

static const char *
settings_fault(const struct config *config)
{
	if (config->payments.stripe.secret_key == NULL || *config->payments.stripe.secret_key == '\0' ||
	    config->payments.stripe.webhook_secrets[0] == NULL)
		return "'payments.stripe.secret_key' and 'payments.stripe.webhook_secret' must be set";
	return NULL;
}

const struct stand_in stripe_stand_in = {
	.name = "stripe",
	.routes = routes,
	.route_count = sizeof routes / sizeof *routes,
	.is_admitted = is_admitted,
	.begin = idempotency_begin,
	.end = idempotency_end,
	.answer_fault = answer_fault,
	.answer_failure = answer_failure,
	.events = TABLE_EVENTS,
	.transaction_of = intent_of,
	.is_called = is_called,
	.sign = sign,
	.settings_fault = settings_fault,
};
