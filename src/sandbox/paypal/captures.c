#include "base/arena.h"
#include "sandbox/paypal/paypal.h"

/* What PayPal keeps: 3.49 % and 0.49, as far as there is so much. */
static struct json_object *
breakdown_of(struct money gross)
{
	struct json_object *breakdown = json_object_new_object();
	struct money        fee = gross, net = gross;

	fee.minor = gross.minor * 349 / 10000 + 49;
	if (fee.minor > gross.minor)
		fee.minor = gross.minor;
	net.minor = gross.minor - fee.minor;
	json_object_object_add(breakdown, "gross_amount", paypal_amount_object(gross));
	json_object_object_add(breakdown, "paypal_fee", paypal_amount_object(fee));
	json_object_object_add(breakdown, "net_amount", paypal_amount_object(net));
	return breakdown;
}

void
paypal_settle_capture(struct call *call, struct json_object *capture, const char *status, const char *event)
{
	bool paid = strcmp(status, "COMPLETED") == 0;

	put_text(capture, "status", status);
	json_object_object_del(capture, "status_details");
	if (paid) {
		put_integer(capture, "_taken", paypal_amount_of(capture).minor);
		json_object_object_add(capture, "seller_receivable_breakdown", breakdown_of(paypal_amount_of(capture)));
	} else {
		struct json_object *details = json_object_new_object();

		put_text(details, "reason", strcmp(status, "PENDING") == 0 ? "ECHECK" : "DECLINED_BY_RISK_FRAUD_FILTERS");
		json_object_object_add(capture, "status_details", details);
	}
	put_text(capture, "update_time", time_text(call->arena));
	state_save(call->sandbox, PAYPAL_CAPTURES, capture);
	paypal_event(call, event, "capture", paypal_sent(capture));
}

static struct json_object *
capture_new(struct call *call, struct json_object *order)
{
	struct json_object *capture = json_object_new_object(), *unit = paypal_unit(order), *data = json_object_new_object();
	struct json_object *related = json_object_new_object();
	struct money        amount = paypal_amount_of(unit);
	const char         *id = paypal_id(call->arena);

	if (switch_take(&switches_of(call)->wrong_amount))
		amount.minor -= strcmp(amount.currency, "HUF") == 0 || strcmp(amount.currency, "TWD") == 0 ? 100 : 1;
	if (switch_take(&switches_of(call)->wrong_currency))
		money_make(amount.minor, strcmp(amount.currency, "EUR") == 0 ? "USD" : "EUR", &amount);
	put_text(capture, "id", id);
	json_object_object_add(capture, "amount", paypal_amount_object(amount));
	json_object_object_add(capture, "final_capture", json_object_new_boolean(true));
	put_copy(capture, "custom_id", json_object_object_get(unit, "custom_id"));
	put_copy(capture, "invoice_id", json_object_object_get(unit, "invoice_id"));
	put_text(related, "order_id", get_text(order, "id"));
	json_object_object_add(data, "related_ids", related);
	json_object_object_add(capture, "supplementary_data", data);
	put_text(capture, "create_time", time_text(call->arena));
	put_text(capture, "_order", get_text(order, "id"));
	paypal_add_link(call, capture, "self", "GET", arena_format(call->arena, "/v2/payments/captures/%s", id));
	paypal_add_link(call, capture, "refund", "POST", arena_format(call->arena, "/v2/payments/captures/%s/refund", id));
	paypal_add_link(call, capture, "up", "GET", arena_format(call->arena, "/v2/checkout/orders/%s", get_text(order, "id")));
	return capture;
}

/* Was another order with the same invoice paid already? */
static bool
is_invoice_paid(struct call *call, const struct json_object *order)
{
	const char          *invoice = get_text(paypal_unit(order), "invoice_id");
	size_t               count;
	struct json_object **captures = state_newest_first(call->sandbox, PAYPAL_CAPTURES, call->arena, &count);

	for (size_t i = 0; i < count && invoice != NULL; i++) {
		const char *other = get_text(captures[i], "invoice_id");

		if (other != NULL && strcmp(other, invoice) == 0 && strcmp(get_text(captures[i], "status"), "DECLINED") != 0)
			return true;
	}
	return false;
}

