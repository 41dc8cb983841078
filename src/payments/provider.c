#include "payments/provider.h"

#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/metrics.h"
#include "net/circuit.h"
#include "net/http_client.h"
#include "payments/json_path.h"
#include "store/db.h"

#include <json-c/json.h>

const struct provider *const providers[PROVIDER__COUNT] = {
#define PROVIDER_ROW_(NUMBER, name) [PROVIDER_##NUMBER] = &provider_##name,
	PROVIDERS(PROVIDER_ROW_)
#undef PROVIDER_ROW_
};

const struct provider *
provider_known(const char *name)
{
	int number = value_index(provider_names, name);

	return number < 0 ? NULL : providers[number];
}

const struct provider *
provider_enabled(const struct config *config, const char *name)
{
	return value_index(config->payments.providers, name) >= 0 ? provider_known(name) : NULL;
}

/* The configuration has checked its form: a currency, the least and the greatest amount, "-" for none. */
static enum amount_fit
fit_limits(const char *const *limits, struct money amount)
{
	for (; *limits != NULL; limits++) {
		const char    *least = *limits + 4, *greatest = strchr(least, ':') + 1;
		struct decimal decimal;
		struct money   limit;

		if (strncmp(*limits, amount.currency, 3) != 0)
			continue;
		if (decimal_parse(least, (size_t)(greatest - 1 - least), &decimal) &&
		    decimal_to_money(decimal, amount.currency, &limit) && amount.minor < limit.minor)
			return AMOUNT_TOO_SMALL;
		if (decimal_parse(greatest, strlen(greatest), &decimal) && decimal_to_money(decimal, amount.currency, &limit) &&
		    amount.minor > limit.minor)
			return AMOUNT_TOO_LARGE;
	}
	return AMOUNT_FITS;
}

const struct problem *
provider_takes(const struct config *config, const struct provider *provider, struct money amount, bool without_payer)
{
	enum amount_fit fit;

	if (value_index(provider->currencies(config), amount.currency) < 0)
		return problem(PROVIDER_UNSUPPORTED, "the provider does not support the order's currency");
	if (without_payer && !provider->charges_without_payer)
		return problem(PROVIDER_UNSUPPORTED, "the provider charges no stored payment method");
	fit = provider->takes(amount);
	if (fit == AMOUNT_FITS && provider->limits != NULL)
		fit = fit_limits(provider->limits(config), amount);
	switch (fit) {
	case AMOUNT_FITS:
		return OK;
	case AMOUNT_TOO_SMALL:
		return problem(AMOUNT_UNSUPPORTED, "the amount is below the provider's minimum");
	case AMOUNT_TOO_LARGE:
		return problem(AMOUNT_UNSUPPORTED, "the amount is above the provider's maximum");
	default:
		return problem(AMOUNT_UNSUPPORTED, "the provider cannot charge exactly this amount");
	}
}

bool
collected_by_carrier(const struct payment *payment)
{
	const struct provider *provider = provider_known(payment->provider);

	return provider != NULL && provider->collects == COLLECTED_BY_CARRIER;
}

static bool
is_shortage(const char *words)
{
	static const char *const phrases[] = { "insufficient balance", "insufficient fund", "insufficient_balance",
		"insufficient_fund", "balance_insufficient", "enough balance", "enough fund", "sufficient balance",
		"sufficient fund", "balance is not enough", "balance is too low" };

	for (size_t i = 0; words != NULL && i < sizeof phrases / sizeof *phrases; i++)
		if (strcasestr(words, phrases[i]) != NULL)
			return true;
	return false;
}

const struct problem *
provider_refund_waits(struct work *work, const struct refund *refund, const char *code)
{
	log_error(
	    "the balance at the provider is too small for a refund", LOG_ID("provider", refund->provider), LOG_ID("code", code));
	TRY(db_run(work->db, NULL, "UPDATE refunds SET key_number = key_number + 1 WHERE id = ?", P(refund->id)));
	return problem(
	    PROVIDER_UNAVAILABLE, "the balance at the payment provider is too small for the refund; it is tried again");
}

const struct problem *
provider_refund_refused(
    struct work *work, const struct refund *refund, const char *code, const char *message, const struct problem *refused)
{
	return is_shortage(code) || is_shortage(message) ? provider_refund_waits(work, refund, code) : refused;
}

const struct problem *
provider_forged(struct work *work, const char *reason)
{
	return reason == NULL ? OK : problem_later(work->arena, PROBLEM_BAD_SIGNATURE, reason, 0);
}

