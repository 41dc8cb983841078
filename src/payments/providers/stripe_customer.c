/* The customers at Stripe that owners of payment methods are: one each; and what is told of their methods. */
#include "payments/providers/stripe.h"

#include "base/arena.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

/* One key for an owner: Stripe makes one customer, however often it is asked within a day. */
static const struct problem *
make_customer(struct work *work, const struct method_owner *owner, const char **customer)
{
	const char         *id = uuid_text(work->arena, owner->id);
	struct text         form = text_new(work->arena, 256);
	struct http_reply   reply;
	struct json_object *json;

	stripe_add_field(&form, "email", owner->email);
	stripe_add_field(&form, "metadata[owner_id]", id);
	TRY(stripe_call(work, (struct payment_id) { { { 0 } } }, NULL, "/v1/customers", &form,
	    arena_format(work->arena, "customer:%s", id), &reply, &json));
	*customer = json_text_at(work->arena, json, "id", STRIPE_ID_MAX);
	if (reply.status >= 400)
		return stripe_refused(work, &reply, json);
	return *customer == NULL ? problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again") : OK;
}

const struct problem *
stripe_customer(struct work *work, const struct method_owner *owner, const char **customer)
{
	TRY(provider_customer(work, owner, "stripe", customer));
	if (*customer != NULL)
		return OK;
	TRY(make_customer(work, owner, customer));
	return keep_provider_customer(work, owner, "stripe", customer);
}

/* "exp_month" and "exp_year" of a card: it can be charged until the end of that month. */
static struct instant *
card_expiry(struct arena *arena, struct json_object *method)
{
	int64_t month, year;

	if (!json_integer_at(method, "card.exp_month", &month) || !json_integer_at(method, "card.exp_year", &year))
		return NULL;
	return month_end(arena, year, month);
}

/* Of "card", "us_bank_account", "sepa_debit", "paypal", "link" ... */
static int
type_of(struct arena *arena, struct json_object *method, int otherwise)
{
	const char *type = json_text_at(arena, method, "type", 32);

	if (type == NULL)
		return otherwise;
	if (strcmp(type, "card") == 0)
		return METHOD_CARD;
	return strstr(type, "bank_account") != NULL || strstr(type, "debit") != NULL ? METHOD_BANK_ACCOUNT : METHOD_STRIPE;
}

const struct problem *
stripe_take_method(struct work *work, struct json_object *method, const char *customer, struct kept_token *kept)
{
	const char *owner = json_text_at(work->arena, method, "customer", STRIPE_ID_MAX);
	const char *id = json_text_at(work->arena, method, "id", STRIPE_ID_MAX);

	if (id == NULL || owner == NULL || strcmp(owner, customer) != 0)
		return problem(PAYMENT_METHOD_UNUSABLE, "the provider does not know the token as one of yours");
	kept->stored = (struct stored_token) { .token = id, .customer = customer };
	kept->type = type_of(work->arena, method, kept->type);
	kept->expires = card_expiry(work->arena, method);
	return OK;
}

/* It tells that something has become of one; what that is, its provider says. */
void
stripe_read_setup_event(struct arena *arena, struct json_object *object, struct provider_event *event)
{
	event->setup = json_text_at(arena, object, "id", STRIPE_ID_MAX);
	event->setup_declined = strcmp(event->type, "setup_intent.setup_failed") == 0;
	if (event->setup != NULL && strcmp(event->type, "setup_intent.created") != 0)
		event->kind = EVENT_IS_SETUP;
}

/* Card networks replace cards: the method stays the same, with another end. */
void
stripe_read_method_event(struct arena *arena, struct json_object *object, struct provider_event *event)
{
	bool        is_mandate = strcmp(event->type, "mandate.updated") == 0;
	const char *status = json_text_at(arena, object, "status", 32);

	event->method_token = json_text_at(arena, object, is_mandate ? "payment_method" : "id", STRIPE_ID_MAX);
	if (event->method_token == NULL)
		return;
	event->kind = EVENT_IS_METHOD;
	if (is_mandate)
		event->method_gone = status != NULL && strcmp(status, "inactive") == 0 ? "mandate_inactive" : NULL;
	else if (strcmp(event->type, "payment_method.detached") == 0)
		event->method_gone = "removed_at_provider";
	else
		event->method_expires = card_expiry(arena, object);
	if (is_mandate && event->method_gone == NULL && (status == NULL || strcmp(status, "active") != 0))
		event->kind = EVENT_IS_IGNORED;
	/* What was disabled for another reason stays so, however its card is described. */
	if (!is_mandate && event->method_gone == NULL && strcmp(event->type, "payment_method.automatically_updated") != 0)
		event->kind = EVENT_IS_IGNORED;
}
