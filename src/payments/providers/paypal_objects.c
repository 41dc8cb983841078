/*
 * How PayPal is called, and what its objects say: orders, captures, refunds, as they stand in answers and in events.
 */
#include "payments/providers/paypal.h"

#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"
#include "payments/token.h"

#include <ctype.h>
#include <json-c/json.h>

/* The amount at that path; currency "" when there is none. */
struct money
paypal_money(struct arena *arena, struct json_object *json, const char *path)
{
	struct json_object *at = json_at(json, path);
	const char         *value = json_text_at(arena, at, "value", 32), *currency = json_text_at(arena, at, "currency_code", 3);
	struct money        amount = { 0, "" };
	struct decimal      decimal;

	if (value == NULL || currency == NULL || !decimal_parse(value, strlen(value), &decimal) || decimal.digits < 0 ||
	    !decimal_to_money(decimal, currency, &amount))
		return (struct money) { 0, "" };
	return amount;
}

static void
ask_token(struct work *work, struct http_call *call)
{
	static const char    form[] = "grant_type=client_credentials";
	struct arena        *arena = work->arena;
	const struct config *config = work->config;
	char *pair = arena_format(arena, "%s:%s", config->payments.paypal.client_id, config->payments.paypal.client_secret);
	char *authorization = arena_format(arena, "Authorization: Basic %s", base64_encode(arena, pair, strlen(pair)));
	const char **headers = ARENA_ARRAY(arena, 3, const char *);

	headers[0] = authorization;
	headers[1] = "Content-Type: application/x-www-form-urlencoded";
	arena_scrub(arena, pair, strlen(pair));
	arena_scrub(arena, authorization, strlen(authorization));
	call->method = "POST";
	call->url = arena_format(arena, "%s/v1/oauth2/token", config->payments.paypal.base_url);
	call->headers = headers;
	call->body = form;
	call->body_length = sizeof form - 1;
}

static const struct token_scheme scheme = { .prefix = "Authorization: Bearer ", .member = "access_token", .ask = ask_token };

static const struct problem *
send_with_token(struct work *work, struct payment_id payment, const char *kind, struct http_call *http, struct http_reply *reply)
{
	struct token_scheme own = scheme;

	own.provider = providers[PROVIDER_PAYPAL];
	return provider_call_with_token(work, &own, payment, kind, http, reply);
}

const struct problem *
paypal_call_with(struct work *work, struct payment_id payment, const char *kind, const char *path, const char *type,
    const struct text *body, const char *key, struct http_reply *reply, struct json_object **json)
{
	const char      *headers[] = { arena_format(work->arena, "Content-Type: %s", type), "Prefer: return=representation",
                key == NULL ? NULL : arena_format(work->arena, "PayPal-Request-Id: %s", key), NULL };
	struct http_call http = { .method = body == NULL ? "GET" : "POST",
		.headers = headers,
		.url = arena_format(work->arena, "%s%s", work->config->payments.paypal.base_url, path),
		.body = body == NULL ? NULL : body->bytes,
		.body_length = body == NULL ? 0 : body->length };

	TRY(send_with_token(work, payment, kind, &http, reply));
	return provider_read(work, providers[PROVIDER_PAYPAL], reply, json);
}

const struct problem *
paypal_delete(struct work *work, struct payment_id payment, const char *path, struct http_reply *reply)
{
	const char      *headers[] = { "Content-Type: application/json", NULL };
	struct http_call http = { .method = "DELETE",
		.headers = headers,
		.url = arena_format(work->arena, "%s%s", work->config->payments.paypal.base_url, path) };

	return send_with_token(work, payment, NULL, &http, reply);
}

const struct problem *
paypal_call(struct work *work, struct payment_id payment, const char *kind, const char *path, const struct text *body,
    const char *key, struct http_reply *reply, struct json_object **json)
{
	return paypal_call_with(work, payment, kind, path, "application/json", body, key, reply, json);
}

struct json_object *
paypal_first_of(struct json_object *json, const char *path)
{
	struct json_object *list = json_at(json, path);

	return json_object_is_type(list, json_type_array) ? json_object_array_get_idx(list, 0) : NULL;
}

/* What is wrong in PayPal's word, "INSTRUMENT_DECLINED"; "" when it does not say. */
const char *
paypal_issue_of(struct arena *arena, struct json_object *json)
{
	const char *issue = json_text_at(arena, paypal_first_of(json, "details"), "issue", 64);

	if (issue == NULL)
		issue = json_text_at(arena, json, "name", 64);
	return issue == NULL ? "" : issue;
}

/* 4xx: conflicts and limits are worth another try, all else is final. */
const struct problem *
paypal_refused(struct work *work, const struct http_reply *reply, struct json_object *json)
{
	static const char *const busy[] = { "ORDER_COMPLETION_IN_PROGRESS", "PREVIOUS_REQUEST_IN_PROGRESS", NULL };
	static const char *const amounts[] = { "CANNOT_BE_ZERO_OR_NEGATIVE", "MAX_VALUE_EXCEEDED", NULL };
	const char              *issue = paypal_issue_of(work->arena, json);

	log_warning("paypal rejected a call", LOG_NUMBER("status", reply->status), LOG_ID("code", issue),
	    LOG_TEXT("debug_id", json_text_at(work->arena, json, "debug_id", 64)),
	    LOG_TEXT("cause", json_text_at(work->arena, paypal_first_of(json, "details"), "description", 500)));
	if (reply->status == 409 || reply->status == 429 || value_index(busy, issue) >= 0)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider is busy; try again");
	/* What we ask about is there: it is another account's key, or not PayPal's address. */
	if (reply->status == 404)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider does not find what it is asked about");
	if (value_index(amounts, issue) >= 0)
		return problem(AMOUNT_UNSUPPORTED, "the payment provider cannot charge this amount");
	return problem(PROVIDER_REFUSED, "the payment provider rejected the request");
}

