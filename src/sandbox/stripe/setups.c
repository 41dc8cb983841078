/* SetupIntents: a customer's payment method is stored, and nothing is paid. */
#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "sandbox/page.h"
#include "sandbox/stripe/parameters.h"
#include "sandbox/stripe/stripe.h"

/* Statuses in which its payer can still do something. */
#define OPEN "requires_payment_method requires_confirmation requires_action"

bool
is_setup(const char *id)
{
	return strncmp(id, "seti_", 5) == 0;
}

static struct json_object *
setup_new(struct call *call)
{
	static const char *const unused[] = { "application", "cancellation_reason", "description", "last_setup_error",
		"latest_attempt", "mandate", "next_action", "on_behalf_of", "payment_method", "single_use_mandate" };
	struct json_object      *setup = json_object_new_object(), *automatic = json_object_new_object(),
			   *types = json_object_new_array();
	const char *id = id_new(call->arena, "seti_"), *usage = form_get(&call->form, "usage");

	put_text(setup, "id", id);
	put_text(setup, "object", "setup_intent");
	put_text(automatic, "allow_redirects", "always");
	put_bool(automatic, "enabled", true);
	json_object_object_add(setup, "automatic_payment_methods", automatic);
	put_text(setup, "client_secret", arena_format(call->arena, "%s_%s", id, id_new(call->arena, "secret_")));
	put_integer(setup, "created", unix_seconds());
	put_text(setup, "customer", form_get(&call->form, "customer"));
	put_bool(setup, "livemode", false);
	json_object_object_add(setup, "metadata", metadata_object(call));
	json_object_array_add(types, json_object_new_string("card"));
	json_object_object_add(setup, "payment_method_types", types);
	put_text(setup, "status", "requires_payment_method");
	put_text(setup, "usage", usage == NULL ? "off_session" : usage);
	put_text(setup, "haat_sandbox_url",
	    arena_format(call->arena, "http://127.0.0.1:%lld/pay/%s", (long long)call->sandbox->config->sandbox.port, id));
	for (size_t i = 0; i < sizeof unused / sizeof *unused; i++)
		put_null(setup, unused[i]);
	return setup;
}

void
setup_create(struct call *call)
{
	static const char *const known[] = { "customer", "usage", "automatic_payment_methods[enabled]",
		"automatic_payment_methods[allow_redirects]", "metadata[]", "description", "expand[]", NULL };
	static const char *const usages[] = { "on_session", "off_session", NULL }, *const booleans[] = { "true", "false", NULL };
	const char         *customer = form_get(&call->form, "customer");
	struct json_object *setup;

	if (!check_known(call, known) || !check_one_of(call, "usage", usages) ||
	    !check_one_of(call, "automatic_payment_methods[enabled]", booleans) || !check_metadata(call))
		return;
	if (customer != NULL && state_find(call->sandbox, TABLE_CUSTOMERS, customer) == NULL) {
		answer_invalid(
		    call, "resource_missing", "customer", arena_format(call->arena, "No such customer: '%.200s'", customer));
		return;
	}
	call->executed = true;
	setup = setup_new(call);
	state_save(call->sandbox, TABLE_SETUPS, setup);
	event_make(call, "setup_intent.created", setup, NULL);
	answer_object(call, setup);
}

static struct json_object *
find_setup_intent(struct call *call, const char *id)
{
	struct json_object *setup = state_find(call->sandbox, TABLE_SETUPS, id);

	if (setup == NULL)
		answer_no_such(call, "setupintent", id);
	return setup;
}

void
setup_show(struct call *call)
{
	static const char *const known[] = { "expand[]", "client_secret", NULL };
	struct json_object      *setup;

	if (check_known(call, known) && (setup = find_setup_intent(call, call->captured[0])) != NULL)
		answer_object(call, setup);
}

static void
answer_unexpected(struct call *call, const struct json_object *setup, const char *verb)
{
	answer_invalid(call, "setup_intent_unexpected_state", NULL,
	    arena_format(call->arena, "You cannot %.40s this SetupIntent because it has a status of %s.", verb,
		get_text(setup, "status")));
}

