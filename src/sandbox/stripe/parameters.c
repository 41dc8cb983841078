#include "sandbox/stripe/parameters.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/money.h"
#include "sandbox/stripe/stripe.h"

#include <ctype.h>

enum { METADATA_MAX = 50, METADATA_NAME_MAX = 40, METADATA_VALUE_MAX = 500 };

/* Amounts in these currencies must be whole multiples: Stripe keeps decimals there that cannot be paid. */
static const struct {
	const char *currency;
	int64_t     step;
} steps[] = {
	{ "isk", 100 },
	{ "ugx", 100 },
	{ "bhd", 10 },
	{ "jod", 10 },
	{ "kwd", 10 },
	{ "omr", 10 },
	{ "tnd", 10 },
};

/* The least and the greatest amounts (Stripe docs, "Minimum and maximum charge amounts"), and of all other currencies. */
static const struct range {
	const char *currency;
	int64_t     least, greatest;
} ranges[] = { { "aed", 200, 99999999 }, { "bgn", 100, 99999999 }, { "czk", 1500, 99999999 }, { "dkk", 250, 99999999 },
	{ "gbp", 30, 99999999 }, { "hkd", 400, 99999999 }, { "huf", 17500, 99999999 }, { "idr", 50, 999999999999 },
	{ "inr", 50, 999999999 }, { "mxn", 1000, 99999999 }, { "myr", 200, 99999999 }, { "nok", 300, 99999999 },
	{ "pln", 200, 99999999 }, { "ron", 200, 99999999 }, { "sek", 300, 99999999 }, { "thb", 1000, 99999999 } };

static struct range
range_of(const char *currency)
{
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (strcmp(ranges[i].currency, currency) == 0)
			return ranges[i];
	return (struct range) { currency, 50, 99999999 };
}

bool
check_known(struct call *call, const char *const *known)
{
	const char *unknown = form_unknown(&call->form, known);

	if (unknown == NULL)
		return true;
	answer_invalid(
	    call, "parameter_unknown", unknown, arena_format(call->arena, "Received unknown parameter: %.200s", unknown));
	return false;
}

bool
check_present(struct call *call, const char *name)
{
	const char *value = form_get(&call->form, name);

	if (value != NULL && *value != '\0')
		return true;
	answer_invalid(call, "parameter_missing", name, arena_format(call->arena, "Missing required param: %s.", name));
	return false;
}

bool
check_one_of(struct call *call, const char *name, const char *const *values)
{
	const char *value = form_get(&call->form, name);

	if (value == NULL)
		return true;
	for (; *values != NULL; values++)
		if (strcmp(value, *values) == 0)
			return true;
	answer_invalid(call, NULL, name, arena_format(call->arena, "Invalid %s: '%.100s'.", name, value));
	return false;
}

bool
check_integer(struct call *call, const char *name, int64_t *into)
{
	const char *value = form_get(&call->form, name);

	if (value == NULL || form_integer(value, into))
		return true;
	answer_invalid(call, "parameter_invalid_integer", name, arena_format(call->arena, "Invalid integer: %.100s", value));
	return false;
}

bool
check_currency(struct call *call, const char *currency)
{
	char upper[4] = "";

	for (size_t i = 0; i < 3 && currency[i] != '\0'; i++)
		upper[i] = islower((unsigned char)currency[i]) ? (char)toupper((unsigned char)currency[i]) : '?';
	if (strlen(currency) == 3 && currency_exponent(upper) >= 0)
		return true;
	answer_invalid(call, NULL, "currency", arena_format(call->arena, "Invalid currency: %.100s.", currency));
	return false;
}

bool
check_amount(struct call *call, const char *currency, int64_t amount)
{
	struct range range = range_of(currency);

	if (amount < range.least) {
		answer_invalid(call, "amount_too_small", "amount",
		    arena_format(call->arena, "Amount must be at least %lld of the smallest unit.", (long long)range.least));
		return false;
	}
	if (amount > range.greatest) {
		answer_invalid(call, "amount_too_large", "amount",
		    arena_format(call->arena, "Amount must be no more than %lld.", (long long)range.greatest));
		return false;
	}
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (strcmp(steps[i].currency, currency) == 0 && amount % steps[i].step != 0) {
			answer_invalid(call, "parameter_invalid_integer", "amount",
			    arena_format(
				call->arena, "Amounts in %s must be multiples of %lld.", currency, (long long)steps[i].step));
			return false;
		}
	return true;
}

bool
check_metadata(struct call *call)
{
	size_t count = 0;

	for (size_t i = 0; i < call->form.count; i++) {
		const struct parameter *parameter = &call->form.list[i];

		if (strncmp(parameter->name, "metadata[", 9) != 0)
			continue;
		if (++count > METADATA_MAX || utf8_length(parameter->name) - 10 > METADATA_NAME_MAX ||
		    utf8_length(parameter->value) > METADATA_VALUE_MAX) {
			answer_invalid(call, NULL, "metadata",
			    "Metadata has at most 50 members with names of 40 and values of 500 characters.");
			return false;
		}
	}
	return true;
}

struct json_object *
metadata_object(const struct call *call)
{
	struct json_object *metadata = json_object_new_object();

	for (size_t i = 0; i < call->form.count; i++) {
		const struct parameter *parameter = &call->form.list[i];

		if (strncmp(parameter->name, "metadata[", 9) == 0 && *parameter->value != '\0')
			put_text(metadata, arena_copy(call->arena, parameter->name + 9, strlen(parameter->name) - 10),
			    parameter->value);
	}
	return metadata;
}
