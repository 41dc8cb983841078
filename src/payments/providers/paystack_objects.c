/* Paystack's transactions, read. */
#include "payments/providers/paystack.h"

#include "base/arena.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

/* Of one that was reversed nothing is there any more: had we booked it, its refunds or its dispute tell how it went. */
static enum payment_status
status_of(const char *status)
{
	static const struct {
		const char         *theirs;
		enum payment_status ours;
	} statuses[] = {
		{ "abandoned", PAYMENT_PENDING }, /* the payer can still finish */
		{ "ongoing", PAYMENT_REQUIRES_ACTION },
		{ "pending", PAYMENT_PROCESSING },
		{ "processing", PAYMENT_PROCESSING },
		{ "queued", PAYMENT_PROCESSING },
		{ "success", PAYMENT_SUCCEEDED },
		{ "failed", PAYMENT_FAILED },
		{ "reversed", PAYMENT_FAILED },
	};

	for (size_t i = 0; status != NULL && i < sizeof statuses / sizeof *statuses; i++)
		if (strcmp(statuses[i].theirs, status) == 0)
			return statuses[i].ours;
	return PAYMENT_PENDING;
}

/* A transaction, from an answer or an event. */
bool
paystack_read_transaction(struct arena *arena, struct json_object *data, struct provider_answer *answer)
{
	const char *status = json_text_at(arena, data, "status", 32), *currency = json_text_at(arena, data, "currency", 3);
	int64_t     units;

	*answer = (struct provider_answer) {
		.status = status_of(status),
		.transaction_id = json_text_at(arena, data, "reference", PAYSTACK_ID_MAX),
		.method = json_text_at(arena, data, "channel", 64),
	};
	if (answer->status == PAYMENT_FAILED) {
		answer->failure_code = status[0] == 'r' ? "reversed" : "declined";
		answer->failure_reason = json_text_at(arena, data, "gateway_response", 500);
	}
	if (json_integer_at(data, "amount", &units))
		answer->amount = paystack_to_money(units, currency);
	if (json_integer_at(data, "fees", &units))
		answer->fee = paystack_to_money(units, currency);
	return answer->transaction_id != NULL && status != NULL;
}

const struct problem *
paystack_fetch(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct http_reply   reply;
	struct json_object *json;

	TRY(paystack_call(work, payment->id, "fetch", "GET",
	    arena_format(work->arena, "/transaction/verify/%s", payment->reference), NULL, &reply, &json));
	if (!paystack_took(&reply, json))
		return paystack_refused(work, &reply, json);
	if (!paystack_read_transaction(work->arena, json_at(json, "data"), answer))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}
