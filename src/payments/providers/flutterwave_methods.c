/*
 * Cards that Flutterwave keeps: tokens, each of which it charges for the e-mail address of the payment that made it only, for a year
 * (Flutterwave API v3, "Tokenized charges").  It cannot be asked whose a token is, but refuses it with another's address.  Unless
 * Flutterwave has switched that off for the shop, the bank wants the payer at each charge.
 */
#include "payments/providers/flutterwave.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>
#include <stdlib.h>

enum { TOKEN_SECONDS = 365 * 86400 };

/* A token lives for a year, or as long as its card. */
static struct instant *
token_expiry(struct arena *arena, const char *card)
{
	struct instant *year = ARENA_NEW(arena, struct instant), *end = NULL;
	char           *behind = NULL;
	long            month = card == NULL ? 0 : strtol(card, &behind, 10);

	*year = instant_add_seconds(instant_now(), TOKEN_SECONDS);
	if (behind != NULL && *behind == '/')
		end = month_end(arena, 2000 + strtol(behind + 1, NULL, 10) % 100, month);
	return end != NULL && end->unix_ms < year->unix_ms ? end : year;
}

static const struct problem *
flutterwave_adopt(struct work *work, const struct method_owner *owner, const char *token, struct kept_token *kept)
{
	if (strncmp(token, "flw-t", 5) != 0)
		return problem(PAYMENT_METHOD_UNUSABLE, "it is not one of the provider's tokens");
	kept->stored = (struct stored_token) { .token = token, .email = owner->email };
	kept->type = METHOD_CARD;
	if (kept->expires == NULL)
		kept->expires = token_expiry(work->arena, NULL);
	return OK;
}

static const struct problem *
flutterwave_kept(struct work *work, const struct payment *payment, const struct method_owner *owner, struct kept_token *kept)
{
	struct http_reply   reply;
	struct json_object *json;

	(void)owner;
	TRY(flutterwave_call(work, payment->id, NULL,
	    arena_format(work->arena, "/transactions/verify_by_reference?tx_ref=%s", payment->reference), NULL, &reply, &json));
	if (!flutterwave_is_taken(work, &reply, json))
		return flutterwave_refused(work, &reply, json);
	kept->stored = (struct stored_token) { .token = json_text_at(work->arena, json, "data.card.token", TOKEN_BYTES_MAX),
		.email = json_text_at(work->arena, json, "data.customer.email", 254) };
	kept->type = METHOD_CARD;
	kept->expires = token_expiry(work->arena, json_text_at(work->arena, json, "data.card.expiry", 8));
	if (kept->stored.email == NULL)
		kept->stored.token = NULL;
	return OK;
}

/* Flutterwave wants to know where it charges. */
static const char *
country_of(const char *currency)
{
	static const char *const countries[][2] = { { "GHS", "GH" }, { "KES", "KE" }, { "ZAR", "ZA" }, { "UGX", "UG" },
		{ "TZS", "TZ" }, { "RWF", "RW" }, { "ZMW", "ZM" }, { "XAF", "CM" }, { "XOF", "CI" } };

	for (size_t i = 0; i < sizeof countries / sizeof *countries; i++)
		if (strcmp(countries[i][0], currency) == 0)
			return countries[i][1];
	return "NG";
}

static void
make_charge(struct work *work, const struct payment *payment, struct text *body)
{
	char digits[MONEY_TEXT_SIZE];

	money_write(payment->amount, digits);
	TEXT_ADD(body, "{\"token\":");
	text_add_json(body, payment->stored->token);
	TEXT_ADD(body, ",\"email\":");
	text_add_json(body, payment->stored->email);
	text_addf(body,
	    ",\"currency\":\"%s\",\"country\":\"%s\",\"amount\":%s,\"tx_ref\":\"%s\",\"narration\":\"%s\",\"redirect_url\":",
	    payment->amount.currency, country_of(payment->amount.currency), digits, payment->reference, payment->reference);
	text_add_json(body, arena_format(work->arena, "%s/api/v1/payments/return/flutterwave", work->config->public_url));
	TEXT_ADD(body, "}");
}

/* Where the bank wants to see the payer. */
static const char *
payer_link(struct arena *arena, struct json_object *json)
{
	const char *link = json_text_at(arena, json, "meta.authorization.redirect", 2000);

	return link != NULL ? link : json_text_at(arena, json, "data.meta.authorization.redirect", 2000);
}

/* Of one that waits for its payer, whose link is lost, nothing can come. */
static const struct problem *
flutterwave_look_for(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct json_object *data;
	const char         *model;

	TRY(flutterwave_ask(work, payment, answer, &data));
	if (data == NULL) {
		*answer = (struct provider_answer) { .status = PAYMENT_CANCELLED };
		return OK;
	}
	model = json_text_at(work->arena, data, "auth_model", 32);
	if (answer->status == PAYMENT_PROCESSING && model != NULL && strcasecmp(model, "noauth") != 0) {
		answer->status = PAYMENT_FAILED;
		answer->failure_code = "authentication_required";
		answer->failure_reason = "the bank wants to see the payer";
	}
	return OK;
}

/* What was not taken: the token or its address is not known any more, or the shop may not charge so. */
static const struct problem *
take_refusal(struct work *work, const struct http_reply *reply, struct json_object *json, struct provider_answer *answer)
{
	if (reply->status >= 500 || reply->status == 409 || reply->status == 429 || !flutterwave_says(work, json, "token"))
		return flutterwave_refused(work, reply, json);
	*answer = (struct provider_answer) { .status = PAYMENT_FAILED,
		.failure_code = "token_unknown",
		.failure_reason = json_text_at(work->arena, json, "message", 500),
		.failure_advice = "do_not_try_again",
		.method_unusable = "token_unknown" };
	return OK;
}

static const struct problem *
flutterwave_charge(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct text           body = text_new(work->arena, 512);
	struct http_reply     reply = { .outcome = HTTP_UNREACHABLE };
	struct json_object   *json;
	const struct problem *problem;
	const char           *link;

	make_charge(work, payment, &body);
	arena_scrub(work->arena, body.bytes, body.length);
	problem = flutterwave_call(work, payment->id, "create", "/tokenized-charges", &body, &reply, &json);
	answer->unsent = reply.outcome == HTTP_UNREACHABLE || reply.status == 401 || reply.status == 429;
	TRY(problem);
	if (reply.status >= 400 && flutterwave_says(work, json, "duplicate"))
		return flutterwave_look_for(work, payment, answer);
	if (!flutterwave_is_taken(work, &reply, json))
		return take_refusal(work, &reply, json, answer);
	link = payer_link(work->arena, json);
	if (link != NULL) {
		*answer = (struct provider_answer) { .status = PAYMENT_REQUIRES_ACTION,
			.transaction_id = payment->reference,
			.redirect_url = link,
			.failure_code = "authentication_required" };
		return OK;
	}
	if (!flutterwave_read_transaction(work->arena, json_at(json, "data"), answer) ||
	    strcmp(answer->transaction_id, payment->reference) != 0)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	/* Its answer to a charge is believed of what was declined only. */
	return answer->status == PAYMENT_FAILED ? OK : flutterwave_fetch(work, payment, answer);
}

const struct provider_methods flutterwave_methods = {
	.adopt = flutterwave_adopt,
	.kept = flutterwave_kept,
	.charge = flutterwave_charge,
	.look_for = flutterwave_look_for,
};
