/*
 * PayPal's disputes (Customer Disputes v1): what they are to us, in answers and events.  What was taken from the seller stands in
 * money_movements; a hold is none of them.
 */
#include "payments/providers/paypal.h"

#include "base/arena.h"
#include "base/ids.h"
#include "base/instant.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

/* A dispute is resolved by the refund, or shortly after it or before it. */
enum { DISPUTES_ASKED = 10, ENDING_SECONDS = 600 };

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
	answer->moved = moved;
	if (fees.minor > 0)
		answer->fee = fees;
}

int64_t
paypal_time_at(struct arena *arena, struct json_object *json, const char *path)
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
		.evidence_due_at = paypal_time_at(arena, json, "seller_response_due_date"),
		.told_at = paypal_time_at(arena, json, "update_time") };
	read_movements(arena, json_at(json, "money_movements"), answer);
	if (paypal_is_one_of(status, looked_at))
		answer->status = DISPUTE_SUBMITTED;
	else if (status != NULL && strcmp(status, "RESOLVED") == 0)
		answer->status =
		    status_of_outcome(json_text_at(arena, json, "dispute_outcome.outcome_code", 64), answer->money_moved);
	return status != NULL && answer->provider_dispute_id != NULL;
}

static const struct problem *
get_dispute(struct work *work, const struct payment *payment, const char *id, struct json_object **json)
{
	struct http_reply reply;

	TRY(paypal_call(
	    work, payment->id, "dispute", arena_format(work->arena, "/v1/customer/disputes/%s", id), NULL, NULL, &reply, json));
	return reply.status >= 400 ? paypal_refused(work, &reply, *json) : OK;
}

static const struct problem *
show_dispute(struct work *work, const struct payment *payment, const char *id, struct dispute_answer *answer)
{
	struct json_object *json;

	TRY(get_dispute(work, payment, id, &json));
	return read_dispute(work->arena, json, answer)
	    ? OK
	    : problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
}

static const struct problem *
ask_for_list(struct work *work, const struct payment *payment, const char *capture, struct json_object **list)
{
	struct http_reply   reply;
	struct json_object *json;

	TRY(paypal_call(work, payment->id, "dispute",
	    arena_format(
		work->arena, "/v1/customer/disputes?disputed_transaction_id=%s&page_size=%d", capture, (int)DISPUTES_ASKED),
	    NULL, NULL, &reply, &json));
	*list = json_at(json, "items");
	return reply.status >= 400 ? problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again") : OK;
}

static size_t
count_of(struct json_object *list)
{
	size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

	return count < DISPUTES_ASKED ? count : DISPUTES_ASKED;
}

/* The list says little of each, so each is asked about. */
const struct problem *
paypal_list_disputes(struct work *work, const struct payment *payment, const char *capture, struct provider_disputes *disputes)
{
	struct json_object *list;

	disputes->count = 0;
	if (capture == NULL)
		return OK;
	TRY(ask_for_list(work, payment, capture, &list));
	for (size_t i = 0; i < count_of(list); i++) {
		const char *id = json_text_at(work->arena, json_object_array_get_idx(list, i), "dispute_id", ID_MAX);

		if (id == NULL)
			continue;
		TRY(show_dispute(work, payment, id, &disputes->list[disputes->count]));
		disputes->count++;
	}
	return OK;
}

/* The dispute that was open then: PayPal makes no refund meanwhile but the one that ends it. */
static const char *
open_at(struct arena *arena, struct json_object *list, int64_t at)
{
	for (size_t i = 0; i < count_of(list); i++) {
		struct json_object *dispute = json_object_array_get_idx(list, i);
		const char         *status = json_text_at(arena, dispute, "status", 64);
		int64_t             begun = paypal_time_at(arena, dispute, "create_time");
		bool                over = status != NULL && strcmp(status, "RESOLVED") == 0;

		if (begun > 0 && at >= begun && (!over || at <= paypal_time_at(arena, dispute, "update_time") + ENDING_SECONDS))
			return json_text_at(arena, dispute, "dispute_id", ID_MAX);
	}
	return NULL;
}

