#include "base/arena.h"
#include "base/encoding.h"
#include "base/money.h"
#include "sandbox/razorpay/razorpay.h"

enum { NOTES_MAX = 15, NOTE_CHARACTERS_MAX = 256, INR_LEAST = 100 };

bool
razorpay_check_members(struct call *call, const char *const *known)
{
	if (!json_object_is_type(call->json, json_type_object)) {
		razorpay_invalid(call, NULL, "The request body must be a JSON object.");
		return false;
	}
	json_object_object_foreach(call->json, name, value)
	{
		const char *const *at = known;

		(void)value;
		while (*at != NULL && strcmp(*at, name) != 0)
			at++;
		if (*at == NULL) {
			razorpay_invalid(
			    call, name, arena_format(call->arena, "%.64s is/are not required and should not be sent", name));
			return false;
		}
	}
	return true;
}

bool
razorpay_check_currency(struct call *call, const char **currency)
{
	*currency = get_text(call->json, "currency");
	if (*currency != NULL && currency_exponent(*currency) >= 0)
		return true;
	razorpay_invalid(call, "currency", "The currency is invalid.");
	return false;
}

bool
razorpay_check_amount(struct call *call, const char *currency, bool required, int64_t *amount)
{
	struct json_object *value = json_object_object_get(call->json, "amount");
	const char         *fault = NULL;

	if (value == NULL && !required)
		return true;
	if (!json_object_is_type(value, json_type_int))
		fault = value == NULL ? "The amount field is required." : "The amount must be an integer.";
	else if ((*amount = json_object_get_int64(value)) < 1 || (strcmp(currency, "INR") == 0 && *amount < INR_LEAST))
		fault = strcmp(currency, "INR") == 0 ? "The amount must be at least INR 1.00" : "The amount must be at least 1.";
	else if (currency_exponent(currency) == 3 && *amount % 10 != 0)
		fault = "The last digit of an amount in a currency with three decimals must be 0.";
	if (fault != NULL)
		razorpay_invalid(call, "amount", fault);
	return fault == NULL;
}

bool
razorpay_check_text(struct call *call, const char *name, size_t max)
{
	const struct json_object *value = json_object_object_get(call->json, name);
	const char               *text = get_text(call->json, name);

	if (value == NULL || (text != NULL && *text != '\0' && strlen(text) <= max))
		return true;
	razorpay_invalid(call, name, arena_format(call->arena, "The %s may not be greater than %zu characters.", name, max));
	return false;
}

bool
razorpay_check_notes(struct call *call)
{
	struct json_object *notes = json_object_object_get(call->json, "notes");
	bool                right = notes == NULL || json_object_is_type(notes, json_type_object);

	if (right && notes != NULL) {
		right = json_object_object_length(notes) <= NOTES_MAX;
		json_object_object_foreach(notes, name, value)
		{
			const char *text = get_text(notes, name);

			right = right && strlen(name) <= NOTE_CHARACTERS_MAX &&
			    (text == NULL ? json_object_is_type(value, json_type_int) : utf8_length(text) <= NOTE_CHARACTERS_MAX);
		}
	}
	if (!right)
		razorpay_invalid(call, "notes", "The notes must be at most 15 pairs of at most 256 characters.");
	return right;
}

struct json_object *
razorpay_notes(const struct call *call)
{
	struct json_object *notes = json_object_object_get(call->json, "notes"), *copy = NULL;

	if (notes == NULL)
		return json_object_new_array();
	if (json_object_deep_copy(notes, &copy, NULL) != 0)
		abort();
	return copy;
}
