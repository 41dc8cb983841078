#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/stripe/stripe.h"

/* Statuses in which a payer can still do something. */
#define OPEN "requires_payment_method requires_confirmation requires_action"

static void
put_method_details(struct json_object *charge)
{
	struct json_object *details = json_object_new_object(), *card = json_object_new_object();

	put_text(card, "brand", "visa");
	put_text(card, "country", "US");
	put_integer(card, "exp_month", 12);
	put_integer(card, "exp_year", 2034);
	put_text(card, "funding", "credit");
	put_text(card, "last4", "4242");
	json_object_object_add(details, "card", card);
	put_text(details, "type", "card");
	json_object_object_add(charge, "payment_method_details", details);
}

/* A charge of the whole intent, not captured yet. */
static struct json_object *
charge_new(struct call *call, struct json_object *intent)
{
	struct json_object *charge = json_object_new_object();

	put_text(charge, "id", id_new(call->arena, "ch_"));
	put_text(charge, "object", "charge");
	put_integer(charge, "amount", get_integer(intent, "amount"));
	put_integer(charge, "amount_captured", 0);
	put_integer(charge, "amount_refunded", 0);
	put_bool(charge, "captured", false);
	put_integer(charge, "created", unix_seconds());
	put_text(charge, "currency", get_text(intent, "currency"));
	put_bool(charge, "disputed", false);
	put_null(charge, "failure_code");
	put_null(charge, "failure_message");
	put_bool(charge, "livemode", false);
	put_copy(charge, "metadata", json_object_object_get(intent, "metadata"));
	put_bool(charge, "paid", true);
	put_text(charge, "payment_intent", get_text(intent, "id"));
	put_text(charge, "payment_method", get_text(intent, "payment_method"));
	put_method_details(charge);
	put_text(charge, "receipt_email", get_text(intent, "receipt_email"));
	put_bool(charge, "refunded", false);
	put_text(charge, "status", "succeeded");
	put_text(intent, "latest_charge", get_text(charge, "id"));
	state_save(call->sandbox, TABLE_CHARGES, charge);
	return charge;
}

/* The payer has paid: money is taken, or set aside when the shop wants to capture it later. */
void
intent_pay(struct call *call, struct json_object *intent)
{
	int64_t amount = get_integer(intent, "amount");

	if (get_text(intent, "payment_method") == NULL)
		put_text(intent, "payment_method", method_of_payer(call, intent));
	put_null(intent, "last_payment_error");
	put_null(intent, "next_action");
	charge_new(call, intent);
	if (strcmp(get_text(intent, "capture_method"), "manual") == 0) {
		put_integer(intent, "amount_capturable", amount);
		put_text(intent, "status", "requires_capture");
		state_save(call->sandbox, TABLE_INTENTS, intent);
		event_make(call, "payment_intent.amount_capturable_updated", intent, NULL);
		return;
	}
	if (switch_take(&switches_of(call)->wrong_amount))
		amount--;
	if (switch_take(&switches_of(call)->wrong_currency))
		put_text(intent, "currency", "chf");
	intent_take(call, intent, amount);
	event_make(call, "payment_intent.succeeded", intent, NULL);
}

void
intent_decline(struct call *call, struct json_object *intent, const struct decline *why)
{
	struct json_object *charge = charge_new(call, intent), *error = json_object_new_object();

	put_bool(charge, "paid", false);
	put_text(charge, "failure_code", why->code);
	put_text(charge, "failure_message", why->message);
	put_text(charge, "status", "failed");
	state_save(call->sandbox, TABLE_CHARGES, charge);
	if (why->advice_code != NULL)
		put_text(error, "advice_code", why->advice_code);
	put_text(error, "charge", get_text(charge, "id"));
	put_text(error, "code", why->code);
	put_text(error, "decline_code", why->decline_code);
	put_text(error, "message", why->message);
	put_text(error, "type", "card_error");
	json_object_object_add(intent, "last_payment_error", error);
	put_null(intent, "next_action");
	put_null(intent, "payment_method");
	put_text(intent, "status", "requires_payment_method");
	state_save(call->sandbox, TABLE_INTENTS, intent);
	event_make(call, "payment_intent.payment_failed", intent, NULL);
}

static void
fail(struct call *call, struct json_object *intent)
{
	static const struct decline declined = { "card_declined", "generic_decline", NULL, "Your card was declined." };

	intent_decline(call, intent, &declined);
}

void
intent_process(struct call *call, struct json_object *intent)
{
	put_null(intent, "last_payment_error");
	put_null(intent, "next_action");
	put_text(intent, "status", "processing");
	state_save(call->sandbox, TABLE_INTENTS, intent);
	event_make(call, "payment_intent.processing", intent, NULL);
}

/* Who abandons does nothing: the intent waits on, as at Stripe. */
static void
abandon(struct call *call, struct json_object *intent)
{
	(void)call, (void)intent;
}

static const struct {
	const char *name, *statuses;
	void (*act)(struct call *call, struct json_object *intent);
} actions[] = {
	{ "pay", OPEN " processing", intent_pay },
	{ "fail", OPEN " processing", fail },
	{ "process", OPEN, intent_process },
	{ "abandon", OPEN " processing requires_capture succeeded canceled", abandon },
};

struct json_object *
payer_act(struct call *call, const char *action, const char *id)
{
	struct json_object *intent = state_find(call->sandbox, TABLE_INTENTS, id);
	const char         *force = form_get(&call->form, "force");

	if (intent == NULL) {
		answer_no_such(call, "payment_intent", id);
		return NULL;
	}
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
		if (strcmp(actions[i].name, action) != 0)
			continue;
		/* force=1 is money that comes late, after the intent was cancelled: rails do that. */
		if (!status_is(intent, actions[i].statuses) &&
		    !(force != NULL && strcmp(force, "1") == 0 && status_is(intent, "canceled"))) {
			answer_unexpected_state(call, intent, action);
			return NULL;
		}
		actions[i].act(call, intent);
		return intent;
	}
	answer_invalid(call, NULL, "action", "A payer can pay, fail, process or abandon.");
	return NULL;
}

void
payer_acts(struct call *call)
{
	const char         *id = call->captured[1];
	struct json_object *intent =
	    is_setup(id) ? setup_act(call, call->captured[0], id) : payer_act(call, call->captured[0], id);

	if (intent != NULL)
		answer_object(call, intent);
}
