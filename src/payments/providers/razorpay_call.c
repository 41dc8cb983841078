/* What every call to Razorpay needs: its key, its errors. */
#include "payments/providers/razorpay.h"

#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

const struct problem *
razorpay_invalid_answer(void)
{
	return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
}

/* What we ask about is not there: it is another account's key, or not Razorpay's address. */
static bool
is_absent(int status, const char *description)
{
	return status == 404 || (description != NULL && strstr(description, "does not exist") != NULL);
}

const struct problem *
razorpay_refused(struct work *work, const struct http_reply *reply, struct json_object *json)
{
	const char *code = json_text_at(work->arena, json, "error.code", 64);
	const char *description = json_text_at(work->arena, json, "error.description", 500);

	log_warning("razorpay rejected a call", LOG_NUMBER("status", reply->status), LOG_ID("code", code),
	    LOG_TEXT("cause", description));
	if (reply->status == 409 || reply->status == 429)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider is busy; try again");
	if (is_absent(reply->status, description))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider does not find what it is asked about");
	if (code != NULL && (strcmp(code, "GATEWAY_ERROR") == 0 || strcmp(code, "SERVER_ERROR") == 0))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider failed; try again");
	return problem(PROVIDER_REFUSED, "the payment provider rejected the request");
}

static const struct problem *
send_call(struct work *work, struct payment_id payment, const char *kind, struct http_call *http, const char *type,
    const char *key, struct http_reply *reply, struct json_object **json)
{
	struct arena *arena = work->arena;
	const char   *pair =
	    arena_format(arena, "%s:%s", work->config->payments.razorpay.key_id, work->config->payments.razorpay.key_secret);
	const char *encoded = base64_encode(arena, pair, strlen(pair));
	char       *authorization = arena_format(arena, "Authorization: Basic %s", encoded);
	const char *headers[] = { authorization, arena_format(arena, "Content-Type: %s", type),
		key == NULL ? NULL : arena_format(arena, "X-Refund-Idempotency: %s", key), NULL };

	http->headers = headers;
	arena_scrub(arena, (char *)pair, strlen(pair));
	arena_scrub(arena, (char *)encoded, strlen(encoded));
	arena_scrub(arena, authorization, strlen(authorization));
	TRY(provider_call(work, providers[PROVIDER_RAZORPAY], payment, kind, http, reply));
	return provider_read(work, providers[PROVIDER_RAZORPAY], reply, json);
}

const struct problem *
razorpay_call(struct work *work, struct payment_id payment, const char *kind, const char *path, const char *body, const char *key,
    struct http_reply *reply, struct json_object **json)
{
	struct http_call http = { .method = body == NULL ? "GET" : "POST",
		.url = arena_format(work->arena, "%s%s", work->config->payments.razorpay.base_url, path),
		.body = body,
		.body_length = body == NULL ? 0 : strlen(body) };

	return send_call(work, payment, kind, &http, "application/json", key, reply, json);
}

const struct problem *
razorpay_call_with(struct work *work, struct payment_id payment, const char *kind, const char *method, const char *path,
    const char *type, const struct text *body, struct http_reply *reply, struct json_object **json)
{
	struct http_call http = { .method = method,
		.url = arena_format(work->arena, "%s%s", work->config->payments.razorpay.base_url, path),
		.body = body == NULL ? NULL : body->bytes,
		.body_length = body == NULL ? 0 : body->length };

	return send_call(work, payment, kind, &http, type, NULL, reply, json);
}

struct json_object *
razorpay_items_of(struct json_object *json)
{
	struct json_object *items = json_at(json, "items");

	return json_object_is_type(items, json_type_array) ? items : NULL;
}

/* Was it made before, by a call whose answer never came?  Then its receipt is taken. */
const char *
razorpay_kind_of(const struct payment *payment, const char *kind)
{
	return uuid_is_nil(payment->id.uuid) ? NULL : kind;
}

const struct problem *
razorpay_find_order(struct work *work, const struct payment *payment, struct json_object **order)
{
	struct http_reply   reply;
	struct json_object *json, *items;

	*order = NULL;
	TRY(razorpay_call(work, payment->id, razorpay_kind_of(payment, "fetch"),
	    arena_format(work->arena, "/v1/orders?receipt=%s&count=1", payment->reference), NULL, NULL, &reply, &json));
	items = razorpay_items_of(json);
	if (reply.status < 400 && items != NULL && json_object_array_length(items) > 0)
		*order = json_object_array_get_idx(items, 0);
	return OK;
}
