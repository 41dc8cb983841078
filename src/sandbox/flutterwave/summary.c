#include "base/arena.h"
#include "sandbox/flutterwave/flutterwave.h"

static const char *
status_of(const struct json_object *transaction)
{
	const char *status = get_text(transaction, "status");

	if (get_integer(transaction, "received") > 0)
		return "succeeded";
	return status != NULL && strcmp(status, "failed") == 0 ? "failed" : "open";
}

void
flutterwave_transactions(struct call *call)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, FLUTTERWAVE_TRANSACTIONS, call->arena, &count);
	struct json_object  *body = json_object_new_object(), *results = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		struct json_object *result = json_object_new_object();

		put_text(result, "id", get_text(list[i], "id"));
		put_text(result, "reference", get_text(list[i], "id"));
		put_text(result, "status", status_of(list[i]));
		put_text(result, "currency", get_text(list[i], "currency"));
		put_integer(result, "received", get_integer(list[i], "received"));
		put_integer(result, "refunded", get_integer(list[i], "refunded"));
		json_object_array_add(results, result);
	}
	json_object_object_add(body, "results", results);
	answer_json(call, 200, body);
}
