/*
 * bkash_call.h: calls to bKash and what it says to them; for bkash.c, which has the rest of it.
 *
 * bKash answers 200 to nearly everything, and a code in the body tells how the call went.
 */
#ifndef BKASH_CALL_H
#define BKASH_CALL_H

#include "payments/provider.h"

struct json_object;
struct text;

#define CHECKOUT "/v1.2.0-beta/tokenized/checkout/"
#define REFUNDS "/v2/tokenized-checkout/refund/payment/"

/* What a code says about a call (bKash's list of errors). */
enum code_class {
	CODE_OK,
	CODE_OURS,     /* our credentials or contract: it says nothing about the payment */
	CODE_REQUEST,  /* it cannot be asked for like this */
	CODE_AMOUNT,   /* not this amount */
	CODE_LOST,     /* bKash does not find what it is asked about */
	CODE_UNCLEAR,  /* nobody knows what the call did */
	CODE_DECLINED, /* by the payer's wallet, or for what the payer did */
	CODE_STATE,    /* not agreed to yet, or done before */
	CODE_CANCELLED,
	CODE_REFUND /* this cannot be given back */
};

/* bkash_codes.c; NULL is no code. */
enum code_class bkash_class_of(const char *code);

/* An answer of bKash. */
struct said {
	enum code_class class;
	const char         *code, *message;
	struct json_object *json;
};

/* The first of these members that is there. */
const char *first_text(struct arena *arena, struct json_object *json, const char *const *names, size_t max);

/*
 * One call.  PROVIDER_UNAVAILABLE when it is to be made again later; and when nobody knows what it did: reply->outcome is
 * HTTP_UNREACHABLE only when it did nothing.
 */
const struct problem *bkash_call(struct work *work, struct payment_id payment, const char *kind, const char *path,
    const struct text *body, struct http_reply *reply, struct said *said);

/* bkash_events.c: what Amazon SNS sends for it. */
extern const char *const bkash_signature_headers[];
const struct problem    *bkash_verify(struct work *work, const char *const *signatures, struct bytes body, int64_t now);
const struct problem    *bkash_confirm_event(
       struct work *work, const char *const *signatures, struct bytes body, const struct provider_event *event);
const struct problem *bkash_parse_events(struct arena *arena, struct bytes body, struct provider_events *events);

#endif
