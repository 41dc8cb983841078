/*
 * A payer who pays a second time under one reference, as a bank transfer can be repeated: Flutterwave has two transactions then,
 * of which the first that was booked counts (charge_id).  The other goes back, and the books never hear of it.
 */
#include "payments/providers/flutterwave.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"
#include "payments/provider.h"

#include <json-c/json.h>

/* Was something of it given back, or is to be?  Flutterwave has no idempotency keys, so this is asked before. */
static const struct problem *
is_going_back(struct work *work, const struct payment *payment, const char *number, bool *going)
{
	struct http_reply   reply;
	struct json_object *json, *list;

	*going = false;
	TRY(flutterwave_call(
	    work, payment->id, "refund", arena_format(work->arena, "/refunds?id=%s&page=1", number), NULL, &reply, &json));
	list = json_at(json, "data");
	if (!flutterwave_is_taken(work, &reply, json) || !json_object_is_type(list, json_type_array))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *refund = json_object_array_get_idx(list, i);
		const char         *of = flutterwave_number_at(work->arena, refund, "transaction_id"),
			   *status = json_text_at(work->arena, refund, "status", 64);

		if (of == NULL)
			of = flutterwave_number_at(work->arena, refund, "tx_id");
		*going =
		    *going || (of != NULL && strcmp(of, number) == 0 && (status == NULL || strstr(status, "failed") == NULL));
	}
	return OK;
}

/* What is refused stays at Flutterwave: somebody is called. */
static const struct problem *
give_back(struct work *work, const struct payment *payment, const char *number)
{
	struct text         body = text_new(work->arena, 64);
	struct http_reply   reply;
	struct json_object *json;

	TEXT_ADD(&body, "{\"comments\":\"paid twice\"}");
	TRY(flutterwave_call(
	    work, payment->id, "refund", arena_format(work->arena, "/transactions/%s/refund", number), &body, &reply, &json));
	if (flutterwave_is_taken(work, &reply, json))
		return OK;
	log_error("paid twice, and the second transaction cannot be given back: refund it at Flutterwave",
	    LOG_ID("transaction", number), LOG_TEXT("cause", json_text_at(work->arena, json, "message", 500)));
	return OK;
}

static const struct problem *
give_back_once(struct work *work, const struct payment *payment, const char *number)
{
	bool going;

	TRY(is_going_back(work, payment, number, &going));
	if (going)
		return OK;
	log_error("paid twice: the second transaction is given back", LOG_ID("transaction", number));
	return give_back(work, payment, number);
}

/*
 * Of two who look at the same time neither would see the other's refund, so one looks and refunds at a time.  After a failure, as
 * when nothing was answered, the turn lasts until both calls must be over.
 */
static const struct problem *
give_back_in_turn(struct work *work, const struct payment *payment, const char *number)
{
	enum { CALLS = 2, MS = 1000 };
	int64_t seconds = CALLS * work->config->payments.timeout_ms / MS + 1;
	bool    taken;

	TRY(take_turn(work, payment->id, seconds, &taken));
	if (!taken)
		return problem_later(work->arena, PROBLEM_PROVIDER_UNAVAILABLE,
		    "the payment's second transaction is being given back; try again", 1);
	TRY(give_back_once(work, payment, number));
	return end_turn(work, payment->id);
}

const struct problem *
flutterwave_end_twice_paid(struct work *work, const struct payment *payment, const struct provider_answer *answer)
{
	struct payment *now;

	if (answer->status != PAYMENT_SUCCEEDED || answer->charge_id == NULL)
		return OK;
	TRY(read_payment(work, payment->id, &now));
	if (!payment_has_money(now) || !is_another_charge(now, answer->charge_id))
		return OK;
	return give_back_in_turn(work, now, answer->charge_id);
}

const struct problem *
flutterwave_fetch(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct json_object *data;

	TRY(flutterwave_ask(work, payment, answer, &data));
	/* The bank waits for the payer, which Flutterwave calls pending, too. */
	if (payment->payment_method != NULL && payment->status == PAYMENT_REQUIRES_ACTION && answer->status == PAYMENT_PROCESSING)
		answer->status = PAYMENT_REQUIRES_ACTION;
	return flutterwave_end_twice_paid(work, payment, answer);
}
