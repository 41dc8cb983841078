#include "base/arena.h"
#include "base/encoding.h"
#include "sandbox/bkash/bkash.h"
#include "sandbox/page.h"

/* A wallet of the payment's own, so that two payers do not meet by chance. */
static const char *
wallet_of(struct call *call, const struct json_object *payment)
{
	const char   *named = form_get(&call->form, "wallet"), *id = get_text(payment, "id");
	unsigned char hash[32];
	uint32_t      number;

	if (named != NULL)
		return named;
	sha256(id, strlen(id), hash);
	memcpy(&number, hash, sizeof number);
	return arena_format(call->arena, "017%08u", (unsigned)(number % 100000000));
}

/* What bKash's page says to the shop when it sends the browser back; NULL: an act that is none. */
static const char *
act(struct call *call, struct json_object *payment, const char *action)
{
	if (strcmp(action, "abandon") == 0)
		return "cancel";
	if (strcmp(action, "pay") != 0 && strcmp(action, "fail") != 0)
		return NULL;
	put_text(payment, "payer", strcmp(action, "pay") == 0 ? "agreed" : "declined");
	put_text(payment, "wallet", wallet_of(call, payment));
	state_save(call->sandbox, BKASH_PAYMENTS, payment);
	return strcmp(action, "pay") == 0 ? "success" : "failure";
}

/* The payment, and its status for the browser; NULL when the error is answered. */
static struct json_object *
payer_act(struct call *call, const char *action, const char *id, const char **status)
{
	struct json_object *payment = state_find(call->sandbox, BKASH_PAYMENTS, id);

	if (payment == NULL)
		call->stand_in->answer_fault(call, 404, NULL, "No such payment.");
	else if (get_text(payment, "trxID") != NULL && strcmp(action, "abandon") != 0)
		call->stand_in->answer_fault(call, 409, NULL, "The payment is completed.");
	else if ((*status = act(call, payment, action)) == NULL)
		call->stand_in->answer_fault(call, 400, NULL, "A payer can pay, fail or abandon.");
	else
		return payment;
	return NULL;
}

static const char *
back_parameters(struct call *call, const struct json_object *payment, const char *status)
{
	return arena_format(call->arena, "paymentID=%s&status=%s&signature=%s&apiVersion=1.2.0-beta/", get_text(payment, "id"),
	    status, get_text(payment, "signature"));
}

/* The payer's browser follows before the answer, unless the payer walks away from it or loses it (returns=0). */
void
bkash_payer_acts(struct call *call)
{
	const char         *returns = form_get(&call->form, "returns"), *status, *url = NULL;
	struct json_object *payment;

	pthread_mutex_lock(&call->sandbox->lock);
	payment = payer_act(call, call->captured[0], call->captured[1], &status);
	if (payment != NULL) {
		answer_copy(call, 200, payment);
		if (strcmp(call->captured[0], "abandon") != 0 && (returns == NULL || strcmp(returns, "0") != 0))
			url = arena_format(
			    call->arena, "%s?%s", get_text(payment, "callbackURL"), back_parameters(call, payment, status));
	}
	pthread_mutex_unlock(&call->sandbox->lock);
	if (url != NULL)
		delivery_visit(call->sandbox, url);
}

static void
answer_page(struct call *call, const struct json_object *payment)
{
	const char     *id = get_text(payment, "id");
	bool            completed = get_text(payment, "trxID") != NULL;
	struct pay_page page = { .path = arena_format(call->arena, "/bkash/pay/%s", id),
		.id = id,
		.status = completed ? "Completed" : get_text(payment, "payer"),
		.description = get_text(payment, "merchantInvoiceNumber"),
		.amount = { get_integer(payment, "paisa"), "BDT" } };
	size_t          count = 0;

	if (!completed) {
		page.buttons[count++] = (struct pay_button) { "pay", "Enter the PIN" };
		page.buttons[count++] = (struct pay_button) { "fail", "Have too little in the wallet" };
	}
	page.buttons[count++] = (struct pay_button) { "abandon", "Close" };
	page_answer(call, &page);
}

void
bkash_page_show(struct call *call)
{
	struct json_object *payment = state_find(call->sandbox, BKASH_PAYMENTS, call->captured[0]);

	if (payment == NULL)
		call->stand_in->answer_fault(call, 404, NULL, "No such payment.");
	else
		answer_page(call, payment);
}

void
bkash_page_acts(struct call *call)
{
	const char               *status;
	const struct json_object *payment = payer_act(call, call->captured[1], call->captured[0], &status);

	if (payment == NULL)
		return;
	answer_page(call, payment);
	page_leave(call, get_text(payment, "callbackURL"), back_parameters(call, payment, status));
}
