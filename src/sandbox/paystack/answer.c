#include "base/arena.h"
#include "sandbox/paystack/paystack.h"

void
paystack_answer(struct call *call, const char *message, struct json_object *data)
{
	struct json_object *body = json_object_new_object();

	put_bool(body, "status", true);
	put_text(body, "message", message);
	json_object_object_add(body, "data", data);
	answer_json(call, 200, body);
}

void
paystack_error(struct call *call, int status, const char *code, const char *message)
{
	struct json_object *body = json_object_new_object(), *meta = json_object_new_object();

	put_text(meta, "nextStep", "Read the message and try again");
	put_bool(body, "status", false);
	put_text(body, "message", message);
	json_object_object_add(body, "meta", meta);
	put_text(body, "type", status >= 500 ? "api_error" : "validation_error");
	put_text(body, "code", code == NULL ? "validation_error" : code);
	answer_json(call, status, body);
}

bool
paystack_knows(struct call *call, const char *const *members)
{
	if (!json_object_is_type(call->json, json_type_object)) {
		paystack_error(call, 400, NULL, "The body is not a JSON object");
		return false;
	}
	json_object_object_foreach(call->json, name, value)
	{
		size_t i = 0;

		(void)value;
		while (members[i] != NULL && strcmp(members[i], name) != 0)
			i++;
		if (members[i] == NULL) {
			paystack_error(call, 400, NULL, arena_format(call->arena, "Unknown parameter: %.60s", name));
			return false;
		}
	}
	return true;
}

bool
paystack_text(struct call *call, const char *name, const char **into)
{
	*into = get_text(call->json, name);
	if (*into != NULL && **into != '\0')
		return true;
	paystack_error(call, 400, NULL, arena_format(call->arena, "%s is required", name));
	return false;
}

bool
paystack_amount(struct call *call, int64_t *into)
{
	struct json_object *amount = json_object_object_get(call->json, "amount");

	*into = json_object_get_int64(amount);
	if (json_object_is_type(amount, json_type_int) && *into > 0)
		return true;
	paystack_error(call, 400, "invalid_params", "Invalid Amount Sent");
	return false;
}
