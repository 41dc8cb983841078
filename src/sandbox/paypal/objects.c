/* Orders and what belongs to them. */
#include "base/arena.h"
#include "sandbox/paypal/paypal.h"

struct json_object *
paypal_unit(const struct json_object *order)
{
	return json_object_array_get_idx(json_object_object_get(order, "purchase_units"), 0);
}

struct json_object *
paypal_capture_of(const struct call *call, const struct json_object *order)
{
	const char *id = get_text(order, "_capture");

	return id == NULL ? NULL : state_find(call->sandbox, PAYPAL_CAPTURES, id);
}

/* The payments of the order's unit: its capture and what was given back of that, the oldest first. */
static struct json_object *
payments_of(struct call *call, const struct json_object *capture)
{
	struct json_object  *payments = json_object_new_object(), *captures = json_object_new_array(), *refunds = NULL;
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, PAYPAL_REFUNDS, call->arena, &count);

	json_object_array_add(captures, paypal_sent(capture));
	json_object_object_add(payments, "captures", captures);
	for (size_t i = count; i-- > 0;) {
		if (strcmp(get_text(list[i], "_capture"), get_text(capture, "id")) != 0)
			continue;
		if (refunds == NULL) {
			refunds = json_object_new_array();
			json_object_object_add(payments, "refunds", refunds);
		}
		json_object_array_add(refunds, paypal_sent(list[i]));
	}
	return payments;
}

struct json_object *
paypal_order_sent(struct call *call, const struct json_object *order)
{
	struct json_object *sent = paypal_sent(order), *capture = paypal_capture_of(call, order);
	const char         *id = get_text(order, "id"), *status = get_text(order, "status");

	paypal_add_link(call, sent, "self", "GET", arena_format(call->arena, "/v2/checkout/orders/%s", id));
	if (strcmp(status, "PAYER_ACTION_REQUIRED") == 0)
		paypal_add_link(call, sent, "payer-action", "GET", arena_format(call->arena, "/pay/%s", id));
	if (strcmp(status, "CREATED") == 0)
		paypal_add_link(call, sent, "approve", "GET", arena_format(call->arena, "/pay/%s", id));
	if (strcmp(status, "APPROVED") == 0)
		paypal_add_link(call, sent, "capture", "POST", arena_format(call->arena, "/v2/checkout/orders/%s/capture", id));
	if (get_text(order, "_token") != NULL)
		json_object_object_add(sent, "payment_source", paypal_vault_source(call->sandbox, get_text(order, "_token")));
	if (capture != NULL)
		json_object_object_add(paypal_unit(sent), "payments", payments_of(call, capture));
	return sent;
}
