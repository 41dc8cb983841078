/* Orders that name a token of the vault: "card" pays, "declined" does not, and for "needs_payer" PayPal wants its payer. */
#include "base/arena.h"
#include "sandbox/paypal/paypal.h"

void
paypal_charge_vaulted(struct call *call, struct json_object *order)
{
	const struct json_object *token = state_find(call->sandbox, PAYPAL_VAULT, get_text(order, "_vault_id"));
	const char               *kind = get_text(token, "kind");

	if (strcmp(kind, "declined") == 0) {
		paypal_answer_unprocessable(call, "INSTRUMENT_DECLINED", NULL);
	} else if (strcmp(kind, "needs_payer") == 0) {
		paypal_answer_unprocessable(call, "PAYER_ACTION_REQUIRED", NULL);
	} else if (strcmp(kind, "deleted") == 0) {
		paypal_answer_unprocessable(call, "TOKEN_ID_NOT_FOUND", "/payment_source/paypal/vault_id");
	} else {
		put_text(order, "_wish", "pay");
		state_save(call->sandbox, PAYPAL_ORDERS, order);
		paypal_take(call, order);
		return;
	}
	json_object_put(order);
}
