/* A payer asks their bank for the money back; nothing moves until that is lost. */
#include "base/arena.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "sandbox/razorpay/razorpay.h"

enum { SUMMARY_CHARACTERS_MAX = 1000 };

void
razorpay_disputed(struct call *call)
{
	struct json_object *payment = razorpay_captured_of(call), *dispute;

	if (payment == NULL)
		return;
	dispute = json_object_new_object();
	put_text(dispute, "id", id_new(call->arena, "disp_"));
	put_text(dispute, "entity", "dispute");
	put_text(dispute, "payment_id", get_text(payment, "id"));
	put_integer(dispute, "amount", get_integer(payment, "amount"));
	put_text(dispute, "currency", get_text(payment, "currency"));
	put_integer(dispute, "amount_deducted", 0);
	put_text(dispute, "reason_code", "goods_or_services_not_received_or_partially_received");
	put_integer(dispute, "respond_by", unix_seconds() + 7 * 86400);
	put_text(dispute, "status", "open");
	put_text(dispute, "phase", "chargeback");
	put_integer(dispute, "created_at", unix_seconds());
	state_save(call->sandbox, RAZORPAY_DISPUTES, dispute);
	razorpay_tell(call, "payment.dispute.created", &(struct razorpay_told) { .dispute = dispute, .payment = payment });
	answer_copy(call, 200, dispute);
}

static void
tell_status(struct call *call, struct json_object *dispute, const char *status)
{
	const struct json_object *payment = state_find(call->sandbox, RAZORPAY_PAYMENTS, get_text(dispute, "payment_id"));
	int64_t                   deducted = get_integer(call->json, "deducted");

	put_text(dispute, "status", status);
	if (strcmp(status, "lost") == 0)
		put_integer(dispute, "amount_deducted", deducted > 0 ? deducted : get_integer(dispute, "amount"));
	state_save(call->sandbox, RAZORPAY_DISPUTES, dispute);
	razorpay_tell(call, arena_format(call->arena, "payment.dispute.%s", status),
	    &(struct razorpay_told) { .dispute = dispute, .payment = payment });
	answer_copy(call, 200, dispute);
}

/* The newest of the order that the path names. */
static void
end_dispute(struct call *call, const char *status)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, RAZORPAY_DISPUTES, call->arena, &count);
	struct json_object  *payment = razorpay_captured_of(call);

	for (size_t i = 0; payment != NULL && i < count; i++)
		if (strcmp(get_text(list[i], "payment_id"), get_text(payment, "id")) == 0) {
			tell_status(call, list[i], status);
			return;
		}
	if (payment != NULL)
		razorpay_no_such(call);
}

void
razorpay_dispute_won(struct call *call)
{
	end_dispute(call, "won");
}

void
razorpay_dispute_lost(struct call *call)
{
	end_dispute(call, "lost");
}

void
razorpay_dispute_list(struct call *call)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, RAZORPAY_DISPUTES, call->arena, &count);
	struct json_object  *items = json_object_new_array();

	for (size_t i = 0; i < count; i++)
		json_object_array_add(items, json_object_get(list[i]));
	razorpay_answer_page(call, items);
}

static struct json_object *
find_dispute(struct call *call)
{
	struct json_object *dispute = state_find(call->sandbox, RAZORPAY_DISPUTES, call->captured[0]);

	if (dispute == NULL)
		razorpay_no_such(call);
	return dispute;
}

void
razorpay_dispute_show(struct call *call)
{
	struct json_object *dispute = find_dispute(call);

	if (dispute != NULL)
		answer_copy(call, 200, dispute);
}

/* The shop can say something only once, and while it is asked. */
static struct json_object *
find_open(struct call *call)
{
	struct json_object *dispute = find_dispute(call);

	if (dispute == NULL || strcmp(get_text(dispute, "status"), "open") == 0)
		return dispute;
	razorpay_invalid(call, NULL, "Action not allowed: the dispute is not in the open status.");
	return NULL;
}

/* Lists of documents that were uploaded; how many; -1 and the error answered when one is none. */
static int
count_documents(struct call *call)
{
	static const char *const lists[] = { "shipping_proof", "billing_proof", "cancellation_proof", "customer_communication",
		"proof_of_service", "explanation_letter", "refund_confirmation", "access_activity_log",
		"refund_cancellation_policy", "term_and_conditions" };
	int                      total = 0;

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct json_object *list = json_object_object_get(call->json, lists[i]);
		size_t              length = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

		for (size_t k = 0; k < length; k++, total++) {
			const char *id = json_object_get_string(json_object_array_get_idx(list, k));

			if (id == NULL || state_find(call->sandbox, RAZORPAY_DOCUMENTS, id) == NULL) {
				razorpay_invalid(call, lists[i], "The document id provided does not belong to you.");
				return -1;
			}
		}
		if (list != NULL && length == 0) {
			razorpay_invalid(call, lists[i], "The evidence must be a list of document ids.");
			return -1;
		}
	}
	return total;
}

static bool
check_contest(struct call *call, const struct json_object *dispute)
{
	struct json_object *amount = json_object_object_get(call->json, "amount");
	const char         *summary = get_text(call->json, "summary"), *action = get_text(call->json, "action");
	bool                submits = action != NULL && strcmp(action, "submit") == 0;
	int                 documents;

	if (json_object_object_get(call->json, "amount") != NULL &&
	    (!json_object_is_type(amount, json_type_int) || json_object_get_int64(amount) < 1 ||
		json_object_get_int64(amount) > get_integer(dispute, "amount")))
		razorpay_invalid(call, "amount", "The amount must be between 1 and the disputed amount.");
	else if (summary != NULL && utf8_length(summary) > SUMMARY_CHARACTERS_MAX)
		razorpay_invalid(call, "summary", "The summary may not be greater than 1000 characters.");
	else if (action != NULL && !submits && strcmp(action, "draft") != 0)
		razorpay_invalid(call, "action", "The selected action is invalid.");
	else if ((documents = count_documents(call)) == 0 && submits)
		razorpay_invalid(call, NULL, "At least one document is needed to submit the evidence.");
	else
		return documents >= 0;
	return false;
}

void
razorpay_dispute_contest(struct call *call)
{
	static const char *const known[] = { "amount", "summary", "action", "shipping_proof", "billing_proof",
		"cancellation_proof", "customer_communication", "proof_of_service", "explanation_letter", "refund_confirmation",
		"access_activity_log", "refund_cancellation_policy", "term_and_conditions", "others", NULL };
	struct json_object      *dispute;

	if (!razorpay_check_members(call, known) || (dispute = find_open(call)) == NULL || !check_contest(call, dispute))
		return;
	call->executed = true;
	put_copy(dispute, "evidence", call->json);
	if (get_text(call->json, "action") != NULL && strcmp(get_text(call->json, "action"), "submit") == 0) {
		tell_status(call, dispute, "under_review");
		return;
	}
	state_save(call->sandbox, RAZORPAY_DISPUTES, dispute);
	answer_copy(call, 200, dispute);
}

void
razorpay_dispute_accept(struct call *call)
{
	struct json_object *dispute = find_open(call);

	if (dispute == NULL)
		return;
	call->executed = true;
	tell_status(call, dispute, "lost");
}
