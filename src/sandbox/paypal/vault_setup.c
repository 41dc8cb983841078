/* Setup tokens: how a payer pays is stored when they approve it, and nothing is paid. */
#include "base/arena.h"
#include "sandbox/page.h"
#include "sandbox/paypal/paypal.h"

static bool
is_address(const char *text)
{
	return text != NULL && (strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0);
}

static bool
is_text(const struct json_object *object, const char *name, const char *wanted)
{
	const char *text = get_text(object, name);

	return text != NULL && strcmp(text, wanted) == 0;
}

static bool
check_setup(struct call *call, const struct json_object *paypal)
{
	const struct json_object *context = json_object_object_get(paypal, "experience_context");
	const char               *wrong = NULL;

	if (!is_text(paypal, "usage_type", "MERCHANT"))
		wrong = "usage_type";
	else if (!paypal_is_pattern(get_text(paypal, "usage_pattern")))
		wrong = "usage_pattern";
	else if (!is_address(get_text(context, "return_url")))
		wrong = "experience_context/return_url";
	else if (!is_address(get_text(context, "cancel_url")))
		wrong = "experience_context/cancel_url";
	else if (!is_text(context, "vault_instruction", "ON_PAYER_APPROVAL"))
		wrong = "experience_context/vault_instruction";
	if (wrong != NULL)
		paypal_answer_issue(call, 400, "INVALID_REQUEST", "INVALID_PARAMETER_VALUE",
		    arena_format(call->arena, "/payment_source/paypal/%s", wrong));
	return wrong == NULL;
}

void
paypal_setup_create(struct call *call)
{
	struct json_object *paypal = json_object_object_get(json_object_object_get(call->json, "payment_source"), "paypal");
	struct json_object *setup, *customer = NULL, *context;
	const char         *id;

	if (!check_setup(call, paypal))
		return;
	setup = json_object_new_object();
	context = json_object_object_get(paypal, "experience_context");
	id = paypal_id(call->arena);
	put_text(setup, "id", id);
	put_text(setup, "status", "PAYER_ACTION_REQUIRED");
	put_copy(setup, "customer", json_object_object_get(call->json, "customer"));
	customer = json_object_object_get(setup, "customer");
	if (customer == NULL) {
		customer = json_object_new_object();
		json_object_object_add(setup, "customer", customer);
	}
	if (get_text(customer, "id") == NULL)
		put_text(customer, "id", paypal_id(call->arena));
	put_text(setup, "_return_url", get_text(context, "return_url"));
	put_text(setup, "_cancel_url", get_text(context, "cancel_url"));
	paypal_add_link(call, setup, "approve", "GET", arena_format(call->arena, "/setup/%s", id));
	state_save(call->sandbox, PAYPAL_SETUPS, setup);
	paypal_executed(call, PAYPAL_SETUPS, setup);
	answer_json(call, 200, paypal_sent(setup));
}

static struct json_object *
find_setup_token(struct call *call, const char *id)
{
	struct json_object *setup = id == NULL ? NULL : state_find(call->sandbox, PAYPAL_SETUPS, id);

	if (setup == NULL)
		paypal_answer_missing(call);
	return setup;
}

void
paypal_setup_show(struct call *call)
{
	const struct json_object *setup = find_setup_token(call, call->captured[0]);

	if (setup != NULL)
		answer_json(call, 200, paypal_sent(setup));
}

/* Of a setup token that was approved: once. */
void
paypal_vault_create(struct call *call)
{
	struct json_object *named = json_object_object_get(json_object_object_get(call->json, "payment_source"), "token"), *setup,
			   *token;

	if (!is_text(named, "type", "SETUP_TOKEN")) {
		paypal_answer_issue(call, 400, "INVALID_REQUEST", "INVALID_PARAMETER_VALUE", "/payment_source/token/type");
		return;
	}
	if ((setup = find_setup_token(call, get_text(named, "id"))) == NULL)
		return;
	if (!is_text(setup, "status", "APPROVED")) {
		paypal_answer_unprocessable(call, "TOKEN_NOT_APPROVED", "/payment_source/token/id");
		return;
	}
	token = paypal_vault_of_setup(call, json_object_object_get(setup, "customer"));
	put_text(setup, "status", "VAULTED");
	state_save(call->sandbox, PAYPAL_SETUPS, setup);
	paypal_executed(call, PAYPAL_VAULT, token);
	answer_json(call, 201, paypal_vault_view(token));
}

static bool
approve(struct call *call, struct json_object *setup)
{
	if (!is_text(setup, "status", "PAYER_ACTION_REQUIRED")) {
		paypal_answer_unprocessable(call, "TOKEN_ALREADY_APPROVED", NULL);
		return false;
	}
	put_text(setup, "status", "APPROVED");
	state_save(call->sandbox, PAYPAL_SETUPS, setup);
	return true;
}

/* The payer approves: POST /sandbox/paypal/approve-setup/ID. */
void
paypal_setup_approve(struct call *call)
{
	struct json_object *setup = find_setup_token(call, call->captured[0]);

	if (setup != NULL && approve(call, setup))
		answer_json(call, 200, paypal_sent(setup));
}

static void
answer_page(struct call *call, const struct json_object *setup)
{
	const char     *id = get_text(setup, "id");
	struct pay_page page = { .path = arena_format(call->arena, "/paypal/setup/%s", id),
		.id = id,
		.status = get_text(setup, "status"),
		.description = "Store how you pay; nothing is paid." };
	size_t          count = 0;

	if (is_text(setup, "status", "PAYER_ACTION_REQUIRED"))
		page.buttons[count++] = (struct pay_button) { "approve", "Agree" };
	page.buttons[count++] = (struct pay_button) { "abandon", "Return to the shop without storing" };
	page_answer(call, &page);
}

void
paypal_setup_page_show(struct call *call)
{
	const struct json_object *setup = find_setup_token(call, call->captured[0]);

	if (setup != NULL)
		answer_page(call, setup);
}

void
paypal_setup_page_acts(struct call *call)
{
	struct json_object *setup = find_setup_token(call, call->captured[0]);
	bool                left = strcmp(call->captured[1], "abandon") == 0;
	const char         *back;

	if (setup == NULL || (!left && !approve(call, setup)))
		return;
	answer_page(call, setup);
	back = page_return_url(call, get_text(setup, left ? "_cancel_url" : "_return_url"));
	if (back != NULL)
		page_leave(call, back, arena_format(call->arena, "approval_token_id=%s", get_text(setup, "id")));
}
