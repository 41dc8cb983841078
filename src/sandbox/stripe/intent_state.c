#include "sandbox/stripe/stripe.h"

bool
status_is(const struct json_object *intent, const char *statuses)
{
	const char *status = get_text(intent, "status");
	size_t      length = strlen(status);

	while (*statuses != '\0') {
		size_t word = strcspn(statuses, " ");

		if (word == length && strncmp(statuses, status, length) == 0)
			return true;
		statuses += word + strspn(statuses + word, " ");
	}
	return false;
}

void
intent_take(struct call *call, struct json_object *intent, int64_t amount)
{
	struct json_object *charge = state_find(call->sandbox, TABLE_CHARGES, get_text(intent, "latest_charge"));

	put_integer(charge, "amount_captured", amount);
	put_bool(charge, "captured", true);
	state_save(call->sandbox, TABLE_CHARGES, charge);
	put_integer(intent, "amount_received", amount);
	put_integer(intent, "amount_capturable", 0);
	put_text(intent, "status", "succeeded");
	state_save(call->sandbox, TABLE_INTENTS, intent);
}
