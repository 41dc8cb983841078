#include "base/providers.h"
#include "base/shape.h"
#include "sandbox/paypal/paypal.h"

enum { VALUE_MAX = 32 };

/* PayPal has no decimals of these. */
static const char *const whole_currencies[] = { "HUF", "JPY", "TWD", NULL };

static bool
is_listed(const char *const *list, const char *text)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, text) == 0)
			return true;
	return false;
}

static bool
refuse(struct call *call, const char *issue, const char *field)
{
	paypal_answer_unprocessable(call, issue, field);
	return false;
}

bool
paypal_read_amount(struct call *call, const struct json_object *amount, const char *field, struct money *into)
{
	const char *value = paypal_text(amount, "value", VALUE_MAX), *currency = paypal_text(amount, "currency_code", 3), *point;
	struct decimal decimal;

	if (value == NULL || currency == NULL) {
		paypal_answer_issue(call, 400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER", field);
		return false;
	}
	if (!is_listed(paypal_takes, currency))
		return refuse(call, "CURRENCY_NOT_SUPPORTED", field);
	point = strchr(value, '.');
	if (!decimal_parse(value, strlen(value), &decimal)) {
		paypal_answer_issue(call, 400, "INVALID_REQUEST", "INVALID_PARAMETER_SYNTAX", field);
		return false;
	}
	if (point != NULL && is_listed(whole_currencies, currency))
		return refuse(call, "DECIMALS_NOT_SUPPORTED", field);
	if (point != NULL && strlen(point + 1) > 2)
		return refuse(call, "DECIMAL_PRECISION", field);
	if (!decimal_to_money(decimal, currency, into) || into->minor <= 0)
		return refuse(call, "CANNOT_BE_ZERO_OR_NEGATIVE", field);
	return true;
}

struct money
paypal_amount_of(const struct json_object *object)
{
	const struct json_object *amount = json_object_object_get(object, "amount");
	const char               *value = get_text(amount, "value"), *currency = get_text(amount, "currency_code");
	struct money              money = { 0, "" };
	struct decimal            decimal;

	if (value != NULL && currency != NULL && decimal_parse(value, strlen(value), &decimal))
		decimal_to_money(decimal, currency, &money);
	return money;
}

struct json_object *
paypal_amount_object(struct money amount)
{
	struct json_object *object = json_object_new_object();
	char                text[MONEY_TEXT_SIZE];

	money_write(amount, text);
	if (is_listed(whole_currencies, amount.currency))
		text[strcspn(text, ".")] = '\0';
	put_text(object, "currency_code", amount.currency);
	put_text(object, "value", text);
	return object;
}
