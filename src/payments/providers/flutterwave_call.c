/* Calling Flutterwave, and its transactions, read. */
#include "payments/providers/flutterwave.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

/* One call; `body` NULL is a GET. */
const struct problem *
flutterwave_call(struct work *work, struct payment_id payment, const char *kind, const char *path, const struct text *body,
    struct http_reply *reply, struct json_object **json)
{
	struct arena *arena = work->arena;
	char *authorization = arena_format(arena, "Authorization: Bearer %s", work->config->payments.flutterwave.secret_key);
	const char      *headers[] = { authorization, "Accept: application/json", "Content-Type: application/json", NULL };
	struct http_call http = { .method = body == NULL ? "GET" : "POST",
		.headers = headers,
		.url = arena_format(arena, "%s%s", work->config->payments.flutterwave.base_url, path),
		.body = body == NULL ? NULL : body->bytes,
		.body_length = body == NULL ? 0 : body->length };

	arena_scrub(arena, authorization, strlen(authorization));
	TRY(provider_call(work, providers[PROVIDER_FLUTTERWAVE], payment, kind, &http, reply));
	return provider_read(work, providers[PROVIDER_FLUTTERWAVE], reply, json);
}

/* The answer's own status says whether the call was taken, not how the payment is. */
bool
flutterwave_is_taken(struct work *work, const struct http_reply *reply, struct json_object *json)
{
	const char *status = json_text_at(work->arena, json, "status", 32);

	return reply->status < 400 && status != NULL && strcmp(status, "success") == 0 && json_at(json, "data") != NULL;
}

/* It has no codes, only sentences. */
bool
flutterwave_says(struct work *work, struct json_object *json, const char *words)
{
	const char *message = json_text_at(work->arena, json, "message", 500);

	return message != NULL && strcasestr(message, words) != NULL;
}

/* Nobody has tried to pay under the reference yet: of a page that was only opened Flutterwave knows nothing. */
bool
flutterwave_is_untried(struct work *work, const struct http_reply *reply, struct json_object *json)
{
	return (reply->status == 400 || reply->status == 404) && flutterwave_says(work, json, "no transaction was found");
}

/* What was not taken: limits and conflicts are worth another try, all else is final. */
const struct problem *
flutterwave_refused(struct work *work, const struct http_reply *reply, struct json_object *json)
{
	log_warning("flutterwave rejected a call", LOG_NUMBER("status", reply->status),
	    LOG_TEXT("cause", json_text_at(work->arena, json, "message", 500)));
	if (reply->status == 409 || reply->status == 429)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider is busy; try again");
	if (reply->status == 404 || flutterwave_is_untried(work, reply, json))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider does not find what it is asked about");
	if (reply->status < 400)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return problem(PROVIDER_REFUSED, "the payment provider rejected the request");
}

static enum payment_status
status_of(const char *status)
{
	if (status != NULL && strcmp(status, "successful") == 0)
		return PAYMENT_SUCCEEDED;
	if (status != NULL && strcmp(status, "failed") == 0)
		return PAYMENT_FAILED;
	return status != NULL && strcmp(status, "pending") == 0 ? PAYMENT_PROCESSING : PAYMENT_PENDING;
}

/* What it keeps is what it does not settle: a fee may also have been charged to the payer on top. */
static void
read_fee(struct json_object *data, struct provider_answer *answer)
{
	struct money settled;

	if (json_money_at(data, "amount_settled", answer->amount.currency, &settled) && settled.minor <= answer->amount.minor) {
		answer->fee = answer->amount;
		answer->fee.minor -= settled.minor;
	}
}

const char *
flutterwave_number_at(struct arena *arena, struct json_object *json, const char *path)
{
	int64_t number;

	return json_integer_at(json, path, &number) && number > 0 ? arena_format(arena, "%lld", (long long)number) : NULL;
}

/* A transaction, from an answer or an event. */
bool
flutterwave_read_transaction(struct arena *arena, struct json_object *data, struct provider_answer *answer)
{
	const char *status = json_text_at(arena, data, "status", 32), *currency = json_text_at(arena, data, "currency", 3);

	*answer = (struct provider_answer) {
		.status = status_of(status),
		.transaction_id = json_text_at(arena, data, "tx_ref", FLUTTERWAVE_REFERENCE_MAX),
		.charge_id = flutterwave_number_at(arena, data, "id"),
		.method = json_text_at(arena, data, "payment_type", 64),
	};
	if (answer->status == PAYMENT_FAILED) {
		answer->failure_code = "declined";
		answer->failure_reason = json_text_at(arena, data, "processor_response", 500);
	}
	json_money_at(data, "amount", currency, &answer->amount);
	read_fee(data, answer);
	return answer->transaction_id != NULL && status != NULL;
}

/* What Flutterwave says about our reference; *data is NULL while nobody has tried to pay. */
const struct problem *
flutterwave_ask(struct work *work, const struct payment *payment, struct provider_answer *answer, struct json_object **data)
{
	struct http_reply   reply;
	struct json_object *json;

	TRY(flutterwave_call(work, payment->id, "fetch",
	    arena_format(work->arena, "/transactions/verify_by_reference?tx_ref=%s", payment->reference), NULL, &reply, &json));
	*data = NULL;
	*answer = (struct provider_answer) { .status = PAYMENT_PENDING, .transaction_id = payment->reference };
	if (flutterwave_is_untried(work, &reply, json))
		return OK;
	if (!flutterwave_is_taken(work, &reply, json))
		return flutterwave_refused(work, &reply, json);
	*data = json_at(json, "data");
	if (!flutterwave_read_transaction(work->arena, *data, answer))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}
