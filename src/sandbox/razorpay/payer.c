#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/razorpay/razorpay.h"

static void
put_payer(struct json_object *payment)
{
	struct json_object *card = json_object_new_object(), *acquirer = json_object_new_object();

	put_text(payment, "method", "card");
	put_text(payment, "card_id", "card_HaatSandbox01");
	put_text(card, "id", "card_HaatSandbox01");
	put_text(card, "entity", "card");
	put_text(card, "name", "Gaurav Kumar");
	put_text(card, "last4", "4366");
	put_text(card, "network", "Visa");
	put_text(card, "type", "credit");
	json_object_object_add(payment, "card", card);
	put_text(payment, "email", "gaurav.kumar@example.com");
	put_text(payment, "contact", "+919876543210");
	put_null(payment, "vpa");
	put_text(acquirer, "auth_code", "828553");
	json_object_object_add(payment, "acquirer_data", acquirer);
}

struct json_object *
razorpay_payment_new(struct call *call, struct json_object *order, const char *status)
{
	struct json_object *payment = json_object_new_object();
	int64_t             amount = get_integer(order, "amount");

	if (switch_take(&switches_of(call)->wrong_amount))
		amount -= strcmp(get_text(order, "currency"), "INR") == 0 ? 1 : 10;
	put_text(payment, "id", id_new(call->arena, "pay_"));
	put_text(payment, "entity", "payment");
	put_integer(payment, "amount", amount);
	put_text(payment, "currency", switch_take(&switches_of(call)->wrong_currency) ? "CHF" : get_text(order, "currency"));
	put_text(payment, "status", status);
	put_text(payment, "order_id", get_text(order, "id"));
	put_null(payment, "invoice_id");
	put_bool(payment, "international", false);
	put_integer(payment, "amount_refunded", 0);
	put_null(payment, "refund_status");
	put_bool(payment, "captured", false);
	put_text(payment, "description", "Order");
	put_payer(payment);
	json_object_object_add(payment, "notes", json_object_new_array());
	put_null(payment, "fee");
	put_null(payment, "tax");
	put_null(payment, "error_code");
	put_null(payment, "error_description");
	put_null(payment, "error_source");
	put_null(payment, "error_step");
	put_null(payment, "error_reason");
	put_integer(payment, "created_at", unix_seconds());
	state_save(call->sandbox, RAZORPAY_PAYMENTS, payment);
	put_integer(order, "attempts", get_integer(order, "attempts") + 1);
	if (strcmp(get_text(order, "status"), "created") == 0)
		put_text(order, "status", "attempted");
	state_save(call->sandbox, RAZORPAY_ORDERS, order);
	return payment;
}

/* A payment that was begun and has not ended goes on; else there is a new one. */
static struct json_object *
payment_begun(struct call *call, struct json_object *order)
{
	struct json_object *payments = razorpay_payments_of(call->sandbox, get_text(order, "id")), *begun = NULL;

	for (size_t i = 0; i < json_object_array_length(payments); i++) {
		struct json_object *payment = json_object_array_get_idx(payments, i);

		if (strcmp(get_text(payment, "status"), "created") == 0)
			begun = payment;
	}
	json_object_put(payments);
	return begun == NULL ? razorpay_payment_new(call, order, "created") : begun;
}

/* The bank has agreed: the shop is to take the money, unless the order was made to take it by itself. */
static struct json_object *
pay(struct call *call, struct json_object *order)
{
	struct json_object *payment = payment_begun(call, order);

	put_text(payment, "status", "authorized");
	state_save(call->sandbox, RAZORPAY_PAYMENTS, payment);
	razorpay_tell(call, "payment.authorized", &(struct razorpay_told) { .payment = payment });
	if (json_object_get_boolean(json_object_object_get(order, "haat_capture")))
		razorpay_take(call, payment);
	return payment;
}

static struct json_object *
fail(struct call *call, struct json_object *order)
{
	struct json_object *payment = payment_begun(call, order);

	put_text(payment, "status", "failed");
	put_text(payment, "error_code", "BAD_REQUEST_ERROR");
	put_text(payment, "error_description", "Your payment didn't go through as it was declined by the bank.");
	put_text(payment, "error_source", "bank");
	put_text(payment, "error_step", "payment_authorization");
	put_text(payment, "error_reason", "payment_failed");
	state_save(call->sandbox, RAZORPAY_PAYMENTS, payment);
	razorpay_tell(call, "payment.failed", &(struct razorpay_told) { .payment = payment });
	return payment;
}

/* The bank takes its time. */
static struct json_object *
process(struct call *call, struct json_object *order)
{
	return payment_begun(call, order);
}

/* Who walks away before a payment has begun leaves nothing; one that was begun is told as cancelled. */
static struct json_object *
abandon(struct call *call, struct json_object *order)
{
	struct json_object *payments = razorpay_payments_of(call->sandbox, get_text(order, "id")), *left = NULL;

	for (size_t i = 0; i < json_object_array_length(payments); i++) {
		struct json_object *payment = json_object_array_get_idx(payments, i);

		if (strcmp(get_text(payment, "status"), "created") == 0)
			left = payment;
	}
	json_object_put(payments);
	if (left == NULL)
		return NULL;
	put_text(left, "status", "failed");
	put_text(left, "error_code", "BAD_REQUEST_ERROR");
	put_text(
	    left, "error_description", "You may have cancelled the payment or there was a delay in response from the bank page.");
	put_text(left, "error_source", "customer");
	put_text(left, "error_step", "payment_authentication");
	put_text(left, "error_reason", "payment_cancelled");
	state_save(call->sandbox, RAZORPAY_PAYMENTS, left);
	razorpay_tell(call, "payment.failed", &(struct razorpay_told) { .payment = left });
	return left;
}

static const struct {
	const char *name;
	struct json_object *(*act)(struct call *call, struct json_object *order);
} actions[] = { { "pay", pay }, { "fail", fail }, { "process", process }, { "abandon", abandon } };

bool
razorpay_act(struct call *call, const char *action, const char *id, struct json_object **payment)
{
	struct json_object *order = state_find(call->sandbox, RAZORPAY_ORDERS, id);
	const char         *force = form_get(&call->form, "force");

	if (order == NULL) {
		razorpay_no_such(call);
		return false;
	}
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
		if (strcmp(actions[i].name, action) != 0)
			continue;
		/* force=1 is a second payment beside the first: rails do that. */
		if (strcmp(get_text(order, "status"), "paid") == 0 && strcmp(action, "abandon") != 0 &&
		    (force == NULL || strcmp(force, "1") != 0)) {
			razorpay_invalid(call, NULL, "Payment already done for this order.");
			return false;
		}
		*payment = actions[i].act(call, order);
		return true;
	}
	razorpay_invalid(call, NULL, "A payer can pay, fail, process or abandon.");
	return false;
}

void
razorpay_payer_acts(struct call *call)
{
	struct json_object *payment;

	if (!razorpay_act(call, call->captured[0], call->captured[1], &payment))
		return;
	answer_copy(call, 200, payment != NULL ? payment : state_find(call->sandbox, RAZORPAY_ORDERS, call->captured[1]));
}
