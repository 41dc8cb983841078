/*
 * paypal.h: the stand-in of PayPal: the part of its API that haat calls, as PayPal answers it.
 *
 * Objects are PayPal's own; what the stand-in remembers beside that has names that begin with "_" and is never sent.  Captures
 * and refunds have tables of their own and are put into their order when that is sent.
 */
#ifndef SANDBOX_PAYPAL_H
#define SANDBOX_PAYPAL_H

#include "base/money.h"
#include "sandbox/sandbox.h"

#define PAYPAL_ORDERS "paypal_order"
#define PAYPAL_CAPTURES "paypal_capture"
#define PAYPAL_REFUNDS "paypal_refund"
#define PAYPAL_DISPUTES "paypal_dispute"
#define PAYPAL_EVENTS "paypal_event"
#define PAYPAL_TOKENS "paypal_token"
#define PAYPAL_KEYS "paypal_key"
#define PAYPAL_VAULT "paypal_vault"
#define PAYPAL_SETUPS "paypal_setup"

extern const struct stand_in paypal_stand_in;

/* answer.c: the answers.  With "Prefer: return=representation" the whole object, else little of it. */
void paypal_answer_object(struct call *call, int status, struct json_object *object);
void paypal_answer_issue(struct call *call, int status, const char *name, const char *issue, const char *field);
void paypal_answer_issue_with(
    struct call *call, int status, const char *name, const char *issue, const char *field, struct json_object *links);
void paypal_answer_missing(struct call *call);
void paypal_answer_unprocessable(struct call *call, const char *issue, const char *field);

/* Without what is not sent. */
struct json_object *paypal_sent(const struct json_object *object);

/* A link of the object, with the address of the stand-in in front of the path. */
void paypal_add_link(struct call *call, struct json_object *object, const char *rel, const char *method, const char *path);

/* An id as PayPal's are: 17 capitals and digits. */
const char *paypal_id(struct arena *arena);

/* The member's text when it is no longer than `max`, else NULL. */
const char *paypal_text(const struct json_object *object, const char *name, size_t max);

/* amounts.c: an amount as PayPal takes it, answered with what is wrong; and as PayPal writes it. */
bool         paypal_read_amount(struct call *call, const struct json_object *amount, const char *field, struct money *into);
struct money paypal_amount_of(const struct json_object *object); /* of its member "amount" */
struct json_object *paypal_amount_object(struct money amount);

/* keys.c: PayPal-Request-Id.  A call that was executed is answered again with what its object has become. */
bool paypal_begin(struct call *call);
void paypal_end(struct call *call);
void paypal_executed(struct call *call, const char *table, const struct json_object *object);

void paypal_script_show(struct call *call); /* script.c */

/* What the routes do. */
void paypal_grant(struct call *call);
void paypal_expire_tokens(struct call *call);
void paypal_order_create(struct call *call);
void paypal_order_show(struct call *call);
void paypal_order_capture(struct call *call);
void paypal_capture_show(struct call *call);
void paypal_refund_create(struct call *call);
void paypal_refund_show(struct call *call);
void paypal_refund_at_desk(struct call *call);
void paypal_refunds_arrive(struct call *call);
void paypal_refund_bounces(struct call *call);
void paypal_dispute_opens(struct call *call);
void paypal_dispute_told(struct call *call);
void paypal_dispute_won(struct call *call);
void paypal_dispute_lost(struct call *call);
void paypal_dispute_accept(struct call *call);
void paypal_dispute_evidence(struct call *call);
void paypal_dispute_show(struct call *call);
void paypal_dispute_list(struct call *call);
void paypal_verify_signature(struct call *call);
void paypal_vault_show(struct call *call);
void paypal_vault_delete(struct call *call);
void paypal_store(struct call *call);
void paypal_vault_create(struct call *call);
void paypal_setup_create(struct call *call);
void paypal_setup_show(struct call *call);
void paypal_setup_approve(struct call *call);
void paypal_setup_page_show(struct call *call);
void paypal_setup_page_acts(struct call *call);
void paypal_payer_acts(struct call *call);
void paypal_page_show(struct call *call);
void paypal_page_acts(struct call *call);
void paypal_transactions(struct call *call);

/* token.c: is it one that was granted? */
bool paypal_token_is_good(struct call *call);

/* objects.c: the order as it is sent, with its captures and refunds; its only unit; its newest capture, NULL while there is none. */
struct json_object *paypal_order_sent(struct call *call, const struct json_object *order);
struct json_object *paypal_unit(const struct json_object *order);
struct json_object *paypal_capture_of(const struct call *call, const struct json_object *order);

/* refunds.c: a dispute ends by a refund. */
void paypal_dispute_refunded(struct call *call);

/* captures.c: is a dispute about it open? */
bool paypal_is_disputed(const struct call *call, const struct json_object *capture);

/* captures.c: the order is captured, as its `_wish` is: answered.  The capture is decided, and that is told. */
void paypal_settle_capture(struct call *call, struct json_object *capture, const char *status, const char *event);

void paypal_take(struct call *call, struct json_object *order);

/*
 * vault.c: a new token, of that kind, for a customer of the shop's own name (NULL: none), told; and what an order says of it.  Is the
 * vault of an order right, and the token that it names?  Answers when not.  A usage pattern; the token of a customer who has approved
 * a setup token, made when there is none; and a token as the API and its events show it.
 */
bool                paypal_is_pattern(const char *text);
struct json_object *paypal_vault_of_setup(struct call *call, const struct json_object *customer);
struct json_object *paypal_vault_view(const struct json_object *token);
const char         *paypal_vault_new(struct call *call, const char *kind, const char *owner);
struct json_object *paypal_vault_source(const struct sandbox *sandbox, const char *token);
bool                paypal_check_vault(struct call *call, const struct json_object *attributes);
bool                paypal_check_vaulted(struct call *call, const struct json_object *source);

/* vault_charge.c: the order is charged to its token: answered. */
void paypal_charge_vaulted(struct call *call, struct json_object *order);

/* events.c: tells of an object as it is now, and signs what is sent. */
void               paypal_event(struct call *call, const char *type, const char *resource_type, struct json_object *resource);
struct curl_slist *paypal_sign(const struct config *config, const char *event_text);

#endif
