/* A charge of what was stored, while its owner is away. */
#include "base/arena.h"
#include "base/config.h"
#include "sandbox/paystack/paystack.h"

/* The transaction that the body asks for; NULL when the error is answered. */
static struct json_object *
read_charge(struct call *call, const struct paystack_kind **kind)
{
	static const char *const  known[] = { "email", "amount", "authorization_code", "currency", "reference", "metadata",
		 "queue", NULL };
	const struct json_object *authorization;
	const char               *email, *currency, *reference, *code;
	struct json_object       *transaction;
	int64_t                   amount;

	if (!paystack_knows(call, known) || !paystack_text(call, "email", &email) || !paystack_amount(call, &amount) ||
	    !paystack_text(call, "authorization_code", &code) || !paystack_text(call, "currency", &currency) ||
	    !paystack_text(call, "reference", &reference) || !paystack_check_currency(call, currency) ||
	    !paystack_check_reference(call, reference))
		return NULL;
	authorization = state_find(call->sandbox, PAYSTACK_AUTHORIZATIONS, code);
	*kind = paystack_kind_of(get_text(authorization, "kind"));
	if (*kind == NULL || !paystack_is_active(authorization) || !(*kind)->reusable) {
		paystack_error(
		    call, 400, "invalid_params", "Authorization code does not exist or does not belong to integration");
		return NULL;
	}
	if (strcmp(get_text(authorization, "email"), email) != 0) {
		paystack_error(
		    call, 400, "invalid_params", "Email does not match Authorization code. Authorization may be inactive");
		return NULL;
	}
	transaction = paystack_transaction_new(call, reference, email, amount, currency);
	put_text(transaction, "authorization", code);
	put_copy(transaction, "metadata", json_object_object_get(call->json, "metadata"));
	return transaction;
}

static void
answer_paused(struct call *call, struct json_object *transaction)
{
	struct json_object *data = json_object_new_object();
	const char         *reference = get_text(transaction, "id");

	put_text(transaction, "status", "ongoing");
	state_save(call->sandbox, PAYSTACK_TRANSACTIONS, transaction);
	put_text(data, "authorization_url",
	    arena_format(
		call->arena, "http://127.0.0.1:%lld/paystack/pay/%s", (long long)call->sandbox->config->sandbox.port, reference));
	put_text(data, "reference", reference);
	put_text(data, "access_code", id_new(call->arena, ""));
	put_bool(data, "paused", true);
	paystack_answer(call, "Please, redirect your customer to the authorization url provided", data);
}

void
paystack_charge(struct call *call)
{
	const struct paystack_kind *kind;
	struct json_object         *transaction = read_charge(call, &kind);

	if (transaction == NULL)
		return;
	call->executed = true;
	state_save(call->sandbox, PAYSTACK_TRANSACTIONS, transaction);
	if (kind->paused) {
		answer_paused(call, transaction);
		return;
	}
	if (kind->declined != NULL) {
		paystack_decline(call, transaction, kind->declined);
	} else if (strcmp(kind->channel, "card") != 0) {
		put_text(transaction, "status", "processing");
		state_save(call->sandbox, PAYSTACK_TRANSACTIONS, transaction);
	} else {
		paystack_pay(call, transaction);
	}
	paystack_answer(call, "Charge attempted", paystack_transaction_view(call->sandbox, transaction));
}
