/* What can be stored of payers: Stripe's test methods. */
#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/stripe/stripe.h"

/* What Stripe's test methods do once they are stored; the last one is ours: Stripe has none for a mandate that has ended. */
static const struct test_method test_methods[] = {
	{ "pm_card_visa", "card", { NULL } },
	{ "pm_usBankAccount_success", "us_bank_account", { NULL } },
	{ "pm_card_authenticationRequired", "card",
	    { "authentication_required", "authentication_required", NULL,
		"Your card was declined. This transaction requires authentication." } },
	{ "pm_card_chargeDeclined", "card",
	    { "card_declined", "generic_decline", "try_again_later", "Your card was declined." } },
	{ "pm_card_chargeDeclinedInsufficientFunds", "card",
	    { "card_declined", "insufficient_funds", "try_again_later", "Your card has insufficient funds." } },
	{ "pm_card_chargeDeclinedLostCard", "card",
	    { "card_declined", "lost_card", "do_not_try_again", "Your card was declined." } },
	{ "pm_card_chargeDeclinedStolenCard", "card",
	    { "card_declined", "stolen_card", "do_not_try_again", "Your card was declined." } },
	{ "pm_card_chargeDeclinedExpiredCard", "card",
	    { "expired_card", "expired_card", "confirm_card_data", "Your card has expired." } },
	{ "pm_haat_mandateInactive", "sepa_debit", { NULL } },
};

const struct test_method *
test_method_of(const char *name)
{
	for (size_t i = 0; i < sizeof test_methods / sizeof *test_methods; i++)
		if (strcmp(test_methods[i].name, name) == 0)
			return &test_methods[i];
	return NULL;
}

struct json_object *
method_new(struct call *call, const struct test_method *test, const char *customer)
{
	struct json_object *method = json_object_new_object(), *details = json_object_new_object();

	put_text(details, "brand", "visa");
	put_integer(details, "exp_month", 12);
	put_integer(details, "exp_year", 2034);
	put_text(details, "last4", "4242");
	put_text(method, "id", id_new(call->arena, "pm_"));
	put_text(method, "object", "payment_method");
	json_object_object_add(method, test->type, details);
	put_integer(method, "created", unix_seconds());
	put_text(method, "customer", customer);
	put_bool(method, "livemode", false);
	put_text(method, "type", test->type);
	put_text(method, "haat_sandbox_test", test->name);
	state_save(call->sandbox, TABLE_METHODS, method);
	event_make(call, "payment_method.attached", method, NULL);
	return method;
}

const char *
method_of_payer(struct call *call, const struct json_object *intent)
{
	const char *customer = get_text(intent, "customer");

	if (customer == NULL || get_text(intent, "setup_future_usage") == NULL)
		return id_new(call->arena, "pm_");
	return get_text(method_new(call, &test_methods[0], customer), "id");
}
