#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/razorpay/razorpay.h"

struct json_object *
razorpay_payments_of(const struct sandbox *sandbox, const char *order)
{
	struct json_object *payments = state_table(sandbox, RAZORPAY_PAYMENTS), *list = json_object_new_array();

	if (payments == NULL)
		return list;
	json_object_object_foreach(payments, id, payment)
	{
		(void)id;
		if (strcmp(get_text(payment, "order_id"), order) == 0)
			json_object_array_add(list, json_object_get(payment));
	}
	return list;
}

static struct json_object *
find_payment(struct call *call)
{
	struct json_object *payment = state_find(call->sandbox, RAZORPAY_PAYMENTS, call->captured[0]);

	if (payment == NULL)
		razorpay_no_such(call);
	return payment;
}

void
razorpay_payment_show(struct call *call)
{
	struct json_object *payment = find_payment(call);

	if (payment != NULL)
		answer_copy(call, 200, payment);
}

/* The fee is two per cent and tax of 18 per cent on it; "fee" is both together. */
static void
put_fee(struct json_object *payment)
{
	int64_t fee = get_integer(payment, "amount") / 50, tax = fee * 18 / 100;

	put_integer(payment, "fee", fee + tax);
	put_integer(payment, "tax", tax);
}

void
razorpay_take(struct call *call, struct json_object *payment)
{
	struct json_object *order = state_find(call->sandbox, RAZORPAY_ORDERS, get_text(payment, "order_id"));

	put_text(payment, "status", "captured");
	put_bool(payment, "captured", true);
	put_fee(payment);
	state_save(call->sandbox, RAZORPAY_PAYMENTS, payment);
	put_text(order, "status", "paid");
	put_integer(order, "amount_paid", get_integer(order, "amount"));
	put_integer(order, "amount_due", 0);
	state_save(call->sandbox, RAZORPAY_ORDERS, order);
	razorpay_tell(call, "payment.captured", &(struct razorpay_told) { .payment = payment });
	razorpay_tell(call, "order.paid", &(struct razorpay_told) { .payment = payment, .order = order });
}

void
razorpay_payment_capture(struct call *call)
{
	static const char *const known[] = { "amount", "currency", NULL };
	struct json_object      *payment;
	const char              *currency;
	int64_t                  amount = 0;

	if (!razorpay_check_members(call, known) || (payment = find_payment(call)) == NULL ||
	    !razorpay_check_currency(call, &currency) || !razorpay_check_amount(call, currency, true, &amount))
		return;
	if (strcmp(get_text(payment, "status"), "authorized") != 0)
		razorpay_invalid(call, NULL,
		    json_object_get_boolean(json_object_object_get(payment, "captured"))
			? "This payment has already been captured"
			: "Only payments which have been authorized and not yet captured can be captured");
	else if (amount != get_integer(payment, "amount") || strcmp(currency, get_text(payment, "currency")) != 0)
		razorpay_invalid(call, "amount", "Capture amount must be equal to the amount authorized");
	else {
		call->executed = true;
		razorpay_take(call, payment);
		answer_copy(call, 200, payment);
	}
}

/* Somebody takes in the dashboard what is authorised of an order. */
void
razorpay_captured_at_desk(struct call *call)
{
	struct json_object *payments = razorpay_payments_of(call->sandbox, call->captured[0]);

	for (size_t i = 0; i < json_object_array_length(payments); i++) {
		struct json_object *payment = json_object_array_get_idx(payments, i);

		if (strcmp(get_text(payment, "status"), "authorized") == 0)
			razorpay_take(call, payment);
	}
	razorpay_answer_list(call, payments);
}
