/* What the core must know of Razorpay. */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "sandbox/razorpay/razorpay.h"

#include <curl/curl.h>

static const struct route routes[] = {
	{ "POST", "/razorpay/v1/orders", ROUTE_API, razorpay_order_create },
	{ "GET", "/razorpay/v1/orders", ROUTE_API, razorpay_order_list },
	{ "GET", "/razorpay/v1/orders/{}", ROUTE_API, razorpay_order_show },
	{ "GET", "/razorpay/v1/orders/{}/payments", ROUTE_API, razorpay_order_payments },
	{ "GET", "/razorpay/v1/payments/{}", ROUTE_API, razorpay_payment_show },
	{ "POST", "/razorpay/v1/payments/{}/capture", ROUTE_API, razorpay_payment_capture },
	{ "POST", "/razorpay/v1/payments/{}/refund", ROUTE_API, razorpay_refund_create },
	{ "GET", "/razorpay/v1/payments/{}/refunds", ROUTE_API, razorpay_refund_list },
	{ "GET", "/razorpay/v1/refunds/{}", ROUTE_API, razorpay_refund_show },
	{ "POST", "/razorpay/v1/customers", ROUTE_API, razorpay_customer_create },
	{ "GET", "/razorpay/v1/customers/{}/tokens/{}", ROUTE_API, razorpay_token_show },
	{ "DELETE", "/razorpay/v1/customers/{}/tokens/{}", ROUTE_API, razorpay_token_delete },
	{ "POST", "/razorpay/v1/payments/create/recurring", ROUTE_API, razorpay_recurring_create },
	{ "POST", "/razorpay/v1/documents", ROUTE_API, razorpay_document_create },
	{ "GET", "/razorpay/v1/documents/{}", ROUTE_API, razorpay_document_show },
	{ "GET", "/razorpay/v1/disputes", ROUTE_API, razorpay_dispute_list },
	{ "GET", "/razorpay/v1/disputes/{}", ROUTE_API, razorpay_dispute_show },
	{ "PATCH", "/razorpay/v1/disputes/{}/contest", ROUTE_API, razorpay_dispute_contest },
	{ "POST", "/razorpay/v1/disputes/{}/accept", ROUTE_API, razorpay_dispute_accept },
	{ "GET", "/razorpay/v1/checkout.js", ROUTE_OPEN, razorpay_script_show },
	{ "GET", "/razorpay/checkout/{}/{}", ROUTE_OPEN, razorpay_checkout_acts },
	{ "GET", "/razorpay/pay/{}", ROUTE_OPEN, razorpay_page_show },
	{ "POST", "/razorpay/pay/{}/{}", ROUTE_OPEN, razorpay_page_acts },
	{ "GET", "/sandbox/razorpay/transactions", ROUTE_OPEN, razorpay_transactions },
	{ "POST", "/sandbox/razorpay/refund/{}", ROUTE_OPEN, razorpay_refund_at_desk },
	{ "POST", "/sandbox/razorpay/refunds-arrive/{}", ROUTE_OPEN, razorpay_refunds_arrive },
	{ "POST", "/sandbox/razorpay/bounce/{}", ROUTE_OPEN, razorpay_refund_bounces },
	{ "POST", "/sandbox/razorpay/capture/{}", ROUTE_OPEN, razorpay_captured_at_desk },
	{ "POST", "/sandbox/razorpay/dispute/{}", ROUTE_OPEN, razorpay_disputed },
	{ "POST", "/sandbox/razorpay/dispute-win/{}", ROUTE_OPEN, razorpay_dispute_won },
	{ "POST", "/sandbox/razorpay/dispute-lose/{}", ROUTE_OPEN, razorpay_dispute_lost },
	{ "POST", "/sandbox/razorpay/store/{}", ROUTE_OPEN, razorpay_token_store },
	{ "POST", "/sandbox/razorpay/notice-over/{}", ROUTE_OPEN, razorpay_notice_over },
	{ "POST", "/sandbox/razorpay/notice-lost/{}", ROUTE_OPEN, razorpay_notice_lost },
	{ "POST", "/sandbox/razorpay/token/{}/{}", ROUTE_OPEN, razorpay_token_acts },
	{ "POST", "/sandbox/razorpay/{}/{}", ROUTE_OPEN, razorpay_payer_acts },
};

