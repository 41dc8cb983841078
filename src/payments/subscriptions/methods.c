#include "payments/subscriptions/methods.h"

#include "payments/payment.h"
#include "store/db.h"

const struct problem *
live_attempt(struct work *work, const struct period *period, struct payment **payment)
{
	TRY(db_row(work->db, &payment_shape, payment,
	    "SELECT {p} FROM payments p WHERE p.purpose_kind = 'subscription_period' AND p.purpose_id = ? AND p.live = 1",
	    P(period->id)));
	if (*payment != NULL || !period->by_link)
		return OK;
	return db_row(work->db, &payment_shape, payment,
	    "SELECT {p} FROM payment_requests r JOIN payments p ON p.purpose_kind = 'request' AND p.purpose_id = r.id AND p.live = 1 "
	    "WHERE r.period_id = ?",
	    P(period->id));
}

const struct problem *
is_being_charged(struct work *work, const struct period *period, bool *charged)
{
	struct payment *payment;

	TRY(live_attempt(work, period, &payment));
	*charged = payment != NULL && payment->status != PAYMENT_REQUIRES_ACTION;
	return OK;
}
