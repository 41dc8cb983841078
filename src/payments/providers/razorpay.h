/*
 * razorpay.h: what the files of Razorpay's provider share; nothing outside of them includes it.
 */
#ifndef RAZORPAY_H
#define RAZORPAY_H

#include "payments/provider.h"

struct http_reply;
struct json_object;
struct text;

enum { RAZORPAY_ID_MAX = 64 };

/* The note on a refund of money that came twice: it is none of the payment's refunds. */
#define RAZORPAY_TWICE "paid_twice"

/*
 * razorpay_call.c: one call; `body` NULL is a GET, else a POST of JSON, `key` NULL no X-Refund-Idempotency.  The other names the
 * method and what kind of body it has (NULL: none).  Answers with a status of 400 and above are the caller's.
 */
const struct problem *razorpay_call(struct work *work, struct payment_id payment, const char *kind, const char *path,
    const char *body, const char *key, struct http_reply *reply, struct json_object **json);
const struct problem *razorpay_call_with(struct work *work, struct payment_id payment, const char *kind, const char *method,
    const char *path, const char *type, const struct text *body, struct http_reply *reply, struct json_object **json);

/* 4xx: conflicts and limits are worth another try, all else is final.  And what cannot be read. */
const struct problem *razorpay_refused(struct work *work, const struct http_reply *reply, struct json_object *json);
const struct problem *razorpay_invalid_answer(void);

/* What is told of a charge that is to come has no row yet under which answers are kept: `kind`, or NULL for such a one. */
const char *razorpay_kind_of(const struct payment *payment, const char *kind);

/* The "items" of a list, NULL when it is none.  And the order of that payment, NULL when there is none. */
struct json_object   *razorpay_items_of(struct json_object *json);
const struct problem *razorpay_find_order(struct work *work, const struct payment *payment, struct json_object **order);

/* razorpay_methods.c */
extern const struct provider_methods razorpay_methods;

/* razorpay_disputes.c */
const struct problem *razorpay_evidence(struct work *work, const struct payment *payment, const struct dispute *dispute,
    const struct evidence *evidence, struct dispute_answer *answer);
const struct problem *razorpay_accept(
    struct work *work, const struct payment *payment, const struct dispute *dispute, struct dispute_answer *answer);
extern const char *const razorpay_evidence_fields[];

/* razorpay_objects.c: a payment of an order, a refund, a dispute, from an answer or an event; false when it is none. */
bool razorpay_read_payment(struct arena *arena, struct json_object *payment, struct provider_answer *answer);
bool razorpay_read_refund(struct arena *arena, struct json_object *json, struct refund_answer *answer);
bool razorpay_read_dispute(struct arena *arena, struct json_object *json, struct dispute_answer *answer);

/* razorpay_events.c */
const struct problem *razorpay_verify(struct work *work, const char *const *signatures, struct bytes body, int64_t now);
const struct problem *razorpay_parse_events(struct arena *arena, struct bytes body, struct provider_events *events);
bool                  razorpay_is_from_checkout(
		     const struct config *config, const struct payment *payment, const char *charge, const char *signature);
bool razorpay_simulate(struct work *work, const struct payment *payment, const char *type, struct simulated_event *event);

#endif
