/* What the core must know of bKash. */
#include "base/config.h"
#include "base/shape.h"
#include "sandbox/bkash/bkash.h"

#define CHECKOUT "/bkash/v1.2.0-beta/tokenized/checkout/"
#define REFUND "/bkash/v2/tokenized-checkout/refund/payment/"

static const struct route routes[] = {
	{ "POST", CHECKOUT "token/grant", ROUTE_API, bkash_token_grant },
	{ "POST", CHECKOUT "create", ROUTE_API, bkash_payment_create },
	{ "POST", CHECKOUT "execute", ROUTE_API, bkash_payment_execute },
	{ "POST", CHECKOUT "payment/status", ROUTE_API, bkash_payment_show },
	{ "POST", REFUND "transaction", ROUTE_API, bkash_refund_create },
	{ "POST", REFUND "status", ROUTE_API, bkash_refund_list },
	{ "GET", "/bkash/pay/{}", ROUTE_OPEN, bkash_page_show },
	{ "POST", "/bkash/pay/{}/{}", ROUTE_OPEN, bkash_page_acts },
	{ "GET", "/bkash/sns", ROUTE_OPEN, bkash_confirm_subscription },
	{ "POST", "/sandbox/bkash/expire-tokens", ROUTE_OPEN, bkash_expire_tokens },
	{ "POST", "/sandbox/bkash/subscribe", ROUTE_OPEN, bkash_subscribe },
	{ "GET", "/sandbox/bkash/subscription/{}", ROUTE_OPEN, bkash_show_subscription },
	{ "POST", "/sandbox/bkash/tell/{}", ROUTE_OPEN, bkash_tell },
	{ "POST", "/sandbox/bkash/pay-by-code", ROUTE_OPEN, bkash_pay_by_code },
	{ "GET", "/sandbox/bkash/transactions", ROUTE_OPEN, bkash_transactions_list },
	{ "POST", "/sandbox/bkash/refund/{}", ROUTE_OPEN, bkash_refund_at_desk },
	{ "POST", "/sandbox/bkash/refunds-arrive/{}", ROUTE_OPEN, bkash_refunds_arrive },
	{ "POST", "/sandbox/bkash/bounce/{}", ROUTE_OPEN, bkash_refund_bounces },
	{ "POST", "/sandbox/bkash/{}/{}", ROUTE_WAITS, bkash_payer_acts },
};

static void
answer_fault(struct call *call, int status, const char *what, const char *message)
{
	struct json_object *body = json_object_new_object();

	(void)what;
	put_text(body, "message", message);
	answer_json(call, status, body);
}

static void
answer_failure(struct call *call)
{
	answer_fault(call, 500, NULL, "Internal Server Error");
}

static bool
is_json(const char *header)
{
	return header != NULL && strncmp(header, "application/json", 16) == 0;
}

/* JSON in and out, and a token for all but the call that grants one. */
static bool
is_admitted(struct call *call)
{
	if (!is_json(call_header(call, "Content-Type")) || !is_json(call_header(call, "Accept")) ||
	    !json_object_is_type(call->json, json_type_object)) {
		answer_fault(call, 415, NULL, "Unsupported Media Type");
		return false;
	}
	return strcmp(call->path, CHECKOUT "token/grant") == 0 || bkash_token_is_good(call);
}

static const struct json_object *
payment_of(const struct call *call)
{
	const char *const named[] = { call->captured[0], call->captured[1], get_text(call->json, "paymentID"),
		get_text(call->json, "paymentId") };

	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		const struct json_object *payment = named[i] == NULL ? NULL : state_find(call->sandbox, BKASH_PAYMENTS, named[i]);
		const struct json_object *refund;

		if (payment != NULL)
			return payment;
		refund = named[i] == NULL ? NULL : state_find(call->sandbox, BKASH_REFUNDS, named[i]);
		if (refund != NULL)
			return state_find(call->sandbox, BKASH_PAYMENTS, get_text(refund, "payment"));
	}
	return NULL;
}

static bool
is_called(const struct call *call, const struct json_object *payment, const char *subject)
{
	const struct json_object *marks = payment == NULL ? call->json : payment;
	const char *const         own[] = { get_text(payment, "id"), get_text(marks, "merchantInvoiceNumber"),
			get_text(marks, "payerReference") };

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (own[i] != NULL && strcmp(own[i], subject) == 0)
			return true;
	return false;
}

static const char *
settings_fault(const struct config *config)
{
	if (*config->payments.bkash.app_key == '\0' || *config->payments.bkash.app_secret == '\0' ||
	    *config->payments.bkash.username == '\0' || *config->payments.bkash.password == '\0')
		return "'payments.bkash.app_key', 'app_secret', 'username' and 'password' must be set";
	return NULL;
}

const struct stand_in bkash_stand_in = {
	.name = "bkash",
	.routes = routes,
	.route_count = sizeof routes / sizeof *routes,
	.is_admitted = is_admitted,
	.answer_fault = answer_fault,
	.answer_failure = answer_failure,
	.events = BKASH_EVENTS,
	.sign = bkash_event_headers,
	.transaction_of = payment_of,
	.is_called = is_called,
	.settings_fault = settings_fault,
};
