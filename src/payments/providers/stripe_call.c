/* What every call to Stripe needs: its units of money, its form, its way to refuse. */
#include "payments/providers/stripe.h"

#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

/* What one of our minor units is at Stripe: `times` of them, or one of theirs for `per` of ours, in steps of `step` theirs. */
struct unit {
	int64_t times, per, step;
};

static bool
is_listed(const char *currency, const char *list)
{
	const char *found = strstr(list, currency);

	return found != NULL && strlen(currency) == 3 && (found - list) % 4 == 0;
}

static bool
stripe_unit(const char *currency, struct unit *unit)
{
	*unit = (struct unit) { 1, 1, 1 };
	if (is_listed(currency, "ISK UGX")) {
		unit->times = 100;
	} else if (is_listed(currency, "MGA")) {
		unit->per = 100;
	} else if (is_listed(currency, "BHD JOD KWD OMR TND")) {
		unit->step = 10;
	}
	return currency_exponent(currency) >= 0 && value_index(stripe_never_takes, currency) < 0;
}

/* Our amount as Stripe's integer; false when it cannot be charged exactly. */
bool
stripe_from_money(struct money amount, int64_t *stripe)
{
	struct unit unit;

	if (!stripe_unit(amount.currency, &unit) || amount.minor <= 0 || amount.minor % unit.per != 0 ||
	    __builtin_mul_overflow(amount.minor / unit.per, unit.times, stripe))
		return false;
	return *stripe % unit.step == 0;
}

/* Stripe's integer and lower-case currency as our amount; currency "" when it makes none. */
struct money
stripe_to_money(int64_t stripe, const char *currency)
{
	struct money amount = { 0, "" };
	struct unit  unit;
	char         upper[4] = "";

	if (currency == NULL || strlen(currency) != 3)
		return amount;
	for (int i = 0; i < 3; i++)
		upper[i] = (char)(currency[i] >= 'a' && currency[i] <= 'z' ? currency[i] - 'a' + 'A' : '?');
	if (!stripe_unit(upper, &unit) || stripe < 0 || stripe > INT64_MAX / 100 || stripe % unit.times != 0)
		return amount;
	money_make(stripe / unit.times * unit.per, upper, &amount);
	return amount;
}

const char *
stripe_lower_currency(struct arena *arena, const char *currency)
{
	char *lower = arena_string(arena, currency);

	for (char *c = lower; *c != '\0'; c++)
		*c |= 0x20;
	return lower;
}

void
stripe_add_field(struct text *form, const char *name, const char *value)
{
	if (form->length > 0)
		text_add_char(form, '&');
	text_add_percent(form, name);
	text_add_char(form, '=');
	text_add_percent(form, value);
}

/* One call; `form` NULL is a GET, `key` NULL no Idempotency-Key. */
const struct problem *
stripe_call(struct work *work, struct payment_id payment, const char *kind, const char *path, const struct text *form,
    const char *key, struct http_reply *reply, struct json_object **json)
{
	const struct config *config = work->config;
	struct arena        *arena = work->arena;
	char                *authorization = arena_format(arena, "Authorization: Bearer %s", config->payments.stripe.secret_key);
	const char          *headers[] = {
			 authorization,
			 arena_format(arena, "Stripe-Version: %s", config->payments.stripe.api_version),
			 "Content-Type: application/x-www-form-urlencoded",
                key == NULL ? NULL : arena_format(arena, "Idempotency-Key: %s", key),
			 NULL,
	};
	struct http_call http = { .method = form == NULL ? "GET" : "POST",
		.headers = headers,
		.url = arena_format(arena, "%s%s", config->payments.stripe.base_url, path),
		.body = form == NULL ? NULL : form->bytes,
		.body_length = form == NULL ? 0 : form->length };

	arena_scrub(arena, authorization, strlen(authorization));
	TRY(provider_call(work, providers[PROVIDER_STRIPE], payment, kind, &http, reply));
	return provider_read(work, providers[PROVIDER_STRIPE], reply, json);
}

bool
stripe_key_was_used(struct arena *arena, const struct http_reply *reply, struct json_object *json)
{
	const char *type = json_text_at(arena, json, "error.type", 64);

	return reply->outcome == HTTP_ANSWERED && reply->status == 400 && type != NULL && strcmp(type, "idempotency_error") == 0;
}

/* 4xx: what it refused; conflicts and limits are worth another try, all else is final. */
const struct problem *
stripe_refused(struct work *work, const struct http_reply *reply, struct json_object *json)
{
	const char *code = json_text_at(work->arena, json, "error.code", 64);
	const char *message = json_text_at(work->arena, json, "error.message", 500);

	log_warning(
	    "stripe rejected a call", LOG_NUMBER("status", reply->status), LOG_ID("code", code), LOG_TEXT("cause", message));
	if (reply->status == 409 || reply->status == 429)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider is busy; try again");
	/* By code of before or after this one: what that call has done is not known here, and so it is no verdict. */
	if (stripe_key_was_used(work->arena, reply, json))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider was called before in another way; try again");
	/* What we ask about is there: it is another account's key, or not Stripe's address. */
	if (reply->status == 404)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider does not find what it is asked about");
	/* The minimum is that of the account's own currency, so where ours is another only Stripe knows it. */
	if (code != NULL && (strcmp(code, "amount_too_small") == 0 || strcmp(code, "amount_too_large") == 0))
		return problem(AMOUNT_UNSUPPORTED, "the payment provider cannot charge this amount");
	return problem(PROVIDER_REFUSED, "the payment provider rejected the request");
}
