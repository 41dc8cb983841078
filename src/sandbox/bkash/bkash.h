/*
 * bkash.h: the stand-in of bKash: tokenized checkout and its refunds as haat calls them, and its news as Amazon SNS sends it.
 *
 * As at bKash, a payment says Initiated until it is executed, whatever its payer has done; that stands beside it in "payer".
 */
#ifndef SANDBOX_BKASH_H
#define SANDBOX_BKASH_H

#include "base/money.h"
#include "sandbox/sandbox.h"

#define BKASH_PAYMENTS "bkash_payment"
#define BKASH_REFUNDS "bkash_refund"
#define BKASH_EVENTS "bkash_event"
#define BKASH_TOKENS "bkash_token"
#define BKASH_SUBSCRIPTIONS "bkash_subscription"

extern const struct stand_in bkash_stand_in;

/* answer.c: an answer with statusCode and statusMessage, or one of the second API; `body` is released. */
void bkash_answer_done(struct call *call, struct json_object *body);
void bkash_answer_code(struct call *call, const char *code, const char *message);
void bkash_answer_refund_code(struct call *call, const char *code, const char *message);

/* A text member of the body; NULL, answered with 2065, when it is missing or empty. */
const char *bkash_need_text(struct call *call, const char *name);

/* Is it an amount as bKash takes it: a decimal with at most two places?  In paisa. */
bool read_taka(const char *text, int64_t *paisa);

/* As bKash writes it: zeros at the end of the fraction may be missing, for answers differ in that. */
const char *taka(struct call *call, int64_t paisa);
const char *short_taka(struct call *call, int64_t paisa);

/* Now, as its first API writes it: "2019-08-07T11:12:34:978 GMT+0600". */
const char *dhaka_time(struct call *call);

/* token.c */
bool bkash_token_is_good(struct call *call);
void bkash_token_grant(struct call *call);
void bkash_expire_tokens(struct call *call);

/* What the other routes do. */
void bkash_payment_create(struct call *call);
void bkash_payment_execute(struct call *call);
void bkash_payment_show(struct call *call);
void bkash_refund_create(struct call *call);
void bkash_refund_list(struct call *call);
void bkash_refund_at_desk(struct call *call);
void bkash_refunds_arrive(struct call *call);
void bkash_refund_bounces(struct call *call);
void bkash_payer_acts(struct call *call);
void bkash_page_show(struct call *call);
void bkash_page_acts(struct call *call);
void bkash_transactions_list(struct call *call);

/* events.c: tells of money that came; `payment` as in its table. */
void bkash_event_make(struct call *call, const struct json_object *payment);
void bkash_pay_by_code(struct call *call);
void bkash_tell(struct call *call);
void bkash_subscribe(struct call *call);
void bkash_confirm_subscription(struct call *call);
void bkash_show_subscription(struct call *call);

/* The headers of a message of SNS. */
struct curl_slist *bkash_event_headers(const struct config *config, const char *event_text);

#endif
