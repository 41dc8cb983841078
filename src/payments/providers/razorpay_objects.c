/* Razorpay's objects as ours, from answers and events. */
#include "payments/providers/razorpay.h"

#include "payments/json_path.h"

#include <json-c/json.h>

/* An amount and its currency as ours; currency "" when they make none. */
static struct money
read_amount(struct arena *arena, struct json_object *json, const char *amount_name, const char *currency_name)
{
	struct money amount = { 0, "" };
	const char  *currency = json_text_at(arena, json, currency_name, 3);
	int64_t      minor;

	if (currency != NULL && json_integer_at(json, amount_name, &minor) && minor >= 0)
		money_make(minor, currency, &amount);
	return amount;
}

/* Razorpay's own examples say it by true, 1 and "1". */
static bool
is_captured(struct arena *arena, struct json_object *payment, const char *status)
{
	struct json_object *captured = json_at(payment, "captured");
	const char         *word = json_text_at(arena, payment, "captured", 8);

	if (captured == NULL)
		return strcmp(status, "captured") == 0;
	return word != NULL ? strcmp(word, "1") == 0 || strcmp(word, "true") == 0 : json_object_get_boolean(captured);
}

/* What has gone back of what was captured is told by its refunds; what was let go, uncaptured, has brought nothing. */
static enum payment_status
status_of_payment(struct arena *arena, struct json_object *payment, const char *status)
{
	if (status == NULL)
		return PAYMENT_PENDING;
	if (strcmp(status, "authorized") == 0)
		return PAYMENT_PROCESSING;
	/* One try that the payer left ends nothing: the order can be paid by another. */
	if (strcmp(status, "failed") == 0)
		return PAYMENT_FAILED;
	if (strcmp(status, "captured") != 0 && strcmp(status, "refunded") != 0)
		return PAYMENT_PENDING;
	if (is_captured(arena, payment, status))
		return PAYMENT_SUCCEEDED;
	return strcmp(status, "refunded") == 0 ? PAYMENT_FAILED : PAYMENT_PENDING;
}

bool
razorpay_read_payment(struct arena *arena, struct json_object *payment, struct provider_answer *answer)
{
	const char *status = json_text_at(arena, payment, "status", 32);

	*answer = (struct provider_answer) {
		.status = status_of_payment(arena, payment, status),
		.authorised = status != NULL && strcmp(status, "authorized") == 0,
		.transaction_id = json_text_at(arena, payment, "order_id", RAZORPAY_ID_MAX),
		.charge_id = json_text_at(arena, payment, "id", RAZORPAY_ID_MAX),
		.amount = read_amount(arena, payment, "amount", "currency"),
		.fee =
		    read_amount(arena, payment, "fee", json_at(payment, "base_currency") != NULL ? "base_currency" : "currency"),
		.method = json_text_at(arena, payment, "method", 64),
		.failure_code = json_text_at(arena, payment, "error_reason", 64),
		.failure_reason = json_text_at(arena, payment, "error_description", 500),
	};
	if (answer->failure_code == NULL)
		answer->failure_code = json_text_at(arena, payment, "error_code", 64);
	if (answer->status == PAYMENT_FAILED && answer->failure_code == NULL)
		answer->failure_code = "not_captured";
	if (answer->status == PAYMENT_FAILED && strcmp(answer->failure_code, "pre_debit_notification_not_sent") == 0)
		answer->failure_advice = ADVICE_CHARGE_ANEW;
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
		.amount = read_amount(arena, json, "amount", "currency"),
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

static const struct {
	const char         *word;
	enum dispute_status status;
} dispute_words[] = { { "open", DISPUTE_OPEN }, { "under_review", DISPUTE_SUBMITTED }, { "won", DISPUTE_WON },
	{ "lost", DISPUTE_LOST }, { "closed", DISPUTE_CLOSED } };

/* Nothing is taken from our balance until one is lost. */
bool
razorpay_read_dispute(struct arena *arena, struct json_object *json, struct dispute_answer *answer)
{
	const char *word = json_text_at(arena, json, "status", 32);
	int64_t     deducted = 0;

	*answer = (struct dispute_answer) { .provider_dispute_id = json_text_at(arena, json, "id", RAZORPAY_ID_MAX),
		.reason = json_text_at(arena, json, "reason_code", 64),
		.amount = read_amount(arena, json, "amount", "currency") };
	json_integer_at(json, "amount_deducted", &deducted);
	answer->money_moved = deducted > 0;
	answer->moved = read_amount(arena, json, "amount_deducted", "currency");
	json_integer_at(json, "respond_by", &answer->evidence_due_at);
	for (size_t i = 0; word != NULL && i < sizeof dispute_words / sizeof *dispute_words; i++)
		if (strcmp(dispute_words[i].word, word) == 0) {
			answer->status = (int)dispute_words[i].status;
			return answer->provider_dispute_id != NULL;
		}
	return false;
}
