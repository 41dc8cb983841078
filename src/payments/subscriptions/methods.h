/*
 * methods.h: by what a period is paid: the customer's stored method, or a link.
 */
#ifndef SUBSCRIPTION_METHODS_H
#define SUBSCRIPTION_METHODS_H

#include "payments/risk/risk.h"
#include "payments/subscriptions/subscription.h"

struct payment;

/* PAYMENT_METHOD_UNUSABLE unless the viewer can be charged by it. */
const struct problem *check_method(struct work *work, struct payment_method_id method);

/*
 * Charges the stored method for the open period, whose attempt was counted.  Outside transactions.  *refused is NULL unless the
 * method or its provider will not do, or what the viewer tries looks like fraud: its code, and only the payer can go on, by a link.
 */
const struct problem *charge_period(struct work *work, const struct subscription *subscription, const char **refused);

/* The charge that is to follow for the viewer, as it was judged; all 0: none was. */
struct judged_charge {
	struct risk_case    about;
	struct risk_verdict verdict;
};

/*
 * Judges the charge that is due now by the stored method, inside the transaction that makes it due: what is refused here is
 * never begun, and so no job can charge it later.  PAYMENT_REFUSED, TOO_MANY_ATTEMPTS, TOO_MANY_DECLINES.
 */
const struct problem *judge_charge(struct work *work, const struct subscription *subscription, struct judged_charge *judged);

/* Behind that transaction, which has ended with `problem`; the same problem, once its refusal stands in the audit trail. */
const struct problem *after_judged_charge(struct work *work, const struct judged_charge *judged, const struct problem *problem);

/* Has somebody declined, after looking at it, a payment by the present method?  Whatever it was for, nobody is charged by that unasked. */
const struct problem *was_declined(struct work *work, const struct subscription *subscription, bool *declined);

/* The live attempt to pay the period, by method or by a link, which may have been sent before the method was changed; NULL: none. */
const struct problem *live_attempt(struct work *work, const struct period *period, struct payment **payment);

/* Is money on its way for it? */
const struct problem *is_being_charged(struct work *work, const struct period *period, bool *charged);

#endif
