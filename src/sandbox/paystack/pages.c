#include "base/arena.h"
#include "sandbox/page.h"
#include "sandbox/paystack/paystack.h"

static struct money
amount_of(const struct json_object *transaction)
{
	struct money amount = { .minor = get_integer(transaction, "amount") };

	snprintf(amount.currency, sizeof amount.currency, "%s", get_text(transaction, "currency"));
	if (currency_exponent(amount.currency) == 0)
		amount.minor /= 100;
	return amount;
}

static void
answer_page(struct call *call, const struct json_object *transaction)
{
	const char     *reference = get_text(transaction, "id");
	struct pay_page page = { .path = arena_format(call->arena, "/paystack/pay/%s", reference),
		.id = reference,
		.status = get_text(transaction, "status"),
		.amount = amount_of(transaction) };
	size_t          count = 0;

	if (get_integer(transaction, "received") == 0) {
		page.buttons[count++] = (struct pay_button) { "pay", "Pay" };
		page.buttons[count++] = (struct pay_button) { "fail", "Decline the card" };
		page.buttons[count++] = (struct pay_button) { "process", "Pay by bank transfer (settles later)" };
	}
	page.buttons[count] = (struct pay_button) { "abandon", "Return to the shop without paying" };
	page_answer(call, &page);
}

void
paystack_show_page(struct call *call)
{
	const struct json_object *transaction = state_find(call->sandbox, PAYSTACK_TRANSACTIONS, call->captured[0]);

	if (transaction == NULL)
		paystack_error(call, 404, "transaction_not_found", "Transaction not found.");
	else
		answer_page(call, transaction);
}

/* Who cancels goes where the shop said; everybody else comes back by the callback, however it went. */
void
paystack_page_acts(struct call *call)
{
	const struct json_object *transaction = paystack_act(call, call->captured[1], call->captured[0]);
	const char               *cancel, *back;

	if (transaction == NULL)
		return;
	answer_page(call, transaction);
	cancel = get_text(json_object_object_get(transaction, "metadata"), "cancel_action");
	if (strcmp(call->captured[1], "abandon") == 0 && cancel != NULL) {
		call->location = arena_string(call->arena, cancel);
		call->status = 303;
		return;
	}
	back = page_return_url(call, get_text(transaction, "callback_url"));
	if (back != NULL)
		page_leave(call, back,
		    arena_format(
			call->arena, "trxref=%s&reference=%s", get_text(transaction, "id"), get_text(transaction, "id")));
}
