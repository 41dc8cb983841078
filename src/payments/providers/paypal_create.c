/* PayPal's orders as they are made, for a payer who will approve them. */
#include "payments/providers/paypal.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

/* PayPal has no decimals of these (PayPal docs, "Currency codes"). */
static const char *const whole_currencies[] = { "HUF", "JPY", "TWD", NULL };

/* Our amount as PayPal's text; false when it has none for it. */
bool
paypal_amount_text(struct money amount, char text[MONEY_TEXT_SIZE])
{
	char *point;

	if (value_index(paypal_takes, amount.currency) < 0 || amount.minor <= 0)
		return false;
	money_write(amount, text);
	point = strchr(text, '.');
	if (point == NULL || value_index(whole_currencies, amount.currency) < 0)
		return true;
	*point = '\0';
	return strspn(point + 1, "0") == strlen(point + 1);
}

const struct problem *
paypal_take_order(struct work *work, const struct http_reply *reply, struct json_object *json, struct provider_answer *answer)
{
	if (reply->status >= 400)
		return paypal_refused(work, reply, json);
	if (!paypal_read_order(work->arena, json, answer))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}

void
paypal_add_amount(struct text *body, const char *value, const char *currency)
{
	TEXT_ADD(body, ",\"amount\":{");
	paypal_add_member(body, "currency_code", currency);
	paypal_add_member(body, "value", value);
	text_add_char(body, '}');
}

/* Who wants to be charged again has PayPal store how they pay. */
static const struct problem *
add_vault(struct work *work, const struct payment *payment, struct text *body)
{
	struct method_owner *owner;
	const char          *customer;

	if (!payment->keeps_method || payment->user == NULL)
		return OK;
	TRY(owner_of_user(work, *payment->user, &owner));
	TRY(provider_customer(work, owner, "paypal", &customer));
	TEXT_ADD(body, ",\"attributes\":{");
	if (customer != NULL) {
		TEXT_ADD(body, "\"customer\":{");
		paypal_add_member(body, "id", customer);
		TEXT_ADD(body, "},");
	}
	TEXT_ADD(body, "\"vault\":{");
	paypal_add_member(body, "store_in_vault", "ON_SUCCESS");
	paypal_add_member(body, "usage_type", "MERCHANT");
	paypal_add_member(body, "usage_pattern", PAYPAL_USAGE);
	paypal_add_member(body, "customer_type", "CONSUMER");
	TEXT_ADD(body, "}}");
	return OK;
}

/* The order's beginning, up to where it says how it is paid. */
const struct problem *
paypal_begin_order(struct work *work, const struct payment *payment, struct text *body)
{
	char value[MONEY_TEXT_SIZE];

	if (!paypal_amount_text(payment->amount, value))
		return problem(PROVIDER_REFUSED, "the payment provider cannot charge exactly this amount");
	TEXT_ADD(body, "{\"intent\":\"CAPTURE\",\"purchase_units\":[{");
	paypal_add_member(
	    body, "reference_id", payment->order == NULL ? payment->reference : uuid_text(work->arena, payment->order->uuid));
	paypal_add_member(body, "custom_id", payment->reference);
	paypal_add_member(body, "invoice_id", payment->reference);
	paypal_add_amount(body, value, payment->amount.currency);
	TEXT_ADD(body, "}],\"payment_source\":{\"paypal\":{");
	return OK;
}

const struct problem *
paypal_order_for_payer(struct work *work, const struct payment *payment, const char *key, struct provider_answer *answer)
{
	const char         *back = arena_format(work->arena, "%s/api/v1/payments/return/paypal", work->config->public_url);
	struct text         body = text_new(work->arena, 1024);
	struct http_reply   reply;
	struct json_object *json;

	TRY(paypal_begin_order(work, payment, &body));
	TEXT_ADD(&body, "\"experience_context\":{");
	paypal_add_member(&body, "return_url", back);
	paypal_add_member(&body, "cancel_url", back);
	paypal_add_member(&body, "shipping_preference", "NO_SHIPPING");
	paypal_add_member(&body, "user_action", "PAY_NOW");
	TEXT_ADD(&body, "}");
	TRY(add_vault(work, payment, &body));
	TEXT_ADD(&body, "}}}");
	TRY(paypal_call(work, payment->id, "create", "/v2/checkout/orders", &body,
	    arena_format(work->arena, "%s:%s", payment->idempotency_key, key), &reply, &json));
	return paypal_take_order(work, &reply, json, answer);
}

const struct problem *
paypal_create(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	return paypal_order_for_payer(work, payment, "create", answer);
}
