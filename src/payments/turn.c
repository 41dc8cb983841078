/* Whoever asks a provider to do what it would do twice has a turn at the payment first: nobody else asks meanwhile. */
#include "payments/payment.h"

#include "store/db.h"

const struct problem *
take_turn(struct work *work, struct payment_id id, int64_t seconds, bool *taken)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE payments SET begun_until = " TURN_UNTIL " WHERE id = ? AND IFNULL(begun_until <= NOW(3), TRUE)", P(seconds),
	    P(id)));
	*taken = changed > 0;
	return OK;
}

const struct problem *
end_turn(struct work *work, struct payment_id id)
{
	return db_run(work->db, NULL, "UPDATE payments SET begun_until = NULL WHERE id = ?", P(id));
}
