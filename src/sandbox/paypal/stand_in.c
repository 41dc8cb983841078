/* What the core must know of PayPal. */
#include "sandbox/paypal/paypal.h"

static const struct route routes[] = {
	{ "POST", "/paypal/v1/oauth2/token", ROUTE_OPEN, paypal_grant },
	{ "GET", "/paypal/sdk/js", ROUTE_OPEN, paypal_script_show },
	{ "POST", "/paypal/v2/checkout/orders", ROUTE_API, paypal_order_create },
	{ "GET", "/paypal/v2/checkout/orders/{}", ROUTE_API, paypal_order_show },
	{ "POST", "/paypal/v2/checkout/orders/{}/capture", ROUTE_API, paypal_order_capture },
	{ "GET", "/paypal/v2/payments/captures/{}", ROUTE_API, paypal_capture_show },
	{ "POST", "/paypal/v2/payments/captures/{}/refund", ROUTE_API, paypal_refund_create },
	{ "GET", "/paypal/v2/payments/refunds/{}", ROUTE_API, paypal_refund_show },
	{ "POST", "/paypal/v3/vault/setup-tokens", ROUTE_API, paypal_setup_create },
	{ "GET", "/paypal/v3/vault/setup-tokens/{}", ROUTE_API, paypal_setup_show },
	{ "POST", "/paypal/v3/vault/payment-tokens", ROUTE_API, paypal_vault_create },
	{ "GET", "/paypal/v3/vault/payment-tokens/{}", ROUTE_API, paypal_vault_show },
	{ "DELETE", "/paypal/v3/vault/payment-tokens/{}", ROUTE_API, paypal_vault_delete },
	{ "POST", "/paypal/v1/notifications/verify-webhook-signature", ROUTE_API, paypal_verify_signature },
	{ "GET", "/paypal/v1/customer/disputes", ROUTE_API, paypal_dispute_list },
	{ "GET", "/paypal/v1/customer/disputes/{}", ROUTE_API, paypal_dispute_show },
	{ "POST", "/paypal/v1/customer/disputes/{}/accept-claim", ROUTE_API, paypal_dispute_accept },
	{ "POST", "/paypal/v1/customer/disputes/{}/provide-evidence", ROUTE_API, paypal_dispute_evidence },
	{ "GET", "/paypal/pay/{}", ROUTE_OPEN, paypal_page_show },
	{ "POST", "/paypal/pay/{}/{}", ROUTE_OPEN, paypal_page_acts },
	{ "GET", "/paypal/setup/{}", ROUTE_OPEN, paypal_setup_page_show },
	{ "POST", "/paypal/setup/{}/{}", ROUTE_OPEN, paypal_setup_page_acts },
	{ "GET", "/sandbox/paypal/transactions", ROUTE_OPEN, paypal_transactions },
	{ "POST", "/sandbox/paypal/expire-tokens", ROUTE_OPEN, paypal_expire_tokens },
	{ "POST", "/sandbox/paypal/refund/{}", ROUTE_OPEN, paypal_refund_at_desk },
	{ "POST", "/sandbox/paypal/refunds-arrive/{}", ROUTE_OPEN, paypal_refunds_arrive },
	{ "POST", "/sandbox/paypal/bounce/{}", ROUTE_OPEN, paypal_refund_bounces },
	{ "POST", "/sandbox/paypal/dispute/{}", ROUTE_OPEN, paypal_dispute_opens },
	{ "POST", "/sandbox/paypal/dispute-tell/{}", ROUTE_OPEN, paypal_dispute_told },
	{ "POST", "/sandbox/paypal/dispute-win/{}", ROUTE_OPEN, paypal_dispute_won },
	{ "POST", "/sandbox/paypal/dispute-lose/{}", ROUTE_OPEN, paypal_dispute_lost },
	{ "POST", "/sandbox/paypal/dispute-refund/{}", ROUTE_OPEN, paypal_dispute_refunded },
	{ "POST", "/sandbox/paypal/approve-setup/{}", ROUTE_OPEN, paypal_setup_approve },
	{ "POST", "/sandbox/paypal/store/{}", ROUTE_OPEN, paypal_store },
	{ "POST", "/sandbox/paypal/vault-delete/{}", ROUTE_OPEN, paypal_vault_delete },
	{ "POST", "/sandbox/paypal/{}/{}", ROUTE_OPEN, paypal_payer_acts },
};

static bool
is_admitted(struct call *call)
{
	const char *type = call_header(call, "Content-Type"), *wanted;

	if (!paypal_token_is_good(call))
		return false;
	wanted = strstr(call->path, "/provide-evidence") != NULL ? "multipart/form-data" : "application/json";
	if (strcmp(call->method, "POST") != 0 || (type != NULL && strncmp(type, wanted, strlen(wanted)) == 0))
		return true;
	paypal_answer_issue(call, 415, "UNSUPPORTED_MEDIA_TYPE", "UNSUPPORTED_MEDIA_TYPE", NULL);
	return false;
}

static void
answer_fault(struct call *call, int status, const char *what, const char *message)
{
	(void)message;
	paypal_answer_issue(call, status,
	    status == 401       ? "AUTHENTICATION_FAILURE"
		: status == 404 ? "RESOURCE_NOT_FOUND"
		: status == 429 ? "RATE_LIMIT_REACHED"
				: "INVALID_REQUEST",
	    status == 404 ? "NO_SUCH_ADDRESS" : "INVALID_PARAMETER_VALUE", what);
}

static void
answer_failure(struct call *call)
{
	paypal_answer_issue(call, 500, "INTERNAL_SERVER_ERROR", "INTERNAL_SERVICE_ERROR", NULL);
}

/* The order that the call is about: it, its capture or its refund is named in the path. */
static const struct json_object *
order_of(const struct call *call)
{
	for (size_t i = 0; i < 2; i++) {
		const char               *named = call->captured[i];
		const struct json_object *part, *order;

		if (named == NULL)
			continue;
		if ((order = state_find(call->sandbox, PAYPAL_ORDERS, named)) != NULL)
			return order;
		if ((part = state_find(call->sandbox, PAYPAL_CAPTURES, named)) != NULL ||
		    (part = state_find(call->sandbox, PAYPAL_REFUNDS, named)) != NULL ||
		    (part = state_find(call->sandbox, PAYPAL_DISPUTES, named)) != NULL)
			return state_find(call->sandbox, PAYPAL_ORDERS, get_text(part, "_order"));
	}
	return NULL;
}

static bool
is_called(const struct call *call, const struct json_object *order, const char *subject)
{
	static const char *const  marks[] = { "custom_id", "invoice_id", "reference_id" };
	const struct json_object *from = order == NULL ? call->json : order, *unit;
	struct json_object       *units = json_object_object_get(from, "purchase_units");

	if (order != NULL && strcmp(get_text(order, "id"), subject) == 0)
		return true;
	unit = json_object_is_type(units, json_type_array) ? json_object_array_get_idx(units, 0) : NULL;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		const char *mark = get_text(unit, marks[i]);

		if (mark != NULL && strcmp(mark, subject) == 0)
			return true;
	}
	return false;
}

const struct stand_in paypal_stand_in = {
	.name = "paypal",
	.routes = routes,
	.route_count = sizeof routes / sizeof *routes,
	.is_admitted = is_admitted,
	.begin = paypal_begin,
	.end = paypal_end,
	.answer_fault = answer_fault,
	.answer_failure = answer_failure,
	.events = PAYPAL_EVENTS,
	.transaction_of = order_of,
	.is_called = is_called,
	.sign = paypal_sign,
};
