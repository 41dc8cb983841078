#include "payments/purpose.h"

#include "orders/state.h"
#include "payments/order_purpose.h"
#include "payments/request_purpose.h"
#include "payments/subscriptions/period_purpose.h"
#include "store/db.h"

#include <assert.h>

const struct purpose *const purposes[PURPOSE__COUNT] = {
	[PURPOSE_ORDER] = &order_purpose,
	[PURPOSE_REQUEST] = &request_purpose,
	[PURPOSE_SUBSCRIPTION_PERIOD] = &period_purpose,
};

const struct problem *
lock_payment(struct work *work, struct payment_id id, struct payment **payment)
{
	void *target;

	assert(work->depth > 0);
	TRY(read_payment(work, id, payment));
	TRY(purpose_of(*payment)->lock(work, (*payment)->purpose, &target));
	TRY(db_one(work->db, &payment_shape, payment, "SELECT {p} FROM payments p WHERE p.id = ? FOR UPDATE", P(id)));
	(*payment)->target = target;
	return OK;
}

/* The payment that an order has taken. */
struct taken {
	struct payment_id id;
};

static const struct member taken_members[] = { M_ID(struct taken, id, "id") };
SHAPE(struct taken, taken_shape, "TakenPayment", taken_members);

const struct problem *
lock_paid_order(struct work *work, struct order_id id, struct order_row **order, struct payment **payment)
{
	struct taken *taken;

	*payment = NULL;
	TRY(lock_order(work, id, order));
	TRY(db_row(work->db, &taken_shape, &taken,
	    "SELECT {p} FROM payments p WHERE p.order_id = ? AND ((p.status = 'processing' AND p.method = 'cash_on_delivery') "
	    "OR (p.status IN ('succeeded', 'partially_refunded', 'refunded', 'disputed') AND NOT EXISTS "
	    "(SELECT 1 FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id "
	    "JOIN ledger_accounts a ON a.id = e.account_id WHERE t.origin_id = p.id AND a.kind = 'unapplied'))) LIMIT 1",
	    P(id)));
	if (taken == NULL)
		return OK;
	TRY(lock_payment(work, taken->id, payment));
	*order = payment_order(*payment);
	return OK;
}
