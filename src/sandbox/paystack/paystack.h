/*
 * paystack.h: the stand-in of Paystack: the part of its API that haat calls, as Paystack answers it.
 *
 * A transaction is stored under its reference, a refund under its number as text; what the API shows of them is made when it
 * is asked for.
 */
#ifndef SANDBOX_PAYSTACK_H
#define SANDBOX_PAYSTACK_H

#include "sandbox/sandbox.h"

#define PAYSTACK_TRANSACTIONS "paystack_transaction"
#define PAYSTACK_REFUNDS "paystack_refund"
#define PAYSTACK_DISPUTES "paystack_dispute"
#define PAYSTACK_EVENTS "paystack_event"
#define PAYSTACK_AUTHORIZATIONS "paystack_authorization"

extern const struct stand_in paystack_stand_in;

/* answer.c: an answer with `data` (released), and an error in Paystack's form; `code` may be NULL. */
void paystack_answer(struct call *call, const char *message, struct json_object *data);
void paystack_error(struct call *call, int status, const char *code, const char *message);

/* answer.c: the members of the body; each is false, and has answered, when it is not as Paystack wants it. */
bool paystack_knows(struct call *call, const char *const *members);
bool paystack_text(struct call *call, const char *name, const char **into);
bool paystack_amount(struct call *call, int64_t *into);

/* transactions.c: by its reference or its number; NULL when there is none.  What the API shows of it; a new number. */
struct json_object *paystack_transaction(const struct sandbox *sandbox, const char *named);
struct json_object *paystack_transaction_view(const struct sandbox *sandbox, const struct json_object *transaction);
int64_t             paystack_number(void);

/* transactions.c: a reference as Paystack wants it, that no transaction has; answers when it is not.  A currency that it takes. */
bool paystack_check_reference(struct call *call, const char *reference);
bool paystack_check_currency(struct call *call, const char *currency);

/* transactions.c: a new one, that nobody has tried to pay; saved by the caller. */
struct json_object *paystack_transaction_new(
    struct call *call, const char *reference, const char *email, int64_t amount, const char *currency);

/* transactions.c: it is paid; it is declined for that reason. */
void paystack_pay(struct call *call, struct json_object *transaction);
void paystack_decline(struct call *call, struct json_object *transaction, const char *response);

/* authorizations.c: what a charge of one becomes, by the name of its kind, or NULL; was it not deactivated? */
struct paystack_kind {
	const char *name, *channel, *declined; /* declined: the bank's words; NULL: it is taken */
	bool        reusable, paused;
};
const struct paystack_kind *paystack_kind_of(const char *name);
bool                        paystack_is_active(const struct json_object *authorization);

/*
 * authorizations.c: the code of a new one, of that kind (authorizations.c has them), that can be charged for the e-mail address; and what the
 * API shows of it, nothing for NULL.
 */
const char         *paystack_authorization_new(struct call *call, const char *kind, const char *email);
struct json_object *paystack_authorization_view(const struct sandbox *sandbox, const char *code);

/* What the payer does (pay, fail, process, abandon); the transaction, or NULL when the error is answered. */
struct json_object *paystack_act(struct call *call, const char *act, const char *reference);

/* refunds.c: what a lost dispute gives back. */
void paystack_refund_dispute(struct call *call, const struct json_object *dispute);

/* events.c: tells of a change; `data` is released. */
void paystack_tell(struct call *call, const char *event, struct json_object *data);

/* What the routes do. */
void paystack_initialize(struct call *call);
void paystack_verify(struct call *call);
void paystack_payer_acts(struct call *call);
void paystack_transactions(struct call *call);
void paystack_refund(struct call *call);
void paystack_show_refund(struct call *call);
void paystack_list_refunds(struct call *call);
void paystack_refund_at_desk(struct call *call);
void paystack_refunds_arrive(struct call *call);
void paystack_refunds_stick(struct call *call);
void paystack_refund_bounces(struct call *call);
void paystack_dispute_opens(struct call *call);
void paystack_dispute_wins(struct call *call);
void paystack_dispute_loses(struct call *call);
void paystack_list_disputes(struct call *call);
void paystack_take_evidence(struct call *call);
void paystack_resolve_dispute(struct call *call);
void paystack_charge(struct call *call);
void paystack_show_customer(struct call *call);
void paystack_deactivate(struct call *call);
void paystack_store(struct call *call);
void paystack_show_page(struct call *call);
void paystack_page_acts(struct call *call);

#endif
