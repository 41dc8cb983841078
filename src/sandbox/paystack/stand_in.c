/* What the core must know of Paystack. */
#include "base/arena.h"
#include "base/config.h"
#include "sandbox/paystack/paystack.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

static const struct route routes[] = {
	{ "POST", "/paystack/transaction/initialize", ROUTE_API, paystack_initialize },
	{ "GET", "/paystack/transaction/verify/{}", ROUTE_API, paystack_verify },
	{ "POST", "/paystack/transaction/charge_authorization", ROUTE_API, paystack_charge },
	{ "GET", "/paystack/customer/{}", ROUTE_API, paystack_show_customer },
	{ "POST", "/paystack/customer/authorization/deactivate", ROUTE_API, paystack_deactivate },
	{ "POST", "/paystack/refund", ROUTE_API, paystack_refund },
	{ "GET", "/paystack/refund", ROUTE_API, paystack_list_refunds },
	{ "GET", "/paystack/refund/{}", ROUTE_API, paystack_show_refund },
	{ "GET", "/paystack/dispute", ROUTE_API, paystack_list_disputes },
	{ "POST", "/paystack/dispute/{}/evidence", ROUTE_API, paystack_take_evidence },
	{ "PUT", "/paystack/dispute/{}/resolve", ROUTE_API, paystack_resolve_dispute },
	{ "GET", "/paystack/pay/{}", ROUTE_OPEN, paystack_show_page },
	{ "POST", "/paystack/pay/{}/{}", ROUTE_OPEN, paystack_page_acts },
	{ "GET", "/sandbox/paystack/transactions", ROUTE_OPEN, paystack_transactions },
	{ "POST", "/sandbox/paystack/refund/{}", ROUTE_OPEN, paystack_refund_at_desk },
	{ "POST", "/sandbox/paystack/refunds-arrive/{}", ROUTE_OPEN, paystack_refunds_arrive },
	{ "POST", "/sandbox/paystack/refunds-stick/{}", ROUTE_OPEN, paystack_refunds_stick },
	{ "POST", "/sandbox/paystack/bounce/{}", ROUTE_OPEN, paystack_refund_bounces },
	{ "POST", "/sandbox/paystack/store/{}", ROUTE_OPEN, paystack_store },
	{ "POST", "/sandbox/paystack/dispute/{}", ROUTE_OPEN, paystack_dispute_opens },
	{ "POST", "/sandbox/paystack/dispute-win/{}", ROUTE_OPEN, paystack_dispute_wins },
	{ "POST", "/sandbox/paystack/dispute-lose/{}", ROUTE_OPEN, paystack_dispute_loses },
	{ "POST", "/sandbox/paystack/{}/{}", ROUTE_OPEN, paystack_payer_acts },
};

static bool
is_admitted(struct call *call)
{
	static const char bearer[] = "Bearer ";
	const char       *authorization = call_header(call, "Authorization"),
		   *key = call->sandbox->config->payments.paystack.secret_key;

	if (authorization == NULL || strncmp(authorization, bearer, sizeof bearer - 1) != 0)
		paystack_error(call, 401, "no_authorization", "Missing Authorization header");
	else if (*key == '\0' || strcmp(authorization + sizeof bearer - 1, key) != 0)
		paystack_error(call, 401, "invalid_key", "Invalid key");
	else
		return true;
	return false;
}

static void
answer_fault(struct call *call, int status, const char *what, const char *message)
{
	(void)what;
	paystack_error(call, status, status == 401 ? "invalid_key" : NULL, message);
}

static void
answer_failure(struct call *call)
{
	paystack_error(call, 500, "api_error", "An error occurred");
}

/* A transaction by its reference or number, or by one of its refunds. */
static const struct json_object *
transaction_of(const struct call *call)
{
	const char *const named[] = { call->captured[0], call->captured[1], form_get(&call->form, "transaction"),
		get_text(call->json, "transaction") };

	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		const struct json_object *found = paystack_transaction(call->sandbox, named[i]), *refund;

		if (named[i] == NULL)
			continue;
		if (found != NULL)
			return found;
		if ((refund = state_find(call->sandbox, PAYSTACK_REFUNDS, named[i])) != NULL)
			return state_find(call->sandbox, PAYSTACK_TRANSACTIONS, get_text(refund, "transaction"));
	}
	return NULL;
}

static bool
is_called(const struct call *call, const struct json_object *transaction, const char *subject)
{
	const struct json_object *said = transaction == NULL ? call->json : transaction;
	const char               *reference = get_text(said, transaction == NULL ? "reference" : "id");

	if (reference != NULL && strcmp(reference, subject) == 0)
		return true;
	return has_value(json_object_object_get(said, "metadata"), subject);
}

static struct curl_slist *
sign(const struct config *config, const char *event_text)
{
	const char        *key = config->payments.paystack.secret_key;
	unsigned char      digest[EVP_MAX_MD_SIZE];
	char               line[32 + 2 * EVP_MAX_MD_SIZE] = "x-paystack-signature: ";
	unsigned int       length = 0;
	struct curl_slist *headers;

	if (HMAC(EVP_sha512(), key, (int)strlen(key), (const unsigned char *)event_text, strlen(event_text), digest, &length) ==
	    NULL)
		return NULL;
	for (unsigned int i = 0; i < length; i++)
		snprintf(line + strlen(line), 3, "%02x", digest[i]);
	headers = curl_slist_append(NULL, line);
	return curl_slist_append(headers, "Content-Type: application/json");
}

const struct stand_in paystack_stand_in = {
	.name = "paystack",
	.routes = routes,
	.route_count = sizeof routes / sizeof *routes,
	.is_admitted = is_admitted,
	.answer_fault = answer_fault,
	.answer_failure = answer_failure,
	.transaction_of = transaction_of,
	.is_called = is_called,
	.sign = sign,
	.events = PAYSTACK_EVENTS,
	.wants_200 = true,
};
