/* The page to pay: what Razorpay's Checkout hands to the shop's page goes along in the return address. */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "sandbox/page.h"
#include "sandbox/razorpay/razorpay.h"

static void
show(struct call *call, const struct json_object *order)
{
	bool            open = strcmp(get_text(order, "status"), "paid") != 0;
	struct pay_page page = {
		.path = arena_format(call->arena, "/razorpay/pay/%s", get_text(order, "id")),
		.id = get_text(order, "id"),
		.status = get_text(order, "status"),
		.return_url = page_return_url(call, NULL),
		.buttons = { { "abandon", "Return to the shop without paying" } },
	};

	money_make(get_integer(order, "amount"), get_text(order, "currency"), &page.amount);
	if (open) {
		page.buttons[0] = (struct pay_button) { "pay", "Pay" };
		page.buttons[1] = (struct pay_button) { "fail", "Decline the card" };
		page.buttons[2] = (struct pay_button) { "process", "Pay by a bank that takes its time" };
		page.buttons[3] = (struct pay_button) { "abandon", "Return to the shop without paying" };
	}
	page_answer(call, &page);
}

void
razorpay_page_show(struct call *call)
{
	struct json_object *order = state_find(call->sandbox, RAZORPAY_ORDERS, call->captured[0]);

	if (order == NULL)
		razorpay_no_such(call);
	else
		show(call, order);
}

/* Signed with the API's secret, so that the shop's page can tell that Checkout said it. */
static const char *
signature(struct call *call, const char *order, const char *payment)
{
	const char   *secret = call->sandbox->config->payments.razorpay.key_secret;
	const char   *both = arena_format(call->arena, "%s|%s", order, payment);
	unsigned char digest[32];

	hmac_sha256(secret, strlen(secret), both, strlen(both), digest);
	return hex_encode(call->arena, digest, sizeof digest);
}

static const char *
checkout_parameters(struct call *call, const char *order, const char *payment)
{
	return arena_format(call->arena, "razorpay_payment_id=%s&razorpay_order_id=%s&razorpay_signature=%s", payment, order,
	    signature(call, order, payment));
}

static struct json_object *
checkout_told(struct call *call, const char *order, const char *payment)
{
	struct json_object *told = json_object_new_object();

	put_text(told, "razorpay_payment_id", payment);
	put_text(told, "razorpay_order_id", order);
	put_text(told, "razorpay_signature", signature(call, order, payment));
	return told;
}

void
razorpay_checkout_acts(struct call *call)
{
	const char         *order = call->captured[1];
	struct json_object *payment, *told;

	if (!razorpay_act(call, call->captured[0], order, &payment))
		return;
	if (payment == NULL || strcmp(get_text(payment, "status"), "failed") == 0) {
		script_answer(call, "razorpayStandIn(null);\n");
		return;
	}
	told = checkout_told(call, order, get_text(payment, "id"));
	script_answer(call, arena_format(call->arena, "razorpayStandIn(%s);\n", json_text(told)));
	json_object_put(told);
}

void
razorpay_page_acts(struct call *call)
{
	const char         *order = call->captured[0], *back = page_return_url(call, NULL);
	struct json_object *payment;

	if (!razorpay_act(call, call->captured[1], order, &payment))
		return;
	show(call, state_find(call->sandbox, RAZORPAY_ORDERS, order));
	if (back != NULL)
		page_leave(call, back,
		    payment != NULL && strcmp(get_text(payment, "status"), "failed") != 0
			? checkout_parameters(call, order, get_text(payment, "id"))
			: arena_format(call->arena, "razorpay_order_id=%s", order));
}
