#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "sandbox/sandbox.h"

/* Who may ask, and whether the handler itself takes the lock (because it waits). */
enum kind { KIND_API, KIND_OPEN, KIND_WAITS };

struct route {
	const char *method, *path;
	enum kind   kind;
	void (*serve)(struct call *call);
};

static const struct route routes[] = {
	{ "POST", "/v1/payment_intents", KIND_API, intent_create },
	{ "GET", "/v1/payment_intents", KIND_API, intent_list },
	{ "GET", "/v1/payment_intents/{}", KIND_API, intent_show },
	{ "POST", "/v1/payment_intents/{}/capture", KIND_API, intent_capture },
	{ "POST", "/v1/payment_intents/{}/cancel", KIND_API, intent_cancel },
	{ "POST", "/v1/refunds", KIND_API, refund_create },
	{ "GET", "/v1/refunds", KIND_API, refund_list },
	{ "GET", "/v1/refunds/{}", KIND_API, refund_show },
	{ "GET", "/v1/events", KIND_API, event_list },
	{ "GET", "/v1/events/{}", KIND_API, event_show },
	{ "GET", "/pay/{}", KIND_OPEN, page_show },
	{ "POST", "/pay/{}/{}", KIND_OPEN, page_acts },
	{ "GET", "/sandbox/stripe/payment_intents", KIND_OPEN, sandbox_summary },
	{ "POST", "/sandbox/stripe/{}/{}", KIND_OPEN, payer_acts },
	{ "GET", "/sandbox/switches", KIND_OPEN, switches_show },
	{ "POST", "/sandbox/switches", KIND_OPEN, switches_change },
	{ "GET", "/sandbox/switches/{}", KIND_OPEN, switches_show },
	{ "POST", "/sandbox/switches/{}", KIND_OPEN, switches_change },
	{ "POST", "/sandbox/reset", KIND_OPEN, sandbox_reset },
	{ "POST", "/sandbox/flush", KIND_WAITS, delivery_flush },
	{ "POST", "/sandbox/deliver/{}", KIND_WAITS, delivery_again },
};

/* Does the path fit the pattern?  What stands for each {} is captured. */
static bool
fits(struct call *call, const char *pattern)
{
	const char *path = call->path;
	size_t      captured = 0;

	while (*pattern != '\0') {
		if (strncmp(pattern, "{}", 2) == 0) {
			size_t length = strcspn(path, "/");

			if (length == 0 || captured == 2)
				return false;
			call->captured[captured++] = arena_copy(call->arena, path, length);
			path += length;
			pattern += 2;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

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
		log_warning("a call without Stripe-Version was refused", LOG_TEXT("path", call->path));
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
serve_api(struct call *call, const struct route *route)
{
	struct sandbox *sandbox = call->sandbox;
	bool            post = strcmp(call->method, "POST") == 0;
	int64_t         hang_ms;

	if (!is_admitted(call))
		return;
	pthread_mutex_lock(&sandbox->lock);
	if (post && !idempotency_begin(call)) {
		pthread_mutex_unlock(&sandbox->lock);
		return;
	}
	hang_ms = switches_of(call)->hang_ms;
	pthread_mutex_unlock(&sandbox->lock);
	sandbox_stall(sandbox, hang_ms);
	pthread_mutex_lock(&sandbox->lock);
	if (post && switch_take(&switches_of(call)->fail_before))
		answer_failure(call);
	else
		route->serve(call);
	if (call->executed && switch_take(&switches_of(call)->fail_after_charge))
		answer_failure(call);
	if (post)
		idempotency_end(call);
	pthread_mutex_unlock(&sandbox->lock);
}

static void
serve_route(struct call *call, const struct route *route)
{
	bool readable = strcmp(call->method, "POST") == 0 && route->serve != switches_change ? call_read_body(call)
	                                                                                     : call_read_query(call);

	if (!readable) {
		answer_invalid(call, NULL, NULL, "The parameters cannot be read.");
		return;
	}
	if (route->kind == KIND_API) {
		serve_api(call, route);
	} else if (route->kind == KIND_WAITS) {
		route->serve(call);
	} else {
		pthread_mutex_lock(&call->sandbox->lock);
		route->serve(call);
		pthread_mutex_unlock(&call->sandbox->lock);
	}
	delivery_before_answer(call);
}

void
call_serve(struct call *call)
{
	const struct route *route = NULL;

	for (size_t i = 0; i < sizeof routes / sizeof *routes && route == NULL; i++)
		if (strcmp(routes[i].method, call->method) == 0 && fits(call, routes[i].path))
			route = &routes[i];
	if (call->too_large)
		answer_error(call, 413, "invalid_request_error", NULL, NULL, "The body is too large.");
	else if (route == NULL)
		answer_error(call, 404, "invalid_request_error", NULL, NULL,
		    arena_format(call->arena, "Unrecognized request URL (%s: %.500s).", call->method, call->path));
	else
		serve_route(call, route);
	log_info("call", LOG_TEXT("method", call->method), LOG_TEXT("path", call->path),
	    LOG_NUMBER("status", call->status), LOG_ID("request_id", call->request_id));
}
