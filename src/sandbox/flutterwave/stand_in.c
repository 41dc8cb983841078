/* What the core must know of Flutterwave. */
#include "base/arena.h"
#include "base/config.h"
#include "sandbox/flutterwave/flutterwave.h"

#include <curl/curl.h>

static const struct route routes[] = {
	{ "POST", "/flutterwave/v3/payments", ROUTE_API, flutterwave_create },
	{ "POST", "/flutterwave/v3/tokenized-charges", ROUTE_API, flutterwave_charge },
	{ "GET", "/flutterwave/v3/transactions/verify_by_reference", ROUTE_API, flutterwave_verify_by_reference },
	{ "GET", "/flutterwave/v3/transactions/{}/verify", ROUTE_API, flutterwave_verify },
	{ "POST", "/flutterwave/v3/transactions/{}/refund", ROUTE_API, flutterwave_refund },
	{ "GET", "/flutterwave/v3/refunds", ROUTE_API, flutterwave_list_refunds },
	{ "GET", "/flutterwave/pay/{}", ROUTE_OPEN, flutterwave_show_page },
	{ "POST", "/flutterwave/pay/{}/{}", ROUTE_OPEN, flutterwave_page_acts },
	{ "GET", "/sandbox/flutterwave/transactions", ROUTE_OPEN, flutterwave_transactions },
	{ "POST", "/sandbox/flutterwave/refund/{}", ROUTE_OPEN, flutterwave_refund_at_desk },
	{ "POST", "/sandbox/flutterwave/refunds-arrive/{}", ROUTE_OPEN, flutterwave_refunds_arrive },
	{ "POST", "/sandbox/flutterwave/bounce/{}", ROUTE_OPEN, flutterwave_refund_bounces },
	{ "POST", "/sandbox/flutterwave/store/{}", ROUTE_OPEN, flutterwave_store },
	{ "POST", "/sandbox/flutterwave/pay-again/{}", ROUTE_OPEN, flutterwave_pays_again },
	{ "POST", "/sandbox/flutterwave/{}/{}", ROUTE_OPEN, flutterwave_payer_acts },
};

static bool
is_admitted(struct call *call)
{
	static const char bearer[] = "Bearer ";
	const char       *authorization = call_header(call, "Authorization"),
		   *key = call->sandbox->config->payments.flutterwave.secret_key;

	if (authorization == NULL || strncmp(authorization, bearer, sizeof bearer - 1) != 0)
		flutterwave_error(call, 401, "Authorization required");
	else if (*key == '\0' || strcmp(authorization + sizeof bearer - 1, key) != 0)
		flutterwave_error(call, 401, "Invalid authorization key");
	else
		return true;
	return false;
}

static void
answer_fault(struct call *call, int status, const char *what, const char *message)
{
	(void)what;
	flutterwave_error(call, status, message);
}

static void
answer_failure(struct call *call)
{
	flutterwave_error(call, 500, "An error occurred");
}

/* A transaction by its reference or number, or by one of its refunds. */
static const struct json_object *
transaction_of(const struct call *call)
{
	const char *const named[] = { call->captured[0], call->captured[1], form_get(&call->form, "tx_ref"),
		form_get(&call->form, "id") };

	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		const struct json_object *found, *refund;

		if (named[i] == NULL)
			continue;
		if ((found = state_find(call->sandbox, FLUTTERWAVE_TRANSACTIONS, named[i])) != NULL ||
		    (found = flutterwave_transaction(call->sandbox, named[i])) != NULL)
			return found;
		if ((refund = state_find(call->sandbox, FLUTTERWAVE_REFUNDS, named[i])) != NULL)
			return state_find(call->sandbox, FLUTTERWAVE_TRANSACTIONS, get_text(refund, "tx_ref"));
	}
	return NULL;
}

static bool
is_called(const struct call *call, const struct json_object *transaction, const char *subject)
{
	const struct json_object *said = transaction == NULL ? call->json : transaction;
	const char               *reference = get_text(said, transaction == NULL ? "tx_ref" : "id");

	if (reference != NULL && strcmp(reference, subject) == 0)
		return true;
	return has_value(json_object_object_get(said, "meta"), subject);
}

/* It signs nothing: the header is the word itself. */
static struct curl_slist *
sign(const struct config *config, const char *event_text)
{
	char               line[512];
	struct curl_slist *headers;

	(void)event_text;
	if (config->payments.flutterwave.webhook_secrets[0] == NULL)
		return NULL;
	snprintf(line, sizeof line, "verif-hash: %s", config->payments.flutterwave.webhook_secrets[0]);
	headers = curl_slist_append(NULL, line);
	return curl_slist_append(headers, "Content-Type: application/json");
}

const struct stand_in flutterwave_stand_in = {
	.name = "flutterwave",
	.routes = routes,
	.route_count = sizeof routes / sizeof *routes,
	.is_admitted = is_admitted,
	.answer_fault = answer_fault,
	.answer_failure = answer_failure,
	.transaction_of = transaction_of,
	.is_called = is_called,
	.sign = sign,
	.events = FLUTTERWAVE_EVENTS,
	.wants_200 = true,
};
