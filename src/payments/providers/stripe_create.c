/*
 * Stripe's PaymentIntents as they are made: for a payer who will pay, or charged at once to a method that was stored.
 *
 * Stripe charges a stored method for its own customer only.  What the bank declines because it wants to see the payer goes on as an
 * intent that the payer pays.
 */
#include "payments/providers/stripe.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

/* Stripe keeps keys for a day; and its clock may be another. */
enum { KEYS_KEPT_SECONDS = 23 * 3600, CLOCKS_DIFFER_SECONDS = 300, INTENTS_LISTED = 100 };

static const char *
return_url(struct work *work)
{
	return arena_format(work->arena, "%s/api/v1/payments/return/stripe", work->config->public_url);
}

/* The sandbox has a page of its own to pay on; Stripe itself is paid with its script and the client secret. */
static void
add_sandbox_page(struct work *work, struct json_object *intent, struct provider_answer *answer)
{
	const char *page = json_text_at(work->arena, intent, "haat_sandbox_url", 1000);
	struct text url = text_new(work->arena, 512);

	if (page == NULL || work->config->profile != PROFILE_DEVELOPMENT || answer->redirect_url != NULL)
		return;
	text_addf(&url, "%s%creturn_url=", page, strchr(page, '?') == NULL ? '?' : '&');
	text_add_percent(&url, return_url(work));
	answer->redirect_url = url.bytes;
}

static bool
is_code(struct arena *arena, struct json_object *error, const char *code)
{
	const char *is = json_text_at(arena, error, "code", 64);

	return is != NULL && strcmp(is, code) == 0;
}

void
stripe_wait_for_payer(
    struct arena *arena, const struct payment *payment, struct json_object *error, struct provider_answer *answer)
{
	if (payment->payment_method != NULL && answer->status == PAYMENT_FAILED &&
	    is_code(arena, error, "authentication_required"))
		answer->status = PAYMENT_REQUIRES_ACTION;
}

const struct problem *
stripe_look_for(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct http_reply   reply;
	struct json_object *json, *list;
	const char         *customer = payment->stored == NULL ? NULL : payment->stored->customer;

	*answer = (struct provider_answer) { .status = PAYMENT_CANCELLED };
	if (customer == NULL)
		TRY(provider_customer_of_method(work, *payment->payment_method, "stripe", &customer));
	if (customer == NULL)
		return problem(PROVIDER_UNAVAILABLE, "nobody knows whose charge is to be looked for");
	TRY(stripe_call(work, payment->id, "fetch",
	    arena_format(work->arena, "/v1/payment_intents?customer=%s&created[gte]=%lld&limit=%d", customer,
		(long long)(payment->created_at.unix_ms / 1000 - CLOCKS_DIFFER_SECONDS), (int)INTENTS_LISTED),
	    NULL, NULL, &reply, &json));
	list = json_at(json, "data");
	if (reply.status >= 400 || !json_object_is_type(list, json_type_array))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *intent = json_object_array_get_idx(list, i);
		const char         *reference = json_text_at(work->arena, intent, "metadata.reference", 20);

		if (reference == NULL || strcmp(reference, payment->reference) != 0 ||
		    !stripe_read_intent(work->arena, intent, answer))
			continue;
		stripe_wait_for_payer(work->arena, payment, json_at(intent, "last_payment_error"), answer);
		add_sandbox_page(work, intent, answer);
		return OK;
	}
	if (json_object_get_boolean(json_at(json, "has_more")))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is too long to find the payment in it");
	return OK;
}

/* After these no other try with the method does; its owner must store another one. */
static const char *const hopeless[] = { "expired_card", "lost_card", "stolen_card", "pickup_card", "restricted_card",
	"payment_intent_mandate_invalid", "resource_missing", NULL };

/* The bank said no, or the method is gone: only another one helps; or its owner has to come. */
static const struct problem *
take_refusal(struct work *work, const struct payment *payment, struct json_object *json, struct provider_answer *answer)
{
	struct json_object *error = json_at(json, "error"), *intent = json_at(error, "payment_intent");
	const char         *decline = json_text_at(work->arena, error, "decline_code", 64);

	if (!stripe_read_intent(work->arena, intent, answer))
		*answer = (struct provider_answer) { .status = PAYMENT_FAILED };
	answer->status = PAYMENT_FAILED;
	answer->failure_code = decline != NULL ? decline : json_text_at(work->arena, error, "code", 64);
	answer->failure_reason = json_text_at(work->arena, error, "message", 500);
	answer->failure_advice = json_text_at(work->arena, error, "advice_code", 64);
	if (answer->failure_code != NULL && value_index(hopeless, answer->failure_code) >= 0)
		answer->method_unusable = answer->failure_code;
	stripe_wait_for_payer(work->arena, payment, error, answer);
	if (answer->status == PAYMENT_REQUIRES_ACTION)
		add_sandbox_page(work, intent, answer);
	log_info("stripe declined a stored payment method", LOG_ID("code", answer->failure_code));
	return OK;
}

