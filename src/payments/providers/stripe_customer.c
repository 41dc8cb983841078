/* The customers at Stripe that owners of payment methods are: one each. */
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