/* What cannot be read as JSON cannot be stripped, and is not kept. */
static void
strip_wrapped(struct arena *arena, const struct provider *provider, struct json_object *json)
{
	struct json_object *text = json_at(json, provider->wrapped_member), *inner;

	if (!json_object_is_type(text, json_type_string))
		return;
	inner = json_read(arena, json_object_get_string(text), (size_t)json_object_get_string_len(text));
	json_remove(inner, provider->private_members);
	json_object_set_string(text,
	    inner == NULL ? "(not JSON)"
			  : json_object_to_json_string_ext(inner, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
}

const char *
provider_strip(struct arena *arena, const struct provider *provider, const char *body, size_t length)
{
	struct json_object *json = json_read(arena, body, length);

	if (json == NULL)
		return "(not JSON)";
	json_remove(json, provider->private_members);
	json_keep(json, provider->kept_members);
	if (provider->wrapped_member != NULL)
		strip_wrapped(arena, provider, json);
	return json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

static const struct problem *
store_answer(struct work *work, const struct provider *provider, struct payment_id payment, const char *kind,
    const struct http_reply *reply)
{
	return db_run(work->db, NULL,
	    "INSERT INTO payment_answers (id, payment_id, kind, http_status, body) VALUES (?, ?, ?, ?, ?)", P(uuid_new()),
	    P(payment), P(kind), P(reply->status), P(provider_strip(work->arena, provider, reply->body, reply->length)));
}

/* A 404 is about the payment where the provider says so of what it was asked about; else there is nothing at that address. */
static bool
has_no_endpoint(const struct provider *provider, const char *kind, const struct http_reply *reply)
{
	const char *words = provider->unknown_words;

	if (reply->outcome != HTTP_ANSWERED || reply->status != 404)
		return false;
	return words == NULL || kind == NULL || strcmp(kind, "fetch") != 0 ||
	    memmem(reply->body, reply->length, words, strlen(words)) == NULL;
}

static size_t
call_outcome(const struct provider *provider, const char *kind, const struct http_reply *reply)
{
	if (reply->outcome != HTTP_ANSWERED)
		return reply->outcome == HTTP_UNKNOWN ? CALL_TIMEOUT : CALL_FAILED;
	if (reply->status == 401 || reply->status == 403)
		return CALL_UNAUTHORIZED;
	if (has_no_endpoint(provider, kind, reply))
		return CALL_NO_ENDPOINT;
	return reply->status >= 500 ? CALL_FAILED : reply->status >= 400 ? CALL_REFUSED : CALL_OK;
}

/* How long a call may take: no longer than whoever waits for the answer. */
static int64_t
time_for_call(const struct work *work)
{
	int64_t most = work->config->payments.timeout_ms;
	int64_t left = work->calls_until_ms == 0 ? most : work->calls_until_ms - monotonic_ms();

	return left < most ? left : most;
}

const struct problem *
provider_call(struct work *work, const struct provider *provider, struct payment_id payment, const char *kind,
    struct http_call *call, struct http_reply *reply)
{
	size_t      label = metric_label_index(LABEL_PROVIDER, provider->name);
	int64_t     started = monotonic_us();
	const char *called = kind == NULL ? "token" : kind;
	int         place;

	call->connect_timeout_ms = work->config->payments.connect_timeout_ms;
	call->timeout_ms = time_for_call(work);
	if (call->timeout_ms <= 0) {
		log_warning("provider not called: the request has taken too long", LOG_ID("provider", provider->name),
		    LOG_ID("call", called));
		return problem(PROVIDER_UNAVAILABLE, "the payment provider is responding slowly; try again");
	}
	if (circuit_enter_soon(provider->number, call->timeout_ms, &place) != CIRCUIT_ENTERED) {
		metric_observe_us(METRIC_PROVIDER_SECONDS, label, CALL_CIRCUIT_OPEN, 0);
		log_warning("provider not called: circuit open or too many concurrent calls", LOG_ID("provider", provider->name),
		    LOG_ID("call", called));
		return problem(PROVIDER_UNAVAILABLE, "the payment provider is currently unavailable; try again");
	}
	http_call(work, call, reply);
	circuit_leave(provider->number, place, reply->outcome == HTTP_ANSWERED && reply->status < 500);
	metric_observe_us(METRIC_PROVIDER_SECONDS, label, call_outcome(provider, kind, reply), monotonic_us() - started);
	if (reply->outcome == HTTP_ANSWERED && kind != NULL)
		TRY(store_answer(work, provider, payment, kind, reply));
	/* Our fault says nothing about the payment: it waits until the credentials are right. */
	if (reply->outcome == HTTP_ANSWERED && (reply->status == 401 || reply->status == 403)) {
		log_error("provider rejected our credentials", LOG_ID("provider", provider->name), LOG_ID("call", called),
		    LOG_NUMBER("status", reply->status));
		return problem(PROVIDER_UNAVAILABLE, "the payment provider is currently unavailable; try again");
	}
	/* Nor does this: each provider's file says so. */
	if (has_no_endpoint(provider, kind, reply))
		log_error("provider does not have what was called", LOG_ID("provider", provider->name), LOG_ID("call", called),
		    LOG_NUMBER("status", reply->status));
	if (reply->outcome == HTTP_ANSWERED && reply->status < 500)
		return OK;
	log_error("provider call failed", LOG_ID("provider", provider->name), LOG_ID("call", called),
	    LOG_NUMBER("status", reply->status), LOG_TEXT("cause", reply->outcome == HTTP_ANSWERED ? "" : reply->error));
	return problem(PROVIDER_UNAVAILABLE, "the payment provider is not responding; try again");
}

const struct problem *
provider_read(struct work *work, const struct provider *provider, const struct http_reply *reply, struct json_object **json)
{
	*json = json_read(work->arena, reply->body, reply->length);
	if (*json != NULL)
		return OK;
	log_error("a provider's response is not JSON", LOG_ID("provider", provider->name), LOG_NUMBER("status", reply->status));
	return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
}

const struct problem *
provider_take_up_lost(
    struct work *work, const struct provider *provider, const struct payment *payment, struct provider_answer *answer)
{
	TRY(provider->fetch(work, payment, answer));
	if (answer->status <= PAYMENT_REQUIRES_ACTION)
		*answer = (struct provider_answer) { .status = PAYMENT_FAILED,
			.failure_code = "provider_error",
			.failure_reason = "the provider failed while creating the payment" };
	return OK;
}
