#include "base/arena.h"
#include "sandbox/flutterwave/flutterwave.h"

void
flutterwave_answer(struct call *call, const char *message, struct json_object *data)
{
	struct json_object *body = json_object_new_object();

	put_text(body, "status", "success");
	put_text(body, "message", message);
	json_object_object_add(body, "data", data);
	answer_json(call, 200, body);
}

void
flutterwave_error(struct call *call, int status, const char *message)
{
	struct json_object *body = json_object_new_object();

	put_text(body, "status", "error");
	put_text(body, "message", message);
	put_null(body, "data");
	answer_json(call, status, body);
}

bool
flutterwave_knows(struct call *call, const char *const *members)
{
	if (!json_object_is_type(call->json, json_type_object)) {
		flutterwave_error(call, 400, "The body is not a JSON object");
		return false;
	}
	json_object_object_foreach(call->json, name, value)
	{
		size_t i = 0;

		(void)value;
		while (members[i] != NULL && strcmp(members[i], name) != 0)
			i++;
		if (members[i] == NULL) {
			flutterwave_error(call, 400, arena_format(call->arena, "%.60s is not allowed", name));
			return false;
		}
	}
	return true;
}

bool
flutterwave_amount(struct call *call, const char *currency, int64_t *minor)
{
	struct json_object *amount = json_object_object_get(call->json, "amount");
	bool           is_number = json_object_is_type(amount, json_type_int) || json_object_is_type(amount, json_type_double);
	const char    *text = is_number ? json_object_get_string(amount) : "";
	struct decimal decimal;
	struct money   money;

	if (decimal_parse(text, strlen(text), &decimal) && decimal_to_money(decimal, currency, &money) && money.minor > 0) {
		*minor = money.minor;
		return true;
	}
	flutterwave_error(call, 400, "amount must be a positive number");
	return false;
}

/* The text decides how it is written; the number beside it is never looked at. */
void
put_amount(struct json_object *object, const char *name, int64_t minor, const char *currency)
{
	struct money money = { .minor = minor };
	char         digits[MONEY_TEXT_SIZE];

	snprintf(money.currency, sizeof money.currency, "%s", currency);
	money_write(money, digits);
	json_object_object_add(object, name, json_object_new_double_s(0, digits));
}