/* The key's id and its secret; the word Basic must be spelled exactly so. */
static bool
is_admitted(struct call *call)
{
	static const char basic[] = "Basic ";
	const char       *authorization = call_header(call, "Authorization");
	const char       *pair = arena_format(call->arena, "%s:%s", call->sandbox->config->payments.razorpay.key_id,
		  call->sandbox->config->payments.razorpay.key_secret);

	if (*call->sandbox->config->payments.razorpay.key_secret != '\0' && authorization != NULL &&
	    strncmp(authorization, basic, sizeof basic - 1) == 0 &&
	    strcmp(authorization + sizeof basic - 1, base64_encode(call->arena, pair, strlen(pair))) == 0)
		return true;
	razorpay_error(call, 401, "BAD_REQUEST_ERROR", NULL,
	    authorization == NULL ? "Please provide your api key for authentication purposes." : "Authentication failed");
	return false;
}

static void
answer_failure(struct call *call)
{
	razorpay_error(call, 500, "SERVER_ERROR", NULL,
	    "We are facing some trouble completing your request at the moment. Please try again shortly.");
}

static void
answer_fault(struct call *call, int status, const char *what, const char *message)
{
	razorpay_error(call, status, "BAD_REQUEST_ERROR", what, message);
}

/* The order that the call is about: it, its payment, its refund or its dispute is named in the path. */
static const struct json_object *
order_of(const struct call *call)
{
	for (size_t i = 0; i < 2; i++) {
		const char               *named = call->captured[i];
		const struct json_object *order, *part;

		if (named == NULL)
			continue;
		if ((order = state_find(call->sandbox, RAZORPAY_ORDERS, named)) != NULL)
			return order;
		if ((part = state_find(call->sandbox, RAZORPAY_REFUNDS, named)) != NULL ||
		    (part = state_find(call->sandbox, RAZORPAY_DISPUTES, named)) != NULL)
			named = get_text(part, "payment_id");
		if ((part = state_find(call->sandbox, RAZORPAY_PAYMENTS, named)) != NULL)
			return state_find(call->sandbox, RAZORPAY_ORDERS, get_text(part, "order_id"));
	}
	return NULL;
}

static bool
is_called(const struct call *call, const struct json_object *order, const char *subject)
{
	const struct json_object *named = order == NULL ? call->json : order;
	const char *const         marks[] = { get_text(order, "id"), get_text(named, "receipt") };

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (marks[i] != NULL && strcmp(marks[i], subject) == 0)
			return true;
	return has_value(json_object_object_get(named, "notes"), subject);
}

static struct curl_slist *
sign(const struct config *config, const char *event_text)
{
	const char        *secret = config->payments.razorpay.webhook_secrets[0];
	struct curl_slist *headers = NULL;
	struct arena      *arena = arena_new(4096);
	unsigned char      digest[32];
	char               id[20];

	if (secret == NULL) {
		arena_free(arena);
		return NULL;
	}
	hmac_sha256(secret, strlen(secret), event_text, strlen(event_text), digest);
	headers =
	    curl_slist_append(headers, arena_format(arena, "X-Razorpay-Signature: %s", hex_encode(arena, digest, sizeof digest)));
	headers = curl_slist_append(headers, arena_format(arena, "x-razorpay-event-id: %s", razorpay_event_id(event_text, id)));
	headers = curl_slist_append(headers, "Content-Type: application/json");
	headers = curl_slist_append(headers, "User-Agent: Razorpay-Webhook/v1");
	arena_free(arena);
	return headers;
}

static const char *
settings_fault(const struct config *config)
{
	if (*config->payments.razorpay.key_id == '\0' || *config->payments.razorpay.key_secret == '\0' ||
	    config->payments.razorpay.webhook_secrets[0] == NULL)
		return "'payments.razorpay.key_id', 'payments.razorpay.key_secret' and 'payments.razorpay.webhook_secret' must be set";
	return NULL;
}

const struct stand_in razorpay_stand_in = {
	.name = "razorpay",
	.routes = routes,
	.route_count = sizeof routes / sizeof *routes,
	.is_admitted = is_admitted,
	.begin = razorpay_begin,
	.end = razorpay_end,
	.answer_fault = answer_fault,
	.answer_failure = answer_failure,
	.events = RAZORPAY_EVENTS,
	.transaction_of = order_of,
	.is_called = is_called,
	.sign = sign,
	.settings_fault = settings_fault,
};
