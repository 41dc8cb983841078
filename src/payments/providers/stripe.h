/*
 * stripe.h: what the files of Stripe's provider share; nothing outside of them includes it.
 */
#ifndef STRIPE_H
#define STRIPE_H

#include "payments/provider.h"

struct http_reply;
struct json_object;
struct text;

enum { STRIPE_ID_MAX = 191 };

/* Our amount as Stripe's integer; false when it has no such amount. */
bool stripe_from_money(struct money amount, int64_t *stripe);

/* Stripe's integer and lower-case currency as our amount; currency "" when it makes none. */
struct money stripe_to_money(int64_t stripe, const char *currency);

/* Add name=value to a form. */
void stripe_add_field(struct text *form, const char *name, const char *value);

/* As Stripe writes a currency. */
const char *stripe_lower_currency(struct arena *arena, const char *currency);

/* One call, its answer kept as `kind`; `form` NULL is a GET, `key` NULL no Idempotency-Key. */
const struct problem *stripe_call(struct work *work, struct payment_id payment, const char *kind, const char *path,
    const struct text *form, const char *key, struct http_reply *reply, struct json_object **json);

/* Was the call's key used before, with other parameters?  Whatever that call has done, this one does nothing under its key. */
bool stripe_key_was_used(struct arena *arena, const struct http_reply *reply, struct json_object *json);

/* 4xx: what it refused; conflicts and limits are worth another try, all else is final. */
const struct problem *stripe_refused(struct work *work, const struct http_reply *reply, struct json_object *json);

/* stripe_objects.c: a PaymentIntent, from an answer or an event; false when it is none.  And the answer to a call about one. */
bool                  stripe_read_intent(struct arena *arena, struct json_object *intent, struct provider_answer *answer);
const struct problem *stripe_take_intent(
    struct work *work, const struct http_reply *reply, struct json_object *json, struct provider_answer *answer);

/* stripe_create.c */
const struct problem *stripe_create(struct work *work, const struct payment *payment, struct provider_answer *answer);

/* The charge of payment->stored.  And the intent of one of which no answer came; cancelled, without an id, when there is none. */
const struct problem *stripe_charge(struct work *work, const struct payment *payment, struct provider_answer *answer);
const struct problem *stripe_look_for(struct work *work, const struct payment *payment, struct provider_answer *answer);

/* A stored method that was declined because the bank wants to see its owner waits for them; `error` is why it was declined. */
void stripe_wait_for_payer(
    struct arena *arena, const struct payment *payment, struct json_object *error, struct provider_answer *answer);

/* stripe_methods.c */
extern const struct provider_methods stripe_methods;

/* stripe_setup.c */
extern const struct provider_setup stripe_setup;

/* stripe_customer.c: what is to be kept of a PaymentMethod of that customer; PAYMENT_METHOD_UNUSABLE when it is not the customer's. */
const struct problem *stripe_take_method(
    struct work *work, struct json_object *method, const char *customer, struct kept_token *kept);

/* stripe_customer.c: what an event says of a SetupIntent; of a PaymentMethod or of its mandate. */
void stripe_read_setup_event(struct arena *arena, struct json_object *object, struct provider_event *event);
void stripe_read_method_event(struct arena *arena, struct json_object *object, struct provider_event *event);

/* stripe_customer.c: the id of the owner's customer, who is made when there is none yet. */
const struct problem *stripe_customer(struct work *work, const struct method_owner *owner, const char **customer);

/* stripe_disputes.c */
const struct problem *stripe_disputes(struct work *work, const struct payment *payment, struct provider_disputes *disputes);
const struct problem *stripe_evidence(struct work *work, const struct payment *payment, const struct dispute *dispute,
    const struct evidence *evidence, struct dispute_answer *answer);
const struct problem *stripe_accept(
    struct work *work, const struct payment *payment, const struct dispute *dispute, struct dispute_answer *answer);
extern const char *const stripe_evidence_fields[];
void                     stripe_read_dispute_event(
			struct arena *arena, struct json_object *json, struct json_object *object, struct provider_event *event);

#endif
