/*
 * razorpay.h: what the files of Razorpay's provider share; nothing outside of them includes it.
 */
#ifndef RAZORPAY_H
#define RAZORPAY_H

#include "payments/provider.h"

struct json_object;

enum { RAZORPAY_ID_MAX = 64 };

/* The note on a refund of money that came twice: it is none of the payment's refunds. */
#define RAZORPAY_TWICE "paid_twice"

/* razorpay_objects.c: an amount and its currency as ours; currency "" when they make none. */
struct money razorpay_read_amount(
    struct arena *arena, struct json_object *json, const char *amount_name, const char *currency_name);

/* A payment of an order, and a refund, from an answer or an event; false when it is none. */
bool razorpay_read_payment(struct arena *arena, struct json_object *payment, struct provider_answer *answer);
bool razorpay_read_refund(struct arena *arena, struct json_object *json, struct refund_answer *answer);

/* razorpay_events.c */
const struct problem *razorpay_verify(struct work *work, const char *const *signatures, struct bytes body, int64_t now);
const struct problem *razorpay_parse_events(struct arena *arena, struct bytes body, struct provider_events *events);
bool                  razorpay_is_from_checkout(
		     const struct config *config, const struct payment *payment, const char *charge, const char *signature);
bool razorpay_simulate(struct work *work, const struct payment *payment, const char *type, struct simulated_event *event);

#endif
