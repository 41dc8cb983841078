/*
 * paypal.h: what the files of PayPal's provider share: calls, and the objects that answers and events have in common.
 */
#ifndef PROVIDERS_PAYPAL_H
#define PROVIDERS_PAYPAL_H

#include "payments/provider.h"

struct json_object;
struct text;

enum { ID_MAX = 191, MARK_MAX = 127, PAYPAL_REFERENCE_MAX = 20 };

/* One call; `body` NULL is a GET, `key` NULL no PayPal-Request-Id, `kind` as provider_call has it. */
const struct problem *paypal_call(struct work *work, struct payment_id payment, const char *kind, const char *path,
    const struct text *body, const char *key, struct http_reply *reply, struct json_object **json);

/* The same with a body of another type than JSON. */
const struct problem *paypal_call_with(struct work *work, struct payment_id payment, const char *kind, const char *path,
    const char *type, const struct text *body, const char *key, struct http_reply *reply, struct json_object **json);

/* The same by DELETE, whose answer has no body. */
const struct problem *paypal_delete(struct work *work, struct payment_id payment, const char *path, struct http_reply *reply);

/* What is wrong in PayPal's word, "INSTRUMENT_DECLINED"; "" when it does not say.  And what an answer of 4xx is to us. */
const char           *paypal_issue_of(struct arena *arena, struct json_object *json);
const struct problem *paypal_refused(struct work *work, const struct http_reply *reply, struct json_object *json);

/* Adds a member to an object that is being written. */
void paypal_add_member(struct text *body, const char *name, const char *value);

/* The first element of the list at that path; NULL when there is none. */
struct json_object *paypal_first_of(struct json_object *json, const char *path);

/* The address of the link of that relation; NULL when there is none. */
const char *paypal_link_of(struct arena *arena, struct json_object *json, const char *wanted);

/* Is it one of the statuses, NULL at their end?  And "DECLINED_BY_X" as our codes are written; NULL stays NULL. */
bool        paypal_is_one_of(const char *status, const char *const *statuses);
const char *paypal_lower_case(struct arena *arena, const char *text);

/* The capture of an order that counts: one that was not declined, or the newest; NULL when there is none. */
struct json_object *paypal_capture_of(struct arena *arena, struct json_object *order);

/* The amount at that path; currency "" when there is none. */
struct money paypal_money(struct arena *arena, struct json_object *json, const char *path);

/* Our mark on an order, a capture or a refund: "PAY-7Q2M9XKD4T", and on a refund of ours ":" and its id behind that. */
const char *paypal_mark_of(struct arena *arena, struct json_object *json);

/* An order, a capture (what it says beside its order), a refund; false when it is none. */
bool paypal_read_order(struct arena *arena, struct json_object *order, struct provider_answer *answer);
void paypal_read_capture(struct arena *arena, struct json_object *capture, struct provider_answer *answer);
bool paypal_read_refund(struct arena *arena, struct json_object *json, struct refund_answer *answer);

/*
 * paypal_create.c: our amount as PayPal's text, false when it has none for it; as a member of an object that is being written; and the
 * answer to a call about an order.
 */
bool                  paypal_amount_text(struct money amount, char text[MONEY_TEXT_SIZE]);
void                  paypal_add_amount(struct text *body, const char *value, const char *currency);
const struct problem *paypal_take_order(
    struct work *work, const struct http_reply *reply, struct json_object *json, struct provider_answer *answer);

/* An order up to `"payment_source":{"paypal":{`; one that the payer approves, made under that key of the payment. */
const struct problem *paypal_begin_order(struct work *work, const struct payment *payment, struct text *body);
const struct problem *paypal_order_for_payer(
    struct work *work, const struct payment *payment, const char *key, struct provider_answer *answer);
const struct problem *paypal_create(struct work *work, const struct payment *payment, struct provider_answer *answer);

/* paypal_methods.c.  What is stored is for charges at no set times. */
#define PAYPAL_USAGE "UNSCHEDULED_PREPAID"
extern const struct provider_methods paypal_methods;

/* paypal_setup.c */
extern const struct provider_setup paypal_setup;

/* paypal_disputes.c: the disputes about a capture (NULL: none), what is done about one, and what an event says of one. */
/* Unix time; 0 where there is none. */
int64_t paypal_time_at(struct arena *arena, struct json_object *json, const char *path);

/* Which of the refunds, made at those Unix times and not by us, ended a dispute of the capture. */
const struct problem *paypal_find_refunds_of_disputes(struct work *work, const struct payment *payment, const char *capture,
    struct provider_refunds *refunds, const int64_t *made_at);

const struct problem *paypal_list_disputes(
    struct work *work, const struct payment *payment, const char *capture, struct provider_disputes *disputes);
extern const char *const paypal_evidence_fields[];
const struct problem    *paypal_evidence(struct work *work, const struct payment *payment, const struct dispute *dispute,
       const struct evidence *evidence, struct dispute_answer *answer);
const struct problem    *paypal_accept(
       struct work *work, const struct payment *payment, const struct dispute *dispute, struct dispute_answer *answer);
void paypal_read_dispute_event(struct arena *arena, struct json_object *dispute, struct provider_event *event);

/* paypal_events.c: what the provider's row has of events. */
extern const char *const paypal_signature_headers[];

const struct problem *paypal_verify(struct work *work, const char *const *signatures, struct bytes body, int64_t now);
const struct problem *paypal_confirm_event(
    struct work *work, const char *const *signatures, struct bytes body, const struct provider_event *event);
const struct problem *paypal_parse_events(struct arena *arena, struct bytes body, struct provider_events *events);

#endif
