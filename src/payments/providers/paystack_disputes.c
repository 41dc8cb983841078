/* Paystack's disputes: what they are to us, in answers and events. */
#include "payments/providers/paystack.h"

#include "base/arena.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

/* What a dispute that is over came to; who does not answer in time has accepted by that. */
static bool
outcome_of(const char *resolution, int *status)
{
	if (resolution == NULL)
		return false;
	if (strcmp(resolution, "declined") == 0)
		*status = DISPUTE_WON;
	else if (strcmp(resolution, "merchant-accepted") == 0)
		*status = DISPUTE_ACCEPTED;
	else if (strcmp(resolution, "auto-accepted") == 0)
		*status = DISPUTE_LOST;
	else
		return false;
	return true;
}

static bool
status_of(const char *status, const char *resolution, int *ours)
{
	if (status == NULL)
		return false;
	if (strcmp(status, "resolved") == 0)
		return outcome_of(resolution, ours);
	if (strcmp(status, "awaiting-merchant-feedback") == 0 || strcmp(status, "pending") == 0)
		*ours = DISPUTE_OPEN;
	else if (strcmp(status, "awaiting-bank-feedback") == 0)
		*ours = DISPUTE_SUBMITTED;
	else if (strcmp(status, "archived") == 0)
		*ours = DISPUTE_CLOSED;
	else
		return false;
	return true;
}

/* Unix time; 0 when there is none. */
static int64_t
time_at(struct arena *arena, struct json_object *json, const char *path)
{
	const char    *text = json_text_at(arena, json, path, 64);
	struct instant instant;

	return text != NULL && instant_parse(text, &instant) ? instant.unix_ms / 1000 : 0;
}

/* While it is open nothing moves; what was lost goes back to the payer and is kept from what is paid out. */
static bool
read_dispute(struct arena *arena, struct json_object *data, struct dispute_answer *answer)
{
	int64_t units;

	*answer = (struct dispute_answer) {
		.provider_dispute_id = paystack_id_at(arena, data, "id"),
		.reason = json_text_at(arena, data, "category", 64),
		.evidence_due_at = time_at(arena, data, "dueAt"),
		.told_at = time_at(arena, data, "updatedAt"),
	};
	if (answer->provider_dispute_id == NULL ||
	    !status_of(json_text_at(arena, data, "status", 64), json_text_at(arena, data, "resolution", 64), &answer->status))
		return false;
	answer->money_moved = answer->status == DISPUTE_LOST || answer->status == DISPUTE_ACCEPTED;
	if (json_integer_at(data, "refund_amount", &units))
		answer->amount = paystack_to_money(units, json_text_at(arena, data, "currency", 3));
	return true;
}

const struct problem *
paystack_disputes(struct work *work, const struct payment *payment, struct provider_disputes *disputes)
{
	struct http_reply   reply;
	struct json_object *json, *list;
	const char         *number;

	disputes->count = 0;
	TRY(paystack_find_number(work, payment, &number));
	TRY(paystack_call(work, payment->id, "dispute", "GET",
	    arena_format(work->arena, "/dispute?transaction=%s&perPage=%d", number, (int)PROVIDER_DISPUTES_MAX), NULL, &reply,
	    &json));
	list = json_at(json, "data");
	if (!paystack_took(&reply, json) || !json_object_is_type(list, json_type_array))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	for (size_t i = 0; i < json_object_array_length(list) && disputes->count < PROVIDER_DISPUTES_MAX; i++) {
		struct json_object *dispute = json_object_array_get_idx(list, i);
		const char         *of = paystack_id_at(work->arena, dispute, "transaction.id");

		if (of != NULL && strcmp(of, number) == 0 && read_dispute(work->arena, dispute, &disputes->list[disputes->count]))
			disputes->count++;
	}
	return OK;
}

