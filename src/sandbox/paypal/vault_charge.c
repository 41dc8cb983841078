/*
 * Orders that name a token of the vault: "card" pays, "declined" does not, for "needs_payer" PayPal wants its payer, and
 * others stand for what is wrong with the token or an account.
 */
#include "base/arena.h"
#include "sandbox/paypal/paypal.h"

static const struct {
	const char *kind, *issue;
} refused[] = {
	{ "declined", "INSTRUMENT_DECLINED" },
	{ "needs_payer", "PAYER_ACTION_REQUIRED" },
	{ "deleted", "TOKEN_ID_NOT_FOUND" },
	{ "token_expired", "TOKEN_EXPIRED" },
	{ "mismatched", "MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE" },
	{ "payer_closed", "PAYER_ACCOUNT_LOCKED_OR_CLOSED" },
	{ "payer_restricted", "PAYER_ACCOUNT_RESTRICTED" },
	{ "not_enabled", "NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE" },
};

void
paypal_charge_vaulted(struct call *call, struct json_object *order)
{
	const struct json_object *token = state_find(call->sandbox, PAYPAL_VAULT, get_text(order, "_vault_id"));
	const char               *kind = get_text(token, "kind");

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (strcmp(kind, refused[i].kind) == 0) {
			paypal_answer_unprocessable(call, refused[i].issue, "/payment_source/paypal/vault_id");
			json_object_put(order);
			return;
		}
	if (strcmp(kind, "forbidden") == 0) {
		paypal_answer_issue(call, 403, "NOT_AUTHORIZED", "PERMISSION_DENIED", NULL);
		json_object_put(order);
		return;
	}
	put_text(order, "_wish", "pay");
	state_save(call->sandbox, PAYPAL_ORDERS, order);
	paypal_take(call, order);
}
