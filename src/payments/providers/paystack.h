/*
 * paystack.h: what the files of the Paystack provider share.
 */
#ifndef PAYSTACK_H
#define PAYSTACK_H

#include "payments/provider.h"

struct http_reply;
struct json_object;
struct text;

enum { PAYSTACK_ID_MAX = 100 };

/* paystack_call.c.  One call; `body` NULL: none. */
const struct problem *paystack_call(struct work *work, struct payment_id payment, const char *kind, const char *method,
    const char *path, const struct text *body, struct http_reply *reply, struct json_object **json);

/* Was the call taken?  The answer's own status says that, and not how the payment is. */
bool paystack_took(const struct http_reply *reply, struct json_object *json);

/* Does the answer have that error code? */
bool paystack_code_is(struct work *work, struct json_object *json, const char *code);

/* What was not taken: limits, conflicts and faults behind Paystack are worth another try, all else is final. */
const struct problem *paystack_refused(struct work *work, const struct http_reply *reply, struct json_object *json);

/* Our amount in hundredths; false when it cannot be charged exactly, or the unit of its currency is not known for certain. */
bool paystack_from_money(struct money amount, int64_t *units);

/* Hundredths as our amount; currency "" when they make none. */
struct money paystack_to_money(int64_t units, const char *currency);

/* An id, which is a number or a text; NULL when there is none. */
const char *paystack_id_at(struct arena *arena, struct json_object *json, const char *path);

/* The number by which Paystack knows the payment. */
const struct problem *paystack_find_number(struct work *work, const struct payment *payment, const char **number);

/* paystack_objects.c: a transaction, from an answer or an event; false when it is none.  And what Paystack says of the payment's. */
bool                  paystack_read_transaction(struct arena *arena, struct json_object *data, struct provider_answer *answer);
const struct problem *paystack_fetch(struct work *work, const struct payment *payment, struct provider_answer *answer);

/* paystack_methods.c */
extern const struct provider_methods paystack_methods;

/* paystack_disputes.c */
const struct problem    *paystack_disputes(struct work *work, const struct payment *payment, struct provider_disputes *disputes);
extern const char *const paystack_evidence_fields[];
const struct problem    *paystack_evidence(struct work *work, const struct payment *payment, const struct dispute *dispute,
       const struct evidence *evidence, struct dispute_answer *answer);
const struct problem    *paystack_accept(
       struct work *work, const struct payment *payment, const struct dispute *dispute, struct dispute_answer *answer);
void paystack_read_dispute_event(struct arena *arena, struct json_object *data, struct provider_event *event);

#endif
