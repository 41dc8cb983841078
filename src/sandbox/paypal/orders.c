#include "base/arena.h"
#include "base/config.h"
#include "sandbox/paypal/paypal.h"

enum { REFERENCE_MAX = 256, MARK_MAX = 127 };

static bool
is_address(const char *text)
{
	return text != NULL && (strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0);
}

static bool
is_absent_or(const struct json_object *object, const char *name, const char *one, const char *other, const char *third)
{
	const char *text = get_text(object, name);

	if (json_object_object_get(object, name) == NULL)
		return true;
	return text != NULL && (strcmp(text, one) == 0 || strcmp(text, other) == 0 || strcmp(text, third) == 0);
}

/* What PayPal must know of the payer's way; false when an answer says what is wrong. */
static bool
check_source(struct call *call, const struct json_object *source)
{
	const struct json_object *context =
	    json_object_object_get(json_object_object_get(source, "paypal"), "experience_context");
	const char *wrong = NULL;

	if (source == NULL)
		return true;
	if (call_header(call, "PayPal-Request-Id") == NULL) {
		paypal_answer_unprocessable(call, "PAYPAL_REQUEST_ID_REQUIRED", NULL);
		return false;
	}
	if (get_text(json_object_object_get(source, "paypal"), "vault_id") != NULL)
		return paypal_check_vaulted(call, json_object_object_get(source, "paypal"));
	if (!paypal_check_vault(call, json_object_object_get(json_object_object_get(source, "paypal"), "attributes")))
		return false;
	if (!is_address(get_text(context, "return_url")))
		wrong = "return_url";
	else if (!is_address(get_text(context, "cancel_url")))
		wrong = "cancel_url";
	else if (!is_absent_or(context, "shipping_preference", "NO_SHIPPING", "GET_FROM_FILE", "SET_PROVIDED_ADDRESS"))
		wrong = "shipping_preference";
	else if (!is_absent_or(context, "user_action", "PAY_NOW", "CONTINUE", "PAY_NOW"))
		wrong = "user_action";
	if (wrong != NULL)
		paypal_answer_issue(call, 400, "INVALID_REQUEST", "INVALID_PARAMETER_VALUE",
		    arena_format(call->arena, "/payment_source/paypal/experience_context/%s", wrong));
	return wrong == NULL;
}

static bool
check_order(struct call *call, struct json_object **unit, struct money *amount)
{
	static const char *const marks[] = { "custom_id", "invoice_id", "reference_id" };
	struct json_object      *units = json_object_object_get(call->json, "purchase_units");
	const char              *intent = get_text(call->json, "intent");

	if (!json_object_is_type(call->json, json_type_object)) {
		paypal_answer_issue(call, 400, "INVALID_REQUEST", "MALFORMED_REQUEST_JSON", NULL);
		return false;
	}
	if (intent == NULL || strcmp(intent, "CAPTURE") != 0 || !json_object_is_type(units, json_type_array) ||
	    json_object_array_length(units) != 1) {
		paypal_answer_issue(
		    call, 400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER", intent == NULL ? "/intent" : "/purchase_units");
		return false;
	}
	*unit = json_object_array_get_idx(units, 0);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (json_object_object_get(*unit, marks[i]) != NULL &&
		    paypal_text(*unit, marks[i], i < 2 ? MARK_MAX : REFERENCE_MAX) == NULL) {
			paypal_answer_issue(call, 400, "INVALID_REQUEST", "INVALID_STRING_LENGTH", marks[i]);
			return false;
		}
	return paypal_read_amount(call, json_object_object_get(*unit, "amount"), "/purchase_units/0/amount", amount) &&
	    check_source(call, json_object_object_get(call->json, "payment_source"));
}

void
paypal_order_create(struct call *call)
{
	struct json_object *unit, *order, *units, *context, *source;
	struct money        amount;

	if (!check_order(call, &unit, &amount))
		return;
	source = json_object_object_get(call->json, "payment_source");
	context = json_object_object_get(json_object_object_get(source, "paypal"), "experience_context");
	order = json_object_new_object();
	units = json_object_new_array();
	json_object_array_add(units, json_object_get(unit));
	if (json_object_object_get(unit, "reference_id") == NULL)
		put_text(unit, "reference_id", "default");
	put_text(order, "id", paypal_id(call->arena));
	put_text(order, "intent", "CAPTURE");
	put_text(order, "status", source == NULL ? "CREATED" : "PAYER_ACTION_REQUIRED");
	json_object_object_add(order, "purchase_units", units);
	put_text(order, "create_time", time_text(call->arena));
	put_text(order, "_vault_id", get_text(json_object_object_get(source, "paypal"), "vault_id"));
	put_bool(order, "_keeps", json_object_object_get(json_object_object_get(source, "paypal"), "attributes") != NULL);
	put_text(order, "_return_url", get_text(context, "return_url"));
	put_text(order, "_cancel_url", get_text(context, "cancel_url"));
	if (get_text(order, "_vault_id") != NULL) {
		paypal_charge_vaulted(call, order);
		return;
	}
	state_save(call->sandbox, PAYPAL_ORDERS, order);
	paypal_executed(call, PAYPAL_ORDERS, order);
	paypal_answer_object(call, source == NULL ? 201 : 200, paypal_order_sent(call, order));
}

void
paypal_order_show(struct call *call)
{
	const struct json_object *order = state_find(call->sandbox, PAYPAL_ORDERS, call->captured[0]);

	if (order == NULL)
		paypal_answer_missing(call);
	else
		answer_json(call, 200, paypal_order_sent(call, order));
}

static void
put_money(struct json_object *line, const char *name, const struct json_object *capture, const char *member)
{
	put_integer(line, name, capture == NULL ? 0 : get_integer(capture, member));
}

/* Every order in few words, in minor units. */
void
paypal_transactions(struct call *call)
{
	struct json_object  *body = json_object_new_object(), *results = json_object_new_array();
	size_t               count;
	struct json_object **orders = state_newest_first(call->sandbox, PAYPAL_ORDERS, call->arena, &count);

	for (size_t i = 0; i < count; i++) {
		const struct json_object *unit = paypal_unit(orders[i]), *capture = paypal_capture_of(call, orders[i]);
		struct json_object       *line = json_object_new_object();
		const char               *status = capture == NULL ? "" : get_text(capture, "status");
		bool declined = strcmp(status, "DECLINED") == 0, open = capture == NULL || strcmp(status, "PENDING") == 0;

		put_text(line, "id", get_text(orders[i], "id"));
		put_text(line, "reference", get_text(unit, "custom_id"));
		put_text(line, "status", declined ? "failed" : open ? "open" : "succeeded");
		put_text(line, "currency", get_text(json_object_object_get(unit, "amount"), "currency_code"));
		put_money(line, "received", open || declined ? NULL : capture, "_taken");
		put_money(line, "refunded", capture, "_refunded");
		json_object_array_add(results, line);
	}
	json_object_object_add(body, "results", results);
	answer_json(call, 200, body);
}
