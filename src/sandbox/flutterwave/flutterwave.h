/*
 * flutterwave.h: the stand-in of Flutterwave, API v3: the part that haat calls, as Flutterwave answers it.
 *
 * A transaction is stored under its tx_ref from when its page is made, and is known to the API once somebody has tried to pay;
 * amounts are stored in minor units and shown as numbers of whole ones.
 */
#ifndef SANDBOX_FLUTTERWAVE_H
#define SANDBOX_FLUTTERWAVE_H

#include "base/money.h"
#include "sandbox/sandbox.h"

#define FLUTTERWAVE_TRANSACTIONS "flutterwave_transaction"
#define FLUTTERWAVE_REFUNDS "flutterwave_refund"
#define FLUTTERWAVE_EVENTS "flutterwave_event"
#define FLUTTERWAVE_TOKENS "flutterwave_token"

extern const struct stand_in flutterwave_stand_in;

/* answer.c: an answer with `data` (released), and an error in Flutterwave's form. */
void flutterwave_answer(struct call *call, const char *message, struct json_object *data);
void flutterwave_error(struct call *call, int status, const char *message);

/* answer.c: has the body no other members than these?  Answers when it has, or is none. */
bool flutterwave_knows(struct call *call, const char *const *members);

/* answer.c: the body's "amount", a JSON number of at most the currency's places, in minor units; answers when it is none. */
bool flutterwave_amount(struct call *call, const char *currency, int64_t *minor);

/* answer.c: an amount as a JSON number. */
void put_amount(struct json_object *object, const char *name, int64_t minor, const char *currency);

/* transactions.c: one that somebody has tried to pay, by its number; NULL when there is none.  A new number. */
struct json_object *flutterwave_transaction(const struct sandbox *sandbox, const char *number);
int64_t             flutterwave_number(void);

/* transactions.c: the member's text, which must be there; answers when it is not.  A transaction that nobody has tried; saved by the caller. */
const char         *flutterwave_required(struct call *call, const struct json_object *object, const char *name);
struct json_object *flutterwave_transaction_new(
    struct call *call, const char *tx_ref, const char *email, int64_t amount, const char *currency);

/* transactions.c: what the API shows of it; it is paid, or becomes "failed" or "pending". */
struct json_object *flutterwave_view(const struct json_object *transaction);
void                flutterwave_pay(struct call *call, struct json_object *transaction);
void flutterwave_become(struct call *call, struct json_object *transaction, const char *status, const char *response);

/* tokens.c: a new one, of that kind (charge.c has them), that can be charged for the e-mail address. */
const char *flutterwave_token_new(struct call *call, const char *kind, const char *email);

/* What the payer does (pay, fail, process, abandon); the transaction, or NULL when the error is answered. */
struct json_object *flutterwave_act(struct call *call, const char *act, const char *tx_ref);

/* What the routes do. */
void flutterwave_create(struct call *call);
void flutterwave_verify(struct call *call);
void flutterwave_verify_by_reference(struct call *call);
void flutterwave_payer_acts(struct call *call);
void flutterwave_pays_again(struct call *call);
void flutterwave_transactions(struct call *call);
void flutterwave_refund(struct call *call);
void flutterwave_list_refunds(struct call *call);
void flutterwave_refund_at_desk(struct call *call);
void flutterwave_refunds_arrive(struct call *call);
void flutterwave_refund_bounces(struct call *call);
void flutterwave_charge(struct call *call);
void flutterwave_store(struct call *call);
void flutterwave_show_page(struct call *call);
void flutterwave_page_acts(struct call *call);

#endif
