#include "base/arena.h"
#include "sandbox/page.h"
#include "sandbox/paypal/paypal.h"

enum { ABANDON = 5 }; /* its place in the acts, behind those that approve */

static bool
is_open(const struct json_object *order)
{
	const char *status = get_text(order, "status");

	return strcmp(status, "CREATED") == 0 || strcmp(status, "PAYER_ACTION_REQUIRED") == 0;
}

/* Approved with a way to pay that is declined: the payer may choose another one. */
static bool
was_declined(const struct json_object *order)
{
	return strcmp(get_text(order, "status"), "APPROVED") == 0 && strcmp(get_text(order, "_wish"), "decline") == 0;
}

static bool
waits(const struct call *call, const struct json_object *order)
{
	const struct json_object *capture = paypal_capture_of(call, order);

	return capture != NULL && strcmp(get_text(capture, "status"), "PENDING") == 0;
}

static void
put_payer(struct json_object *order)
{
	struct json_object *payer = json_object_new_object(), *name = json_object_new_object();

	put_text(name, "given_name", "Jane");
	put_text(name, "surname", "Roe");
	json_object_object_add(payer, "name", name);
	put_text(payer, "email_address", "jane@example.org");
	put_text(payer, "payer_id", "QYR5Z8XDVJNXQ");
	json_object_object_add(order, "payer", payer);
}

/*
 * The payer approves, and has a way to pay by which it will succeed, be declined or take its time once it is captured; or for which
 * the capture is refused, until the payer has chosen another (decline) or for good (refuse).
 */
static void
approve(struct call *call, struct json_object *order, const char *wish)
{
	put_text(order, "status", "APPROVED");
	put_text(order, "_wish", wish);
	put_payer(order);
	state_save(call->sandbox, PAYPAL_ORDERS, order);
	paypal_event(call, "CHECKOUT.ORDER.APPROVED", "checkout-order", paypal_order_sent(call, order));
}

/* What the payer does to an order: false when that is answered with what is wrong. */
static bool
act(struct call *call, const char *action, struct json_object *order)
{
	static const char *const actions[] = { "pay", "fail", "process", "decline", "refuse", "abandon" };
	size_t                   known = 0;

	while (known < ABANDON + 1 && strcmp(actions[known], action) != 0)
		known++;
	if (order == NULL) {
		paypal_answer_missing(call);
		return false;
	}
	if (known < ABANDON && (is_open(order) || was_declined(order))) {
		approve(call, order, action);
		return true;
	}
	if (known < 2 && waits(call, order)) {
		paypal_settle_capture(call, paypal_capture_of(call, order), known == 0 ? "COMPLETED" : "DECLINED",
		    known == 0 ? "PAYMENT.CAPTURE.COMPLETED" : "PAYMENT.CAPTURE.DENIED");
		return true;
	}
	if (known != ABANDON)
		paypal_answer_unprocessable(call, known > ABANDON ? "UNKNOWN_ACT" : "ORDER_ALREADY_APPROVED", NULL);
	return known == ABANDON;
}

void
paypal_payer_acts(struct call *call)
{
	struct json_object *order = state_find(call->sandbox, PAYPAL_ORDERS, call->captured[1]);

	if (act(call, call->captured[0], order))
		answer_json(call, 200, paypal_order_sent(call, order));
}

static void
answer_page(struct call *call, const struct json_object *order)
{
	const char     *id = get_text(order, "id");
	struct pay_page page = { .path = arena_format(call->arena, "/paypal/pay/%s", id),
		.id = id,
		.status = get_text(order, "status"),
		.amount = paypal_amount_of(paypal_unit(order)) };
	size_t          count = 0;

	if (is_open(order) || was_declined(order) || waits(call, order)) {
		page.buttons[count++] = (struct pay_button) { "pay", "Pay" };
		page.buttons[count++] = (struct pay_button) { "fail", "Pay with a declined card" };
	}
	if (is_open(order))
		page.buttons[count++] = (struct pay_button) { "process", "Pay by eCheck (settles later)" };
	page.buttons[count++] = (struct pay_button) { "abandon", "Return to the shop without paying" };
	page_answer(call, &page);
}

void
paypal_page_show(struct call *call)
{
	const struct json_object *order = state_find(call->sandbox, PAYPAL_ORDERS, call->captured[0]);

	if (order == NULL)
		paypal_answer_missing(call);
	else
		answer_page(call, order);
}

void
paypal_page_acts(struct call *call)
{
	struct json_object *order = state_find(call->sandbox, PAYPAL_ORDERS, call->captured[0]);
	bool                left = strcmp(call->captured[1], "abandon") == 0;
	const char         *back;

	if (!act(call, call->captured[1], order))
		return;
	answer_page(call, order);
	back = page_return_url(call, get_text(order, left ? "_cancel_url" : "_return_url"));
	if (back != NULL)
		page_leave(call, back,
		    arena_format(call->arena, left ? "token=%s" : "token=%s&PayerID=QYR5Z8XDVJNXQ", get_text(order, "id")));
}
