/* The vault: payment tokens of customers. */
#include "base/arena.h"
#include "sandbox/paypal/paypal.h"

static const char *const patterns[] = { "IMMEDIATE", "DEFERRED", "RECURRING_PREPAID", "RECURRING_POSTPAID",
	"SUBSCRIPTION_PREPAID", "SUBSCRIPTION_POSTPAID", "UNSCHEDULED_PREPAID", "UNSCHEDULED_POSTPAID", "THRESHOLD_PREPAID",
	"THRESHOLD_POSTPAID", "INSTALLMENT_PREPAID", "INSTALLMENT_POSTPAID", NULL };

bool
paypal_is_pattern(const char *text)
{
	for (size_t i = 0; text != NULL && patterns[i] != NULL; i++)
		if (strcmp(patterns[i], text) == 0)
			return true;
	return false;
}

static bool
is_text(const struct json_object *object, const char *name, const char *wanted)
{
	const char *text = get_text(object, name);

	return text != NULL && strcmp(text, wanted) == 0;
}

/* As the API and its events show it. */
struct json_object *
paypal_vault_view(const struct json_object *token)
{
	struct json_object *view = json_object_new_object(), *source = json_object_new_object(),
			   *paypal = json_object_new_object();

	put_text(view, "id", get_text(token, "id"));
	put_copy(view, "customer", json_object_object_get(token, "customer"));
	put_text(paypal, "email_address", "jane@example.org");
	put_text(paypal, "payer_id", "QYR5Z8XDVJNXQ");
	json_object_object_add(source, "paypal", paypal);
	json_object_object_add(view, "payment_source", source);
	return view;
}

/* The customer is copied. */
static struct json_object *
add_token(struct call *call, const char *kind, const struct json_object *customer)
{
	struct json_object *token = json_object_new_object();

	put_text(token, "id", paypal_id(call->arena));
	put_text(token, "kind", kind);
	put_copy(token, "customer", customer);
	state_save(call->sandbox, PAYPAL_VAULT, token);
	paypal_event(call, "VAULT.PAYMENT-TOKEN.CREATED", "payment_token", paypal_vault_view(token));
	return token;
}

const char *
paypal_vault_new(struct call *call, const char *kind, const char *owner)
{
	struct json_object *customer = json_object_new_object(), *token;

	put_text(customer, "id", paypal_id(call->arena));
	if (owner != NULL)
		put_text(customer, "merchant_customer_id", owner);
	token = add_token(call, kind, customer);
	json_object_put(customer);
	return get_text(token, "id");
}

/* The payer is always the same one, so a customer that has a token has this one. */
struct json_object *
paypal_vault_of_setup(struct call *call, const struct json_object *customer)
{
	size_t               count;
	struct json_object **tokens = state_newest_first(call->sandbox, PAYPAL_VAULT, call->arena, &count);

	for (size_t i = 0; i < count; i++)
		if (!json_object_get_boolean(json_object_object_get(tokens[i], "deleted")) &&
		    is_text(json_object_object_get(tokens[i], "customer"), "id", get_text(customer, "id")))
			return tokens[i];
	return add_token(call, "card", customer);
}

struct json_object *
paypal_vault_source(const struct sandbox *sandbox, const char *token)
{
	struct json_object *source = json_object_new_object(), *paypal = json_object_new_object(),
			   *attributes = json_object_new_object(), *vault = json_object_new_object();
	const struct json_object *stored = state_find(sandbox, PAYPAL_VAULT, token);

	put_text(vault, "id", token);
	put_text(vault, "status", "VAULTED");
	put_copy(vault, "customer", json_object_object_get(stored, "customer"));
	json_object_object_add(attributes, "vault", vault);
	put_text(paypal, "email_address", "jane@example.org");
	json_object_object_add(paypal, "attributes", attributes);
	json_object_object_add(source, "paypal", paypal);
	return source;
}

bool
paypal_check_vault(struct call *call, const struct json_object *attributes)
{
	const struct json_object *vault = json_object_object_get(attributes, "vault");

	if (attributes == NULL ||
	    (is_text(vault, "store_in_vault", "ON_SUCCESS") && is_text(vault, "usage_type", "MERCHANT") &&
		paypal_is_pattern(get_text(vault, "usage_pattern"))))
		return true;
	paypal_answer_issue(call, 400, "INVALID_REQUEST", "INVALID_PARAMETER_VALUE", "/payment_source/paypal/attributes/vault");
	return false;
}

bool
paypal_check_vaulted(struct call *call, const struct json_object *source)
{
	const struct json_object *credential = json_object_object_get(source, "stored_credential");

	if (!is_text(credential, "payment_initiator", "MERCHANT") || !is_text(credential, "usage", "SUBSEQUENT") ||
	    !paypal_is_pattern(get_text(credential, "usage_pattern")) ||
	    !paypal_is_pattern(get_text(credential, "charge_pattern"))) {
		paypal_answer_issue(
		    call, 400, "INVALID_REQUEST", "INVALID_PARAMETER_VALUE", "/payment_source/paypal/stored_credential");
		return false;
	}
	if (state_find(call->sandbox, PAYPAL_VAULT, get_text(source, "vault_id")) != NULL)
		return true;
	paypal_answer_unprocessable(call, "TOKEN_ID_NOT_FOUND", "/payment_source/paypal/vault_id");
	return false;
}

static struct json_object *
find_token(struct call *call)
{
	struct json_object *token = state_find(call->sandbox, PAYPAL_VAULT, call->captured[0]);

	if (token != NULL && !json_object_get_boolean(json_object_object_get(token, "deleted")))
		return token;
	paypal_answer_missing(call);
	return NULL;
}

void
paypal_vault_show(struct call *call)
{
	const struct json_object *token = find_token(call);

	if (token != NULL)
		answer_json(call, 200, paypal_vault_view(token));
}

/* By the shop, or by the payer in their account. */
void
paypal_vault_delete(struct call *call)
{
	struct json_object *token = find_token(call);

	if (token == NULL)
		return;
	call->executed = true;
	put_bool(token, "deleted", true);
	put_text(token, "kind", "deleted");
	state_save(call->sandbox, PAYPAL_VAULT, token);
	paypal_event(call, "VAULT.PAYMENT-TOKEN.DELETED", "payment_token", paypal_vault_view(token));
	answer_json(call, 200, paypal_vault_view(token));
}

/* Somebody stores how they pay while they are there: POST /sandbox/paypal/store/KIND, for whom the shop names. */
void
paypal_store(struct call *call)
{
	struct json_object *body = json_object_new_object(), *data = json_object_new_object();

	put_text(data, "token", paypal_vault_new(call, call->captured[0], get_text(call->json, "owner")));
	json_object_object_add(body, "data", data);
	answer_json(call, 200, body);
}
