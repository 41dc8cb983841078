/*
 * razorpay.h: the stand-in of Razorpay: the part of its API that haat calls, as Razorpay answers it.
 *
 * The shop's transaction is an order; each try of the payer makes a payment of it.
 */
#ifndef SANDBOX_RAZORPAY_H
#define SANDBOX_RAZORPAY_H

#include "sandbox/sandbox.h"

#define RAZORPAY_ORDERS "razorpay_order"
#define RAZORPAY_PAYMENTS "razorpay_payment"
#define RAZORPAY_REFUNDS "razorpay_refund"
#define RAZORPAY_DISPUTES "razorpay_dispute"
#define RAZORPAY_DOCUMENTS "razorpay_document"
#define RAZORPAY_KEYS "razorpay_key"
#define RAZORPAY_EVENTS "razorpay_event"
#define RAZORPAY_CUSTOMERS "razorpay_customer"
#define RAZORPAY_TOKENS "razorpay_token"

extern const struct stand_in razorpay_stand_in;

/* answer.c: Razorpay's error object, with the parameter that is wrong (may be NULL). */
void razorpay_error(struct call *call, int status, const char *code, const char *field, const char *description);
void razorpay_invalid(struct call *call, const char *field, const char *description);
void razorpay_no_such(struct call *call);

/* A list of objects as "items"; takes `items`. */
void razorpay_answer_list(struct call *call, struct json_object *items);

/* The page of them that `count` and `skip` ask for; takes `items`. */
void razorpay_answer_page(struct call *call, struct json_object *items);

/* check.c: what a body may hold; each answers the error when it is false. */
bool razorpay_check_members(struct call *call, const char *const *known);
bool razorpay_check_amount(struct call *call, const char *currency, bool required, int64_t *amount);
bool razorpay_check_currency(struct call *call, const char **currency);
bool razorpay_check_text(struct call *call, const char *name, size_t max);
bool razorpay_check_notes(struct call *call);

/* The body's notes; Razorpay has an empty list where there are none. */
struct json_object *razorpay_notes(const struct call *call);

/* idempotency.c: X-Refund-Idempotency. */
bool razorpay_begin(struct call *call);
void razorpay_end(struct call *call);

/* events.c: the id of an event, made of its text; tells a change by an event with these entities (NULL: not there). */
const char *razorpay_event_id(const char *text, char into[20]);
struct razorpay_told {
	const struct json_object *payment, *order, *refund, *dispute, *token, *notification;
};
void razorpay_tell(struct call *call, const char *type, const struct razorpay_told *told);

/* payments.c: the payments of an order, oldest first, into a list of references. */
struct json_object *razorpay_payments_of(const struct sandbox *sandbox, const char *order);
void                razorpay_take(struct call *call, struct json_object *payment);

/* payer.c: what the payer does to an order (pay, fail, process, abandon): the payment, or NULL; false when the error is answered. */
bool razorpay_act(struct call *call, const char *action, const char *order, struct json_object **payment);

/* payer.c: a new payment of the order, in that state. */
struct json_object *razorpay_payment_new(struct call *call, struct json_object *order, const char *status);

/* refunds.c: the captured payment of the order that the path names; NULL when there is none: answered. */
struct json_object *razorpay_captured_of(struct call *call);

void razorpay_script_show(struct call *call);   /* script.c: what stands in for Checkout */
void razorpay_checkout_acts(struct call *call); /* what its payer does, told as a script */

/* What the routes do. */
void razorpay_order_create(struct call *call);
void razorpay_order_list(struct call *call);
void razorpay_order_show(struct call *call);
void razorpay_order_payments(struct call *call);
void razorpay_payment_show(struct call *call);
void razorpay_payment_capture(struct call *call);
void razorpay_refund_create(struct call *call);
void razorpay_refund_list(struct call *call);
void razorpay_refund_show(struct call *call);
void razorpay_refund_at_desk(struct call *call);
void razorpay_refunds_arrive(struct call *call);
void razorpay_refund_bounces(struct call *call);
void razorpay_captured_at_desk(struct call *call);
void razorpay_document_create(struct call *call);
void razorpay_document_show(struct call *call);
void razorpay_dispute_list(struct call *call);
void razorpay_dispute_show(struct call *call);
void razorpay_dispute_contest(struct call *call);
void razorpay_dispute_accept(struct call *call);
void razorpay_disputed(struct call *call);
void razorpay_dispute_won(struct call *call);
void razorpay_dispute_lost(struct call *call);
void razorpay_payer_acts(struct call *call);
void razorpay_customer_create(struct call *call);
void razorpay_token_show(struct call *call);
void razorpay_token_delete(struct call *call);
void razorpay_token_store(struct call *call);
void razorpay_notice_over(struct call *call);
void razorpay_notice_lost(struct call *call);
void razorpay_token_acts(struct call *call);
void razorpay_recurring_create(struct call *call);
void razorpay_page_show(struct call *call);
void razorpay_page_acts(struct call *call);
void razorpay_transactions(struct call *call);

#endif
