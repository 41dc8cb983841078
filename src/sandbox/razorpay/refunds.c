#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/razorpay/razorpay.h"

/* What may still be given back, all of it when no amount is named; answers the error when that is too much. */
static bool
check_left(struct call *call, const struct json_object *payment, int64_t *amount)
{
	int64_t     left = get_integer(payment, "amount") - get_integer(payment, "amount_refunded");
	const char *fault = NULL;

	if (*amount == 0)
		*amount = left;
	if (!json_object_get_boolean(json_object_object_get(payment, "captured")))
		fault = "The payment status should be captured for action to be taken";
	else if (left == 0)
		fault = "The payment has been fully refunded already";
	else if (*amount > left)
		fault = "The total refund amount is greater than the refund payment amount";
	if (fault != NULL)
		razorpay_invalid(call, "amount", fault);
	return fault == NULL;
}

static void
put_refunded(struct call *call, struct json_object *payment, int64_t refunded)
{
	bool whole = refunded == get_integer(payment, "amount");

	put_integer(payment, "amount_refunded", refunded);
	put_text(payment, "refund_status", refunded == 0 ? NULL : whole ? "full" : "partial");
	put_text(payment, "status", whole ? "refunded" : "captured");
	state_save(call->sandbox, RAZORPAY_PAYMENTS, payment);
}

static void
give_back(struct call *call, struct json_object *payment, int64_t amount)
{
	bool                pending = switches_of(call)->refund_pending;
	struct json_object *refund = json_object_new_object();

	call->executed = true;
	put_refunded(call, payment, get_integer(payment, "amount_refunded") + amount);
	put_text(refund, "id", id_new(call->arena, "rfnd_"));
	put_text(refund, "entity", "refund");
	put_integer(refund, "amount", amount);
	put_text(refund, "currency", get_text(payment, "currency"));
	put_text(refund, "payment_id", get_text(payment, "id"));
	json_object_object_add(refund, "notes", razorpay_notes(call));
	put_text(refund, "receipt", get_text(call->json, "receipt"));
	json_object_object_add(refund, "acquirer_data", json_object_new_object());
	put_integer(refund, "created_at", unix_seconds());
	put_null(refund, "batch_id");
	put_text(refund, "status", pending ? "pending" : "processed");
	put_text(refund, "speed_processed", "normal");
	put_text(refund, "speed_requested", "normal");
	state_save(call->sandbox, RAZORPAY_REFUNDS, refund);
	razorpay_tell(call, "refund.created", &(struct razorpay_told) { .refund = refund, .payment = payment });
	if (!pending)
		razorpay_tell(call, "refund.processed", &(struct razorpay_told) { .refund = refund, .payment = payment });
	answer_copy(call, 200, refund);
}

static bool
check_speed(struct call *call)
{
	const char *speed = get_text(call->json, "speed");

	if (json_object_object_get(call->json, "speed") == NULL ||
	    (speed != NULL && (strcmp(speed, "normal") == 0 || strcmp(speed, "optimum") == 0)))
		return true;
	razorpay_invalid(call, "speed", "The selected speed is invalid.");
	return false;
}

void
razorpay_refund_create(struct call *call)
{
	static const char *const known[] = { "amount", "speed", "receipt", "notes", NULL };
	struct json_object      *payment = state_find(call->sandbox, RAZORPAY_PAYMENTS, call->captured[0]);
	int64_t                  amount = 0;

	if (!razorpay_check_members(call, known) || !check_speed(call) || !razorpay_check_text(call, "receipt", 40) ||
	    !razorpay_check_notes(call))
		return;
	if (payment == NULL)
		razorpay_no_such(call);
	else if (switches_of(call)->no_balance)
		razorpay_invalid(call, NULL,
		    "Your account does not have enough balance to carry out the refund operation. You can add funds to your account "
		    "from your Razorpay dashboard or capture new payments.");
	else if (razorpay_check_amount(call, get_text(payment, "currency"), false, &amount) && check_left(call, payment, &amount))
		give_back(call, payment, amount);
}

static void
list_refunds(struct call *call, const char *payment)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, RAZORPAY_REFUNDS, call->arena, &count);
	struct json_object  *items = json_object_new_array();

	for (size_t i = 0; i < count; i++)
		if (strcmp(get_text(list[i], "payment_id"), payment) == 0)
			json_object_array_add(items, json_object_get(list[i]));
	razorpay_answer_page(call, items);
}

void
razorpay_refund_list(struct call *call)
{
	if (state_find(call->sandbox, RAZORPAY_PAYMENTS, call->captured[0]) == NULL)
		razorpay_no_such(call);
	else
		list_refunds(call, call->captured[0]);
}

void
razorpay_refund_show(struct call *call)
{
	struct json_object *refund = state_find(call->sandbox, RAZORPAY_REFUNDS, call->captured[0]);

	if (refund == NULL)
		razorpay_no_such(call);
	else
		answer_copy(call, 200, refund);
}

struct json_object *
razorpay_captured_of(struct call *call)
{
	struct json_object *payments = razorpay_payments_of(call->sandbox, call->captured[0]), *captured = NULL;

	for (size_t i = 0; captured == NULL && i < json_object_array_length(payments); i++)
		if (json_object_get_boolean(json_object_object_get(json_object_array_get_idx(payments, i), "captured")))
			captured = json_object_array_get_idx(payments, i);
	json_object_put(payments);
	if (captured == NULL)
		razorpay_no_such(call);
	return captured;
}

/* Somebody refunds in the dashboard: no mark of the shop. */
void
razorpay_refund_at_desk(struct call *call)
{
	struct json_object *payment = razorpay_captured_of(call);
	int64_t             amount = get_integer(call->json, "amount");

	if (payment != NULL && check_left(call, payment, &amount)) {
		json_object_object_del(call->json, "amount");
		give_back(call, payment, amount);
	}
}

/* The pending refunds of an order reach its payer. */
void
razorpay_refunds_arrive(struct call *call)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, RAZORPAY_REFUNDS, call->arena, &count);

	for (size_t i = 0; i < count; i++) {
		struct json_object *payment = state_find(call->sandbox, RAZORPAY_PAYMENTS, get_text(list[i], "payment_id"));

		if (strcmp(get_text(list[i], "status"), "pending") != 0 ||
		    strcmp(get_text(payment, "order_id"), call->captured[0]) != 0)
			continue;
		put_text(list[i], "status", "processed");
		state_save(call->sandbox, RAZORPAY_REFUNDS, list[i]);
		razorpay_tell(call, "refund.processed", &(struct razorpay_told) { .refund = list[i], .payment = payment });
	}
	answer_json(call, 200, json_object_new_object());
}

/* The payer's bank sends a refund back. */
void
razorpay_refund_bounces(struct call *call)
{
	struct json_object *refund = state_find(call->sandbox, RAZORPAY_REFUNDS, call->captured[0]), *payment;

	if (refund == NULL || strcmp(get_text(refund, "status"), "failed") == 0) {
		razorpay_no_such(call);
		return;
	}
	payment = state_find(call->sandbox, RAZORPAY_PAYMENTS, get_text(refund, "payment_id"));
	put_refunded(call, payment, get_integer(payment, "amount_refunded") - get_integer(refund, "amount"));
	put_text(refund, "status", "failed");
	state_save(call->sandbox, RAZORPAY_REFUNDS, refund);
	razorpay_tell(call, "refund.failed", &(struct razorpay_told) { .refund = refund, .payment = payment });
	answer_copy(call, 200, refund);
}
