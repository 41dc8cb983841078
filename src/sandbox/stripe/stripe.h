/*
 * stripe.h: the stand-in of Stripe: the part of its API that haat calls, as Stripe answers it.
 */
#ifndef SANDBOX_STRIPE_H
#define SANDBOX_STRIPE_H

#include "sandbox/sandbox.h"

#define TABLE_EVENTS "event"
#define TABLE_INTENTS "payment_intent"
#define TABLE_CHARGES "charge"
#define TABLE_REFUNDS "refund"
#define TABLE_DISPUTES "dispute"
#define TABLE_CUSTOMERS "customer"
#define TABLE_METHODS "payment_method"
#define TABLE_SETUPS "setup_intent"
#define TABLE_KEYS "idempotency_key"

extern const struct stand_in stripe_stand_in;

/* idempotency.c: Idempotency-Key.  `begin` is false when it has answered (replay, conflict, other parameters). */
bool idempotency_begin(struct call *call);
void idempotency_end(struct call *call);

/* answer.c: the answers; Stripe's error object is made of type, code and param (each may be NULL). */
void answer_object(struct call *call, const struct json_object *object);
void answer_error(struct call *call, int status, const char *type, const char *code, const char *param, const char *message);
void answer_invalid(struct call *call, const char *code, const char *param, const char *message);
void answer_no_such(struct call *call, const char *what, const char *id);

/* script.c: what stands in for Stripe.js. */
void script_show(struct call *call);

/* What the routes do. */
void intent_create(struct call *call);
void intent_show(struct call *call);
void intent_list(struct call *call);
void intent_capture(struct call *call);
void intent_cancel(struct call *call);
void setup_create(struct call *call);
void setup_show(struct call *call);
void setup_cancel(struct call *call);
void refund_create(struct call *call);
void refund_show(struct call *call);
void refund_list(struct call *call);
void refund_at_desk(struct call *call);
void refunds_arrive(struct call *call);
void refund_bounces(struct call *call);
void dispute_opens(struct call *call);
void inquiry_opens(struct call *call);
void fraud_is_warned_of(struct call *call);
void dispute_wins(struct call *call);
void dispute_loses(struct call *call);
void dispute_show(struct call *call);
void dispute_list(struct call *call);
void dispute_update(struct call *call);
void dispute_close(struct call *call);
void customer_create(struct call *call);
void customer_show(struct call *call);
void customer_methods(struct call *call);
void method_show(struct call *call);
void method_attach(struct call *call);
void method_detach(struct call *call);
void method_replaced(struct call *call);
void mandate_updated(struct call *call);
void method_store(struct call *call);
void key_expires(struct call *call);
void event_show(struct call *call);
void event_list(struct call *call);
void payer_acts(struct call *call);
void page_show(struct call *call);
void page_acts(struct call *call);
void intents_summary(struct call *call);
void transaction_list(struct call *call);

/* An error about the intent's status, with the intent in it. */
void answer_unexpected_state(struct call *call, const struct json_object *intent, const char *verb);

/* The 402 of an intent whose payment method was declined just now. */
void answer_declined(struct call *call, const struct json_object *intent, const struct json_object *method);

/*
 * methods.c: may the intent that the call makes use its customer and payment method?  Answers the error when not.  And what
 * becomes of it when that method is charged while its owner is away: answered.
 */
const char *method_of_payer(struct call *call, const struct json_object *intent);
bool        method_check(struct call *call, bool off_session);
void        method_charge(struct call *call, struct json_object *intent);

/* disputes.c: has the charge a dispute that is not decided? */
bool charge_is_disputed(const struct call *call, const struct json_object *charge);

/* intent_state.c: is the status one of those named, separated by spaces? */
bool status_is(const struct json_object *intent, const char *statuses);

/* What the payer does to an intent (pay, fail, process, abandon): the intent, or NULL when the error is answered. */
struct json_object *payer_act(struct call *call, const char *action, const char *id);

/* setups.c: is it the id of a SetupIntent?  The same for one of those; and its page. */
bool                is_setup(const char *id);
struct json_object *setup_act(struct call *call, const char *action, const char *id);
void                setup_page_show(struct call *call);
void                setup_page_acts(struct call *call);

/* payer.c: the intent is paid, declined for that reason, or on its way. */
struct decline {
	const char *code, *decline_code, *advice_code, *message;
};
void intent_pay(struct call *call, struct json_object *intent);
void intent_decline(struct call *call, struct json_object *intent, const struct decline *why);
void intent_process(struct call *call, struct json_object *intent);

/* test_methods.c: by its name at Stripe, or NULL; one of a customer's own; and what a payer pays with, stored where that is wanted. */
struct test_method {
	const char    *name, *type;
	struct decline decline; /* of a charge while the owner is away; code NULL: none */
};
const struct test_method *test_method_of(const char *name);
struct json_object       *method_new(struct call *call, const struct test_method *test, const char *customer);
const char               *method_of_payer(struct call *call, const struct json_object *intent);

/* Captures `amount` minor units of the intent's charge, and sets the intent's state accordingly. */
void intent_take(struct call *call, struct json_object *intent, int64_t amount);

/* events.c: tells a change by an event that holds a copy of the object; `previous` (released) may be NULL. */
void event_make(struct call *call, const char *type, const struct json_object *object, struct json_object *previous);

#endif
