#include "base/arena.h"
#include "sandbox/stripe/stripe.h"

/* Is the path among expand[0], expand[1], ... or expand[]? */
static bool
wants(const struct call *call, const char *path)
{
	for (size_t i = 0; i < call->form.count; i++)
		if (strncmp(call->form.list[i].name, "expand[", 7) == 0 && strcmp(call->form.list[i].value, path) == 0)
			return true;
	return false;
}

/* 2.9 % and 30 of the smallest unit, as the account's balance has it. */
static struct json_object *
balance_transaction(struct call *call, const struct json_object *charge)
{
	struct json_object *transaction = json_object_new_object();
	int64_t             amount = get_integer(charge, "amount_captured"), fee = (amount * 29 + 500) / 1000 + 30;

	put_text(transaction, "id", arena_format(call->arena, "txn_%s", get_text(charge, "id")));
	put_text(transaction, "object", "balance_transaction");
	put_integer(transaction, "amount", amount);
	put_text(transaction, "currency", get_text(charge, "currency"));
	put_integer(transaction, "fee", fee);
	put_integer(transaction, "net", amount - fee);
	return transaction;
}

static void
expand_charge(struct call *call, struct json_object *copy)
{
	bool                whole = wants(call, "latest_charge.balance_transaction");
	const char         *charge = get_text(copy, "latest_charge");
	struct json_object *expanded;

	if (charge == NULL || !(whole || wants(call, "latest_charge")))
		return;
	put_copy(copy, "latest_charge", state_find(call->sandbox, TABLE_CHARGES, charge));
	expanded = json_object_object_get(copy, "latest_charge");
	if (whole && get_integer(expanded, "amount_captured") > 0)
		json_object_object_add(expanded, "balance_transaction", balance_transaction(call, expanded));
}

static void
expand_method(struct call *call, struct json_object *copy)
{
	const char               *method = get_text(copy, "payment_method");
	const struct json_object *stored = method == NULL ? NULL : state_find(call->sandbox, TABLE_METHODS, method);

	if (stored != NULL && wants(call, "payment_method"))
		put_copy(copy, "payment_method", stored);
}

void
answer_object(struct call *call, const struct json_object *object)
{
	struct json_object *copy = NULL;

	if (json_object_deep_copy((struct json_object *)object, &copy, NULL) != 0)
		abort();
	expand_charge(call, copy);
	expand_method(call, copy);
	answer_json(call, 200, copy);
}

static struct json_object *
error_object(const char *type, const char *code, const char *param, const char *message)
{
	struct json_object *error = json_object_new_object();

	if (code != NULL)
		put_text(error, "code", code);
	put_text(error, "message", message);
	if (param != NULL)
		put_text(error, "param", param);
	put_text(error, "type", type);
	return error;
}

static void
answer_wrapped(struct call *call, int status, struct json_object *error)
{
	struct json_object *body = json_object_new_object();

	json_object_object_add(body, "error", error);
	answer_json(call, status, body);
}

void
answer_error(struct call *call, int status, const char *type, const char *code, const char *param, const char *message)
{
	answer_wrapped(call, status, error_object(type, code, param, message));
}

void
answer_invalid(struct call *call, const char *code, const char *param, const char *message)
{
	answer_error(call, 400, "invalid_request_error", code, param, message);
}

void
answer_no_such(struct call *call, const char *what, const char *id)
{
	answer_error(call, 404, "invalid_request_error", "resource_missing", "id",
	    arena_format(call->arena, "No such %s: '%.255s'", what, id));
}

void
answer_unexpected_state(struct call *call, const struct json_object *intent, const char *verb)
{
	struct json_object *error = error_object("invalid_request_error", "payment_intent_unexpected_state", NULL,
	    arena_format(call->arena, "You cannot %s this PaymentIntent because it has a status of %s.", verb,
		get_text(intent, "status")));

	put_copy(error, "payment_intent", intent);
	answer_wrapped(call, 400, error);
}

void
answer_declined(struct call *call, const struct json_object *intent, const struct json_object *method)
{
	struct json_object *error = NULL;

	if (json_object_deep_copy(json_object_object_get(intent, "last_payment_error"), &error, NULL) != 0)
		abort();
	put_copy(error, "payment_intent", intent);
	put_copy(error, "payment_method", method);
	answer_wrapped(call, 402, error);
}
