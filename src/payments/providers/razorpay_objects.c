/* Razorpay's objects as ours, from answers and events. */
#include "payments/providers/razorpay.h"

#include "payments/json_path.h"

#include <json-c/json.h>

struct money
razorpay_read_amount(struct arena *arena, struct json_object *json, const char *amount_name, const char *currency_name)
{
	struct money amount = { 0, "" };
	const char  *currency = json_text_at(arena, json, currency_name, 3);
	int64_t      minor;

	if (currency != NULL && json_integer_at(json, amount_name, &minor) && minor >= 0)
		money_make(minor, currency, &amount);
	return amount;
}

static enum payment_status
status_of_payment(struct arena *arena, struct json_object *payment, bool *authorised)
{
	const char *status = json_text_at(arena, payment, "status", 32);
	const char *reason = json_text_at(arena, payment, "error_reason", 64);

	*authorised = status != NULL && strcmp(status, "authorized") == 0;
	if (status == NULL || strcmp(status, "created") == 0)
		return PAYMENT_PENDING;
	if (*authorised)
		return PAYMENT_PROCESSING;
	/* What has gone back of it is told by its refunds. */
	if (strcmp(status, "captured") == 0 || strcmp(status, "refunded") == 0)
		return PAYMENT_SUCCEEDED;
	if (strcmp(status, "failed") == 0)
		return reason != NULL && strcmp(reason, "payment_cancelled") == 0 ? PAYMENT_CANCELLED : PAYMENT_FAILED;
	return PAYMENT_PENDING;
}

bool
razorpay_read_payment(struct arena *arena, struct json_object *payment, struct provider_answer *answer)
{
	bool authorised;
	int  status = status_of_payment(arena, payment, &authorised);

	*answer = (struct provider_answer) {
		.status = status,
		.authorised = authorised,
		.transaction_id = json_text_at(arena, payment, "order_id", RAZORPAY_ID_MAX),
		.charge_id = json_text_at(arena, payment, "id", RAZORPAY_ID_MAX),
		.amount = razorpay_read_amount(arena, payment, "amount", "currency"),
		.fee = razorpay_read_amount(
		    arena, payment, "fee", json_at(payment, "base_currency") != NULL ? "base_currency" : "currency"),
		.method = json_text_at(arena, payment, "method", 64),
		.failure_code = json_text_at(arena, payment, "error_reason", 64),
		.failure_reason = json_text_at(arena, payment, "error_description", 500),
	};
	if (answer->failure_code == NULL)
		answer->failure_code = json_text_at(arena, payment, "error_code", 64);
	return answer->transaction_id != NULL && answer->charge_id != NULL;
}

bool
razorpay_read_refund(struct arena *arena, struct json_object *json, struct refund_answer *answer)
{
	const char *status = json_text_at(arena, json, "status", 32);

	*answer = (struct refund_answer) {
		.status = REFUND_PENDING,
		.key = json_text_at(arena, json, "notes.refund_id", UUID_TEXT_LENGTH),
		.provider_refund_id = json_text_at(arena, json, "id", RAZORPAY_ID_MAX),
		.amount = razorpay_read_amount(arena, json, "amount", "currency"),
	};
	if (status == NULL || answer->provider_refund_id == NULL)
		return false;
	if (strcmp(status, "processed") == 0)
		answer->status = REFUND_SUCCEEDED;
	else if (strcmp(status, "failed") == 0)
		answer->status = REFUND_FAILED;
	if (answer->status == REFUND_FAILED)
		answer->failure_code = "failed";
	return true;
}
