/* A card scheme says that a payment was fraud, days before its dispute would come. */
#include "payments/risk/review.h"

#include "base/log.h"
#include "events/audit.h"
#include "payments/purpose.h"
#include "store/db.h"

#define SIGNAL "early_fraud_warning"

struct warned {
	const char *reference, *signals;
};

static const struct member warned_members[] = {
	M_TEXT(struct warned, reference, "reference", 20),
	M_TEXT(struct warned, signals, "risk_signals", 500),
};
SHAPE(struct warned, warned_shape, "WarnedPayment", warned_members);

/* Whether it is looked at again depends on what became of it: what was approved stays so, and what is gone is gone. */
static const struct problem *
warn(struct work *work, struct payment_id id)
{
	struct payment *payment;
	struct warned   before, after;
	int64_t         changed;

	TRY(lock_payment(work, id, &payment));
	log_about_payment(work, payment, NULL);
	TRY(db_run(work->db, &changed,
	    "UPDATE payments SET risk_signals = CONCAT_WS(',', NULLIF(risk_signals, ''), '" SIGNAL "'), "
	    "review = IF(review IS NULL AND status IN ('pending', 'requires_action', 'processing', 'succeeded', 'partially_refunded'), "
	    "'pending', review) WHERE id = ? AND FIND_IN_SET('" SIGNAL "', IFNULL(risk_signals, '')) = 0 "
	    "AND LENGTH(IFNULL(risk_signals, '')) < 480",
	    P(id)));
	if (changed == 0)
		return OK;
	before = (struct warned) { payment->reference, payment->risk_signals };
	TRY(read_payment(work, id, &payment));
	after = (struct warned) { payment->reference, payment->risk_signals };
	log_error("a card scheme calls a payment fraud: refund it before it is disputed");
	TRY(audit_record(work, "payment.fraud_warned", "payment", id.uuid, &warned_shape, &before, &after));
	return record_payment_event(work, EVENT_PAYMENT_FRAUD_WARNED, payment);
}

const struct problem *
apply_fraud_warning(struct work *work, struct payment_id payment)
{
	return db_transaction(work, warn(work, payment));
}
