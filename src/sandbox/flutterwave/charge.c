/* A charge of a card that was kept: "card" is taken, "declined" is not, and for "needs_payer" the bank wants its owner. */
#include "base/arena.h"
#include "base/config.h"
#include "sandbox/flutterwave/flutterwave.h"

/* The transaction that the body asks for; NULL when the error is answered. */
static struct json_object *
read_charge(struct call *call, const char **kind)
{
	static const char *const  known[] = { "token", "currency", "country", "amount", "email", "tx_ref", "narration", "ip",
		 "first_name", "last_name", "redirect_url", NULL };
	const char               *tx_ref, *currency, *email, *id, *country;
	struct json_object       *transaction;
	const struct json_object *token;
	int64_t                   amount;

	if (!flutterwave_knows(call, known) || (tx_ref = flutterwave_required(call, call->json, "tx_ref")) == NULL ||
	    (currency = flutterwave_required(call, call->json, "currency")) == NULL ||
	    (country = flutterwave_required(call, call->json, "country")) == NULL ||
	    (email = flutterwave_required(call, call->json, "email")) == NULL ||
	    (id = flutterwave_required(call, call->json, "token")) == NULL || !flutterwave_amount(call, currency, &amount))
		return NULL;
	token = state_find(call->sandbox, FLUTTERWAVE_TOKENS, id);
	if (strlen(country) != 2 || token == NULL || strcmp(get_text(token, "email"), email) != 0) {
		flutterwave_error(call, 400, "Wrong token or email passed");
		return NULL;
	}
	if (state_find(call->sandbox, FLUTTERWAVE_TRANSACTIONS, tx_ref) != NULL) {
		flutterwave_error(call, 400, "Duplicate transaction reference");
		return NULL;
	}
	*kind = get_text(token, "kind");
	transaction = flutterwave_transaction_new(call, tx_ref, email, amount, currency);
	put_text(transaction, "token", id);
	put_text(transaction, "redirect_url", get_text(call->json, "redirect_url"));
	return transaction;
}

static void
answer_redirect(struct call *call, struct json_object *transaction)
{
	struct json_object *body = json_object_new_object(), *meta = json_object_new_object(),
			   *authorization = json_object_new_object();

	put_text(authorization, "mode", "redirect");
	put_text(authorization, "redirect",
	    arena_format(call->arena, "http://127.0.0.1:%lld/flutterwave/pay/%s", (long long)call->sandbox->config->sandbox.port,
		get_text(transaction, "id")));
	json_object_object_add(meta, "authorization", authorization);
	put_text(body, "status", "success");
	put_text(body, "message", "Charge initiated");
	json_object_object_add(body, "data", flutterwave_view(transaction));
	json_object_object_add(body, "meta", meta);
	answer_json(call, 200, body);
}

void
flutterwave_charge(struct call *call)
{
	const char         *kind;
	struct json_object *transaction = read_charge(call, &kind);

	if (transaction == NULL)
		return;
	call->executed = true;
	if (strcmp(kind, "needs_payer") == 0) {
		put_text(transaction, "auth_model", "VBVSECURECODE");
		flutterwave_become(call, transaction, "pending", "Pending validation");
		answer_redirect(call, transaction);
		return;
	}
	put_text(transaction, "auth_model", "noauth");
	state_save(call->sandbox, FLUTTERWAVE_TRANSACTIONS, transaction);
	if (strcmp(kind, "declined") == 0)
		flutterwave_become(call, transaction, "failed", "Insufficient Funds");
	else
		flutterwave_pay(call, transaction);
	flutterwave_answer(call, "Charge successful", flutterwave_view(transaction));
}