/* Texts; a file can be put beside them in the dashboard only. */
const char *const paystack_evidence_fields[] = { "customer_email", "customer_name", "customer_phone", "service_details",
	"delivery_address", "delivery_date", NULL };

/* What the shop says to it ends its part; done twice it is refused. */
static const struct problem *
resolve(struct work *work, const struct payment *payment, const struct dispute *dispute, const struct text *body,
    struct dispute_answer *answer)
{
	struct http_reply   reply;
	struct json_object *json;

	TRY(paystack_call(work, payment->id, "dispute", "PUT",
	    arena_format(work->arena, "/dispute/%s/resolve", dispute->provider_dispute_id), body, &reply, &json));
	if (!paystack_took(&reply, json))
		return paystack_refused(work, &reply, json);
	if (!read_dispute(work->arena, json_at(json, "data"), answer))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}

static const char *
field_of(const struct evidence *evidence, const char *name)
{
	for (size_t i = 0; i < evidence->n_fields; i++)
		if (strcmp(evidence->fields[i].name, name) == 0)
			return evidence->fields[i].value;
	return NULL;
}

/* The fields first, whose number then goes with the answer. */
static const struct problem *
send_fields(struct work *work, const struct payment *payment, const struct dispute *dispute, const struct evidence *evidence,
    int64_t *number)
{
	struct text         body = text_new(work->arena, 512);
	struct http_reply   reply;
	struct json_object *json;

	for (size_t i = 0; i < evidence->n_fields; i++) {
		text_add_char(&body, i == 0 ? '{' : ',');
		text_add_json(&body, evidence->fields[i].name);
		text_add_char(&body, ':');
		text_add_json(&body, evidence->fields[i].value);
	}
	text_add_char(&body, '}');
	arena_scrub(work->arena, body.bytes, body.length);
	TRY(paystack_call(work, payment->id, "dispute", "POST",
	    arena_format(work->arena, "/dispute/%s/evidence", dispute->provider_dispute_id), &body, &reply, &json));
	if (!paystack_took(&reply, json))
		return paystack_refused(work, &reply, json);
	return json_integer_at(json, "data.id", number)
	    ? OK
	    : problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
}

const struct problem *
paystack_evidence(struct work *work, const struct payment *payment, const struct dispute *dispute,
    const struct evidence *evidence, struct dispute_answer *answer)
{
	const char *message = evidence->text != NULL ? evidence->text : field_of(evidence, "service_details");
	struct text body = text_new(work->arena, 512);
	int64_t     number = 0;

	if (evidence->n_fields > 0)
		TRY(send_fields(work, payment, dispute, evidence, &number));
	TEXT_ADD(&body, "{\"resolution\":\"declined\",\"refund_amount\":0,\"message\":");
	text_add_json(&body, message == NULL ? "The shop does not accept the claim" : message);
	if (number != 0)
		text_addf(&body, ",\"evidence\":%lld", (long long)number);
	text_add_char(&body, '}');
	return resolve(work, payment, dispute, &body, answer);
}

const struct problem *
paystack_accept(struct work *work, const struct payment *payment, const struct dispute *dispute, struct dispute_answer *answer)
{
	struct text body = text_new(work->arena, 256);
	int64_t     units;

	if (!paystack_from_money(dispute->amount, &units))
		return problem(PROVIDER_REFUSED, "the payment provider cannot refund exactly this amount");
	text_addf(&body,
	    "{\"resolution\":\"merchant-accepted\",\"refund_amount\":%lld,\"message\":\"The shop accepts the claim\"}",
	    (long long)units);
	return resolve(work, payment, dispute, &body, answer);
}

void
paystack_read_dispute_event(struct arena *arena, struct json_object *data, struct provider_event *event)
{
	event->transaction_id = json_text_at(arena, data, "transaction.reference", PAYSTACK_ID_MAX);
	if (event->transaction_id != NULL && read_dispute(arena, data, &event->dispute))
		event->kind = EVENT_IS_DISPUTE;
}