/* What the payer wanted to come of it when they approved. */
void
paypal_take(struct call *call, struct json_object *order)
{
	const char         *wish = get_text(order, "_wish");
	struct json_object *capture = capture_new(call, order);

	put_text(order, "status", "COMPLETED");
	put_text(order, "_capture", get_text(capture, "id"));
	if (json_object_get_boolean(json_object_object_get(order, "_keeps")) && strcmp(wish, "pay") == 0)
		put_text(order, "_token", paypal_vault_new(call, "card", NULL));
	state_save(call->sandbox, PAYPAL_CAPTURES, capture);
	state_save(call->sandbox, PAYPAL_ORDERS, order);
	if (strcmp(wish, "fail") == 0)
		paypal_settle_capture(call, capture, "DECLINED", "PAYMENT.CAPTURE.DECLINED");
	else if (strcmp(wish, "process") == 0)
		paypal_settle_capture(call, capture, "PENDING", "PAYMENT.CAPTURE.PENDING");
	else
		paypal_settle_capture(call, capture, "COMPLETED", "PAYMENT.CAPTURE.COMPLETED");
	paypal_executed(call, PAYPAL_ORDERS, order);
	paypal_answer_object(call, 201, paypal_order_sent(call, order));
}

/* The way to pay was declined: the payer can choose another one at PayPal, and the order stays approved. */
static void
decline(struct call *call, const struct json_object *order)
{
	struct json_object *links = json_object_new_object();

	paypal_add_link(call, links, "redirect", "GET", arena_format(call->arena, "/pay/%s", get_text(order, "id")));
	paypal_answer_issue_with(call, 422, "UNPROCESSABLE_ENTITY", "INSTRUMENT_DECLINED", NULL,
	    json_object_get(json_object_object_get(links, "links")));
	json_object_put(links);
}

void
paypal_order_capture(struct call *call)
{
	struct json_object *order = state_find(call->sandbox, PAYPAL_ORDERS, call->captured[0]);
	const char         *status = order == NULL ? NULL : get_text(order, "status");

	if (order == NULL)
		paypal_answer_missing(call);
	else if (!json_object_is_type(call->json, json_type_object))
		paypal_answer_issue(call, 400, "INVALID_REQUEST", "MALFORMED_REQUEST_JSON", NULL);
	else if (strcmp(status, "COMPLETED") == 0)
		paypal_answer_unprocessable(call, "ORDER_ALREADY_CAPTURED", NULL);
	else if (strcmp(status, "APPROVED") != 0)
		paypal_answer_unprocessable(call, "ORDER_NOT_APPROVED", NULL);
	else if (strcmp(get_text(order, "_wish"), "decline") == 0)
		decline(call, order);
	else if (strcmp(get_text(order, "_wish"), "refuse") == 0)
		paypal_answer_unprocessable(call, "TRANSACTION_REFUSED", NULL);
	else if (is_invoice_paid(call, order))
		paypal_answer_unprocessable(call, "DUPLICATE_INVOICE_ID", NULL);
	else
		paypal_take(call, order);
}

void
paypal_capture_show(struct call *call)
{
	const struct json_object *capture = state_find(call->sandbox, PAYPAL_CAPTURES, call->captured[0]);

	if (capture == NULL)
		paypal_answer_missing(call);
	else
		answer_json(call, 200, paypal_sent(capture));
}

bool
paypal_is_disputed(const struct call *call, const struct json_object *capture)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, PAYPAL_DISPUTES, call->arena, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(get_text(list[i], "_capture"), get_text(capture, "id")) == 0 &&
		    strcmp(get_text(list[i], "status"), "RESOLVED") != 0)
			return true;
	return false;
}
