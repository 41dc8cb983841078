#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "sandbox/stripe/parameters.h"
#include "sandbox/stripe/stripe.h"

static const char *const automatic_methods[] = { "automatic", "automatic_async", "manual", NULL };
static const char *const absences[] = { "true", "false", "one_off", "recurring", NULL };
static const char *const booleans[] = { "true", "false", NULL };
static const char *const usages[] = { "on_session", "off_session", NULL };

static bool
is_true(const struct call *call, const char *name)
{
	const char *value = form_get(&call->form, name);

	return value != NULL && strcmp(value, "true") == 0;
}

/* Is the payer away? */
static bool
is_off_session(const struct call *call)
{
	const char *value = form_get(&call->form, "off_session");

	return value != NULL && strcmp(value, "false") != 0;
}

static bool
check_create(struct call *call, int64_t *amount)
{
	static const char *const known[] = { "amount", "currency", "automatic_payment_methods[enabled]",
		"automatic_payment_methods[allow_redirects]", "metadata[]", "description", "receipt_email", "capture_method",
		"confirm", "payment_method", "return_url", "customer", "off_session", "setup_future_usage", "expand[]", NULL };
	const char              *currency = form_get(&call->form, "currency"), *email = form_get(&call->form, "receipt_email");

	if (!check_known(call, known) || !check_present(call, "amount") || !check_present(call, "currency") ||
	    !check_integer(call, "amount", amount) || !check_currency(call, currency) || !check_amount(call, currency, *amount) ||
	    !check_one_of(call, "capture_method", automatic_methods) || !check_one_of(call, "confirm", booleans) ||
	    !check_one_of(call, "off_session", absences) || !check_one_of(call, "automatic_payment_methods[enabled]", booleans) ||
	    !check_one_of(call, "setup_future_usage", usages) || !check_metadata(call))
		return false;
	if (email != NULL && *email != '\0' && strchr(email, '@') == NULL) {
		answer_invalid(call, "email_invalid", "receipt_email", "Invalid email address.");
		return false;
	}
	if (is_true(call, "confirm"))
		return check_present(call, "payment_method") && (is_off_session(call) || check_present(call, "return_url"));
	if (form_get(&call->form, "off_session") != NULL) {
		answer_invalid(call, NULL, "off_session", "You can only set off_session when confirm is true.");
		return false;
	}
	if (form_get(&call->form, "return_url") != NULL) {
		answer_invalid(call, NULL, "return_url", "You can only set return_url when confirm is true.");
		return false;
	}
	return true;
}

static const char *
page_url(const struct call *call, const char *id)
{
	return arena_format(call->arena, "http://127.0.0.1:%lld/pay/%s", (long long)call->sandbox->config->sandbox.port, id);
}

/* Members of a PaymentIntent that our calls never set, so that the copy we hand out is as wide as Stripe's. */
static void
put_unused(struct json_object *intent)
{
	static const char *const unused[] = { "application", "application_fee_amount", "canceled_at", "cancellation_reason",
		"last_payment_error", "latest_charge", "next_action", "on_behalf_of", "processing", "review", "shipping",
		"source", "statement_descriptor", "statement_descriptor_suffix", "transfer_data", "transfer_group" };

	for (size_t i = 0; i < sizeof unused / sizeof *unused; i++)
		put_null(intent, unused[i]);
}

static struct json_object *
intent_new(struct call *call, int64_t amount)
{
	const struct form  *form = &call->form;
	const char         *id = id_new(call->arena, "pi_"), *capture = form_get(form, "capture_method");
	struct json_object *intent = json_object_new_object(), *types = json_object_new_array();

	json_object_array_add(types, json_object_new_string("card"));
	put_text(intent, "id", id);
	put_text(intent, "object", "payment_intent");
	put_integer(intent, "amount", amount);
	put_integer(intent, "amount_capturable", 0);
	put_integer(intent, "amount_received", 0);
	put_null(intent, "automatic_payment_methods");
	if (is_true(call, "automatic_payment_methods[enabled]")) {
		struct json_object *automatic = json_object_new_object();

		put_text(automatic, "allow_redirects", "always");
		put_bool(automatic, "enabled", true);
		json_object_object_add(intent, "automatic_payment_methods", automatic);
	}
	put_text(intent, "capture_method", capture == NULL ? "automatic_async" : capture);
	put_text(intent, "client_secret", arena_format(call->arena, "%s_%s", id, id_new(call->arena, "secret_")));
	put_text(intent, "confirmation_method", "automatic");
	put_integer(intent, "created", unix_seconds());
	put_text(intent, "currency", form_get(form, "currency"));
	put_text(intent, "customer", form_get(form, "customer"));
	put_text(intent, "description", form_get(form, "description"));
	put_bool(intent, "livemode", false);
	json_object_object_add(intent, "metadata", metadata_object(call));
	put_text(intent, "payment_method", form_get(form, "payment_method"));
	json_object_object_add(intent, "payment_method_types", types);
	put_text(intent, "receipt_email", form_get(form, "receipt_email"));
	put_text(intent, "setup_future_usage", form_get(form, "setup_future_usage"));
	put_text(intent, "status", "requires_payment_method");
	put_text(intent, "haat_sandbox_url", page_url(call, id));
	put_unused(intent);
	return intent;
}

