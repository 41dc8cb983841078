/* Calling Paystack, and its amounts and ids as ours. */
#include "payments/providers/paystack.h"

#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

bool
paystack_from_money(struct money amount, int64_t *units)
{
	if (amount.minor <= 0)
		return false;
	if (strcmp(amount.currency, "XOF") == 0)
		return !__builtin_mul_overflow(amount.minor, 100, units);
	*units = amount.minor;
	return currency_exponent(amount.currency) == 2;
}

struct money
paystack_to_money(int64_t units, const char *currency)
{
	struct money amount = { 0, "" };
	bool         whole = currency != NULL && strcmp(currency, "XOF") == 0;

	if (currency == NULL || units < 0 || (whole && units % 100 != 0) || (!whole && currency_exponent(currency) != 2))
		return amount;
	money_make(whole ? units / 100 : units, currency, &amount);
	return amount;
}

const struct problem *
paystack_call(struct work *work, struct payment_id payment, const char *kind, const char *method, const char *path,
    const struct text *body, struct http_reply *reply, struct json_object **json)
{
	struct arena *arena = work->arena;
	char         *authorization = arena_format(arena, "Authorization: Bearer %s", work->config->payments.paystack.secret_key);
	const char   *headers[] = { authorization, "Accept: application/json", "Content-Type: application/json", NULL };
	struct http_call http = { .method = method,
		.headers = headers,
		.url = arena_format(arena, "%s%s", work->config->payments.paystack.base_url, path),
		.body = body == NULL ? NULL : body->bytes,
		.body_length = body == NULL ? 0 : body->length };

	arena_scrub(arena, authorization, strlen(authorization));
	TRY(provider_call(work, providers[PROVIDER_PAYSTACK], payment, kind, &http, reply));
	return provider_read(work, providers[PROVIDER_PAYSTACK], reply, json);
}

bool
paystack_took(const struct http_reply *reply, struct json_object *json)
{
	return reply->status < 400 && json_object_get_boolean(json_at(json, "status")) && json_at(json, "data") != NULL;
}

bool
paystack_code_is(struct work *work, struct json_object *json, const char *code)
{
	const char *given = json_text_at(work->arena, json, "code", 64);

	return given != NULL && strcmp(given, code) == 0;
}

const struct problem *
paystack_refused(struct work *work, const struct http_reply *reply, struct json_object *json)
{
	log_warning("paystack rejected a call", LOG_NUMBER("status", reply->status),
	    LOG_ID("code", json_text_at(work->arena, json, "code", 64)),
	    LOG_TEXT("cause", json_text_at(work->arena, json, "message", 500)));
	if (reply->status == 409 || reply->status == 429 || paystack_code_is(work, json, "processor_error") ||
	    paystack_code_is(work, json, "api_error"))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider is busy; try again");
	if (reply->status == 404 || paystack_code_is(work, json, "transaction_not_found"))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider does not find what it is asked about");
	if (reply->status < 400)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return problem(PROVIDER_REFUSED, "the payment provider rejected the request");
}

const char *
paystack_id_at(struct arena *arena, struct json_object *json, const char *path)
{
	int64_t number;

	return json_integer_at(json, path, &number) ? arena_format(arena, "%lld", (long long)number)
						    : json_text_at(arena, json, path, PAYSTACK_ID_MAX);
}

const struct problem *
paystack_find_number(struct work *work, const struct payment *payment, const char **number)
{
	struct http_reply   reply;
	struct json_object *json;

	TRY(paystack_call(work, payment->id, "fetch", "GET",
	    arena_format(work->arena, "/transaction/verify/%s", payment->reference), NULL, &reply, &json));
	if (!paystack_took(&reply, json))
		return paystack_refused(work, &reply, json);
	*number = paystack_id_at(work->arena, json, "data.id");
	return *number == NULL ? problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again") : OK;
}
