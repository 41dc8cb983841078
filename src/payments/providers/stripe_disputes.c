/* Stripe's disputes: what they are to us, in answers and events. */
#include "payments/providers/stripe.h"

#include "base/arena.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

/* `lost` is also said of a dispute that was accepted; `prevented` is one that never moved money. */
static const struct dispute_word {
	const char         *word;
	enum dispute_status status;
} dispute_words[] = {
	{ "needs_response", DISPUTE_OPEN },
	{ "appeal_needs_response", DISPUTE_OPEN },
	{ "under_review", DISPUTE_SUBMITTED },
	{ "appeal_under_review", DISPUTE_SUBMITTED },
	{ "won", DISPUTE_WON },
	{ "appeal_won", DISPUTE_WON },
	{ "lost", DISPUTE_LOST },
	{ "appeal_lost", DISPUTE_LOST },
	{ "warning_needs_response", DISPUTE_INQUIRY },
	{ "warning_under_review", DISPUTE_INQUIRY },
	{ "warning_closed", DISPUTE_CLOSED },
	{ "prevented", DISPUTE_CLOSED },
};

static bool
dispute_status_of(const char *word, int *status)
{
	for (size_t i = 0; word != NULL && i < sizeof dispute_words / sizeof *dispute_words; i++)
		if (strcmp(dispute_words[i].word, word) == 0) {
			*status = (int)dispute_words[i].status;
			return true;
		}
	return false;
}

/* One balance transaction; what contesting costs, and is given back to who wins, is one of its own. */
static bool
add_transaction(struct arena *arena, struct json_object *transaction, int64_t *moved, int64_t *fees)
{
	const char *category = json_text_at(arena, transaction, "reporting_category", 64);
	int64_t    *sum = category != NULL && strcmp(category, "fee") == 0 ? fees : moved;
	int64_t     part;

	if (json_integer_at(transaction, "amount", &part) && __builtin_sub_overflow(*sum, part, sum))
		return false;
	return !json_integer_at(transaction, "fee", &part) || !__builtin_add_overflow(*fees, part, fees);
}

/*
 * The balance transactions of a dispute, in the account's currency: what was withdrawn and not reinstated, and their fees.  False
 * when the sums are none.
 */
static bool
read_dispute_money(struct arena *arena, struct json_object *list, struct dispute_answer *answer)
{
	int64_t     moved = 0, fees = 0;
	const char *currency = NULL;

	if (!json_object_is_type(list, json_type_array))
		return true;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *transaction = json_object_array_get_idx(list, i);

		currency = json_text_at(arena, transaction, "currency", 3);
		if (!add_transaction(arena, transaction, &moved, &fees))
			return false;
	}
	answer->money_moved = moved > 0;
	if (currency != NULL && fees >= 0)
		answer->fee = stripe_to_money(fees, currency);
	return true;
}

static bool
read_dispute(struct arena *arena, struct json_object *json, struct dispute_answer *answer)
{
	int64_t amount;

	*answer = (struct dispute_answer) {
		.provider_dispute_id = json_text_at(arena, json, "id", STRIPE_ID_MAX),
		.reason = json_text_at(arena, json, "reason", 64),
	};
	if (answer->provider_dispute_id == NULL || !dispute_status_of(json_text_at(arena, json, "status", 64), &answer->status))
		return false;
	if (json_integer_at(json, "amount", &amount))
		answer->amount = stripe_to_money(amount, json_text_at(arena, json, "currency", 3));
	json_integer_at(json, "evidence_details.due_by", &answer->evidence_due_at);
	return read_dispute_money(arena, json_at(json, "balance_transactions"), answer);
}

const struct problem *
stripe_disputes(struct work *work, const struct payment *payment, struct provider_disputes *disputes)
{
	struct http_reply   reply;
	struct json_object *json, *list;

	TRY(stripe_call(work, payment->id, "dispute",
	    arena_format(
		work->arena, "/v1/disputes?payment_intent=%s&limit=%d", payment->transaction_id, (int)PROVIDER_DISPUTES_MAX),
	    NULL, NULL, &reply, &json));
	list = json_at(json, "data");
	if (reply.status >= 400 || !json_object_is_type(list, json_type_array))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	disputes->count = 0;
	for (size_t i = 0; i < json_object_array_length(list) && disputes->count < PROVIDER_DISPUTES_MAX; i++)
		if (read_dispute(work->arena, json_object_array_get_idx(list, i), &disputes->list[disputes->count]))
			disputes->count++;
	return OK;
}

/* Texts; what is a file there cannot be sent by us. */
const char *const stripe_evidence_fields[] = { "access_activity_log", "billing_address", "cancellation_policy_disclosure",
	"cancellation_rebuttal", "customer_email_address", "customer_name", "customer_purchase_ip",
	"duplicate_charge_explanation", "duplicate_charge_id", "product_description", "refund_policy_disclosure",
	"refund_refusal_explanation", "service_date", "shipping_address", "shipping_carrier", "shipping_date",
	"shipping_tracking_number", "uncategorized_text", NULL };

static const struct problem *
post_dispute_call(struct work *work, const struct payment *payment, const struct dispute *dispute, const char *path,
    const struct text *form, struct dispute_answer *answer)
{
	struct http_reply   reply;
	struct json_object *json;

	/* Without a key: each says all there is to say, and done twice it is refused. */
	TRY(stripe_call(work, payment->id, "dispute",
	    arena_format(work->arena, "/v1/disputes/%s%s", dispute->provider_dispute_id, path), form, NULL, &reply, &json));
	if (reply.status >= 400)
		return stripe_refused(work, &reply, json);
	if (!read_dispute(work->arena, json, answer))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}

const struct problem *
stripe_evidence(struct work *work, const struct payment *payment, const struct dispute *dispute, const struct evidence *evidence,
    struct dispute_answer *answer)
{
	struct text form = text_new(work->arena, 1024);

	if (evidence->text != NULL)
		stripe_add_field(&form, "evidence[uncategorized_text]", evidence->text);
	for (size_t i = 0; i < evidence->n_fields; i++)
		stripe_add_field(
		    &form, arena_format(work->arena, "evidence[%s]", evidence->fields[i].name), evidence->fields[i].value);
	stripe_add_field(&form, "submit", "true");
	return post_dispute_call(work, payment, dispute, "", &form, answer);
}

const struct problem *
stripe_accept(struct work *work, const struct payment *payment, const struct dispute *dispute, struct dispute_answer *answer)
{
	struct text form = text_new(work->arena, 16);

	return post_dispute_call(work, payment, dispute, "/close", &form, answer);
}

void
stripe_read_dispute_event(struct arena *arena, struct json_object *json, struct json_object *object, struct provider_event *event)
{
	event->transaction_id = json_text_at(arena, object, "payment_intent", STRIPE_ID_MAX);
	if (event->transaction_id == NULL || !read_dispute(arena, object, &event->dispute))
		return;
	json_integer_at(json, "created", &event->dispute.told_at);
	event->kind = EVENT_IS_DISPUTE;
}