/* Confirming always leads over the page, as a card does that wants a second factor. */
static void
confirm(struct call *call, struct json_object *intent)
{
	struct json_object *action = json_object_new_object(), *redirect = json_object_new_object();

	put_text(redirect, "return_url", form_get(&call->form, "return_url"));
	put_text(redirect, "url", get_text(intent, "haat_sandbox_url"));
	json_object_object_add(action, "redirect_to_url", redirect);
	put_text(action, "type", "redirect_to_url");
	json_object_object_add(intent, "next_action", action);
	put_text(intent, "status", "requires_action");
}

void
intent_create(struct call *call)
{
	struct json_object *intent;
	int64_t             amount = 0;

	if (!check_create(call, &amount) || !method_check(call, is_off_session(call)))
		return;
	call->executed = true;
	intent = intent_new(call, amount);
	state_save(call->sandbox, TABLE_INTENTS, intent);
	event_make(call, "payment_intent.created", intent, NULL);
	if (is_off_session(call)) {
		method_charge(call, intent);
		return;
	}
	if (is_true(call, "confirm")) {
		confirm(call, intent);
		state_save(call->sandbox, TABLE_INTENTS, intent);
		event_make(call, "payment_intent.requires_action", intent, NULL);
	}
	answer_object(call, intent);
}

static struct json_object *
find_intent(struct call *call)
{
	struct json_object *intent = state_find(call->sandbox, TABLE_INTENTS, call->captured[0]);

	if (intent == NULL)
		answer_no_such(call, "payment_intent", call->captured[0]);
	return intent;
}

void
intent_show(struct call *call)
{
	static const char *const known[] = { "expand[]", "client_secret", NULL };
	struct json_object      *intent;

	if (check_known(call, known) && (intent = find_intent(call)) != NULL)
		answer_object(call, intent);
}

void
intent_capture(struct call *call)
{
	static const char *const known[] = { "amount_to_capture", "expand[]", NULL };
	struct json_object      *intent;
	int64_t                  amount;

	if (!check_known(call, known) || (intent = find_intent(call)) == NULL)
		return;
	amount = get_integer(intent, "amount_capturable");
	if (!status_is(intent, "requires_capture")) {
		answer_unexpected_state(call, intent, "capture");
		return;
	}
	if (!check_integer(call, "amount_to_capture", &amount))
		return;
	if (amount < 1 || amount > get_integer(intent, "amount_capturable")) {
		answer_invalid(
		    call, "amount_too_large", "amount_to_capture", "The amount exceeds the amount that can be captured.");
		return;
	}
	call->executed = true;
	intent_take(call, intent, amount);
	event_make(call, "payment_intent.succeeded", intent, NULL);
	answer_object(call, intent);
}

void
intent_cancel(struct call *call)
{
	static const char *const known[] = { "cancellation_reason", "expand[]", NULL };
	static const char *const reasons[] = { "duplicate", "fraudulent", "requested_by_customer", "abandoned", NULL };
	struct json_object      *intent;

	if (!check_known(call, known) || !check_one_of(call, "cancellation_reason", reasons) ||
	    (intent = find_intent(call)) == NULL)
		return;
	if (!status_is(intent, "requires_payment_method requires_confirmation requires_action requires_capture")) {
		answer_unexpected_state(call, intent, "cancel");
		return;
	}
	call->executed = true;
	put_text(intent, "status", "canceled");
	put_integer(intent, "canceled_at", unix_seconds());
	put_text(intent, "cancellation_reason", form_get(&call->form, "cancellation_reason"));
	put_integer(intent, "amount_capturable", 0);
	put_null(intent, "next_action");
	state_save(call->sandbox, TABLE_INTENTS, intent);
	event_make(call, "payment_intent.canceled", intent, NULL);
	answer_object(call, intent);
}
