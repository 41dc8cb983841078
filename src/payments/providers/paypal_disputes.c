/*
 * PayPal's disputes (Customer Disputes v1): what they are to us, in answers and events.  What was taken from the seller stands in
 * money_movements; a hold is none of them.
 */
#include "payments/providers/paypal.h"

#include "base/arena.h"
#include "base/instant.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

enum { DISPUTES_ASKED = 10 };

static enum dispute_status
status_of_outcome(const char *outcome, bool money_moved)
{
	static const char *const won[] = { "RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER", "DENIED", "RESOLVED_WITH_PAYOUT",
		NULL };
	static const char *const lost[] = { "RESOLVED_BUYER_FAVOUR", NULL }, *const accepted[] = { "ACCEPTED", NULL };

	if (paypal_is_one_of(outcome, won))
		return DISPUTE_WON;
	if (paypal_is_one_of(outcome, accepted))
		return DISPUTE_ACCEPTED;
	return paypal_is_one_of(outcome, lost) || money_moved ? DISPUTE_LOST : DISPUTE_CLOSED;
}

/* What was debited to the seller and not credited again: of the amount, and of fees, which their reasons name. */
static void
read_movements(struct arena *arena, struct json_object *list, struct dispute_answer *answer)
{
	struct money moved = { 0, "" }, fees = { 0, "" };

	for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
		struct json_object *movement = json_object_array_get_idx(list, i);
		const char         *party = json_text_at(arena, movement, "affected_party", 32);
		const char         *type = json_text_at(arena, movement, "type", 16),
			   *reason = json_text_at(arena, movement, "reason", 64);
		struct money  amount = paypal_money(arena, movement, "amount");
		struct money *into = reason != NULL && strstr(reason, "FEE") != NULL ? &fees : &moved;

		if (party == NULL || strcmp(party, "SELLER") != 0 || type == NULL || amount.currency[0] == '\0')
			continue;
		if (strcmp(type, "CREDIT") == 0)
			amount.minor = -amount.minor;
		if (into->currency[0] == '\0')
			*into = amount;
		else
			money_add(*into, amount, into);
	}
	answer->money_moved = moved.minor > 0;
	if (fees.minor > 0)
		answer->fee = fees;
}

static int64_t
time_at(struct arena *arena, struct json_object *json, const char *path)
{
	const char    *text = json_text_at(arena, json, path, 40);
	struct instant instant;

	return text != NULL && instant_parse(text, &instant) ? instant.unix_ms / 1000 : 0;
}

static bool
read_dispute(struct arena *arena, struct json_object *json, struct dispute_answer *answer)
{
	static const char *const looked_at[] = { "UNDER_REVIEW", NULL };
	const char              *status = json_text_at(arena, json, "status", 64);

	*answer = (struct dispute_answer) { .status = DISPUTE_OPEN,
		.provider_dispute_id = json_text_at(arena, json, "dispute_id", ID_MAX),
		.reason = paypal_lower_case(arena, json_text_at(arena, json, "reason", 64)),
		.amount = paypal_money(arena, json, "dispute_amount"),
		.evidence_due_at = time_at(arena, json, "seller_response_due_date"),
		.told_at = time_at(arena, json, "update_time") };
	read_movements(arena, json_at(json, "money_movements"), answer);
	if (paypal_is_one_of(status, looked_at))
		answer->status = DISPUTE_SUBMITTED;
	else if (status != NULL && strcmp(status, "RESOLVED") == 0)
		answer->status =
		    status_of_outcome(json_text_at(arena, json, "dispute_outcome.outcome_code", 64), answer->money_moved);
	return status != NULL && answer->provider_dispute_id != NULL;
}

static const struct problem *
show_dispute(struct work *work, const struct payment *payment, const char *id, struct provider_disputes *disputes)
{
	struct http_reply   reply;
	struct json_object *json;

	TRY(paypal_call(
	    work, payment->id, "dispute", arena_format(work->arena, "/v1/customer/disputes/%s", id), NULL, NULL, &reply, &json));
	if (reply.status >= 400 || !read_dispute(work->arena, json, &disputes->list[disputes->count]))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	disputes->count++;
	return OK;
}

/* The list says little of each, so each is asked about. */
const struct problem *
paypal_list_disputes(struct work *work, const struct payment *payment, const char *capture, struct provider_disputes *disputes)
{
	struct http_reply   reply;
	struct json_object *json, *list;

	disputes->count = 0;
	if (capture == NULL)
		return OK;
	TRY(paypal_call(work, payment->id, "dispute",
	    arena_format(
		work->arena, "/v1/customer/disputes?disputed_transaction_id=%s&page_size=%d", capture, (int)DISPUTES_ASKED),
	    NULL, NULL, &reply, &json));
	list = json_at(json, "items");
	if (reply.status >= 400)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list) && i < DISPUTES_ASKED;
	     i++) {
		const char *id = json_text_at(work->arena, json_object_array_get_idx(list, i), "dispute_id", ID_MAX);

		if (id != NULL)
			TRY(show_dispute(work, payment, id, disputes));
	}
	return OK;
}

/* A dispute names the capture, which we do not know by itself, and our reference. */
void
paypal_read_dispute_event(struct arena *arena, struct json_object *dispute, struct provider_event *event)
{
	struct json_object *transaction = paypal_first_of(dispute, "disputed_transactions");

	event->reference = json_text_at(arena, transaction, "custom", PAYPAL_REFERENCE_MAX);
	if (event->reference == NULL)
		event->reference = json_text_at(arena, transaction, "invoice_number", PAYPAL_REFERENCE_MAX);
	if (event->reference != NULL && read_dispute(arena, dispute, &event->dispute))
		event->kind = EVENT_IS_DISPUTE;
}
