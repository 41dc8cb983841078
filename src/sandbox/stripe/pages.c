#include "base/arena.h"
#include "sandbox/page.h"
#include "sandbox/stripe/stripe.h"

#include <ctype.h>

/* Where the payer goes afterwards: named by the query or form, else when the intent was confirmed. */
static const char *
return_url(const struct call *call, const struct json_object *intent)
{
	const struct json_object *action = json_object_object_get(intent, "next_action");

	return page_return_url(call, get_text(json_object_object_get(action, "redirect_to_url"), "return_url"));
}

static struct money
amount_of(const struct json_object *intent)
{
	struct money money = { .minor = get_integer(intent, "amount") };
	const char  *currency = get_text(intent, "currency");

	for (size_t i = 0; i < 3; i++)
		money.currency[i] = (char)toupper((unsigned char)currency[i]);
	return money;
}

static void
answer_page(struct call *call, const struct json_object *intent, const char *back)
{
	const char     *id = get_text(intent, "id");
	struct pay_page page = { .path = arena_format(call->arena, "/pay/%s", id),
		.id = id,
		.status = get_text(intent, "status"),
		.description = get_text(intent, "description"),
		.amount = amount_of(intent),
		.return_url = back };
	size_t          count = 0;

	if (status_is(intent, "requires_payment_method requires_confirmation requires_action processing")) {
		page.buttons[count++] = (struct pay_button) { "pay", "Pay" };
		page.buttons[count++] = (struct pay_button) { "fail", "Decline the card" };
		if (!status_is(intent, "processing"))
			page.buttons[count++] = (struct pay_button) { "process", "Pay by bank debit (settles later)" };
	}
	if (back != NULL)
		page.buttons[count++] = (struct pay_button) { "abandon", "Return to the shop without paying" };
	page_answer(call, &page);
}

void
page_show(struct call *call)
{
	struct json_object *intent = state_find(call->sandbox, TABLE_INTENTS, call->captured[0]);

	if (is_setup(call->captured[0]))
		setup_page_show(call);
	else if (intent == NULL)
		answer_no_such(call, "payment_intent", call->captured[0]);
	else
		answer_page(call, intent, return_url(call, intent));
}

/* Stripe's word for how it went, as the shop finds it in its return address. */
static const char *
redirect_status(const char *action, const struct json_object *intent)
{
	if (strcmp(action, "abandon") == 0)
		return "canceled";
	if (status_is(intent, "succeeded requires_capture"))
		return "succeeded";
	return status_is(intent, "processing") ? "pending" : "failed";
}

void
page_acts(struct call *call)
{
	const struct json_object *known = state_find(call->sandbox, TABLE_INTENTS, call->captured[0]), *intent;
	/* The address is read first: paying clears the intent's next_action. */
	const char *back = known == NULL ? NULL : return_url(call, known);

	if (is_setup(call->captured[0])) {
		setup_page_acts(call);
		return;
	}
	intent = payer_act(call, call->captured[1], call->captured[0]);
	if (intent == NULL)
		return;
	answer_page(call, intent, back);
	if (back != NULL)
		page_leave(call, back,
		    arena_format(call->arena, "payment_intent=%s&redirect_status=%s", get_text(intent, "id"),
			redirect_status(call->captured[1], intent)));
}
