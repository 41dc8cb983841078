/* What of cash nobody will collect: a refund's row that has succeeded as it is written.  Nothing is claimed, since nothing has come. */
#include "payments/strike.h"

#include "base/arena.h"
#include "payments/refund_state.h"
#include "store/db.h"

const struct problem *
strike(
    struct work *work, const struct payment *payment, const struct merchant_id *seller, int64_t amount_minor, const char *reason)
{
	struct refund struck = refund_new(work, payment, amount_minor, false);

	if (amount_minor == 0)
		return OK;
	struck.kind = REFUND_NOT_COLLECTED;
	struck.status = REFUND_SUCCEEDED;
	struck.automatic = struck.requested_by == NULL;
	struck.merchant = seller == NULL ? NULL : ARENA_NEW(work->arena, struct merchant_id);
	if (seller != NULL)
		*struck.merchant = *seller;
	TRY(db_run(work->db, NULL,
	    "INSERT INTO refunds (id, payment_id, provider, amount_minor, currency, kind, status, merchant_id, reason, automatic, "
	    "requested_by, idempotency_key, finished_at, created_at) "
	    "VALUES (?, ?, ?, ?, ?, 'not_collected', 'succeeded', ?, ?, ?, ?, ?, ?, ?)",
	    P(struck.id), P(struck.payment), P(struck.provider), P(struck.amount.minor), P(struck.currency), P(struck.merchant),
	    P(reason), P(struck.automatic), P(struck.requested_by),
	    P(arena_format(work->arena, "refund:%s", uuid_text(work->arena, struck.id.uuid))), P(struck.created_at),
	    P(struck.created_at)));
	TRY(record_refund_event(work, EVENT_REFUND_NOT_COLLECTED, &struck));
	return struck.automatic ? OK : audit_refund(work, "refund.not_collected", NULL, &struck);
}

const struct problem *
strike_rest(struct work *work, const struct payment *payment)
{
	int64_t struck;

	TRY(db_value(work->db, &struck,
	    "SELECT CAST(IFNULL(SUM(r.amount_minor), 0) AS SIGNED) FROM refunds r WHERE r.payment_id = ? "
	    "AND r.kind = 'not_collected'",
	    P(payment->id)));
	return strike(
	    work, payment, NULL, payment->amount.minor - payment->collected.minor - struck, "nobody will pay it at the door");
}
