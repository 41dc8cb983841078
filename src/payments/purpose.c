#include "payments/purpose.h"

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
