/* Stripe's PaymentIntents as ours, from answers and events. */
#include "payments/providers/stripe.h"

#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

static enum payment_status
status_of_intent(struct arena *arena, struct json_object *intent)
{
	const char *status = json_text_at(arena, intent, "status", 64);
	const char *reason = json_text_at(arena, intent, "cancellation_reason", 64);

	if (status == NULL || strcmp(status, "requires_confirmation") == 0)
		return PAYMENT_PENDING;
	if (strcmp(status, "requires_payment_method") == 0)
		return json_at(intent, "last_payment_error") != NULL ? PAYMENT_FAILED : PAYMENT_PENDING;
	if (strcmp(status, "requires_action") == 0)
		return PAYMENT_REQUIRES_ACTION;
	if (strcmp(status, "processing") == 0 || strcmp(status, "requires_capture") == 0)
		return PAYMENT_PROCESSING;
	if (strcmp(status, "succeeded") == 0)
		return PAYMENT_SUCCEEDED;
	if (strcmp(status, "canceled") == 0)
		return reason != NULL && (strcmp(reason, "expired") == 0 || strcmp(reason, "automatic") == 0) ? PAYMENT_EXPIRED
													      : PAYMENT_CANCELLED;
	return PAYMENT_PENDING;
}

bool
stripe_read_intent(struct arena *arena, struct json_object *intent, struct provider_answer *answer)
{
	int64_t     amount = -1;
	const char *decline = json_text_at(arena, intent, "last_payment_error.decline_code", 64);

	*answer = (struct provider_answer) {
		.status = status_of_intent(arena, intent),
		.transaction_id = json_text_at(arena, intent, "id", STRIPE_ID_MAX),
		.client_secret = json_text_at(arena, intent, "client_secret", 512),
		.redirect_url = json_text_at(arena, intent, "next_action.redirect_to_url.url", 2000),
		.method = json_text_at(arena, intent, "latest_charge.payment_method_details.type", 64),
		.failure_code = decline != NULL ? decline : json_text_at(arena, intent, "last_payment_error.code", 64),
		.failure_reason = json_text_at(arena, intent, "last_payment_error.message", 500),
		.failure_advice = json_text_at(arena, intent, "last_payment_error.advice_code", 64),
	};
	if (json_integer_at(intent, answer->status == PAYMENT_SUCCEEDED ? "amount_received" : "amount", &amount))
		answer->amount = stripe_to_money(amount, json_text_at(arena, intent, "currency", 3));
	if (json_integer_at(intent, "latest_charge.balance_transaction.fee", &amount))
		answer->fee =
		    stripe_to_money(amount, json_text_at(arena, intent, "latest_charge.balance_transaction.currency", 3));
	return answer->transaction_id != NULL;
}

const struct problem *
stripe_take_intent(struct work *work, const struct http_reply *reply, struct json_object *json, struct provider_answer *answer)
{
	if (reply->status >= 400)
		return stripe_refused(work, reply, json);
	if (!stripe_read_intent(work->arena, json, answer))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}
