#include "base/arena.h"
#include "sandbox/paypal/paypal.h"

enum { MARK_MAX = 127, NOTE_MAX = 255 };

static int64_t
left_of(const struct json_object *capture)
{
	return get_integer(capture, "_taken") - get_integer(capture, "_refunded");
}

/* Is there something to give back?  Answers when not. */
static bool
check_capture(struct call *call, const struct json_object *capture)
{
	const char *status = capture == NULL ? NULL : get_text(capture, "status");

	if (capture == NULL)
		paypal_answer_missing(call);
	else if (strcmp(status, "PENDING") == 0)
		paypal_answer_unprocessable(call, "PENDING_CAPTURE", NULL);
	else if (strcmp(status, "DECLINED") == 0)
		paypal_answer_unprocessable(call, "CAPTURE_STATUS_NOT_VALID", NULL);
	else if (paypal_is_disputed(call, capture))
		paypal_answer_unprocessable(call, "TRANSACTION_DISPUTED", NULL);
	else if (left_of(capture) == 0)
		paypal_answer_unprocessable(call, "CAPTURE_FULLY_REFUNDED", NULL);
	else
		return true;
	return false;
}

/* All that is left when the body names no amount. */
static bool
read_refund_amount(struct call *call, const struct json_object *capture, struct money *amount)
{
	const struct json_object *named = json_object_object_get(call->json, "amount");

	*amount = paypal_amount_of(capture);
	if (named == NULL) {
		amount->minor = left_of(capture);
		return true;
	}
	if (!paypal_read_amount(call, named, "/amount", amount))
		return false;
	if (strcmp(amount->currency, paypal_amount_of(capture).currency) != 0)
		paypal_answer_unprocessable(call, "REFUND_CAPTURE_CURRENCY_MISMATCH", "/amount/currency_code");
	else if (amount->minor > left_of(capture))
		paypal_answer_unprocessable(call, "REFUND_AMOUNT_EXCEEDED", "/amount/value");
	else
		return true;
	return false;
}

/* What was given back changes what the capture is said to be. */
static void
count_back(struct call *call, struct json_object *capture, int64_t minor)
{
	put_integer(capture, "_refunded", get_integer(capture, "_refunded") + minor);
	put_text(capture, "status",
	    left_of(capture) == 0                       ? "REFUNDED"
		: get_integer(capture, "_refunded") > 0 ? "PARTIALLY_REFUNDED"
							: "COMPLETED");
	state_save(call->sandbox, PAYPAL_CAPTURES, capture);
}

static struct json_object *
refund_new(struct call *call, const struct json_object *capture, struct money amount)
{
	struct json_object *refund = json_object_new_object(), *breakdown = json_object_new_object();
	const char         *id = paypal_id(call->arena);
	struct money        total = amount;

	total.minor = get_integer(capture, "_refunded");
	put_text(refund, "id", id);
	json_object_object_add(refund, "amount", paypal_amount_object(amount));
	put_copy(refund, "custom_id",
	    json_object_object_get(json_object_object_get(call->json, "custom_id") != NULL ? call->json : capture, "custom_id"));
	put_copy(refund, "invoice_id",
	    json_object_object_get(
		json_object_object_get(call->json, "invoice_id") != NULL ? call->json : capture, "invoice_id"));
	json_object_object_add(breakdown, "gross_amount", paypal_amount_object(amount));
	json_object_object_add(breakdown, "total_refunded_amount", paypal_amount_object(total));
	json_object_object_add(refund, "seller_payable_breakdown", breakdown);
	put_text(refund, "create_time", time_text(call->arena));
	put_text(refund, "_capture", get_text(capture, "id"));
	put_text(refund, "_order", get_text(capture, "_order"));
	paypal_add_link(call, refund, "self", "GET", arena_format(call->arena, "/v2/payments/refunds/%s", id));
	paypal_add_link(
	    call, refund, "up", "GET", arena_format(call->arena, "/v2/payments/captures/%s", get_text(capture, "id")));
	return refund;
}

/* The money of a dispute goes back as a refund, which is listed as one, too, and told only of the dispute. */
void
paypal_dispute_refunded(struct call *call)
{
	const struct json_object *order = state_find(call->sandbox, PAYPAL_ORDERS, call->captured[0]);
	struct json_object       *capture = order == NULL ? NULL : paypal_capture_of(call, order), *refund;

	if (capture == NULL || !paypal_is_disputed(call, capture)) {
		paypal_answer_missing(call);
		return;
	}
	count_back(call, capture, paypal_amount_of(capture).minor);
	refund = refund_new(call, capture, paypal_amount_of(capture));
	put_text(refund, "status", "COMPLETED");
	state_save(call->sandbox, PAYPAL_REFUNDS, refund);
	paypal_dispute_lost(call);
}

