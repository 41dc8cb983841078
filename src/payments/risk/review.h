/*
 * review.h: payments that look like fraud, and what a person makes of them.
 *
 * A review is pending from the attempt on and is no state of the payment, which goes its way.  Once it has its money (cash: once
 * it is confirmed) no parcel of its order may be packed and none of its money is paid out until an accountant approves.  Declined
 * it ends: the order is cancelled and all that came is given back, at once or when it comes.
 *
 *   pending → approved, declined; nothing else (REVIEW_STATE).
 */
#ifndef RISK_REVIEW_H
#define RISK_REVIEW_H

#include "payments/payment.h"

struct job;

/*
 * In SQL, of a row of payments: since when somebody is to look at it, which is when it had its money, or when its delivery for
 * cash was confirmed (nothing changes it then until the cash is collected); NULL: it has not come to that.
 */
#define REVIEW_SINCE "IF(method = 'cash_on_delivery' AND status = 'processing', updated_at, succeeded_at)"

static inline bool
is_declined(const struct payment *payment)
{
	return payment->review != NULL && *payment->review == REVIEW_DECLINED;
}

/* REVIEW_STATE when it is not waiting.  `reason`: why, or NULL. */
const struct problem *approve_payment(struct work *work, struct payment_id payment, const char *reason);
const struct problem *decline_payment(struct work *work, struct payment_id payment, const char *reason);

/*
 * warning.c: a card scheme calls the payment fraud, and has not disputed it yet.  It is a signal of the payment, an event, and an
 * error in the log; and it waits for review, unless somebody has decided, or its money is gone.  Once, however often it is said.
 */
const struct problem *apply_fraud_warning(struct work *work, struct payment_id payment);

/* One page of what waits, newest first. */
const struct problem *list_under_review(
    struct work *work, const struct page_request *page, struct payment **payments, struct listed *listed);

/* UNDER_REVIEW while a payment of the order waits: asked before a parcel is packed, in its transaction. */
const struct problem *check_not_under_review(struct work *work, struct order_id order);

/* After a decline, and once a dispute that held the money is over: a job closes what is open and gives back what came. */
const struct problem *give_back_soon(struct work *work, struct payment_id payment);
const struct problem *decline_reviewed_job(struct work *work, const struct job *job);

/*
 * declines.c: the payment, which is locked, was declined, as an event tells (`told`) or the provider has answered; once for both.
 * One that is declined too often is closed at its provider by a job: somebody tries cards.
 */
const struct problem *note_decline(struct work *work, const struct payment *payment, bool told);
const struct problem *close_tested_job(struct work *work, const struct job *job);

#endif