/*
 * A 500 that was answered is replayed under its key for ever: what it has done is looked for.  Where that is nothing, the key is
 * tried once more, later, for a call that Stripe never began is not kept.
 */
static const struct problem *
look_behind_failure(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	TRY(stripe_look_for(work, payment, answer));
	if (answer->transaction_id != NULL)
		return OK;
	if (payment->checks == 0)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider is not responding; try again");
	*answer = (struct provider_answer) { .status = PAYMENT_FAILED,
		.failure_code = "provider_error",
		.failure_reason = "the provider failed while charging the payment method" };
	return OK;
}

static const struct problem *
post_intent(
    struct work *work, const struct payment *payment, struct text *form, struct http_reply *reply, struct json_object **json)
{
	int64_t amount;

	if (!stripe_from_money(payment->amount, &amount))
		return problem(PROVIDER_REFUSED, "the payment provider cannot charge exactly this amount");
	stripe_add_field(form, "amount", arena_format(work->arena, "%lld", (long long)amount));
	stripe_add_field(form, "currency", stripe_lower_currency(work->arena, payment->amount.currency));
	stripe_add_field(form, "metadata[reference]", payment->reference);
	if (payment->order != NULL)
		stripe_add_field(form, "metadata[order_id]", uuid_text(work->arena, payment->order->uuid));
	return stripe_call(work, payment->id, "create", "/v1/payment_intents", form,
	    arena_format(work->arena, "%s:create", payment->idempotency_key), reply, json);
}

/* A repetition, whose key may be forgotten, must not charge what has been charged. */
static bool
outlives_keys(const struct payment *payment)
{
	return payment->created_at.unix_ms + INT64_C(1000) * KEYS_KEPT_SECONDS < instant_now().unix_ms;
}

const struct problem *
stripe_charge(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	const struct problem *problem;
	struct text           form = text_new(work->arena, 512);
	struct http_reply     reply = { .outcome = HTTP_UNREACHABLE };
	struct json_object   *json;

	if (outlives_keys(payment)) {
		TRY(stripe_look_for(work, payment, answer));
		if (answer->transaction_id != NULL)
			return OK;
	}
	stripe_add_field(&form, "customer", payment->stored->customer);
	stripe_add_field(&form, "payment_method", payment->stored->token);
	stripe_add_field(&form, "off_session", "true");
	stripe_add_field(&form, "confirm", "true");
	stripe_add_field(&form, "return_url", return_url(work));
	problem = post_intent(work, payment, &form, &reply, &json);
	if (problem != OK ? reply.outcome == HTTP_ANSWERED && reply.status >= 500
			  : stripe_key_was_used(work->arena, &reply, json))
		return look_behind_failure(work, payment, answer);
	answer->unsent = reply.outcome == HTTP_UNREACHABLE;
	TRY(problem);
	if (reply.status == 402 ||
	    (reply.status == 400 &&
		(is_code(work->arena, json_at(json, "error"), "payment_intent_mandate_invalid") ||
		    is_code(work->arena, json_at(json, "error"), "resource_missing"))))
		return take_refusal(work, payment, json, answer);
	TRY(stripe_take_intent(work, &reply, json, answer));
	add_sandbox_page(work, json, answer);
	return OK;
}

/* What the payer pays with is to be stored: as a method of the owner's customer. */
static const struct problem *
add_owner(struct work *work, const struct payment *payment, struct text *form)
{
	struct method_owner *owner;
	const char          *customer;

	TRY(owner_of_user(work, *payment->user, &owner));
	TRY(stripe_customer(work, owner, &customer));
	stripe_add_field(form, "customer", customer);
	stripe_add_field(form, "setup_future_usage", "off_session");
	return OK;
}

const struct problem *
stripe_create(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	const struct problem *problem;
	struct text           form = text_new(work->arena, 512);
	struct http_reply     reply = { .outcome = HTTP_UNREACHABLE };
	struct json_object   *json;

	stripe_add_field(&form, "automatic_payment_methods[enabled]", "true");
	if (payment->keeps_method && payment->user != NULL)
		TRY(add_owner(work, payment, &form));
	problem = post_intent(work, payment, &form, &reply, &json);
	/* An answered 500 would be replayed for ever; nobody has seen the intent's secret, so the attempt can be given up. */
	if (problem != OK ? reply.outcome == HTTP_ANSWERED && reply.status >= 500
			  : stripe_key_was_used(work->arena, &reply, json)) {
		*answer = (struct provider_answer) { .status = PAYMENT_FAILED,
			.failure_code = "provider_error",
			.failure_reason = "the provider failed while creating the payment" };
		return OK;
	}
	TRY(problem);
	TRY(stripe_take_intent(work, &reply, json, answer));
	add_sandbox_page(work, json, answer);
	return OK;
}