const char *
paypal_link_of(struct arena *arena, struct json_object *json, const char *wanted)
{
	struct json_object *links = json_at(json, "links");

	if (!json_object_is_type(links, json_type_array))
		return NULL;
	for (size_t i = 0; i < json_object_array_length(links); i++) {
		struct json_object *link = json_object_array_get_idx(links, i);
		const char         *rel = json_text_at(arena, link, "rel", 32);

		if (rel != NULL && strcmp(rel, wanted) == 0)
			return json_text_at(arena, link, "href", 2000);
	}
	return NULL;
}

bool
paypal_is_one_of(const char *status, const char *const *statuses)
{
	return status != NULL && value_index(statuses, status) >= 0;
}

const char *
paypal_lower_case(struct arena *arena, const char *text)
{
	char *lower = arena_string(arena, text);

	for (char *c = lower; c != NULL && *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return lower;
}

static const char *const ended_captures[] = { "DECLINED", "DENIED", "FAILED", NULL };

/* What has gone back since is told by the refunds. */
static enum payment_status
status_of_capture(const char *status)
{
	static const char *const paid[] = { "COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED", NULL };

	return paypal_is_one_of(status, paid)          ? PAYMENT_SUCCEEDED
	    : paypal_is_one_of(status, ended_captures) ? PAYMENT_FAILED
						       : PAYMENT_PROCESSING;
}

static enum payment_status
status_of_order(const char *status)
{
	static const struct {
		const char         *name;
		enum payment_status status;
	} table[] = { { "PAYER_ACTION_REQUIRED", PAYMENT_REQUIRES_ACTION }, { "APPROVED", PAYMENT_PROCESSING },
		{ "VOIDED", PAYMENT_CANCELLED }, { "COMPLETED", PAYMENT_PROCESSING } };

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (status != NULL && strcmp(status, table[i].name) == 0)
			return table[i].status;
	return PAYMENT_PENDING;
}

void
paypal_read_capture(struct arena *arena, struct json_object *capture, struct provider_answer *answer)
{
	const char *reason = json_text_at(arena, capture, "status_details.reason", 64);

	answer->status = status_of_capture(json_text_at(arena, capture, "status", 64));
	answer->authorised = false;
	answer->amount = paypal_money(arena, capture, "amount");
	answer->fee = paypal_money(arena, capture, "seller_receivable_breakdown.paypal_fee");
	answer->method = "paypal";
	if (answer->status == PAYMENT_FAILED) {
		answer->failure_code = reason == NULL ? "declined" : paypal_lower_case(arena, reason);
		answer->failure_reason = "the payment was declined at the provider";
	}
}

/* The capture that counts: one that was not declined, or the newest. */
struct json_object *
paypal_capture_of(struct arena *arena, struct json_object *order)
{
	struct json_object *list = json_at(paypal_first_of(order, "purchase_units"), "payments.captures"), *capture = NULL;

	if (!json_object_is_type(list, json_type_array))
		return NULL;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		capture = json_object_array_get_idx(list, i);
		if (!paypal_is_one_of(json_text_at(arena, capture, "status", 64), ended_captures))
			break;
	}
	return capture;
}

/* An order, from an answer or an event. */
bool
paypal_read_order(struct arena *arena, struct json_object *order, struct provider_answer *answer)
{
	const char *status = json_text_at(arena, order, "status", 64), *page = paypal_link_of(arena, order, "payer-action");
	struct json_object *capture = paypal_capture_of(arena, order);

	*answer = (struct provider_answer) { .status = status_of_order(status),
		.authorised = status != NULL && strcmp(status, "APPROVED") == 0,
		.transaction_id = json_text_at(arena, order, "id", ID_MAX),
		.redirect_url = page != NULL ? page : paypal_link_of(arena, order, "approve"),
		.amount = paypal_money(arena, paypal_first_of(order, "purchase_units"), "amount") };
	if (capture != NULL)
		paypal_read_capture(arena, capture, answer);
	return answer->transaction_id != NULL && status != NULL;
}

void
paypal_add_member(struct text *body, const char *name, const char *value)
{
	text_addf(body, "%s\"%s\":", body->bytes[body->length - 1] == '{' ? "" : ",", name);
	text_add_json(body, value);
}

/* Our mark on a refund is "PAY-7Q2M9XKD4T:<id>"; on all else it is the reference alone. */
const char *
paypal_mark_of(struct arena *arena, struct json_object *json)
{
	const char *mark = json_text_at(arena, json, "custom_id", MARK_MAX);

	return mark != NULL ? mark : json_text_at(arena, json, "invoice_id", MARK_MAX);
}

bool
paypal_read_refund(struct arena *arena, struct json_object *json, struct refund_answer *answer)
{
	static const char *const ended[] = { "FAILED", "CANCELLED", NULL };
	const char              *status = json_text_at(arena, json, "status", 64),
		   *reason = json_text_at(arena, json, "status_details.reason", 64);
	const char *mark = paypal_mark_of(arena, json), *key = mark == NULL ? NULL : strchr(mark, ':');

	*answer = (struct refund_answer) { .status = REFUND_PENDING,
		.key = key == NULL ? NULL : key + 1,
		.amount = paypal_money(arena, json, "amount"),
		.provider_refund_id = json_text_at(arena, json, "id", ID_MAX),
		.failure_code = paypal_lower_case(arena, reason) };
	if (status != NULL && strcmp(status, "COMPLETED") == 0)
		answer->status = REFUND_SUCCEEDED;
	else if (paypal_is_one_of(status, ended))
		answer->status = REFUND_FAILED;
	return status != NULL && answer->provider_refund_id != NULL;
}