void
setup_cancel(struct call *call)
{
	static const char *const known[] = { "cancellation_reason", "expand[]", NULL };
	static const char *const reasons[] = { "abandoned", "duplicate", "requested_by_customer", NULL };
	struct json_object      *setup;

	if (!check_known(call, known) || !check_one_of(call, "cancellation_reason", reasons) ||
	    (setup = find_setup_intent(call, call->captured[0])) == NULL)
		return;
	if (!status_is(setup, OPEN)) {
		answer_unexpected(call, setup, "cancel");
		return;
	}
	call->executed = true;
	put_text(setup, "status", "canceled");
	put_text(setup, "cancellation_reason", form_get(&call->form, "cancellation_reason"));
	state_save(call->sandbox, TABLE_SETUPS, setup);
	event_make(call, "setup_intent.canceled", setup, NULL);
	answer_object(call, setup);
}

static void
confirm(struct call *call, struct json_object *setup)
{
	struct json_object *method = method_new(call, test_method_of("pm_card_visa"), get_text(setup, "customer"));

	put_text(setup, "payment_method", get_text(method, "id"));
	put_null(setup, "last_setup_error");
	put_text(setup, "status", "succeeded");
	state_save(call->sandbox, TABLE_SETUPS, setup);
	event_make(call, "setup_intent.succeeded", setup, NULL);
}

static void
decline(struct call *call, struct json_object *setup)
{
	struct json_object *error = json_object_new_object();

	put_text(error, "code", "card_declined");
	put_text(error, "decline_code", "generic_decline");
	put_text(error, "message", "Your card was declined.");
	put_text(error, "type", "card_error");
	json_object_object_add(setup, "last_setup_error", error);
	put_text(setup, "status", "requires_payment_method");
	state_save(call->sandbox, TABLE_SETUPS, setup);
	event_make(call, "setup_intent.setup_failed", setup, NULL);
}

struct json_object *
setup_act(struct call *call, const char *action, const char *id)
{
	struct json_object *setup = find_setup_intent(call, id);
	bool                confirms = strcmp(action, "pay") == 0, declines = strcmp(action, "fail") == 0;

	if (setup == NULL)
		return NULL;
	if (!confirms && !declines && strcmp(action, "abandon") != 0) {
		answer_invalid(call, NULL, "action", "A payer can pay, fail or abandon a SetupIntent.");
		return NULL;
	}
	if ((confirms || declines) && !status_is(setup, OPEN)) {
		answer_unexpected(call, setup, action);
		return NULL;
	}
	if (confirms)
		confirm(call, setup);
	if (declines)
		decline(call, setup);
	return setup;
}

static void
answer_page(struct call *call, const struct json_object *setup, const char *back)
{
	const char     *id = get_text(setup, "id");
	struct pay_page page = { .path = arena_format(call->arena, "/pay/%s", id),
		.id = id,
		.status = get_text(setup, "status"),
		.description = "Store a card; nothing is paid.",
		.return_url = back };
	size_t          count = 0;

	if (status_is(setup, OPEN)) {
		page.buttons[count++] = (struct pay_button) { "pay", "Store the card" };
		page.buttons[count++] = (struct pay_button) { "fail", "Decline the card" };
	}
	if (back != NULL)
		page.buttons[count++] = (struct pay_button) { "abandon", "Return to the shop without storing" };
	page_answer(call, &page);
}

void
setup_page_show(struct call *call)
{
	const struct json_object *setup = find_setup_intent(call, call->captured[0]);

	if (setup != NULL)
		answer_page(call, setup, page_return_url(call, NULL));
}

void
setup_page_acts(struct call *call)
{
	const char               *back = page_return_url(call, NULL);
	const struct json_object *setup = setup_act(call, call->captured[1], call->captured[0]);

	if (setup == NULL)
		return;
	answer_page(call, setup, back);
	if (back != NULL)
		page_leave(call, back,
		    arena_format(call->arena, "setup_intent=%s&redirect_status=%s", get_text(setup, "id"),
			status_is(setup, "succeeded") ? "succeeded" : "failed"));
}
