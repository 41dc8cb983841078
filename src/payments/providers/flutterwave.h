/*
 * flutterwave.h: what the files of the Flutterwave provider share.
 */
#ifndef FLUTTERWAVE_H
#define FLUTTERWAVE_H

#include "payments/provider.h"

struct http_reply;
struct json_object;
struct text;

enum { FLUTTERWAVE_REFERENCE_MAX = 100 };

/* flutterwave_call.c.  One call; `body` NULL is a GET. */
const struct problem *flutterwave_call(struct work *work, struct payment_id payment, const char *kind, const char *path,
    const struct text *body, struct http_reply *reply, struct json_object **json);

/* The answer's own status says whether the call was taken, not how the payment is. */
bool flutterwave_is_taken(struct work *work, const struct http_reply *reply, struct json_object *json);

/* It has no codes, only sentences. */
bool flutterwave_says(struct work *work, struct json_object *json, const char *words);

/* Nobody has tried to pay under the reference yet: of a page that was only opened Flutterwave knows nothing. */
bool flutterwave_is_untried(struct work *work, const struct http_reply *reply, struct json_object *json);

/* What was not taken: limits and conflicts are worth another try, all else is final. */
const struct problem *flutterwave_refused(struct work *work, const struct http_reply *reply, struct json_object *json);

/* Flutterwave's numbers as text; NULL where there is none. */
const char *flutterwave_number_at(struct arena *arena, struct json_object *json, const char *path);

/* flutterwave_twice.c: what Flutterwave has answered of a transaction that is not the one that was booked: it is given back, once. */
const struct problem *flutterwave_end_twice_paid(
    struct work *work, const struct payment *payment, const struct provider_answer *answer);
const struct problem *flutterwave_fetch(struct work *work, const struct payment *payment, struct provider_answer *answer);

/* A transaction, from an answer or an event; false when it is none. */
bool flutterwave_read_transaction(struct arena *arena, struct json_object *data, struct provider_answer *answer);

/* What Flutterwave says about our reference; *data is NULL while nobody has tried to pay. */
const struct problem *flutterwave_ask(
    struct work *work, const struct payment *payment, struct provider_answer *answer, struct json_object **data);

/* flutterwave_methods.c */
extern const struct provider_methods flutterwave_methods;

#endif
