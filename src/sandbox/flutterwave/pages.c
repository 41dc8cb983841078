#include "base/arena.h"
#include "sandbox/flutterwave/flutterwave.h"
#include "sandbox/page.h"

static void
answer_page(struct call *call, const struct json_object *transaction)
{
	const char     *tx_ref = get_text(transaction, "id"), *status = get_text(transaction, "status");
	struct pay_page page = { .path = arena_format(call->arena, "/flutterwave/pay/%s", tx_ref),
		.id = tx_ref,
		.status = status == NULL ? "not tried" : status,
		.amount = { .minor = get_integer(transaction, "amount") } };
	size_t          count = 0;

	snprintf(page.amount.currency, sizeof page.amount.currency, "%s", get_text(transaction, "currency"));
	if (get_integer(transaction, "received") == 0) {
		page.buttons[count++] = (struct pay_button) { "pay", "Pay" };
		page.buttons[count++] = (struct pay_button) { "fail", "Decline the card" };
		page.buttons[count++] = (struct pay_button) { "process", "Pay by bank transfer (settles later)" };
	}
	page.buttons[count] = (struct pay_button) { "abandon", "Return to the shop without paying" };
	page_answer(call, &page);
}

void
flutterwave_show_page(struct call *call)
{
	const struct json_object *transaction = state_find(call->sandbox, FLUTTERWAVE_TRANSACTIONS, call->captured[0]);

	if (transaction == NULL)
		flutterwave_error(call, 404, "No transaction was found for this reference");
	else
		answer_page(call, transaction);
}

void
flutterwave_page_acts(struct call *call)
{
	const struct json_object *transaction = flutterwave_act(call, call->captured[1], call->captured[0]);
	const char               *back, *tx_ref, *status;

	if (transaction == NULL)
		return;
	answer_page(call, transaction);
	back = page_return_url(call, get_text(transaction, "redirect_url"));
	tx_ref = get_text(transaction, "id");
	status = get_text(transaction, "status");
	if (back == NULL)
		return;
	if (strcmp(call->captured[1], "abandon") == 0)
		page_leave(call, back, arena_format(call->arena, "status=cancelled&tx_ref=%s", tx_ref));
	else
		page_leave(call, back,
		    arena_format(call->arena, "status=%s&tx_ref=%s&transaction_id=%lld",
			strcmp(status, "successful") == 0 ? "completed" : status, tx_ref,
			(long long)get_integer(transaction, "number")));
}