static void
give_back(struct call *call, struct json_object *capture, struct money amount, int status)
{
	struct json_object *refund;
	bool                pending = switches_of(call)->refund_pending;

	count_back(call, capture, amount.minor);
	refund = refund_new(call, capture, amount);
	put_text(refund, "status", pending ? "PENDING" : "COMPLETED");
	state_save(call->sandbox, PAYPAL_REFUNDS, refund);
	paypal_event(call, pending ? "PAYMENT.REFUND.PENDING" : "PAYMENT.CAPTURE.REFUNDED", "refund", paypal_sent(refund));
	paypal_executed(call, PAYPAL_REFUNDS, refund);
	paypal_answer_object(call, status, paypal_sent(refund));
}

void
paypal_refund_create(struct call *call)
{
	struct json_object *capture = state_find(call->sandbox, PAYPAL_CAPTURES, call->captured[0]);
	struct money        amount;

	if (!json_object_is_type(call->json, json_type_object) ||
	    (json_object_object_get(call->json, "custom_id") != NULL && paypal_text(call->json, "custom_id", MARK_MAX) == NULL) ||
	    (json_object_object_get(call->json, "invoice_id") != NULL &&
		paypal_text(call->json, "invoice_id", MARK_MAX) == NULL) ||
	    (json_object_object_get(call->json, "note_to_payer") != NULL &&
		paypal_text(call->json, "note_to_payer", NOTE_MAX) == NULL))
		paypal_answer_issue(call, 400, "INVALID_REQUEST", "INVALID_STRING_LENGTH", NULL);
	else if (switches_of(call)->no_balance)
		paypal_answer_unprocessable(call, "REFUND_FAILED_INSUFFICIENT_FUNDS", NULL);
	else if (check_capture(call, capture) && read_refund_amount(call, capture, &amount))
		give_back(call, capture, amount, 201);
}

void
paypal_refund_show(struct call *call)
{
	const struct json_object *refund = state_find(call->sandbox, PAYPAL_REFUNDS, call->captured[0]);

	if (refund == NULL)
		paypal_answer_missing(call);
	else
		answer_json(call, 200, paypal_sent(refund));
}

/* Somebody refunds in the dashboard: {"amount": minor units}, or all that is left. */
void
paypal_refund_at_desk(struct call *call)
{
	const struct json_object *order = state_find(call->sandbox, PAYPAL_ORDERS, call->captured[0]);
	struct json_object       *capture = order == NULL ? NULL : paypal_capture_of(call, order);
	struct money              amount;
	const char               *form = form_get(&call->form, "amount");

	if (!check_capture(call, capture))
		return;
	amount = paypal_amount_of(capture);
	amount.minor = json_object_object_get(call->json, "amount") != NULL ? get_integer(call->json, "amount")
	    : form != NULL                                                  ? strtoll(form, NULL, 10)
									    : left_of(capture);
	if (amount.minor <= 0 || amount.minor > left_of(capture))
		paypal_answer_unprocessable(call, "REFUND_AMOUNT_EXCEEDED", "/amount");
	else
		give_back(call, capture, amount, 200);
}

/* The pending refunds of an order reach its payer. */
void
paypal_refunds_arrive(struct call *call)
{
	size_t               count;
	struct json_object **refunds = state_newest_first(call->sandbox, PAYPAL_REFUNDS, call->arena, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(get_text(refunds[i], "status"), "PENDING") != 0 ||
		    strcmp(get_text(refunds[i], "_order"), call->captured[0]) != 0)
			continue;
		put_text(refunds[i], "status", "COMPLETED");
		state_save(call->sandbox, PAYPAL_REFUNDS, refunds[i]);
		paypal_event(call, "PAYMENT.CAPTURE.REFUNDED", "refund", paypal_sent(refunds[i]));
	}
	answer_json(call, 200, json_object_new_object());
}

/* The payer's bank sends a refund back. */
void
paypal_refund_bounces(struct call *call)
{
	struct json_object *refund = state_find(call->sandbox, PAYPAL_REFUNDS, call->captured[0]);

	if (refund == NULL || strcmp(get_text(refund, "status"), "FAILED") == 0) {
		paypal_answer_missing(call);
		return;
	}
	count_back(
	    call, state_find(call->sandbox, PAYPAL_CAPTURES, get_text(refund, "_capture")), -paypal_amount_of(refund).minor);
	put_text(refund, "status", "FAILED");
	state_save(call->sandbox, PAYPAL_REFUNDS, refund);
	paypal_event(call, "PAYMENT.REFUND.FAILED", "refund", paypal_sent(refund));
	answer_json(call, 200, paypal_sent(refund));
}
