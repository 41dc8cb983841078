/*
 * purpose.h: what a payment pays for.
 *
 * Every payment is an attempt for a purpose, one live at a time.  Settling does not know what a purpose is: it asks the
 * purpose's row of functions what a success, a failure or a refund means to it.  A new kind is a word of
 * payments.purpose_kind and its number (payment.h), a row in purpose.c and a file PURPOSE_purpose.c.
 *
 * `target` is the purpose's own row, locked by `lock` before the payment's row; after lock_payment it is payment->target.
 * All functions run inside the transaction that holds these locks.
 */
#ifndef PURPOSE_H
#define PURPOSE_H

#include "payments/payment.h"

struct payment_link;
struct provider;

struct purpose {
	/* What who merely has a reference may know of it (link.h); the state, amount, payee, payer, return_url.  Without locks. */
	const struct problem *(*describe)(struct work *work, struct uuid id, struct payment_link *link);

	/* Reads and locks the target; NOT_FOUND. */
	const struct problem *(*lock)(struct work *work, struct uuid id, void **target);

	/* May the viewer begin to pay the target now, and how much is it?  NOT_FOUND, ORDER_NOT_PAYABLE. */
	const struct problem *(*is_payable)(struct work *work, const void *target, struct money *amount);

	/* Whose payments for the target are; NULL: of those who sell what is paid for. */
	const struct merchant_id *(*merchant)(const void *target);

	/* An attempt has been written. */
	const struct problem *(*begun)(
	    struct work *work, void *target, const struct payment *payment, const struct provider *provider);

	/* The provider has the payment in hand, and says so again and again while it lasts. */
	const struct problem *(*processing)(struct work *work, const struct payment *payment);

	/* An attempt that had failed is live again. */
	const struct problem *(*taken_up)(struct work *work, const struct payment *payment);

	/* PAYMENT_STATE when the attempt must not be cancelled on its own. */
	const struct problem *(*may_cancel)(const struct payment *payment);

	/* The money is there: *taken is false when the target cannot take it, and it is given back. */
	const struct problem *(*may_take)(struct work *work, const struct payment *payment, bool *taken);

	/* It takes the money: move the target on, post to the ledger. */
	const struct problem *(*succeeded)(struct work *work, const struct payment *payment);

	/* Another attempt may be live or have succeeded: see to it that it ends. */
	const struct problem *(*end_others)(struct work *work, const struct payment *payment);

	/* The attempt failed. */
	const struct problem *(*failed)(struct work *work, const struct payment *payment);

	/* A live attempt was cancelled or has expired; or its money came and is given back, since nothing takes it. */
	const struct problem *(*ended)(struct work *work, const struct payment *payment);

	/* Money that the target had taken was given back; `whole`: nothing of the payment is left. */
	const struct problem *(*refunded)(struct work *work, const struct payment *payment, int64_t amount_minor, bool whole);

	/* It came back: it is owed again. */
	const struct problem *(*refund_bounced)(struct work *work, const struct payment *payment, int64_t amount_minor);
};

/* By enum purpose_kind. */
extern const struct purpose *const purposes[PURPOSE__COUNT];

static inline const struct purpose *
purpose_of(const struct payment *payment)
{
	return purposes[payment->purpose_kind];
}

/* own_money.c: debit who has the money; credit the merchant whose own it is, but for the commission. */
const struct problem *post_own_money(struct work *work, const struct payment *payment, struct merchant_id merchant);

#endif