/* Asked only where there is a refund of which our books may not know yet whose money it is. */
const struct problem *
paypal_find_refunds_of_disputes(struct work *work, const struct payment *payment, const char *capture,
    struct provider_refunds *refunds, const int64_t *made_at)
{
	struct json_object *list = NULL;

	for (size_t i = 0; i < refunds->count && capture != NULL; i++) {
		struct refund_answer *refund = &refunds->list[i];

		if (refund->key != NULL || refund->status != REFUND_SUCCEEDED || made_at[i] == 0)
			continue;
		if (list == NULL)
			TRY(ask_for_list(work, payment, capture, &list));
		if (list == NULL)
			return OK;
		refund->provider_dispute_id = open_at(work->arena, list, made_at[i]);
	}
	return OK;
}

/* PayPal allows what its dispute has a link for, and nothing else. */
static const struct problem *
do_about(struct work *work, const struct payment *payment, const struct dispute *dispute, const char *link, const char *path,
    const char *type, const struct text *body, struct dispute_answer *answer)
{
	const char         *id = dispute->provider_dispute_id;
	struct http_reply   reply;
	struct json_object *json;

	TRY(get_dispute(work, payment, id, &json));
	if (paypal_link_of(work->arena, json, link) == NULL)
		return problem(PROVIDER_REFUSED, "the payment provider does not allow this for the dispute now");
	TRY(paypal_call_with(work, payment->id, "dispute", arena_format(work->arena, "/v1/customer/disputes/%s/%s", id, path),
	    type, body, NULL, &reply, &json));
	if (reply.status >= 400)
		return paypal_refused(work, &reply, json);
	return show_dispute(work, payment, id, answer);
}

const char *const paypal_evidence_fields[] = { "carrier_name", "evidence_type", "tracking_number", NULL };

static const char *
field_of(const struct evidence *evidence, const char *name)
{
	for (size_t i = 0; i < evidence->n_fields; i++)
		if (strcmp(evidence->fields[i].name, name) == 0)
			return evidence->fields[i].value;
	return NULL;
}

/* One piece of evidence: of a parcel, or in words. */
static void
add_evidence(struct text *json, const struct evidence *evidence)
{
	const char *type = field_of(evidence, "evidence_type"), *number = field_of(evidence, "tracking_number");
	const char *carrier = field_of(evidence, "carrier_name");

	TEXT_ADD(json, "{\"evidences\":[{");
	paypal_add_member(json, "evidence_type", type != NULL ? type : number != NULL ? "PROOF_OF_FULFILLMENT" : "OTHER");
	if (number != NULL) {
		TEXT_ADD(json, ",\"evidence_info\":{\"tracking_info\":[{");
		paypal_add_member(json, "carrier_name", carrier == NULL ? "OTHER" : carrier);
		paypal_add_member(json, "tracking_number", number);
		TEXT_ADD(json, "}]}");
	}
	if (evidence->text != NULL)
		paypal_add_member(json, "notes", evidence->text);
	TEXT_ADD(json, "}]}");
}

/* A form of one part, which PayPal calls "input"; nobody knows its boundary beforehand. */
const struct problem *
paypal_evidence(struct work *work, const struct payment *payment, const struct dispute *dispute, const struct evidence *evidence,
    struct dispute_answer *answer)
{
	const char *boundary = uuid_text(work->arena, uuid_new());
	struct text body = text_new(work->arena, 1024);

	text_addf(
	    &body, "--%s\r\nContent-Disposition: form-data; name=\"input\"\r\nContent-Type: application/json\r\n\r\n", boundary);
	add_evidence(&body, evidence);
	text_addf(&body, "\r\n--%s--\r\n", boundary);
	return do_about(work, payment, dispute, "provide_evidence", "provide-evidence",
	    arena_format(work->arena, "multipart/form-data; boundary=%s", boundary), &body, answer);
}

const struct problem *
paypal_accept(struct work *work, const struct payment *payment, const struct dispute *dispute, struct dispute_answer *answer)
{
	struct text body = text_new(work->arena, 64);

	TEXT_ADD(&body, "{\"note\":\"accepted by the seller\"}");
	return do_about(work, payment, dispute, "accept_claim", "accept-claim", "application/json", &body, answer);
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
